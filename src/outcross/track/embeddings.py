"""Any modality through an embedding matrix: a sample of rows, and how it compares with the human baseline's.

Every figure depends on how many rows it is computed from, so two samples are always brought to one number of rows.
Errors come from leaving out groups of rows: rows that are equal, or of one cluster, stay together.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from outcross.errors import DataError
from outcross.estimate import Estimate, Finding, Scale, Unknown
from outcross.measure import GROUPS, Array, pack, unpack
from outcross.measures.jackknife import FEWEST_DOCUMENTS, standard_error
from outcross.track.neighbours import NEIGHBOUR, against
from outcross.track.spread import LARGEST_SPECTRUM, Replicated, modes, shift, spread_of

LARGEST_SAMPLE = 5_000
"""Rows of a matrix that are kept."""

SEED = 20_240_801
"""Of every draw of rows."""

MOST_AGAINST = 2_500
"""Rows of each side whose nearest neighbours are looked for."""

FEWEST_GROUPS = 4
"""Fewest groups of clusters that a standard error is made from."""

INDEPENDENT = "rows are independent draws, but for equal ones"
CLUSTERS = "clusters are independent draws"


@dataclass(frozen=True, eq=False)
class Embeddings:
    """A uniform sample of the rows of an embedding matrix.

    Attributes:
        sample: float32[n, d], finite, no row of zeros.
        units: uint64[n], hash of each row's cluster, or of its own bytes where there are no clusters.
        clustered: whether clusters were given.
        total: rows of the matrix.
        quarantined: drawn rows that were set aside, by reason.
        seed: of the draw.
    """

    sample: Array
    units: Array
    clustered: bool
    total: int
    quarantined: Mapping[str, int] = field(default_factory=dict)
    seed: int = SEED

    def __len__(self) -> int:
        return len(self.sample)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Embeddings) and self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def to_bytes(self) -> bytes:
        """Bytes that `from_bytes` reads back."""
        told = {
            "clustered": self.clustered, "total": self.total, "quarantined": dict(sorted(self.quarantined.items())),
            "seed": self.seed,
        }  # fmt: skip
        header = np.frombuffer(json.dumps(told).encode(), np.uint8)
        return pack({"sample": self.sample, "units": self.units, "told": header})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Embeddings":
        """The sample that `to_bytes` wrote."""
        read = unpack(data)
        return cls(read["sample"], read["units"], **json.loads(read["told"].tobytes()))

    def drawn(self, n: int) -> "Embeddings":
        """A uniform sample of n of the rows, the same at every call."""
        if n >= len(self):
            return self
        return self.at(np.sort(np.random.default_rng(self.seed).permutation(len(self))[:n]))

    def at(self, rows: Array) -> "Embeddings":
        """Some of the rows."""
        return Embeddings(self.sample[rows], self.units[rows], self.clustered, self.total, self.quarantined, self.seed)

    def groups(self, count: int) -> Array:
        """int64[n]: the jackknife group of each row; units are dealt in the order of their hashes."""
        return np.unique(self.units, return_inverse=True)[1].reshape(-1).astype(np.int64) % count

    @property
    def distinct(self) -> int:
        """How many clusters, or different rows, there are."""
        return len(np.unique(self.units))


Pair = tuple[Finding, Finding]
"""A figure of the generation and the baseline's at the same number of rows."""

_ALONE = {
    "embedding.vendi": "effective number of rows: exp of the entropy of the cosine kernel (Friedman & Dieng 2023)",
    "embedding.vendi.2": "the same of order 2, where frequent kinds weigh more (Pasarkar & Dieng 2024)",
    "embedding.vendi.inf": "the same of infinite order: one over the largest eigenvalue",
    "embedding.dispersion": "mean cosine distance between two rows",
    "embedding.variance": "trace of the covariance",
}  # fmt: skip
_MODES = {"embedding.modes": "intraclass correlation of the clusters: how far they stand apart (Fisher 1925)"}
_AGAINST = {
    "embedding.coverage": "share of human rows with a row among their neighbours (Naeem et al. 2020)",
    "embedding.recall": "share of human rows among the neighbours of a row (Kynkäänniemi et al. 2019)",
    "embedding.precision": "share of rows among the neighbours of a human row (Kynkäänniemi et al. 2019)",
    "embedding.density": "human neighbourhoods that a row lies in, over k (Naeem et al. 2020)",
    "embedding.shift": "squared distance of the two means, unbiased, over the human variance",
}
METHODS = _ALONE | _MODES | _AGAINST
"""Every figure and what it is."""

_SCALES: dict[str, Scale] = {
    "embedding.coverage": "share", "embedding.recall": "share", "embedding.precision": "share",
    "embedding.shift": "identity", "embedding.modes": "identity",
}  # fmt: skip
"""On which scale intervals are symmetric; logarithmic for the rest."""


def figures(a: Embeddings, baseline: Embeddings) -> dict[str, Pair]:
    """All figures of a generation, each beside the human baseline's at the same number of rows.

    Coverage, recall, precision, density and shift hold both against one half of the baseline; the reference value
    is that of the other half, since even a human sample does not cover another one completely.

    Raises:
        DataError: the two matrices have different numbers of columns.
    """
    if a.sample.shape[1] != baseline.sample.shape[1]:
        shapes = f"{a.sample.shape[1]} columns, the baseline {baseline.sample.shape[1]}"
        raise DataError(f"The embeddings have {shapes}.", hint="Embed both with the same model.")
    n = min(len(a), len(baseline), _most_alone(a))
    sides = a.drawn(n), baseline.drawn(n)
    count = min(GROUPS, *(one.distinct for one in sides))
    if n < FEWEST_DOCUMENTS or count < FEWEST_GROUPS:
        few = Unknown(f"fewer than {FEWEST_DOCUMENTS} rows or {FEWEST_GROUPS} clusters: no standard error from groups")
        return dict.fromkeys(METHODS, (few, few))
    ours, theirs = (_alone(one, count) for one in sides)
    found = {name: (ours[name], theirs[name]) for name in _ALONE}
    return found | {"embedding.modes": _modes_apart(*sides, count)} | _pairwise(a, baseline)


def change_of(pair: Pair) -> Finding:
    """The change from the baseline to the generation: a log ratio; a difference in points for shift and modes.

    Replicates are taken in pairs, so what both share (the human half, clusters of the same name) cancels.
    """
    now, then = pair
    for one in pair:
        if isinstance(one, Unknown):
            return one
    assert isinstance(now, Estimate)  # noqa: S101 - narrowed above
    assert isinstance(then, Estimate)  # noqa: S101
    relative = now.scale != "identity"
    sides = np.array([[one.value, *one.replicates] for one in (now, then)])
    if relative and (sides <= 0).any():
        return Unknown("zero on one side: no relative change")
    series = np.log(sides[0] / sides[1]) if relative else sides[0] - sides[1]
    se = standard_error(series[1:]) or _no_certainty(now, then)
    return Estimate(
        float(series[0]), se, now.df, now.n, "log ratio" if relative else "points",
        f"paired jackknife of: {now.method}", now.assumption, replicates=tuple(map(float, series[1:])),
    )  # fmt: skip


def _no_certainty(*sides: Estimate) -> float:
    """The error of two shares that no group left out has moved: as if with two hits and two misses more each."""
    errors = [0.0]
    for one in sides:
        if one.scale == "share":
            share = (one.value * one.n + 2) / (one.n + 4)
            errors.append(math.sqrt((1 - share) / (share * (one.n + 4))))
    return math.hypot(*errors)


def _most_alone(one: Embeddings) -> int:
    """Rows that a spectrum is taken of: with many columns few rows, rather than columns mixed into fewer.

    A random projection of 200 columns to 128 moved scores by 8 %; fewer rows on both sides move none.
    """
    return LARGEST_SPECTRUM if one.sample.shape[1] > LARGEST_SPECTRUM else LARGEST_SAMPLE


def _alone(one: Embeddings, count: int) -> dict[str, Finding]:
    """The figures of one side that need no other."""
    found = spread_of(one.sample, one.groups(count))
    return {name: _told(name, found[name], one) for name in _ALONE}


def _modes_apart(a: Embeddings, baseline: Embeddings, count: int) -> Pair:
    """How far clusters stand apart on each side.

    Clusters that both sides have are taken as fixed kinds, of which rows are drawn. Where they have none in common,
    clusters are themselves draws, and are left out as a whole.
    """
    if not (a.clustered and baseline.clustered):
        return (Unknown("no clusters were given"),) * 2
    common = np.intersect1d(a.units, baseline.units)
    fixed = len(common) > 1
    found: list[Finding] = []
    for side in (a, baseline):
        one = side.at(np.flatnonzero(np.isin(side.units, common))) if fixed else side
        groups = np.random.default_rng(one.seed).permutation(len(one)) % GROUPS if fixed else one.groups(count)
        told = _told("embedding.modes", modes(one.sample, one.units, groups), one)
        resting = "clusters are the kinds; rows are independent draws of each"
        found.append(replace(told, assumption=resting) if fixed and isinstance(told, Estimate) else told)
    return found[0], found[1]


def _pairwise(a: Embeddings, baseline: Embeddings) -> dict[str, Pair]:
    """The figures that hold rows against human rows."""
    human, held = _halves(baseline, shared=bool(np.isin(a.units, baseline.units).any()))
    m = min(len(a), len(human), len(held), MOST_AGAINST)
    x, h, r = (one.drawn(m) for one in (a, held, human))
    count = min(GROUPS, *(one.distinct for one in (x, h, r)))
    if m < FEWEST_DOCUMENTS or count < FEWEST_GROUPS:
        few = Unknown(f"fewer than {2 * FEWEST_DOCUMENTS} human rows, half of which are held against the other half")
        return dict.fromkeys(_AGAINST, (few, few))
    # One scale and one centre for both: distances between large numbers would lose their digits.
    centre = r.sample.mean(axis=0, dtype=np.float64)
    base = r.sample - centre
    sides = []
    for side in (x, h):
        rows, groups = side.sample - centre, side.groups(count)
        found = against(rows, groups, base) | {"embedding.shift": shift(rows, groups, base, r.groups(count))}
        sides.append({name: _told(name, found[name], side) for name in _AGAINST})
    return {name: (sides[0][name], sides[1][name]) for name in _AGAINST}


def _halves(baseline: Embeddings, *, shared: bool) -> tuple[Embeddings, Embeddings]:
    """The baseline in two halves by a fixed draw: units stay whole, unless the generation has the same clusters.

    With the same clusters on both sides a generation's rows lie beside human rows of their own cluster, and so must
    the rows of the held half.
    """
    random = np.random.default_rng(baseline.seed + 1)
    if baseline.clustered and shared:
        order = random.permutation(len(baseline))
        return baseline.at(np.sort(order[::2])), baseline.at(np.sort(order[1::2]))
    _, unit, sizes = np.unique(baseline.units, return_inverse=True, return_counts=True)
    side = np.empty(len(sizes), bool)
    rows = [0, 0]
    for one in random.permutation(len(sizes)):
        side[one] = rows[1] < rows[0]
        rows[int(side[one])] += int(sizes[one])
    second = side[unit.reshape(-1)]
    return baseline.at(np.flatnonzero(~second)), baseline.at(np.flatnonzero(second))


def _told(name: str, found: Replicated | Unknown, one: Embeddings, error: float = 0.0) -> Finding:
    """A value with its replicates as a finding."""
    if isinstance(found, Unknown):
        return found
    value, replicates = found
    if not (math.isfinite(value) and np.isfinite(replicates).all()):
        return Unknown("not defined on these rows")
    near = f", k = {NEIGHBOUR}" if name in _AGAINST and name != "embedding.shift" else ""
    return Estimate(
        value, standard_error(replicates), float(len(replicates) - 1), len(one), "of embedding rows",
        f"{METHODS[name]}{near}, at {len(one):,} rows", CLUSTERS if one.clustered else INDEPENDENT,
        _SCALES.get(name, "log"), tuple(map(float, replicates)), error,
    )  # fmt: skip


def vendi(one: Embeddings) -> Finding:
    """The Vendi score by itself: where rows were left out, with a bound on what all of them would have added.

    The score grows with the rows, towards a limit about which it is one over the rows away; so twice what the second
    half of the rows has added bounds what is missing. For comparisons take `figures`, at one size.
    """
    if len(one) < FEWEST_DOCUMENTS or one.distinct < FEWEST_GROUPS:
        return Unknown(f"fewer than {FEWEST_DOCUMENTS} rows or {FEWEST_GROUPS} clusters")
    kept = one.drawn(_most_alone(one))
    name, count = "embedding.vendi", min(GROUPS, kept.distinct)
    value, replicates = spread_of(kept.sample, kept.groups(count))[name]
    missing = 0.0
    if one.total > len(kept):
        half = kept.drawn(len(kept) // 2)
        missing = 2 * abs(value - spread_of(half.sample, half.groups(count))[name][0])
    return _told(name, (value, replicates), kept, missing)
