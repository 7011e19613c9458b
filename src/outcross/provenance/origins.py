"""Provenance records as declarations of origin: what each lets an audit take as true of the documents of its source.

A record speaks of the source that its `subject.name` names. Synthetic text is believed when declared; human text only
where a listed key or identity signed the record and the bytes that the audit read are those of its manifest, all of
them: what only a part of a corpus is bound to could be said of any document that bears the name of the source.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from outcross.errors import CallError, DataError, OutcrossError
from outcross.log.dsse import MOST_BYTES, RECORD, statement_in
from outcross.provenance import documents
from outcross.provenance.assembly import Testimony
from outcross.provenance.content import content_of
from outcross.provenance.files import SUFFIX, is_record
from outcross.provenance.hashing import IGNORED, compared, hashed, left_out, listed
from outcross.provenance.manifest import PREDICATE, Manifest
from outcross.provenance.parsing import record_from
from outcross.provenance.record import TEXT
from outcross.provenance.trust import Belief, Finding, believed, standing
from outcross.provenance.verifying import read_signed
from outcross.run import Watcher, nobody
from outcross.strict_json import json_value

SIGNED = ".provenance.sig"
"""What names of signed records end in."""

MANIFEST = ".sig"

UNBOUND = Finding(
    "unchecked", "The bytes that it speaks of are not known to be those that the audit reads.",
    "Name its manifest, too; it must list all that is audited, which must be one folder or file",
)  # fmt: skip

Side = Literal["synthetic", "human"]


@dataclass(frozen=True)
class Gathered:
    """Files that speak of sources.

    Attributes:
        records: files by the name of the source that they speak of.
        manifests: files by the root that they name.
    """

    records: Mapping[str, list[Path]] = field(default_factory=dict)
    manifests: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """What the records of one source come to.

    Attributes:
        name: of the source. side: of all its documents; None where nothing is decided.
        why: what keeps them from being believed in full; empty where nothing does.
    """

    name: str
    side: Side | None
    why: str = ""


def speaks_of_origin(path: Path) -> bool:
    """Whether a path names provenance records, and no list of sources: a folder, a record, or something signed."""
    if path.is_dir() or path.name.endswith((SUFFIX, MANIFEST)):
        return True
    if path.suffix.casefold() != ".json" or not path.is_file():
        return False
    try:
        found = documents.read(path)
        return is_record(found) or (isinstance(found.value, dict) and "dsseEnvelope" in found.value)
    except OutcrossError:
        return False  # a list of sources may be larger, and says itself what is wrong with it


def gathered(paths: Sequence[Path]) -> Gathered:
    """The records and manifests in files, and in folders under the names that outcross gives them.

    Raises:
        CallError: there is no such file, or no record in any.
        DataError: one holds neither record nor manifest. FaultError: one cannot be read.
    """
    records: dict[str, list[Path]] = {}
    manifests: dict[str, Path] = {}
    for path in dict.fromkeys(one for told in paths for one in _files(told)):
        kind, name = _subject(path)
        if kind == RECORD:
            records.setdefault(name, []).append(path)
        else:
            manifests[name] = path
    if not records:
        raise CallError(f"There is no provenance record in {', '.join(map(str, paths))}.",
                        hint=f"Name files, or a folder with *{SUFFIX} or *{SIGNED}.")  # fmt: skip
    return Gathered(records, manifests)


def _files(told: Path) -> Iterator[Path]:
    if not told.is_dir():
        yield told
        return
    yield from sorted(one for one in told.iterdir() if one.name.endswith((SUFFIX, MANIFEST)) and one.is_file())


def _subject(path: Path) -> tuple[str, str]:
    """Whether a file holds a record or a manifest, and the source or the root that it speaks of."""
    data = documents.bytes_of(path, MOST_BYTES)
    value = json_value(data, str(path))
    if not (isinstance(value, dict) and {"payload", "dsseEnvelope"} & value.keys()):
        return RECORD, record_from(value, str(path)).name
    statement = statement_in(read_signed(data, str(path)).envelope, str(path))
    if statement.predicate_type == RECORD:
        return RECORD, record_from(dict(statement.predicate), str(path)).name
    if statement.predicate_type == PREDICATE and len(statement.digests) == 1:
        return PREDICATE, next(iter(statement.digests))
    raise DataError(f"{path} holds neither a provenance record nor a manifest.", hint="Leave it out.")


def heard(name: str, testimonies: Sequence[Testimony], now: str, *, edited: bool) -> Heard:
    """What the records of one source come to.

    Args:
        name: of the source.
        testimonies: its records, with what was checked of each.
        now: ISO 8601, in UTC.
        edited: whether text that a model edited counts as synthetic.
    """
    belief = believed([(one.record, standing(one.record, one.proofs, now)) for one in testimonies])
    content = None if belief.told is None else content_of(belief.told)
    side: Side | None = None
    if content is not None:
        made = content.made if edited else content.synthetic
        side = "synthetic" if made[0] >= 1 else "human" if content.human[0] >= 1 else None
    kinds = {one.record.origin(TEXT).kind for one in testimonies}
    return Heard(name, side, "" if side in kinds else _why(belief, kinds, side))


def _why(belief: Belief, kinds: Collection[str], side: Side | None) -> str:
    """Why not all that is declared is believed, and what would mend it."""
    findings = [UNBOUND if one.code == "unchecked" else one for one in belief.findings]
    told = " ".join(dict.fromkeys(f"{one.said} {one.remedy.rstrip('.')}." for one in findings))
    if told or side is not None:
        return told
    if "human" in kinds and belief.level < 2:
        return "Nobody signed for it. Have the record signed by a listed key: outcross provenance sign."
    return f"It says {' and '.join(sorted(kinds))}, which decides the origin of no single document."


class Bytes:
    """The bytes that an audit is to read, held against what records are bound to.

    Args:
        paths: what is audited.
        whole: whether records speak of all of it, so that other bytes are a forgery and not only a part.
        watch: is told how far hashing is.
    """

    def __init__(self, paths: Sequence[str], *, whole: bool, watch: Watcher = nobody) -> None:
        self.path = Path(paths[0]) if len(paths) == 1 and Path(paths[0]).exists() else None
        self.whole, self.watch = whole, watch
        self._known: dict[str, bool | None] = {}
        self._before: Callable[[], object] | None = None
        self._found: object = None

    def match(self, root: str, manifest: Manifest | None) -> bool | None:
        """Whether they are those of a root; None where that cannot be told, or only a part of them may be."""
        if root not in self._known:
            same = self._held(root, manifest)
            self._known[root] = same if same or (self.whole and manifest is not None) else None
        return self._known[root]

    def _held(self, root: str, manifest: Manifest | None) -> bool | None:
        path = self.path
        if path is None or not root:
            return None
        try:
            self._before = self._before or (lambda: listed(path, IGNORED))
            self._found = self._found or self._before()
            if manifest is None:
                return hashed(path, watch=self.watch).root == root
            # What a manifest leaves out is read by the audit all the same.
            return not left_out(manifest, path) and compared(manifest, path, self.watch).same
        except OutcrossError:
            return None  # links, pipes and names that no manifest can list: nobody signed for these bytes

    def check(self) -> None:
        """Refuse what was read, where it is not what was hashed any more.

        Raises:
            DataError: a file changed meanwhile.
        """
        if self._before is not None and self._before() != self._found:
            raise DataError(f"{self.path} changed while it was audited.",
                            hint="Wait until nobody writes to the corpus.")  # fmt: skip


def bound(testimonies: Sequence[Testimony], match: Callable[[str], bool | None]) -> tuple[Testimony, ...]:
    """The same records, with what is found of their bytes; only of those whose signature would count.

    Args:
        testimonies: of one source.
        match: says of a root whether the bytes are those.
    """
    return tuple(
        replace(one, proofs=replace(one.proofs, bytes_match=match(one.record.subject.digest)))
        if one.proofs.signature == "valid" and one.proofs.listed else one for one in testimonies
    )  # fmt: skip
