"""Hashed word sequences of a random sample of documents: generations are compared by them, when their text is gone.

Unlike the states of the families, they keep which words stand together in which document, so that a later comparison
can still choose the size, the first words, the sampling unit and the tail. No text can be read from them.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from outcross.kernels import document_hashes, name_hashes, words
from outcross.kernels.languages import languages_of
from outcross.measure import EVERY_HASH, Array, Batch, pack, unpack
from outcross.measures.repetition import RULES, repeated_shares
from outcross.measures.states import ends_of, places_of

NOWHERE = np.uint64(0)
"""The hash of the unit or prompt of a document that names none."""

PIECE = 2048
"""Bytes of the beginning of a document that are compressed to see how redundant it is."""

DETAILED = 6_000
"""Documents, the first of a sample, of which it is looked at how redundant they are: that is dear."""

TOP_2GRAM, REPEATED_5GRAMS = (
    [name for name, _, _ in RULES].index("top_2gram"), [name for name, _, _ in RULES].index("5grams")
)  # fmt: skip

COLUMNS = ("keys", "texts", "units", "prompts", "lengths", "languages", "compressed", "repeated")


@dataclass(frozen=True)
class Keeping:
    """What is kept of documents.

    Attributes:
        documents: at most so many, drawn by the hash of text and identifier.
        words_each: of each document its first words, at most so many.
        words: of all documents together, at most so many.
        unit: the column that names the sampling unit, where documents are not independent (a seed, a source).
        prompt: the column that names the prompt.
    """

    documents: int = 25_000
    words_each: int = 256
    words: int = 4_000_000
    unit: str | None = None
    prompt: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the corpus that are needed."""
        return tuple(name for name in dict.fromkeys((self.unit, self.prompt)) if name is not None)

    def look(self, batch: Batch, limit: int = EVERY_HASH, details: int = EVERY_HASH) -> "Sequences":
        """The sequences of the documents with a key below the limit; of those below `details`, with details."""
        keys = _keys(batch)
        rows = np.arange(len(batch)) if limit == EVERY_HASH else np.flatnonzero(keys < np.uint64(limit))
        rows = rows[np.argsort(keys[rows], kind="stable")][: self.documents + 1]
        found = words(batch)
        lengths = found.per_document[rows]
        held = np.minimum(lengths, self.words_each)
        compressed, repeated = _details(
            batch, rows, int(np.searchsorted(keys[rows], np.uint64(min(details, EVERY_HASH - 1))))
        )
        columns = {
            "keys": keys[rows], "texts": document_hashes(batch)[rows],
            "units": _hashed(batch, self.unit)[rows], "prompts": _hashed(batch, self.prompt)[rows],
            "lengths": lengths.astype(np.int64), "languages": languages_of(batch)[rows].astype(np.int8),
            "compressed": compressed, "repeated": repeated,
        }  # fmt: skip
        tokens = found.tokens[places_of(found.doc_tokens[rows], held)]
        bounds = (self.documents, self.words)
        return Sequences(columns, ends_of(held), tokens, bounds, len(batch), min(limit, EVERY_HASH)).cut()


@dataclass(eq=False)
class Sequences:
    """The documents of a sample, in the order of their keys, with the hashes of their first words.

    Attributes:
        columns: by name, k values each: keys uint64 (what documents are drawn by), texts uint64 (hash of the text),
            units and prompts uint64 (hashes; 0 for none), lengths int64 (words of the whole document), languages
            int8 (see `kernels.languages`), compressed float32[k, 2] (bytes of the document's beginning, and
            these compressed), repeated float32[k, 2] (most frequent 2-gram, repeated 5-grams: shares). Of all but
            the first DETAILED documents the last two are 0, and so are the bytes.
        offsets: int64[k + 1], where each document's words begin in `tokens`.
        tokens: uint64, hashes of words.
        bounds: most documents, most words.
        documents: how many were seen.
        limit: documents with a key from it on are not in the sample; EVERY_HASH where all are.
    """

    columns: Mapping[str, Array]
    offsets: Array
    tokens: Array
    bounds: tuple[int, int]
    documents: int
    limit: int = EVERY_HASH

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def whole(self) -> bool:
        """Whether every document is in the sample."""
        return self.limit == EVERY_HASH

    def __getitem__(self, column: str) -> Array:
        """A column by its name."""
        return self.columns[column]

    def __add__(self, other: "Sequences") -> "Sequences":
        return joined([self, other])

    def cut(self) -> Self:
        """The documents below the limit, as many as the bounds let in."""
        keys = self["keys"]
        known = len(keys) if self.whole else int(np.searchsorted(keys, np.uint64(self.limit)))
        room = int(np.searchsorted(self.offsets[1:], self.bounds[1], side="right"))
        kept, limit = min(known, self.bounds[0], room), self.limit
        if kept < known:
            limit = int(keys[kept])
            kept = int(np.searchsorted(keys, keys[kept]))  # equal keys stay together, in or out
        return self.first(kept, limit).shortened()

    def shortened(self) -> Self:
        """Without details of any but the first documents, so that it does not matter what was added to what."""
        if len(self) <= DETAILED:
            return self
        first = (np.arange(len(self)) < DETAILED)[:, None]
        details = {name: np.where(first, self[name], np.float32(0)) for name in ("compressed", "repeated")}
        columns = {**self.columns, **details}
        return type(self)(columns, self.offsets, self.tokens, self.bounds, self.documents, self.limit)

    def first(self, count: int, limit: int | None = None) -> Self:
        """The first documents in the order of their keys: a random part of them."""
        columns = {name: values[:count] for name, values in self.columns.items()}
        offsets = self.offsets[: count + 1]
        tokens = self.tokens[: offsets[-1]]
        made = self.limit if limit is None else limit
        return type(self)(columns, offsets, tokens, self.bounds, self.documents, made)

    def take(self, chosen: Array) -> Self:
        """Some of the documents, by a mask bool[k]."""
        columns = {name: values[chosen] for name, values in self.columns.items()}
        held = np.diff(self.offsets)[chosen]
        tokens = self.tokens[places_of(self.offsets[:-1][chosen], held)]
        documents = round(self.documents * len(held) / max(len(self), 1))
        return type(self)(columns, ends_of(held), tokens, self.bounds, documents, self.limit)

    def to_bytes(self) -> bytes:
        """The sample as bytes: each distinct word once, and its number for every place."""
        encoded = pa.array(self.tokens).dictionary_encode()
        kinds, numbers = encoded.dictionary.to_numpy(), encoded.indices.to_numpy()
        return pack({
            **{f"column.{name}": self[name] for name in COLUMNS},
            "offsets": self.offsets, "kinds": kinds, "tokens": numbers.astype(np.uint32),
            "bounds": np.array([*self.bounds, self.documents], np.int64),
            "limit": np.array([] if self.whole else [self.limit], np.uint64),
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The sample that `to_bytes` wrote."""
        read = unpack(data)
        documents, most, seen = map(int, read["bounds"])
        limit = int(read["limit"][0]) if len(read["limit"]) else EVERY_HASH
        columns = {name: read[f"column.{name}"] for name in COLUMNS}
        return cls(columns, read["offsets"], read["kinds"][read["tokens"]], (documents, most), seen, limit)


def joined(parts: Sequence[Sequences]) -> Sequences:
    """All parts together, as one sample."""
    columns = {name: np.concatenate([one[name] for one in parts]) for name in COLUMNS}
    limit = min(one.limit for one in parts)
    below = np.arange(len(columns["keys"]))
    if limit != EVERY_HASH:
        below = np.flatnonzero(columns["keys"] < np.uint64(limit))
    order = below[np.argsort(columns["keys"][below], kind="stable")]
    places = np.cumsum([0, *(len(one.tokens) for one in parts[:-1])])
    begins = np.concatenate([one.offsets[:-1] + place for one, place in zip(parts, places, strict=True)])[order]
    held = np.concatenate([np.diff(one.offsets) for one in parts])[order]
    columns = {name: values[order] for name, values in columns.items()}
    documents = sum(one.documents for one in parts)
    # What the bounds leave out is known before any word is moved.
    bare = Sequences(columns, ends_of(held), np.zeros(0, np.uint64), parts[0].bounds, documents, limit).cut()
    begins, held = begins[: len(bare)], held[: len(bare)]
    tokens = np.concatenate([one.tokens for one in parts])[places_of(begins, held)]
    return Sequences(bare.columns, bare.offsets, tokens, bare.bounds, documents, bare.limit)


class Gathering:
    """The state of a sample on its way: parts that are put together when they have become many.

    Args:
        parts: one or more.
    """

    def __init__(self, parts: Sequence[Sequences]) -> None:
        self.parts = list(parts)

    def __add__(self, other: "Gathering") -> "Gathering":
        made = Gathering([*self.parts, *other.parts])
        documents, words = made.parts[0].bounds
        pending = made.parts[1:]
        if 2 * sum(map(len, pending)) > documents or 2 * sum(len(one.tokens) for one in pending) > words:
            made.parts = [joined(made.parts)]
        return made

    @property
    def limit(self) -> int:
        """Documents with a key from it on are not taken any more."""
        return min(one.limit for one in self.parts)

    @property
    def details(self) -> int:
        """Of documents with a key from it on no details are kept."""
        return min((int(one["keys"][DETAILED]) for one in self.parts if len(one) > DETAILED), default=EVERY_HASH)

    @property
    def sample(self) -> Sequences:
        """All of it, put together once."""
        if len(self.parts) > 1:
            self.parts = [joined(self.parts)]
        return self.parts[0]

    def to_bytes(self) -> bytes:
        """The sample as bytes."""
        return self.sample.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Gathering":
        """The state that `to_bytes` wrote."""
        return cls([Sequences.from_bytes(data)])


def _keys(batch: Batch) -> Array:
    """What documents are drawn by: a mixture of their text's hash and their identifier's, so copies are drawn apart."""
    names = name_hashes(batch.ids)
    with np.errstate(over="ignore"):
        mixed = document_hashes(batch) + names * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    made: Array = mixed ^ (mixed >> np.uint64(31))
    return made


def _hashed(batch: Batch, column: str | None) -> Array:
    """The hashes of a column's values, uint64[n]; NOWHERE where there are none."""
    if column is None:
        return np.full(len(batch), NOWHERE)
    values = batch.columns[column]
    hashes = name_hashes(values)
    hashes[values.is_null().to_numpy(zero_copy_only=False)] = NOWHERE
    return hashes


def _details(batch: Batch, rows: Array, most: int) -> tuple[Array, Array]:
    """How redundant the first of these documents are, at most so many: the columns `compressed` and `repeated`."""
    compressed, repeated = np.zeros((len(rows), 2), np.float32), np.zeros((len(rows), 2), np.float32)
    chosen = rows[: min(most, DETAILED)]
    if len(chosen):
        repeated[: len(chosen)] = repeated_shares(batch.take(chosen))[:, [TOP_2GRAM, REPEATED_5GRAMS]]
    for number, row in enumerate(chosen):
        piece = batch.texts[int(row)].as_py()[:PIECE].encode()[:PIECE]
        compressed[number] = len(piece), len(zlib.compress(piece, 6))
    return compressed, repeated
