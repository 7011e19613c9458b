"""`outcross runs`: what was run here."""

import json
from pathlib import Path

import click

from outcross.cli.options import workspace_option
from outcross.report.escape import visible
from outcross.workspace import Workspace


@click.command("runs")
@workspace_option
def command(workspace: Path) -> None:
    """List the runs of this workspace, the newest first."""
    with Workspace(workspace) as opened:
        rows = opened.store.runs()
    for row in rows:
        paths = json.loads(row["plan"]).get("paths", [])
        shown = paths[0] if paths else ""
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        click.echo(f"{row['id']}  {row['state']:<11}  {visible(shown)}{more}  {row['audit'] or ''}".rstrip())
    if not rows:
        click.echo("Nothing was run here yet.")
