"""The workspace: resumed with another reference, damaged, of a newer version, on a full disk; no text."""

import json
import os
import resource
import sqlite3
import sys
from pathlib import Path

import pytest

from outcross.corpus.reading import ShardReader

MARK = "zyxquorblat"


@pytest.fixture
def human(outcross, here, texts, shards) -> Path:
    """A workspace with an audit and a reference."""
    assert outcross("audit", "shards", "-o", "audit.json").code == 0
    lines = (json.dumps({"text": text}) + "\n" for text in texts[500:1500])
    (here / "human.jsonl").write_text("".join(lines))
    assert outcross("reference", "build", "human.jsonl", "--name", "human").code == 0
    return here / ".outcross/references/human.reference"


def test_another_reference_needs_no_second_reading(human, outcross, here, monkeypatch):
    def refuse(reader):
        raise AssertionError("the corpus is read again")

    monkeypatch.setattr(ShardReader, "__iter__", refuse)
    ended = outcross("audit", "shards", "--resume", "--reference", "human", "--format", "json")
    assert ended.code == 0
    made, before = json.loads(ended.out), json.loads((here / "audit.json").read_bytes())
    assert made["reference"]["name"] == "human"
    assert 0 < made["figures"]["reference.unknown"]["value"] < 1
    assert "unknown" in before["figures"]["reference.unknown"]
    same = {name for name in made["figures"] if made["figures"][name] == before["figures"][name]}
    assert {"hill.0", "hill.1", "distinct.2", "duplicates.near", "compression.ratio"} <= same
    assert made["tables"]["clusters"] == before["tables"]["clusters"]


def test_a_reference_is_listed_shown_and_never_changed(human, outcross, here):
    before = human.read_bytes()
    assert "human: sha256:" in outcross("reference", "list").out
    shown = outcross("reference", "show", "human")
    assert shown.out == outcross("reference", "show", human).out
    assert outcross("reference", "build", "human.jsonl").code == 0  # the same again
    ended = outcross("reference", "build", "shards", "--name", "human")
    assert ended.code == 2
    assert "never changed" in ended.err
    assert human.read_bytes() == before


def test_a_reference_of_too_few_documents_is_refused(outcross, here, texts):
    (here / "few.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts[:9]))
    ended = outcross("reference", "build", "few.jsonl")
    assert ended.code == 4
    assert outcross("reference", "list").out.startswith("There is no reference")


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text"])
def test_a_damaged_reference_is_refused(damage, human, outcross):
    _damage(human, damage)
    for words in (["audit", "shards", "--reference", "human"], ["reference", "show", "human"], ["reference", "list"]):
        ended = outcross(*words)
        assert ended.code in (2, 4, 5)
        assert "human.reference" in ended.err


def _damage(path: Path, how: str) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    if how == "flipped":
        data[middle : middle + 8] = bytes(255 - one for one in data[middle : middle + 8])
    path.write_bytes({"cut": data[:middle], "flipped": data, "empty": b"", "text": b"hello\n"}[how])


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
@pytest.mark.parametrize("what", ["runs/*/states", "audits/*.json", "outcross.db"])
def test_a_damaged_store_gives_the_right_audit_or_a_clear_error(what, damage, outcross, shards, here):
    assert outcross("audit", "shards", "-o", "first.json").code == 0
    [path] = (here / ".outcross").glob(what)
    _damage(path, damage)
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    ended = outcross("audit", "shards", "--resume", "-o", "second.json")
    assert ended.code in (0, 5)
    if ended.code == 5:
        assert str(path.name) in ended.err or "store" in ended.err or "state" in ended.err
    else:
        first, second = (json.loads((here / f"{name}.json").read_bytes()) for name in ("first", "second"))
        assert first["figures"] == second["figures"]
        assert first["tables"] == second["tables"]


@pytest.mark.parametrize("damage", ["cut", "empty", "text"])
def test_a_damaged_audit_cannot_be_compared(damage, outcross, small, here):
    assert outcross("audit", small.name, "-o", "audit.json").code == 0
    _damage(here / "audit.json", damage)
    ended = outcross("compare", "audit.json", small.name)
    assert ended.code in (2, 4)
    assert "audit.json" in ended.err


def test_a_workspace_of_a_newer_version_is_left_alone(outcross, small, here):
    assert outcross("audit", small.name).code == 0
    with sqlite3.connect(here / ".outcross/outcross.db") as store:
        store.execute("update setting set value = '99' where name = 'version'")
    store.close()
    for words in (["audit", small.name], ["runs"], ["reference", "list"]):
        ended = outcross(*words)
        assert ended.code == 5
        assert "store version 99" in ended.err
        assert "--workspace" in ended.err
    assert outcross("audit", small.name, "--no-store").code == 0


def test_a_workspace_that_cannot_be_made_is_told_with_the_way_out(outcross, small, here):
    (here / "file").write_text("")
    ended = outcross("audit", small.name, "--workspace", "file/inside")
    assert ended.code == 5
    assert "--no-store" in ended.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told_with_the_way_out(outcross, small, here):
    here.chmod(0o500)
    try:
        ended = outcross("audit", small.name)
        assert ended.code == 5
        assert "--no-store" in ended.err
        assert outcross("audit", small.name, "--no-store").code == 0
    finally:
        here.chmod(0o700)


@pytest.mark.parametrize("room", [1 << 14, 1 << 17])
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(room, alone, outcross, shards, here):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    program = [sys.executable, "-c", "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
               "from outcross.cli import main; main()"]  # fmt: skip
    ended = alone("audit", "shards", "-o", "audit.json", program=program, preexec_fn=limit)
    assert ended.code == 5
    assert ended.err.startswith("outcross: ")
    assert not (here / "audit.json").exists()
    assert outcross("audit", "shards", "--resume", "-o", "audit.json").code == 0
    assert json.loads((here / "audit.json").read_bytes())["figures"]["documents"]["value"] == 480


def test_no_store_leaves_nothing_behind(outcross, small, here):
    assert outcross("audit", small.name, "--no-store").code == 0
    assert [path.name for path in here.iterdir()] == ["small.jsonl"]


@pytest.mark.parametrize("keep", [True, False])
def test_no_text_keeps_text_out_of_reports_and_store(keep, outcross, here, texts):
    copies = [f"{MARK} wrote this line {MARK} and it stands here twice"] * 4
    records = [{"text": text, "g": str(number % 3)} for number, text in enumerate([*texts[:80], *copies])]
    broken = '{"text": "' + MARK + "\n"
    (here / "data.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records) + broken)
    words = ["audit", "data.jsonl", "--group-by", "g", *([] if keep else ["--no-text"])]
    assert outcross(*words, "--scores", "scores.parquet", "-o", "audit.json").code == 0
    for form in ("md", "html", "text"):
        assert outcross(*words, "--format", form, "-o", f"audit.{form}").code == 0
    (here / "data.jsonl").unlink()
    holding = [path.name for path in here.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]
    assert bool(holding) == keep


def folders(here: Path) -> list[str]:
    return sorted(path.name for path in (here / ".outcross/runs").iterdir())


def test_a_run_that_a_later_one_supersedes_is_pruned_and_no_audit_is_lost(outcross, small, here):
    for words in ((), (), ("--no-copies",)):
        assert outcross("audit", small.name, *words, "-o", "audit.json").code == 0
    other, second, _ = (line.split()[0] for line in outcross("runs").out.splitlines())
    assert folders(here) == sorted([second, other])
    assert len(list((here / ".outcross/audits").iterdir())) == 2
    assert outcross("audit", small.name, "--resume").code == 0
    assert len(outcross("runs").out.splitlines()) == 3


def test_finished_runs_are_pruned_when_asked_and_read_again_when_resumed(outcross, small, here):
    before = outcross("audit", small.name, "--format", "json").out
    ended = outcross("runs", "--prune")
    assert (ended.code, folders(here)) == (0, [])
    assert "1 finished run." in ended.out
    assert "Freed 0.0 MB of 0 finished runs" in outcross("runs", "--prune").out
    assert len(list((here / ".outcross/audits").iterdir())) == 1
    again = json.loads(outcross("audit", small.name, "--resume", "--format", "json").out)
    assert {**again, "run": None} == {**json.loads(before), "run": None}
    assert len(outcross("runs").out.splitlines()) == 1
