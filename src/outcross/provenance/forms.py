"""What the fields of a record can hold: each form as words, as JSON Schema, and as what reads it.

Schema and reader come from the same definition, so what one accepts the other does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST = 2**63 - 1
"""The largest count: what every store and reader of JSON holds."""

_END = r"(?![\s\S])"
"""The end of the text, in the patterns of Python and of JSON Schema alike: `$` lets a line break pass in one of them."""

_DAY = (
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
)
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_YEAR = r"(?!0000)[0-9]{4}"


@dataclass(frozen=True)
class Leaf:
    """A value without parts.

    Attributes:
        words: what it is, to be read after "expected".
        schema: it as JSON Schema.
        read: makes of it what a record holds; ValueError where it is none.
    """

    words: str
    schema: Mapping[str, Any]
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Part:
    """An object whose keys are the fields below its name.

    Attributes:
        made: what is made of them, called with them by name.
    """

    made: Callable[..., Any] = field(default=dict)
    words: str = "an object"


@dataclass(frozen=True)
class Many:
    """A list of one form."""

    item: Leaf | Part
    words: str = "a list"


@dataclass(frozen=True)
class ByPointer:
    """An object with a JSON pointer into the record as each key, and one form as values."""

    item: Part
    words: str = "an object by JSON pointer"


Form = Leaf | Part | Many | ByPointer


def _matching(words: str, pattern: str) -> Leaf:
    whole = f"^(?:{pattern}){_END}"
    found = re.compile(whole)

    def read(value: Any) -> str:
        if not isinstance(value, str) or not found.search(value):
            raise ValueError(words)
        return value

    return Leaf(words, {"type": "string", "pattern": whole}, read)


def choice(*choices: str) -> Leaf:
    """One of these words."""
    words = f"one of {', '.join(choices)}"

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(words)
        return value

    return Leaf(words, {"enum": list(choices)}, read)


def _whole(words: str, most: int) -> Leaf:
    """A whole number from 0; 3.0 is one, as in JSON Schema."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most or value % 1:
            raise ValueError(words)
        return int(value)

    return Leaf(words, {"type": "integer", "minimum": 0, "maximum": most}, read)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError
    return float(value)


def _bounds(value: Any) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError
    return _share(value[0]), _share(value[1])


TEXT = Leaf("a text that is not empty", {"type": "string", "minLength": 1}, _text)
COUNT = _whole("a whole number from 0", MOST)
LEVEL = _whole("0, 1, 2 or 3", 3)
SHARE = Leaf("a share between 0 and 1", {"type": "number", "minimum": 0, "maximum": 1}, _share)
BOUNDS = Leaf(
    "a share as [low, high], both between 0 and 1",
    {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 2, "maxItems": 2},
    _bounds,
)
DIGEST = _matching('a digest: "sha256:" and 64 hexadecimal digits in lower case', "sha256:[0-9a-f]{64}")
DATE = _matching(
    'a date as ISO 8601: "2026", "2026-03", "2026-03-15" or "2026-03-15T12:00:00Z"',
    rf"{_YEAR}(?:-(?:0[1-9]|1[0-2]))?|(?:{_YEAR}-(?:{_DAY})|(?!0000){_LEAP})(?:{_TIME})?",
)
POINTER = _matching("a JSON pointer (RFC 6901)", r"(?:/(?:[^~/]|~[01])*)*")
ANYTHING = Leaf("anything", {}, lambda value: value)
