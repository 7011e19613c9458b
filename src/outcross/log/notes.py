"""Checkpoints: what a log was at one moment, in three lines, signed (C2SP signed-note and tlog-checkpoint).

A note is a text, an empty line and signatures. Ed25519 keys are named by SHA-256 over the name, a newline, the byte 1
and the key; P-256 keys by SHA-256 of their SubjectPublicKeyInfo, as transparency-dev's witnesses do (byte 2).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from outcross.errors import CallError, DataError
from outcross.log.merkle import SIZE
from outcross.principals import Signer, public_pem, verify_bytes
from outcross.principals.kinds import public_bytes

ED25519 = b"\x01"
"""The byte of Ed25519 in the names of keys."""

NAMED = 4
"""Bytes of a key's name before each signature."""

MOST_NOTE = 1 << 20
"""Bytes of a note; one with 16 signatures has some 3 kB."""

MOST_SIGNATURES = 64

_ORIGIN = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_DASH = "\N{EM DASH}"


@dataclass(frozen=True)
class Checkpoint:
    """What a log was at one moment.

    Attributes:
        origin: the log's name, unique in the world.
        size: entries in it.
        root: of its tree.
    """

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Line:
    """A signature under a note.

    Attributes:
        name: of whoever signed; the log's origin for the log itself.
        key: the first bytes of a hash of the key; only a hint.
        raw: the signature.
    """

    name: str
    key: bytes
    raw: bytes


@dataclass(frozen=True)
class Note:
    """A signed checkpoint.

    Attributes:
        checkpoint: what it says.
        text: the bytes that are signed.
        lines: its signatures.
    """

    checkpoint: Checkpoint
    text: bytes
    lines: tuple[Line, ...]

    def to_text(self) -> str:
        """The note as it is written to a file."""
        return self.text.decode() + "\n" + "".join(
            f"{_DASH} {one.name} {base64.b64encode(one.key + one.raw).decode()}\n" for one in self.lines
        )  # fmt: skip

    def signers(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of these public keys that signed, under the name of the log.

        A line that names one of these keys and is not its signature makes the whole note void, as the specification
        asks: then nobody signed.
        """
        origin, found = self.checkpoint.origin, []
        for key in dict.fromkeys(keys):
            named = [one for one in self.lines if one.name == origin and one.key == key_name(origin, key)]
            held = [verify_bytes(key, one.raw, self.text) for one in named]
            if not all(held):
                return ()
            found += [key] * bool(held)
        return tuple(found)


def key_name(name: str, public: str) -> bytes:
    """The first four bytes by which a note names a key.

    Args:
        name: of whoever signs.
        public: the key, as written.

    Raises:
        CallError: it is no public key.
    """
    if public.startswith("ed25519:"):
        named = name.encode() + b"\n" + ED25519 + public_bytes(public)
    else:
        named = base64.b64decode(b"".join(public_pem(public).split(b"\n")[1:-2]))
    return hashlib.sha256(named).digest()[:NAMED]


def signed_note(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """A checkpoint, signed for the log.

    Raises:
        CallError: the origin cannot be one.
    """
    origin = checkpoint.origin
    if not _ORIGIN.fullmatch(origin):
        raise CallError(f"{origin[:80]!r} cannot be the name of a log.", hint="It has no spaces and no +.")
    text = checkpoint.to_text().encode()
    lines = (Line(origin, key_name(origin, one.public), one.sign_note(text)) for one in signers)
    return Note(checkpoint, text, tuple(lines))


def note_in(data: bytes, name: str) -> Note:
    """The signed checkpoint in bytes.

    Args:
        data: the note.
        name: of where it comes from, for messages.

    Raises:
        DataError: it is none; the message says what is wrong.
    """
    if len(data) > MOST_NOTE:
        raise DataError(f"{name} is too large for a checkpoint.")
    try:
        told = data.decode()
    except UnicodeDecodeError:
        raise DataError(f"{name} is no checkpoint: it is no UTF-8.") from None
    text, blank, signed = told.rpartition("\n\n")
    if not blank or not signed.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", told):
        raise DataError(f"{name} is no checkpoint: a text, an empty line and signatures are needed.")
    lines = signed[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise DataError(f"{name} has more than {MOST_SIGNATURES} signatures.")
    return Note(_checkpoint(text, name), (text + "\n").encode(), tuple(_line(one, name) for one in lines))


def _checkpoint(text: str, name: str) -> Checkpoint:
    origin, *more = text.split("\n")
    if len(more) < 2 or not all(more) or not _ORIGIN.fullmatch(origin) or not _SIZE.fullmatch(more[0]):
        raise DataError(f"{name} is no checkpoint: origin, size and root are needed, a line each.")
    root = decoded(more[1])
    if root is None or len(root) != SIZE:
        raise DataError(f"{name} is no checkpoint: its third line is no root.")
    return Checkpoint(origin, int(more[0]), root)


def _line(told: str, name: str) -> Line:
    dash, _, rest = told.partition(" ")
    who, _, coded = rest.partition(" ")
    raw = decoded(coded)
    if dash != _DASH or not _ORIGIN.fullmatch(who) or raw is None or len(raw) <= NAMED:
        raise DataError(f"{name} has a line that is no signature: {told[:60]!r}.")
    return Line(who, raw[:NAMED], raw[NAMED:])


def decoded(told: str) -> bytes | None:
    """The bytes of base64, written the one way there is; None where it is none."""
    try:
        raw = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == told else None
