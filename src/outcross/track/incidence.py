"""Types (distinct n-grams) and the documents that hold them, with every jackknife group left out in turn.

Everything here is a function of how many documents hold each type, in all and by group. So figures at any common
number of documents follow in closed form (Colwell et al. 2012; Chao et al. 2014, incidence data).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from outcross.kernels import expected_k_log_k, unseen
from outcross.measure import Array
from outcross.track.extrapolation import Spectrum

_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


@dataclass(frozen=True)
class Documents:
    """Documents as sequences of hashed words, each in a jackknife group.

    Attributes:
        tokens: uint64[t]. offsets: int64[k + 1].
        groups: int64[k], each document's group. count: number of groups.
    """

    tokens: Array
    offsets: Array
    groups: Array
    count: int

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @cached_property
    def sizes(self) -> Array:
        """Documents of each group, int64[G]."""
        return np.bincount(self.groups, minlength=self.count)

    @cached_property
    def owner(self) -> Array:
        """The document of each word, int64[t]."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def take(self, chosen: Array) -> "Documents":
        """Some of the documents, by a mask bool[k]."""
        held = np.diff(self.offsets)
        offsets = np.concatenate([[0], np.cumsum(held[chosen])]).astype(np.int64)
        return Documents(self.tokens[chosen[self.owner]], offsets, self.groups[chosen], self.count)

    def ngrams(self, order: int) -> tuple[Array, Array]:
        """The hash of every n-gram inside a document, and its document: uint64[m], int64[m]."""
        if order == 1:
            return self.tokens, self.owner
        end = len(self.tokens) - order + 1
        if end <= 0:
            return self.tokens[:0], self.owner[:0]
        hashes = self.tokens[:end].copy()
        with np.errstate(over="ignore"):
            for step in range(1, order):
                hashes = (hashes ^ (hashes >> np.uint64(29))) * _FACTORS[0] + self.tokens[step : end + step]
                hashes *= _FACTORS[1]
        inside = self.owner[:end] == self.owner[order - 1 :]
        return hashes[inside], self.owner[:end][inside]

    def sums(self, values: Array) -> Array:
        """Sums over each group of values given by document, float64[G]."""
        made: Array = np.bincount(self.groups, weights=values, minlength=self.count)
        return made

    def by_document(self, marked: Array) -> Array:
        """How many words of each document are marked, int64[k]; `marked` is bool[t]."""
        totals = np.concatenate([[0], np.cumsum(marked)])
        made: Array = totals[self.offsets[1:]] - totals[self.offsets[:-1]]
        return made


def numbered(hashes: Array) -> tuple[Array, Array]:
    """The distinct hashes, increasing, and the number of each hash among them: uint64[K], int64[m]."""
    encoded = pa.array(hashes).dictionary_encode()
    kinds = encoded.dictionary.to_numpy()
    order = np.argsort(kinds)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return kinds[order], rank[encoded.indices.to_numpy()]


@dataclass(frozen=True)
class Incidence:
    """Types and how many documents hold them.

    Attributes:
        kinds: uint64[K], hashes of types, increasing.
        held: int64[K], documents that hold each.
        type_of, group_of, inside: int64[p], a type, a group, and the documents of that group that hold it.
        sizes: int64[G], documents of each group.
        grams: int64[G], n-grams (with repeats) of each group.
    """

    kinds: Array
    held: Array
    type_of: Array
    group_of: Array
    inside: Array
    sizes: Array
    grams: Array

    @property
    def total(self) -> int:
        """All documents."""
        return int(self.sizes.sum())

    @classmethod
    def of(cls, documents: Documents, order: int) -> "Incidence":
        """The incidence of n-grams of an order."""
        hashes, owner = documents.ngrams(order)
        kinds, codes = numbered(hashes)
        count = documents.count
        pairs = owner * max(len(kinds), 1) + codes
        pairs.sort()
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs
        holders, types = np.divmod(pairs, max(len(kinds), 1))
        keys = types * count + documents.groups[holders]
        keys.sort()
        begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else keys
        inside = np.diff(np.concatenate([begins, [len(keys)]]))
        type_of, group_of = np.divmod(keys[begins], count)
        held = np.bincount(type_of, weights=inside, minlength=len(kinds)).astype(np.int64)
        grams = np.bincount(documents.groups[owner], minlength=count)
        return cls(kinds, held, type_of, group_of, inside, documents.sizes, grams)

    def only(self, kept: Array) -> "Incidence":
        """Some of the types, by a mask bool[K]."""
        numbers = np.cumsum(kept) - 1
        there = kept[self.type_of]
        return Incidence(
            self.kinds[kept], self.held[kept], numbers[self.type_of[there]], self.group_of[there], self.inside[there],
            self.sizes, self.grams,
        )  # fmt: skip

    @cached_property
    def histograms(self) -> Array:
        """How many types are held by h documents, in all and without each group: int64[G + 1, H]."""
        width = int(self.held.max(initial=0)) + 1
        groups = len(self.sizes)
        whole = np.bincount(self.held, minlength=width)
        whole[0] = 0
        change = np.zeros((groups, width), np.int64)
        before = self.held[self.type_of]
        np.subtract.at(change, (self.group_of, before), 1)
        np.add.at(change, (self.group_of, before - self.inside), 1)
        made: Array = np.concatenate([whole[None], whole + change])
        made[:, 0] = 0
        return made

    def leaving_out(self, figure: Callable[[Array, Array, int], float]) -> Array:
        """A figure of (held int64[u], types int64[u], documents), of all and without each group: float64[G + 1].

        The first value is of all documents.
        """
        return np.array([figure(one.held, one.types, one.total) for one in self.spectra])

    def richness(self, size: int) -> Array:
        """Types expected among `size` documents (Hill number of order 0): float64[G + 1]."""
        return self.leaving_out(lambda held, types, total: float(types @ (1 - unseen(held, total, size))))

    def hill_1(self, size: int) -> Array:
        """The exponential of the entropy over incidences among `size` documents: float64[G + 1]."""

        def figure(held: Array, types: Array, total: int) -> float:
            if not len(held):
                return np.nan
            mass = size / total * float(types @ held)
            return float(np.exp(np.log(mass) - types @ expected_k_log_k(held, total, size) / mass))

        return self.leaving_out(figure)

    def hill_2(self, size: int) -> Array:
        """The inverse Simpson index over incidences among `size` documents: float64[G + 1]."""

        def figure(held: Array, types: Array, total: int) -> float:
            if not len(held):
                return np.nan
            share = held / total
            mean = size * share
            squares = mean * (1 - share) * (total - size) / max(total - 1, 1) + mean**2
            return float(types @ mean) ** 2 / float(types @ squares)

        return self.leaving_out(figure)

    def likeness(self) -> Array:
        """The share of a document's types that a random other document holds too: float64[G + 1].

        A U-statistic over pairs of documents: free of their number.
        """

        def figure(held: Array, types: Array, total: int) -> float:
            if total < 2 or not len(held):
                return np.nan
            return float(types @ (held * (held - 1))) / (total - 1) / float(types @ held)

        return self.leaving_out(figure)

    def per_document(self) -> Array:
        """N-grams a document, with repeats: float64[G + 1]."""
        left = self.grams.sum() - self.grams
        documents = self.total - self.sizes
        with np.errstate(divide="ignore", invalid="ignore"):
            made: Array = np.concatenate([[self.grams.sum()], left]) / np.concatenate([[self.total], documents])
        return made

    @cached_property
    def spectra(self) -> list[Spectrum]:
        """How many types are held by how many documents, of all and without each group: G + 1."""
        made = []
        for types, total in zip(self.histograms, [self.total, *(self.total - self.sizes)], strict=True):
            held = np.flatnonzero(types)
            made.append(Spectrum(held, types[held], int(total)))
        return made
