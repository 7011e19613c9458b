"""Short texts of a vocabulary with a long tail, as a model's output."""

import random
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def written() -> Callable[[int], list[str]]:
    """Texts by a seed: 120 of 30 words."""

    def texts(seed: int) -> list[str]:
        draw = random.Random(seed)  # noqa: S311 - no secret
        return [" ".join(f"w{int(draw.paretovariate(1.0))}" for _ in range(30)) for _ in range(120)]

    return texts
