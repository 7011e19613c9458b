"""The contract of a reader: one file and one `@reader` make a format that outcross reads.

A reader of records gives lists of records with their places; a reader of tables gives Arrow record batches.
Both know nothing of texts, identifiers and quarantine rules: these are the sieve's.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Protocol

import numpy as np
import pyarrow as pa

from outcross.corpus.batching import Piece
from outcross.corpus.quarantine import Quarantine, UnusableError
from outcross.corpus.sieve import Sieve
from outcross.corpus.streams import BOMB_WINDOW, BombMeter, Tap, unpacker
from outcross.corpus.terms import Limits, Member
from outcross.errors import FaultError
from outcross.measure import Array

PACKED_SUFFIXES = (".gz", ".gzip", ".zst", ".zstd")
FIRST_RECORDS = 100
HEAD_BYTES = 1 << 16
RECORDS_AT_ONCE = 1000
BYTES_AT_ONCE = 4 << 20

Part = tuple[int, int, int, int]
"""A part of a file: start and stop in the format's own unit, and the bytes that it stands for."""


@dataclass(frozen=True)
class Job:
    """A part of a file that is to be read.

    Attributes:
        member: the file.
        tap: the open file, hashed while it is read in order.
        start: where the part begins, in the format's own unit.
        stop: where it ends; -1 for the whole file.
        sieve: turns what is read into documents.
        limits: the bounds.
    """

    member: Member
    tap: Tap
    start: int
    stop: int
    sieve: Sieve
    limits: Limits

    @property
    def quarantine(self) -> Quarantine:
        """Where unusable things go."""
        return self.sieve.quarantine

    def packed(self) -> bool:
        """Whether the file is compressed as a whole; the file is then at its begin."""
        self.tap.seek(0)
        found = unpacker(self.tap.read(8))
        self.tap.seek(0)
        return found.__name__ != "plain"

    def unpacked(self) -> Iterator[bytes]:
        """The bytes of the whole file, decompressed."""
        self.tap.seek(0)
        unpack = unpacker(self.tap.read(8))
        self.tap.seek(0)
        return unpack(self.tap, BombMeter(self.limits.expansion))


@dataclass(frozen=True)
class Look:
    """A first look at a file.

    Attributes:
        columns: the columns that it has at its top level, as far as that was seen.
        records: its first records, 100 at most.
    """

    columns: tuple[str, ...]
    records: tuple[Any, ...]


class Reader(Protocol):
    """What reads a format."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    bundled: ClassVar[bool]

    def sniffs(self, head: bytes) -> bool:
        """Whether a file with these first (decompressed) bytes is of this format, beyond doubt."""

    def parts(self, member: Member, target: int, packed: bool) -> list[Part]:
        """The parts of a file, of about `target` bytes each; none to leave it whole."""

    def look(self, job: Job) -> Look:
        """The first records of a file."""

    def read(self, job: Job) -> Iterator[Piece]:
        """The documents of a part, in order."""


class RecordReader(ABC):
    """Base of readers that give records."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    bundled: ClassVar[bool] = True

    def sniffs(self, head: bytes) -> bool:
        """Nothing is certain without a suffix."""
        return False

    def parts(self, member: Member, target: int, packed: bool) -> list[Part]:
        """The file is left whole."""
        return []

    @abstractmethod
    def records(self, job: Job) -> Iterator[tuple[list[Any], Array]]:
        """Lists of records, each with the places of its records."""

    def read(self, job: Job) -> Iterator[Piece]:
        """The documents of a part, in order."""
        for records, places in self.records(job):
            yield job.sieve.rows(records, places)

    def look(self, job: Job) -> Look:
        """The first records of a file."""
        found: list[Any] = []
        for records, _ in self.records(job):
            found += records[: FIRST_RECORDS - len(found)]
            if len(found) >= FIRST_RECORDS:
                break
        names = dict.fromkeys(name for record in found if isinstance(record, dict) for name in record)
        return Look(tuple(map(str, names)), tuple(found))


@contextmanager
def blamed(reason: Callable[[], str]) -> Iterator[None]:
    """What Arrow makes of bad bytes becomes this reason; what the machine or the network refuses stays what it is.

    Raises:
        UnusableError: Arrow could not make sense of the bytes.
    """
    try:
        yield
    except MemoryError:
        raise
    except pa.ArrowException:
        raise UnusableError(reason()) from None
    except OSError as error:
        if type(error) is not OSError or error.errno is not None:
            raise
        raise UnusableError(reason()) from None


class TableReader(ABC):
    """Base of readers that give Arrow record batches."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    bundled: ClassVar[bool] = True

    def parts(self, member: Member, target: int, packed: bool) -> list[Part]:
        """The file is left whole."""
        return []

    @abstractmethod
    def schema(self, job: Job) -> pa.Schema:
        """The columns of the file."""

    @abstractmethod
    def tables(self, job: Job, columns: list[str]) -> Iterator[tuple[pa.RecordBatch, int]]:
        """Record batches of a part with the number of their first row in the file."""

    def read(self, job: Job) -> Iterator[Piece]:
        """The documents of a part, in order."""
        wanted = job.sieve.wanted(self.schema(job).names)
        given, allowed = 0, max(BOMB_WINDOW, job.limits.expansion * job.member.size)
        for table, first_row in self.tables(job, wanted):
            for piece in job.sieve.columns(table, first_row):
                given += piece.texts.nbytes
                if given > allowed:
                    raise UnusableError(f"expands more than {job.limits.expansion} times")
                yield piece

    def look(self, job: Job) -> Look:
        """The first records of a file: what its first record batch holds of its columns of text."""
        names = self.schema(job).names
        for table, _ in self.tables(job, names):
            return Look(tuple(names), tuple(table.slice(0, FIRST_RECORDS).to_pylist()))
        return Look(tuple(names), ())


_READERS: dict[str, Reader] = {}


def reader(made: type[Any]) -> type[Any]:
    """Register a reader (class decorator)."""
    one: Reader = made()
    if one.name in _READERS:
        raise FaultError(f"Two readers are called {one.name!r}.")
    _READERS[one.name] = one
    return made


def readers() -> dict[str, Reader]:
    """All registered readers by name, in the order of their names."""
    return dict(sorted(_READERS.items()))


def proportional(parts: int, size: int) -> list[tuple[int, int]]:
    """A file's bytes shared out evenly, for formats whose parts lie anywhere in it."""
    edges = [size * number // parts for number in range(parts + 1)]
    return list(pairwise(edges))


def in_lists(found: Iterator[tuple[int, Any, int]]) -> Iterator[tuple[list[Any], Array]]:
    """Records in lists of 1000 and of 4 MiB at most; an error comes after all records before it.

    Args:
        found: number, record and its bytes, about.
    """
    records: list[Any] = []
    numbers: list[int] = []
    held = 0
    fault = None
    try:
        for number, record, size in found:
            records.append(record)
            numbers.append(number)
            held += size
            if len(records) >= RECORDS_AT_ONCE or held >= BYTES_AT_ONCE:
                yield records, np.array(numbers)
                records, numbers, held = [], [], 0
    except UnusableError as error:
        fault = error
    if records:
        yield records, np.array(numbers)
    if fault is not None:
        raise fault
