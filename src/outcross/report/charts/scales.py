"""Scales: from a number to a place on the sheet, and the round numbers that name the places."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from outcross.report.numbers import MINUS

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A linear or logarithmic scale.

    Attributes:
        low: the number at `start`.
        high: the number at `end`.
        start: the place of `low`.
        end: the place of `high`.
        log: whether equal ratios have equal lengths.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The place of a number; what lies beyond an end is put on it."""
        value = min(max(value, self.low), self.high)
        if self.log:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self, most: int = 6) -> list[float]:
        """Round numbers within the scale, at most about so many."""
        return _log_ticks(self.low, self.high, most) if self.log else _linear_ticks(self.low, self.high, most)

    def marks(self, most: int = 6, *, percent: bool = False) -> list[tuple[float, str]]:
        """The ticks and their names, which all have the same number of decimals."""
        ticks = self.ticks(most)
        told = [brief(tick, percent=percent) for tick in ticks]
        decimals = max((len(_decimals(one)) for one in told), default=0)
        if self.log or not decimals:
            return list(zip(ticks, told, strict=True))
        return [(tick, _padded(one, decimals)) for tick, one in zip(ticks, told, strict=True)]


def linear(values: Iterable[float], place: tuple[float, float], *, zero: bool = False) -> Scale:
    """A linear scale that holds all values with a little room, from zero where asked."""
    found = list(values)
    low, high = min(found), max(found)
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    if zero:
        return Scale(min(low, 0.0), high + room if high > 0 else 1.0, *place)
    floor = 0.0 if low >= 0 else -math.inf
    return Scale(max(low - room, floor), high + room, *place)


def logarithmic(values: Iterable[float], place: tuple[float, float], *, room: float = 1.0) -> Scale:
    """A logarithmic scale that holds all positive values."""
    found = [value for value in values if value > 0] or [1.0]
    low, high = min(found) / room, max(found) * room
    return Scale(low, high if high > low else low * 10, *place, log=True)


def _linear_ticks(low: float, high: float, most: int) -> list[float]:
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * step for step in STEPS if power * step >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = [10.0**power for power in range(first, last + 1)]
    inside = [tick for tick in decades if low * 0.999 <= tick <= high * 1.001]
    if len(inside) > most:
        return inside[:: math.ceil(len(inside) / most)]
    if len(inside) >= 3:
        return inside
    finer = [decade * step for decade in decades for step in (1.0, 2.0, 5.0)]
    finer = [tick for tick in finer if low * 0.999 <= tick <= high * 1.001]
    return finer if len(finer) >= 2 else _linear_ticks(low, high, most)


def brief(value: float, *, percent: bool = False) -> str:
    """A tick's number, as short as it can be.

    >>> brief(20_000), brief(0.25), brief(0.02, percent=True), brief(2_500_000)
    ('20k', '0.25', '2 %', '2.5M')
    """
    if percent:
        return f"{_trimmed(value * 100)} %"
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{_trimmed(value / size)}{letter}"
    return _trimmed(value)


def _trimmed(value: float) -> str:
    return f"{value:.6g}".replace("-", MINUS)


def _decimals(told: str) -> str:
    """The digits after the point."""
    found = re.search(r"\.(\d+)", told)
    return found[1] if found else ""


def _padded(told: str, decimals: int) -> str:
    """The number with so many decimals; zero needs none."""
    if told.rstrip(" %") == "0":
        return told
    missing = "0" * (decimals - len(_decimals(told)))
    point = "" if "." in told else "."
    return re.sub(r"(?<=\d)(?=\D*$)", point + missing, told, count=1)
