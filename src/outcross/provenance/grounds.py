"""What speaks for a source: records and signatures, manifest and audit, read from files and held together."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from outcross.audits.record import Audit
from outcross.canonical import canonical_json
from outcross.errors import CallError, DataError
from outcross.estimate import Unknown
from outcross.principals import KnownKey
from outcross.provenance import documents
from outcross.provenance.assembly import Ground, Testimony
from outcross.provenance.dsse import MOST_BYTES
from outcross.provenance.hashing import compared
from outcross.provenance.manifest import WHOLE, Manifest, audit_root
from outcross.provenance.mix import Source
from outcross.provenance.parsing import record_from
from outcross.provenance.record import Record
from outcross.provenance.trust import Audited, Finding, Proofs
from outcross.provenance.verifying import Verified, verified
from outcross.run import Watcher, nobody
from outcross.shares import LABELS


@dataclass(frozen=True)
class Believing:
    """Whom a workspace believes.

    Attributes:
        keys: all that are known, revoked ones among them. listed: public keys whose word counts.
    """

    keys: tuple[KnownKey, ...] = ()
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kept:
    """What a workspace has of records and signed statements.

    Attributes:
        named: records of a source by its name, those that others supersede left out.
        found: the newest record by name or digest; raises CallError where there is none.
        statements: signed envelopes by the digest of what they speak of and their kind, with since when they are here.
    """

    named: Callable[[str], Sequence[Record]] = lambda _: ()
    found: Callable[[str], Record | None] = lambda _: None
    statements: Callable[[str, str], Sequence[tuple[bytes, str]]] = lambda _, __: ()


@dataclass(frozen=True)
class _Signed:
    """A record as it was found: with an envelope around it, or without."""

    record: Record
    seal: Verified | None = None


def ground_of(source: Source, folder: Path, kept: Kept, believing: Believing, watch: Watcher = nobody) -> Ground:
    """All that speaks for a source of a mix.

    Args:
        source: as the mix file tells it.
        folder: that its paths start from.
        kept: what the workspace has.
        believing: whom it believes.
        watch: is told how far hashing is, where a corpus is named.

    Raises:
        CallError: a file or record that it names is not there.
        DataError: one is not what it should be; the message names the file and the place.
        FaultError: one cannot be read.
    """
    return _Reading(source, folder, kept, believing).ground(watch)


class _Reading:
    """One source as it is read."""

    def __init__(self, source: Source, folder: Path, kept: Kept, believing: Believing) -> None:
        self.source, self.folder, self.kept, self.believing = source, folder, kept, believing

    def ground(self, watch: Watcher) -> Ground:
        """The manifest that the source names, its records, else the manifest that these name; bytes, then audit."""
        seal = self._told_manifest()
        found = self._records(_root(seal))
        roots = {one.record.subject.digest for one in found} - {""}
        seal = seal or self._kept_manifest(roots)
        manifest = None if seal is None else seal.manifest
        match = self._bytes(manifest, watch)
        audited, findings = self._audited(manifest)
        proofs = [self._proofs(one.seal, seal, match, audited) for one in found]
        testimonies = tuple(Testimony(one.record, proof) for one, proof in zip(found, proofs, strict=True))
        digest = manifest.root if manifest is not None else next(iter(roots)) if len(roots) == 1 else ""
        return Ground(testimonies, audited, digest, findings)

    def _records(self, root: str) -> list[_Signed]:
        """The records that the source names, or those of its name; signed ones in place of the same unsigned."""
        found = [self._told(one) for one in self.source.records]
        if not found and not self.source.op and not self.source.signature:
            found = [_Signed(one) for one in self._named(root)]
        if self.source.signature:
            found.append(self._file(self.folder / self.source.signature))
        found += [sealed for one in found if one.seal is None if (sealed := self._sealed(one.record)) is not None]
        signed = {_unbound(one.record) for one in found if one.seal is not None}
        return [one for one in found if one.seal is not None or _unbound(one.record) not in signed]

    def _told(self, name: str) -> _Signed:
        path = self.folder / name
        if path.is_file():
            return self._file(path)
        record = self.kept.found(name)
        if record is None:
            raise CallError(f"There is no file {path}, and no record {name!r} in a workspace.", hint="Check the name.")
        return _Signed(record)

    def _file(self, path: Path) -> _Signed:
        """The record in a file, signed or not."""
        data = documents.bytes_of(path)
        value = documents.json_value(data, str(path))
        if not (isinstance(value, dict) and {"payload", "dsseEnvelope"} & value.keys()):
            return _Signed(record_from(value, str(path)))
        return self._opened(data, str(path))

    def _opened(self, data: bytes, name: str, since: str = "") -> _Signed:
        seal = verified(data, name, self.believing.keys, since)
        if seal.record is None:
            raise DataError(f"{name} holds no provenance record.", hint="Name the manifest with: manifest = ...")
        return _Signed(record_from(seal.record, name), seal)

    def _sealed(self, record: Record) -> _Signed | None:
        """The signed form of a record, where the workspace has it: of several, one whose signature counts."""
        kept = self.kept.statements(record.subject.digest, "record") if record.subject.digest else ()
        made = [self._kept_seal(data, since) for data, since in kept]
        return max((one for one in made if one and one.record.digest == record.digest), key=self._worth, default=None)

    def _kept_seal(self, data: bytes, since: str) -> _Signed | None:
        """A signed record of the workspace; None where it is broken: that says nothing, and must spoil nothing."""
        try:
            return self._opened(data, "a statement in the workspace", since)
        except DataError:
            return None

    def _worth(self, one: _Signed) -> tuple[bool, bool]:
        """Whether the signature holds and is of a listed key, and whether it holds."""
        holds = one.seal is not None and one.seal.holds
        return holds and not self.believing.listed.isdisjoint(one.seal.signed_by if one.seal else ()), holds

    def _named(self, root: str) -> list[Record]:
        """Records of its name in the workspace that speak of these bytes; of the newest, where none are told."""
        some = self.kept.named(self.source.name)
        wanted = root or (some[-1].subject.digest if some else "")
        return [one for one in some if one.subject.digest in ("", wanted)]

    def _told_manifest(self) -> Verified | None:
        """The manifest that the source names."""
        if not self.source.manifest:
            return None
        path = self.folder / self.source.manifest
        found = verified(documents.bytes_of(path, MOST_BYTES), str(path), self.believing.keys)
        if found.manifest is None:
            raise DataError(f"{path} is no manifest.", hint="Make one with: outcross provenance sign CORPUS")
        return found

    def _kept_manifest(self, roots: Collection[str]) -> Verified | None:
        """The newest manifest that the workspace has of the bytes that the records name, a valid one before others."""
        kept = [one for root in sorted(roots) for one in self.kept.statements(root, "manifest")]
        made = (verified(data, "a manifest in the workspace", self.believing.keys, at) for data, at in reversed(kept))
        return max(made, key=lambda one: one.holds, default=None)

    def _bytes(self, manifest: Manifest | None, watch: Watcher) -> bool | None:
        """Whether the bytes are those of the manifest; None where either is not named."""
        if manifest is None or not self.source.corpus:
            return None
        return compared(manifest, self.folder / self.source.corpus, watch).same

    def _audited(self, manifest: Manifest | None) -> tuple[Audited | None, tuple[Finding, ...]]:
        """What labels say, where the audit is of the same bytes as far as that can be told."""
        if not self.source.audit:
            return None, ()
        path = self.folder / self.source.audit
        audit, found = _audit_in(path)
        if found is None:
            return None, (Finding("unchecked", f"Its audit {path.name} has no labels that a share of tokens rests on.",
                                  "Label a sample with planted documents: outcross label"),)  # fmt: skip
        if manifest is not None and _other_bytes(manifest, audit):
            return None, (Finding("unchecked", f"Its audit {path.name} read other bytes than its manifest names.",
                                  "Audit the bytes that are there."),)  # fmt: skip
        return found, ()

    def _proofs(self, record: Verified | None, seal: Verified | None, match: bool | None,
                audited: Audited | None) -> Proofs:  # fmt: skip
        """What was checked of a record; a manifest that is forged takes it along."""
        proofs = Proofs(bytes_match=match, manifest_subject=_root(seal), audited=audited)
        if seal is not None and _spoilt(seal):
            return replace(proofs, signature=seal.signature, revoked=seal.revoked)
        if record is None:
            return proofs
        key = record.key
        return replace(
            proofs, signature=record.signature, revoked=record.revoked, signed_by=None if key is None else key.public,
            listed=key is not None and key.public in self.believing.listed,
        )  # fmt: skip


def _root(seal: Verified | None) -> str:
    return "" if seal is None or seal.manifest is None else seal.manifest.root


def _spoilt(seal: Verified) -> bool:
    """Whether a manifest was made by who should not: a record that binds its root does not rest on its key else."""
    return seal.signature == "invalid" or (seal.revoked and seal.key is not None and seal.key.compromised)


def audited_by(audit: Audit) -> Audited | None:
    """What an audit's labels say of the share of tokens; None where there are none that a decision may rest on.

    Labels of documents that are synthetic in full bound the share from below only.
    """
    ladder = None if audit.share is None else audit.share.of("", "tokens")
    rung = None if ladder is None else ladder.rungs[LABELS]
    if ladder is None or rung is None or not rung.gateable or isinstance(rung.finding, Unknown):
        return None
    low, high = (min(max(one, 0.0), 1.0) for one in rung.finding.interval())
    return Audited((low, high if ladder.target == "partly" else 1.0), audit.digest, audited_root(audit))


def _audit_in(path: Path) -> tuple[Audit, Audited | None]:
    """The audit in a file, and what its labels say.

    Raises:
        CallError: there is no such file. DataError: it is none, or was changed so that it holds together no more.
    """
    if not path.is_file():  # a pipe or a device would never end
        raise CallError(f"There is no file {path}.", hint="Save an audit with: outcross audit CORPUS -o FILE.json")
    try:
        audit = Audit.load(path)
        return audit, audited_by(audit)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise DataError(f"{path} is no audit as outcross writes it: {type(error).__name__}: {error}.",
                        hint="Audit the corpus again.") from None  # fmt: skip


def _other_bytes(manifest: Manifest, audit: Audit) -> bool:
    """Whether an audit is known to have read other bytes than those of a manifest.

    It can be told where the manifest lists ranges as large as the audit's, and the audit tells all files that it read.
    """
    corpus, root = audit.corpus, audited_root(audit)
    told = [one for one in corpus.get("paths") or () if isinstance(one, str)]
    alike = manifest.method == "shards" and manifest.hash_type == "sha256"
    if not (alike and root and manifest.shard_size == corpus.get("range_bytes") and corpus.get("files") == len(told)):
        return False
    if manifest.paths == [WHOLE]:
        return audit_root(manifest) != root
    ends = {"/".join(parts[place:]) for parts in (one.split("/") for one in told) for place in range(len(parts))}
    return audit_root(manifest, [one for one in manifest.paths if one in ends]) != root


def audited_root(audit: Audit) -> str:
    """Root of the bytes that an audit read; empty where it read a part."""
    return str(audit.corpus.get("root") or "")


def _unbound(record: Record) -> bytes:
    """What a record says, whatever bytes it was bound to later."""
    return canonical_json(replace(record, subject=replace(record.subject, digest="")).to_dict())
