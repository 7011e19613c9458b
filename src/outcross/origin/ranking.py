"""How well scores tell two sides apart, as estimates."""

import math

import numpy as np

from outcross.estimate import OF_DOCUMENTS, Estimate, Finding, Unknown
from outcross.measure import Array

FALSE_ALARMS = 0.01
"""The share of human documents above the threshold at which detection is told."""
FEWEST = 10
"""Fewer documents on a side tell nothing."""

_ASSUMED = "the documents are independent draws of texts like these"


def auroc(synthetic: Array, human: Array) -> Finding:
    """P(a synthetic document scores above a human one), ties counting half; its error after DeLong et al. 1988.

    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845; the interval is Wilson's on the share scale.

    Args:
        synthetic: scores, float64[m].
        human: scores, float64[n].
    """
    if min(len(synthetic), len(human)) < FEWEST:
        return Unknown(f"fewer than {FEWEST} scored documents on a side")
    above = _share_below(synthetic, human)
    below = 1.0 - _share_below(human, synthetic)
    value = float(above.mean())
    spread = float(above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below))
    return Estimate(value, math.sqrt(spread), math.inf, len(synthetic) + len(human),
                    "chance that a synthetic document scores above a human one", "DeLong et al. 1988", _ASSUMED,
                    scale="share")  # fmt: skip


def _share_below(scores: Array, others: Array) -> Array:
    """The share of others below each score, ties counting half."""
    ordered = np.sort(others)
    counted: Array = np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")
    return counted / (2.0 * len(others))


def found_at(synthetic: Array, human: Array, alarms: float = FALSE_ALARMS) -> Finding:
    """Share of synthetic documents above the threshold that `alarms` of the human ones pass."""
    if len(human) * alarms < 1 or len(synthetic) < FEWEST:
        return Unknown(f"fewer than {math.ceil(1 / alarms)} human or {FEWEST} synthetic scored documents")
    return share_above(synthetic, float(np.quantile(human, 1.0 - alarms)))


def share_above(scores: Array, threshold: float) -> Finding:
    """Share of documents that score above a threshold."""
    n = len(scores)
    if n < FEWEST:
        return Unknown(f"fewer than {FEWEST} scored documents")
    value = float(np.mean(scores > threshold))
    se = math.sqrt(value * (1.0 - value) / n)
    return Estimate(value, se, math.inf, n, OF_DOCUMENTS, "counted; Wilson's interval", _ASSUMED, scale="share")
