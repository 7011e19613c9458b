"""Every figure and column of scores, losses and embeddings is named in the docs."""

from pathlib import Path

import pytest

from outcross.track.embeddings import METHODS
from outcross.track.losses import COLUMNS, QUANTILES
from outcross.track.tables import KNOWN_COLUMNS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "generation-files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted({*METHODS, *COLUMNS, *QUANTILES, *KNOWN_COLUMNS}))
def test_every_figure_and_every_column_is_named(name):
    assert f"`{name}`" in PAGE
