"""Bundles: a signed envelope together with what verifies it (Sigstore bundle, as OpenSSF Model Signing v1.0 uses it).

Of a key a bundle holds only a name, so whoever verifies brings the key. Certificates and entries of public logs are
left to the extra `sigstore`.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from outcross.errors import DataError
from outcross.log.dsse import IN_TOTO, MOST_BYTES, Envelope, Signature, envelope_in
from outcross.principals import Signer, key_hint
from outcross.provenance.manifest import Manifest
from outcross.strict_json import json_value

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"

Material = Literal["key", "certificate", "sigstore"]
"""What a bundle is verified with: a key, a chain of certificates, or a short-lived certificate and a public log."""

_MEDIA_TYPES = re.compile(r"application/vnd\.dev\.sigstore\.bundle(\.v0\.3\+json|\+json;version=0\.[123])")
_MATERIAL: dict[str, Material] = {
    "publicKey": "key", "x509CertificateChain": "certificate", "certificate": "sigstore",
}  # fmt: skip
_KNOWN = ("mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature")
_KNOWN_ENVELOPE = ("payload", "payloadType", "signatures")
_KNOWN_SIGNATURE = ("sig", "keyid")
_KNOWN_MATERIAL = (*_MATERIAL, "tlogEntries", "timestampVerificationData")


@dataclass(frozen=True)
class Bundle:
    """A signed envelope with what verifies it.

    Attributes:
        envelope: what is signed.
        material: what it is verified with.
        hint: of the key: SHA-256 of its PEM, in hex; empty where none is told.
    """

    envelope: Envelope
    material: Material
    hint: str = ""

    def signers(self, keys: list[str]) -> tuple[str, ...]:
        """Those of these public keys that signed; a bundle that names a key is only of that one."""
        fits = [key for key in keys if not self.hint or key_hint(key) == self.hint]
        return self.envelope.signers(fits)


def sealed(manifest: Manifest, signer: Signer) -> bytes:
    """The bundle of a manifest, signed: JSON, for a file.

    Its payload is indented, as the reference implementation writes it; keys of P-256 are what others can verify.
    """
    payload = json.dumps(manifest.statement().to_dict(), indent=1, ensure_ascii=False).encode()
    envelope = Envelope(payload, IN_TOTO, (Signature(signer.sign_bytes(IN_TOTO, payload)),))
    told: dict[str, Any] = envelope.to_dict()
    told["signatures"] = [one | {"keyid": ""} for one in told["signatures"]]
    material = {"publicKey": {"hint": key_hint(signer.public)}, "tlogEntries": []}
    return json.dumps(
        {"mediaType": MEDIA_TYPE, "verificationMaterial": material, "dsseEnvelope": told}, separators=(",", ":")
    ).encode()


def is_bundle(value: Any) -> bool:
    """Whether a plain value means to be a bundle."""
    return isinstance(value, dict) and ("mediaType" in value or "verificationMaterial" in value)


def bundle_from(data: bytes, name: str) -> Bundle:
    """The bundle in bytes.

    Raises:
        DataError: it is none; the message names the place.
    """
    if len(data) > MOST_BYTES:
        raise DataError(f"{name} has more than {MOST_BYTES >> 20} MB.", hint="No manifest is that large.")
    return bundle_in(json_value(data, name), name)


def bundle_in(value: Any, name: str) -> Bundle:
    """The bundle in a plain value; see `bundle_from`."""
    table = _table(value, name, "", _KNOWN)
    kind = table.get("mediaType")
    if not isinstance(kind, str) or not _MEDIA_TYPES.fullmatch(kind):
        raise DataError(f"{name}, /mediaType: {MEDIA_TYPE!r} is needed, not {str(kind)[:80]!r}.")
    if "verificationMaterial" not in table:
        raise DataError(f"{name} has no /verificationMaterial: nothing says what it is verified with.")
    told = _table(table["verificationMaterial"], name, "/verificationMaterial", _KNOWN_MATERIAL)
    given = [one for one in _MATERIAL if one in told]
    if len(given) != 1:
        raise DataError(f"{name}, /verificationMaterial: one of {', '.join(_MATERIAL)} is needed.")
    material = _MATERIAL[given[0]]
    entries = told.get("tlogEntries", [])
    if not isinstance(entries, list) or (material == "sigstore" and not entries):
        raise DataError(f"{name}, /verificationMaterial/tlogEntries: a list is needed, and an entry for a certificate.")
    if "dsseEnvelope" not in table:
        raise DataError(f"{name} has no /dsseEnvelope: nothing is signed in it.")
    envelope = _envelope(table["dsseEnvelope"], name)
    return Bundle(envelope, material, _hint(told, name) if material == "key" else "")


def _envelope(value: Any, name: str) -> Envelope:
    """The envelope, which in a bundle has no further fields, and one signature."""
    at = "/dsseEnvelope"
    envelope = envelope_in(value, name, at)
    if len(envelope.signatures) != 1:
        raise DataError(f"{name}, {at}/signatures: a bundle has one signature.")
    _table(value, name, at, _KNOWN_ENVELOPE)
    _table(value["signatures"][0], name, f"{at}/signatures/0", _KNOWN_SIGNATURE)
    return envelope


def _hint(told: dict[str, Any], name: str) -> str:
    at = "/verificationMaterial/publicKey"
    key = told["publicKey"]
    if not isinstance(key, dict) or not ({"hint", "rawBytes"} & set(key)):
        raise DataError(f"{name}, {at}: a hint is needed.")
    hint = key.get("hint", "")
    if not isinstance(hint, str):
        raise DataError(f"{name}, {at}/hint: a text is needed.")
    return hint


def _table(value: Any, name: str, at: str, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError(f"{name}, {at or 'at its top'}: an object is needed.")
    for key in value:
        if key not in known:
            raise DataError(f"{name}, {at}/{key[:80]}: no bundle has this.")
    return value
