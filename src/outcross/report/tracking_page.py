"""A track as one HTML file: the outcome, a timeline a measure, definitions, the lineage in a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from outcross.estimate import Estimate
from outcross.report.ancestry import Stop
from outcross.report.charts.drawing import Picture
from outcross.report.charts.lineage import lineage_picture
from outcross.report.charts.timeline import spark, timeline
from outcross.report.courses import WENT, Course, told_band, told_change
from outcross.report.escape import shown
from outcross.report.numbers import exact, tell
from outcross.report.outline import Column, Table
from outcross.report.page import environment
from outcross.report.tracking import track_outline
from outcross.track.record import Series, Track
from outcross.track.rows import Row

NEWEST, LEAST, ROWS = 12, 3, 240
"""Newest looks whose numbers stand below a timeline: so many, or fewer where a page would have more than ROWS."""

NUMBERS = (
    Column("generation", "quote"), Column("value"), Column("change"), Column("95 % interval"),
    Column("band, all looks"), Column("beyond the control"), Column("documents"), Column("z"),
    Column("e-value"), Column("alarm", "text"),
)  # fmt: skip
STOPS = (
    Column("generation", "quote"), Column("role", "text"), Column("from", "quote"), Column("what is known", "quote"),
)  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """A measure on the page: its line of the table, its charts and its numbers."""

    course: Course
    spark: Picture | None
    timeline: Picture | None
    numbers: Table


def track_page(track: Track) -> str:
    """The whole page."""
    outline = track_outline(track)
    looks = max(min(NEWEST, ROWS // max(len(track.series), 1)), LEAST)
    by_kind = [[one for one in track.series if one.deciding is decides] for decides in (True, False)]
    deciding, explaining = (
        [
            Panel(course, spark(one), timeline(one), _numbers(one, looks))
            for one, course in zip(some, courses, strict=True)
        ]
        for some, courses in zip(by_kind, (outline.deciding, outline.explaining), strict=True)
    )
    return environment().get_template("track.html").render(
        outline=outline, deciding=deciding, explaining=explaining,
        picture=lineage_picture(outline.stops), stops=_stops(outline.stops),
    )  # fmt: skip


def _numbers(series: Series, newest: int) -> Table:
    """The newest looks, the first and the one that alarmed, as numbers."""
    first = series.alarm.generation if series.alarm else None
    start = max(len(series.rows) - newest, 0)
    names = series.columns.generation
    rows = [series.rows[place] for place, name in enumerate(names) if place == 0 or place >= start or name == first]
    left = len(series.rows) - len(rows)
    note = f"{left:,} more generations are in the JSON record." if left else ""
    return Table(series.measure, "Numbers", NUMBERS, tuple(_row(series, row) for row in rows), note)


def _row(series: Series, row: Row) -> tuple[str, ...]:
    change, interval = told_change(row.change, series.scale)
    beyond = " ".join(told_change(row.control, series.scale)).strip() if isinstance(row.control, Estimate) else ""
    value = tell(row.value, percent=series.percent)
    return (
        shown(row.generation), str(value) if value.known else "unknown", change, interval,
        told_band(row, series.scale), beyond, f"{row.size:,}" if row.size else "",
        *("" if one is None else exact(float(f"{one:.3g}")) for one in (row.z, row.evidence)),
        WENT[row.alarm] if row.alarm else "",
    )  # fmt: skip


def _stops(stops: Sequence[Stop]) -> Table:
    """The lineage in words."""
    rows = tuple(
        (stop.name, "tracked" if stop.tracked and stop.role == "generation" else stop.role, stop.above,
         stop.told) for stop in stops
    )  # fmt: skip
    return Table("lineage", "Generations", STOPS, rows)
