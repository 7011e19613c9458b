"""`outcross provenance`: what data sources are said to be, whom to believe, and whether a mix may be trained on."""

import click

from outcross.cli.group import Commands

# Each command's module and what it does, as in `outcross.cli.group`.
COMMANDS: dict[str, tuple[str, str]] = {
    "graph": ("outcross.cli.provenance.graph", "Show where a mix comes from, and what is missing."),
    "sign": ("outcross.cli.provenance.sign", "Sign for the bytes of a corpus, and for what is said of it."),
    "verify": ("outcross.cli.provenance.verify", "Say who signed, and whether the bytes are still those."),
}


@click.group("provenance", cls=Commands, known=COMMANDS)
def command() -> None:
    """Say where data come from, import and sign it, and check a mix against requirements."""
