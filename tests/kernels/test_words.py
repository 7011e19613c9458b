"""Promises of the tokeniser, held against plain Python on any text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels import oracle
from tests.measures.making import batch_of

from outcross.kernels import SCRIPTS, hash_words, native, words
from outcross.kernels.tables import LIMIT

# Any code point that UTF-8 can hold, with more of those that are easy to get wrong.
HARD = [
    "\u0130", "\u0131", "ß", "\u017f", "\u212a", "\u212b", "e\u0301", "\u0345", "ὈΔΥΣΣΕΎΣ", "漢字", "カナ",
    "\uff8a\uff9b", "ไทย", "한국", "👩\u200d👩\u200d👧", "🏳\ufe0f\u200d🌈", "a\u200db", "\u200c", "\ufeff",
    "٣", "Ⅷ", "²", "\U0001d49c", "\U00010400", "\U0003134a", "\U000e0041", "\U0010ffff", "\0", "_",
    "p\u0430y", "\u03bcm", "\x85", "\u2028", "\u0e33",
]  # fmt: skip
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SHORT = st.sampled_from([" ", "\n", "-", "a", "Z", "9", "abcdefg", "abcdefgh", "ABCDEFGHI"])
MIXED = st.lists(st.one_of(st.sampled_from(HARD), ANY, SHORT)).map("".join)
TEXTS = st.lists(MIXED, min_size=1, max_size=5)


@given(texts=TEXTS)
def test_words_are_what_a_regular_expression_finds(texts):
    found = words(batch_of(texts))
    written = [oracle.words_as_written(text) for text in texts]
    assert found.per_document.tolist() == [len(one) for one in written]
    flat = [word for one in written for word in one]
    assert found.lengths.tolist() == [len(word) for word in flat]
    assert [found.spelt(number) for number in range(len(flat))] == flat


@given(texts=TEXTS)
def test_words_begin_where_they_stand_in_the_bytes(texts):
    found = words(batch_of(texts))
    data = bytes(found.data)
    for start, word in zip(
        found.starts, [word for text in texts for word in oracle.words_as_written(text)], strict=True
    ):
        assert data[start:].startswith(word.encode())


@given(texts=TEXTS)
def test_equal_words_have_equal_hashes_and_others_have_others(texts):
    found = words(batch_of(texts))
    flat = [word for text in texts for word in oracle.words(text)]
    assert len(set(zip(flat, found.tokens.tolist(), strict=True))) == len(set(flat)) == len(set(found.tokens.tolist()))


@given(texts=TEXTS, more=TEXTS)
def test_words_do_not_depend_on_where_the_array_lies(texts, more):
    """A slice of an Arrow array begins in the middle of its bytes."""
    whole = batch_of([*more, *texts])
    part = whole.take(np.arange(len(more), len(more) + len(texts)))
    sliced = batch_of(texts).__class__(whole.texts[len(more) :], whole.ids[len(more) :])
    for other in (part, sliced):
        assert words(other).tokens.tolist() == words(batch_of(texts)).tokens.tolist()
        assert words(other).starts.tolist() == words(batch_of(texts)).starts.tolist()


@given(texts=TEXTS)
def test_scripts_are_counted_in_characters_of_words(texts):
    found = words(batch_of(texts)).scripts
    for row, text in zip(found, texts, strict=True):
        assert dict(zip(SCRIPTS, row.tolist(), strict=True)) == oracle.scripts(text)


@given(texts=TEXTS)
def test_words_that_mix_scripts_and_words_without_spaces_are_counted(texts):
    marks = words(batch_of(texts)).marks
    assert marks[:, native.CONFUSABLES].tolist() == [oracle.confusables(text) for text in texts]
    assert marks[:, native.UNSPACED_LETTERS].tolist() == [oracle.unspaced_letters(text) for text in texts]


@given(texts=TEXTS)
def test_controls_and_replacement_characters_are_counted(texts):
    marks = words(batch_of(texts)).marks
    controls = [sum(one < " " and one not in "\n\t\r" for one in text) for text in texts]
    assert marks[:, native.CONTROLS].tolist() == controls
    assert marks[:, native.REPLACEMENTS].tolist() == [text.count("\ufffd") for text in texts]


def test_every_code_point_alone_is_the_word_that_python_says():
    points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    for begin in range(0, len(points), 1 << 18):
        texts = [chr(point) for point in points[begin : begin + (1 << 18)]]
        expected = [len(oracle.words_as_written(text)) for text in texts]
        assert words(batch_of(texts)).per_document.tolist() == expected


def test_every_letter_has_the_hash_of_its_lower_case():
    letters = [chr(point) for point in range(LIMIT) if chr(point).isalnum()]
    upper = words(batch_of(letters)).tokens
    lower = words(batch_of([oracle.lowered(letter) for letter in letters])).tokens
    kept = [oracle.lowered(letter).isalnum() for letter in letters]
    assert all(kept)
    assert (upper == lower).all()


def test_a_million_words_of_three_characters_have_a_million_hashes():
    alphabet = [chr(0x4E00 + 7 * number) for number in range(60)] + list("abcdefghijklmnopqrstuvwxyz0123456789_éèüø")
    text = " ".join(one + two + three for one in alphabet for two in alphabet for three in alphabet)
    hashes = hash_words(text)
    assert len(np.unique(hashes)) == len(hashes) == len(alphabet) ** 3


def test_hashes_are_uniform_in_their_high_and_low_bits():
    hashes = hash_words(" ".join(f"word{number}" for number in range(200_000)))
    for bits in (hashes >> np.uint64(56), hashes & np.uint64(255)):
        counts = np.bincount(bits.astype(np.int64), minlength=256)
        chi2 = float(((counts - counts.mean()) ** 2 / counts.mean()).sum())
        assert 170 < chi2 < 360  # 255 degrees of freedom, about 4 standard deviations


@pytest.mark.parametrize(("text", "count"), [
    ("pass\u200bword", 1), ("so\u00adft", 1), ("a\ufeffb", 1), ("\ufeffa", 0), ("a\u200db", 1),
    ("می\u200cخو", 0), ("👩\u200d👧", 0), ("a\u202eb", 1), ("\u2060\u2061", 2), ("葛\U000e0100", 0),
    ("a\U000e0041", 1), ("❤\ufe0f", 0), ("plain text, nothing in it", 0), ("x\ufffay", 1),
    ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 0), ("🏴" + "\U000e0041" * 9, 2),
    ("🙂\U000e0041", 1), ("icon \U000f0001", 0), ("icon \U00100001", 0), ("icon \ue001", 0),
    ("😀\U000e0100\U000e0101\U000e0102", 2), ("\U000e0067", 1),
])  # fmt: skip
def test_invisible_characters_count_only_where_they_spell_nothing(text, count):
    assert words(batch_of([text])).marks[0, native.INVISIBLES] == count


@pytest.mark.parametrize(("text", "count"), [
    ("5 \u03bcm, 10\u03bcg, \u03bcmol and 4.7k\u03a9", 0), ("5 \u00b5m", 0),
    ("\u03bcnlimited", 1), ("\u03bca\u03bc", 1), ("\u03c1aypal", 1), ("p\u0430ypal", 1),
    ("ab\u03a9", 1), ("\u03b1\u03b2", 0),
])  # fmt: skip
def test_units_are_no_confusable_words_and_disguised_words_are(text, count):
    assert words(batch_of([text])).marks[0, native.CONFUSABLES] == count == oracle.confusables(text)


def test_a_word_of_many_megabytes_is_one_word():
    found = words(batch_of(["é" * 3_000_000, "x" * 3_000_000, "x"]))
    assert found.per_document.tolist() == [1, 1, 1]
    assert found.lengths.tolist() == [65535, 65535, 1]
    assert found.scripts.sum() == 6_000_001


def test_no_documents_and_empty_documents_have_no_words():
    assert words(batch_of([""])).per_document.tolist() == [0]
    assert words(batch_of(["", "a", ""])).per_document.tolist() == [0, 1, 0]
    assert words(batch_of([])).per_document.tolist() == []
