"""A measure through the generations, in words: what it was, how it changed, and whether that is beyond noise."""

from dataclasses import dataclass
from typing import Literal

from outcross.estimate import Estimate, Finding, Unknown
from outcross.report.escape import shown
from outcross.report.numbers import REASON_LIMIT, Told, moved, plural, span_of, tell
from outcross.report.reading import NAME_LIMIT, NOTE_LIMIT
from outcross.track.record import Series
from outcross.track.rows import Row

Look = Literal["ok", "alarm", "unknown", "plain"]
"""How a line looks: nothing wrong, wrong, not known, or nothing to judge."""

WENT = {"fall": "fell", "rise": "rose"}


@dataclass(frozen=True)
class Course:
    """A measure through the generations, in words.

    Attributes:
        measure, label, meaning, layer: its names.
        primary: whether it is the primary criterion.
        changes: against the baseline, None where not known; reach: a change that the newest band would not hold for 0.
        alarms: by look, its direction or None.
        newest: value of the newest generation.
        change, interval, band: of the newest generation against the baseline, or why it is unknown.
        beyond: change beyond the control's; previous: against the generation before; each with its interval, and
            empty where unknown.
        state: e.g. "ok" or "fell at g5 (loss)"; look: how it looks; why: what is not known, and why.
        detectable: what would have been seen.
    """

    measure: str
    label: str
    meaning: str
    layer: str
    primary: bool
    changes: tuple[float | None, ...]
    reach: float
    alarms: tuple[str | None, ...]
    newest: Told
    change: str
    interval: str
    band: str
    beyond: tuple[str, str]
    previous: tuple[str, str]
    state: str
    look: Look
    why: str
    detectable: str

    @property
    def known(self) -> bool:
        """Whether the newest change is known."""
        return not self.change.startswith("unknown")


def course_of(series: Series, *, primary: bool) -> Course:
    """What a report says of a series."""
    newest, columns = series.rows[-1] if series.rows else None, series.columns
    none: Finding = Unknown("no generation has it")
    change, interval = told_change(newest.change if newest else none, series.scale)
    state, look, why = _state(series, change)
    return Course(
        shown(series.measure, NAME_LIMIT), shown(series.label, NAME_LIMIT), shown(series.meaning, NOTE_LIMIT),
        shown(series.layer, 40), primary, tuple(columns.findings["change"].values), _reach(newest),
        tuple(columns.told["alarm"]) if series.deciding else (None,) * len(columns),
        tell(newest.value if newest else none, percent=series.percent), change, interval,
        told_band(newest, series.scale) if newest else "",
        _aside(newest.control if newest else none, series.scale),
        _aside(newest.previous if newest else none, series.scale), state, look, why,
        shown(series.detectable, NOTE_LIMIT),
    )  # fmt: skip


def told_change(finding: Finding, scale: str) -> tuple[str, str]:
    """A change in words and its interval, or why it is not known.

    >>> told_change(Unknown("too few documents"), "log")
    ('unknown: too few documents', '')
    """
    if isinstance(finding, Unknown):
        return f"unknown: {shown(finding.reason, REASON_LIMIT)}", ""
    span = span_of(finding)
    if span is None:
        return "unknown: the record holds no valid number", ""
    told, interval = moved(span, scale)
    return told, interval if span[0] < span[2] else ""


def told_band(row: Row, scale: str) -> str:
    """The band of a change that holds at all looks together, or nothing."""
    if row.band is None or not isinstance(row.change, Estimate):
        return ""
    return moved((row.band[0], row.change.value, row.band[1]), scale)[1]


def _reach(row: Row | None) -> float:
    """Half the width of the newest band: a smaller change would not alarm."""
    return 0.0 if row is None or row.band is None else (row.band[1] - row.band[0]) / 2


def _aside(finding: Finding, scale: str) -> tuple[str, str]:
    """A change that decides nothing, where it is known."""
    return told_change(finding, scale) if isinstance(finding, Estimate) else ("", "")


def _state(series: Series, change: str) -> tuple[str, Look, str]:
    """The state of a measure, how that looks, and what is not known of it."""
    unknown = change.startswith("unknown")
    missing = int((~series.columns.findings["change"].known).sum())
    why = change if unknown else f"{missing} of {plural(len(series.rows), 'look')} unknown" if missing else ""
    if series.alarm is not None:
        alarm = series.alarm
        return f"{WENT[alarm.direction]} at {shown(alarm.generation, 24)} ({alarm.kind})", "alarm", why
    if unknown:
        return "unknown", "unknown", why
    return ("ok", "ok", why) if series.deciding else ("explains", "plain", why)
