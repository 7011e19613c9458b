"""The picture of where a mix comes from: what is oldest on the left, the mix on the right, tokens on the edges."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from outcross.provenance.graph import Edge, Graph, Spot
from outcross.report.charts.drawing import Picture, Sheet
from outcross.report.charts.scales import brief
from outcross.report.escape import fitted, shown
from outcross.report.numbers import DASH

WIDTH, COLUMN, GAP, MARGIN = 182.0, 254.0, 16.0, 20.0
LEAST, PORT, HEAD = 82.0, 15.0, 9.0
LETTERS, NAME_LIMIT = 24, 100
SWEEPS = 4


LOOKS = """
 :root { color-scheme: light dark;
  --paper: #fdfdfc; --card: #f5f6f5; --ink: #1b2126; --soft: #57616a; --axis: #aab2b4; --human: #2a6f3e;
  --edited: #7d4a00; --mixed: #1f6f78; --synthetic: #6b4fa0; --alarm: #a93226; --procedural: #57616a }
 @media (prefers-color-scheme: dark) { :root {
  --paper: #14181a; --card: #1c2123; --ink: #e3e7e8; --soft: #9ba6ab; --axis: #566166; --human: #8bc99a;
  --edited: #f1c98a; --mixed: #7cc4cc; --synthetic: #b9a3e3; --alarm: #f0968c; --procedural: #9ba6ab } }
 text { font: 12px system-ui, sans-serif; fill: var(--ink); font-variant-numeric: tabular-nums }
 .paper { fill: var(--paper) } .name { font-weight: 600; font-size: 13px } .soft { fill: var(--soft) }
 .edge { fill: none; stroke: var(--axis); stroke-width: 1.5 } .edge.by { stroke-dasharray: 4 3 }
 .tokens { fill: var(--soft); font-size: 11px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px }
 .box { fill: var(--card); stroke: var(--axis); stroke-width: 1.25; rx: 6px } .box.target { stroke-width: 2.5 }
 .box.unknown { stroke-dasharray: 4 3 } .box.forged { stroke: var(--alarm) } text.forged { fill: var(--alarm) }
 .bar { fill: var(--axis); opacity: .45 } .span { fill: var(--mixed) }
"""
_COLOURED = ("human", "edited", "mixed", "synthetic", "procedural")


@dataclass
class _Box:
    """A node as it is placed.

    Attributes:
        spot: the node; None where an edge only passes. layer: columns from the right. height: of the box.
        into: its edges from the left, from top to bottom. y: of its top.
    """

    layer: int
    spot: Spot | None = None
    height: float = 0.0
    into: list["_Line"] = field(default_factory=list)
    out: list["_Line"] = field(default_factory=list)
    y: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass
class _Line:
    """An edge, or the piece of one between two neighbouring columns."""

    edge: Edge
    start: _Box
    end: _Box

    @property
    def port(self) -> float:
        """Where it arrives."""
        into = self.end.into
        return self.end.y + self.end.height * (into.index(self) + 1) / (len(into) + 1)


def sources_svg(graph: Graph) -> str:
    """The picture as a file of its own, for light and dark screens."""
    picture, width = sources_picture(graph)
    size = f"{width:.0f} {picture.height:.0f}"
    coloured = "".join(
        f" .box.{name} {{ stroke: var(--{name}) }} text.{name} {{ fill: var(--{name}) }}" for name in _COLOURED
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{width:.0f}" '
        f'height="{picture.height:.0f}"><style>{LOOKS}{coloured}</style>'
        f'<rect class="paper" width="100%" height="100%"/>{picture.svg}</svg>\n'
    )


def _title(graph: Graph) -> str:
    return f"Where {shown(graph.spots[0].name, NAME_LIMIT)} comes from"


def sources_picture(graph: Graph) -> tuple[Picture, float]:
    """The picture, and its width."""
    columns = _columns(graph)
    _ordered(columns)
    _settled(columns)
    boxes = [box for column in columns for box in column]
    width = MARGIN * 2 + COLUMN * (len(columns) - 1) + WIDTH
    height = max(box.y + box.height for box in boxes) + MARGIN + (22 if graph.hidden else 0)
    sheet = Sheet(width, height, title=_title(graph), description=_described(graph))
    for line in (line for box in boxes for line in box.into):
        _edge(sheet, line, len(columns))
    for box in boxes:
        if box.spot is not None:
            _drawn(sheet, box, box.spot, _left(box, len(columns)))
    if graph.hidden:
        left = f"{graph.hidden:,} more that lie farther from the mix are not drawn."
        sheet.words((MARGIN, height - 12), left, "soft")
    return sheet.finished(), width


def _described(graph: Graph) -> str:
    return (
        f"{len(graph.spots)} sources, mixes and models. Edges lead from what something came from to it, with tokens as "
        "consumed; dashed ones from the model that made it. A box that is dashed is one of which nobody is believed."
    )


def _columns(graph: Graph) -> list[list[_Box]]:
    """Every node in a column: the mix in the first, everything left of all that comes from it."""
    boxes = {spot.id: _Box(0, spot) for spot in graph.spots}
    outcomes: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        outcomes.setdefault(edge.outcome, []).append(edge)
    # Longest paths: a node waits until all that comes from it is placed.
    waiting = dict.fromkeys(boxes, 0) | Counter(edge.origin for edge in graph.edges)
    ready = [id_ for id_, count in waiting.items() if not count]
    for id_ in ready:
        for edge in outcomes.get(id_, ()):
            boxes[edge.origin].layer = max(boxes[edge.origin].layer, boxes[id_].layer + 1)
            waiting[edge.origin] -= 1
            if not waiting[edge.origin]:
                ready.append(edge.origin)
    columns: list[list[_Box]] = [[] for _ in range(max(box.layer for box in boxes.values()) + 1)]
    for box in boxes.values():
        columns[box.layer].append(box)
    for edge in graph.edges:
        _strung(edge, boxes, columns)
    for box in (box for column in columns for box in column if box.spot is not None):
        box.height = max(LEAST, PORT * (len(box.into) + 1))
    return columns


def _strung(edge: Edge, boxes: Mapping[str, _Box], columns: list[list[_Box]]) -> None:
    """An edge, with a place of its own in every column that it passes."""
    end, start = boxes[edge.outcome], boxes[edge.origin]
    while end.layer + 1 < start.layer:
        passing = _Box(end.layer + 1)
        columns[passing.layer].append(passing)
        _joined(edge, passing, end)
        end = passing
    _joined(edge, start, end)


def _joined(edge: Edge, start: _Box, end: _Box) -> None:
    line = _Line(edge, start, end)
    start.out.append(line)
    end.into.append(line)


def _ordered(columns: list[list[_Box]]) -> None:
    """Put neighbours near each other, by their mean places, forth and back (Sugiyama 1981)."""
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for column, beside in zip(columns[1:], columns, strict=False) if forth else _back(columns):
            places = {id(box): place for place, box in enumerate(beside)}
            keys = {id(box): _mean([places[id(one)] for one in _beside(box, forth=forth)], place)
                    for place, box in enumerate(column)}  # fmt: skip
            column.sort(key=lambda box: keys[id(box)])
    for right, left in pairwise(columns):
        places = {id(box): place for place, box in enumerate(left)}
        for box in right:
            box.into.sort(key=lambda line: places[id(line.start)])


def _back(columns: list[list[_Box]]) -> list[tuple[list[_Box], list[_Box]]]:
    return list(zip(reversed(columns[:-1]), reversed(columns[1:]), strict=True))


def _beside(box: _Box, *, forth: bool) -> list[_Box]:
    return [line.end for line in box.out] if forth else [line.start for line in box.into]


def _mean(some: list[int], otherwise: int) -> float:
    return fmean(some) if some else float(otherwise)


def _settled(columns: list[list[_Box]]) -> None:
    """Every box as near as can be to the ports that it leads to, none over another."""
    for column in columns:
        bottom = MARGIN - GAP
        for box in column:
            wanted = fmean(line.port for line in box.out) - box.height / 2 if box.out else bottom + GAP
            box.y = max(wanted, bottom + (GAP if box.spot is not None else GAP / 2))
            bottom = box.y + box.height
    target = columns[0][0]
    if target.into:  # the mix moves to the middle of what it comes from
        target.y = max(fmean(line.start.middle for line in target.into) - target.height / 2, MARGIN)


def _left(box: _Box, columns: int) -> float:
    return MARGIN + COLUMN * (columns - 1 - box.layer)


def _edge(sheet: Sheet, line: _Line, columns: int) -> None:
    """One piece of an edge; tokens stand where it begins if it is the only one there, else where it arrives."""
    x0, x1 = _left(line.start, columns) + WIDTH, _left(line.end, columns)
    look = "edge by" if line.edge.how == "by" else "edge"
    start = (x0 if line.start.spot is not None else x0 - WIDTH, line.start.middle)
    if line.start.spot is None:
        sheet.line(start, (x0, line.start.middle), look)
    sheet.bow((x0, line.start.middle), (x1, line.port), look)
    alone = len(line.start.out) == 1 and line.start.spot is not None
    how = "" if line.edge.how in ("mix", "copy") else line.edge.how
    amount = "" if line.edge.tokens is None else brief(float(f"{line.edge.tokens:.3g}"))
    said = f"{how} {amount}".strip()
    if alone and line.edge.how != "trained on":  # it leaves level, and nothing else does
        sheet.words((x0 + 6, line.start.middle - 4), amount or how, "tokens", hint=said)
    elif line.end.spot is not None and not (line.edge.how != "trained on" and _told_before(line)):
        sheet.words((x1 - 6, line.port - 3), amount or how, "tokens", anchor="end", hint=said)


def _told_before(line: _Line) -> bool:
    """Whether its tokens stand where the edge begins, some columns to the left."""
    box = line.start
    while box.spot is None:
        box = box.into[0].start
    return len(box.out) == 1


def _drawn(sheet: Sheet, box: _Box, spot: Spot, x: float) -> None:
    """One node: its name, what it is, and its interval in words and as a bar."""
    name, y = shown(spot.name, NAME_LIMIT), box.y + (box.height - LEAST) / 2
    target = " target" if spot.distance == 0 else ""
    sheet.box((x, box.y), WIDTH, box.height, f"box {spot.look}{target}", hint=f"{name}: {told(spot)}")
    sheet.words((x + HEAD, y + 19), fitted(name, LETTERS), "name", hint=name)
    sheet.words((x + HEAD, y + 36), fitted(kind_of(spot), LETTERS + 5), spot.look)
    sheet.words((x + HEAD, y + 51), made_of(spot), "soft", hint=told(spot))
    sheet.words((x + HEAD, y + 66), depth_of(spot), "soft", hint=told(spot))
    low, high = spot.made
    whole = WIDTH - 2 * HEAD
    sheet.box((x + HEAD, y + 72), whole, 3, "bar")
    sheet.box((x + HEAD + min(whole * low, whole - 2), y + 72), max(whole * (high - low), 2.0), 3, "span")


def kind_of(spot: Spot) -> str:
    """What a node is and is seen as, in a few words."""
    parts = [spot.kind, spot.look]
    if spot.kind == "source" and spot.level is not None:
        parts.append(f"level {spot.level}")
    return " · ".join(parts)


def made_of(spot: Spot) -> str:
    """The share that models made, in a few signs."""
    return f"by models {_span(*(end * 100 for end in spot.made))} %"


def depth_of(spot: Spot) -> str:
    """Largest and mean depth, in a few signs."""
    return f"depth {_span(*spot.deepest)}, mean {_span(*spot.mean)}"


def _span(low: float, high: float) -> str:
    ends = [f"{float(f'{end:.3g}'):g}".replace("inf", "∞") for end in (low, high)]
    return ends[0] if low == high else DASH.join(ends)


def told(spot: Spot) -> str:
    """Everything about a node on one line."""
    return ", ".join([kind_of(spot), made_of(spot), depth_of(spot), *spot.findings])
