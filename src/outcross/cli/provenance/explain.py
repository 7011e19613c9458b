"""`outcross provenance explain`: what the fields of a provenance record mean."""

import json

import click

from outcross.provenance.fields import field_named
from outcross.provenance.glossary import FIELDS
from outcross.report.fields import fields_as_markdown, fields_as_text


@click.command("explain")
@click.argument("field", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "md"]), default="text", show_default=True,
              help="Form of the list.")  # fmt: skip
def command(field: str | None, form: str) -> None:
    """List the fields of a provenance record, or explain the one called FIELD (dotted, as in subject.digest).

    Each has its meaning, what it holds, when it is needed, where other standards say the same, which requirements read
    it, and what is easily read wrong.
    """
    chosen = list(FIELDS) if field is None else [field_named(field)]
    if form == "json":
        click.echo(json.dumps([one.to_dict() for one in chosen], indent=2))
        return
    click.echo(fields_as_markdown(chosen) if form == "md" else fields_as_text(chosen), nl=False)
