"""Watching one measure over generations, with false alarms that stay what they were however often one looks.

The tests are in `judging`; here a series goes in as steps and comes out as looks, the first alarm, and two things that
explain it and gate nothing: where the change seems to have begun, and where the series breaks best.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from outcross.errors import CallError, DataError
from outcross.track.judging import Judged, Series, Watching, judge, log_spent, welch
from outcross.track.mixture import FLOOR, SHAPES, Contrasts
from outcross.track.tails import Floats

__all__ = ["Alarm", "ChangePoint", "Look", "Onset", "Step", "Watched", "Watching", "watch", "welch"]

Direction = Literal["fall", "rise"]

Test = Literal["baseline test", "e-process"]

Shape = Literal["step", "ramp"]


@dataclass(frozen=True, slots=True)
class Step:
    """What one generation says of one measure, against the fixed baseline.

    Attributes:
        change: theta_g - theta_0, a log ratio or points, at the common size of both.
        se: the standard error of theta_g alone.
        baseline_se: of theta_0 alone, at the same size.
        df: jackknife degrees of freedom of these errors; infinite where they are known. `welch` gives those of the
            change, which are more.
        joint_se: of the change itself, where both share units (pairs, overlapping documents); None: hypot(se,
            baseline_se).

    Raises:
        DataError: where one of them is not finite (but `df`), or an error is below 0. What is unknown is no step.
    """

    change: float
    se: float
    baseline_se: float
    df: float
    joint_se: float | None = None

    def __post_init__(self) -> None:
        errors = (self.se, self.baseline_se, 0.0 if self.joint_se is None else self.joint_se)
        if not (math.isfinite(self.change) and all(math.isfinite(one) and one >= 0 for one in errors) and self.df > 0):
            raise DataError(f"A step of {self} cannot be watched.", hint="Give None for a look that says nothing.")


@dataclass(frozen=True, slots=True)
class Look:
    """What is known after one generation.

    Attributes:
        number: which look, from 1; looks that say nothing count.
        z: of the baseline test: the normal value with the tail that Student's t has, signed.
        spent: the one-sided level of the baseline test at this look, for falls and for rises.
        log_e_fall: log of the e-process against falls; None where generations are not independent.
        log_e_rise: likewise against rises.
        low: lower end of the band of changes; minus infinity where rises are not watched.
        high: upper end; infinity where falls are not watched.
        alarm: the direction of an alarm at this look.
        by: which test raised it; the baseline test where both did.
    """

    number: int
    z: float
    spent: tuple[float, float]
    log_e_fall: float | None
    log_e_rise: float | None
    low: float
    high: float
    alarm: Direction | None
    by: Test | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """The first alarm: at which look, in which direction, by which test."""

    look: int
    direction: Direction
    by: Test


@dataclass(frozen=True, slots=True)
class Onset:
    """Where the change seems to have begun, by what was known at the alarm. It explains; it decides nothing.

    Attributes:
        look: the first affected generation; the likeliest among the onsets that the mixture knows.
        shape: a step stays, a ramp goes on. At its first look both are alike, and "step" is said.
        size: the likeliest change: in all for a step, a generation for a ramp.
    """

    look: int
    shape: Shape
    size: float


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The split of the series into two levels with the least squares. It is shown and never gates.

    There is always one, also in a series without any change.

    Attributes:
        look: the first look of the second level.
        before: weighted mean of the changes before it, the baseline's 0 included.
        after: weighted mean of those from it on.
    """

    look: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Watched:
    """A series as watched.

    Attributes:
        looks: one for each step; None where it said nothing.
        alarm: the first; None while there is none.
        onset: where the change of the first alarm seems to have begun.
        change_point: where the series breaks best; None with fewer than two known looks.
    """

    looks: tuple[Look | None, ...]
    alarm: Alarm | None = None
    onset: Onset | None = None
    change_point: ChangePoint | None = None


def watch(steps: Sequence[Step | None], plan: Watching) -> Watched:
    """Watch one measure of a lineage.

    Over all looks together, a series in which nothing changes gives an alarm with a chance of at most `plan.alpha`:
    for normal figures the baseline test keeps its part whatever the looks have to do with each other; the e-process as
    far as its estimated errors are right (docs/benchmarks-track.md says how far that is).

    The band of a look is the set of changes that the baseline test at this look does not refuse, so it excludes 0
    exactly where that test alarms. All bands hold the true changes together with a chance of at least 1 - alpha, and
    1 - alpha/2 where generations are independent, since the e-process has the other half then.

    Args:
        steps: one for each generation after the baseline, in order; None is a look that says nothing. It is a look
            all the same: what it would have spent is not given to others.
        plan: as registered before the first look.

    Raises:
        CallError: where there are more steps than the plan has looks; where a step has an error of its own for the
            change (`joint_se`) and the plan says that generations are independent draws.
    """
    _checked(steps, plan)
    known = [(number, step) for number, step in enumerate(steps, 1) if step is not None]
    if not known:
        return Watched((None,) * len(steps))
    series = _series(known)
    judged = judge(series, plan)
    looks: list[Look | None] = [None] * len(steps)
    for look in _looks(series, judged, plan):
        looks[look.number - 1] = look
    first = next((look for look in looks if look is not None and look.alarm), None)
    if first is None or first.alarm is None or first.by is None:
        return Watched(tuple(looks), change_point=_change_point(series))
    alarm = Alarm(first.number, first.alarm, first.by)
    onset = _onset(series.until(alarm.look).contrasts(), alarm.direction)
    return Watched(tuple(looks), alarm, onset, _change_point(series))


def _checked(steps: Sequence[Step | None], plan: Watching) -> None:
    if plan.looks is not None and len(steps) > plan.looks:
        raise CallError(
            f"There are {len(steps)} looks and the plan has {plan.looks}.",
            hint="What the plan spends is spent; register a new plan for the looks to come.",
        )
    if plan.independent and any(step is not None and step.joint_se is not None for step in steps):
        raise CallError(
            "Generations share units with the baseline, and the plan says that they are independent draws.",
            hint="Plan with independent=False.",
        )


def _series(known: list[tuple[int, Step]]) -> Series:
    """The known looks as arrays."""
    steps = [step for _, step in known]
    joint = [math.hypot(step.se, step.baseline_se) if step.joint_se is None else step.joint_se for step in steps]
    return Series(
        position=np.array([number for number, _ in known], np.int64),
        change=np.array([step.change for step in steps], np.float64),
        se=np.array([step.se for step in steps], np.float64),
        baseline_se=np.array([step.baseline_se for step in steps], np.float64),
        df=np.array([step.df for step in steps], np.float64),
        joint_se=np.array(joint, np.float64) if any(step.joint_se is not None for step in steps) else None,
    )


def _looks(series: Series, judged: Judged, plan: Watching) -> list[Look]:
    """The looks as records."""
    nothing = [None] * len(series.position)
    fall = nothing if judged.log_e_fall is None else judged.log_e_fall.tolist()
    rise = nothing if judged.log_e_rise is None else judged.log_e_rise.tolist()
    spent = [np.exp(log_spent(side, plan.looks, series.position)).tolist() for side in plan.sides]
    directions: dict[int, Direction | None] = {-1: "fall", 0: None, 1: "rise"}
    tests: dict[tuple[bool, bool], Test | None] = {
        (True, True): "baseline test", (True, False): "e-process", (False, False): None,
    }  # fmt: skip
    alarms, plain = judged.alarms(plan), judged.baseline() != 0
    rows = zip(
        series.position.tolist(), judged.z.tolist(), zip(*spent, strict=True), fall, rise, judged.low.tolist(),
        judged.high.tolist(), map(directions.__getitem__, alarms.tolist()),
        map(tests.__getitem__, zip((alarms != 0).tolist(), plain.tolist(), strict=True)), strict=True,
    )  # fmt: skip
    return [Look(*row) for row in rows]


def _onset(found: Contrasts, direction: Direction) -> Onset:
    """The onset and shape whose best change in this direction explains the contrasts best."""
    expected, t = found.expected, found.t
    information = (expected**2).sum(-1)
    size = np.divide(expected @ t, information, out=np.zeros(len(expected)), where=information > 0)
    fits = np.where(size * (1 if direction == "rise" else -1) > 0, size**2 * information, 0.0)
    best = int(fits.argmax())
    shape, onset = divmod(best, len(found.onsets))
    return Onset(int(found.onsets[onset]), SHAPES[shape], float(size[best]))


def _change_point(series: Series) -> ChangePoint | None:
    """Weighted least squares over all splits."""
    if len(series.position) < 2:
        return None
    value = np.concatenate([[0.0], series.change])
    weight = np.maximum(np.concatenate([series.baseline_se[:1], series.se]), FLOOR) ** -2.0
    weight /= weight.max()
    before, after = np.cumsum(weight)[:-1], _from_the_end(weight)
    first, second = np.cumsum(weight * value)[:-1] / before, _from_the_end(weight * value) / after
    split = int((before * after * (first - second) ** 2).argmax())
    return ChangePoint(int(series.position[split]), float(first[split]), float(second[split]))


def _from_the_end(values: Floats) -> Floats:
    """The sum of what comes after each split, added up from the end: nothing small is lost in a difference."""
    sums: Floats = np.cumsum(values[::-1])[::-1][1:]
    return sums
