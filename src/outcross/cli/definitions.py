"""`outcross definitions`: what is meant by collapse, and how it is tested."""

import json

import click

from outcross.report.definitions import definitions_as_markdown, definitions_as_text
from outcross.track.definitions import definition, definitions


@click.command("definitions")
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "md"]), default="text", show_default=True,
              help="Form of the list.")  # fmt: skip
def command(name: str | None, form: str) -> None:
    """List the named definitions of model collapse, or explain the one called NAME.

    Each has an operational test, the data that it needs, and a boundary beyond which it says that it does not know.
    """
    chosen = list(definitions().values()) if name is None else [definition(name)]
    if form == "json":
        click.echo(json.dumps([one.to_dict() for one in chosen], indent=2))
        return
    click.echo(definitions_as_markdown(chosen) if form == "md" else definitions_as_text(chosen), nl=False)
