"""Whether a log is what it was: held against its signed head, against the keys that are believed, against an anchor.

Every change of an entry moves the root, which a key has signed. Whoever has that key can make the log and its head
anew: that shows only against a checkpoint that lies where they cannot write.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from outcross.errors import OutcrossError
from outcross.log.entries import Entry, entry_in
from outcross.log.frontier import frontier_of
from outcross.log.merkle import leaf_hash, root_hash
from outcross.log.notes import Note


@dataclass(frozen=True)
class Problem:
    """What is wrong with a log.

    Attributes:
        code: "entry", "head", "truncated", "rewritten", "other-log", "anchor", "missing", "unlogged" or "late".
        says: in one sentence.
    """

    code: str
    says: str


def read_entries(entries: Sequence[bytes]) -> tuple[list[Entry | None], list[Problem]]:
    """All entries, None where one is none, and what is wrong with those."""
    found: list[Entry | None] = []
    problems: list[Problem] = []
    for index, data in enumerate(entries):
        try:
            found.append(entry_in(data, f"entry {index}"))
        except OutcrossError as error:
            found.append(None)
            problems.append(Problem("entry", f"Entry {index} cannot be read: {error.message}"))
    return found, problems


def unsigned(entries: Sequence[Entry | None], keys: Mapping[str, str]) -> Iterator[Problem]:
    """Entries that none of these keys signed.

    Args:
        entries: those that could be read.
        keys: public keys by short name, revoked ones included: an entry stays what it was.
    """
    for index, one in enumerate(entries):
        if one is None:
            continue
        hinted = [keys[sign.keyid] for sign in one.envelope.signatures if sign.keyid in keys]
        if not one.envelope.signers(hinted) and not one.envelope.signers(keys.values()):
            yield Problem("entry", f"Entry {index} ({one.kind}) is signed by no key that is known here.")


def against_head(entries: Sequence[bytes], head: Note, keys: Sequence[str]) -> Iterator[Problem]:
    """The log held against the head that was signed with its last entry."""
    told = head.checkpoint
    if told.size != len(entries):
        yield Problem("head", f"The log's head was signed over {told.size:,} entries, and {len(entries):,} are here.")
    elif frontier_of([leaf_hash(one) for one in entries]).root != told.root:
        yield Problem("head", "The entries are not those over which the log's head was signed.")
    if not head.signers(keys):
        yield Problem("head", "The log's head is signed by no key that is known here.")


def against_anchor(entries: Sequence[bytes], origin: str, anchor: Note, keys: Sequence[str]) -> Iterator[Problem]:
    """The log held against an older checkpoint that was kept elsewhere.

    Args:
        entries: of the log.
        origin: the log's name.
        anchor: the checkpoint.
        keys: public keys that may have signed it.
    """
    told = anchor.checkpoint
    if not anchor.signers(keys):
        yield Problem("anchor", "The anchor is signed by no key that is known here.")
    if told.origin != origin:
        yield Problem("other-log", f"The anchor is of the log {told.origin}, and this one is {origin}.")
    if told.size > len(entries):
        gone = told.size - len(entries)
        yield Problem("truncated", f"The log was cut: the anchor has {told.size:,} entries, {gone:,} are gone.")
    elif root_hash([leaf_hash(one) for one in entries[: told.size]]) != told.root:
        yield Problem("rewritten", f"The log was rewritten: its first {told.size:,} entries are not the anchor's.")
