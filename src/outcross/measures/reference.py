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
from outcross.measures.influence import replicates
from outcross.measures.jackknife import TOO_FEW, Told, estimate
from outcross.measures.states import Sums, TypeSample, type_of

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
            wanted = _Wanted(sample, documents, (vocabulary.keys, weights))
            curve = [(size, wanted.seen(size)) for size in asked.sizes]
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
    sampled = state.sampled
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


class _Wanted:
    """The types of a reference that a sample of types can know, and the documents that hold them.

    Only types whose hash is below the sample's level are looked at. Laid out once for all sizes.

    Args:
        sample: types with documents by jackknife group.
        documents: int64[32], documents of each group.
        reference: keys of types uint64[m], increasing, and what each weighs float64[m].
    """

    def __init__(self, sample: TypeSample, documents: Array, reference: tuple[Array, Array]) -> None:
        keys, weights = reference
        end = len(keys) if sample.level == 0 else int(np.searchsorted(keys, np.uint64(1 << (64 - sample.level))))
        wanted, self.weights = type_of(keys[:end]), weights[:end]
        self.whole = self.weights.sum()
        self.level = sample.level
        self.total = int(documents.sum())
        self.left = self.total - documents
        if self.whole <= 0:
            return
        begins, _, self.held = sample.types()
        types = type_of(sample.keys[begins])
        rows = np.minimum(np.searchsorted(wanted, types), len(wanted) - 1)
        self.weight = np.where(wanted[rows] == types, self.weights[rows], 0.0)
        owner, group_of = sample.owners(begins), sample.groups
        self.remaining = np.tile(self.held, (GROUPS, 1))
        np.subtract.at(self.remaining, (group_of, owner), sample.counts[:, 1])

    def seen(self, size: int) -> Finding:
        """The weighted share of these types that a sample of `size` documents is expected to hold."""
        if self.whole <= 0:
            return Unknown("too few words of the reference are in the sample of types")
        left_out = np.array([
            float(self.weight @ (1 - unseen(self.remaining[group], int(self.left[group]), size))) / self.whole
            for group in range(GROUPS)
        ])  # fmt: skip
        seen = 1 - unseen(self.held, self.total, size)
        value = float(self.weight @ seen) / self.whole
        method = f"rarefied to {size:,} documents; jackknife over 32 groups"
        told = Told(self.total, "share of reference words", method, scale="share")
        return estimate(value, left_out, told, self._sketch_se(seen, value))

    def _sketch_se(self, seen: Array, value: float) -> float:
        """The standard error from sampling types by hash, of a ratio of two sums over them."""
        if self.level == 0:
            return 0.0
        missed = value**2 * float(self.weights @ self.weights - self.weight @ self.weight)
        residual = float((self.weight**2) @ (seen - value) ** 2) + missed
        return float(np.sqrt((1 - 2.0**-self.level) * max(residual, 0.0)) / self.whole)
