"""`outcross provenance`: what data sources are said to be, whom to believe, and whether a mix may be trained on."""

import click

from outcross.cli.group import Commands

# Each command's module and what it does, as in `outcross.cli.group`.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("outcross.cli.provenance.check", "Hold a mix against the policy: what passes, and what would mend it."),
}


@click.group("provenance", cls=Commands, known=COMMANDS)
def command() -> None:
    """Say where data come from, import and sign it, and check a mix against requirements."""
