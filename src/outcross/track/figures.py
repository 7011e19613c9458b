"""The figures of a generation beside the baseline's, at their common size, with errors from groups left out."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from outcross.measure import GROUPS, Array
from outcross.measures.jackknife import standard_error
from outcross.measures.reference import Vocabulary
from outcross.measures.sequences import NOWHERE
from outcross.track.incidence import Documents, Incidence
from outcross.track.measured import OF_TEXT, Measured
from outcross.track.pairing import FEWEST_UNITS, MOST_SINGLE_UNITS, Pair, Side

HEAD = 1 << 15
"""Words of the reference that have a cell of their own in the divergence; the others share one for each doubling."""

WITHIN = "similarity.within"

SPARED = 0.9
"""Equally complete samples are compared at the coverage of this part of the common size."""

TOGETHER = (
    "tail.survival", "types", "types.covered", "hill.1", "hill.2", "distinct.1", "distinct.2", "distinct.3", "entropy",
    "kl", "similarity.between",
)  # fmt: skip
"""Measures of how documents go together: means over documents or words are not among them."""

UNLIKE = "documents are not as long as the baseline's, and it grows with their length"

NO_REFERENCE = "needs a human reference: register one with outcross generation add NAME --role human --samples FILES"


@dataclass(frozen=True)
class Reading:
    """One measure of one generation beside the baseline.

    Attributes:
        measure: its name.
        value, baseline: on the natural scale, at the common size.
        change: on the measure's scale.
        se, baseline_se: standard errors of each on that scale.
        joint_se: of the change itself, where both share units; else None.
        df: degrees of freedom of these.
        size: documents (rows) both were brought to. n: documents the generation's value rests on.
        unknown: why it is not known; the numbers mean nothing then.
    """

    measure: str
    value: float = 0.0
    baseline: float = 0.0
    change: float = 0.0
    se: float = 0.0
    baseline_se: float = 0.0
    joint_se: float | None = None
    df: float = 1.0
    size: int = 0
    n: int = 0
    unknown: str = ""

    @property
    def error(self) -> float:
        """The standard error of the change."""
        return math.hypot(self.se, self.baseline_se) if self.joint_se is None else self.joint_se

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"measure": self.measure, "unknown": self.unknown} if self.unknown else asdict(self)


Values = Array
"""A figure of all documents and without each group: float64[G + 1]."""


def readings(pair: Pair) -> list[Reading]:
    """All measures of text, in the order of their catalogue."""
    if pair.reason:
        return [Reading(one.name, unknown=pair.reason) for one in OF_TEXT]
    found: dict[str, tuple[Values, Values] | str] = {}
    for look in (_of_sums, _of_vocabulary, _of_incidence, _of_frequencies):
        found.update(look(pair))
    if pair.scant:
        found.update({name: pair.scant for name in TOGETHER if not isinstance(found[name], str)})
    of_documents = Errors(pair.ours.filled, pair.theirs.filled, pair.joint)
    found[WITHIN], of_prompts = _of_prompts(pair)
    return [read(one, found[one.name], of_prompts if one.name == WITHIN else of_documents, pair) for one in OF_TEXT]


@dataclass(frozen=True)
class Errors:
    """How the errors of figures follow from groups left out.

    Attributes:
        ours, theirs: bool[G] each, the groups that hold anything.
        joint: whether both have the same groups, and share units.
    """

    ours: Array
    theirs: Array
    joint: bool

    @property
    def df(self) -> float:
        """Degrees of freedom: of the side that has fewer groups, which is on the safe side."""
        return float(max(min(self.ours.sum(), self.theirs.sum()) - 1, 1))


def read(measured: Measured, values: tuple[Values, Values] | str, errors: Errors, pair: Pair) -> Reading:
    """The reading of one measure from its values with groups left out, or why it is unknown."""
    if isinstance(values, str):
        return Reading(measured.name, unknown=values)
    scale: Callable[[Values], Values] = np.log if measured.scale == "log" else np.asarray
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = scale(values[0]), scale(values[1])
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return Reading(measured.name, unknown="it is zero or not defined on these documents")
    # A group without documents leaves out nothing: it is no replicate.
    joint = standard_error((a[1:] - b[1:])[errors.ours | errors.theirs]) if errors.joint else None
    return Reading(
        measured.name, float(values[0][0]), float(values[1][0]), float(a[0] - b[0]), standard_error(a[1:][errors.ours]),
        standard_error(b[1:][errors.theirs]), joint, errors.df, pair.size, len(pair.ours),
    )  # fmt: skip


def _both(pair: Pair, figure: Callable[[Side], Values]) -> tuple[Values, Values]:
    return figure(pair.ours), figure(pair.theirs)


def _ratio(parts: Array, wholes: Array) -> Values:
    """A ratio of sums that are given by group."""
    above = np.concatenate([[parts.sum()], parts.sum() - parts])
    below = np.concatenate([[wholes.sum()], wholes.sum() - wholes])
    with np.errstate(divide="ignore", invalid="ignore"):
        made: Array = above / below
    return made


def _of_sums(pair: Pair) -> Mapping[str, tuple[Values, Values] | str]:
    """Figures that are sums over documents."""

    def of(column: Callable[[Side], Array], whole: Callable[[Side], Array]) -> tuple[Values, Values]:
        return _both(pair, lambda side: _ratio(side.documents.sums(column(side)), side.documents.sums(whole(side))))

    def looked_at(side: Side) -> Array:
        return 1e6 * (side.sequences["compressed"][:, 0] > 0)

    ones: Callable[[Side], Array] = lambda side: np.ones(len(side))  # noqa: E731
    found: dict[str, tuple[Values, Values] | str] = {
        "length": of(lambda side: side.sequences["lengths"], ones),
        "compression": of(lambda side: side.sequences["compressed"][:, 0],
                          lambda side: side.sequences["compressed"][:, 1]),
        # Whole millionths: their sums do not depend on the order of the documents.
        "repetition": of(lambda side: np.round(side.sequences["repeated"][:, 1] * 1e6), looked_at),
    }  # fmt: skip
    return found if pair.cut.reach is None else found | dict.fromkeys(("compression", "repetition"), UNLIKE)


def _of_vocabulary(pair: Pair) -> Mapping[str, tuple[Values, Values] | str]:
    """Figures against the human reference."""
    vocabulary = pair.vocabulary
    if vocabulary is None:
        return dict.fromkeys(("tail.share", "tail.survival", "unknown.share", "kl"), NO_REFERENCE)

    def shares(side: Side) -> tuple[Values, Values]:
        documents = side.documents
        known, tail = vocabulary.find(documents.tokens)
        words = documents.sums(np.diff(documents.offsets))
        in_tail, unknown = (documents.sums(documents.by_document(marked)) for marked in (tail, ~known))
        return _ratio(in_tail, words), _ratio(unknown, words)

    ours, theirs = shares(pair.ours), shares(pair.theirs)
    return {
        "tail.share": (ours[0], theirs[0]), "unknown.share": (ours[1], theirs[1]),
        "tail.survival": _both(pair, lambda side: _survival(side.incidence(1), vocabulary, pair.size)),
        "kl": _divergences(pair, vocabulary),
    }  # fmt: skip


def _survival(incidence: Incidence, vocabulary: Vocabulary, size: int) -> Values:
    """The share of the tail's words that `size` documents are expected to hold."""
    _, tail = vocabulary.find(incidence.kinds)
    words = int((vocabulary.occurrences <= vocabulary.limit).sum())
    return incidence.only(tail).richness(size) / max(words, 1)


def _of_incidence(pair: Pair) -> Mapping[str, tuple[Values, Values]]:
    """Figures of types and the documents that hold them."""
    size = pair.size
    found = {
        "types": _both(pair, lambda side: side.incidence(1).richness(size)),
        "hill.1": _both(pair, lambda side: side.incidence(1).hill_1(size)),
        "hill.2": _both(pair, lambda side: side.incidence(1).hill_2(size)),
        "similarity.between": _both(pair, lambda side: side.incidence(2).likeness()),
        "types.covered": _at_equal_coverage(pair),
    }
    for order in (1, 2, 3):
        found[f"distinct.{order}"] = _both(pair, partial(_distinct, order=order, size=size))
    return found


def _at_equal_coverage(pair: Pair) -> tuple[Values, Values]:
    """Distinct words where both samples are equally complete (Chao & Jost 2012).

    A little below what the less complete one reaches at the common size, so that it does with any group left out too.
    """
    size = max(int(pair.size * SPARED), 1)
    sides = pair.ours.incidence(1).spectra, pair.theirs.incidence(1).spectra
    coverage = min(one[0].coverage(size) for one in sides)
    ours, theirs = (np.array([one.richness_at(coverage) for one in spectra]) for spectra in sides)
    return ours, theirs


def _distinct(side: Side, *, order: int, size: int) -> Values:
    """Distinct n-grams over n-grams, expected among `size` documents."""
    incidence = side.incidence(order)
    with np.errstate(divide="ignore", invalid="ignore"):
        made: Array = incidence.richness(size) / (size * incidence.per_document())
    return made


def _of_frequencies(pair: Pair) -> Mapping[str, tuple[Values, Values]]:
    """Figures of word frequencies, which depend on how many words there are: of equally many words of both."""
    words = _common_words(pair)
    return {"entropy": _both(pair, lambda side: _entropy(side.of_words(words)))}


def _common_words(pair: Pair) -> int:
    return min(len(side.apart.tokens) for side in (pair.ours, pair.theirs))


def _entropy(documents: Documents) -> Values:
    """Shannon entropy in bits with Miller's (1955) correction for types."""
    groups = documents.groups[documents.owner]
    kinds, codes = np.unique(documents.tokens, return_inverse=True)
    counts = np.bincount(codes, minlength=len(kinds))
    keys, inside = np.unique(codes * documents.count + groups, return_counts=True)
    type_of, group_of = np.divmod(keys, documents.count)
    left = counts[type_of] - inside
    change = _c_log_c(left) - _c_log_c(counts[type_of])
    total = len(codes) - np.bincount(groups, minlength=documents.count)
    sums = _c_log_c(counts).sum() + np.bincount(group_of, weights=change, minlength=documents.count)
    types = len(kinds) - np.bincount(group_of, weights=left == 0, minlength=documents.count)
    n = np.concatenate([[len(codes)], total]).astype(float)
    sums = np.concatenate([[_c_log_c(counts).sum()], sums])
    types = np.concatenate([[len(kinds)], types])
    made: Array = (np.log(n) - sums / n + (types - 1) / (2 * n)) / math.log(2)
    return made


def _c_log_c(counts: Array) -> Array:
    return counts * np.log(np.maximum(counts, 1))


def _divergences(pair: Pair, vocabulary: Vocabulary) -> tuple[Values, Values]:
    """The divergence of both from the reference, at equally many words."""
    words = _common_words(pair)
    cells, expected = _cells(vocabulary)
    return _both(pair, lambda side: _divergence(side.of_words(words), vocabulary, cells, expected))


def _cells(vocabulary: Vocabulary) -> tuple[Array, Array]:
    """The cell of each word of the reference, and the share of each cell; the last is for words it does not hold."""
    order = np.argsort(-vocabulary.occurrences, kind="stable")
    cells = np.empty(len(order), np.int64)
    head = min(HEAD, len(order))
    cells[order[:head]] = np.arange(head)
    bands = np.floor(np.log2(vocabulary.occurrences[order[head:]])).astype(np.int64)
    _, cells[order[head:]] = np.unique(bands, return_inverse=True)
    cells[order[head:]] += head
    held = np.bincount(cells, weights=vocabulary.occurrences)
    # Words not seen in the reference have together about the mass of those seen once (Good 1953).
    unseen = max(float((vocabulary.occurrences == 1).sum()), 0.5)
    shares = np.concatenate([held, [unseen]])
    return cells, shares / shares.sum()


def _divergence(documents: Documents, vocabulary: Vocabulary, cells: Array, expected: Array) -> Values:
    """Divergence of the reference from the documents, in nats: dear where words that people use are missing.

    Cells begin with half a word each (Krichevsky & Trofimov 1981), so that an empty one costs much, not endlessly.
    """
    rows = np.minimum(np.searchsorted(vocabulary.keys, documents.tokens), len(vocabulary.keys) - 1)
    known = vocabulary.keys[rows] == documents.tokens
    cell = np.where(known, cells[rows], len(expected) - 1)
    groups = documents.groups[documents.owner]
    counts = np.bincount(groups * len(expected) + cell, minlength=documents.count * len(expected))
    by_group = counts.reshape(documents.count, len(expected))
    whole = by_group.sum(axis=0)
    tables = np.concatenate([whole[None], whole - by_group]).astype(float)
    shares = (tables + 0.5) / (tables + 0.5).sum(axis=1, keepdims=True)
    made: Array = (expected * (np.log(expected) - np.log(shares))).sum(axis=1)
    return made


def _of_prompts(pair: Pair) -> tuple[tuple[Values, Values] | str, Errors]:
    """Likeness of two documents that answer one prompt, and its errors; the prompt is the sampling unit."""
    sides = pair.ours.sequences["prompts"], pair.theirs.sequences["prompts"]
    nothing = Errors(np.zeros(0, bool), np.zeros(0, bool), joint=False)
    for prompts, whose in zip(sides, ("the generation", "the baseline"), strict=True):
        if not prompts.any():
            return f"the prompts of {whose} are not named (--prompt-column)", nothing
    every = np.union1d(*sides)
    every = every[every != NOWHERE]
    count = len(every) if len(every) <= MOST_SINGLE_UNITS else GROUPS
    ours, theirs = (_within(side, every, count) for side in (pair.ours, pair.theirs))
    errors = Errors(ours[1] > 0, theirs[1] > 0, joint=bool(((ours[1] > 0) & (theirs[1] > 0)).any()))
    fewest = min(errors.ours.sum(), errors.theirs.sum())
    if fewest < FEWEST_UNITS:
        return f"{fewest} prompts have two documents, and {FEWEST_UNITS} are needed", nothing
    return (_ratio(*ours), _ratio(*theirs)), errors


def _within(side: Side, prompts: Array, count: int) -> tuple[Array, Array]:
    """Shared 2-grams of two documents of a prompt, and the 2-grams of these documents: float64[count] each.

    Args:
        side: the documents.
        prompts: all prompts, uint64[p], increasing; other documents are left out.
        count: of groups that prompts are put into.
    """
    hashes, owner = side.documents.ngrams(2)
    number = np.searchsorted(prompts, side.sequences["prompts"])
    named = side.sequences["prompts"] != NOWHERE
    hashes, owner = hashes[named[owner]], owner[named[owner]]
    _, codes = np.unique(hashes, return_inverse=True)
    types, holders = np.divmod(np.unique(codes * len(side) + owner), len(side))
    keys, held = np.unique(types * len(prompts) + number[holders], return_counts=True)
    of_prompt = keys % len(prompts)
    documents = np.bincount(number[named], minlength=len(prompts))
    shared = np.bincount(of_prompt, weights=held * (held - 1), minlength=len(prompts))
    # Each pair is weighed alike: 2-grams of the pair's documents, (n - 1) times each document's.
    owned = np.bincount(of_prompt, weights=held, minlength=len(prompts)) * (documents - 1)
    groups = np.arange(len(prompts)) % count
    parts = (np.bincount(groups, weights=one, minlength=count) for one in (shared, np.maximum(owned, 0)))
    first, second = parts
    return first, second
