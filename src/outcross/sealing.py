"""Seals on corpora: manifests that are hashed or come from an audit, signed; and whether a seal still fits.

The keys are those of a workspace where there is one; without one, keys that the caller names.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcross.auditing import Auditing
from outcross.audits.record import Audit
from outcross.corpus import RangeDigest
from outcross.errors import CallError, DataError
from outcross.principals import KnownKey, Signer, key_id, public_from
from outcross.provenance.bundle import sealed
from outcross.provenance.hashing import IGNORED, Cut, Differences, compared, hashed, listed, named, resources_of
from outcross.provenance.manifest import WHOLE, Manifest, in_order, of_ranges
from outcross.provenance.sigstore import Identity
from outcross.provenance.verifying import Verified, signed_record, verified
from outcross.run import Watcher, nobody
from outcross.settings import Provenance, refused

if TYPE_CHECKING:
    from outcross.store import Store


@dataclass(frozen=True)
class Seal:
    """A corpus, signed.

    Attributes:
        manifest: which bytes it consists of.
        bundle: the manifest, signed, as it is written to a file.
        record: the provenance record, bound to the manifest's root and signed; None where none was given.
    """

    manifest: Manifest
    bundle: bytes
    record: bytes | None = None


@dataclass(frozen=True)
class Fit:
    """A signed file, held against keys and, where one is told, a corpus.

    Attributes:
        verified: the signature.
        differences: between the manifest and the corpus; None where no corpus was told.
    """

    verified: Verified
    differences: Differences | None = None

    @property
    def holds(self) -> bool:
        """Whether the signature is believed and the bytes are those that were signed."""
        return self.verified.holds and (self.differences is None or self.differences.same)


def seal(corpus: str | Path, signer: Signer, cut: Cut | None = None, record: Mapping[str, Any] | None = None,
         watch: Watcher = nobody) -> Seal:  # fmt: skip
    """Hash a corpus and sign for its bytes.

    Args:
        corpus: a folder or a file.
        signer: who answers for it.
        cut: how it is hashed; None for whole files.
        record: what is said of it, as plain values, to be bound to the same bytes.
        watch: is told how far it is.

    Raises:
        CallError, DataError, FaultError: see `outcross.provenance.hashing.hashed`; or the record speaks of other bytes.
    """
    return signed_for(hashed(corpus, cut, watch), signer, record)


def signed_for(manifest: Manifest, signer: Signer, record: Mapping[str, Any] | None = None) -> Seal:
    """A manifest, and a record of the same bytes, signed."""
    bound = None if record is None else signed_record(dict(record), manifest.root, signer).to_json()
    return Seal(manifest, sealed(manifest, signer), bound)


def audited(auditing: Auditing, ignored: Collection[str] = ()) -> tuple[Audit, Manifest]:
    """An audit of one folder or file, and the manifest of its shards, from one reading.

    What the audit leaves out, such as documentation and hidden files, is hashed beside it; so the manifest is the one
    that `seal` makes with shards.

    Args:
        auditing: that has not run yet.
        ignored: paths in the corpus that are left out of the manifest, besides those that always are.

    Raises:
        CallError: more than one folder or file is audited, or only a sample of it.
        DataError: a file changed meanwhile; else as `outcross.provenance.hashing.hashed`.
    """
    path, cut = _one(auditing), Cut("shards", ignored=(*IGNORED, *ignored))
    before = listed(path, cut.ignored)
    made = auditing.run()
    if listed(path, cut.ignored) != before:
        raise DataError(f"{path} changed while it was audited.", hint="Wait until nobody writes to the corpus.")
    ranges = _within(path, auditing.ranges, {one.path: one.size for one in before})
    seen = {one.path for one in ranges}
    beside = resources_of(path, [one for one in before if one.path not in seen], cut)
    whole = [one.path for one in before] == [WHOLE]
    manifest = of_ranges(named(path), ranges, () if whole else cut.ignored)
    return made, replace(manifest, resources=in_order((*manifest.resources, *beside)))


def _one(auditing: Auditing) -> Path:
    """The folder or file that is audited, whole."""
    paths = [auditing.paths] if isinstance(auditing.paths, str | Path) else list(auditing.paths)
    if len(paths) != 1 or not Path(paths[0]).exists():
        raise CallError("A manifest is made of one folder or file on this machine.", hint="Audit it alone.")
    if auditing.options.sample is not None or auditing.options.max_time is not None:
        raise CallError("A sample has no manifest: not all bytes are read.", hint="Leave --sample or --max-time out.")
    return Path(paths[0])


def _within(path: Path, ranges: Sequence[RangeDigest], sizes: Mapping[str, int]) -> list[RangeDigest]:
    """The ranges of files that were hashed whole, under their names in the corpus."""
    renamed: dict[str, list[RangeDigest]] = {}
    for one in ranges:
        name = WHOLE if WHOLE in sizes else _name_of(one.path, path)
        renamed.setdefault(name, []).append(replace(one, path=name))
    return [
        one for name, found in renamed.items()
        if sum(part.stop - part.start for part in found) == sizes.get(name) for one in found
    ]  # fmt: skip


def _name_of(shown: str, path: Path) -> str:
    """The name in a folder of a file that was found in it."""
    try:
        return Path(shown).absolute().relative_to(path.absolute()).as_posix()
    except ValueError:
        return Path(shown).resolve().relative_to(path.resolve()).as_posix()


def fit(found: Verified, name: str, corpus: str | Path, watch: Watcher = nobody) -> Fit:
    """Hold a corpus against the manifest that was verified.

    Args:
        found: see `outcross.provenance.verifying.verified`.
        name: of its file, for messages.
        corpus: a folder or a file.
        watch: is told how far it is.

    Raises:
        CallError: what was verified is no manifest, or there is no such corpus.
        DataError, FaultError, MissingExtraError: see `outcross.provenance.hashing.compared`.
    """
    if found.manifest is None:
        raise CallError(f"{name} lists no files to hold {corpus} against.", hint="Name its manifest: CORPUS.sig.")
    return Fit(found, compared(found.manifest, corpus, watch))


def named_keys(told: Sequence[str], known: Mapping[str, KnownKey]) -> list[KnownKey]:
    """The keys that are meant: of principals by name, or public keys as written.

    Args:
        told: names of principals, public keys, or PEM.
        known: the keys of a workspace by short name.

    Raises:
        CallError: a name is unknown, or a key is none.
    """
    found: list[KnownKey] = []
    for one in told:
        mine = [key for key in known.values() if key.principal == one]
        if not mine and not (":" in one or one.lstrip().startswith("-----BEGIN")):
            names = sorted({key.principal for key in known.values()})
            there = f"There are: {', '.join(names)}." if names else "Nobody has a key here yet."
            raise CallError(f"No principal {one!r} is known here.", hint=f"{there} Or give a public key.")
        found += mine or [_given(public_from(one), known)]
    return found


def _given(public: str, known: Mapping[str, KnownKey]) -> KnownKey:
    short = key_id(public)
    return known.get(short) or KnownKey(short, short, public, "")


def signers(folder: Path, told: Sequence[str], known: Mapping[str, KnownKey]) -> list[KnownKey]:
    """The keys whose word on provenance is believed: `[provenance] signers` of the settings.

    Raises:
        CallError: a name is unknown or a key is none; the message names the line of the settings.
    """
    found: list[KnownKey] = []
    for one in told:
        try:
            found += named_keys([one], known)
        except CallError as error:
            names = {key.principal for key in known.values()}
            raise refused(folder, ("provenance", "signers"), error.message.rstrip("."), names) from None
    return found


def identities(folder: Path, told: Provenance) -> list[Identity]:
    """Whose word on provenance is believed under Sigstore, with the roots of trust from the workspace's folder on.

    Raises:
        CallError: the file with the roots of trust is not there; the message names the line of the settings.
    """
    if not told.identities:
        return []
    roots = folder / (told.trusted_root or "")
    if not roots.is_file():
        raise refused(folder, ("provenance", "trusted_root"), f"There is no file {roots}", ())
    return [Identity(one.identity, one.issuer, roots) for one in told.identities]


def keep(store: "Store", made: Seal, signer: Signer) -> None:
    """Keep a seal in a workspace, and make its signer known there.

    Raises:
        CallError: the signer's name belongs to another key here, or the key was revoked.
    """
    from outcross.store.keys import Keys  # noqa: PLC0415 - SQLAlchemy, only for those who keep
    from outcross.store.provenance import Records  # noqa: PLC0415

    Keys(store).register(signer)
    kept, root = Records(store), made.manifest.root
    kept.add_statement(root, "manifest", made.bundle)
    if made.record is not None:
        kept.add_statement(root, "record", made.record)
        record = verified(made.record, "the record", [_given(signer.public, {})]).record
        kept.add(dict(record or {}), signer.name)
