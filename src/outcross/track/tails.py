"""Far tails of Student's t, over arrays and in logarithms: a level that is spent over years becomes very small."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FARTHEST = 37.0
"""The farthest z that is told: at 38 the normal tail is no double any more, and nobody needs to know more."""

NORMAL_FROM = 1e7
"""From so many degrees of freedom Student's t is taken as normal: tails agree to 1 in 10,000 up to z = 8."""

HOPELESS = 1e100
"""A t beyond this, infinity too, is taken as the farthest z without computing its tail."""

INVERSE = NormalDist().inv_cdf

STEPS = 10_000
"""Most steps of the continued fraction; it settles after some multiple of the root of the degrees of freedom."""


def z_of(t: Floats, df: Floats) -> Floats:
    """The standard normal value with the same tail as Student's t, signed.

    Args:
        t: float64[...], any shape; infinite where the error is 0 and the difference is not.
        df: degrees of freedom, above 0, of the same shape; infinite where the error is known.

    Returns:
        float64[...], within +-37.
    """
    far = np.abs(t)
    z = np.minimum(far, FARTHEST)
    tested = (far < HOPELESS) & (df < NORMAL_FROM)
    logs = log_tail(far[tested], df[tested])
    # Below -700 the tail is no double any more; at t = 0 rounding may leave it above a half.
    p = np.exp(np.maximum(logs, -700.0))
    z[tested] = [-INVERSE(one) for one in np.minimum(p, 0.5).tolist()]
    z[tested] = np.where(logs < -700, FARTHEST, np.minimum(z[tested], FARTHEST))
    signed: Floats = np.copysign(z, t)
    return signed


def log_tail(t: Floats, df: Floats) -> Floats:
    """The logarithm of P(T > t), for t >= 0 and finite degrees of freedom.

    Half of the regularised incomplete beta I_x(df/2, 1/2) at x = df/(df + t^2) (DLMF 8.17.22), which is small in the
    far tail without cancelling; its complement below the point where its fraction converges fast.

    Args:
        t: float64[n], 0 or above.
        df: float64[n], above 0 and finite.
    """
    a = df / 2
    ratio = (t / df) * t
    log_x, log_y = -np.log1p(ratio), np.log(ratio, out=np.full_like(ratio, -np.inf), where=ratio > 0)
    front = _log_inverse_beta(df) + a * log_x + (log_y + log_x) / 2
    far = ratio * (a + 1) > 1.5
    tail = np.empty_like(t)
    tail[far] = front[far] - np.log(a[far]) + np.log(_fraction(a[far], 0.5, np.exp(log_x[far])))
    near = ~far
    within = np.exp(front[near]) / 0.5
    within *= _fraction(0.5, a[near], (ratio / (1 + ratio))[near])
    tail[near] = np.log1p(-within)
    return tail - math.log(2)


def _log_inverse_beta(df: Floats) -> Floats:
    """The logarithm of 1/B(df/2, 1/2); the few different degrees of freedom are looked up once."""
    different, which = np.unique(df, return_inverse=True)
    known = [math.lgamma((one + 1) / 2) - math.lgamma(one / 2) - math.lgamma(0.5) for one in different]
    found: Floats = np.array(known, np.float64)[which.reshape(df.shape)]
    return found


def _fraction(a: Floats | float, b: Floats | float, x: Floats) -> Floats:
    """The continued fraction of the incomplete beta (DLMF 8.17.22) by Lentz's method, to 1e-14."""
    c, d, total = np.ones_like(x), np.zeros_like(x), np.ones_like(x)
    for step in range(STEPS):
        top = _numerator(a, b, x, step)
        d = 1 / (1 + top * d)
        c = 1 + top / c
        factor = c * d
        total *= factor
        if not (np.abs(factor - 1) > 1e-14).any():
            break
    rest: Floats = total - 1
    return rest


def _numerator(a: Floats | float, b: Floats | float, x: Floats, step: int) -> Floats:
    """The step-th partial numerator."""
    half = step // 2
    if step == 0:
        return np.ones_like(x)
    if step % 2 == 0:
        even: Floats = half * (b - half) * x / ((a + (2 * half - 1)) * (a + 2 * half))
        return even
    odd: Floats = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + (2 * half + 1)))
    return odd


def t_reach(log_p: Floats, df: Floats) -> Floats:
    """How many standard errors leave this tail: the t with log P(T > t) = log_p.

    Newton's method in log t, where the tail's logarithm is concave: it converges from wherever it starts.

    Args:
        log_p: float64[n], below log 0.5; minus infinity gives infinity.
        df: degrees of freedom, float64[n], above 0; infinite where the error is known.
    """
    t = np.array([-INVERSE(math.exp(one)) if one > -700 else math.inf for one in log_p], np.float64)
    asked = np.isfinite(t) & (df < NORMAL_FROM)
    if not asked.any():
        return t
    wanted, degrees, log_t = log_p[asked], df[asked], np.log(t[asked])
    density = _log_inverse_beta(degrees) - np.log(degrees) / 2
    for _ in range(60):
        now = np.exp(log_t)
        tail = log_tail(now, degrees)
        slope = np.exp(density - (degrees + 1) / 2 * np.log1p(now * now / degrees) - tail) * now
        move = (tail - wanted) / slope
        log_t += move
        if np.abs(move).max() < 1e-12:
            break
    t[asked] = np.exp(log_t)
    return t
