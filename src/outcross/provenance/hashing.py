"""Digests of a corpus's files in one pass of reading, and what has changed since they were signed."""

import hashlib
import itertools
import os
import stat
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outcross.doors import optional
from outcross.errors import CallError, DataError, FaultError
from outcross.provenance.manifest import RANGE_BYTES, WHOLE, Manifest, Method, Resource, in_order, unfit
from outcross.run import Clock, Progress, Watcher, nobody

BLOCK = 1 << 20
"""Bytes that are read at once."""

THREADS = max(2, min(os.cpu_count() or 2, 8))
"""Files, or shards, that are hashed at the same time; hashing holds no lock of Python."""

IGNORED = (".git", ".gitattributes", ".github", ".gitignore", ".outcross")
"""What is left out of a corpus: what belongs to version control, and to outcross."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a corpus.

    Attributes:
        path: relative, with slashes. size: in bytes. changed: nanoseconds of its last change.
    """

    path: str
    size: int
    changed: int


@dataclass(frozen=True)
class Cut:
    """How a corpus is hashed.

    Attributes:
        method: whole files, or shards of them. shard_size: bytes of a shard.
        hash_type: see `Manifest`.
        ignored: paths in the corpus that are left out, with all below them.
    """

    method: Method = "files"
    shard_size: int = RANGE_BYTES
    hash_type: str = "sha256"
    ignored: tuple[str, ...] = IGNORED


@dataclass(frozen=True)
class Differences:
    """A corpus held against its manifest.

    Attributes:
        matching: resources whose bytes are those that were signed.
        differing: names of resources whose bytes are not.
        missing: files, or shards of a file that is shorter now, that are gone.
        new: files, or shards of a file that is longer now, that were not signed.
    """

    matching: int
    differing: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the corpus is what was signed."""
        return not (self.differing or self.missing or self.new)


@dataclass
class _Work:
    """What threads do together: each takes the next resource, hashes it and puts its digest down."""

    base: Path
    jobs: Sequence[tuple[Found, int, int]]
    hash_type: str
    digests: list[bytes] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    halt: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.digests = [b""] * len(self.jobs)
        self.done = [0] * THREADS
        self._next = itertools.count()

    def work(self, thread: int) -> None:
        """Hash until there is no more."""
        buffer = memoryview(bytearray(BLOCK))
        while not self.halt.is_set():
            number = next(self._next)
            if number >= len(self.jobs):
                return
            try:
                self.digests[number] = self._digest(self.jobs[number], buffer, thread)
            except BaseException:
                self.halt.set()
                raise

    def _digest(self, job: tuple[Found, int, int], buffer: memoryview, thread: int) -> bytes:
        found, start, stop = job
        state = hasher(self.hash_type)
        left = (found.size if start < 0 else stop) - max(start, 0)
        with _opened(self.base, found.path) as handle:
            if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
                raise _changed(found)
            handle.seek(max(start, 0))
            while left and not self.halt.is_set():
                size = handle.readinto(buffer[: min(left, BLOCK)])
                if not size:
                    break
                state.update(buffer[:size])
                left -= size
                self.done[thread] += size
            now = os.fstat(handle.fileno())
        if not self.halt.is_set() and (left or (now.st_size, now.st_mtime_ns) != (found.size, found.changed)):
            raise _changed(found)
        digest: bytes = state.digest()
        return digest


def hashed(corpus: str | Path, cut: Cut | None = None, watch: Watcher = nobody) -> Manifest:
    """The manifest of a corpus: every file of a folder, or one file, read once.

    Args:
        corpus: a folder or a file.
        cut: how it is hashed; None for whole files and SHA-256.
        watch: is told how far it is.

    Raises:
        CallError: there is no such corpus, or it has no files.
        DataError: it has a symbolic link, something that is no file, or a name that cannot be written down; or a file
            changed while it was read.
        FaultError: a file cannot be read.
        MissingExtraError: blake3 is asked for and not installed.
    """
    cut = cut or Cut()
    path = Path(corpus)
    files = listed(path, cut.ignored)
    if not any(one.size for one in files) and (not files or cut.method == "shards"):
        raise CallError(
            f"There is nothing in {path} to be signed for.", hint="Name the folder of a corpus, or one file."
        )
    ignored = () if files[0].path == WHOLE else cut.ignored
    size = cut.shard_size if cut.method == "shards" else 0
    resources = in_order(resources_of(path, files, cut, watch))
    return Manifest(named(path), resources, cut.method, size, cut.hash_type, ignored)


def resources_of(corpus: Path, files: Sequence[Found], cut: Cut, watch: Watcher = nobody) -> list[Resource]:
    """The resources of some files of a corpus, hashed.

    Raises:
        DataError, FaultError, MissingExtraError: see `hashed`.
    """
    jobs = [job for one in files for job in _pieces(one, cut)]
    digests = _digests(corpus, jobs, cut.hash_type, watch)
    return [Resource(one.path, start, stop, made) for (one, start, stop), made in zip(jobs, digests, strict=True)]


def compared(manifest: Manifest, corpus: str | Path, watch: Watcher = nobody) -> Differences:
    """Hold a corpus against its manifest. Only what both know is read; no path of the manifest is ever opened.

    Raises:
        CallError, DataError, FaultError, MissingExtraError: as `hashed`.
    """
    path = Path(corpus)
    cut = Cut(manifest.method, manifest.shard_size or RANGE_BYTES, manifest.hash_type, (*IGNORED, *manifest.ignored))
    files = listed(path, cut.ignored)
    there = {(one.path, start): (one, start, stop) for file in files for one, start, stop in _pieces(file, cut)}
    signed = {(one.path, one.start): one for one in manifest.resources}
    both = [place for place, one in signed.items() if place in there and there[place][2] == one.stop]
    digests = _digests(path, [there[place] for place in both], cut.hash_type, watch)
    same = {place for place, made in zip(both, digests, strict=True) if made == signed[place].digest}
    differing = [one.name for place, one in signed.items() if place in there and place not in same]
    found, known = {one.path for one in files}, set(manifest.paths)
    missing = [one.name if one.path in found else one.path for place, one in signed.items() if place not in there]
    new = [_name(*one) if one[0].path in known else one[0].path for place, one in there.items() if place not in signed]
    return Differences(len(same), tuple(differing), tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(new)))


def listed(corpus: Path, ignored: Collection[str]) -> list[Found]:
    """The files of a corpus by name, without what is ignored.

    Raises:
        CallError, DataError, FaultError: see `hashed`.
    """
    try:
        told = corpus.stat()
        if stat.S_ISREG(told.st_mode):
            return [Found(WHOLE, told.st_size, told.st_mtime_ns)]
        if not stat.S_ISDIR(told.st_mode):
            raise CallError(f"{corpus} is neither a folder nor a file.")
        return sorted(_walked(corpus, "", frozenset(_plain(one) for one in ignored)), key=lambda one: one.path)
    except (FileNotFoundError, ValueError):
        if corpus.exists():
            raise DataError(f"{corpus} changed while it was listed.", hint="Wait until nobody writes to it.") from None
        raise CallError(f"There is no file or folder {str(corpus)!r}.", hint="Check the path.") from None
    except OSError as error:
        raise FaultError(f"{corpus} cannot be read: {error.strerror}.", hint="Check its rights.") from None


def _changed(found: Found) -> DataError:
    return DataError(f"{found.path} changed while it was read.", hint="Wait until nobody writes to the corpus.")


def _plain(path: str) -> str:
    """A path to be ignored as names are written."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _walked(folder: Path, above: str, ignored: frozenset[str]) -> Iterator[Found]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{above}{entry.name}"
            if path in ignored:
                continue
            problem = unfit(path) or ("" if path.isprintable() or _utf8(path) else "is no UTF-8")
            if problem:
                raise DataError(f"{path!r} in the corpus {problem}: no manifest can name it.", hint="Rename it.")
            if entry.is_symlink():
                raise DataError(
                    f"{path!r} in the corpus is a symbolic link: what it leads to may change unseen.",
                    hint="Put the file itself there, or leave it out with --ignore.",
                )
            if entry.is_dir(follow_symlinks=False):
                yield from _walked(folder / entry.name, f"{path}/", ignored)
                continue
            told = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(told.st_mode):
                raise DataError(f"{path!r} in the corpus is no file and no folder.", hint="Leave it out with --ignore.")
            yield Found(path, told.st_size, told.st_mtime_ns)


def _utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pieces(one: Found, cut: Cut) -> Iterator[tuple[Found, int, int]]:
    if cut.method == "files":
        yield one, -1, -1
        return
    for start in range(0, one.size, cut.shard_size):
        yield one, start, min(start + cut.shard_size, one.size)


def _name(one: Found, start: int, stop: int) -> str:
    return Resource(one.path, start, stop, b"").name


def _digests(corpus: Path, jobs: Sequence[tuple[Found, int, int]], hash_type: str, watch: Watcher) -> list[bytes]:
    """The digest of each piece, in the order of the pieces."""
    hasher(hash_type)  # where it is not installed, that is told before any work
    work, clock = _Work(corpus, jobs, hash_type), Clock()
    total = sum((one.size if start < 0 else stop - start) for one, start, stop in jobs)
    with ThreadPoolExecutor(THREADS) as pool:
        running = {pool.submit(work.work, number) for number in range(THREADS)}
        try:
            while running:
                ended, running = wait(running, timeout=0.25)
                watch(Progress("hashing", sum(work.done), total, 0, sum(work.done), clock.seconds))
                for one in ended:
                    one.result()
        except OSError as error:
            raise FaultError(f"{error.filename or corpus} cannot be read: {error.strerror}.") from None
        finally:
            work.halt.set()
    return work.digests


def _opened(base: Path, path: str) -> Any:
    """A file of the corpus, which must be a file still: neither link nor pipe has taken its place."""
    whole = base if path == WHOLE else base / path
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (0 if path == WHOLE else getattr(os, "O_NOFOLLOW", 0))
    return os.fdopen(os.open(whole, flags | getattr(os, "O_BINARY", 0)), "rb", buffering=0)


def named(corpus: Path) -> str:
    """The name of a corpus: the last part of its path."""
    return corpus.name if corpus.name not in ("", "..") else corpus.resolve().name or "corpus"


def hasher(hash_type: str) -> Any:
    """A fresh state of a digest.

    Raises:
        CallError: nobody knows it.
        MissingExtraError: blake3 is not installed.
    """
    made: dict[str, Callable[[], Any]] = {"sha256": hashlib.sha256, "blake2b": hashlib.blake2b}
    if hash_type in made:
        return made[hash_type]()
    if hash_type != "blake3":
        raise CallError(f"There is no digest {hash_type!r}.", hint="There are: sha256, blake2b, blake3.")
    return optional("blake3", extra="blake3", purpose="hash with BLAKE3").blake3()
