"""Promises of MinHash: how alike two documents are, and phrases they hold."""

import numpy as np
import pytest
from tests.kernels import oracle
from tests.measures.making import batch_of

from outcross.kernels import hash_words, ngrams
from outcross.kernels.traces import PHRASE_KEYS


def signed(texts):
    return ngrams(batch_of(texts), PHRASE_KEYS, 64)


def likeness(signature_a, signature_b):
    """Of eight bits a bin, which agree by chance once in 256."""
    agree = (signature_a == signature_b).mean()
    return (agree - 1 / 256) / (1 - 1 / 256)


def pair(length, changed, random):
    """Two documents of new words, of which the second has a stretch changed."""
    first = [f"w{number}" for number in random.integers(0, 1 << 40, length)]
    second = [*first[: length - changed], *(f"v{number}" for number in random.integers(0, 1 << 40, changed))]
    return " ".join(first), " ".join(second)


@pytest.mark.parametrize("length", [60, 400, 2000])
def test_likeness_is_estimated_as_well_as_theory_says(length):
    """A share from 128 bins has a standard error of at most sqrt(J (1 - J) / 128)."""
    random = np.random.default_rng(5)
    pairs = [pair(length, int(length * part), random) for part in np.linspace(0.02, 0.8, 120)]
    found = signed([text for one in pairs for text in one]).signatures
    truth = np.array([oracle.jaccard(*one) for one in pairs])
    error = np.array([likeness(found[2 * row], found[2 * row + 1]) for row in range(len(pairs))]) - truth
    theory = np.sqrt(np.mean(truth * (1 - truth) / 128))
    assert np.sqrt(np.mean(error**2)) < 1.25 * theory
    assert theory < 0.04
    assert abs(error.mean()) < 3 * theory / np.sqrt(len(pairs))


def test_equal_words_give_equal_bands_and_other_words_other_bands():
    texts = [
        "One two, three four five six!",
        "one TWO three four-five six",
        "one two three four five seven",
        "one",
        "ONE.",
        "two",
    ]
    keys = signed(texts).keys
    assert (keys[0] == keys[1]).all()
    assert (keys[3] == keys[4]).all()
    assert (keys[3] != keys[5]).all()
    assert (keys[0] != keys[3]).all()


def test_documents_without_words_have_no_bands():
    keys = signed(["", "...", "\n", "word"]).keys
    assert not keys[:3].any()
    assert keys[3].all()


def test_pairs_above_the_threshold_share_a_band_nearly_always():
    """16 bands of 8 rows: at 0.9 a pair is missed once in 7,000, at 0.8 once in 20."""
    random = np.random.default_rng(6)
    pairs = [pair(300, 15, random) for _ in range(300)]
    keys = signed([text for one in pairs for text in one]).keys
    assert np.mean([(keys[2 * row] == keys[2 * row + 1]).any() for row in range(300)]) > 0.99


def test_phrases_are_found_by_their_first_four_words():
    texts = [
        "As an AI language model, I can't.",
        "as an ai-language",
        "an ai language model",
        "I hope this helps!",
        "I hope this",
        "",
    ]
    found = signed(texts).phrases
    bits = {phrase: 1 << number for number, phrase in enumerate(PHRASE_KEYS)}
    assert int(found[0]) & bits["as an ai language"]
    assert int(found[1]) == bits["as an ai language"]
    assert [int(one) for one in found[2:]] == [bits["an ai language model"], bits["i hope this helps"], 0, 0]


def test_no_phrase_is_a_rewording_of_another():
    assert len(set(PHRASE_KEYS)) == len(PHRASE_KEYS) <= 64
    assert all(len(hash_words(phrase)) == 4 for phrase in PHRASE_KEYS)
