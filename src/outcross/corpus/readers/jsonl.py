"""JSON Lines: one JSON object a line; plain files are cut by byte ranges."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import orjson

from outcross.corpus.formats import Job, Part, RecordReader, reader
from outcross.corpus.quarantine import UnusableError
from outcross.corpus.sieve import INVALID_UTF8, LONE_SURROGATE
from outcross.corpus.streams import LineCutter, Lines, part, seek_line
from outcross.corpus.terms import Member
from outcross.measure import Array

BOM = b"\xef\xbb\xbf"


@reader
class JsonLines(RecordReader):
    """Plain, gzip or Zstandard; documents of plain files are named by the byte at which their line begins."""

    name: ClassVar[str] = "jsonl"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".jsonlines", ".jsl")

    def sniffs(self, head: bytes) -> bool:
        """Whether one of the first lines is a JSON object by itself."""
        return any(is_object(line) for line in head.removeprefix(BOM).split(b"\n", 10)[:10])

    def parts(self, member: Member, target: int, packed: bool) -> list[Part]:
        """Byte ranges of plain files; a line belongs to the range in which it begins."""
        if packed or member.size <= target:
            return []
        edges = [*range(0, member.size, target), member.size]
        return [(begin, end, begin, end) for begin, end in pairwise(edges)]

    def records(self, job: Job) -> Iterator[tuple[list[Any], Array]]:
        """The values of the lines, with the places of these."""
        job.sieve.word = "line" if job.packed() else "byte"
        for found in lines_of(job):
            if found.oversized:
                job.sieve.set_aside(places_of(job, found)[0], job.sieve.too_large)
            else:
                yield self.parsed(job, found)

    def parsed(self, job: Job, found: Lines) -> tuple[list[Any], Array]:
        """The values of lines, with their places."""
        places = places_of(job, found)
        try:
            return [orjson.loads(line) for line in found.lines], places
        except orjson.JSONDecodeError:
            return self._one_by_one(job, found.lines, places)

    def _one_by_one(self, job: Job, lines: list[bytes], places: Array) -> tuple[list[Any], Array]:
        records, kept = [], []
        for number, line in enumerate(lines):
            if not line or line.isspace():
                continue
            try:
                records.append(parsed(line))
                kept.append(number)
            except UnusableError as error:
                job.sieve.set_aside(places[number], str(error))
        return records, places[np.array(kept, np.int64)]


def lines_of(job: Job) -> Iterator[Lines]:
    """The lines of a part; errors of the stream come after the lines that could be had."""
    if job.packed():
        cutter = LineCutter(0, job.limits.document_bytes)
        chunks = job.unpacked()
    else:
        stop = job.member.size if job.stop < 0 else job.stop
        begin = seek_line(job.tap, job.start, stop)
        cutter = LineCutter(job.tap.at - len(begin), job.limits.document_bytes)
        chunks = part(job.tap, begin, stop)
    for found in cutter.cut(chunks):
        if found.first == 0 and job.start <= 0 and found.lines:
            found.lines[0] = found.lines[0].removeprefix(BOM)
        yield found


def places_of(job: Job, found: Lines) -> Array:
    """Byte offsets, or line numbers from 1 where bytes cannot be sought."""
    if job.sieve.word == "byte":
        return found.offsets
    return np.arange(found.first + 1, found.first + 1 + max(len(found.lines), 1))


def is_object(line: bytes) -> bool:
    """Whether a line is a JSON object by itself."""
    try:
        return isinstance(parsed(line), dict)
    except UnusableError:
        return False


def parsed(line: bytes) -> Any:
    """The value of a JSON text; NaN and infinities are let through, as Python's json writes them.

    Raises:
        UnusableError: it is not JSON, not UTF-8, or nested too deep.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        if "surrogate" in str(error) and b"\\u" in line:
            raise UnusableError(LONE_SURROGATE) from None
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError:
        raise UnusableError(INVALID_UTF8) from None
    except RecursionError:
        raise UnusableError("JSON nested too deep") from None
    except ValueError:
        raise UnusableError("broken JSON line") from None
