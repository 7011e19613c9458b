"""How much there is, and how long documents are."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from outcross.estimate import Estimate, Finding, Unknown, counted
from outcross.kernels import jackknife_groups, line_counts, native, split_offsets, words
from outcross.measure import Array, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.jackknife import Told, by_group, ratio
from outcross.measures.states import Sums

# Lengths in words fall into bins of 1/32 of a power of two above 32, and of one word below.
_FINE = 5
BINS = 32 * 28

QUANTILES = (("length.p5", 0.05), ("length.median", 0.5), ("length.p95", 0.95), ("length.p99", 0.99))


def bin_of(lengths: Array) -> Array:
    """The bin of each length: exact below 32 words, within 1/32 of the length above."""
    lengths = np.asarray(lengths, np.int64)
    exponent = np.maximum(np.frexp(np.maximum(lengths, 1))[1] - 1 - _FINE, 0)
    bins: Array = np.minimum((exponent << _FINE) + (lengths >> exponent), BINS - 1)
    return bins


def edges() -> Array:
    """The smallest length of each bin, int64[BINS + 1]."""
    number = np.arange(BINS + 1)
    exponent = np.maximum((number >> _FINE) - 1, 0)
    starts: Array = (number - (exponent << _FINE)) << exponent
    return starts


@measure
class Size:
    """Documents, bytes, characters and words; the distribution of lengths."""

    name: ClassVar[str] = "size"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("documents", "documents", "Documents that were read and looked at."),
        Figure("bytes", "bytes of text", "UTF-8 bytes of their text."),
        Figure("characters", "characters", "Code points of their text."),
        Figure("words", "words", "Runs of letters, digits and underscores (`\\w+`)."),
        Figure("empty.share", "documents without words", "Documents that hold no word at all.", percent=True,
               compared=True, margin="points"),
        Figure("length.mean", "mean length, words", "Words in a document, on average.", compared=True, deciding=True),
        Figure("length.p5", "5th percentile of length", "Five documents in a hundred have at most so many words."),
        Figure("length.median", "median length, words", "Half of the documents have at most so many words.",
               compared=True),
        Figure("length.p95", "95th percentile of length", "Five documents in a hundred have more words."),
        Figure("length.p99", "99th percentile of length", "One document in a hundred has more words."),
    )  # fmt: skip

    def look(self, batch: Batch, caps: Caps) -> Sums:
        """Sums by jackknife group, and a histogram of lengths."""
        found = words(batch)
        lengths = found.per_document
        groups = jackknife_groups(batch)
        grams = np.stack([np.maximum(lengths - order + 1, 0) for order in range(1, 5)])
        return Sums({
            "documents": by_group(groups),
            "empty": by_group(groups, lengths == 0),
            "bytes": by_group(groups, np.diff(split_offsets(batch.texts)[1])),
            "characters": by_group(groups, line_counts(batch).counts[:, native.CHARACTERS]),
            "ngrams": np.stack([by_group(groups, row) for row in grams]),
            "lengths": np.bincount(bin_of(lengths), minlength=BINS).astype(np.int64),
        })  # fmt: skip

    read = staticmethod(Sums.from_bytes)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """Totals, the mean length, quantiles of length and their histogram."""
        state: Sums = states[self.name]
        documents = state["documents"]
        n = int(documents.sum())
        words_by_group = state["ngrams"][0]
        findings = Findings()
        for name, array in (("documents", documents), ("bytes", state["bytes"]),
                            ("characters", state["characters"]), ("words", words_by_group)):  # fmt: skip
            findings.figures[name] = counted(int(array.sum()), n=n, unit=name)
        findings.figures["empty.share"] = ratio(
            state["empty"], documents, Told(n, "share of documents", "counted", scale="share")
        )
        findings.figures["length.mean"] = ratio(
            words_by_group, documents, Told(n, "words", "mean; jackknife over 32 groups of documents")
        )
        for name, p in QUANTILES:
            findings.figures[name] = quantile(state["lengths"], p)
        findings.tables["lengths"] = histogram(state["lengths"])
        return findings


def quantile(histogram: Array, p: float) -> Finding:
    """A quantile of lengths from their histogram, with the interval of order statistics.

    The interval is that of the binomial ranks n p +- z sqrt(n p (1 - p)) (David & Nagaraja 2003, section 7.1).
    Documents lie evenly within their bin: a quantile that jumped from bin to bin would have no standard error
    to compare it by. Half a bin's width is added as the histogram's error.
    """
    n = int(histogram.sum())
    if n == 0:
        return Unknown("no documents")
    spread = math.sqrt(n * p * (1 - p))
    if n * min(p, 1 - p) < 5:
        return Unknown(f"too few documents for this quantile: {n}")
    ranks = np.cumsum(histogram)
    asked = np.clip([n * p, n * p - 1.96 * spread, n * p + 1.96 * spread], 1, n)
    places = np.searchsorted(ranks, asked)
    starts = edges()[places]
    widths = edges()[places + 1] - starts
    inside = 1 - (ranks[places] - asked) / histogram[places]
    value, low, high = (float(one) for one in np.maximum(starts - 0.5 + inside * widths, 0.0))
    return Estimate(
        value=value, se=max(high - value, value - low) / 1.96, df=math.inf, n=n, unit="words",
        method="histogram with bins of 1/32; binomial interval of order statistics",
        assumption="documents are independent draws", error=float(widths[0]) / 2,
    )  # fmt: skip


def histogram(lengths: Array) -> list[dict[str, Any]]:
    """The lengths as a histogram with bins a half power of two wide, for a picture."""
    starts = edges()
    rows = []
    limits = sorted({0, *(int(2 ** (half / 2)) for half in range(60))})
    for low, high in pairwise(limits):
        inside = (starts[:-1] >= low) & (starts[:-1] < high)
        rows.append({"low": low, "high": high, "documents": int(lengths[inside].sum())})
    while rows and rows[-1]["documents"] == 0:
        rows.pop()
    return rows
