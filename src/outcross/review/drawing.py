"""Drawing the documents that people will label, so that every inclusion probability is known and recorded.

A design is a choice of inclusion probabilities made before anybody has seen a label. All designs here have a fixed
size and exact probabilities; the seed and the order of the documents decide the rest.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from outcross.errors import CallError, DataError
from outcross.measure import Array

Design = Literal["uniform", "stratified", "active"]

REST = "(other groups)"
"""The stratum of all groups that are too small for one of their own."""
BINS = 5
"""Strata of equal size that scores are cut into."""
FEWEST = 2
"""Documents drawn in a stratum at least, since the spread within it cannot be seen in fewer."""
FLOOR = 0.25
"""Active designs: each document's probability is at least this share of the uniform design's."""


@dataclass(frozen=True)
class Frame:
    """All documents that can be drawn.

    Attributes:
        documents: how many there are.
        scores: float32[n], NaN where a document was not scored; None where nothing was.
        groups: int32[n], each document's group as its number in `names`; None where nothing is grouped.
        names: of the groups.
    """

    documents: int
    scores: Array | None = None
    groups: Array | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """The documents that were drawn, and everything an estimator needs of how.

    Attributes:
        rows: int64[m], numbers of documents in the frame, increasing.
        inclusion: float64[m], the probability with which each was drawn.
        strata: the stratum of each.
        sizes: documents in each stratum of the frame, and how many of them were drawn.
        floor: the lowest inclusion probability of any document of the frame.
        stratum: int64[n], of every document of the frame the number of its stratum in `sizes`; empty for one stratum.
    """

    rows: Array
    inclusion: Array
    strata: tuple[str, ...]
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    floor: float = 0.0
    stratum: Array = field(default_factory=lambda: np.zeros(0, np.int64))


def draw(frame: Frame, n: int, design: Design = "uniform", seed: int = 0) -> Drawn:
    """Draw n documents.

    Args:
        frame: all documents.
        n: how many to draw; all where there are not more.
        design: "uniform" gives every document the same probability. "stratified" draws in every group, or where
            nothing is grouped in every fifth of the scores, in proportion to its size. "active" draws documents
            with middling scores more often, and each with at least `FLOOR` of the uniform probability.
        seed: of the draw.

    Raises:
        CallError: n is not positive, or the design needs groups or scores that are not there.
        DataError: there is no document.
    """
    if n < 1:
        raise CallError(f"{n} documents cannot be drawn.", hint="Draw one at least.")
    if not frame.documents:
        raise DataError("There is no document to draw.")
    n = min(n, frame.documents)
    random = np.random.default_rng([seed, 3])
    if design == "uniform":
        return _drawn_in_strata(np.zeros(frame.documents, np.int64), ("",), n, random)
    if design == "stratified":
        return _drawn_in_strata(*_strata(frame, n), n, random)
    return _drawn_by_size(_wished(frame), n, random)


def _drawn_in_strata(stratum: Array, names: tuple[str, ...], n: int, random: np.random.Generator) -> Drawn:
    """A simple random sample in each stratum, in proportion to its size."""
    sizes = np.bincount(stratum, minlength=len(names))
    shares = allocated(sizes, n)
    rows, inclusion, told = [], [], {}
    for number, name in enumerate(names):
        chosen = np.sort(random.choice(np.flatnonzero(stratum == number), int(shares[number]), replace=False))
        rows.append(chosen)
        inclusion.append(np.full(len(chosen), shares[number] / max(sizes[number], 1)))
        told[name] = (int(sizes[number]), int(shares[number]))
    return _sorted(np.concatenate(rows), np.concatenate(inclusion), stratum, names, told)


def _sorted(rows: Array, inclusion: Array, stratum: Array, names: tuple[str, ...],
            sizes: dict[str, tuple[int, int]]) -> Drawn:  # fmt: skip
    order = np.argsort(rows, kind="stable")
    rows, inclusion = rows[order], inclusion[order]
    floor = min(drawn / size for size, drawn in sizes.values() if size)
    return Drawn(rows, inclusion, tuple(names[number] for number in stratum[rows]), sizes, floor, stratum)


def allocated(sizes: Array, n: int) -> Array:
    """How many of n to draw in each stratum: in proportion to sizes, at least `FEWEST`, by largest remainders.

    Args:
        sizes: int64[k], documents in each stratum.
        n: to be drawn in all; at least `FEWEST` times the strata, or all.

    Returns:
        int64[k], which add up to n where the strata have as many.
    """
    least = np.minimum(FEWEST if n >= FEWEST * len(sizes) else 0, sizes)
    exact = n * sizes / max(int(sizes.sum()), 1)
    shares = np.clip(np.floor(exact).astype(np.int64), least, sizes)
    while shares.sum() != n:
        step = 1 if shares.sum() < n else -1
        free = shares < sizes if step > 0 else shares > least
        if not free.any():
            break
        owed = np.where(free, step * (exact - shares), -np.inf)
        shares[int(owed.argmax())] += step
    return shares


def _strata(frame: Frame, n: int) -> tuple[Array, tuple[str, ...]]:
    """Each document's stratum, and the strata's names: groups, else fifths of the scores."""
    if frame.groups is not None:
        return _pooled(frame.groups.astype(np.int64), frame.names, n)
    if frame.scores is None:
        raise CallError(
            "A stratified sample needs groups or scores of the documents, and there are neither.",
            hint="Name a column with --group-by, or give scores with --scores.",
        )
    scored = ~np.isnan(frame.scores)
    cuts = np.quantile(frame.scores[scored], np.arange(1, BINS) / BINS) if scored.any() else np.zeros(BINS - 1)
    stratum = np.where(scored, np.searchsorted(cuts, frame.scores, side="right"), BINS)
    names = (*(f"score, part {number + 1} of {BINS}" for number in range(BINS)), "not scored")
    return _pooled(stratum, names, n)


def _pooled(stratum: Array, names: tuple[str, ...], n: int) -> tuple[Array, tuple[str, ...]]:
    """The same strata, with those of which fewer than `FEWEST` would be drawn put together, and none empty."""
    sizes = np.bincount(stratum, minlength=len(names))
    own = sizes * n >= FEWEST * sizes.sum()
    kept = [name for name, keep in zip(names, own, strict=True) if keep]
    place = np.where(own, np.cumsum(own) - 1, len(kept))
    rest = (REST,) if (sizes[~own] > 0).any() else ()
    pooled: Array = place[stratum]
    return pooled, (*kept, *rest)


def _wished(frame: Frame) -> Array:
    """The weight of each document in an active design: the spread that its label is expected to have.

    Source: Zrnic and Candes (2024), Active statistical inference, arXiv:2403.03208: the best probabilities are in
    proportion to the root of the expected squared error; of a share that is sqrt(f (1 - f)). What has no score is as
    open as can be.
    """
    if frame.scores is None:
        raise CallError(
            "An active sample needs scores of the documents, and there are none.", hint="Give them with --scores."
        )
    open_ = np.where(np.isnan(frame.scores), 0.5, np.clip(frame.scores, 0.0, 1.0)).astype(np.float64)
    spread: Array = np.sqrt(open_ * (1 - open_))
    return spread


def _drawn_by_size(weight: Array, n: int, random: np.random.Generator) -> Drawn:
    """Documents with the wished probabilities: systematic sampling in random order (Madow 1949), so exact."""
    probabilities = inclusions(weight, n)
    order = random.permutation(len(probabilities))
    passed = np.cumsum(probabilities[order])
    # The sum is n up to rounding: the last mark lies below it.
    marks = (random.random() + np.arange(n)) * (passed[-1] / n)
    rows = np.unique(order[np.minimum(np.searchsorted(passed, marks, side="right"), len(order) - 1)])
    sizes = {"": (len(probabilities), len(rows))}
    return Drawn(rows, probabilities[rows], ("",) * len(rows), sizes, float(probabilities.min()))


def inclusions(weight: Array, n: int) -> Array:
    """Inclusion probabilities that add up to n: a floor for all, the rest in proportion to the weight, none above 1.

    Args:
        weight: float64[N], not negative.
        n: documents to draw, N at most.

    Returns:
        float64[N], each at least `FLOOR` n / N.
    """
    if n >= len(weight):
        return np.ones(len(weight))
    most = float(weight.max())
    weight = np.maximum(weight / most, 1e-9) if most > 0 else np.ones(len(weight))
    floor = FLOOR * n / len(weight)
    made = np.full(len(weight), floor)
    free = np.ones(len(weight), bool)
    for _ in range(1000):  # each turn settles at least one document, as a rule most of those left
        left = n - made[~free].sum() - floor * free.sum()
        made = np.where(free, floor + left * weight / weight[free].sum(), made)
        over = free & (made >= 1)
        if not over.any():
            break
        made[over] = 1.0
        free &= ~over
        if not free.any():
            break
    capped: Array = np.minimum(made, 1.0)
    return capped
