"""Periods as people write them: two dates, an interval of ISO 8601, or a sentence with dates in it."""

import re
from collections.abc import Iterable

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
    """The dates in a text, in its order, as ISO 8601 and no finer than they are told."""
    return [_iso(found) for found in _DATES.finditer(text[:_MOST])]


def period_of(texts: Iterable[str]) -> Period:
    """The period that texts tell together: from their first date to their last; empty where they tell none."""
    found = sorted(date for text in texts for date in dates_in(text))
    return Period(found[0], found[-1]) if found else Period()


def _iso(found: re.Match[str]) -> str:
    if found["iso"]:
        return found["iso"]
    month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(found["month"].lower()[:3]))
    return f"{found['year']}-{month:02}"
