"""The options that every command of the bench shares, and the workload they name.

Only the standard library: what measures children must stay small (see ``meter``), so the workload is made
in a child process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

DEFAULT_OUT = Path("bench-out")
DEFAULT_MB = 320
HERE = Path(__file__).resolve().parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the workload."""
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder of the bench (default: bench-out)")
    parser.add_argument("--text-mb", type=int, default=DEFAULT_MB, help="MB of text to make (default: 320)")
    parser.add_argument(
        "--model-outputs", nargs="*", default=[], metavar="GLOB", help="JSONL.gz files with a text field"
    )


def folder_of(args: argparse.Namespace, text_mb: int = 0) -> Path:
    """Where a workload lies: of the size asked for on the command line, or of another."""
    return Path(args.out) / f"workload-{text_mb or args.text_mb}"


def expand(patterns: list[str]) -> list[Path]:
    """The files of the given glob patterns, sorted; a pattern that matches nothing is an error."""
    files: list[Path] = []
    for pattern in patterns:
        path = Path(pattern)
        found = sorted(Path(path.anchor or ".").glob(str(path.relative_to(path.anchor))))
        if not found:
            raise SystemExit(f"--model-outputs: nothing matches {pattern}")
        files += found
    return files


def ensure(args: argparse.Namespace, text_mb: int = 0) -> Path:
    """The workload of a size, made in a child process where it is not there yet."""
    size = str(text_mb or args.text_mb)
    command = [
        sys.executable,
        str(HERE / "workload.py"),
        "--out",
        str(args.out),
        "--text-mb",
        size,
        "--quiet",
    ]
    outputs = ["--model-outputs", *args.model_outputs] if args.model_outputs else []
    subprocess.run([*command, *outputs], check=True)
    return folder_of(args, text_mb)
