"""Two sides of text: what people wrote (the standard library's documentation) and what a small generator says."""

import random
from collections.abc import Callable

import pyarrow as pa
import pytest

from outcross.measure import Batch
from outcross.origin.fit import examples, fit
from outcross.origin.score import TextScore

OPENERS = ("In today's world", "Moreover", "It is important to note that", "Furthermore", "In conclusion", "Overall")
SUBJECTS = ("the rich tapestry", "this approach", "a robust framework", "the journey of learning", "effective teamwork")
VERBS = ("plays a crucial role in", "serves as a testament to", "fosters a sense of", "is essential for", "enhances")
OBJECTS = ("personal growth", "the community", "a sustainable future", "our shared experience", "lasting success")


def said(number: int, sentences: int = 9) -> str:
    """A text of a generator with few words."""
    draw = random.Random(number)  # noqa: S311 - no secret
    return " ".join(
        f"{draw.choice(OPENERS)}, {draw.choice(SUBJECTS)} {draw.choice(VERBS)} {draw.choice(OBJECTS)}."
        for _ in range(sentences)
    )


def batch(texts: list[str], sources: list[str] | None = None) -> Batch:
    groups = None if sources is None else pa.array(sources, pa.string())
    ids = pa.array([str(number) for number in range(len(texts))], pa.string())
    return Batch(pa.array(texts, pa.large_string()), ids, groups)


@pytest.fixture(scope="session")
def batch_of() -> Callable[..., Batch]:
    return batch


@pytest.fixture(scope="session")
def human_texts(prose) -> list[str]:
    """Docstrings that are long enough and mostly prose."""
    return [text for text in prose if len(text.split()) >= 60 and text.count(" the ") >= 3][:400]


@pytest.fixture(scope="session")
def machine_texts() -> list[str]:
    return [said(number) for number in range(300)]


@pytest.fixture(scope="session")
def score(human_texts, machine_texts) -> TextScore:
    """A score of the two sides, each of two sources."""
    sides = [
        examples([batch(texts, [f"{name} {number % 2}" for number in range(len(texts))])])
        for name, texts in (("people", human_texts), ("model", machine_texts))
    ]
    return fit(*sides)
