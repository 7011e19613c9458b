"""Write the real `--help` of every command into docs/reference/cli.md, between its markers.

Run it as `python docs/write_cli.py` after a change of the command line; a test compares the two.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from outcross.cli.group import outcross

PAGE = Path(__file__).with_name("reference") / "cli.md"
BLOCK = re.compile(r"(<!-- help: (outcross[^>]*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def commands(
    command: click.Command = outcross, name: tuple[str, ...] = ("outcross",)
) -> Iterator[tuple[str, click.Command]]:
    """Every command by the words that call it, groups before what is in them."""
    yield " ".join(name), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            inner = command.get_command(context, word)
            if inner is not None:
                yield from commands(inner, (*name, word))


def help_of(name: str) -> str:
    """What `--help` says of a command, on a terminal of 100 columns."""
    words = name.split()[1:]
    told = CliRunner().invoke(outcross, [*words, "--help"], prog_name="outcross", terminal_width=100)
    return told.output.rstrip() + "\n"


def filled(page: str) -> str:
    """The page with every marked block filled by what the command says now."""
    return BLOCK.sub(lambda block: f"{block[1]}```text\n{help_of(block[2])}```\n{block[3]}", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
