"""The contract of a measure: look at a batch, add states, conclude with estimates.

    batch -> look -> State -> State + State -> conclude -> Findings (Estimate | Unknown, curves, tables)

A state is integers wherever it can be, so that it does not matter in which order documents were seen; the
engine merges states in a fixed order all the same, which makes the rest identical too.
"""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
import pyarrow as pa

from outcross.errors import FaultError
from outcross.estimate import Finding

GROUPS = 32
"""Jackknife groups. A document's group is five bits of the hash of its text, the same in every corpus."""

Array = np.ndarray[Any, Any]
Made = TypeVar("Made")


class Buffers:
    """Memory that the batches of one task use one after another, so that it is asked for once.

    The arrays of a batch that uses them are gone when the next batch takes its place.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Array] = {}

    def array(self, name: str, size: int, dtype: Any) -> Array:
        """An array of this size with anything in it."""
        kept = self._kept.get(name)
        if kept is None or len(kept) < size:
            kept = self._kept[name] = np.empty(size + size // 4, dtype)
        return kept[:size]

    def blank(self, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
        """An array of zeros, which who uses it leaves as zeros again."""
        if name not in self._kept:
            self._kept[name] = np.zeros(shape, dtype)
        return self._kept[name]


EVERY_HASH = 1 << 64
"""One more than the largest hash: a bound that leaves nothing out."""


@dataclass(frozen=True)
class Reached:
    """How far samples by hash have been filled already: what lies beyond would be dropped when states are added.

    It only saves work. Once all states are added it makes no difference, so tasks may know more or less of it.

    Attributes:
        levels: of the samples of n-gram types, by order from 1: types below are still taken. Empty for unknown.
        documents: documents with a hash below it are still taken into the sample of documents.
        texts: by jackknife group, texts with a hash up to it are still taken. Empty for all.
        sequences: documents with a key below it are still taken into the sample of word sequences.
        details: documents with a key below it are still looked at in detail there.
    """

    levels: tuple[int, ...] = ()
    documents: int = EVERY_HASH
    texts: tuple[int, ...] = ()
    sequences: int = EVERY_HASH
    details: int = EVERY_HASH

    def joined(self, other: "Reached") -> "Reached":
        """The further of both, in everything."""
        return Reached(
            _each(max, self.levels, other.levels), min(self.documents, other.documents),
            _each(min, self.texts, other.texts), min(self.sequences, other.sequences),
            min(self.details, other.details),
        )  # fmt: skip


NOTHING_REACHED = Reached()


def _each(choose: Callable[[int, int], int], first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """One of each pair, of two lists of which either may be empty."""
    return tuple(map(choose, first, second)) if first and second else first or second


@dataclass(frozen=True)
class Batch:
    """Documents that are looked at together.

    Attributes:
        texts: one UTF-8 text a document (validated in full, no nulls).
        ids: one identifier a document; unique within a corpus when the corpus says so.
        groups: the value of the column that the user groups by, or None where there is none.
        segmented: the texts with spaces put between words, where a segmenter did so; else None.
        cluster: the number of the random part that these documents were drawn in, where documents were drawn
            in parts: the part is the sampling unit then, and names the jackknife group. Else None.
        buffers: memory shared with the batch before and after, or None.
        reached: what need not be looked at, because samples are too full to take it.
        columns: the further columns that were asked for, by name, as texts; null where a document has no value.
    """

    texts: pa.LargeStringArray
    ids: pa.StringArray
    groups: pa.StringArray | None = None
    segmented: pa.LargeStringArray | None = None
    cluster: int | None = None
    buffers: Buffers | None = field(default=None, repr=False, compare=False)
    reached: Reached = NOTHING_REACHED
    columns: Mapping[str, pa.StringArray] = field(default_factory=dict)
    _shared: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.texts)

    def once(self, key: str, make: Callable[["Batch"], Made]) -> Made:
        """What `make` returns for this batch, made once and shared by all measures (tokens, hashes)."""
        if key not in self._shared:
            self._shared[key] = make(self)
        made: Made = self._shared[key]
        return made

    def shared(self) -> list[Any]:
        """All that was made once for this batch, so far."""
        return list(self._shared.values())

    def slice(self, begin: int, end: int) -> "Batch":
        """Some of the documents in a row, without a copy of their texts."""
        groups = None if self.groups is None else self.groups[begin:end]
        segmented = None if self.segmented is None else self.segmented[begin:end]
        columns = {name: values[begin:end] for name, values in self.columns.items()}
        texts, ids = self.texts[begin:end], self.ids[begin:end]
        return Batch(texts, ids, groups, segmented, self.cluster, columns=columns)

    def take(self, rows: Array) -> "Batch":
        """The documents at these row numbers, as a batch of its own."""
        index = pa.array(rows, pa.int64())
        groups = None if self.groups is None else self.groups.take(index)
        segmented = None if self.segmented is None else self.segmented.take(index)
        columns = {name: values.take(index) for name, values in self.columns.items()}
        return Batch(self.texts.take(index), self.ids.take(index), groups, segmented, self.cluster, columns=columns)


class State(Protocol):
    """What a measure remembers of the documents it has seen. Mergeable, and survives bytes."""

    def __add__(self, other: Self) -> Self:
        """The state of both sets of documents together."""

    def to_bytes(self) -> bytes:
        """Bytes that `from_bytes` reads back to an equal state."""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The state that `to_bytes` wrote."""


Layer = Literal["data", "model", "workflow", "governance"]


@dataclass(frozen=True)
class Figure:
    """One number that a measure concludes, as people are told of it.

    Attributes:
        name: dotted and stable, e.g. "distinct.2".
        label: a few words for a table.
        meaning: one sentence: what it shows.
        percent: show it as a percentage.
        compared: whether `outcross compare` may judge by it, which asks that it be free of the corpus's size.
        deciding: whether "no change" needs it to have been able to show a change of the margin.
        margin: "relative" to the value, or absolute "points" of a share.
        layer: the quality layer.
    """

    name: str
    label: str
    meaning: str
    percent: bool = False
    compared: bool = False
    deciding: bool = False
    margin: Literal["relative", "points"] = "relative"
    layer: Layer = "data"


@dataclass(frozen=True)
class Asked:
    """What a conclusion is asked for.

    Attributes:
        sizes: numbers of documents to rarefy to, increasing; the last is the headline size.
        reference: a frozen reference (see `outcross.audits.reference`), or None.
        show_text: whether words and snippets of documents may appear.
        segmented: whether a segmenter put spaces between words of Chinese, Japanese and Thai.
    """

    sizes: tuple[int, ...] = ()
    reference: Any = None
    show_text: bool = True
    segmented: bool = False


@dataclass
class Findings:
    """What measures concluded: figures by name, curves of a figure over sizes, tables for people to read."""

    figures: dict[str, Finding] = field(default_factory=dict)
    curves: dict[str, list[tuple[int, Finding]]] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, other: "Findings") -> None:
        """Take in what another measure found."""
        self.figures.update(other.figures)
        self.curves.update(other.curves)
        self.tables.update(other.tables)


@dataclass(frozen=True)
class Caps:
    """Bounds on what measures keep in memory. Part of a run's plan: other caps, other states.

    Attributes:
        word_types: distinct words kept with their counts; beyond it the rarest are dropped, with a stated bound.
        sampled_types: types kept in the sample of each n-gram order.
        sampled_documents: documents kept for standard errors that need whole documents.
        text_bytes: text kept for the compression ratio.
        repetition_every: n-grams repeated inside a document are looked for in one of so many documents.
    """

    word_types: int = 1 << 20
    sampled_types: int = 1 << 16
    sampled_documents: int = 4096
    text_bytes: int = 1 << 20
    repetition_every: int = 1

    def for_group(self) -> "Caps":
        """Smaller bounds for one of many groups of documents."""
        return Caps(
            max(self.word_types >> 4, 1 << 12), self.sampled_types >> 4, self.sampled_documents >> 3,
            self.text_bytes >> 3, self.repetition_every,
        )  # fmt: skip


class Measure(Protocol):
    """A family of figures that are computed together. One file and one `@measure` make one."""

    name: ClassVar[str]
    figures: ClassVar[tuple[Figure, ...]]

    def look(self, batch: Batch, caps: Caps) -> State:
        """The state of one batch."""

    def read(self, data: bytes) -> State:
        """The state that its `to_bytes` wrote."""

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """The figures, from the states of all families (a family may need another's document counts)."""


@runtime_checkable
class JoinMeasure(Protocol):
    """A family that must see all documents together: each batch leaves keys on disk, one join reads them.

    It is registered like a `Measure`; its state is what the join makes, and cannot be added to another.
    """

    name: ClassVar[str]
    figures: ClassVar[tuple[Figure, ...]]

    def index(self, batch: Batch, caps: Caps) -> dict[str, Array]:
        """Columns of keys, one row a document."""

    def join(self, parts: Sequence[Path], groups: Sequence[str]) -> dict[str | None, Any]:
        """The states of all documents (under None) and of these groups of documents.

        Args:
            parts: folders in the order of the corpus; in each the columns of `index` as NAME.npy,
                `group.npy` (int32[n], each document's group as its number in `groups`, -1 for another) and
                beside the folder `documents.arrow` (id, text: the beginning of the document, or null).
            groups: names of groups.
        """

    def read(self, data: bytes) -> Any:
        """The state that its `to_bytes` wrote."""

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """The figures, from the states of all families."""


_MEASURES: dict[str, Measure | JoinMeasure] = {}


def measure(made: type[Any]) -> type[Any]:
    """Register a family of measures (class decorator)."""
    family: Measure | JoinMeasure = made()
    if family.name in _MEASURES:
        raise FaultError(f"Two measures are called {family.name!r}.")
    _MEASURES[family.name] = family
    return made


def registered() -> dict[str, Measure | JoinMeasure]:
    """All registered families by name, in the order of their names."""
    return dict(sorted(_MEASURES.items()))


def all_figures() -> dict[str, Figure]:
    """Every figure of every registered family, by name."""
    return {figure.name: figure for family in registered().values() for figure in family.figures}


def pack(arrays: Mapping[str, Array]) -> bytes:
    """Arrays by name as bytes: a length, a JSON header, then each array's bytes."""
    solid = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = json.dumps([[name, array.dtype.str, array.shape] for name, array in solid.items()]).encode()
    return b"".join([struct.pack("<Q", len(header)), header, *(array.tobytes() for array in solid.values())])


def unpack(data: bytes) -> dict[str, Array]:
    """The arrays that `pack` wrote."""
    (length,) = struct.unpack_from("<Q", data)
    place = 8 + length
    arrays = {}
    for name, dtype, shape in json.loads(data[8:place]):
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(data, np.dtype(dtype), count, place).reshape(shape)
        arrays[name] = array.copy()
        place += array.nbytes
    return arrays
