"""Real documents as they are kept, for the tests of tracking."""

import numpy as np
import pytest
from tests.track.texts import sequences_of

from outcross.measures.sequences import Sequences

MODULES = 25
"""Docstrings that stand one after another are mostly of one module: so many of them are a cluster of their own."""


@pytest.fixture(scope="session")
def written(prose) -> Sequences:
    """Thousands of docstrings, with a cluster for each stretch of them as unit and as prompt."""
    names = [f"stretch {number // MODULES}" for number in range(len(prose))]
    return sequences_of(prose, unit=names, prompt=names)


@pytest.fixture(scope="session")
def documents(written) -> Sequences:
    """The same documents without clusters."""
    nothing = np.zeros(len(written), np.uint64)
    columns = dict(written.columns) | {"units": nothing, "prompts": nothing}
    return Sequences(columns, written.offsets, written.tokens, written.bounds, written.documents)
