"""`outcross provenance graph`: where a mix comes from, drawn; and what is missing."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcross.cli.options import check_output, colour, output_option, progress, workspace_option, write
from outcross.errors import CallError
from outcross.report.escape import visible
from outcross.settings import is_workspace

if TYPE_CHECKING:
    from outcross.provenance.account import Account

FORMS = {".svg": "svg", ".json": "json"}


@click.command("graph")
@click.argument("mix", metavar="MIX")
@click.option("--format", "form", type=click.Choice(["text", "json", "svg"]), default=None,
              help="Form [default: by the name of -o FILE, else text].")  # fmt: skip
@output_option
@workspace_option
def command(mix: str, form: str | None, output: Path | None, workspace: Path) -> None:
    """Show what follows for a MIX from where its sources come from, draw its lineage, and list what is missing.

    MIX is a file of TOML or JSON (FILE#NAME for one of several mixes in it), or the name of a registered generation,
    whose training data are the mix. Shares and depth are intervals: what nobody proved stays possible. What is missing
    is listed by how much it would narrow the share.

    With -o FILE.svg the lineage is drawn, and what is missing goes to the terminal.
    """
    check_output(output, [mix])
    if output is not None and form is None and output.suffix not in FORMS:
        raise CallError(f"{output} is no name for a picture.", hint="End it in .svg or .json, or say --format.")
    chosen = form or (FORMS[output.suffix] if output is not None else "text")
    made = account_of(mix, workspace)
    write(_rendered(made, chosen), output)
    if output is not None:
        if chosen == "svg":
            click.echo(_rendered(made, "text"), nl=False, err=True)
        click.echo(f"Wrote {visible(output)}.", err=True)


def account_of(mix: str, workspace: Path) -> "Account":
    """What follows for the mix; without a workspace only files speak."""
    from outcross.sourcing import Sourcing  # noqa: PLC0415 - the store and what reads records, not for --help
    from outcross.workspace import Workspace  # noqa: PLC0415 - likewise

    with progress() as watch:
        if not is_workspace(workspace):
            return Sourcing(None).account(mix, watch)
        with Workspace(workspace, make=False) as opened:
            return opened.sources.account(mix, watch)


def _rendered(made: "Account", form: str) -> str:
    if form == "json":
        from outcross.provenance.graph import told_of  # noqa: PLC0415 - only for those who keep it

        return json.dumps(told_of(made, datetime.now(UTC).isoformat(timespec="seconds")), indent=2, sort_keys=True)
    from outcross import report  # noqa: PLC0415 - templates, only for those who read

    return report.lineage_to_svg(made) if form == "svg" else report.lineage_to_text(made, colour=colour())
