"""Metadata files as plain values: hostile input, read within limits.

JSON (RFC 8259) and YAML (the subset that cards use: no anchors, no aliases, no tags) up to a size and a depth; a key
told twice, NaN and infinity are refused, since readers of the same file would not agree on what it says.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from outcross.canonical import sha256
from outcross.errors import CallError, DataError, FaultError

MOST_BYTES = 16 << 20
"""Bytes of a metadata file; real ones have less than a megabyte."""

MOST_YAML = 1 << 20
"""Bytes of YAML, which is slow to read: some 10 s a megabyte where PyYAML has no compiled part."""

DEEPEST = 64
"""Levels of nesting; real ones have fewer than 20."""

_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
"""Strings, which may end with the text (no second try from within one), and what opens and closes a level."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_CARD = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """A metadata file that was read.

    Attributes:
        name: of the file, as it was given.
        data: its bytes.
        form: "json", "yaml" (also the front matter of a Markdown card) or "bytes".
        value: what it says, plain; None for bytes.
    """

    name: str
    data: bytes
    form: str
    value: Any

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return sha256(self.data)

    def at(self, pointer: str) -> Any:
        """What stands at a JSON pointer (RFC 6901); None where nothing does."""
        found = self.value
        for step in _steps(pointer):
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            else:
                return None
        return found


def pointer(*steps: str | int) -> str:
    """The JSON pointer of these steps."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _steps(told: str) -> Iterator[str]:
    for step in told.split("/")[1:]:
        yield step.replace("~1", "/").replace("~0", "~")


def read(path: str | Path) -> Document:
    """Read a metadata file.

    Raises:
        CallError: it is not there, or no file.
        DataError: it is too large, too deep, or not what its beginning promises; the message names the place.
        FaultError: it cannot be read.
    """
    return parsed(bytes_of(path), str(path))


def bytes_of(path: str | Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a metadata file, where it has no more than so many.

    Raises:
        CallError: it is not there, or no file. DataError: it is too large. FaultError: it cannot be read.
    """
    file = Path(path)
    try:
        if not file.is_file():
            raise CallError(f"There is no file {path}.", hint="Check the path.")
        with file.open("rb") as handle:
            data = handle.read(most + 1)
    except (OSError, ValueError) as error:
        raise FaultError(f"{path} cannot be read: {error}.", hint="Check its rights.") from None
    return _within(data, str(path), most)


def _within(data: bytes, name: str, most: int = MOST_BYTES) -> bytes:
    if len(data) > most:
        raise DataError(f"{name} has more than {most >> 20} MB.", hint="Metadata files are small: is it the data?")
    return data


def parsed(data: bytes, name: str) -> Document:
    """The document in bytes: JSON where they begin like it, YAML by name or front matter, else bytes.

    Raises:
        DataError: see `read`.
    """
    if not _within(data, name).strip():
        raise DataError(f"{name} is empty.")
    suffix = Path(name).suffix.casefold()
    if (card := _CARD.match(data)) is not None:
        return Document(name, data, "yaml", yaml_value(card[1], name))
    if suffix in (".yaml", ".yml"):
        return Document(name, data, "yaml", yaml_value(data, name))
    if suffix in (".json", ".jsonld") or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return Document(name, data, "json", json_value(data, name))
    return Document(name, data, "bytes", None)


def json_value(data: bytes, name: str) -> Any:
    """The plain value of JSON.

    Raises:
        DataError: it is none, has a key twice, a number that is none, or is too deep.
    """
    text = _decoded(data, name)
    if _depth(text) > DEEPEST:
        raise DataError(f"{name} is nested more than {DEEPEST} levels deep.")
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, name), parse_constant=_no_number)
        return checked(value, name)
    except json.JSONDecodeError as error:
        raise DataError(f"{name}, line {error.lineno}, column {error.colno}: no JSON: {error.msg}.") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: {error}.") from None


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
        text.encode()
    except UnicodeError as error:
        raise DataError(f"{name} is no UTF-8: {error}.") from None
    return text


def _depth(text: str) -> int:
    """The deepest nesting, without parsing: what a recursive parser would have to follow."""
    deepest = level = 0
    for mark in _MARKS.finditer(text):
        level += (mark[0] in "[{") - (mark[0] in "]}")
        deepest = max(deepest, level)
    return deepest


def _unique(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise DataError(f"{name} has the key {twice[:80]!r} twice in one object.", hint="Leave one of them out.")
    return made


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number in JSON")


def checked(value: Any, name: str) -> Any:
    """The value, where a record can hold all of it.

    Raises:
        DataError: it has a number beyond 64 bits, one that is none, or half of a pair of surrogates.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif problem := _unsound(one):
            raise DataError(f"{name} holds {problem}.")
    return value


def _unsound(one: Any) -> str:
    if isinstance(one, str):
        return "" if one.isascii() or not _SURROGATE.search(one) else "half of a pair of surrogates, which is no text"
    if isinstance(one, float) and not math.isfinite(one):
        return "a number that is none, or too large"
    return "a whole number beyond 64 bits" if isinstance(one, int) and not -(2**63) <= one < 2**63 else ""


def yaml_value(data: bytes, name: str) -> Any:
    """The plain value of YAML without anchors, aliases, tags and merge keys; dates stay text.

    Raises:
        DataError: it is none, or has one of these.
    """
    if len(data) > MOST_YAML:
        raise DataError(f"{name} has more than {MOST_YAML >> 20} MB of YAML.", hint="JSON may have more.")
    from outcross.provenance.cards import plain_yaml  # noqa: PLC0415 - PyYAML, only for those who read cards

    return checked(plain_yaml(_decoded(data, name), name), name)
