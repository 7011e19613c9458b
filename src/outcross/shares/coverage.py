"""How often the intervals of labels hold, simulated on documents of known origin.

The estimator is run as users run it (`prediction.predicted`, the laws), on many samples at once. What is drawn: a
corpus with an exact number of synthetic documents, a uniform sample of it without putting back, reviewers' answers,
and planted items.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from outcross.estimate import t_quantile
from outcross.estimate.laws import corrected
from outcross.shares.prediction import FEW, Cell, Floats, Predicted, ends, predicted
from outcross.shares.scores import MIDPOINTS

Three = tuple[Floats, Floats, Floats]

AT_ONCE = 150_000
"""Labels that are simulated together: what fits in a core's cache."""


@dataclass(frozen=True)
class Pool:
    """Scored documents of known origin, to draw corpora from.

    Attributes:
        human: uint8[...], score bins of human documents.
        synthetic: uint8[...], score bins of synthetic documents.
    """

    human: NDArray[np.uint8]
    synthetic: NDArray[np.uint8]

    @cached_property
    def runs(self) -> tuple[Floats, Floats]:
        """Running sums of scores drawn at random: the sum of m more draws costs two look-ups."""
        rng = np.random.default_rng(1)
        return _running(self.human, rng), _running(self.synthetic, rng)


def _running(bins: NDArray[np.uint8], rng: np.random.Generator) -> Floats:
    """Running sums of scores drawn at random, from 0."""
    return np.concatenate([[0.0], np.cumsum(MIDPOINTS[rng.choice(bins, 400_000)])])


@dataclass(frozen=True)
class Reviewers:
    """How reviewers err, on the corpus and on planted items.

    Attributes:
        sensitivity: P(calls a synthetic document of the corpus so).
        fall_out: P(calls a human document of the corpus synthetic).
        gold_sensitivity: likewise on planted items; None = as on the corpus.
        gold_fall_out: likewise.
        planted: items of each kind; 0 = reviewers are known to be right, no correction.
        harder: what the correction allows for (`Gold.harder`).
    """

    sensitivity: float = 1.0
    fall_out: float = 0.0
    gold_sensitivity: float | None = None
    gold_fall_out: float | None = None
    planted: int = 0
    harder: float = 1.0


RIGHT = Reviewers()


@dataclass(frozen=True)
class Setting:
    """One cell of the study.

    Attributes:
        documents: of the corpus.
        synthetic: of these.
        labels: drawn from it, at most half of them.
        reviewers: who label.
    """

    documents: int
    synthetic: int
    labels: int
    reviewers: Reviewers = field(default_factory=Reviewers)

    @property
    def share(self) -> float:
        """The true share."""
        return self.synthetic / self.documents


@dataclass(frozen=True)
class Covered:
    """What a cell showed.

    Attributes:
        replicates: how many samples.
        held: in how many of these the interval held the true share.
        above: in how many the whole interval lay above it.
        width: mean width, 0-1.
        error: mean absolute error of the point.
    """

    replicates: int
    held: int
    above: int
    width: float
    error: float

    @property
    def coverage(self) -> float:
        """Share of samples whose interval held."""
        return self.held / self.replicates

    def upper(self, cells: int, level: float = 0.95) -> float:
        """Upper confidence bound on the coverage, simultaneous over so many cells (Wilson, Bonferroni)."""
        reach = t_quantile(1 - (1 - level) / cells, math.inf)
        p, n = self.coverage, self.replicates
        centre = (p + reach**2 / (2 * n)) / (1 + reach**2 / n)
        return min(centre + reach / (1 + reach**2 / n) * math.sqrt(p * (1 - p) / n + reach**2 / (4 * n * n)), 1.0)


def covered(pool: Pool, setting: Setting, *, replicates: int, seed: int) -> Covered:
    """Simulate one cell.

    Args:
        pool: documents to draw from.
        setting: corpus, labels and reviewers.
        replicates: how many samples, each of a corpus of its own.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    size = max(AT_ONCE // setting.labels, 1)
    held = above = 0
    width = error = 0.0
    for start in range(0, replicates, size):
        share, low, high = _chunk(pool, setting, min(size, replicates - start), rng)
        truth = setting.share
        held += int(((low <= truth + 1e-12) & (truth <= high + 1e-12)).sum())
        above += int((low > truth + 1e-12).sum())
        width += float((high - low).sum())
        error += float(np.abs(share - truth).sum())
    return Covered(replicates, held, above, width / replicates, error / replicates)


def _chunk(pool: Pool, setting: Setting, size: int, rng: np.random.Generator) -> Three:
    """Points and ends of so many samples."""
    truth, f, mean = _drawn(pool, setting, size, rng)
    reviewers, n = setting.reviewers, setting.labels
    y = truth
    if reviewers.planted:
        chance = np.where(truth > 0, reviewers.sensitivity, reviewers.fall_out)
        y = (rng.random(truth.shape) < chance).astype(np.float64)
    unseen = (setting.documents - n) / (setting.documents - 1)
    found = predicted(y, f, [Cell(slice(None), 1.0, mean, np.full(n, 1 / n), unseen)])
    hits = y.sum(-1).astype(np.int64)
    low, high = ends(found, hits, n, setting.documents)
    share = _point(found, hits, n)
    if not reviewers.planted:
        return share, low, high
    return _corrected((share, low, high), setting, rng)


def _point(found: Predicted, hits: NDArray[np.int64], n: int) -> Floats:
    """The point: of the labels alone with few on a side."""
    few = np.minimum(hits, n - hits) < FEW
    point: Floats = np.clip(np.where(few, found.labels, found.share), 0.0, 1.0)
    return point


def _drawn(pool: Pool, setting: Setting, size: int, rng: np.random.Generator) -> Three:
    """True labels and scores of samples, and the mean score of each one's corpus.

    The rest of a corpus enters by its mean score alone, so it is drawn as a run of a long random sequence.
    """
    n, documents, synthetic = setting.labels, setting.documents, setting.synthetic
    hits = rng.hypergeometric(synthetic, documents - synthetic, n, size)
    truth = np.arange(n) < hits[:, None]
    bins = np.where(
        truth, pool.synthetic[rng.integers(0, len(pool.synthetic), (size, n), np.int32)],
        pool.human[rng.integers(0, len(pool.human), (size, n), np.int32)],
    )  # fmt: skip
    f = MIDPOINTS[bins]
    total = f.sum(-1)
    for run, rest in zip(pool.runs, (documents - synthetic - (n - hits), synthetic - hits), strict=True):
        start = rng.integers(0, len(run) - documents, size)
        total = total + run[start + rest] - run[start]
    return truth.astype(np.float64), f, total / documents


def _corrected(apparent: Three, setting: Setting, rng: np.random.Generator) -> Three:
    """Corrected by planted items, drawn anew for each sample; [0, 1] where reviewers cannot be said to tell."""
    who, size = setting.reviewers, len(apparent[0])
    s = who.sensitivity if who.gold_sensitivity is None else who.gold_sensitivity
    f = who.fall_out if who.gold_fall_out is None else who.gold_fall_out
    called, miscalled = rng.binomial(who.planted, s, size), rng.binomial(who.planted, f, size)
    planted = np.full(size, who.planted)
    found: Three = corrected(
        apparent, (planted, called, planted, miscalled), harder=who.harder, reach=t_quantile(0.975, math.inf),
        population=setting.documents,
    )  # fmt: skip
    return found
