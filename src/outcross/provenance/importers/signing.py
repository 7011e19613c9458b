"""OpenSSF Model Signing 1.0, Sigstore bundles and in-toto statements: what they say is signed, and by whom.

Nothing is verified here: whoever is named as the signer is not trusted for it. What a file can contradict by itself is
looked at: a root that is not that of its files, a log entry that is of another signature, parts that are missing.
Sources: OMS specification 1.0; sigstore_bundle.proto 0.3; DSSE 1.0.2; in-toto attestation 1.0.
"""

import base64
import binascii
import re
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from outcross.canonical import sha256
from outcross.errors import DataError
from outcross.provenance.documents import Document
from outcross.provenance.importers import Imported
from outcross.provenance.importers.bundles import require_log, signer_of, unlogged
from outcross.provenance.importers.walking import Node, Walk, joined, root_of, sha256_of
from outcross.provenance.record import Given, Proof, Record, Subject, Upstream
from outcross.strict_json import json_value

TITLE = "Signatures (OpenSSF Model Signing, Sigstore, in-toto)"
OMS = "https://model_signing/signature/v1.0"
IN_TOTO = "application/vnd.in-toto+json"

_STATEMENT = re.compile(r"https://in-toto\.io/Statement/v(0\.1|1)")
_VERSIONS = ("0.1", "0.2", "0.3")
_OF_BUNDLES = {"mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature"}
_ALGORITHMS = {"sha256": 64, "blake2b": 128, "blake3": 64}
_HEX = re.compile(r"([0-9a-f]{2})+")
_SLSA = ({"buildDefinition", "runDetails"}, {"builder", "buildType"})


def recognises(document: Document) -> bool:
    """Whether it is a bundle, an envelope, a statement, or a part of one that people take for it."""
    value = document.value
    if not isinstance(value, dict):
        return False
    named = "sigstore" in str(value.get("mediaType", ""))
    enveloped = "payload" in value and ("payloadType" in value or "signatures" in value)
    stated = "in-toto.io" in str(value.get("_type", "")) or "predicateType" in value
    return named or enveloped or stated or "dsseEnvelope" in value or any(part <= set(value) for part in _SLSA)


def read(document: Document) -> Imported:
    """The bytes that are signed, with the signature as evidence."""
    walk = Walk(document, "in-toto Statement")
    root = walk.root
    kind = str(root.fields().get("mediaType", ""))
    if "trustedroot" in kind:
        walk.standard = "Sigstore trusted root"
        root.breaks("this is a trusted root: it says whom verifiers trust, and signs nothing")
    elif "sigstore" in kind and "bundle" not in kind:
        walk.standard = "Sigstore"
        root.at("mediaType").breaks(f"this is no bundle, but {kind[:80]!r}, which signs nothing")
    elif any(part <= set(root.fields()) for part in _SLSA):
        walk.standard = "SLSA provenance"
        root.breaks("this is a bare predicate: without the statement around it, it names no subject")
    elif "_type" in root.fields() or "predicateType" in root.fields():
        _statement(walk, root, Proof("declaration"))
    elif "payload" in root.fields():
        walk.standard = "DSSE envelope"
        _envelope(walk, root, "")
    else:
        _bundle(walk)
    return walk.done()


def _bundle(walk: Walk) -> None:
    root, material = walk.root, walk.root.at("verificationMaterial")
    version = re.search(r"bundle(?:\.v|\+json;version=)([0-9.]+[0-9])", root.at("mediaType").text())
    walk.standard = f"Sigstore bundle {version[1] if version else ''}".strip()
    root.requires("mediaType", "verificationMaterial")
    if not version or version[1] not in _VERSIONS:
        root.at("mediaType").breaks(f"bundles are of the versions {', '.join(_VERSIONS)}")
    for name in root.fields().keys() - _OF_BUNDLES:
        root.at(name).breaks("a bundle has no such part")
    by = signer_of(material, version[1] if version else "")
    if root.at("dsseEnvelope"):
        _envelope(walk, root.at("dsseEnvelope"), by)
    elif root.at("messageSignature"):
        _message(walk, root.at("messageSignature"), by)
    else:
        root.breaks("it has no envelope: neither 'dsseEnvelope' nor 'messageSignature', of which one is required")


def _envelope(walk: Walk, envelope: Node, by: str) -> None:
    envelope.requires("payload", "payloadType", "signatures")
    signatures = [_decoded(one.at("sig")) for one in envelope.at("signatures").items()]
    if not signatures:
        envelope.at("signatures").breaks("it holds no signature")
    payload = _decoded(envelope.at("payload"))
    if envelope.at("payloadType").text() != IN_TOTO:
        envelope.at("payloadType").breaks(f"what is signed is no in-toto statement ({IN_TOTO})")
        return
    unlogged(walk.root.at("verificationMaterial"), signatures, payload)
    keys = joined(*(one.at("keyid").text() for one in envelope.at("signatures").items()))
    proof = Proof("signature", digest=sha256(payload), by=by or (f"key {keys}" if keys else ""))
    try:
        stated = json_value(payload, "the payload") if payload else None
    except DataError as error:
        envelope.at("payload").breaks(f"what is signed cannot be read: {error.message.rstrip('.')}")
        return
    held = envelope.at("payload")
    _statement(walk, Node(stated, held.pointer, held.defects, sealed=True), proof)


def _statement(walk: Walk, told: Node, proof: Proof) -> None:
    """A record of what a statement is about."""
    told.requires("_type", "subject", "predicateType")
    if not _STATEMENT.fullmatch(told.at("_type").text()):
        told.at("_type").breaks("this is no statement of in-toto 0.1 or 1")
    kind = told.at("predicateType").text()
    if kind == OMS:
        walk.standard = "OpenSSF Model Signing 1.0"
        _model(walk, told, proof)
        return
    walk.standard = f"{walk.standard}, {kind}" if kind else walk.standard
    require_log(walk.root.at("verificationMaterial"))
    files = {one.at("name").text(): _file(one) for one in told.at("subject").items()}
    if not files:
        told.at("subject").breaks("it names no subject")
        return
    names = list(files)
    name = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    root = root_of({one: found for one, found in files.items() if found}) if all(files.values()) else ""
    sources = _dependencies(told.at("predicate", "buildDefinition", "resolvedDependencies"))
    method = told.at("predicate", "buildDefinition", "buildType").text()
    proofs = [proof, *(Proof("manifest", uri=one, digest=found) for one, found in files.items() if found)]
    _keep(walk, Record(Subject(name, root), derived_from=sources, method=method, evidence=tuple(proofs)), told)


def _file(one: Node) -> str:
    found = sha256_of(one.at("digest", "sha256").text())
    if one.at("digest", "sha256") and not found:
        one.at("digest", "sha256").breaks("this is no SHA-256")
    return found


def _dependencies(told: Node) -> tuple[Upstream, ...] | None:
    """What a build used (SLSA). An empty list may be an incomplete one, so it is no word of there being none."""
    found: dict[str, Upstream] = {}
    for one in told.items():
        name = one.at("uri").text() or one.at("name").text()
        digest = sha256_of(one.at("digest", "sha256").text())
        if name:
            found.setdefault(name, Upstream(name, root_of({name: digest}) if digest else ""))
    return tuple(found.values()) or None


def _model(walk: Walk, told: Node, proof: Proof) -> None:
    """The files of an OMS manifest, whose root is recomputed: it must be the digest of the one subject."""
    subjects, predicate = told.at("subject").items(), told.at("predicate")
    predicate.requires("resources", "serialization")
    if len(subjects) != 1:
        told.at("subject").breaks(f"it names {len(subjects)} subjects, but the standard allows one")
        return
    subjects[0].requires("name")
    claimed = _file(subjects[0])
    if not claimed:
        subjects[0].breaks("its subject has no SHA-256")
    named = _resources(predicate.at("resources"), _serialized(predicate.at("serialization")))
    raw = b"".join(named.values())
    in_order = b"".join(named[name] for name in sorted(named))
    if claimed and claimed not in (sha256(raw), sha256(in_order)):
        told.at("subject").breaks("its root is not that of its files: the manifest was changed, or never right")
    facts = {"files": len(named), "serialization": predicate.at("serialization").value}
    proofs = (proof, Proof("manifest", digest=claimed, by=proof.by))
    name = subjects[0].at("name").text()
    _keep(walk, Record(Subject(name, claimed), evidence=proofs), told, facts)


def _serialized(told: Node) -> str:
    """How the files were listed and hashed, looked over; returns the algorithm, empty where none is told."""
    if not told:
        return ""
    told.requires("method", "hash_type", "allow_symlinks")
    method, size = told.at("method").text(), told.at("shard_size")
    if method not in ("files", "shards"):
        told.at("method").breaks("files are listed whole ('files') or in pieces ('shards')")
    if bool(size) != (method == "shards") or size.count() == 0:
        told.breaks("'shard_size' is told of shards, from 1, and of nothing else")
    return told.at("hash_type").text()


def _resources(listed: Node, algorithm: str) -> dict[str, bytes]:
    """The raw digests of files by name."""
    made: dict[str, bytes] = {}
    for one in listed.items():
        one.requires("name", "digest", "algorithm")
        name, digest = one.at("name").text(), one.at("digest").text()
        if name in made:
            one.breaks(f"the file {name[:80]!r} is listed twice")
        if one.at("algorithm").text() != algorithm:
            one.breaks(f"it is hashed with another algorithm than {algorithm[:40]!r}, as the manifest says")
        elif algorithm not in _ALGORITHMS:
            one.at("algorithm").breaks(f"the standard knows no algorithm {algorithm[:40]!r}")
        if _leads_out(name):
            one.breaks(f"the name {name[:80]!r} leads out of the folder")
        if len(digest) != _ALGORITHMS.get(algorithm, 64) or not _HEX.fullmatch(digest):
            one.breaks(f"this is no digest of the kind {algorithm[:20]!r}")
            continue
        made[name] = bytes.fromhex(digest)
    return made


def _leads_out(name: str) -> bool:
    """Whether a name is no path within a folder, or one that another system would read as none."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name


def _message(walk: Walk, message: Node, by: str) -> None:
    """A signature of one file, of which only the digest is told."""
    message.requires("signature")
    require_log(walk.root.at("verificationMaterial"))
    told = message.at("messageDigest")
    signature, digest = _decoded(message.at("signature")), _decoded(told.at("digest"))
    unlogged(walk.root.at("verificationMaterial"), [signature], b"", digest)
    if told.at("algorithm").text() != "SHA2_256" or len(digest) != 32:
        told.says("the digest of what is signed is no SHA-256, so it binds no bytes here")
        digest = b""
    name = re.sub(r"(\.bundle|\.sigstore)*(\.json)?$|\.sig$", "", Path(walk.document.name).name) or "signed file"
    file = f"sha256:{digest.hex()}" if digest else ""
    proofs = [Proof("signature", digest=sha256(signature), by=by)]
    proofs += [Proof("manifest", uri=name, digest=file)] if file else []
    _keep(walk, Record(Subject(name, root_of({name: file}) if file else ""), evidence=tuple(proofs)), message)


def _keep(walk: Walk, made: Record, told: Node, facts: Any = None) -> None:
    """Keep a record, with the places of its values and the time at which a log took the signature in."""
    draft, source = walk.draft(), walk.document.digest
    entries = walk.root.at("verificationMaterial", "tlogEntries").items()
    moment = entries[0].at("integratedTime").count() if entries else None
    issued = _moment(moment)
    if issued:
        draft.note("/issued", entries[0].at("integratedTime"))
    pointer = told.pointer or "/subject"
    places = {"/subject/name": made.subject.name, "/subject/digest": made.subject.digest, "/method": made.method}
    for target, said in places.items():
        if said:
            draft.places.noted[target] = Given(source, pointer, said)
    for place, one in enumerate(made.evidence):
        draft.places.noted[f"/evidence/{place}"] = Given(source, pointer, facts or one.digest)
    record = Record(made.subject, derived_from=made.derived_from, method=made.method, evidence=made.evidence,
                    issued=issued)  # fmt: skip
    walk.records.append(draft.record(record))


def _moment(seconds: int | None) -> str:
    if not seconds or seconds > 253_402_300_799:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _decoded(node: Node) -> bytes:
    """The bytes of base64, of the standard or the URL-safe alphabet (DSSE allows both)."""
    said = node.text().replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        node.breaks("this is no base64")
        return b""
