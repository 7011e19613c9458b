"""Bytes from files in order: hashed as they come by, decompressed with bounds, cut into lines."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from outcross.corpus.digests import RangeHasher
from outcross.corpus.quarantine import UnusableError
from outcross.measure import Array

CHUNK = 1 << 20
GZIP_CHUNK = 1 << 16
BOMB_WINDOW = 256 << 20
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGICS = (b"\x28\xb5\x2f\xfd", *(bytes([low, 0x2A, 0x4D, 0x18]) for low in range(0x50, 0x60)))


class Tap:
    """A file that is read in order while its ranges are hashed in the same pass.

    Args:
        handle: the open file.
        hasher: what hashes its ranges, or None.

    Attributes:
        at: the byte that is read next.
        bytes_read: bytes read by way of it.
        come_to: bytes of the file's part that are done, as far as that is known: what was read by way of it, or
            what a format that opens the file by itself has noted. Nothing but progress rests on it.
    """

    def __init__(self, handle: BinaryIO, hasher: RangeHasher | None) -> None:
        self.handle = handle
        self.hasher = hasher
        self.at = 0
        self.bytes_read = 0
        self.come_to = 0
        self.closed = False

    def seek(self, place: int) -> None:
        """Go to a byte of the file."""
        self.handle.seek(place)
        self.at = place

    def read(self, size: int) -> bytes:
        """The next bytes, `size` of them at most; none at the end."""
        data = self.handle.read(size) or b""
        if self.hasher is not None:
            self.hasher.feed(self.at, data)
        self.at += len(data)
        self.bytes_read += len(data)
        self.come_to = max(self.come_to, self.bytes_read)
        return data

    def readable(self) -> bool:
        """Always: pyarrow asks."""
        return True

    def close(self) -> None:
        """Nothing: who opened the file closes it, after the rest of it was hashed."""


class BombMeter:
    """Tells a decompression bomb from honest data by how much comes out of how little.

    Args:
        expansion: bytes out per byte in that no 256 MiB in a row may exceed.
    """

    def __init__(self, expansion: int) -> None:
        self.expansion = expansion
        self._in = 0
        self._out = 0

    def count(self, taken: int, given: int) -> None:
        """Note that the decompressor has taken so many bytes in all, and has given so many more."""
        self._out += given
        if self._out < BOMB_WINDOW:
            return
        if self._out > self.expansion * (taken - self._in + GZIP_CHUNK):  # it may have read ahead
            raise UnusableError(f"expands more than {self.expansion} times")
        self._in, self._out = taken, 0


def plain(tap: Tap, _meter: BombMeter) -> Iterator[bytes]:
    """The bytes of an uncompressed file."""
    while data := tap.read(CHUNK):
        yield data


def gunzip(tap: Tap, meter: BombMeter) -> Iterator[bytes]:
    """The bytes in a gzip file of any number of members; all that can be had, then an UnusableError.

    Raises:
        UnusableError: "truncated gzip", "broken gzip", or a bomb.
    """
    engine = zlib.decompressobj(wbits=31)
    begun = False
    while data := tap.read(GZIP_CHUNK):
        data = data if begun else data.lstrip(b"\0")  # some tools pad with zeros
        while data:
            try:
                given = engine.decompress(data, CHUNK)
            except zlib.error:
                raise UnusableError("broken gzip") from None
            meter.count(tap.at, len(given))
            if given:
                yield given
            begun, data = not engine.eof, engine.unconsumed_tail
            if engine.eof:
                data = engine.unused_data.lstrip(b"\0")
                engine = zlib.decompressobj(wbits=31)
    yield from _drained(engine, meter, tap)
    if begun:
        raise UnusableError("truncated gzip")


def _drained(engine: Any, meter: BombMeter, tap: Tap) -> Iterator[bytes]:
    """What the decompressor still holds back."""
    try:
        rest = engine.flush()
    except zlib.error:
        return
    meter.count(tap.at, len(rest))
    if rest:
        yield rest


def unzstd(tap: Tap, meter: BombMeter) -> Iterator[bytes]:
    """The bytes in a Zstandard file of any number of frames; all that can be had, then an UnusableError.

    Raises:
        UnusableError: "truncated zstd", "broken zstd", or a bomb.
    """
    stream = pa.CompressedInputStream(pa.PythonFile(tap, mode="r"), "zstd")
    blank = b"\xff" * CHUNK
    while True:
        # pyarrow does not say how much it gave before an error; 0xff is no byte of UTF-8 and shows it.
        buffer = bytearray(blank)
        try:
            given = stream.readinto(buffer)
        except (OSError, pa.ArrowException) as error:
            if rest := bytes(buffer.rstrip(b"\xff")):
                yield rest
            cut = "runcated" in str(error)
            raise UnusableError("truncated zstd" if cut else "broken zstd") from None
        if not given:
            return
        meter.count(tap.at, given)
        yield bytes(buffer[:given]) if given < CHUNK else bytes(buffer)


Unpack = Callable[[Tap, BombMeter], Iterator[bytes]]


def unpacker(head: bytes) -> Unpack:
    """How to get at the bytes of a file that begins so."""
    if head.startswith(GZIP_MAGIC):
        return gunzip
    return unzstd if head.startswith(ZSTD_MAGICS) else plain


def is_packed(head: bytes) -> bool:
    """Whether a file that begins so is compressed as a whole."""
    return unpacker(head) is not plain


def seek_line(tap: Tap, start: int, stop: int) -> bytes:
    """Go to the first line that begins in a part; what was read of it ends at `tap.at`.

    Returns:
        Bytes from that line's begin on; none where no line begins in the part.
    """
    tap.seek(max(start - 1, 0))
    found = start == 0
    while tap.at < stop:
        data = tap.read(min(CHUNK, stop - tap.at))
        newline = 0 if found else data.find(b"\n") + 1
        if found or newline or not data:
            return data[newline:]
    return b""


def part(tap: Tap, begin: bytes, stop: int) -> Iterator[bytes]:
    """The bytes from what `seek_line` read to the end of the last line that begins in the part."""
    data = begin
    while data:
        yield data
        last = data
        data = tap.read(min(CHUNK, stop - tap.at)) if tap.at < stop else b""
    if begin and not last.endswith(b"\n"):
        yield from _rest_of_line(tap)


def _rest_of_line(tap: Tap) -> Iterator[bytes]:
    """Bytes up to and with the next newline."""
    while data := tap.read(GZIP_CHUNK):
        newline = data.find(b"\n") + 1
        yield data[:newline] if newline else data
        if newline:
            return


@dataclass(frozen=True)
class Lines:
    """Lines that follow each other.

    Attributes:
        lines: the lines without their newlines.
        offsets: the byte at which each begins, counted in the bytes that were cut.
        first: the number of the first line, from 0.
        oversized: whether this stands for one line that is longer than the limit, and is not held.
    """

    lines: list[bytes]
    offsets: Array
    first: int
    oversized: bool = False


class LineCutter:
    """Cuts bytes into lines and holds no more than one line that may be held, and one chunk.

    Args:
        offset: the place of the first byte.
        limit: bytes in a line at most.
    """

    def __init__(self, offset: int, limit: int) -> None:
        self.offset = offset
        self.limit = limit
        self.number = 0
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._skipping = False

    def cut(self, chunks: Iterable[bytes]) -> Iterator[Lines]:
        """The lines in the chunks; if these end in an error, after all lines that are complete."""
        for data in chunks:
            yield from self._cut(data)
        if self._held_bytes:
            yield from self._cut(b"\n")

    def _cut(self, data: bytes) -> Iterator[Lines]:
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines and self._skipping:
            yield self._oversized(self._held_bytes + len(lines.pop(0)) + 1)
            self._forget()
        elif lines and self._held:
            lines[0] = b"".join([*self._held, lines[0]])
            self._forget()
        if lines:
            yield from self._runs(lines)
        self._hold(rest)

    def _hold(self, data: bytes) -> None:
        """Keep the begin of a line that is not complete, or only its length when it is too long."""
        if not data:
            return
        self._held_bytes += len(data)
        self._held.append(data)
        if self._held_bytes > self.limit:
            self._held.clear()
            self._skipping = True

    def _forget(self) -> None:
        self._held, self._held_bytes, self._skipping = [], 0, False

    def _oversized(self, length: int) -> Lines:
        found = Lines([], np.array([self.offset]), self.number, oversized=True)
        self.offset += length
        self.number += 1
        return found

    def _runs(self, lines: list[bytes]) -> Iterator[Lines]:
        """The lines, and each that is too long by itself."""
        lengths = np.fromiter(map(len, lines), np.int64, len(lines))
        begin = 0
        for long in [*np.flatnonzero(lengths > self.limit).tolist(), len(lines)]:
            if long > begin:
                yield self._run(lines[begin:long], lengths[begin:long])
            if long < len(lines):
                yield self._oversized(int(lengths[long]) + 1)
            begin = long + 1

    def _run(self, lines: list[bytes], lengths: Array) -> Lines:
        ends = self.offset + np.cumsum(lengths + 1)
        offsets = ends - lengths - 1
        found = Lines(lines, offsets, self.number)
        self.offset = int(ends[-1])
        self.number += len(lines)
        return found
