"""Parquet: cut by row groups; only the columns that are needed are read."""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from outcross.corpus.formats import Job, Part, TableReader, blamed, proportional, reader
from outcross.corpus.places import is_remote, open_file
from outcross.corpus.sieve import text_lengths
from outcross.corpus.terms import Member

MAGIC = b"PAR1"
FIRST_ROWS = 64
GROWTH = 8
MOST_ROWS = 1 << 17
WORST_BATCH = 256 << 20
READ_BYTES = 1 << 20
PREFIX_CODED = "DELTA_BYTE_ARRAY"


@reader
class Parquet(TableReader):
    """Parquet; documents are named by their row in the file, from 0."""

    name: ClassVar[str] = "parquet"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".parq", ".pq")

    def sniffs(self, head: bytes) -> bool:
        """Whether it has Parquet's first bytes."""
        return head.startswith(MAGIC)

    def parts(self, member: Member, target: int, packed: bool) -> list[Part]:
        """Runs of row groups of about `target` bytes of the file."""
        if 2 * member.size <= target:
            return []
        with open_file(member.path) as handle:
            groups = pq.read_metadata(handle).num_row_groups
        # Text takes two or three times the room that it has on disk.
        runs = min(groups, -(-2 * member.size // target))
        if runs < 2:
            return []
        edges = pairwise(groups * number // runs for number in range(runs + 1))
        covers = proportional(runs, member.size)
        return [(*rows, *stretch) for rows, stretch in zip(edges, covers, strict=True)]

    def schema(self, job: Job) -> pa.Schema:
        """The columns of the file."""
        return _opened(job).schema_arrow

    def tables(self, job: Job, columns: list[str]) -> Iterator[tuple[pa.RecordBatch, int]]:
        """Record batches that grow to about the size of a block."""
        with blamed(lambda: "damaged Parquet: the footer is whole, data before it are not"):
            yield from self._tables(job, columns)

    def _tables(self, job: Job, columns: list[str]) -> Iterator[tuple[pa.RecordBatch, int]]:
        file = _opened(job)
        last = file.num_row_groups if job.stop < 0 else min(job.stop, file.num_row_groups)
        first_row = sum(file.metadata.row_group(number).num_rows for number in range(job.start))
        pace, done = Pace(job), 0
        for group in range(job.start, last):
            pace.begin_group(file.metadata.row_group(group), group, columns)
            for table in file.iter_batches(pace.rows, [group], columns, use_threads=False):
                done += len(table)
                job.tap.come_to = job.member.size * done // max(file.metadata.num_rows, 1)
                yield table, first_row
                first_row += len(table)
                file.reader.set_batch_size(pace.after(table))


def _opened(job: Job, dictionaries: list[str] | None = None) -> pq.ParquetFile:
    """The file, opened so that column chunks are streamed and never held whole.

    It is read and not mapped: a mapped file that becomes shorter kills the process.
    """
    path = job.member.path
    source = pa.PythonFile(open_file(path), mode="r") if is_remote(path) else pa.OSFile(path)
    with blamed(lambda: _footer_fault(path)):
        return pq.ParquetFile(source, read_dictionary=dictionaries, buffer_size=READ_BYTES, pre_buffer=False)


def _footer_fault(path: str) -> str:
    """Why a file cannot be opened: what its first and last bytes say."""
    with open_file(path) as handle:
        begins = handle.read(len(MAGIC)) == MAGIC
        handle.seek(-min(len(MAGIC), handle.seek(0, 2)), 2)
        ends = handle.read() == MAGIC
    if not begins:
        return "not Parquet: its first bytes are others"
    return "damaged Parquet: broken footer" if ends else "truncated Parquet: the footer at its end is missing"


class Pace:
    """How many rows to ask for at a time, so that no record batch is much larger than a block.

    A dictionary page lets a file of 100 kB hold 500 GB of text, and the sizes in its footer do not show it.
    So record batches begin small, grow by what was seen, and never have more rows than are safe if each held
    the longest text of the dictionary.

    Args:
        job: the part that is read.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.rows = FIRST_ROWS
        self.most = MOST_ROWS

    def begin_group(self, group: pq.RowGroupMetaData, number: int, columns: list[str]) -> None:
        """Find out how many rows of a row group are safe at a time."""
        chunks = [group.column(place) for place in range(group.num_columns)]
        texts = [chunk for chunk in chunks if _is_asked(chunk, columns)]
        risky = [chunk for chunk in texts if chunk.has_dictionary_page and not self._harmless(chunk)]
        longest = self._longest_texts(number, [chunk.path_in_schema for chunk in risky])
        worst = [longest.get(chunk.path_in_schema, 0) * _per_row(chunk, group) for chunk in risky]
        worst += [
            chunk.total_uncompressed_size * _per_row(chunk, group)
            for chunk in texts
            if PREFIX_CODED in chunk.encodings and not self._harmless(chunk)
        ]
        self.most = max(1, min([MOST_ROWS, *(int(WORST_BATCH / max(size, 1)) for size in worst)]))
        self.rows = min(self.rows, self.most)

    def _harmless(self, chunk: pq.ColumnChunkMetaData) -> bool:
        """Whether a record batch is small enough even if all its values were as large as the chunk."""
        return bool(chunk.total_uncompressed_size * chunk.num_values <= WORST_BATCH)

    def _longest_texts(self, group: int, paths: list[str]) -> dict[str, int]:
        """The bytes of the longest text in each column's dictionary."""
        if not paths:
            return {}
        probe = _opened(self.job, paths)
        found: dict[str, int] = {}
        for path in paths:
            for table in probe.iter_batches(1, [group], [path], use_threads=False):
                found[path] = max((_longest(column) for column in table.columns), default=0)
                break
        return found

    def after(self, table: pa.RecordBatch) -> int:
        """How many rows to ask for after this record batch."""
        # A little less than a block, since documents differ: what fits as it is need not be cut and joined.
        fitting = self.job.limits.block_bytes * 7 // 8 * len(table) // max(table.nbytes, 1)
        self.rows = max(1, min(fitting, self.rows * GROWTH, self.most))
        return self.rows


def _is_asked(chunk: pq.ColumnChunkMetaData, columns: list[str]) -> bool:
    """Whether a column chunk holds texts of a column that will be read."""
    path = chunk.path_in_schema
    asked = any(path == column or path.startswith(column + ".") for column in columns)
    return asked and chunk.physical_type == "BYTE_ARRAY"


def _per_row(chunk: pq.ColumnChunkMetaData, group: pq.RowGroupMetaData) -> float:
    """Values of a column in a row, on average (1 unless it is a list)."""
    values, rows = int(chunk.num_values), int(group.num_rows)
    return max(1.0, values / max(rows, 1))


def _longest(column: pa.Array) -> int:
    """The bytes of the longest text in the dictionaries of an array, however deep they lie."""
    if pa.types.is_dictionary(column.type):
        return int(text_lengths(column.dictionary).max(initial=0))
    if pa.types.is_struct(column.type):
        return max((_longest(column.field(place)) for place in range(column.type.num_fields)), default=0)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return _longest(column.values)
    return 0
