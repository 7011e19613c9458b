"""A run that ends badly at any moment goes on as if nothing had been: same digest, nothing counted twice.

A sample of a corpus is drawn in 128 parts, so there are many moments. The processes are real ones.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.measures.making import Writers

from outcross.audits.record import Audit
from outcross.store import Store

PLANTED = "zanzibarquux"
OPTIONS = ("--sample", "7000", "--workers", "1")


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of 12,000 documents, each with the planted word in it, in 14 MB of which most is not text."""
    path = tmp_path_factory.mktemp("large") / "large.jsonl"
    texts = Writers(copied=0.1).documents(12_000, 77)
    with path.open("w") as file:
        for number, text in enumerate(texts):
            record = {"text": f"{text} {PLANTED}", "source": "ab"[number % 2], "rest": "." * 800}
            file.write(json.dumps(record) + "\n")
    return path


def command(corpus: Path, folder: Path, *options: str) -> list[str]:
    program = [sys.executable, "-c", "from outcross.cli import main; main()"]
    return [*program, "audit", str(corpus), "--workspace", str(folder), "-o", str(folder / "audit.json"), *options]


def begin(corpus: Path, folder: Path, *options: str) -> subprocess.Popen:
    """A process that audits the corpus in a workspace."""
    folder.mkdir(exist_ok=True)
    # This Python, this package, and paths that the test made.
    return subprocess.Popen(
        command(corpus, folder, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen]]:
    """Begin processes; those that are still there at the end of the test are ended."""
    begun: list[subprocess.Popen] = []

    def starting(corpus: Path, folder: Path, *options: str) -> subprocess.Popen:
        begun.append(begin(corpus, folder, *options))
        return begun[-1]

    yield starting
    for process in begun:
        process.kill()
        process.communicate()


def finish(corpus: Path, folder: Path, *options: str) -> tuple[int, str]:
    """Run to the end; the exit code, and what was said."""
    process = begin(corpus, folder, *options)
    _, said = process.communicate(timeout=120)
    return process.returncode, said


def lines(path: Path, first: int, last: int) -> bytes:
    return b"".join(path.read_bytes().splitlines(keepends=True)[first:last])


def parts(folder: Path) -> list[Path]:
    """The finished parts of the newest run."""
    runs = sorted((folder / ".outcross" / "runs").glob("*"))
    return sorted(part for part in runs[-1].glob("part-*") if "draft" not in part.name) if runs else []


def wait_for_parts(folder: Path, count: int, process: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    while len(parts(folder)) < count and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    assert process.poll() is None, "it ended before it could be stopped"


@pytest.fixture(scope="session")
def undisturbed(large: Path, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    folder = tmp_path_factory.mktemp("undisturbed")
    code, said = finish(large, folder, *OPTIONS)
    assert code == 0, said
    return Audit.load(folder / "audit.json")


@pytest.fixture
def stopped(large: Path, tmp_path: Path, start: Callable[..., subprocess.Popen]) -> Callable[..., Path]:
    """A workspace with a run that was killed after some parts."""

    def stopping(count: int, *options: str, by: signal.Signals = signal.SIGKILL) -> Path:
        folder = tmp_path / "workspace"
        process = start(large, folder, *OPTIONS, *options)
        wait_for_parts(folder, count, process)
        process.send_signal(by)
        process.communicate(timeout=60)
        return folder

    return stopping


def test_a_run_killed_at_any_moments_ends_as_if_undisturbed(large, tmp_path, undisturbed, start):
    folder = tmp_path / "workspace"
    moments = random.Random(5)  # noqa: S311 - moments of a test
    for kill in range(3):
        process = start(large, folder, *OPTIONS, "--resume")
        wait_for_parts(folder, kill * 25 + moments.randint(1, 15), process)
        time.sleep(moments.random() * 0.05)
        process.kill()
        process.communicate(timeout=60)
    before = {part.name: (part / "states").stat().st_mtime_ns for part in parts(folder)[:10]}
    process = start(large, folder, *OPTIONS, "--resume")
    wait_for_parts(folder, len(parts(folder)) + 1, process)
    assert {name: (parts(folder)[0].parent / name / "states").stat().st_mtime_ns for name in before} == before
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    again = Audit.load(folder / "audit.json")
    assert again["documents"] == undisturbed["documents"]
    assert again.digest == undisturbed.digest


def test_ctrl_c_says_how_to_go_on_and_the_run_goes_on(large, tmp_path, undisturbed, start):
    folder = tmp_path / "workspace"
    process = start(large, folder, *OPTIONS)
    wait_for_parts(folder, 10, process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
    store = Store(folder / ".outcross")
    assert [run["state"] for run in store.runs()] == ["interrupted"]
    store.close()
    assert finish(large, folder, *OPTIONS, "--resume")[0] == 0
    assert Audit.load(folder / "audit.json").digest == undisturbed.digest


def test_of_two_processes_that_resume_one_run_one_is_refused(large, stopped, undisturbed, start):
    folder = stopped(5)
    first = start(large, folder, *OPTIONS, "--resume")
    wait_for_parts(folder, 12, first)
    first.send_signal(signal.SIGSTOP)
    try:
        code, said = finish(large, folder, *OPTIONS, "--resume")
    finally:
        first.send_signal(signal.SIGCONT)
    assert code == 2
    assert "Another process" in said
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert Audit.load(folder / "audit.json").digest == undisturbed.digest


def test_a_damaged_part_is_noticed_and_made_again_when_deleted(large, stopped, undisturbed):
    folder = stopped(10)
    path = parts(folder)[3] / "states"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    code, said = finish(large, folder, *OPTIONS, "--resume")
    assert code == 5
    assert "damaged" in said
    path.unlink()
    assert finish(large, folder, *OPTIONS, "--resume")[0] == 0
    assert Audit.load(folder / "audit.json").digest == undisturbed.digest


def files_of(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def holding(folder: Path, word: str) -> list[str]:
    """The files of a folder that hold a word."""
    return [str(path.relative_to(folder)) for path in files_of(folder) if word.encode() in path.read_bytes().lower()]


def test_text_is_kept_where_it_may_be(large, stopped):
    assert holding(stopped(5), PLANTED)


def test_without_text_no_text_is_left_behind_not_even_by_a_killed_run(large, stopped):
    options = ("--no-text", "--group-by", "source", "--scores", str(large.parent / "scores.parquet"))
    folder = stopped(5, *options)
    assert holding(folder, PLANTED) == []
    code, said = finish(large, folder, *OPTIONS, *options, "--resume")
    assert code == 0, said
    assert holding(folder, PLANTED) == []
    audit = Audit.load(folder / "audit.json")
    assert audit["documents"].value > 5_000
    assert "resumed under --no-text" in audit["compression.ratio"].reason


@pytest.fixture
def finished(large: Path, tmp_path: Path) -> Path:
    """A workspace with a finished run, and a corpus of its own."""
    corpus = tmp_path / "own.jsonl"
    corpus.write_bytes(lines(large, 0, 3000))
    assert finish(corpus, tmp_path / "workspace")[0] == 0
    return tmp_path / "workspace"


def spoil(corpus: Path) -> None:
    """Change all of a corpus but its beginning, and what the file system says of it."""
    told, data = corpus.stat(), corpus.read_bytes()
    kept = data.index(b"\n", len(data) // 10)
    corpus.write_bytes(data[:kept] + b"\n" * (len(data) - kept))
    os.utime(corpus, ns=(told.st_atime_ns, told.st_mtime_ns))


def test_a_finished_run_is_held_against_a_reference_without_reading_again(large, finished, tmp_path):
    corpus = tmp_path / "own.jsonl"
    first = Audit.load(finished / "audit.json")
    other = tmp_path / "reference.jsonl"
    other.write_bytes(lines(large, 3000, 6000))
    program = [sys.executable, "-c", "from outcross.cli import main; main()", "reference", "build", str(other)]
    subprocess.run([*program, "--name", "people", "--workspace", str(finished)], check=True, capture_output=True)
    spoil(corpus)
    code, said = finish(corpus, finished, "--resume", "--reference", "people")
    assert code == 0, said
    again = Audit.load(finished / "audit.json")
    assert {name: one for name, one in again.figures.items() if not name.startswith("reference.")} == {
        name: one for name, one in first.figures.items() if not name.startswith("reference.")
    }
    assert 0.02 < again["reference.tail_share"].value < 0.3
    assert again.profile.tables["clusters"] == first.profile.tables["clusters"]


def test_damage_to_a_finished_runs_states_is_noticed(finished, tmp_path):
    (path,) = (finished / ".outcross" / "runs").glob("*/states")
    data = bytearray(path.read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)
    code, said = finish(tmp_path / "own.jsonl", finished, "--resume")
    assert code == 5
    assert "damaged" in said


def test_a_run_begun_without_resume_is_a_run_of_its_own(finished, tmp_path):
    digest = Audit.load(finished / "audit.json").digest
    assert finish(tmp_path / "own.jsonl", finished)[0] == 0
    assert Audit.load(finished / "audit.json").digest == digest
    store = Store(finished / ".outcross")
    assert [run["state"] for run in store.runs()] == ["finished"] * 2
    store.close()
