"""A provenance record from plain values that anybody may have written: read whole, or refused with all its problems."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outcross.errors import DataError
from outcross.provenance.documents import pointer
from outcross.provenance.fields import below
from outcross.provenance.forms import POINTER, ByPointer, Field, Form, Leaf, Many, Part
from outcross.provenance.laws import LAWS
from outcross.provenance.record import Record
from outcross.strict_json import checked

MOST = 100
"""Problems that are looked for; a file with more is no record at all."""

_SHOWN = 60
"""Characters of a wrong value or name that are shown."""

_UNREAD: Any = object()
"""Stands for what could not be read."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a record.

    Attributes:
        pointer: where, as a JSON pointer; empty for the record as a whole.
        expected: what should stand there.
        found: what stands there, shortened; empty where nothing does.
        hint: what was probably meant, or what to do; may be empty.
        law: whether a JSON Schema cannot say it.
    """

    pointer: str
    expected: str
    found: str = ""
    hint: str = ""
    law: bool = False

    @property
    def said(self) -> str:
        """All of it as one line."""
        where = self.pointer if self.pointer.isprintable() else ascii(self.pointer)[1:-1]
        found = f", found {self.found}" if self.found else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where[:300] or 'as a whole'}: expected {self.expected}{found}.{hint}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"pointer": self.pointer, "expected": self.expected, "found": self.found, "hint": self.hint}


def record_from(value: Any, name: str) -> Record:
    """The record that plain values tell.

    Args:
        value: as `Record.to_dict` writes it, read from JSON.
        name: of where it stands, for messages.

    Raises:
        DataError: it is none; the message lists all problems (up to 100), each with its place and what was expected.
    """
    made, problems = examined(value, name)
    if made is None:
        lines = "".join(f"\n  {one.said}" for one in problems)
        raise DataError(f"{name} is no provenance record:{lines}", hint="Fields: outcross provenance explain")
    return made


def examined(value: Any, name: str) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record that plain values tell, or None, and what is wrong with them.

    Raises:
        DataError: a value in it cannot be in any record, as NaN.
    """
    reading = _Reading()
    try:
        made = reading.part(checked(value, name), Part(Record), "", "")
    except _TooManyError:
        return None, tuple(reading.problems)
    return (None if reading.problems else made), tuple(reading.problems)


class _TooManyError(Exception):
    """There are more problems than anybody would read."""


@dataclass
class _Reading:
    """Reads plain values by the table of fields, and notes what is wrong."""

    problems: list[Problem] = field(default_factory=list)

    def note(self, one: Problem) -> None:
        """Note a problem; end where there are too many."""
        self.problems.append(one)
        if len(self.problems) == MOST:
            raise _TooManyError

    def value(self, value: Any, form: Form, name: str, at: str) -> Any:
        """What a value is as its form; `_UNREAD` where it is not."""
        match form:
            case Leaf():
                return self.leaf(value, form, at)
            case Part():
                return self.part(value, form, name, at)
            case Many():
                return self.many(value, form, name, at)
            case ByPointer():
                return self.by_pointer(value, form, name, at)

    def leaf(self, value: Any, form: Leaf, at: str) -> Any:
        """A value without parts."""
        try:
            return form.read(value)
        except ValueError:
            hint = _LEAVE_OUT if value in (None, "") else ""
            self.note(Problem(at, form.words, _short(value), hint))
            return _UNREAD

    def part(self, value: Any, form: Part, name: str, at: str) -> Any:
        """An object: what is made of its keys."""
        if not isinstance(value, dict):
            return self._wrong(value, form, at)
        inside, before = below(name.removesuffix("[]")), len(self.problems)
        for key in value:
            if key not in inside:
                self.note(Problem(at + pointer(key), "a known key", repr(key[:_SHOWN]), _nearest(key, inside)))
        told = {}
        for key, one in inside.items():
            if key in value:
                told[key] = self.value(value[key], one.form, one.name, at + pointer(key))
            elif one.need == "must":
                self.note(Problem(at + pointer(key), _must(one)))
        read = {key: one for key, one in told.items() if one is not _UNREAD}
        self.law(name, read, at)
        read.pop("schema", None)
        return form.made(**read) if len(self.problems) == before else _UNREAD

    def many(self, value: Any, form: Many, name: str, at: str) -> Any:
        """A list: a tuple of its entries."""
        if not isinstance(value, list):
            return self._wrong(value, form, at)
        before = len(self.problems)
        made = [self.value(one, form.item, f"{name}[]", at + pointer(place)) for place, one in enumerate(value)]
        self.law(name, [None if one is _UNREAD else one for one in made], at)
        return tuple(made) if len(self.problems) == before else _UNREAD

    def by_pointer(self, value: Any, form: ByPointer, name: str, at: str) -> Any:
        """An object with pointers as keys."""
        if not isinstance(value, dict):
            return self._wrong(value, form, at)
        made = {}
        for key, one in value.items():
            if self.leaf(key, POINTER, at + pointer(key)) is not _UNREAD:
                made[key] = self.value(one, form.item, name, at + pointer(key))
        return made

    def law(self, name: str, told: Any, at: str) -> None:
        """Note what breaks a law."""
        for place, expected in LAWS[name](told) if name in LAWS else ():
            self.note(Problem(at + place, expected, law=True))

    def _wrong(self, value: Any, form: Part | Many | ByPointer, at: str) -> Any:
        self.note(Problem(at, form.words, _short(value), _LEAVE_OUT if value is None else ""))
        return _UNREAD


_LEAVE_OUT = "Leave it out where nobody knows."


def _must(one: Field) -> str:
    return f"{one.form.words}, which must be there ({one.meaning.rstrip('.')})"


def _nearest(key: str, inside: Mapping[str, Field]) -> str:
    close = difflib.get_close_matches(key[:_SHOWN], inside, 1)
    return f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(inside)}."


def _short(value: Any) -> str:
    """A wrong value, as much of it as helps; never what would steer a terminal."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")
    return json.dumps(value)
