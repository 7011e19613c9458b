"""Numbers in sentences: shares as percent, tokens with k, M, G and T, and never two equal texts for unequal numbers."""

import math

from outcross.gate.record import Interval, Unit

_STEPS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
DIGITS, MOST_DIGITS = 3, 12


def amount(value: float, unit: Unit, digits: int = DIGITS) -> str:
    """A number in its unit.

    >>> amount(0.165, "share"), amount(30e9, "tokens"), amount(math.inf, "generations")
    ('16.5 %', '30 G tokens', 'no end')
    """
    if math.isinf(value):
        return "no end"
    if unit == "share":
        return f"{_short(value * 100, digits)} %"
    return tokens(value, digits) if unit == "tokens" else _short(value, digits)


def tokens(value: float, digits: int = DIGITS) -> str:
    """A number of tokens.

    >>> tokens(12.3e9), tokens(512)
    ('12.3 G tokens', '512 tokens')
    """
    size, sign = next(((size, sign) for size, sign in _STEPS if value >= size), (1.0, ""))
    return f"{_short(value / size, digits)} {sign}{' ' if sign else ''}tokens"


def apart(value: float, other: float, unit: Unit) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to tell them apart.

    >>> apart(0.2001, 0.2, "share")
    ('20.01 %', '20 %')
    """
    for digits in range(DIGITS, MOST_DIGITS + 1):
        told = amount(value, unit, digits), amount(other, unit, digits)
        if told[0] != told[1] or value == other:
            break
    return told


def span(interval: Interval, unit: Unit) -> str:
    """An interval in words.

    >>> span((0.165, 0.21), "share"), span((2.0, 2.0), "count"), span((1.0, math.inf), "generations")
    ('16.5 to 21 %', '2', '1 or more')
    """
    low, high = interval
    if low == high:
        return amount(low, unit)
    if math.isinf(high):
        return f"{amount(low, unit)} or more"
    first, last = apart(low, high, unit)
    number, _, sign = first.partition(" ")
    return f"{number if sign == last.partition(' ')[2] else first} to {last}"


def enough(value: float, digits: int = DIGITS) -> float:
    """The number rounded up, so that whoever follows it is not a little short.

    >>> enough(1234567.0)
    1240000.0
    """
    if value <= 0 or not math.isfinite(value):
        return max(value, 0.0)
    step = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    # A number that is round but for the last bits of its float is left as it is.
    return math.ceil(float(f"{value / step:.9g}")) * step


def _short(value: float, digits: int) -> str:
    """So many significant digits, whole numbers in full, no exponent."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    places = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    told = f"{value:,.{min(places, 15)}f}"
    return (told.rstrip("0").rstrip(".") if "." in told else told) or "0"
