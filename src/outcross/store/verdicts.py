"""Verdicts that somebody signed. The log holds their digests; a record can be erased, and never changed unseen."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from outcross.canonical import canonical_json, from_json, sha256
from outcross.errors import FaultError
from outcross.log.dsse import Statement
from outcross.principals import Signer
from outcross.store import Store
from outcross.store.databases import DAMAGED
from outcross.store.log import Log
from outcross.store.tables import verdict


class Verdicts:
    """The verdicts of a store.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, record: Mapping[str, Any], mix: str, statement: Statement, signer: Signer) -> int:
        """Keep a verdict and log it: both or neither.

        Args:
            record: plain values, see `outcross.gate.record.Verdict.to_dict`.
            mix: digest of what was judged.
            statement: what the log says of it.
            signer: who answers for it.

        Returns:
            The place of its entry in the log.

        Raises:
            DataError: the statement is too long for an entry.
        """
        data = canonical_json(dict(record))
        digest, now = sha256(data), datetime.now(UTC).isoformat(timespec="milliseconds")

        def written(connection: sa.Connection) -> None:
            there = connection.execute(sa.select(verdict.c.ordinal).where(verdict.c.digest == digest)).first()
            if there is None:
                connection.execute(verdict.insert().values(
                    digest=digest, mix=mix, outcome=record["outcome"], record=data.decode(), by=signer.name, added=now,
                ))  # fmt: skip

        return Log(self.store).append([statement], signer, written)

    def records(self) -> list[dict[str, Any]]:
        """All verdicts in the order in which they were kept.

        Raises:
            FaultError: one is not what was kept.
        """
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(verdict).order_by(verdict.c.ordinal)).all()
        for row in rows:
            if sha256(str(row.record).encode()) != row.digest:
                raise FaultError(f"The verdict {row.digest[:19]} was changed in the store.", hint=DAMAGED)
        return [from_json(row.record) for row in rows]
