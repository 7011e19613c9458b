"""One task: read a shard, look at its documents, leave states, keys and scores on disk."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from outcross.canonical import sha256
from outcross.corpus import Corpus, Quarantined, RangeDigest, Shard
from outcross.engine.identifiers import Identifiers
from outcross.engine.scores import scores_of
from outcross.engine.segment import segmented
from outcross.engine.states import Besides, States, text_samples, to_bytes
from outcross.errors import InterruptedRunError
from outcross.kernels import beginnings, document_hashes
from outcross.measure import NOTHING_REACHED, Array, Batch, Buffers, Caps, Reached
from outcross.measures import joining
from outcross.measures.sequences import Keeping
from outcross.measures.states import TextSample
from outcross.origin.inquiry import Inquiry

MOST_DOCUMENTS = 1 << 16
"""Documents in one batch: each takes some 700 bytes beside its text. (Kernels can count up to 2^19 - 1.)"""

HALVES = ("first half", "second half")

KEYS_AT_ONCE = 1 << 15
"""Documents whose keys are held in memory before they are written: about 10 MB, and as much to join them."""

SNIPPET = 160
"""Characters of a document that are kept to show what a cluster of copies is."""


@dataclass(frozen=True)
class Plan:
    """How documents are looked at: everything that a task's result depends on besides its shard.

    Attributes:
        corpus: what is read.
        caps: bounds on states.
        most_groups: groups of documents that are profiled.
        keep_text: whether pieces of documents may be written to disk.
        keep: share of documents looked at, drawn at random by position; 1 is all.
        clustered: whether shards are a random sample of parts, and so the sampling unit.
        seed: of random draws.
        scores: whether to write scores of each document.
        segmenter: a word segmenter for scripts without spaces, or None.
        join: whether copies are looked for.
        halves: whether to look at two disjoint halves instead of groups, for a reference.
        inquiry: the evidence of origin that is looked for, or None.
        keeping: what is kept of the documents' word sequences, or None.
    """

    corpus: Corpus
    caps: Caps = field(default_factory=Caps)
    most_groups: int = 64
    keep_text: bool = True
    keep: float = 1.0
    clustered: bool = False
    seed: int = 0
    scores: bool = False
    segmenter: str | None = None
    join: bool = True
    halves: bool = False
    inquiry: Inquiry | None = None
    keeping: Keeping | None = None

    @property
    def named(self) -> bool:
        """Whether documents bring identifiers along, which may repeat."""
        return self.corpus.view.id_column is not None and not self.halves


@dataclass(frozen=True)
class Result:
    """What a task found, apart from what it left on disk.

    Attributes:
        ordinal: the shard's place in the corpus.
        folder: name of the folder with its states, keys and scores.
        digest: of the file of states.
        documents, text_bytes, disk_bytes: looked at; bytes of their text; bytes on disk they stand for.
        quarantined: what could not be read; reasons: documents by reason.
        digests: of the ranges of files.
        texts: text that may not be written to disk and is needed once, by group (None for all
            documents); not kept by a store.
        states: the states themselves, for a merge in this process; not kept by a store.
    """

    ordinal: int
    folder: str
    digest: str
    documents: int
    text_bytes: int
    disk_bytes: int
    quarantined: tuple[Quarantined, ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    digests: tuple[RangeDigest, ...] = ()
    texts: tuple[tuple[str | None, bytes], ...] = field(default=(), compare=False, repr=False)
    states: States | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without text."""
        record = asdict(replace(self, texts=(), states=None))
        del record["texts"], record["states"]
        return record

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Result":
        """The result that `to_dict` wrote."""
        return cls(**{
            **record,
            "quarantined": tuple(Quarantined(**one) for one in record["quarantined"]),
            "reasons": tuple((reason, count) for reason, count in record["reasons"]),
            "digests": tuple(RangeDigest(**one) for one in record["digests"]),
        })  # fmt: skip


Tell = Callable[[int, int, int], None]
"""Is told, after each batch of a task, bytes on disk that are done, documents and bytes of text looked at."""


def untold(disk_bytes: int, documents: int, text_bytes: int) -> None:
    """For tasks that nobody watches."""


@dataclass(frozen=True)
class HandOver:
    """What goes between a task and who gave it the work, while it is done and at its end.

    Attributes:
        here: whether states go to a merge in this process as they are; without it they go by their file.
        keep: whether states are written to disk all the same, for a run that is resumed.
        stop: set when the task is to end at its next batch.
        tell: is told how far it has come.
    """

    here: bool = False
    keep: bool = True
    stop: threading.Event = field(default_factory=threading.Event)
    tell: Tell = untold


def put_down(result: Result, plan: Plan, folder: Path) -> Result:
    """The result with its states on disk and no longer in memory."""
    if result.states is None:
        return result
    digest = result.digest or _write(result.states, folder / result.folder, plan)
    return replace(result, states=None, digest=digest, texts=_texts(result.states, plan))


def _write(states: States, folder: Path, plan: Plan) -> str:
    """Write states into a task's folder; returns the digest of the file."""
    data = to_bytes(states, with_text=plan.keep_text)
    (folder / "states").write_bytes(data)
    return sha256(data)


def _texts(states: States, plan: Plan) -> tuple[tuple[str | None, bytes], ...]:
    """What the file of states leaves out where no text may be kept."""
    if plan.keep_text:
        return ()
    return tuple((key, sample.to_bytes()) for key, sample in text_samples(states).items())


def run_task(
    shard: Shard,
    plan: Plan,
    folder: Path,
    reached: Reached = NOTHING_REACHED,
    hand: HandOver | None = None,
) -> Result:
    """Read one shard and leave what was found in a folder of its own.

    `reached` is how far samples are filled by other shards.

    Everything is written beside its place and moved there at the end, so that a folder is whole or not there.

    Raises:
        InterruptedRunError: `stop` was set before the end.
    """
    name = f"part-{shard.ordinal:06d}"
    # The process's number keeps two that work on the same run apart.
    draft = folder / f"{name}.draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    hand = hand or HandOver()
    reader = plan.corpus.read(shard)
    states, keys, scores = States(), _Keys(draft, plan), _Scores(draft, plan)
    identifiers = Identifiers(draft, wanted=plan.named)
    group_caps = plan.caps if plan.halves else plan.caps.for_group()
    besides = Besides(plan.inquiry, plan.keeping)
    documents = text_bytes = 0
    for one in _batches(iter(reader), shard, plan):
        batch = replace(one, reached=reached.joined(states.reached))
        if hand.stop.is_set():
            shutil.rmtree(draft, ignore_errors=True)
            raise InterruptedRunError("The run was stopped.")
        states.see(batch, (plan.caps, group_caps), plan.most_groups, besides)
        keys.add(batch)
        identifiers.add(batch)
        scores.add(batch)
        documents += len(batch)
        text_bytes += batch.texts.nbytes
        hand.tell(reader.come_to, documents, text_bytes)
    # Arrow keeps what it has freed; the next task, and the merge beside it, want the room.
    pa.default_memory_pool().release_unused()
    digest = _write(states, draft, plan) if hand.keep or not hand.here else ""
    keys.finish()
    scores.finish()
    shutil.rmtree(folder / name, ignore_errors=True)
    draft.rename(folder / name)
    texts = () if hand.here else _texts(states, plan)
    return Result(
        shard.ordinal, name, digest, documents, text_bytes, shard.bytes, tuple(reader.quarantined),
        tuple(sorted(reader.reasons.items())), tuple(reader.digests), texts, states if hand.here else None,
    )  # fmt: skip


def _batches(batches: Iterator[Batch], shard: Shard, plan: Plan) -> Iterator[Batch]:
    """The batches as kernels can take them: sampled, not too many documents, segmented where asked for."""
    random = np.random.default_rng([plan.seed, shard.ordinal])
    cluster = shard.ordinal if plan.clustered else None
    buffers = Buffers()
    for batch in batches:
        kept = batch if plan.keep >= 1 else batch.take(np.flatnonzero(random.random(len(batch)) < plan.keep))
        for begin in range(0, len(kept), MOST_DOCUMENTS):
            piece = kept.slice(begin, begin + MOST_DOCUMENTS)
            words = segmented(piece.texts, plan.segmenter) if plan.segmenter else None
            made = replace(piece, segmented=words, cluster=cluster, buffers=buffers)
            yield replace(made, groups=halves_of(made)) if plan.halves else made


def halves_of(batch: Batch) -> pa.StringArray:
    """Each document's half: a bit of its hash beside those of its jackknife group, so copies stay together."""
    second = (document_hashes(batch) >> np.uint64(5)) & np.uint64(1)
    return pa.array(np.where(second == 1, HALVES[1], HALVES[0]), pa.string())


class _Keys:
    """The columns that joins need: a folder for every so many documents, in it one for each joining family."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self.plan = plan
        self.written = 0
        self.columns: dict[str, dict[str, list[Array]]] = {}
        self.documents: list[pa.Table] = []

    def add(self, batch: Batch) -> None:
        """Keep a batch's keys, and write what is kept when it is much."""
        if not self.plan.join:
            return
        for name, family in joining().items():
            for column, values in family.index(batch, self.plan.caps).items():
                self.columns.setdefault(name, {}).setdefault(column, []).append(values)
        text = pa.nulls(len(batch), pa.large_string())
        if self.plan.keep_text:
            text = beginnings(batch.texts, SNIPPET)
        groups = batch.groups if batch.groups is not None else pa.nulls(len(batch), pa.string())
        self.documents.append(pa.table({"id": batch.ids, "text": text, "group": groups}))
        if sum(map(len, self.documents)) >= KEYS_AT_ONCE:
            self.finish()

    def finish(self) -> None:
        """Write what is kept, and keep it no longer."""
        if not self.documents:
            return
        folder = self.folder / f"keys-{self.written:06d}"
        for name, columns in self.columns.items():
            (folder / name).mkdir(parents=True)
            for column, values in columns.items():
                np.save(folder / name / f"{column}.npy", np.concatenate(values))
        table = pa.concat_tables(self.documents).combine_chunks()
        with pa.ipc.new_file(folder / "documents.arrow", table.schema) as sink:
            sink.write_table(table)
        self.written += 1
        self.columns, self.documents = {}, []


class _Scores:
    """Scores of each document, as the Parquet file that becomes a part of the sidecar."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.path = folder / "scores.parquet" if plan.scores else None
        self.cap = plan.caps.sampled_types
        self.writer: pq.ParquetWriter | None = None

    def add(self, batch: Batch) -> None:
        """Write a batch's scores."""
        if self.path is None:
            return
        table = scores_of(batch, self.cap)
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self.writer.write_table(table)

    def finish(self) -> None:
        """Close the file."""
        if self.writer is not None:
            self.writer.close()


def text_of(result: Result) -> dict[str | None, TextSample]:
    """The text that a result carries because it may not be written to disk."""
    return {name: TextSample.from_bytes(data) for name, data in result.texts}
