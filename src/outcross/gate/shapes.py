"""What a key of the policy can hold: said for people, as JSON Schema, and checked by that same schema."""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# `$` of Python also stands before a last line feed; with what follows it stands at the end in every dialect.
END = "$(?!\\n)"


@dataclass(frozen=True)
class Shape:
    """What a key can hold.

    Attributes:
        says: it in words, as in "must be a share, 0 to 1".
        schema: it as JSON Schema.
    """

    says: str
    schema: Mapping[str, Any]

    def holds(self, value: Any) -> bool:
        """Whether a value can be."""
        return fits(value, self.schema)

    @property
    def options(self) -> tuple[str, ...]:
        """The words that can stand there, where there is a closed list of them."""
        return tuple(self.schema.get("enum", self.schema.get("items", {}).get("enum", ())))


@dataclass(frozen=True)
class Key:
    """A key of a table.

    Attributes:
        name: of it. shape: what it holds. says: what it means.
        default: what holds where it is not told; None for nothing. needed: whether it must be told.
    """

    name: str
    shape: Shape
    says: str
    default: Any = None
    needed: bool = False


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a plain value fits a schema that says no more than those of this module."""
    if not _TYPES[schema["type"]](value) or value not in schema.get("enum", (value,)):
        return False
    if isinstance(value, str):
        return _fits_text(value, schema)
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(fits(one, schema["items"]) for one in value)
    least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    return bool(least <= value <= most and value > schema.get("exclusiveMinimum", -math.inf))


def _fits_text(value: str, schema: Mapping[str, Any]) -> bool:
    if not re.search(schema.get("pattern", ""), value) or len(value) > schema.get("maxLength", math.inf):
        return False
    if schema.get("format") == "date":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            return False
    return True


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -(2.0**64) < value < 2.0**64


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": _number,
    "integer": lambda value: _number(value) and value == int(value),
    "array": lambda value: isinstance(value, list),
}

_WORDS = {"type": "string", "pattern": "\\S"}

SHARE = Shape("a share, 0 to 1", {"type": "number", "minimum": 0, "maximum": 1})
LEVEL_OF_INTERVALS = Shape("a level from 0.5 to 0.999", {"type": "number", "minimum": 0.5, "maximum": 0.999})
TOKENS = Shape("a number of tokens above 0", {"type": "number", "exclusiveMinimum": 0, "maximum": 1e18})
GENERATIONS = Shape("a number of generations, 0 or more", {"type": "number", "minimum": 0, "maximum": 1e6})
COUNT = Shape("a whole number, 0 or more", {"type": "integer", "minimum": 0, "maximum": 10**9})
VERSION = Shape("a whole number, 1 or more", {"type": "integer", "minimum": 1, "maximum": 10**9})
TRUST = Shape("a level of evidence: 1, 2 or 3", {"type": "integer", "minimum": 1, "maximum": 3})
DAYS = Shape("a whole number of days, 1 or more", {"type": "integer", "minimum": 1, "maximum": 36500})
TEXT = Shape("a text that is not empty", _WORDS)
TEXTS = Shape("a list of texts, none of them empty", {"type": "array", "items": _WORDS, "minItems": 1})
CLAUSES = Shape("a list of texts, none of them empty", {"type": "array", "items": _WORDS})
FLAG = Shape("true or false", {"type": "boolean"})
DATE = Shape("a date such as 2027-03-31", {
    "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" + END, "format": "date",
})  # fmt: skip
NAME = Shape("small letters, digits, '.', '_' and '-'", {
    "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*" + END, "maxLength": 64,
})  # fmt: skip


def one_of(*words: str) -> Shape:
    """One of a closed list of words."""
    return Shape(f"one of {', '.join(words)}", {"type": "string", "enum": list(words)})


def some_of(*words: str) -> Shape:
    """A list of words from a closed list."""
    items = {"type": "string", "enum": list(words)}
    return Shape(f"a list of words out of {', '.join(words)}", {"type": "array", "items": items, "minItems": 1})
