"""Embedding matrices on disk: a NumPy file, or a column of lists in a Parquet file. A sample is drawn while reading."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from outcross.errors import CallError, DataError
from outcross.measure import Array
from outcross.track.embeddings import LARGEST_SAMPLE, SEED, Embeddings

WIDEST = 65_536
"""Columns that an embedding has at most."""

NOT_FINITE, ZEROS, RAGGED, MISSING = "not finite", "zeros only", "another length than most", "missing"


def read_embeddings(
    place: str, *, clusters: str | Sequence[Any] | None = None, most: int = LARGEST_SAMPLE, seed: int = SEED
) -> Embeddings:
    """A uniform sample of the rows of a matrix.

    Args:
        place: `FILE.npy` with n rows of d numbers, or `FILE.parquet:COLUMN` with a list of d numbers a row.
        clusters: what rows belong together by: one value a row, or the place of them (`FILE.npy` of one
            dimension, `FILE.parquet:COLUMN`). None = rows are independent.
        most: rows that are drawn; all where there are no more.
        seed: of the draw.

    Returns:
        The sample; drawn rows that are not finite, all zeros, missing or of another length are set aside and counted.

    Raises:
        CallError: the place cannot be read, or names no column.
        DataError: it holds no matrix of numbers, or no row of it can be used.
    """
    source = _opened(place)
    drawn = np.sort(np.random.default_rng(seed).permutation(len(source))[:most])
    rows, bad = source.taken(drawn)
    bad |= _unusable(rows, bad)
    labels = None if clusters is None else _labels(clusters, len(source), place)[drawn]
    usable = np.array([row for row in range(len(drawn)) if row not in bad], np.int64)
    if not len(usable):
        raise DataError(f"{place} has no row that can be used: {', '.join(sorted(set(bad.values()))) or 'no rows'}.")
    sample = np.ascontiguousarray(rows[usable], np.float32)
    units = (
        _hashes(row.tobytes() for row in sample) if labels is None else _hashes(_bytes(labels[row]) for row in usable)
    )
    reasons = list(bad.values())
    counts = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    return Embeddings(sample, units, labels is not None, len(source), counts, seed)


def _hashes(values: Any) -> Array:
    return np.array([int.from_bytes(hashlib.blake2b(one, digest_size=8).digest(), "big") for one in values], np.uint64)


def _bytes(label: Any) -> bytes:
    # A number is one cluster, whether a file keeps it as 3, 3.0 or a numpy scalar.
    label = label.item() if hasattr(label, "item") else label
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    return str(label).encode(errors="surrogatepass")


def _unusable(rows: Array, known: dict[int, str]) -> dict[int, str]:
    """Why rows cannot be used, by row."""
    finite = np.isfinite(rows).all(axis=1)
    zero = ~rows.any(axis=1)
    found = {int(row): NOT_FINITE for row in np.flatnonzero(~finite)}
    found |= {int(row): ZEROS for row in np.flatnonzero(zero & finite)}
    return {row: reason for row, reason in found.items() if row not in known}


class _Matrix:
    """Rows of a NumPy file, mapped and not loaded."""

    def __init__(self, values: Array, place: str) -> None:
        if values.ndim != 2 or values.dtype.kind not in "fiu":
            shape = " x ".join(map(str, values.shape))
            raise DataError(f"{place} is no matrix of numbers: {values.dtype}, {shape or 'one value'}.")
        if not 0 < values.shape[1] <= WIDEST:
            raise DataError(f"{place} has {values.shape[1]:,} columns; from 1 to {WIDEST:,} are read.")
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def taken(self, drawn: Array) -> tuple[Array, dict[int, str]]:
        """float32[n, d], and why rows are not there (nothing here)."""
        return _narrowed(self._values[drawn]), {}


class _Lists:
    """Rows of a column of lists in a Parquet file."""

    def __init__(self, path: Path, column: str) -> None:
        self._path, self._column = path, column
        self._file = _parquet(path, column)
        kind = self._file.schema_arrow.field(column).type
        lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
        if not lists or not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
            raise DataError(f"{path}: the column {column!r} holds {kind}, not lists of numbers.")

    def __len__(self) -> int:
        return int(self._file.metadata.num_rows)

    def taken(self, drawn: Array) -> tuple[Array, dict[int, str]]:
        """float32[n, d] with zeros where a row is not there, and why it is not."""
        found = _damage_told(self._path, lambda: self._picked(drawn))
        sizes = [len(one) for one in found if one is not None]
        if not sizes:
            return np.zeros((len(drawn), 1), np.float32), dict.fromkeys(range(len(drawn)), MISSING)
        width = max(set(sizes), key=lambda size: (sizes.count(size), size))
        rows, bad = np.zeros((len(drawn), width), np.float32), {}
        for row, one in enumerate(found):
            if one is None or len(one) != width:
                bad[row] = MISSING if one is None else RAGGED
            else:
                rows[row] = one
        return rows, bad

    def _picked(self, drawn: Array) -> list[Array | None]:
        """The drawn rows in order; None where one is missing."""
        found: list[Array | None] = []
        start = 0
        for batch in self._file.iter_batches(batch_size=256, columns=[self._column]):
            lists = batch.column(0)
            lists.validate(full=True)
            begin, end = np.searchsorted(drawn, [start, start + len(lists)])
            found += [self._row(lists[int(row) - start]) for row in drawn[begin:end]]
            start += len(lists)
        if start != len(self):
            raise pa.ArrowInvalid(f"{start} rows where {len(self)} are announced")
        return found

    def _row(self, one: Any) -> Array | None:
        if not one.is_valid:
            return None
        values = one.values
        if len(values) > WIDEST:
            raise DataError(f"{self._path} has a row of {len(values):,} numbers; at most {WIDEST:,} are read.")
        return _narrowed(values.to_numpy(zero_copy_only=False))


def _narrowed(values: Array) -> Array:
    """float32; what is too large becomes infinite, and is set aside as such."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(values).astype(np.float32)


def _opened(place: str) -> _Matrix | _Lists:
    path, column = _split(place)
    return _Matrix(_mapped(path), place) if column is None else _Lists(path, column)


def _split(place: str) -> tuple[Path, str | None]:
    """The file and the column of a place; no column for a NumPy file.

    Raises:
        CallError: it is neither FILE.npy nor FILE.parquet:COLUMN, or the file is not there.
    """
    name, colon, column = (place, "", "") if Path(place).is_file() else place.rpartition(":")
    path = Path(name)
    if not path.is_file():
        raise CallError(f"There is no file {name or place}.", hint="Give FILE.npy or FILE.parquet:COLUMN.")
    if path.suffix == ".npy" and not colon:
        return path, None
    if path.suffix in (".parquet", ".pq") and column:
        return path, column
    raise CallError(f"{place} names no embeddings.", hint="Give FILE.npy or FILE.parquet:COLUMN.")


def _mapped(path: Path) -> Array:
    """The array of a NumPy file, never unpickled."""
    try:
        made: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, OverflowError, SyntaxError) as error:
        raise DataError(f"{path} is no NumPy file of plain numbers: {error}.") from None
    return made


def _parquet(path: Path, column: str) -> pq.ParquetFile:
    file = _damage_told(path, lambda: pq.ParquetFile(path))
    names = file.schema_arrow.names
    if column not in names:
        raise CallError(f"{path} has no column {column!r}; there are: {', '.join(names)[:200]}.")
    return file


def _damage_told(path: Path, read: Any) -> Any:
    try:
        return read()
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is damaged: {error}.") from None


def _labels(clusters: str | Sequence[Any], rows: int, place: str) -> Array:
    """The label of each row."""
    values: Any = clusters
    if isinstance(clusters, str):
        path, column = _split(clusters)
        if column is None:
            values = _mapped(path)
        else:
            values = _damage_told(path, lambda: _parquet(path, column).read([column]).column(0).to_pylist())
    labels = np.empty(len(values), object)
    labels[:] = list(values)
    if len(labels) != rows or np.ndim(values) != 1:
        raise DataError(f"{place} has {rows:,} rows, but {len(labels):,} clusters are given.")
    if any(one is None for one in labels):
        raise DataError(f"{place} has rows without a cluster.", hint="Give each row its cluster.")
    return labels
