"""Parquet: cut by row groups; only the columns that are needed are read."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from outcross.corpus.formats import Job, Part, TableReader, proportional, reader
from outcross.corpus.places import is_remote, open_file
from outcross.corpus.quarantine import UnusableError
from outcross.corpus.streams import BOMB_WINDOW
from outcross.corpus.terms import Member

FIRST_ROWS = 64
GROWTH = 8
MOST_ROWS = 1 << 17
WORST_BATCH = 256 << 20
PREFIX_CODED = "DELTA_BYTE_ARRAY"


@reader
class Parquet(TableReader):
    """Parquet; documents are named by their row in the file, from 0."""

    name: ClassVar[str] = "parquet"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".parq", ".pq")

    def sniffs(self, head: bytes) -> bool:
        """Whether it has Parquet's first bytes."""
        return head.startswith(b"PAR1")

    def parts(self, member: Member, target: int, packed: bool) -> list[Part]:  # noqa: ARG002
        """Runs of row groups of about `target` bytes of the file."""
        if member.size <= target:
            return []
        with open_file(member.path) as handle:
            groups = pq.read_metadata(handle).num_row_groups
        runs = min(groups, -(-member.size // target))
        if runs < 2:
            return []
        edges = pairwise(groups * number // runs for number in range(runs + 1))
        covers = proportional(runs, member.size)
        return [(*rows, *stretch) for rows, stretch in zip(edges, covers, strict=True)]

    def schema(self, job: Job) -> pa.Schema:
        """The columns of the file."""
        return opened(job).schema_arrow

    def tables(self, job: Job, columns: list[str]) -> Iterator[tuple[pa.RecordBatch, int]]:
        """Record batches that grow to about the size of a block."""
        file = opened(job)
        last = file.num_row_groups if job.stop < 0 else min(job.stop, file.num_row_groups)
        rows = [file.metadata.row_group(number).num_rows for number in range(last)]
        first_row = sum(rows[: job.start])
        pace = Pace(job)
        for group in range(job.start, last):
            pace.begin_group(file, group, columns)
            for table in file.iter_batches(pace.rows, [group], columns, use_threads=False):
                yield table, first_row
                first_row += len(table)
                file.reader.set_batch_size(pace.after(table))


class Pace:
    """How many rows to ask for at a time, so that no batch is much larger than a block.

    A dictionary page lets a file of 100 kB hold 500 GB of text, and its sizes in the footer lie. So batches
    begin small, grow by what was seen, and never have more rows than would fit if all held the longest text
    of the dictionary.

    Args:
        job: the part that is read.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.rows = FIRST_ROWS
        self.most = MOST_ROWS
        self.given = 0

    def begin_group(self, file: pq.ParquetFile, group: int, columns: list[str]) -> None:
        """Find out how many rows of this row group are safe at a time."""
        self.most = min(self._safe_rows(chunk) for chunk in _chunks(file, group, columns)) 
        self.rows = min(self.rows, self.most)

    def after(self, table: pa.RecordBatch) -> int:
        """How many rows to ask for after this record batch.

        Raises:
            UnusableError: more came out than the file can honestly hold.
        """
        size = table.nbytes
        self.given += size
        allowed = max(BOMB_WINDOW, self.job.limits.expansion * self.job.member.size)
        if self.given > allowed:
            raise UnusableError(f"expands more than {self.job.limits.expansion} times")
        fitting = self.job.limits.block_bytes * len(table) // max(size, 1)
        self.rows = max(1, min(fitting, self.rows * GROWTH, self.most))
        return self.rows
