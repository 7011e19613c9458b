"""Measures a child process: CPU seconds, wall seconds and peak memory, and says what machine this is.

Only the standard library, on purpose: a child's peak memory as the system reports it (``ru_maxrss``) starts
at its parent's size when it was started, so the process that starts children must stay small.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
)
MB = 1_000_000


@dataclass(frozen=True)
class Cost:
    """What one child process took. ``cpu`` counts its own children too; ``rss`` is the largest one's peak."""

    cpu: float
    wall: float
    rss: int
    code: int
    out: str
    err: str

    def last_json(self) -> dict[str, object]:
        """The last line of its output as JSON."""
        return dict(json.loads(self.out.strip().rpartition("\n")[2]))

    def why(self) -> str:
        """The last line of what it said when it failed."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        return lines[-1][:200] if lines else f"exit {self.code}"


def single_threaded(extra: Mapping[str, str] | None = None, threads: int = 1) -> dict[str, str]:
    """The environment with every known thread pool held to ``threads``, and nothing fetched at run time.

    Bytecode is kept, as any installation has it: without it every start would compile the package's own source.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}
    return {**kept, **dict.fromkeys(THREADS, str(threads)), **offline, **(extra or {})}


def run(command: Sequence[str | Path], env: Mapping[str, str], scratch: Path, timeout: float = 3600) -> Cost:
    """Runs a command to its end; its output goes through files in ``scratch``, so no pipe can stall it."""
    scratch.mkdir(parents=True, exist_ok=True)
    out, err = scratch / "stdout", scratch / "stderr"
    with out.open("wb") as to_out, err.open("wb") as to_err:
        started = time.perf_counter()
        child = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=to_out,
            stderr=to_err,
        )
        status, usage = wait(child, timeout)
        wall = time.perf_counter() - started
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=wall,
        rss=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        code=os.waitstatus_to_exitcode(status),
        out=out.read_text(errors="replace"),
        err=err.read_text(errors="replace"),
    )


def wait(child: subprocess.Popen[bytes], timeout: float) -> tuple[int, resource.struct_rusage]:
    """The exit status of a child and its resource usage; kills it past the limit."""
    limit = time.monotonic() + timeout
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return status, usage
        if time.monotonic() > limit:
            child.kill()
            limit = float("inf")
        time.sleep(0.005)


def version(name: str) -> str:
    """The installed version of a distribution, or ``none``."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def cpu_model() -> str:
    """The CPU's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def machine() -> dict[str, object]:
    """The machine and the versions that a figure depends on."""
    packages = ("outcross", "numba", "llvmlite", "numpy", "pyarrow", "orjson")
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.platform(),
        **{name: version(name) for name in packages},
    }
