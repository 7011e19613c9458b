"""The typed door of the linear score's loops (`kernels/scoring.py`), over batches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from outcross.kernels import scoring, split_offsets, words
from outcross.kernels.tables import tables
from outcross.measure import Array, Batch, Buffers

SLOTS = 1 << 18
"""Slots of features: the weights of a score."""
CONVERGED = 1e-3
"""A fit ends when no dual changes by more than this part of its range in a pass."""


def weight_sums(batch: Batch, weights: Array, most: int, chosen: Array | None = None) -> tuple[Array, Array]:
    """The sum of the weights of each document's different words and pairs of words, and how many there are.

    Args:
        batch: the documents.
        weights: int8[SLOTS].
        most: words of each document that are looked at, from its beginning.
        chosen: bool[n], the documents that are looked at; None for all.

    Returns:
        int64[n], int64[n]; 0 for other documents.
    """
    found = words(batch)
    sums, counts = np.zeros(len(batch), np.int64), np.zeros(len(batch), np.int64)
    chosen = np.ones(len(batch), np.bool_) if chosen is None else chosen
    cells = (batch.buffers or Buffers()).array("cells", SLOTS, np.int32)
    cells[:] = weights
    cells += 128
    scoring.add_weights(found.tokens, found.doc_tokens, most, chosen, sums, counts, cells)
    return sums, counts


@dataclass(frozen=True)
class Survey:
    """What the bytes of documents are made of, as far as their first `most` words.

    Attributes:
        symbols: share of bytes that are symbols of code, float64[n].
        figures: share of bytes that are digits or tabs, float64[n].
        changes: whether canonicalisation may change words, bool[n].
    """

    symbols: Array
    figures: Array
    changes: Array


def survey(batch: Batch, changes: Array, most: int) -> Survey:
    """Look over the bytes of each document's first `most` words.

    Args:
        batch: the documents.
        changes: bool[p], whether canonicalisation changes each code point.
        most: words of each document that are looked at, from its beginning.
    """
    found = words(batch)
    # Where the word after the last one looked at begins; or the end of the document.
    past = found.doc_tokens[:-1] + most
    cut = past < found.doc_tokens[1:]
    ends = found.offsets[1:].copy()
    ends[cut] = found.starts[past[cut]]
    out = np.zeros((len(batch), scoring.SURVEY), np.int64)
    scoring.survey(found.data, found.offsets[:-1].copy(), ends, changes, out)
    size = np.maximum(out[:, scoring.BYTES], 1)
    return Survey(out[:, scoring.SYMBOLS] / size, out[:, scoring.FIGURES] / size, out[:, scoring.CHANGES] > 0)


def packed(forms: Mapping[int, str], known: Array) -> Array:
    """What code points become, as the kernel reads it: uint64[p], TOO_MUCH for those not known.

    Args:
        forms: what some code points become, of those that do not stay as they are.
        known: bool[p], whether what a code point becomes does not depend on what stands beside it.
    """
    table = np.full(len(known), scoring.TOO_MUCH, np.uint64)
    points = np.flatnonzero(known).astype(np.uint64)
    table[points] = 1 | (points << np.uint64(22))
    for point, form in forms.items():
        # Never longer than it was, so that there is room for it.
        fits = known[point] and len(form) <= 2 and len(form.encode()) <= len(chr(point).encode())
        parts = [ord(one) << (22 + 20 * place) for place, one in enumerate(form)]
        table[point] = len(form) | sum(parts) if fits else scoring.TOO_MUCH
    return table


def canonicalised(batch: Batch, rows: Array, most: int, forms: Array) -> tuple[pa.LargeStringArray, Array]:
    """Documents made canonical by other code points and without the underscores at the edges of words.

    Args:
        batch: the documents.
        rows: int64[m], their numbers.
        most: characters of each document that are looked at.
        forms: what code points become, see `packed`.

    Returns:
        The texts of those about which there is no more to do; and which those are, bool[m].
    """
    data, offsets = split_offsets(batch.texts)
    begins, ends = offsets[rows], offsets[rows + 1]
    out, sizes = np.empty(int((ends - begins).sum()), np.uint8), np.empty(len(rows), np.int64)
    size = scoring.canonicalise(data, begins, ends, most, (forms, tables()[0]), out, sizes)
    done = sizes >= 0
    places = np.concatenate([[0], np.cumsum(sizes[done])]).astype(np.int64)
    texts = pa.LargeStringArray.from_buffers(int(done.sum()), pa.py_buffer(places), pa.py_buffer(out[:size]))
    return texts, done


@dataclass(frozen=True)
class Features:
    """The features of documents.

    Attributes:
        slots: int32, the slots of all documents one after another.
        places: int64[n + 1], where each document's begin.
    """

    slots: Array
    places: Array

    def __len__(self) -> int:
        return len(self.places) - 1

    def sums(self, weights: Array) -> Array:
        """The sum of a document's weights over the root of the number of its features, float64[n]."""
        upto = np.concatenate([[0.0], np.cumsum(weights[self.slots], dtype=np.float64)])
        counts = np.diff(self.places)
        total: Array = (upto[self.places[1:]] - upto[self.places[:-1]]) / np.sqrt(np.maximum(counts, 1))
        return total


def features(batch: Batch, most: int) -> Features:
    """The features of a batch's documents, as far as their first `most` words."""
    found = words(batch)
    slots = np.zeros(2 * len(found.tokens), np.int32)
    places = np.zeros(len(batch) + 1, np.int64)
    count = scoring.list_features(found.tokens, found.doc_tokens, most, slots, places, np.full(SLOTS, -1, np.int32))
    return Features(slots[:count].copy(), places)


def join(parts: Iterator[Features]) -> Features:
    """The features of all documents together."""
    slots, sizes = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for one in parts:
        slots.append(one.slots)
        sizes.append(np.diff(one.places))
    return Features(np.concatenate(slots), np.concatenate([[0], np.cumsum(np.concatenate(sizes))]))


def regress(found: Features, rows: Array, labels: Array, costs: Array, passes: int) -> tuple[Array, float]:
    """Fit a logistic regression to some of the documents; the same numbers give the same result.

    Args:
        found: the features of all documents.
        rows: int64[m], the documents to fit to.
        labels: float64[n], 1 or -1.
        costs: float64[n], how much each document weighs against the penalty on the weights.
        passes: over the documents, at most.

    Returns:
        weights float64[SLOTS], and the bias.
    """
    weights, bias = np.zeros(SLOTS), np.zeros(1)
    duals = costs * 1e-9  # the weights that belong to them are as good as 0
    draws = np.random.default_rng(0)
    for _ in range(passes):
        if scoring.descend(
            (found.slots, found.places), draws.permutation(rows), labels, costs, (weights, bias, duals)
        ) < CONVERGED:  # fmt: skip
            break
    return weights, float(bias[0])
