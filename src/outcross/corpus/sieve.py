"""From records or columns to documents; what has no usable text goes to quarantine."""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from outcross.corpus.batching import Piece, offsets
from outcross.corpus.quarantine import Quarantine, UnusableError
from outcross.corpus.shapes import MISSING, NO_TEXT, Shape, fitting, shape_of, value_at
from outcross.corpus.terms import FILE_GROUP, Limits, View
from outcross.measure import Array

NO_GROUP = "(none)"
VALUE_CHARACTERS = 2048
"""Characters of a value in a further column that are kept: more than an address or a date has."""

INVALID_UTF8 = "invalid UTF-8"
LONE_SURROGATE = "lone surrogate"
TEXT_TYPES = (pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary())


def _compute() -> Any:
    """Arrow's functions, only for those who read: their import takes as long as that of Arrow itself."""
    import pyarrow.compute  # noqa: PLC0415

    return pyarrow.compute


class Sieve:
    """Turns what one file holds into documents.

    Args:
        view: how records become documents.
        known: whether records of another shape than the view's may be of any known one.
        name: the file's name within the corpus, for identifiers.
        quarantine: where unusable records go.
        limits: the bound on a document, and on a piece.
    """

    def __init__(self, view: View, known: bool, name: str, quarantine: Quarantine, limits: Limits) -> None:
        self.view = view
        self.known = known
        self.name = name
        self.quarantine = quarantine
        self.limits = limits
        self.shape = shape_of(view.shape, view.text_column)
        self.word = "row"
        self.bad_text = LONE_SURROGATE

    # Records, one by one

    def rows(self, records: list[Any], places: Array) -> Piece:
        """The documents in records that lie at these places."""
        texts = self._fast_texts(records)
        if texts is None:
            records, places, texts = self._slow_texts(records, places)
        records, places, texts = self._without_large(records, places, texts)
        groups = None if self.view.group_by is None else self._groups(records)
        columns = {name: self._values(records, name) for name in self.view.columns}
        return Piece(texts, self._ids(records, places), groups, columns)

    def _fast_texts(self, records: list[Any]) -> pa.LargeStringArray | None:
        """The texts where all records hold a string in the one text column; else None."""
        column = self.shape.column
        if column is None or self.view.turns != "all":
            return None
        try:
            texts = pa.array([record[column] for record in records], pa.large_string())
        except (KeyError, TypeError, UnicodeEncodeError, pa.ArrowException):
            return None
        return None if texts.null_count else texts

    def _slow_texts(self, records: list[Any], places: Array) -> tuple[list[Any], Array, pa.LargeStringArray]:
        kept, texts = [], []
        for number, record in enumerate(records):
            try:
                text = self._text(record)
                text.encode()
            except UnicodeEncodeError:
                self.set_aside(places[number], self.bad_text)
            except UnusableError as error:
                self.set_aside(places[number], str(error))
            else:
                kept.append(number)
                texts.append(text)
        return (
            [records[number] for number in kept],
            places[np.array(kept, np.int64)],
            pa.array(texts, pa.large_string()),
        )

    def _text(self, record: Any) -> str:
        if not isinstance(record, dict):
            raise UnusableError("not a record")
        shape = self.shape
        if self.known and not shape.fits(record):
            shape = fitting(record) or shape
        if self.known and not shape.fits(record):
            raise UnusableError(NO_TEXT)
        return shape.text(record, self.view.turns)

    def _without_large(
        self, records: list[Any], places: Array, texts: pa.LargeStringArray
    ) -> tuple[list[Any], Array, pa.LargeStringArray]:
        large = np.flatnonzero(np.diff(offsets(texts)) > self.limits.document_bytes)
        if not len(large):
            return records, places, texts
        for number in large:
            self.set_aside(places[number], self.too_large)
        keep = np.setdiff1d(np.arange(len(places)), large)
        return [records[number] for number in keep], places[keep], texts.take(pa.array(keep))

    @property
    def too_large(self) -> str:
        """The reason that quarantines a large document."""
        return f"larger than {self.limits.document_bytes} bytes"

    def set_aside(self, place: int, reason: str, count: int = 1) -> None:
        """Put the record at a place in quarantine."""
        self.quarantine.add(f"{self.word} {place}", reason, count)

    def _ids(self, records: list[Any], places: Array) -> pa.StringArray:
        column = self.view.id_column
        if column is None:
            return self._places_as_ids(places)
        ids = _names(records, column)
        return _compute().coalesce(ids, self._places_as_ids(places)) if ids.null_count else ids

    def _places_as_ids(self, places: Array) -> pa.StringArray:
        prefix = self.name.encode(errors="replace").decode() + ("@" if self.word == "byte" else ":")
        if self.word == "file":
            return pa.array([prefix[:-1]] * len(places), pa.string())
        numbers = pa.array(places, pa.int64()).cast(pa.string())
        return _compute().binary_join_element_wise(pa.scalar(prefix), numbers, "")

    def _groups(self, records: list[Any]) -> pa.StringArray:
        column = str(self.view.group_by)
        if column == FILE_GROUP:
            return pa.array([clean(self.name)] * len(records), pa.string())
        return _groups_of(_names(records, column))

    def _values(self, records: list[Any], column: str) -> pa.StringArray:
        if column == FILE_GROUP:
            return pa.array([clean(self.name)] * len(records), pa.string())
        return _bounded(_names(records, column))

    # Columns

    def wanted(self, names: Iterable[str]) -> list[str]:
        """The columns to read of a table that has these at its top level.

        Raises:
            UnusableError: the table has no column that holds text.
        """
        there = list(names)
        shape = self._shape_of_table(there)
        asked = [*shape.needs, *shape.takes, self.view.id_column, self.view.group_by, *self.view.columns]
        return [name for name in dict.fromkeys(asked) if name is not None and _reachable(name, there)]

    def _shape_of_table(self, names: list[str]) -> Shape:
        if all(_reachable(name, names) for name in self.shape.needs):
            return self.shape
        found = fitting(names) if self.known else None
        if found is None:
            raise UnusableError("no text column")
        return found

    def columns(self, table: pa.RecordBatch, first_row: int) -> Iterator[Piece]:
        """The documents in a record batch whose first row has this number in its file."""
        column = self._shape_of_table(table.schema.names).column
        texts = None if column is None else column_at(table, column)
        if texts is None or not is_text(texts.type):
            yield self.rows(*self._table_rows(table, first_row))
            return
        lengths = text_lengths(texts)
        for begin, end in _cuts(lengths, self.limits.block_bytes):
            yield self._part(table.slice(begin, end - begin), texts[begin:end], lengths[begin:end], first_row + begin)

    def _table_rows(self, table: pa.RecordBatch, first_row: int) -> tuple[list[Any], Array]:
        """The rows of a table as records; those that are not UTF-8 are set aside."""
        places = np.arange(first_row, first_row + len(table))
        try:
            return table.to_pylist(), places
        except UnicodeDecodeError:
            pass
        records, kept = [], []
        for number in range(len(table)):
            try:
                records += table.slice(number, 1).to_pylist()
                kept.append(number)
            except UnicodeDecodeError:
                self.set_aside(places[number], INVALID_UTF8)
        return records, places[np.array(kept, np.int64)]

    def _part(self, table: pa.RecordBatch, texts: pa.Array, lengths: Array, first_row: int) -> Piece:
        places = np.arange(first_row, first_row + len(table))
        keep = self._usable(texts, lengths, places)
        if keep is not None:
            rows = pa.array(keep)
            table, texts, places = table.take(rows), texts.take(rows), places[keep]
        plain = as_large(texts)
        if plain is None:
            broken, plain = _decoded(texts)
            self.quarantine.add_all(self.word, places[broken].tolist(), INVALID_UTF8)
            good = np.setdiff1d(np.arange(len(places)), broken)
            table, places = table.take(pa.array(good)), places[good]
        columns = {name: self._column_values(table, name) for name in self.view.columns}
        return Piece(plain, self._column_ids(table, places), self._column_groups(table), columns)

    def _usable(self, texts: pa.Array, lengths: Array, places: Array) -> Array | None:
        """The rows that have a text of a size that may be held; None for all."""
        missing = None
        if _has_hidden_nulls(texts):
            missing = np.asarray(texts.dictionary_decode().is_null())
        elif texts.null_count:
            missing = np.asarray(texts.is_null())
        large = lengths > self.limits.document_bytes
        bad = large if missing is None else large | missing
        if not bad.any():
            return None
        if missing is not None:
            self.quarantine.add_all(self.word, places[missing].tolist(), NO_TEXT)
        self.quarantine.add_all(self.word, places[large].tolist(), self.too_large)
        return np.flatnonzero(~bad)

    def _column_ids(self, table: pa.RecordBatch, places: Array) -> pa.StringArray:
        found = None if self.view.id_column is None else column_at(table, self.view.id_column)
        if found is None:
            return self._places_as_ids(places)
        names = as_names(found)
        return _compute().coalesce(names, self._places_as_ids(places)) if names.null_count else names

    def _column_groups(self, table: pa.RecordBatch) -> pa.StringArray | None:
        column = self.view.group_by
        if column is None:
            return None
        found = None if column == FILE_GROUP else column_at(table, column)
        if found is not None:
            return _groups_of(as_names(found))
        name = clean(self.name) if column == FILE_GROUP else NO_GROUP
        return pa.repeat(pa.scalar(name, pa.string()), len(table))

    def _column_values(self, table: pa.RecordBatch, column: str) -> pa.StringArray:
        if column == FILE_GROUP:
            return pa.repeat(pa.scalar(clean(self.name), pa.string()), len(table))
        found = column_at(table, column)
        if found is None:
            return pa.nulls(len(table), pa.string())
        # Dates and truth values by Arrow: they need no JSON, and there is one a document.
        simple = pa.types.is_temporal(found.type) or pa.types.is_boolean(found.type)
        return _bounded(found.cast(pa.string()) if simple else as_names(found))


def _groups_of(names: pa.StringArray) -> pa.StringArray:
    """Names of groups; an empty one is none, and would stand for all documents in reports."""
    return _compute().if_else(_compute().equal(names, ""), None, names).fill_null(NO_GROUP)


def _bounded(values: pa.StringArray) -> pa.StringArray:
    """Values of a further column, cut where they are long: a column of whole pages would cost as much as the text."""
    longest = _compute().max(_compute().binary_length(values)).as_py() or 0
    return _compute().utf8_slice_codeunits(values, 0, VALUE_CHARACTERS) if longest > VALUE_CHARACTERS else values


def clean(text: str) -> str:
    """The text without what has no place in UTF-8."""
    return text.encode(errors="replace").decode()


def _named(value: Any) -> str | None:
    """A value as an identifier or the name of a group."""
    if value is MISSING or value is None:
        return None
    if isinstance(value, str):
        return clean(value)
    try:
        return clean(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        return clean(str(value))


def _names(records: list[Any], column: str) -> pa.StringArray:
    """The values of a column as identifiers or names of groups; null where there is none."""
    try:
        found = pa.array([record[column] for record in records])
        if pa.types.is_string(found.type) or pa.types.is_integer(found.type):
            return found.cast(pa.string())
    except (KeyError, UnicodeEncodeError, pa.ArrowException):
        pass  # of several types, or nested
    return pa.array([_named(value_at(record, column)) for record in records], pa.string())


def _reachable(name: str, names: list[str]) -> bool:
    return name in names or name.split(".", 1)[0] in names


def column_at(table: pa.RecordBatch, column: str) -> pa.Array | None:
    """A column of a record batch, which may be dotted; None where there is none."""
    names = table.schema.names
    if column in names:
        return table.column(names.index(column))
    first, *rest = column.split(".")
    if first not in names:
        return None
    found = table.column(names.index(first))
    for name in rest:
        if not pa.types.is_struct(found.type) or found.type.get_field_index(name) < 0:
            return None
        found = _compute().struct_field(found, name)
    return found


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds texts, perhaps behind a dictionary."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return inner in TEXT_TYPES


def text_lengths(texts: pa.Array) -> Array:
    """Bytes of each text (0 for nulls), also behind a dictionary, without making the texts."""
    if pa.types.is_dictionary(texts.type):
        found = text_lengths(texts.dictionary)
        index = np.asarray(texts.indices.fill_null(0)).astype(np.int64)
        return found[index] if len(found) else np.zeros(len(texts), np.int64)
    if pa.types.is_string_view(texts.type):
        texts = texts.cast(pa.large_string())
    return np.asarray(_compute().binary_length(texts).fill_null(0)).astype(np.int64)


def _cuts(lengths: Array, block_bytes: int) -> Iterator[tuple[int, int]]:
    """Runs of rows with about `block_bytes` of text each."""
    ends = np.cumsum(lengths)
    if not len(ends) or ends[-1] <= block_bytes:
        yield 0, len(lengths)
        return
    blocks = (ends - 1) // block_bytes
    edges = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(lengths)]
    yield from pairwise(edges)


def as_large(texts: pa.Array) -> pa.LargeStringArray | None:
    """Texts as large strings, validated in full; None when some are not UTF-8."""
    try:
        if pa.types.is_dictionary(texts.type):
            texts.dictionary.validate(full=True)
            texts = texts.dictionary_decode()
        found = texts.cast(pa.large_string())
        found.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return found


def _decoded(texts: pa.Array) -> tuple[list[int], pa.LargeStringArray]:
    """The numbers of texts that are not UTF-8, and the others."""
    plain = texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts
    broken, good = [], []
    for number, data in enumerate(plain.cast(pa.large_binary())):
        try:
            good.append(data.as_py().decode())
        except UnicodeDecodeError:
            broken.append(number)
    return broken, pa.array(good, pa.large_string())


def _has_hidden_nulls(texts: pa.Array) -> bool:
    """A dictionary may itself hold a null."""
    return bool(pa.types.is_dictionary(texts.type) and texts.dictionary.null_count)


def as_names(values: pa.Array) -> pa.StringArray:
    """Values as identifiers or names of groups; nulls stay."""
    if pa.types.is_integer(values.type):
        return values.cast(pa.string())
    if is_text(values.type):
        texts = as_large(values)
        if texts is not None:
            return texts.cast(pa.string())
    return pa.array([_named(value) for value in values.to_pylist()], pa.string())
