"""Distinct n-grams, coverage and sharing between documents, rarefied by documents from samples of types."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from outcross.estimate import Finding
from outcross.kernels import ngrams, unseen
from outcross.kernels.traces import PHRASE_KEYS
from outcross.measure import GROUPS, Array, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.jackknife import TOO_FEW, Told, estimate
from outcross.measures.spectrum import spectrum
from outcross.measures.states import TypeSample

ORDERS = (1, 2, 3, 4)

Weight = Callable[[Array, Array, int], Array]
"""weight(documents of each type, documents in all, documents drawn) -> what each type adds, float64[n]."""


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


def seen_weight(held: Array, total: Array, size: int) -> Array:
    """P(a type is in a sample): its part of the expected number of distinct types."""
    return 1.0 - unseen(held, total, size)


def shared_weight(held: Array, total: Array, size: int) -> Array:
    """Expected documents of a sample that hold a type together with another document of the sample."""
    # P(K = 1) = Y (total choose size) ratios: one of its Y documents is drawn, the others are not.
    alone = held * size / total * unseen(held - 1, total - 1, size - 1)
    return held * size / total - alone


def uncovered_weight(held: Array, total: Array, size: int) -> Array:
    """A type's documents that would be new to a sample: its part of 1 - coverage (Chao & Jost 2012)."""
    return held * unseen(held - 1, total - 1, size)


@dataclass(frozen=True)
class Rarefied:
    """A sum over all types, expected in a sample of documents: of the corpus, and with each group left out.

    Attributes:
        value: the sum. replicates: float64[32]. sketch_se: standard error from sampling types by hash.
        weights: what a type adds, for each of `Types.values`.
    """

    value: float
    replicates: Array
    sketch_se: float
    weights: Array


class Types:
    """The types of a sample, laid out so that sums over them are quick for many sizes.

    Args:
        sample: types with documents by jackknife group.
        documents: int64[32], documents of each group.
        incidences: of all types, where they are known: a sample of types tells them badly, because a word
            that stands in every document may be in it or not.
    """

    def __init__(self, sample: TypeSample, documents: Array, incidences: float | None = None) -> None:
        begins, _, held = sample.types()
        self.documents = documents
        self.total = int(documents.sum())
        self.scale = 2.0**sample.level
        self.values, rows = np.unique(held, return_inverse=True)
        self.counts = np.bincount(rows, minlength=len(self.values)).astype(np.float64)
        told = float(held.sum())
        self.known = incidences is not None
        self.incidences = self.scale * told if incidences is None else incidences
        owner, group_of = sample.owners(begins), sample.groups
        by_group = np.bincount(group_of, weights=sample.counts[:, 1], minlength=GROUPS)
        self.group_incidences = by_group * (self.incidences / max(told, 1.0))
        # With a group left out, a type keeps the documents of the others: equal changes are counted together.
        before = held[owner]
        change = np.stack([group_of, before, before - sample.counts[:, 1]], axis=1)
        order = np.lexsort(change.T[::-1])
        change = change[order]
        new = np.ones(len(change), np.bool_)
        new[1:] = (change[1:] != change[:-1]).any(axis=1)
        groups, before, after = change[new].T
        times = np.diff(np.append(np.flatnonzero(new), len(change))).astype(np.float64)
        left = self.total - documents
        every = np.repeat(np.arange(GROUPS), len(self.values))
        self.group_of = np.concatenate([every, groups, groups])
        self.left = left[self.group_of]
        held_left = np.concatenate([np.tile(self.values, GROUPS), before, after])
        self.held_left = np.minimum(held_left, self.left)
        self.times = np.concatenate([np.tile(self.counts, GROUPS), -times, times])
        self._seen: dict[int, Rarefied] = {}

    def seen(self, size: int) -> Rarefied:
        """The types expected in a sample of `size` documents, summed once for all figures that rest on them."""
        if size not in self._seen:
            self._seen[size] = self.rarefied(size, seen_weight)
        return self._seen[size]

    def rarefied(self, size: int, weight: Weight) -> Rarefied:
        """Sum a weight over all types, for a sample of `size` documents.

        Args:
            size: documents drawn; at most the documents left when any group is left out.
            weight: see `Weight`.
        """
        whole = weight(self.values, np.full(len(self.values), self.total), size)
        added = self.times * weight(self.held_left, self.left, size)
        replicates = np.bincount(self.group_of, weights=added, minlength=GROUPS)
        value = self.scale * float(self.counts @ whole)
        return Rarefied(value, self.scale * replicates, self._sketch_se(whole), whole)

    def _sketch_se(self, weights: Array) -> float:
        """Horvitz-Thompson: each type is sampled with probability 2^-level, apart from the others."""
        return self.scale * math.sqrt((1 - 1 / self.scale) * float(self.counts @ weights**2))

    def share(self, found: Rarefied, size: int | None) -> tuple[float, Array, float]:
        """A sum over the incidences expected in a sample of `size` documents, or over all of them."""
        drawn = np.array([self.incidences, *(self.incidences - self.group_incidences)])
        if size is not None:
            drawn *= size / np.array([self.total, *(self.total - self.documents)])
        drawn = np.where(drawn > 0, drawn, np.nan)
        value = found.value / float(drawn[0])
        # What samples of types get wrong in sum and incidences alike is no error of their ratio.
        both = 0.0 if self.known else value * self.values * (1 if size is None else size / self.total)
        return value, found.replicates / drawn[1:], self._sketch_se(found.weights - both) / float(drawn[0])


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
        documents, totals = states["size"]["documents"], states["size"]["ngrams"]
        types = [Types(sample, documents) for sample in states[self.name].samples]
        findings = Findings()
        findings.curves["hill.0"] = [(size, _richness(types[0], size)) for size in asked.sizes]
        for order in ORDERS:
            findings.curves[f"distinct.{order}"] = [
                (size, _distinct(types[order - 1], totals[order - 1], size)) for size in asked.sizes
            ]
        words = Types(states[self.name].samples[0], documents, _incidences(states))
        findings.curves["coverage"] = [(size, _coverage(words, size)) for size in asked.sizes]
        findings.curves["self_repetition"] = [(size, _shared(types[3], size)) for size in asked.sizes]
        for name, curve in findings.curves.items():
            findings.figures[name] = curve[-1][1] if curve else TOO_FEW
        return findings


def _incidences(states: Mapping[str, Any]) -> float:
    """Pairs of a word and a document that holds it, from the table of words."""
    if states["words"].table.dropped == 0:
        return float(states["words"].table.counts[:, 1].sum())
    tokens = int(states["size"]["ngrams"][0].sum())
    found = spectrum(states["words"].table, states["ngrams"].samples[0], tokens)
    return float(found.weights @ found.documents)


def _told(types: Types, size: int, unit: str) -> Told:
    method = f"rarefied to {size:,} documents (Colwell et al. 2012; Chao et al. 2014), jackknife over 32 groups"
    return Told(types.total, unit, method, scale="share" if unit.startswith("share") else "log")


def _richness(types: Types, size: int) -> Finding:
    found = types.seen(size)
    return estimate(found.value, found.replicates, _told(types, size, "distinct words"), found.sketch_se)


def _distinct(types: Types, ngrams: Array, size: int) -> Finding:
    """Expected distinct n-grams over expected n-grams."""
    found = types.seen(size)
    drawn = size * ngrams.sum() / types.total
    drawn_left = size * (ngrams.sum() - ngrams) / (types.total - types.documents)
    if drawn <= 0 or (drawn_left <= 0).any():
        return TOO_FEW
    told = _told(types, size, "distinct n-grams per n-gram")
    return estimate(found.value / drawn, found.replicates / drawn_left, told, found.sketch_se / drawn)


def _coverage(types: Types, size: int) -> Finding:
    """1 - the incidences that would be new, over all incidences (Chao & Jost 2012, Ecology 93, 2533-2547)."""
    size = min(size, int((types.total - types.documents).min()) - 1)
    value, left_out, sketch = types.share(types.rarefied(size, uncovered_weight), None)
    return estimate(1 - value, 1 - left_out, _told(types, size, "share of word incidences"), sketch)


def _shared(types: Types, size: int) -> Finding:
    """Incidences that another document of the sample shares, over all incidences (after Salkar et al. 2022)."""
    value, left_out, sketch = types.share(types.rarefied(size, shared_weight), size)
    return estimate(value, left_out, _told(types, size, "share of 4-gram incidences"), sketch)
