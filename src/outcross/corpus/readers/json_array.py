"""JSON values that follow each other, or an array of them, over any number of lines."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from outcross.corpus.formats import Job, RecordReader, in_lists, reader
from outcross.corpus.quarantine import UnusableError
from outcross.corpus.readers.jsonl import BOM, parsed
from outcross.measure import Array

STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
BETWEEN = b" ,\t\r\n"


@reader
class JsonArray(RecordReader):
    """A .json file: an array of objects, or objects one after the other; named by their number from 0."""

    name: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def sniffs(self, head: bytes) -> bool:
        """Whether it begins like an array of objects or an object over several lines."""
        begin = head.removeprefix(BOM).lstrip()
        return bool(re.match(rb'\[\s*\{\s*["}]|\{\s*(?:"|$)', begin))

    def records(self, job: Job) -> Iterator[tuple[list[Any], Array]]:
        """The objects, with their numbers."""
        yield from in_lists(self._numbered(job))

    def _numbered(self, job: Job) -> Iterator[tuple[int, Any, int]]:
        for number, data in enumerate(self._objects(job)):
            if data is None:
                job.sieve.set_aside(number, job.sieve.too_large)
                continue
            try:
                record = parsed(data)
            except UnusableError as error:
                job.sieve.set_aside(number, str(error).replace("JSON line", "JSON"))
            else:
                yield number, record, len(data)

    def _objects(self, job: Job) -> Iterator[bytes | None]:
        splitter = Splitter(job.limits.document_bytes)
        for data in job.unpacked():
            yield from splitter.feed(data)
        yield from splitter.finish()


class Splitter:
    """Finds where values begin and end in bytes that come in chunks, holding one value at most.

    Args:
        limit: bytes of a value at most; None is given in the place of a larger one.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._array = False  # inside the one array around all
        self._depth = 0
        self._in_string = False
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._carry = b""
        self._fresh = True

    def feed(self, data: bytes) -> Iterator[bytes | None]:
        """The values that end in this chunk, and what lies between values and is none."""
        data = (data.removeprefix(BOM) if self._fresh else self._carry + data) or b" "
        self._fresh = False
        slashes = len(data) - len(data.rstrip(b"\\"))
        self._carry = b"\\" if slashes % 2 else b""
        data = data[: len(data) - len(self._carry)]
        place = self._string_end(data) if self._in_string else 0
        begin = 0
        for token in TOKEN.finditer(data, place):
            end = self._value_edge(token.group())
            if end is None:
                continue
            edge = token.end() if end else token.start()
            self._hold(data[begin:edge])
            begin = token.end() if token.group() in b"[]" and self._depth == 0 else edge
            yield from self._taken()
        self._hold(data[begin:])

    def finish(self) -> Iterator[bytes | None]:
        """What is left at the end.

        Raises:
            UnusableError: a value has no end.
        """
        if self._depth or self._in_string or self._array:
            raise UnusableError("JSON ends too early")
        yield from self._taken()

    def _string_end(self, data: bytes) -> int:
        found = STRING_REST.match(data)
        self._in_string = found is None
        return len(data) if found is None else found.end()

    def _value_edge(self, token: bytes) -> bool | None:
        """False where a value begins after what lies between, True where one ends, None elsewhere."""
        if token == b'"':
            self._in_string = True
            return None
        if token in (b"{", b"["):
            if token == b"[" and not self._depth and not self._array:
                self._array = True
                return False
            self._depth += 1
            return False if self._depth == 1 else None
        if token not in (b"}", b"]"):
            return None
        if not self._depth:
            self._array = False
            return False
        self._depth -= 1
        return None if self._depth else True

    def _hold(self, data: bytes) -> None:
        self._held_bytes += len(data)
        if self._held_bytes <= self.limit:
            self._held.append(data)
        else:
            self._held.clear()

    def _taken(self) -> Iterator[bytes | None]:
        size, data = self._held_bytes, b"".join(self._held).strip(BETWEEN)
        self._held, self._held_bytes = [], 0
        if size > self.limit:
            yield None
        elif data:
            yield data
