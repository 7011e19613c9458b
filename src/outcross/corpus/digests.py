"""Digests of files by fixed ranges, so that parts can be hashed in parallel and joined to one root."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from outcross.corpus.terms import RangeDigest
from outcross.errors import DataError

HASH_BLOCK = 1 << 20


def corpus_root(digests: Iterable[RangeDigest]) -> str:
    """The root over all files of a corpus, from the digests of their ranges in any order.

    The parts of a path are what lies between slashes. Every file's name is its path without the parts that
    the folders of all files begin with (of one file alone, the last part is left).

    1. For each file, for each of its ranges by position, one line: `<start> <stop> <sha256 hex>` and a
       newline, where the numbers are bytes in decimal. An empty file has the one range 0 to 0.
    2. The file's digest is the SHA-256 of these lines, which binds its size and the size of ranges.
    3. For each file in the order of the UTF-8 bytes of its name, `<file digest hex> <name>` and a zero byte
       (which no name can hold).
    4. The root is "sha256:" and the hex SHA-256 of all that.

    Args:
        digests: what the readers of all shards of the corpus reported.

    Raises:
        DataError: there are no ranges, or a range is missing or there twice with different bytes.
    """
    files: dict[str, dict[int, RangeDigest]] = defaultdict(dict)
    for one in digests:
        known = files[one.path].setdefault(one.start, one)
        if known != one:
            raise DataError(f"{one.path} has two digests for the range from byte {one.start}.")
    if not files:
        raise DataError("There is nothing to compute a root over.")
    names = relative_names(list(files))
    lines = [
        f"{_file_digest(path, [ranges[start] for start in sorted(ranges)])} {names[path]}\0".encode(
            errors="surrogateescape"
        )
        for path, ranges in files.items()
    ]
    lines.sort(key=lambda line: line.partition(b" ")[2])
    return "sha256:" + hashlib.sha256(b"".join(lines)).hexdigest()


def _file_digest(path: str, ranges: list[RangeDigest]) -> str:
    """The hex digest over the lines of one file's ranges."""
    place = 0
    lines = []
    for one in ranges:
        if one.start != place:
            raise DataError(f"{path} has no digest for the range from byte {place}.")
        place = one.stop
        lines.append(f"{one.start} {one.stop} {one.digest.removeprefix('sha256:')}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def relative_names(paths: Sequence[str]) -> dict[str, str]:
    """Each path's name relative to the folder that all of them have in common; "-" keeps its name."""
    parts = {path: path.split("/") for path in paths}
    folders = [split[:-1] for path, split in parts.items() if path != "-"]
    shared = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        shared += 1
    return {path: path if path == "-" else "/".join(split[shared:]) for path, split in parts.items()}


class RangeHasher:
    """Hashes the fixed ranges of a file that begin within a stretch of it, as bytes come by in order.

    Args:
        path: the file, as people know it.
        covers: the stretch of bytes; ranges that begin in it are hashed, whole.
        size: bytes in the file.
        range_bytes: bytes in a range.
    """

    def __init__(self, path: str, covers: tuple[int, int], size: int, range_bytes: int) -> None:
        self.path = path
        self.range_bytes = range_bytes
        self.at = min(-(-covers[0] // range_bytes) * range_bytes, size)
        self.stop = min(-(-covers[1] // range_bytes) * range_bytes, size)
        self.done: list[RangeDigest] = []
        self._begun = self.at
        self._hash = hashlib.sha256()
        if size == 0:
            self.done.append(RangeDigest(path, 0, 0, "sha256:" + self._hash.hexdigest()))

    def feed(self, offset: int, data: bytes | memoryview) -> None:
        """Take in bytes that lie at an offset; what was seen before, and what is not next, is left out."""
        if offset > self.at or self.at >= self.stop:
            return
        view = memoryview(data)[self.at - offset : max(self.stop - offset, 0)]
        while len(view):
            room = self._range_end() - self.at
            self._hash.update(view[:room])
            self.at += min(room, len(view))
            view = view[room:]
            if self.at == self._range_end():
                self._close_range()

    def finish(self, handle: BinaryIO) -> None:
        """Read and hash what did not come by."""
        if self.at < self.stop:
            handle.seek(self.at)
        while self.at < self.stop:
            data = handle.read(min(HASH_BLOCK, self.stop - self.at))
            if not data:
                return  # the file became shorter, which its stamp shows
            self.feed(self.at, data)

    def _range_end(self) -> int:
        return min(self._begun + self.range_bytes, self.stop)

    def _close_range(self) -> None:
        self.done.append(RangeDigest(self.path, self._begun, self.at, "sha256:" + self._hash.hexdigest()))
        self._begun = self.at
        self._hash = hashlib.sha256()
