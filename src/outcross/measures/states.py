"""The states that measures are made of: sums, a table of words, samples of types, documents and text."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from outcross.kernels import merge_counts, take_pieces
from outcross.measure import EVERY_HASH, GROUPS, Array, pack, unpack


@dataclass(eq=False)
class Sums:
    """Arrays of whole numbers that add element by element."""

    arrays: dict[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    def __add__(self, other: Self) -> Self:
        return type(self)({name: array + other.arrays[name] for name, array in self.arrays.items()})

    def to_bytes(self) -> bytes:
        """The arrays as bytes."""
        return pack(self.arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The sums that `to_bytes` wrote."""
        return cls(unpack(data))


@dataclass(eq=False)
class WordTable:
    """Occurrences and documents of every word, exact up to a cap on distinct words.

    Beyond the cap the words with the fewest occurrences are dropped, down to half the cap. `dropped` is the
    most occurrences that any one word can have lost that way, so a word's true count lies in
    [count, count + dropped] and a word that is not in the table has at most `dropped`.

    Attributes:
        keys: uint64[m], increasing: hashes of words. counts: int64[m, 2]: occurrences, documents.
        cap: most words kept.
        dropped: see above; 0 while exact.
        spellings: some of the most frequent words, as first seen.
    """

    keys: Array
    counts: Array
    cap: int
    dropped: int = 0
    spellings: dict[int, str] = field(default_factory=dict)

    KEPT_SPELLINGS = 256

    def __add__(self, other: Self) -> Self:
        keys, counts = merge_counts((self.keys, self.counts), (other.keys, other.counts))
        merged = type(self)(keys, counts, self.cap, self.dropped + other.dropped)
        merged.spellings = {**other.spellings, **self.spellings}
        merged.purge()
        return merged

    def purge(self) -> None:
        """Drop the rarest words while there are more than the cap, and the spellings of words not so frequent."""
        if len(self.keys) > self.cap:
            # Ties go together, so that which words are dropped does not depend on their order.
            place = len(self.keys) - self.cap // 2
            limit = int(np.partition(self.counts[:, 0], place)[place]) - 1
            if np.count_nonzero(self.counts[:, 0] > limit) > self.cap:
                limit += 1
            kept = self.counts[:, 0] > limit
            self.keys, self.counts = self.keys[kept], self.counts[kept]
            self.dropped += limit
        if len(self.spellings) > 4 * self.KEPT_SPELLINGS:
            known = np.array(sorted(self.spellings), np.uint64)
            order = np.argsort(-self.occurrences(known), kind="stable")[: self.KEPT_SPELLINGS]
            self.spellings = {int(key): self.spellings[int(key)] for key in known[order]}

    def rows(self, keys: Array) -> tuple[Array, Array]:
        """For each key its row, and whether the word is in the table."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return rows, self.keys[rows] == keys

    def occurrences(self, keys: Array) -> Array:
        """Occurrences of each key, 0 where the word is not in the table."""
        rows, there = self.rows(keys)
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        return np.where(there, self.counts[rows, 0], 0)

    def to_bytes(self) -> bytes:
        """The table as bytes."""
        spellings = "\n".join(f"{key} {word}" for key, word in sorted(self.spellings.items())).encode()
        return pack({
            "keys": self.keys, "counts": self.counts, "bounds": np.array([self.cap, self.dropped], np.int64),
            "spellings": np.frombuffer(spellings, np.uint8),
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The table that `to_bytes` wrote."""
        read = unpack(data)
        lines = bytes(read["spellings"]).decode().split("\n") if read["spellings"].size else []
        spellings = {int(key): word for key, _, word in (line.partition(" ") for line in lines)}
        return cls(read["keys"], read["counts"], int(read["bounds"][0]), int(read["bounds"][1]), spellings)


def type_of(keys: Array) -> Array:
    """What of a hash names a type in a sample of types: its lowest five bits are those of the jackknife group."""
    return keys >> np.uint64(5)


@dataclass(eq=False)
class TypeSample:
    """The types whose hash is below 2^(64 - level), with exact counts apart for each jackknife group.

    The level is the lowest at which at most `cap` pairs of a type and a group are kept: a function of the
    set of documents, whatever their order or partition.

    Attributes:
        keys: uint64[m], increasing: a type's hash with its lowest five bits replaced by the group.
        counts: int64[m, 2]: occurrences, documents.
    """

    level: int
    keys: Array
    counts: Array
    cap: int

    def __add__(self, other: Self) -> Self:
        level = max(self.level, other.level)
        keys, counts = merge_counts(self._at(level), other._at(level))
        while len(keys) > self.cap:
            level += 1
            end = int(np.searchsorted(keys, np.uint64(1 << (64 - level))))
            keys, counts = keys[:end], counts[:end]
        return type(self)(level, keys, counts, self.cap)

    def _at(self, level: int) -> tuple[Array, Array]:
        """Keys and counts at this level or a higher one."""
        if level in (self.level, 0):
            return self.keys, self.counts
        end = int(np.searchsorted(self.keys, np.uint64(1 << (64 - level))))
        return self.keys[:end], self.counts[:end]

    @property
    def groups(self) -> Array:
        """The jackknife group of each entry, int64[m]."""
        return (self.keys & np.uint64(GROUPS - 1)).astype(np.int64)

    def owners(self, begins: Array) -> Array:
        """The number of the type that each entry belongs to, int64[m]; `begins` as `types` gives it."""
        return np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(self.keys))))

    def types(self) -> tuple[Array, Array, Array]:
        """Of each sampled type: where its entries begin in `keys`, its occurrences and its documents."""
        hashes = type_of(self.keys)
        begins = (
            np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
            if len(hashes)
            else np.zeros(0, np.int64)
        )
        totals = np.add.reduceat(self.counts, begins, axis=0) if len(begins) else np.zeros((0, 2), np.int64)
        return begins, totals[:, 0], totals[:, 1]

    def to_bytes(self) -> bytes:
        """The sample as bytes."""
        return pack({"keys": self.keys, "counts": self.counts, "bounds": np.array([self.level, self.cap], np.int64)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The sample that `to_bytes` wrote."""
        read = unpack(data)
        return cls(int(read["bounds"][0]), read["keys"], read["counts"], int(read["bounds"][1]))


def ends_of(held: Array) -> Array:
    """Offsets of pieces of these lengths, int64[k + 1]."""
    return np.concatenate([[0], np.cumsum(held)]).astype(np.int64)


def places_of(begins: Array, held: Array) -> Array:
    """The places of pieces that begin here and are so long, one after another: int64[sum of lengths]."""
    offsets = ends_of(held)
    made: Array = np.repeat(begins - offsets[:-1], held) + np.arange(offsets[-1])
    return made


@dataclass(eq=False)
class DocumentSample:
    """The distinct documents with the smallest hashes, with their words and how often each was copied.

    A prefix of all documents in the order of their hashes, cut where there are `most_documents` of them or
    `most_tokens` words: whatever the partition, the same prefix, because the first document that was ever cut off
    is remembered.

    Attributes:
        hashes: uint64[k], increasing. copies: int64[k]. groups: uint8[k], jackknife groups.
        parts: int64[k], of a long document only 1 in so many distinct words is kept, chosen by hash.
        offsets: int64[k + 1]. tokens: uint64[offsets[k]].
        bounds: most documents, most words.
        limit: the smallest hash of a document that was cut off; EVERY_HASH where none was.
    """

    hashes: Array
    copies: Array
    groups: Array
    parts: Array
    offsets: Array
    tokens: Array
    bounds: tuple[int, int]
    limit: int = EVERY_HASH

    @property
    def whole(self) -> bool:
        """Whether nothing was cut off: the sample is the corpus."""
        return self.limit == EVERY_HASH

    def __add__(self, other: Self) -> Self:
        hashes = np.concatenate([self.hashes, other.hashes])
        order = np.argsort(hashes, kind="stable")
        first = (
            np.concatenate([[True], hashes[order][1:] != hashes[order][:-1]]) if len(order) else np.zeros(0, np.bool_)
        )
        copies = np.concatenate([self.copies, other.copies])[order]
        if len(order):
            copies = np.add.reduceat(copies, np.flatnonzero(first))
        chosen = order[first]
        groups = np.concatenate([self.groups, other.groups])[chosen]
        parts = np.concatenate([self.parts, other.parts])[chosen]
        tokens = self.tokens, other.tokens
        begins = np.concatenate([self.offsets[:-1], other.offsets[:-1] + len(self.tokens)])
        sizes = np.concatenate([np.diff(self.offsets), np.diff(other.offsets)])
        return self.of(
            (hashes[chosen], copies, groups, parts),
            (tokens, begins[chosen], sizes[chosen]),
            self.bounds,
            min(self.limit, other.limit),
        )

    @classmethod
    def of(
        cls,
        documents: tuple[Array, Array, Array, Array],
        words: tuple[tuple[Array, Array], Array, Array],
        bounds: tuple[int, int],
        limit: int,
    ) -> Self:
        """The sample of distinct documents given in the order of their hashes.

        Args:
            documents: hashes, copies, groups and parts, as in the sample.
            words: all tokens, in two arrays that are counted through; where each document's begin; how many it has.
            bounds: most documents, most words.
            limit: the smallest hash of a document that is not among them; EVERY_HASH where all are.
        """
        hashes, copies, groups, parts = documents
        tokens, begins, sizes = words
        most = int(np.searchsorted(np.cumsum(sizes), bounds[1], side="right"))
        known = len(hashes) if limit == EVERY_HASH else int(np.searchsorted(hashes, np.uint64(limit)))
        kept = min(most, bounds[0], known)
        if kept < known:
            limit = int(hashes[kept])
        offsets = ends_of(sizes[:kept])
        taken = take_pieces(tokens, begins[:kept], offsets)
        return cls(hashes[:kept], copies[:kept], groups[:kept], parts[:kept], offsets, taken, bounds, limit)

    def to_bytes(self) -> bytes:
        """The sample as bytes."""
        return pack({
            "hashes": self.hashes, "copies": self.copies, "groups": self.groups, "offsets": self.offsets,
            "tokens": self.tokens, "parts": self.parts,
            "bounds": np.array(self.bounds, np.int64),
            "limit": np.array([] if self.whole else [self.limit], np.uint64),
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The sample that `to_bytes` wrote."""
        read = unpack(data)
        bounds = (int(read["bounds"][0]), int(read["bounds"][1]))
        limit = int(read["limit"][0]) if len(read["limit"]) else EVERY_HASH
        return cls(
            read["hashes"],
            read["copies"],
            read["groups"],
            read["parts"],
            read["offsets"],
            read["tokens"],
            bounds,
            limit,
        )


@dataclass(eq=False)
class TextSample:
    """For each jackknife group, the texts with the smallest hashes, up to a budget of bytes a group.

    Attributes:
        pieces: by group, (hash, text) in the order of hashes; the last may reach past the budget.
        budget: bytes a group.
        withheld: whether the text was left out when the state was written (`--no-text`).
    """

    pieces: list[list[tuple[int, bytes]]]
    budget: int
    withheld: bool = False

    PIECE = 4096

    def __add__(self, other: Self) -> Self:
        pieces = []
        for ours, theirs in zip(self.pieces, other.pieces, strict=True):
            both = self.cut(dict(ours) | dict(theirs), self.budget) if ours and theirs else ours or theirs
            pieces.append(both)
        return type(self)(pieces, self.budget, self.withheld or other.withheld)

    @property
    def last(self) -> tuple[int, ...]:
        """Of each group the hash of the last text where the budget is full, which no larger one can follow."""
        return tuple(
            pieces[-1][0] if pieces and sum(len(text) for _, text in pieces) >= self.budget else EVERY_HASH - 1
            for pieces in self.pieces
        )

    @staticmethod
    def cut(texts: dict[int, bytes], budget: int) -> list[tuple[int, bytes]]:
        """Texts in the order of their hashes until the budget is reached."""
        chosen, size = [], 0
        for key in sorted(texts):
            if size >= budget:
                break
            chosen.append((key, texts[key]))
            size += len(texts[key])
        return chosen

    def without_text(self) -> Self:
        """The same state with the text left out."""
        return type(self)([[] for _ in self.pieces], self.budget, withheld=True)

    def to_bytes(self) -> bytes:
        """The sample as bytes."""
        flat = [(group, key, text) for group, pieces in enumerate(self.pieces) for key, text in pieces]
        return pack({
            "groups": np.array([group for group, _, _ in flat], np.int64),
            "keys": np.array([key for _, key, _ in flat], np.uint64),
            "sizes": np.array([len(text) for _, _, text in flat], np.int64),
            "text": np.frombuffer(b"".join(text for _, _, text in flat), np.uint8),
            "bounds": np.array([len(self.pieces), self.budget, self.withheld], np.int64),
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The sample that `to_bytes` wrote."""
        read = unpack(data)
        pieces: list[list[tuple[int, bytes]]] = [[] for _ in range(int(read["bounds"][0]))]
        text, place = bytes(read["text"]), 0
        for group, key, size in zip(read["groups"], read["keys"], read["sizes"], strict=True):
            pieces[group].append((int(key), text[place : place + size]))
            place += int(size)
        return cls(pieces, int(read["bounds"][1]), bool(read["bounds"][2]))
