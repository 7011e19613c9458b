"""Lineages made up for the tests of this room: log tail shares of Bernoulli documents, with estimated errors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outcross.track import monitor
from outcross.track.judging import Series, judge, log_spent

TAIL = 0.1
"""The share of documents that speak of rare things, before anything is lost."""


@dataclass(frozen=True)
class Step:
    """What one generation says of one measure, against the fixed baseline; see `Series`."""

    change: float
    se: float
    baseline_se: float
    df: float
    joint_se: float | None = None


@dataclass(frozen=True)
class Look:
    """What is known after one generation."""

    z: float
    spent: tuple[float, float]
    log_e_fall: float | None
    log_e_rise: float | None
    low: float
    high: float
    alarm: str | None
    by: str | None


@dataclass(frozen=True)
class Watched:
    """A series as watched, look by look; None where a look said nothing."""

    looks: Sequence[Look | None]
    alarm: monitor.Alarm | None
    onset: monitor.Onset | None
    change_point: monitor.ChangePoint | None


def series_of(steps: Sequence[Step | None]) -> Series:
    """Those of the steps that say something."""
    known = [(number, one) for number, one in enumerate(steps, 1) if one is not None]
    columns = (np.array([getattr(one, name) for _, one in known], float)
               for name in ("change", "se", "baseline_se", "df"))  # fmt: skip
    joint = [math.hypot(one.se, one.baseline_se) if one.joint_se is None else one.joint_se for _, one in known]
    paired = any(one.joint_se is not None for _, one in known)
    return Series(np.array([at for at, _ in known], np.int64), *columns, np.array(joint, float) if paired else None)


def watch(steps: Sequence[Step | None], plan: monitor.Watching) -> Watched:
    """A lineage given step by step, as watched."""
    series = series_of(steps)
    found = monitor.watch(series, len(steps), plan)
    looks: list[Look | None] = [None] * len(steps)
    spent = [np.exp(log_spent(side, plan.looks, series.position)) for side in plan.sides]
    judged, plain = found.judged, found.judged.baseline()
    for at, number in enumerate(series.position.tolist()):
        alarm = monitor.DIRECTIONS.get(int(found.alarms[at]))
        logs = [None if one is None else float(one[at]) for one in (judged.log_e_fall, judged.log_e_rise)]
        looks[number - 1] = Look(
            float(judged.z[at]), (float(spent[0][at]), float(spent[1][at])), *logs, float(judged.low[at]),
            float(judged.high[at]), alarm, "baseline test" if plain[at] else "e-process" if alarm else None,
        )  # fmt: skip
    return Watched(looks, found.alarm, found.onset, found.change_point)


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
