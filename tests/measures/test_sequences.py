"""Word sequences that are kept: a random sample that does not depend on how a corpus is cut, and survives bytes."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.making import Writers

from outcross.corpus import Limits, Reading, find
from outcross.engine import Layout, Plan, run_tasks
from outcross.engine.local import Session
from outcross.engine.merging import join
from outcross.engine.states import SEQUENCES
from outcross.kernels import hash_words
from outcross.measure import EVERY_HASH, Batch
from outcross.measures.sequences import COLUMNS, NOWHERE, Keeping, Sequences, joined

TEXTS = st.lists(st.text(st.sampled_from("ab \n.é漢"), max_size=30), min_size=1, max_size=12)
BOUNDS = st.sampled_from([Keeping(), Keeping(documents=4), Keeping(words=9), Keeping(3, 2, 5), Keeping(documents=1)])


def batch_of(texts: list[str], start: int = 0, **columns: list[str | None]) -> Batch:
    ids = pa.array([str(start + number) for number in range(len(texts))], pa.string())
    made = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return Batch(pa.array(texts, pa.large_string()), ids, columns=made)


def in_parts(keeping: Keeping, texts: list[str], edges: list[int]) -> list[Sequences]:
    return [keeping.look(batch_of(texts[a:b], a)) for a, b in pairwise(edges)]


@settings(max_examples=80)
@given(texts=TEXTS, keeping=BOUNDS, cuts=st.lists(st.integers(0, 12), max_size=4), data=st.data())
def test_however_documents_are_cut_and_added_the_sample_is_the_same(texts, keeping, cuts, data):
    edges = [0, *sorted(min(cut, len(texts)) for cut in cuts), len(texts)]
    parts = data.draw(st.permutations(in_parts(keeping, texts, edges)))
    whole = keeping.look(batch_of(texts))
    assert joined(parts).to_bytes() == whole.to_bytes()
    assert whole.documents == len(texts)


@settings(max_examples=50)
@given(texts=TEXTS, keeping=BOUNDS)
def test_adding_is_associative_and_survives_bytes(texts, keeping):
    first, second, third = in_parts(keeping, texts, [0, len(texts) // 3, 2 * len(texts) // 3, len(texts)])
    assert ((first + second) + third).to_bytes() == (first + (second + third)).to_bytes()
    assert Sequences.from_bytes(first.to_bytes()).to_bytes() == first.to_bytes()
    read = Sequences.from_bytes(first.to_bytes()) + Sequences.from_bytes(second.to_bytes())
    assert read.to_bytes() == (first + second).to_bytes()


@settings(max_examples=50)
@given(texts=TEXTS, keeping=BOUNDS)
def test_a_sample_keeps_its_bounds_and_knows_what_it_left_out(texts, keeping):
    found, everything = keeping.look(batch_of(texts)), Keeping().look(batch_of(texts))
    assert len(found) <= keeping.documents
    assert len(found.tokens) <= keeping.words
    assert (np.diff(found.offsets) <= keeping.words_each).all()
    assert found.whole == (len(found) == len(texts))
    below = everything["keys"] < np.uint64(min(found.limit, EVERY_HASH - 1))
    assert found["keys"].tolist() == everything["keys"][below].tolist()


def test_a_look_that_knows_the_limit_changes_nothing_but_the_work():
    texts = Writers().documents(300, 1)
    keeping = Keeping(documents=40)
    first = keeping.look(batch_of(texts[:200]))
    short, whole = (keeping.look(batch_of(texts[200:], 200), limit) for limit in (first.limit, EVERY_HASH))
    assert (first + short).to_bytes() == (first + whole).to_bytes() == keeping.look(batch_of(texts)).to_bytes()
    assert len(short) < len(whole)


def test_the_sample_is_a_random_part_of_the_documents():
    """Half of two kinds of documents are long; of the sample as well, within four standard errors."""
    texts = [f"{number} {'long ' * (number % 2 * 20)}" for number in range(4000)]
    found = Keeping(documents=1000).look(batch_of(texts))
    assert abs((found["lengths"] > 2).mean() - 0.5) < 4 * 0.5 / np.sqrt(1000)


def test_words_and_lengths_are_those_of_the_documents_in_the_order_of_their_keys():
    texts = ["One two, THREE four", "", "five", "six seven"]
    found = Keeping(words_each=3).look(batch_of(texts))
    assert (np.diff(found["keys"].astype(object)) > 0).all()
    expected = {4: ["one", "two", "three"], 0: [], 1: ["five"], 2: ["six", "seven"]}
    for place, length in enumerate(found["lengths"]):
        tokens = found.tokens[found.offsets[place] : found.offsets[place + 1]]
        assert tokens.tolist() == hash_words(" ".join(expected[int(length)])).tolist()


def test_copies_are_drawn_apart_and_known_by_their_text():
    found = Keeping().look(batch_of(["the same text"] * 50))
    assert len(set(found["keys"].tolist())) == 50
    assert len(set(found["texts"].tolist())) == 1


def test_units_and_prompts_are_hashes_of_their_names_and_nowhere_where_there_is_none():
    keeping = Keeping(unit="seed", prompt="asked")
    assert keeping.columns == ("seed", "asked")
    found = keeping.look(batch_of(["a b", "c d", "e f"], seed=["x", None, "x"], asked=[None, "p", ""]))
    units = dict(zip(found["lengths"] * 0 + found["texts"], found["units"], strict=True))
    assert sorted(np.unique(found["units"], return_counts=True)[1].tolist()) == [1, 2]
    assert list(units.values()).count(NOWHERE) == 1
    assert (found["prompts"] == NOWHERE).sum() == 1
    plain = Keeping().look(batch_of(["a b", "c d", "e f"]))
    assert not plain["units"].any()
    assert not plain["prompts"].any()


def test_a_part_of_the_sample_keeps_its_columns_and_words_together():
    texts = Writers().documents(60, 2)
    whole = Keeping().look(batch_of(texts))
    chosen = np.arange(60) % 3 == 1
    part = whole.take(chosen)
    assert len(part) == 20
    assert part.documents == 20
    for name in COLUMNS:
        assert part[name].tolist() == whole[name][chosen].tolist()
    for place, row in enumerate(np.flatnonzero(chosen)):
        ours = part.tokens[part.offsets[place] : part.offsets[place + 1]]
        assert ours.tolist() == whole.tokens[whole.offsets[row] : whole.offsets[row + 1]].tolist()


def test_nothing_in_the_bytes_can_be_read_as_text():
    data = Keeping(unit="who").look(batch_of(["unmistakable sentence"], who=["somebody"])).to_bytes()
    for word in (b"unmistakable", b"sentence", b"somebody"):
        assert word not in data


@pytest.fixture
def kept(tmp_path) -> Callable[..., Sequences]:
    """What the engine keeps of a file, in any layout."""
    count = iter(range(100))

    def keeping(path: Path, layout: Layout, each: int, plan: Keeping) -> Sequences:
        found = find([str(path)], Reading(columns=plan.columns), Limits()).cut(each)
        folder = tmp_path / f"run-{next(count)}"
        session = Session(Plan(found, keeping=plan), folder, found.shards)
        merged = run_tasks(session, layout)
        join(merged, [session.finished[ordinal] for ordinal in sorted(session.finished)])
        return merged.states.whole[SEQUENCES]

    return keeping


@pytest.mark.parametrize("plan", [Keeping(unit="seed"), Keeping(100, 20, 1500, unit="seed")], ids=["all", "bounded"])
def test_threads_processes_and_shards_keep_the_same_bytes(kept, tmp_path, plan):
    texts = Writers(copied=0.1).documents(500, 3)
    path = tmp_path / "corpus.jsonl"
    rows = [{"text": text, "seed": None if number % 50 == 0 else f"s{number % 7}"} for number, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    third = path.stat().st_size // 3 + 1
    layouts = [
        (Layout(1), 1 << 30), (Layout(1), third), (Layout(2), third), (Layout(2, "processes"), third),
        (Layout(2), third // 7),
    ]  # fmt: skip
    found = {kept(path, layout, each, plan).to_bytes() for layout, each in layouts}
    assert len(found) == 1
    one = Sequences.from_bytes(found.pop())
    assert one.documents == 500
    assert len(np.unique(one["units"])) == 8
