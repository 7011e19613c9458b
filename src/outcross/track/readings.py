"""One measure of all generations: its readings as arrays, and what they come to as columns of findings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcross.estimate import Unknown
from outcross.track.columns import Findings, Words
from outcross.track.judging import Series, welch
from outcross.track.measured import Measured
from outcross.track.mixture import Ints
from outcross.track.tails import Floats

Bools = NDArray[np.bool_]

CHANGES = {"log": "log ratio", "points": "points", "nats": "nats", "units": "points of {}"}
"""What changes are counted in, by scale."""

ASSUMED = "documents (or their units) are independent draws; the luck of training itself is not in the error"

GROUPED = "jackknife over groups of documents"

APART = ("difference of two changes against one baseline", "errors independent; where they go together, too wide")

NUMBERS = ("value", "baseline", "change", "se", "baseline_se", "joint_se", "df")
COUNTS = ("size", "n")
"""Fields of a `Reading`, in the order in which arrays hold them."""


@dataclass(frozen=True, eq=False)
class Readings:
    """One measure of all generations beside the baseline; the fields of `Reading`, of G generations each.

    Attributes:
        value, baseline, change, se, baseline_se, df: float64[G]; they mean nothing where a reading is not known.
        paired: whether the change has an error of its own; bool[G].
        error: the standard error of the change, from the other two where it has none of its own; float64[G].
        size, n: int64[G].
        unknown: why each is not known, or nothing.
        known: bool[G].
    """

    value: Floats
    baseline: Floats
    change: Floats
    se: Floats
    baseline_se: Floats
    df: Floats
    paired: Bools
    error: Floats
    size: Ints
    n: Ints
    unknown: Sequence[str]
    known: Bools

    @classmethod
    def of(cls, numbers: Floats, counts: Ints, unknown: Sequence[str]) -> "Readings":
        """Those whose `NUMBERS` and `COUNTS` are the rows of two arrays; no joint error is no number."""
        value, baseline, change, se, baseline_se, joint, df = numbers
        paired = ~np.isnan(joint)
        error = np.where(paired, joint, _hypot(se, baseline_se))
        known = np.array([not reason for reason in unknown], np.bool_)
        return cls(value, baseline, change, se, baseline_se, df, paired, error, counts[0], counts[1], unknown, known)

    def beside(self) -> "Beside":
        """Its changes, that others are held beside."""
        return Beside(self.change, self.se, self.df, self.known)

    def look_back(self) -> "Beside":
        """Each beside the one before it that is known."""
        places = np.where(self.known, np.arange(len(self.known)), -1)
        before = np.concatenate([[-1], np.maximum.accumulate(places)[:-1]])
        return Beside(self.change[before], self.se[before], self.df[before], before >= 0)

    def findings(self, measured: Measured) -> tuple[Findings, Findings, Findings]:
        """The value, the baseline's and the change, as estimates or why they are unknown."""
        # They say something by the common size, of which there are few, or the reason.
        keys = [reason or size for size, reason in zip(self.size.tolist(), self.unknown, strict=True)]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        told = np.array([numbers[key] for key in keys], np.int64)

        def said(unit: str, scale: str) -> list[Words]:
            return [key if isinstance(key, str) else (unit, _method(key), ASSUMED, scale, 0.0) for key in numbers]

        log = measured.scale == "log"
        of_value = said(measured.unit, "log" if log else "identity")
        value, baseline = (
            Findings(at, se * at if log else se, self.df, self.n, told, of_value)
            for at, se in ((self.value, self.se), (self.baseline, self.baseline_se))
        )
        of_change = said(_unit(measured), "identity")
        return value, baseline, Findings(self.change, self.error, self.df, self.n, told, of_change)

    def apart(self, other: "Beside", measured: Measured, none: Unknown) -> Findings:
        """The difference of two changes against the same baseline."""
        words: Words = (_unit(measured), *APART, "identity", 0.0)
        reasons = list(dict.fromkeys(self.unknown))
        numbers = {reason: number for number, reason in enumerate(reasons, 2)} | {"": 0}
        told = np.array([numbers[reason] for reason in self.unknown], np.int64)
        told[self.known & ~other.known] = 1
        return Findings(
            self.change - other.change, _hypot(self.se, other.se), np.minimum(self.df, other.df), self.n, told,
            [words, none.reason, *reasons],
        )  # fmt: skip

    def watched(self, control: "Beside | None") -> Series:
        """What is watched: known changes against the baseline, or beyond the control's where there is one."""
        known = self.known if control is None else self.known & control.known
        position = np.flatnonzero(known) + 1
        if control is None:
            change, se, baseline_se, df, error = self.change, self.se, self.baseline_se, self._df, self.error
        else:
            # Both are held against one baseline, whose error cancels; what units they share makes this too wide.
            change, df = self.change - control.change, np.minimum(self.df, control.df)
            se = error = _hypot(self.se, control.se)
            baseline_se = np.zeros_like(se)
        joint = error[known] if self.paired[known].any() else None
        return Series(position, change[known], se[known], baseline_se[known], df[known], joint)

    @property
    def _df(self) -> Floats:
        """Degrees of freedom of changes: their own where they were taken in pairs, or else Welch's."""
        apart = ~self.paired & ((self.se != 0) | (self.baseline_se != 0))
        df = self.df.copy()
        df[apart] = welch(self.se[apart], self.baseline_se[apart], self.df[apart])
        return df


@dataclass(frozen=True, eq=False)
class Beside:
    """Changes that those of a measure are held beside: float64[G] each, and whether they are known, bool[G]."""

    change: Floats
    se: Floats
    df: Floats
    known: Bools


def _method(size: int) -> str:
    return f"at {size:,} documents; {GROUPED}" if size else GROUPED


def _unit(measured: Measured) -> str:
    return CHANGES[measured.scale].format(measured.unit)


def _hypot(ours: Floats, theirs: Floats) -> Floats:
    """The root of the sum of squares, to the last digit as Python has it: numpy's may differ there."""
    return np.array(list(map(math.hypot, ours.tolist(), theirs.tolist())), np.float64)
