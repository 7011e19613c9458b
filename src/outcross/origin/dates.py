"""Capture dates: text that was captured before machines wrote at scale is taken for human, with an allowance.

The date must be that of a crawl or an archive: what a document says of itself can be anything.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import numpy as np
import pyarrow as pa

from outcross.canonical import digest
from outcross.errors import CallError
from outcross.estimate import OF_DOCUMENTS, Estimate, Unknown
from outcross.measure import Array, Batch
from outcross.origin.detector import Verdicts

CUTOFF = date(2022, 11, 30)
"""The day on which ChatGPT was released."""

EARLY_MACHINES = 0.01
"""Share of machine text that is allowed to be dated before the cutoff (GPT-2 and GPT-3, spun text, false dates)."""

PLACEHOLDERS = frozenset({date(1970, 1, 1), date(1900, 1, 1), date(1, 1, 1), date(1980, 1, 1)})
"""What software writes when it knows no date."""

OLDEST = date(1450, 1, 1)
ISO = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2})(?:\d{6}$)?)?)?(?!\d)")
MINUTE = re.compile(r"(?:19|20)\d{10}")
EPOCH = re.compile(r"\d{9,10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?")
LATER = re.compile(r"(?<![\dT])(\d{4})(?!\d)")
YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")


def last_day(value: str) -> date | None:
    """The last day that a date can mean: "2019" is the end of 2019, "2019-05" the end of May; None for no date.

    ISO dates (also without hyphens), seconds since 1970 (or milli-, micro-, nanoseconds), dates of HTTP and mail.
    Of a form in which day and month cannot be told apart only the year is taken. What names a later year behind its
    date (a range, "updated 2024") is no date.
    """
    text = value.strip()
    try:
        found = _number(text) if EPOCH.fullmatch(text) else _iso(text) or _spelt(text)
    except (ValueError, OverflowError, OSError, IndexError, TypeError):
        return None
    return None if found is None or found in PLACEHOLDERS or found < OLDEST else found


def _number(text: str) -> date:
    """Of twelve digits that may be milliseconds of the seventies or a day with hour and minute, the later."""
    found = _seconds(text)
    if not MINUTE.fullmatch(text):
        return found
    try:
        return max(found, datetime.strptime(text, "%Y%m%d%H%M").date())  # noqa: DTZ007 - only the day is taken
    except ValueError:
        return found


def _seconds(text: str) -> date:
    seconds = float(text)
    # Seconds have ten digits from 2001 on; each thousand more is the next smaller unit.
    while seconds >= 1e11:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC).date()


def _iso(text: str) -> date | None:
    found = ISO.match(text)
    if found is None:
        return None
    year, month, day = (None if part is None else int(part) for part in found.groups())
    if year is None or any(year < int(later) < 2100 for later in LATER.findall(text, found.end())):
        return None
    if month is None:
        return date(int(found[1]), 12, 31) if found.end() == len(text) else None
    if day is not None:
        return date(year, month, day)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _spelt(text: str) -> date | None:
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError):
        years = {int(year) for year in YEAR.findall(text)}
        return date(years.pop(), 12, 31) if len(years) == 1 else None


def day_of(text: str) -> date:
    """A day as people name it.

    Raises:
        CallError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallError(f"{text!r} is no date.", hint="Write it as 2022-11-30.") from None


@dataclass(frozen=True)
class Captured:
    """Documents that were captured before a cutoff.

    Attributes:
        column: the column of the batch with the capture date.
        cutoff: text captured before this day counts as human.
        allowance: share of machine text that is allowed to be dated before it; None where nobody dares to say.
        name: of the detector.
        certain: never: dates can be false, and machines wrote before they were famous.
    """

    column: str = "date"
    cutoff: date = CUTOFF
    allowance: float | None = EARLY_MACHINES
    name: str = "date"
    certain: bool = False

    def __post_init__(self) -> None:
        """Refuse an allowance that is no share.

        Raises:
            CallError: it is not within [0, 1).
        """
        if self.allowance is not None and not 0 <= self.allowance < 1:
            raise CallError(f"The allowance for early machine text must be a share below 1, not {self.allowance}.")

    @property
    def digest(self) -> str:
        """Of its parameters."""
        return digest({
            "detector": self.name, "column": self.column, "cutoff": self.cutoff.isoformat(),
            "allowance": self.allowance,
        })  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the corpus that it needs."""
        return (self.column,)

    def false_positives(self) -> Estimate | Unknown:
        """The allowance: it is assumed, since no machine text of that time is at hand to count."""
        if self.allowance is None:
            return Unknown("nobody has said how much machine text may be dated before the cutoff")
        assumption = f"at most {self.allowance:.1%} of machine text bears a capture date before {self.cutoff}"
        return Estimate(self.allowance, 0.0, math.inf, 0, OF_DOCUMENTS, "assumed, not measured", assumption)

    def look(self, batch: Batch) -> Verdicts:
        """The documents that were captured before the cutoff.

        Raises:
            CallError: the column was not read.
        """
        if self.column not in batch.columns:
            raise CallError(
                f"Capture dates are asked of the column {self.column!r}, which was not read.",
                hint="Name it among the columns of the corpus.",
            )
        values = batch.columns[self.column]
        days = _days_before(values, self.cutoff)
        human = days > 0

        def reason(row: int) -> str:
            return f"captured {values[row].as_py()}, before {self.cutoff}"

        return Verdicts(np.zeros(len(batch), np.bool_), human, days.astype(np.float32), reason)


def _days_before(values: pa.StringArray, cutoff: date) -> Array:
    """Days before the cutoff, 0 where it is no date or not before; int64[n].

    Times of day are cut off where ISO dates are certain, so that each different day is looked at once.
    """
    import pyarrow.compute as pc  # noqa: PLC0415 - takes as long as Arrow itself, only for those who read

    days_only = pc.match_substring_regex(values, r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:[0-9:.,]*(?:Z|[+-]\d{2}:?\d{2})?)?$")
    short = pc.if_else(days_only, pc.utf8_slice_codeunits(values, 0, 10), values).dictionary_encode()
    found = [last_day(one) for one in short.dictionary.to_pylist()]
    days = [max((cutoff - one).days, 0) if one is not None else 0 for one in found]
    rows = np.asarray(short.indices.fill_null(len(days))).astype(np.int64)
    counted: Array = np.array([*days, 0], np.int64)[rows]
    return counted
