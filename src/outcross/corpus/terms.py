"""The words of the room: what was asked for, units of work, and what was found out about them."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Turns = Literal["all", "assistant"]


def sayable(path: str) -> str:
    r"""A path with bytes that are no UTF-8 as escapes (\udcff for 0xff), so that records can hold it."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()


FILE_GROUP = "@file"
"""The `group_by` that groups documents by the file that they came from."""


@dataclass(frozen=True)
class Reading:
    """How the user asked a corpus to be read. None means: find it out from the first records.

    Attributes:
        text_column: the column that holds the text; dotted for a nested one ("meta.body"). It may hold a
            string, or a list of chat turns.
        id_column: the column that holds an identifier; may be dotted.
        group_by: the column to group documents by, may be dotted; "@file" groups by file name.
        turns: "all" takes every turn of a chat, "assistant" only those a model wrote or is to imitate
            (assistant and gpt turns, completion, output, chosen).
        columns: further columns that are handed on with the documents; dotted for nested ones, "@file" for
            the file's name.
    """

    text_column: str | None = None
    id_column: str | None = None
    group_by: str | None = None
    turns: Turns = "all"
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """Bounds that keep memory small and hostile input harmless.

    Attributes:
        block_bytes: bytes of text in one batch at most; a single document may exceed it.
        document_bytes: bytes of one document at most; larger ones are quarantined, and where the format
            allows it (JSON Lines, CSV, text) never held in memory.
        expansion: how many times a file may expand. It is a bomb when 256 MiB in a row came out of less
            than 256 MiB / expansion of it (Parquet: out of the whole file). Very repetitive text reaches
            20 to 60, gzip cannot exceed 1032; one document repeated without end looks like a bomb.
        range_bytes: bytes of the ranges into which files are cut for work and for digests.
        quarantine_items: quarantined items kept with their place for each shard; beyond it they are
            only counted.
    """

    block_bytes: int = 32 << 20
    document_bytes: int = 64 << 20
    expansion: int = 200
    range_bytes: int = 32 << 20
    quarantine_items: int = 1000


@dataclass(frozen=True)
class Member:
    """A file of a shard.

    Attributes:
        path: where to open it.
        name: its name within the corpus, the same wherever the corpus lies; "-" is the standard input.
        size: bytes on disk when it was found.
        changed: nanoseconds of its last change when it was found (a fingerprint for remote files).
    """

    path: str
    name: str
    size: int
    changed: int

    @property
    def shown(self) -> str:
        """The path as people know it, and as it can be written down."""
        return "-" if self.name == "-" else sayable(self.path)


@dataclass(frozen=True)
class Shard:
    """A unit of work: a file, a part of one, or several small files together. Picklable.

    Attributes:
        ordinal: position in the corpus, from 0.
        path: the (first) file.
        format: the name of the reader.
        start: where its part begins: a byte (JSON Lines), a row group (Parquet), a record batch (Arrow).
        stop: where its part ends; -1 for whole files.
        bytes: bytes on disk that it stands for.
        stamp: size and time of change of the first file, to detect changes.
        covers: the bytes of the file that it stands for, from and to; it answers for the digests of the
            ranges that begin there.
        members: its files; more than one only for bundles of small files.
    """

    ordinal: int
    path: str
    format: str
    start: int
    stop: int
    bytes: int
    stamp: tuple[int, int]
    covers: tuple[int, int]
    members: tuple[Member, ...] = field(repr=False)

    @property
    def label(self) -> str:
        """A name for messages, e.g. "data.jsonl[0:33554432]"."""
        shown = self.members[0].shown
        if len(self.members) > 1:
            return f"{shown} and {len(self.members) - 1} more files"
        return shown if self.stop < 0 else f"{shown}[{self.start}:{self.stop}]"


@dataclass(frozen=True)
class View:
    """How records become documents: part of the identity of what was audited.

    Attributes:
        shape: what was found or asked for, e.g. "text column 'content'" or "messages".
        text_column: the column that holds the text, where it is one column.
        id_column: the column that holds identifiers; None where documents are named by their place.
        group_by: the column that documents are grouped by.
        turns: which turns of chats are taken.
        columns: further columns that are handed on with the documents.
    """

    shape: str
    text_column: str | None = None
    id_column: str | None = None
    group_by: str | None = None
    turns: Turns = "all"
    columns: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The view in plain types, for records; without further columns it is what it was before there were any."""
        record = asdict(self)
        columns = record.pop("columns")
        return record | ({"columns": list(columns)} if columns else {})


@dataclass(frozen=True)
class Quarantined:
    """Something that could not be read, and was set aside.

    Attributes:
        path: the file.
        place: "line 17" (from 1), "row 5" (from 0), "byte 123" (from 0), or "" for the whole file.
        reason: short and the same for the same kind of fault, e.g. "broken JSON line".
        count: how many documents it stands for; 1 where that cannot be known.
    """

    path: str
    place: str
    reason: str
    count: int = 1


@dataclass(frozen=True)
class RangeDigest:
    """The digest of a range of a file's bytes, as stored (compressed bytes of a compressed file).

    Attributes:
        path: the file.
        start: its first byte.
        stop: the byte after its last.
        digest: "sha256:<hex>".
    """

    path: str
    start: int
    stop: int
    digest: str
