"""Rows against human rows by nearest neighbours: coverage, recall, precision, density.

Definitions: Kynkäänniemi et al. (2019), Improved precision and recall metric (arXiv:1904.06991); Naeem et al. (2020),
Reliable fidelity and diversity metrics (arXiv:2002.09797). Neighbourhoods are closed balls, so that rows that are
equal to k others, whose balls have no extent, still hold their equals.
"""

import numpy as np

from outcross.measure import Array
from outcross.track.spread import Replicated

NEIGHBOUR = 5
"""k: a row's neighbourhood reaches to its k-th nearest row of its own side."""

SPARE = 16
"""Neighbours remembered beyond the k-th: enough where one group left out takes few of them."""


def against(rows: Array, groups: Array, human: Array) -> dict[str, Replicated]:
    """The four figures, with replicates that leave out one group of the rows at a time.

    The human rows are taken as given: they are frozen, and the held half is put to the same ones. So the errors
    are those of the rows alone, and two sides' errors are independent.

    Args:
        rows: float[n, d], many more than k, about a centre that both sides have in common.
        groups: int64[n], of 0 ... G - 1, all with rows in them.
        human: float[m, d].
    """
    rows = np.asarray(rows, np.float64)
    between = _squared(human, rows)
    # Distances to equal rows come out as rounding leaves them.
    grain = 1e-12 * float(np.square(human).sum(axis=1).mean() + np.square(rows).sum(axis=1).mean())
    human_radii = _Neighbours(human, np.zeros(len(human), np.int64)).radii(None)
    count = int(groups.max()) + 1
    made = _of_human_balls(between <= human_radii[:, None] + grain, groups, count)
    made["embedding.recall"] = _recall(between, _Neighbours(rows, groups), grain, count)
    return {name: (float(values[0]), values[1:]) for name, values in made.items()}


def _of_human_balls(inside: Array, groups: Array, count: int) -> dict[str, Array]:
    """Coverage, precision and density, float[1 + G] each: of all rows, then without each group.

    Args:
        inside: bool[m, n], whether a row lies in a human row's neighbourhood.
        groups: int64[n], jackknife groups.
        count: of the groups.
    """
    members = (groups[:, None] == np.arange(count)[None, :]).astype(np.float32)
    hits = inside.astype(np.float32) @ members  # [m, G], exact: at most n
    left = _without(hits)
    of_rows = _without(members.sum(axis=0)[None, :])[0]
    precise = _without((inside.any(axis=0).astype(np.float32) @ members)[None, :])[0]
    return {
        "embedding.coverage": (left > 0).mean(axis=0), "embedding.precision": precise / of_rows,
        "embedding.density": left.sum(axis=0) / (NEIGHBOUR * of_rows),
    }  # fmt: skip


def _without(by_group: Array) -> Array:
    """float64[m, 1 + G]: the sum over all groups, then without each of them."""
    whole = by_group.sum(axis=1, dtype=np.float64, keepdims=True)
    return np.concatenate([whole, whole - by_group], axis=1)


def _recall(between: Array, near: "_Neighbours", grain: float, count: int) -> Array:
    """float[1 + G]: the share of human rows in a row's neighbourhood, of all rows, then without each group."""
    found = []
    for left in (None, *range(count)):
        radii = near.radii(left) + grain
        if left is not None:
            radii[near.groups == left] = -1.0
        found.append(float((between <= radii[None, :]).any(axis=1).mean()))
    return np.array(found)


def _squared(first: Array, second: Array) -> Array:
    """Squared distances, float64[n, m]."""
    norms = np.square(first).sum(axis=1)[:, None] + np.square(second).sum(axis=1)[None, :]
    made: Array = np.maximum(norms - 2 * (first @ second.T), 0.0)
    return made


class _Neighbours:
    """Each row's nearest rows of its own side, so that radii without a group need no second search.

    Args:
        rows: float[n, d].
        groups: int64[n].
    """

    def __init__(self, rows: Array, groups: Array) -> None:
        self._rows, self.groups = rows, groups
        squared = _squared(rows, rows)
        np.fill_diagonal(squared, np.inf)
        kept = min(NEIGHBOUR + SPARE, len(rows) - 1)
        nearest = np.argpartition(squared, kept - 1, axis=1)[:, :kept]
        distances = np.take_along_axis(squared, nearest, axis=1)
        order = np.argsort(distances, axis=1)
        self._distances = np.take_along_axis(distances, order, axis=1)
        self._of = groups[np.take_along_axis(nearest, order, axis=1)]

    def radii(self, left: int | None) -> Array:
        """float64[n]: squared distance to the k-th nearest row that is not in the group left out."""
        if left is None:
            return self._distances[:, NEIGHBOUR - 1]
        seen = np.cumsum(self._of != left, axis=1)
        place = np.argmax(seen >= NEIGHBOUR, axis=1)
        radii: Array = np.take_along_axis(self._distances, place[:, None], axis=1)[:, 0]
        short = np.flatnonzero(seen[:, -1] < NEIGHBOUR)
        if len(short):
            radii[short] = self._searched(short, left)
        return radii

    def _searched(self, short: Array, left: int) -> Array:
        """The radii of rows whose remembered neighbours are nearly all in the group that is left out."""
        kept = np.flatnonzero(self.groups != left)
        squared = _squared(self._rows[short], self._rows[kept])
        squared[short[:, None] == kept[None, :]] = np.inf
        made: Array = np.partition(squared, NEIGHBOUR - 1, axis=1)[:, NEIGHBOUR - 1]
        return made
