"""Against a frozen human reference: is its vocabulary still there, and how much of the text lies in its tail?

The reference's tail is defined on one half of the human text; the other half, which never saw that definition,
says what an unchanged human corpus scores. A tail defined on the text that it is measured on would look thinner
in every other text, collapsed or not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from outcross.estimate import Finding, Unknown
from outcross.kernels import unseen
from outcross.measure import GROUPS, Array, Asked, Figure, Findings, measure
from outcross.measures.influence import replicates, sampled_words
from outcross.measures.jackknife import TOO_FEW, Told, estimate
from outcross.measures.states import Sums, TypeSample

TAIL_MASS = 0.10
"""The tail is made of the rarest words that together make up at most this share of the reference's words."""

NONE_GIVEN = Unknown("no reference given (--reference)")


@dataclass(frozen=True)
class Vocabulary:
    """The words of a reference.

    Attributes:
        keys: uint64[m], increasing. occurrences: int64[m].
        limit: a word is in the tail when it occurs at most so often in the reference.
    """

    keys: Array
    occurrences: Array
    limit: int

    def find(self, keys: Array) -> tuple[Array, Array]:
        """For each key, whether the reference knows it, and whether it is in its tail."""
        rows = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        known = self.keys[rows] == keys
        return known, known & (self.occurrences[rows] <= self.limit)

    @classmethod
    def of(cls, keys: Array, occurrences: Array) -> "Vocabulary":
        """The vocabulary of a table of words, its tail cut at TAIL_MASS."""
        order = np.sort(occurrences)
        mass = np.cumsum(order) / max(int(order.sum()), 1)
        place = int(np.searchsorted(mass, TAIL_MASS, side="right"))
        # Words that occur equally often are in the tail together or not at all.
        limit = int(order[place]) - 1 if place < len(order) else int(order[-1])
        return cls(keys, occurrences, max(limit, 1))


@measure
class AgainstReference:
    """Tail share, unknown words, coverage and survival, against a frozen reference."""

    name: ClassVar[str] = "reference"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("reference.tail_share", "words from the human tail", "Share of words that belong to the reference's "
               "tail (its rarest words, a tenth of its mass).", percent=True, compared=True),
        Figure("reference.unknown", "words unknown to the reference", "Share of words that the reference does not "
               "hold: new topics, other languages, noise, or invention.", percent=True, compared=True),
        Figure("reference.coverage", "coverage of the reference", "Share of the reference's words (by mass) that a "
               "sample of documents of a common size holds.", percent=True, compared=True, margin="points"),
        Figure("reference.survival", "rare words that survive", "Share of the reference's tail words that a sample "
               "of documents of a common size holds; equal-sized human text does not reach 100 % either.",
               percent=True, compared=True),
    )  # fmt: skip

    def look(self, batch: Any, caps: Any) -> Sums:
        """Nothing of its own: the words' states say it all, so a new reference needs no second reading."""
        return Sums({})

    read = staticmethod(Sums.from_bytes)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """Shares of words, and curves of coverage and survival over the sizes asked for."""
        findings = Findings()
        if asked.reference is None:
            findings.figures = {figure.name: NONE_GIVEN for figure in self.figures}
            return findings
        vocabulary: Vocabulary = asked.reference.vocabulary
        findings.figures.update(_shares(states, vocabulary))
        sample: TypeSample = states["ngrams"].samples[0]
        documents = states["size"]["documents"]
        tail = vocabulary.occurrences <= vocabulary.limit
        ones = tail.astype(np.float64)
        for name, weights in (("reference.coverage", vocabulary.occurrences.astype(np.float64)),
                              ("reference.survival", ones)):  # fmt: skip
            curve = [(size, _seen(sample, documents, (vocabulary.keys, weights), size)) for size in asked.sizes]
            findings.curves[name] = curve
            findings.figures[name] = curve[-1][1] if curve else TOO_FEW
        return findings


def _shares(states: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Finding]:
    """Shares of all words that are in the tail, and that are unknown."""
    state = states["words"]
    table = state.table
    documents = int(states["size"]["documents"].sum())
    total = int(states["size"]["ngrams"][0].sum())
    if total == 0:
        return {"reference.tail_share": Unknown("no words"), "reference.unknown": Unknown("no words")}
    if table.dropped:
        reason = Unknown("more distinct words than the table holds: raise --word-types to compare with a reference")
        return {"reference.tail_share": reason, "reference.unknown": reason}
    known, tail = vocabulary.find(table.keys)
    sampled = sampled_words(state.sample, table)
    known_there, tail_there = vocabulary.find(sampled.key)
    found: dict[str, Finding] = {}
    for name, everywhere, there in (
        ("reference.tail_share", tail, tail_there),
        ("reference.unknown", ~known, ~known_there),
    ):
        value = float(table.counts[everywhere, 0].sum()) / total
        influence = (sampled.total(np.where(there, sampled.times, 0)) - value * sampled.total(sampled.times)) / total
        told = Told(documents, "share of words", "counted; tail defined on the reference's other half", scale="share")
        found[name] = estimate(value, replicates(value, sampled, influence), told)
    return found


def _seen(sample: TypeSample, documents: Array, reference: tuple[Array, Array], size: int) -> Finding:
    """The weighted share of reference types that a sample of documents is expected to hold.

    Only types that the sample of types can know are looked at: those whose hash is below its level.
    """
    keys, weights = reference
    end = len(keys) if sample.level == 0 else int(np.searchsorted(keys, np.uint64(1 << (64 - sample.level))))
    wanted, weights = keys[:end] >> np.uint64(5), weights[:end]
    whole = weights.sum()
    if whole <= 0:
        return Unknown("too few words of the reference are in the sample of types")
    begins, _, held = sample.types()
    types = sample.keys[begins] >> np.uint64(5)
    total = int(documents.sum())
    rows = np.minimum(np.searchsorted(wanted, types), len(wanted) - 1)
    weight = np.where(wanted[rows] == types, weights[rows], 0.0)
    owner = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(sample.keys))))
    group_of = (sample.keys & np.uint64(GROUPS - 1)).astype(np.int64)
    left_out = np.empty(GROUPS)
    for group in range(GROUPS):
        left = total - int(documents[group])
        remaining = held.copy()
        entries = group_of == group
        np.subtract.at(remaining, owner[entries], sample.counts[entries, 1])
        left_out[group] = float(weight @ (1 - unseen(remaining, left, size))) / whole
    seen = 1 - unseen(held, total, size)
    value = float(weight @ seen) / whole
    sketch = 0.0
    if sample.level:
        p = 2.0**-sample.level
        residual = float((weight**2) @ (seen - value) ** 2) + value**2 * float(weights @ weights - weight @ weight)
        sketch = float(np.sqrt((1 - p) * max(residual, 0.0)) / whole)
    method = f"rarefied to {size:,} documents; jackknife over 32 groups"
    told = Told(total, "share of reference words", method, scale="share")
    return estimate(value, left_out, told, sketch)
