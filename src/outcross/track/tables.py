"""Small result files of other tools: their bytes within a cap, and the rows of CSV, JSON Lines and Parquet.

These files come from outside, so size, depth and form are checked before anything is believed.
"""

import csv
import io
import json
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from outcross.errors import CallError, DataError

LARGEST = 256 << 20
"""Bytes of a result file that are read at most."""

MOST_VALUES = 20_000_000
"""Values of a JSON file that are read at most: an empty list takes two bytes of the file and 64 of memory."""

MOST_ROWS = 10_000_000
"""Rows of a table that are read at most: what a Parquet file says of itself is no guard."""

Row = tuple[str, dict[str, Any]]
"""Where a row stands, as people look for it ("line 3"), and its values by column, names in lower case."""


def content(path: Path) -> bytes:
    """The bytes of a result file.

    Raises:
        CallError: there is no such file.
        DataError: it is empty, too large or packed in a form that is not read.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise CallError(f"{path} is not a file.")
        if about.st_size > LARGEST:
            raise DataError(f"{path} holds {about.st_size:,} bytes; at most {LARGEST:,} are read.")
        data = path.read_bytes()
    except OSError as error:
        raise CallError(f"Cannot read {path}: {error.strerror}.") from None
    if not data.strip():
        raise DataError(f"{path} is empty.")
    if data[:4] == b"PK\x03\x04":
        hint = "For a log of Inspect: inspect log dump FILE.eval > FILE.json"
        raise DataError(f"{path} is a zip archive.", hint=hint)
    if data[:2] == b"\x1f\x8b":
        raise DataError(f"{path} is compressed by gzip.", hint="Unpack it first.")
    return data


def text_of(data: bytes, path: Path) -> str:
    """The bytes as text, without a byte order mark.

    Raises:
        DataError: they are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text: byte {error.start:,}.") from None


def parsed(text: str, place: str) -> Any:
    """The value of a JSON text.

    Raises:
        DataError: it is no JSON, nested too deep, or an object has a name twice.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise DataError(f"{place}: {twice!r:.80} stands twice in one object.", hint="Keep one of them.")
        return made

    if sum(map(text.count, ",[{")) > MOST_VALUES:
        hint = "Of a log of Inspect the head is enough: inspect log dump --header-only"
        raise DataError(f"{place}: more than {MOST_VALUES:,} values.", hint=hint)
    try:
        return json.loads(text, object_pairs_hook=unique)
    except RecursionError:
        raise DataError(f"{place}: nested too deep to be a result.") from None
    except ValueError as error:  # JSONDecodeError, or a number with too many digits
        raise DataError(f"{place}: no JSON: {error}.") from None


def is_table(data: bytes) -> bool:
    """Whether a file holds rows (CSV, JSON Lines, Parquet) and not one JSON value."""
    begin = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begin.startswith((b"{", b"[")):
        return True
    first, _, rest = begin.partition(b"\n")
    if not rest.strip() or not first.rstrip().endswith(b"}"):
        return False
    return rest.lstrip().startswith(b"{")


def rows(data: bytes, path: Path) -> Iterator[Row]:
    """The rows of a table, with their places.

    Raises:
        DataError: the file is damaged, a row does not fit, or there are too many.
    """
    if data[:4] == b"PAR1":
        found = _of_parquet(data, path)
    elif data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        found = _of_lines(text_of(data, path), path)
    else:
        found = _of_csv(data, path)
    with _damage(path):
        for number, (place, row) in enumerate(found):
            if number >= MOST_ROWS:
                raise DataError(f"{path} has more than {MOST_ROWS:,} rows.")
            yield place, row


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text: {error.reason}.") from None
    except (csv.Error, pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is damaged: {error}.") from None


def _of_csv(data: bytes, path: Path) -> Iterator[Row]:
    first = data.partition(b"\n")[0]
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")  # decoded as it is read
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST))  # texts may stand beside their losses
    reader = csv.reader(text, delimiter="\t" if b"\t" in first else ",", strict=True)
    names: list[str] | None = None
    for cells in reader:
        if not cells:
            continue
        place = f"line {reader.line_num}"
        if names is None:
            names = _names(cells, path)
        elif len(cells) != len(names):
            raise DataError(f"{path}, {place}: {len(cells)} cells under {len(names)} names.")
        else:
            yield place, {name: cell.strip() or None for name, cell in zip(names, cells, strict=True)}


def _of_lines(text: str, path: Path) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        value = parsed(line, f"{path}, {place}")
        if not isinstance(value, dict):
            raise DataError(f"{path}, {place}: not an object.")
        names = _names(list(value), path)
        yield place, dict(zip(names, value.values(), strict=True))


def _of_parquet(data: bytes, path: Path) -> Iterator[Row]:
    file = pq.ParquetFile(pa.BufferReader(data))
    plain = [field.name for field in file.schema_arrow if not pa.types.is_nested(field.type)]
    # Texts of documents may stand beside their losses: what is not asked for by anybody is not read.
    wanted = [name for name in plain if name.strip().lower() in KNOWN_COLUMNS]
    names = _names(wanted, path)
    number = 0
    for batch in file.iter_batches(batch_size=4096, columns=wanted):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield f"row {number}", dict(zip(names, values, strict=True))


def _names(cells: list[str], path: Path) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    if twice:
        raise DataError(f"{path} has the column {min(twice)!r} twice.")
    return names


KNOWN_COLUMNS = frozenset({
    "task", "name", "metric", "value", "score", "stderr", "se", "n", "higher_is_better", "id", "cluster", "tokens",
    "loss", "nll", "perplexity", "loss_sum", "nll_sum",
})  # fmt: skip
"""Names of columns that somebody reads."""
