"""Whom to believe: levels of evidence, findings, and what of a declaration is taken over.

| level | means |
|---|---|
| 0 | nobody says anything, or what is said is forged |
| 1 | declared |
| 2 | signed by a key that the policy lists, and the bytes are those that the signature speaks of |
| 3 | 2, and the audit of the bytes agrees, or a timestamp from before the cutoff |

What speaks against the one who says it is believed at once: "synthetic" and "edited" at level 1. What speaks for them
needs proof: "human" and "procedural" count from level 2 on; below, they leave everything possible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from outcross.provenance.content import UNKNOWN, Content, Told, admitted, content_of, hull, met
from outcross.provenance.record import NONE, PARTS, TEXT, Bounds, Part, Record

Code = Literal["absent", "contradictory", "expired", "forged", "replayed", "unlisted", "unchecked"]
Signature = Literal["valid", "invalid", "unknown", "absent"]
"""Of a known key; not that of the key it names; of a key that nobody knows; none."""

Consequence = Literal["blocks", "escalates", "lowers"]

CONSEQUENCES: Mapping[Code, Consequence] = {
    "absent": "lowers", "contradictory": "escalates", "expired": "lowers", "forged": "blocks", "replayed": "blocks",
    "unlisted": "lowers", "unchecked": "lowers",
}  # fmt: skip
"""What a finding does: it blocks whatever a policy says, asks people, or takes away what would have been believed."""


@dataclass(frozen=True)
class Finding:
    """Something about a source that its reader must know.

    Attributes:
        code: which of the seven it is. said: in a sentence. remedy: what would mend it.
    """

    code: Code
    said: str
    remedy: str

    @property
    def consequence(self) -> Consequence:
        """What follows from it."""
        return CONSEQUENCES[self.code]

    def to_dict(self) -> dict[str, str]:
        """Plain values."""
        return {"code": self.code, "said": self.said, "remedy": self.remedy}


@dataclass(frozen=True)
class Audited:
    """What people's labels of a random sample of the bytes say.

    Attributes:
        made: share of tokens in text that is at least partly synthetic, 95 % interval.
        audit: digest of the audit. root: of the bytes that it read.
    """

    made: Bounds
    audit: str = ""
    root: str = ""


@dataclass(frozen=True)
class Proofs:
    """What was checked of a record.

    Attributes:
        signed_by: public key that verified it, or identity under Sigstore; None where none did.
        listed: whether the policy lists that key. revoked: whether it was, for this signature.
        bytes_match: whether the bytes are those of its manifest; None where they were not held against it.
        signature: whether there is one, and whether it verifies.
        manifest_subject: root of the manifest that lies beside it; empty where there is none.
        audited: of the same bytes, or None.
        timestamp: whether somebody else's clock shows that the bytes are from before the cutoff.
        keyless: whether it is an identity under Sigstore that signed, and no key.
    """

    signed_by: str | None = None
    listed: bool = False
    revoked: bool = False
    bytes_match: bool | None = None
    signature: Signature = "absent"
    manifest_subject: str = ""
    audited: Audited | None = None
    timestamp: bool = False
    keyless: bool = False


@dataclass(frozen=True)
class Standing:
    """How far a record is believed.

    Attributes:
        level: 0 to 3. findings: what keeps it from more.
    """

    level: int
    findings: tuple[Finding, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether something is forged: nothing of it is believed."""
        return any(one.consequence == "blocks" for one in self.findings)


@dataclass(frozen=True)
class Belief:
    """What is believed of a source.

    Attributes:
        told: its shares, which may leave everything possible; None where nothing is said of them.
        proven: whether what is said of its models holds for all its made text.
        findings: of all its records.
        level: the highest of them.
    """

    told: Told | None
    proven: bool
    findings: tuple[Finding, ...]
    level: int


def standing(record: Record | None, proofs: Proofs, now: str) -> Standing:
    """How far a record is believed.

    Args:
        record: what is declared; None where nobody declared anything.
        proofs: what was checked of it.
        now: ISO 8601, in UTC.
    """
    if record is None:
        return Standing(0, (ABSENT,))
    if forged := _forged(record, proofs):
        return Standing(0, (forged,))
    findings = _lacking(proofs)
    level = 2 if proofs.signature == "valid" and not findings else 1
    if expired := _past(record.expires, now):
        findings.append(expired)
        level = 1
    if level == 2 and (proofs.timestamp or _agrees(record, proofs.audited)):
        level = 3
    return Standing(level, tuple(findings))


ABSENT = Finding(
    "absent", "Nobody says where it comes from.",
    "Ask its supplier for a record, or write one with: outcross provenance new",
)  # fmt: skip


def _forged(record: Record, proofs: Proofs) -> Finding | None:
    """Why a record is no honest one."""
    if proofs.signature == "invalid":
        return Finding("forged", "Its signature does not verify.", "Get it anew from whoever signed it.")
    if proofs.revoked:
        return Finding("forged", "It is signed with a key that was revoked.", "Have it signed again with a valid key.")
    if proofs.bytes_match is False:
        return Finding("forged", "Its bytes are not those that its manifest names.",
                       "Get the bytes anew, or sign what is there: outcross provenance sign")  # fmt: skip
    told = record.subject.digest
    if told and proofs.manifest_subject and told != proofs.manifest_subject:
        return Finding("replayed", "Its record speaks of other bytes than the manifest beside it.",
                       "Put each record beside its own data; have these bytes signed.")  # fmt: skip
    return None


def _lacking(proofs: Proofs) -> list[Finding]:
    """What a signature lacks."""
    if proofs.signature == "unknown" and proofs.keyless:
        return [Finding("unlisted", "It is signed under Sigstore by nobody whom the policy lists.",
                        "Add who signed to [provenance] identities, with their issuer and a trusted_root, if they are "
                        "to be trusted.")]  # fmt: skip
    if proofs.signature == "unknown":
        return [Finding("unlisted", "It is signed with a key that nobody here knows.",
                        "Enrol the key (outcross keys enrol) and add it to [provenance] signers, if it is to be "
                        "trusted.")]  # fmt: skip
    if proofs.signature != "valid":
        return []
    found = []
    if not proofs.listed:
        found.append(Finding("unlisted", "It is signed with a key that the policy does not list.",
                             "Add the key to [provenance] signers, if it is to be trusted."))  # fmt: skip
    if proofs.bytes_match is None:
        found.append(Finding("unchecked", "Its bytes were not held against its manifest.",
                             "Name the manifest and the corpus of the source in the mix."))  # fmt: skip
    return found


def _past(expires: str, now: str) -> Finding | None:
    """A record holds until the end of the day on which it expires."""
    day = expires[:10]
    if not day or now[: len(day)] <= day:
        return None
    return Finding("expired", f"Its record expired on {day}.", "Have it issued anew.")


def _agrees(record: Record, audited: Audited | None) -> bool:
    """Whether an audit leaves possible what a record declares."""
    declared = content_of(declared_by(record))
    return audited is not None and declared is not None and _overlap(declared.made, audited.made)


def _overlap(one: Bounds, other: Bounds) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def declared_by(record: Record) -> Told:
    """What a record declares of its text, taken at its word."""
    return Told(record.origin(TEXT).bounds())


def believed(records: Sequence[tuple[Record, Standing]], audited: Audited | None = None) -> Belief:
    """What is believed of a source.

    Records that exclude each other, or what an audit found, are never averaged: any of it stays possible, and people
    are asked. What an audit found takes the place of what was declared.

    Args:
        records: all that speak of the source, each with how far it is believed; of none, nobody says anything.
        audited: what labels say of its bytes, or None.
    """
    findings = [one for _, stood in records for one in stood.findings] if records else [ABSENT]
    level = max((stood.level for _, stood in records), default=0)
    if any(stood.blocked for _, stood in records):
        return Belief(None, False, tuple(findings), 0)
    contents = [content_of(declared_by(record)) or UNKNOWN for record, _ in records]
    raw, agreed = _joined(contents), True
    if raw is None:
        findings.append(_contradiction("Its records exclude each other", contents))
        raw, agreed = hull(contents), False
    if audited is not None:
        return _with_audit(raw, audited, findings, level)
    proven = level >= 2 and (agreed or all(stood.level >= 2 for _, stood in records))
    found = raw if proven else admitted(raw)
    if agreed:
        found = _joined([one if stood.level >= 2 else admitted(one)
                         for one, (_, stood) in zip(contents, records, strict=True)]) or UNKNOWN  # fmt: skip
    told = None if raw.vacuous and not any(record.generators for record, _ in records) else _as_told(found)
    return Belief(told, proven, tuple(findings), level)


def _with_audit(declared: Content, audited: Audited, findings: list[Finding], level: int) -> Belief:
    """What labels found takes the place of what was declared; where the two exclude each other, both stay possible.

    Text made by rules is not synthetic to a reviewer: a share of it is left out of the human one where it is declared.
    """
    rules: Bounds = (0.0, declared.procedural[1]) if not declared.vacuous and declared.human[1] < 1 else NONE
    made = audited.made
    if not _overlap(declared.made, made):
        measured = content_of(Told({"procedural": rules}, made)) or UNKNOWN
        findings.append(_contradiction("What is declared and the audit exclude each other", [declared, measured]))
        made = min(made[0], declared.made[0]), max(made[1], declared.made[1])
    return Belief(Told({"procedural": rules}, made), level >= 2, tuple(findings), level)


def _joined(contents: Sequence[Content]) -> Content | None:
    """What all of them leave possible; None where nothing is."""
    found: Content | None = UNKNOWN
    for one in contents:
        found = None if found is None else met(found, one)
    return found


def _contradiction(said: str, contents: Sequence[Content]) -> Finding:
    ends = " and ".join(f"{low:.3g} to {high:.3g}" for low, high in (one.made for one in contents))
    return Finding("contradictory", f"{said}: synthetic or edited {ends}.",
                   "Ask whoever declared it which is true, or label a sample: outcross label")  # fmt: skip


def _as_told(content: Content) -> Told:
    """Its shares, as if they were said."""
    shares: dict[Part, Bounds] = {part: getattr(content, part) for part in PARTS}
    return Told(shares, content.made)
