"""`outcross init`: a workspace."""

from pathlib import Path

import click

from outcross.founding import init
from outcross.gate.starting import STARTERS, Starter, starter


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--store", "url", metavar="ADDRESS",
              help="Keep rows in a PostgreSQL that a team shares: postgresql://USER@HOST:PORT/DATABASE (extra: "
              "postgres) [default: a file in .outcross/].")  # fmt: skip
@click.option("--policy", type=click.Choice(STARTERS),
              help="Add a policy to begin with to outcross.toml: what a training mix must show.")  # fmt: skip
def command(folder: Path, *, url: str | None, policy: Starter | None) -> None:
    """Make a workspace in FOLDER (default: this one): outcross.toml with its settings, and .outcross/ with its store.

    What is there already is never overwritten. The address of a store goes into outcross.toml; one with a password
    belongs into the environment variable OUTCROSS_STORE.
    """
    made = init(folder, url, None if policy is None else starter(policy))
    where = "this folder" if folder == Path() else str(folder)
    if not made:
        click.echo(f"Nothing to do: {where} is a workspace already.")
        return
    click.echo(f"Made {' and '.join(made)} in {where}.")
    if policy is not None:
        click.echo("Next: fill in the owners in outcross.toml, then: outcross provenance check MIX")
        return
    click.echo("Next: outcross audit CORPUS")
