"""`outcross principals`: people and services who sign, and their keys."""

from pathlib import Path

import click

from outcross.cli.label import as_option, signed_in
from outcross.cli.options import workspace_option
from outcross.principals import key_id, load
from outcross.workspace import Workspace


@click.group("principals")
def command() -> None:
    """The people and services who sign here, and their keys."""


@command.command("list")
@workspace_option
def list_(workspace: Path) -> None:
    """List the principals of this workspace and their public keys."""
    with Workspace(workspace, make=False) as opened:
        found = opened.labels.kept.principals()
    for one in found:
        click.echo(f"{one.name}{'' if one.keys else '  (no key: others sign for them)'}")
        for public in one.keys:
            click.echo(f"  {key_id(public)}  {public}")
    if not found:
        click.echo("Nobody has signed anything here yet.")


@command.command("key")
@as_option
def key(principal: str | None) -> None:
    """Show your public key on this machine; it is made where there is none."""
    click.echo(signed_in(principal).public)


@command.command("endorse")
@click.argument("name")
@click.argument("public")
@workspace_option
def endorse(name: str, public: str, workspace: Path) -> None:
    """Add the key PUBLIC to the principal NAME, on the word of NAME's key on this machine.

    Several keys of one principal are one vote.
    """
    with Workspace(workspace, make=False) as opened:
        opened.labels.kept.endorse(public, load(name))
    click.echo(f"{name} may sign with {key_id(public)} too.")
