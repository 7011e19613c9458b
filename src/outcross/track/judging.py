"""Two tests that may be looked at after every generation, joined: which looks alarm, and the band of each.

The baseline test holds each look against the fixed baseline and spends its level over the looks; a union bound holds
under any dependence between them. The e-process (`mixture`) adds up what looks say together; it needs generations
that are independent draws. Where it runs, each of the two has half of the level.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from outcross.errors import CallError
from outcross.track.mixture import ROUNDING, Contrasts, Ints, contrasts, log_e
from outcross.track.tails import Floats, t_reach, z_of

FEWEST_DF = 8
"""Looks with fewer degrees of freedom stay out of the e-process, whose weights are made of the estimated errors: with 2
it raises twice the false alarms that it may (docs/benchmarks-track.md)."""


@dataclass(frozen=True)
class Watching:
    """The registered plan of one criterion: fixed before the first look, or its false alarms are not what it says.

    Attributes:
        alpha: its part of the lineage's false alarms, above 0 and below .5.
        falls: the part of alpha that is spent on falls; the rest is spent on rises. 1 and 0 are one-sided.
        looks: how many looks there will be: alpha is spent evenly over them. None: no horizon; look g has
            alpha/(g(g+1)).
        independent: generations are independent draws. Else (the same prompts, chains, overlapping corpora) there is
            no e-process, and the baseline test has all of alpha.

    Raises:
        CallError: where one of these is out of its bounds.
    """

    alpha: float = 0.05
    falls: float = 0.5
    looks: int | None = None
    independent: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 0.5:
            raise CallError(f"Alpha is {self.alpha:g}.", hint="Give the share of false alarms, above 0 and below 0.5.")
        if not 0 <= self.falls <= 1:
            raise CallError(f"The part spent on falls is {self.falls:g}.", hint="Give a part between 0 and 1.")
        if self.looks is not None and self.looks < 1:
            raise CallError(f"{self.looks} looks were planned.", hint="Plan one or more, or None to go on for ever.")

    @property
    def sides(self) -> tuple[float, float]:
        """What each of the tests spends on falls and on rises, over all looks."""
        each = self.alpha / 2 if self.independent else self.alpha
        return each * self.falls, each * (1 - self.falls)


@dataclass(frozen=True)
class Series:
    """One series of known looks, or many of the same looks in the leading dimensions.

    Attributes:
        position: which look each is, from 1, rising; int64[G].
        change: theta_g - theta_0; float64[..., G].
        se: of theta_g; float64[..., G].
        baseline_se: of theta_0 at the size of each look; float64[..., G].
        df: degrees of freedom of the errors; float64[G], or float64[..., G] where lineages differ.
        joint_se: of the change where both share units; float64[..., G]. None: from the other two.
    """

    position: Ints
    change: Floats
    se: Floats
    baseline_se: Floats
    df: Floats
    joint_se: Floats | None = None

    @property
    def error(self) -> Floats:
        """The standard error of the change."""
        return np.hypot(self.se, self.baseline_se) if self.joint_se is None else self.joint_se

    def contrasts(self) -> Contrasts:
        """Each look against the pooled past, with the baseline's error of the first look.

        In pairs the error of a change is its own, and the baseline adds none: each look is held against the baseline.
        """
        errors = (self.se, self.baseline_se[..., :1])
        if self.joint_se is not None:
            errors = (self.joint_se, np.zeros_like(errors[1]))
        return contrasts(self.position, self.change, errors, self.df)

    def until(self, look: int) -> "Series":
        """What was known up to a look."""
        some = self.position <= look
        joint = None if self.joint_se is None else self.joint_se[..., some]
        return Series(
            self.position[some], self.change[..., some], self.se[..., some], self.baseline_se[..., some],
            self.df[..., some], joint,
        )  # fmt: skip

    def trusted(self) -> Contrasts:
        """The same for the e-process: a look whose error is little known weighs nothing, in the pooled past neither."""
        se = np.where(self.df >= FEWEST_DF, self.se, np.inf)
        return contrasts(self.position, self.change, (se, self.baseline_se[..., :1]), self.df)


@dataclass(frozen=True)
class Judged:
    """What both tests say of each look; float64[..., G] each.

    Attributes:
        z: of the baseline test, by the exact tail of Student's t.
        low: lower end of the band of changes.
        high: its upper end.
        log_e_fall: the e-process against falls; None where generations are not independent.
        log_e_rise: likewise against rises.
    """

    z: Floats
    low: Floats
    high: Floats
    log_e_fall: Floats | None
    log_e_rise: Floats | None

    def baseline(self) -> Ints:
        """Where the band leaves 0 out: -1 a fall, 1 a rise, 0 neither."""
        return (self.low > 0).astype(np.int64) - (self.high < 0)

    def mixture(self, plan: Watching) -> Ints:
        """Likewise where the e-process reaches its threshold; the stronger, should both do."""
        if self.log_e_fall is None or self.log_e_rise is None:
            return np.zeros(self.z.shape, np.int64)
        fall, rise = (
            one - threshold
            for one, threshold in zip((self.log_e_fall, self.log_e_rise), _thresholds(plan), strict=True)
        )
        falling = fall >= np.maximum(rise, 0)
        return ((rise >= 0) & ~falling).astype(np.int64) - falling

    def alarms(self, plan: Watching) -> Ints:
        """The direction of an alarm by either test, the baseline test's where they differ; int64[..., G]."""
        plain = self.baseline()
        return np.where(plain != 0, plain, self.mixture(plan))


def welch(se: Floats, baseline_se: Floats, df: Floats | float) -> Floats:
    """The degrees of freedom of a change whose two errors have `df` each (Welch 1947, Biometrika 34, 28-35).

    A look may be given these instead of `df`: between df and 2 df, rounded down. With `df` the baseline test never
    exceeds its level (Mickey and Brown 1966, Annals of Mathematical Statistics 37, 639-642); with Welch's it is seen
    a little sooner and may exceed it a little: with 31, by 2 % of a level of .001, by 5 % of .0001, and by 12 % of
    .00001 (by quadrature, se^2 five times baseline_se^2). The part that the e-process leaves unspent is larger.

    Args:
        se: of a generation, float64[...], not 0 where `baseline_se` is.
        baseline_se: of the baseline, of the same shape.
        df: of each.
    """
    one, other = se**2, baseline_se**2
    found: Floats = np.floor((one + other) ** 2 / (one**2 + other**2) * df)
    return found


def judge(series: Series, plan: Watching) -> Judged:
    """Both tests at every look.

    Args:
        series: one look or more.
        plan: as registered.
    """
    error = series.error
    change = np.where((error == 0) & (np.abs(series.change) <= ROUNDING), 0.0, series.change)
    shown = np.where(change == 0, 0.0, np.copysign(math.inf, change))
    with np.errstate(over="ignore"):  # an error next to nothing is none: the quotient is infinite either way
        t = np.divide(change, error, out=shown, where=error > 0)
    down, up = (_reaches(side, plan.looks, series) for side in plan.sides)
    evidence = log_e(series.trusted()) if plan.independent else (None, None)
    z = z_of(t, np.broadcast_to(series.df, t.shape))
    return Judged(z, change - _times(up, error), change + _times(down, error), *evidence)


def _times(reach: Floats, error: Floats) -> Floats:
    """How far the band reaches; infinitely where a side is not tested, even of a change without error."""
    reach = np.broadcast_to(reach, error.shape)
    far: Floats = np.multiply(reach, error, out=np.full(error.shape, math.inf), where=np.isfinite(reach))
    return far


def _thresholds(plan: Watching) -> tuple[float, float]:
    """The log e-value that is an alarm, for falls and for rises."""
    fall, rise = (-math.log(side) if side > 0 else math.inf for side in plan.sides)
    return fall, rise


def log_spent(level: float, looks: int | None, position: Ints) -> Floats:
    """The logarithm of what each look spends of a level: evenly over so many, or level/(g(g+1)) without end."""
    parts = np.full(len(position), math.log(looks)) if looks else np.log(position) + np.log(position + 1.0)
    return (math.log(level) if level > 0 else -math.inf) - parts


def _reaches(level: float, looks: int | None, series: Series) -> Floats:
    """How many standard errors each look may be off on one side, at a level over all looks; float64[..., G]."""
    if series.df.ndim == 1:
        return _kept(level, looks, series.position.tobytes(), series.df.tobytes())
    spent = np.broadcast_to(log_spent(level, looks, series.position), series.df.shape)
    return t_reach(spent.ravel(), series.df.ravel()).reshape(series.df.shape)


@lru_cache(maxsize=64)
def _kept(level: float, looks: int | None, position: bytes, df: bytes) -> Floats:
    """Computed once: all series of a lineage have the same looks."""
    spent = log_spent(level, looks, np.frombuffer(position, np.int64))
    reach = t_reach(spent, np.frombuffer(df, np.float64))
    reach.flags.writeable = False
    return reach
