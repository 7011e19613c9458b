"""Watermarks: p-values hold under the null, find marked text, and follow the published code to the bit."""

import math
import re
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats
from tests.origin.making import batch_of

from outcross.errors import CallError, DataError, MissingExtraError
from outcross.origin.watermarks import (
    GreenList,
    Gumbel,
    SynthId,
    TokenizerFile,
    Watermark,
    _greenlist,
    binomial_tail,
    gamma_tail,
    keyed,
)

VOCABULARY = 2000
KEYS = (654, 400, 836, 123, 340, 443, 597, 160, 57, 29)


@dataclass(frozen=True)
class Numbers:
    """A tokenizer of texts that are written as the numbers of their tokens."""

    digest: str = "sha256:numbers"

    def __call__(self, texts):
        return [
            np.array([int(word) for word in re.findall(r"(?<!\S)[0-9]{1,18}(?!\S)", text)[:9999]], np.int64)
            for text in texts
        ]


SCHEMES = {
    "kgw": GreenList(42, VOCABULARY),
    "gumbel": Gumbel(42),
    "synthid": SynthId(KEYS),
}


def unmarked(random, length):
    return random.integers(0, VOCABULARY, length)


def marked(scheme, random, length, choices=16):
    """Tokens of a generator that may choose among some equally likely ones at each place (4 bits of entropy)."""
    tokens = list(random.integers(0, VOCABULARY, 5))
    while len(tokens) < length:
        offered = random.integers(0, VOCABULARY, choices)
        if isinstance(scheme, GreenList):
            values = scheme.green(np.stack([np.full(choices, tokens[-1]), offered], axis=1))
        else:
            width = scheme.width if isinstance(scheme, Gumbel) else scheme.ngram - 1
            windows = np.concatenate([np.tile(tokens[-width:], (choices, 1)), offered[:, None]], axis=1)
            values = keyed(scheme.key, windows) if isinstance(scheme, Gumbel) else scheme.bits(windows).sum(axis=1)
        tokens.append(int(offered[np.argmax(values)]))
    return np.array(tokens)


@pytest.mark.parametrize("name", SCHEMES)
def test_unmarked_text_has_small_p_values_as_rarely_as_they_say(name):
    random = np.random.default_rng(5)
    values = np.array([SCHEMES[name].p_value(unmarked(random, 60)) for _ in range(3000)])
    for level in (0.3, 0.1, 0.01):
        # Of so many texts; four standard errors, and a test of whole numbers may be a little too careful.
        assert (values <= level).mean() <= level + 4 * math.sqrt(level * (1 - level) / len(values))
    assert (values <= 0.3).mean() > 0.2


@pytest.mark.parametrize("name", SCHEMES)
def test_marked_text_is_found_in_fifty_tokens(name):
    random = np.random.default_rng(6)
    values = [SCHEMES[name].p_value(marked(SCHEMES[name], random, 55)) for _ in range(20)]
    assert max(values) < 1e-6


@pytest.mark.parametrize("name", SCHEMES)
def test_a_phrase_that_is_repeated_without_end_is_no_more_evidence_than_once(name):
    random = np.random.default_rng(7)
    for _ in range(20):
        phrase = unmarked(random, 12)
        once, often = (SCHEMES[name].p_value(np.tile(phrase, times)) for times in (2, 200))
        assert often == pytest.approx(once)


@pytest.mark.parametrize("name", SCHEMES)
def test_another_key_sees_nothing(name):
    scheme = SCHEMES[name]
    text = marked(scheme, np.random.default_rng(8), 100)
    other = {"kgw": GreenList(43, VOCABULARY), "gumbel": Gumbel(43), "synthid": SynthId(tuple(key + 1 for key in KEYS))}
    assert other[name].p_value(text) > 1e-4
    assert other[name].digest != scheme.digest
    assert "42" not in repr(scheme)


def test_green_lists_are_those_of_the_published_code():
    """As transformers 5.23 with torch 2.13 on a CPU gave them: lefthash, a quarter of 50 tokens."""
    expected = {
        7: [1, 7, 16, 18, 19, 23, 28, 31, 34, 42, 44, 46],
        31: [8, 15, 19, 22, 23, 26, 27, 28, 29, 35, 37, 44],
    }
    scheme = GreenList(15485863, 50, 0.25, "torch")
    for before, green in expected.items():
        assert np.flatnonzero(_greenlist(15485863, before, 50, 0.25)).tolist() == green
        assert scheme.green(np.array([[before, token] for token in range(50)])).nonzero()[0].tolist() == green


def test_bits_are_those_of_the_published_code():
    """As transformers 5.23's compute_g_values gave them."""
    tokens = np.array([11, 222, 3333, 44444, 5, 66, 777, 8888, 9])
    windows = np.lib.stride_tricks.sliding_window_view(tokens, 5)
    expected = [[1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1], [1, 0, 1, 1]]
    assert SynthId((654, 400, 836, 123)).bits(windows).tolist() == expected


@pytest.mark.parametrize(
    ("hits", "n", "p"), [(0, 10, 0.25), (3, 10, 0.25), (10, 10, 0.25), (90, 200, 0.25), (700, 900, 0.5)]
)
def test_tails_are_exact(hits, n, p):
    assert binomial_tail(hits, n, p) == pytest.approx(stats.binom.sf(hits - 1, n, p), rel=1e-9)
    for total in (0.5 * n, n, 2 * n):
        assert gamma_tail(total, n) == pytest.approx(stats.gamma.sf(total, n), rel=1e-9)
    assert binomial_tail(n + 1, n, p) == 0
    assert gamma_tail(0.0, n) == 1


def test_the_level_is_the_rate_of_false_positives_and_short_texts_are_not_tested():
    detector = Watermark(SCHEMES["kgw"], Numbers(), 1e-4)
    random = np.random.default_rng(9)
    texts = [marked(SCHEMES["kgw"], random, 80), unmarked(random, 80), marked(SCHEMES["kgw"], random, 12)]
    found = detector.look(batch_of([" ".join(map(str, text)) for text in texts]))
    assert found.synthetic.tolist() == [True, False, False]
    assert "p = " in found.reason(0)
    assert detector.false_positives().value == 1e-4
    assert detector.name == "watermark.kgw"


def test_tokens_beyond_the_vocabulary_are_left_out():
    tokens = np.array([-5, 10**9] * 30)
    assert GreenList(1, 100).p_value(tokens) == 1
    assert GreenList(1, 100, rule="torch").p_value(tokens) == 1


def test_what_cannot_be_is_refused():
    with pytest.raises(CallError, match="keyed, torch"):
        GreenList(1, 100, rule="magic")
    with pytest.raises(CallError, match="share"):
        GreenList(1, 100, gamma=1.0)
    with pytest.raises(CallError, match="keys"):
        SynthId(())
    with pytest.raises(CallError, match="cannot be read"):
        _ = TokenizerFile("/nowhere/tokenizer.json").digest


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises((DataError, MissingExtraError)):
        TokenizerFile(str(tmp_path / "tokenizer.json"))(["a text"])


def test_a_tokenizer_file_gives_the_tokens_of_its_vocabulary(tmp_path):
    library = pytest.importorskip("tokenizers", reason="the extra `watermark` is not installed")
    made = library.Tokenizer(library.models.WordLevel({"one": 0, "two": 1, "?": 2}, unk_token="?"))  # noqa: S106
    made.pre_tokenizer = library.pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    tokenizer = TokenizerFile(str(tmp_path / "tokenizer.json"))
    assert [one.tolist() for one in tokenizer(["two one two", "three", ""])] == [[1, 0, 1], [2], []]
