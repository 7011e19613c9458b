"""The synthetic share of an audit: evidence and labels on the ladder of assumptions, in all and by group."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from outcross.canonical import plain
from outcross.estimate import Finding, Unknown
from outcross.origin.inquiry import HUMAN, SYNTHETIC, Inquiry, Traces
from outcross.shares import (
    DATED,
    LABELS,
    MODEL,
    REGION,
    Evidence,
    Ladder,
    Question,
    Scores,
    Size,
    dated_bound,
    emq,
    ladder,
    of_drawn,
    of_whole,
    region,
)
from outcross.shares.region import Side
from outcross.shares.scores import Target, Unit

UNITS: tuple[Unit, ...] = ("documents", "tokens")
SIDES: dict[Side, int] = {"synthetic": SYNTHETIC, "human": HUMAN}
ALL, OPEN, UNDATED = range(3)


class Labels(Protocol):
    """What people said of a random sample of the corpus."""

    @property
    def sets(self) -> Mapping[str, Any]:
        """The set that counts, by name and digest, and how many sets there are of this corpus."""

    def __call__(self, group: str, unit: Unit) -> tuple[Question, Finding]:
        """What was asked of the labels, and their share; "" is the group of all documents."""


IN_PARTS = Unknown("documents were drawn in whole parts: how much a group or a score varies between them is not known")
IN_DOCUMENTS_ONLY = Unknown("the dated-human bound holds for shares of documents only")


@dataclass(frozen=True)
class Draw:
    """How the documents that were looked at were drawn.

    Attributes:
        parts: documents in each part, where whole parts of the corpus were drawn; empty where single documents were.
        part_tokens: tokens in each part, or what is in proportion to them.
    """

    parts: tuple[int, ...] = ()
    part_tokens: tuple[int, ...] = ()

    def worth(self, size: Size, unit: Unit) -> float:
        """How many documents drawn one by one the sample is worth, as if all documents of a part were alike."""
        if self.parts:
            return _kish(self.parts if unit == "documents" else self.part_tokens)
        return size.documents if unit == "documents" else size.tokens**2 / max(size.squared, 1.0)


def _kish(weights: tuple[int, ...]) -> float:
    """The number of equal weights that vary as much (Kish 1965)."""
    return sum(weights) ** 2 / max(sum(one * one for one in weights), 1)


@dataclass(frozen=True)
class Basis:
    """What a share rests on besides evidence.

    Attributes:
        target: what counts as synthetic.
        labels: what labels of a sample of this corpus say, or None.
        draw: how the documents were drawn; None where all were looked at.
    """

    target: Target = "partly"
    labels: Labels | None = None
    draw: Draw | None = None


@dataclass(frozen=True)
class Share:
    """The synthetic share as an audit holds it.

    Attributes:
        target: what counts as synthetic: documents that are "fully" so, or at least "partly".
        ladders: of all documents ("") and of each group; of documents, then of tokens.
        evidence: for each kind and side what was found: documents, tokens, counted (each document once), whether it
            is taken as true, and its false positives.
        contradictions: documents that evidence taken as true calls human and any evidence synthetic.
        refusals: documents that the score refused, by reason.
        top: for each kind the surest documents: id, reason, strength, side, text.
        sought: what was looked for: detectors, score, labels, by name and digest.
    """

    target: Target
    ladders: tuple[Ladder, ...]
    evidence: list[dict[str, Any]] = field(default_factory=list)
    contradictions: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    top: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sought: dict[str, Any] = field(default_factory=dict)

    def of(self, group: str = "", unit: Unit = "documents") -> Ladder | None:
        """The ladder of a group in a unit; None where there is none."""
        return next((one for one in self.ladders if (one.group, one.unit) == (group, unit)), None)

    @property
    def established(self) -> bool:
        """Whether anything can be said of all documents."""
        whole = self.of()
        return whole is not None and whole.established

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "target": self.target, "ladders": [one.to_dict() for one in self.ladders], "evidence": self.evidence,
            "contradictions": self.contradictions, "refusals": self.refusals, "top": self.top, "sought": self.sought,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Share":
        """The share that `to_dict` wrote."""
        return cls(
            record["target"], tuple(Ladder.from_dict(one) for one in record["ladders"]), record["evidence"],
            record["contradictions"], record["refusals"], record["top"], record["sought"],
        )  # fmt: skip


def share_of(whole: Traces, groups: Mapping[str, Traces], inquiry: Inquiry, basis: Basis) -> Share:
    """Put the share together.

    Args:
        whole: what was found in all documents.
        groups: and in each group.
        inquiry: what was looked for.
        basis: what it rests on besides.
    """
    ladders = [
        _ladder(name, traces, inquiry, unit, basis) for name, traces in [("", whole), *groups.items()] for unit in UNITS
    ]
    return Share(
        basis.target, tuple(ladders), plain(_rows(whole, inquiry)), int(whole.torn[0]), dict(whole.refusals),
        plain(whole.top),
        {"detectors": {one.name: one.digest for one in inquiry.in_order},
         "score": None if inquiry.scorer is None else {inquiry.scorer.name: inquiry.scorer.digest},
         "labels": None if basis.labels is None else dict(basis.labels.sets)},
    )  # fmt: skip


def _ladder(group: str, traces: Traces, inquiry: Inquiry, unit: Unit, basis: Basis) -> Ladder:
    """The four rungs of one group in one unit."""
    question = Question(unit, basis.target)
    documents, tokens, squared = (int(one) for one in traces.totals)
    size = Size(documents, tokens, float(squared))
    evidence = [one for one in evidence_of(traces, inquiry) if _speaks_of(one, basis.target)]
    found = {REGION: region(size, evidence, unit)}
    if size.total(unit) > 0:
        found |= _by_score(traces, inquiry, size, unit)
    if basis.draw is not None:
        found |= _of_drawn(found, group, size, unit, basis.draw)
    if basis.labels is not None:
        question, found[LABELS] = basis.labels(group, unit)
    return ladder(group, question, found)


def _speaks_of(one: Evidence, target: Target) -> bool:
    """Whether evidence says anything of documents that count: a leftover, a mark or a near copy shows a part only."""
    return target == "partly" or one.certain or one.side == "human"


def _of_drawn(found: Mapping[int, Finding], group: str, size: Size, unit: Unit, draw: Draw) -> dict[int, Finding]:
    """What a sample says of all that it was drawn from: what was not looked at may be otherwise."""
    if draw.parts and group:
        return dict.fromkeys((REGION, DATED, MODEL), IN_PARTS)
    made: dict[int, Finding] = {REGION: of_drawn(found[REGION], draw.worth(size, unit))}
    # These reckon with documents drawn one by one, not with parts.
    return made | (dict.fromkeys((DATED, MODEL), IN_PARTS) if draw.parts else {})


def _by_score(traces: Traces, inquiry: Inquiry, size: Size, unit: Unit) -> dict[int, Finding]:
    """The rungs that rest on the score, of what nothing taken as true decides, as shares of the whole."""
    if inquiry.scorer is None:
        return {}
    opened, undated = scores_of(traces, OPEN), scores_of(traces, UNDATED)
    total = size.total(unit)
    synthetic = _known(traces, inquiry, SYNTHETIC, unit)
    bound: Finding = IN_DOCUMENTS_ONLY
    if unit == "documents":
        # One-sided: what is dated early may be synthetic all the same, so the upper end stays where the region has it.
        bound = dated_bound(traces.dated[0], traces.dated[1], undated, total)
    model: Finding = Unknown("nothing is left open")
    if opened.total(unit) > 0:
        model = of_whole(emq(opened, unit), synthetic=synthetic, residual=opened.total(unit), total=total)
    return {DATED: bound, MODEL: model}


def evidence_of(traces: Traces, inquiry: Inquiry) -> list[Evidence]:
    """What each kind of evidence found, each document counted once; documents that are torn under none."""
    return [
        Evidence(one.name, side, int(traces.first[number, place, 0]), int(traces.first[number, place, 1]), one.certain,
                 one.false_positives())
        for number, one in enumerate(inquiry.in_order)
        for side, place in SIDES.items() if traces.first[number, place, 0]
    ]  # fmt: skip


def scores_of(traces: Traces, part: int) -> Scores:
    """The histograms of all documents, of those left open, or of those that have no early date either."""
    unscored = traces.unscored[part]
    return Scores(traces.scores[part, 0], traces.scores[part, 1], int(unscored[0]), int(unscored[1]))


def _known(traces: Traces, inquiry: Inquiry, side: int, unit: Unit) -> int:
    """Documents or tokens that evidence taken as true puts on one side."""
    column = 0 if unit == "documents" else 1
    certain = np.array([one.certain for one in inquiry.in_order], np.bool_)
    return int(traces.first[certain, side, column].sum())


def _rows(whole: Traces, inquiry: Inquiry) -> list[dict[str, Any]]:
    """What was found, as people read it."""
    return [
        {
            "kind": one.name, "side": side, "documents": int(whole.seen[number, place, 0]),
            "tokens": int(whole.seen[number, place, 1]), "counted": int(whole.first[number, place, 0]),
            "certain": one.certain, "false_positives": one.false_positives().rounded().to_dict(),
        }
        for number, one in enumerate(inquiry.in_order)
        for side, place in SIDES.items() if whole.seen[number, place, 0] or side == _usual(one.name)
    ]  # fmt: skip


def _usual(kind: str) -> str:
    """The side that a kind of evidence speaks of as a rule: it is told also where it found nothing."""
    return "human" if kind == "date" else "synthetic"
