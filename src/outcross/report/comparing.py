"""From a comparison of two corpora to what its report says.

A comparison is read as plain values, as `to_dict` gives them: reports need nothing else of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from outcross.estimate import finding_from_dict
from outcross.report.chapters import catalogue, row_of
from outcross.report.escape import shown
from outcross.report.numbers import FARTHEST, Told, count, exact, plural, probability, share, signed, tell
from outcross.report.outline import Column, Table
from outcross.report.reading import NAME_LIMIT, NOTE_LIMIT, short_digest

MARGIN_IN_POINTS = 0.25
"""The margin of a share, in points, as part of the relative margin (see `outcross.audits.compare`)."""

REASON_LIMIT = 200


class Compared(Protocol):
    """A comparison, whatever made it."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, of schema outcross.comparison/1."""


@dataclass(frozen=True)
class Change:
    """One figure of two corpora.

    Attributes:
        label: of the figure.
        meaning: one sentence on it.
        a: its number in the first corpus, with its interval.
        b: in the second.
        effect: the change, or "unknown: reason".
        interval: of the change.
        p: after Holm's correction.
        differs: whether the change is beyond chance.
        detectable: the smallest change that would have shown.
        span: low end, change and high end as numbers, to draw.
        relative: whether the change is relative to the value, or else in points of a share.
    """

    label: str
    meaning: str
    a: Told
    b: Told
    effect: str
    interval: str
    p: str
    differs: bool
    detectable: str
    span: tuple[float, float, float] | None
    relative: bool


@dataclass(frozen=True)
class ComparisonOutline:
    """What a report on a comparison says."""

    a: str
    b: str
    verdict: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    margin: float


def comparison_outline(comparison: Compared) -> ComparisonOutline:
    """What a report on this comparison says; what differs stands first."""
    record = comparison.to_dict()
    changes = sorted((_change(row) for row in record["rows"]), key=lambda change: not change.differs)
    return ComparisonOutline(
        shown(record["a"].get("name", "a"), NAME_LIMIT), shown(record["b"].get("name", "b"), NAME_LIMIT),
        shown(record["verdict"], 40), _sentence(record, changes), _facts(record), tuple(changes),
        tuple(shown(note, NOTE_LIMIT) for note in record.get("notes", ())), float(record.get("margin", 0.0)),
    )  # fmt: skip


def _sentence(record: Mapping[str, Any], changes: list[Change]) -> str:
    """The verdict in one sentence."""
    differing = [change for change in changes if change.differs]
    margin = share(record.get("margin", 0.0))
    match record["verdict"]:
        case "changed":
            verb = "differs" if len(differing) == 1 else "differ"
            return f"{len(differing)} of {plural(len(changes), 'figure')} {verb} beyond chance."
        case "no change":
            return f"No figure differs beyond chance, and a change of {margin} would have shown."
        case "too little data":
            return f"No figure differs beyond chance, but a change of {margin} could have been missed."
        case _:
            return ""


def _facts(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What was compared, and at which size."""
    facts = []
    for side in ("a", "b"):
        one = record[side]
        name = shown(one.get("name", side), NAME_LIMIT)
        facts.append((side, f"{name}, {count(one.get('documents', ''))} documents, {short_digest(one.get('digest'))}"))
    size = record.get("size")
    if size:
        documents = f"{count(size.get('documents_a'))} and {count(size.get('documents_b'))} documents"
        facts.append(("compared at", f"{count(size.get('words'))} words: {documents}"))
    overlap = record.get("overlap")
    facts.append(("overlap", "unknown" if overlap is None else f"{share(overlap)} of the smaller one's documents"))
    facts.append(("p values", f"corrected for all rows (Holm); intervals at {share(record.get('level', 0.95))}"))
    return tuple(facts)


def _change(row: Mapping[str, Any]) -> Change:
    figure = catalogue().get(row["name"])
    percent = bool(figure and figure.percent)
    findings = finding_from_dict(row["a"]), finding_from_dict(row["b"])
    a, b = (tell(finding, percent=percent) for finding in findings)
    told = row_of(row["name"], findings[0])
    effect, interval, span = _effect(row)
    return Change(
        told.label, told.meaning, a, b, effect, interval,
        "" if row.get("p_holm") is None else probability(row["p_holm"]), row.get("differs") is True,
        _detectable(row), span, row.get("scale") == "relative",
    )  # fmt: skip


def _effect(row: Mapping[str, Any]) -> tuple[str, str, tuple[float, float, float] | None]:
    """The change in words, its interval, and both as numbers."""
    if row.get("effect") is None:
        return f"unknown: {shown(row.get('reason') or 'no reason given', REASON_LIMIT)}", "", None
    effect = float(row["effect"])
    low, high = (effect if row.get(end) is None else float(row[end]) for end in ("low", "high"))
    if not all(abs(one) < FARTHEST for one in (low, effect, high)):
        return "unknown: the record holds no valid number", "", None
    return *signed(effect, low, high, scale=row.get("scale", "relative")), (low, effect, high)


def _detectable(row: Mapping[str, Any]) -> str:
    """The smallest change that would have shown; unsigned, as it may be either way."""
    if row.get("detectable") is None:
        return ""
    unit = "%" if row.get("scale") == "relative" else "points"
    return f"{exact(float(format(row['detectable'] * 100, '.2g')))} {unit}"


def change_table(outline: ComparisonOutline) -> Table:
    """All figures side by side."""
    columns = (
        Column("figure", "text"), Column("a"), Column("b"), Column("change"), Column("95 % interval"),
        Column("p, corrected"), Column("would have shown"), Column("verdict", "text"),
    )  # fmt: skip
    rows = tuple(
        (
            one.label,
            str(one.a),
            str(one.b),
            one.effect,
            one.interval,
            one.p,
            one.detectable,
            "differs" if one.differs else "",
        )
        for one in outline.changes
    )
    return Table("changes", "", columns, rows, bare=True)
