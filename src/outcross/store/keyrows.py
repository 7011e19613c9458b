"""Keys and their ends as rows, and what the log says of each: a digest, so that names stay outside."""

from collections.abc import Mapping
from dataclasses import asdict

import sqlalchemy as sa

from outcross.canonical import digest
from outcross.errors import CallError
from outcross.log.dsse import Statement
from outcross.log.entries import key_event
from outcross.principals import Claimed, KnownKey, Revocation, Signer, known_keys
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


def known_in(connection: sa.Connection) -> dict[str, KnownKey]:
    """The keys that are or were believed, by short name."""
    return known_keys(*recorded(connection))


def refuse_stranger(known: Mapping[str, KnownKey], by: Signer) -> None:
    """Refuse who is not known here, or not by this key.

    Raises:
        CallError: so it is, or the key was revoked.
    """
    mine = known.get(by.key_id)
    if mine is None or mine.principal != by.name:
        raise CallError(
            f"The key of {by.name!r} on this machine is not known in this workspace.",
            hint=f"Make it known with: outcross keys new {by.name}",
        )
    refuse_revoked(known, by)


def refuse_revoked(known: Mapping[str, KnownKey], signer: Signer) -> None:
    """Refuse a key that was ended.

    Raises:
        CallError: it was.
    """
    mine = known.get(signer.key_id)
    if mine is not None and mine.revocation is not None:
        raise CallError(
            f"The key of {signer.name!r} on this machine was revoked: {mine.revocation.reason}.",
            hint="Sign with another key of yours, or as another principal.",
        )
