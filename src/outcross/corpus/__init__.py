"""Finds and reads corpora: files of any usual format in, batches of documents out.

    find -> Corpus -> Shard* -> ShardReader -> Batch*

What cannot be read is quarantined with its place and reason. Every file is bound by digests of its ranges.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import outcross.corpus.readers as _readers  # registers the formats
from outcross.corpus.digests import corpus_root
from outcross.corpus.finding import STDIN, named_files
from outcross.corpus.looking import Found, decide
from outcross.corpus.places import is_remote
from outcross.corpus.planning import shards_of
from outcross.corpus.reading import ShardReader
from outcross.corpus.sorting import sort_out
from outcross.corpus.terms import (
    FILE_GROUP,
    Limits,
    Member,
    Quarantined,
    RangeDigest,
    Reading,
    Shard,
    View,
)

__all__ = [
    "FILE_GROUP",
    "Corpus",
    "Limits",
    "Member",
    "Quarantined",
    "RangeDigest",
    "Reading",
    "Shard",
    "ShardReader",
    "View",
    "corpus_root",
    "find",
    "holds",
]

del _readers


@dataclass(frozen=True)
class Corpus:
    """Files that were found, how they will be read, and the shards of work they are cut into.

    Attributes:
        paths: the data files, as people know them, sorted.
        shards: units of work in the order of the documents.
        view: how records become documents.
        reading: what the user asked for.
        limits: the bounds.
        skipped: files that were left out, each with its reason.
    """

    paths: tuple[str, ...]
    shards: tuple[Shard, ...]
    view: View
    reading: Reading
    limits: Limits
    skipped: tuple[str, ...] = ()
    _found: tuple[Found, ...] = field(default=(), repr=False)

    @property
    def bytes(self) -> int:
        """Bytes on disk."""
        return sum(shard.bytes for shard in self.shards)

    def read(self, shard: Shard, *, hashing: bool = True) -> ShardReader:
        """A reader of one shard, to be iterated over once.

        Args:
            shard: one of the corpus's shards.
            hashing: whether to compute digests of the bytes.
        """
        known = self.reading.text_column is None
        return ShardReader(shard, self.view, self.limits, known=known, hashing=hashing)

    def cut(self, bytes_each: int) -> "Corpus":
        """The same files in shards of about `bytes_each` bytes on disk, as far as formats can be cut.

        Documents, identifiers and digests stay the same.
        """
        return replace(self, shards=shards_of(self._found, max(bytes_each, 1)))


def holds(paths: Sequence[str], file: str) -> bool:
    """Whether a file is among the data that the paths stand for; the standard input and addresses aside."""
    local = [path for path in paths if path != STDIN and not is_remote(path)]
    if not local or not os.path.exists(file):  # noqa: PTH110  (paths stay strings)
        return False
    named = named_files(local)
    real = os.path.realpath(file)
    return any(os.path.realpath(one.member.path) == real for one in sort_out(named))


def find(paths: Sequence[str], reading: Reading | None = None, limits: Limits | None = None) -> Corpus:
    """Find the files that paths stand for, look at their first records, and cut them into shards.

    Args:
        paths: files, folders, patterns with *, ? and **, addresses (s3://, hf://, memory://), and "-" for
            the standard input. A text file is one document; of the standard input a line is one.
        reading: how to read; None finds it out.
        limits: the bounds.

    Raises:
        CallError: a path is not there or cannot be read, or a column is not there.
        DataError: there is nothing to read.
    """
    reading, limits = reading or Reading(), limits or Limits()
    named = named_files(paths)
    found = tuple(sort_out(named))
    view = decide(found, reading, limits)
    shards = shards_of(found, limits.range_bytes)
    shown = tuple(one.member.shown for one in found)
    return Corpus(shown, shards, view, reading, limits, tuple(named.skipped), found)
