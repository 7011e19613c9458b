"""`outcross provenance check`: may this mix be trained on?"""

import shlex
from pathlib import Path

import click

from outcross.cli.options import check_output, colour, output_option, workspace_option, write
from outcross.gate.record import Verdict
from outcross.report.escape import visible
from outcross.workspace import Workspace

FORMS = {".json": "json", ".md": "md", ".html": "html", ".htm": "html", ".xml": "junit"}


@click.command("check")
@click.argument("mix")
@click.option("--policy", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Hold it against the policy in FILE [default: that of outcross.toml].")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json", "md", "html", "junit"]), default=None,
              help="Form of the report [default: by the name of -o FILE, else text].")  # fmt: skip
@output_option
@workspace_option
@click.pass_context
def command(
    ctx: click.Context, mix: str, *, policy: Path | None, form: str | None, output: Path | None, workspace: Path
) -> None:
    """Hold MIX against every requirement of the policy: what passes, what does not, why, and what would mend it.

    MIX is a file that says which sources are mixed and how many tokens of each, or the name of a generation. Shares and
    depths are intervals; the unfavourable end decides, and what is not known does not pass.

    Exit 0 pass, 1 pause or block (which one is in the JSON), 3 people must decide.
    """
    check_output(output, [mix, *([str(policy)] if policy else [])])
    with Workspace(workspace, make=False) as opened:
        verdict = opened.check(mix, policy)
    chosen = form or FORMS.get(output.suffix if output else "", "text")
    write(rendered(verdict, chosen, mix), output)
    if output is not None:
        click.echo(f"{verdict.outcome.upper()}  {visible(verdict.says)}\nWrote {visible(output)}.", err=True)
    ctx.exit(verdict.exit_code)


def rendered(verdict: Verdict, form: str, mix: str) -> str:
    """The verdict in one of its forms."""
    from outcross import report  # noqa: PLC0415 - templates, only for those who read

    if form == "text":
        page = f"outcross provenance check {shlex.quote(mix)} -o verdict.html   (the same as a page with pictures)"
        return report.verdict_to_text(verdict, colour=colour(), next_steps=[page])
    return {
        "json": report.verdict_to_json, "md": report.verdict_to_markdown, "html": report.verdict_to_html,
        "junit": report.verdict_to_junit,
    }[form](verdict)  # fmt: skip
