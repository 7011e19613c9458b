"""Samples by hash are functions of the set of documents, whatever was known of them when a batch was looked at."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.making import Writers, batch_of, only_numbers

from outcross.engine.states import States
from outcross.measure import EVERY_HASH, Caps, Reached
from outcross.measures import streaming
from outcross.measures.states import DocumentSample

SMALL = Caps(word_types=1 << 20, sampled_types=64, sampled_documents=6, text_bytes=1 << 10)
SIZES = st.dictionaries(st.integers(0, 40), st.integers(0, 30), min_size=1, max_size=12)


def sample(sizes: dict[int, int], bounds: tuple[int, int]) -> DocumentSample:
    """Documents by hash with so many words, each word the document's hash."""
    hashes = np.array(sorted(sizes), np.uint64)
    lengths = np.array([sizes[int(one)] for one in hashes], np.int64)
    ones = np.ones(len(hashes), np.int64)
    tokens = np.repeat(hashes, lengths)
    begins = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    documents = (hashes, ones, ones.astype(np.uint8), ones)
    return DocumentSample.of(documents, (tokens, begins, lengths), bounds, EVERY_HASH)


@given(sizes=SIZES, parts=st.lists(st.integers(0, 2), min_size=41, max_size=41), words=st.integers(1, 60))
def test_a_sample_cut_by_words_does_not_depend_on_the_partition(sizes, parts, words):
    bounds = (8, words)
    pieces = [{key: size for key, size in sizes.items() if parts[key] == number} for number in range(3)]
    one, two, three = (sample(piece, bounds) for piece in pieces)
    whole = sample(sizes, bounds)
    assert (one + two + three).to_bytes() == whole.to_bytes() == (three + (two + one)).to_bytes()


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(1, 199), min_size=1, max_size=6, unique=True), told=st.data())
def test_what_samples_have_reached_saves_work_and_changes_nothing(cuts, told):
    texts = Writers(copied=0.2).documents(200, 3)
    edges = [0, *sorted(cuts), len(texts)]
    known, unknown = States(), States()
    for begin, end in pairwise(edges):
        batch = batch_of(texts[begin:end])
        unknown.see(batch, (SMALL, SMALL), 1)
        reached = known.reached if told.draw(st.booleans()) else Reached()
        known.see(replace(batch, reached=reached, _shared={}), (SMALL, SMALL), 1)
    for name in streaming():
        assert only_numbers(known.whole[name]) == only_numbers(unknown.whole[name])


def test_full_samples_take_little_of_a_further_batch():
    texts = Writers().documents(3000, 4)
    seen = States()
    seen.see(batch_of(texts[:2500]), (SMALL, SMALL), 1)
    batch = replace(batch_of(texts[2500:]), reached=seen.reached)
    assert len(streaming()["words"].look(batch, SMALL).sample.hashes) < 6
    assert sum(map(len, streaming()["compression"].look(batch, SMALL).pieces)) < 64


@pytest.mark.parametrize("side", ["levels", "documents", "texts"])
def test_the_further_of_two_is_taken(side):
    nothing, something = Reached(), Reached((1, 2, 3, 4), 77, (5,) * 32)
    assert getattr(nothing.joined(something), side) == getattr(something, side)
    assert getattr(something.joined(Reached((2, 1, 3, 5), 70, (6,) * 32)), side) == {
        "levels": (2, 2, 3, 5), "documents": 70, "texts": (5,) * 32,
    }[side]  # fmt: skip
