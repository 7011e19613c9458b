"""Watching one measure over generations, with false alarms that stay what they were however often one looks.

The tests are in `judging`; here a series comes out with what both say of each look, the first alarm, and two things
that explain it and gate nothing: where the change seems to have begun, and where the series breaks best.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from outcross.errors import CallError, DataError
from outcross.track.judging import Judged, Series, Watching, judge
from outcross.track.mixture import FLOOR, SHAPES, Contrasts, Ints
from outcross.track.tails import Floats

__all__ = ["Alarm", "ChangePoint", "Onset", "Series", "Watched", "Watching", "watch"]

Direction = Literal["fall", "rise"]

Test = Literal["baseline test", "e-process"]

Shape = Literal["step", "ramp"]

DIRECTIONS: dict[int, Direction] = {-1: "fall", 1: "rise"}

NOTHING = Judged(np.empty(0), np.empty(0), np.empty(0), None, None)
"""Of a series without known looks."""


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


@dataclass(frozen=True, eq=False)
class Watched:
    """A series as watched.

    Attributes:
        judged: what both tests say of each known look.
        alarms: the direction of an alarm at each known look: -1 a fall, 1 a rise, 0 none; int64[G].
        alarm: the first; None while there is none.
        onset: where the change of the first alarm seems to have begun.
        change_point: where the series breaks best; None with fewer than two known looks.
    """

    judged: Judged
    alarms: Ints
    alarm: Alarm | None = None
    onset: Onset | None = None
    change_point: ChangePoint | None = None


def watch(series: Series, looks: int, plan: Watching) -> Watched:
    """Watch one measure of a lineage.

    Over all looks together, a series in which nothing changes gives an alarm with a chance of at most `plan.alpha`:
    for normal figures the baseline test keeps its part whatever the looks have to do with each other; the e-process as
    far as its estimated errors are right (docs/benchmarks-track.md says how far that is).

    The band of a look is the set of changes that the baseline test at this look does not refuse, so it excludes 0
    exactly where that test alarms. All bands hold the true changes together with a chance of at least 1 - alpha, and
    1 - alpha/2 where generations are independent, since the e-process has the other half then.

    Args:
        series: the known looks of one measure. A look that says nothing is not among them, and is a look all the same:
            what it would have spent is not given to others.
        looks: how many there were, those that say nothing among them.
        plan: as registered before the first look.

    Raises:
        CallError: where there are more looks than the plan has; where changes have errors of their own (`joint_se`)
            and the plan says that generations are independent draws.
        DataError: where a number is not finite (but `df`), or an error is below 0. What is unknown is no look.
    """
    _checked(series, looks, plan)
    if not len(series.position):
        return Watched(NOTHING, np.empty(0, np.int64))
    judged = judge(series, plan)
    alarms, change_point = judged.alarms(plan), _change_point(series)
    if not alarms.any():
        return Watched(judged, alarms, change_point=change_point)
    first = int((alarms != 0).argmax())
    by: Test = "baseline test" if judged.baseline()[first] else "e-process"
    alarm = Alarm(int(series.position[first]), DIRECTIONS[int(alarms[first])], by)
    return Watched(judged, alarms, alarm, _onset(series.until(alarm.look).contrasts(), alarm.direction), change_point)


def _checked(series: Series, looks: int, plan: Watching) -> None:
    if plan.looks is not None and looks > plan.looks:
        raise CallError(
            f"There are {looks} looks and the plan has {plan.looks}.",
            hint="What the plan spends is spent; register a new plan for the looks to come.",
        )
    if plan.independent and series.joint_se is not None:
        raise CallError(
            "Generations share units with the baseline, and the plan says that they are independent draws.",
            hint="Plan with independent=False.",
        )
    errors = np.concatenate([series.se, series.baseline_se, series.error])
    if not (np.isfinite(series.change).all() and (np.isfinite(errors) & (errors >= 0)).all() and (series.df > 0).all()):
        raise DataError(
            "There are looks with numbers that cannot be watched: infinite, or errors below 0.",
            hint="Leave out a look that says nothing.",
        )


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
