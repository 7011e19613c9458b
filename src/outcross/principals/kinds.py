"""Kinds of keys: how each is written, read and used. The only module that knows cryptography.

Ed25519 (RFC 8032) and ECDSA over P-256 with SHA-256 (FIPS 186-5) sign and verify. P-384 and P-521 only verify: other
tools sign manifests with them. A public key is written as its kind and its bytes in base64: the 32 bytes of Ed25519,
the compressed point (SEC 1, 2.3.3) of the others. So every key has one written form, and a short name made of it.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from outcross.errors import CallError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    Private = Ed25519PrivateKey | EllipticCurvePrivateKey
    Public = Ed25519PublicKey | EllipticCurvePublicKey

Kind = Literal["ed25519", "p256"]
"""What keys that are made here can be. P-256 is what other tools for signed manifests read."""

KINDS: tuple[Kind, ...] = ("ed25519", "p256")

MOST_SIGNATURE = 1 << 10
"""Characters of a signature in base64; the longest of ours, P-521, has 188."""


@dataclass(frozen=True)
class Curve:
    """A curve of NIST.

    Attributes:
        name: as cryptography knows it. digest: that it is used with. size: bytes of a compressed point.
    """

    name: str
    digest: str
    size: int


CURVES = {
    "p256": Curve("secp256r1", "SHA256", 33),
    "p384": Curve("secp384r1", "SHA384", 49),
    "p521": Curve("secp521r1", "SHA512", 67),
}

ED25519_SIZE = 32


def generated(kind: Kind) -> "Private":
    """A new private key."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415 - only for those who sign

    return ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())


def private_pem(private: "Private") -> bytes:
    """A private key as PKCS #8 in PEM, not encrypted."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def private_from(data: bytes) -> "Private | None":
    """The private key in PEM; None where it is none that signs here."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        private = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private
    fits = isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1)
    return private if fits and isinstance(private, ec.EllipticCurvePrivateKey) else None


def signed_by(private: "Private", data: bytes) -> bytes:
    """The signature of bytes: 64 bytes of Ed25519, or ECDSA in DER."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(data)
    return private.sign(data, ec.ECDSA(hashes.SHA256()))


def verify_bytes(public: str, signature: bytes, data: bytes) -> bool:
    """Whether a signature is that of this key under these bytes. Never raises for what others wrote.

    Args:
        public: the public key, as written.
        signature: 64 bytes of Ed25519, or ECDSA in DER.
        data: what was signed.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    try:
        key = _loaded(public)
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            digest = getattr(hashes, CURVES[public.partition(":")[0]].digest)
            key.verify(signature, data, ec.ECDSA(digest()))
    except (InvalidSignature, CallError, ValueError, UnsupportedAlgorithm):
        return False
    return True


def written(private_or_public: Any) -> str:
    """A key of cryptography, private or public, as its public part is written here.

    Raises:
        CallError: it is of no kind that is known here.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    key = private_or_public.public_key() if hasattr(private_or_public, "public_key") else private_or_public
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _as_text("ed25519", key.public_bytes_raw())
    if isinstance(key, ec.EllipticCurvePublicKey):
        kind = next((kind for kind, curve in CURVES.items() if curve.name == key.curve.name), None)
        if kind is not None:
            form = serialization.PublicFormat.CompressedPoint
            return _as_text(kind, key.public_bytes(serialization.Encoding.X962, form))
    raise CallError("This key is of a kind that is not used here.", hint="Ed25519, P-256, P-384 and P-521 are.")


def public_from(text: str) -> str:
    """A public key as it is written here, from that form or from PEM.

    Raises:
        CallError: it is none.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    if not text.lstrip().startswith("-----BEGIN "):
        return written(_loaded(text.strip()))
    try:
        return written(load_pem_public_key(text.strip().encode()))
    except (ValueError, UnsupportedAlgorithm):
        raise CallError("The PEM holds no public key.", hint="It begins with -----BEGIN PUBLIC KEY-----.") from None


def public_pem(public: str) -> bytes:
    """A public key as SubjectPublicKeyInfo in PEM.

    Raises:
        CallError: it is none.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    return _loaded(public).public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_hint(public: str) -> str:
    """The name of a key in bundles of OpenSSF Model Signing: SHA-256 of its PEM, in hex."""
    return hashlib.sha256(public_pem(public)).hexdigest()


def public_bytes(public: str) -> bytes:
    """The bytes of a public key: 32 of Ed25519, the compressed point of the others.

    Raises:
        CallError: it is none.
    """
    kind, _, encoded = public.partition(":")
    size = CURVES[kind].size if kind in CURVES else ED25519_SIZE
    try:
        raw = base64.b64decode(encoded, validate=True) if len(encoded) < MOST_SIGNATURE else b""
    except (binascii.Error, ValueError):
        raw = b""
    if kind not in (*CURVES, "ed25519") or len(raw) != size or _as_text(kind, raw) != public:
        raise CallError(
            f"{public[:80]!r} is no public key.",
            hint="It is written as ed25519: and 32 bytes in base64, p256: and 33 bytes, or as PEM.",
        )
    return raw


def _as_text(kind: str, raw: bytes) -> str:
    return f"{kind}:{base64.b64encode(raw).decode()}"


def _loaded(public: str) -> "Public":
    """The key of cryptography.

    Raises:
        CallError: it is none.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    raw = public_bytes(public)
    kind = public.partition(":")[0]
    if kind == "ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(getattr(ec, CURVES[kind].name.upper())(), raw)
    except ValueError:
        raise CallError(f"{public[:80]!r} is no point of its curve.") from None
