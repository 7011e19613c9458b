"""`outcross measures`: every figure and what it shows."""

import click

from outcross.measure import all_figures
from outcross.measures import families


@click.command("measures")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List all figures of an audit, or explain the one called NAME (or those that begin so)."""
    families()
    chosen = {key: figure for key, figure in all_figures().items() if name is None or key.startswith(name)}
    if not chosen:
        raise click.UsageError(f"There is no figure {name!r}; see: outcross measures")
    width = max(map(len, chosen))
    for key, figure in sorted(chosen.items()):
        compared = "compared" if figure.compared else "shown"
        click.echo(f"{key:<{width}}  {compared:<8}  {figure.meaning}")
    click.echo("\nWhat each shows reliably, what it cannot, and when a person should judge: docs/measures/.")
