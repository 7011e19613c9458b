"""How spread out rows are: Vendi scores, cosine dispersion, variance, modes that stand apart, a mean that moves.

Each function returns a value with its leave-one-group-out replicates. Only sums by group are needed for them.
"""

import math
from collections.abc import Callable

import numpy as np

from outcross.estimate import Unknown
from outcross.measure import Array

Replicated = tuple[float, Array]
"""A value, and float[groups] with each group left out."""

LARGEST_SPECTRUM = 1_024
"""The smaller of rows and columns that a spectrum should be taken of: half a second each."""

EXACT_REPLICATES = 256
"""Leading directions whose spectrum is computed anew without each group; the rest keep their directions."""

ORDERS = {"embedding.vendi": 1.0, "embedding.vendi.2": 2.0, "embedding.vendi.inf": math.inf}
"""Orders of the Vendi score (Pasarkar & Dieng 2024)."""


def spread_of(rows: Array, groups: Array) -> dict[str, Replicated]:
    """Vendi scores, mean pairwise cosine distance, trace of the covariance.

    Args:
        rows: float[n, d], no row of zeros.
        groups: int64[n], each of 0 ... G - 1 with rows in it.
    """
    rows = np.asarray(rows, np.float64)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return _vendi(unit, groups) | {
        "embedding.dispersion": _of_sums(unit, groups, _dispersion),
        "embedding.variance": _of_sums(rows - rows.mean(axis=0), groups, _variance),
    }


def _vendi(unit: Array, groups: Array) -> dict[str, Replicated]:
    """The Vendi score of each order: from the smaller of the rows' and the columns' Gram matrix."""
    along, weights = _principal(unit)
    lead = min(EXACT_REPLICATES, along.shape[1])
    blocks = [one.T @ one for one in (along[groups == group, :lead] for group in range(groups.max() + 1))]
    counts, rests, _ = group_sums(np.square(along[:, lead:]), groups)
    whole, spectra = sum(blocks), [weights]
    for block, count, rest in zip(blocks, counts, rests, strict=True):
        front = np.linalg.eigvalsh(whole - block)
        spectra.append(np.concatenate([front, rests.sum(axis=0) - rest]) / (len(along) - count))
    scores = {name: np.array([_effective(one, order) for one in spectra]) for name, order in ORDERS.items()}
    return {name: (float(values[0]), values[1:]) for name, values in scores.items()}


def _principal(unit: Array) -> tuple[Array, Array]:
    """The rows along the directions of their spectrum, the largest first, and the eigenvalues, whose sum is 1."""
    n, d = unit.shape
    values, vectors = np.linalg.eigh(unit.T @ unit if d <= n else unit @ unit.T)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    along = unit @ vectors if d <= n else vectors * np.sqrt(values)
    return along, values / n


def _effective(weights: Array, order: float) -> float:
    """The effective number of a spectrum: exp of its Rényi entropy, of Shannon's for order 1."""
    weights = weights[weights > 1e-14]
    weights = weights / weights.sum()
    if order == 1:
        return math.exp(-float(weights @ np.log(weights)))
    if math.isinf(order):
        return 1 / float(weights.max())
    return float((weights**order).sum() ** (1 / (1 - order)))


def _of_sums(rows: Array, groups: Array, rule: Callable[[float, Array, float], float]) -> tuple[float, Array]:
    """A figure of the number of rows, their sum and their sum of squares, with replicates."""
    counts, sums, squares = group_sums(rows, groups)
    value = rule(counts.sum(), sums.sum(axis=0), squares.sum())
    left = [
        rule(counts.sum() - counts[one], sums.sum(axis=0) - sums[one], squares.sum() - squares[one])
        for one in range(len(counts))
    ]
    return value, np.array(left)


def group_sums(rows: Array, groups: Array) -> tuple[Array, Array, Array]:
    """Rows (float[G]), their sum (float[G, d]) and their sum of squares (float[G]) by group."""
    count = int(groups.max()) + 1
    members = (groups[None, :] == np.arange(count)[:, None]).astype(np.float64)
    return members.sum(axis=1), members @ rows, members @ np.square(rows).sum(axis=1)


def _dispersion(n: float, total: Array, squares: float) -> float:
    """The mean of 1 - cosine over pairs of two different rows; `squares` is n for rows of length 1."""
    return float(1 - (total @ total - squares) / (n * (n - 1)))


def _variance(n: float, total: Array, squares: float) -> float:
    return float((squares - total @ total / n) / (n - 1))


def modes(rows: Array, labels: Array, groups: Array) -> Replicated | Unknown:
    """How far modes stand apart: the intraclass correlation of rows by label, in all directions together.

    1 = each mode is a point; 0 = modes cannot be told apart. Unbiased for modes of any sizes (analysis of variance).

    Args:
        rows: float[n, d].
        labels: [n], the mode of each row.
        groups: int64[n], jackknife groups of rows.
    """
    names, mode = np.unique(labels, return_inverse=True)
    mode = mode.reshape(-1)
    if len(names) < 2 or len(rows) < 2 * len(names):
        return Unknown("modes need at least two clusters, with two rows each on average")
    rows = np.asarray(rows, np.float64) - rows.mean(axis=0, dtype=np.float64)
    value = _intraclass(rows, mode)
    left = [_intraclass(rows[groups != one], mode[groups != one]) for one in range(groups.max() + 1)]
    return value, np.array(left)


def _intraclass(rows: Array, mode: Array) -> float:
    """(MSB - MSW) / (MSB + (n0 - 1) MSW), where n0 is the typical number of rows of a mode."""
    sizes, sums, squares = group_sums(rows, mode)
    sizes, sums = sizes[sizes > 0], sums[sizes > 0]
    n, k = float(sizes.sum()), len(sizes)
    if k < 2 or n <= k:
        return math.nan
    explained = float((np.square(sums).sum(axis=1) / sizes).sum())
    between = (explained - float(np.square(sums.sum(axis=0)).sum()) / n) / (k - 1)
    within = (float(squares.sum()) - explained) / (n - k)
    typical = (n - float(np.square(sizes).sum()) / n) / (k - 1)
    whole = between + (typical - 1) * within
    return (between - within) / whole if whole > 0 else math.nan


def shift(rows: Array, groups: Array, human: Array, human_groups: Array) -> Replicated:
    """The squared distance between two means over the human variance: 0 where nothing moved, also on average.

    Products are taken between different groups only, so the noise of the means does not count as distance; each
    group weighs the same.

    Args:
        rows: float[n, d].
        groups: int64[n], of 0 ... G - 1, all with rows in them.
        human: float[m, d].
        human_groups: int64[m], likewise.
    """
    (counts, sums, _), (human_counts, human_sums, squares) = group_sums(rows, groups), group_sums(human, human_groups)
    gaps = sums / counts[:, None] - human_sums / human_counts[:, None]
    products = gaps @ gaps.T
    count = len(gaps)

    def of(kept: Array) -> float:
        inner = products[np.ix_(kept, kept)]
        m = human_counts[kept].sum()
        variance = _variance(m, human_sums[kept].sum(axis=0), squares[kept].sum())
        apart = (inner.sum() - np.trace(inner)) / (len(kept) * (len(kept) - 1))
        return float(apart) / variance if variance > 0 else math.nan

    every = np.arange(count)
    return of(every), np.array([of(every[every != one]) for one in range(count)])
