"""Samples by hash are functions of the set of documents, whatever was known of them when a batch was looked at."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.making import Writers, batch_of, only_numbers

from outcross.engine.states import States
from outcross.kernels import document_hashes, hash_words
from outcross.measure import EVERY_HASH, Caps, Reached
from outcross.measures import streaming
from outcross.measures.states import DocumentSample
from outcross.measures.words import LONG, _most_frequent

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
    return DocumentSample.of(documents, ((tokens, tokens[:0]), begins, lengths), bounds, EVERY_HASH)


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


def long_and_short() -> tuple[list[str], dict[int, tuple[str, int]]]:
    """Short documents with three long ones among them; by hash each one's text and its share of words to keep."""
    draw = np.random.default_rng(8)
    sizes = [30, 5 * LONG + 1, 40, 2 * LONG, LONG, 50, LONG + 1]
    texts = [" ".join(f"w{one}" for one in draw.integers(0, 3000, size)) for size in sizes]
    parts = [-(-size // LONG) for size in sizes]
    hashes = document_hashes(batch_of(texts))
    return texts, {int(key): (text, part) for key, text, part in zip(hashes, texts, parts, strict=True)}


def test_of_long_documents_the_words_with_fitting_hashes_are_kept_with_all_their_occurrences():
    texts, known = long_and_short()
    kept = streaming()["words"].look(batch_of(texts), Caps()).sample
    assert len(kept.hashes) == len(texts)
    for row, key in enumerate(kept.hashes):
        text, part = known[int(key)]
        assert kept.parts[row] == part
        spelt = hash_words(text)
        wanted = spelt[spelt % np.uint64(part) == 0]
        assert kept.tokens[kept.offsets[row] : kept.offsets[row + 1]].tolist() == wanted.tolist()
        assert part == 1 or len(wanted) < 1.3 * len(spelt) / part


def test_long_documents_are_sampled_alike_in_every_partition_and_survive_bytes():
    texts, _ = long_and_short()
    caps = replace(Caps(), sampled_documents=60)  # and 7,680 words: not all of these
    whole = streaming()["words"].look(batch_of(texts), caps).sample
    assert 0 < len(whole.hashes) < len(texts)
    pieces = [streaming()["words"].look(batch_of([text]), caps).sample for text in texts]
    forth, back = pieces[0], pieces[-1]
    for one, other in zip(pieces[1:], pieces[-2::-1], strict=True):
        forth, back = forth + one, back + other
    read = DocumentSample.from_bytes(whole.to_bytes())
    assert forth.to_bytes() == back.to_bytes() == whole.to_bytes() == read.to_bytes()


def test_sums_over_a_long_document_are_estimated_from_the_part_that_is_kept():
    texts, known = long_and_short()
    state = streaming()["words"].look(batch_of(texts), Caps())
    sums = state.sampled.total(state.sampled.times)
    for total, key in zip(sums, state.sample.hashes, strict=True):
        text, part = known[int(key)]
        words = len(text.split())
        # About 3,000 kinds of words in parts: four standard deviations of how many fall in one part.
        assert abs(total - words) <= (4 * words * np.sqrt((part - 1) / 3000) if part > 1 else 0)


@pytest.mark.parametrize("side", ["levels", "documents", "texts"])
def test_the_further_of_two_is_taken(side):
    nothing, something = Reached(), Reached((1, 2, 3, 4), 77, (5,) * 32)
    assert getattr(nothing.joined(something), side) == getattr(something, side)
    assert getattr(something.joined(Reached((2, 1, 3, 5), 70, (6,) * 32)), side) == {
        "levels": (2, 2, 3, 5), "documents": 70, "texts": (5,) * 32,
    }[side]  # fmt: skip


@given(counts=st.lists(st.one_of(st.integers(1, 5), st.integers(1, 1 << 40)), max_size=60), share=st.floats(0, 1))
def test_the_most_frequent_are_those_that_no_other_exceeds(counts, share):
    most = int(share * len(counts))
    rows = _most_frequent(np.array(counts, np.int64), most)
    assert len(set(rows.tolist())) == most
    assert sorted(counts[row] for row in rows) == sorted(counts)[len(counts) - most :]
