"""Which keys are believed: who vouches for each, and which have been revoked. Pure: where they are kept is no matter.

The first key of a name is taken at its word, or was enrolled by another principal, who then owns it: may revoke it. A
further key of a name counts where an earlier one endorses it. A revoked key verifies nothing that says it was made
later; a compromised one verifies nothing at all, since whoever has it can write any date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from outcross.errors import CallError
from outcross.principals.signing import key_id, verify

KEY = "outcross.key/1"
"""The type under which a principal's further keys are endorsed."""

ENROLMENT = "outcross.enrolment/1"
"""The type under which keys of other principals are enrolled."""

REVOCATION = "outcross.revocation/1"
"""The type under which keys are revoked."""


@dataclass(frozen=True)
class Claimed:
    """A key as it was recorded, whether it can be believed or not.

    Attributes:
        id: short name of the key. principal: whose it is. public: the key as written. added: when, ISO 8601.
        endorser: short name of the key that vouches for it; empty for a first one.
        endorsement: that key's signature, in base64.
    """

    id: str
    principal: str
    public: str
    added: str
    endorser: str = ""
    endorsement: str = ""


@dataclass(frozen=True)
class Revocation:
    """The end of a key, signed.

    Attributes:
        key: its short name. principal: whose it is. reason: why.
        revoked: when, ISO 8601.
        compromised_since: since when somebody else may have it, ISO 8601; empty where nobody does.
        by: short name of the key that says so. signature: that key's, over all of the above but itself.
    """

    key: str
    principal: str
    reason: str
    revoked: str
    compromised_since: str = ""
    by: str = ""
    signature: str = ""

    def claim(self) -> dict[str, str]:
        """What is signed."""
        record = asdict(self)
        del record["signature"]
        return record


@dataclass(frozen=True)
class KnownKey:
    """A key that is believed, or was.

    Attributes:
        id: its short name. principal: whose it is. public: as written. added: when, ISO 8601.
        owner: the principal who enrolled it; empty where it is their own.
        revocation: how it ended, or None.
    """

    id: str
    principal: str
    public: str
    added: str
    owner: str = ""
    revocation: Revocation | None = None

    @property
    def compromised(self) -> bool:
        """Whether somebody else may have it."""
        return self.revocation is not None and bool(self.revocation.compromised_since)

    def holds(self, made: str) -> bool:
        """Whether the key verifies what says that it was made then (ISO 8601). What tells no time is not older."""
        if self.revocation is None:
            return True
        said, ended = moment(made), moment(self.revocation.revoked)
        return not self.compromised and said is not None and ended is not None and said < ended


def moment(text: str) -> datetime | None:
    """The time that an ISO 8601 text tells, UTC where it names no zone; None where it tells none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def known_keys(claimed: Sequence[Claimed], revocations: Iterable[Revocation]) -> dict[str, KnownKey]:
    """The keys that are or were believed, by short name.

    Revocations are looked at in the order in which they were recorded. One counts if its signer may revoke the key,
    and would still be believed once it counts: a thief's new key cannot outlive the key that vouches for it.

    Args:
        claimed: all keys that were recorded.
        revocations: all that were recorded, in order.
    """
    sound = sorted((one for one in claimed if _sound(one)), key=lambda one: (one.added, one.id))
    ended: dict[str, Revocation] = {}
    for one in revocations:
        after = ended | {one.key: one}
        known = _believed(sound, after)
        if one.key in known and may_revoke(known, one) and _says_more(one, ended.get(one.key)):
            ended = after
    return {name: replace(key, revocation=ended.get(name)) for name, key in _believed(sound, ended).items()}


def _says_more(one: Revocation, before: Revocation | None) -> bool:
    """Whether a revocation adds to what is known: of a key that was ended, that it is compromised, too."""
    return before is None or (bool(one.compromised_since) and not before.compromised_since)


def may_revoke(known: Mapping[str, KnownKey], one: Revocation) -> bool:
    """Whether a revocation is signed by another key of the principal, or by one of the key's owner."""
    key, by = known.get(one.key), known.get(one.by)
    if key is None or by is None or by.id == key.id or not by.holds(one.revoked):
        return False
    entitled = by.principal in (key.principal, key.owner) and key.principal == one.principal
    return entitled and verify(by.public, one.signature, REVOCATION, one.claim())


def _sound(one: Claimed) -> bool:
    try:
        return key_id(one.public) == one.id
    except CallError:
        return False


def _believed(sound: Sequence[Claimed], ended: Mapping[str, Revocation]) -> dict[str, KnownKey]:
    """The keys that somebody believed vouches for; revocations are put in, as far as they stand so far."""
    known: dict[str, KnownKey] = {}
    first = {one.principal: one for one in reversed(sound) if not one.endorser}
    for one in first.values():
        known[one.id] = KnownKey(one.id, one.principal, one.public, one.added, revocation=ended.get(one.id))
    while True:
        fresh: dict[str, KnownKey] = {}
        for one in sound:
            owner = None if one.id in known else _vouched(one, known)
            taken = any(key.principal == one.principal for key in (known | fresh).values())
            if owner is not None and not (owner and taken):
                fresh[one.id] = KnownKey(one.id, one.principal, one.public, one.added, owner, ended.get(one.id))
        if not fresh:
            return known
        known |= fresh


def _vouched(one: Claimed, known: Mapping[str, KnownKey]) -> str | None:
    """Who owns a key: "" for its own principal, another's name; None where nobody who is believed vouches for it."""
    by = known.get(one.endorser)
    if by is None or not _could_vouch(by, one.added):
        return None
    kind = KEY if by.principal == one.principal else ENROLMENT
    claim = {"principal": one.principal, "public": one.public}
    if not verify(by.public, one.endorsement, kind, claim):
        return None
    return "" if kind == KEY else by.principal


def _could_vouch(by: KnownKey, added: str) -> bool:
    """Whether a key was still its principal's alone when it vouched, by the time at which that was recorded."""
    if by.revocation is None:
        return True
    since = by.revocation.compromised_since or by.revocation.revoked
    said, ended = moment(added), moment(since)
    return said is not None and ended is not None and said <= ended
