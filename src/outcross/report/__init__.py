"""Records -> terminal, JSON, Markdown, HTML. This room makes no numbers.

A record becomes an outline (`reading`, `comparing`, `tracking`) that holds everything a report says as safe text; each
format renders the outline. A new format is a new renderer; a new section is a new chapter.

    audit -> outline -> terminal | Markdown | page | notebook
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from outcross.audits.record import Audit
from outcross.gate.record import Verdict
from outcross.provenance.account import Account
from outcross.provenance.graph import graph_of
from outcross.provenance.record import Record
from outcross.report.charts.sources import sources_svg
from outcross.report.comparing import Compared, comparison_outline
from outcross.report.gating import verdict_outline
from outcross.report.gating_junit import verdict_junit
from outcross.report.gating_markdown import verdict_markdown
from outcross.report.gating_page import verdict_page
from outcross.report.gating_text import verdict_text
from outcross.report.lineage_text import lineage_text
from outcross.report.listing import generation_text, generations_text
from outcross.report.markdown import audit_markdown, comparison_markdown
from outcross.report.notebook import audit_fragment
from outcross.report.page import audit_page, comparison_page
from outcross.report.reading import outline_of
from outcross.report.sources import record_text, records_text
from outcross.report.terminal import audit_text, comparison_text
from outcross.report.tracking import track_outline
from outcross.report.tracking_markdown import track_markdown
from outcross.report.tracking_page import track_page
from outcross.report.tracking_text import track_text
from outcross.track.record import Node, Track

__all__ = [
    "comparison_to_html",
    "comparison_to_markdown",
    "comparison_to_text",
    "generation_to_text",
    "generations_to_text",
    "lineage_to_svg",
    "lineage_to_text",
    "record_to_text",
    "records_to_text",
    "to_html",
    "to_json",
    "to_markdown",
    "to_notebook",
    "to_text",
    "track_to_html",
    "track_to_markdown",
    "track_to_text",
    "verdict_to_html",
    "verdict_to_json",
    "verdict_to_junit",
    "verdict_to_markdown",
    "verdict_to_text",
]


def to_text(audit: Audit, width: int | None = None, *, colour: bool = False, next_steps: Sequence[str] = ()) -> str:
    """The audit for a terminal.

    Args:
        audit: what is reported.
        width: in characters; None asks the terminal, and takes 80 where there is none.
        colour: whether ANSI colours are used; the caller honours NO_COLOR.
        next_steps: what to look at next, one line each.
    """
    return audit_text(outline_of(audit), width, colour=colour, next_steps=next_steps)


def to_markdown(audit: Audit) -> str:
    """The audit as Markdown with tables, for a pull request or a wiki."""
    return audit_markdown(outline_of(audit))


def to_html(audit: Audit) -> str:
    """The audit as one HTML file that loads nothing and runs no script."""
    return audit_page(audit)


def to_json(audit: Audit, *, pretty: bool = False) -> str:
    """The record itself: canonical JSON, or indented and in ASCII, which is safe to print."""
    return json.dumps(audit.to_dict(), indent=2, sort_keys=True) if pretty else audit.to_json()


def to_notebook(audit: Audit) -> str:
    """The audit as an HTML fragment for `_repr_html_`, whose styles stay its own."""
    return audit_fragment(audit)


def comparison_to_text(comparison: Compared, width: int | None = None, *, colour: bool = False) -> str:
    """The comparison for a terminal; arguments as in `to_text`."""
    return comparison_text(comparison_outline(comparison), width, colour=colour)


def comparison_to_markdown(comparison: Compared) -> str:
    """The comparison as Markdown with one table."""
    return comparison_markdown(comparison_outline(comparison))


def comparison_to_html(comparison: Compared) -> str:
    """The comparison as one HTML file that loads nothing and runs no script."""
    return comparison_page(comparison)


def track_to_text(
    track: Track, width: int | None = None, *, colour: bool = False, next_steps: Sequence[str] = ()
) -> str:
    """The track for a terminal; arguments as in `to_text`."""
    return track_text(track_outline(track), width, colour=colour, next_steps=next_steps)


def track_to_markdown(track: Track) -> str:
    """The track as Markdown with tables."""
    return track_markdown(track_outline(track))


def track_to_html(track: Track) -> str:
    """The track as one HTML file that loads nothing and runs no script: a timeline a measure, the lineage drawn."""
    return track_page(track)


def generations_to_text(nodes: Sequence[Node], width: int | None = None, *, colour: bool = False) -> str:
    """Registered generations for a terminal, one a line, in the order given; arguments as in `to_text`."""
    return generations_text(nodes, width, colour=colour)


def generation_to_text(record: Mapping[str, Any], width: int | None = None, *, colour: bool = False) -> str:
    """One registered generation for a terminal, with what nobody said of it.

    Args:
        record: as `Generation.to_dict` gives it; beside it, its "digest" and when it was "added" are shown too.
        width: as in `to_text`.
        colour: likewise.
    """
    return generation_text(record, width, colour=colour)


def record_to_text(
    record: Record, missing: Sequence[str] = (), width: int | None = None, *, colour: bool = False
) -> str:
    """A provenance record for a terminal.

    Args:
        record: what is shown.
        missing: names of the fields that a complete record would have.
        width: as in `to_text`.
        colour: likewise.
    """
    return record_text(record, missing, width, colour=colour)


def records_to_text(records: Sequence[Record], width: int | None = None, *, colour: bool = False) -> str:
    """Provenance records for a terminal, one a line, in the order given; arguments as in `to_text`."""
    return records_text(records, width, colour=colour)


def verdict_to_text(
    verdict: Verdict, width: int | None = None, *, colour: bool = False, next_steps: Sequence[str] = ()
) -> str:
    """The verdict for a terminal; arguments as in `to_text`."""
    return verdict_text(verdict_outline(verdict), width, colour=colour, next_steps=next_steps)


def verdict_to_markdown(verdict: Verdict) -> str:
    """The verdict as Markdown, for a pull request."""
    return verdict_markdown(verdict_outline(verdict))


def verdict_to_html(verdict: Verdict) -> str:
    """The verdict as one HTML file that loads nothing and runs no script."""
    return verdict_page(verdict_outline(verdict))


def verdict_to_junit(verdict: Verdict) -> str:
    """The verdict as JUnit XML: each requirement a test case."""
    return verdict_junit(verdict_outline(verdict), verdict.made)


def verdict_to_json(verdict: Verdict, *, pretty: bool = False) -> str:
    """The record itself: canonical JSON, or indented and in ASCII, which is safe to print."""
    return json.dumps(verdict.to_dict(), indent=2, sort_keys=True) if pretty else verdict.to_json()


def lineage_to_text(account: Account, width: int | None = None, *, colour: bool = False) -> str:
    """Where a mix comes from, for a terminal; arguments as in `to_text`."""
    return lineage_text(account, width, colour=colour)


def lineage_to_svg(account: Account) -> str:
    """The lineage of a mix as a picture of its own, for light and dark screens; of a large one the nearest nodes."""
    return sources_svg(graph_of(account))
