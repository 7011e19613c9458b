"""A track as Markdown: what a pull request or a wiki shows of a lineage."""

from collections.abc import Iterator, Sequence

from outcross.report.courses import Course
from outcross.report.escape import markdown, markdown_quote
from outcross.report.markdown import grid, heading, items
from outcross.report.outline import Column
from outcross.report.sparks import marks, sparkline
from outcross.report.tracking import Alarmed, TrackOutline

SPARK = 24
"""Width of the small charts, in characters."""

DECIDING = (
    Column("measure", "text"), Column("generations", "text"), Column("newest"), Column("change"),
    Column("95 % interval"), Column("band, all looks"), Column("beyond the control"), Column("state", "text"),
    Column("not known", "quote"), Column("name", "quote"),
)  # fmt: skip
EXPLAINING = (
    Column("measure", "text"), Column("generations", "text"), Column("newest"), Column("change"),
    Column("95 % interval"), Column("against the one before"), Column("not known", "quote"), Column("name", "quote"),
)  # fmt: skip


def track_markdown(outline: TrackOutline) -> str:
    """The whole report."""
    return "\n".join(_lines(outline)).rstrip() + "\n"


def _lines(outline: TrackOutline) -> Iterator[str]:
    yield f"# Lineage of {markdown_quote(outline.head)}"
    yield ""
    yield f"**{outline.outcome}.** {markdown(outline.says)}"
    yield ""
    name, says = outline.baseline
    yield f"{markdown(outline.path)}, against {markdown(name)}. {markdown(says)}".rstrip()
    if outline.alarms:
        yield from heading("Alarms")
        yield from items([_alarm(one) for one in outline.alarms])
    yield from heading("Measures that decide", "Of the newest generation, against the baseline.")
    yield from grid(DECIDING, [_deciding(one) for one in outline.deciding])
    if outline.seen:
        yield from heading("What would be seen", level=3)
        yield from items([f"{markdown(whose)}: {markdown(words)}" for whose, words in outline.seen])
    if outline.explaining:
        yield from heading("Measures that explain", "They explain, and do not decide.")
        yield from grid(EXPLAINING, [_explaining(one) for one in outline.explaining])
    yield from _around(outline)
    yield from _lineage(outline)
    yield from heading("What the figures depend on")
    yield from grid((Column("what", "quote"), Column("value", "quote")), outline.facts)
    yield from heading("How to read this")
    yield from items([markdown(text) for text in outline.reading])


def _alarm(alarm: Alarmed) -> str:
    moved = f"{alarm.moved} {alarm.interval}".rstrip()
    return (
        f"**{alarm.kind.capitalize()}:** {markdown(alarm.label)} {markdown(moved)} at {markdown(alarm.generation)}, "
        f"likely since {markdown(alarm.onset)}; now {markdown(alarm.now)}; found by the {markdown(alarm.by)}."
    )


def _small(course: Course) -> str:
    """The small chart, and behind it which way the looks that alarm went, as cells have no second line."""
    line = sparkline(course.changes, SPARK, course.reach)
    arrows = sorted(set(marks(course.alarms, SPARK)) - {" "})
    return f"{line} {''.join(arrows)}".rstrip()


def _figures(course: Course) -> tuple[str, ...]:
    change = course.change if course.known else "unknown"
    newest = str(course.newest) if course.newest.known else "unknown"
    label = f"{course.label} (primary)" if course.primary else course.label
    return label, _small(course), newest, change, course.interval


def _deciding(course: Course) -> tuple[str, ...]:
    return (*_figures(course), course.band, " ".join(course.beyond).strip(), course.state, course.why, course.measure)


def _explaining(course: Course) -> tuple[str, ...]:
    return (*_figures(course), " ".join(course.previous).strip(), course.why, course.measure)


def _around(outline: TrackOutline) -> Iterator[str]:
    """Definitions, confounders, and what more would tell."""
    if outline.verdicts:
        yield from heading("Definitions of collapse", "Each has its own test: they need not agree.")
        columns = ("definition", "verdict", "since", "why", "would be settled by", "source")
        rows = [(one.label, one.state, one.since or "", one.why, one.needs, one.source) for one in outline.verdicts]
        yield from grid([Column(label, "quote" if label in {"why", "source"} else "text") for label in columns], rows)
    if outline.confounders:
        yield from heading("What else could explain a difference")
        yield from items([
            f"**{one.level.capitalize()}, {markdown(one.name)}:** {markdown(one.says)}"
            f"{f' ({markdown(where)})' if where else ''}" for where, one in outline.confounders
        ])  # fmt: skip
    if outline.costs:
        yield from heading("What you would know with more")
        yield from items([markdown(cost) for cost in outline.costs])


def _lineage(outline: TrackOutline) -> Iterator[str]:
    """A generation a row, in the order of descent."""
    if not outline.stops:
        return
    yield from heading("Lineage", "In the order of descent.")
    columns: Sequence[Column] = [Column(label, "quote") for label in ("generation", "role", "from", "what is known")]
    rows = [
        (stop.name, "tracked" if stop.tracked and stop.role == "generation" else stop.role, stop.above,
         stop.told) for stop in outline.stops
    ]  # fmt: skip
    yield from grid(columns, rows)
