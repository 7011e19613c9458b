"""Whether the log of a store is what it was, and whether the store says what the log says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from outcross.canonical import sha256
from outcross.errors import FaultError
from outcross.log.checking import Problem, against_anchor, against_head, read_entries, unsigned
from outcross.log.entries import DECISION, KEY_EVENT, Entry
from outcross.log.frontier import frontier_of
from outcross.log.merkle import leaf_hash
from outcross.log.notes import Note
from outcross.principals import Claimed, KnownKey, Revocation, key_id, known_keys
from outcross.store import Store
from outcross.store.keyrows import event_of, recorded
from outcross.store.log import Head, entries_of, head_of
from outcross.store.tables import verdict


@dataclass(frozen=True)
class Checked:
    """A log that was looked at.

    Attributes:
        origin: its name; empty where nothing was ever logged.
        size: its entries. root: of its tree.
        problems: what is wrong; empty where nothing is. notes: what else a reader should know.
    """

    origin: str
    size: int
    root: bytes
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """What one look at the store shows."""

    head: Head | None
    broken: str
    entries: list[bytes]
    claimed: list[Claimed]
    ended: list[Revocation]
    verdicts: list[tuple[str, str]]


def checked(store: Store, anchors: Sequence[Note] = (), keys: Sequence[str] = ()) -> Checked:
    """Look whether the log is what it was.

    Args:
        store: of the workspace.
        anchors: older checkpoints that were kept elsewhere.
        keys: public keys that are believed besides those of the store.
    """
    found = _looked_at(store)
    known = known_keys(found.claimed, found.ended)
    believed = {name: one.public for name, one in known.items()} | {key_id(one): one for one in keys}
    read, problems = read_entries(found.entries)
    problems += unsigned(read, believed)
    problems += _late(found, known, read)
    ended = {one.public for one in known.values() if one.revocation is not None}
    problems += _head(found, [one for one in believed.values() if one not in ended])
    origin = found.head.origin if found.head else ""
    for anchor in anchors:
        problems += against_anchor(found.entries, origin, anchor, tuple(believed.values()))
    problems += _keys(found, read)
    changed, notes = _verdicts(found, read)
    root = frontier_of([leaf_hash(one) for one in found.entries]).root
    return Checked(origin, len(found.entries), root, (*problems, *changed), tuple(notes))


def _looked_at(store: Store) -> _Found:
    with store.reading() as connection:
        try:
            head, broken = head_of(connection), ""
        except FaultError as error:
            head, broken = None, error.message
        query = sa.select(verdict.c.digest, verdict.c.record).order_by(verdict.c.ordinal)
        verdicts = [(str(row.digest), str(row.record)) for row in connection.execute(query)]
        return _Found(head, broken, entries_of(connection), *recorded(connection), verdicts)


def _head(found: _Found, keys: Sequence[str]) -> Iterator[Problem]:
    if found.broken:
        yield Problem("head", found.broken)
    elif found.head is not None:
        yield from against_head(found.entries, found.head.note(), keys)
    elif found.entries:
        yield Problem("head", f"The log has no head, and {len(found.entries):,} entries are here.")


def _late(found: _Found, known: Mapping[str, KnownKey], read: Sequence[Entry | None]) -> Iterator[Problem]:
    """Entries that a key signed after the entry by which it ended."""
    ends = {digest: one.key for one in found.ended for digest in event_of(one).digests}
    ended: dict[str, str] = {}
    for index, one in enumerate(read):
        if one is None:
            continue
        for late in one.envelope.signers(ended.values()):
            yield Problem("late", f"Entry {index} ({one.kind}) is signed by the key {key_id(late)}, which had ended.")
        for digest in one.statement.digests & ends.keys():
            key = known.get(ends[digest])
            if key is not None and key.revocation is not None:
                ended[key.id] = key.public


def _keys(found: _Found, read: Sequence[Entry | None]) -> Iterator[Problem]:
    """Keys and revocations that were taken out of the store, changed in it, or put in beside the log."""
    logged = {
        digest: one for one in read if one is not None and one.statement.predicate_type == KEY_EVENT
        for digest in one.statement.digests
    }  # fmt: skip
    here = [*map(event_of, found.claimed), *map(event_of, found.ended)]
    digests = {digest for one in here for digest in one.digests}
    for digest, one in logged.items():
        if digest not in digests:
            told = one.statement.predicate
            yield Problem("missing", f"The log says that the key {told.get('key')} was {told.get('event')}, and the "
                          "store does not: that was taken out of it, or changed.")  # fmt: skip
    for event in here:
        if read and not event.digests & logged.keys():
            said = event.predicate
            yield Problem("unlogged", f"The store says that the key {said['key']} was {said['event']}, and the log "
                          "does not: that was put in beside it, or changed.")  # fmt: skip


def _verdicts(found: _Found, read: Sequence[Entry | None]) -> tuple[list[Problem], list[str]]:
    logged = {
        f"sha256:{one.statement.subjects['verdict'].get('sha256')}": index for index, one in enumerate(read)
        if one is not None and one.statement.predicate_type == DECISION and "verdict" in one.statement.subjects
    }  # fmt: skip
    problems = [
        Problem("missing", f"The verdict {digest[:19]} is not the one that was signed: it was changed in the store.")
        for digest, record in found.verdicts if digest not in logged or sha256(record.encode()) != digest
    ]  # fmt: skip
    here = {digest for digest, _ in found.verdicts}
    erased = [index for digest, index in logged.items() if digest not in here]
    return problems, [f"The record of the verdict in entry {index} was erased." for index in erased]
