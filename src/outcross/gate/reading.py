"""Evidence as a criterion reads it: an interval, or why there is none. No figure is ever filled in."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcross.errors import DataError
from outcross.estimate import Unknown
from outcross.evidence import Evidence
from outcross.gate.record import Interval, Unit, Way
from outcross.gate.sources import Source, sources_of

SOURCES = "mix.sources"
"""The evidence whose items are the sources of a mix."""


def no_remedies() -> tuple[str, ...]:
    """Nothing is known that would help."""
    return ()


@dataclass(frozen=True)
class Reading:
    """One figure that a criterion asks for, and its limit.

    Attributes:
        what: the figure in words.
        found: its interval, or why it is not known.
        limit: for it. way: whether that is a maximum or a minimum. unit: of both.
        about: what it rests on, in words: the sources that break a rule, the ancestors that are missing.
        remedies: works out what would close the gap, the cheapest first.
        names: of the evidence that was read.
    """

    what: str
    found: Interval | Unknown
    limit: float
    way: Way
    unit: Unit = "share"
    about: tuple[str, ...] = ()
    remedies: Callable[[], tuple[str, ...]] = no_remedies
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """All evidence, by its name.

    Attributes:
        evidence: by its name. now: when it is judged, ISO 8601 in UTC. level: of the intervals of estimates.
    """

    evidence: Mapping[str, Evidence]
    now: str
    level: float = 0.95
    _sources: list[tuple[Source, ...]] = field(default_factory=list)

    def interval(self, name: str) -> Interval | Unknown:
        """The interval of a figure; Unknown where it is missing, stale or no interval."""
        found = self.evidence.get(name)
        if found is None:
            return Unknown(f"there is no evidence {name}")
        if found.valid_until and found.valid_until < self.now[: len(found.valid_until)]:
            return Unknown(f"the evidence {name} was valid until {found.valid_until}")
        if isinstance(found.finding, Unknown):
            return found.finding
        low, high = found.finding.interval(self.level)
        if math.isnan(low) or math.isnan(high) or low > high or math.isinf(low):
            return Unknown(f"the evidence {name} holds no valid interval")
        return low, high

    def items(self, name: str) -> Sequence[Mapping[str, Any]]:
        """What a figure is made of; nothing where it is missing."""
        return self.evidence[name].items if name in self.evidence else ()

    def sources(self) -> tuple[Source, ...] | Unknown:
        """The sources of the mix.

        Raises:
            DataError: an item has a wrong type.
        """
        count = self.interval(SOURCES)
        if isinstance(count, Unknown):
            return count
        if not self._sources:
            self._sources.append(sources_of(self.items(SOURCES)))
        found = self._sources[0]
        if not found or not count[0] == count[1] == len(found):
            return Unknown(f"the evidence {SOURCES} tells of {count[0]:g} sources and shows {len(found)}")
        return found


def held(evidence: Sequence[Evidence], now: str, level: float) -> Held:
    """Evidence by its name.

    Raises:
        DataError: two tell the same figure, or they are of different mixes: nobody may choose between them here.
    """
    by_name: dict[str, Evidence] = {}
    for one in evidence:
        if one.name in by_name:
            raise DataError(f"There are two findings of {one.name}.", hint="Give the evidence of one mix, once.")
        by_name[one.name] = one
    mixes = {one.subjects["mix"] for one in evidence if "mix" in one.subjects}
    if len(mixes) > 1:
        raise DataError(f"The evidence is of {len(mixes)} different mixes.", hint="Give that of one mix.")
    return Held(by_name, now, level)
