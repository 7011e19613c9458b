"""Two sets of documents made comparable: the same first words, the same sampling units, the same size."""

import math
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

MOSTLY_COPIES = 0.125
"""From this share of documents with one and the same text on, copies are draws like others: see `Units`."""

UNLIKE_UNITS = 0.1
"""Numbers of units, and of documents a unit, are said to differ by more than this, as a log ratio."""


@dataclass(frozen=True)
class Units:
    """How documents are put into jackknife groups.

    A document that names no unit is one of its own, known by its text: so copies, which are seldom drawn independently,
    share a group, and sets that overlap share groups. Where one text makes up much of a set, the model says it again
    and again: its copies are draws then, and documents are put into groups by their keys.

    Attributes:
        hashes: uint64[u], increasing: the units that are named; None where documents are the units.
        copies: whether copies of a text are put into groups apart.
    """

    hashes: Array | None = None
    copies: bool = False

    @property
    def count(self) -> int:
        """Number of groups."""
        if self.hashes is None or len(self.hashes) > MOST_SINGLE_UNITS:
            return GROUPS
        return len(self.hashes)

    def groups(self, sequences: Sequences) -> Array:
        """Each document's group, int64[k]."""
        if self.hashes is None:
            drawn = sequences["keys" if self.copies else "texts"]
            return (drawn & np.uint64(GROUPS - 1)).astype(np.int64)
        number = np.searchsorted(self.hashes, units_of(sequences))
        return number if len(self.hashes) <= MOST_SINGLE_UNITS else number % GROUPS

    @property
    def key(self) -> tuple[bytes, bool]:
        """Equal for equal units."""
        return b"" if self.hashes is None else self.hashes.tobytes(), self.copies


def units_of(sequences: Sequences) -> Array:
    """The sampling unit of each document, uint64[k]: as it is named, or else its text."""
    return np.where(sequences["units"] == NOWHERE, sequences["texts"], sequences["units"])


def units_for(ours: Sequences, theirs: Sequences) -> tuple[Units, Units]:
    """The units of two sets: common ones where both name theirs, so that the same unit is compared with itself."""
    named = [bool(one["units"].any()) for one in (ours, theirs)]
    if all(named):
        both = Units(np.union1d(units_of(ours), units_of(theirs)))
        return both, both
    first, second = (
        Units(np.unique(units_of(one))) if names else Units(copies=_mostly_copies(one))
        for one, names in zip((ours, theirs), named, strict=True)
    )
    return first, second


def _mostly_copies(sequences: Sequences) -> bool:
    if not len(sequences):
        return False
    return bool(np.unique(sequences["texts"], return_counts=True)[1].max() >= MOSTLY_COPIES * len(sequences))


@dataclass(frozen=True)
class Cut:
    """How much of each document is looked at.

    Attributes:
        first: words that count in measures that grow with a document's words; None for all that are kept.
        reach: words that count in shares of words, which do not grow, but differ between the beginning of a document
            and its end; None for all that are kept.
        one_each: whether measures of how documents go together look at one document of each unit. Many documents of few
            units are less diverse than as many of their own, collapsed or not.
    """

    first: int | None = None
    reach: int | None = None
    one_each: bool = False


class Side:
    """One of two sets of documents, as measures look at it.

    Args:
        sequences: the kept sample.
        units: how documents are grouped.
        cut: how much of each document is looked at.

    Attributes:
        documents: for figures that are means over documents or words.
        apart: for figures of how documents go together, which need them comparably far apart on both sides.
        beginnings: the same, their first words.
    """

    def __init__(self, sequences: Sequences, units: Units, cut: Cut) -> None:
        self.sequences = sequences
        self.clustered = units.hashes is not None
        whole = Documents(sequences.tokens, sequences.offsets, units.groups(sequences), units.count)
        self.documents = whole if cut.reach is None else _beginnings(whole, cut.reach)
        self.beginnings = whole if cut.first is None else _beginnings(whole, cut.first)
        self.apart = self.documents
        if cut.one_each and self.clustered:
            _, first = np.unique(units_of(sequences), return_index=True)
            chosen = np.isin(np.arange(len(sequences)), first)
            self.apart, self.beginnings = self.documents.take(chosen), self.beginnings.take(chosen)
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
        whole = self.apart
        count = int(np.searchsorted(whole.offsets, most, side="right")) - 1
        offsets = whole.offsets[: count + 1]
        return replace(whole, tokens=whole.tokens[: offsets[-1]], offsets=offsets, groups=whole.groups[:count])

    @property
    def filled(self) -> Array:
        """The groups that hold documents, bool[G]."""
        held: Array = self.documents.sizes > 0
        return held

    @cached_property
    def most(self) -> int:
        """Documents that are there with any group left out."""
        return len(self.apart) - int(self.apart.sizes.max(initial=0))


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
        cut: how much of each document is looked at.
        joint: whether both share sampling units or documents, so that errors are taken of the difference.
        vocabulary: of the human reference, or None.
    """

    ours: Side
    theirs: Side
    size: int
    cut: Cut
    joint: bool
    vocabulary: Vocabulary | None

    @property
    def clustered(self) -> bool:
        """Whether units other than documents are the sampling units of either."""
        return self.ours.clustered or self.theirs.clustered

    @property
    def reason(self) -> str:
        """Why nothing can be said, or the empty text."""
        for side, name in ((self.ours, "the generation"), (self.theirs, "the baseline")):
            found = _too_little(side)
            if found:
                return f"{name} {found}"
        if self.size < 2:
            return "nearly all documents belong to one sampling unit"
        return ""

    @property
    def scant(self) -> str:
        """Why nothing can be said of how documents go together, or the empty text."""
        least = min(len(side.apart) for side in (self.ours, self.theirs))
        if self.cut.one_each and least < FEWEST_DOCUMENTS:
            return (
                "documents do not come in units as those of the baseline do: one of each could be compared, and there "
                f"are {least} of {FEWEST_DOCUMENTS} that are needed"
            )
        return ""


def _too_little(side: Side) -> str:
    """Why a side says nothing, or the empty text."""
    units = int(side.filled.sum())
    if side.clustered and units < FEWEST_UNITS:
        return f"has {units} sampling units, and {FEWEST_UNITS} are needed"
    if not side.clustered and len(side) < FEWEST_DOCUMENTS:
        return f"has {len(side)} documents, and {FEWEST_DOCUMENTS} are needed"
    return "" if len(side.documents.tokens) else "has no words"


class Baseline:
    """The fixed baseline, laid out once for each way in which generations need it.

    Args:
        sequences: its kept sample.
        vocabulary: of the human reference, from documents that are not in the baseline; None where there is none.
    """

    def __init__(self, sequences: Sequences, vocabulary: Vocabulary | None) -> None:
        self.sequences = sequences
        self.vocabulary = vocabulary
        self._sides: dict[tuple[tuple[bytes, bool], Cut], Side] = {}

    def side(self, units: Units, cut: Cut) -> Side:
        """The baseline with these groups and first words."""
        key = (units.key, cut)
        if key not in self._sides:
            if len(self._sides) > 3:  # lengths drift: what an earlier generation needed is not needed again
                self._sides.pop(next(iter(self._sides)))
            self._sides[key] = Side(self.sequences, units, cut)
        return self._sides[key]

    def against(self, generation: Sequences, first_words: int | None) -> Pair:
        """A generation beside the baseline.

        Args:
            generation: its kept sample.
            first_words: words of each document that count where words grow; None finds it out by the lengths.
        """
        ours, theirs = units_for(generation, self.sequences)
        cut = common_cut(generation, self.sequences, first_words)
        if not _alike(generation, self.sequences):
            cut = replace(cut, one_each=True)
        sides = Side(generation, ours, cut), self.side(theirs, cut)
        size = min(side.most for side in sides)
        if ours.hashes is not None and theirs.hashes is not None:
            joint = bool((sides[0].filled & sides[1].filled).any())
        else:
            joint = ours.key == theirs.key == Units().key and self.overlap(generation) >= OVERLAP
        return Pair(*sides, max(size, 0), cut, joint, self.vocabulary)

    def overlap(self, generation: Sequences) -> float:
        """The share of a generation's documents whose text is in the baseline too."""
        return float(np.isin(generation["texts"], self.sequences["texts"]).mean()) if len(generation) else 0.0


def _alike(first: Sequences, second: Sequences) -> bool:
    """Whether documents come in units alike: none named on either side, or about as many with about as many each."""
    named = [bool(one["units"].any()) for one in (first, second)]
    if not all(named):
        return not any(named)
    units = [len(np.unique(units_of(one))) for one in (first, second)]
    each = [len(one) / many for one, many in zip((first, second), units, strict=True)]
    return all(abs(math.log(one / other)) <= UNLIKE_UNITS for one, other in (units, each))


def common_cut(first: Sequences, second: Sequences, asked: int | None = None) -> Cut:
    """How much to look at where documents of two sets are not equally long; all of them where they are.

    Measures that grow look at the lower quartile of the shorter set, so that three quarters of its documents reach it.
    Shares of words look as far as all but the longest documents of the shorter set go: text that was cut off is
    compared with as much of the other's.

    Args:
        first: a kept sample.
        second: another.
        asked: first words that were asked for, which are taken whatever the lengths are.
    """
    lengths = np.diff(first.offsets), np.diff(second.offsets)
    if not all(one.any() for one in lengths):
        return Cut(asked)
    means = [one.mean() for one in lengths]
    if abs(math.log(means[0] / means[1])) <= UNLIKE_LENGTHS:
        return Cut(asked)
    quarter, most = (int(min(np.quantile(one, at) for one in lengths)) for at in (0.25, 0.95))
    return Cut(asked or max(quarter, SHORTEST_CUT), max(most, SHORTEST_CUT))
