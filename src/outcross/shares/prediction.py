"""Prediction-powered inference for a share, as it holds for small samples and for bad detectors.

The difference estimator of survey sampling (Särndal, Swensson & Wretman 1992, chapter 6; Angelopoulos, Duchi & Zrnic
2023, PPI++): θ = λ mean(F) + mean(Y - λ f), with F the scores of the whole corpus and f, Y those of the labelled. It
is design-valid whatever the score says. Its usual interval is not: with 50-300 labels a detector with rare confident
errors shows none of them in the sample, the residuals look like nothing, and "95 %" holds 81 % of the time (measured:
docs/benchmarks-share.md). Four changes make it hold:

1. **Unseen errors.** The sum M of squared residuals, in units of one whole error, becomes M + c²/(M + c), c = 3: three
   errors where none were seen, almost nothing where there are many. (As one adds to the cells of a paired table:
   Bonett & Price 2012.)
2. **Leverage.** Residuals are those of the labelled left out, e/(1 - h) (HC3): a λ that hangs on a few documents with
   an unusual score knows it. So λ needs no clipping, and an inverted detector helps as much as a right one.
3. **Finite corpus.** The labelled are part of the corpus: variances are multiplied by (N - n)/(N - 1).
4. **Effective n.** The interval is Wilson's with the n that the variance implies, and Student's t; with fewer than
   five labels on a side it is the exact one of the labels alone.

All functions work on the last axis, so that the simulation study runs this very code on thousands of samples at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcross.estimate import t_quantile
from outcross.estimate.laws import Exact, pulled, wilson

Floats = NDArray[np.float64]

UNSEEN = 3.0
"""Errors of the score that are reckoned with where the sample shows none (c above)."""

MOST = 25.0
"""The most that a score may multiply the effective number of labels with."""

FEW = 5
"""With fewer labels on a side the interval rests on the labels alone."""


@dataclass(frozen=True)
class Cell:
    """The labelled documents of one stratum, along the last axis.

    Attributes:
        place: which positions of the last axis are in this stratum.
        part: the stratum's part of the corpus (documents or tokens), 0-1.
        mean: mean score of the stratum over the whole corpus; an array where samples come from several corpora.
        weights: float[..., n_h] that sum to 1: equal, or inverse inclusion probabilities (times tokens).
        unseen: float or float[n_h], the part of the variance that remains: 1 - inclusion probability.
    """

    place: Any
    part: float
    mean: Any
    weights: Floats
    unseen: Any = 1.0


@dataclass(frozen=True)
class Predicted:
    """An estimated share and how much it rests on.

    Attributes:
        share: the estimate, λ mean(F) + mean(Y - λf); of the labels alone where the score does not help.
        labels: the estimate of the labels alone.
        effective: effective number of labels, infinite where everything was looked at.
        slope: λ; 0 where the score does not help.
    """

    share: Any
    labels: Any
    effective: Any
    slope: Any


def predicted(y: Floats, f: Floats, cells: Sequence[Cell]) -> Predicted:
    """The difference estimator over strata with one λ, and its effective n.

    Args:
        y: float[..., n], labels 0 or 1.
        f: float[..., n], scores.
        cells: the strata; each position is in one.
    """
    moments = [_moments(y[..., cell.place], f[..., cell.place], cell, len(cells) > 1) for cell in cells]
    sff = _sum(one.sff for one in moments)
    slope = np.where(sff > 1e-12, _sum(one.sfy for one in moments) / np.maximum(sff, 1e-12), 0.0)
    labels = _sum(one.part * one.label for one in moments)
    share = labels + slope * _sum(one.part * one.gap for one in moments)
    by_labels = _sum(one.own for one in moments)
    by_score = _variance(moments, slope, sff)
    helps = by_score < by_labels
    share, slope = np.where(helps, share, labels), np.where(helps, slope, 0.0)
    variance = np.maximum(np.where(helps, by_score, by_labels), by_labels / MOST)
    spread = labels * (1 - labels)
    effective = np.where(variance > 0, spread / np.maximum(variance, 1e-300), np.inf)
    return Predicted(share, labels, effective, slope)


@dataclass(frozen=True)
class _Moments:
    """What one stratum adds."""

    part: float
    label: Any
    gap: Any
    """How much higher the corpus scores than the labelled."""
    fc: Floats
    yc: Floats
    weights: Floats
    share_of_variance: Floats
    sff: Any
    sfy: Any
    own: Any
    """Variance of the labels' share alone."""


def _moments(y: Floats, f: Floats, cell: Cell, stratified: bool) -> _Moments:
    """Means, centred values and weighted sums of one stratum.

    Wilson's n stands for a variance without Bessel's correction; several small strata need theirs.
    """
    w = np.broadcast_to(cell.weights, y.shape)
    label, score = (w * y).sum(-1), (w * f).sum(-1)
    yc, fc = y - label[..., None], f - score[..., None]
    n = y.shape[-1]
    g = cell.part**2 * w * w * cell.unseen * (n / max(n - 1, 1) if stratified else 1.0)
    return _Moments(
        part=cell.part, label=label, gap=cell.mean - score, fc=fc, yc=yc, weights=w, share_of_variance=g,
        sff=(g * fc * fc).sum(-1), sfy=(g * fc * yc).sum(-1), own=(g * yc * yc).sum(-1),
    )  # fmt: skip


def _variance(moments: Sequence[_Moments], slope: Any, sff: Any) -> Any:
    """Variance of the difference estimator: leave-one-out residuals, and errors that the sample did not show."""
    seen, once, unit = 0.0, 0.0, 0.0
    for one in moments:
        g, w = one.share_of_variance, one.weights
        residual = one.yc - np.asarray(slope)[..., None] * one.fc
        pull = w + g * one.fc**2 / np.maximum(np.asarray(sff)[..., None], 1e-300)
        left_out = residual / (1 - np.minimum(pull, 0.999))
        seen = seen + (g * left_out**2).sum(-1)
        once = once + (g * g).sum(-1)
        unit = unit + g.sum(-1)
    # The weight of one whole error, as a labelled document bears it; 0 where everything was looked at.
    whole = once / np.maximum(unit, 1e-300)
    return seen + whole * UNSEEN**2 / (seen / np.maximum(whole, 1e-300) + UNSEEN)


def _sum(parts: Any) -> Any:
    """The sum of arrays or numbers."""
    total: Any = 0.0
    for part in parts:
        total = total + part
    return total


def ends(found: Predicted, hits: Any, n: int, documents: int, level: float = 0.95) -> tuple[Any, Any]:
    """The interval of many uniform samples at once, by the rule that `labels.label_share` follows for one.

    Args:
        found: of samples along the leading axis.
        hits: int[...], labels of 1 in each.
        n: labels in each.
        documents: of the corpus.
        level: of confidence.
    """
    reach = t_quantile(0.5 + level / 2, max(n - 2, 1))
    share = np.clip(found.share, 0.0, 1.0)
    size = np.where(np.isinf(found.effective), 1e150, np.maximum(found.effective, 1e-9))
    low, high = wilson(pulled(share, size), size, reach)
    for count in np.unique(hits[np.minimum(hits, n - hits) < FEW]):
        exact = Exact(int(count), n, documents).interval(level)
        low, high = np.where(hits == count, exact[0], low), np.where(hits == count, exact[1], high)
    return low, high
