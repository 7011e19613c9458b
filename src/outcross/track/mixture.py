"""A mixture e-process over Helmert contrasts: evidence of change that may be looked at after every generation.

Each generation is held against the pooled past, baseline included; with no change these contrasts are independent
standard normals. An alternative says from where on (onset), by how much and in which shape a measure changes, and so
what each contrast is expected to be. Its likelihood ratio has mean 1 at every look while nothing changes, and so has
any mean of such ratios with weights that are fixed beforehand: by Ville's inequality it ever reaches 1/a with a
chance of at most a (Ville 1939; Ramdas and others 2023, Statistical Science 38, 576-601).
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from outcross.track.tails import Floats, z_of

Ints = NDArray[np.int64]

LOSSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Relative changes that the mixture knows, a generation for a ramp and once for a step."""

SHAPES: tuple[Literal["step"], Literal["ramp"]] = ("step", "ramp")

ONE_BY_ONE = 64
"""Onsets up to this generation have an alternative each."""

WIDENING = 1.15
"""Later onsets lie this factor apart, each with the mass of those up to the next: the weights are fixed beforehand and
still sum to 1, so the mean is still an e-process; it is only a little slower to see an onset between two of them."""

MOST_EXPECTED = 4.0
"""An expected contrast is kept within this, so that one odd look does not decide what all others say."""

LARGEST_EXPONENT = 600.0
"""An alternative's evidence is cut here, below what overflows: a smaller e-process, so still a valid one."""

STRETCH = 64
"""After so many looks, alternatives that nothing supports are put away."""

HOPELESS = -50.0
"""The log evidence below which an alternative is put away for good. What is put away is decided by looks before, and
only lessens the mean, so it is still an e-process."""

ROUNDING = 1e-12
"""A difference below this, or below this part of what is subtracted, is rounding and not a change."""

FLOOR = 1e-100
"""A standard error of 0 weighs as one of this size: all others are nothing beside it, and weights stay finite."""


@dataclass(frozen=True)
class Contrasts:
    """Each generation against the pooled past, and what a change of size 1 would make of it.

    Attributes:
        position: the generation of each known look, from 1, rising; int64[G].
        t: observed, in its standard errors; float64[..., G].
        z: the same as a standard normal while nothing changes, within +-37; float64[..., G].
        onsets: generations at which a change may begin; int64[T].
        expected: what a rise of size 1 gives: step at each onset, then ramp at each; float64[..., 2T, G], 0 or above.
    """

    position: Ints
    t: Floats
    z: Floats
    onsets: Ints
    expected: Floats


def contrasts(position: Ints, change: Floats, errors: tuple[Floats, Floats], df: Floats) -> Contrasts:
    """The Helmert contrasts of a series whose generations are independent draws.

    z_g = (theta_g - mean of theta_0 .. theta_(g-1)) / sqrt(s_g^2 + 1/W), with weights 1/s^2 that add to W; Student's t
    of these errors is turned into z by its exact tail. The degrees of freedom of one generation alone are on the safe
    side.

    Args:
        position: the generation of each look, from 1, rising; int64[G].
        change: theta_g - theta_0; float64[..., G].
        errors: the standard error of theta_g, float64[..., G], and of theta_0, float64[..., 1].
        df: of the errors; float64[..., G].
    """
    se = np.maximum(np.concatenate([np.broadcast_to(errors[1], (*errors[0].shape[:-1], 1)), errors[0]], -1), FLOOR)
    weight = se**-2
    total = np.cumsum(weight, -1)[..., :-1]
    spread = np.sqrt(se[..., 1:] ** 2 + 1 / total)
    past = _pooled(np.concatenate([np.zeros((*change.shape[:-1], 1)), change], -1), weight, total)
    gap = change - past
    gap = np.where(np.abs(gap) <= ROUNDING * np.maximum(np.maximum(np.abs(change), np.abs(past)), 1.0), 0.0, gap)
    onsets = onsets_until(int(position[-1]))[0]
    started = np.maximum(position - onsets[:, None] + 1, 0).astype(np.float64)
    unit = np.concatenate([np.minimum(started, 1.0), started])
    padded = np.concatenate([np.zeros((len(unit), 1)), unit], -1)
    expected = (unit - _pooled(padded, weight[..., None, :], total[..., None, :])) / spread[..., None, :]
    t = gap / spread
    return Contrasts(position, t, z_of(t, np.broadcast_to(df, t.shape)), onsets, expected)


def _pooled(value: Floats, weight: Floats, total: Floats) -> Floats:
    """The weighted mean of all before each, from the baseline on."""
    mean: Floats = np.cumsum(weight * value, -1)[..., :-1] / total
    return mean


@cache
def onsets_until(last: int) -> tuple[Ints, Floats, float]:
    """The onsets up to a generation, their weights in the mixture, and the weight of all later ones.

    An onset t weighs 1/(t(t+1)), so all together weigh 1 and no horizon is needed.
    """
    edges = list(range(1, ONE_BY_ONE + 2))
    while edges[-1] <= last:
        edges.append(max(edges[-1] + 1, round(edges[-1] * WIDENING)))
    inverse = 1 / np.array(edges, np.float64)
    many = sum(edge <= last for edge in edges)
    return np.array(edges[:many], np.int64), inverse[:many] - inverse[1 : many + 1], float(inverse[many])


def log_e(found: Contrasts) -> tuple[Floats, Floats]:
    """The logarithm of the e-process at each look, for falls and for rises.

    Args:
        found: the contrasts of one series, or of many in the leading dimensions.

    Returns:
        Two float64[..., G]. While nothing changes, exp of each has mean at most 1 at every look, whenever one stops.
    """
    _, weight, rest = onsets_until(int(found.position[-1]))
    share = np.tile(weight, len(SHAPES) * len(LOSSES)) / (len(SHAPES) * len(LOSSES))
    size = np.repeat(-np.log1p(-np.array(LOSSES)), len(SHAPES) * len(weight))
    row = np.tile(np.arange(len(SHAPES) * len(weight)), len(LOSSES))
    falls, rises = np.full(found.z.shape, rest), np.full(found.z.shape, rest)
    gain = np.zeros((*found.z.shape[:-1], len(share)))
    cost = np.zeros_like(gain)
    for start in range(0, found.z.shape[-1], STRETCH):
        looks = slice(start, start + STRETCH)
        begun = np.tile(found.onsets <= found.position[looks][-1], len(SHAPES) * len(LOSSES))
        for e in (falls, rises):
            e[..., looks] += share[~begun].sum()
        supported = (np.abs(gain) - cost > HOPELESS).reshape(-1, len(share)).any(0)
        alive = np.flatnonzero(begun & supported)
        m = np.minimum(size[alive, None] * found.expected[..., row[alive], looks], MOST_EXPECTED)
        up = gain[..., alive, None] + np.cumsum(m * found.z[..., None, looks], -1)
        down = cost[..., alive, None] + np.cumsum(m * m, -1) / 2
        gain[..., alive], cost[..., alive] = up[..., -1], down[..., -1]
        falls[..., looks] += share[alive] @ _exp(-up - down)
        rises[..., looks] += share[alive] @ _exp(up - down)
    return np.log(falls), np.log(rises)


def _exp(exponent: Floats) -> Floats:
    """exp, with exponents kept within what neither overflows nor underflows (which is slow); in place."""
    np.clip(exponent, -LARGEST_EXPONENT, LARGEST_EXPONENT, out=exponent)
    return np.exp(exponent, out=exponent)
