"""Laws of intervals: what was counted, and the interval that follows from it at any level.

A gate looks at other levels than 95 % (several looks, several criteria), so an estimate keeps the counts and not the
ends. Each law is a frozen record that survives JSON. The formulas (`wilson`, `corrected`) work on arrays too: the
simulation study runs the code that users run.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from outcross.canonical import plain
from outcross.errors import FaultError
from outcross.estimate.distributions import binomial_tail, clopper_pearson, finite_exact, t_quantile

LARGEST_EXACT = 10_000_000
"""Above this many documents in all the finite population is left out of account: it makes no difference."""


class Law(Protocol):
    """How an interval follows from what was counted."""

    kind: ClassVar[str]

    def interval(self, level: float) -> tuple[float, float]:
        """The interval that holds the true share with this chance or more."""
        ...

    def grown(self, factor: float) -> "Law":
        """The law after `factor` times as many labels that say the same: for planning, not for reporting."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with the kind."""
        ...


def wilson(share: Any, n: Any, reach: Any) -> tuple[Any, Any]:
    """Wilson's score interval (1927), within 0 and 1; arrays or numbers of one shape.

    Args:
        share: the point estimate.
        n: the effective number of documents.
        reach: the quantile, 1.96 for 95 %.
    """
    centre = (share + reach**2 / (2 * n)) / (1 + reach**2 / n)
    half = reach / (1 + reach**2 / n) * np.sqrt(share * (1 - share) / n + reach**2 / (4 * n * n))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


@dataclass(frozen=True, slots=True)
class Exact:
    """An exact interval of a share: hypergeometric where the population is known, else Clopper-Pearson.

    Attributes:
        hits: documents with the trait; an effective number where weights differ.
        n: documents looked at; likewise.
        population: documents in all, of which n were drawn at random; 0 = very many.
    """

    kind: ClassVar[str] = "exact"
    hits: float
    n: float
    population: int = 0

    def interval(self, level: float) -> tuple[float, float]:
        """The exact interval."""
        whole = float(self.hits).is_integer() and float(self.n).is_integer()
        if whole and self.n <= self.population <= LARGEST_EXACT:
            return finite_exact(int(self.hits), int(self.n), self.population, level)
        return clopper_pearson(self.hits, self.n, level)

    def grown(self, factor: float) -> "Exact":
        """More documents with the same share of hits."""
        n = round(self.n * factor)
        if self.population:
            n = min(n, self.population)
        return Exact(round(self.hits * n / self.n), n, self.population)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, "hits": self.hits, "n": self.n, "population": self.population}


@dataclass(frozen=True, slots=True)
class EffectiveWilson:
    """Wilson's interval with the effective n that a variance implies, and Student's reach.

    Attributes:
        share: the point estimate.
        n: documents that a plain count would need for the same variance; infinite where everything was looked at.
        df: degrees of freedom of that variance.
    """

    kind: ClassVar[str] = "wilson"
    share: float
    n: float
    df: float = math.inf

    def interval(self, level: float) -> tuple[float, float]:
        """The score interval."""
        if math.isinf(self.n):
            return self.share, self.share
        low, high = wilson(pulled(self.share, self.n), self.n, t_quantile(0.5 + level / 2, self.df))
        return float(low), float(high)

    def grown(self, factor: float) -> "EffectiveWilson":
        """A larger effective n."""
        return EffectiveWilson(self.share, self.n * factor, self.df * factor)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; infinities as None."""
        return {"kind": self.kind, "share": self.share, "n": _finite(self.n), "df": _finite(self.df)}


@dataclass(frozen=True, slots=True)
class KornGraubard:
    """Clopper-Pearson's interval on an effective n that was itself estimated (Korn & Graubard 1998).

    Attributes:
        share: the point estimate.
        n: effective number of documents; infinite where everything was looked at.
        df: degrees of freedom of the variance that it comes from.
    """

    kind: ClassVar[str] = "korn-graubard"
    share: float
    n: float
    df: float = math.inf

    def interval(self, level: float) -> tuple[float, float]:
        """The interval, n taken down by how much Student's quantile exceeds the normal one."""
        if math.isinf(self.n):
            return self.share, self.share
        p = 0.5 + level / 2
        n = self.n * (t_quantile(p, math.inf) / t_quantile(p, self.df)) ** 2
        return clopper_pearson(self.share * n, n, level)

    def grown(self, factor: float) -> "KornGraubard":
        """A larger effective n."""
        return KornGraubard(self.share, self.n * factor, self.df * factor)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; infinities as None."""
        return {"kind": self.kind, "share": self.share, "n": _finite(self.n), "df": _finite(self.df)}


def pulled(share: Any, n: Any) -> Any:
    """The share, kept half a document away from 0 and 1; arrays or numbers."""
    return np.clip(share, np.minimum(0.5 / n, 0.5), np.maximum(1 - 0.5 / n, 0.5))


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal interval within 0 and 1: what a model says of itself, right or wrong."""

    kind: ClassVar[str] = "normal"
    share: float
    se: float

    def interval(self, level: float) -> tuple[float, float]:
        """The share, plus and minus a normal quantile of its standard error."""
        reach = t_quantile(0.5 + level / 2, math.inf) * self.se
        return max(self.share - reach, 0.0), min(self.share + reach, 1.0)

    def grown(self, factor: float) -> "Normal":
        """A smaller standard error."""
        return Normal(self.share, self.se / math.sqrt(factor))

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, "share": self.share, "se": self.se}


@dataclass(frozen=True, slots=True)
class Fixed:
    """Two ends that are the same at every level: counted, or stated by others."""

    kind: ClassVar[str] = "fixed"
    low: float
    high: float

    def interval(self, level: float) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    def grown(self, factor: float) -> "Fixed":
        """Itself."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Gold:
    """What reviewers made of planted items of known origin.

    Attributes:
        synthetic: planted synthetic items that were answered.
        called: of these, called synthetic.
        human: planted human items that were answered.
        miscalled: of these, called synthetic.
        harder: how many times as often reviewers may err on the corpus as on planted items, at most. 1 says
            that both are alike. Planted items are often easier, which no planted item can show.
    """

    synthetic: int
    called: int
    human: int
    miscalled: int
    harder: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "synthetic": self.synthetic, "called": self.called, "human": self.human, "miscalled": self.miscalled,
            "harder": self.harder,
        }  # fmt: skip

    @property
    def sensitivity(self) -> float:
        """Share of the planted synthetic items that were called so."""
        return self.called / self.synthetic

    @property
    def fall_out(self) -> float:
        """Share of the planted human items that were called synthetic."""
        return self.miscalled / self.human

    def youden(self, level: float = 0.95) -> tuple[float, float]:
        """Interval of sensitivity + specificity - 1: 0 = reviewers guess, 1 = they never err.

        MOVER: the difference of two shares from their two intervals (Newcombe 1998, method 10).
        """
        if not self.synthetic or not self.human:
            return -1.0, 1.0
        reach = t_quantile(0.5 + level / 2, math.inf)
        caught = wilson(self.sensitivity, self.synthetic, reach)
        missed = wilson(self.fall_out, self.human, reach)
        value = self.sensitivity - self.fall_out
        low = value - math.hypot(self.sensitivity - caught[0], missed[1] - self.fall_out)
        return float(low), float(value + math.hypot(caught[1] - self.sensitivity, self.fall_out - missed[0]))


def corrected(apparent: tuple[Any, Any, Any], gold: tuple[Any, Any, Any, Any], *, harder: float, reach: float,
              population: float = math.inf) -> tuple[Any, Any, Any]:  # fmt: skip
    """Rogan and Gladen's correction of an apparent share for reviewers' error, and its interval; arrays or numbers.

    The true shares θ that p = φ + θ(s - φ) does not refuse, when p, s and φ each vary within an interval of their
    own: MOVER for a ratio (Rogan & Gladen 1978; Donner & Zou 2012), a quadratic equation for each end. So small
    counts and shares near 0 or 1 keep their skewness, and weak reviewers give [0, 1] and not a narrow absurdity.

    Args:
        apparent: the share as reviewers see it, and the two ends of its interval.
        gold: synthetic items planted, called synthetic; human items planted, called synthetic.
        harder: see `Gold.harder`. The ends are taken at the worst error rates between one and `harder` times.
        reach: normal quantile of the level.
        population: documents in all: reviewers' errors on those do not average out completely.

    Returns:
        The corrected share, its lower and its upper end.
    """
    p, low, high = apparent
    planted, called, human, miscalled = gold
    s, f = called / planted, miscalled / human
    s_low, s_high = wilson(s, planted, reach)
    f_low, f_high = wilson(f, human, reach)
    noise = reach**2 * np.maximum(s * (1 - s), f * (1 - f)) / population
    worse_s, worse_f = np.maximum(1 - harder * (1 - s), 0.0), np.minimum(harder * f, 1.0)
    down = _root(p, (p - low) ** 2 + noise, (s, s_high - s), (worse_f, harder * (f_high - f)), side=-1)
    up = _root(p, (high - p) ** 2 + noise, (worse_s, harder * (s - s_low)), (f, f - f_low), side=1)
    value = np.clip((p - f) / np.maximum(s - f, 1e-9), 0.0, 1.0)
    return value, np.minimum(down, value), np.maximum(up, value)


def _root(p: Any, squared: Any, caught: tuple[Any, Any], missed: tuple[Any, Any], *, side: int) -> Any:
    """The end of the corrected interval: the θ where (p - φ - θ(s - φ))² meets the squared reach of all three.

    The apparent share is first moved to where a true share could bring it, [φ, s], so that no interval is empty.
    """
    (s, ds), (f, df) = caught, missed
    gap = s - f
    over = np.clip(p, np.minimum(f, s), np.maximum(f, s)) - f
    a = gap**2 - ds**2 - df**2
    b = -2 * over * gap + 2 * df**2
    c = over**2 - squared - df**2
    root = (-b + side * np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))) / (2 * np.where(a > 0, a, 1.0))
    # a <= 0: the reviewers may be guessing, so nothing on this side is refused.
    return np.where((a > 0) & (gap > 0), np.clip(root, 0.0, 1.0), 1.0 if side > 0 else 0.0)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An apparent share, corrected for reviewers' error by planted items of known origin.

    Attributes:
        apparent: the law of the share as reviewers see it.
        share: its point.
        gold: what they made of the planted items.
        population: documents in all; 0 = very many.
    """

    kind: ClassVar[str] = "reviewed"
    apparent: Law
    share: float
    gold: Gold
    population: int = 0

    def _at(self, level: float) -> tuple[float, float, float]:
        gold = self.gold
        reach = t_quantile(0.5 + level / 2, math.inf)
        found = corrected(
            (self.share, *self.apparent.interval(level)), (gold.synthetic, gold.called, gold.human, gold.miscalled),
            harder=gold.harder, reach=reach, population=self.population or math.inf,
        )  # fmt: skip
        return float(found[0]), float(found[1]), float(found[2])

    @property
    def value(self) -> float:
        """The corrected share."""
        return self._at(0.95)[0]

    def interval(self, level: float) -> tuple[float, float]:
        """The corrected interval."""
        return self._at(level)[1:]

    def grown(self, factor: float) -> "Reviewed":
        """More labels, the same planted items."""
        return Reviewed(self.apparent.grown(factor), self.share, self.gold, self.population)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": self.kind, "apparent": self.apparent.to_dict(), "share": self.share, "gold": self.gold.to_dict(),
            "population": self.population,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scaled:
    """A share of a part, as a share of the whole: `floor` + `part` x share."""

    kind: ClassVar[str] = "scaled"
    inner: Law
    floor: float
    part: float

    def interval(self, level: float) -> tuple[float, float]:
        """Both ends, moved and scaled."""
        low, high = self.inner.interval(level)
        return self.floor + self.part * low, self.floor + self.part * high

    def grown(self, factor: float) -> "Scaled":
        """More labels of the part."""
        return Scaled(self.inner.grown(factor), self.floor, self.part)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, "inner": self.inner.to_dict(), "floor": self.floor, "part": self.part}


@dataclass(frozen=True, slots=True)
class Hull:
    """From the lower end of one law to the upper end of another: what cannot be told stays open."""

    kind: ClassVar[str] = "hull"
    lower: Law
    upper: Law

    def interval(self, level: float) -> tuple[float, float]:
        """The lower end of the one, the upper end of the other."""
        return self.lower.interval(level)[0], self.upper.interval(level)[1]

    def grown(self, factor: float) -> "Hull":
        """Both, grown."""
        return Hull(self.lower.grown(factor), self.upper.grown(factor))

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, "lower": self.lower.to_dict(), "upper": self.upper.to_dict()}


@dataclass(frozen=True, slots=True)
class Meet:
    """What two laws both allow, each at half the error; where they contradict each other, all that either allows."""

    kind: ClassVar[str] = "meet"
    first: Law
    second: Law

    def interval(self, level: float) -> tuple[float, float]:
        """The common part, or the union of both."""
        one, other = (law.interval((1 + level) / 2) for law in (self.first, self.second))
        low, high = max(one[0], other[0]), min(one[1], other[1])
        if low > high:
            return min(one[0], other[0]), max(one[1], other[1])
        return low, high

    def grown(self, factor: float) -> "Meet":
        """Both, grown."""
        return Meet(self.first.grown(factor), self.second.grown(factor))

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, "first": self.first.to_dict(), "second": self.second.to_dict()}


@dataclass(frozen=True, slots=True)
class Above:
    """A one-sided lower bound of the synthetic share: hits in the corpus beyond those that human text gives.

    (p_low - f_high) / (1 - f_high), each at half the error; times the part of the corpus that was scored.

    Attributes:
        hits: documents of the corpus above the threshold.
        n: documents of the corpus that were scored.
        human_hits: dated human documents above it, of those that did not set it.
        human_n: dated human documents that did not set it.
        part: the scored part of the corpus, 0-1.
    """

    kind: ClassVar[str] = "above"
    hits: int
    n: int
    human_hits: int
    human_n: int
    part: float = 1.0

    def interval(self, level: float) -> tuple[float, float]:
        """The bound, and 1: one-sided. Each of the two intervals uses one of its sides, at half the error."""
        low = clopper_pearson(self.hits, self.n, level)[0]
        high = clopper_pearson(self.human_hits, self.human_n, level)[1]
        if high >= 1:
            return 0.0, 1.0
        return max((low - high) / (1 - high), 0.0) * self.part, 1.0

    def grown(self, factor: float) -> "Above":
        """More dated human documents with the same share of hits."""
        return Above(self.hits, self.n, round(self.human_hits * factor), round(self.human_n * factor), self.part)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": self.kind, "hits": self.hits, "n": self.n, "human_hits": self.human_hits,
            "human_n": self.human_n, "part": self.part,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Erring:
    """Hits of evidence that can err, among documents that nothing surer decided.

    Attributes:
        hits: documents with a hit.
        looked: documents looked at.
        false_positive: law of the chance of a hit on a document of the other side.
        tokens: tokens of the documents with a hit; -1 where only documents are counted.
        squared: sum of squared tokens of all documents looked at.
        looked_tokens: tokens of all documents looked at.
    """

    hits: int
    looked: int
    false_positive: Law
    tokens: int = -1
    squared: float = 0.0
    looked_tokens: int = 0

    def least(self, error: float) -> int:
        """The fewest documents of this side that the hits do not refuse, at this one-sided error.

        Half of the error goes to the false-positive rate, half to its binomial play: with s documents of this
        side, at least hits - s of the other looked - s must have hit by mistake.
        """
        rate = self.false_positive.interval(1 - error)[1]
        low, high = 0, self.hits
        while low < high:
            middle = (low + high) // 2
            if binomial_tail(self.hits - middle, self.looked - middle, rate) > error / 2:
                high = middle
            else:
                low = middle + 1
        return low

    def least_tokens(self, error: float) -> float:
        """Likewise in tokens, by Cantelli's inequality: a false hit may fall on a long document.

        Holds where a false hit does not depend on the length of the document.
        """
        rate = self.false_positive.interval(1 - error)[1]
        if rate <= 0:
            return float(self.tokens)
        play = math.sqrt(rate * (1 - min(rate, 1.0)) * self.squared * (1 - error / 2) / (error / 2))
        return max(self.tokens - rate * self.looked_tokens - play, 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "hits": self.hits, "looked": self.looked, "false_positive": self.false_positive.to_dict(),
            "tokens": self.tokens, "squared": self.squared, "looked_tokens": self.looked_tokens,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """The identified region: [known synthetic, 1 - known human] of `total` documents, or tokens.

    The error is divided over the pieces of evidence that can err (Bonferroni). Each document counts once, under the
    first evidence that hit it, so what is left after the false positives adds up.
    """

    kind: ClassVar[str] = "region"
    total: int
    synthetic: int
    human: int
    erring_synthetic: tuple[Erring, ...] = ()
    erring_human: tuple[Erring, ...] = ()
    in_tokens: bool = False

    def interval(self, level: float) -> tuple[float, float]:
        """The region; at no level narrower than what is certain."""
        pieces = len(self.erring_synthetic) + len(self.erring_human)
        error = (1 - level) / max(pieces, 1)
        low = self.synthetic + sum(self._least(one, error) for one in self.erring_synthetic)
        high = self.total - self.human - sum(self._least(one, error) for one in self.erring_human)
        return min(low / self.total, 1.0), max(high / self.total, 0.0)

    def _least(self, one: Erring, error: float) -> float:
        if self.in_tokens:
            return one.least_tokens(error)
        return one.least(error)

    def grown(self, factor: float) -> "Region":
        """Itself."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": self.kind, "total": self.total, "synthetic": self.synthetic, "human": self.human,
            "erring_synthetic": [one.to_dict() for one in self.erring_synthetic],
            "erring_human": [one.to_dict() for one in self.erring_human], "in_tokens": self.in_tokens,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sampled:
    """A region of documents that were drawn at random, as a region of all that they were drawn from.

    Half of the error goes to the region of the sample, half to the draw: a quarter to each end's exact interval.

    Attributes:
        inner: the law of what was looked at.
        n: how many documents drawn one by one it is worth.
    """

    kind: ClassVar[str] = "sampled"
    inner: Law
    n: float

    def interval(self, level: float) -> tuple[float, float]:
        """Both ends, moved outwards by what the draw may have missed."""
        half = (1 + level) / 2
        low, high = self.inner.interval(half)
        return clopper_pearson(low * self.n, self.n, half)[0], clopper_pearson(high * self.n, self.n, half)[1]

    def grown(self, factor: float) -> "Sampled":
        """A larger sample that says the same."""
        return Sampled(self.inner.grown(factor), self.n * factor)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": self.kind, "inner": self.inner.to_dict(), "n": self.n}


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else value


def _erring(record: dict[str, Any]) -> Erring:
    return Erring(**(record | {"false_positive": law_from_dict(record["false_positive"])}))


def _effective(kind: type[Any]) -> Any:
    def read(record: dict[str, Any]) -> Any:
        return kind(record["share"], *(math.inf if record[key] is None else record[key] for key in ("n", "df")))

    return read


def _reviewed_from(record: dict[str, Any]) -> Reviewed:
    return Reviewed(law_from_dict(record["apparent"]), record["share"], Gold(**record["gold"]), record["population"])


def _region_from(record: dict[str, Any]) -> Region:
    read = {key: tuple(_erring(one) for one in record[key]) for key in ("erring_synthetic", "erring_human")}
    return Region(**(record | read))


READ: dict[str, Any] = {
    "exact": lambda record: Exact(**record),
    "wilson": _effective(EffectiveWilson),
    "korn-graubard": _effective(KornGraubard),
    "normal": lambda record: Normal(**record),
    "fixed": lambda record: Fixed(**record),
    "reviewed": _reviewed_from,
    "scaled": lambda record: Scaled(law_from_dict(record["inner"]), record["floor"], record["part"]),
    "hull": lambda record: Hull(law_from_dict(record["lower"]), law_from_dict(record["upper"])),
    "meet": lambda record: Meet(law_from_dict(record["first"]), law_from_dict(record["second"])),
    "above": lambda record: Above(**record),
    "region": _region_from,
    "sampled": lambda record: Sampled(law_from_dict(record["inner"]), record["n"]),
}
"""How each kind of law is read from its record."""


def settled(law: Law) -> Law:
    """The law with its floats at 12 significant digits: what its record gives back."""
    return law_from_dict(plain(law.to_dict()))


def law_from_dict(record: dict[str, Any]) -> Law:
    """The law that `to_dict` wrote.

    Raises:
        FaultError: of a kind that this version does not know.
    """
    kind = record.get("kind")
    if kind not in READ:
        raise FaultError(
            f"An interval follows the law {kind!r}; this version knows {', '.join(READ)}.",
            hint="Read the record with the version that wrote it.",
        )
    law: Law = READ[kind]({key: value for key, value in record.items() if key != "kind"})
    return law
