"""Keyed watermarks: who has the key and the tokenizer of a generator can prove its texts, with an exact p-value.

    KGW       Kirchenbauer et al. 2023 (arXiv:2301.10226): a keyed part of the vocabulary is favoured
    Gumbel    Aaronson 2022: the token with the largest keyed r^(1/p) is drawn
    SynthID   Dathathri et al. 2024 (Nature 634, 818): a tournament of keyed bits

The null of each test is exact where keyed draws of different contexts are independent; so a pair of context and
token counts once, however often it occurs (Fernandez et al. 2023, arXiv:2308.00113).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from outcross.canonical import digest, sha256
from outcross.doors import optional
from outcross.errors import CallError, DataError
from outcross.estimate import OF_DOCUMENTS, Estimate
from outcross.kernels import permutation
from outcross.measure import Array, Batch
from outcross.origin.detector import Verdicts

LEAST_TOKENS = 16
"""Tokens below which no test is made."""

_MIX1, _MIX2, _STEP = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB), np.uint64(0x9E3779B97F4A7C15)


class Tokenizer(Protocol):
    """Turns texts into the numbers of their tokens, as the watermarked generator does."""

    @property
    def digest(self) -> str:
        """Of the vocabulary and the rules."""

    def __call__(self, texts: Sequence[str]) -> list[Array]:
        """The tokens of each text, int64[t]."""


@dataclass(frozen=True)
class TokenizerFile:
    """A tokenizer.json as Hugging Face's `tokenizers` writes it. Needs the extra `watermark`.

    Attributes:
        path: the file.
    """

    path: str

    @property
    def digest(self) -> str:
        """Of the file's bytes."""
        return sha256(self._data())

    def _data(self) -> bytes:
        try:
            return Path(self.path).read_bytes()
        except OSError as error:
            raise CallError(f"The tokenizer {self.path} cannot be read: {error.strerror}.") from None

    def __call__(self, texts: Sequence[str]) -> list[Array]:
        """The tokens of each text, without those that mark its beginning and end."""
        made = _tokenizer(self.path, sha256(self._data()))
        return [np.array(one.ids, np.int64) for one in made.encode_batch(list(texts), add_special_tokens=False)]


@lru_cache(maxsize=4)
def _tokenizer(path: str, version: str) -> Any:
    """A loaded tokenizer; `version` is the digest of its file, so that a changed file is read again."""
    del version
    library = optional("tokenizers", extra="watermark", purpose="read watermarks")
    try:
        return library.Tokenizer.from_file(path)
    except Exception as error:  # the library raises Exception itself
        raise DataError(f"{path} is no tokenizer: {error}.", hint="Name a tokenizer.json.") from None


class Scheme(Protocol):
    """A way to watermark: what it says of a text's tokens."""

    @property
    def digest(self) -> str:
        """Of the key and the parameters; tells nobody the key."""

    def p_value(self, tokens: Array) -> float:
        """P(this much or more of the watermark | text made without the key)."""


def _pairs(tokens: Array, width: int) -> Array:
    """Each different window of `width` tokens and the token after it, once: int64[m, width + 1]."""
    if len(tokens) <= width:
        return np.zeros((0, width + 1), np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(tokens, width + 1)
    return np.unique(windows, axis=0)


@np.errstate(over="ignore")
def keyed(key: int, windows: Array, salt: int = 0) -> Array:
    """A number in [0, 1) for each row, float64[m], that nobody can tell from chance without the key.

    SplitMix64's mixer (Steele et al. 2014) over key, salt and the row; 53 bits of it.
    """
    h = np.full(len(windows), (key ^ (salt * 0x9E3779B97F4A7C15)) & 0xFFFFFFFFFFFFFFFF, np.uint64)
    for column in windows.T:
        h = (h ^ column.astype(np.uint64)) + _STEP
        h = (h ^ (h >> np.uint64(30))) * _MIX1
        h = (h ^ (h >> np.uint64(27))) * _MIX2
        h ^= h >> np.uint64(31)
    uniform: Array = (h >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return uniform


def binomial_tail(hits: int, n: int, p: float) -> float:
    """P(X >= hits) for X binomial(n, p), exact: its terms are summed from the largest down."""
    if hits <= 0:
        return 1.0
    if hits > n:
        return 0.0
    k = np.arange(hits, n + 1)
    logs = _log_choose(n, k) + k * math.log(p) + (n - k) * math.log1p(-p)
    return min(math.exp(float(logs.max())) * math.fsum(np.exp(logs - logs.max()).tolist()), 1.0)


def gamma_tail(total: float, n: int) -> float:
    """P(X >= total) for X the sum of n standard exponentials, exact: Poisson's P(fewer than n | mean total)."""
    if total <= 0:
        return 1.0
    k = np.arange(n)
    logs = k * math.log(total) - total - _log_factorials(n)[k]
    return min(math.exp(float(logs.max())) * math.fsum(np.exp(logs - logs.max()).tolist()), 1.0)


def _log_factorials(n: int) -> Array:
    """Logarithms of 0!, ..., n!."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])


def _log_choose(n: int, k: Array) -> Array:
    logs = _log_factorials(n)
    chosen: Array = logs[n] - logs[k] - logs[n - k]
    return chosen


@dataclass(frozen=True)
class GreenList:
    """KGW: of the vocabulary a share gamma is green, by the key and the token before.

    Attributes:
        key: the secret.
        vocabulary: tokens in the generator's vocabulary.
        gamma: share that is green.
        rule: "keyed" (see `keyed`), or "torch": the greenlist of the published code and of Hugging Face's
            transformers with `seeding_scheme="lefthash"` on a CPU, whose key is 15485863 unless it was changed.
    """

    key: int = field(repr=False)
    vocabulary: int
    gamma: float = 0.25
    rule: str = "keyed"

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            CallError: the rule is not known or gamma is no share.
        """
        if self.rule not in ("keyed", "torch"):
            raise CallError(f"There is no rule {self.rule!r} for green lists.", hint="There are: keyed, torch.")
        if not 0 < self.gamma < 1:
            raise CallError(f"gamma must be a share of the vocabulary, not {self.gamma}.")

    @property
    def digest(self) -> str:
        """Of all parameters."""
        return digest({"scheme": "kgw", "key": sha256(str(self.key).encode()), "vocabulary": self.vocabulary,
                       "gamma": self.gamma, "rule": self.rule})  # fmt: skip

    def green(self, pairs: Array) -> Array:
        """Whether the second token of each pair is green after the first, bool[m]."""
        if self.rule == "keyed":
            found: Array = keyed(self.key, pairs) < self.gamma
            return found
        green = np.zeros(len(pairs), np.bool_)
        for before in np.unique(pairs[:, 0]):
            rows = pairs[:, 0] == before
            green[rows] = _greenlist(self.key, int(before), self.vocabulary, self.gamma)[pairs[rows, 1]]
        return green

    def p_value(self, tokens: Array) -> float:
        """By the binomial distribution of green tokens."""
        pairs = _pairs(tokens, 1)
        pairs = pairs[(pairs >= 0).all(axis=1) & (pairs < self.vocabulary).all(axis=1)]
        share = self.gamma if self.rule == "keyed" else int(self.vocabulary * self.gamma) / self.vocabulary
        return binomial_tail(int(self.green(pairs).sum()), len(pairs), share) if len(pairs) else 1.0


@lru_cache(maxsize=4096)
def _greenlist(key: int, before: int, vocabulary: int, gamma: float) -> Array:
    """Which tokens are green after this one, as torch's generator on a CPU draws them: bool[vocabulary].

    torch.randperm takes 32-bit draws of a Mersenne Twister, seeded as numpy's old generator is, for a shuffle.
    """
    seed = (key * before) % (2**64 - 1) & 0xFFFFFFFF
    twister = np.random.RandomState(seed)
    draws = twister.randint(0, 1 << 32, size=vocabulary, dtype=np.uint32)
    green = np.zeros(vocabulary, np.bool_)
    green[permutation(draws)[: int(vocabulary * gamma)]] = True
    return green


@dataclass(frozen=True)
class Gumbel:
    """Aaronson's: each token's r is keyed by the tokens before it, and drawn tokens have large ones.

    Attributes:
        key: the secret.
        width: tokens before, that key the draw.
        draw: (key, windows int64[m, width + 1]) -> r, float64[m] in [0, 1); for other keyed functions.
    """

    key: int = field(repr=False)
    width: int = 4
    draw: Callable[[int, Array], Array] = keyed

    @property
    def digest(self) -> str:
        """Of all parameters."""
        named = f"{self.draw.__module__}.{self.draw.__qualname__}"
        return digest({"scheme": "gumbel", "key": sha256(str(self.key).encode()), "width": self.width, "draw": named})

    def p_value(self, tokens: Array) -> float:
        """By the gamma distribution of the sum of -log(1 - r)."""
        windows = _pairs(tokens, self.width)
        if not len(windows):
            return 1.0
        return gamma_tail(float(-np.log1p(-self.draw(self.key, windows)).sum()), len(windows))


@dataclass(frozen=True)
class SynthId:
    """SynthID-Text, as Hugging Face's transformers do it: a bit a key for every window of tokens.

    Attributes:
        keys: the secrets, one a layer of the tournament.
        ngram: tokens in a window, the drawn one among them.
        table_seed: seed of the table of bits; its 2^16 bits come from torch's generator on a CPU.
    """

    keys: tuple[int, ...] = field(repr=False)
    ngram: int = 5
    table_seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            CallError: there is no key.
        """
        if not self.keys:
            raise CallError("A SynthID watermark needs its keys.", hint="Give one a layer, in order.")

    @property
    def digest(self) -> str:
        """Of all parameters."""
        return digest({"scheme": "synthid", "keys": sha256(repr(self.keys).encode()), "ngram": self.ngram,
                       "table_seed": self.table_seed})  # fmt: skip

    @np.errstate(over="ignore")
    def bits(self, windows: Array) -> Array:
        """The bit of each window and key, uint8[m, keys]."""
        h = np.ones(len(windows), np.uint64)
        for column in windows.T:
            h = _step(h, column.astype(np.uint64))
        numbers = np.array([key & 0xFFFFFFFFFFFFFFFF for key in self.keys], np.uint64)
        places = _step(h[:, None], numbers[None, :]) & np.uint64(0xFFFF)
        found: Array = _bit_table(self.table_seed)[places]
        return found

    def p_value(self, tokens: Array) -> float:
        """By the binomial distribution of bits, of which the table holds about as many ones as zeros."""
        windows = _pairs(tokens, self.ngram - 1)
        bits = self.bits(windows)
        return (
            binomial_tail(int(bits.sum()), bits.size, float(_bit_table(self.table_seed).mean())) if bits.size else 1.0
        )


def _step(h: Array, data: Array) -> Array:
    """One step of the linear congruential hash that SynthID-Text uses."""
    stepped: Array = (h + data) * np.uint64(6364136223846793005) + np.uint64(1)
    return stepped


@lru_cache(maxsize=4)
def _bit_table(seed: int) -> Array:
    """torch.randint(0, 2, (65536,)) of a generator with this seed: the lowest bits of its draws, uint8[65536]."""
    twister = np.random.RandomState(seed)
    return (twister.randint(0, 1 << 32, size=1 << 16, dtype=np.uint32) & 1).astype(np.uint8)


@dataclass(frozen=True)
class Watermark:
    """Documents that bear a watermark.

    Attributes:
        scheme: the watermark and its key.
        tokenizer: of the generator.
        level: a document is a hit when its p-value is at most this; the rate of false positives, exactly.
        label: the watermark's short name: the detector is called "watermark.<label>".
        certain: never: one in 1 / level texts is hit by chance.
    """

    scheme: Scheme
    tokenizer: Tokenizer
    level: float = 1e-6
    label: str = "kgw"
    certain: bool = False

    @property
    def name(self) -> str:
        """Of the detector."""
        return f"watermark.{self.label}"

    @property
    def digest(self) -> str:
        """Of scheme, tokenizer and level."""
        return digest({"detector": self.name, "scheme": self.scheme.digest, "tokenizer": self.tokenizer.digest,
                       "level": self.level})  # fmt: skip

    def false_positives(self) -> Estimate:
        """The level of the test: it bounds them by construction."""
        return Estimate(
            self.level, 0.0, math.inf, 0, OF_DOCUMENTS, f"exact test at the level {self.level:g}",
            "who wrote the corpus's human text did not know the key",
        )  # fmt: skip

    def p_values(self, batch: Batch) -> Array:
        """The p-value of each document, float64[n]; 1 where it is too short."""
        tokens = self.tokenizer([str(text) for text in batch.texts.to_pylist()])
        found = [self.scheme.p_value(one) if len(one) >= LEAST_TOKENS else 1.0 for one in tokens]
        return np.array(found, np.float64)

    def look(self, batch: Batch) -> Verdicts:
        """The documents that bear the watermark."""
        values = self.p_values(batch)
        strength = -np.log10(np.maximum(values, 1e-300))

        def reason(row: int) -> str:
            return f"bears the watermark {self.label!r}: p = {values[row]:.2g}"

        return Verdicts.of_synthetic(values <= self.level, strength, reason)
