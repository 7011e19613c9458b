"""Estimate and Unknown: no figure without its interval, and no zero for "no data"."""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

from outcross.canonical import rounded
from outcross.estimate.distributions import t_quantile, t_tail
from outcross.estimate.laws import Law, law_from_dict, settled

__all__ = [
    "EXACT", "OF_DOCUMENTS", "OF_TOKENS", "Bounds", "Estimate", "Finding", "Law", "Scale", "Unknown", "counted",
    "finding_from_dict", "t_quantile", "t_tail",
]  # fmt: skip

Scale = Literal["identity", "log", "share"]

EXACT = "counted, not estimated"

OF_DOCUMENTS = "share of documents"
"""The unit of shares that are counted in documents."""

OF_TOKENS = "share of tokens"
"""The unit of shares in which each document weighs as many as it has tokens."""


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
        law: how the interval follows from what was counted, at any level, where Student's t on a scale would
            not hold: exact, corrected for reviewers, one-sided. None for the rest.
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
    law: Law | None = None

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The confidence interval at any level: by its law, or by Student's t on the estimate's scale."""
        if self.law is not None:
            return self.law.interval(level)
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
        if self.law is not None:
            record["law"] = self.law.to_dict()
        return record

    def rounded(self) -> "Estimate":
        """The same estimate at 12 significant digits, where every layout of the work gives the same digits."""
        return replace(
            self, value=rounded(self.value), se=rounded(self.se), error=rounded(self.error),
            replicates=tuple(rounded(one) for one in self.replicates),
            law=None if self.law is None else settled(self.law),
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


@dataclass(frozen=True, slots=True)
class Bounds:
    """What follows for a figure from what is known: it lies between two ends, and nothing is drawn at random.

    Attributes:
        low: no value below it is possible. high: nor above it; infinite where there is no end.
        unit: what it is counted in.
        method: how the ends follow, with the source.
        assumption: what they take as true.
    """

    low: float
    high: float
    unit: str
    method: str
    assumption: str = ""

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Its ends, at any level."""
        return self.low, self.high

    def to_dict(self) -> dict[str, Any]:
        """Plain values; an end that is infinite is None."""
        return {
            "low": self.low, "high": None if math.isinf(self.high) else self.high, "unit": self.unit,
            "method": self.method, "assumption": self.assumption,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Bounds":
        """The bounds that `to_dict` wrote."""
        high = math.inf if record["high"] is None else float(record["high"])
        return cls(float(record["low"]), high, record["unit"], record["method"], record["assumption"])


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
        law=law_from_dict(record["law"]) if "law" in record else None,
    )  # fmt: skip


def counted(value: float, *, n: int, unit: str) -> Estimate:
    """A figure of what was read, counted in full: it has no sampling error as a figure of these bytes."""
    return Estimate(value=float(value), se=0.0, df=math.inf, n=n, unit=unit, method=EXACT)
