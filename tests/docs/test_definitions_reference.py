"""The definitions in the docs are the real ones, and the command tells them."""

import json
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from outcross.cli.group import outcross
from outcross.track.definitions import definitions

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "definitions.md").read_text(encoding="utf-8")


def told(*words):
    result = CliRunner().invoke(outcross, ["definitions", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_page_is_what_the_definitions_say():
    assert runpy.run_path(str(DOCS / "write_definitions.py"))["page"]() == PAGE, "run: python docs/write_definitions.py"
    assert told("--format", "md") == PAGE


def test_the_command_lists_every_definition():
    assert [line.split()[0] for line in told().splitlines()] == list(definitions())
    assert [one["name"] for one in json.loads(told("--format", "json"))] == list(definitions())


@pytest.mark.parametrize("name", definitions())
def test_the_command_explains_every_definition(name):
    one = definitions()[name]
    for form in ("text", "md"):
        words = " ".join(told(name, "--format", form).split())
        for part in (one.question, one.test, one.boundary, one.source):
            assert " ".join(part.split()) in words
    assert json.loads(told(name, "--format", "json")) == [one.to_dict()]
