"""One audit, from the files to the record: what is drawn, run, merged, concluded and kept."""

import dataclasses
import math
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow.parquet as pq

from outcross.audits.assemble import Against, assemble
from outcross.audits.record import Audit
from outcross.audits.reference import Reference, load
from outcross.audits.share import Labels
from outcross.canonical import digest
from outcross.corpus import Corpus, Limits, RangeDigest, Reading, Shard, find
from outcross.corpus.own import SCORES
from outcross.engine import Layout, Merged, Plan, Result, run_tasks
from outcross.engine.local import Session
from outcross.engine.merging import join
from outcross.engine.segment import check_segmenter
from outcross.engine.states import SEQUENCES, from_bytes, to_bytes
from outcross.errors import CallError, DataError, FaultError, InterruptedRunError
from outcross.kernels import KERNELS, warm
from outcross.measure import Caps
from outcross.measures.sequences import Keeping, Sequences
from outcross.origin.dates import CUTOFF
from outcross.origin.declared import Declarations
from outcross.origin.inquiry import Inquiry
from outcross.origin.seeking import Sought, inquiry
from outcross.run import Clock, Progress, Watcher
from outcross.shares.scores import Target

if TYPE_CHECKING:
    from outcross.store import Run, Store
PARTS = 128
"""Random parts that a sample is drawn from."""
SMALLEST_PART = 1 << 16
TIMED_PART = 4 << 20
LARGE = 64 << 20
BLOCK = 10 << 20


@dataclass(frozen=True)
class Options:
    """How to audit.

    Attributes:
        text_column, id_column, group_by, turns: see `outcross.corpus.Reading`.
        sample: audit about so many documents, drawn at random; None for all.
        max_time: begin no further part after so many seconds; parts are taken in random order.
        seed: of the random draws.
        reference: a file, or the name of a reference in the workspace.
        segmenter: a word segmenter for scripts without spaces ("budoux").
        scores: write scores of each document to this Parquet file.
        no_text: keep no text of documents in reports and store.
        no_copies: do not look for copies (saves disk space: about 270 bytes a document).
        max_groups: groups of documents that are profiled.
        word_types: distinct words kept in memory with their exact counts.
        max_document: bytes of one document at most.
        max_expansion: how many times a file may expand before it is taken for a bomb.
        workers, engine: see `outcross.engine.Layout`.
        resume: go on from the finished parts of an earlier run of the same audit.
        declared, sources, sources_by, doubt_human, dates, cutoff, score: evidence of origin that is looked for, see
            `outcross.origin.seeking.Sought`.
        watermarks: files that describe keyed watermarks, see `outcross.origin.seeking.watermarks_in`.
        no_outputs: do not match against the output index of the workspace.
        synthetic_means: what counts as synthetic: documents that are "fully" so, or at least "partly".
        harder: how many times as often reviewers may err on the corpus as on planted documents.
    """

    text_column: str | None = None
    id_column: str | None = None
    group_by: str | None = None
    turns: Literal["all", "assistant"] = "all"
    sample: int | None = None
    max_time: float | None = None
    seed: int = 0
    reference: str | None = None
    segmenter: str | None = None
    scores: str | None = None
    no_text: bool = False
    no_copies: bool = False
    max_groups: int = 64
    word_types: int = Caps.word_types
    max_document: int = Limits.document_bytes
    max_expansion: int = Limits.expansion
    workers: int = 0
    engine: Literal["threads", "processes"] = "threads"
    resume: bool = False
    declared: str | None = None
    sources: str | None = None
    sources_by: str = "group"
    doubt_human: bool = False
    dates: str | None = None
    cutoff: str = CUTOFF.isoformat()
    score: str | None = None
    watermarks: tuple[str, ...] = ()
    no_outputs: bool = False
    synthetic_means: Target = "partly"
    harder: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            CallError: an option's value is out of its range.
        """
        ranges = {"sample": (1, None), "max_time": (0.001, 1e9), "seed": (0, None),
                  "max_groups": (0, 10_000), "workers": (0, 1024), "word_types": (1 << 12, 1 << 28),
                  "max_document": (1 << 10, 128 << 20), "max_expansion": (2, None), "harder": (1, 100)}  # fmt: skip
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if value is not None and not (value >= low and (high is None or value <= high)):
                limit = f"between {low:,} and {high:,}" if high is not None else f"at least {low:,}"
                raise CallError(f"{name} must be {limit}, not {value:,}.")
        if self.sample is not None and self.max_time is not None:
            raise CallError("sample and max_time cannot be combined.", hint="Choose one of them.")
        if self.sources is not None and self.sources_by == "group" and self.group_by is None:
            raise CallError(
                "The list of sources names groups, and the documents are not grouped.",
                hint="Name their column with --group-by, or give --sources-by (id or a column).",
            )


def options_of(changes: Mapping[str, Any]) -> Options:
    """Options with these fields.

    Raises:
        CallError: there is no such field, or a value is out of range.
    """
    known = {one.name for one in dataclasses.fields(Options)}
    for name in changes:
        if name not in known:
            raise CallError(f"There is no option {name!r}.", hint=f"There are: {', '.join(sorted(known))}.")
    return Options(**changes)


@dataclass(frozen=True)
class Draw:
    """Which shards are read, in which order, and what is said about it."""

    corpus: Corpus
    order: tuple[Shard, ...]
    keep: float = 1.0
    clustered: bool = False
    sampling: dict[str, Any] | None = None


@dataclass
class Auditing:
    """One audit on its way."""

    paths: str | Sequence[str]
    options: Options
    watch: Watcher
    store: "Store | None"
    clock: Clock = field(default_factory=Clock)
    keeping: Keeping | None = None
    kept: Sequences | None = None
    ranges: tuple[RangeDigest, ...] = ()
    declarations: Declarations = field(default_factory=Declarations)

    def run(self) -> Audit:
        """The audit; what was asked to be kept of the word sequences is in `kept` then, digests are in `ranges`."""
        name = self.options.reference
        reference = None if name is None else find_reference(self.store, name)
        with self.finished() as (merged, results):
            against = Against(reference, self.options.synthetic_means, self._labels)
            made = assemble(merged, results, against, self.draw.sampling)
            self.declarations.check()
            doubts = [{"level": "warning", "text": text} for text in self.declarations.notes]
            made = replace(made, notes=[*doubts, *made.notes])
            made = replace(made, run=self._told(results), profile=self._with_clusters(made))
            self._keep(made, merged, results)
            gathered = (merged.states.whole or {}).get(SEQUENCES)
            self.kept = None if gathered is None else gathered.sample
            self.ranges = tuple(one for result in results for one in result.digests)
        return made

    def _labels(self, root: str, view: dict[str, Any]) -> Labels | None:
        """What labels say of the corpus with this root, where somebody has labelled a sample of it."""
        if self.store is None:
            return None
        from outcross.labelling import Labelling  # noqa: PLC0415 - only where there may be labels

        return Labelling(self.store).of_corpus(root, view, self.options.synthetic_means, self.options.harder)

    @contextmanager
    def finished(self, *, halves: bool = False) -> Iterator[tuple[Merged, list[Result]]]:
        """All tasks run and merged; the folder with what they left is there inside the `with`."""
        options = self.options
        if options.segmenter:
            check_segmenter(options.segmenter)
        self.inquiry = Inquiry() if halves else self._inquiry()
        corpus = self._found()
        if options.scores is not None:
            _check_scores(Path(options.scores), corpus)
        self.draw = _drawn(corpus, options)
        self.plan = self._plan(halves=halves)
        warm(lambda text: self.watch(Progress(text, 0, self.draw.corpus.bytes, 0, 0, 0.0)))
        self.clock = Clock(options.max_time)
        with self._folder() as folder:
            session = Session(self.plan, folder, self.draw.order, self.clock, self.watch, keep=self.store is not None)
            ended = self._ended(folder)
            if ended is not None:
                yield ended
                return
            self._prepare(session)
            try:
                merged = run_tasks(session, Layout(options.workers, options.engine))
            except (InterruptedRunError, FaultError):
                if self.store is not None and self.recorded is not None:
                    self.store.set_state(self.recorded.id, "interrupted")
                raise
            results = [session.finished[ordinal] for ordinal in sorted(session.finished)]
            self._say_what_was_drawn(results)
            session.tell("joining")
            join(merged, results)
            yield merged, results

    def _found(self) -> Corpus:
        options = self.options
        paths = [self.paths] if isinstance(self.paths, str | Path) else list(self.paths)
        saved = next((path for path in paths if is_audit(path)), None)
        if saved is not None:
            raise CallError(
                f"{saved} is a saved audit, not a corpus.", hint="Compare it with: outcross compare AUDIT.json CORPUS"
            )
        further = () if self.keeping is None else self.keeping.columns
        return found_in(paths, options, tuple(dict.fromkeys((*self.inquiry.columns, *further))))

    def _inquiry(self) -> Inquiry:
        """The evidence of origin that is looked for."""
        options = self.options
        index = None if self.store is None or options.no_outputs else self.store.folder / "outputs"
        if index is not None and not (index / "index.json").exists():
            index = None
        found = inquiry(Sought(
            options.declared, options.sources, options.sources_by, options.doubt_human, options.dates, options.cutoff,
            index, tuple(options.watermarks), options.score, show_text=not options.no_text,
        ))  # fmt: skip
        told = self.declarations.detector
        return found if told is None else replace(found, detectors=(told, *found.detectors))

    def _plan(self, *, halves: bool) -> Plan:
        options, draw = self.options, self.draw
        # A large corpus has documents enough: a quarter of them says how many repeat themselves.
        caps = Caps(word_types=options.word_types, repetition_every=4 if draw.corpus.bytes > LARGE else 1)
        if draw.clustered:
            # Between-part variance must not be lost in a smaller sample of documents.
            caps = replace(caps, sampled_documents=4 * caps.sampled_documents)
        return Plan(
            draw.corpus, caps, options.max_groups, keep_text=not options.no_text, keep=draw.keep,
            clustered=draw.clustered, seed=options.seed, scores=options.scores is not None,
            segmenter=options.segmenter, join=not (options.no_copies or halves or draw.clustered), halves=halves,
            inquiry=self.inquiry or None, keeping=self.keeping,
        )  # fmt: skip

    @property
    def key(self) -> str:
        """The digest of what is read and how: runs with equal keys have equal parts."""
        corpus, plan = self.draw.corpus, self.plan
        record = {
            one.name: getattr(plan, one.name)
            for one in dataclasses.fields(plan) if one.name not in ("corpus", "caps", "inquiry", "keeping")
        }  # fmt: skip
        members = [
            [shard.label, shard.start, shard.stop, [[one.shown, one.size, one.changed] for one in shard.members]]
            for shard in sorted(self.draw.order, key=lambda one: one.ordinal)
        ]
        return digest({
            "plan": record | {"inquiry": self.inquiry.digest},
            "keeping": None if self.keeping is None else dataclasses.asdict(self.keeping),
            "caps": dataclasses.asdict(plan.caps),
            "view": corpus.view.to_dict(), "limits": dataclasses.asdict(corpus.limits), "kernels": KERNELS,
            "members": members,
        })  # fmt: skip

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """Where tasks leave what they found: the run's folder, or one that is gone afterwards."""
        self.recorded: Run | None = None
        if self.store is None:
            with tempfile.TemporaryDirectory(prefix="outcross-") as passing:
                yield Path(passing)
            return
        earlier = self.store.latest_run(self.key) if self.options.resume else None
        self.recorded = earlier or self.store.begin_run(self.key, {"paths": list(self.draw.corpus.paths[:1000])})
        folder = self.store.run_folder(self.recorded.id)
        folder.mkdir(parents=True, exist_ok=True)
        busy = f"Another process is working on this run ({folder.name})."
        with locked(folder, busy, "Wait for it, or begin a run of your own without --resume."):
            yield folder

    def _prepare(self, session: Session) -> None:
        """Go on from recorded parts, and record further ones."""
        if self.store is None or self.recorded is None:
            return
        store, recorded = self.store, self.recorded
        session.finished = store.parts(recorded.id)
        session.record = lambda result: store.record_part(recorded.id, result)
        for draft in session.folder.glob("*.draft-*"):
            shutil.rmtree(draft, ignore_errors=True)
        store.set_state(recorded.id, "running")

    def _ended(self, folder: Path) -> tuple[Merged, list[Result]] | None:
        """What a finished run left, so that a new reference needs no second reading."""
        if self.store is None or self.recorded is None or self.recorded.state != "finished":
            return None
        if self.options.scores is not None:
            # Scores go with the parts of a run once they are written: to have them again, documents are read again.
            return None
        path = folder / "states"
        if not path.exists() or self._earlier_audit() is None:
            return None
        results = [result for _, result in sorted(self.store.all_parts(self.recorded.id).items())]
        self._say_what_was_drawn(results)
        return Merged(self.plan, folder, from_bytes(path.read_bytes()), len(results)), results

    def _say_what_was_drawn(self, results: list[Result]) -> None:
        sampling = self.draw.sampling
        if sampling is None:
            return
        read = sum(result.disk_bytes for result in results)
        documents = sum(result.documents for result in results)
        parts = len(results)
        share = read / max(self.draw.corpus.bytes, 1) * self.draw.keep
        cost = 1 / math.sqrt(share) if 0 < share < 1 else 1.0
        sampling |= {"parts": parts, "documents": documents, "share": share, "width": cost}
        unit = f"{parts} random parts" if self.draw.clustered else "random documents"
        few = " Fewer than 64 parts: intervals are rough." if self.draw.clustered and parts < 64 else ""
        sampling["says"] = (
            f"A sample: {documents:,} documents in {unit}, about {share:.1%} of the corpus. Intervals are about "
            f"{cost:.1f} times as wide as those of a full audit; the rest was not looked at.{few}"
        )

    def _told(self, results: list[Result]) -> dict[str, Any]:
        """When and how it was run: no part of the audit's digest."""
        seconds = self.clock.seconds
        return {
            "id": self.recorded.id if self.recorded else None, "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 3), "workers": Layout(self.options.workers, self.options.engine).count,
            "engine": self.options.engine, "text_bytes": sum(result.text_bytes for result in results),
        }  # fmt: skip

    def _with_clusters(self, made: Audit) -> Any:
        """Examples of copies are kept in the audit alone: a run that is concluded again takes them from there."""
        earlier = self._earlier_audit()
        if earlier is None:
            return made.profile
        tables = made.profile.tables | {"clusters": earlier.profile.tables.get("clusters", [])}
        return replace(made.profile, tables=tables)

    def _earlier_audit(self) -> Audit | None:
        """The audit that this run made before; None where there is none, or it is damaged."""
        if self.store is None or self.recorded is None or self.recorded.audit is None:
            return None
        try:
            earlier = Audit.load(self.store.audit_path(self.recorded.audit))
        except DataError:
            return None
        return earlier if earlier.digest == self.recorded.audit else None

    def _keep(self, made: Audit, merged: Merged, results: list[Result]) -> None:
        """Write scores; keep the audit and the merged states; let the parts go."""
        folder = merged.folder
        if self.options.scores is not None:
            _write_scores(folder, results, Path(self.options.scores))
        if self.store is None or self.recorded is None:
            return
        write_whole(self.store.audit_path(made.digest), (made.to_json() + "\n").encode())
        if not (folder / "states").exists():
            write_whole(folder / "states", to_bytes(merged.states, with_text=self.plan.keep_text))
        self.store.set_state(self.recorded.id, "finished", made.digest)
        for result in results:
            shutil.rmtree(folder / result.folder, ignore_errors=True)
        self._prune_superseded(self.store, self.recorded)

    def _prune_superseded(self, store: "Store", recorded: "Run") -> None:
        """Let go of earlier runs of the same key: --resume goes on from the newest, so nothing asks for them again."""
        newest_first = [row for row in store.runs() if row["key"] == recorded.key]
        for row in dropwhile(lambda one: one["id"] != recorded.id, newest_first):
            if row["id"] != recorded.id and row["state"] in ("finished", "interrupted"):
                pruned(store, row["id"])


def pruned(store: "Store", run_id: str) -> int:
    """Delete what a run left on disk, but for its audit; returns its bytes, 0 where another process works on it."""
    folder = store.run_folder(run_id)
    if not folder.exists():
        return 0
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    with suppress(CallError), locked(folder, f"Another process works on the run {run_id}.", "Wait for it."):
        store.forget_parts(run_id)
        shutil.rmtree(folder, ignore_errors=True)
        return size
    return 0


def find_reference(store: "Store | None", name: str) -> Reference:
    """A reference of the store by its name, or of any place by its path."""
    if store is not None and re.fullmatch(r"[A-Za-z0-9._-]+", name) and store.reference_path(name).exists():
        return load(store.reference_path(name))
    if not Path(name).exists():
        known = [path.stem for path in sorted((store.folder / "references").glob("*.reference"))] if store else []
        there = f"This workspace has: {', '.join(known)}." if known else "Name a .reference file"
        make = "" if known else ", or make one with: outcross reference build CORPUS --name NAME"
        raise CallError(f"There is no reference {name!r}.", hint=there + make)
    return load(Path(name))


def _drawn(corpus: Corpus, options: Options) -> Draw:
    """Which shards to read: all, a sample of about so many documents, or all in random order."""
    random = np.random.default_rng([options.seed, 1])
    if options.max_time is not None:
        corpus = corpus.cut(TIMED_PART)
        order = tuple(corpus.shards[number] for number in random.permutation(len(corpus.shards)))
        return Draw(corpus, order, clustered=True, sampling={"kind": "time", "seconds": options.max_time})
    if options.sample is None:
        return Draw(corpus, corpus.shards)
    density = _density(corpus)
    likely = max(density * corpus.bytes, 1.0)
    asked = {"kind": "documents", "asked": options.sample}
    if options.sample >= likely:
        return Draw(corpus, corpus.shards)
    fine = corpus.cut(max(SMALLEST_PART, int(options.sample / PARTS / density)))
    if len(fine.shards) <= PARTS:
        return Draw(corpus, corpus.shards, keep=options.sample / likely, sampling=asked)
    chosen = np.sort(random.choice(len(fine.shards), PARTS, replace=False))
    order = tuple(fine.shards[number] for number in chosen)
    expected = density * sum(shard.bytes for shard in order)
    return Draw(fine, order, keep=min(1.0, options.sample / expected), clustered=True, sampling=asked)


def _density(corpus: Corpus) -> float:
    """Documents per byte on disk, from the beginning of the corpus."""
    first = corpus.cut(1 << 20).shards[0]
    reader = corpus.cut(1 << 20).read(first, hashing=False)
    documents = sum(len(batch) for batch in reader)
    return max(documents, 1) / max(first.bytes, 1)


def _check_scores(path: Path, corpus: Corpus) -> None:
    """Refuse, before any work, scores that cannot be written or that would replace what is read."""
    if not path.parent.is_dir():
        raise CallError(f"Cannot write the scores {path}: there is no folder {path.parent}.", hint="Make it first.")
    if path.exists():
        real = path.resolve()
        if any(Path(one.path).resolve() == real for shard in corpus.shards for one in shard.members):
            raise CallError(
                f"{path} is one of the files to be read; it would be replaced.", hint="Choose another file for scores."
            )


def _write_scores(folder: Path, results: list[Result], path: Path) -> None:
    """The scores of all parts as one Parquet file, in the order of the corpus."""
    parts = [folder / result.folder / "scores.parquet" for result in results]
    parts = [part for part in parts if part.exists()]
    if not parts:
        raise FaultError("The scores of this run are gone.", hint="Run the audit again without --resume.")
    draft = path.with_name(path.name + ".draft")
    try:
        # Marked, so that scores that lie beside their data are not taken for data.
        schema = pq.read_schema(parts[0]).with_metadata({b"outcross": SCORES})
        with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
            for part in parts:
                writer.write_table(pq.read_table(part).replace_schema_metadata(schema.metadata))
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FaultError(f"Cannot write the scores {path}: {error}.") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f"{path.name}.draft-{time.monotonic_ns()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Check the disk and the folder.") from None


@contextmanager
def locked(folder: Path, busy: str, hint: str) -> Iterator[None]:
    """One process at a time works on a folder; the lock goes with the process, however it ends."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        yield
        return
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CallError(busy, hint=hint) from None
        yield


def found_in(paths: str | Sequence[str], options: Options, columns: tuple[str, ...] = ()) -> Corpus:
    """The corpus that paths stand for, read as the options say, with further columns."""
    named = [paths] if isinstance(paths, str | Path) else list(paths)
    reading = Reading(options.text_column, options.id_column, options.group_by, options.turns, columns)
    limits = Limits(block_bytes=BLOCK, document_bytes=options.max_document, expansion=options.max_expansion)
    return find([str(path) for path in named], reading, limits)


def is_audit(path: str | Path) -> bool:
    """Whether a file is a saved audit rather than a corpus."""
    if not str(path).endswith(".json"):
        return False
    with suppress(OSError), Path(path).open("rb") as file:
        return b'"document_sample"' in file.read(1 << 16)
    return False
