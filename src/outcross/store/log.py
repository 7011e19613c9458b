"""The log in the store. An entry and what it records are one transaction.

The right to write comes first, so that two who append never make a fork.
The signed bytes are kept as they are. Of the tree its frontier is kept, and a checkpoint that whoever appended signed.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from outcross.errors import CallError, FaultError, OutcrossError
from outcross.log.dsse import Statement
from outcross.log.entries import entry_of
from outcross.log.frontier import Frontier, frontier_of
from outcross.log.merkle import inclusion_proof, leaf_hash
from outcross.log.notes import Checkpoint, Note, note_in, signed_note
from outcross.log.proofs import Proof
from outcross.principals import Signer
from outcross.store import Store
from outcross.store.databases import DAMAGED
from outcross.store.keyrows import event_of, known_in, recorded, refuse_stranger
from outcross.store.tables import log_entry, log_head

Change = Callable[[sa.Connection], None]
"""What is recorded in the same transaction as its entry."""


@dataclass(frozen=True)
class Head:
    """What the log is after its last entry.

    Attributes:
        origin: the log's name. frontier: of its tree. checkpoint: signed with the last entry, as a text.
    """

    origin: str
    frontier: Frontier
    checkpoint: str

    def note(self) -> Note:
        """The signed checkpoint.

        Raises:
            DataError: it was damaged.
        """
        return note_in(self.checkpoint.encode(), "the head of the log")


class Log:
    """The log of a store.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def append(self, statements: Sequence[Statement], signer: Signer, change: Change | None = None) -> int:
        """Add entries, and record what they say in the same transaction.

        Args:
            statements: what is said, an entry each; one at least.
            signer: who says it.
            change: writes what is recorded; where it fails, nothing is logged.

        Returns:
            The place of the first of them.

        Raises:
            CallError: the signer is not known here, or their key was revoked.
            DataError: one is too long. FaultError: the log is damaged.
        """
        entries = [entry_of(one, signer) for one in statements]  # signed before anybody has to wait
        with self.store.writing() as connection:
            refuse_stranger(known_in(connection), signer)  # whose key was ended a moment ago, say
            place = put(connection, entries, signer)
            if change is not None:
                change(connection)
        return place

    def head(self) -> Head | None:
        """What the log is now; None where nothing was ever logged.

        Raises:
            FaultError: it is damaged.
        """
        with self.store.reading() as connection:
            return head_of(connection)

    def entries(self) -> list[bytes]:
        """The bytes of all entries, in order."""
        with self.store.reading() as connection:
            return entries_of(connection)

    def checkpoint(self, signer: Signer) -> Note:
        """What the log is now, signed.

        Raises:
            CallError: nothing was ever logged.
        """
        return self.whole(signer)[1]

    def whole(self, signer: Signer) -> tuple[list[bytes], Note]:
        """All entries, and the checkpoint over just these, signed.

        Nothing is signed that the entries do not bear out: what somebody else cut or changed gets no new signature.

        Raises:
            CallError: nothing was ever logged.
            FaultError: the entries are not those of the log's head.
        """
        with self.store.reading() as connection:
            head, entries = head_of(connection), entries_of(connection)
        if head is None:
            raise CallError("Nothing was logged here yet.", hint="Keys and signed verdicts are logged by themselves.")
        tree = Checkpoint(head.origin, head.frontier.size, head.frontier.root)
        if frontier_of([leaf_hash(one) for one in entries]) != head.frontier:
            raise FaultError("The log is not what it was: its entries do not fit its head.",
                             hint="outcross log verify says more.")  # fmt: skip
        return entries, signed_note(tree, signer)

    def proof(self, place: int, signer: Signer) -> Proof:
        """That an entry is in the log, for whoever has a public key of the signer.

        Raises:
            CallError: there is no such entry. FaultError: see `whole`.
        """
        entries, note = self.whole(signer)
        if not 0 <= place < len(entries):
            raise CallError(f"There is no entry {place} in the log.", hint="outcross log show lists them.")
        path = inclusion_proof([leaf_hash(one) for one in entries], place)
        return Proof(entries[place], place, tuple(path), note)


def put(connection: sa.Connection, entries: Iterable[bytes], signer: Signer) -> int:
    """Add signed entries in a transaction that writes.

    Args:
        connection: in its transaction.
        entries: in order.
        signer: who signs for what the log is then.

    Returns:
        The place of the first of them.
    """
    head, new = head_of(connection), list(entries)
    added = new if head else [*_found(connection, signer), *new]
    before = head.frontier if head else Frontier()
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    rows = [{"place": before.size + step, "data": data, "added": now} for step, data in enumerate(added)]
    if rows:
        connection.execute(log_entry.insert(), rows)
    after = before.grown(map(leaf_hash, added))
    origin = head.origin if head else f"outcross.log/{secrets.token_hex(16)}"
    note = signed_note(Checkpoint(origin, after.size, after.root), signer).to_text()
    values = {"size": after.size, "frontier": after.to_bytes(), "checkpoint": note}
    statement = log_head.update() if head else log_head.insert().values(origin=origin)
    connection.execute(statement.values(**values))
    return after.size - len(new)


def _found(connection: sa.Connection, signer: Signer) -> list[bytes]:
    """Keys that were here before the log began, as its first entries."""
    claimed, ended = recorded(connection)
    return [entry_of(one, signer) for one in (*map(event_of, claimed), *map(event_of, ended))]


def head_of(connection: sa.Connection) -> Head | None:
    """The head of the log; None where nothing was ever logged.

    Raises:
        FaultError: it is damaged.
    """
    rows = connection.execute(sa.select(log_head)).all()
    if not rows:
        return None
    row = rows[0]
    frontier = Frontier.from_bytes(row.size, _bytes(row.frontier)) if isinstance(row.size, int) else None
    if frontier is None or len(rows) > 1:
        raise FaultError("The head of the log is damaged.", hint=DAMAGED)
    head = Head(row.origin, frontier, row.checkpoint)
    try:
        told = head.note().checkpoint
    except OutcrossError as error:
        raise FaultError(f"The head of the log is damaged: {error.message}", hint=DAMAGED) from None
    if told != Checkpoint(head.origin, frontier.size, frontier.root):
        raise FaultError("The head of the log is not the one that was signed.", hint=DAMAGED)
    return head


def entries_of(connection: sa.Connection) -> list[bytes]:
    """The bytes of all entries, in order."""
    rows = connection.execute(sa.select(log_entry.c.data).order_by(log_entry.c.place)).scalars()
    return [_bytes(one) for one in rows]


def _bytes(value: object) -> bytes:
    """What a cell holds; SQLite may have it as text, which is what somebody else wrote."""
    if isinstance(value, str):
        return value.encode()
    return bytes(value) if isinstance(value, bytes | memoryview) else b""
