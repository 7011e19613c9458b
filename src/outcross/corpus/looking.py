"""The first look: which shape do the records have?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from outcross.corpus.formats import FIRST_RECORDS, Job, Look, readers
from outcross.corpus.places import open_file
from outcross.corpus.quarantine import Quarantine
from outcross.corpus.reading import BAD_DATA
from outcross.corpus.shapes import ID_COLUMNS, MISSING, SHAPES, Shape, fitting, of_column, value_at
from outcross.corpus.sieve import Sieve
from outcross.corpus.streams import Tap
from outcross.corpus.terms import FILE_GROUP, Limits, Member, Reading, View
from outcross.errors import CallError

FILES = 8
"""Files that are looked at, spread evenly over the corpus."""


@dataclass(frozen=True)
class Found:
    """A file of a corpus, its format, and whether it is compressed as a whole."""

    member: Member
    format: str
    packed: bool


Seen = list[tuple[str, Look]]


def decide(found: Sequence[Found], reading: Reading, limits: Limits) -> View:
    """The view of a corpus, from the first records of some of its files.

    Raises:
        CallError: a column that was asked for is not there, or nothing looks like text.
    """
    seen = [(one.member.shown, look) for one in _some(found) if (look := _look(one, limits)) is not None]
    for column in (reading.text_column, reading.id_column, reading.group_by, *reading.columns):
        if column is not None and column != FILE_GROUP:
            _check_column(seen, column)
    shape = of_column(reading.text_column) if reading.text_column is not None else _shape(seen)
    _check_turns(seen, shape, reading)
    id_column = reading.id_column or _id_column(seen)
    columns = tuple(dict.fromkeys(reading.columns))
    return View(shape.name, shape.column, id_column, reading.group_by, reading.turns, columns)


def _some(found: Sequence[Found]) -> list[Found]:
    """A few files with anything in them, spread evenly."""
    there = [one for one in found if one.member.size]
    step = max(len(there) / FILES, 1)
    return [there[int(number * step)] for number in range(min(FILES, len(there)))]


def _look(found: Found, limits: Limits) -> Look | None:
    """The first records of a file; None where it cannot be read, which reading will tell."""
    quarantine = Quarantine(found.member.shown, 0)
    sieve = Sieve(View("text column 'text'", "text"), True, found.member.name, quarantine, limits)
    try:
        with open_file(found.member.path) as handle:
            job = Job(found.member, Tap(handle, None), 0, -1, sieve, limits)
            return readers()[found.format].look(job)
    except BAD_DATA:
        return None


def _records(seen: Seen) -> Iterator[dict[str, Any]]:
    for _, look in seen:
        yield from (record for record in look.records if isinstance(record, dict))


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(repr, columns)) if columns else "none"


def _check_column(seen: Seen, column: str) -> None:
    """Refuse a column that a file lacks in all of its first records."""
    for path, look in seen:
        if column in look.columns or not look.columns:
            continue
        nested = column.split(".", 1)[0] in look.columns
        values = (value_at(record, column) for record in look.records)
        if nested and (not look.records or any(value is not MISSING for value in values)):
            continue
        raise CallError(
            f"{path} has no column {column!r}; it has {_listed(look.columns)}.",
            hint="Nested columns are named with dots, as in meta.source.",
        )


def _shape(seen: Seen) -> Shape:
    """The shape that most of the first records have; the first one known where there are none."""
    votes = Counter(shape.name for record in _records(seen) if (shape := fitting(record)) is not None)
    if votes:
        name = max(SHAPES, key=lambda shape: votes[shape.name]).name
        return next(shape for shape in SHAPES if shape.name == name)
    by_columns = [shape for _, look in seen if (shape := fitting(look.columns)) is not None]
    if by_columns:
        return by_columns[0]
    single = _single_text_column(list(_records(seen)))
    if single is not None:
        return of_column(single)
    for path, look in seen:
        if look.columns:
            raise CallError(
                f"{path} has no column that is known to hold text; it has {_listed(look.columns)}.",
                hint="Name the column that holds the text with --text-column.",
            )
    return SHAPES[0]


def _single_text_column(records: list[dict[str, Any]]) -> str | None:
    """The one column that holds strings that are no numbers, if there is just one."""
    votes = Counter(
        name
        for record in records[:FIRST_RECORDS]
        for name, value in record.items()
        if name not in ID_COLUMNS and isinstance(value, str) and not _is_number(value)
    )
    return next(iter(votes)) if len(votes) == 1 else None


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _id_column(seen: Seen) -> str | None:
    """The first usual identifier column that most of the first records have."""
    records = list(_records(seen))
    for column in ID_COLUMNS:
        if 2 * sum(record.get(column) is not None for record in records) > len(records):
            return column
    return None


def _check_turns(seen: Seen, shape: Shape, reading: Reading) -> None:
    """Refuse to look for turns where there is only text."""
    if reading.turns == "all" or shape.column is None:
        return
    values = [value_at(record, shape.column) for record in _records(seen)]
    if values and not any(isinstance(value, list) for value in values):
        raise CallError(
            f"The {shape.name} holds plain text, which has no turns to choose from.",
            hint="Leave the choice of turns out, or name a column of chat turns with --text-column.",
        )
