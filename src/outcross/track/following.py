"""From what generations tell to series that are watched, alarms, and the outcome of a lineage."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from outcross.estimate import Finding, Unknown
from outcross.track import judging
from outcross.track.measured import Measured, catalogue, task
from outcross.track.mixture import LARGEST_EXPONENT
from outcross.track.monitor import DIRECTIONS, Watched, Watching, watch
from outcross.track.plan import Criterion, Plan
from outcross.track.power import Typical, what_could_be_seen
from outcross.track.readings import Readings
from outcross.track.record import Alarm, Series
from outcross.track.rows import Rows
from outcross.track.sheets import Gathered
from outcross.track.told import Told

EXPLAINING = 0.05
"""The level at which all measures that decide nothing are watched together."""

LOSS_TOLD = 0.05
"""The loss a generation that "what could be seen" speaks of."""

FAR = 1e6
"""Stands for the open end of a one-sided band, and for z where a change has no error."""

NO_CONTROL = Unknown("no control lineage is registered")

NO_EARLIER = Unknown("there is no earlier one")


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

    @cached_property
    def independent(self) -> bool:
        """Whether generations are draws of their own: prompts, seeds or texts that several share make them go together.

        Named units are seldom drawn afresh, and what is trained on is often kept: neither is taken for independent.
        """
        every = (*self.told.values(), *self.controls)
        return not any(one.facts.get("clustered") or one.facts.get("trained") for one in every)

    @cached_property
    def gathered(self) -> Gathered:
        """All measures of each generation."""
        return Gathered.of([self.told[name].readings for name in self.names], len(self.names))

    @cached_property
    def of_controls(self) -> Gathered:
        """All measures of the control at the same depths."""
        return Gathered.of([one.readings for one in self.controls], len(self.names))

    @property
    def measured(self) -> dict[str, Measured]:
        """All measures that any generation tells of, by name."""
        there = self.gathered.places
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
    readings = followed.gathered.readings(measured.name)
    control = followed.of_controls.readings(measured.name).beside()
    known = readings.watched(control if followed.controlled else None)
    deciding = bool(criterion.measure)
    # What decides nothing needs its band alone, for which the whole of its level is better spent on the baseline test.
    independent = deciding and followed.independent and known.joint_se is None
    watching = Watching(plan.alpha * criterion.weight, criterion.falls, plan.looks, independent)
    watched = watch(known, len(followed.names), watching)
    value, baseline, change = readings.findings(measured)
    previous = readings.apart(readings.look_back(), measured, NO_EARLIER)
    beyond = readings.apart(control, measured, NO_CONTROL)
    findings = {"value": value, "baseline": baseline, "change": change, "previous": previous, "control": beyond}
    looks = _looks(known, watched, len(followed.names), deciding=deciding)
    made = Series(
        measured.name, measured.label, measured.meaning, measured.scale, measured.loss, measured.percent,
        measured.layer, watching.alpha if deciding else 0.0, plan.looks,
        Rows(followed.names, findings, {"size": readings.size.tolist()} | looks),
        change_point=_broken(followed, watched),
    )  # fmt: skip
    if not deciding:
        return made
    alarm = _alarm(followed, made, watched)
    return replace(made, alarm=alarm, detectable=_detectable(readings, measured, known, watching))


def _looks(known: judging.Series, watched: Watched, many: int, *, deciding: bool) -> dict[str, list[Any]]:
    """Band, z, e-value and alarm of each look, None for one that says nothing."""
    judged, seen = watched.judged, len(known.position)
    # One-sided bands end at infinity, which no record can hold.
    low, high, z = np.maximum(judged.low, -FAR), np.minimum(judged.high, FAR), np.clip(judged.z, -FAR, FAR)
    columns = {
        "band": list(zip(low.tolist(), high.tolist(), strict=True)), "z": z.tolist(), "evidence": _evidence(judged),
        "alarm": [DIRECTIONS.get(one) for one in watched.alarms.tolist()] if deciding else [None] * seen,
    }  # fmt: skip
    if seen == many:
        return columns
    places = (known.position - 1).tolist()
    found: dict[str, list[Any]] = {name: [None] * many for name in columns}
    for name, column in columns.items():
        for place, one in zip(places, column, strict=True):
            found[name][place] = one
    return found


def _evidence(judged: judging.Judged) -> list[float | None]:
    """The e-value of each look, the larger of both directions."""
    if judged.log_e_fall is None or judged.log_e_rise is None:
        return [None] * len(judged.z)
    larger = np.minimum(np.maximum(judged.log_e_fall, judged.log_e_rise), LARGEST_EXPONENT)
    return list(map(math.exp, larger.tolist()))


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


def _detectable(readings: Readings, measured: Measured, known: judging.Series, watching: Watching) -> str:
    """What a loss would need to be seen, with errors as they are at the newest known look."""
    usable = np.flatnonzero(known.se > 0)
    if not len(usable) or measured.scale not in ("log", "points"):
        return ""
    newest = usable[-1]
    both_ways = replace(watching, falls=watching.falls if measured.loss == "fall" else 1 - watching.falls)
    if both_ways.falls <= 0:
        return ""
    place = known.position[newest] - 1
    paired = known.joint_se is not None and readings.paired[place]
    se, shared = (known.error[newest], 0.0) if paired else (known.se[newest], known.baseline_se[newest])
    errors = Typical(float(se), float(shared), float(known.df[newest]), "log" if measured.scale == "log" else "points")
    return what_could_be_seen(LOSS_TOLD, errors, both_ways, documents=int(readings.n[place]))
