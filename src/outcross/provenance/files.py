"""Record files: how they are read, what they are called, and how they are written without ever replacing one."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from outcross.errors import CallError, DataError, FaultError
from outcross.provenance.documents import Document, read
from outcross.provenance.parsing import record_from
from outcross.provenance.record import SCHEMA, Record

if TYPE_CHECKING:
    from outcross.provenance.dsse import Statement

SUFFIX = ".provenance.json"
"""What names of record files end in."""

_LONGEST = 100


def read_record(path: str | Path) -> Record:
    """The record in a file: a plain one, or one in a signed envelope. No signature is looked at.

    Raises:
        CallError: there is no such file.
        DataError: it holds no record.
        FaultError: it cannot be read.
    """
    return record_from(record_value(read(path)), str(path))


def is_record(document: Document) -> bool:
    """Whether a document is meant as a record of ours, of any version, plain or in a signed envelope."""
    if is_envelope(document):
        try:
            return bool(_statement(document))
        except DataError:
            return False
    value = document.value
    return isinstance(value, dict) and str(value.get("schema", "")).startswith(f"{SCHEMA.partition('/')[0]}/")


def record_value(document: Document) -> Any:
    """The plain values of the record that a document holds, as they stand there.

    Raises:
        DataError: it is a broken envelope, one that holds something else, or a record of other bytes than it says.
    """
    if not is_envelope(document):
        return document.value
    statement = _statement(document)
    record = dict(statement.predicate)
    subject = record.get("subject")
    if isinstance(subject, dict) and statement.digests != {subject.get("digest")}:
        raise DataError(f"{document.name}: the record inside speaks of other bytes than the statement around it.",
                        hint="It was put together from two; do not believe either.")  # fmt: skip
    return record


def _statement(document: Document) -> "Statement":
    """The statement in an envelope, which is of a record.

    Raises:
        DataError: it is broken, or holds something else.
    """
    from outcross.provenance.dsse import RECORD, envelope_in, statement_in  # noqa: PLC0415 - cryptography

    statement = statement_in(envelope_in(document.value, document.name), document.name)
    if statement.predicate_type != RECORD:
        raise DataError(f"{document.name} holds {statement.predicate_type[:80]!r}, no provenance record.")
    return statement


def is_envelope(document: Document) -> bool:
    """Whether a document looks like a signed envelope."""
    return isinstance(document.value, dict) and {"payload", "payloadType"} <= document.value.keys()


def written(record: Record) -> str:
    """A record as its file holds it: JSON to be read by people too."""
    return json.dumps(record.to_dict(), indent=2, ensure_ascii=False) + "\n"


def file_names(records: Sequence[Record], suffix: str = SUFFIX) -> list[str]:
    """A file's name for each record, made of the source's; a number tells those of one name apart.

    Whatever the source is called, it is the name of a file and no path.

    Args:
        records: to be written.
        suffix: what the names end in.

    >>> from outcross.provenance.record import Subject
    >>> file_names([Record(Subject("a/../b")), Record(Subject("a b")), Record(Subject("a b"))])
    ['a_b.provenance.json', 'a_b-2.provenance.json', 'a_b-3.provenance.json']
    """
    names: list[str] = []
    taken: set[str] = set()
    for record in records:
        # Windows and macOS take names that differ in case for one.
        plain = re.sub(r"[^A-Za-z0-9.-]+", "_", re.sub(r"\.\.+/?", "", record.name))[:_LONGEST].strip("._-") or "record"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.casefold())
        names.append(name + suffix)
    return names


def write_records(records: Sequence[Record], folder: Path) -> list[tuple[Path, bool]]:
    """Write a file for each record into a folder; none where one cannot be written because of a file that is there.

    Args:
        records: what is written.
        folder: where to.

    Returns:
        Of each record, its file and whether it was written; not, where the file holds just that already.

    Raises:
        CallError, FaultError: see `write_new`.
    """
    files = [(folder / name, written(record)) for name, record in zip(file_names(records), records, strict=True)]
    for path, text in files:
        if path.exists():
            _same(path, text)
    return [(path, write_new(path, text)) for path, text in files]


def write_new(path: Path, text: str) -> bool:
    """Write a file where there is none, whole or not at all.

    Args:
        path: of the file.
        text: what it is to hold.

    Returns:
        Whether it was written; False where it is there and holds just that.

    Raises:
        CallError: there is a file that holds something else, or no such folder.
        FaultError: it cannot be written.
    """
    if not path.parent.is_dir():
        raise CallError(f"Cannot write {path}: there is no folder {path.parent}.", hint="Make it first.")
    draft = path.with_name(f".{uuid4().hex}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        # A link fails where a file is, which a rename would replace.
        path.hardlink_to(draft)
    except FileExistsError:
        return _same(path, text)
    except OSError as error:
        raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Check the disk and the folder.") from None
    finally:
        draft.unlink(missing_ok=True)
    return True


def _same(path: Path, text: str) -> bool:
    """False for a file that holds this already; an error for any other."""
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    raise CallError(f"There is a file {path} already, with other contents; it is never replaced.",
                    hint="Move it away, or choose another name or folder with -o.")  # fmt: skip
