"""From a track to what its report says: the outcome, alarms, each measure's course, what could explain it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from outcross.report.ancestry import Stop, descent
from outcross.report.courses import WENT, Course, Look, course_of, told_change
from outcross.report.escape import shown
from outcross.report.numbers import MINUS, count, plural, share
from outcross.report.reading import NAME_LIMIT, NOTE_LIMIT, short_digest
from outcross.track.record import Alarm, Confounder, Track, Verdict

WORDS: dict[str, tuple[str, Look]] = {
    "no alarm": ("No alarm", "ok"), "alarm": ("Alarm", "alarm"),
    "people": ("People needed", "unknown"), "not enough": ("Not enough data to say", "unknown"),
}  # fmt: skip
ORDER = ("holds", "unknown", "does not hold")

PLAN_LIMIT, PLAN_PARTS, LISTED = 240, 24, 3


@dataclass(frozen=True)
class Alarmed:
    """An alarm in words.

    Attributes:
        label: of the measure.
        kind: "loss" or "drift".
        moved: e.g. "fell by 12 %", the amount at the alarm.
        interval: of that change.
        generation: at which it was alarmed first.
        onset: from which it likely began.
        now: the change of the newest generation.
        by: which test alarmed.
    """

    label: str
    kind: str
    moved: str
    interval: str
    generation: str
    onset: str
    now: str
    by: str


@dataclass(frozen=True)
class TrackOutline:
    """What a report on a track says, in the order in which it is read.

    Attributes:
        head, path, outcome, look, says, baseline: what was found, of what, against what.
        alarms, deciding, explaining: the measures.
        seen: whose change would have been seen, and what change: one line for all measures that say the same.
        unseen: what is not known of which measures, likewise.
        verdicts, confounders, costs: as in the record; a confounder with its generations in words.
        stops: the lineage; facts: what the figures depend on; reading: how to read it all.
    """

    head: str
    path: str
    outcome: str
    look: Look
    says: str
    baseline: tuple[str, str]
    alarms: tuple[Alarmed, ...]
    deciding: tuple[Course, ...]
    explaining: tuple[Course, ...]
    seen: tuple[tuple[str, str], ...]
    unseen: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]
    confounders: tuple[tuple[str, Confounder], ...]
    costs: tuple[str, ...]
    stops: tuple[Stop, ...]
    facts: tuple[tuple[str, str], ...]
    reading: tuple[str, ...]


def track_outline(track: Track) -> TrackOutline:
    """What a report on this track says."""
    outcome, look = WORDS[track.outcome]
    courses = [course_of(one, primary=one.measure == track.primary) for one in track.series]
    deciding = tuple(course for course, one in zip(courses, track.series, strict=True) if one.deciding)
    explaining = tuple(course for course, one in zip(courses, track.series, strict=True) if not one.deciding)
    return TrackOutline(
        shown(track.head, NAME_LIMIT), _path(track), outcome, look, shown(track.says, NOTE_LIMIT), _baseline(track),
        tuple(_alarmed(one, track) for one in track.alarms), deciding, explaining,
        _together({one.label: one.detectable for one in deciding}),
        _together({one.label: one.why for one in deciding}), _verdicts(track),
        _confounders(track), tuple(shown(cost, NOTE_LIMIT) for cost in track.costs), descent(track.nodes),
        tuple(_facts(track)), _reading(track),
    )  # fmt: skip


def _together(lines: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Whose each line is: labels that say the same stand together."""
    labels: dict[str, list[str]] = {}
    for label, words in lines.items():
        if words:
            labels.setdefault(words, []).append(label)
    whole = len(lines) > 1
    return tuple(
        ("all measures" if whole and len(some) == len(lines) else ", ".join(some), words)
        for words, some in labels.items()
    )


def _path(track: Track) -> str:
    ends = dict.fromkeys(shown(name, NAME_LIMIT) for name in (*track.path[:1], *track.path[-1:]))
    return f"{plural(len(track.path), 'generation')}, {' to '.join(ends)}"


def _baseline(track: Track) -> tuple[str, str]:
    """What all are held against, and the record's sentence on it."""
    base = track.baseline
    said = [shown(base.get("name", "a baseline"), NAME_LIMIT)]
    aside = [shown(base[key], 40) for key in ("role",) if base.get(key)]
    if base.get("documents"):
        aside.append(f"{count(base['documents'])} documents")
    aside += [short_digest(base["digest"])] if base.get("digest") else []
    return f"{said[0]} ({', '.join(aside)})" if aside else said[0], shown(base.get("says", ""), NOTE_LIMIT)


def _alarmed(alarm: Alarm, track: Track) -> Alarmed:
    series = next((one for one in track.series if one.measure == alarm.measure), None)
    change, interval = ("", "")
    if series and alarm.generation in series.columns.generation:
        place = series.columns.generation.index(alarm.generation)
        change, interval = told_change(series.rows[place].change, series.scale)
    now = told_change(series.rows[-1].change, series.scale) if series and series.rows else ("unknown", "")
    return Alarmed(
        shown(series.label if series else alarm.measure, NAME_LIMIT), alarm.kind,
        _moved(alarm, change), interval,
        shown(alarm.generation, NAME_LIMIT), shown(alarm.onset, NAME_LIMIT), " ".join(now).strip(),
        shown(alarm.by, 40),
    )  # fmt: skip


def _moved(alarm: Alarm, change: str) -> str:
    """Which way and how far; evidence from many looks may alarm where the last alone does not point that way."""
    went, sign = WENT[alarm.direction], {"fall": MINUS, "rise": "+"}[alarm.direction]
    if change.startswith(sign):
        return f"{went} by {change[1:]}"
    return f"{went} over all looks, {change} in the last," if change else went


def _verdicts(track: Track) -> tuple[Verdict, ...]:
    """What holds first, then what is not known."""
    told = [
        replace(
            one, definition=shown(one.definition, NAME_LIMIT), label=shown(one.label, NAME_LIMIT),
            source=shown(one.source, NOTE_LIMIT), why=shown(one.why, NOTE_LIMIT), needs=shown(one.needs, NOTE_LIMIT),
            since=None if one.since is None else shown(one.since, NAME_LIMIT),
        )
        for one in track.verdicts
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda one: ORDER.index(one.state)))


def _confounders(track: Track) -> tuple[tuple[str, Confounder], ...]:
    """Warnings first, each with the generations that it concerns in words."""
    told = [
        (_some(one.generations), replace(one, name=shown(one.name, NAME_LIMIT), says=shown(one.says, NOTE_LIMIT)))
        for one in track.confounders
    ]
    return tuple(sorted(told, key=lambda one: one[1].level != "warning"))


def _some(names: tuple[str, ...]) -> str:
    said = ", ".join(shown(name, NAME_LIMIT) for name in names[:LISTED])
    return f"{said} and {len(names) - LISTED:,} more" if len(names) > LISTED else said


def _facts(track: Track) -> Iterator[tuple[str, str]]:
    """What the figures depend on, for who wants to do it again."""
    yield "lineage", _path(track)
    yield "baseline", _baseline(track)[0]
    for key, value in sorted(track.plan.items())[:PLAN_PARTS]:
        yield shown(key, 40).replace("_", " "), shown(_plain(value), PLAN_LIMIT)
    if track.run.get("ended"):
        yield "made", shown(track.run["ended"], 40)


def _plain(value: Any) -> str:
    """A part of the plan on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(part)}" for key, part in sorted(value.items())[:PLAN_PARTS])
    if isinstance(value, list | tuple):
        return ", ".join(_plain(part) for part in value[:PLAN_PARTS])
    return "none" if value is None else count(value)


def _reading(track: Track) -> tuple[str, ...]:
    """How to read it, shortly."""
    alpha = track.plan.get("alpha")
    holds = "The band of all looks holds at every look together, however often you look"
    if isinstance(alpha, float):
        holds += f": at most {share(alpha)} of lineages in which nothing changes raise an alarm"
    return (
        "Every change is against the fixed baseline, at a common size. Changes against the generation before explain, "
        "and never decide.",
        f"[low, high] beside a change is its 95 % interval at one look. {holds}.",
        "In the small charts, · is not known, and arrows mark looks that alarm: ↓ fell, ↑ rose. A loss is a change "
        "away from what human text has; a drift is any other change.",
        "An onset is the generation from which the change likely began. It is an estimate, and does not decide.",
    )
