"""The few distribution functions that intervals need, without scipy; tested against scipy."""

import math
from functools import cache
from statistics import NormalDist

SLACK = 1 - 1e-9
"""A tail that equals the error but for rounding is kept: the wider interval holds too."""

HUGE = 10_000_000
"""Above this many trials a tail is bounded (Hoeffding 1963), not summed: the bound is on the safe side."""


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
    return 0.5 * incomplete_beta(df / 2, 0.5, df / (df + t * t))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta I_x(a, b) by Lentz's continued fraction (DLMF 8.17.22).

    Args:
        a: first shape, above 0.
        b: second shape, above 0.
        x: where, 0-1.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    c, d, total = 1.0, 0.0, 1.0
    # The fraction settles after some multiple of the root of the larger shape.
    for step in range(1000 + int(10 * math.sqrt(max(a, b)))):
        d = 1 / (1 + _coefficient(a, b, x, step) * d)
        c = 1 + _coefficient(a, b, x, step) / c
        total *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * (total - 1) / a


def _coefficient(a: float, b: float, x: float, step: int) -> float:
    """The step-th partial numerator of the continued fraction."""
    half = step // 2
    if step == 0:
        return 1.0
    if step % 2 == 0:
        return half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
    return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))


@cache
def beta_quantile(p: float, a: float, b: float) -> float:
    """The p-quantile of the beta distribution with shapes a and b, to 1e-12, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if incomplete_beta(a, b, middle) < p:
            low = middle
        else:
            high = middle
        if high - low <= 1e-13 * high:
            break
    return (low + high) / 2


def clopper_pearson(hits: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval of a binomial share (Clopper and Pearson 1934, Biometrika 26, 404-413).

    `hits` and `n` may be effective counts, which are not whole (Korn and Graubard 1998). Without trials: (0, 1).
    """
    if n <= 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = beta_quantile(tail, hits, n - hits + 1) if hits > 0 else 0.0
    high = beta_quantile(1 - tail, hits + 1, n - hits) if hits < n else 1.0
    return low, high


def binomial_tail(hits: int, n: int, p: float) -> float:
    """P(X >= hits) for X binomial with n trials of chance p; an upper bound on it above HUGE trials."""
    if hits <= 0:
        return 1.0
    if hits > n or p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    if n <= HUGE:
        return incomplete_beta(hits, n - hits + 1, p)
    share = hits / n
    if share <= p:
        return 1.0
    rest = (1 - share) * math.log((1 - share) / (1 - p)) if share < 1 else 0.0
    return math.exp(-n * (share * math.log(share / p) + rest))


def finite_exact(hits: int, n: int, population: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of the share of a finite population, n of which were drawn without putting back.

    The hypergeometric tests inverted (Wright 1991, Exact confidence bounds when sampling from small finite
    universes): the shares K / population that neither tail refuses.
    """
    tail = (1 - level) / 2
    high = _most(hits, n, population, tail)
    low = population - _most(n - hits, n, population, tail)
    return low / population, high / population


@cache
def _most(hits: int, n: int, population: int, tail: float) -> int:
    """The largest K with P(at most `hits` among n | K of the population) above `tail`."""
    low, high = hits, population - (n - hits)
    while low < high:
        middle = (low + high + 1) // 2
        if _hypergeometric_below(hits, n, population, middle) > tail * SLACK:
            low = middle
        else:
            high = middle - 1
    return low


def _hypergeometric_below(hits: int, n: int, population: int, inside: int) -> float:
    """P(X <= hits) for the number X of the `inside` ones among n drawn from the population."""
    first = max(0, n - (population - inside))
    whole = _choices(population, n)
    return math.fsum(
        math.exp(_choices(inside, x) + _choices(population - inside, n - x) - whole)
        for x in range(first, min(hits, inside, n) + 1)
    )  # fmt: skip


def _choices(n: int, k: int) -> float:
    """The logarithm of n over k."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
