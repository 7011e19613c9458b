"""Arrow IPC, files and streams, as `datasets.save_to_disk` writes them."""

from collections.abc import Iterator
from typing import ClassVar, TypeAlias

import pyarrow as pa

from outcross.corpus.formats import Job, TableReader, blamed, reader
from outcross.corpus.places import head, is_remote, open_file
from outcross.corpus.quarantine import UnusableError

FILE_MAGIC = b"ARROW1"
BROKEN = "broken Arrow data"
STREAM_MAGIC = b"\xff\xff\xff\xff"
PLAIN = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}

Opened: TypeAlias = pa.RecordBatchFileReader | pa.RecordBatchStreamReader


@reader
class Arrow(TableReader):
    """Arrow IPC; never cut. Documents are named by their row, from 0."""

    name: ClassVar[str] = "arrow"
    suffixes: ClassVar[tuple[str, ...]] = (".arrow", ".feather", ".ipc", ".arrows")

    def sniffs(self, head: bytes) -> bool:
        """Whether it has the first bytes of an Arrow file, or of a stream's schema."""
        return head.startswith((FILE_MAGIC, STREAM_MAGIC))

    def schema(self, job: Job) -> pa.Schema:
        """The columns of the file."""
        with blamed(lambda: BROKEN):
            return _opened(job).schema

    def tables(self, job: Job, columns: list[str]) -> Iterator[tuple[pa.RecordBatch, int]]:
        """The record batches."""
        with blamed(lambda: BROKEN):
            yield from self._tables(job, columns)

    def _tables(self, job: Job, columns: list[str]) -> Iterator[tuple[pa.RecordBatch, int]]:
        top = set(columns) | {column.split(".", 1)[0] for column in columns}
        opened = _opened(job, top)
        row = 0
        for batch in _batches(opened, job):
            asked = batch.select([name for name in batch.schema.names if name in top])
            _check_sound(asked)
            yield asked, row
            row += len(batch)


def _check_sound(batch: pa.RecordBatch) -> None:
    """Refuse offsets that point outside of their data; text that is not UTF-8 is the sieve's to find.

    Raises:
        UnusableError: the bytes are no Arrow data.
    """
    for column in batch.columns:
        plain = PLAIN.get(column.type)
        try:
            (column if plain is None else column.view(plain)).validate(full=True)
        except pa.ArrowInvalid:
            raise UnusableError(BROKEN) from None


def _batches(opened: Opened, job: Job) -> Iterator[pa.RecordBatch]:
    """The record batches of a file or a stream, one at a time; notes how much of the file they are."""
    if isinstance(opened, pa.RecordBatchFileReader):
        for number in range(opened.num_record_batches):
            job.tap.come_to = job.member.size * (number + 1) // opened.num_record_batches
            yield opened.get_batch(number)
    else:
        for batch in opened:
            job.tap.come_to += batch.nbytes
            yield batch


def _source(path: str) -> pa.NativeFile:
    """Read and not mapped: a mapped file that becomes shorter kills the process."""
    return pa.PythonFile(open_file(path), mode="r") if is_remote(path) else pa.OSFile(path)


def _opened(job: Job, columns: set[str] | None = None) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
    """The file or the stream; of a file's batches only these columns are read."""
    path = job.member.path
    if head(path, len(FILE_MAGIC)) != FILE_MAGIC:
        return pa.ipc.open_stream(_source(path))
    if columns is None:
        return pa.ipc.open_file(_source(path))
    names = _opened(job).schema.names
    wanted = [place for place, name in enumerate(names) if name in columns]
    return pa.ipc.open_file(_source(path), options=pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False))
