"""CSV and TSV with a header line. An empty cell is a missing value: the format has no other."""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any, ClassVar

from outcross.corpus.formats import Job, RecordReader, in_lists, reader
from outcross.corpus.readers.jsonl import lines_of
from outcross.corpus.sieve import INVALID_UTF8
from outcross.measure import Array

DELIMITERS = ",;\t|"
RAGGED = "row with the wrong number of fields"
UNCLOSED = "quote without an end"


class Feed:
    """The lines of a file as csv wants them; knows whether they came to an end inside of a row."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.ended = False
        self._lines = self._decoded()
        self.first = next(self._lines, None)

    def __iter__(self) -> Iterator[str]:
        """The lines from the first on."""
        if self.first is not None:
            yield from chain([self.first], self._lines)
        self.ended = True

    def _decoded(self) -> Iterator[str]:
        for found in lines_of(self.job):
            if found.oversized:
                self.job.sieve.quarantine.add(f"line {found.first + 1}", self.job.sieve.too_large)
            # What is not UTF-8 becomes surrogates, so that only the cells that hold it are lost.
            yield from (line.decode(errors="surrogateescape") + "\n" for line in found.lines)

    def delimiter(self) -> str:
        """What separates the fields of the first line."""
        return "," if self.first is None else max(DELIMITERS, key=self.first.count)


@reader
class Delimited(RecordReader):
    """CSV and TSV, plain or compressed; documents are named by their row, from 0 after the header."""

    name: ClassVar[str] = "csv"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab")

    def records(self, job: Job) -> Iterator[tuple[list[Any], Array]]:
        """Rows as records, with their numbers."""
        job.sieve.bad_text = INVALID_UTF8
        csv.field_size_limit(max(csv.field_size_limit(), job.limits.document_bytes + 1))
        feed = Feed(job)
        yield from in_lists(self._numbered(job, feed))

    def _numbered(self, job: Job, feed: Feed) -> Iterator[tuple[int, dict[str, str | None], int]]:
        """The rows that are whole, as records with their numbers."""
        rows = csv.reader(feed, delimiter=feed.delimiter())
        header = next(rows, None) or []
        for number, row in _readable(rows, job):
            if feed.ended:
                job.sieve.set_aside(number, UNCLOSED)
            elif len(row) != len(header):
                job.sieve.set_aside(number, RAGGED)
            else:
                record = {name: cell or None for name, cell in zip(header, row, strict=True)}
                yield number, record, sum(map(len, row))


def _readable(rows: Iterator[list[str]], job: Job) -> Iterator[tuple[int, list[str]]]:
    """The rows that csv can read, with their numbers; blank lines are no rows."""
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            job.sieve.set_aside(number, "broken CSV row")
        else:
            if not row:
                continue
            yield number, row
        number += 1
