"""Standard errors from 32 groups of documents.

A document belongs to the group that its text's hash names, so copies stay together and two corpora that
overlap share groups. Leaving out one group at a time gives replicates; their spread gives the standard error
(the delete-a-group jackknife: Kott 2001, J. Official Statistics 17, 521-526).
"""

import math
from dataclasses import dataclass

import numpy as np

from outcross.estimate import Estimate, Finding, Scale, Unknown
from outcross.measure import GROUPS, Array

FEWEST_DOCUMENTS = 2 * GROUPS
"""Fewest documents for which 32 groups give a standard error worth having."""

TOO_FEW = Unknown(f"fewer than {FEWEST_DOCUMENTS} documents: no standard error from groups of documents")


@dataclass(frozen=True)
class Told:
    """What an estimate tells of itself besides its numbers."""

    n: int
    unit: str
    method: str
    assumption: str = "documents are independent draws"
    scale: Scale = "log"


def standard_error(replicates: Array) -> float:
    """The delete-a-group jackknife standard error of a figure, from its leave-one-group-out values."""
    count = len(replicates)
    return float(np.sqrt((count - 1) / count * np.sum((replicates - replicates.mean()) ** 2)))


def estimate(value: float, replicates: Array, told: Told, extra_se: float = 0.0) -> Finding:
    """An estimate with jackknife replicates; `extra_se` adds an independent error, such as a sketch's."""
    if told.n < FEWEST_DOCUMENTS:
        return TOO_FEW
    if not (math.isfinite(value) and np.isfinite(replicates).all()):
        return Unknown("not defined on these documents")
    return Estimate(
        value=float(value), se=math.hypot(standard_error(replicates), extra_se), df=float(GROUPS - 1), n=told.n,
        unit=told.unit, method=told.method, assumption=told.assumption, scale=told.scale,
        replicates=tuple(float(one) for one in replicates),
    )  # fmt: skip


def ratio(numerators: Array, denominators: Array, told: Told) -> Finding:
    """A ratio of sums, each given by jackknife group: float or int[32]."""
    whole = denominators.sum()
    left = whole - denominators
    if whole <= 0:
        return Unknown("nothing to divide by: no such part in these documents")
    if (left <= 0).any():
        return TOO_FEW
    replicates = (numerators.sum() - numerators) / left
    return estimate(numerators.sum() / whole, replicates, told)


def share(hits: Array, totals: Array, *, unit: str, method: str) -> Finding:
    """A share of documents, from hits and documents by jackknife group."""
    return ratio(hits, totals, Told(int(totals.sum()), unit, method, scale="share"))


def by_group(groups: Array, values: Array | None = None) -> Array:
    """Sums of whole numbers by jackknife group, int64[32] (or counts, where there are no values)."""
    if values is None:
        return np.bincount(groups, minlength=GROUPS).astype(np.int64)
    # In floats, which is ten times as fast as `np.add.at`: they are exact below 2^53, and a batch is far below that.
    return np.bincount(groups, weights=values, minlength=GROUPS).astype(np.int64)
