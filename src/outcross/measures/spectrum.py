"""How often each word occurs: the table of words, and what a sample of types says of those that it has lost.

Above the table's cap the words that it holds come from it, with what such words have lost on average; the others
come from the type sample, each standing for 2^level types. Everything that is concluded from the spectrum takes
(count, weight) pairs and need not know which it was.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from outcross.measure import Array
from outcross.measures.states import TypeSample, WordTable, type_of

_LOW = 25
"""Bits of the second column where a pair of counts is packed into one number."""


@dataclass(frozen=True)
class Spectrum:
    """Words by how often they occur.

    Attributes:
        occurrences, documents: int64[m], of each word, or of each distinct pair of them.
        weights: float64[m], how many words each row stands for.
        exact: whether the table was never cut.
        sampled: float64[m], how many sampled words are in each row. scale: words that a sampled word stands for.
    """

    occurrences: Array
    documents: Array
    weights: Array
    exact: bool
    sampled: Array
    scale: float = 1.0

    @cached_property
    def types(self) -> float:
        """Distinct words."""
        return float(self.weights.sum())

    @cached_property
    def tokens(self) -> float:
        """Occurrences of all words."""
        return float(self.weights @ self.occurrences)

    def sketch_se(self, influence: Array) -> float:
        """The standard error that a figure has from sampling words; 0 where the table was never cut.

        Args:
            influence: float64[m], how much one more word of each row changes the figure. What goes with
                occurrences is no error: their sum is known.
        """
        if self.exact:
            return 0.0
        values = self.occurrences.astype(np.float64)
        slope = float(self.sampled @ (values * influence)) / max(float(self.sampled @ values**2), 1.0)
        residual = float(self.sampled @ (influence - slope * values) ** 2)
        return math.sqrt(self.scale * (self.scale - 1) * residual)


def spectrum(table: WordTable, sample: TypeSample, tokens: int) -> Spectrum:
    """The spectrum of words, with equal rows put together.

    Args:
        table: of words.
        sample: of types of single words.
        tokens: occurrences of all words, which are always known.
    """
    begins, occurrences, documents = sample.types()
    counts = np.stack([occurrences, documents], axis=1)
    if table.dropped == 0 or sample.level == 0:
        occurrences, documents, times = _distinct(table.counts if table.dropped == 0 else counts)
        return Spectrum(occurrences, documents, times.astype(np.float64), True, np.zeros(len(times)))
    known, wanted = type_of(table.keys), type_of(sample.keys[begins])
    rows = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    there = known[rows] == wanted if len(known) else np.zeros(len(wanted), np.bool_)
    head = _with_losses(table.counts, table.counts[rows[there]], counts[there])
    tail = counts[~there]
    scale = 2.0**sample.level
    weights = _calibrated(tail[:, 0], scale, tokens - int(head[:, 0].sum()))
    ones, none = np.ones(len(head)), np.zeros(len(head))
    occurrences, documents, weights, sampled = _gathered(
        np.concatenate([head, tail]), np.concatenate([ones, weights]), np.concatenate([none, np.ones(len(tail))])
    )
    return Spectrum(occurrences, documents, weights, False, sampled, scale)


def _with_losses(counts: Array, held: Array, true: Array) -> Array:
    """The table's counts with what words of about that count have lost on average, as sampled words show."""
    octave = np.frexp(held[:, 0].astype(np.float64))[1]
    seen = np.maximum(np.bincount(octave, minlength=64), 1)
    place = np.frexp(counts[:, 0].astype(np.float64))[1]
    lost = [np.bincount(octave, weights=true[:, side] - held[:, side], minlength=64) / seen for side in (0, 1)]
    return counts + np.stack([np.round(one[place]).astype(np.int64) for one in lost], axis=1)


def _calibrated(occurrences: Array, weight: float, tokens: int) -> Array:
    """Weights near `weight` with which the sampled words have just so many occurrences together.

    Linear calibration (Deville & Sarndal 1992, J. Am. Stat. Assoc. 87, 376-382): the number of words hardly
    changes, their mass comes out as it is.
    """
    values = occurrences.astype(np.float64)
    pull = (tokens - weight * values.sum()) / max(weight * float(values @ values), 1.0)
    weights: Array = weight * np.maximum(1 + pull * values, 0.1)
    return weights


def _distinct(counts: Array) -> tuple[Array, Array, Array]:
    """The distinct rows of two columns, in order: both columns, and how often each occurs."""
    if _fits(counts):
        packed, times = np.unique(counts[:, 0] << _LOW | counts[:, 1], return_counts=True)
        return packed >> _LOW, packed & ((1 << _LOW) - 1), times
    rows, times = np.unique(counts, axis=0, return_counts=True)
    return rows[:, 0], rows[:, 1], times


def _fits(counts: Array) -> bool:
    """Whether both columns fit into one number, which sorts faster than two."""
    return bool((counts.max(axis=0, initial=0) < [1 << (63 - _LOW), 1 << _LOW]).all())


def _gathered(counts: Array, weights: Array, sampled: Array) -> tuple[Array, Array, Array, Array]:
    """Rows with the same counts as one row: occurrences, documents, and the sums of the others."""
    if not len(counts):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    packed = counts[:, 0] << _LOW | counts[:, 1]
    order = np.argsort(packed) if _fits(counts) else np.lexsort((counts[:, 1], counts[:, 0]))
    counts = counts[order]
    begins = np.flatnonzero(np.concatenate([[True], (counts[1:] != counts[:-1]).any(axis=1)]))
    weights, sampled = (np.add.reduceat(one[order], begins) for one in (weights, sampled))
    return counts[begins, 0], counts[begins, 1], weights, sampled
