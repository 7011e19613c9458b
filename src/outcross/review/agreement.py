"""How far reviewers agree beyond chance: Krippendorff's alpha for nominal labels, with its interval."""

import math
from collections.abc import Iterable

import numpy as np

from outcross.estimate import Estimate, Finding, Unknown, t_quantile
from outcross.measure import Array
from outcross.review.records import ANSWERS, Label

METHOD = "Krippendorff's alpha, nominal; standard error by leaving out items (Krippendorff 2019, ch. 12)"
FEWEST_ITEMS = 10
"""Items with two labels that alpha needs; below, its interval would say nothing."""
FEW_DISAGREE = 5
"""Items in disagreement below which the standard error comes from a binomial bound."""


def counts_of(labels: Iterable[Label]) -> Array:
    """How often each item was given each answer: int64[items, 4], the columns are `ANSWERS`; "cannot tell" is one."""
    table: dict[int, Array] = {}
    for label in labels:
        row = table.setdefault(label.item, np.zeros(len(ANSWERS), np.int64))
        row[ANSWERS.index(label.answer)] += 1
    return np.array(list(table.values())) if table else np.zeros((0, len(ANSWERS)), np.int64)


def agreement(counts: Array) -> Finding:
    """Krippendorff's alpha: 1 is full agreement, 0 what chance gives, below 0 systematic disagreement.

    Args:
        counts: int64[items, answers], how many reviewers gave each answer; items with fewer than two do not count.

    Returns:
        An Estimate whose n is the number of items that two reviewers or more answered, or Unknown.
    """
    counts = counts[counts.sum(axis=1) >= 2]
    n = len(counts)
    if n < FEWEST_ITEMS:
        return Unknown(f"{n} items were answered by two reviewers; {FEWEST_ITEMS} are needed")
    value = krippendorff(counts)
    if value is None:
        return Unknown("all reviewers gave the same answer to everything: there is nothing to agree about")
    left_out = _leaving_out(counts)
    if np.isnan(left_out).any():
        return Unknown("all answers but those to one item are the same: agreement rests on it alone")
    se = math.sqrt((n - 1) / n * float(np.square(left_out - left_out.mean()).sum()))
    if int((counts.max(axis=1) < counts.sum(axis=1)).sum()) < FEW_DISAGREE:
        se = max(se, _least_error(counts))
    return Estimate(
        value=value, se=se, df=float(n - 1), n=n, unit="agreement beyond chance", method=METHOD,
        assumption="reviewers answered by themselves, and the items are a random sample of those to be labelled",
    )  # fmt: skip


def krippendorff(counts: Array) -> float | None:
    """Alpha from counts of answers by item; None where only one answer was ever given.

    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability, section E: 1 - D_o / D_e.
    """
    counts = counts[counts.sum(axis=1) >= 2]
    return _alpha(_observed(counts).sum(), counts.sum(axis=0)) if len(counts) else None


def _observed(counts: Array) -> Array:
    """Of each item, the pairs of labels that differ, divided by one less than its labels."""
    m = counts.sum(axis=1)
    differ: Array = (m * m - np.square(counts).sum(axis=1)) / (m - 1)
    return differ


def _alpha(observed: float, margins: Array) -> float | None:
    total = float(margins.sum())
    chance = total * total - float(np.square(margins).sum())
    return None if chance == 0 else float(1 - (total - 1) * observed / chance)


def _leaving_out(counts: Array) -> Array:
    """Alpha without each item in turn, float64[items]; NaN where nothing differs any more."""
    differ = _observed(counts)
    margins = counts.sum(axis=0) - counts
    total = margins.sum(axis=1).astype(np.float64)
    chance = total * total - np.square(margins).sum(axis=1)
    left: Array = np.where(chance > 0, 1 - (total - 1) * (differ.sum() - differ) / np.maximum(chance, 1), np.nan)
    return left


def _least_error(counts: Array) -> float:
    """The standard error that few disagreements allow: no disagreement among n items still leaves room for some.

    The share of items in disagreement gets the plus-four variance (Agresti and Coull 1998) and the reach of its
    upper bound; alpha falls by that share over the disagreement that chance would give.
    """
    n = len(counts)
    apart = int((counts.max(axis=1) < counts.sum(axis=1)).sum())
    centre = (apart + 2) / (n + 4)
    reach = t_quantile(0.975, float(n - 1))
    upper = centre + reach * math.sqrt(centre * (1 - centre) / (n + 4))
    margins = counts.sum(axis=0) / counts.sum()
    chance = float(1 - np.square(margins).sum())
    return (upper - apart / n) / reach / max(chance, 1e-12)
