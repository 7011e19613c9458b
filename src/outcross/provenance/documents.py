"""Metadata files as plain values: hostile input, read within limits.

JSON (RFC 8259) and YAML (the subset that cards use: no anchors, no aliases, no tags) up to a size and a depth; a key
told twice, NaN and infinity are refused, since readers of the same file would not agree on what it says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from outcross.canonical import sha256
from outcross.errors import CallError, DataError, FaultError
from outcross.strict_json import checked, decoded, json_value

MOST_BYTES = 16 << 20
"""Bytes of a metadata file; real ones have less than a megabyte."""

MOST_YAML = 1 << 20
"""Bytes of YAML, which is slow to read: some 10 s a megabyte where PyYAML has no compiled part."""

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


def yaml_value(data: bytes, name: str) -> Any:
    """The plain value of YAML without anchors, aliases, tags and merge keys; dates stay text.

    Raises:
        DataError: it is none, or has one of these.
    """
    if len(data) > MOST_YAML:
        raise DataError(f"{name} has more than {MOST_YAML >> 20} MB of YAML.", hint="JSON may have more.")
    from outcross.provenance.cards import plain_yaml  # noqa: PLC0415 - PyYAML, only for those who read cards

    return checked(plain_yaml(decoded(data, name), name), name)
