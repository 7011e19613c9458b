"""Whether a rise goes on or levels off: saturating curves that a course does not refuse, and how far they still rise.

No finite course shows that something grows for ever. What it can show: every curve that fits rises by more than the
margin over as many generations again; or none does.
"""

import math
from dataclasses import dataclass

import numpy as np

from outcross.estimate import Estimate, t_quantile
from outcross.measure import Array
from outcross.track.observed import Course, Observed, Reading, absent, limit, rose, told, unit_of

FEWEST = 6
"""Generations that a curve is fitted to at least."""

ALPHA = 0.05
"""Chance that a course is ever misread, spent on its looks as alpha / (g (g + 1))."""

RATES = np.geomspace(0.02, 5.0, 60)
"""Rates of levelling off a generation; a straight line besides."""


@dataclass(frozen=True)
class Ahead:
    """How far a course will still rise, on the scale of its changes, over as many generations again."""

    low: float
    high: float


def goes_on(observed: Observed, name: str) -> Reading:
    """Whether a measure goes on rising and does not level off.

    The curves a + b (1 - exp(-c t)), t = 1, 2 ..., and the line, are fitted by weighted least squares; those stand
    that a likelihood-ratio test does not refuse. Errors are taken as normal, and widened where no curve fits.
    """
    course = observed.courses.get(name)
    if course is None:
        return absent(name)
    times, changes, errors = _points(course)
    if len(times) < FEWEST:
        more = FEWEST - len(times)
        why = f"{name} is known of {len(times)} generations; a curve needs {FEWEST}"
        return Reading("unknown", why, (name,), None, f"{name} of {more} more generations")
    ahead = still_to_rise(times, changes, errors)
    margin, unit = limit(observed, name, 1), unit_of(course)
    ends = f"from {told(ahead.low, unit)} to {told(ahead.high, unit)}"
    why = f"{name} would change by {ends} over as many generations again"
    if ahead.low > margin:
        return Reading("holds", why, (name,), rose(observed, name).since)
    if ahead.high < margin:
        return Reading("does not hold", f"{why}, within {observed.margin:.0%}", (name,))
    return Reading("unknown", why, (name,), None, "more generations, or more documents in each")


def _points(course: Course) -> tuple[Array, Array, Array]:
    """Generation numbers from 1, changes and their errors, float64[n] each, where they are known."""
    known = [(place, one) for place, one in enumerate(course.changes, 1) if isinstance(one, Estimate)]
    times = np.array([place for place, _ in known], np.float64)
    changes, errors = (np.array([getattr(one, key) for _, one in known], np.float64) for key in ("value", "se"))
    return times, changes, errors


def still_to_rise(times: Array, changes: Array, errors: Array) -> Ahead:
    """The least and the most that unrefused curves rise from the last generation to one twice as late.

    Args:
        times: float64[n], n >= 6, increasing from 1 or later.
        changes: float64[n].
        errors: float64[n], standard errors; 0 is taken as the smallest other one; all 0 says nothing.
    """
    last = float(times[-1])
    fits = [_fitted(basis(times), changes, _usable(errors)) for basis in _bases()]
    rises = [float(basis(np.array([2 * last]))[0] - basis(np.array([last]))[0]) for basis in _bases()]
    best = min(fit[2] for fit in fits)
    freedom = len(times) - 3
    scale = max(best / freedom, 1.0)
    tail = ALPHA / (last * (last + 1)) / 2
    reach = t_quantile(1 - tail, math.inf if scale == 1.0 else float(freedom))
    ends = []
    for (slope, se, misfit), rise in zip(fits, rises, strict=True):
        room = reach**2 - (misfit - best) / scale
        if room >= 0:
            half = se * math.sqrt(scale * room)
            ends += [(slope - half) * rise, (slope + half) * rise]
    return Ahead(min(ends), max(ends))


def _bases() -> list["_Basis"]:
    return [_Basis(0.0), *(_Basis(float(rate)) for rate in RATES)]


@dataclass(frozen=True)
class _Basis:
    """1 - exp(-c t), or t itself for a rate of 0."""

    rate: float

    def __call__(self, times: Array) -> Array:
        made: Array = times if self.rate == 0 else -np.expm1(-self.rate * times)
        return made


def _usable(errors: Array) -> Array:
    positive = errors[errors > 0]
    return np.where(errors > 0, errors, positive.min() if len(positive) else 1.0)


def _fitted(basis: Array, changes: Array, errors: Array) -> tuple[float, float, float]:
    """The slope of changes over a basis, its standard error, and the weighted sum of squares that is left."""
    weights = errors**-2.0
    centre, middle = np.average(basis, weights=weights), np.average(changes, weights=weights)
    spread = float(weights @ (basis - centre) ** 2)
    if spread <= 1e-12 * float(weights.sum()):  # the curve has levelled off before the first point
        return 0.0, 0.0, float(weights @ (changes - middle) ** 2)
    slope = float(weights @ ((basis - centre) * (changes - middle))) / spread
    left = float(weights @ (changes - middle - slope * (basis - centre)) ** 2)
    return slope, spread**-0.5, left
