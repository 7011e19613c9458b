"""Which charts an audit has, by the key of the table or section that they stand in."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from outcross.audits.record import Audit
from outcross.estimate import Estimate
from outcross.report.chapters import row_of
from outcross.report.charts.drawing import Picture
from outcross.report.charts.plots import Bar, Bin, Caption, Dot, Span, bars, curve, dots, histogram
from outcross.report.comparing import MARGIN_IN_POINTS, Change
from outcross.report.numbers import count, plural, span_of
from outcross.report.outline import Groups, Row, Section, Table
from outcross.report.tables import CURVES, bin_label

SHARES = 10
WORDS = 15
FARTHEST = 10.0
"""Changes are drawn up to here; the table holds their numbers."""


def gallery(audit: Audit, sections: Sequence[Section]) -> dict[str, Picture]:
    """Pictures by key, for the tables of an audit, where there is something to draw."""
    tables = audit.profile.tables
    charts: dict[str, Picture | None] = {
        f"curve:{name}": _curve(audit, name) for name in CURVES if name in audit.profile.curves
    }
    if "lengths" in tables:
        charts["lengths"] = _lengths(_records(tables["lengths"]))
    if "spectrum" in tables:
        charts["spectrum"] = _spectrum(_records(tables["spectrum"]))
    for table in (table for section in sections for table in section.tables):
        if table.key in {"languages", "scripts", "top_words"}:
            charts[table.key] = _bars(table, tables[table.key])
    return {key: picture for key, picture in charts.items() if picture}


def _records(rows: Sequence[object]) -> list[Mapping[str, Any]]:
    """The rows of a table that are rows."""
    return [row for row in rows if isinstance(row, Mapping)]


def _number(row: Mapping[str, Any], key: str) -> float:
    """A number of a table's row; nothing where the record holds none."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return float(value)


def _curve(audit: Audit, name: str) -> Picture | None:
    _, title, unit = CURVES[name]
    whole = "piece" if unit == "bytes" else "sample"
    points = [
        (float(size), span)
        for size, finding in audit.profile.curves[name] if isinstance(finding, Estimate)
        for span in [span_of(finding)] if span
    ]  # fmt: skip
    percent = name in audit.figures and row_of(name, audit.figures[name]).percent
    if not points:
        return None
    described = f"From {count(points[0][0])} to {count(points[-1][0])} {unit}; the band is the 95 % interval."
    return curve(points, Caption(title, described, f"{unit} in a {whole}, log scale", percent=percent))


def _lengths(rows: Sequence[Mapping[str, Any]]) -> Picture | None:
    bins = [
        Bin(_number(row, "low"), _number(row, "high"), _number(row, "documents"),
            f"{count(row.get('low'))} to below {count(row.get('high'))} words: {count(row.get('documents'))}")
        for row in rows
    ]  # fmt: skip
    described = "Number of documents by their length in words."
    return histogram(bins, Caption("Documents by length", described, "words in a document, log scale"))


def _spectrum(rows: Sequence[Mapping[str, Any]]) -> Picture | None:
    bins = [
        Bin(_number(row, "low"), _number(row, "high") + 1, _number(row, "types"),
            f"{bin_label(row)} occurrences: {count(row.get('types'))} distinct words")
        for row in rows
    ]  # fmt: skip
    described = "Number of distinct words by how often they occur; both axes are logarithmic."
    caption = Caption("Words by how often they occur", described, "occurrences of a word, both axes log scale")
    return histogram(bins, caption, log_heights=True)


def _bars(table: Table, rows: Sequence[object]) -> Picture | None:
    """Bars of a table whose rows are names with a share or a count."""
    key = "occurrences" if table.key == "top_words" else "share"
    most = WORDS if table.key == "top_words" else SHARES
    shown = [
        Bar(cells[0], _number(record, key), cells[-1])
        for cells, record in list(zip(table.rows, _records(rows), strict=False))[:most]
    ]  # fmt: skip
    return bars(shown, Caption(table.title, f"The {plural(len(shown), 'largest', 'largest')}."))


def shares_chart(section: Section) -> Picture | None:
    """All shares of documents of a section on one scale, e.g. the rules of repetition."""
    rows = [row for row in section.rows if row.percent]
    if len(rows) < 3:
        return None
    shown = [Dot(row.label, row.told.span, str(row.told), region=_is_region(row)) for row in rows]
    described = "Shares with their 95 % intervals, on one scale."
    return dots(shown, Caption(section.title, described, "with 95 % interval", percent=True), zero=True)


def _is_region(row: Row) -> bool:
    """Whether only the ends of a row are told."""
    span = row.told.span
    return span is not None and span[0] < span[2] and not row.told.interval


def group_charts(groups: Groups) -> tuple[tuple[str, Picture], ...]:
    """A chart for every key figure with an interval: groups below one another, on one scale."""
    made = []
    for number, label in enumerate(groups.figures):
        told = [cells[number] for cells in groups.cells]
        if any(one.interval for one in told):
            rows = [Dot(name, one.span, str(one)) for name, one in zip(groups.names, told, strict=True)]
            described = f"{label} of {plural(len(rows), 'group')}, each with its 95 % interval."
            caption = Caption(label, described, "with 95 % interval", percent=groups.percents[number])
            picture = dots(rows, caption)
            made += [(label, picture)] if picture else []
    return tuple(made)


def comparison_charts(changes: Sequence[Change], margin: float) -> tuple[tuple[str, Picture], ...]:
    """Changes around zero with the margin shaded: relative to the value, and in points of a share."""
    made = []
    for relative, title, band in (
        (True, "Relative change", margin), (False, "Change in points of a share", margin * MARGIN_IN_POINTS)
    ):  # fmt: skip
        rows = [
            Dot(one.label, _within(one.span), one.effect, "changed" if one.differs else "")
            for one in changes if one.relative is relative and one.span
        ]  # fmt: skip
        described = "Changes from a to b with their 95 % intervals; the shaded band is the margin."
        picture = dots(rows, Caption(title, described, "shaded: the margin", percent=True), zero=True, band=band)
        made += [(title, picture)] if picture else []
    return tuple(made)


def _within(span: Span) -> Span:
    """The span as far as it can be drawn: an interval without end would leave no room for the others."""
    low, value, high = (min(max(one, -FARTHEST), FARTHEST) for one in span)
    return low, value, high
