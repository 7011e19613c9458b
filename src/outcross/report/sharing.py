"""The section on the synthetic share: four rungs of a ladder, what was found, what would narrow it."""

from collections.abc import Iterator, Mapping
from typing import Any

from outcross.audits.share import Share
from outcross.estimate import Estimate, Finding, Unknown, finding_from_dict
from outcross.report.chapters import METHOD_LIMIT, NAME_LIMIT, SHARE
from outcross.report.escape import shown
from outcross.report.numbers import DASH, Told, count, plural, tell
from outcross.report.outline import Column, Row, Section, Table
from outcross.report.tables import ID_LIMIT, SNIPPET_LIMIT
from outcross.shares import DATED, LABELS, MODEL, REGION, Ladder, Rung

MEANS = {
    REGION: "What is known without a model: from known synthetic to all that is not known human.",
    DATED: "The same, raised from below by how human text of before the cutoff is scored.",
    MODEL: "A model of the score. Not calibrated here: a predictor, no interval that a decision may rest on.",
    LABELS: "People's labels of a random sample, their errors measured on planted documents.",
}
ONE_SIDED = (REGION, DATED)
"""Rungs that are regions: their middle means nothing."""

GROUPS = 24
REASON_LIMIT = 120


def share_section(share: Share) -> Section:
    """The section."""
    ladders = [one for unit in ("documents", "tokens") if (one := share.of("", unit)) is not None]
    rows = tuple(_row(one, rung) for one in ladders[:1] for rung in one.rungs)
    tables = [_tokens(one) for one in ladders[1:]]
    lines = tuple(_lines(share, ladders[0]))
    tables += [Table("share:short", "In short", (Column("what", "text"), Column("told", "text")), lines)]
    tables += [_evidence(share), *_groups(share), *_refusals(share), *_top(share)]
    return Section(
        SHARE, "Synthetic share", _lead(share, ladders[0]), rows, tuple(row.name for row in rows), "",
        tuple(tables), lines,
    )  # fmt: skip


def _lead(share: Share, whole: Ladder) -> str:
    """The answer, or that there is none."""
    what = "fully" if share.target == "fully" else "at least partly"
    best, torn = whole.best, whole.contradiction
    if torn is not None:
        (low, high), (least, most) = (_ends(rung.finding) for rung in torn)
        return (
            f"It cannot be established how much is {what} synthetic: what is known of the documents ({low} to {high}) "
            f"and what people say of a random sample ({least} to {most}) contradict each other. Declarations, matches "
            "or reviewers are wrong: find out which before you decide anything."
        )
    if best is None or not whole.established:
        return (
            f"It cannot be established how much is {what} synthetic: there are no labels that count and no provenance. "
            "Everything between the ends of the identified region is possible."
        )
    low, high = _ends(best.finding)
    by = "labels of a random sample" if best.step == LABELS else "what is known of them, if declarations are true"
    return f"Between {low} and {high} of documents are {what} synthetic, by {by}."


def _ends(finding: Finding) -> tuple[str, str]:
    """The ends of a 95 % interval in percent."""
    told = tell(finding, percent=True)
    if told.span is None:
        return "0 %", "100 %"
    if not told.interval:
        return told.value, told.value
    low, high = told.interval.strip("[]").split(", ")
    return f"{low} %", f"{high} %"


def _row(ladder: Ladder, rung: Rung) -> Row:
    finding, told = rung.finding, _told(rung)
    name = f"share.{ladder.unit}.{rung.step}"
    if isinstance(finding, Unknown):
        return Row(name, rung.name, MEANS[rung.step], told, percent=True)
    return Row(
        name, rung.name, MEANS[rung.step], told, True, finding.unit, f"{finding.n:,}",
        shown(finding.method, METHOD_LIMIT), shown(finding.assumption, METHOD_LIMIT),
    )  # fmt: skip


def _told(rung: Rung) -> Told:
    """The finding in words; of a region only its ends."""
    told = tell(rung.finding, percent=True)
    if told.span is None or not isinstance(rung.finding, Estimate):
        return told
    if rung.step in ONE_SIDED and told.interval:
        return Told(_region(told), "", told.span)
    if rung.step == MODEL:
        return Told(f"{told.value} (not calibrated here)", told.interval, told.span)
    return told


def _region(told: Told) -> str:
    low, high = told.interval.strip("[]").split(", ")
    return f"{low}{DASH}{high} %"


def _tokens(ladder: Ladder) -> Table:
    """The same ladder in tokens."""
    rows = tuple((rung.name, str(_told(rung))) for rung in ladder.rungs)
    return Table("share:tokens", "By tokens", (Column("rung", "text"), Column("share", "text")), rows)


def _evidence(share: Share) -> Table:
    """What each kind of evidence found."""
    columns = (
        Column("evidence", "quote"), Column("says", "text"), Column("documents"), Column("tokens"),
        Column("false positives"), Column("taken as true", "text"),
    )  # fmt: skip
    rows = tuple(
        (shown(one["kind"], ID_LIMIT), str(one["side"]), count(one["documents"]), count(one["tokens"]),
         _rate(one), "yes" if one["certain"] else "no")
        for one in share.evidence
    )  # fmt: skip
    note = (
        f"{plural(share.contradictions, 'document')} taken for human by one kind and for synthetic by another, and so "
        "decided by neither."
    ) * bool(share.contradictions)
    return Table("share:evidence", "Evidence", columns, rows, note, bare=True)


def _rate(row: Mapping[str, Any]) -> str:
    """The upper end of the false positives of evidence."""
    finding = finding_from_dict(row["false_positives"])
    if isinstance(finding, Unknown):
        return "not known: not counted"
    if row["certain"]:
        return "none"
    return f"at most {_ends(finding)[1]}"


def _groups(share: Share) -> Iterator[Table]:
    """Groups below one another, the rungs side by side."""
    ladders = [one for one in share.ladders if one.group and one.unit == "documents"]
    if not ladders:
        return
    columns = (Column("group", "quote"), *(Column(rung.name, "text") for rung in ladders[0].rungs))
    rows = tuple((shown(one.group, NAME_LIMIT), *(_briefly(rung) for rung in one.rungs)) for one in ladders[:GROUPS])
    more = len(ladders) - GROUPS
    note = f"{plural(more, 'more group')} in the JSON record." if more > 0 else ""
    yield Table("share:groups", "By group", columns, rows, note, bare=True)


def _briefly(rung: Rung) -> str:
    """The finding for a narrow column; why it is not known stands in the JSON record."""
    told = _told(rung)
    return str(told) if told.known else "unknown"


def _refusals(share: Share) -> Iterator[Table]:
    """Why documents were not scored."""
    if share.refusals:
        rows = tuple((shown(why, REASON_LIMIT), count(times)) for why, times in _most_first(share.refusals))
        yield Table("share:unscored", "Not scored", (Column("reason", "quote"), Column("documents")), rows)


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _top(share: Share) -> Iterator[Table]:
    """The surest documents of each kind of evidence."""
    rows = tuple(
        (shown(kind, ID_LIMIT), shown(one["id"], ID_LIMIT), shown(one["reason"], REASON_LIMIT),
         shown(one["text"] or "", SNIPPET_LIMIT))
        for kind, found in share.top.items() for one in found
    )  # fmt: skip
    if rows:
        columns = (Column("evidence", "quote"), Column("document", "quote"), Column("why", "quote"),
                   Column("begins", "quote"))  # fmt: skip
        yield Table("share:top", "Surest documents of each kind", columns, rows, bare=True)


def _lines(share: Share, whole: Ladder) -> Iterator[tuple[str, str]]:
    """What a short report says besides the rungs."""
    found = [f"{one['kind']} {one['side']} {count(one['documents'])}" for one in share.evidence if one["documents"]]
    yield "evidence on documents", shown(", ".join(found) or "none", METHOD_LIMIT)
    hit = {one["kind"] for one in share.evidence if one["documents"]}
    missed = sorted({one["kind"] for one in share.evidence} - hit - {"leftovers"})
    if missed:
        yield "found on no document", shown(", ".join(missed), METHOD_LIMIT)
    if share.contradictions:
        yield "contradictions", f"{plural(share.contradictions, 'document')} called both human and synthetic"
    labels = share.sought.get("labels")
    if labels is not None:
        others = f"; the newest of {labels['sets']} sets of this corpus" if labels["sets"] > 1 else ""
        yield "labels", shown(f"{plural(labels['answered'], 'document')} of {labels['name']}{others}", METHOD_LIMIT)
    for step in whole.next_steps[:2]:
        yield "would narrow it", f"{step.what}: to about {step.width * 100:.0f} points"
