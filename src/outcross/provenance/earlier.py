"""What earlier generations have to do with a mix: human text that none of them consumed, and their own output in it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from outcross.provenance.content import mean_of, share_kept
from outcross.provenance.lineage import Flow, Lineage, Node
from outcross.provenance.record import NONE, Bounds


@dataclass(frozen=True)
class Loop:
    """Text of an earlier model of the line in its own mix.

    Attributes:
        id: of the model. name: of it. path: names from it down to the mix.
    """

    id: str
    name: str
    path: tuple[str, ...]


def self_loops(lineage: Lineage) -> tuple[Loop, ...] | None:
    """Earlier models of the line whose output is in the mix, by id or digest; None where nobody told the line.

    Output that has gone through the training of another model is that model's.
    """
    if lineage.line is None:
        return None
    texts = lineage.above(lineage.target, models=False)
    digests = {lineage.nodes[one].digest for one in lineage.earlier} - {""}
    found: dict[str, Loop] = {}
    for id_ in texts:
        for maker in lineage.nodes[id_].by:
            node = lineage.nodes[maker]
            if maker not in found and (maker in lineage.earlier or node.digest in digests):
                found[maker] = Loop(maker, node.name, (node.name, *lineage.path(texts, id_)))
    return tuple(found.values())


def fresh_human(lineage: Lineage, found: Flow) -> Mapping[str, Bounds]:
    """Share of every text of the mix that is human and of sources which no earlier generation consumed, by id.

    Earlier generations are the models of the line and all that the mix comes from. A source counts as consumed whole,
    by its id or by the digest of its bytes; where nobody says what a model of the line was trained on, or which models
    are the line, they may have consumed all.
    """
    consumed = _consumed(lineage)
    texts = lineage.above(lineage.target, models=False)
    fresh: dict[str, Bounds] = {}
    touched: set[str] = set()
    for id_ in (one for one in found.contents if one in texts):
        node, human = lineage.nodes[id_], found.contents[id_].human
        if id_ in consumed or (node.digest and node.digest in consumed):
            fresh[id_] = NONE
            touched.add(id_)
        elif touched.isdisjoint(one.id for one in node.inputs):
            fresh[id_] = human
        else:
            touched.add(id_)
            low, high = _passed_on(node, fresh)
            fresh[id_] = min(low, human[0]), min(high, human[1])
    return {id_: (0.0, high) for id_, (_, high) in fresh.items()} if _untold(lineage) else fresh


def _consumed(lineage: Lineage) -> set[str]:
    """Ids and digests of the sources that earlier models were trained on, themselves or by way of others."""
    above = lineage.above(lineage.target, *lineage.earlier)
    models = [one for one in above if lineage.nodes[one].kind == "model"]
    sources = [one for one in lineage.above(*models) if lineage.nodes[one].kind == "source"] if models else []
    return {*sources, *(digest for one in sources if (digest := lineage.nodes[one].digest))}


def _untold(lineage: Lineage) -> bool:
    """Whether there may be an earlier model of the line of which nobody says what it consumed."""
    return lineage.line is None or any(not lineage.nodes[one].inputs for one in lineage.earlier)


def _passed_on(node: Node, fresh: Mapping[str, Bounds]) -> Bounds:
    """Share of a node that is fresh human text, by what it came from."""
    if node.op in ("translate", "edit", "generate"):
        return NONE
    if node.op == "derive":
        return 0.0, 1.0
    shares = [fresh[one.id] for one in node.inputs]
    total = math.fsum(one.tokens or 0.0 for one in node.inputs)
    mixed = min(low for low, _ in shares), max(high for _, high in shares)
    if total > 0 and all(one.tokens is not None for one in node.inputs):
        mixed = mean_of([(fresh[one.id], (one.tokens or 0.0) / total) for one in node.inputs], 1.0)
    return share_kept(mixed, node.kept) if node.op == "filter" else mixed
