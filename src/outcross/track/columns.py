"""Findings as columns: fifty thousand of them say their method once, and one is made when it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from outcross.estimate import Estimate, Finding, Unknown

Item = TypeVar("Item")

Words = str | tuple[Any, ...]
"""The reason of what is unknown; or unit, method, assumption, scale and error bound of an estimate."""


class Texts:
    """What findings say in words, each once, by its number."""

    def __init__(self, known: Sequence[Any] = ()) -> None:
        self.known: list[Words] = [tuple(one) if isinstance(one, list) else one for one in known]
        self._numbers = {one: number for number, one in enumerate(self.known)}

    def number(self, told: Words) -> int:
        """The number of what is told."""
        if told not in self._numbers:
            self._numbers[told] = len(self.known)
            self.known.append(told)
        return self._numbers[told]


@dataclass(frozen=True, eq=False)
class Findings(Sequence[Finding]):
    """Findings of one kind as columns; replicates and laws are not kept.

    Attributes:
        value, se, df: as in `Estimate`; float64[G] each, which mean nothing where a finding is unknown.
        n: likewise; int64[G].
        told: which of the texts each says; int64[G].
        texts: what is said.
    """

    value: NDArray[np.float64]
    se: NDArray[np.float64]
    df: NDArray[np.float64]
    n: NDArray[np.int64]
    told: NDArray[np.int64]
    texts: Sequence[Words]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> "Findings":
        """These findings."""
        texts = Texts()
        return cls.of_rows([
            (0.0, 0.0, 0.0, 0, texts.number(one.reason)) if isinstance(one, Unknown)
            else (one.value, one.se, one.df, one.n,
                  texts.number((one.unit, one.method, one.assumption, one.scale, one.error)))
            for one in findings
        ], texts)  # fmt: skip

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[Any, ...]], texts: Texts) -> "Findings":
        """Findings given as value, se, df, n and the number of what is told of each."""
        columns = list(zip(*rows, strict=True)) if rows else [(), (), (), (), ()]
        value, se, df = (np.array(one, np.float64) for one in columns[:3])
        n, told = (np.array(one, np.int64) for one in columns[3:])
        return cls(value, se, df, n, told, texts.known)

    @classmethod
    def from_dict(cls, columns: Mapping[str, Sequence[Any]], texts: Texts) -> "Findings":
        """The findings that `to_dict` wrote."""
        rows = zip(*(columns[name] for name in ("value", "se", "df", "n", "told")), strict=True)
        return cls.of_rows([
            (0.0, 0.0, 0.0, 0, told) if value is None else (value, se, np.inf if df is None else df, n, told)
            for value, se, df, n, told in rows
        ], texts)  # fmt: skip

    def to_dict(self, texts: Texts) -> dict[str, list[Any]]:
        """Columns: value, se, df (None for known errors), n, and the number of what is told of each.

        What is unknown has None for its value; the number is that of its reason.
        """
        numbers = {here: texts.number(self.texts[here]) for here in dict.fromkeys(self.told.tolist())}
        columns = {name: self._numbers(getattr(self, name)) for name in ("value", "se", "df", "n")}
        columns["df"] = [None if df == np.inf else df for df in columns["df"]]
        return columns | {"told": [numbers[here] for here in self.told.tolist()]}

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Which are estimates; bool[G]."""
        made: NDArray[np.bool_] = np.array([not isinstance(one, str) for one in self.texts], np.bool_)[self.told]
        return made

    @property
    def values(self) -> list[float | None]:
        """The values; None where unknown."""
        return self._numbers(self.value)

    def _numbers(self, column: NDArray[Any]) -> list[Any]:
        found: list[Any] = column.tolist()
        if self.known.all():
            return found
        return [one if known else None for one, known in zip(found, self.known.tolist(), strict=True)]

    def __len__(self) -> int:
        return len(self.told)

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Finding]: ...
    def __getitem__(self, place: int | slice) -> Finding | Sequence[Finding]:
        if isinstance(place, slice):
            return several(self, place)
        words = self.texts[int(self.told[place])]
        if isinstance(words, str):
            return Unknown(words)
        unit, method, assumption, scale, error = words
        return Estimate(
            float(self.value[place]), float(self.se[place]), float(self.df[place]), int(self.n[place]), unit, method,
            assumption, scale, error=float(error),
        )  # fmt: skip


def several(made: Sequence[Item], places: slice) -> tuple[Item, ...]:
    """The items at these places of what makes them one by one."""
    return tuple(made[place] for place in range(*places.indices(len(made))))
