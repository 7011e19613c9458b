"""What a Sigstore bundle holds besides what is signed: who is said to have signed, and entries of a public log.

No signature is verified. But an entry of a log that is of another signature, other bytes or another certificate speaks
for nothing (CVE-2022-36056), and that can be seen without keys.
"""

import base64
import binascii
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from outcross.errors import DataError
from outcross.provenance.importers.certificates import names_in
from outcross.provenance.importers.walking import Node
from outcross.strict_json import json_value

_MATERIAL = ("publicKey", "certificate", "x509CertificateChain")


def signer_of(material: Node, version: str) -> str:
    """Who is said to have signed; empty where nobody is. What is missing is noted as breaking."""
    if not material:
        return ""
    held = [name for name in _MATERIAL if material.at(name)]
    if not held:
        material.breaks(f"it holds none of {', '.join(_MATERIAL)}: nobody could verify it")
        return ""
    _proven(material, version)
    if held[0] == "publicKey":
        hint = material.at("publicKey", "hint").text() or material.at("publicKey", "rawBytes").text()
        if not hint:
            material.at("publicKey").breaks("it names no key: neither a hint nor its bytes")
        return f"key {hint[:200]}" if hint else ""
    if held[0] == "certificate":
        require_log(material)
        return _certified(material.at("certificate"))
    chain = material.at("x509CertificateChain", "certificates")
    if not chain.items():
        chain.breaks("the chain holds no certificate")
    return _certified(chain.at(0))


def require_log(material: Node) -> None:
    """Note what is missing of the log: a short-lived certificate is worth nothing without the time of signing."""
    if not any(material.at(name) for name in _MATERIAL[1:]):
        return
    entries = material.at("tlogEntries")
    stamps = material.at("timestampVerificationData", "rfc3161Timestamps").items()
    if not entries.items():
        entries.breaks("it has no tlogEntries: a short-lived certificate needs an entry of a public log")
    elif not stamps and not any(one.at("inclusionPromise") and one.at("integratedTime").count()
                                for one in entries.items()):  # fmt: skip
        entries.breaks("it has no signed time: neither a promise of the log with its time, nor a timestamp")


def _proven(material: Node, version: str) -> None:
    """Each log entry must show that it is in the log, and who signed the log."""
    for one in material.at("tlogEntries").items():
        proof = one.at("inclusionProof")
        if version != "0.1" and not proof:
            one.breaks("its log entry has no inclusion proof, which bundles from 0.2 require")
        elif version != "0.1" and not proof.at("checkpoint", "envelope").text():
            proof.at("checkpoint").breaks("its inclusion proof has no checkpoint: nobody signed the log that it is of")
        elif not proof and not one.at("inclusionPromise"):
            one.breaks("its log entry has neither an inclusion proof nor a promise of one")


def _certified(certificate: Node) -> str:
    raw = certificate.at("rawBytes")
    if certificate and not raw.text():
        certificate.breaks("the certificate has no bytes")
    try:
        names = names_in(base64.b64decode(raw.text(), validate=True)) if raw.text() else ()
    except (binascii.Error, ValueError):
        raw.breaks("this is no certificate")
        return ""
    return "; ".join(names)[:300]


def unlogged(material: Node, signatures: list[bytes], payload: bytes, digest: bytes = b"") -> None:
    """Note as breaking each log entry that is not of these signatures.

    Args:
        material: verification material of a bundle.
        signatures: in it.
        payload: of its envelope; empty where it has none.
        digest: SHA-256 of the file that is signed; empty where an envelope is.
    """
    for one in material.at("tlogEntries").items() if material else []:
        body = one.at("canonicalizedBody")
        if not body:
            continue
        try:
            entry = json_value(base64.b64decode(body.text(), validate=True), "the entry")
        except (DataError, binascii.Error, ValueError):
            body.breaks("the log entry cannot be read")
            continue
        logged, hashes = list(_signatures(entry)), list(_hashes(entry))
        if logged and not set(logged) <= set(signatures):
            body.breaks("the log entry is of another signature")
        wanted = digest or (sha256(payload).digest() if payload else b"")
        if wanted and hashes and wanted not in hashes:
            body.breaks("the log entry is of other bytes")


def _values(entry: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """Values under these names anywhere in an entry: its shape differs by kind and version."""
    waiting = [entry]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from (one[name] for name in names if name in one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _signatures(entry: Any) -> Iterator[bytes]:
    for held in _values(entry, ("signature", "sig")):
        said = held.get("content") if isinstance(held, dict) else held
        if isinstance(said, str) and (found := _base64(said)):
            yield found


def _hashes(entry: Any) -> Iterator[bytes]:
    """SHA-256 of what was signed: of a file, or of an envelope's payload; none where an entry tells only others."""
    kind = entry.get("kind") if isinstance(entry, dict) else None
    told = _values(entry, ("payloadHash",)) if kind in ("dsse", "intoto") else _values(entry, ("hash",))
    for one in told:
        said = one.get("value") if isinstance(one, dict) and one.get("algorithm") == "sha256" else None
        if isinstance(said, str) and len(said) == 64:
            try:
                yield bytes.fromhex(said)
            except ValueError:
                continue


def _base64(said: str) -> bytes:
    try:
        return base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        return b""
