"""Keys and their ends as rows, and what the log says of each: a digest, so that names stay outside."""

from dataclasses import asdict

import sqlalchemy as sa

from outcross.canonical import digest
from outcross.log.dsse import Statement
from outcross.log.entries import key_event
from outcross.principals import Claimed, Revocation
from outcross.store.tables import key_revocation, principal_key

REVOKED = tuple(column for column in key_revocation.c if column.name != "ordinal")
"""What a revocation consists of."""


def recorded(connection: sa.Connection) -> tuple[list[Claimed], list[Revocation]]:
    """All keys and revocations that were recorded, whether they count or not."""
    rows = connection.execute(sa.select(principal_key).order_by(principal_key.c.added, principal_key.c.id)).all()
    claimed = [
        Claimed(row.id, row.principal, row.public, row.added, row.endorser or "", row.endorsement or "") for row in rows
    ]
    ended = connection.execute(sa.select(*REVOKED).order_by(key_revocation.c.ordinal)).mappings()
    return claimed, [Revocation(**row) for row in ended]


def event_of(one: Claimed | Revocation) -> Statement:
    """What the log says of a key that was added or ended."""
    hexed = {"sha256": digest(asdict(one)).removeprefix("sha256:")}
    if isinstance(one, Claimed):
        return key_event("added", one.id, hexed, one.added)
    return key_event("revoked", one.key, hexed, one.revoked)
