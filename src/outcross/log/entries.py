"""Entries of the log: signed statements, byte for byte as they were signed.

An entry names what it speaks of by digests. Texts of documents and their names have no place in it: nothing can ever
be taken out of a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outcross.errors import DataError
from outcross.log.dsse import Envelope, Statement, envelope_from, signed, statement_in
from outcross.log.merkle import leaf_hash
from outcross.principals import Signer

MOST_ENTRY = (1 << 16) - 1
"""Bytes of an entry: tiles tell the length of each in 16 bits (C2SP tlog-tiles)."""

KEY_EVENT = "https://outcross.dev/key-event/v0.1"
"""The predicate type of what befell a key."""

DECISION = "https://outcross.dev/gate-decision/v0.1"
"""The predicate type of verdicts."""


@dataclass(frozen=True)
class Entry:
    """An entry that was read.

    Attributes:
        data: its bytes, which are what is hashed. envelope: the signature. statement: what is said.
    """

    data: bytes
    envelope: Envelope
    statement: Statement

    @property
    def leaf(self) -> bytes:
        """Its hash in the tree."""
        return leaf_hash(self.data)

    @property
    def kind(self) -> str:
        """What it is about, in a word: "key-event" or "gate-decision" for those of ours."""
        return self.statement.predicate_type.rsplit("/", 2)[-2] if "/" in self.statement.predicate_type else ""


def entry_of(statement: Statement, signer: Signer) -> bytes:
    """A statement as an entry, signed.

    Raises:
        DataError: it is too long.
    """
    data = signed(statement, signer).to_json()
    if len(data) > MOST_ENTRY:
        raise DataError(
            f"An entry of {len(data):,} bytes does not fit into the log; {MOST_ENTRY:,} do.",
            hint="Name things by their digests, and keep them outside.",
        )
    return data


def entry_in(data: bytes, name: str) -> Entry:
    """The entry in bytes.

    Args:
        data: a signed envelope.
        name: of where it comes from, for messages.

    Raises:
        DataError: it is none; the message names the place.
    """
    if len(data) > MOST_ENTRY:
        raise DataError(f"{name} is longer than any entry of a log.")
    envelope = envelope_from(data, name)
    return Entry(data, envelope, statement_in(envelope, name))


def key_event(event: str, key: str, recorded: Mapping[str, Any], made: str) -> Statement:
    """What befell a key, as a statement.

    Args:
        event: "added" or "revoked".
        key: its short name.
        recorded: digest by algorithm of what was recorded, names included, which stays outside.
        made: when, ISO 8601.
    """
    predicate = {"event": event, "key": key, "made": made}
    return Statement({f"key:{key}": dict(recorded)}, KEY_EVENT, predicate)
