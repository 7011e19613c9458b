"""Calls: what is wrong is said before any work; files are written whole; inputs are never replaced."""

import json
import os

import pyarrow.parquet as pq
import pytest

FORMS = {"json": "{", "md": "#", "html": "<!doctype html>"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["audti", "x"], "Did you mean 'audit'?"),
        (["audit"], "Missing argument"),
        (["audit", ""], "A path is empty"),
        (["audit", "smal.jsonl"], "Did you mean 'small.jsonl'?"),
        (["audit", "nope*.jsonl"], "No file matches"),
        (["audit", "-small.jsonl"], "No such option"),
        (["audit", "small.jsonl", "--sample", "0"], "at least 1"),
        (["audit", "small.jsonl", "--sample", "9", "--max-time", "9"], "cannot be combined"),
        (["audit", "small.jsonl", "--max-time", "nan"], "max_time must be"),
        (["audit", "small.jsonl", "--seed", "-1"], "seed must be"),
        (["audit", "small.jsonl", "--workers", "-1"], "workers must be"),
        (["audit", "small.jsonl", "--max-groups", "99999"], "max_groups must be"),
        (["audit", "small.jsonl", "--max-quarantined", "3"], "not in the range"),
        (["audit", "small.jsonl", "--reference", "nope"], "outcross reference build"),
        (["audit", "small.jsonl", "-o", "missing/audit.json"], "there is no folder missing"),
        (["audit", "small.jsonl", "--scores", "missing/s.parquet"], "there is no folder missing"),
        (["compare", "small.jsonl"], "Missing argument"),
        (["compare", "small.jsonl", "small.jsonl", "--margin", "7"], "margin"),
        (["measures", "nope"], "no figure 'nope'"),
        (["reference", "show", "nope"], "no workspace"),
        (["reference", "build", "small.jsonl", "--name", "a/b"], "no name for a reference"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_is_wrong(words, said, outcross, small):
    ended = outcross(*words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())
    assert ended.out == ""


@pytest.mark.parametrize("command", [["audit", "small.jsonl"], ["compare", "small.jsonl", "small.jsonl"]])
def test_a_report_never_replaces_an_input(command, outcross, small):
    before = small.read_bytes()
    for spelled in ("small.jsonl", "./small.jsonl", small):
        ended = outcross(*command, "-o", spelled)
        assert ended.code == 2
        assert "would be replaced" in ended.err
    assert small.read_bytes() == before


@pytest.mark.parametrize("paths", ["small.jsonl", ".", "*.jsonl", "link.jsonl"])
def test_scores_never_replace_an_input(paths, outcross, small, here):
    (here / "link.jsonl").symlink_to(small)
    before = small.read_bytes()
    ended = outcross("audit", paths, "--scores", "small.jsonl")
    assert ended.code == 2
    assert "would be replaced" in ended.err
    assert small.read_bytes() == before


@pytest.mark.parametrize("form", FORMS)
def test_the_form_is_that_of_the_file_name_unless_it_is_asked_for(form, outcross, small, here):
    assert outcross("audit", small.name, "-o", f"audit.{form}").code == 0
    assert (here / f"audit.{form}").read_text().lower().startswith(FORMS[form])
    asked = outcross("audit", small.name, "--resume", "--format", form, "-o", "audit.xyz")
    assert asked.out == ""
    assert (here / "audit.xyz").read_text().lower().startswith(FORMS[form])
    assert outcross("audit", small.name, "--resume", "--format", form).out.lower().startswith(FORMS[form])


@pytest.mark.parametrize("form", FORMS)
def test_a_comparison_has_all_forms(form, outcross, small, here):
    ended = outcross("compare", small.name, small.name, "-o", f"out.{form}")
    assert ended.code in (0, 4)
    assert (here / f"out.{form}").read_text().lower().startswith(FORMS[form])


def test_an_existing_report_is_replaced_and_no_draft_stays(outcross, small, here):
    (here / "audit.json").write_text("old")
    assert outcross("audit", small.name, "-o", "audit.json").code == 0
    assert json.loads((here / "audit.json").read_bytes())["figures"]
    assert sorted(path.name for path in here.iterdir()) == [".outcross", "audit.json", "small.jsonl"]


def test_an_output_that_is_a_folder_is_a_wrong_call(outcross, small, here):
    (here / "folder").mkdir()
    assert outcross("audit", small.name, "-o", "folder").code == 2
    assert outcross("audit", small.name, "--scores", "folder").code == 2


def test_scores_are_one_row_a_document_by_its_id(outcross, small, texts):
    assert outcross("audit", small.name, "--scores", "scores.parquet").code == 0
    scores = pq.read_table("scores.parquet")
    assert scores["id"].to_pylist() == [str(number) for number in range(300)]
    assert scores["words"].to_pylist()[0] > 0
    assert "text" not in scores.column_names


def test_scores_of_a_finished_run_are_written_again(outcross, small, here):
    words = ("audit", small.name, "--scores", "scores.parquet", "--format", "json")
    first = json.loads(outcross(*words).out)
    scores = pq.read_table("scores.parquet")
    (here / "scores.parquet").unlink()
    ended = outcross(*words, "--resume")
    assert ended.code == 0
    again = json.loads(ended.out)
    assert pq.read_table("scores.parquet") == scores
    assert again["run"]["id"] == first["run"]["id"]
    assert {**again, "run": None} == {**first, "run": None}
    assert outcross("runs").out.split()[1] == "finished"


@pytest.mark.parametrize(
    "name",
    ["a b.jsonl", "q'u\"ote.jsonl", "new\nline.jsonl", "[x].jsonl", "-dash.jsonl", "é\u202e.jsonl", "\x1b[31m.jsonl"],
)
def test_a_file_of_an_odd_name_is_read_and_the_terminal_is_safe(name, outcross, small, here):
    (here / name).write_bytes(small.read_bytes())
    assert outcross("audit", "-o", "audit.json", here / name).code == 0
    assert json.loads((here / "audit.json").read_bytes())["figures"]["documents"]["value"] == 300
    told, runs = outcross("audit", "--", name), outcross("runs")
    assert told.code == 0
    assert "\x1b" not in told.out + runs.out
    assert "\u202e" not in told.out + runs.out
    assert len(runs.out.splitlines()) == 2


def test_a_file_whose_name_is_no_utf_8_is_read_in_every_form(alone, small, here):
    os.rename(small, os.fsencode(here) + b"/bad\xff\xfe.jsonl")  # noqa: PTH104
    ended = alone("audit", b"bad\xff\xfe.jsonl", "--group-by", "@file", "--scores", "s.parquet", "-o", "audit.json")
    assert ended.code == 0
    audit = json.loads((here / "audit.json").read_bytes())
    assert audit["corpus"]["paths"] == ["bad\\udcff\\udcfe.jsonl"]
    told = alone("audit", b"bad\xff\xfe.jsonl", "--resume", "--group-by", "@file")
    assert told.code == 0
    assert "bad\\udcff\\udcfe.jsonl" in told.out


def test_names_of_one_letter_match_a_pattern_and_hidden_ones_do_not(outcross, small, here):
    small.rename(here / "a.jsonl")
    (here / ".b.jsonl").write_text('{"text": "hidden"}\n')
    ended = outcross("audit", "*", "--format", "json", "--no-store")
    corpus = json.loads(ended.out)["corpus"]
    assert corpus["paths"] == ["a.jsonl"]
    assert corpus["skipped"] == [".b.jsonl (hidden)"]


def test_the_workspace_is_no_part_of_the_corpus_and_no_news(outcross, small, here):
    first = json.loads(outcross("audit", ".", "--format", "json").out)
    second = json.loads(outcross("audit", ".", "--format", "json").out)
    assert first["corpus"]["skipped"] == second["corpus"]["skipped"] == []


def test_every_command_explains_itself(outcross, here):
    for words in (["audit"], ["compare"], ["measures"], ["runs"], ["init"], ["reference"], *(
        ["reference", one] for one in ("build", "list", "show")
    ), []):  # fmt: skip
        ended = outcross(*words, "--help")
        assert ended.code == 0
        assert "Usage: outcross" in ended.out
    assert list(here.iterdir()) == []


def test_looking_at_an_empty_workspace_is_no_error(outcross):
    assert outcross("init").code == 0
    assert "no reference here" in outcross("reference", "list").out
    assert "Nothing was run here yet" in outcross("runs").out
    assert "hill.1" in outcross("measures", "hill").out
