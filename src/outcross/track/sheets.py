"""Sheets of readings: all measures of one generation as arrays, and those of all generations beside each other."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcross.track.figures import Reading
from outcross.track.mixture import Ints
from outcross.track.readings import COUNTS, NUMBERS, Bools, Readings
from outcross.track.tails import Floats

ABSENT = "not registered for this generation"

NO_NUMBERS = asdict(Reading(""))
"""Stands for the numbers of a reading that is not known."""

_numbers, _counts = itemgetter(*NUMBERS), itemgetter(*COUNTS)


@dataclass(frozen=True, eq=False)
class Sheet(Mapping[str, Reading]):
    """The readings of one generation by measure, as arrays of M measures; a reading is made when it is asked for.

    Attributes:
        places: of the measures.
        numbers: float64[M, 7], as `NUMBERS` names them; no joint error is no number.
        counts: int64[M, 2], as `COUNTS` names them.
        unknown: why each is not known, or nothing.
    """

    places: Mapping[str, int]
    numbers: Floats
    counts: Ints
    unknown: Sequence[str]

    @classmethod
    def of(cls, records: Sequence[Mapping[str, Any]]) -> "Sheet":
        """Those that `Reading.to_dict` wrote."""
        full = [NO_NUMBERS | dict(one) if one["unknown"] else one for one in records]
        return cls(
            {one["measure"]: place for place, one in enumerate(records)},
            np.array([*chain.from_iterable(map(_numbers, full))], np.float64).reshape(-1, len(NUMBERS)),
            np.array([*chain.from_iterable(map(_counts, full))], np.int64).reshape(-1, len(COUNTS)),
            [one["unknown"] for one in records],
        )

    def __getitem__(self, measure: str) -> Reading:
        place = self.places[measure]
        numbers = dict(zip(NUMBERS, self.numbers[place].tolist(), strict=True))
        joint = None if math.isnan(numbers["joint_se"]) else numbers["joint_se"]
        size, n = self.counts[place].tolist()
        return Reading(measure, **numbers | {"joint_se": joint}, size=size, n=n, unknown=self.unknown[place])

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, eq=False)
class Gathered:
    """The readings of all G generations, as arrays of M measures.

    Attributes:
        places: of the measures.
        numbers: float64[M, 7, G]. counts: int64[M, 2, G].
        unknown: why each is not known, or nothing; of texts, [M, G].
    """

    places: Mapping[str, int]
    numbers: Floats
    counts: Ints
    unknown: NDArray[np.object_]

    @classmethod
    def of(cls, generations: Sequence[Mapping[str, Reading]], many: int) -> "Gathered":
        """Those of so many generations; of those that are not there nothing is known."""
        sheets = [_sheet(one) for one in generations[:many]]
        places = {name: place for place, name in enumerate(dict.fromkeys(name for one in sheets for name in one))}
        numbers, counts = np.ones((len(places), len(NUMBERS), many)), np.zeros((len(places), len(COUNTS), many), int)
        unknown = np.full((len(places), many), ABSENT, object)
        for at, sheet in enumerate(sheets):
            here = [places[name] for name in sheet]
            numbers[here, :, at], counts[here, :, at], unknown[here, at] = sheet.numbers, sheet.counts, sheet.unknown
        return cls(places, numbers, counts, unknown)

    @cached_property
    def known(self) -> Bools:
        """Which are known; bool[M, G]."""
        made: Bools = self.unknown == ""
        return made

    @property
    def measured(self) -> list[str]:
        """The measures that are known of any generation."""
        return [name for name, place in self.places.items() if self.known[place].any()]

    def readings(self, measure: str) -> "Readings":
        """One measure, also one of which nothing is known."""
        place = self.places.get(measure)
        if place is None:
            many = self.unknown.shape[1]
            numbers, counts = np.ones((len(NUMBERS), many)), np.zeros((len(COUNTS), many), np.int64)
            return Readings.of(numbers, counts, [ABSENT] * many)
        return Readings.of(self.numbers[place], self.counts[place], self.unknown[place].tolist())


def _sheet(readings: Mapping[str, Reading]) -> Sheet:
    return readings if isinstance(readings, Sheet) else Sheet.of([asdict(one) for one in readings.values()])
