"""Principals, and what they sign.

What is signed is the pre-authentication encoding of DSSE (secure-systems-lab, DSSE protocol 1.0.2) of a type and some
bytes (of records: their canonical JSON), so that a signature of one kind can never pass for one of another kind.
"""

import base64
import binascii
import getpass
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcross.canonical import canonical_json, sha256
from outcross.errors import CallError
from outcross.principals.kinds import MOST_SIGNATURE, public_bytes, signed_by, verify_bytes

if TYPE_CHECKING:
    from outcross.principals.kinds import Private

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")


@dataclass(frozen=True)
class Principal:
    """A person or service.

    Attributes:
        name: unique in a workspace.
        keys: its public keys, as written, in the order in which they were added.
    """

    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signer:
    """A principal who is here to sign: a name with a private key.

    Attributes:
        name: of the principal.
        public: the public key, as written.
        private: the private key, which is never shown.
    """

    name: str
    public: str
    private: "Private" = field(repr=False, compare=False)

    @property
    def key_id(self) -> str:
        """The short name of the key."""
        return key_id(self.public)

    def sign(self, kind: str, record: Any) -> str:
        """The signature of a record, in base64.

        Args:
            kind: the record's type, e.g. "outcross.label/1".
            record: plain values, see `outcross.canonical.canonical_json`.
        """
        return base64.b64encode(self.sign_bytes(kind, canonical_json(record))).decode()

    def sign_bytes(self, kind: str, data: bytes) -> bytes:
        """The signature of bytes under their type."""
        return signed_by(self.private, encoded(kind, data))

    def sign_note(self, text: bytes) -> bytes:
        """The signature of a note's text as it is, which is how signed notes (C2SP) are signed.

        Raises:
            CallError: the text could pass for an encoding of something else.
        """
        if text.startswith(b"DSSEv1 "):
            raise CallError("This text cannot be signed as a note.", hint="It begins like an encoding of DSSE.")
        return signed_by(self.private, text)


def checked_name(name: str) -> str:
    """The name, where it can be one.

    Raises:
        CallError: it cannot.
    """
    if not NAME.fullmatch(name):
        raise CallError(
            f"{name!r} is no name for a principal.",
            hint="Use letters, digits, '.', '_', '@', '+' and '-', 100 at most.",
        )
    return name


def key_id(public: str) -> str:
    """The short name of a public key: 16 hex digits of the SHA-256 of its bytes."""
    return sha256(public_bytes(public)).removeprefix("sha256:")[:16]


def here() -> str:
    """The name of whoever sits here: `$OUTCROSS_PRINCIPAL`, or the user's name on this machine."""
    chosen = os.environ.get("OUTCROSS_PRINCIPAL")
    if chosen:
        return checked_name(chosen)
    try:
        found = getpass.getuser()
    except (KeyError, OSError):
        found = ""
    return re.sub(r"[^A-Za-z0-9._@+-]", "-", found).lstrip("._@+-") or "reviewer"


def verify(public: str, signature: str, kind: str, record: Any) -> bool:
    """Whether a signature is that of this key under this record. Never raises for what others wrote.

    Args:
        public: the public key, as written.
        signature: in base64.
        kind: the record's type
        record: what was signed, see `Signer.sign`.
    """
    try:
        raw = base64.b64decode(signature, validate=True) if len(signature) <= MOST_SIGNATURE else b""
    except (ValueError, binascii.Error):
        return False
    return verify_bytes(public, raw, encoded(kind, canonical_json(record)))


def encoded(kind: str, data: bytes) -> bytes:
    """DSSE's pre-authentication encoding: `DSSEv1 LEN(type) type LEN(body) body`."""
    named = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(named), named, len(data), data)
