"""The picture of a lineage: generations from left to right, forks below one another, long lineages in several rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outcross.report.ancestry import Stop
from outcross.report.charts.drawing import Picture, Sheet
from outcross.report.escape import fitted

COLUMNS = 10
STEP, ROW, GAP, MARGIN = 96.0, 58.0, 18.0, 48.0
LETTERS = 13
SIZE = 8.0


@dataclass(frozen=True)
class Spot:
    """Where a stop is drawn: its column from the left end of its row of the picture, and its place."""

    stop: Stop
    block: int
    x: float
    y: float


def lineage_picture(stops: Sequence[Stop]) -> Picture | None:
    """The picture; nothing where nothing is registered."""
    if not stops:
        return None
    spots, (width, height) = _placed(stops)
    described = "Each generation to the right of its parents: a disc where it is tracked, a ring where not, a diamond "
    described += "for human text, a square for the control, dashed where a parent is missing."
    sheet = Sheet(width, height, title="Lineage", description=described)
    found = {name: spot for spot in spots for name in spot.stop.names}
    for spot in spots:
        inside = set(spot.stop.names)
        for parent in {found[name].stop.names: found[name] for name in _parents(spot.stop, found)}.values():
            if parent is not spot and not inside.issuperset(parent.stop.names):
                _edge(sheet, parent, spot, width)
    for spot in spots:
        _drawn(sheet, spot)
    return sheet.finished()


def _parents(stop: Stop, found: Mapping[str, Spot]) -> list[str]:
    return [name for name in stop.parents if name in found]


def _placed(stops: Sequence[Stop]) -> tuple[list[Spot], tuple[float, float]]:
    """Where each stop is drawn, and the size of it all."""
    columns = _columns(stops)
    branches = _branches(stops)
    blocks = max(columns) // COLUMNS + 1
    spots, top = [], 0.0
    placed: dict[int, Spot] = {}
    for block in range(blocks):
        inside = [place for place in range(len(stops)) if columns[place] // COLUMNS == block]
        rows = {branch: row for row, branch in enumerate(sorted({branches[place] for place in inside}))}
        for place in inside:
            x = MARGIN + columns[place] % COLUMNS * STEP
            placed[place] = Spot(stops[place], block, x, top + ROW * rows[branches[place]] + 22)
        top += ROW * len(rows) + GAP
    spots = [placed[place] for place in range(len(stops))]
    return spots, (MARGIN * 2 + STEP * (min(max(columns) + 1, COLUMNS) - 1), top)


def _columns(stops: Sequence[Stop]) -> list[int]:
    """One column more than the rightmost parent that stands before it."""
    column_of: dict[str, int] = {}
    columns = []
    for stop in stops:
        column = max((column_of[name] + 1 for name in stop.parents if name in column_of), default=0)
        columns.append(column)
        column_of |= dict.fromkeys(stop.names, column)
    return columns


def _branches(stops: Sequence[Stop]) -> list[int]:
    """Which branch each stop lies on: that of its lane, unless it begins a new one."""
    of_lane: dict[int, int] = {}
    branches: list[int] = []
    for stop in stops:
        if stop.starts or stop.lane not in of_lane:
            of_lane[stop.lane] = max(branches, default=-1) + 1
        branches.append(of_lane[stop.lane])
    return branches


def _edge(sheet: Sheet, parent: Spot, child: Spot, width: float) -> None:
    """From a parent to its child; over the end of a row where the child begins the next, else in words."""
    look = "edge missing" if parent.stop.role == "missing" else "edge"
    if parent.block == child.block:
        _bent(sheet, (parent.x + SIZE, parent.y), (child.x - SIZE, child.y), look)
    elif parent.x >= MARGIN + STEP * (COLUMNS - 1) and child.x <= MARGIN and child.block == parent.block + 1:
        sheet.line((parent.x + SIZE, parent.y), (min(parent.x + STEP / 2, width - 4), parent.y), look)
        sheet.line((max(child.x - STEP / 2, 4), child.y), (child.x - SIZE, child.y), look)
    else:
        hint = f"also from {parent.stop.name}"
        sheet.words((child.x, child.y - 13), fitted(hint, LETTERS + 3), "tick", anchor="middle", hint=hint)


def _bent(sheet: Sheet, start: tuple[float, float], end: tuple[float, float], look: str) -> None:
    """A line that changes its row just before its end; a long one runs between the rows, past what lies there."""
    (x0, y0), (x1, y1) = start, end
    if y0 == y1 and x1 - x0 < STEP:
        sheet.line(start, end, look)
        return
    if x1 - x0 < STEP:
        sheet.path([start, (x1 - 30, y0), (x1 - 16, y1), end], look)
        return
    between = y1 - 20
    sheet.path([start, (x0 + 24, y0), (x0 + 36, between), (x1 - 18, between), (x1 - 8, y1), end], look)


def _drawn(sheet: Sheet, spot: Spot) -> None:
    """One stop, its shape by its role, and its name below."""
    stop, x, y = spot.stop, spot.x, spot.y
    hint = f"{stop.name}: {stop.told}" if stop.told else stop.name
    look = f"stop {stop.role}{' tracked' if stop.tracked else ''}"
    if stop.role == "human":
        sheet.path([(x, y - SIZE), (x + SIZE, y), (x, y + SIZE), (x - SIZE, y)], look, closed=True, hint=hint)
    elif stop.role == "control":
        sheet.box((x - SIZE + 1, y - SIZE + 1), 2 * SIZE - 2, 2 * SIZE - 2, look, hint=hint)
    elif stop.role == "folded":
        for step in (-6.0, 0.0, 6.0):
            sheet.dot((x + step, y), look, radius=2.0, hint=hint)
    else:
        sheet.dot((x, y), look, radius=SIZE - 1, hint=hint)
    sheet.words((x, y + 23), fitted(stop.name, LETTERS), "name", anchor="middle", hint=hint)
