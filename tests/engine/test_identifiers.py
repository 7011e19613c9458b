"""Identifiers that repeat are counted exactly, in bounded memory, and said."""

import random
from collections import Counter

import pyarrow as pa
import pytest

from outcross.engine import Layout
from outcross.engine.identifiers import Identifiers, Repeated, repeated
from outcross.measure import Batch


@pytest.fixture
def names() -> list[str]:
    draw = random.Random(3)  # noqa: S311 - identifiers of a test
    return [f"document {draw.randrange(4000)}" for _ in range(6000)]


def left(names: list[str], folder) -> None:
    folder.mkdir()
    found = Identifiers(folder, wanted=True)
    for begin in range(0, len(names), 700):
        ids = pa.array(names[begin : begin + 700], pa.string())
        found.add(Batch(ids.cast(pa.large_string()), ids))


@pytest.mark.parametrize("most", [1 << 22, 1000, 300])
def test_they_are_counted_however_few_are_held_at_a_time(names, tmp_path, most):
    folders = [tmp_path / str(number) for number in range(3)]
    for number, folder in enumerate(folders):
        left(names[number * 2000 : (number + 1) * 2000], folder)
    several = [count for count in Counter(names).values() if count > 1]
    assert repeated(folders, tmp_path, most) == Repeated(len(several), sum(several))
    assert sorted(tmp_path.iterdir()) == folders


def test_where_a_task_left_none_nothing_is_claimed(names, tmp_path):
    left(names, tmp_path / "0")
    (tmp_path / "1").mkdir()
    assert repeated([tmp_path / "0", tmp_path / "1"], tmp_path) is None


def test_a_report_says_that_identifiers_repeat_across_shards(documents, write, run):
    numbered = [{"id": number % 900, **one} for number, one in enumerate(documents)]
    path = write(numbered)
    for layout in (Layout(2), Layout(2, "processes")):
        made = run(path, each=20_000, layout=layout)
        assert made.corpus["repeated_ids"] == {"identifiers": 100, "documents": 200}
        notes = [note["text"] for note in made.notes if "identifier" in note["text"]]
        assert len(notes) == 1
        assert notes[0].startswith("200 documents share their identifier with another (column 'id'; 100 ")


def test_nothing_is_said_of_identifiers_that_do_not_repeat_or_are_places(documents, write, run):
    unique = run(write([{"id": number, **one} for number, one in enumerate(documents)], "unique.jsonl"))
    assert unique.corpus["repeated_ids"] == {"identifiers": 0, "documents": 0}
    places = run(write(documents))
    assert "repeated_ids" not in places.corpus
    assert not any("identifier" in note["text"] for made in (unique, places) for note in made.notes)
