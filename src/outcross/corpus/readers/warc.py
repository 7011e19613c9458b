"""WARC and WET: web crawls. Needs the extra `warc`."""

import io
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from outcross.corpus.formats import Job, RecordReader, in_lists, reader
from outcross.corpus.html_text import text_of_html
from outcross.corpus.quarantine import UnusableError
from outcross.corpus.sieve import INVALID_UTF8
from outcross.doors import optional
from outcross.measure import Array

CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")
TEXT_TYPES = ("conversion", "response", "resource")


class Unpacked(io.RawIOBase):
    """Decompressed bytes as a file, for libraries that want one."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._held = memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next."""
        if not len(self._held):
            self._held = memoryview(next(self._chunks, b""))
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size


@reader
class Warc(RecordReader):
    """Conversion records (WET) as they are; pages of response and resource records without their markup.

    Documents are named by their WARC-Record-ID, or by the number of their record from 0. Records of other
    kinds (requests, metadata) hold no documents and are passed over.
    """

    name: ClassVar[str] = "warc"
    suffixes: ClassVar[tuple[str, ...]] = (".warc", ".wet")
    bundled: ClassVar[bool] = False

    def sniffs(self, head: bytes) -> bool:
        """Whether it begins as a WARC record does."""
        return head.startswith(b"WARC/")

    def records(self, job: Job) -> Iterator[tuple[list[Any], Array]]:
        """Records that hold documents, with their numbers."""
        job.sieve.word = "record"
        yield from in_lists(self._numbered(job))

    def _numbered(self, job: Job) -> Iterator[tuple[int, dict[str, str | None], int]]:
        for number, found in enumerate(_warc_records(job)):
            if found.rec_type not in TEXT_TYPES:
                continue
            try:
                record = _record(found, job.limits.document_bytes, job.sieve.too_large)
            except UnusableError as error:
                job.sieve.set_aside(number, str(error))
            else:
                yield number, record, len(record["text"] or "")


def _warc_records(job: Job) -> Iterator[Any]:
    """The records as warcio gives them; what it says of broken files becomes a stable reason."""
    warcio = optional("warcio.archiveiterator", extra="warc", purpose="read WARC files")
    broken = optional("warcio.exceptions", extra="warc", purpose="read WARC files").ArchiveLoadFailed
    stream = io.BufferedReader(Unpacked(job.unpacked()), 1 << 16)
    try:
        yield from warcio.ArchiveIterator(stream, no_record_parse=False)
    except (broken, EOFError, AttributeError, KeyError, IndexError):
        raise UnusableError("broken WARC record") from None


def _record(found: Any, limit: int, too_large: str) -> dict[str, str | None]:
    """The text of a WARC record with its identifier, address and date."""
    headers = found.rec_headers
    data = found.content_stream().read(limit + 1)
    if len(data) > limit:
        raise UnusableError(too_large)
    if headers.get_header("Content-Length") is None or _is_cut_short(found.raw_stream):
        raise UnusableError("truncated record")
    kind = headers.get_header("Content-Type") or ""
    if found.http_headers is not None:
        kind = found.http_headers.get_header("Content-Type") or "text/html"
    return {
        "text": _text(data, kind, found.rec_type),
        "WARC-Record-ID": headers.get_header("WARC-Record-ID"),
        "url": headers.get_header("WARC-Target-URI"),
        "date": headers.get_header("WARC-Date"),
    }


def _is_cut_short(stream: Any) -> bool:
    """Whether a record ends before its Content-Length says so."""
    while getattr(stream, "limit", 0) > 0:
        if not stream.read(1 << 16):
            return True
    return False


def _text(data: bytes, kind: str, record_type: str) -> str:
    if record_type == "conversion":
        return _decoded(data, kind)
    if "html" in kind.lower():
        return text_of_html(_decoded(data, kind))
    if kind.lower().startswith("text/"):
        return _decoded(data, kind)
    raise UnusableError("a response that is not text")


def _decoded(data: bytes, kind: str) -> str:
    """The text by the character set that the headers or the page name, else UTF-8."""
    named = CHARSET.search(kind.encode()) or CHARSET.search(data[:1024])
    for charset in ([named[1].decode()] if named else []) + ["utf-8"]:
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnusableError(INVALID_UTF8)
