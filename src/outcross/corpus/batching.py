"""Pieces of what readers read, put together to batches of about one size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from outcross.measure import Array, Batch

BATCH_ROWS = 1 << 20
"""Documents in a batch at most, so that documents without bytes do not pile up."""

ID_BYTES = 256 << 20
"""Bytes of identifiers in a batch, about, at most."""


@dataclass(frozen=True)
class Piece:
    """Documents as a reader gives them: texts, identifiers, groups and further columns, of one length."""

    texts: pa.LargeStringArray
    ids: pa.StringArray
    groups: pa.StringArray | None
    columns: Mapping[str, pa.StringArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def slice(self, begin: int, end: int) -> "Piece":
        """Some of the documents, without a copy."""
        groups = None if self.groups is None else self.groups[begin:end]
        columns = {name: values[begin:end] for name, values in self.columns.items()}
        return Piece(self.texts[begin:end], self.ids[begin:end], groups, columns)


def offsets(texts: pa.LargeStringArray) -> Array:
    """The offsets of a large string array: one more than it has texts."""
    buffer = texts.buffers()[1]
    if buffer is None or not len(texts):
        return np.zeros(len(texts) + 1, np.int64)
    return np.frombuffer(buffer, np.int64, len(texts) + 1, texts.offset * 8)


class Batcher:
    """Puts pieces together to batches of `block_bytes` of text at most, one document at least.

    Args:
        block_bytes: bytes of text in a batch at most.
    """

    def __init__(self, block_bytes: int) -> None:
        self.block_bytes = block_bytes
        self._held: list[Piece] = []
        self._bytes = 0
        self._names = 0

    def add(self, piece: Piece) -> Iterator[Batch]:
        """Take in a piece; gives the batches that are full."""
        begin, places = 0, offsets(piece.texts)
        while begin < len(piece):
            room = self.block_bytes - self._bytes
            end = int(np.searchsorted(places, places[begin] + room, side="right")) - 1
            # A batch that is half full goes rather than take in a part of a piece: joining copies.
            if self._held and (end <= begin or (end < len(piece) and 2 * self._bytes >= self.block_bytes)):
                yield self._batch()
                continue
            end = min(max(end, begin + 1), begin + BATCH_ROWS, len(piece))
            self._held.append(piece.slice(begin, end))
            self._bytes += int(places[end] - places[begin])
            begin = end
            self._names += self._held[-1].ids.nbytes
            if begin < len(piece) or self._names > ID_BYTES or self._rows() >= BATCH_ROWS:
                yield self._batch()

    def flush(self) -> Iterator[Batch]:
        """The batch that is not full."""
        if self._held:
            yield self._batch()

    def _rows(self) -> int:
        return sum(map(len, self._held))

    def _batch(self) -> Batch:
        held, self._held, self._bytes, self._names = self._held, [], 0, 0
        groups = None if held[0].groups is None else joined([piece.groups for piece in held])
        columns = {name: joined([piece.columns[name] for piece in held]) for name in held[0].columns}
        texts, ids = joined([piece.texts for piece in held]), joined([piece.ids for piece in held])
        return Batch(texts, ids, groups, columns=columns)


def joined(arrays: list[Any]) -> Any:
    """Arrays as one; a single one is not copied."""
    return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)
