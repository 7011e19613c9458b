"""An audit as Markdown: tables that GitHub and every other reader of Markdown shows."""

import re
from collections.abc import Iterator, Sequence

from outcross.report.comparing import ComparisonOutline, change_table
from outcross.report.escape import markdown, markdown_quote
from outcross.report.numbers import MINUS
from outcross.report.outline import Column, Groups, Outline, Quarantine, Row, Section, Table

FIGURE_COLUMNS = (Column("figure", "text"), Column("value"), Column("95 % interval"), Column("n"),
                  Column("unit", "text"), Column("method", "text"), Column("name", "quote"))  # fmt: skip


_NUMBER = re.compile(rf"[\[\]\d.,e+{MINUS}% ]*")


_NUMBERED = re.compile(r"^(\d+)([.)])")


def audit_markdown(outline: Outline) -> str:
    """The whole report."""
    return "\n".join(_lines(outline)).rstrip() + "\n"


def _lines(outline: Outline) -> Iterator[str]:
    yield f"# Audit of {markdown_quote(outline.name)}"
    yield ""
    yield markdown(" · ".join(outline.subtitle))
    yield ""
    yield "Brackets hold the 95 % interval; a number without one is a count of all that was read."
    yield from items([f"**Warning:** {markdown(text)}" for text in outline.warnings])
    if outline.quarantine:
        yield from _quarantine(outline.quarantine)
    for section in outline.sections:
        yield from _section(section)
    if outline.groups:
        yield from _groups(outline.groups)
    if outline.notes:
        yield from heading("Notes")
        yield from items([markdown(text) for text in outline.notes])
    yield from heading("What was read")
    yield from grid((Column("what", "text"), Column("value", "quote")), outline.facts)


def heading(title: str, lead: str = "", *, level: int = 2) -> Iterator[str]:
    """A heading and the sentence below it."""
    yield ""
    yield f"{'#' * level} {markdown(title)}"
    yield ""
    if lead:
        yield markdown(lead)
        yield ""


def items(lines: Sequence[str]) -> Iterator[str]:
    """A list of lines that are Markdown already."""
    if lines:
        yield ""
    for line in lines:
        yield f"- {_NUMBERED.sub(lambda start: f'{start[1]}&#{ord(start[2])};', line)}"


def grid(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; numbers to the right, text from documents as code."""
    yield f"| {' | '.join(markdown(column.label) or ' ' for column in columns)} |"
    yield f"|{'|'.join('---:' if column.kind == 'number' else '---' for column in columns)}|"
    for row in rows:
        cells = (_cell(cell, column) for cell, column in zip(row, columns, strict=True))
        yield f"| {' | '.join(cells)} |"


def _cell(text: str, column: Column) -> str:
    if column.kind == "quote":
        return markdown_quote(text)
    return text if _NUMBER.fullmatch(text) else markdown(text)


def _section(section: Section) -> Iterator[str]:
    yield from heading(section.title, section.lead)
    if section.rows:
        yield from grid(FIGURE_COLUMNS, [_figure(row) for row in section.rows])
    for table in section.tables:
        yield from titled(table)


def _figure(row: Row) -> tuple[str, ...]:
    return row.label, row.told.value, row.told.interval, row.n, row.unit, row.method, row.name


def titled(table: Table) -> Iterator[str]:
    """A table below its title."""
    yield from heading(table.title, level=3)
    yield from grid(table.columns, table.rows)
    if table.note:
        yield ""
        yield markdown(table.note)


def _quarantine(quarantine: Quarantine) -> Iterator[str]:
    yield from heading("Quarantine", f"{quarantine.count} could not be read.")
    yield from grid((Column("reason", "quote"), Column("count")), quarantine.reasons)
    if quarantine.places.rows:
        yield from titled(quarantine.places)


def _groups(groups: Groups) -> Iterator[str]:
    yield from heading("Groups", groups.note)
    columns = (Column("group", "quote"), *(Column(label) for label in groups.figures))
    rows = [(name, *map(str, cells)) for name, cells in zip(groups.names, groups.cells, strict=True)]
    yield from grid(columns, rows)
    if groups.matrix:
        yield from titled(groups.matrix)


def comparison_markdown(outline: ComparisonOutline) -> str:
    """The whole report on a comparison."""
    table = change_table(outline)
    lines = [
        f"# {markdown_quote(outline.a)} against {markdown_quote(outline.b)}", "",
        f"**{markdown(outline.verdict)}** {markdown(outline.sentence)}", "",
        *grid((Column("what", "text"), Column("value", "quote")), outline.facts), "",
        *grid(table.columns, table.rows),
    ]  # fmt: skip
    if outline.notes:
        lines += [*heading("Notes"), *items([markdown(note) for note in outline.notes])]
    return "\n".join(lines).rstrip() + "\n"
