"""The account of a mix: what follows for it and each of its sources, what is missing, and what is the matter."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from outcross.canonical import digest
from outcross.errors import DataError
from outcross.provenance.assembly import Assembly, Known
from outcross.provenance.content import Content
from outcross.provenance.earlier import Loop, fresh_human, self_loops
from outcross.provenance.lineage import Flow, Lineage, Node, flow
from outcross.provenance.mix import Mix
from outcross.provenance.record import Bounds
from outcross.provenance.trust import Finding
from outcross.provenance.unresolved import Unresolved, unresolved


@dataclass(frozen=True)
class Taken:
    """A source as the mix consumes it.

    Attributes:
        known: what is known of it. node: in the lineage.
        tokens: as consumed; None where nobody said. share: of all tokens; None where not all are known.
        content: what follows for it. fresh: share of it that is human and new.
    """

    known: Known
    node: Node
    tokens: float | None
    share: float | None
    content: Content
    fresh: Bounds


@dataclass(frozen=True)
class Account:
    """What follows for a mix.

    Attributes:
        mix: as its file tells it. assembly: its lineage, with what is believed of each source.
    """

    mix: Mix
    assembly: Assembly

    def __post_init__(self) -> None:
        """Work it out, so that what cannot be is refused here.

        Raises:
            DataError: the lineage goes in a circle, or an assumption about a mix or model excludes what it came from.
        """
        for id_ in sorted(self.flow.torn - self.assembly.known.keys()):
            raise DataError(f"What is assumed of {self.lineage.nodes[id_].name!r} excludes what it came from.",
                            hint="Withdraw the assumption, or correct the lineage.")  # fmt: skip

    @property
    def lineage(self) -> Lineage:
        """Of the mix."""
        return self.assembly.lineage

    @cached_property
    def flow(self) -> Flow:
        """What follows for every node."""
        return flow(self.lineage)

    @property
    def content(self) -> Content:
        """What follows for the mix."""
        return self.flow.contents[self.lineage.target]

    @cached_property
    def missing(self) -> tuple[Unresolved, ...]:
        """Ancestors that keep it wide, those first that would narrow it most."""
        return unresolved(self.lineage, self.flow)

    @cached_property
    def loops(self) -> tuple[Loop, ...] | None:
        """Earlier models of the line whose output is in the mix; None where nobody told the line."""
        return self_loops(self.lineage)

    @cached_property
    def fresh(self) -> Mapping[str, Bounds]:
        """Share of each text that is human and new."""
        return fresh_human(self.lineage, self.flow)

    @cached_property
    def makers(self) -> Mapping[str, tuple[str, ...]]:
        """Names of all models that made or changed a text or what it came from, by id.

        What a model was prompted with does not count: it is not in the text.
        """
        found: dict[str, tuple[str, ...]] = {}
        for id_ in self.flow.contents:
            node, known = self.lineage.nodes[id_], self.assembly.known.get(id_)
            own = [known.makers] if known is not None else []
            from_ = [] if node.op == "generate" else [found[one.id] for one in node.inputs if one.id in found]
            parts = [one for one in (*own, *from_) if one]
            found[id_] = parts[0] if len(parts) == 1 else tuple(dict.fromkeys(name for one in parts for name in one))
        return found

    @cached_property
    def sources(self) -> tuple[Taken, ...]:
        """Sources that the mix consumes, those of mixes within it among them, in the order in which they are named."""
        found = _consumed(self.lineage)
        amounts = [one for one in found.values() if one is not None]
        total = math.fsum(amounts) if len(amounts) == len(found) else 0.0
        return tuple(
            Taken(self.assembly.known[id_], self.lineage.nodes[id_], tokens,
                  None if tokens is None or not total else tokens / total, self.flow.contents[id_], self.fresh[id_])
            for id_, tokens in found.items()
        )  # fmt: skip

    @property
    def tokens(self) -> float | None:
        """Consumed in all; None where nobody said of some."""
        told = [one.tokens for one in self.sources if one.tokens is not None]
        return math.fsum(told) if len(told) == len(self.sources) else None

    @cached_property
    def digest(self) -> str:
        """Of the mix: its file, the records of its sources and the roots of their bytes."""
        grounds = {one.name: one.ground for one in self.assembly.known.values()}
        rests = {
            name: [one.digest, *(said.record.digest for said in one.testimonies),
                   "" if one.audited is None else one.audited.audit]
            for name, one in sorted(grounds.items())
        }  # fmt: skip
        return digest({"mix": self.mix.to_dict(), "rests_on": rests})

    def findings(self, taken: Taken) -> tuple[Finding, ...]:
        """What is the matter with a source, and what is forged of what its text came from."""
        found = list(taken.known.belief.findings)
        if taken.node.id in self.flow.torn:
            found.append(Finding(
                "contradictory", "What is declared of it and what it came from exclude each other.",
                "Ask whoever declared it which is true, or label a sample: outcross label",
            ))  # fmt: skip
        for id_ in self.lineage.above(taken.node.id, models=False) if self._forged else ():
            if id_ in self._forged and id_ != taken.node.id:
                above = self.assembly.known[id_]
                found += [Finding(one.code, f"It comes from {above.name}. {one.said}", one.remedy)
                          for one in above.blocking]  # fmt: skip
        return tuple(found)

    @cached_property
    def _forged(self) -> frozenset[str]:
        return frozenset(id_ for id_, known in self.assembly.known.items() if known.blocking)


def _consumed(lineage: Lineage) -> dict[str, float | None]:
    """Tokens of each source that the target takes, itself or from mixes, each in its own proportions; None: untold."""
    amounts: dict[str, float | None] = {lineage.target: 0.0}
    for id_ in reversed(lineage.order):
        node = lineage.nodes[id_]
        if id_ not in amounts or node.kind != "mix":
            continue
        for one in node.inputs:
            part = one.tokens if id_ == lineage.target else _part(amounts[id_], one.tokens, node)
            before = amounts.get(one.id, 0.0)
            amounts[one.id] = None if part is None or before is None else before + part
    return {id_: amounts[id_] for id_ in lineage.nodes if id_ in amounts and lineage.nodes[id_].kind == "source"
           }  # fmt: skip


def _part(whole: float | None, tokens: float | None, node: Node) -> float | None:
    """What some tokens of a mix bring into another that takes so many of it."""
    told = [one.tokens for one in node.inputs if one.tokens is not None]
    total = math.fsum(told) if len(told) == len(node.inputs) else 0.0
    return None if whole is None or tokens is None or not total else whole * tokens / total
