"""The settings of a workspace: `outcross.toml`, read into typed records. What nobody knows is refused with its line.

[store]
url = "postgresql://USER@HOST/DATABASE"    where rows are kept; OUTCROSS_STORE goes before it

[track]
alpha = 0.05                               how tracking looks at generations, see `Track`

[provenance]
signers = ["NAME", "p256:..."]             whose signatures under provenance are believed
identities = [{ identity = "...", issuer = "..." }]    and whose under Sigstore, by the roots of trust in
trusted_root = "FILE"
cutoff = "2022-11-30"                      what a clock of others shows to be older is older than the generators

[policy] and [[criterion]]                 what a mix must show: read by the gate, see `outcross.gate.policy`
"""

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from outcross.errors import CallError, FaultError
from outcross.settings.records import Identity, Place, Provenance, Settings, Track
from outcross.settings.written import Written

__all__ = [
    "ELSEWHERE", "FILE", "FOLDER", "VARIABLE", "Identity", "Place", "Provenance", "Settings", "Track", "Written",
    "add_policy", "check_new", "check_tables", "found_above", "is_workspace", "read", "read_tables", "refused",
    "write_new",
]  # fmt: skip

FILE = "outcross.toml"
FOLDER = ".outcross"
VARIABLE = "OUTCROSS_STORE"
"""The environment variable that names the store; it may hold a password, which the file should not."""


_KINDS: Mapping[str, Any] = {
    "url": (str,), "alpha": (float, int), "looks": (int,), "primary": (str,), "first_words": (int,),
    "cluster_by": (str,), "reference": (str,), "signers": (list,),
    "identities": (list,), "trusted_root": (str,), "cutoff": (str,),
}  # fmt: skip
_NAMED = {str: "a text in quotes", int: "a whole number", float: "a number", list: "a list of texts in quotes"}
_TABLES: Mapping[str, type] = {"store": Place, "track": Track, "provenance": Provenance}
ELSEWHERE = ("policy", "criterion")
"""Tables that other rooms read."""

_NEW = """\
# The settings of this workspace. Keep this file in version control; .outcross/ stays out of it.

[store]
# Where rows are kept: a file in .outcross/, or a PostgreSQL that a team shares. The environment variable
# OUTCROSS_STORE goes before this line: put an address with a password there, or the password into ~/.pgpass.
{url}

[track]
# The chance of a false alarm over all looks at all generations.
alpha = 0.05
"""


def read(folder: Path) -> Settings:
    """The settings of a workspace; the defaults where it has no `outcross.toml`.

    Args:
        folder: of the workspace.

    Raises:
        CallError: the file is no TOML, or has a key or a value that cannot be; the message names its line.
        FaultError: the file is there and cannot be read.
    """
    path = folder / FILE
    found = _parsed(path)
    store, track, provenance = (_filled(path, found, name) for name in _TABLES)
    if named := os.environ.get(VARIABLE):
        store = Place(named)
    return Settings(store, track, provenance)


def refused(folder: Path, place: tuple[str, str], said: str, known: Collection[str]) -> CallError:
    """The error for a value that only others can judge, with the line of `outcross.toml` on which it stands.

    Args:
        folder: of the workspace.
        place: table and key.
        said: what is wrong with it.
        known: what it could have been.
    """
    path = folder / FILE
    return Written(path, {}, path.read_text(encoding="utf-8-sig")).refused(*place, said, known)


def read_tables(path: Path) -> Written:
    """All that a file of settings says, with where it stands.

    Raises:
        CallError: it is not there, is no TOML, or has a table that nobody knows.
        FaultError: it cannot be read.
    """
    if not path.is_file():
        raise CallError(f"There is no file {path}.", hint="Name a file in TOML, such as outcross.toml.")
    found = Written(path, _parsed(path), path.read_text(encoding="utf-8-sig"))
    check_tables(found)
    return found


def found_above(folder: Path) -> Path:
    """The workspace that a folder is in: itself, or the nearest above it with an `outcross.toml`; else itself.

    A folder `.outcross/` alone counts only where one stands, and a file of somebody else not at all: what lies about
    above a folder must not take what is done in it.
    """
    if is_workspace(folder):
        return folder
    for above in folder.resolve().parents:
        if (above / FILE).is_file() and _ours(above / FILE):
            return above
    return folder


def is_workspace(folder: Path) -> bool:
    """Whether a folder is a workspace: it has `.outcross/` or `outcross.toml`."""
    return (folder / FOLDER).is_dir() or (folder / FILE).is_file()


def check_new(folder: Path, url: str | None, *, policy: bool = False) -> None:
    """Refuse what `write_new`, and `add_policy` where a policy is to be added, would not write.

    Raises:
        CallError: there is an `outcross.toml` that names another store or has a policy, or the address holds a
            password.
    """
    path = folder / FILE
    if url is not None and re.search(r"//[^/@]*:[^/@]+@|[?&][a-z]*password=", url):
        raise CallError(
            f"The address holds a password, which would stand in {FILE} for all to read.",
            hint=f"Leave it out, and give the whole address in the environment variable {VARIABLE}.",
        )
    told = _filled(path, _parsed(path), "store").url
    if url is not None and path.exists() and url != told:
        raise CallError(f"{path} is there already, and names another store: {_hidden(told)}.",
                        hint="It is never overwritten: change its [store] url yourself.")  # fmt: skip
    if policy and _parsed(path).keys() & set(ELSEWHERE):
        raise CallError(f"{path} has a policy already.", hint="It is never overwritten: change it there yourself.")


def write_new(folder: Path, url: str | None) -> bool:
    """Write `outcross.toml` where there is none.

    Args:
        folder: of the workspace.
        url: of its store; None for a file in `.outcross/`.

    Returns:
        Whether it was written.

    Raises:
        FaultError: the folder cannot be written.
    """
    path = folder / FILE
    line = f"url = {_quoted(url)}" if url else '# url = "postgresql://USER@HOST:5432/DATABASE"'
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_NEW.format(url=line))
    except FileExistsError:
        return False
    except OSError as error:
        raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Choose another folder.") from None
    return True


def add_policy(folder: Path, text: str) -> None:
    """Add a policy, as TOML, at the end of `outcross.toml` of a workspace; what stands there stays.

    Raises:
        FaultError: the file cannot be written.
    """
    path = folder / FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")
    except OSError as error:
        raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Check its rights.") from None


def _hidden(url: str | None) -> str:
    return "the file in .outcross/" if url is None else re.sub(r"//([^/@:]*):[^/@]*@", r"//\1:***@", url).split("?")[0]


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', lambda one: f"\\u{ord(one[0]):04x}", text) + '"'


def _ours(path: Path) -> bool:
    """Whether a file is the user's own or the system's."""
    return not hasattr(os, "getuid") or path.stat().st_uid in (os.getuid(), 0)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CallError(f"{path} is no TOML: {error}.", hint="See https://toml.io for how it is written.") from None
    except OSError as error:
        raise FaultError(f"{path} cannot be read: {error.strerror}.", hint="Check its rights.") from None


def _filled(path: Path, found: Mapping[str, Any], name: str) -> Any:
    """One table as its record."""
    written = Written(path, found, path.read_text(encoding="utf-8-sig") if found else "")
    check_tables(written)
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise written.refused("", name, f"{name!r} must be a table, [{name}]")
    known = [one.name for one in fields(_TABLES[name])]
    for key, value in table.items():
        if key not in known:
            raise written.refused(name, key, f"There is no key {key!r} in [{name}]", known)
        if problem := "" if key == "identities" else _problem(key, value):
            raise written.refused(name, key, f"{key} must be {problem}, not {value!r}")
    made = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return _TABLES[name](**(made | (_identities(written, table) if "identities" in table else {})))


def _identities(written: Written, table: Mapping[str, Any]) -> dict[str, tuple[Identity, ...]]:
    """Whose signatures under Sigstore are believed; nobody's without roots of trust, since nothing is fetched."""
    told, known = table["identities"], tuple(one.name for one in fields(Identity))
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise written.refused("provenance", "identities",
                              'identities must be a list of { identity = "...", issuer = "..." }')  # fmt: skip
    for one in told:
        for key in sorted(one.keys() - set(known)):
            raise written.refused("provenance", key, f"There is no key {key!r} in an identity", known)
        if not all(isinstance(one.get(key), str) and one[key].strip() for key in known):
            said = f"an identity needs both identity and issuer, as texts in quotes, not {one!r}"
            raise written.refused("provenance", "identities", said)
    if told and "trusted_root" not in table:
        raise written.refused("provenance", "identities", "identities need a trusted_root, a file with roots of trust")
    return {"identities": tuple(Identity(**one) for one in told)}


def check_tables(written: Written) -> None:
    """Refuse a table that nobody knows.

    Raises:
        CallError: there is one.
    """
    for key, value in written.tables.items():
        if key not in (*_TABLES, *ELSEWHERE):
            raise written.refused("", key, f"There is no {_what(value, key)}", (*_TABLES, *ELSEWHERE))


def _what(value: Any, key: str) -> str:
    return f"table [{key}]" if isinstance(value, dict) else f"key {key!r} outside of a table"


def _problem(key: str, value: Any) -> str:
    """What a value should have been; empty where it can be."""
    kinds = _KINDS[key]
    if not isinstance(value, kinds) or isinstance(value, bool):
        return _NAMED[kinds[0]]
    if isinstance(value, list):
        return "" if all(isinstance(one, str) and one.strip() for one in value) else _NAMED[list]
    if key == "cutoff":
        return "" if _is_day(value) else "a day such as 2022-11-30"
    if isinstance(value, str):
        return "" if value.strip() else "a text that is not empty"
    if key == "alpha":
        return "" if 0 < value <= 0.5 else "above 0, and 0.5 at most"
    return "" if value >= 1 else "1 or more"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
