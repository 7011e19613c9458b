"""Text files: a file is one document, whatever lines it has, and is named by its file."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from outcross.corpus.formats import Job, Look, RecordReader, reader
from outcross.corpus.quarantine import UnusableError
from outcross.corpus.readers.jsonl import BOM
from outcross.corpus.sieve import INVALID_UTF8
from outcross.measure import Array


@reader
class Text(RecordReader):
    """Plain text, Markdown and the like; one document a file, plain or compressed."""

    name: ClassVar[str] = "text"
    suffixes: ClassVar[tuple[str, ...]] = (
        ".txt",
        ".text",
        ".md",
        ".markdown",
        ".rst",
        ".tex",
        ".org",
        ".adoc",
    )

    def look(self, job: Job) -> Look:
        """Nothing needs to be looked at."""
        return Look(("text",), ({"text": ""},))

    def records(self, job: Job) -> Iterator[tuple[list[Any], Array]]:
        """The one document."""
        job.sieve.word = "file"
        held = []
        room = job.limits.document_bytes
        for data in job.unpacked():
            room -= len(data)
            if room < 0:
                raise UnusableError(job.sieve.too_large)
            held.append(data)
        try:
            text = b"".join(held).removeprefix(BOM).decode()
        except UnicodeDecodeError:
            raise UnusableError(INVALID_UTF8) from None
        yield [{"text": text}], np.zeros(1, np.int64)
