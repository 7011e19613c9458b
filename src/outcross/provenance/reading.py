"""Reading metadata that anybody may have written: values of the type that is meant, and a note on every other one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from outcross.provenance.documents import Document, pointer
from outcross.provenance.forms import MOST, is_blank
from outcross.provenance.importers import Defect, Imported
from outcross.provenance.record import Record

Placed = tuple[str, str]
"""A text, and the JSON pointer of where it stands."""

LONGEST = 20_000
"""Characters of one text that a record takes over; more is no description."""

_SAYS_NOTHING = re.compile(
    r"\W*(?:to ?do|tba|tbd|fix ?me|none|null|nan|n/?a|not applicable|not available|not specified|unspecified|unknown"
    r"|undefined|undisclosed|more information needed|place ?holder|xxx+|\.\.\.)?\W*",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Whether a text only holds the place of one: empty, "TODO", "N/A", "unknown"."""
    return len(text) <= 60 and _SAYS_NOTHING.fullmatch(text) is not None


@dataclass
class Reading:
    """What is found while a document is read.

    Attributes:
        document: that is read.
        defects: found so far.
    """

    document: Document
    defects: list[Defect] = field(default_factory=list)
    _told: set[Defect] = field(default_factory=set)

    def remark(self, place: str, said: str) -> None:
        """Something says less than it seems to, or is not by the standard's letter; the rest can be taken."""
        self._add(Defect(place, said))

    def broken(self, place: str, said: str) -> None:
        """The standard's own rules are broken: nothing can be taken."""
        self._add(Defect(place, said, broken=True))

    def _add(self, defect: Defect) -> None:
        if defect not in self._told:
            self._told.add(defect)
            self.defects.append(defect)

    def text(self, value: Any, place: str) -> str:
        """A text that must be one where anything stands; empty where nothing does."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.broken(place, f"a text is expected, and {_kind(value)} stands there")
            return ""
        return clipped(value)

    def texts(self, value: Any, place: str) -> list[Placed]:
        """Texts that must be a list of them or one; what is empty or nothing is left out."""
        items = list(enumerate(value)) if isinstance(value, list) else [(-1, value)]
        found = [(self.text(item, _at(place, at)), _at(place, at)) for at, item in items]
        return [(text, where) for text, where in found if text]

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        """An object that must be one where anything stands; empty where nothing does."""
        if value is not None and not isinstance(value, dict):
            self.broken(place, f"an object is expected, and {_kind(value)} stands there")
        return value if isinstance(value, dict) else {}

    def count(self, value: Any, place: str) -> int | None:
        """A number of things, not negative; None where nothing stands."""
        if value is None or value == "":
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= MOST or value % 1:
            self.broken(place, f"a number of things is expected, and {_kind(value)} stands there")
            return None
        return int(value)

    def imported(self, standard: str, records: tuple[Record, ...]) -> Imported:
        """What was found: no records where the standard's rules are broken."""
        told = tuple(sorted(self.defects, key=lambda one: not one.broken))
        taken = () if any(one.broken for one in told) else records
        return Imported(standard, self.document.digest, taken, told)


def total(counts: Iterable[int | None]) -> int | None:
    """The sum of counts; None where there are none, one is not known, or they are more than a record can hold."""
    told = list(counts)
    known = [one for one in told if one is not None]
    return sum(known) if told and len(known) == len(told) and sum(known) <= MOST else None


def clipped(text: str) -> str:
    """A text without what surrounds it, cut where it is no description any more; empty where nothing can be seen."""
    kept = text.strip()[:LONGEST]
    return "" if is_blank(kept) else kept


def members(value: dict[str, Any], place: str) -> Iterator[tuple[str, Any, str]]:
    """The members of an object: key, value, and where it stands."""
    for key, one in value.items():
        yield key, one, place + pointer(key)


def _at(place: str, index: int) -> str:
    return place if index < 0 else place + pointer(index)


def _kind(value: Any) -> str:
    """What a value is, in JSON's words."""
    if isinstance(value, bool):
        return "a truth value"
    names = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "nothing")
