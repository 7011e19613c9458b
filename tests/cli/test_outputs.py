"""`outcross outputs` as people call it."""

import fcntl
import json

import pytest

from outcross.workspace import Workspace


@pytest.fixture
def files(here, prose):
    texts = [text for text in prose if 40 <= len(text.split()) <= 300]
    for name, part in (("outputs.jsonl", texts[:60]), ("more.jsonl", texts[50:80]), ("human.jsonl", texts[80:380])):
        (here / name).write_text("".join(json.dumps({"text": text}) + "\n" for text in part))
    chats = [
        {"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": text}]}
        for text in texts[:9]
    ]
    (here / "chats.jsonl").write_text("".join(json.dumps(chat) + "\n" for chat in chats))
    return here


def test_outputs_are_added_listed_and_held_against_human_text(outcross, files):
    first = outcross("outputs", "add", "outputs.jsonl", "--model", "m-1")
    assert first.code == 0, first.err
    assert "60 outputs of m-1" in first.out
    assert "outcross outputs calibrate" in first.out
    second = outcross("outputs", "add", "more.jsonl", "--model", "m-2", "--keep-text")
    assert "20 outputs of m-2, with their texts (left out: 10 there already)" in second.out
    listed = outcross("outputs", "list").out.splitlines()
    assert [line.split("  ")[1].split(" of ")[0] for line in listed] == ["60 outputs", "20 outputs"]
    before = outcross("outputs", "info").out
    assert "80 outputs" in before
    assert "unknown: no human text" in before
    told = outcross("outputs", "calibrate", "human.jsonl")
    assert told.code == 0, told.err
    assert "of 300 documents" in told.out
    assert told.out.strip() in outcross("outputs", "info").out


def test_of_chats_the_turns_of_the_model_are_outputs(outcross, files):
    assert "9 outputs" in outcross("outputs", "add", "chats.jsonl", "--model", "m", "--turns", "assistant").out
    again = outcross("outputs", "add", "outputs.jsonl", "--model", "m")
    assert "51 outputs of m (left out: 9 there already)" in again.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("list",), 2, "no output index"), (("info",), 2, "no output index"),
        (("calibrate", "human.jsonl"), 2, "no output index"), (("add", "outputs.jsonl"), 2, "--model"),
        (("add", "nowhere.jsonl", "--model", "m"), 2, "nowhere.jsonl"),
        (("add", "short.txt", "--model", "m"), 4, "at least 10 words"),
    ],
)  # fmt: skip
def test_wrong_calls_are_told_what_to_do(words, code, told, outcross, files):
    assert outcross("init").code == 0
    (files / "short.txt").write_text("Yes, of course.")
    ended = outcross("outputs", *words)
    assert ended.code == code
    assert told in ended.err
    assert not list(files.glob(".outcross/outputs/draft-*"))


def test_too_few_human_texts_are_refused(outcross, files):
    outcross("outputs", "add", "outputs.jsonl", "--model", "m")
    ended = outcross("outputs", "calibrate", "more.jsonl")
    assert ended.code == 4
    assert "too few" in ended.err


def test_what_a_killed_addition_left_is_gone_after_the_next(outcross, files):
    outcross("outputs", "add", "outputs.jsonl", "--model", "m", "--keep-text")
    folder = files / ".outcross" / "outputs"
    for left in ("draft-1/texts.parquet", "tables-2/keys.npy", "texts/3.parquet", "index.json.4"):
        (folder / left).parent.mkdir(exist_ok=True)
        (folder / left).write_text("texts of others")
    assert outcross("outputs", "add", "more.jsonl", "--model", "m", "--keep-text").code == 0
    assert not any(b"texts of others" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert len(list((folder / "texts").iterdir())) == 2
    assert outcross("outputs", "info").code == 0


def test_who_changes_the_index_second_is_told_to_wait(outcross, files):
    outcross("outputs", "add", "outputs.jsonl", "--model", "m")
    with (files / ".outcross" / "outputs" / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for words in (("add", "more.jsonl", "--model", "m"), ("calibrate", "human.jsonl")):
            ended = outcross("outputs", *words)
            assert ended.code == 2
            assert "Another process is changing the output index" in ended.err
            assert "--resume" not in ended.err


def test_an_addition_that_ended_while_a_calibration_waited_is_kept(outcross, files, monkeypatch):
    outcross("outputs", "add", "outputs.jsonl", "--model", "m")
    flock = fcntl.flock

    def adding_first(file, how):
        monkeypatch.setattr(fcntl, "flock", flock)
        with Workspace(files) as opened:
            opened.add_outputs(["more.jsonl"], "m")
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", adding_first)
    assert outcross("outputs", "calibrate", "human.jsonl").code == 0
    assert "80 outputs" in outcross("outputs", "info").out


def test_names_of_models_steer_no_terminal(outcross, files):
    told = outcross("outputs", "add", "outputs.jsonl", "--model", "m\x1b[31m\n2")
    assert "\\u001b[31m\\n2" in told.out
    assert "\x1b" not in told.out + outcross("outputs", "list").out
    assert outcross("outputs", "add", "more.jsonl", "--model", " ").code == 2


def test_gold_from_an_index_without_texts_is_told_how_to_be_had(outcross, files):
    outcross("outputs", "add", "outputs.jsonl", "--model", "m")
    ended = outcross("label", "start", "human.jsonl", "--gold-outputs")
    assert ended.code == 4
    assert "--gold-synthetic" in ended.err
