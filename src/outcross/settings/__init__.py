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
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from outcross.errors import CallError, FaultError
from outcross.settings.records import Identity, Place, Provenance, Settings, Track
from outcross.settings.written import Written, line_of

__all__ = [
    "ELSEWHERE", "FILE", "FOLDER", "TABLES", "VARIABLE", "Identity", "Place", "Provenance", "Settings", "Track",
    "Written", "as_written", "check_tables", "found_above", "is_workspace", "line_of", "parsed", "read", "read_tables",
    "refused",
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
TABLES: Mapping[str, type] = {"store": Place, "track": Track, "provenance": Provenance}
"""Tables of settings, and the record that each is read into."""
ELSEWHERE = ("policy", "criterion")
"""Tables that other rooms read."""


def read(folder: Path) -> Settings:
    """The settings of a workspace; the defaults where it has no `outcross.toml`.

    Args:
        folder: of the workspace.

    Raises:
        CallError: the file is no TOML, or has a key or a value that cannot be; the message names its line.
        FaultError: the file is there and cannot be read.
    """
    made = as_written(folder)
    named = os.environ.get(VARIABLE)
    return replace(made, store=Place(named)) if named else made


def as_written(folder: Path) -> Settings:
    """Likewise, of the file alone: the environment names no store.

    Raises:
        CallError, FaultError: see `read`.
    """
    path = folder / FILE
    found = parsed(path)
    store, track, provenance = (_filled(path, found, name) for name in TABLES)
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
    found = Written(path, parsed(path), path.read_text(encoding="utf-8-sig"))
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


def _ours(path: Path) -> bool:
    """Whether a file is the user's own or the system's."""
    return not hasattr(os, "getuid") or path.stat().st_uid in (os.getuid(), 0)


def parsed(path: Path) -> dict[str, Any]:
    """What a file of TOML says; nothing where it is not there.

    Raises:
        CallError: it is no TOML. FaultError: it cannot be read.
    """
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
    known = [one.name for one in fields(TABLES[name])]
    for key, value in table.items():
        if key not in known:
            raise written.refused(name, key, f"There is no key {key!r} in [{name}]", known)
        if problem := "" if key == "identities" else _problem(key, value):
            raise written.refused(name, key, f"{key} must be {problem}, not {value!r}")
    made = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return TABLES[name](**(made | (_identities(written, table) if "identities" in table else {})))


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
        if key not in (*TABLES, *ELSEWHERE):
            raise written.refused("", key, f"There is no {_what(value, key)}", (*TABLES, *ELSEWHERE))


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
