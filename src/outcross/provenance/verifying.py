"""Who signed what: a file with a signature held against the keys that are known. Pure; nothing is looked up here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from outcross.canonical import sha256
from outcross.errors import DataError
from outcross.log.dsse import MOST_BYTES, RECORD, Envelope, Statement, envelope_in, signed, statement_in
from outcross.principals import KnownKey, Signer, key_hint, key_id
from outcross.provenance.bundle import Bundle, bundle_in, is_bundle
from outcross.provenance.manifest import PREDICATE, Manifest, manifest_in
from outcross.provenance.sigstore import Attested, Identity, attested
from outcross.strict_json import json_value

Outcome = Literal["valid", "invalid", "unknown"]
"""Of a signature: of a known key; not that of the key it names; of nobody who is known."""


@dataclass(frozen=True)
class Verified:
    """A signed file, and what its signature is worth.

    Attributes:
        statement: what is signed.
        signature: see `Outcome`.
        signed_by: the public keys that signed; empty where none of the known did.
        key: what is known of the first of them; None where nobody vouches for it.
        revoked: whether that key verified nothing any more when this was made.
        manifest: where it is one.
        record: the provenance record, as plain values, where it is one.
        material: what it is verified with.
        time: when it was signed at the latest by a clock of others, ISO 8601 in UTC; empty where none tells.
    """

    statement: Statement
    signature: Outcome
    signed_by: tuple[str, ...] = ()
    key: KnownKey | None = None
    revoked: bool = False
    manifest: Manifest | None = field(default=None, repr=False)
    record: dict[str, Any] | None = None
    material: str = "key"
    time: str = ""

    @property
    def holds(self) -> bool:
        """Whether it can be believed that a known key signed this."""
        return self.signature == "valid" and not self.revoked

    @property
    def root(self) -> str:
        """SHA-256 of what it speaks of; empty where it names none, or several."""
        found = self.statement.digests
        return next(iter(found)) if len(found) == 1 else ""


def read_signed(data: bytes, name: str) -> Bundle:
    """The signed envelope in a file: a bundle, or an envelope alone.

    Raises:
        DataError: it is neither; the message names the place.
    """
    if len(data) > MOST_BYTES:
        raise DataError(f"{name} has more than {MOST_BYTES >> 20} MB.", hint="No signed statement is that large.")
    value = json_value(data, name)
    return bundle_in(value, name) if is_bundle(value) else Bundle(envelope_in(value, name), "key")


def verified(data: bytes, name: str, keys: Iterable[KnownKey], made: str = "") -> Verified:
    """Verify a signed manifest, record or other statement.

    Args:
        data: of the file.
        name: of the file, for messages.
        keys: that are known, revoked ones among them.
        made: when it was made, ISO 8601, as somebody else than the signer knows it; empty where nobody does: a record
            then counts from when it says it was issued.

    Raises:
        DataError: it is no signed statement, or a broken one.
    """
    known = {one.public: one for one in keys}
    bundle = read_signed(data, name)
    statement = statement_in(bundle.envelope, name)
    record = _record_in(statement, name) if statement.predicate_type == RECORD else None
    manifest = manifest_in(statement, name) if statement.predicate_type == PREDICATE else None
    signers = tuple(key for key in bundle.signers(list(known)) if record is None or _names(bundle.envelope, key))
    key = next((known[one] for one in signers if known[one].holds(made or _issued(record))), None)
    first = key or (known[signers[0]] if signers else None)
    outcome: Outcome = "valid" if signers else _failed(bundle, known)
    return Verified(
        statement, outcome, signers, first, bool(signers) and key is None, manifest, record, bundle.material
    )


def vouched(data: bytes, name: str, told: Attested) -> Verified:
    """A bundle whose signature somebody else has verified, as Sigstore does.

    Args:
        data: of the file.
        name: of the file, for messages.
        told: what was verified: of the file only this is read.

    Raises:
        DataError: it is no signed statement, or a broken one.
    """
    statement = statement_in(Envelope(told.payload, told.kind, ()), name)
    record = _record_in(statement, name) if statement.predicate_type == RECORD else None
    manifest = manifest_in(statement, name) if statement.predicate_type == PREDICATE else None
    key = KnownKey(sha256(data).removeprefix("sha256:")[:16], told.identity, "", "")
    return Verified(statement, "valid", (told.identity,), key, manifest=manifest, record=record, material="sigstore",
                    time=told.time)  # fmt: skip


def verified_by(
    data: bytes, name: str, keys: Iterable[KnownKey], listed: Sequence[Identity], made: str = ""
) -> Verified:
    """Verify a signed statement with the keys that are known or, where it is a bundle of Sigstore, by who is listed.

    A bundle that says that somebody listed signed it, and does not hold, is invalid; of anybody else's nothing is
    known, as with keys.

    Args:
        data: of the file.
        name: of the file, for messages.
        keys: that are known.
        listed: whose word counts under Sigstore.
        made: see `verified`.

    Raises:
        CallError: Sigstore's roots of trust cannot be read.
        DataError: it is no signed statement, or a broken one.
        MissingExtraError: it is a bundle of Sigstore, somebody is listed, and the extra is not installed.
    """
    found = verified(data, name, keys, made)
    if found.material != "sigstore" or found.signature != "unknown" or not listed:
        return found
    try:
        told = attested(data, listed, name)
    except DataError:
        return replace(found, signature="invalid")
    return found if told is None else vouched(data, name, told)


def signed_record(record: dict[str, Any], root: str, signer: Signer) -> Envelope:
    """A record in a signed envelope, bound to the bytes with this root.

    Args:
        record: plain values, see `outcross.provenance.record.Record.to_dict`.
        root: `sha256:<hex>` of the bytes' manifest.
        signer: who says so.

    Raises:
        DataError: it names no source, or other bytes.
    """
    subject = record.get("subject")
    if not isinstance(subject, dict) or not isinstance(subject.get("name"), str) or not subject["name"]:
        raise DataError("The record names no source.", hint='It needs a "subject" with a "name".')
    told = subject.get("digest") or root
    if told != root:
        raise DataError(
            f"The record of {subject['name']!r} speaks of other bytes: it names {told}, and these are {root}.",
            hint="Sign the corpus that it speaks of, or take the digest out of the record.",
        )
    bound = record | {"subject": subject | {"digest": root}}
    subjects = {subject["name"]: {"sha256": root.removeprefix("sha256:")}}
    return signed(Statement(subjects, RECORD, bound), signer)


def _record_in(statement: Statement, name: str) -> dict[str, Any]:
    """The record in a statement, which must be about the same bytes as the statement."""
    record = dict(statement.predicate)
    subject = record.get("subject")
    root = subject.get("digest") if isinstance(subject, dict) else None
    if statement.digests != {root}:
        raise DataError(
            f"{name}: the record inside speaks of other bytes than the statement around it.",
            hint="It was put together from two; do not believe either.",
        )
    return record


def _issued(record: dict[str, Any] | None) -> str:
    return str(record.get("issued", "")) if record else ""


def _names(envelope: Envelope, public: str) -> bool:
    """Whether the envelope names this key, as ours do: a changed name is noticed, too, though nothing rests on it."""
    return any(one.keyid == key_id(public) for one in envelope.signatures)


def _failed(bundle: Bundle, known: Iterable[str]) -> Outcome:
    """Of a signature that no known key made: whether it claims to be of one of them."""
    claimed = {bundle.hint, *(one.keyid for one in bundle.envelope.signatures)} - {""}
    return "invalid" if any({key_hint(one), key_id(one)} & claimed for one in known) else "unknown"
