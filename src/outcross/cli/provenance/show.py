"""`outcross provenance show`: one provenance record, for people."""

import json

import click

from outcross.cli.options import colour
from outcross.provenance.completeness import completeness
from outcross.provenance.parsing import read_record


@click.command("show")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(file: str, form: str) -> None:
    """Show the provenance record in FILE: what is known, where each value was read, and what nobody said.

    Whether to believe it is another matter: no signature is looked at.
    """
    record = read_record(file)
    if form == "json":
        click.echo(json.dumps(record.to_dict() | {"digest": record.digest}, indent=2))
        return
    from outcross.report import record_to_text  # noqa: PLC0415 - only for those who read

    click.echo(record_to_text(record, completeness(record), colour=colour()), nl=False)
