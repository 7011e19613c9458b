"""A verdict as one HTML file: the outcome, each requirement with its interval beside its limit, the sources."""

from outcross.report.charts.drawing import Picture, Sheet
from outcross.report.gating import Bar, Judged, VerdictOutline
from outcross.report.page import environment

WIDTH, HEIGHT, EDGE = 168.0, 26.0, 6.0


def verdict_page(outline: VerdictOutline) -> str:
    """The whole page."""
    return environment().get_template("verdict.html").render(
        outline=outline,
        held=[(one, bar_picture(one)) for one in outline.held],
        met=[(one, bar_picture(one)) for one in outline.met],
    )  # fmt: skip


def bar_picture(one: Judged) -> Picture | None:
    """An interval beside its limit; what is allowed is shaded."""
    if one.bar is None:
        return None
    bar = one.bar
    sheet = Sheet(WIDTH, HEIGHT, title=f"{one.name}: {one.found}", description=f"{one.found}, {one.limit}")
    left, right, limit = _at(bar.low), _at(bar.high), _at(bar.limit)
    _allowed(sheet, bar, limit)
    sheet.line((EDGE, HEIGHT - 5), (WIDTH - EDGE, HEIGHT - 5), "rule")
    sheet.box((left, 9), max(right - left, 3.0), 7, f"found {one.look}", hint=f"{one.found}, {one.limit}")
    if bar.open:
        tip = WIDTH - EDGE
        sheet.path([(tip, 7), (tip + EDGE, 12.5), (tip, 18)], f"found {one.look}", closed=True)
    sheet.line((limit, 3), (limit, HEIGHT - 5), "limit")
    return sheet.finished()


def _allowed(sheet: Sheet, bar: Bar, limit: float) -> None:
    """The side of the limit on which a requirement is met."""
    start, end = (EDGE, limit) if bar.most else (limit, WIDTH - EDGE)
    sheet.box((start, 3), end - start, HEIGHT - 8, "margin")


def _at(part: float) -> float:
    return EDGE + part * (WIDTH - 2 * EDGE)
