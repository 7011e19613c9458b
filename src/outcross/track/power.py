"""What could be seen: how soon a loss of some size would raise an alarm, with errors as they are.

By a small simulation with fixed seeds of the very tests that watch (`judging`): normal figures around a loss that goes
on (a ramp) or happens once (a step) from the first generation on.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from outcross.errors import CallError
from outcross.track.judging import Series, Watching, judge
from outcross.track.mixture import Ints
from outcross.track.tails import Floats

RUNS = 100
"""Simulated lineages: the mean delay is right to about a tenth of a generation."""

NEAR = 6
"""So many looks are simulated first; then twice as many, then all; only lineages that are silent so far go on."""

MOST = 30
"""The longest lineage that is simulated, unless one asks for another."""

MOSTLY = 0.9
"""A mean delay is told where at least this share of lineages raised an alarm."""

POWER = 0.8
"""What is seen this often counts as what would be seen."""

FINEST = 1e-4
"""The smallest relative loss that is asked for."""

PRECISION = 1.05
"""How closely a smallest loss is looked for."""

SEED = 20


@dataclass(frozen=True, slots=True)
class Typical:
    """The errors of a measure as they usually are. Of pairs: that of the change as `se`, and none of the baseline.

    Attributes:
        se: the standard error of a generation's figure.
        baseline_se: of the baseline's.
        df: degrees of freedom of both.
        scale: "log" where changes are log ratios and a loss of .05 is 5 %; "points" where a loss of .05 is .05 off.
    """

    se: float
    baseline_se: float
    df: float = 31.0
    scale: Literal["log", "points"] = "log"

    def change(self, loss: float) -> float:
        """A loss on the scale of changes.

        Raises:
            CallError: where the loss is not above 0, or is all there is on the log scale.
        """
        if loss <= 0 or (self.scale == "log" and loss >= 1):
            raise CallError(f"A loss of {loss:g} was asked for.", hint="Give a share above 0 and below 1: 0.05 is 5 %.")
        return math.log1p(-loss) if self.scale == "log" else -loss


def delay(loss: float, errors: Typical, plan: Watching, *, ramp: bool = True, most: int = MOST) -> float | None:
    """After how many generations the alarm comes, on average; 1 is the first affected one.

    Args:
        loss: 0.05 is 5 % a generation for a ramp, 5 % once and for all for a step.
        errors: of one generation and of the baseline.
        plan: as registered.
        ramp: the loss goes on.
        most: generations that are looked at.

    Returns:
        The mean, where at least nine of ten simulated lineages raise the alarm; else None.
    """
    first = _first_alarms(_path(errors.change(loss), ramp, most), errors, plan)
    seen = first[first > 0]
    return float(seen.mean()) if len(seen) >= MOSTLY * RUNS else None


def chance(loss: float, errors: Typical, plan: Watching, *, within: int, ramp: bool = True) -> float:
    """How often a loss raises an alarm within so many generations; 0-1, arguments as in `delay`."""
    first = _first_alarms(_path(errors.change(loss), ramp, within), errors, plan)
    return float((first > 0).mean())


def smallest_loss(errors: Typical, plan: Watching, *, within: int, ramp: bool = True) -> float | None:
    """The smallest loss that four of five lineages show within so many generations, to 5 % of itself.

    Returns:
        A relative loss, or points; None where none below 99 % (or a thousand errors, in points) is seen.
    """
    low, high = (FINEST, 0.99) if errors.scale == "log" else (1e-3 * errors.se, 1e3 * (errors.se + errors.baseline_se))
    if high <= 0:
        return 0.0

    def seen(loss: float) -> bool:
        return chance(loss, errors, plan, within=within, ramp=ramp) >= POWER

    if not seen(high):
        return None
    low = max(low, high * 1e-6)
    while high / low > PRECISION:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high


def what_could_be_seen(loss: float, errors: Typical, plan: Watching, *, documents: int) -> str:
    """The sentence for a report: what a loss a generation takes to be seen, or what could be seen instead."""
    amount = f"{100 * loss:g} %" if errors.scale == "log" else f"{loss:g}"
    start = f"With {documents:,} documents a generation"
    after = delay(loss, errors, plan)
    if after is not None:
        count = max(round(after), 1)
        return f"{start} you would see a loss of {amount} a generation after about {_generations(count)}."
    least = smallest_loss(errors, plan, within=MOST)
    if least is None:
        return f"{start} no loss would be seen within {_generations(MOST)}."
    seen = f"{100 * least:.2g} %" if errors.scale == "log" else f"{least:.2g}"
    return (
        f"{start} a loss of {amount} a generation could stay unseen for {_generations(MOST)}; "
        f"{seen} a generation would mostly be seen by then."
    )


def _generations(count: int) -> str:
    return "1 generation" if count == 1 else f"{count} generations"


def _path(change: float, ramp: bool, most: int) -> Floats:
    """The true change at each look."""
    path: Floats = change * (np.arange(1.0, most + 1) if ramp else np.ones(most))
    return path


def _first_alarms(path: Floats, errors: Typical, plan: Watching) -> Ints:
    """The look of the first alarm of a fall in each simulated lineage; 0 where there is none."""
    upto = len(path) if plan.looks is None else min(len(path), plan.looks)
    own, shared = _noise(upto)
    changes = path[:upto] + errors.se * own - errors.baseline_se * shared
    first = np.zeros(RUNS, np.int64)
    for looks in sorted({min(NEAR, upto), min(2 * NEAR, upto), upto}):
        silent = np.flatnonzero(first == 0)
        if len(silent):
            first[silent] = _alarms(changes[silent, :looks], errors, plan)
    return first


def _alarms(changes: Floats, errors: Typical, plan: Watching) -> Ints:
    """Likewise, of these lineages and looks."""
    many = np.ones(changes.shape[-1])
    position = np.arange(1, len(many) + 1)
    series = Series(position, changes, errors.se * many, errors.baseline_se * many, errors.df * many)
    falls = judge(series, plan).alarms(plan) < 0
    first: Ints = np.where(falls.any(-1), falls.argmax(-1) + 1, 0)
    return first


@cache
def _noise(looks: int) -> tuple[Floats, Floats]:
    """Standard normal noise of each lineage's looks and of its baseline, the same every time."""
    rng = np.random.default_rng(SEED)
    shared = rng.standard_normal((RUNS, 1))
    return rng.standard_normal((looks, RUNS)).T, shared
