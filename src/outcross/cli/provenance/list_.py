"""`outcross provenance list`: the provenance records of a workspace."""

import json
from pathlib import Path

import click

from outcross.cli.options import colour, workspace_option
from outcross.provenance.parsing import record_from
from outcross.workspace import Workspace


@click.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@workspace_option
def command(form: str, workspace: Path) -> None:
    """List the provenance records of a workspace, in the order in which they were added.

    They are added with: outcross provenance import FILE --workspace FOLDER
    """
    with Workspace(workspace, make=False) as opened:
        records = [record_from(one, "A record of this workspace") for one in opened.records.records()]
    if form == "json":
        click.echo(json.dumps([one.to_dict() | {"digest": one.digest} for one in records], indent=2))
        return
    from outcross.report import records_to_text  # noqa: PLC0415 - only for those who read

    click.echo(records_to_text(records, colour=colour()), nl=False)
