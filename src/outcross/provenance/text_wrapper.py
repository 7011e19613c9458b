"""C2PA's credentials in plain text: U+FEFF, then bytes as variation selectors that nobody sees.

A cleaner that drops marks or U+FEFF loses them: so they are looked for in the bytes as they were read, before any
cleaning. Source: C2PA 2.4, A.8 (C2PATextManifestWrapper): magic "C2PATXT" and 0, version, length, manifest store.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from outcross.corpus import Corpus

MAGIC = b"C2PATXT\0"
VERSION = 1
MARK = "\ufeff".encode()
_HEADER = len(MAGIC) + 5

# Bytes 0 to 15 are U+FE00 to U+FE0F (EF B8 80 to 8F), bytes 16 to 255 are U+E0100 to U+E01EF (F3 A0 84 80 to 87 AF).
_RUN = re.compile(MARK + rb"((?:\xef\xb8[\x80-\x8f]|\xf3\xa0(?:[\x84-\x86][\x80-\xbf]|\x87[\x80-\xaf]))+)")
_SELECTOR = re.compile(rb"\xef\xb8([\x80-\x8f])|\xf3\xa0([\x84-\x87])([\x80-\xbf])")
_BEGINNING = re.compile(MARK + b"\xf3\xa0\x84\xb3")
"""The mark and the first byte of the magic: what every wrapper begins with."""


@dataclass(frozen=True)
class Wrapper:
    """One wrapper in a text.

    Attributes:
        start: byte of the text (UTF-8) at which its mark stands.
        size: bytes that it takes, mark and selectors.
        manifest: the manifest store that it holds; empty where it is malformed.
        fault: why it is; empty where it is not.
    """

    start: int
    size: int
    manifest: bytes
    fault: str = ""


@dataclass
class Wrapped:
    """Wrappers in many documents.

    Attributes:
        documents: looked at. wrapped: that have a wrapper. malformed: that have one which cannot be read, or several.
    """

    documents: int = 0
    wrapped: int = 0
    malformed: int = 0

    def take(self, texts: pa.LargeStringArray) -> None:
        """Count those of some documents."""
        self.documents += len(texts)
        _, places, held = texts.buffers()
        if held is None:
            return
        starts = np.frombuffer(places, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        data, done = memoryview(held), -1
        for place in possible(data[starts[0] : starts[-1]]):
            number = int(np.searchsorted(starts, starts[0] + place, "right")) - 1
            if number > done:
                done = number
                self._count(bytes(data[starts[number] : starts[number + 1]]))

    def _count(self, text: bytes) -> None:
        found = wrappers_in(text)
        self.wrapped += bool(found)
        self.malformed += len(found) > 1 or any(one.fault for one in found)


def counted(corpus: Corpus) -> Wrapped:
    """Count the wrappers in the documents of a corpus, as they are read: nothing is cleaned before.

    Args:
        corpus: that was found.

    Raises:
        FaultError: a file changed or went away.
    """
    made = Wrapped()
    for shard in corpus.shards:
        for batch in corpus.read(shard, hashing=False):
            made.take(batch.texts)
    return made


def possible(data: bytes | memoryview) -> Iterator[int]:
    """Where wrappers may begin: as fast as bytes can be searched."""
    return (found.start() for found in _BEGINNING.finditer(data))


def wrappers_in(text: str | bytes) -> tuple[Wrapper, ...]:
    """The wrappers in one text, malformed ones too. A valid text has one at most."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    made = []
    for place in possible(data):
        run = _RUN.match(data, place)
        if run and (held := _bytes_of(run[1]))[: len(MAGIC)] == MAGIC:
            made.append(_wrapper(place, len(run[0]), held))
    return tuple(made)


def wrapper_of(manifest: bytes) -> str:
    """The wrapper of a manifest store, to stand at the end of a text."""
    held = MAGIC + bytes([VERSION]) + len(manifest).to_bytes(4) + manifest
    return "\ufeff" + "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in held)


def _bytes_of(run: bytes) -> bytes:
    return bytes(
        (low[0] - 0x80) if low else ((high[0] - 0x84) * 64 + (last[0] - 0x80) + 16)
        for low, high, last in _SELECTOR.findall(run)
    )


def _wrapper(start: int, size: int, held: bytes) -> Wrapper:
    fault, length = "", int.from_bytes(held[len(MAGIC) + 1 : _HEADER])
    if len(held) < _HEADER:
        fault = "it ends within its header"
    elif held[len(MAGIC)] != VERSION:
        fault = f"its version {held[len(MAGIC)]} is not known"
    elif len(held) < _HEADER + length:
        fault = f"it holds {len(held) - _HEADER} of {length} bytes"
    return Wrapper(start, size, b"" if fault else held[_HEADER : _HEADER + length], fault)
