"""Private keys on this machine: files in the user's own configuration that the user alone can read."""

import os
import re
import stat
from pathlib import Path

from outcross.errors import CallError, FaultError
from outcross.principals.kinds import Kind, generated, private_from, private_pem, written
from outcross.principals.signing import Signer, checked_name, key_id

_ROTATED = re.compile(r"\.([0-9a-f]{16}|next)$")
"""What ends the names of keys that come or that went, in the folder of those in use."""


def config_folder() -> Path:
    """Where the user's own settings and keys are: `$OUTCROSS_CONFIG`, or outcross's folder in the user's."""
    chosen = os.environ.get("OUTCROSS_CONFIG")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "outcross"


def key_path(name: str, folder: Path | None = None) -> Path:
    """Where the private key of a principal lies on this machine."""
    return (folder or config_folder()) / "keys" / f"{checked_name(name)}.pem"


def make(name: str, folder: Path | None = None, kind: Kind = "ed25519") -> Signer:
    """Make a key for a principal and keep it in the user's configuration.

    Args:
        name: of the principal.
        folder: the configuration; None for the user's own.
        kind: of the key.

    Raises:
        CallError: there is a key of this name here already: a key is never replaced; or the name is one that the keys
            of a rotation have.
        FaultError: it cannot be written.
    """
    if _ROTATED.search(name):
        raise CallError(
            f"{name!r} ends like the keys that a rotation puts aside, and would be taken for one.",
            hint="Choose a name with another ending.",
        )
    return _made(name, folder, kind)


def _made(name: str, folder: Path | None, kind: Kind) -> Signer:
    path = key_path(name, folder)
    private = generated(kind)
    try:
        _prepare(path.parent)
        _write_new(path, private_pem(private))
    except FileExistsError:
        raise CallError(
            f"There is a key of {name!r} in {path} already.",
            hint=f"It is used as it is; another takes its place with: outcross keys rotate {name}",
        ) from None
    except OSError as error:
        raise _not_kept(path, error) from None
    return Signer(name, written(private), private)


def load(name: str, folder: Path | None = None) -> Signer:
    """The key of a principal that lies on this machine.

    Raises:
        CallError: there is none, others can read it, or it is no key that signs here.
    """
    path = key_path(name, folder)
    try:
        data, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        raise CallError(
            f"There is no key of {name!r} on this machine.", hint=f"Make one with: outcross keys new {name}"
        ) from None
    except OSError as error:
        raise FaultError(f"Cannot read the key {path}: {error.strerror}.") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CallError(f"Others can read the private key {path}.", hint=f"Close it with: chmod 600 {path}")
    private = private_from(data)
    if private is None:
        raise CallError(
            f"{path} holds no Ed25519 key and no P-256 key in PEM.", hint="Move it away, and a new one is made."
        )
    return Signer(name, written(private), private)


def load_or_make(name: str, folder: Path | None = None) -> tuple[Signer, bool]:
    """The key of a principal on this machine, and whether it was made just now."""
    if key_path(name, folder).exists():
        return load(name, folder), False
    try:
        return make(name, folder), True
    except CallError:  # another process was quicker
        return load(name, folder), False


def successor(name: str, folder: Path | None = None, kind: Kind = "ed25519") -> Signer:
    """A further key of a principal, in a file beside the one in use, until `replace` puts it in its place.

    One that an interrupted rotation left is taken up again.

    Raises:
        CallError: what lies there is no key, or of another kind.
        FaultError: it cannot be written.
    """
    waiting = f"{name}.next"
    if len(waiting) > 100:
        raise CallError(f"The name {name!r} is too long for its key to be rotated.")
    try:
        made = load(waiting, folder) if key_path(waiting, folder).exists() else _made(waiting, folder, kind)
    except CallError as error:
        if not isinstance(error.__context__, FileExistsError | FileNotFoundError):
            raise
        raise CallError(f"Another process rotates the key of {name!r}.", hint="Look at: outcross keys list") from None
    if made.public.partition(":")[0] != kind:
        raise CallError(
            f"An interrupted rotation left another kind of key in {key_path(waiting, folder)}.",
            hint=f"Go on with --kind {made.public.partition(':')[0]}, or delete it.",
        )
    return Signer(name, made.public, made.private)


def replace(name: str, old: Signer, folder: Path | None = None) -> Path:
    """Put the successor of a key into its place; the old one stays beside it, under its short name.

    Returns:
        Where the old key lies now.

    Raises:
        FaultError: it cannot be moved.
    """
    path = key_path(name, folder)
    kept = path.with_name(f"{name}.{key_id(old.public)}.pem")
    try:
        path.replace(kept)
        key_path(f"{name}.next", folder).replace(path)
    except OSError as error:
        raise _not_kept(path, error) from None
    return kept


def keys_here(folder: Path | None = None) -> list[str]:
    """Names of the principals whose keys lie on this machine."""
    place = (folder or config_folder()) / "keys"
    names = sorted(path.stem for path in place.glob("*.pem")) if place.is_dir() else []
    return [name for name in names if not _ROTATED.search(name)]


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def _not_kept(path: Path, error: OSError) -> FaultError:
    return FaultError(f"Cannot keep a key in {path}: {error.strerror}.", hint="OUTCROSS_CONFIG names another folder.")


def _write_new(path: Path, data: bytes) -> None:
    """A file that only its owner reads, from its first byte on; whole or not at all, never over another."""
    draft = path.with_name(f"{path.name}.draft-{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
