"""The sources of a mix as evidence tells them, read with their types checked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from outcross.errors import DataError

Kind = TypeVar("Kind")

FORGED = ("forged", "replayed")
"""Findings that block, whatever a policy says."""

CONTRADICTORY = "contradictory"
"""The finding that people must look at, whatever a policy says."""


@dataclass(frozen=True)
class Found:
    """What is the matter with a source: the code of the finding, what it says, and what would mend it."""

    code: str
    said: str
    remedy: str = ""

    @property
    def says(self) -> str:
        """What it says, to stand within a sentence."""
        return self.said.rstrip(".")


@dataclass(frozen=True)
class Source:
    """One source of a mix.

    Attributes:
        name: of it. tokens: taken from it. share: of all tokens; None where nobody told tokens.
        level: of the evidence for it, 0 to 3. fields: of its record that are there. origin: word for it.
        generators: names of models. license: told. issued, expires: ISO 8601.
        signed_by: the key whose signature holds. signature: "valid", "invalid" or "absent".
        manifest: what binds its bytes. findings: what is the matter with it.
        made: share of it that is synthetic or edited, as it is believed.
    """

    name: str
    tokens: float | None = None
    share: float | None = None
    level: int = 0
    fields: frozenset[str] = frozenset()
    origin: str = "unknown"
    generators: tuple[str, ...] = ()
    license: tuple[str, ...] = ()
    issued: str = ""
    expires: str = ""
    record: str = ""
    signed_by: str = ""
    signature: str = "absent"
    manifest: str = ""
    findings: tuple[Found, ...] = ()
    made: tuple[float, float] = (0.0, 1.0)

    def finding(self, *codes: str) -> Found | None:
        """The first finding with one of these codes."""
        return next((one for one in self.findings if one.code in codes), None)

    @property
    def may_be_made(self) -> bool:
        """Whether any of it may be by a model."""
        return self.made[1] > 0


def sources_of(items: Sequence[Mapping[str, Any]]) -> tuple[Source, ...]:
    """The sources that items of evidence tell.

    Raises:
        DataError: a value has a wrong type.
    """
    return tuple(_source(_Item(item, place)) for place, item in enumerate(items))


@dataclass(frozen=True)
class _Item:
    """An item of evidence, whose values are asked for by their types."""

    values: Mapping[str, Any]
    place: int

    def told(self, name: str, kind: type[Kind], absent: Kind) -> Kind:
        value = self.values.get(name)
        if value is None:
            return absent
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(name)
        return value

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise self.wrong(name)
        return float(value)

    def many(self, name: str) -> list[Any]:
        value = self.values.get(name)
        if value is not None and not isinstance(value, list | tuple):
            raise self.wrong(name)
        return list(value or ())

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.many(name)
        if not all(isinstance(one, str) for one in found):
            raise self.wrong(name)
        return tuple(found)

    def wrong(self, name: str) -> DataError:
        return DataError(f"Source {self.place + 1} of the evidence has a {name!r} that cannot be.")


def _source(item: _Item) -> Source:
    level = item.told("level", int, 0)
    signature = item.told("signature", str, "absent")
    if level not in range(4):
        raise item.wrong("level")
    return Source(
        name=item.told("name", str, ""), tokens=item.number("tokens"), share=item.number("share"), level=level,
        fields=frozenset(item.texts("fields")), origin=item.told("origin", str, "unknown"),
        generators=item.texts("generators"), license=item.texts("license"), issued=item.told("issued", str, ""),
        expires=item.told("expires", str, ""), record=item.told("record", str, ""),
        signed_by=item.told("signed_by", str, ""), signature=signature, manifest=item.told("manifest", str, ""),
        findings=tuple(_found(item, one) for one in item.many("findings")), made=_ends(item),
    )  # fmt: skip


def _found(item: _Item, told: Any) -> Found:
    if not isinstance(told, Mapping):
        raise item.wrong("findings")
    words = [told.get(name) or "" for name in ("code", "said", "remedy")]
    code, said, remedy = (one if isinstance(one, str) else None for one in words)
    if code is None or said is None or remedy is None:
        raise item.wrong("findings")
    return Found(code, said, remedy)


def _ends(item: _Item) -> tuple[float, float]:
    """The believed share; everything is possible where nobody tells."""
    ends = item.many("synthetic_or_edited") or [0.0, 1.0]
    numbers = [float(one) for one in ends if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(numbers) != 2 or len(ends) != 2 or not 0 <= numbers[0] <= numbers[1] <= 1:
        raise item.wrong("synthetic_or_edited")
    return numbers[0], numbers[1]
