"""Reads one shard: documents in batches, and with them what was set aside and the digests of the bytes."""

import csv
import zlib
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from outcross.corpus.batching import Batcher
from outcross.corpus.digests import RangeHasher
from outcross.corpus.formats import Job, readers
from outcross.corpus.places import fault_of, open_file, stamp
from outcross.corpus.quarantine import Quarantine, UnusableError
from outcross.corpus.sieve import Sieve
from outcross.corpus.streams import Tap
from outcross.corpus.terms import Limits, Member, Quarantined, RangeDigest, Shard, View
from outcross.errors import FaultError
from outcross.measure import Batch

BAD_DATA = (
    OSError,
    pa.ArrowException,
    zlib.error,
    csv.Error,
    EOFError,
    ValueError,
    OverflowError,
    MemoryError,
)
"""What libraries raise over bad bytes. It goes to quarantine; everything else is a fault of outcross."""

CHANGED = "file changed while it was read"


class ShardReader:
    """Iterate once over the batches of a shard; then its other attributes are complete.

    Args:
        shard: what to read.
        view: how records become documents.
        known: whether records of another shape than the view's may be of any known one.
        limits: the bounds.
        hashing: whether to compute digests.

    Attributes:
        quarantined: what could not be read, `limits.quarantine_items` items at most.
        quarantined_total: how many documents that is in all.
        reasons: how many documents were quarantined for each reason.
        digests: digests of the file ranges that the shard stands for.
        bytes_read: bytes read from disk, as far as it was done in order; the shard's size otherwise.
        documents: how many documents were given.
        come_to: bytes on disk that are done, about: for whoever watches, while the shard is read.
    """

    def __init__(self, shard: Shard, view: View, limits: Limits, *, known: bool = True, hashing: bool = True) -> None:
        self.shard = shard
        self.view = view
        self.known = known
        self.limits = limits
        self.hashing = hashing
        self.quarantined: list[Quarantined] = []
        self.reasons: Counter[str] = Counter()
        self.digests: list[RangeDigest] = []
        self.bytes_read = 0
        self.documents = 0
        self._batcher = Batcher(limits.block_bytes)
        self._passed = 0
        self._tap: Tap | None = None

    @property
    def come_to(self) -> int:
        """Bytes on disk that are done, about; never more than the shard stands for."""
        within = 0 if self._tap is None else self._tap.come_to
        return min(self._passed + within, self.shard.bytes)

    @property
    def quarantined_total(self) -> int:
        """How many documents were set aside, as far as that can be known."""
        return sum(self.reasons.values())

    def __iter__(self) -> Iterator[Batch]:
        """The batches, in the order of the documents."""
        for member in self.shard.members:
            yield from self._member(member)
            self._passed, self._tap = self._passed + member.size, None
        yield from self._counted(self._batcher.flush())
        self.bytes_read = max(self.bytes_read, self.shard.bytes)

    def _counted(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            self.documents += len(batch)
            yield batch

    def _member(self, member: Member) -> Iterator[Batch]:
        quarantine = Quarantine(member.shown, self.limits.quarantine_items - len(self.quarantined))
        hasher = self._hasher(member)
        try:
            with open_file(member.path) as handle:
                tap = self._tap = Tap(handle, hasher)
                yield from self._documents(member, tap, quarantine)
                if hasher is not None:
                    hasher.finish(handle)
                self.bytes_read += tap.bytes_read
        except OSError as error:
            _check_network(error, member)
            quarantine.add("", fault_of(error))
        if _changed(member):
            quarantine.add("", CHANGED)
        self.quarantined += quarantine.items
        self.reasons += quarantine.reasons
        self.digests += [] if hasher is None else hasher.done

    def _hasher(self, member: Member) -> RangeHasher | None:
        if not self.hashing:
            return None
        covers = self.shard.covers if len(self.shard.members) == 1 else (0, member.size)
        return RangeHasher(member.shown, covers, member.size, self.limits.range_bytes)

    def _documents(self, member: Member, tap: Tap, quarantine: Quarantine) -> Iterator[Batch]:
        sieve = Sieve(self.view, self.known, member.name, quarantine, self.limits)
        job = Job(member, tap, self.shard.start, self.shard.stop, sieve, self.limits)
        count = 0
        try:
            if member.size:
                for piece in readers()[self.shard.format].read(job):
                    count += len(piece)
                    yield from self._counted(self._batcher.add(piece))
        except BAD_DATA as error:
            _check_network(error, member)
            quarantine.add(_where(sieve, count), fault_of(error))
        if not count and not quarantine.total and self.shard.stop < 0:
            quarantine.add("", "no documents" if member.size else "empty file")


def _where(sieve: Sieve, count: int) -> str:
    """Where reading came to its end before the file did."""
    return "" if sieve.word == "file" or not count else f"after {count} documents"


def _check_network(error: Exception, member: Member) -> None:
    """A network that fails says nothing about the data."""
    if isinstance(error, TimeoutError | ConnectionError):
        raise FaultError(f"{member.shown} could not be read: {error}", hint="Try again.") from error


def _changed(member: Member) -> bool:
    """Whether the file is not what it was when it was found."""
    try:
        return stamp(member.path) != (member.size, member.changed)
    except (OSError, UnusableError):
        return True
