"""Numbers as people read them: as many digits as the interval justifies, and never a zero that is none."""

import math
from dataclasses import dataclass
from functools import lru_cache

from outcross.estimate import Estimate, Finding, Unknown
from outcross.report.escape import shown

SIGNIFICANT = 3
"""Digits of a number that has no interval and is no count."""

MOST_SIGNIFICANT = 6
"""Digits of a number whose interval is very narrow."""

REASON_LIMIT = 300
FARTHEST = 1e100
"""What is beyond is no number of anything."""

LARGEST_LOG = 200.0
"""A log ratio beyond which nothing changes for who reads it."""

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Told:
    """A finding in words.

    Attributes:
        value: the number with its sign of percent, or "unknown: reason".
        interval: "[low, high]", or nothing where the number is exact or unknown.
        span: low, value and high as numbers to draw, or None.
    """

    value: str
    interval: str = ""
    span: tuple[float, float, float] | None = None

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return self.span is not None

    def __str__(self) -> str:
        return f"{self.value} {self.interval}".rstrip()


def tell(finding: Finding, *, percent: bool = False) -> Told:
    """The finding in words.

    >>> from outcross.estimate import counted
    >>> str(tell(counted(20000, n=20000, unit="documents")))
    '20,000'
    >>> str(tell(Unknown("nobody asked")))
    'unknown: nobody asked'
    """
    match finding:
        case Unknown(reason=reason):
            return Told(f"unknown: {shown(reason, REASON_LIMIT)}")
        case Estimate():
            return _tell_estimate(finding, percent=percent)


def _tell_estimate(estimate: Estimate, *, percent: bool) -> Told:
    span = span_of(estimate)
    if span is None:
        return Told("unknown: the record holds no valid number")
    low, value, high = span
    factor = 100.0 if percent else 1.0
    sign = " %" if percent else ""
    if low == high:
        return Told(exact(value * factor) + sign, "", span)
    places = _places(low * factor, high * factor)
    told_low, told, told_high = (_fixed(one * factor, places) for one in span)
    return Told(told + sign, f"[{told_low}, {told_high}]", span)


@lru_cache(maxsize=4096)
def span_of(estimate: Estimate) -> tuple[float, float, float] | None:
    """Low end of the 95 % interval, value and high end; None where a damaged record holds no numbers."""
    try:
        low, high = estimate.interval()
    except (ArithmeticError, ValueError):
        return None
    span = (low, estimate.value, high)
    if not all(abs(one) < FARTHEST for one in span):
        return None
    noise = (high - low) * 1e-9  # an end that is zero but for rounding is zero
    return (0.0 if abs(low) < noise else low, estimate.value, 0.0 if abs(high) < noise else high)


def exact(value: float) -> str:
    """A number without an interval: counts in full, others at three digits.

    >>> exact(1234567.0), exact(0.48214), exact(99.9917)
    ('1,234,567', '0.482', '99.99')
    """
    if value == int(value):
        return _fixed(value, 0)
    places = SIGNIFICANT - 1 - _exponent(value)
    while places < MOST_SIGNIFICANT and round(value, places) in {1.0, 100.0}:
        places += 1  # "100 %" is for all of them only
    told = _fixed(value, max(places, 0))
    return told.rstrip("0").rstrip(".") if "." in told and "e" not in told else told


def _places(low: float, high: float) -> int:
    """Decimal places that an interval justifies: half its width with one digit, with two below 30."""
    first, exponent = _digits((high - low) / 2)
    places = (1 if first < 3 else 0) - exponent
    return min(places, MOST_SIGNIFICANT - 1 - _exponent(max(abs(low), abs(high))))


def _exponent(value: float) -> int:
    """The power of ten of the first digit."""
    return _digits(value)[1]


def _digits(value: float) -> tuple[float, int]:
    """The digits as a number from 1 to 10, and the power of ten that they stand at."""
    digits, power = f"{abs(value):.9e}".split("e")
    return float(digits), int(power)


def _fixed(value: float, places: int) -> str:
    """The number at so many places (fewer than none rounds to tens); more where it would look like zero."""
    if value and not 1e-6 <= abs(value) < 1e15:
        return f"{value:.1e}".replace("-", MINUS)
    if value == 0:
        return "0"
    if not round(value, places):
        places = -_exponent(value)
    return f"{round(value, places):,.{max(places, 0)}f}".replace("-", MINUS)


def signed(value: float, low: float, high: float, *, scale: str) -> tuple[str, str]:
    """A change and its interval: in percent of the value, or in points of a share.

    >>> signed(0.105, 0.09, 0.12, scale="relative")
    ('+10.5 %', '[+9.0, +12.0]')
    """
    told, interval = _signs((low, value, high), 100.0, most=3)
    return told + (" %" if scale == "relative" else " points"), interval


def moved(span: tuple[float, float, float], scale: str) -> tuple[str, str]:
    """A change of a series and its interval: percent of a ratio, points of a share, nats, or bare units.

    Args:
        span: low end, change and high end, on the series' scale.
        scale: "log", "points", "nats" or "units".

    >>> moved((0.095, 0.182, 0.262), "log")
    ('+20.0 %', '[+10.0, +30.0]')
    >>> moved((0.11, 0.12, 0.13), "nats")
    ('+0.120 nats', '[+0.110, +0.130]')
    """
    factor, unit = {"log": (100.0, " %"), "points": (100.0, " points"), "nats": (1.0, " nats")}.get(scale, (1.0, ""))
    low, value, high = (natural(one, scale) for one in span)
    told, interval = _signs((low, value, high), factor, most=5)
    return told + unit, interval


def natural(change: float, scale: str) -> float:
    """A change as people count it: a log ratio as a share of the baseline, others as they are."""
    return math.expm1(min(change, LARGEST_LOG)) if scale == "log" else change


def _signs(span: tuple[float, float, float], factor: float, *, most: int) -> tuple[str, str]:
    """A number and its ends with their signs, at the decimals (at most so many) that the interval justifies."""
    low, value, high = span
    places = min(max(1 - _exponent((high - low) * factor / 2), 0), most) if high > low else 1
    told = [_fixed(one * factor, places) for one in (value, low, high)]
    signs = [f"+{text}" if one > 0 else text for one, text in zip((value, low, high), told, strict=True)]
    return signs[0], f"[{signs[1]}, {signs[2]}]"


def probability(p: float) -> str:
    """A p-value for a table.

    >>> probability(0.0312), probability(1e-9)
    ('0.031', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def count(value: object) -> str:
    """A count from a table, in full; whatever else stands there is shown as text."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return shown(value)
    return exact(float(value)) if isinstance(value, float) else f"{value:,}"


def share(value: object) -> str:
    """A share from a table, in percent."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return shown(value)
    return "< 0.01 %" if 0 < value < 1e-4 else f"{exact(value * 100)} %"


def plural(number: int, thing: str, things: str = "") -> str:
    """A number and its noun.

    >>> plural(1, "file"), plural(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def size_of(value: object) -> str:
    """Bytes in the unit that people would use.

    >>> size_of(81_234_567)
    '81.2 MB'
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return shown(value)
    amount, units = float(value), ["bytes", "kB", "MB", "GB", "TB", "PB"]
    while abs(amount) >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:,.0f} {units[0]}" if units[0] == "bytes" else f"{amount:,.3g} {units[0]}"
