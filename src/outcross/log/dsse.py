"""Signed envelopes: DSSE 1.0.2 with in-toto Statement v1 inside. Who signed is looked up among keys that are believed.

What is verified is what is read: the payload's bytes are decoded once, and a statement is parsed from these. Names of
keys in an envelope are hints, which nothing rests on.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from outcross.canonical import canonical_json
from outcross.errors import DataError
from outcross.principals import Signer, encoded, verify_bytes
from outcross.strict_json import json_value

IN_TOTO = "application/vnd.in-toto+json"
"""The payload type of statements."""

STATEMENT = "https://in-toto.io/Statement/v1"

RECORD = "https://outcross.dev/provenance/v0.1"
"""The predicate type of our provenance records."""

MOST_BYTES = 128 << 20
"""Bytes of an envelope: a manifest of 100,000 shards has some 30 MB."""

MOST_SIGNATURES = 64
"""Signatures of an envelope; trying each against each key costs time."""

_HEX = re.compile(r"[0-9a-f]{2,256}")


@dataclass(frozen=True)
class Signature:
    """A signature in an envelope.

    Attributes:
        raw: its bytes.
        keyid: name of its key; only a hint, since nothing protects it. Empty where none is told.
    """

    raw: bytes
    keyid: str = ""

    def to_dict(self) -> dict[str, str]:
        """Plain values; an empty name is left out."""
        told = {"sig": base64.b64encode(self.raw).decode()}
        return told | ({"keyid": self.keyid} if self.keyid else {})


@dataclass(frozen=True)
class Envelope:
    """A signed payload.

    Attributes:
        payload: the bytes that were signed.
        payload_type: what they are.
        signatures: in order.
    """

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON envelope of DSSE."""
        return {
            "payload": base64.b64encode(self.payload).decode(), "payloadType": self.payload_type,
            "signatures": [one.to_dict() for one in self.signatures],
        }  # fmt: skip

    def to_json(self) -> bytes:
        """The JSON envelope."""
        return canonical_json(self.to_dict()) + b"\n"

    @cached_property
    def signed_bytes(self) -> bytes:
        """What the signatures are over: DSSE's pre-authentication encoding."""
        return encoded(self.payload_type, self.payload)

    def signers(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of these public keys that signed, each once."""
        return tuple(
            key for key in dict.fromkeys(keys)
            if any(verify_bytes(key, one.raw, self.signed_bytes) for one in self.signatures)
        )  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """What an envelope says: an in-toto Statement v1.

    Attributes:
        subjects: digests by algorithm, by name of the thing that it speaks of.
        predicate_type: what kind of thing is said.
        predicate: what is said.
    """

    subjects: Mapping[str, Mapping[str, str]]
    predicate_type: str
    predicate: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digests(self) -> frozenset[str]:
        """The SHA-256 of all subjects, as `sha256:<hex>`."""
        return frozenset(f"sha256:{one['sha256']}" for one in self.subjects.values() if "sha256" in one)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        subjects = [{"name": name, "digest": dict(digests)} for name, digests in self.subjects.items()]
        return {
            "_type": STATEMENT, "subject": subjects, "predicateType": self.predicate_type,
            "predicate": dict(self.predicate),
        }  # fmt: skip


def signed(statement: Statement, signer: Signer) -> Envelope:
    """A statement in an envelope, signed."""
    payload = canonical_json(statement.to_dict())
    return Envelope(payload, IN_TOTO, (Signature(signer.sign_bytes(IN_TOTO, payload), signer.key_id),))


def envelope_from(data: bytes, name: str) -> Envelope:
    """The envelope in bytes.

    Args:
        data: JSON.
        name: of where it comes from, for messages.

    Raises:
        DataError: it is none; the message names the place.
    """
    if len(data) > MOST_BYTES:
        raise DataError(f"{name} has more than {MOST_BYTES >> 20} MB.", hint="No signed statement is that large.")
    return envelope_in(json_value(data, name), name)


def envelope_in(value: Any, name: str, at: str = "") -> Envelope:
    """The envelope in a plain value.

    Args:
        value: what stands there.
        name: of the file, for messages.
        at: where in the file it stands, as a JSON pointer.

    Raises:
        DataError: it is none; the message names the place.
    """
    table = _table(value, name, at)
    signatures = table.get("signatures")
    if not isinstance(signatures, list) or not 0 < len(signatures) <= MOST_SIGNATURES:
        raise DataError(f"{name}, {at}/signatures: one signature or more are needed, {MOST_SIGNATURES} at most.")
    found = tuple(_signature(one, name, f"{at}/signatures/{number}") for number, one in enumerate(signatures))
    kind = table.get("payloadType")
    if not isinstance(kind, str) or not kind:
        raise DataError(f"{name}, {at}/payloadType: a text is needed.")
    return Envelope(_decoded(table.get("payload"), name, f"{at}/payload"), kind, found)


def _signature(value: Any, name: str, at: str) -> Signature:
    table = _table(value, name, at)
    keyid = table.get("keyid") or ""
    if not isinstance(keyid, str):
        raise DataError(f"{name}, {at}/keyid: a text is needed.")
    return Signature(_decoded(table.get("sig"), name, f"{at}/sig"), keyid)


def statement_in(envelope: Envelope, name: str) -> Statement:
    """The statement in an envelope.

    Raises:
        DataError: the payload is none; the message names the place.
    """
    if envelope.payload_type != IN_TOTO:
        raise DataError(f"{name} holds {envelope.payload_type[:80]!r}, no in-toto statement.")
    inside = f"{name}, payload"
    table = _table(json_value(envelope.payload, inside), inside, "")
    if table.get("_type") != STATEMENT:
        raise DataError(f"{inside}, /_type: {STATEMENT} is needed.")
    kind, predicate = table.get("predicateType"), table.get("predicate", {})
    if not isinstance(kind, str) or not kind:
        raise DataError(f"{inside}, /predicateType: a text is needed.")
    return Statement(_subjects(table.get("subject"), inside), kind, _table(predicate, inside, "/predicate"))


def _subjects(value: Any, name: str) -> dict[str, dict[str, str]]:
    if not isinstance(value, list) or not value:
        raise DataError(f"{name}, /subject: a list of one thing or more is needed.")
    found: dict[str, dict[str, str]] = {}
    for number, one in enumerate(value):
        at = f"/subject/{number}"
        table = _table(one, name, at)
        label, digests = table.get("name"), _table(table.get("digest"), name, f"{at}/digest")
        if not isinstance(label, str) or label in found:
            raise DataError(f"{name}, {at}/name: a name is needed, and each once.")
        if not digests or not all(isinstance(hexed, str) and _HEX.fullmatch(hexed) for hexed in digests.values()):
            raise DataError(f"{name}, {at}/digest: digests in small hex digits are needed.")
        found[label] = digests
    return found


def _table(value: Any, name: str, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError(f"{name}, {at or 'at its top'}: an object is needed.")
    return value


def _decoded(value: Any, name: str, at: str) -> bytes:
    """The bytes of base64 in one of its two alphabets, written the one way there is."""
    problem = DataError(f"{name}, {at}: base64 is needed.")
    if not isinstance(value, str) or not value.isascii():
        raise problem
    altchars = b"-_" if re.search("[-_]", value) else b"+/"
    try:
        raw = base64.b64decode(value, altchars, validate=True)
    except (binascii.Error, ValueError):
        raise problem from None
    if base64.b64encode(raw, altchars).decode() != value:
        raise problem  # bits after the end that nobody reads: two texts would say the same
    return raw
