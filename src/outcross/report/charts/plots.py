"""The charts that reports need: a curve with its band, a histogram, named bars, dots with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from outcross.report.charts.drawing import Picture, Sheet
from outcross.report.charts.scales import Scale, linear, logarithmic
from outcross.report.escape import fitted

Span = tuple[float, float, float]
"""Low end, value and high end of an interval."""

WIDTH, HEIGHT = 460.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 16.0, 14.0, 44.0
LABELS, LABEL_CELLS = 148.0, 23
WIDE_LABELS, WIDE_LABEL_CELLS = 216.0, 33
ROW = 20.0


@dataclass(frozen=True)
class Caption:
    """What a chart is called and what its axes count.

    Attributes:
        title: what the chart is.
        description: what it shows, in words.
        across: name of the horizontal axis.
        percent: whether the value axis counts in percent.
    """

    title: str
    description: str = ""
    across: str = ""
    percent: bool = False


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram, from low to high."""

    low: float
    high: float
    height: float
    hint: str = ""


@dataclass(frozen=True)
class Bar:
    """A named bar and the number beside it."""

    name: str
    length: float
    told: str


@dataclass(frozen=True)
class Dot:
    """A named value with its interval; without a span it is not known. A region has no value worth a point."""

    name: str
    span: Span | None
    told: str
    look: str = ""
    region: bool = False


def curve(points: Sequence[tuple[float, Span]], caption: Caption) -> Picture | None:
    """A curve over a logarithmic axis, with the band of its intervals."""
    points = [point for point in points if point[0] > 0]
    if len(points) < 2:
        return None
    sheet = _sheet(caption, WIDTH, HEIGHT)
    across = logarithmic([size for size, _ in points], (LEFT, WIDTH - RIGHT))
    values = [value for _, span in points for value in span]
    up = linear(values, (HEIGHT - BOTTOM, TOP), zero=min(values) < max(values) / 2)
    _axes(sheet, across, up, caption)
    upper = [(across(size), up(high)) for size, (_, _, high) in points]
    lower = [(across(size), up(low)) for size, (low, _, _) in points]
    sheet.path([*upper, *reversed(lower)], "band", closed=True)
    sheet.path([(across(size), up(value)) for size, (_, value, _) in points], "curve")
    size, (_, value, _) = points[-1]
    sheet.dot((across(size), up(value)), "dot")
    return sheet.finished()


def histogram(bins: Sequence[Bin], caption: Caption, *, log_heights: bool = False) -> Picture | None:
    """Bars side by side over a logarithmic axis; heights are logarithmic where asked."""
    first = next((place for place, one in enumerate(bins) if one.height > 0), len(bins))
    last = next((place for place in range(len(bins), 0, -1) if bins[place - 1].height > 0), 0)
    bins = bins[first:last]
    if not bins:
        return None
    sheet = _sheet(caption, WIDTH, HEIGHT)
    low = max(bins[0].low, 0.5)
    across = logarithmic([low, *(one.high for one in bins)], (LEFT, WIDTH - RIGHT))
    up = _heights([one.height for one in bins], log=log_heights)
    _axes(sheet, across, up, caption)
    for one in bins:
        left, right = across(max(one.low, low)), across(one.high)
        top = up(one.height) if one.height > 0 else up(up.low)
        sheet.box((left + 0.75, top), right - left - 1.5, up(up.low) - top, "bar", hint=one.hint)
    return sheet.finished()


def _heights(heights: Sequence[float], *, log: bool) -> Scale:
    """The scale of heights; a logarithmic one starts below one, so that a single thing can be seen."""
    place = (HEIGHT - BOTTOM, TOP)
    return (
        replace(logarithmic([1.0, *heights], place, room=1.25), low=0.7) if log else linear(heights, place, zero=True)
    )


def bars(rows: Sequence[Bar], caption: Caption) -> Picture | None:
    """Named bars from zero, each with its number."""
    longest = max((row.length for row in rows), default=0.0)
    if longest <= 0:
        return None
    numbers = 84.0
    sheet = _sheet(caption, WIDTH, ROW * len(rows) + 8)
    across = Scale(0.0, longest, LABELS, WIDTH - numbers)
    for place, row in enumerate(rows):
        top = ROW * place + 4
        sheet.label((0, top), (LABELS - 10, ROW), fitted(row.name, LABEL_CELLS), "name")
        sheet.box((LABELS, top + 4), max(across(row.length) - LABELS, 0.75), ROW - 8, "bar")
        sheet.words((across(row.length) + 6, top + ROW * 0.7), row.told, "number")
    return sheet.finished()


def dots(rows: Sequence[Dot], caption: Caption, *, zero: bool = False, band: float = 0.0) -> Picture | None:
    """Values with intervals below one another on one scale.

    Args:
        rows: what is compared, from the top.
        caption: title and axes.
        zero: whether the scale must hold zero, marked by a line.
        band: half the width of a shaded band around zero; none at 0.
    """
    spans = [row.span for row in rows if row.span]
    if not spans:
        return None
    sheet = _sheet(caption, WIDTH, ROW * len(rows) + 48)
    extent = [value for span in spans for value in span] + ([0.0] if zero else []) + ([-band, band] if band else [])
    labels, cells = _label_room(rows)
    across = linear(extent, (labels, WIDTH - RIGHT))
    floor = ROW * len(rows) + 8
    if band:
        left, right = across(-band), across(band)
        sheet.box((left, 4), right - left, floor - 4, "margin")
    _ruled(sheet, across, floor, caption)
    if zero and across.low <= 0 <= across.high:
        sheet.line((across(0), 4), (across(0), floor), "axis")
    for place, row in enumerate(rows):
        _dot(sheet, row, across, (ROW * place + 8, cells))
    return sheet.finished()


def _label_room(rows: Sequence[Dot]) -> tuple[float, int]:
    """How wide the column of names is, in pixels and in letters."""
    wide = any(len(row.name) > LABEL_CELLS for row in rows)
    return (WIDE_LABELS, WIDE_LABEL_CELLS) if wide else (LABELS, LABEL_CELLS)


def _dot(sheet: Sheet, row: Dot, across: Scale, place: tuple[float, int]) -> None:
    """One row: at its upper edge, with so many letters for its name."""
    top, cells = place
    middle = top + ROW * 0.45
    sheet.label((0, top - 1), (across.start - 10, ROW), fitted(row.name, cells), "name")
    if row.span is None:
        sheet.words((across.start + 6, top + ROW * 0.65), fitted(row.told, 36), "unknown")
        return
    low, value, high = row.span
    sheet.line((across(low), middle), (across(high), middle), f"reach {row.look}".rstrip())
    if not row.region:
        sheet.dot((across(value), middle), f"dot {row.look}".rstrip(), hint=f"{row.name}: {row.told}")


def _ruled(sheet: Sheet, across: Scale, floor: float, caption: Caption) -> None:
    """Thin upright lines with their numbers below."""
    for tick, told in across.marks(5, percent=caption.percent):
        sheet.line((across(tick), 4), (across(tick), floor), "rule")
        sheet.words((across(tick), floor + 15), told, "tick", anchor="middle")
    sheet.words((across.end, floor + 31), caption.across, "title", anchor="end")


def _sheet(caption: Caption, width: float, height: float) -> Sheet:
    return Sheet(width, height, title=caption.title, description=caption.description)


def _axes(sheet: Sheet, across: Scale, up: Scale, caption: Caption) -> None:
    """Lines across at round numbers, numbers at both axes, and what they count."""
    for tick, told in up.marks(5, percent=caption.percent):
        sheet.line((across.start, up(tick)), (across.end, up(tick)), "rule")
        sheet.words((across.start - 7, up(tick) + 4), told, "tick", anchor="end")
    floor = up.start
    sheet.line((across.start, floor), (across.end, floor), "axis")
    for tick, told in across.marks(6):
        x = across(tick)
        sheet.line((x, floor), (x, floor + 4), "axis")
        sheet.words((x, floor + 17), told, "tick", anchor="middle")
    sheet.words((across.end, floor + 35), caption.across, "title", anchor="end")
