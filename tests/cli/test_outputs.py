"""`outcross outputs` as people call it."""

import json

import pytest


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
