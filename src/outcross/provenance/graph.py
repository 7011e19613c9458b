"""The lineage of a mix as it is shown: nodes and edges as plain values, the nearest ones where there are many."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from outcross.canonical import plain
from outcross.provenance.account import Account
from outcross.provenance.assembly import Known
from outcross.provenance.content import Content
from outcross.provenance.mix_evidence import evidence_of
from outcross.provenance.record import Bounds

SCHEMA = "outcross.lineage/1"

NEAREST = 200
"""Nodes that a picture shows."""

NEARLY = 0.995
"""From this lower end of a share on, a node is seen as that."""

Look = Literal["human", "edited", "mixed", "synthetic", "procedural", "unknown", "forged"]
"""What a node is seen as: what its intervals prove, not what is declared."""


@dataclass(frozen=True)
class Spot:
    """A node as it is shown.

    Attributes:
        id: of the node. name: of it. kind: source, mix or model.
        look: what it is seen as. level: of the evidence for a source, else None.
        made: share that is synthetic or edited. mean: mean depth. deepest: largest depth.
        findings: codes of what is the matter with it. lack: what is missing of it, or empty.
        distance: steps from the mix.
    """

    id: str
    name: str
    kind: str
    look: Look
    level: int | None
    made: Bounds
    mean: Bounds
    deepest: Bounds
    findings: tuple[str, ...]
    lack: str
    distance: int


@dataclass(frozen=True)
class Edge:
    """What goes into what.

    Attributes:
        origin: id of the node it comes from. outcome: id of the node that it goes into.
        how: the operation; "by" where the origin is the model that did it.
        tokens: as consumed; None where nobody said.
    """

    origin: str
    outcome: str
    how: str
    tokens: float | None


@dataclass(frozen=True)
class Graph:
    """The part of a lineage that is shown.

    Attributes:
        target: id of the mix. spots: the mix first, then by distance. edges: among them.
        hidden: nodes that are farther away.
    """

    target: str
    spots: tuple[Spot, ...]
    edges: tuple[Edge, ...]
    hidden: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values; an end of a depth that is infinite is None."""
        nodes = [asdict(one) | {key: [_finite(end) for end in getattr(one, key)] for key in ("made", "mean", "deepest")}
                 for one in self.spots]  # fmt: skip
        told: dict[str, Any] = plain({"target": self.target, "nodes": nodes, "hidden": self.hidden,
                                      "edges": [asdict(one) for one in self.edges]})  # fmt: skip
        return told


def _finite(end: float) -> float | None:
    return None if math.isinf(end) else end


def graph_of(account: Account, most: int = NEAREST) -> Graph:
    """The nodes nearest to the mix, of equally near ones those with most tokens first.

    Args:
        account: of the mix.
        most: nodes.
    """
    distances = dict(_distances(account, most))
    lacks = {one.id: one.lack for one in account.missing}
    spots = tuple(_spot(account, id_, distance, lacks.get(id_, "")) for id_, distance in distances.items())
    every = len(account.lineage.above(account.lineage.target))
    edges = tuple(one for id_ in distances for one in _edges(account, id_) if one.origin in distances)
    return Graph(account.lineage.target, spots, edges, every - len(spots))


def _distances(account: Account, most: int) -> Iterator[tuple[str, int]]:
    """Nodes with their steps from the mix, the nearest first, no more than so many."""
    nodes = account.lineage.nodes
    seen, ring, distance = {account.lineage.target}, [account.lineage.target], 0
    left = most
    while ring and left > 0:
        yield from ((id_, distance) for id_ in ring[:left])
        left -= len(ring)
        weights: dict[str, float] = {}
        for id_ in ring:
            for one in (*((feed.id, feed.tokens or 0.0) for feed in nodes[id_].inputs),
                        *((maker, math.inf) for maker in nodes[id_].by)):  # fmt: skip
                if one[0] not in seen:
                    weights[one[0]] = max(weights.get(one[0], 0.0), one[1])
        ring = sorted(weights, key=lambda id_: -weights[id_])
        seen.update(ring)
        distance += 1


def _spot(account: Account, id_: str, distance: int, lack: str) -> Spot:
    node, content = account.lineage.nodes[id_], account.flow.contents[id_]
    known = account.assembly.known.get(id_)
    findings = () if known is None else tuple(dict.fromkeys(one.code for one in known.belief.findings))
    level = None if known is None else known.belief.level
    return Spot(id_, node.name, node.kind, _look(content, known), level, content.made, content.mean, content.deepest,
                findings, lack, distance)  # fmt: skip


def _look(content: Content, known: Known | None) -> Look:
    if known is not None and known.blocking:
        return "forged"
    if content.vacuous:
        return "unknown"
    shares: tuple[tuple[Look, Bounds], ...] = (
        ("human", content.human), ("synthetic", content.synthetic), ("edited", content.edited),
        ("procedural", content.procedural),
    )  # fmt: skip
    return next((name for name, share in shares if share[0] >= NEARLY), "mixed")


def _edges(account: Account, id_: str) -> Iterator[Edge]:
    node = account.lineage.nodes[id_]
    how = "trained on" if node.kind == "model" else node.op
    yield from (Edge(one.id, id_, how, one.tokens) for one in node.inputs)
    yield from (Edge(one, id_, "by", None) for one in node.by)


def told_of(account: Account, made: str) -> dict[str, Any]:
    """Everything that follows for a mix, as plain values: its evidence and its whole lineage.

    Args:
        account: of the mix.
        made: when, ISO 8601 in UTC.
    """
    whole = graph_of(account, len(account.lineage.nodes))
    evidence = [one.to_dict() for one in evidence_of(account, made)]
    told: dict[str, Any] = plain({"schema": SCHEMA, "mix": account.digest, "made": made, "evidence": evidence})
    return told | {"lineage": whole.to_dict()}
