"""Two sets of documents made comparable: the same first words, the same sampling units, the same size."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from outcross.measure import GROUPS, Array
from outcross.measures.reference import Vocabulary
from outcross.measures.sequences import NOWHERE, Sequences
from outcross.track.incidence import Documents, Incidence

FEWEST_DOCUMENTS = 2 * GROUPS
"""Fewest independent documents that give a standard error worth having."""

FEWEST_UNITS = 8
"""Fewest sampling units that do."""

MOST_SINGLE_UNITS = 64
"""Up to so many units are left out one by one; more are put into 32 groups."""

UNLIKE_LENGTHS = 0.05
"""Documents are cut to their first words when mean lengths differ by more than this, as a log ratio."""

SHORTEST_CUT = 20
"""First words are never fewer, unless asked for."""

OVERLAP = 0.01
"""From this share of common documents on, two sets are compared as overlapping."""


@dataclass(frozen=True)
class Units:
    """How documents are put into jackknife groups.

    Attributes:
        hashes: uint64[u], increasing: the sampling units, of both sets; None where documents are independent.
    """

    hashes: Array | None = None

    @property
    def count(self) -> int:
        """Number of groups."""
        if self.hashes is None or len(self.hashes) > MOST_SINGLE_UNITS:
            return GROUPS
        return len(self.hashes)

    def groups(self, units: Array, texts: Array) -> Array:
        """Each document's group, int64[k]: by its unit, or else by its text, so that copies share a group."""
        if self.hashes is None:
            return (texts & np.uint64(GROUPS - 1)).astype(np.int64)
        if len(self.hashes) > MOST_SINGLE_UNITS:
            return (units % np.uint64(GROUPS)).astype(np.int64)
        return np.searchsorted(self.hashes, units).astype(np.int64)


class Side:
    """One of two sets of documents, as measures look at it.

    Args:
        sequences: the kept sample.
        units: how documents are grouped.
        first: words of each document that are looked at by measures that grow with its words; None for all.
    """

    def __init__(self, sequences: Sequences, units: Units, first: int | None) -> None:
        self.sequences = sequences
        groups = units.groups(sequences["units"], sequences["texts"])
        self.documents = Documents(sequences.tokens, sequences.offsets, groups, units.count)
        self.beginnings = self.documents if first is None else _beginnings(self.documents, first)
        self._incidences: dict[int, Incidence] = {}

    def __len__(self) -> int:
        return len(self.documents)

    def incidence(self, order: int) -> Incidence:
        """The incidence of n-grams of the documents' first words, made once."""
        if order not in self._incidences:
            self._incidences[order] = Incidence.of(self.beginnings, order)
        return self._incidences[order]

    def of_words(self, most: int) -> Documents:
        """A random part of the documents that has at most so many words: the first by their keys."""
        whole = self.documents
        count = int(np.searchsorted(whole.offsets, most, side="right")) - 1
        offsets = whole.offsets[: count + 1]
        return replace(whole, tokens=whole.tokens[: offsets[-1]], offsets=offsets, groups=whole.groups[:count])

    @cached_property
    def largest_group(self) -> int:
        """Documents of the largest group."""
        return int(self.documents.sizes.max(initial=0))


def _beginnings(documents: Documents, first: int) -> Documents:
    """The documents, cut to their first words."""
    held = np.diff(documents.offsets)
    place = np.arange(len(documents.tokens)) - np.repeat(documents.offsets[:-1], held)
    offsets = np.concatenate([[0], np.cumsum(np.minimum(held, first))])
    return replace(documents, tokens=documents.tokens[place < first], offsets=offsets)


@dataclass(frozen=True)
class Pair:
    """A generation and the baseline, made comparable.

    Attributes:
        ours, theirs: the generation and the baseline.
        size: documents that both can be brought to, also with any group left out.
        first: words of each document that count in measures that grow with them; None for all that are kept.
        joint: whether both share sampling units or documents, so that errors are taken of the difference.
        clustered: whether units other than documents are the sampling units.
        vocabulary: of the human reference, or None.
    """

    ours: Side
    theirs: Side
    size: int
    first: int | None
    joint: bool
    clustered: bool
    vocabulary: Vocabulary | None

    @property
    def reason(self) -> str:
        """Why nothing can be said, or the empty text."""
        for side, name in ((self.ours, "the generation"), (self.theirs, "the baseline")):
            if self.clustered and int((side.documents.sizes > 0).sum()) < FEWEST_UNITS:
                units = int((side.documents.sizes > 0).sum())
                return f"{name} has {units} sampling units, and {FEWEST_UNITS} are needed"
            if len(side) < (FEWEST_UNITS if self.clustered else FEWEST_DOCUMENTS):
                return f"{name} has {len(side)} documents, and {FEWEST_DOCUMENTS} are needed"
            if not len(side.documents.tokens):
                return f"{name} has no words"
        return ""


class Baseline:
    """The fixed baseline, laid out once for each way in which generations need it.

    Args:
        sequences: its kept sample.
        vocabulary: of the human reference, from documents that are not in the baseline; None where there is none.
    """

    def __init__(self, sequences: Sequences, vocabulary: Vocabulary | None) -> None:
        self.sequences = sequences
        self.vocabulary = vocabulary
        self._sides: dict[tuple[bytes, int | None], Side] = {}

    def side(self, units: Units, first: int | None) -> Side:
        """The baseline with these groups and first words."""
        key = (b"" if units.hashes is None else units.hashes.tobytes(), first)
        if key not in self._sides:
            if len(self._sides) > 3:  # lengths drift: what an earlier generation needed is not needed again
                self._sides.pop(next(iter(self._sides)))
            self._sides[key] = Side(self.sequences, units, first)
        return self._sides[key]

    def against(self, generation: Sequences, first_words: int | None) -> Pair:
        """A generation beside the baseline.

        Args:
            generation: its kept sample.
            first_words: words of each document that count where words grow; None finds it out by the lengths.
        """
        ours, theirs = generation["units"], self.sequences["units"]
        clustered = bool(len(ours) and len(theirs) and (ours != NOWHERE).all() and (theirs != NOWHERE).all())
        units = Units(np.union1d(ours, theirs) if clustered else None)
        first = first_words or common_first_words(generation, self.sequences)
        sides = Side(generation, units, first), self.side(units, first)
        size = min(len(side) - side.largest_group for side in sides)
        joint = _overlap(ours, theirs) >= 0.5 if clustered else self.overlap(generation) >= OVERLAP
        return Pair(*sides, max(size, 0), first, joint, clustered, self.vocabulary)

    def overlap(self, generation: Sequences) -> float:
        """The share of a generation's documents whose text is in the baseline too."""
        return float(np.isin(generation["texts"], self.sequences["texts"]).mean()) if len(generation) else 0.0


def _overlap(ours: Array, theirs: Array) -> float:
    """The share of all units that both have."""
    return len(np.intersect1d(ours, theirs)) / max(len(np.union1d(ours, theirs)), 1)


def common_first_words(first: Sequences, second: Sequences) -> int | None:
    """The first words to look at where documents of two sets are not equally long; None where they are.

    The lower quartile of the shorter set, so that three quarters of its documents reach it.
    """
    ours, theirs = np.diff(first.offsets), np.diff(second.offsets)
    if not (len(ours) and len(theirs) and ours.sum() and theirs.sum()):
        return None
    if abs(np.log(ours.mean() / theirs.mean())) <= UNLIKE_LENGTHS:
        return None
    return max(int(min(np.quantile(ours, 0.25), np.quantile(theirs, 0.25))), SHORTEST_CUT)
