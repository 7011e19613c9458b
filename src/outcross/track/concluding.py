"""The outcome of a lineage: alarm, no alarm, people needed, or not enough data; never a pass on what was not seen."""

import math
from collections.abc import Sequence

from outcross.estimate import Unknown
from outcross.track.plan import Plan
from outcross.track.record import Alarm, Confounder, Outcome, Series, Verdict
from outcross.track.rows import Row


def alarms_of(series: Sequence[Series], names: Sequence[str]) -> tuple[Alarm, ...]:
    """All alarms, the earliest first."""
    place = {name: number for number, name in enumerate(names)}
    found = [one.alarm for one in series if one.alarm is not None]
    return tuple(sorted(found, key=lambda alarm: (place[alarm.generation], alarm.kind != "loss")))


def outcome(
    series: Sequence[Series], alarms: Sequence[Alarm], verdicts: Sequence[Verdict],
    confounders: Sequence[Confounder], plan: Plan,
) -> tuple[Outcome, str]:  # fmt: skip
    """The outcome and the sentence that says it.

    "No alarm" asks that the newest look of the primary measure could rule out a loss of the margin, that nothing makes
    the comparison unfair, and that no definition of collapse holds. What could not be seen is not "no alarm".
    """
    primary = series[0]
    if alarms:
        losses = [one for one in alarms if one.kind == "loss"]
        first = (losses or alarms)[0]
        kinds = f"{len(losses)} of loss, {len(alarms) - len(losses)} of drift" if len(alarms) > 1 else first.kind
        count = "1 alarm" if len(alarms) == 1 else f"{len(alarms)} alarms"
        return "alarm", f"{count} ({kinds}). {first.says}"
    blind = _blind(primary, plan) or _unseen(series)
    if blind:
        return "not enough", f"No alarm, but too little to say that nothing is lost: {blind}"
    warnings = [one for one in confounders if one.level == "warning"]
    if warnings:
        return "people", f"No alarm, but people must judge whether the comparison is fair: {warnings[0].says}"
    holding = [one for one in verdicts if one.state == "holds"]
    if holding:
        return "people", f"No alarm of the criteria, but a definition of collapse holds: {holding[0].label}."
    return "no alarm", (
        f"No alarm in {_looks(len(primary.rows))}: a loss of {plan.margin:.0%} in {primary.label} is ruled out at the "
        "newest one."
    )  # fmt: skip


def _blind(primary: Series, plan: Plan) -> str:
    """Why the newest look of the primary measure could not rule out a loss of the margin; empty where it could."""
    newest = primary.rows[-1]
    if isinstance(newest.change, Unknown):
        return f"{primary.label} is unknown for {newest.generation}: {newest.change.reason}."
    if newest.band is None:
        return f"{primary.label} of {newest.generation} could not be compared with the control."
    worst = _worst(primary, newest, newest.band)
    if worst <= plan.margin:
        return ""
    return (
        f"{primary.label} of {newest.generation} could have lost up to {worst:.0%} of the baseline's without an alarm "
        f"(the margin is {plan.margin:.0%}). More documents, or a larger baseline, would settle it."
    )  # fmt: skip


def _unseen(series: Sequence[Series]) -> str:
    """Which criterion says nothing of the newest look; empty where all do: what was not measured cannot pass."""
    for one in series:
        change = one.rows[-1].change
        if one.deciding and isinstance(change, Unknown):
            return f"{one.label} is unknown for {one.rows[-1].generation}: {change.reason}."
    return ""


def _worst(primary: Series, newest: Row, band: tuple[float, float]) -> float:
    """The largest loss inside the band, relative to the baseline's value; of a measure that only drifts, either way."""
    low, high = band
    losses = {"fall": (-low,), "rise": (high,), "either": (-low, high)}[primary.loss]
    if primary.scale == "log":
        down = primary.loss == "fall"
        return max(-math.expm1(-end) if down else math.expm1(min(end, 700.0)) for end in losses)
    base = newest.baseline
    if isinstance(base, Unknown) or base.value == 0:
        return math.inf
    return max(losses) / abs(base.value)


def _looks(count: int) -> str:
    return "1 look" if count == 1 else f"{count} looks"
