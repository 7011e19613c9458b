r"""The floor: read and decompress the workload and count its words, by the fastest simple means, one thread.

Simple means tried, each on the same bytes: a table look-up per byte in a small compiled loop (``numba``), the
same with code points beyond ASCII decoded (``unicode``: exactly ``\w+``), whole-array numpy, pyarrow's own
regular expression, and ``wc -w`` fed the decompressed text. The first is the floor; the others say how much
the choice of tool costs. Words are runs of ASCII letters, digits, ``_`` and any byte beyond ASCII: what
``\w+`` finds, but for punctuation and spaces beyond ASCII.

    python bench/floor.py bench-out/workload-320
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MB = 1_000_000
WORD = np.zeros(256, np.uint8)
WORD[0x80:] = 1
WORD[[byte for byte in range(128) if chr(byte).isalnum() or byte == ord("_")]] = 1

Counter = Callable[[pa.StringArray], int]


@numba.njit(nogil=True)
def count_starts(data: np.ndarray, offsets: np.ndarray, word: np.ndarray) -> int:
    """How many words start in the documents between the offsets."""
    words = 0
    for document in range(len(offsets) - 1):
        before = 0
        for at in range(offsets[document], offsets[document + 1]):
            now = word[data[at]]
            words += now & (before ^ 1)
            before = now
    return words


@numba.njit(nogil=True)
def count_exact(data: np.ndarray, offsets: np.ndarray, word: np.ndarray) -> int:
    """How many words start in the documents, by the class of each code point (UTF-8 known to be valid)."""
    words = 0
    for document in range(len(offsets) - 1):
        before = 0
        at, end = offsets[document], offsets[document + 1]
        while at < end:
            code = np.uint32(data[at])
            at += 1
            if code >= 0x80:
                more = 1 if code < 0xE0 else 2 if code < 0xF0 else 3
                code &= 0x3F >> more
                for _ in range(more):
                    code = (code << 6) | (data[at] & 0x3F)
                    at += 1
            now = word[code]
            words += now & (before ^ 1)
            before = now
    return words


def buffers(column: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of a string column and its offsets, without a copy."""
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, np.uint8), ends


def by_numba(column: pa.StringArray) -> int:
    """Words by the compiled loop."""
    data, offsets = buffers(column)
    return int(count_starts(data, offsets, WORD))


def by_unicode(column: pa.StringArray) -> int:
    r"""Words by the compiled loop that decodes: exactly those that ``\w+`` finds."""
    data, offsets = buffers(column)
    return int(count_exact(data, offsets, word_classes()))


@cache
def word_classes() -> np.ndarray:
    r"""For each code point, whether ``\w`` matches it."""
    codes = map(chr, range(0x110000))
    return np.fromiter((char.isalnum() or char == "_" for char in codes), np.uint8, 0x110000)


def by_numpy(column: pa.StringArray) -> int:
    """Words by whole-array numpy."""
    data, offsets = buffers(column)
    now = WORD[data[offsets[0] : offsets[-1]]]
    starts = now.copy()
    starts[1:] &= now[:-1] ^ 1
    firsts = offsets[:-1][np.diff(offsets) > 0] - offsets[0]
    starts[firsts] = now[firsts]
    return int(np.count_nonzero(starts))


def by_arrow(column: pa.StringArray) -> int:
    """Words by pyarrow's regular expressions."""
    return int(pc.sum(pc.count_substring_regex(column, r"[0-9A-Za-z_\x{80}-\x{10FFFF}]+")).as_py())


def by_wc(column: pa.StringArray) -> int:
    """Words by ``wc -w`` (runs without white space, so fewer), fed the decompressed bytes."""
    data, offsets = buffers(column)
    # In the locale of bytes, where it is fastest.
    done = subprocess.run(
        ["wc", "-w"], input=data[offsets[0] : offsets[-1]].tobytes(), capture_output=True, check=True,
        env=os.environ | {"LC_ALL": "C"},
    )  # fmt: skip
    return int(done.stdout)


def only_read(column: pa.StringArray) -> int:
    """Nothing: what reading and decompressing alone cost."""
    return len(column) * 0


def texts(files: list[Path]) -> Iterator[pa.StringArray]:
    """The text column, one row group at a time."""
    for path in files:
        parquet = pq.ParquetFile(path)
        for group in range(parquet.num_row_groups):
            column = parquet.read_row_group(group, columns=["text"], use_threads=False).column(0)
            yield column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def cpu_seconds() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def timed(count: Counter, files: list[Path]) -> dict[str, float]:
    """One pass over the files: words, bytes, CPU seconds and MB of text per CPU second."""
    count(pa.array(["a warm call, so that compiling is not counted"]))
    words = size = 0
    started, clock = cpu_seconds(), time.perf_counter()
    for column in texts(files):
        words += count(column)
        offsets = buffers(column)[1]
        size += int(offsets[-1]) - int(offsets[0])
    cpu = cpu_seconds() - started
    wall = time.perf_counter() - clock
    return {"words": words, "bytes": size, "cpu_s": cpu, "wall_s": wall, "mb_per_cpu_s": size / MB / cpu}


MEANS: dict[str, Counter] = {
    "read": only_read,
    "numba": by_numba,
    "unicode": by_unicode,
    "numpy": by_numpy,
    "wc": by_wc,
    "arrow": by_arrow,
}


def main() -> None:
    """Prints the figures of the means asked for, as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of a workload")
    parser.add_argument("--means", nargs="*", choices=list(MEANS), default=["read", "numba"])
    parser.add_argument("--files", type=int, default=0, help="use only the first N files")
    args = parser.parse_args()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    files = sorted(args.folder.glob("part-*.parquet"))[: args.files or None]
    means = [name for name in args.means if name != "wc" or shutil.which("wc")]
    print(json.dumps({name: timed(MEANS[name], files) for name in means}))


if __name__ == "__main__":
    main()
