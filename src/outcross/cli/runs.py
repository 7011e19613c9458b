"""`outcross runs`: what was run here."""

import json
from pathlib import Path

import click

from outcross.cli.options import workspace_option
from outcross.report.escape import visible
from outcross.workspace import Workspace


@click.command("runs")
@click.option("--prune", is_flag=True, help="Delete what finished runs left on disk; their audits stay.")
@workspace_option
def command(workspace: Path, *, prune: bool) -> None:
    """List the runs of this workspace, the newest first.

    A finished run keeps its merged states, so that --resume can hold them against another reference without a second
    reading. Runs that a later one of the same data and options has superseded are pruned by themselves.
    """
    with Workspace(workspace, make=False) as opened:
        if prune:
            count, freed = opened.prune()
            runs = "1 finished run" if count == 1 else f"{count:,} finished runs"
            click.echo(f"Freed {freed / 1e6:,.1f} MB of {runs}. Audits stay; a later --resume reads again.")
            return
        rows = opened.store.runs()
    for row in rows:
        paths = json.loads(row["plan"]).get("paths", [])
        shown = paths[0] if paths else ""
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        click.echo(f"{row['id']}  {row['state']:<11}  {visible(shown)}{more}  {row['audit'] or ''}".rstrip())
    if not rows:
        click.echo("Nothing was run here yet.")
