"""`outcross provenance show`: one provenance record, for people."""

import json
from pathlib import Path

import click

from outcross.cli.options import colour, workspace_option
from outcross.provenance.completeness import completeness
from outcross.provenance.files import read_record
from outcross.provenance.parsing import record_from
from outcross.provenance.record import Record
from outcross.settings import is_workspace
from outcross.workspace import Workspace


@click.command("show")
@click.argument("named", metavar="FILE|NAME")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@workspace_option
def command(named: str, form: str, workspace: Path) -> None:
    """Show a provenance record: what is known, where each value was read, and what nobody said.

    It is in FILE, plain or signed; or the newest in the workspace of the source NAME, which may be a digest too.
    Whether to believe it is another matter: no signature is looked at.
    """
    record = _found(named, workspace)
    if form == "json":
        click.echo(json.dumps(record.to_dict() | {"digest": record.digest}, indent=2))
        return
    from outcross.report import record_to_text  # noqa: PLC0415 - only for those who read

    click.echo(record_to_text(record, completeness(record), colour=colour()), nl=False)


def _found(named: str, workspace: Path) -> Record:
    """The record in a file, or of a name where there is no such file and a workspace."""
    if Path(named).exists() or not is_workspace(workspace):
        return read_record(named)
    with Workspace(workspace, make=False) as opened:
        return record_from(opened.records.find(named), f"The record of {named!r}")
