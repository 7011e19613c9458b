"""The command line in the docs is the real one."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
SCRIPT = runpy.run_path(str(DOCS / "write_cli.py"))
PAGE = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
COMMANDS = dict(SCRIPT["commands"]())


def test_help_in_the_docs_is_what_the_commands_say():
    assert SCRIPT["filled"](PAGE) == PAGE, "run: python docs/write_cli.py"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_help_in_the_docs(name):
    assert f"<!-- help: {name} -->" in PAGE


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_named(name):
    section = PAGE.split(f"<!-- help: {name} -->")[1].split("<!-- end -->")[0]
    for parameter in COMMANDS[name].params:
        for option in getattr(parameter, "opts", []):
            if option.startswith("-"):
                assert option in section, option
