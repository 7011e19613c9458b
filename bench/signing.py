"""How fast corpora are signed: `python bench/signing.py FOLDER`, Markdown on standard output.

FOLDER is where files are made and removed again: 2 GB in eight files, and 100,000 small ones. Reading is timed with
the same blocks and threads as hashing, once from the disk (the system's cache is told to forget the files) and once
from that cache; a ratio of 0.5 means that signing takes twice as long as reading alone.
"""

import argparse
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from outcross.log.dsse import statement_in
from outcross.principals import make
from outcross.provenance.bundle import bundle_from, sealed
from outcross.provenance.hashing import BLOCK, THREADS, Cut, compared, hashed
from outcross.provenance.manifest import Method, manifest_in

FILES, EACH = 8, 256 << 20
MANY = 100_000
Made = TypeVar("Made")
ROUNDS = 3


def made(folder: Path, files: int, size: int) -> Path:
    block = os.urandom(min(size, BLOCK))
    for number in range(files):
        place = folder / f"{number // 1000:03d}"
        place.mkdir(parents=True, exist_ok=True)
        with (place / f"{number}").open("wb") as file:
            for _ in range(max(size // len(block), 1)):
                file.write(block)
    os.sync()
    return folder


def forgotten(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read(path: Path) -> int:
    buffer, size = memoryview(bytearray(BLOCK)), 0
    with path.open("rb", buffering=0) as file:
        while got := file.readinto(buffer):
            size += got
    return size


def read_all(folder: Path) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        sum(pool.map(read, (path for path in folder.rglob("*") if path.is_file())))


def timed(work: Callable[[Path], object], folder: Path, *, cold: bool) -> tuple[float, float]:
    """The best wall seconds of some rounds, and the median of their CPU seconds."""
    wall, cpu = [], []
    for _ in range(ROUNDS):
        if cold:
            forgotten(folder)
        else:
            read_all(folder)
        begun, used = time.perf_counter(), time.process_time()
        work(folder)
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - used)
    return min(wall), statistics.median(cpu)


def signed(method: Method) -> Callable[[Path], object]:
    return lambda folder: hashed(folder, Cut(method))


def large(folder: Path) -> None:
    corpus = made(folder / "large", FILES, EACH)
    size = FILES * EACH / 1e9
    print(
        "| what | MB/s from the disk | of reading | MB/s from the cache | of reading | CPU s a GB |\n"
        + "|---" * 6
        + "|"
    )
    found = {}
    for name, work in (("reading", read_all), ("files", signed("files")), ("shards", signed("shards"))):
        timings = [timed(work, corpus, cold=cold) for cold in (True, False)]
        found[name] = [size * 1e3 / wall for wall, _ in timings]
        cold, warm = found[name]
        print(f"| {name} | {cold:,.0f} | {cold / found['reading'][0]:.2f} | {warm:,.0f} "
              f"| {warm / found['reading'][1]:.2f} | {timings[1][1] / size:.2f} |", flush=True)  # fmt: skip
    shutil.rmtree(corpus)


def told(name: str, work: Callable[[], Made]) -> Made:
    begun, used = time.perf_counter(), time.process_time()
    result = work()
    print(f"| {name} | {time.perf_counter() - begun:.1f} | {time.process_time() - used:.1f} |", flush=True)
    return result


def many(folder: Path) -> None:
    corpus = made(folder / "many", MANY, 64)
    signer = make("bench", folder / "config", "p256")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\n| {MANY:,} files | seconds | of CPU |\n|---|---|---|")
    manifest = told("hashed", lambda: hashed(corpus))
    data = told("signed, of that", lambda: sealed(manifest, signer))
    told("read and checked", lambda: manifest_in(statement_in(bundle_from(data, "x").envelope, "x"), "x"))
    told("held against the corpus", lambda: compared(manifest, corpus))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\nThe bundle has {len(data) / 1e6:.0f} MB; memory grew by {(peak - before) / 1e3:,.0f} MB.")
    shutil.rmtree(corpus)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder / "signing-bench"
    folder.mkdir(parents=True)
    try:
        large(folder)
        many(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
