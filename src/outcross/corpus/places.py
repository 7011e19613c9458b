"""Where files lie: the local disk, or anything that fsspec reaches. Nothing else in the room opens a file."""

import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from outcross.corpus.quarantine import UnusableError
from outcross.doors import optional
from outcross.errors import CallError, FaultError, MissingExtraError

REMOTE_EXTRAS = {"s3": "s3", "s3a": "s3", "hf": "hf"}


def is_remote(path: str) -> bool:
    """Whether the path is a URL that fsspec opens, rather than a local file."""
    return "://" in path


def _filesystem(url: str) -> Any:
    """The fsspec file system of a URL."""
    protocol = url.split("://", 1)[0]
    extra = REMOTE_EXTRAS.get(protocol, "remote")
    fsspec = optional("fsspec", extra=extra, purpose=f"read {protocol}:// addresses")
    try:
        return fsspec.filesystem(protocol)
    except ImportError as error:
        raise MissingExtraError(
            f"To read {protocol}:// addresses, outcross needs another package: {error}",
            hint=f"Install it with: pip install 'outcross[{extra}]'",
        ) from None
    except ValueError:
        raise CallError(
            f"There is no way to read {protocol}:// addresses.",
            hint="Use a local path, or a protocol that fsspec knows, such as s3:// or hf://.",
        ) from None


def stamp(path: str) -> tuple[int, int]:
    """Size in bytes and time of change in nanoseconds (for remote files a fingerprint).

    Raises:
        UnusableError: it is no regular file.
        OSError: it is not there or may not be looked at.
    """
    if is_remote(path):
        system = _filesystem(path)
        size = system.info(path).get("size")
        if size is None:
            raise UnusableError("not a file with a known size")
        return int(size), zlib.crc32(str(system.ukey(path)).encode())
    found = Path(path).stat()
    if not stat.S_ISREG(found.st_mode):
        raise UnusableError("not a regular file")
    return found.st_size, found.st_mtime_ns


def open_file(path: str) -> BinaryIO:
    """Open a file for reading bytes; reads are not buffered for local files.

    Raises:
        OSError: it is not there or may not be read.
        FaultError: the network failed.
    """
    if not is_remote(path):
        return cast(BinaryIO, Path(path).open("rb", buffering=0))
    try:
        return cast(BinaryIO, _filesystem(path).open(path, "rb"))
    except (TimeoutError, ConnectionError) as error:
        raise FaultError(f"{path} could not be opened: {error}", hint="Try again.") from error


def head(path: str, size: int) -> bytes:
    """The first bytes of a file, `size` of them at most."""
    with open_file(path) as handle:
        return handle.read(size) or b""


def exists(path: str) -> bool:
    """Whether anything lies at the path."""
    if is_remote(path):
        return bool(_filesystem(path).exists(path))
    return os.path.lexists(path)


def is_folder(path: str) -> bool:
    """Whether the path is a folder."""
    if is_remote(path):
        return bool(_filesystem(path).isdir(path))
    return Path(path).is_dir()


def walk(folder: str) -> Iterator[str]:
    """All files below a folder, in no stated order; links are followed, each folder once."""
    if is_remote(folder):
        protocol = folder.split("://", 1)[0]
        for found in _filesystem(folder).find(folder):
            yield f"{protocol}://{found.lstrip('/')}"
        return
    seen = {os.path.realpath(folder)}
    for root, folders, files in os.walk(folder, followlinks=True):
        fresh = []
        for name in sorted(folders):
            real = os.path.realpath(os.path.join(root, name))  # noqa: PTH118  (hot for a million files)
            if real not in seen:
                seen.add(real)
                fresh.append(name)
        folders[:] = fresh
        for name in files:
            yield os.path.join(root, name)  # noqa: PTH118


def remote_glob(pattern: str) -> list[str]:
    """The files that a URL with wildcards stands for."""
    protocol = pattern.split("://", 1)[0]
    return [f"{protocol}://{found.lstrip('/')}" for found in _filesystem(pattern).glob(pattern)]


def fault_of(error: Exception) -> str:
    """A short stable reason for an error that a file gave."""
    reasons: list[tuple[type[Exception], str]] = [
        (FileNotFoundError, "file is gone"),
        (PermissionError, "permission denied"),
        (IsADirectoryError, "a folder, not a file"),
        (MemoryError, "needs more memory than there is"),
        (UnusableError, str(error)),
    ]
    return next((reason for kind, reason in reasons if isinstance(error, kind)), "cannot be read")
