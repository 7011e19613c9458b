"""`outcross reference`: frozen human references."""

from pathlib import Path
from typing import Any

import click

from outcross.auditing import Options
from outcross.audits.reference import Reference
from outcross.cli.options import progress, reading_options, running_options, workspace_option
from outcross.workspace import Workspace, kept_reference


@click.group("reference")
def command() -> None:
    """Make and show frozen references: human text that corpora are held against."""


@command.command("build")
@click.argument("paths", nargs=-1, required=True)
@click.option("--name", default="human", show_default=True, help="Name of the reference.")
@reading_options
@running_options
@workspace_option
def build(paths: tuple[str, ...], *, name: str, workspace: Path, **chosen: Any) -> None:
    """Freeze a human corpus as a reference, by the digest of its contents.

    Its documents are split into two disjoint halves: one defines the vocabulary and its tail, the other says what
    unchanged human text scores. A reference is never changed: a new one gets a new name.
    """
    with progress() as watch, Workspace(workspace) as opened:
        made = opened.build_reference(list(paths), name, Options(**chosen), watch)
        click.echo(_described(made))
        click.echo(f"Kept in {opened.store.reference_path(name)}")
        click.echo(f"Next: outcross audit CORPUS --reference {name}")


@command.command("list")
@workspace_option
def list_(workspace: Path) -> None:
    """List the references of this workspace."""
    with Workspace(workspace, make=False) as opened:
        found = opened.references()
    for reference in found:
        click.echo(_described(reference))
    if not found:
        click.echo("There is no reference here. Make one with: outcross reference build CORPUS --name human")


@command.command("show")
@click.argument("name")
@workspace_option
def show(name: str, workspace: Path) -> None:
    """Show a reference by its name or file."""
    click.echo(_described(kept_reference(name, workspace)))


def _described(reference: Reference) -> str:
    facts = reference.facts
    lines = [
        f"{reference.name}: {reference.digest}",
        f"  made of {facts['documents']:,} documents "
        f"({', '.join(f'{half}: {count:,}' for half, count in facts['halves'].items())}), root {facts['root']}",
        f"  {facts['words']:,} words, {facts['types']:,} distinct; the tail: {facts['tail_types']:,} words that occur "
        f"at most {facts['tail_limit']} times",
    ]
    for name, finding in reference.baseline.figures.items():
        told = finding.to_dict()
        if "unknown" in told:
            lines.append(f"  {name} of human text: unknown: {told['unknown']}")
        else:
            lines.append(f"  {name} of human text: {told['value']:.2%} [{told['low']:.2%}, {told['high']:.2%}]")
    sizes = ", ".join(
        f"{margin} with {needed:,}" if needed else f"{margin}: unknown"
        for margin, needed in facts["enough_for"].items()
    )
    lines.append(f"  to see a change in tail share of {sizes} documents on each side")
    return "\n".join(lines)
