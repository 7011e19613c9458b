"""What a report says of a verdict, before it is said in any format."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from outcross.gate.amounts import amount, span, tokens
from outcross.gate.kinds import KINDS
from outcross.gate.record import Assessment, Outcome, Verdict
from outcross.gate.sources import Source, sources_of
from outcross.report.escape import shown
from outcross.report.outline import Column, Table

Look = Literal["ok", "alarm", "unknown"]
LOOKS: Mapping[Outcome, Look] = {"pass": "ok", "escalate": "unknown", "pause": "alarm", "block": "alarm"}

REASON, WORDS = 1500, 400
"""Characters that are shown of a reason with the sources it names, and of what else others wrote."""

ROWS = 500
"""Sources that a report shows; all of them are in the JSON record."""

SOURCES = (
    Column("source", "quote"), Column("tokens"), Column("share"), Column("level"), Column("origin", "quote"),
    Column("synthetic or edited"), Column("signature", "quote"), Column("findings", "quote"),
)  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """An interval beside its limit, all as parts of a scale from 0 to 1.

    Attributes:
        low, high: of the interval. limit: on the same scale. open: whether the interval has no end.
        most: whether the limit is a maximum.
    """

    low: float
    high: float
    limit: float
    open: bool
    most: bool


@dataclass(frozen=True)
class Judged:
    """One requirement in words.

    Attributes:
        name: of the criterion. asks: the question. layer: of quality.
        result: how the figure stands to its limit. outcome: what becomes of the update. look: of both.
        found: the interval, or "unknown". limit: "at most 20 %". bar: both as a picture; None where unknown.
        end: of the interval that decided. reason: why. remedies: what would close the gap.
        owner: who answers. consequence: of going on without. clauses: that it implements.
    """

    name: str
    asks: str
    layer: str
    result: str
    outcome: Outcome
    look: Look
    found: str
    limit: str
    bar: Bar | None
    end: str
    reason: str
    remedies: tuple[str, ...]
    owner: str
    consequence: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class VerdictOutline:
    """A verdict in words.

    Attributes:
        outcome: of all. look: of it. says: it in a sentence. policy: name and version.
        judged: requirements, those that hold the update back first.
        sources: a table of them. unresolved: ancestors of which nothing is known. loops: ways back to the model.
        assumptions, notes: lines. facts: labels and values.
    """

    outcome: Outcome
    look: Look
    says: str
    policy: str
    judged: tuple[Judged, ...]
    sources: Table
    unresolved: tuple[str, ...]
    loops: tuple[str, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def held(self) -> tuple[Judged, ...]:
        """What is not met."""
        return tuple(one for one in self.judged if one.outcome != "pass")

    @property
    def met(self) -> tuple[Judged, ...]:
        """What is met."""
        return tuple(one for one in self.judged if one.outcome == "pass")


ORDER: tuple[Outcome, ...] = ("block", "pause", "escalate", "pass")


def verdict_outline(verdict: Verdict) -> VerdictOutline:
    """The verdict in words."""
    policy = f"{shown(verdict.policy['name'])} version {verdict.policy['version']}"
    judged = sorted(map(_judged, verdict.assessments), key=lambda one: ORDER.index(one.outcome))
    facts = [
        ("policy", policy), ("owner of the policy", shown(verdict.policy["owner"])),
        ("digest of the policy", shown(verdict.policy["digest"])),
        *((f"digest of the {shown(role)}", shown(said)) for role, said in sorted(verdict.subjects.items())),
        ("evidence", f"{len(verdict.evidence)} findings"), ("judged", shown(verdict.made)),
    ]  # fmt: skip
    return VerdictOutline(
        verdict.outcome, LOOKS[verdict.outcome], shown(verdict.says, REASON), policy, tuple(judged),
        _sources(verdict.sources), tuple(map(_unresolved, verdict.unresolved)), tuple(map(_loop, verdict.loops)),
        tuple(shown(one, WORDS) for one in verdict.assumptions), tuple(shown(one, REASON) for one in verdict.notes),
        tuple(facts),
    )  # fmt: skip


def _judged(one: Assessment) -> Judged:
    asks = KINDS[one.kind].asks if one.kind in KINDS else "A rule of every policy."
    most = "at most" if one.way == "max" else "at least"
    return Judged(
        shown(one.criterion), asks, one.layer, one.result, one.outcome, LOOKS[one.outcome],
        "unknown" if one.interval is None else span(one.interval, one.unit), f"{most} {amount(one.limit, one.unit)}",
        _bar(one), one.end, shown(one.reason, REASON), tuple(shown(way, WORDS) for way in one.remedies),
        shown(one.owner), shown(one.consequence.rstrip("."), WORDS), tuple(shown(clause) for clause in one.maps_to),
    )  # fmt: skip


def _bar(one: Assessment) -> Bar | None:
    """The interval and the limit on a scale that holds both, with some room; shares end at 1."""
    if one.interval is None:
        return None
    low, high = one.interval
    ends = [end for end in (low, high, one.limit) if math.isfinite(end)]
    top = max(ends) * 1.25 or 1.0
    top = min(top, 1.0) if one.unit == "share" else top
    reach = 1.0 if math.isinf(high) else min(high / top, 1.0)
    return Bar(min(low / top, 1.0), reach, min(one.limit / top, 1.0), math.isinf(high), one.way == "max")


def _sources(items: Sequence[Mapping[str, Any]]) -> Table:
    found = sources_of(items)
    rows = tuple(_row(one) for one in found[:ROWS])
    note = f"{len(found) - ROWS:,} more sources are in the JSON record." if len(found) > ROWS else ""
    return Table("sources", "Sources", SOURCES, rows, note)


def _row(source: Source) -> tuple[str, ...]:
    findings = "; ".join(f"{one.code}: {one.said}" if one.said else one.code for one in source.findings)
    return (
        shown(source.name), "" if source.tokens is None else tokens(source.tokens).removesuffix(" tokens"),
        "" if source.share is None else amount(source.share, "share"), f"L{source.level}", shown(source.origin),
        span(source.made, "share"), shown(source.signature), shown(findings, WORDS),
    )  # fmt: skip


def _unresolved(item: Mapping[str, Any]) -> str:
    narrows = item.get("narrows")
    known = isinstance(narrows, int | float) and not isinstance(narrows, bool) and 0 < narrows <= 1
    told = f": knowing it would narrow the answer by {amount(float(narrows or 0), 'share')}" if known else ""
    through = f", through {_words(item.get('through'))}" if item.get("through") else ""
    return f"{shown(item.get('id', ''))}{through}{told}"


def _loop(item: Mapping[str, Any]) -> str:
    return f"{shown(item.get('id', ''))}: {_words(item.get('path'))}"


def _words(told: object) -> str:
    """A path as words."""
    parts = told if isinstance(told, list | tuple) else [told]
    return shown(" → ".join(map(str, parts)), WORDS)
