"""Plain text lines, as they come through a pipe: a line is one document."""

from typing import Any, ClassVar

import numpy as np

from outcross.corpus.formats import Job, reader
from outcross.corpus.readers.jsonl import JsonLines, places_of
from outcross.corpus.sieve import INVALID_UTF8
from outcross.corpus.streams import Lines
from outcross.measure import Array


@reader
class TextLines(JsonLines):
    """Only the standard input is read so, when it holds no JSON; blank lines are passed over."""

    name: ClassVar[str] = "lines"
    suffixes: ClassVar[tuple[str, ...]] = ()

    def sniffs(self, head: bytes) -> bool:
        """Any text has lines: nothing shows that they are documents."""
        return False

    def parsed(self, job: Job, found: Lines) -> tuple[list[Any], Array]:
        """The lines as records with one field, "text"."""
        job.sieve.bad_text = INVALID_UTF8
        kept = [number for number, line in enumerate(found.lines) if line and not line.isspace()]
        texts = [found.lines[number].removesuffix(b"\r").decode(errors="surrogateescape") for number in kept]
        return [{"text": text} for text in texts], places_of(job, found)[np.array(kept, np.int64)]
