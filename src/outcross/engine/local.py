"""Runs tasks on this machine, in threads or processes, and merges them in order as they come."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from outcross.corpus import Shard
from outcross.engine.merging import Merged
from outcross.engine.states import States
from outcross.engine.task import HandOver, Plan, Result, Tell, put_down, run_task
from outcross.errors import FaultError, InterruptedRunError
from outcross.measure import Reached
from outcross.run import Clock, Progress, Watcher, nobody

PATIENCE = 5
"""Seconds that processes have to end what they are at when a person stops the run."""

MOST_WAITING = 4
"""States that wait in memory for those of earlier shards."""

Record = Callable[[Result], None]


@dataclass(frozen=True)
class Layout:
    """Where tasks run.

    Attributes:
        workers: tasks at the same time; 0 for one a processor.
        kind: threads of this process, or processes.
    """

    workers: int = 0
    kind: Literal["threads", "processes"] = "threads"

    @property
    def count(self) -> int:
        """Tasks at the same time."""
        if self.workers:
            return self.workers
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def executor(self, steps: "Steps") -> Executor:
        """An executor for the tasks, which note in `steps` how far they have come."""
        if self.kind == "processes":
            # Spawned, not forked: a fork would copy the locks of threads that Arrow has started.
            spawn = multiprocessing.get_context("spawn")
            return ProcessPoolExecutor(self.count, spawn, initializer=_begin_worker, initargs=(steps.cells,))
        return ThreadPoolExecutor(self.count)


class Steps:
    """How far each task has come: numbers in memory that threads and processes share.

    Each task writes its own and whoever watches reads them, so there is no lock; nothing but progress rests on them.

    Args:
        cells: bytes on disk, documents and bytes of text of each shard in turn.
    """

    WIDTH = 3

    def __init__(self, cells: Any) -> None:
        self.cells = cells

    @classmethod
    def of(cls, order: Sequence[Shard], kind: str) -> "Steps":
        """Room for these shards."""
        size = cls.WIDTH * (1 + max((shard.ordinal for shard in order), default=0))
        shared = multiprocessing.get_context("spawn").RawArray if kind == "processes" else None
        return cls(shared("q", size) if shared else [0] * size)

    def teller(self, ordinal: int) -> Tell:
        """What a task tells how far it has come."""
        begin = self.WIDTH * ordinal

        def tell(disk_bytes: int, documents: int, text_bytes: int) -> None:
            self.cells[begin : begin + self.WIDTH] = [disk_bytes, documents, text_bytes]

        return tell

    def come_to(self, ordinals: Iterable[int]) -> tuple[int, int, int]:
        """Bytes on disk, documents and bytes of text that these tasks have done together."""
        found = [self.cells[self.WIDTH * one : self.WIDTH * (one + 1)] for one in ordinals]
        disk, documents, text = (sum(column) for column in zip(*found, strict=True)) if found else (0, 0, 0)
        return disk, documents, text


_OWN: dict[str, Steps] = {}
"""Of a worker process: where it notes how far its tasks have come."""


def _begin_worker(cells: Any) -> None:
    """Arrow's own threads would only fight with ours; and a worker does not outlive who gave it its work."""
    pa.set_cpu_count(1)
    _OWN["steps"] = Steps(cells)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _run_in_worker(shard: Shard, plan: Plan, folder: Path, reached: Reached) -> Result:
    """A task in a process of its own: its states go by their file."""
    return run_task(shard, plan, folder, reached, HandOver(tell=_OWN["steps"].teller(shard.ordinal)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that begin inside do not see Ctrl-C, which is for this one to answer."""
    if not hasattr(signal, "pthread_sigmask"):  # not on every system
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass
class Session:
    """One session of a run: results by ordinal, those of earlier sessions included."""

    plan: Plan
    folder: Path
    order: Sequence[Shard]
    clock: Clock = field(default_factory=Clock)
    watch: Watcher = nobody
    record: Record = lambda result: None
    finished: dict[int, Result] = field(default_factory=dict)
    text_bytes: int = 0
    keep: bool = True
    steps: Steps = field(default_factory=lambda: Steps([]))
    under_way: Collection[Shard] = ()

    @cached_property
    def in_order(self) -> list[Shard]:
        """The shards in the order of the corpus, in which their states are merged."""
        return sorted(self.order, key=lambda shard: shard.ordinal)

    def tell(self, stage: str = "reading") -> None:
        """Tell the watcher how far it is."""
        disk_bytes, documents, text_bytes = self.steps.come_to(shard.ordinal for shard in self.under_way)
        self.watch(Progress(
            stage, disk_bytes + sum(one.disk_bytes for one in self.finished.values()),
            sum(shard.bytes for shard in self.order),
            documents + sum(one.documents for one in self.finished.values()),
            text_bytes + self.text_bytes, self.clock.seconds,
        ))  # fmt: skip


def run_tasks(session: Session, layout: Layout) -> Merged:
    """Run all tasks that are not finished, and merge all results in the order of the corpus.

    Ctrl-C, or the clock's `stopped`, lets tasks end at their next batch; what was finished has been recorded.
    When the clock's time is over no further task begins.

    Raises:
        InterruptedRunError: stopped by a person.
        FaultError: a worker died, or the disk is full.
    """
    merged = Merged(session.plan, session.folder, States())
    running: dict[Future[Result], Shard] = {}
    halt = threading.Event()
    session.steps, session.under_way = Steps.of(session.order, layout.kind), running.values()
    with _stopped_by_ctrl_c(session.clock), layout.executor(session.steps) as executor:
        try:
            _work(session, layout, (executor, running, halt), merged)
        except KeyboardInterrupt:
            halt.set()
            _save_what_ends(session, running, executor)
            raise InterruptedRunError(
                f"Stopped. {len(session.finished)} of {len(session.order)} shards are finished and kept.",
                hint="Go on with the same command and --resume.",
            ) from None
        except BrokenProcessPool:
            raise FaultError(
                "A worker process died, perhaps for want of memory.", hint="Use fewer --workers, and --resume."
            ) from None
        except OSError as error:
            halt.set()
            raise FaultError(f"Could not write or read: {error}.", hint="Free some space and use --resume.") from error
    _merge_ready(session, merged, ended=True)
    return merged


def _work(
    session: Session,
    layout: Layout,
    pool: tuple[Executor, dict[Future[Result], Shard], threading.Event],
    merged: Merged,
) -> None:
    """Keep all workers busy until there is no more to do."""
    executor, running, halt = pool
    waiting = [shard for shard in session.order if shard.ordinal not in session.finished]
    while waiting or running:
        while waiting and len(running) < layout.count and not _over(session, running):
            shard = waiting.pop(0)
            given = (shard, session.plan, session.folder, merged.states.reached)
            if layout.kind == "threads":
                hand = HandOver(True, session.keep, halt, session.steps.teller(shard.ordinal))
                running[executor.submit(run_task, *given, hand)] = shard
            else:
                with _undisturbed():
                    running[executor.submit(_run_in_worker, *given)] = shard
        if not running:
            return
        done, _ = wait(running, timeout=0.25, return_when=FIRST_COMPLETED)
        for future in done:
            del running[future]
            _take(session, future.result())
        _merge_ready(session, merged)
        session.tell()
        session.clock.check()


@contextmanager
def _stopped_by_ctrl_c(clock: Clock) -> Iterator[None]:
    """The first Ctrl-C asks for a stop, which comes between two steps; a second one breaks off at once.

    An exception in the middle of anything could be lost in a callback of a library.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: object) -> None:
        clock.stopped.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _over(session: Session, running: dict[Future[Result], Shard]) -> bool:
    """Whether no further task may begin; one at least is always run."""
    return session.clock.out_of_time and bool(session.finished or running)


def _take(session: Session, result: Result) -> None:
    """Record a finished task. States that must wait for earlier ones wait on disk, but for a few."""
    waiting = sum(one.states is not None for one in session.finished.values())
    if result.states is not None and waiting >= MOST_WAITING:
        result = put_down(result, session.plan, session.folder)
    session.record(result)
    session.finished[result.ordinal] = result
    session.text_bytes += result.text_bytes


def _save_what_ends(session: Session, running: dict[Future[Result], Shard], executor: Executor) -> None:
    """Record tasks that were done when the stop came; the others leave nothing."""
    if isinstance(executor, ThreadPoolExecutor):
        executor.shutdown(cancel_futures=True)
    deadline = time.monotonic() + PATIENCE
    try:
        for future in running:
            with suppress(InterruptedRunError, TimeoutError, OSError, BrokenProcessPool, CancelledError):
                _take(session, future.result(timeout=max(0.0, deadline - time.monotonic())))
    finally:
        for process in multiprocessing.active_children() if isinstance(executor, ProcessPoolExecutor) else ():
            process.terminate()


def _merge_ready(session: Session, merged: Merged, *, ended: bool = False) -> None:
    """Merge finished tasks as far as the corpus's order allows; at the end, those there are."""
    for shard in session.in_order[merged.next :]:
        if shard.ordinal not in session.finished:
            if ended:
                continue
            break
        merged.take(session.finished[shard.ordinal])
        session.finished[shard.ordinal] = replace(session.finished[shard.ordinal], states=None)
