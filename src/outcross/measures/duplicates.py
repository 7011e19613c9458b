"""Exact and near copies of documents, over the whole corpus.

Each batch leaves a hash of every document's bytes, its MinHash band keys and its signature on disk; the join
sorts them a slice of the key space at a time, so memory stays bounded. Shares are rarefied: a sample of a corpus
holds fewer copies of its own documents than the corpus does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from outcross.estimate import Finding, Unknown
from outcross.kernels import BINS_AND_BANDS, document_hashes, likely_repeated, ngrams, roots, unite, unseen
from outcross.kernels.traces import PHRASE_KEYS
from outcross.measure import GROUPS, Array, Asked, Batch, Caps, Figure, Findings, measure, pack, unpack
from outcross.measures.jackknife import TOO_FEW, Told, estimate

SLICE = 1 << 22
"""Documents whose keys are sorted in memory at once."""

MOST_DOCUMENTS = 1 << 24
"""Documents beyond which no join is made: its forest would take more than 64 MB, its sorts several times that."""

ALIKE = 0.7
"""Two documents are near copies when their word 5-grams' estimated Jaccard similarity is at least this."""

LARGEST = 10

MOST_OPEN = 64
"""Files of keys that are mapped at once."""


@dataclass(eq=False)
class Clusters:
    """Clusters of copies by size: rows (jackknife group, documents in the cluster, clusters), int64[r, 3].

    Attributes:
        exact: clusters of documents with equal bytes. near: clusters of near copies, exact ones among them.
        largest: the largest clusters, for people: kind, documents, id, text.
    """

    exact: Array
    near: Array
    largest: list[dict[str, Any]]

    def to_bytes(self) -> bytes:
        """The rows as bytes; examples are kept apart, in the audit."""
        return pack({"exact": self.exact, "near": self.near})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Clusters":
        """The clusters that `to_bytes` wrote, without the largest."""
        read = unpack(data)
        return cls(read["exact"], read["near"], [])


@measure
class Duplicates:
    """Copies and near copies."""

    name: ClassVar[str] = "duplicates"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("duplicates.exact", "exact copies", "Share of documents that repeat another one byte for byte, "
               "expected in a sample of documents of a common size.", percent=True, compared=True, deciding=True,
               margin="points"),
        Figure("duplicates.near", "near copies", "Share of documents that another one nearly repeats (word 5-grams, "
               "Jaccard similarity of about 0.7 or more), expected in a sample of a common size.", percent=True,
               compared=True, deciding=True, margin="points"),
    )  # fmt: skip

    def index(self, batch: Batch, caps: Caps) -> dict[str, Array]:
        """Hash, band keys and signature of each document."""
        found = ngrams(batch, PHRASE_KEYS, caps.sampled_types)
        # Laid out by column, and kept so on disk: a join reads a band at a time.
        keys = np.asfortranarray(found.keys)
        return {"hash": document_hashes(batch), "signature": found.signatures, "keys": keys}

    def read(self, data: bytes) -> Clusters:
        """The state that its `to_bytes` wrote."""
        return Clusters.from_bytes(data)

    def join(self, parts: Sequence[Path], groups: Sequence[str]) -> dict[str | None, Clusters | None]:
        """Cluster all documents, then count clusters over all of them and within each group.

        More documents than MOST_DOCUMENTS are not joined: the state is None.
        """
        index = _Index(parts)
        if index.size > MOST_DOCUMENTS:
            return {None: None}
        exact = _exact_copies(index)
        near = _near_copies(index, exact)
        minima = _smallest_hash(index, near)
        joined: dict[str | None, Clusters | None] = {None: Clusters(
            _cluster_rows(exact, index.hashes()), _cluster_rows(near, minima), _largest(index, exact, near)
        )}  # fmt: skip
        code = index.column("group") if groups else np.zeros(0, np.int32)
        for number, name in enumerate(groups):
            rows = np.flatnonzero(code == number)
            joined[name] = Clusters(
                _cluster_rows(exact[rows], index.hashes()[rows]), _cluster_rows(near[rows], minima[rows]), []
            )
        return joined

    def conclude(self, states: dict[str, Any], asked: Asked) -> Findings:
        """Shares of copies expected at each size, and the largest clusters."""
        state: Clusters | None = states.get(self.name)
        findings = Findings()
        if state is None:
            reason = Unknown(
                f"not looked for: --no-copies, a sample of parts of files, or more than {MOST_DOCUMENTS:,} documents"
            )
            findings.figures = {"duplicates.exact": reason, "duplicates.near": reason}
            return findings
        for name, rows in (("duplicates.exact", state.exact), ("duplicates.near", state.near)):
            curve = [(size, _copies(rows, size)) for size in asked.sizes]
            findings.curves[name] = curve
            findings.figures[name] = curve[-1][1] if curve else TOO_FEW
        findings.tables["clusters"] = [
            {**row, "text": row["text"] if asked.show_text else None} for row in state.largest
        ]
        return findings


class _Index:
    """The keys of all documents, on disk; a document's number is its place in the order of parts."""

    def __init__(self, parts: Sequence[Path]) -> None:
        # A mapped file holds a descriptor, and there may be thousands of parts: a few are kept open.
        self._open = lru_cache(MOST_OPEN)(_mapped)
        self.parts = [part for part in parts if (part / "hash.npy").exists()]
        sizes = [len(self._open(part, "hash")) for part in self.parts]
        self.begins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.size = int(self.begins[-1])

    def column(self, name: str) -> Array:
        """A column of all documents."""
        columns = [self._open(part, name) for part in self.parts]
        return np.concatenate(columns) if columns else np.zeros(0, np.uint64)

    def hashes(self) -> Array:
        """The hash of each document, uint64[n]."""
        return self.column("hash")

    def band(self, number: int, low: int, high: int) -> tuple[Array, Array]:
        """Band keys within [low, high), with the numbers of their documents."""
        keys, places = [], []
        for part, begin in zip(self.parts, self.begins, strict=False):
            column = self._open(part, "keys")[:, number]
            rows = np.flatnonzero((column >= np.uint64(low)) & (column <= np.uint64(high)) & (column != 0))
            keys.append(column[rows])
            places.append(rows + begin)
        return np.concatenate(keys), np.concatenate(places)

    def signatures(self, documents: Array) -> Array:
        """Signatures of documents, uint8[k, 128]."""
        out = np.empty((len(documents), 128), np.uint8)
        owner = np.searchsorted(self.begins, documents, side="right") - 1
        for part in np.flatnonzero(np.bincount(owner)):
            rows = np.flatnonzero(owner == part)
            out[rows] = self._open(self.parts[part], "signature")[documents[rows] - self.begins[part]]
        return out

    def describe(self, document: int) -> dict[str, Any]:
        """The id and the beginning of the text of a document."""
        part = int(np.searchsorted(self.begins, document, side="right")) - 1
        with pa.memory_map(str(self.parts[part].parent / "documents.arrow")) as source:
            table = pa.ipc.open_file(source).read_all()
            row = table.slice(document - int(self.begins[part]), 1).to_pylist()[0]
        return {"id": row["id"], "text": row["text"]}


def _mapped(part: Path, name: str) -> Array:
    """A column of a part, read as it is used; a plain array, whose slices cost less than a memmap's."""
    return np.asarray(np.load(part / f"{name}.npy", mmap_mode="r"))


def _slices(size: int) -> list[tuple[int, int]]:
    """The key space cut so that about SLICE of `size` keys fall in each piece (bounds included)."""
    count = max(1, -(-size // SLICE))
    edges = [(number << 64) // count for number in range(count + 1)]
    return [(low, high - 1) for low, high in pairwise(edges)]


def _exact_copies(index: _Index) -> Array:
    """For each document the first one with the same bytes, int32[n]."""
    hashes = index.hashes()
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int32)


def _near_copies(index: _Index, exact: Array) -> Array:
    """For each document the first one of its cluster of near copies, int32[n]."""
    forest = exact.copy()
    hashes = index.hashes()
    for number in range(BINS_AND_BANDS[1] if index.parts else 0):
        for low, high in _slices(index.size):
            keys, places = index.band(number, low, high)
            once = exact[places] == places
            keys, places = keys[once], places[once]
            # Most keys stand alone; to sort the others is little.
            rows = likely_repeated(keys)
            keys, places = keys[rows], places[rows]
            order = np.argsort(keys)
            equal = keys[order[1:]] == keys[order[:-1]]
            shared = order[np.concatenate([equal, [False]]) | np.concatenate([[False], equal])] if len(order) else order
            # Within a bucket the order is that of the texts' hashes, whatever the order of the documents.
            shared = shared[np.lexsort((hashes[places[shared]], keys[shared]))]
            _unite_alike(index, forest, keys[shared], places[shared])
    return roots(forest)


def _unite_alike(index: _Index, forest: Array, keys: Array, places: Array) -> None:
    """Join documents with equal band keys whose signatures agree: each with the first and the one before it."""
    same = np.flatnonzero(keys[1:] == keys[:-1]) + 1
    if not len(same):
        return
    new = np.concatenate([[True], keys[1:] != keys[:-1]])
    head = np.flatnonzero(new)[np.cumsum(new) - 1]
    for other in (head[same], same - 1):
        first, second = places[same], places[other]
        # Near copies share most bands: those that an earlier one joined need not be looked at again.
        joined = roots(forest)
        apart = joined[first] != joined[second]
        first, second = first[apart], second[apart]
        for begin in range(0, len(first), 1 << 16):
            one, two = first[begin : begin + (1 << 16)], second[begin : begin + (1 << 16)]
            agree = (index.signatures(one) == index.signatures(two)).mean(axis=1)
            # Eight bits agree by chance once in 256.
            alike = (agree - 1 / 256) / (1 - 1 / 256) >= ALIKE
            unite(forest, one[alike], two[alike])


def _smallest_hash(index: _Index, near: Array) -> Array:
    """For each document the smallest hash in its cluster: the cluster's name whatever the order of documents."""
    hashes = index.hashes()
    smallest = np.full(len(near), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(smallest, near, hashes)
    return smallest[near]


def _cluster_rows(labels: Array, names: Array) -> Array:
    """Clusters by jackknife group (five bits of the cluster's name) and size."""
    if not len(labels):
        return np.zeros((0, 3), np.int64)
    _, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    groups = (names[first] & np.uint64(GROUPS - 1)).astype(np.int64)
    kinds, counts = np.unique(sizes.astype(np.int64) * GROUPS + groups, return_counts=True)
    return np.stack([kinds % GROUPS, kinds // GROUPS, counts], axis=1).astype(np.int64)


def _largest(index: _Index, exact: Array, near: Array) -> list[dict[str, Any]]:
    """The largest clusters of either kind, ties in the order of their first document."""
    found = []
    for kind, labels in (("exact", exact), ("near", near)):
        sizes = np.bincount(labels) if len(labels) else np.zeros(0, np.int64)
        top = np.argsort(-sizes, kind="stable")[:LARGEST]
        found += [
            {"kind": kind, "documents": int(sizes[root]), **index.describe(int(root))}
            for root in top
            if sizes[root] > 1
        ]
    return found


def _copies(rows: Array, size: int) -> Finding:
    """1 - expected clusters over documents, in a sample of `size` documents."""
    groups, sizes, counts = rows.T
    documents = np.bincount(groups, weights=sizes * counts, minlength=GROUPS).astype(np.int64)
    total = int(documents.sum())
    # Clusters of near copies fall into other groups than their documents: a group may hold a few more.
    left = total - int(documents.max())
    if left < 0.8 * size:
        return Unknown(f"one cluster of copies holds so much that no {size:,} documents are left without it")
    size = min(size, left)
    # The whole first, then with each group left out.
    totals = np.concatenate([[total], total - documents])
    chances = 1 - unseen(np.tile(sizes, GROUPS + 1), np.repeat(totals, len(sizes)), size)
    left_in = groups != np.arange(-1, GROUPS)[:, None]
    clusters = (left_in * chances.reshape(left_in.shape)) @ counts
    shares = 1 - clusters / size
    shares[shares <= 1e-12] = 0.0  # the noise of adding up probabilities is no copy
    told = Told(total, "share of documents", f"rarefied to {size:,} documents; jackknife over clusters", scale="share")
    return estimate(shares[0], shares[1:], told)
