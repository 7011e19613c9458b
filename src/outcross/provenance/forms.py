"""Fields of a record and what they can hold: each form as words, as JSON Schema, and as what reads it.

Schema and reader come from the same definition, so what one accepts the other does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MOST = 2**63 - 1
"""The largest count: what every store and reader of JSON holds."""

_END = r"(?![\s\S])"
"""The end of the text, in patterns of Python and of JSON Schema alike: after `$` one of them lets a line break pass."""

_DAY = (
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
)
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_YEAR = r"(?!0000)[0-9]{4}"


@dataclass(frozen=True, eq=False)
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


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError
    return float(value)


def _bounds(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    return _share(value[0]), _share(value[1])


_BLANK = r"\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
_SEEN = re.compile(rf"[^\u0000{_BLANK}]")
TEXT = _matching("a text that is not empty", rf"[{_BLANK}]*[^\u0000{_BLANK}][^\u0000]*")
"""With something to be seen, or a field of spaces would answer a requirement; without NUL, which databases refuse."""


def is_blank(text: str) -> bool:
    r"""Whether a text has nothing that can be seen: only spaces, controls and marks without width.

    >>> is_blank(" \u200b"), is_blank("books")
    (True, False)
    """
    return not _SEEN.search(text)


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

Need = Literal["must", "complete", "each", "generated", "optional"]

NEEDS: Mapping[Need, str] = {
    "must": "always",
    "complete": "in a complete record",
    "each": "in a complete record, of each entry",
    "generated": "in a complete record where a model wrote or changed text",
    "optional": "no",
}
"""When a field is needed, in words."""

STANDARDS: Mapping[str, str] = {
    "huggingface": "Hugging Face card", "croissant": "Croissant, RAI", "dpi": "Data Provenance Initiative",
    "signing": "OpenSSF Model Signing", "oasis": "OASIS DPS, DTA", "cyclonedx": "CycloneDX", "spdx": "SPDX 3",
    "openlineage": "OpenLineage", "prov": "W3C PROV", "c2pa": "C2PA", "eu": "EU summary",
}  # fmt: skip
"""Standards that fields are mapped to: those of the importers by the names of their modules, and of the EU summary."""


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: with dots, from the record down; of a list, what its entries have.
        form: what it holds.
        meaning: in a sentence or two.
        example: a value; of an object, None.
        need: when it is needed.
        standards: where each standard says it; what is not here has no place for it.
        asked_by: kinds of requirement that read it.
        traps: what is easily read wrong.
    """

    name: str
    form: Form
    meaning: str
    example: Any = None
    need: Need = "optional"
    standards: Mapping[str, str] = field(default_factory=dict)
    asked_by: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def leaf(self) -> Leaf | None:
        """What a value, or each entry of a list of values, must be; None where there are fields below it."""
        inner = self.form.item if isinstance(self.form, Many) else self.form
        return inner if isinstance(inner, Leaf) else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "name": self.name, "meaning": self.meaning, "holds": words_of(self.form), "needed": NEEDS[self.need],
            "example": self.example, "standards": dict(self.standards), "asked_by": list(self.asked_by),
            "traps": list(self.traps),
        }  # fmt: skip


def words_of(form: Form) -> str:
    """What a form holds, in words."""
    if isinstance(form, Many):
        return f"a list, each {form.item.words}"
    return form.words


def part_of(form: Form) -> Part | None:
    """The object that a form is, or has as its entries."""
    inner = form.item if isinstance(form, Many | ByPointer) else form
    return inner if isinstance(inner, Part) else None
