"""Periods as people write them: two dates, an interval of ISO 8601, or a sentence with dates in it."""

import re
from collections.abc import Iterable

from outcross.provenance.forms import DATE
from outcross.provenance.record import Period

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "may" else name for name in _MONTHS) + "|sept"
_TIME = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATES = re.compile(
    rf"\b(?:(?P<iso>(?:19|20)\d{{2}}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]){_TIME})?)?)(?![\d-])"
    rf"|(?P<month>{_NAMES})\.?,? (?:\d{{1,2}}(?:st|nd|rd|th)?,? )?(?P<year>(?:19|20)\d{{2}})\b)",
    re.IGNORECASE,
)
_MOST = 500
"""Characters that are looked at: a period is told in few."""


def dates_in(text: str) -> list[str]:
    """The dates in a text, in its order, as ISO 8601 and no finer than they are told; a time needs its zone."""
    return [date for found in _DATES.finditer(text[:_MOST]) if (date := _sound(_iso(found)))]


def date_of(text: str) -> str:
    """The date that a text is; empty where it is none, or more than one date."""
    found = _DATES.fullmatch(text.strip()[:_MOST])
    return _sound(_iso(found)) if found else ""


def period_of(texts: Iterable[str]) -> Period:
    """The period that texts tell together: from their first date to their last; empty where they tell none."""
    found = sorted(date for text in texts for date in dates_in(text))
    if not found:
        return Period()
    # Times of one day may be of different zones: only the day is sure.
    start, end = found[0], found[-1]
    return Period(start, end) if in_order(start, end) else Period(start[:10], end[:10])


def in_order(start: str, end: str) -> bool:
    """Whether a period does not end before it begins, as far as both tell; an open end (empty) is in order.

    >>> in_order("2026-05", "2026"), in_order("2026-05-01", "2026-04")
    (True, False)
    """
    if start[:10] == end[:10] and "T" in start and "T" in end:
        return start == end
    told = min(len(start), len(end), len("2026-05-01"))
    return start[:told] <= end[:told]


def _iso(found: re.Match[str]) -> str:
    if found["iso"]:
        return found["iso"]
    month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(found["month"].lower()[:3]))
    return f"{found['year']}-{month:02}"


def _sound(date: str) -> str:
    """A date as a record holds it: without a time that has no zone, and without a day that no calendar has."""
    for told in (date, date[:10], date[:7], date[:4]):
        try:
            return str(DATE.read(told))
        except ValueError:
            continue
    return ""
