"""Promises of the kernels that look for repetition inside a document and mark it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.kernels import oracle
from tests.measures.making import batch_of

from outcross.kernels import document_hashes, jackknife_groups, line_counts, native, repetition
from outcross.measure import GROUPS

PIECES = st.sampled_from(
    [
        "a",
        "b",
        "é",
        "漢",
        "12345678",
        "123456789",
        "\0",
        " ",
        "\n",
        "\n\n",
        "\n\n\n",
        "\r\n",
        "line",
        "x" * 17,
    ]
)
TEXTS = st.lists(st.lists(PIECES, max_size=40).map("".join), min_size=1, max_size=4)
FEW_WORDS = st.lists(
    st.lists(st.sampled_from(["a", "bb", "ccc", "Äé", "漢"]), max_size=60).map(" ".join),
    min_size=1,
    max_size=4,
)


@given(texts=TEXTS)
def test_lines_and_paragraphs_that_repeat_are_found(texts):
    assert line_counts(batch_of(texts)).counts.tolist() == [oracle.lines(text) for text in texts]


def test_windows_ends_of_lines_make_no_repetition():
    """Empty lines that end with a carriage return are not lines that repeat each other."""
    texts = [end.join(["one", "", "two", "", "three", "", "four"]) for end in ("\n", "\r\n")]
    plain, windows = line_counts(batch_of(texts)).counts.tolist()
    assert windows[:2] == plain[:2] == [4, 0]
    assert windows[4:6] == plain[4:6] == [4, 0]


@pytest.mark.parametrize("kinds", [30, 3000, 9000])
@pytest.mark.parametrize("end", ["\n", "\n\n"])
def test_thousands_of_lines_in_one_document_are_told_apart(kinds, end):
    text = end.join([*(str(number % kinds) for number in range(9000)), "last"])
    texts = ["before", text, "after"]
    assert line_counts(batch_of(texts)).counts.tolist() == [oracle.lines(one) for one in texts]


@given(texts=TEXTS)
def test_documents_have_equal_hashes_exactly_when_their_bytes_are_equal(texts):
    hashes = document_hashes(batch_of([*texts, *texts])).tolist()
    assert hashes[: len(texts)] == hashes[len(texts) :]
    assert len(set(hashes)) == len(set(texts))


def test_documents_that_differ_a_little_have_other_hashes():
    text = "The same long line of text, again.\n" * 5
    near = [
        text,
        text + "\n",
        text[:-1],
        "\n" + text,
        text + "\0",
        text.replace("again", "agaim", 1),
        text + " ",
        "",
    ]
    assert len(set(document_hashes(batch_of(near)).tolist())) == len(near)


def test_documents_fall_evenly_into_groups_and_copies_fall_together():
    texts = [f"document {number}" for number in range(32_000)]
    groups = jackknife_groups(batch_of(texts))
    sizes = [(groups == group).sum() for group in range(GROUPS)]
    assert min(sizes) > 850
    assert max(sizes) < 1150
    assert (jackknife_groups(batch_of(texts[::-1]))[::-1] == groups).all()


@given(texts=FEW_WORDS)
@example(["a a a", "a a", "a", "", "a b a b", "a b c d e a b c d e a b c d e"])
@example(["x " * 50, "x y " * 50])
def test_repeated_ngrams_are_those_that_brute_force_finds(texts):
    assert repetition(batch_of(texts)).tolist() == [oracle.repetition(text) for text in texts]


def test_repetition_is_found_in_long_documents_beside_short_ones():
    block = " ".join(f"word{number}" for number in range(500))
    texts = ["", f"{block} {block}", "a b", " ".join(["tick tock"] * 3000), f"new {block}", "one"]
    assert repetition(batch_of(texts)).tolist() == [oracle.repetition(text) for text in texts]


@given(pieces=st.lists(st.tuples(st.sampled_from(["a", "é", "語", "😀", "\n"]), st.integers(1, 70)), max_size=6))
def test_characters_are_counted_in_texts_of_any_length(pieces):
    texts = ["".join(one * times for one, times in pieces), "x"]
    assert line_counts(batch_of(texts)).counts[:, native.CHARACTERS].tolist() == [len(text) for text in texts]
