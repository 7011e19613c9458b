"""States of a corpus of real and of made-up documents, shared by the tests of this room."""

import pytest
from tests.measures.making import Writers, states_of

from outcross.audits.conclude import ladder
from outcross.engine.states import Family
from outcross.measure import Asked


@pytest.fixture(scope="session")
def written() -> list[str]:
    """Six hundred documents of the made-up population, a tenth of them copies."""
    return Writers(copied=0.1).documents(600, 11)


@pytest.fixture(scope="session")
def family(written: list[str]) -> Family:
    return states_of(written)


@pytest.fixture(scope="session")
def asked(family: Family) -> Asked:
    return Asked(ladder(family))
