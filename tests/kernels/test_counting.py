"""Promises of the kernels that count words and sample types of n-grams."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels import oracle
from tests.measures.making import Writers, batch_of

from outcross.kernels import (
    beginnings,
    hash_words,
    jackknife_groups,
    language_votes,
    likely_repeated,
    merge_counts,
    ngrams,
    roots,
    take_pieces,
    unite,
    word_counts,
    words,
)
from outcross.kernels.traces import PHRASE_KEYS

DOCUMENTS = st.lists(
    st.lists(st.sampled_from([chr(97 + n) for n in range(20)]), max_size=30).map(" ".join),
    min_size=1,
    max_size=12,
)


def counted(batch):
    """Occurrences and documents by hash, from the words of a batch."""
    found = words(batch)
    documents = np.split(found.tokens, found.doc_tokens[1:-1])
    return Counter(found.tokens.tolist()), Counter(key for one in documents for key in set(one.tolist()))


def tokens_of(batch):
    found = words(batch)
    return [one.tolist() for one in np.split(found.tokens, found.doc_tokens[1:-1])]


def sampled(batch, order, cap):
    """The level of the sample of types of an order, and its rows by key."""
    level, keys, counts = ngrams(batch, PHRASE_KEYS, cap).samples[order - 1]
    assert keys.tolist() == sorted(set(keys.tolist()))
    return level, dict(zip(keys.tolist(), map(tuple, counts.tolist()), strict=True))


@given(texts=DOCUMENTS)
def test_every_word_is_counted_with_its_occurrences_and_documents(texts):
    batch = batch_of(texts)
    occurrences, documents = counted(batch)
    keys, counts, places = word_counts(batch)
    assert keys.tolist() == sorted(occurrences)
    assert counts[:, 0].tolist() == [occurrences[key] for key in keys.tolist()]
    assert counts[:, 1].tolist() == [documents[key] for key in keys.tolist()]
    assert words(batch).tokens[places].tolist() == keys.tolist()


def test_more_words_than_a_table_has_room_for_are_counted_all_the_same():
    batch = batch_of([" ".join(f"w{number}" for number in range(200_000)), "w1 w1 w2"])
    keys, counts, _ = word_counts(batch)
    assert len(keys) == 200_000
    assert sorted(Counter(map(tuple, counts.tolist())).items()) == [
        ((1, 1), 199_998),
        ((2, 2), 1),
        ((3, 2), 1),
    ]


@given(texts=DOCUMENTS, order=st.integers(1, 4), cap=st.sampled_from([32, 50, 128, 100_000]))
def test_a_sample_of_types_is_every_type_below_the_lowest_level_that_holds(texts, order, cap):
    batch = batch_of(texts)
    expected = oracle.sampled_types(tokens_of(batch), jackknife_groups(batch).tolist(), order, cap)
    assert sampled(batch, order, cap) == expected


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("cap", [64, 1000])
def test_a_large_batch_is_sampled_as_brute_force_samples_it(order, cap):
    batch = batch_of(Writers().documents(800, 3))
    level, expected = oracle.sampled_types(tokens_of(batch), jackknife_groups(batch).tolist(), order, cap)
    assert sampled(batch, order, cap) == (level, expected)
    assert level > 0


def test_a_batch_of_few_types_and_many_words_is_not_sampled():
    """A guess of the level from the number of words is too high here."""
    texts = ["to be or not to be " * 400] * 40
    assert sampled(batch_of(texts), 2, 200)[0] == 0


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_order_of_documents_does_not_change_a_sample_of_types(order):
    texts = Writers().documents(500, 4)
    assert sampled(batch_of(texts), order, 512) == sampled(batch_of(texts[::-1]), order, 512)


TABLES = st.dictionaries(st.integers(0, 40), st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=20)


@given(first=TABLES, second=TABLES)
def test_tables_add_up_key_by_key(first, second):
    def arrays(table):
        keys = sorted(table)
        return np.array(keys, np.uint64), np.array([table[key] for key in keys], np.int64).reshape(-1, 2)

    keys, counts = merge_counts(arrays(first), arrays(second))
    sums = {
        key: [sum(column) for column in zip(*(t[key] for t in (first, second) if key in t), strict=True)]
        for key in first | second
    }
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == sums
    assert keys.tolist() == sorted(sums)


@given(size=st.integers(1, 30), pairs=st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40))
def test_joined_sets_are_named_by_their_smallest_member(size, pairs):
    pairs = [(a % size, b % size) for a, b in pairs]
    forest = np.arange(size, dtype=np.int32)
    first, second = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    unite(forest, first, second)
    expected = list(range(size))
    for _ in range(size):
        for a, b in pairs:
            expected[a] = expected[b] = min(expected[a], expected[b])
    assert roots(forest).tolist() == expected


def test_function_words_are_counted_for_their_languages_in_the_first_words_only():
    keys, languages = np.zeros(4096, np.uint64), np.zeros(4096, np.uint64)
    for word, bits in (("the", 1), ("la", 2), ("a", 3)):
        (key,) = hash_words(word)
        slot = int(key) & 4095
        keys[slot], languages[slot] = key, bits
    votes = language_votes(batch_of(["The cat a", "LA la x", "x " * 200 + "the the", ""]), keys, languages, 2)
    assert votes.tolist() == [[2, 1], [0, 2], [0, 0], [0, 0]]


@given(texts=st.lists(st.text(max_size=30), max_size=8), characters=st.integers(0, 12), begin=st.integers(0, 3))
def test_the_beginning_of_a_text_is_cut_between_characters(texts, characters, begin):
    array = pa.array(texts, pa.large_string())[begin:]
    found = beginnings(array, characters)
    found.validate(full=True)
    assert found.to_pylist() == [text[:characters] for text in texts[begin:]]


@given(keys=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 20), max_size=200))
def test_no_key_that_stands_twice_is_left_out_of_those_likely_to(keys):
    times = Counter(keys)
    rows = likely_repeated(np.array(keys, np.uint64)).tolist()
    assert rows == sorted(set(rows))
    assert {row for row, key in enumerate(keys) if times[key] > 1} <= set(rows)


def test_few_keys_that_stand_alone_are_likely_repeated():
    keys = np.random.default_rng(1).integers(0, 2**64, 100_000, np.uint64)
    assert len(likely_repeated(keys)) < 10_000


@given(pieces=st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 4)), max_size=10))
def test_pieces_are_taken_from_two_arrays_as_from_one(pieces):
    first, second = np.arange(10, dtype=np.uint64), np.arange(10, 20, dtype=np.uint64)
    begins = np.array([begin + 10 * further for further, begin, _ in pieces], np.int64)
    offsets = np.cumsum([0, *(size for _, _, size in pieces)])
    expected = [value for begin, (_, _, size) in zip(begins.tolist(), pieces, strict=True)
                for value in range(begin, begin + size)]  # fmt: skip
    assert take_pieces((first, second), begins, offsets).tolist() == expected
