"""What is missing in a lineage, and how much each missing piece would narrow the answer."""

import math
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from outcross.provenance.content import HUMAN, SLACK, SYNTHETIC, Content
from outcross.provenance.lineage import Flow, Lineage, Node, content_at

EVALUATIONS = 40_000
"""Edges that are worked out again for the ranking: less than a second. Beyond, a bound takes its place."""

SMALLEST = 1e-9
"""Stands for the share that a filter keeps where nobody said."""

Lack = Literal["missing", "unproven", "maker", "training"]

LACKS: Mapping[Lack, str] = {
    "missing": "nothing is known of it",
    "unproven": "what is declared of it is not proven",
    "maker": "no model is named that made its synthetic part",
    "training": "nobody says what the model was trained on",
}
"""What each lack means, in words."""


@dataclass(frozen=True)
class Unresolved:
    """An ancestor that keeps the answer wide.

    Attributes:
        id: of the node. name: of it.
        lack: what is missing of it.
        path: names from it down to the mix.
        narrows: share by which the interval of the made share would shrink at most, were it known.
        reach: of one step of its depth, how much arrives in the mix's mean depth at most.
    """

    id: str
    name: str
    lack: Lack
    path: tuple[str, ...]
    narrows: float
    reach: float


def unresolved(lineage: Lineage, found: Flow) -> tuple[Unresolved, ...]:
    """All unresolved ancestors of the target, those first that would narrow the answer most."""
    lacks = {id_: lack for id_ in found.contents if (lack := _lack(lineage.nodes[id_], found.contents[id_]))}
    if not lacks:
        return ()
    step = lineage.above(lineage.target)
    shares, depths = _reach(lineage, found)
    narrows = _narrowing(lineage, found, {id_: shares[id_] for id_ in lacks if id_ in step})
    made = [
        Unresolved(id_, lineage.nodes[id_].name, lack, lineage.path(step, id_), narrows[id_], min(depths[id_], 1.0))
        for id_, lack in lacks.items() if id_ in step
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda one: (-one.narrows, -one.reach, one.id)))


def _lack(node: Node, content: Content) -> Lack | Literal[""]:
    """What is missing of a node by itself, not of what it came from."""
    if node.kind == "model":
        # An assumption that leaves all possible tells nothing.
        told = node.inputs or not (content.vacuous or math.isinf(content.deepest[1]))
        return "" if told else "training"
    if node.op in ("translate", "edit", "generate") and node.traced:
        return "" if node.by else "maker"
    if node.kind == "mix" or (node.op not in ("", "derive") and node.traced):
        return ""
    if node.told is None or not (content.vacuous or math.isinf(content.deepest[1])):
        return "missing" if node.told is None else ""
    if not (content.vacuous or node.by):
        return "maker"
    return "unproven" if content.vacuous or not (node.proven or content.made[0] >= 1 - SLACK) else ""


def _reach(lineage: Lineage, found: Flow) -> tuple[dict[str, float], dict[str, float]]:
    """How much of one step of each node arrives in the target at most: of its made share, of its mean depth."""
    shares, depths = dict.fromkeys(found.contents, 0.0), dict.fromkeys(found.contents, 0.0)
    shares[lineage.target] = depths[lineage.target] = 1.0
    for id_ in reversed(found.contents):
        node = lineage.nodes[id_]
        share, depth = shares[id_], depths[id_]
        for one, weight in _weights(node):
            if node.op not in ("translate", "edit", "generate") and share:
                shares[one] += share * weight
            if node.op != "generate" and depth:
                depths[one] += depth * weight
        for one in node.by:
            depths[one] += depth * (found.contents[id_].made[1] if node.kind == "source" else 1.0)
    return shares, depths


def _weights(node: Node) -> Iterator[tuple[str, float]]:
    """How much of each input arrives in a node at most."""
    if node.op in ("", "derive"):
        return
    known = all(one.tokens is not None for one in node.inputs)
    total = math.fsum(one.tokens or 0.0 for one in node.inputs)
    kept = (node.kept or SMALLEST) if node.op == "filter" else 1.0
    for one in node.inputs:
        weight = (one.tokens or 0.0) / total if known and total > 0 else 1.0
        yield one.id, weight / kept


def _narrowing(lineage: Lineage, found: Flow, reach: Mapping[str, float]) -> dict[str, float]:
    """Share of the width of the target's made share that goes at most, were a node known."""
    width = _width(found.contents[lineage.target])
    left, narrows = EVALUATIONS, dict.fromkeys(reach, 0.0)
    place = {id_: number for number, id_ in enumerate(found.contents)}
    for id_ in sorted(reach, key=lambda one: (-reach[one], one)):
        if not reach[id_] or width <= SLACK:
            continue
        narrows[id_] = min(reach[id_] * _width(found.contents[id_]) / width, 1.0)
        below = _below(lineage, id_, place, left // 2)
        if below is None:
            left //= 2  # looking how much it is has a price too
            continue
        left -= 2 * sum(1 + lineage.nodes[one].degree for one in below)
        least = min(map(_width, _settled(lineage, found, id_, below)))
        narrows[id_] = min(narrows[id_], 1 - least / width)
    return {id_: max(share, 0.0) for id_, share in narrows.items()}


def _width(content: Content) -> float:
    return content.made[1] - content.made[0]


def _below(lineage: Lineage, id_: str, place: Mapping[str, int], most: int) -> list[str] | None:
    """All that comes from a node, in order; None where that has more than so many edges."""
    seen = {id_: None}
    waiting = [id_]
    for one in waiting:
        for next_ in lineage.outcomes.get(one, ()):
            if next_ in place and next_ not in seen:
                seen[next_] = None
                waiting.append(next_)
                most -= 1 + lineage.nodes[next_].degree
        if most < 0:
            return None
    return sorted((one for one in seen if one != id_), key=place.__getitem__)


def _settled(lineage: Lineage, found: Flow, id_: str, below: list[str]) -> Iterator[Content]:
    """What the target would be were a node human, and were it synthetic: of all it can be, these narrow most.

    The upper end of what arrives is a concave function of its share and the lower end a convex one (where tokens are
    told), so the width is smallest where the share is 0 or 1.
    """
    for settled in (HUMAN, SYNTHETIC):
        contents = ChainMap({id_: settled}, found.contents)
        for one in below:
            contents[one] = content_at(lineage.nodes[one], contents)[0]
        yield contents[lineage.target]
