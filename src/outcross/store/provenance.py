"""Provenance records and signed statements in the store. They are only ever added."""

import difflib
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from outcross.canonical import canonical_json, from_json, sha256
from outcross.errors import CallError, DataError, FaultError
from outcross.store import Store
from outcross.store.tables import provenance_record, provenance_statement

RESTORE = "Restore .outcross/ from a backup."

MOST_STATEMENT = 64 << 20
"""Bytes of a signed statement; a manifest of 100,000 shards has some 30 MB."""


class Records:
    """The provenance records and signed statements of a store.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, record: dict[str, Any], by_name: str) -> bool:
        """Keep what is said of a source, unless the same is there already.

        Args:
            record: plain values, see `outcross.provenance.record.Record.to_dict`.
            by_name: the principal who adds it.

        Returns:
            Whether it was added.

        Raises:
            DataError: it names no source.
        """
        subject = record.get("subject")
        name = subject.get("name") if isinstance(subject, dict) else None
        if not isinstance(name, str) or not name:
            raise DataError("The record names no source.", hint='It needs a "subject" with a "name".')
        root = str(subject.get("digest", "")) if isinstance(subject, dict) else ""
        data = canonical_json(record)
        digest = sha256(data)
        with self.store.writing() as connection:
            query = sa.select(provenance_record.c.digest).where(provenance_record.c.digest == digest)
            if connection.execute(query).first() is not None:
                return False
            connection.execute(provenance_record.insert().values(
                digest=digest, name=name, subject=root, record=data.decode(), by=by_name, added=_now(),
            ))  # fmt: skip
        return True

    def records(self) -> list[dict[str, Any]]:
        """All records in the order in which they were added.

        Raises:
            FaultError: one is not what was added.
        """
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(provenance_record).order_by(provenance_record.c.ordinal)).all()
        return [_sound(row) for row in rows]

    def find(self, name_or_digest: str) -> dict[str, Any]:
        """The newest record of a source: by its name, the root of its bytes, or the record's own digest.

        Raises:
            CallError: there is none.
            FaultError: it is not what was added.
        """
        # A name that is no UTF-8 is no record's, and databases refuse it.
        column, told = provenance_record.c, name_or_digest.encode(errors="replace").decode()
        query = sa.select(provenance_record).where(
            (column.name == told) | (column.digest == told) | ((column.subject == told) & (column.subject != ""))
        )
        with self.store.reading() as connection:
            row = connection.execute(query.order_by(column.ordinal.desc())).first()
            known = [] if row else list(connection.execute(sa.select(column.name).distinct()).scalars())
        if row is None:
            close = difflib.get_close_matches(told, known, 1)
            hint = f"Did you mean {close[0]!r}?" if close else "outcross provenance list shows what there is."
            raise CallError(f"There is no provenance record {told!r} here.", hint=hint)
        return _sound(row)

    def add_statement(self, subject: str, kind: str, data: bytes) -> bool:
        """Keep a signed envelope, byte for byte, unless the same is there already.

        Args:
            subject: digest of what it speaks of, `sha256:<hex>`.
            kind: what it is: "record", "manifest", or the type of its predicate.
            data: the envelope.

        Returns:
            Whether it was added.

        Raises:
            DataError: it is larger than any that is read.
        """
        if len(data) > MOST_STATEMENT:
            raise DataError(f"A signed statement of {len(data) >> 20} MB is not kept; {MOST_STATEMENT >> 20} MB are.")
        column, digest = provenance_statement.c, sha256(data)
        with self.store.writing() as connection:
            query = sa.select(column.ordinal).where(column.subject == subject, column.digest == digest)
            if connection.execute(query).first() is not None:
                return False
            connection.execute(provenance_statement.insert().values(
                subject=subject, kind=kind, digest=digest, data=data, added=_now(),
            ))  # fmt: skip
        return True

    def since(self, subject: str, data: bytes) -> str:
        """Since when a signed envelope has been here, ISO 8601; empty where it is not here.

        A key that was revoked since then verifies it still: the time is the store's, not the signer's.
        """
        column = provenance_statement.c
        query = sa.select(column.added).where(column.subject == subject, column.digest == sha256(data))
        with self.store.reading() as connection:
            return str(connection.execute(query).scalar() or "")

    def statements(self, subject: str, kind: str | None = None) -> list[bytes]:
        """The signed envelopes that speak of a digest, in the order in which they were added.

        Args:
            subject: digest of what they speak of.
            kind: of statements; None for all.

        Raises:
            FaultError: one is not what was added.
        """
        column = provenance_statement.c
        query = sa.select(provenance_statement).where(column.subject == subject).order_by(column.ordinal)
        if kind is not None:
            query = query.where(column.kind == kind)
        with self.store.reading() as connection:
            rows = connection.execute(query).all()
        return [_whole(row) for row in rows]


def _sound(row: Any) -> dict[str, Any]:
    """The record of a row, where it is the one that was added."""
    if sha256(str(row.record).encode()) == row.digest:
        record: dict[str, Any] = from_json(row.record)
        if record["subject"]["name"] == row.name and str(record["subject"].get("digest", "")) == row.subject:
            return record
    raise FaultError(f"The provenance record of {row.name!r} was changed in the store.", hint=RESTORE)


def _whole(row: Any) -> bytes:
    data = bytes(row.data) if isinstance(row.data, bytes | memoryview) else b""  # SQLite may have them as text
    if sha256(data) != row.digest:
        raise FaultError(f"A signed statement on {row.subject} was changed in the store.", hint=RESTORE)
    return data


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
