"""Lineages made up for the tests of this room: log tail shares of Bernoulli documents, with estimated errors."""

import math

import numpy as np

from outcross.track.judging import Series, judge
from outcross.track.monitor import Step

TAIL = 0.1
"""The share of documents that speak of rare things, before anything is lost."""


def error_of(documents):
    """The standard error of the logarithm of the tail share."""
    return math.sqrt((1 - TAIL) / TAIL / documents)


def guessed(se, df, rng):
    """A standard error as it is estimated: with infinite df, as it is."""
    return se if math.isinf(df) else se * np.sqrt(rng.chisquare(df, se.shape) / df)


def normal_lineages(runs, documents, rng, *, drift=0.0, df=31.0):
    """Normal changes of many lineages at once: documents of each generation, the baseline five times their mean."""
    documents = np.asarray(documents, float)
    se = np.broadcast_to(error_of(1) / np.sqrt(documents), (runs, len(documents)))
    own = np.full((runs, 1), error_of(5 * documents.mean()))
    change = drift + rng.normal(size=se.shape) * se - rng.normal(size=own.shape) * own
    many = len(documents)
    baseline_se = np.repeat(guessed(own, df, rng), many, 1)
    return Series(np.arange(1, many + 1), change, guessed(se, df, rng), baseline_se, np.full(many, float(df)))


def counted_lineages(runs, documents, shares, rng):
    """Lineages of documents that are counted: shares float[G] of the tail, errors from the counts."""
    found, first = (
        rng.binomial(size, share, (runs, many)) / size
        for size, share, many in ((documents, np.asarray(shares), len(shares)), (5 * documents, TAIL, 1))
    )
    se, own = (np.sqrt((1 - one) / one / size) for one, size in ((found, documents), (first, 5 * documents)))
    many = len(shares)
    return Series(np.arange(1, many + 1), np.log(found / first), se, np.repeat(own, many, 1), np.full(many, math.inf))


def first_alarms(series, plan):
    """The look of the first alarm in each lineage, 0 where there is none."""
    alarms = judge(series, plan).alarms(plan) != 0
    return np.where(alarms.any(-1), alarms.argmax(-1) + 1, 0)


def steps_of(series, run=0):
    """One of the lineages as steps."""
    columns = (series.change[run], series.se[run], series.baseline_se[run], series.df)
    return [Step(*(float(one) for one in row)) for row in zip(*columns, strict=True)]
