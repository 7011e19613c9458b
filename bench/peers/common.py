"""What every runner of a peer does: read the slice, forbid installing, time the work, print one JSON line.

A runner is started by ``bench/peers.py`` with the Python of the peer's own environment, as
``RUNNER SLICE.jsonl SCRATCH``. Reading the slice, imports and one warm document are outside the clock, which
is to the peer's favour.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

MB = 1_000_000


def forbid_installing() -> None:
    """Makes every child process fail: one peer installs packages in the middle of a run."""

    class Refused:
        def __init__(self, *args: object, **_: object) -> None:
            raise RuntimeError(f"the bench lets a peer start no process: {args[:1]}")

    subprocess.Popen = Refused  # type: ignore[misc,assignment]


def texts(path: str) -> list[str]:
    """The documents of a slice."""
    with Path(path).open(encoding="utf-8") as lines:
        return [str(json.loads(line)["text"]) for line in lines]


def cpu_seconds() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(work: Callable[[], object]) -> float:
    """CPU seconds that one call takes."""
    started = cpu_seconds()
    work()
    return cpu_seconds() - started


def report(size: int, parts: dict[str, float], facts: dict[str, object]) -> None:
    """Prints the figures of a run: bytes, CPU seconds for each part and in all, anything else."""
    total = sum(parts.values())
    line = {"bytes": size, "work_cpu_s": total, "mb_per_cpu_s": size / MB / total, "parts": parts, **facts}
    sys.stdout.write("\n" + json.dumps(line) + "\n")
