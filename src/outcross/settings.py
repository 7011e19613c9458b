"""The settings of a workspace: `outcross.toml`, read into typed records. What nobody knows is refused with its line.

[store]
url = "postgresql://USER@HOST/DATABASE"    where rows are kept; OUTCROSS_STORE goes before it

[track]
alpha = 0.05                               how tracking looks at generations, see `Track`

[provenance]
signers = ["NAME", "p256:..."]             whose signatures under provenance are believed

[policy] and [[criterion]]                 what a mix must show: read by the gate, see `outcross.gate.policy`
"""

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from outcross.errors import CallError, FaultError

FILE = "outcross.toml"
FOLDER = ".outcross"
VARIABLE = "OUTCROSS_STORE"
"""The environment variable that names the store; it may hold a password, which the file should not."""


@dataclass(frozen=True)
class Place:
    """Where rows are kept.

    Attributes:
        url: of a database in PostgreSQL; None for a file in `.outcross/`.
    """

    url: str | None = None


@dataclass(frozen=True)
class Track:
    """How generations are tracked.

    Attributes:
        alpha: chance of a false alarm over all looks, in (0, 0.5].
        looks: how many looks are planned; None for no end.
        primary: the measure that decides alone, by its name; None for the default panel.
        first_words: words of each document that are looked at; None for all.
        cluster_by: column of the sampling unit where documents are not independent; None for documents.
        reference: the frozen human reference, by its name or file; None for none.
    """

    alpha: float = 0.05
    looks: int | None = None
    primary: str | None = None
    first_words: int | None = None
    cluster_by: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Provenance:
    """Whose word on the origin of data is believed.

    Attributes:
        signers: principals of the workspace by name, or public keys as they are written.
    """

    signers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """The settings of a workspace.

    Attributes:
        store: where rows are kept.
        track: how generations are tracked.
        provenance: whose word on the origin of data is believed.
    """

    store: Place = field(default_factory=Place)
    track: Track = field(default_factory=Track)
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True)
class Written:
    """What a file of settings says, for a room that reads tables of its own from it.

    Attributes:
        path: of the file. tables: what it says. text: as it is written, from which lines are told; empty for none.
    """

    path: Path
    tables: Mapping[str, Any]
    text: str = ""

    def refused(self, table: str, key: str, said: str, known: Iterable[str] = (), *, nth: int = 0) -> CallError:
        """The error for a key, with its line and the name that was probably meant.

        Args:
            table: it is in; empty for the file itself.
            key: that is wrong; empty for the table itself.
            said: what is wrong with it.
            known: names that could be there.
            nth: which of several tables of the same name, from 0.
        """
        close = difflib.get_close_matches(key, known, 1)
        there = f"There are: {', '.join(sorted(known))}." if known else "Correct it there."
        hint = f"Did you mean {close[0]!r}?" if close else there
        line = f", line {line_of(self.text, table, key, nth)}" if self.text else ""
        return CallError(f"{self.path}{line}: {said}.", hint=hint)


_KINDS: Mapping[str, Any] = {
    "url": (str,), "alpha": (float, int), "looks": (int,), "primary": (str,), "first_words": (int,),
    "cluster_by": (str,), "reference": (str,), "signers": (list,),
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
        if problem := _problem(key, value):
            raise written.refused(name, key, f"{key} must be {problem}, not {value!r}")
    return TABLES[name](**{key: tuple(value) if isinstance(value, list) else value for key, value in table.items()})


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
    if isinstance(value, str):
        return "" if value.strip() else "a text that is not empty"
    if key == "alpha":
        return "" if 0 < value <= 0.5 else "above 0, and 0.5 at most"
    return "" if value >= 1 else "1 or more"


def line_of(text: str, table: str, key: str, nth: int = 0) -> int:
    r"""The line of a TOML text on which a key stands; that of its table, or 1, where it is written in some other way.

    >>> line_of("[store]\nurl = 1\n[track]\nalpha = 2", "track", "alpha")
    4

    Args:
        text: of the file.
        table: that the key is in; empty for the file itself.
        key: that is looked for; empty for the table itself.
        nth: which of several tables of the same name, from 0.
    """
    one = rf"""["']?{re.escape(key)}["']?\s*"""
    within, nearest, met = "", 1, -1
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"""\s*\[+\s*["']?([^\]"'.\s]+)""", line):
            within = head[1]
            met += within == table
            nearest = number if within == key or (within == table and met == nth) else nearest
        dotted = rf"\s*{re.escape(table)}\s*\.\s*{one}[=.]" if table else rf"\s*(\[+\s*)?{one}[\]=.]"
        if key and (re.match(dotted, line) or (within == table and met == nth and re.match(rf"\s*{one}[=.]", line))):
            return number
    return nearest
