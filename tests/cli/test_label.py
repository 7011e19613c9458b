"""Labels from the command line: drawn, worked through by keys and by lines, read, and exchanged with other tools."""

import json
import os
import pty
import re
import select
import signal
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import write_jsonl

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\r\nsecond\tline \u200b\x9b31m"


@pytest.fixture(autouse=True)
def _person(here, monkeypatch):
    """Ana sits here, with a configuration of her own."""
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "config"))
    monkeypatch.setenv("OUTCROSS_PRINCIPAL", "ana")


@pytest.fixture
def corpus(here, texts):
    return write_jsonl(here / "corpus.jsonl", texts[:200], source=["web", "books"] * 100)


@pytest.fixture
def gold(here, texts):
    return (write_jsonl(here / "machine.jsonl", [f"As a machine: {text}" for text in texts[200:300]]),
            write_jsonl(here / "people.jsonl", texts[300:400]))  # fmt: skip


@pytest.fixture
def drawn(outcross, corpus, gold):
    ended = outcross("label", "start", corpus.name, "--n", 20, "--gold-synthetic", gold[0].name, "--gold-human",
                     gold[1].name, "--gold", 10, "--reviewers", 2)  # fmt: skip
    assert ended.code == 0
    return ended


def status(outcross, *words) -> dict:
    ended = outcross("label", "status", "--format", "json", *words)
    assert ended.code == 0
    return json.loads(ended.out)


def test_a_drawing_tells_what_was_drawn_and_what_to_do_next(drawn, outcross):
    assert "labels-1: 20 of 200 documents, uniform design, seed 0; 10 synthetic and 10 human planted." in drawn.out
    assert "outcross label do labels-1" in drawn.out
    assert "Made a key for ana" in drawn.err
    assert "labels-1  uniform, 20 documents, 20 planted  corpus.jsonl" in outcross("label", "list").out
    assert re.search(r"ana\n  [0-9a-f]{16}  ed25519:", outcross("keys", "list").out)


def test_the_same_seed_draws_the_same_set(outcross, corpus):
    sets = []
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        assert outcross("label", "start", corpus.name, "--n", 10, "--seed", seed, "--name", name).code == 0
        sets.append([json.loads(line)["text"] for line in outcross("label", "export", name).out.splitlines()])
    assert sets[0] == sets[1] != sets[2]


def test_without_gold_the_result_is_said_to_rest_on_reviewers(outcross, corpus, alone):
    assert "only if they are right" in outcross("label", "start", corpus.name, "--n", 30).out.replace("\n", " ")
    alone("label", "do", data=b"human\n" * 20 + b"synthetic\n" * 10)
    told = outcross("label", "status").out
    assert "33.3% [" in told
    assert "if reviewers are right" in told
    assert "More labels for a narrower interval" in told


def test_a_sample_is_worked_through_by_lines(drawn, alone, outcross):
    ended = alone("label", "do", data=b"human\nskip\nwhat\nundo\npartly\nSYNTHETIC\n4\nquit\nhuman\n")
    assert ended.code == 0
    assert "'what' cannot be done now." in ended.err
    assert "3 answered now, 37 left" in ended.err
    found = status(outcross)
    assert found["labels"] == 3
    assert found["complete"] == 0
    assert found["items"] == 40


def test_the_end_of_the_lines_is_the_end_of_the_session(drawn, alone, outcross):
    assert alone("label", "do", data=b"human").code == 0
    assert status(outcross)["labels"] == 1
    assert alone("label", "do", data=b"undo\n").code == 0
    assert status(outcross)["labels"] == 0
    assert alone("label", "do", data=b"undo\n").err.count("cannot be done now") == 1


def test_a_set_can_be_finished_and_everything_is_then_said(drawn, alone, outcross, here):
    ended = alone("label", "do", data=b"human\n" * 40)
    assert "Nothing is left." in ended.out
    alone("label", "do", "--as", "bob", data=b"human\n" * 20 + b"synthetic\n" * 20)
    found = status(outcross)
    assert found["complete"] == 40
    assert found["sample"] == {"drawn": 20, "answered": 20, "unsure": found["sample"]["unsure"]}
    assert {one["reviewer"]: one["gold"] for one in found["reviewers"]} == {"ana": 20, "bob": 20}
    assert found["agreement"]["n"] == 40
    without = status(outcross, "--without", "bob")
    assert without["labels"] == 40
    assert without["gold"]["synthetic"] == 10
    assert without["gold"]["called"] == 0
    assert "ana: 20 planted documents answered, 10 wrongly" in outcross("label", "status").out


def test_a_reviewer_who_fails_gold_is_flagged(outcross, corpus, gold, alone):
    outcross("label", "start", corpus.name, "--n", 20, "--gold-synthetic", gold[0].name, "--gold", 40)
    alone("label", "do", data=b"human\n" * 60)
    assert "FLAGGED" in outcross("label", "status").out


def test_nobody_sees_score_origin_or_gold(drawn, alone):
    shown = alone("label", "do", data=b"human\n" * 40).out
    for secret in ("gold", "planted", "score", "machine.jsonl", "people.jsonl", "corpus.jsonl", "truth", "stratum"):
        heads = [line for line in shown.splitlines() if not line.startswith("| ")]
        assert not any(secret in line for line in heads)


@pytest.mark.parametrize("design", ["stratified", "active"])
def test_designs_record_each_probability(outcross, corpus, here, design):
    pq.write_table(pa.table({"id": [str(one) for one in range(200)], "score": [one / 199 for one in range(200)]}),
                   here / "scores.parquet")  # fmt: skip
    ended = outcross("label", "start", corpus.name, "--n", 20, "--design", design, "--scores", "scores.parquet",
                     *(["--group-by", "source"] if design == "stratified" else []))  # fmt: skip
    assert ended.code == 0
    from outcross.workspace import Workspace  # noqa: PLC0415

    with Workspace(here) as opened:
        made = opened.labels.get()
    assert len(made.items) == 20
    assert all(one.score == pytest.approx(int(one.document) / 199) for one in made.items)
    assert sum(sum(one["documents"]) for one in made.plan["scores"].values()) == 200
    if design == "stratified":
        assert made.plan["strata"] == {"web": [100, 10], "books": [100, 10]}
    else:
        assert len({one.inclusion for one in made.items}) > 5


def test_labels_come_back_from_other_tools(drawn, outcross, here):
    for form, name in (("jsonl", "a.jsonl"), ("csv", "a.csv"), ("labelstudio", "a.json")):
        assert outcross("label", "export", "--format", form, "-o", name).code == 0
    filled = here / "filled.jsonl"
    filled.write_text("".join(json.dumps({"item": number, "answer": "human"}) + "\n" for number in [*range(5), 99]))
    ended = outcross("label", "import", filled.name, "--reviewer", "eve")
    assert "5 labels taken over, 1 records refused" in ended.out
    assert "item 99: the set has 40 items" in ended.err
    assert "0 labels taken over" in outcross("label", "import", filled.name, "--reviewer", "eve").out
    assert status(outcross)["labels"] == 5
    assert "eve  (no key: others sign for them)" in outcross("keys", "list").out
    assert "nobody says whose answer" in outcross("label", "import", filled.name).err
    assert "<Choices" in outcross("label", "export", "--config").out


def test_a_file_of_which_nothing_can_be_used_is_bad_data(drawn, outcross, here):
    (here / "bad.csv").write_text("item,answer,reviewer\n99,human,eve\n1,robot,eve\n")
    ended = outcross("label", "import", "bad.csv")
    assert ended.code == 4
    assert "0 labels taken over, 2 records refused" in ended.out
    assert "Nothing in bad.csv could be used" in ended.err


def test_answers_that_are_here_are_refused_to_nobody(drawn, alone, outcross):
    alone("label", "do", "--as", "bob", data=b"human\n")
    assert outcross("label", "export", "-o", "all.jsonl").code == 0
    ended = outcross("label", "import", "all.jsonl")
    assert "0 labels taken over, 0 records refused, 1 were here already" in ended.out
    assert ended.code == 0


def test_an_auditor_sees_everything_that_a_reviewer_does_not(drawn, outcross):
    rows = [json.loads(line) for line in outcross("label", "export", "--unblind").out.splitlines()]
    known = [row["origin_of_item"] for row in rows]
    assert {one["inclusion"] for one in known if one["truth"] is None} == {0.1}
    assert [one["truth"] for one in known].count("human") == 10
    assert outcross("label", "export", "--unblind", "--format", "csv").code == 2


def test_nobody_speaks_for_a_person_who_has_a_key(drawn, alone, outcross, here):
    alone("label", "do", "--as", "bob", data=b"human\n")
    (here / "forged.csv").write_text("item,answer,reviewer\n3,human,bob\n")
    ended = outcross("label", "import", "forged.csv")
    assert "0 labels taken over" in ended.out
    assert "speaks for themselves" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("start", "corpus.jsonl", "--n", 0), "n must be between"),
        (("start", "corpus.jsonl", "--gold", 5), "no text of known origin"),
        (("start", "corpus.jsonl", "--design", "active"), "needs scores"),
        (("start", "corpus.jsonl", "--scores", "nope.parquet"), "cannot be read"),
        (("start", "corpus.jsonl", "--name", "../x"), "no name for a label set"),
        (("start", "corpus.jsonl", "--cutoff", "yesterday"), "yesterday"),
        (("start", "corpus.jsonl", "--group-by", "source"), "not drawn by group"),
        (("start", "corpus.jsonl", "--as", "../x"), "no name for a principal"),
        (("start", "nope.jsonl"), "no file or folder"),
        (("do", "nope"), "no label set 'nope'"),
        (("status",), "no label set here"),
        (("import", "nope.csv"), "cannot be read"),
        (("import", "corpus.jsonl", "--reviewer", "x"), "no label set here"),
    ],
)
def test_wrong_calls_are_told_and_leave_nothing(outcross, corpus, words, said):
    assert outcross("init").code == 0
    ended = outcross("label", *words)
    assert ended.code == 2
    assert said in ended.err
    assert "no label set here" in outcross("label", "list").out


def test_too_little_gold_is_bad_data(outcross, corpus, gold):
    ended = outcross("label", "start", corpus.name, "--gold-human", gold[1].name, "--gold", 1000)
    assert ended.code == 4
    assert "there are 100" in ended.err


def test_a_text_that_is_said_to_be_of_both_kinds_is_planted_as_neither(outcross, corpus, gold):
    one = gold[0].name
    ended = outcross("label", "start", corpus.name, "--n", 20, "--gold-synthetic", one, "--gold-human", one)
    assert ended.code == 4
    assert "not of the other kind as well" in ended.err


def test_scores_of_other_documents_are_refused(outcross, corpus, here):
    pq.write_table(pa.table({"id": ["nobody"], "score": [0.5]}), here / "scores.parquet")
    ended = outcross("label", "start", corpus.name, "--n", 20, "--design", "active", "--scores", "scores.parquet")
    assert ended.code == 4
    assert "No document of the corpus has a score in scores.parquet" in ended.err


def test_of_two_who_draw_at_once_without_a_name_both_have_their_set(outcross, corpus, monkeypatch):
    from outcross import labelling  # noqa: PLC0415

    draw = labelling.draw

    def drawing_second(*asked):
        monkeypatch.setattr(labelling, "draw", draw)
        assert "labels-1: 20 of" in outcross("label", "start", corpus.name, "--n", 20).out
        return draw(*asked)

    monkeypatch.setattr(labelling, "draw", drawing_second)
    assert "labels-2: 20 of" in outcross("label", "start", corpus.name, "--n", 20).out


def test_texts_that_a_killed_drawing_left_are_gone_after_the_next(outcross, corpus, here):
    outcross("label", "start", corpus.name, "--n", 20)
    folder = here / ".outcross" / "labels"
    for left in ("sha.jsonl", "sha.jsonl.draft"):
        (folder / left).write_text("texts of others")
    assert outcross("label", "start", corpus.name, "--n", 20).code == 0
    assert len(list(folder.iterdir())) == 2
    assert outcross("label", "export", "labels-1").code == 0


class Terminal:
    """A person at a terminal: sees what is drawn, presses keys."""

    def __init__(self, process, *words, columns: int = 80, rows: int = 24):
        self.ours, theirs = pty.openpty()
        __import__("fcntl").ioctl(theirs, __import__("termios").TIOCSWINSZ, columns.to_bytes(2, "little").join(
            [rows.to_bytes(2, "little"), bytes(4)]))  # fmt: skip
        self.begun = process(*words, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm"})
        self.theirs = theirs
        self.seen = ""

    def until(self, text: str) -> str:
        """Read until a text is seen; what was seen since the last time."""
        end, data = time.monotonic() + 60, b""
        while time.monotonic() < end:
            if select.select([self.ours], [], [], 0.1)[0]:
                data += os.read(self.ours, 1 << 16)
            if text in data.decode("utf-8", "ignore"):
                self.seen += data.decode("utf-8", "ignore")
                return data.decode("utf-8", "ignore")
        raise AssertionError(f"never saw {text!r}, but: {data[-2000:]!r}")

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def close(self) -> int:
        code = self.begun.wait(60)
        for one in (self.ours, self.theirs):
            os.close(one)
        return code


def test_one_key_is_one_document_on_a_terminal(drawn, process, outcross):
    at = Terminal(process, "label", "do")
    at.until("40 left, 0 answered")
    at.press("1")
    at.until("39 left, 1 answered")
    at.press("3p")  # typed ahead
    at.until("37 left, 3 answered")
    at.press("k")
    at.until("document 4")
    at.press("\x1b[A")  # an arrow says nothing
    at.press("x")
    at.until("No such key")
    at.press("u")
    at.until("38 left, 2 answered  document 2")
    at.press("4q")
    at.until("3 answered now, 37 left")
    assert at.close() == 0
    assert status(outcross)["labels"] == 3


def test_a_terminal_is_left_as_it_was_also_by_ctrl_c(drawn, process, outcross):
    import termios  # noqa: PLC0415

    at = Terminal(process, "label", "do")
    at.until("40 left")
    raw = termios.tcgetattr(at.theirs)[3]
    assert not raw & termios.ECHO
    at.press("1")
    at.until("39 left")
    os.killpg(at.begun.pid, signal.SIGINT)  # what Ctrl-C is where the terminal is the controlling one
    at.until("Interrupted.")
    assert termios.tcgetattr(at.theirs)[3] & termios.ECHO
    assert at.close() == 130
    assert status(outcross)["labels"] == 1


def test_hostile_text_steers_no_terminal(here, outcross, process, alone):
    write_jsonl(here / "hostile.jsonl", [HOSTILE] * 3)
    assert outcross("label", "start", "hostile.jsonl", "--n", 3).code == 0
    by_lines = alone("label", "do", data=b"quit\n").out
    at = Terminal(process, "label", "do")
    on_terminal = at.until("[q] quit")
    at.press("q")
    at.until("left. See")
    at.close()
    for shown in (by_lines, on_terminal):
        assert "\\x1b]0;owned" in shown or "\\u001b]0;owned" in shown
        assert not re.search("\x1b\\]|\x07|\u202e|\u200b|\x9b|\r[^\n]*second", shown)
    assert "\x1b[2J" in on_terminal  # ours


def test_a_long_text_has_pages_that_fit(here, outcross, process):
    write_jsonl(here / "long.jsonl", [" ".join(f"word{number}" for number in range(2000))])
    outcross("label", "start", "long.jsonl", "--n", 1)
    at = Terminal(process, "label", "do", columns=60)
    first = at.until("page 1 of")
    at.press(" ")
    second = at.until("page 2 of")
    at.press("b")
    at.until("page 1 of")
    at.press("q")
    at.until("left. See")
    at.close()
    assert "word0" in first
    assert "word0 " not in second
    page = re.split("\x1b\\[2J", first)[-1].split("\r\n")
    assert max(map(len, page)) <= 60
    assert len(page) <= 24


@pytest.mark.parametrize(("rows", "columns"), [(10, 80), (5, 40), (3, 20), (2, 12)])
def test_a_small_terminal_shows_the_text_rather_than_the_help(here, outcross, process, rows, columns):
    write_jsonl(here / "long.jsonl", [" ".join(f"word{number}" for number in range(200))])
    outcross("label", "start", "long.jsonl", "--n", 1)
    at = Terminal(process, "label", "do", columns=columns, rows=rows)
    seen = at.until("page 1 of"[: columns - 1])
    at.press("q")
    at.until("left. See")
    at.close()
    page = re.split("\r+\n", re.split("\x1b\\[2J", seen)[-1])
    assert len(page) <= rows
    assert max(map(len, page)) <= columns
    assert any("word0" in line for line in page)


def test_a_second_key_is_endorsed_by_the_first(drawn, outcross, here, monkeypatch):
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "laptop"))
    other = outcross("keys", "show").out.strip()
    refused = outcross("label", "do")
    assert refused.code == 2
    assert other in refused.err
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "config"))
    assert outcross("keys", "enrol", "ana", other).code == 0
    assert outcross("keys", "list").out.count("ed25519:") == 2
