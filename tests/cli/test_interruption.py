"""Stopping: Ctrl-C, kill -9 at any point, two at once, twice in a row: nothing is lost, nothing is counted twice."""

import json
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

AUDIT = ("audit", "shards", "--workers", "1", "-o", "audit.json")

KILLED = """
import os, sys
from outcross import auditing
from outcross.engine import merging
from outcross.store import Store

point, number = sys.argv.pop(1).split(":")
owner, name = {
    "before a part is recorded": (Store, "record_part"), "after a part is recorded": (Store, "record_part"),
    "before the join": (auditing, "join"), "after the join": (auditing, "join"),
    "before the audit is kept": (auditing, "write_whole"), "after the audit is kept": (auditing, "write_whole"),
    "before the end is recorded": (Store, "set_state"), "after the end is recorded": (Store, "set_state"),
}[point]
real, left = getattr(owner, name), [int(number)]

def killing(*given, **named):
    left[0] -= 1
    if left[0] == 0 and point.startswith("before"):
        os.kill(os.getpid(), 9)
    result = real(*given, **named)
    if left[0] == 0:
        os.kill(os.getpid(), 9)
    return result

setattr(owner, name, killing)
from outcross.cli import main
main()
"""


@pytest.fixture
def undisturbed(outcross, shards, here) -> dict:
    """The audit of a run that nobody disturbed."""
    assert outcross(*AUDIT, "--workspace", "quiet").code == 0
    made = record_of(here / "audit.json")
    (here / "audit.json").unlink()
    return made


def record_of(path: Path) -> dict:
    saved = json.loads(path.read_bytes())
    del saved["run"]
    return saved


@pytest.mark.parametrize(
    "point",
    [
        "before a part is recorded:1", "after a part is recorded:3", "after the join:1", "after the audit is kept:1",
        "before the end is recorded:2", "after the end is recorded:2",
        *(pytest.param(more, marks=pytest.mark.study) for more in (
            "before a part is recorded:3", "before the join:1", "before the audit is kept:1",
        )),
    ],
)  # fmt: skip
def test_kill_9_at_any_point_loses_nothing_and_counts_nothing_twice(point, undisturbed, process, outcross, here):
    killed = process(point, *AUDIT, program=[sys.executable, "-c", KILLED])
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert not (here / "audit.json").exists()
    ended = outcross(*AUDIT, "--resume")
    assert ended.code == 0
    assert record_of(here / "audit.json") == undisturbed
    assert len(list((here / ".outcross/runs").iterdir())) == 1
    assert outcross("runs").out.split()[1] == "finished"


def finished_parts(here: Path) -> int:
    try:
        with sqlite3.connect(f"file:{here}/.outcross/outcross.db?mode=ro", uri=True) as found:
            count = found.execute("select count(*) from part").fetchone()[0]
        found.close()
    except sqlite3.OperationalError:
        return 0
    return count


SLOW = """
import sys, time
from outcross.corpus.reading import ShardReader

real = ShardReader.__iter__

def slowly(reader):
    for batch in real(reader):
        if reader.shard.ordinal == 2:
            time.sleep(3)
        yield batch

ShardReader.__iter__ = slowly
if __name__ == "__main__":
    from outcross.cli import main
    main()
"""


INTERRUPTED = """
import os, signal, sys
from importlib.abc import MetaPathFinder

class Finder(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == waited:
            os.kill(os.getpid(), signal.SIGINT)

waited = sys.argv.pop(1)
from outcross.cli import main
sys.meta_path.insert(0, Finder())
main()
"""


@pytest.mark.parametrize(
    "module", ["click", "outcross.errors", "outcross.cli.audit", "numpy", "pyarrow", "outcross.store"]
)
def test_ctrl_c_while_modules_are_imported_ends_quietly_with_130(module, process):
    begun = process(module, *AUDIT, program=[sys.executable, "-c", INTERRUPTED])
    _, err = begun.communicate(timeout=60)
    assert (begun.returncode, err.strip()) == (130, b"Interrupted.")


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_ctrl_c_ends_with_130_and_resume_goes_on(engine, undisturbed, process, outcross, here):
    (here / "slow.py").write_text(SLOW)
    begun = process(*AUDIT, "--engine", engine, program=[sys.executable, "slow.py"])
    for _ in range(600):
        if finished_parts(here) >= 1:
            break
        time.sleep(0.05)
    os.killpg(begun.pid, signal.SIGINT)  # as a terminal does, to all of them
    _, err = begun.communicate(timeout=60)
    assert begun.returncode == 130
    assert "Traceback" not in err.decode()
    assert "--resume" in err.decode()
    assert outcross("runs").out.split()[1] == "interrupted"
    assert outcross(*AUDIT, "--resume").code == 0
    assert record_of(here / "audit.json") == undisturbed


def test_workers_do_not_outlive_a_killed_parent(process, shards, here):
    (here / "slow.py").write_text(SLOW)
    begun = process(*AUDIT, "--engine", "processes", program=[sys.executable, "slow.py"])
    for _ in range(600):
        if finished_parts(here) >= 1:
            break
        time.sleep(0.05)
    os.kill(begun.pid, signal.SIGKILL)
    begun.wait(timeout=10)
    for _ in range(100):
        try:
            os.killpg(begun.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a worker is still there")


def test_two_at_once_give_the_same_and_do_not_mix(undisturbed, process, outcross, here):
    begun = [process("audit", "shards", "--workers", "1", "-o", f"{number}.json") for number in range(2)]
    for one in begun:
        one.communicate(timeout=120)
        assert one.returncode == 0
    assert record_of(here / "0.json") == record_of(here / "1.json") == undisturbed
    assert len(outcross("runs").out.splitlines()) == 2


def test_a_run_that_another_process_works_on_is_not_resumed(process, outcross, shards, here):
    (here / "slow.py").write_text(SLOW)
    process(*AUDIT, program=[sys.executable, "slow.py"])
    for _ in range(600):
        if finished_parts(here) >= 1:
            break
        time.sleep(0.05)
    ended = outcross(*AUDIT, "--resume")
    assert ended.code == 2
    assert "Another process is working on this run" in ended.err


def test_twice_in_a_row_gives_the_same_record(outcross, shards, here, undisturbed):
    for _ in range(2):
        assert outcross(*AUDIT).code == 0
        assert record_of(here / "audit.json") == undisturbed


@pytest.mark.parametrize(
    "how", [("--workers", "2"), ("--workers", "2", "--engine", "processes"), ("--workers", "1", "--no-store")]
)
def test_workers_and_engines_give_the_same_digits(how, undisturbed, alone, outcross, here):
    if "processes" in how:  # which must find a main module that can be begun again
        assert alone(*AUDIT[:2], "-o", "audit.json", *how).code == 0
    else:
        assert outcross(*AUDIT[:2], "-o", "audit.json", *how).code == 0
    assert record_of(here / "audit.json") == undisturbed


def test_a_changed_corpus_is_not_resumed(outcross, shards, here):
    assert outcross(*AUDIT).code == 0
    (shards / "6.jsonl").write_text('{"id": "new", "text": "one more document"}\n')
    assert outcross(*AUDIT, "--resume").code == 0
    assert record_of(here / "audit.json")["figures"]["documents"]["value"] == 481
    assert len(outcross("runs").out.splitlines()) == 2
