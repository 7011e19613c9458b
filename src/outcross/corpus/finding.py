"""From what the user names (files, folders, wildcards, addresses, "-") to files and nothing else."""

import atexit
import difflib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from outcross.corpus import places
from outcross.corpus.terms import sayable
from outcross.errors import CallError, FaultError

MAGIC = re.compile(r"[*?\[]")
STDIN = "-"
WORKSPACE = ".outcross"
"""Where outcross keeps its runs: never data, and no news either."""


@dataclass
class Named:
    """The files that the user named.

    Attributes:
        files: paths, each once, with whether the user named the very file.
        real: the path to open where it is not the path that is shown (the standard input).
        skipped: what was left out, with the reason.
    """

    files: dict[str, bool] = field(default_factory=dict)
    real: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def named_files(paths: Sequence[str]) -> Named:
    """All files that the paths stand for, sorted.

    Raises:
        CallError: a path is not there, or is neither file nor folder.
    """
    if not paths:
        raise CallError("No data are named.", hint="Name files or folders, or - for the standard input.")
    local = [path for path in paths if path != STDIN and not places.is_remote(path)]
    absolute = any(os.path.isabs(path) for path in local)  # noqa: PTH117  (paths stay strings)
    named = Named()
    for path in paths:
        if not path:
            raise CallError("A path is empty.", hint="Name files or folders; . is this folder.")
        if path == STDIN:
            named.files[STDIN] = True
            named.real[STDIN] = _spooled()
            continue
        for found, explicit in _expanded(_normal(path, absolute), named.skipped):
            named.files[found] = named.files.get(found, False) or explicit
    _drop_doubles(named)
    for path in list(named.files):
        if sayable(path) != path:
            named.real[sayable(path)] = path
    named.files = {sayable(path): explicit for path, explicit in sorted(named.files.items())}
    named.skipped[:] = map(sayable, named.skipped)
    return named


def _normal(path: str, absolute: bool) -> str:
    if path.startswith("file://"):
        path = path.removeprefix("file://")
    if places.is_remote(path):
        return path
    return os.path.abspath(path) if absolute else os.path.normpath(path)  # noqa: PTH100


def _expanded(path: str, skipped: list[str]) -> list[tuple[str, bool]]:
    """The files of one path, with whether it names the very file."""
    try:
        if places.is_folder(path):
            return [(found, False) for found in _kept(places.walk(path), path, skipped)]
        if places.exists(path):
            return [(path, True)]
        if MAGIC.search(path):
            return [(found, False) for found in _matches(path, skipped)]
    except OSError as error:
        raise CallError(f"{path} cannot be read: {error.strerror or error}.") from None
    raise CallError(f"There is no file or folder {path!r}.", hint=_near(path))


def _near(path: str) -> str:
    """A hint that names what lies nearby and has a similar name."""
    if places.is_remote(path):
        return "Check the address."
    parent = Path(path).parent
    names = os.listdir(parent) if parent.is_dir() and os.access(parent, os.R_OK) else []  # noqa: PTH208
    close = difflib.get_close_matches(Path(path).name, names, 1)
    return f"Did you mean {str(parent / close[0])!r}?" if close else "Check the path."


def _kept(found: Iterable[str], folder: str, skipped: list[str]) -> list[str]:
    """The files of a folder without hidden ones; of a hidden folder only its name is reported, of our own nothing."""
    kept = []
    hidden: dict[str, None] = {}
    for path in sorted(found):
        # A path in this folder may stand without its "./".
        inside = path if folder == "." and not path.startswith("./") else path[len(folder) :]
        below = inside.replace(os.sep, "/").split("/")
        first = next((number for number, part in enumerate(below) if _is_hidden(part)), None)
        if first is None:
            kept.append(path)
        elif below[first] != WORKSPACE:
            rest = "/".join(below[first + 1 :])
            hidden[path[: len(path) - len(rest)]] = None
    skipped += [f"{path} (hidden)" for path in hidden]
    return kept


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part in {"__MACOSX", "_temporary"}


def _matches(pattern: str, skipped: list[str]) -> list[str]:
    """The files that a pattern with wildcards stands for."""
    if places.is_remote(pattern):
        found = sorted(places.remote_glob(pattern))
    else:
        parts = pattern.split("/")
        first = next(number for number, part in enumerate(parts) if MAGIC.search(part))
        base = "/".join(parts[:first]) or ("/" if pattern.startswith("/") else ".")
        fits = translated("/".join(parts[first:]))
        inside = [path for path in places.walk(base) if fits(os.path.relpath(path, base))]
        found = _kept([os.path.normpath(path) for path in inside], os.path.normpath(base), skipped)
    if not found:
        raise CallError(f"No file matches {pattern!r}.", hint="Check the pattern; ** stands for any folders.")
    return found


def translated(pattern: str) -> Callable[[str], object]:
    """What matches a path by a pattern: * and ? within a name, ** over any folders, [...] one of these."""
    regex = ""
    for token in re.findall(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", pattern, re.DOTALL):
        known = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(token)
        if known is None and token.startswith("[") and len(token) > 1:
            inside = token[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            known = "[" + ("^" + inside[1:] if inside.startswith("!") else inside) + "]"
        regex += known or re.escape(token)
    try:
        return re.compile(regex, re.DOTALL).fullmatch
    except re.error:
        raise CallError(f"The pattern {pattern!r} cannot be understood.") from None


def _drop_doubles(named: Named) -> None:
    """Leave out files that are named twice, by whatever path; the one named first by sorting stays."""
    seen: dict[str, str] = {}
    for path in sorted(named.files):
        real = path if path == STDIN or places.is_remote(path) else os.path.realpath(path)
        if real in seen:
            named.skipped.append(f"{path} (the same file as {seen[real]})")
            del named.files[path]
        seen.setdefault(real, path)


def _spooled() -> str:
    """A file with all of the standard input, removed when this process ends."""
    if sys.stdin is None:  # closed by who started us
        raise CallError("There is no standard input to read.", hint="Pipe data in, or name files.")
    try:
        with tempfile.NamedTemporaryFile(prefix="outcross-stdin-", delete=False) as spool:
            atexit.register(_remove, spool.name, os.getpid())
            shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
    except OSError as error:
        raise FaultError(
            f"The standard input could not be kept: {error.strerror}.",
            hint=f"It needs room in {tempfile.gettempdir()}; TMPDIR names another folder.",
        ) from None
    return spool.name


def _remove(path: str, owner: int) -> None:
    if os.getpid() == owner:  # not in a worker that was forked
        Path(path).unlink(missing_ok=True)
