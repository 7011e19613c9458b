"""The command line as people call it: in this process, which is quick, or in one of its own, which can be killed."""

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from outcross.cli import main


@dataclass(frozen=True)
class Ended:
    """What a command left."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        assert "Traceback" not in self.err
        assert "fault of ours" not in self.err


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty folder, in which commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def outcross(here, capsys, monkeypatch) -> Callable[..., Ended]:
    """Run a command in this process."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["outcross", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return run


PROGRAM = [sys.executable, "-c", "from outcross.cli import main; main()"]


@pytest.fixture
def process(here) -> Callable[..., subprocess.Popen[bytes]]:
    """Begin a command in a process group of its own."""
    begun = []

    def begin(*words: object, program: list[str] | None = None, **options) -> subprocess.Popen[bytes]:
        streams = {name: options.pop(name, subprocess.PIPE) for name in ("stdin", "stdout", "stderr")}
        made = subprocess.Popen(
            [*(program or PROGRAM), *(one if isinstance(one, bytes) else str(one) for one in words)],
            cwd=here, start_new_session=True, **streams, **options,
        )  # fmt: skip
        begun.append(made)
        return made

    yield begin
    for one in begun:
        if one.poll() is None:
            os.killpg(one.pid, 9)
        one.communicate()


@pytest.fixture
def alone(process) -> Callable[..., Ended]:
    """Run a command in a process of its own, to its end."""

    def run(*words: object, data: bytes = b"", **options) -> Ended:
        begun = process(*words, **options)
        out, err = begun.communicate(None if "stdin" in options else data, timeout=120)
        return Ended(begun.returncode, (out or b"").decode(), (err or b"").decode())

    return run


def write_jsonl(path: Path, texts, **columns) -> Path:
    """One record a text."""
    rows = [
        {"id": str(number), "text": text, **{name: values[number] for name, values in columns.items()}}
        for number, text in enumerate(texts)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="session")
def texts(prose) -> list[str]:
    """Real prose in random order, the same every time."""
    shuffled = list(prose)
    random.Random(20).shuffle(shuffled)  # noqa: S311
    return shuffled


@pytest.fixture
def small(here, texts) -> Path:
    """A corpus of 300 documents in one file."""
    return write_jsonl(here / "small.jsonl", texts[:300])


@pytest.fixture
def shards(here, texts) -> Path:
    """A folder of six files, each of which is a piece of work of its own: neighbours differ in their format."""
    folder = here / "shards"
    folder.mkdir()
    for number in range(6):
        part = texts[number * 80 : number * 80 + 80]
        if number % 2:
            write_jsonl(folder / f"{number}.jsonl", part)
            continue
        with (folder / f"{number}.csv").open("w", newline="") as out:
            csv.writer(out).writerows([["id", "text"], *([f"c{number}-{at}", text] for at, text in enumerate(part))])
    return folder


def record(path: Path) -> dict:
    """A saved audit without when and how it was run, which is no part of what it says."""
    saved = json.loads(path.read_bytes())
    del saved["run"]
    return saved
