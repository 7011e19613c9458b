"""Principals: people and services who sign what they say. A name with one key or several; several keys are one vote.

Keys are Ed25519 (RFC 8032). What is signed is the pre-authentication encoding of DSSE (secure-systems-lab, DSSE
protocol 1.0.0) of a type and the canonical JSON of a record, so that a signature of one kind of record can never
pass for one of another kind. Private keys lie in the user's own configuration, readable by the user alone.
"""

import base64
import binascii
import getpass
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcross.canonical import canonical_json, sha256
from outcross.errors import CallError, FaultError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "ed25519:"
"""Begins every public key as it is written: `ed25519:` and 32 bytes in base64."""

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
    """

    name: str
    public: str
    _private: "Ed25519PrivateKey" = field(repr=False, compare=False)

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
        return base64.b64encode(self._private.sign(_encoded(kind, record))).decode()


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
    return sha256(_public_bytes(public)).removeprefix("sha256:")[:16]


def config_folder() -> Path:
    """Where the user's own settings and keys are: `$OUTCROSS_CONFIG`, or outcross's folder in the user's."""
    chosen = os.environ.get("OUTCROSS_CONFIG")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "outcross"


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


def key_path(name: str, folder: Path | None = None) -> Path:
    """Where the private key of a principal lies on this machine."""
    return (folder or config_folder()) / "keys" / f"{checked_name(name)}.pem"


def make(name: str, folder: Path | None = None) -> Signer:
    """Make a key for a principal and keep it in the user's configuration.

    Args:
        name: of the principal.
        folder: the configuration; None for the user's own.

    Raises:
        CallError: there is a key of this name here already: a key is never replaced.
        FaultError: it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only for those who sign
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    path = key_path(name, folder)
    private = Ed25519PrivateKey.generate()
    data = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        _write_new(path, data)
    except FileExistsError:
        raise CallError(f"There is a key of {name!r} in {path} already.", hint="It is used as it is.") from None
    except OSError as error:
        raise FaultError(
            f"Cannot keep a key in {path}: {error.strerror}.", hint="OUTCROSS_CONFIG names another folder."
        ) from None
    return _signer(name, private)


def _write_new(path: Path, data: bytes) -> None:
    """A file that only its owner reads, from its first byte on; whole or not at all, never over another."""
    draft = path.with_name(f"{path.name}.draft-{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def load(name: str, folder: Path | None = None) -> Signer:
    """The key of a principal that lies on this machine.

    Raises:
        CallError: there is none, others can read it, or it is no Ed25519 key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    path = key_path(name, folder)
    try:
        data, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        raise CallError(f"There is no key of {name!r} on this machine.", hint="One is made on first use.") from None
    except OSError as error:
        raise FaultError(f"Cannot read the key {path}: {error.strerror}.") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CallError(f"Others can read the private key {path}.", hint=f"Close it with: chmod 600 {path}")
    try:
        private = load_pem_private_key(data, None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise CallError(f"{path} holds no Ed25519 key in PEM.", hint="Move it away, and a new one is made.")
    return _signer(name, private)


def load_or_make(name: str, folder: Path | None = None) -> tuple[Signer, bool]:
    """The key of a principal on this machine, and whether it was made just now."""
    if key_path(name, folder).exists():
        return load(name, folder), False
    try:
        return make(name, folder), True
    except CallError:  # another process was quicker
        return load(name, folder), False


def verify(public: str, signature: str, kind: str, record: Any) -> bool:
    """Whether a signature is that of this key under this record. Never raises for what others wrote.

    Args:
        public: the public key, as written.
        signature: in base64.
        kind: the record's type
        record: what was signed, see `Signer.sign`.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        key = Ed25519PublicKey.from_public_bytes(_public_bytes(public))
        key.verify(base64.b64decode(signature, validate=True), _encoded(kind, record))
    except (InvalidSignature, CallError, ValueError, binascii.Error):
        return False
    return True


def _signer(name: str, private: "Ed25519PrivateKey") -> Signer:
    raw = private.public_key().public_bytes_raw()
    return Signer(name, PREFIX + base64.b64encode(raw).decode(), private)


def _public_bytes(public: str) -> bytes:
    """The 32 bytes of a public key.

    Raises:
        CallError: it is none.
    """
    try:
        raw = base64.b64decode(public.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not public.startswith(PREFIX) or len(raw) != 32:
        raise CallError(f"{public[:80]!r} is no public key.", hint=f"It is written as {PREFIX} and 32 bytes in base64.")
    return raw


def _encoded(kind: str, record: Any) -> bytes:
    """DSSE's pre-authentication encoding: `DSSEv1 LEN(type) type LEN(body) body`."""
    body = canonical_json(record)
    named = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(named), named, len(body), body)
