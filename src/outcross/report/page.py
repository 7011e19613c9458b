"""A report as one HTML file: no script, nothing loaded, autoescaped to the last word."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from outcross.audits.record import Audit
from outcross.report.charts.drawing import Picture
from outcross.report.charts.gallery import comparison_charts, gallery, group_charts, shares_chart
from outcross.report.comparing import Compared, comparison_outline
from outcross.report.escape import visible
from outcross.report.outline import Section, Table
from outcross.report.reading import outline_of

if TYPE_CHECKING:
    from jinja2 import Environment

COMPARED_AT_A_GLANCE = ("share", "repetition", "hygiene")
"""Sections whose figures are shares of the same documents, so that one chart holds them all."""

LINE, FRAME = 33.0, 64.0
"""Height of a table's row, and of what stands around a chart or a table, in pixels."""


@dataclass(frozen=True)
class Block:
    """A piece of a section: its figures, a chart with its numbers, or a table."""

    height: float
    title: str = ""
    picture: Picture | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Spread:
    """A section as it lies on the page: two columns, and what needs the whole width."""

    section: Section
    columns: tuple[tuple[Block, ...], tuple[Block, ...]]
    wide: tuple[Table, ...]


@cache
def environment() -> "Environment":
    """The templates of this room; what they print is made visible, then escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only for pages

    return Environment(
        loader=PackageLoader("outcross.report"), autoescape=True, finalize=_finalized,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _finalized(value: object) -> object:
    """Text with everything hidden made visible; what is markup already stays."""
    return value if hasattr(value, "__html__") else visible(value)


def audit_page(audit: Audit) -> str:
    """The whole page."""
    outline = outline_of(audit)
    charts = gallery(audit, outline.sections)
    template = environment().get_template("audit.html")
    return template.render(
        outline=outline,
        spreads=[spread(section, charts) for section in outline.sections],
        group_columns=_group_columns(group_charts(outline.groups)) if outline.groups else (),
    )


def spread(section: Section, charts: Mapping[str, Picture]) -> Spread:
    """The section's pieces, each in the column that is shorter so far."""
    wide = tuple(table for table in section.tables if table.bare and table.key not in charts)
    return Spread(section, balanced(_blocks(section, charts)), wide)


def _blocks(section: Section, charts: Mapping[str, Picture]) -> Iterator[Block]:
    if section.rows:
        yield Block(LINE * (len(section.rows) + 1))
    picture = shares_chart(section) if section.key in COMPARED_AT_A_GLANCE else None
    if picture:
        yield Block(picture.height + FRAME, "Side by side", picture)
    for table in section.tables:
        if table.key in charts:
            chart = charts[table.key]
            yield Block(chart.height + FRAME, table.title, chart, table)
        elif not table.bare:
            yield Block(LINE * (len(table.rows) + 1) + FRAME, table.title, None, table)


def balanced(blocks: Iterable[Block]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Two columns of about the same height; the order of reading is kept within each."""
    columns: tuple[list[Block], list[Block]] = ([], [])
    heights = [0.0, 0.0]
    for block in blocks:
        shorter = int(heights[1] < heights[0])
        columns[shorter].append(block)
        heights[shorter] += block.height
    return tuple(columns[0]), tuple(columns[1])


def _group_columns(charts: Iterable[tuple[str, Picture]]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    return balanced(Block(picture.height + FRAME, label, picture) for label, picture in charts)


def comparison_page(comparison: Compared) -> str:
    """The whole page on a comparison."""
    outline = comparison_outline(comparison)
    blocks = [
        Block(picture.height + FRAME, title, picture)
        for title, picture in comparison_charts(outline.changes, outline.margin)
    ]
    template = environment().get_template("comparison.html")
    return template.render(outline=outline, columns=balanced(blocks))
