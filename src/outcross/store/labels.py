"""Label sets and labels in the store.

Labels are only ever added, each in a transaction of its own that is on disk before the next document is shown. What
writes begins by taking the right to do so, so two people who label at once wait for each other; what reads waits for
nobody.
"""

import json
import time
from collections.abc import Collection, Iterable
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa

from outcross.canonical import sha256
from outcross.errors import CallError, FaultError
from outcross.principals import Signer, verify
from outcross.review.assignment import LEASE, open_items
from outcross.review.records import SET, Item, Label, LabelSet, standing
from outcross.store import Store, parsed
from outcross.store.keys import Keys, add_principal
from outcross.store.tables import label, label_item, label_lease, label_set

_ITEM = tuple(column for column in label_item.c if column.name != "set")
_LABEL = tuple(column for column in label.c if column.name != "ordinal")


class Labels:
    """The label sets of a store.

    Args:
        store: of the workspace.

    Attributes:
        known: the principals of the store and their keys.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = store.folder / "labels"
        self.known = Keys(store)

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
        key = self.known.keys().get(row.key)
        sound = key is not None and key.principal == row.by and key.holds(row.made)
        sound = sound and key is not None and verify(key.public, row.signature, SET, {"digest": row.digest})
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
                    add_principal(connection, one.reviewer)
                connection.execute(label.insert().values(**asdict(one)))
                connection.execute(label_lease.delete().where(
                    label_lease.c.set == one.set, label_lease.c.item == one.item,
                    label_lease.c.reviewer == one.reviewer,
                ))  # fmt: skip

    def labels(self, labelled: LabelSet) -> list[Label]:
        """All labels of a set in the order in which they were given, withdrawn ones and withdrawals among them."""
        with self.store.reading() as connection:
            return _labels(connection, labelled.digest)


def _labels(connection: sa.Connection, digest: str) -> list[Label]:
    query = sa.select(*_LABEL).where(label.c.set == digest).order_by(label.c.ordinal)
    return [Label(**row) for row in connection.execute(query).mappings()]


def _release(connection: sa.Connection, digest: str, reviewer: str) -> None:
    connection.execute(label_lease.delete().where(label_lease.c.set == digest, label_lease.c.reviewer == reviewer))
