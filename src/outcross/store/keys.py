"""Principals and their keys in the store. Private keys are never here."""

from datetime import UTC, datetime

import sqlalchemy as sa

from outcross.errors import CallError
from outcross.principals import Claimed, KnownKey, Principal, Revocation, Signer, checked_name, key_id, known_keys
from outcross.principals.trust import ENROLMENT, KEY, REVOCATION, may_revoke
from outcross.store import Store
from outcross.store.tables import key_revocation, principal, principal_key

_REVOCATION = tuple(column for column in key_revocation.c if column.name != "ordinal")


class Keys:
    """The principals of a store and their public keys.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def register(self, signer: Signer) -> None:
        """Make a principal and their key known; the first key of a name is taken at its word.

        Raises:
            CallError: the name is known with other keys (somebody else's, or the same person's on another machine),
                or this key was revoked.
        """
        with self.store.writing() as connection:
            rows = connection.execute(sa.select(principal_key).where(principal_key.c.principal == signer.name)).all()
            if any(row.public == signer.public for row in rows):
                _refuse_revoked(_known(connection), signer)
                return
            if rows:
                raise CallError(
                    f"{signer.name!r} is known here with another key than the one on this machine.",
                    hint=f"If both are yours, run where the other key is: outcross keys enrol {signer.name} "
                    f"{signer.public}",
                )
            _add(connection, Claimed(signer.key_id, signer.name, signer.public, _now()))

    def enrol(self, name: str, public: str, by: Signer) -> None:
        """Add a key of a principal, on the word of one of their own keys or of somebody else, who then owns it.

        Raises:
            CallError: the vouching key is not known here or was revoked, the other is no key or somebody's already,
                or the name has a key: then only its own keys can add more.
        """
        added = key_id(public)
        own = checked_name(name) == by.name
        with self.store.writing() as connection:
            known, rows = _known(connection), connection.execute(sa.select(principal_key)).all()
            _refuse_stranger(known, by)
            for row in rows:
                if row.id == added:
                    raise CallError(f"The key {added} is known already, as one of {row.principal!r}.")
                if row.principal == name and not own:
                    raise CallError(
                        f"{name!r} has a key here already; only their own keys can add another.",
                        hint=f"They run where theirs is: outcross keys enrol {name} {public}",
                    )
            signature = by.sign(KEY if own else ENROLMENT, {"principal": name, "public": public})
            _add(connection, Claimed(added, name, public, _now(), by.key_id, signature))

    def revoke(self, key: str, by: Signer, reason: str, compromised_since: str = "") -> Revocation:
        """End a key: from now on it verifies nothing newer; a compromised one verifies nothing at all.

        Of a key that was ended it can still be said that it is compromised.

        Args:
            key: short name of the key, or the key as written.
            by: another key of the same principal, or one of whoever enrolled it.
            reason: why, for those who read it later.
            compromised_since: since when somebody else may have it, ISO 8601; empty where nobody does.

        Raises:
            CallError: the key is not known or was revoked, or the signer may not revoke it.
        """
        short = key_id(key) if ":" in key else key
        with self.store.writing() as connection:
            known = _known(connection)
            if short not in known:
                raise CallError(f"No key {short!r} is known here.", hint="outcross keys list shows them.")
            before = known[short].revocation
            if before is not None and (before.compromised_since or not compromised_since):
                raise CallError(f"The key {short} was revoked already: {before.reason}.")
            claim = Revocation(short, known[short].principal, reason, _now(), compromised_since, by.key_id)
            made = Revocation(**{**claim.claim(), "signature": by.sign(REVOCATION, claim.claim())})
            _refuse_unentitled(connection, known, made, by)
            connection.execute(key_revocation.insert().values(
                **{column.name: getattr(made, column.name) for column in _REVOCATION}
            ))  # fmt: skip
        return made

    def rotate(self, old: Signer, new: Signer) -> None:
        """Put a new key into the place of an old one, which vouches for it and verifies nothing newer from then on.

        Taken up again wherever it was interrupted.

        Raises:
            CallError: the old key is not known here or was revoked, or the new one is somebody's already.
        """
        known = self.keys()
        if old.key_id not in known:
            self.register(old)
        elif (ended := known[old.key_id].revocation) is not None and ended.by == new.key_id:
            return
        if new.key_id not in known or known[new.key_id].principal != old.name:
            self.enrol(old.name, new.public, old)
        self.revoke(old.key_id, new, "rotated")

    def principals(self) -> list[Principal]:
        """All principals by name, each with the keys that can be trusted for what is signed now."""
        keys: dict[str, list[str]] = {}
        for one in sorted(self.keys().values(), key=lambda one: one.added):
            if one.revocation is None:
                keys.setdefault(one.principal, []).append(one.public)
        with self.store.reading() as connection:
            names = connection.execute(sa.select(principal.c.name).order_by(principal.c.name)).scalars().all()
        return [Principal(name, tuple(keys.get(name, ()))) for name in names]

    def keys(self) -> dict[str, KnownKey]:
        """The keys that are or were believed, by short name, with what ended them."""
        with self.store.reading() as connection:
            return _known(connection)

    def of(self, public: str) -> KnownKey | None:
        """What is known of a public key; None where nobody who is believed vouches for it."""
        found = self.keys().get(key_id(public))
        return found if found is not None and found.public == public else None


def add_principal(connection: sa.Connection, name: str) -> None:
    """Make a name known, in a transaction that writes; it may have no key."""
    if connection.execute(sa.select(principal).where(principal.c.name == name)).first() is None:
        connection.execute(principal.insert().values(name=name, added=_now()))


def _add(connection: sa.Connection, one: Claimed) -> None:
    add_principal(connection, one.principal)
    connection.execute(principal_key.insert().values(
        id=one.id, principal=one.principal, public=one.public, added=one.added, endorser=one.endorser or None,
        endorsement=one.endorsement or None,
    ))  # fmt: skip


def _known(connection: sa.Connection) -> dict[str, KnownKey]:
    return known_keys(*_recorded(connection))


def _recorded(connection: sa.Connection) -> tuple[list[Claimed], list[Revocation]]:
    """All keys and revocations that were recorded, whether they count or not."""
    rows = connection.execute(sa.select(principal_key)).all()
    claimed = [
        Claimed(row.id, row.principal, row.public, row.added, row.endorser or "", row.endorsement or "") for row in rows
    ]
    ended = connection.execute(sa.select(*_REVOCATION).order_by(key_revocation.c.ordinal)).mappings()
    return claimed, [Revocation(**row) for row in ended]


def _refuse_stranger(known: dict[str, KnownKey], by: Signer) -> None:
    mine = known.get(by.key_id)
    if mine is None or mine.principal != by.name:
        raise CallError(
            f"The key of {by.name!r} on this machine is not known in this workspace.",
            hint=f"Make it known with: outcross keys new {by.name}",
        )
    _refuse_revoked(known, by)


def _refuse_revoked(known: dict[str, KnownKey], signer: Signer) -> None:
    mine = known.get(signer.key_id)
    if mine is not None and mine.revocation is not None:
        raise CallError(
            f"The key of {signer.name!r} on this machine was revoked: {mine.revocation.reason}.",
            hint="Sign with another key of yours, or as another principal.",
        )


def _refuse_unentitled(connection: sa.Connection, known: dict[str, KnownKey], made: Revocation, by: Signer) -> None:
    """Refuse a revocation that would not count."""
    _refuse_stranger(known, by)
    if not may_revoke(known, made):
        raise CallError(
            f"{by.name!r} may not revoke the key {made.key} with the key {by.key_id}.",
            hint="Another key of the same principal may, or one of whoever enrolled it.",
        )
    claimed, ended = _recorded(connection)
    after = known_keys(claimed, [*ended, made]).get(made.key)
    if after is None or after.revocation != made:  # an earlier end may stand, and this one not count
        raise CallError(
            f"The key {by.key_id} is vouched for by {made.key} since after it was compromised: nobody could tell its "
            "owner from a thief.",
            hint="Revoke it with a key that was there before, or of whoever enrolled it.",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
