"""What a report says, before it is said in any format: an outline that all formats render.

Everything in an outline is text that is already safe to see (`outcross.report.escape.shown`); each format
adds the escaping of its own markup.
"""

from dataclasses import dataclass, field
from typing import Literal

from outcross.report.numbers import Told

Kind = Literal["text", "number", "quote"]
"""What a column holds: our words, numbers, or text that comes from documents."""


@dataclass(frozen=True)
class Row:
    """One figure: its number, and what is needed to doubt it."""

    name: str
    label: str
    meaning: str
    told: Told
    percent: bool = False
    unit: str = ""
    n: str = ""
    method: str = ""
    assumption: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    label: str
    kind: Kind = "number"


@dataclass(frozen=True)
class Table:
    """A table for people.

    Attributes:
        key: names its chart, where there is one.
        title: a few words above it.
        columns: what its columns hold.
        rows: cells by row, as text.
        note: what was left out, or how to read it.
        bare: whether the table itself is worth reading next to its chart.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    bare: bool = False


@dataclass(frozen=True)
class Section:
    """Figures and tables that belong together.

    Attributes:
        key: names it in links.
        title: its heading.
        lead: one sentence that says how to read it.
        rows: all its figures.
        brief: the names of the figures that a short report shows.
        rest: what a short report says of the others.
        tables: its tables.
        lines: one-liners that stand for tables in a short report, as label and text.
    """

    key: str
    title: str
    lead: str = ""
    rows: tuple[Row, ...] = ()
    brief: tuple[str, ...] = ()
    rest: str = ""
    tables: tuple[Table, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def brief_rows(self) -> tuple[Row, ...]:
        """The figures that a short report shows."""
        return tuple(row for row in self.rows if row.name in self.brief)


@dataclass(frozen=True)
class Groups:
    """Groups of documents side by side, the largest first.

    Attributes:
        names: the groups that are shown.
        figures: label of each key figure.
        cells: by group, one finding a figure.
        percents: whether a figure is a percentage.
        note: how many groups are not shown, and the common size.
        matrix: all figures of few groups, as rows; nothing where there are many.
    """

    names: tuple[str, ...]
    figures: tuple[str, ...]
    cells: tuple[tuple[Told, ...], ...]
    percents: tuple[bool, ...]
    note: str = ""
    matrix: Table | None = None


@dataclass(frozen=True)
class Quarantine:
    """What could not be read."""

    count: str
    reasons: tuple[tuple[str, str], ...]
    places: Table


@dataclass(frozen=True)
class Outline:
    """A whole report.

    Attributes:
        name: of the corpus.
        subtitle: what was read, in a few phrases.
        facts: label and text of what was read and how.
        warnings: what must be known before any figure is believed.
        notes: what should be known.
        quarantine: what could not be read, or None.
        headline: the few figures that stand at the top.
        sections: the figures.
        groups: the groups, or None.
    """

    name: str
    subtitle: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    quarantine: Quarantine | None
    headline: tuple[Row, ...]
    sections: tuple[Section, ...]
    groups: Groups | None = field(default=None)
