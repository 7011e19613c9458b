"""How often each word occurs: the table of words, or what a sample of types says where the table was cut.

Above the table's cap the frequent words come from the table (their counts are exact but for `dropped`) and the
rare ones from the type sample, each standing for 2^level types. Everything that is concluded from the spectrum
takes (count, weight) pairs and need not know which it was.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from outcross.measure import Array
from outcross.measures.states import TypeSample, WordTable

_RELIABLE = 50
"""A count is taken from a cut table where it is at least so many times what may have been dropped."""


@dataclass(frozen=True)
class Spectrum:
    """Words by how often they occur.

    Attributes:
        occurrences, documents: int64[m], of each word, or of each distinct pair of them.
        weights: float64[m], how many words each row stands for.
        exact: whether the table was never cut.
    """

    occurrences: Array
    documents: Array
    weights: Array
    exact: bool

    @cached_property
    def types(self) -> float:
        """Distinct words."""
        return float(self.weights.sum())

    @cached_property
    def tokens(self) -> float:
        """Occurrences of all words."""
        return float(self.weights @ self.occurrences)


def spectrum(table: WordTable, sample: TypeSample) -> Spectrum:
    """The spectrum of words, with equal rows put together."""
    if table.dropped == 0:
        return _gathered(table.counts, np.ones(len(table.counts)), exact=True)
    limit = _RELIABLE * table.dropped
    head = table.counts[table.counts[:, 0] >= limit]
    _, occurrences, documents = sample.types()
    rare = occurrences < limit
    tail = np.stack([occurrences[rare], documents[rare]], axis=1)
    weights = np.concatenate([np.ones(len(head)), np.full(len(tail), 2.0**sample.level)])
    return _gathered(np.concatenate([head, tail]), weights, exact=False)


def _gathered(counts: Array, weights: Array, *, exact: bool) -> Spectrum:
    """Rows with the same counts as one row."""
    if not len(counts):
        return Spectrum(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), exact)
    order = np.lexsort((counts[:, 1], counts[:, 0]))
    counts, weights = counts[order], weights[order]
    begins = np.flatnonzero(np.concatenate([[True], (counts[1:] != counts[:-1]).any(axis=1)]))
    return Spectrum(counts[begins, 0], counts[begins, 1], np.add.reduceat(weights, begins), exact)
