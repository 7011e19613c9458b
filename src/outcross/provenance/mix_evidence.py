"""Evidence of a mix, for whoever judges it: shares, depth, what is missing, and every source."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from outcross.canonical import digest
from outcross.estimate import OF_TOKENS, Bounds, Unknown
from outcross.evidence import Evidence
from outcross.provenance import record as parts
from outcross.provenance.account import Account, Taken
from outcross.provenance.fields import present
from outcross.provenance.mix import Assumption
from outcross.provenance.unresolved import LACKS, Unresolved

RULES = "outcross.lineage/1"
"""Version of the rules by which intervals follow; raised when they change."""

METHOD = "intervals through the lineage, weighed by tokens as consumed"


def evidence_of(account: Account, made: str) -> tuple[Evidence, ...]:
    """Evidence of a mix.

    Args:
        account: of it.
        made: when, ISO 8601 in UTC.
    """
    return tuple(_Writing(account, made).all())


class _Writing:
    """The evidence of one account."""

    def __init__(self, account: Account, made: str) -> None:
        self.account, self.made = account, made
        self.assumption = "; ".join(assumed(one) for one in account.assembly.assumed)
        # "2026" is the whole year: later than any day in it.
        self.until = min((day for day in _ends(account) if day >= made[: len(day)]), default="", key="{:~<10}".format)
        untold = [one.known.name for one in account.sources if one.tokens is None]
        said = f"nobody says how many tokens of {', '.join(untold[:5])} are consumed"
        self.untold = Unknown(said) if untold else None if account.tokens else Unknown("the mix has no tokens at all")

    def all(self) -> Iterator[Evidence]:
        """All of it."""
        content, tokens = self.account.content, self.account.tokens or 0.0
        yield self._share("mix.synthetic", content.synthetic, {one.node.id: one.content.synthetic for one in self._all})
        yield self._share("mix.synthetic_or_edited", content.made, {one.node.id: one.content.made for one in self._all})
        human = {one.node.id: one.content.human for one in self._all}
        yield self._share("mix.human", content.human, human)
        yield self._share("mix.human_tokens", _times(content.human, tokens), human, "tokens")
        fresh = self.account.fresh[self.account.lineage.target]
        new = {one.node.id: one.fresh for one in self._all}
        yield self._share("mix.fresh_human", fresh, new)
        yield self._share("mix.fresh_human_tokens", _times(fresh, tokens), new, "tokens")
        dark = {one.node.id: parts.ALL if one.content.vacuous else parts.NONE for one in self._all}
        unknown = sum(one.share or 0.0 for one in self._all if one.content.vacuous)
        yield self._share("mix.unknown", (unknown, unknown), dark)
        yield self._one("mix.mean_depth", self.untold or self._bounds(content.mean, "models"))
        yield self._one("mix.max_depth", self._bounds(content.deepest, "models"))
        yield self._unresolved()
        yield self._loops()
        yield self._counted("mix.sources", [source_item(self.account, one) for one in self._all])
        yield self._counted("mix.assumptions", list(_assumptions(self.account)))

    @property
    def _all(self) -> tuple[Taken, ...]:
        return self.account.sources

    def _one(self, name: str, finding: Bounds | Unknown, items: tuple[dict[str, Any], ...] = ()) -> Evidence:
        tool = {"name": "outcross.provenance", "version": version("outcross"), "parameters": digest({"rules": RULES})}
        subjects = {"mix": self.account.digest}
        return Evidence(name, subjects, finding, tool, self.made, valid_until=self.until, items=items)

    def _bounds(self, ends: parts.Bounds, unit: str) -> Bounds:
        return Bounds(*ends, unit, METHOD, self.assumption)

    def _share(self, name: str, ends: parts.Bounds, within: Mapping[str, parts.Bounds],
               unit: str = OF_TOKENS) -> Evidence:  # fmt: skip
        """A share of the mix, with the share within each of its sources and why it is that."""
        items = tuple(
            {"source": one.known.name, "share": one.share, "low": low, "high": high, "why": why(self.account, one)}
            for one in self._all for low, high in [within[one.node.id]]
        )  # fmt: skip
        return self._one(name, self.untold or self._bounds(ends, unit), items)

    def _counted(self, name: str, items: list[dict[str, Any]]) -> Evidence:
        return self._one(name, self._bounds((len(items), len(items)), "count"), tuple(items))

    def _unresolved(self) -> Evidence:
        return self._counted("mix.unresolved", [
            {"id": one.name, "through": list(one.path), "narrows": one.narrows, "lack": one.lack,
             "why": LACKS[one.lack], "remedy": remedy(one, self.account)} for one in self.account.missing
        ])  # fmt: skip

    def _loops(self) -> Evidence:
        loops = self.account.loops
        if loops is None:
            return self._one("mix.self_loop", Unknown("nobody says which line of models it is to train: add `line`"))
        return self._counted("mix.self_loop", [{"id": one.name, "path": list(one.path)} for one in loops])


def _times(share: parts.Bounds, tokens: float) -> parts.Bounds:
    return share[0] * tokens, share[1] * tokens


def _ends(account: Account) -> Iterator[str]:
    """Days on which something that it rests on expires."""
    for known in account.assembly.known.values():
        yield from (one.record.expires[:10] for one in known.ground.testimonies if one.record.expires)
    yield from (one.expires[:10] for one in account.assembly.assumed if one.expires)


def assumed(one: Assumption) -> str:
    """An assumption in words."""
    told = [("synthetic", one.synthetic), ("edited", one.edited), ("made by models", one.made), ("human", one.human),
            ("depth", one.depth)]  # fmt: skip
    said = ", ".join(f"{name} {_ends_told(ends)}" for name, ends in told if ends is not None)
    return f"{one.id}: {said} ({one.owner}: {one.reason})"


def _ends_told(ends: parts.Bounds) -> str:
    return f"{ends[0]:g}" if ends[0] == ends[1] else f"{ends[0]:g} to {ends[1]:g}"


def _assumptions(account: Account) -> Iterator[dict[str, Any]]:
    for lapsed, some in ((False, account.assembly.assumed), (True, account.assembly.lapsed)):
        for one in some:
            yield {"id": one.id, "said": assumed(one), "owner": one.owner, "reason": one.reason,
                   "expires": one.expires, "lapsed": lapsed}  # fmt: skip


def why(account: Account, taken: Taken) -> str:
    """Why a source is taken for what it is, in a few words."""
    known = taken.known
    if known.blocking:
        return "forged: nothing of it is believed"
    best = known.best
    said = [f"declared {best.record.origin().kind}, level {known.belief.level}"] if best is not None else []
    if said and known.belief.level < 2 and taken.content.vacuous:
        said[0] += ": not proven"
    if known.ground.audited is not None:
        said = ["labels of a sample of its bytes"]
    said += [_came(account, taken)] if taken.node.op else []
    said += [f"assumed by {one.owner}" for one in account.assembly.assumed if one.id == known.name]
    return "; ".join(said) or "nobody says"


def _came(account: Account, taken: Taken) -> str:
    """How a source came from others."""
    nodes, node = account.lineage.nodes, taken.node
    texts, makers = ([nodes[one].name for one in some][:3] for some in ((feed.id for feed in node.inputs), node.by))
    if node.op == "generate":
        return f"written by {', '.join(makers) or 'some model'}"
    by = f" by {', '.join(makers)}" if makers and node.op in ("translate", "edit") else ""
    return f"{node.op} of {', '.join(texts)}{by}"


def remedy(one: Unresolved, account: Account) -> str:
    """What would resolve an ancestor."""
    known = account.assembly.known.get(one.id)
    blocking = known.blocking if known is not None else ()
    if blocking:
        return blocking[0].remedy
    return {
        "training": f"Say what {one.name} was trained on, or assume bounds with an owner.",
        "missing": f"Get a record of {one.name}, or label a sample of it.",
        "unproven": f"Have {one.name} signed by a listed key with its bytes checked, or label a sample of it.",
        "maker": f"Have the models named that made the synthetic part of {one.name}, or assume its depth.",
    }[one.lack]


def source_item(account: Account, taken: Taken) -> dict[str, Any]:
    """A source as plain values, for rules that ask about each."""
    known, best = taken.known, taken.known.best
    item: dict[str, Any] = {
        "name": known.name, "tokens": taken.tokens, "share": taken.share, "level": known.belief.level,
        "findings": [one.to_dict() for one in account.findings(taken)],
        "synthetic_or_edited": list(taken.content.made), "generators": list(account.makers[taken.node.id]),
    }  # fmt: skip
    if best is None:
        return item | {"record": "", "fields": [], "origin": "unknown", "license": [], "issued": "", "expires": "",
                       "signed_by": "", "signature": "absent", "manifest": ""}  # fmt: skip
    record, proofs = best.record, best.proofs
    # A licence that any of its records tells may bind.
    licences = dict.fromkeys(one for said in known.ground.testimonies for one in said.record.license)
    return item | {
        "record": record.digest, "fields": list(present(record.to_dict())), "origin": record.origin().kind,
        "license": list(licences), "issued": record.issued, "expires": record.expires,
        "signed_by": proofs.signed_by or "", "signature": proofs.signature, "manifest": proofs.manifest_subject,
    }  # fmt: skip
