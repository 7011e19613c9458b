"""From what generations tell to series that are watched, alarms, and the outcome of a lineage."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from outcross.estimate import Estimate, Finding, Unknown
from outcross.track.figures import Reading
from outcross.track.judging import welch
from outcross.track.measured import Measured, catalogue, task
from outcross.track.monitor import Look, Step, Watched, Watching, watch
from outcross.track.plan import Criterion, Plan
from outcross.track.power import Typical, what_could_be_seen
from outcross.track.record import Alarm, Row, Series
from outcross.track.told import Told, estimates

EXPLAINING = 0.05
"""The level at which all measures that decide nothing are watched together."""

LOSS_TOLD = 0.05
"""The loss a generation that "what could be seen" speaks of."""

FAR = 1e6
"""Stands for the open end of a one-sided band, and for z where a change has no error."""

NO_CONTROL = Unknown("no control lineage is registered")


@dataclass(frozen=True)
class Followed:
    """The generations of a lineage and what each tells.

    Attributes:
        names: oldest first.
        told: by name.
        controls: what the control lineage tells, by depth; as long as the lineage where changes are taken against it.
        better: for each imported score, whether higher is better.
    """

    names: tuple[str, ...]
    told: Mapping[str, Told]
    controls: tuple[Told, ...] = ()
    better: Mapping[str, bool | None] | None = None

    @property
    def controlled(self) -> bool:
        """Whether there is a control for every look."""
        return len(self.controls) >= len(self.names) > 0

    @property
    def independent(self) -> bool:
        """Whether generations are draws of their own: prompts, seeds or texts that several share make them go together.

        Named units are seldom drawn afresh, and what is trained on is often kept: neither is taken for independent.
        """
        every = (*self.told.values(), *self.controls)
        return not any(one.facts.get("clustered") or one.facts.get("trained") for one in every)

    def readings(self, measure: str) -> list[Reading | None]:
        """A measure of each generation."""
        return [self.told[name].readings.get(measure) for name in self.names]

    def beside(self, place: int, measure: str) -> Reading | None:
        """The control's reading at the same depth, where it is known."""
        if place >= len(self.controls):
            return None
        found = self.controls[place].readings.get(measure)
        return None if found is None or found.unknown else found

    @property
    def measured(self) -> dict[str, Measured]:
        """All measures that any generation tells of, by name."""
        there = {name for one in self.told.values() for name in one.readings}
        known = {name: one for name, one in catalogue().items() if name in there}
        tasks = sorted(name for name in there if name.startswith("task."))
        better = self.better or {}
        return known | {
            name: task(name.removeprefix("task."), higher_is_better=better.get(name.removeprefix("task.")))
            for name in tasks
        }


def follow(followed: Followed, criteria: Sequence[Criterion], plan: Plan) -> tuple[Series, ...]:
    """All series, the deciding ones first, in the order of the criteria."""
    measured = followed.measured
    deciding = {one.measure: one for one in criteria}
    chosen = [measured.get(name) or _absent(name) for name in deciding]
    others = [one for name, one in measured.items() if name not in deciding]
    explaining = Criterion("", EXPLAINING / plan.alpha / max(len(others), 1))
    return tuple(_series(followed, one, deciding.get(one.name, explaining), plan) for one in (*chosen, *others))


def _absent(name: str) -> Measured:
    """A criterion that no generation tells of: it stays in the report as unknown."""
    return catalogue().get(name) or task(name.removeprefix("task."), higher_is_better=None)


def _series(followed: Followed, measured: Measured, criterion: Criterion, plan: Plan) -> Series:
    steps = _steps(followed, measured.name)
    deciding = bool(criterion.measure)
    # What decides nothing needs its band alone, for which the whole of its level is better spent on the baseline test.
    apart = followed.independent and not any(step is not None and step.joint_se is not None for step in steps)
    independent = deciding and apart
    watching = Watching(plan.alpha * criterion.weight, criterion.falls, plan.looks, independent)
    watched = watch(steps, watching)
    rows = tuple(_rows(followed, measured, watched, deciding=deciding))
    made = Series(
        measured.name, measured.label, measured.meaning, measured.scale, measured.loss, measured.percent,
        measured.layer, watching.alpha if deciding else 0.0, plan.looks, rows, change_point=_broken(followed, watched),
    )  # fmt: skip
    if not deciding:
        return made
    alarm = _alarm(followed, made, watched)
    return replace(made, alarm=alarm, detectable=_detectable(followed, measured, steps, watching))


def _steps(followed: Followed, measure: str) -> list[Step | None]:
    """What is watched: the change against the baseline, or beyond the control's where there is one for every look."""
    steps: list[Step | None] = []
    for place, reading in enumerate(followed.readings(measure)):
        beside = followed.beside(place, measure) if followed.controlled else None
        if reading is None or reading.unknown or (followed.controlled and beside is None):
            steps.append(None)
        elif beside is None:
            steps.append(Step(reading.change, reading.se, reading.baseline_se, _df(reading), reading.joint_se))
        else:
            # Both are held against one baseline, whose error cancels; what units they share makes this too wide.
            error = math.hypot(reading.se, beside.se)
            joint = None if reading.joint_se is None else error
            steps.append(Step(reading.change - beside.change, error, 0.0, min(reading.df, beside.df), joint))
    return steps


def _df(reading: Reading) -> float:
    """Degrees of freedom of a change: its own where it was taken in pairs, or else Welch's."""
    if reading.joint_se is not None or not (reading.se or reading.baseline_se):
        return reading.df
    return float(welch(np.float64(reading.se), np.float64(reading.baseline_se), reading.df))


def _rows(followed: Followed, measured: Measured, watched: Watched, *, deciding: bool) -> Iterator[Row]:
    before: Reading | None = None
    for place, (name, reading) in enumerate(zip(followed.names, followed.readings(measured.name), strict=True)):
        value, baseline, change = estimates(reading, measured)
        band, z, evidence, alarm = _watched(watched.looks[place])
        yield Row(
            name, value, baseline, change, _apart(reading, before, change, Unknown("there is no earlier one")),
            _apart(reading, followed.beside(place, measured.name), change, NO_CONTROL),
            reading.size if reading is not None else 0, band, z, evidence, alarm if deciding else None,
        )  # fmt: skip
        before = reading if reading is not None and not reading.unknown else before


def _watched(
    look: Look | None,
) -> tuple[tuple[float, float] | None, float | None, float | None, Literal["fall", "rise"] | None]:
    """Band, z, e-value and alarm of a look."""
    if look is None:
        return None, None, None, None
    logs = [one for one in (look.log_e_fall, look.log_e_rise) if one is not None]
    evidence = math.exp(min(max(logs), 600.0)) if logs else None
    # One-sided bands end at infinity, which no record can hold.
    low, high = max(look.low, -FAR), min(look.high, FAR)
    return (low, high), max(min(look.z, FAR), -FAR), evidence, look.alarm


def _apart(reading: Reading | None, other: Reading | None, change: Finding, none: Unknown) -> Finding:
    """The difference of two changes against the same baseline."""
    if not isinstance(change, Estimate) or reading is None:
        return change
    if other is None:
        return none
    error = math.hypot(reading.se, other.se)
    return Estimate(
        reading.change - other.change, error, min(reading.df, other.df), reading.n,
        change.unit, "difference of two changes against one baseline",
        "errors independent; where they go together, too wide",
    )  # fmt: skip


def _broken(followed: Followed, watched: Watched) -> str | None:
    return None if watched.change_point is None else followed.names[watched.change_point.look - 1]


def _alarm(followed: Followed, series: Series, watched: Watched) -> Alarm | None:
    if watched.alarm is None:
        return None
    first = watched.alarm
    name = followed.names[first.look - 1]
    onset = name if watched.onset is None else followed.names[watched.onset.look - 1]
    kind: Literal["loss", "drift"] = "loss" if first.direction == series.loss else "drift"
    row = series.rows[first.look - 1]
    moved = "fell" if first.direction == "fall" else "rose"
    change = row.control if followed.controlled else row.change
    against = "the control's change" if followed.controlled else "the baseline"
    says = (
        f"{series.label} {moved} by {amount(series, change)} against {against} at {name} ({kind}; {first.by})"
        + (f"; it seems to have begun at {onset}." if onset != name else ".")
    )  # fmt: skip
    return Alarm(series.measure, first.direction, kind, name, onset, first.by, says[0].upper() + says[1:])


def amount(series: Series, change: Finding) -> str:
    """A change in words: percent of the baseline, points or units, with its 95 % interval."""
    if isinstance(change, Unknown):
        return f"an unknown amount ({change.reason})"
    low, high = change.interval()
    if series.scale == "log":
        return f"{abs(math.expm1(change.value)):.1%} (95 %: {math.expm1(low):+.1%} to {math.expm1(high):+.1%})"
    if series.scale == "points":
        return f"{abs(change.value) * 100:.2g} points (95 %: {low * 100:+.2g} to {high * 100:+.2g})"
    unit = "nats" if series.scale == "nats" else "units"
    return f"{abs(change.value):.3g} {unit} (95 %: {low:+.3g} to {high:+.3g})"


def _detectable(followed: Followed, measured: Measured, steps: Sequence[Step | None], watching: Watching) -> str:
    """What a loss would need to be seen, with errors as they are at the newest known look."""
    known = [(place, step) for place, step in enumerate(steps) if step is not None and step.se > 0]
    if not known or measured.scale not in ("log", "points"):
        return ""
    place, step = known[-1]
    reading = followed.readings(measured.name)[place]
    both_ways = replace(watching, falls=watching.falls if measured.loss == "fall" else 1 - watching.falls)
    se, shared = (step.se, step.baseline_se) if step.joint_se is None else (step.joint_se, 0.0)
    errors = Typical(se, shared, step.df, "log" if measured.scale == "log" else "points")
    documents = reading.n if reading is not None else 0
    loss = LOSS_TOLD if both_ways.falls > 0 else 0.0
    return what_could_be_seen(loss, errors, both_ways, documents=documents) if loss else ""
