"""Rung 2: the share by a model of the score. Predictors, never intervals that a gate may read.

On text that the score was not fitted to these are 15-28 points off, and their "95 %" intervals hold 9-28 % of the time
(docs/benchmarks-share.md). They are here because people ask for them, and so that the table can say so.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcross.errors import CallError
from outcross.estimate import Estimate, Finding, Unknown
from outcross.estimate.laws import Normal
from outcross.shares.scores import BINS, MIDPOINTS, UNITS, Scores, Unit

NOT_HERE = "not calibrated here: text that the score was not fitted to moves it by tens of points"

HERE = "calibrated on this user's own labelled or dated documents, which must be like the rest"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """Score histograms of documents of known origin that the score was not fitted to.

    Attributes:
        human: int64[256].
        synthetic: int64[256].
        local: they are of this corpus, not of the development of the score.
    """

    human: NDArray[np.int64]
    synthetic: NDArray[np.int64]
    local: bool = False

    def densities(self) -> tuple[Floats, Floats]:
        """float[256] each: shares of the bins, each bin with half a document more."""
        human, synthetic = (np.asarray(one, np.float64) + 0.5 for one in (self.human, self.synthetic))
        return human / human.sum(), synthetic / synthetic.sum()


def emq(scores: Scores, unit: Unit = "documents", held: Held | None = None) -> Finding:
    """The share by expectation-maximisation over posteriors (Saerens, Latinne & Decaestecker 2002; EMQ or SLD).

    Args:
        scores: of the corpus; unscored documents are left out, and said to be.
        unit: share of documents or of tokens.
        held: known documents to take the densities from; None = the score is a posterior of a balanced prior.

    Returns:
        The maximum of the likelihood, with the standard error of its curvature.
    """
    return _told("EMQ", _emq, scores, unit, held)


def classify_and_count(scores: Scores, unit: Unit = "documents", held: Held | None = None) -> Finding:
    """CC: the share of scores of 0.5 and more."""
    return _told("CC", _cc, scores, unit, held)


def adjusted_count(scores: Scores, unit: Unit = "documents", held: Held | None = None) -> Finding:
    """ACC: CC corrected for the error rates of known documents (Forman 2008)."""
    return _told("ACC", _acc, scores, unit, held)


def adjusted_mean(scores: Scores, unit: Unit = "documents", held: Held | None = None) -> Finding:
    """PACC: likewise with mean scores instead of counts (Bella et al. 2010)."""
    return _told("PACC", _pacc, scores, unit, held)


def hellinger(scores: Scores, unit: Unit = "documents", held: Held | None = None) -> Finding:
    """HDy: the mixture of known densities with the least Hellinger distance (González-Castro et al. 2013)."""
    return _told("HDy", _hdy, scores, unit, held)


NEEDS_HELD = {"ACC", "PACC", "HDy"}


def _told(name: str, rule: Callable[[Floats, Held | None], tuple[float, float]], scores: Scores, unit: Unit,
          held: Held | None) -> Finding:  # fmt: skip
    """The estimate of one rule as a finding."""
    histogram = np.asarray(scores.histogram(unit), np.float64)
    documents = int(scores.documents.sum())
    if documents == 0:
        return Unknown("no document was scored")
    if name in NEEDS_HELD and held is None:
        raise CallError(f"{name} needs documents of known origin.", hint="Give `held`, from the fit of the score.")
    share, se = rule(histogram / histogram.sum() * documents, held)
    calibrated = held is not None and held.local
    left_out = scores.unscored_documents / max(scores.total("documents"), 1)
    return Estimate(
        value=share, se=se, df=math.inf, n=documents, unit=UNITS[unit],
        method=f"{name} on the text score" + (f", {left_out:.1%} of documents unscored, left out" if left_out else ""),
        assumption=HERE if calibrated else NOT_HERE,
        law=Normal(share, se),
    ).rounded()  # fmt: skip


def _emq(counts: Floats, held: Held | None) -> tuple[float, float]:
    human, synthetic = (1 - MIDPOINTS, MIDPOINTS) if held is None else held.densities()
    share = 0.5
    for _ in range(1000):
        part = share * synthetic / (share * synthetic + (1 - share) * human)
        new = float(counts @ part / counts.sum())
        if abs(new - share) < 1e-10:
            break
        share = new
    slope = (synthetic - human) / (share * synthetic + (1 - share) * human)
    return share, 1 / math.sqrt(max(float(counts @ slope**2), 1e-300))


def _cc(counts: Floats, _: Held | None) -> tuple[float, float]:
    n = counts.sum()
    share = float(counts[BINS // 2 :].sum() / n)
    return share, math.sqrt(share * (1 - share) / n)


def _acc(counts: Floats, held: Held | None) -> tuple[float, float]:
    return _adjusted(counts, held, (np.arange(BINS) >= BINS // 2).astype(np.float64))


def _pacc(counts: Floats, held: Held | None) -> tuple[float, float]:
    return _adjusted(counts, held, MIDPOINTS)


def _adjusted(counts: Floats, held: Held | None, value: Floats) -> tuple[float, float]:
    """(mean - mean of humans) / (mean of synthetic - mean of humans), standard error by propagation."""
    assert held is not None  # noqa: S101 - checked by the caller
    (mean, v), (low, v_low), (high, v_high) = (_mean(one, value) for one in (counts, held.human, held.synthetic))
    gap = high - low if abs(high - low) > 1e-9 else 1e-9
    share = (mean - low) / gap
    variance = (v + share**2 * v_high + (1 - share) ** 2 * v_low) / gap**2
    return min(max(share, 0.0), 1.0), math.sqrt(variance)


def _mean(counts: NDArray[np.floating] | NDArray[np.int64], value: Floats) -> tuple[float, float]:
    """Mean of a value over a histogram and its variance."""
    n = float(counts.sum())
    mean = float(counts @ value) / n
    return mean, (float(counts @ value**2) / n - mean**2) / n


def _hdy(counts: Floats, held: Held | None) -> tuple[float, float]:
    """The median over 8 to 64 bins; the standard error is that of the mixture's likelihood there."""
    assert held is not None  # noqa: S101 - checked by the caller
    human, synthetic = held.densities()
    grid = np.linspace(0, 1, 201)
    best = []
    for bins in (8, 16, 32, 64):
        seen, low, high = (one.reshape(bins, -1).sum(1) for one in (counts / counts.sum(), human, synthetic))
        mixtures = grid[:, None] * high + (1 - grid[:, None]) * low
        best.append(grid[np.argmax(np.sqrt(mixtures * seen).sum(1))])
    share = float(np.median(best))
    slope = (synthetic - human) / (share * synthetic + (1 - share) * human)
    return share, 1 / math.sqrt(max(float(counts @ slope**2), 1e-300))
