"""`outcross init`, and where the workspace of a command is."""

import json

import pytest

from outcross.settings import FILE, read


def test_a_workspace_is_made_with_settings_and_store(outcross, here):
    ended = outcross("init")
    assert ended.code == 0
    assert "Made outcross.toml and .outcross/ in this folder" in ended.out
    assert sorted(path.name for path in here.iterdir()) == [".outcross", FILE]
    assert (here / ".outcross/outcross.db").stat().st_size
    assert read(here).store.url is None


def test_a_workspace_that_is_there_is_left_as_it_is(outcross, here):
    outcross("init", "team")
    (here / "team" / FILE).write_text("[track]\nlooks = 12  # ours\n")
    before = {path: path.read_bytes() for path in (here / "team").rglob("*") if path.suffix not in (".db-shm", "")}
    ended = outcross("init", "team")
    assert (ended.code, ended.out) == (0, "Nothing to do: team is a workspace already.\n")
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.parametrize("there", [FILE, ".outcross"])
def test_what_is_missing_of_a_workspace_is_made(outcross, here, there):
    outcross("init")
    path = here / ({FILE, ".outcross"} - {there}).pop()
    if path.is_dir():
        path.rename(here / "away")
    else:
        path.unlink()
    ended = outcross("init")
    assert ended.code == 0
    assert f"Made {path.name}" in ended.out
    assert path.exists()


def test_settings_that_are_wrong_are_told_with_their_line(outcross, small, here):
    outcross("init")
    (here / FILE).write_text("[track]\nlook = 12\n")
    for words in (["init"], ["runs"], ["audit", small.name]):
        ended = outcross(*words)
        assert ended.code == 2
        assert "outcross.toml, line 2" in ended.err
        assert "Did you mean 'looks'?" in ended.err
    assert outcross("audit", small.name, "--no-store").code == 0


def test_a_team_shares_a_store(outcross, database, small, here):
    assert outcross("init", "ana", "--store", database).code == 0
    assert outcross("init", "bob", "--store", database).code == 0
    assert not (here / "ana/.outcross/outcross.db").exists()
    assert outcross("audit", small.name, "--workspace", "ana").code == 0
    shown = outcross("runs", "--workspace", "bob")
    assert "finished" in shown.out
    assert outcross("audit", small.name, "--workspace", "bob", "--resume").code == 0
    assert len(outcross("runs", "--workspace", "ana").out.splitlines()) == 2
    ended = outcross("init", "bob", "--store", "postgresql://host/other")
    assert ended.code == 2
    assert "never overwritten" in ended.err


def test_a_store_in_a_file_is_not_left_behind_unseen(outcross, database, small, here):
    assert outcross("audit", small.name).code == 0
    ended = outcross("init", "--store", database)
    assert ended.code == 2
    assert "would not be moved" in ended.err
    assert not (here / FILE).exists()
    assert outcross("init").code == 0


def test_a_server_that_is_not_there_leaves_nothing_behind(outcross, here):
    ended = outcross("init", "--store", "postgresql://127.0.0.1:1/corpus")
    assert ended.code == 5
    assert "127.0.0.1:1/corpus" in ended.err
    assert list(here.iterdir()) == []


def test_the_environment_names_the_store(outcross, database, here, monkeypatch):
    monkeypatch.setenv("OUTCROSS_STORE", database)
    assert outcross("init").code == 0
    assert not (here / ".outcross/outcross.db").exists()
    monkeypatch.delenv("OUTCROSS_STORE")
    assert outcross("runs").code == 0
    assert (here / ".outcross/outcross.db").exists()


READING = (
    ("runs",), ("runs", "--prune"), ("label", "list"), ("label", "status"), ("label", "do"), ("label", "export"),
    ("outputs", "list"), ("outputs", "info"), ("outputs", "calibrate", "small.jsonl"), ("reference", "list"),
    ("reference", "show", "human"), ("keys", "list"), ("label", "import", "small.jsonl"),
)  # fmt: skip


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_who_only_looks_makes_no_workspace(outcross, small, here, words):
    for more in ((), ("--workspace", "mistyped")):
        ended = outcross(*words, *more)
        assert ended.code == 2
        assert "There is no workspace in" in ended.err
        assert "outcross init" in ended.err
    assert [path.name for path in here.iterdir()] == ["small.jsonl"]


def test_a_file_of_a_reference_needs_no_workspace(outcross, here, texts):
    lines = (json.dumps({"text": text}) + "\n" for text in texts[:1000])
    (here / "human.jsonl").write_text("".join(lines))
    outcross("reference", "build", "human.jsonl", "--workspace", "made")
    file = here / "human.reference"
    (here / "made/.outcross/references/human.reference").rename(file)
    assert "human: sha256:" in outcross("reference", "show", file).out
    assert not (here / ".outcross").exists()


def test_a_command_below_a_workspace_finds_it_by_its_settings(outcross, small, here, monkeypatch):
    outcross("init")
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    assert outcross("audit", "../small.jsonl").code == 0
    assert "finished" in outcross("runs").out
    assert list((here / "below").iterdir()) == []
