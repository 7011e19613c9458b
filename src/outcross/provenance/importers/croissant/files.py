"""The files of a Croissant data set: their digests and sizes, where they are real.

Files in the wild hold anything in `sha256`: addresses, names of branches, identifiers of git. Only 64 hexadecimal
digits are taken. Where all files of a data set tell one, the root of their manifest follows, as OpenSSF Model Signing
computes it: SHA-256 over the digests, in the order of the files' names.
"""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from outcross.provenance.importers import Places
from outcross.provenance.importers.croissant.graph import Node, text_of
from outcross.provenance.reading import Reading, says_nothing, total
from outcross.provenance.record import Proof

_EMPTY = hashlib.sha256(b"").hexdigest()
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_BYTES = re.compile(r"(\d{1,18})(?:\s*(?:B|bytes?))?", re.IGNORECASE)
_LENGTHS = {32: "an MD5 digest", 40: "an identifier of git, or a SHA-1 digest", 64: "", 96: "a SHA-384 digest",
            128: "a SHA-512 digest"}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file of a data set.

    Attributes:
        name: path within the data set, or the last part of its address.
        sha256: its digest in hexadecimal digits; empty where no real one is told.
        size: bytes; None where they are not told to the byte.
        address: where it is. place: where its digest stands.
    """

    name: str
    sha256: str
    size: int | None
    address: str
    place: str


@dataclass(frozen=True)
class Files:
    """The files of a data set.

    Attributes:
        told: files that are in no other one.
        all_told: whether they are all of it: no file is only described by a pattern, outside of a file with a digest.
    """

    told: tuple[File, ...]
    all_told: bool

    @property
    def digest(self) -> str:
        """Root of their manifest; empty where a digest is missing or a name is told twice."""
        names = {one.name for one in self.told}
        if not self.told or not self.all_told or len(names) < len(self.told):
            return ""
        if not all(one.sha256 and _is_plain(one.name) for one in self.told):
            return ""
        ordered = sorted(self.told, key=lambda one: one.name)
        return "sha256:" + hashlib.sha256(b"".join(bytes.fromhex(one.sha256) for one in ordered)).hexdigest()

    @property
    def size(self) -> int | None:
        """Bytes of all of them; None where one is not told to the byte."""
        return total(one.size for one in self.told) if self.all_told else None

    def evidence(self, places: Places, first: int) -> tuple[Proof, ...]:
        """One piece for each file with a digest, numbered from `first`."""
        found = [one for one in self.told if one.sha256]
        for index, one in enumerate(found, first):
            places.note(f"/evidence/{index}/digest", one.place)
        return tuple(Proof("manifest", 1, one.address or one.name, f"sha256:{one.sha256}") for one in found)


def files_of(reading: Reading, dataset: Node) -> Files:
    """The files that a data set tells of."""
    told, whole = [], True
    with_digest = set()
    for one in dataset.nodes("distribution"):
        if one.found("containedin"):
            continue
        if "FileObject" not in one.types:
            whole = False
            continue
        told.append(_file(reading, one))
        if told[-1].sha256:
            with_digest.add(one.id or one.text("name"))
    return Files(_distinct(reading, told), whole)


def _file(reading: Reading, one: Node) -> File:
    address = one.text("contenturl")
    digest, place = "", one.place
    for told in one.found("sha256"):
        digest, place = _sha256(reading, text_of(told.value), told.place), told.place
    sizes = [_BYTES.fullmatch(str(told.value)) for told in one.found("contentsize") if not isinstance(told.value, bool)]
    size = int(sizes[0][1]) if sizes and sizes[0] is not None else None
    return File(_named(one, address), digest, size, address, place)


def _named(one: Node, address: str) -> str:
    """The path of a file within the data set, as well as it is told."""
    parts = _split(address)
    if parts is None:
        return one.text("name") or one.id
    if parts[0]:
        return unquote(parts[1]).rstrip("/").rpartition("/")[2] or one.text("name")
    return address.removeprefix("./") or one.text("name")


def _split(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.scheme, parts.path


def _is_plain(name: str) -> bool:
    """Whether a name stays within its folder."""
    return bool(name) and not name.startswith("/") and ".." not in name.split("/") and "\\" not in name


def _sha256(reading: Reading, told: str, place: str) -> str:
    """The digest that a text is; what else it is, is noted."""
    if problem := _no_digest(told):
        reading.remark(place, f"it is no SHA-256: {problem}")
        return ""
    return told.lower()


def _no_digest(told: str) -> str:
    """Why a text is no SHA-256 digest; empty where it is one."""
    if says_nothing(told) or re.search(r"placeholder|your[_ -]?|todo", told[:200], re.IGNORECASE):
        return "a placeholder, or no text"
    if re.match(r"https?://", told):
        return "an address"
    if not _HEX.fullmatch(told):
        return f"{told[:40]!r}"
    if len(told) != 64:
        return _LENGTHS.get(len(told)) or f"{len(told)} hexadecimal digits, not 64"
    if told.lower() == _EMPTY:
        return "the digest of an empty file"
    return "a placeholder" if len(set(told.lower())) < 6 or told[:16] * 4 == told else ""


def _distinct(reading: Reading, told: list[File]) -> tuple[File, ...]:
    """The files, without digests that several of them share, which only copies of one file have."""
    seen: dict[str, int] = {}
    for one in told:
        seen[one.sha256] = seen.get(one.sha256, 0) + bool(one.sha256)
    for one in told:
        if seen[one.sha256] > 1:
            reading.remark(one.place, "the same digest is told of several files")
    return tuple(told)
