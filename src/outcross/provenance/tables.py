"""Tables of a file that people write, read into typed values: what nobody knows is refused with its place."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from outcross.errors import DataError
from outcross.provenance import documents
from outcross.provenance.record import Bounds
from outcross.settings import line_of
from outcross.strict_json import unsound

MOST_TEXT = 2_000
"""Characters of a text in such a file."""

BEYOND = 2.0**64
"""Numbers of such a file are below; not one that is none is."""

LEAST = 1e-9
"""The smallest number above 0: shares of smaller ones are too small to be told from 0, or no numbers at all."""

_LONG_KEY = re.compile(r"""(?m)(?:^|[\[{,])\s*+(?:["'\w-]++[ \t]*+\.[ \t]*+){32}""")
"""A key of more parts than anybody needs: Python takes longer than anybody waits for one of many thousands."""


@dataclass(frozen=True)
class Written:
    """A file as it was written.

    Attributes:
        name: of the file. text: of it, where it is TOML; empty for JSON, whose places are pointers.
        value: what it says.
    """

    name: str
    text: str
    value: dict[str, Any]

    def place(self, steps: Sequence[str | int]) -> str:
        """Where something stands: the line in TOML, the pointer in JSON."""
        if not self.text:
            return f"{self.name}, {documents.pointer(*steps) or 'as a whole'}"
        return f"{self.name}, line {line_of(self.text, *_parts(steps))}"


def written(path: Path) -> Written:
    """Read a file of TOML, or of JSON where its name or its beginning says so.

    Raises:
        CallError: it is not there. FaultError: it cannot be read.
        DataError: it is too large, too deep, or neither TOML nor JSON.
    """
    if path.suffix.casefold() == ".toml":
        data = documents.bytes_of(path)
        return Written(str(path), data.decode("utf-8-sig", "replace") or "\n", _toml(data, str(path)))
    value = documents.read(path).value
    if not isinstance(value, dict):
        raise DataError(f"{path} holds no tables.", hint="Name a file of TOML (.toml) or JSON (.json).")
    return Written(str(path), "", value)


def _toml(data: bytes, name: str) -> dict[str, Any]:
    try:
        text = data.decode("utf-8-sig")
        if _LONG_KEY.search(text):
            raise DataError(f"{name} has a key of more than 32 parts.", hint="Keys here have two at most.")
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{name} is no TOML: {error}.", hint="See https://toml.io for how it is written.") from None
    except (RecursionError, ValueError) as error:
        raise DataError(f"{name} cannot be read as TOML: {type(error).__name__}.") from None


@dataclass(frozen=True)
class Table:
    """One table of a file.

    Attributes:
        file: that it stands in. steps: where. value: what it says.
    """

    file: Written
    steps: tuple[str | int, ...]
    value: dict[str, Any]

    @classmethod
    def of(cls, file: Written, steps: tuple[str | int, ...], value: Any, known: Iterable[str]) -> "Table":
        """A table that has no keys but these.

        Raises:
            DataError: it is none, or has another key.
        """
        table = cls(file, steps, value if isinstance(value, dict) else {})
        if not isinstance(value, dict):
            raise table.refused((), "here must stand a table")
        names = list(known)
        for key in value:
            if key not in names:
                close = difflib.get_close_matches(str(key), names, 1)
                hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(names)}."
                raise table.refused((key,), f"there is no key {str(key)[:80]!r} here", hint)
        return table

    def refused(self, more: tuple[str | int, ...], said: str, hint: str = "Correct it there.") -> DataError:
        """What is wrong, with its place."""
        return DataError(f"{self.file.place((*self.steps, *more))}: {said}.", hint=hint)

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text; empty where it is not there."""
        value = self.value.get(key)
        if value is None:
            if needed:
                raise self.refused((), f"{key!r} is missing", f"Add {key} = ...")
            return ""
        if isinstance(value, date):
            return value.isoformat()
        return self._name(value, (key,))

    def day(self, key: str) -> str:
        """A date, or a time on it; empty where it is not there. Other words would count as later than any day."""
        value = self.text(key)
        try:
            if value:
                date.fromisoformat(value[: len("2026-01-01")])
        except ValueError:
            raise self.refused((key,), f"{key} must be a date such as 2027-03-31, not {value[:80]!r}") from None
        return value

    def _name(self, value: Any, steps: tuple[str | int, ...]) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > MOST_TEXT:
            raise self.refused(steps, f"{_told(steps)} must be a text in quotes of 1 to {MOST_TEXT:,} characters")
        if problem := unsound(value):
            raise self.refused(steps, f"{_told(steps)} holds {problem}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        value = self.value.get(key, [])
        some = value if isinstance(value, list) else [value]
        return tuple(self._name(one, (key, place)) for place, one in enumerate(some))

    def number(self, key: str, most: float = 2.0**63) -> float | None:
        """A number from 0 on; None where it is not there."""
        value = self.value.get(key)
        if value is None:
            return None
        if not _is_number(value) or not (value == 0 or LEAST <= value <= most):
            raise self.refused((key,), f"{key} must be a number from {LEAST:g} to {most:g}, or 0")
        return float(value)

    def bounds(self, key: str, most: float) -> Bounds | None:
        """One number, or a lower and an upper end; None where it is not there."""
        value = self.value.get(key)
        if value is None:
            return None
        ends = value if isinstance(value, list) else [value, value]
        if len(ends) != 2 or not all(_is_number(one) for one in ends) or not 0 <= ends[0] <= ends[1] <= most:
            raise self.refused((key,), f"{key} must be [low, high] with 0 <= low <= high <= {most:g}")
        return float(ends[0]), float(ends[1])

    def list_of(self, key: str) -> list[Any]:
        """A list; empty where it is not there."""
        value = self.value.get(key, [])
        if not isinstance(value, list):
            raise self.refused((key,), f"{key} must be a list")
        return value

    def one_of(self, key: str, known: Sequence[str]) -> str:
        """One of some words; empty where it is not there."""
        value = self.text(key)
        if value and value not in known:
            close = difflib.get_close_matches(value, known, 1)
            hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(known)}."
            raise self.refused((key,), f"{key} cannot be {value[:80]!r}", hint)
        return value


def _is_number(value: Any) -> bool:
    # A whole number may be larger than any float, for which isfinite has no answer.
    return isinstance(value, int | float) and not isinstance(value, bool) and -BEYOND < value < BEYOND


def _told(steps: Sequence[str | int]) -> str:
    return next((str(step) for step in steps if isinstance(step, str)), "this")


def _parts(steps: Sequence[str | int]) -> tuple[str, str, int]:
    """The table, the key in it, and which table of its name that is."""
    if len(steps) > 1 and isinstance(steps[1], int):
        key = next((str(step) for step in steps[2:] if isinstance(step, str)), "")
        return str(steps[0]), key, steps[1]
    return "", str(steps[0]) if steps else "", 0
