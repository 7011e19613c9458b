"""Records -> terminal, JSON, Markdown, HTML. This room makes no numbers.

A record becomes an outline (`reading`, `comparing`) that holds everything a report says as safe text; each
format renders the outline. A new format is a new renderer; a new section is a new chapter.

    audit -> outline -> terminal | Markdown | page | notebook
"""

import json
from collections.abc import Sequence

from outcross.audits.record import Audit
from outcross.report.comparing import Compared, comparison_outline
from outcross.report.markdown import audit_markdown, comparison_markdown
from outcross.report.notebook import audit_fragment
from outcross.report.page import audit_page, comparison_page
from outcross.report.reading import outline_of
from outcross.report.terminal import audit_text, comparison_text

__all__ = [
    "comparison_to_html",
    "comparison_to_markdown",
    "comparison_to_text",
    "to_html",
    "to_json",
    "to_markdown",
    "to_notebook",
    "to_text",
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
