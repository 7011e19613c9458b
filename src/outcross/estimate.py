"""Estimate and Unknown: no figure without its interval, and no zero for "no data"."""

import math
from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from typing import Any, Literal

from outcross.canonical import rounded

Scale = Literal["identity", "log", "share"]

EXACT = "counted, not estimated"

OF_DOCUMENTS = "share of documents"
"""The unit of shares that are counted in documents."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with everything that is needed to doubt it.

    Attributes:
        value: the point estimate, on its natural scale.
        se: its standard error on the natural scale; 0 for a count of everything that was read.
        df: degrees of freedom of `se`; infinite where it is known.
        n: how many units (see `unit`) it rests on.
        unit: what the value is counted in, e.g. "share of documents".
        method: how it was computed, with the source.
        assumption: what must hold for the interval to be valid.
        scale: the scale on which the interval is symmetric.
        replicates: the value with each of the jackknife groups left out, in group order; empty where there
            are none. Two corpora share the groups (a document's group is a function of its text), so
            the covariance of overlapping corpora can be read from two estimates' replicates.
        error: a stated bound on the error of a sketch, in natural units, widening the interval on both
            sides; 0 where nothing was approximated or where `se` includes it.
    """

    value: float
    se: float
    df: float
    n: int
    unit: str
    method: str
    assumption: str = ""
    scale: Scale = "identity"
    replicates: tuple[float, ...] = ()
    error: float = 0.0

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The two-sided confidence interval at any level, by Student's t on the estimate's scale."""
        if self.scale == "share":
            return self._share_interval(level)
        if self.se == 0.0:
            return self.value - self.error, self.value + self.error
        reach = t_quantile(0.5 + level / 2, self.df)
        if self.scale == "log" and self.value > 0:
            factor = math.exp(min(reach * self.se / self.value, 700.0))
            return max(self.value / factor - self.error, 0.0), self.value * factor + self.error
        return self.value - reach * self.se - self.error, self.value + reach * self.se + self.error

    def _share_interval(self, level: float) -> tuple[float, float]:
        """Wilson's score interval with the effective n that the standard error implies.

        Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; so no hit among n still leaves room for some.
        """
        reach = t_quantile(0.5 + level / 2, self.df)
        p, n = self.value, float(self.n)
        if 0 < p < 1 and self.se > 0:
            implied = p * (1 - p) / self.se**2
            # A share of documents cannot rest on more than the documents; one of words may.
            n = min(n, implied) if self.unit == OF_DOCUMENTS else implied
        if n <= 0:
            return 0.0, 1.0
        centre = (p + reach**2 / (2 * n)) / (1 + reach**2 / n)
        half = reach / (1 + reach**2 / n) * math.sqrt(p * (1 - p) / n + reach**2 / (4 * n * n))
        return max(centre - half - self.error, 0.0), min(centre + half + self.error, 1.0)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with the 95 % interval for readers who do not compute."""
        low, high = self.interval()
        record: dict[str, Any] = {
            "value": self.value, "low": low, "high": high, "se": self.se,
            "df": None if math.isinf(self.df) else self.df,
            "n": self.n, "unit": self.unit, "method": self.method,
            "assumption": self.assumption, "scale": self.scale,
        }  # fmt: skip
        if self.replicates:
            record["replicates"] = list(self.replicates)
        if self.error:
            record["error"] = self.error
        return record

    def rounded(self) -> "Estimate":
        """The same estimate at 12 significant digits, where every layout of the work gives the same digits."""
        return replace(
            self, value=rounded(self.value), se=rounded(self.se), error=rounded(self.error),
            replicates=tuple(rounded(one) for one in self.replicates),
        )  # fmt: skip

    def without_replicates(self) -> "Estimate":
        """The same estimate, without what only a comparison needs."""
        return replace(self, replicates=())


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a figure is not known. Not zero, not missing: not known, for this reason."""

    reason: str

    def rounded(self) -> "Unknown":
        """Itself: there is nothing to round."""
        return self

    def without_replicates(self) -> "Unknown":
        """Itself: there are none."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"unknown": self.reason}


Finding = Estimate | Unknown


def finding_from_dict(record: dict[str, Any]) -> Finding:
    """The Estimate or Unknown that `to_dict` wrote."""
    if "unknown" in record:
        return Unknown(str(record["unknown"]))
    return Estimate(
        value=float(record["value"]), se=float(record["se"]),
        df=math.inf if record["df"] is None else float(record["df"]),
        n=int(record["n"]), unit=record["unit"], method=record["method"],
        assumption=record["assumption"], scale=record["scale"],
        replicates=tuple(float(value) for value in record.get("replicates", ())),
        error=float(record.get("error", 0.0)),
    )  # fmt: skip


def counted(value: float, *, n: int, unit: str) -> Estimate:
    """A figure of what was read, counted in full: it has no sampling error as a figure of these bytes."""
    return Estimate(value=float(value), se=0.0, df=math.inf, n=n, unit=unit, method=EXACT)


@cache
def t_quantile(p: float, df: float) -> float:
    """The p-quantile of Student's t with df degrees of freedom, to 1e-9 or better for df >= 1.

    Bisection on the distribution function; with infinite df, the normal quantile.
    """
    if math.isinf(df):
        return NormalDist().inv_cdf(p)
    if p < 0.5:
        return -t_quantile(1 - p, df)
    low, high = 0.0, 2.0
    while 1 - t_tail(high, df) < p:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if 1 - t_tail(middle, df) < p:
            low = middle
        else:
            high = middle
        if high - low <= 1e-13 * high:
            break
    return (low + high) / 2


def t_tail(t: float, df: float) -> float:
    """P(T > t) for t >= 0 and Student's t with df degrees of freedom."""
    if math.isinf(df):
        return NormalDist().cdf(-t)
    return 0.5 * _incomplete_beta(df / 2, 0.5, df / (df + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta I_x(a, b) by Lentz's continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    c, d, total = 1.0, 0.0, 1.0
    for step in range(1000):
        half = step // 2
        if step == 0:
            factor = 1.0
        elif step % 2 == 0:
            factor = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        else:
            factor = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        d = 1 / (1 + factor * d)
        c = 1 + factor / c
        total *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * (total - 1) / a
