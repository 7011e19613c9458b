"""Tables of an audit for people: who they are for decides how many rows they have."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcross.estimate import Finding
from outcross.report.escape import shown
from outcross.report.numbers import DASH, count, plural, share, tell
from outcross.report.outline import Column, Kind, Table

Record = Mapping[str, Any]

ID_LIMIT = 40
SNIPPET_LIMIT = 160
WORD_LIMIT = 40


@dataclass(frozen=True)
class Shape:
    """How a table of the record is shown.

    Attributes:
        title: a few words above it.
        columns: heading, kind, and how a cell is made of a row of the record.
        most: rows that are shown.
        bare: whether the table stays beside its chart.
    """

    title: str
    columns: tuple[tuple[str, Kind, Callable[[Record], str]], ...]
    most: int
    bare: bool = False


def _quoted(key: str, limit: int) -> Callable[[Record], str]:
    return lambda row: shown(row.get(key, ""), limit)


def _counted(key: str) -> Callable[[Record], str]:
    return lambda row: count(row.get(key, ""))


def _shared(key: str) -> Callable[[Record], str]:
    return lambda row: share(row.get(key, ""))


def bin_label(row: Record) -> str:
    """The span of a bin whose ends both belong to it.

    >>> bin_label({"low": 1, "high": 1})
    '1'
    """
    low, high = count(row.get("low", "")), count(row.get("high", ""))
    return low if low == high else f"{low}{DASH}{high}"


SHAPES = {
    "lengths": Shape("Documents by length", (
        ("words, from", "number", _counted("low")), ("to below", "number", _counted("high")),
        ("documents", "number", _counted("documents"))), 64),
    "spectrum": Shape("Words by how often they occur", (
        ("occurrences", "number", bin_label), ("distinct words", "number", _counted("types")),
        ("share of all words", "number", _shared("mass"))), 64),
    "top_words": Shape("Most frequent words", (
        ("word", "quote", _quoted("word", WORD_LIMIT)),
        ("occurrences", "number", _counted("occurrences"))), 20),
    "languages": Shape("Languages", (
        ("language", "quote", _quoted("name", ID_LIMIT)), ("documents", "number", _counted("documents")),
        ("share", "number", _shared("share"))), 12),
    "scripts": Shape("Scripts", (
        ("script", "quote", _quoted("name", ID_LIMIT)), ("letters", "number", _counted("letters")),
        ("share", "number", _shared("share"))), 12),
    "clusters": Shape("Largest clusters of copies", (
        ("copies", "number", _counted("documents")), ("kind", "quote", _quoted("kind", ID_LIMIT)),
        ("one of them", "quote", _quoted("id", ID_LIMIT)),
        ("begins", "quote", _quoted("text", SNIPPET_LIMIT))), 20, bare=True),
}  # fmt: skip

HOME = {"lengths": "size", "spectrum": "words", "top_words": "words", "languages": "languages",
        "scripts": "languages", "clusters": "duplicates"}  # fmt: skip
"""The section that a table stands in; tables that nobody knows stand in the last."""

CURVES = {
    "hill.0": ("diversity", "Distinct words by sample size", "documents"),
    "distinct.2": ("diversity", "distinct-2 by sample size", "documents"),
    "compression.ratio": ("diversity", "Compression ratio by size of piece", "bytes"),
}
"""Curves that are shown: section, title and what the size counts."""


def table_of(name: str, found: Sequence[object]) -> Table:
    """A table of the record for people; one that nobody knows shows whatever it holds."""
    shape = SHAPES.get(name)
    rows: list[Record] = [row for row in found if isinstance(row, Mapping)]
    if shape is None:
        return _unknown_table(name, rows)
    columns = tuple(Column(label, kind) for label, kind, _ in shape.columns)
    used = [place for place, column in enumerate(columns) if name != "clusters" or _filled(rows, place)]
    cells = tuple(tuple(shape.columns[place][2](row) for place in used) for row in rows[: shape.most])
    return Table(
        name,
        shape.title,
        tuple(columns[place] for place in used),
        cells,
        _left_out(rows, shape.most),
        shape.bare,
    )


def _filled(rows: Sequence[Record], place: int) -> bool:
    """Whether any row has something in this column: without text, there is no column of snippets."""
    make = SHAPES["clusters"].columns[place][2]
    return any(make(row) for row in rows)


def _unknown_table(name: str, rows: Sequence[Record], most: int = 20, widest: int = 8) -> Table:
    names = list(dict.fromkeys(key for row in rows[:most] for key in row))[:widest]
    cells = tuple(tuple(_cell(row.get(key, "")) for key in names) for row in rows[:most])
    columns = tuple(Column(shown(key, ID_LIMIT), "quote") for key in names)
    return Table(shown(name, ID_LIMIT), shown(name, ID_LIMIT), columns, cells, _left_out(rows, most), bare=True)


def _cell(value: object) -> str:
    return count(value) if isinstance(value, int | float) else shown(value, SNIPPET_LIMIT)


def _left_out(rows: Sequence[Record], most: int) -> str:
    more = len(rows) - most
    return f"{plural(more, 'more row')} in the JSON record." if more > 0 else ""


def curve_table(name: str, curve: Sequence[tuple[int, Finding]], *, percent: bool) -> Table:
    """The points of a curve."""
    _, title, unit = CURVES[name]
    told = [(size, tell(finding, percent=percent)) for size, finding in curve]
    return Table(
        f"curve:{name}", title,
        (Column(unit), Column("value"), Column("95 % interval")),
        tuple((count(size), one.value, one.interval) for size, one in told),
    )  # fmt: skip
