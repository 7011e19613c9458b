"""`outcross track`: what a lineage has lost against the human baseline."""

import shlex
from pathlib import Path

import click

from outcross.cli.options import check_output, colour, form_of, format_option, output_option, workspace_option, write
from outcross.track.record import Track
from outcross.workspace import Workspace


@click.command("track")
@click.argument("head", metavar="[LINEAGE]", required=False)
@click.option("--baseline", metavar="NAME", help="Hold it against this generation [default: the human reference].")
@click.option("--reference", metavar="NAME", help="Frozen reference that defines the tail (name or file).")
@click.option(
    "--criterion",
    "criteria",
    multiple=True,
    metavar="MEASURE[:WAY]",
    help="What decides, the primary one first; WAY is falls, rises or both (repeatable).",
)
@click.option("--alpha", type=float, metavar="SHARE", help="False alarms over all looks and criteria [default: 0.05].")
@click.option("--looks", type=int, metavar="N", help="Number of looks, fixed before the first [default: no end].")
@click.option("--first-words", type=int, metavar="N", help="Look at the first N words where words grow with length.")
@click.option(
    "--margin",
    type=float,
    metavar="SHARE",
    help="Loss of the primary measure that 'no alarm' must rule out [default: 0.2].",
)
@format_option
@output_option
@workspace_option
@click.pass_context
def command(ctx: click.Context, /, head: str | None, *, criteria: tuple[str, ...], form: str | None,
            output: Path | None, workspace: Path, **chosen: object) -> None:  # fmt: skip
    """Hold each generation of a lineage against the fixed human baseline, and say what is lost beyond noise.

    LINEAGE is the name of its newest generation; it can be left out where there is only one. False alarms stay below
    --alpha over all looks together, however often one looks. Settings of [track] in outcross.toml are the defaults.

    Exit 0 no alarm, 1 alarm of loss or drift, 3 people must judge, 4 not enough data to say.
    """
    check_output(output, [])
    with Workspace(workspace, make=False) as opened:
        made = opened.track(head, criteria, chosen)
    write(rendered(made, form_of(form, output)), output)
    if output is not None:
        click.echo(f"{made.says}\nWrote {output}.", err=True)
    ctx.exit(made.exit_code)


def rendered(made: Track, form: str) -> str:
    """The track in one of its forms."""
    if form == "json":
        return made.to_json()
    from outcross import report  # noqa: PLC0415 - templates, only for those who read

    if form == "text":
        page = f"outcross track {shlex.quote(made.head)} -o track.html   (the same as a page with pictures)"
        return report.track_to_text(made, colour=colour(), next_steps=[page])
    return {"md": report.track_to_markdown, "html": report.track_to_html}[form](made)
