"""Manifests of OpenSSF Model Signing v1.0: which bytes a corpus consists of, and one digest, the root, that binds them.

A manifest lists files ("files") or ranges of files ("shards"), each with its digest. The root is the SHA-256 of these
digests as raw bytes, one after the other, in the order of the list: by the parts of the paths, then by position, as
the reference implementation (model-signing 1.1) sorts them. Files that are empty have no shards.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from outcross.corpus import RangeDigest, corpus_root
from outcross.errors import CallError, DataError
from outcross.log.dsse import Statement

PREDICATE = "https://model_signing/signature/v1.0"

Method = Literal["files", "shards"]

RANGE_BYTES = 32 << 20
"""Bytes of a shard: those of the ranges that an audit hashes, so that both can come from one reading."""

WHOLE = "."
"""The name of the one resource where the corpus is a single file."""

SIZES = {"sha256": 32, "blake2b": 64, "blake3": 32}
"""Bytes of the digests that the standard knows."""

_ALIASES = {"blake2": "blake2b"}
_SHARD = re.compile(r"(.*):(0|[1-9][0-9]{0,18}):(0|[1-9][0-9]{0,18})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Resource:
    """A file, or a range of one.

    Attributes:
        path: relative, with slashes; "." where the corpus is a single file.
        start, stop: its first byte, and the byte after its last; -1 where it is a whole file.
        digest: raw bytes.
    """

    path: str
    start: int
    stop: int
    digest: bytes

    @property
    def name(self) -> str:
        """As it stands in a manifest."""
        return self.path if self.start < 0 else f"{self.path}:{self.start}:{self.stop}"

    @property
    def order(self) -> tuple[tuple[str, ...], int, int]:
        """Its place in the list."""
        return () if self.path == WHOLE else tuple(self.path.split("/")), self.start, self.stop


@dataclass(frozen=True)
class Manifest:
    """Which bytes a corpus consists of.

    Attributes:
        name: of the corpus, for people: neither the root nor any digest depends on it.
        resources: in order.
        method: whether they are files or shards.
        shard_size: bytes of a shard; 0 for files.
        hash_type: of the resources' digests: "sha256", "blake2b" or "blake3". The root is SHA-256 always.
        ignored: paths that are left out, with all below them.
    """

    name: str
    resources: tuple[Resource, ...] = field(repr=False)
    method: Method = "files"
    shard_size: int = 0
    hash_type: str = "sha256"
    ignored: tuple[str, ...] = ()

    @cached_property
    def root(self) -> str:
        """`sha256:<hex>` of all digests in order."""
        joined = hashlib.sha256()
        for one in self.resources:
            joined.update(one.digest)
        return f"sha256:{joined.hexdigest()}"

    @property
    def paths(self) -> list[str]:
        """The files, each once, in order."""
        return list(dict.fromkeys(one.path for one in self.resources))

    def statement(self) -> Statement:
        """What is signed."""
        told: dict[str, Any] = {"method": self.method, "hash_type": self.hash_type, "allow_symlinks": False}
        if self.method == "shards":
            told["shard_size"] = self.shard_size
        if self.ignored:
            told["ignore_paths"] = list(self.ignored)
        resources = [
            {"name": one.name, "algorithm": self.hash_type, "digest": one.digest.hex()} for one in self.resources
        ]
        subjects = {self.name: {"sha256": self.root.removeprefix("sha256:")}}
        return Statement(subjects, PREDICATE, {"serialization": told, "resources": resources})


def in_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Resources in the order of a manifest."""
    return tuple(sorted(resources, key=lambda one: one.order))


def manifest_in(statement: Statement, name: str) -> Manifest:
    """The manifest that a statement is.

    Args:
        statement: whose signature is another matter.
        name: of the file that it comes from, for messages.

    Raises:
        DataError: it is none, names what lies outside of the corpus, names something twice, leaves bytes out, or its
            digests do not give its root. The message names the place.
    """
    if statement.predicate_type != PREDICATE:
        raise DataError(
            f"{name} is no manifest of OpenSSF Model Signing v1.0: it says {statement.predicate_type[:80]!r}.",
            hint="Manifests of before v1.0 must be signed anew.",
        )
    if len(statement.subjects) != 1:
        raise DataError(f"{name}, payload, /subject: a manifest has one subject, not {len(statement.subjects)}.")
    ((label, digests),) = statement.subjects.items()
    made = _filled(label, statement.predicate, f"{name}, payload, /predicate")
    if digests.get("sha256") != made.root.removeprefix("sha256:"):
        raise DataError(
            f"{name}: the resources of the manifest do not give its root.", hint="It was changed, or made wrongly."
        )
    return made


def _filled(label: str, predicate: Mapping[str, Any], at: str) -> Manifest:
    told = predicate.get("serialization")
    if not isinstance(told, dict):
        raise DataError(f"{at}/serialization: an object is needed.")
    method, hash_type, size = _serialization(told, f"{at}/serialization")
    listed = predicate.get("resources")
    if not isinstance(listed, list) or not listed:
        raise DataError(f"{at}/resources: a list of one resource or more is needed.")
    resources = tuple(
        _resource(one, (method, hash_type, size), f"{at}/resources/{number}") for number, one in enumerate(listed)
    )
    ignored = tuple(_names(told.get("ignore_paths", []), f"{at}/serialization/ignore_paths"))
    _refuse_gaps(resources, size, f"{at}/resources")
    return Manifest(label, resources, method, size, hash_type, ignored)


def _serialization(told: dict[str, Any], at: str) -> tuple[Method, str, int]:
    """Method, digest and size of shards."""
    method, hash_type, size = told.get("method"), told.get("hash_type"), told.get("shard_size", 0)
    hash_type = _ALIASES.get(hash_type, hash_type) if isinstance(hash_type, str) else ""
    if method not in ("files", "shards"):
        raise DataError(f"{at}/method: 'files' or 'shards' is needed, not {str(method)[:40]!r}.")
    if hash_type not in SIZES:
        raise DataError(
            f"{at}/hash_type: one of {', '.join(SIZES)} is needed, not {str(told.get('hash_type'))[:40]!r}."
        )
    # The reference implementation writes 1000000000.0.
    fits = isinstance(size, int | float) and not isinstance(size, bool) and size == int(size) and 0 <= size < 2**63
    if not fits or (size == 0) == (method == "shards"):
        raise DataError(f"{at}/shard_size: a whole number of bytes is needed for shards, and none for files.")
    return "files" if method == "files" else "shards", hash_type, int(size)


def _names(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        raise DataError(f"{at}: a list of paths is needed.")
    for number, one in enumerate(value):
        if not isinstance(one, str) or not one or "\0" in one:
            raise DataError(f"{at}/{number}: a path is needed.")
        yield one


def _resource(value: Any, how: tuple[Method, str, int], at: str) -> Resource:
    method, hash_type, size = how
    if not isinstance(value, dict):
        raise DataError(f"{at}: an object is needed.")
    name, digest, algorithm = value.get("name"), value.get("digest"), value.get("algorithm")
    # The reference implementation names shards' digests so.
    if _ALIASES.get(str(algorithm), algorithm) not in (hash_type, f"{hash_type}-sharded-{size}"):
        raise DataError(f"{at}/algorithm: {hash_type!r} is needed, as the manifest says, not {str(algorithm)[:40]!r}.")
    if not isinstance(digest, str) or not re.fullmatch(f"[0-9a-f]{{{2 * SIZES[hash_type]}}}", digest):
        raise DataError(f"{at}/digest: {2 * SIZES[hash_type]} small hex digits are needed.")
    if not isinstance(name, str):
        raise DataError(f"{at}/name: a text is needed.")
    path, start, stop = _ranged(name, at) if method == "shards" else (name, -1, -1)
    if problem := unfit(path):
        raise DataError(f"{at}/name: {name[:120]!r} {problem}.", hint="Nothing of this manifest is used.")
    return Resource(path, start, stop, bytes.fromhex(digest))


def _ranged(name: str, at: str) -> tuple[str, int, int]:
    found = _SHARD.fullmatch(name)
    if found is None or not int(found[2]) < int(found[3]) < 2**63:
        raise DataError(f"{at}/name: {name[:120]!r} is no shard: PATH:START:STOP is needed.")
    return found[1], int(found[2]), int(found[3])


def unfit(path: str) -> str:
    """Why a path can be no name in a manifest; empty where it can."""
    if path == WHOLE:
        return ""
    parts = path.split("/")
    if path.startswith("/") or re.match(r"[A-Za-z]:[\\/]|\\", path):
        return "is no relative path"
    if ".." in re.split(r"[/\\]", path):
        return "leads out of the corpus"
    if "\0" in path:
        return "has a zero byte"
    return "has an empty part or one of a dot alone" if "" in parts or "." in parts else ""


def _refuse_gaps(resources: tuple[Resource, ...], size: int, at: str) -> None:
    """Refuse what stands there twice, and shards that leave bytes out."""
    reached: dict[str, int] = {}
    for one in sorted(resources, key=lambda one: one.order):
        before = reached.get(one.path)
        if one.start < 0:
            if before is not None:
                raise DataError(f"{at}: {one.name[:120]!r} stands there twice.")
            reached[one.path] = 0
            continue
        if one.start != (before or 0) or one.start % size or one.stop - one.start > size:
            raise DataError(f"{at}: the shards of {one.path[:120]!r} overlap, leave bytes out or are cut at will.")
        reached[one.path] = one.stop
    if WHOLE in reached and len(reached) > 1:
        raise DataError(f"{at}: {WHOLE!r} is a corpus of one file, and there are more.")


def of_ranges(name: str, ranges: Iterable[RangeDigest], ignored: Collection[str] = ()) -> Manifest:
    """The manifest of the ranges that an audit hashed, whose paths are names in the corpus.

    Args:
        name: of the corpus.
        ranges: of all files, in any order; the one range of an empty file is left out, as the standard does.
        ignored: paths that are left out.
    """
    resources = in_order(
        Resource(one.path, one.start, one.stop, bytes.fromhex(one.digest.removeprefix("sha256:")))
        for one in ranges if one.stop > one.start
    )  # fmt: skip
    return Manifest(name, resources, "shards", RANGE_BYTES, ignored=tuple(sorted(ignored)))


def audit_root(manifest: Manifest, paths: Collection[str] | None = None) -> str:
    """The root that an audit of the same bytes has, so that both can be said to speak of the same corpus.

    Args:
        manifest: of shards that are as large as the audit's ranges.
        paths: the files that the audit read, by their names in the manifest, since it leaves documentation and hidden
            files out; what has no shards is empty. None for all files of the manifest.

    Raises:
        CallError: the manifest is none of shards and SHA-256.
    """
    if manifest.method != "shards" or manifest.hash_type != "sha256":
        raise CallError(
            f"The manifest of {manifest.name!r} lists {manifest.method} by {manifest.hash_type}; an audit hashes "
            "ranges by SHA-256.",
            hint="Sign the corpus with --shards.",
        )
    wanted = None if paths is None else set(paths)
    ranges = [
        RangeDigest(one.path, one.start, one.stop, f"sha256:{one.digest.hex()}")
        for one in manifest.resources if wanted is None or one.path in wanted
    ]  # fmt: skip
    empty = (wanted or set()) - {one.path for one in ranges}
    ranges += [RangeDigest(path, 0, 0, f"sha256:{hashlib.sha256().hexdigest()}") for path in empty]
    if manifest.paths == [WHOLE]:
        ranges = [RangeDigest(manifest.name, one.start, one.stop, one.digest) for one in ranges]
    return corpus_root(ranges)
