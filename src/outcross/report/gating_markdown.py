"""A verdict as Markdown: what a pull request shows of the data that it would train on."""

from collections.abc import Iterator, Sequence

from outcross.report.escape import markdown, markdown_quote
from outcross.report.gating import Judged, VerdictOutline
from outcross.report.gating_text import picture
from outcross.report.markdown import grid, heading, items
from outcross.report.outline import Column

REQUIREMENTS = (
    Column("outcome", "text"), Column("requirement", "quote"), Column("result", "text"), Column("interval", "text"),
    Column("limit", "text"), Column(" ", "text"), Column("decided by", "text"), Column("layer", "text"),
    Column("owner", "quote"), Column("implements", "quote"),
)  # fmt: skip


def verdict_markdown(outline: VerdictOutline) -> str:
    """The whole report."""
    return "\n".join(_lines(outline)).rstrip() + "\n"


def _lines(outline: VerdictOutline) -> Iterator[str]:
    yield f"# {outline.outcome.capitalize()}: data requirements"
    yield ""
    yield f"**{markdown(outline.says)}**"
    yield ""
    yield f"By the policy {markdown(outline.policy)}."
    yield ""
    yield from grid(REQUIREMENTS, [_row(one) for one in outline.judged])
    if outline.held:
        yield from heading("What holds it back, and what would mend it")
    for one in outline.held:
        yield from _held(one)
    if outline.sources.rows:
        yield from heading("Sources", outline.sources.note)
        yield from grid(outline.sources.columns, outline.sources.rows)
    yield from _listed("Ancestors of which nothing is known", outline.unresolved)
    yield from _listed("The model reads what its own line wrote", outline.loops)
    yield from _listed("What the figures take as true", outline.assumptions)
    yield from _listed("Notes", outline.notes)
    yield from heading("What was judged")
    yield from grid((Column("what", "text"), Column("value", "quote")), outline.facts)


def _row(one: Judged) -> tuple[str, ...]:
    end = f"{one.end} end" if one.end else ""
    return (
        one.outcome, one.name, one.result, one.found, one.limit, picture(one.bar), end, one.layer, one.owner,
        ", ".join(one.clauses),
    )  # fmt: skip


def _held(one: Judged) -> Iterator[str]:
    yield ""
    yield f"**{one.outcome.capitalize()}: {markdown(one.name)}.** {markdown(one.reason)}"
    if one.consequence:
        yield ""
        yield f"Without it: {markdown(one.consequence)}."
    yield from items([markdown(way) for way in one.remedies])


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from heading(title)
        yield from items([markdown_quote(line) for line in lines])
