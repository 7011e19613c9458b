"""Generations in the store: their records, the bytes that belong to them, and figures that were worked out of them.

A generation is added in one transaction with its bytes, so it is there whole or not at all. Everything is read back
against its digest: what was changed in the store, by a person or by a failing disk, is refused by name.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from outcross.canonical import canonical_json, from_json, sha256
from outcross.errors import CallError, FaultError
from outcross.store import Store
from outcross.store.tables import blob, generation, generation_parent, reading

RESTORE = "Restore the store from a backup; or move it away, and add the generations again."


Made = TypeVar("Made")

_KEY = ("settings", "baseline", "generation")


class Generations:
    """The generations of a store.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, record: dict[str, Any], blobs: Mapping[str, bytes]) -> bool:
        """Keep a generation with its bytes, all or nothing.

        Args:
            record: plain values, with `name`, `role` and `parents` (names, some of which nobody may have added) among
                them; its digest is that of its canonical JSON.
            blobs: by kind, as "states"; the record names each by its `sha256`.

        Returns:
            Whether it is new: False where the same was added before, and nothing is changed.

        Raises:
            CallError: there is another generation of this name.
        """
        data = canonical_json(record)
        digest, name = sha256(data), record["name"]
        with self.store.writing() as connection:
            known = connection.execute(sa.select(generation.c.digest).where(generation.c.name == name)).scalar()
            if known == digest:
                return False
            if known is not None:
                raise CallError(
                    f"There is another generation {name!r} already; a generation is never changed.",
                    hint="Choose another name, or look at the one that is there: outcross generation show.",
                )
            _keep(connection, blobs)
            connection.execute(generation.insert().values(
                name=name, digest=digest, record=data.decode(), role=record["role"], added=_now(),
            ))  # fmt: skip
            parents = [{"child": name, "parent": parent} for parent in dict.fromkeys(record["parents"])]
            if parents:
                connection.execute(generation_parent.insert(), parents)
        return True

    def records(self) -> list[dict[str, Any]]:
        """The records of all generations in the order in which they were added.

        Raises:
            FaultError: one is not what was added.
        """
        return list(self.by_digest().values())

    def by_digest(self) -> dict[str, dict[str, Any]]:
        """The same records, each under its digest: a record holds its name, so no two have the same.

        Raises:
            FaultError: one is not what was added.
        """
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(generation).order_by(generation.c.ordinal)).all()
            pairs = connection.execute(sa.select(generation_parent)).all()
        parents: dict[str, set[str]] = {}
        for pair in pairs:
            parents.setdefault(pair.child, set()).add(pair.parent)
        return {row.digest: _sound(row, parents.get(row.name, set())) for row in rows}

    def blob(self, digest: str) -> bytes:
        """The bytes with this digest.

        Raises:
            FaultError: they are gone, or are not those that were kept.
        """
        with self.store.reading() as connection:
            row = connection.execute(sa.select(blob).where(blob.c.digest == digest)).first()
        if row is None:
            raise FaultError(f"The store holds no bytes with the digest {digest}.", hint=RESTORE)
        data = bytes(row.data) if isinstance(row.data, bytes | memoryview) else b""  # SQLite may have them as text
        if sha256(data) != digest:
            raise FaultError(f"The bytes ({row.kind}) with the digest {digest} are damaged.", hint=RESTORE)
        return data

    def readings(self, settings: str, baseline: str, read: Callable[[dict[str, Any]], Made]) -> dict[str, Made]:
        """Figures that were kept, by the digest of their generation.

        Args:
            settings: digest of how they were worked out.
            baseline: digest of what they were held against.
            read: makes something smaller of each record, before the next one is read.

        Raises:
            FaultError: one is not what was kept.
        """
        query = sa.select(reading).where(reading.c.settings == settings, reading.c.baseline == baseline)
        with self.store.reading() as connection:
            rows = connection.execute(query).all()
        found = {}
        for row in rows:
            if row.digest != _sealed(row.settings, row.baseline, row.generation, _text(row.record)):
                raise FaultError(f"The kept figures of the generation {row.generation} are damaged.", hint=RESTORE)
            found[row.generation] = read(from_json(row.record))
        return found

    def keep_readings(self, settings: str, baseline: str, readings: Mapping[str, dict[str, Any]]) -> None:
        """Keep figures by the digest of their generation; what was kept of the same is replaced.

        Args:
            settings: digest of how they were worked out.
            baseline: digest of what they were held against.
            readings: plain values by the digest of the generation.
        """
        keys = {"settings": settings, "baseline": baseline}
        rows = []
        for one, record in readings.items():
            data = canonical_json(record)
            sealed = _sealed(settings, baseline, one, data)
            rows.append(keys | {"generation": one, "record": data.decode(), "digest": sealed})
        if not rows:
            return
        same = [reading.c[name] == sa.bindparam(f"_{name}") for name in _KEY]
        with self.store.writing() as connection:
            connection.execute(
                reading.delete().where(*same), [{f"_{name}": row[name] for name in _KEY} for row in rows]
            )
            connection.execute(reading.insert(), rows)


def _keep(connection: sa.Connection, blobs: Mapping[str, bytes]) -> None:
    """Keep bytes that are not there yet: several generations may have the same."""
    for kind, data in blobs.items():
        digest = sha256(data)
        if connection.execute(sa.select(blob.c.digest).where(blob.c.digest == digest)).first() is None:
            connection.execute(blob.insert().values(digest=digest, kind=kind, size=len(data), data=data))


def _sound(row: Any, parents: set[str]) -> dict[str, Any]:
    """The record of a row, where it is the one that was added."""
    if sha256(_text(row.record)) == row.digest:
        record: dict[str, Any] = from_json(row.record)
        if (record["name"], record["role"], set(record["parents"])) == (row.name, row.role, parents):
            return record
    raise FaultError(f"The generation {row.name!r} is not the one that was added: it was changed in the store.",
                     hint=RESTORE)  # fmt: skip


def _sealed(settings: str, baseline: str, one: str, data: bytes) -> str:
    """A digest that binds figures to what they are figures of."""
    return sha256("\n".join((settings, baseline, one, "")).encode() + data)


def _text(value: Any) -> bytes:
    """The bytes of a text column; of a damaged one it may come back as anything."""
    return value.encode(errors="surrogatepass") if isinstance(value, str) else b""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
