"""Label sets, labels and principals in the store.

Labels are only ever added, each in a transaction of its own that is on disk before the next document is shown. What
writes begins by taking the right to do so, so two people who label at once wait for each other; what reads waits for
nobody.
"""

import json
import time
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from outcross.canonical import sha256
from outcross.errors import CallError, FaultError
from outcross.principals import Principal, Signer, key_id, verify
from outcross.review.assignment import LEASE, open_items
from outcross.review.records import SET, Item, Label, LabelSet, standing
from outcross.store import Store, parsed
from outcross.store.tables import label, label_item, label_lease, label_set, principal, principal_key

KEY = "outcross.key/1"
"""The type under which further keys are endorsed."""

_ITEM = tuple(column for column in label_item.c if column.name != "set")
_LABEL = tuple(column for column in label.c if column.name != "ordinal")


class Labels:
    """The label sets of a store.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = store.folder / "labels"

    # Principals

    def register(self, signer: Signer) -> None:
        """Make a principal and their key known; the first key of a name is taken at its word.

        Raises:
            CallError: the name is known with other keys: somebody else's, or the same person's on another machine.
        """
        with self.store.writing() as connection:
            rows = connection.execute(sa.select(principal_key).where(principal_key.c.principal == signer.name)).all()
            if any(row.public == signer.public for row in rows):
                return
            if rows:
                raise CallError(
                    f"{signer.name!r} is known here with another key than the one on this machine.",
                    hint=f"If both are yours, run where the other key is: outcross principals endorse {signer.name} "
                    f"{signer.public}",
                )
            _add_principal(connection, signer.name)
            connection.execute(principal_key.insert().values(
                id=signer.key_id, principal=signer.name, public=signer.public, added=_now(),
            ))  # fmt: skip

    def endorse(self, public: str, by: Signer) -> None:
        """Add a further key of a principal, on the word of one of their keys.

        Raises:
            CallError: the endorsing key is not known here, or the other is no key or somebody's already.
        """
        added = key_id(public)
        with self.store.writing() as connection:
            known = {row.id: row for row in connection.execute(sa.select(principal_key))}
            mine = known.get(by.key_id)
            if mine is None or mine.principal != by.name:
                raise CallError(f"The key of {by.name!r} on this machine is not known in this workspace.")
            if added in known:
                raise CallError(f"The key {added} is known already, as one of {known[added].principal!r}.")
            connection.execute(principal_key.insert().values(
                id=added, principal=by.name, public=public, added=_now(), endorser=by.key_id,
                endorsement=by.sign(KEY, {"principal": by.name, "public": public}),
            ))  # fmt: skip

    def principals(self) -> list[Principal]:
        """All principals by name, each with the keys that can be trusted."""
        keys: dict[str, list[str]] = {}
        for name, public in self.keys().values():
            keys.setdefault(name, []).append(public)
        with self.store.reading() as connection:
            names = connection.execute(sa.select(principal.c.name).order_by(principal.c.name)).scalars().all()
        return [Principal(name, tuple(keys.get(name, ()))) for name in names]

    def keys(self) -> dict[str, tuple[str, str]]:
        """Principal and public key by the key's short name; a further key only where a trusted one endorses it."""
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(principal_key).order_by(principal_key.c.added)).all()
        sound = [row for row in rows if key_id(row.public) == row.id]
        trusted: dict[str, tuple[str, str]] = {}
        named: set[str] = set()
        for row in sound:
            if row.endorser is None and row.principal not in named:
                trusted[row.id] = (row.principal, row.public)
                named.add(row.principal)
        while found := [row for row in sound if row.id not in trusted and _endorsed(row, trusted)]:
            trusted |= {row.id: (row.principal, row.public) for row in found}
        return trusted

    # Sets

    def add(self, labelled: LabelSet, texts: dict[int, str], signer: Signer) -> None:
        """Keep a new set: first its texts, then its record, so that a set that is there is whole.

        Raises:
            CallError: there is a set of this name.
        """
        digest = labelled.digest
        record = {"digest": digest, "name": labelled.name, "plan": json.dumps(labelled.plan, sort_keys=True)}
        with self.store.writing() as connection:
            sets = {row.name: row.digest for row in connection.execute(sa.select(label_set.c.name, label_set.c.digest))}
            if labelled.name in sets:
                raise CallError(
                    f"There is a label set {labelled.name!r} already; a set is never changed.",
                    hint="Choose another --name.",
                )
            self._write_texts(labelled, texts, set(sets.values()))
            connection.execute(label_set.insert().values(
                **record, made=labelled.made, by=labelled.by, key=signer.key_id,
                signature=signer.sign(SET, {"digest": digest}),
            ))  # fmt: skip
            connection.execute(label_item.insert(), [item.to_dict() | {"set": digest} for item in labelled.items])

    def _text_path(self, digest: str) -> Path:
        return self.folder / f"{digest.removeprefix('sha256:')}.jsonl"

    def _write_texts(self, labelled: LabelSet, texts: dict[int, str], known: Collection[str]) -> None:
        """Write the texts of a new set; texts that a killed process left without a set are deleted."""
        path = self._text_path(labelled.digest)
        draft = path.with_name(f"{path.name}.draft")
        lines = (json.dumps({"item": number, "text": text}) + "\n" for number, text in sorted(texts.items()))
        try:
            self.folder.mkdir(exist_ok=True)
            for stray in set(self.folder.iterdir()) - set(map(self._text_path, known)):
                stray.unlink()
            draft.write_text("".join(lines), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Check the disk and the folder.") from None

    def names(self) -> list[str]:
        """All sets, the oldest first."""
        with self.store.reading() as connection:
            return list(connection.execute(sa.select(label_set.c.name).order_by(label_set.c.made)).scalars())

    def find(self, name: str) -> LabelSet | None:
        """A set by its name; None where there is none.

        Raises:
            FaultError: it is not what was signed.
        """
        with self.store.reading() as connection:
            row = connection.execute(sa.select(label_set).where(label_set.c.name == name)).first()
            if row is None:
                return None
            query = sa.select(*_ITEM).where(label_item.c.set == row.digest).order_by(label_item.c.number)
            items = tuple(Item(**found) for found in connection.execute(query).mappings())
        found = LabelSet(row.name, parsed(row.plan, f"The label set {name!r}"), items, row.made, row.by)
        owner, public = self.keys().get(row.key, ("", ""))
        sound = owner == row.by and verify(public, row.signature, SET, {"digest": row.digest})
        if found.digest != row.digest or not sound:
            raise FaultError(
                f"The label set {name!r} is not what {row.by!r} signed: somebody changed it in the store.",
                hint="Restore .outcross/ from a backup, or draw a new set.",
            )
        return found

    def texts(self, labelled: LabelSet) -> dict[int, str]:
        """The texts of a set by item.

        Raises:
            FaultError: they are gone, or are not those that were drawn.
        """
        path = self._text_path(labelled.digest)
        try:
            with path.open(encoding="utf-8") as file:
                texts = {int(one["item"]): str(one["text"]) for one in map(json.loads, file)}
        except (OSError, ValueError, KeyError) as error:
            raise FaultError(
                f"The texts of the label set {labelled.name!r} cannot be read: {error}.",
                hint=f"Copy {path.name} from {path.parent} of the folder where the set was drawn, or from a backup.",
            ) from None
        for item in labelled.items:
            if sha256(texts.get(item.number, "").encode()) != item.text_digest:
                raise FaultError(
                    f"Document {item.number} of the label set {labelled.name!r} is not the one that was drawn.",
                    hint=f"Restore {path} from a backup, or draw a new set.",
                )
        return texts

    # Labels

    def take(self, labelled: LabelSet, reviewer: str, aside: Iterable[int] = ()) -> list[Item]:
        """The items that are left for a reviewer; the first is kept for them for a while."""
        digest, now = labelled.digest, time.time()
        with self.store.writing() as connection:
            connection.execute(label_lease.delete().where(label_lease.c.until < now))
            answered: dict[int, set[str]] = {}
            for one in standing(_labels(connection, digest)):
                answered.setdefault(one.item, set()).add(one.reviewer)
            leased: dict[int, set[str]] = {}
            for lease in connection.execute(sa.select(label_lease).where(label_lease.c.set == digest)):
                leased.setdefault(lease.item, set()).add(lease.reviewer)
            left = open_items(labelled.items, answered, leased, reviewer, aside)
            _release(connection, digest, reviewer)
            if left:
                connection.execute(label_lease.insert().values(
                    set=digest, item=left[0].number, reviewer=reviewer, until=now + LEASE,
                ))  # fmt: skip
        return left

    def release(self, labelled: LabelSet, reviewer: str) -> None:
        """Let go of whatever a reviewer was looking at."""
        with self.store.writing() as connection:
            _release(connection, labelled.digest, reviewer)

    def record(self, labels: Iterable[Label], *, outside: bool = False) -> None:
        """Add labels, all or none; what was said before stays.

        Args:
            labels: signed.
            outside: whether they come from another tool: reviewers nobody knows become principals without a key.
        """
        with self.store.writing() as connection:
            for one in labels:
                if outside:
                    _add_principal(connection, one.reviewer)
                connection.execute(label.insert().values(**asdict(one)))
                connection.execute(label_lease.delete().where(
                    label_lease.c.set == one.set, label_lease.c.item == one.item,
                    label_lease.c.reviewer == one.reviewer,
                ))  # fmt: skip

    def labels(self, labelled: LabelSet) -> list[Label]:
        """All labels of a set in the order in which they were given, withdrawn ones and withdrawals among them."""
        with self.store.reading() as connection:
            return _labels(connection, labelled.digest)


def _endorsed(row: Any, trusted: dict[str, tuple[str, str]]) -> bool:
    """Whether a trusted key of the same principal has signed for this one."""
    endorser, public = trusted.get(row.endorser or "", ("", ""))
    claim = {"principal": row.principal, "public": row.public}
    return endorser == row.principal and verify(public, row.endorsement or "", KEY, claim)


def _labels(connection: sa.Connection, digest: str) -> list[Label]:
    query = sa.select(*_LABEL).where(label.c.set == digest).order_by(label.c.ordinal)
    return [Label(**row) for row in connection.execute(query).mappings()]


def _release(connection: sa.Connection, digest: str, reviewer: str) -> None:
    connection.execute(label_lease.delete().where(label_lease.c.set == digest, label_lease.c.reviewer == reviewer))


def _add_principal(connection: sa.Connection, name: str) -> None:
    if connection.execute(sa.select(principal).where(principal.c.name == name)).first() is None:
        connection.execute(principal.insert().values(name=name, added=_now()))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
