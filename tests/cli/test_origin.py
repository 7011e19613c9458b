"""`outcross origin`, called as people call it."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from outcross.cli.group import outcross
from outcross.errors import FaultError

VERBS = ("fosters", "enhances", "transforms", "supports", "drives", "enriches")
NAMES = ("growth", "the community", "a sustainable future", "our experience", "success", "the rich tapestry")


def said(number: int) -> str:
    draw = random.Random(number)  # noqa: S311 - no secret
    return " ".join(f"It is important that {draw.choice(NAMES)} {draw.choice(VERBS)} the whole." for _ in range(12))


@pytest.fixture(scope="module")
def sides(tmp_path_factory, prose):
    folder = tmp_path_factory.mktemp("sides")
    people = [text for text in prose if len(text.split()) >= 60 and text.count(" the ") >= 3][:150]
    for name, texts in (("people", people), ("machine", [said(number) for number in range(150)])):
        lines = [json.dumps({"text": text, "site": f"{name} {place % 2}"}) for place, text in enumerate(texts)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def call(*words: str):
    return CliRunner().invoke(outcross, ["origin", *map(str, words)])


def test_a_score_is_fitted_shown_and_tried(sides):
    own = sides / "own.score"
    fitted = call("fit", "--human", sides / "people.jsonl", "--synthetic", sides / "machine.jsonl",
                  "--source-column", "site", "-o", own)  # fmt: skip
    assert fitted.exit_code == 0, fitted.output
    assert "sources that were left out whole" in fitted.output
    assert "people 1: AUROC" in fitted.output
    shown = call("show", own)
    assert shown.stdout == fitted.stdout.split("Kept in")[0]
    assert json.loads(call("show", own, "--json").output)["facts"]["held_out"]["auroc"]["value"] > 0.9
    tried = call("try", sides / "machine.jsonl", "--score", own, "--group-by", "site")
    assert tried.exit_code == 0, tried.output
    assert "not calibrated here" in tried.output
    assert "machine 0: 75 documents, 75 scored" in tried.output


def test_the_packaged_score_is_shown_by_default():
    assert call("show").output.startswith("general: sha256:")


def test_a_fit_needs_a_file_to_write_to(sides):
    told = call("fit", "--human", sides / "people.jsonl", "--synthetic", sides / "machine.jsonl")
    assert told.exit_code != 0
    assert "needs a file" in str(told.exception)


def test_a_language_that_cannot_be_told_is_a_wrong_call(sides):
    told = call("fit", "--human", sides / "people.jsonl", "--synthetic", sides / "machine.jsonl",
                "--language", "xx", "-o", sides / "no.score")  # fmt: skip
    assert "There is no language 'xx'" in str(told.exception)


def test_a_score_from_one_file_a_side_says_that_no_source_was_left_out(sides):
    told = call("fit", "--human", sides / "people.jsonl", "--synthetic", sides / "machine.jsonl",
                "-o", sides / "files.score")  # fmt: skip
    assert told.exit_code == 0, told.output
    assert "No source was left out whole" in told.output
    assert "AUROC unknown" not in told.output


def test_a_full_disk_leaves_the_score_that_was_there(sides, monkeypatch):
    kept = sides / "kept.score"
    words = ("fit", "--human", sides / "people.jsonl", "--synthetic", sides / "machine.jsonl", "-o", kept)
    assert call(*words).exit_code == 0
    before = kept.read_bytes()

    def full(path, data):
        with path.open("wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    told = call(*words)
    assert isinstance(told.exception, FaultError)
    assert kept.read_bytes() == before
    assert not list(sides.glob("*.draft"))
