"""Whether identifiers repeat: what is listed by its identifier cannot be told apart then.

Each task leaves a 64-bit hash of every identifier on disk; at the end they are counted, exactly but for collisions
(one in 37 for a billion documents), a slice of all hashes at a time.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from outcross.kernels import name_hashes
from outcross.measure import Array, Batch

FILE = "identifiers"
MOST_HELD = 1 << 22
"""Hashes that are held in memory at a time: 32 MiB, and as much again to sort them."""

MOST_SLICES = 64
"""Slices, each a file that is open at the same time; beyond 268 million documents they hold more than MOST_HELD."""

ONE = 8
"""Bytes of a hash."""


@dataclass(frozen=True)
class Repeated:
    """Identifiers that more than one document bears.

    Attributes:
        identifiers: how many there are.
        documents: documents that bear one of them.
    """

    identifiers: int = 0
    documents: int = 0

    def __add__(self, other: "Repeated") -> "Repeated":
        return Repeated(self.identifiers + other.identifiers, self.documents + other.documents)


class Identifiers:
    """The file with the hashes of a task's identifiers.

    Args:
        folder: the task's.
        wanted: whether documents have identifiers of their own; without it nothing is written.
    """

    def __init__(self, folder: Path, *, wanted: bool) -> None:
        self.path = folder / FILE if wanted else None
        if self.path is not None:
            self.path.touch()

    def add(self, batch: Batch) -> None:
        """Write those of a batch."""
        if self.path is None:
            return
        with self.path.open("ab") as file:
            file.write(name_hashes(batch.ids).astype("<u8").tobytes())


def repeated(folders: Iterable[Path], scratch: Path, most: int = MOST_HELD) -> Repeated | None:
    """Identifiers that repeat in what tasks left in their folders; None where not every task left its hashes.

    Args:
        folders: of the tasks.
        scratch: where hashes may lie while they are counted.
        most: hashes held at a time.
    """
    files = [folder / FILE for folder in folders]
    if not files or not all(file.exists() for file in files):
        return None
    count = sum(file.stat().st_size for file in files) // ONE
    if count <= most:
        return _counted(np.concatenate([np.fromfile(file, "<u8") for file in files]))
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        slices = [Path(folder) / str(number) for number in range(min(MOST_SLICES, -(-count // most)))]
        _cut(files, slices, most)
        return sum((_counted(np.fromfile(one, "<u8")) for one in slices), Repeated())


def _cut(files: Sequence[Path], slices: Sequence[Path], most: int) -> None:
    """Sort hashes into files, each with those of a stretch of all hashes."""
    edges = np.array([(number << 64) // len(slices) for number in range(1, len(slices))], np.uint64)
    with ExitStack() as stack:
        out = [stack.enter_context(one.open("wb")) for one in slices]
        for path in files:
            with path.open("rb") as file:
                for hashes in _chunks(file, most):
                    hashes.sort()
                    for part, sink in zip(np.split(hashes, np.searchsorted(hashes, edges)), out, strict=True):
                        sink.write(part.tobytes())


def _chunks(file: BinaryIO, most: int) -> Iterator[Array]:
    while data := file.read(ONE * most):
        yield np.frombuffer(data, "<u8").copy()


def _counted(hashes: Array) -> Repeated:
    hashes.sort()
    begins = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(hashes) else hashes
    sizes = np.diff(begins, append=len(hashes))
    several = sizes[sizes > 1]
    return Repeated(len(several), int(several.sum()))
