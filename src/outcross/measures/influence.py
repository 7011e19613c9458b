"""Standard errors of figures that depend smoothly on the counts of all words.

A figure's influence function says how much one document moves it. Its sum of squares over a sample of
documents gives the variance (the infinitesimal jackknife: Efron 1982, chapter 6). Copies of a document move
together and count as one unit.
"""

from dataclasses import dataclass

import numpy as np

from outcross.measure import EVERY_HASH, GROUPS, Array
from outcross.measures.states import DocumentSample, WordTable


@dataclass(frozen=True)
class SampledWords:
    """The words of the sampled documents, looked up in the table of words.

    Attributes:
        sample: the documents.
        document: int64[e], the sampled document of each entry.
        key, times: uint64[e], int64[e]: a distinct word of that document and its occurrences there.
        occurrences, documents: int64[e], of that word in the corpus (1 where the table lost it).
        population: distinct documents in the corpus, counted or estimated from the sample's largest hash.
    """

    sample: DocumentSample
    document: Array
    key: Array
    times: Array
    occurrences: Array
    documents: Array
    population: float

    def total(self, values: Array) -> Array:
        """Sums over each sampled document of values given by entry, float64[k]; of long ones estimated."""
        sums: Array = np.bincount(self.document, weights=values, minlength=len(self.sample.hashes))
        return sums * self.sample.parts


def sampled_words(sample: DocumentSample, table: WordTable) -> SampledWords:
    """Look up the words of the sampled documents."""
    owner = np.repeat(np.arange(len(sample.hashes)), np.diff(sample.offsets))
    # Each word is looked up once, in the order of the table; a pair of a document and a word is one number.
    kinds, which = np.unique(sample.tokens, return_inverse=True)
    rows, there = table.rows(kinds)
    counts = np.where(there[:, None], table.counts[rows], 1) if len(table.keys) else np.ones((len(kinds), 2), np.int64)
    pairs, times = np.unique(owner * max(len(kinds), 1) + which, return_counts=True)
    document, kind = np.divmod(pairs, max(len(kinds), 1))
    population = float(len(sample.hashes))
    if not sample.whole:
        # k hashes lie below the next one, which is the (k + 1)-th smallest of all (Bar-Yossef et al. 2002).
        population /= sample.limit / EVERY_HASH
    return SampledWords(sample, document, kinds[kind], times, counts[kind, 0], counts[kind, 1], population)


def replicates(value: float, words: SampledWords, influence: Array) -> Array:
    """Leave-one-group-out values whose jackknife gives the standard error that the influences imply.

    Args:
        value: the figure.
        words: the sample that the influences belong to.
        influence: float64[k], how much the figure changes when one copy of each sampled document is added.

    Returns:
        float64[32].
    """
    sample = words.sample
    # What every copy changes alike (the corpus's size) moves no figure at a fixed size: only deviations count.
    units = (influence - np.average(influence, weights=sample.copies)) * sample.copies if len(influence) else influence
    scale = np.sqrt(words.population / max(len(units), 1) * GROUPS / (GROUPS - 1))
    left_out: Array = value - scale * np.bincount(sample.groups, weights=units, minlength=GROUPS)
    return left_out
