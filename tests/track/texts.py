"""Samples of documents for the tests of tracking."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from outcross.measure import Array, Batch
from outcross.measures.reference import Vocabulary
from outcross.measures.sequences import Keeping, Sequences
from outcross.track.figures import Reading, readings
from outcross.track.pairing import Baseline


def batch_of(texts: Sequence[str], start: int = 0, **columns: Sequence[str | None]) -> Batch:
    """Texts as a batch; documents are named by their place, from `start`."""
    ids = pa.array([str(start + number) for number in range(len(texts))], pa.string())
    made = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return Batch(pa.array(texts, pa.large_string()), ids, columns=made)


def sequences_of(texts: Sequence[str], start: int = 0, **columns: Sequence[str | None]) -> Sequences:
    """What is kept of texts; columns `unit` and `prompt` name these."""
    names = {name: name for name in columns}
    return Keeping(**names).look(batch_of(texts, start, **columns))


def drawn(source: Sequences, rows: Array, rng: np.random.Generator | None = None) -> Sequences:
    """These documents, with repeats; with a generator each is a document of its own, as in an endless population."""
    held = np.diff(source.offsets)[rows]
    offsets = np.concatenate([[0], np.cumsum(held)]).astype(np.int64)
    place = np.repeat(source.offsets[rows] - offsets[:-1], held) + np.arange(offsets[-1])
    columns = {name: source[name][rows] for name in source.columns}
    if rng is not None:
        columns |= {name: rng.integers(1, 2**63, len(rows)).astype(np.uint64) for name in ("texts", "keys")}
    return Sequences(columns, offsets, source.tokens[place], (len(rows), len(place)), len(rows))


def with_tokens(source: Sequences, tokens: Array) -> Sequences:
    """The same documents with other words."""
    return Sequences(source.columns, source.offsets, tokens, source.bounds, source.documents)


def vocabulary_of(source: Sequences) -> Vocabulary:
    """The words of a reference."""
    return Vocabulary.of(*np.unique(source.tokens, return_counts=True))


def read(ours: Sequences, theirs: Sequences, vocabulary: Vocabulary | None = None,
         first_words: int | None = None) -> dict[str, Reading]:  # fmt: skip
    """All readings of a generation beside a baseline, by measure."""
    pair = Baseline(theirs, vocabulary).against(ours, first_words)
    return {one.measure: one for one in readings(pair)}
