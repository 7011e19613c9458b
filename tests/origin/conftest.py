"""Text of two sides, what people wrote and what a small generator says; an index of outputs; lent texts."""

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.origin import making

from outcross.measure import Batch
from outcross.origin.fit import examples, fit
from outcross.origin.outputs import OutputIndex, add, empty_index
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


@pytest.fixture(scope="session")
def batch_of() -> Callable[..., Batch]:
    return making.batch_of


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
        examples([making.batch_of(texts, [f"{name} {number % 2}" for number in range(len(texts))])])
        for name, texts in (("people", human_texts), ("model", machine_texts))
    ]
    return fit(*sides)


@pytest.fixture
def indexed(tmp_path) -> Callable[..., OutputIndex]:
    def index(texts: Sequence[str], **how: bool) -> OutputIndex:
        return add(empty_index(tmp_path / "index"), [making.batch_of(texts)], "a model", **how)

    return index


@pytest.fixture(scope="session")
def development() -> Path:
    """The folder of texts of known origin that is lent for evaluation; no part of the project."""
    folder = Path(os.environ.get("OUTCROSS_ORIGIN_DATA", Path(__file__).parents[3] / "shared" / "data" / "origin"))
    if not (folder / "docs.jsonl.gz").is_file():
        pytest.skip(f"the texts of known origin are not here ({folder}); set OUTCROSS_ORIGIN_DATA")
    return folder
