"""Distinct n-grams, coverage and sharing between documents, rarefied by documents from samples of types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from outcross.estimate import Finding
from outcross.kernels import ngrams, unseen
from outcross.measure import GROUPS, Array, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.hygiene import PHRASE_KEYS
from outcross.measures.jackknife import TOO_FEW, Told, estimate
from outcross.measures.states import TypeSample

ORDERS = (1, 2, 3, 4)

Weight = Callable[[Array, int, int], Array]
"""weight(documents of a type, documents in all, documents drawn) -> what the type adds, float64 like the first."""


class NgramState:
    """A sample of types for each order of n-grams."""

    def __init__(self, samples: tuple[TypeSample, ...]) -> None:
        self.samples = samples

    def __add__(self, other: "NgramState") -> "NgramState":
        return NgramState(tuple(one + two for one, two in zip(self.samples, other.samples, strict=True)))

    def to_bytes(self) -> bytes:
        """Each sample with its length before it."""
        parts = [sample.to_bytes() for sample in self.samples]
        return b"".join(len(part).to_bytes(8, "little") + part for part in parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> "NgramState":
        """The state that `to_bytes` wrote."""
        samples, place = [], 0
        while place < len(data):
            end = place + 8 + int.from_bytes(data[place : place + 8], "little")
            samples.append(TypeSample.from_bytes(data[place + 8 : end]))
            place = end
        return cls(tuple(samples))


def seen_weight(held: Array, total: int, size: int) -> Array:
    """P(a type is in a sample): its part of the expected number of distinct types."""
    return 1.0 - unseen(held, total, size)


def shared_weight(held: Array, total: int, size: int) -> Array:
    """Expected documents of a sample that hold a type together with another document of the sample."""
    if total - size + 1 <= 0:
        return held.astype(np.float64)
    # P(K = 1) = Y (total choose size) ratios: one of its Y documents is drawn, the others are not.
    alone = held * size / total * unseen(held - 1, total - 1, size - 1)
    return held * size / total - alone


def uncovered_weight(held: Array, total: int, size: int) -> Array:
    """A type's documents that would be new to a sample: its part of 1 - coverage (Chao & Jost 2012)."""
    return held * unseen(held - 1, total - 1, size)


@dataclass(frozen=True)
class Rarefied:
    """A sum over all types, expected in a sample of documents: of the corpus, and with each group left out.

    Attributes:
        value: the sum. replicates: float64[32]. sketch_se: standard error from sampling types by hash.
    """

    value: float
    replicates: Array
    sketch_se: float


def rarefied(sample: TypeSample, documents: Array, size: int, weight: Weight) -> Rarefied:
    """Sum a weight over all types, for a sample of `size` documents.

    Args:
        sample: types with documents by jackknife group.
        documents: int64[32], documents of each group.
        size: documents drawn; at most the documents left when any group is left out.
        weight: see `Weight`.
    """
    begins, _, held = sample.types()
    total = int(documents.sum())
    values, rows = np.unique(held, return_inverse=True)
    counts = np.bincount(rows, minlength=len(values)).astype(np.float64)
    scale = 2.0**sample.level
    whole = weight(values, total, size)
    owner = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(sample.keys))))
    group_of = (sample.keys & np.uint64(GROUPS - 1)).astype(np.int64)
    replicates = np.empty(GROUPS)
    for group in range(GROUPS):
        entries = np.flatnonzero(group_of == group)
        left = total - int(documents[group])
        base = weight(np.minimum(values, left), left, size)
        before = held[owner[entries]]
        changed = weight(before - sample.counts[entries, 1], left, size) - base[rows[owner[entries]]]
        replicates[group] = float(counts @ base) + float(changed.sum())
    # Horvitz-Thompson: each type is sampled with probability 2^-level, apart from the others.
    sketch = scale * np.sqrt((1 - 1 / scale) * float(counts @ whole**2))
    return Rarefied(scale * float(counts @ whole), scale * replicates, float(sketch))


@measure
class Ngrams:
    """Distinct n-grams and what documents share."""

    name: ClassVar[str] = "ngrams"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("hill.0", "Hill number 0", "Distinct words expected in a sample of documents of a common size.",
               compared=True, deciding=True),
        *(Figure(f"distinct.{order}", f"distinct-{order}", f"Distinct {order}-grams over all {order}-grams, expected "
                 "in a sample of documents of a common size.", percent=True, compared=True, deciding=True)
          for order in ORDERS),
        Figure("coverage", "coverage of words", "Share of the word incidences of one more document that a sample "
               "of documents has seen, at a common size.", percent=True, compared=True, margin="points"),
        Figure("self_repetition", "shared 4-grams", "Share of a document's 4-grams that another document of the "
               "sample holds too, at a common size.", percent=True, compared=True, margin="points"),
    )  # fmt: skip

    def look(self, batch: Batch, caps: Caps) -> NgramState:
        """A sample of types of each order."""
        cap = caps.sampled_types
        found = ngrams(batch, PHRASE_KEYS, cap)
        return NgramState(tuple(TypeSample(level, keys, counts, cap) for level, keys, counts in found.samples))

    def read(self, data: bytes) -> NgramState:
        """The state that its `to_bytes` wrote."""
        return NgramState.from_bytes(data)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """Curves over the sizes asked for; the figures are their last points."""
        samples = states[self.name].samples
        documents, totals = states["size"]["documents"], states["size"]["ngrams"]
        findings = Findings()
        findings.curves["hill.0"] = [
            (size, _richness(samples[0], documents, size)) for size in asked.sizes
        ]
        for order in ORDERS:
            findings.curves[f"distinct.{order}"] = [
                (size, _distinct(samples[order - 1], documents, totals[order - 1], size)) for size in asked.sizes
            ]
        findings.curves["coverage"] = [(size, _coverage(samples[0], documents, size)) for size in asked.sizes]
        findings.curves["self_repetition"] = [(size, _shared(samples[3], documents, size)) for size in asked.sizes]
        for name, curve in findings.curves.items():
            findings.figures[name] = curve[-1][1] if curve else TOO_FEW
        return findings


def _told(documents: Array, size: int, unit: str) -> Told:
    method = f"rarefied to {size:,} documents (Colwell et al. 2012; Chao et al. 2014), jackknife over 32 groups"
    return Told(int(documents.sum()), unit, method)


def _richness(sample: TypeSample, documents: Array, size: int) -> Finding:
    found = rarefied(sample, documents, size, seen_weight)
    return estimate(found.value, found.replicates, _told(documents, size, "distinct words"), found.sketch_se)


def _distinct(sample: TypeSample, documents: Array, ngrams: Array, size: int) -> Finding:
    """Expected distinct n-grams over expected n-grams."""
    found = rarefied(sample, documents, size, seen_weight)
    drawn = size * ngrams.sum() / documents.sum()
    drawn_left = size * (ngrams.sum() - ngrams) / (documents.sum() - documents)
    if drawn <= 0 or (drawn_left <= 0).any():
        return TOO_FEW
    told = _told(documents, size, "distinct n-grams per n-gram")
    return estimate(found.value / drawn, found.replicates / drawn_left, told, found.sketch_se / drawn)


def _coverage(sample: TypeSample, documents: Array, size: int) -> Finding:
    """1 - the incidences that would be new, over all incidences (Chao & Jost 2012, Ecology 93, 2533-2547)."""
    top = int((documents.sum() - documents).min())
    size = min(size, top - 1)
    found = rarefied(sample, documents, size, uncovered_weight)
    every = rarefied(sample, documents, size, lambda held, total, size: held.astype(np.float64))
    told = _told(documents, size, "share of word incidences")
    return estimate(
        1 - found.value / every.value if every.value else float("nan"),
        1 - found.replicates / np.maximum(every.replicates, 1e-300), told, found.sketch_se / max(every.value, 1e-300),
    )  # fmt: skip


def _shared(sample: TypeSample, documents: Array, size: int) -> Finding:
    """Incidences that another document of the sample shares, over all incidences (after Salkar et al. 2022)."""
    found = rarefied(sample, documents, size, shared_weight)
    every = rarefied(sample, documents, size, lambda held, total, size: held * size / total)
    told = _told(documents, size, "share of 4-gram incidences")
    return estimate(
        found.value / every.value if every.value else float("nan"),
        found.replicates / np.maximum(every.replicates, 1e-300), told, found.sketch_se / max(every.value, 1e-300),
    )  # fmt: skip
