"""`outcross compare`: what differs between two corpora."""

import json
from pathlib import Path
from typing import Any

import click

from outcross.auditing import Options
from outcross.audits.compare import Comparison
from outcross.cli.options import (
    check_output,
    colour,
    form_of,
    format_option,
    output_option,
    progress,
    reading_options,
    running_options,
    write,
)
from outcross.comparing import compared


@click.command("compare")
@click.argument("a")
@click.argument("b")
@reading_options
@running_options
@click.option("--reference", metavar="NAME", help="Hold both against this frozen human reference (name or file).")
@click.option(
    "--margin",
    type=float,
    default=0.20,
    show_default=True,
    metavar="SHARE",
    help="Relative change that 'no change' must have been able to show.",
)
@format_option
@output_option
@click.pass_context
def command(ctx: click.Context, /, a: str, b: str, *, margin: float, form: str | None, output: Path | None,
            **chosen: Any) -> None:  # fmt: skip
    """Compare two corpora, or two audits saved with --format json, at a common size.

    Exit 0 when nothing differs and a change of the margin would have been seen, 1 when something differs beyond
    noise, 4 when there is too little data to say.
    """
    options = Options(**chosen)
    check_output(output, [a, b])
    with progress() as watch:
        comparison = compared(a, b, options, margin=margin, watch=watch)
    write(rendered(comparison, form_of(form, output)), output)
    ctx.exit(comparison.exit_code)


def rendered(comparison: Comparison, form: str) -> str:
    """The comparison in one of its forms."""
    if form == "json":
        return json.dumps(comparison.to_dict(), indent=2, sort_keys=True)
    from outcross import report  # noqa: PLC0415 - templates, only for those who read

    if form == "text":
        return report.comparison_to_text(comparison, colour=colour())
    return {"md": report.comparison_to_markdown, "html": report.comparison_to_html}[form](comparison)
