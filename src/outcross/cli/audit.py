"""`outcross audit`: what is in a corpus."""

import shlex
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcross.auditing import Auditing, Options
from outcross.audits.record import Audit
from outcross.cli.declaring import declared_in, told_apart
from outcross.cli.options import (
    check_output,
    colour,
    form_of,
    format_option,
    harder_option,
    output_option,
    progress,
    reading_options,
    running_options,
    workspace_option,
    write,
)
from outcross.errors import DataError
from outcross.origin.dates import CUTOFF
from outcross.origin.declared import Declarations
from outcross.workspace import Workspace

if TYPE_CHECKING:
    from outcross.cli.provenance.sealing import Sealing


@click.command("audit")
@click.argument("paths", nargs=-1, required=True)
@reading_options
@click.option("--group-by", metavar="C", help="Profile groups of documents by this column; @file groups by file.")
@click.option("--max-groups", type=int, default=64, show_default=True, metavar="N", help="Groups that are profiled.")
@click.option("--reference", metavar="NAME", help="Hold the text against this frozen human reference (name or file).")
@click.option("--declared", metavar="C", help="Column that declares the origin of each document (human, synthetic).")
@click.option(
    "--sources",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="CSV or JSON that lists groups (--group-by) with their origin, or provenance records (several, or a folder).",
)
@click.option(
    "--sources-by", default="group", show_default=True, metavar="KEY", help="What it lists: group, id or a column."
)
@click.option("--doubt-human", is_flag=True, help="Believe only declarations of synthetic text.")
@click.option("--dates", metavar="C", help="Column with the capture date; text from before the cutoff is human.")
@click.option("--cutoff", default=CUTOFF.isoformat(), show_default=True, metavar="DAY", help="Day of the cutoff.")
@click.option("--score", metavar="NAME", help="Text score: general, a file of `outcross origin fit`, or plugin:NAME.")
@click.option(
    "--watermarks",
    multiple=True,
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="JSON that describes a keyed watermark (may be given several times).",
)
@click.option("--no-outputs", is_flag=True, help="Do not match against the output index of the workspace.")
@click.option(
    "--synthetic-means",
    type=click.Choice(["partly", "fully"]),
    default="partly",
    show_default=True,
    help="What counts as synthetic: documents that are so at least partly, or fully.",
)
@harder_option
@click.option("--sample", type=int, metavar="N", help="Audit about N documents, drawn at random.")
@click.option("--max-time", type=float, metavar="SECONDS", help="Read parts in random order, so long.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Seed of random draws.")
@click.option(
    "--scores",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write scores of each document to this Parquet file, keyed by id.",
)
@click.option("--no-text", is_flag=True, help="Keep no text of documents in the report and the store.")
@click.option("--no-copies", is_flag=True, help="Do not look for copies (saves disk space).")
@click.option(
    "--max-quarantined",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    metavar="SHARE",
    help="Exit with 4 when a larger share of records could not be read.",
)
@click.option(
    "--manifest",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a signed manifest of the corpus there, from the same reading.",
)
@click.option("--sign-as", metavar="NAME", help="Who signs it [default: $OUTCROSS_PRINCIPAL, else your login name].")
@click.option("--resume", is_flag=True, help="Go on from the finished shards of an earlier run of this audit.")
@click.option("--no-store", is_flag=True, help="Leave no .outcross/ folder behind; the run cannot be resumed.")
@running_options
@workspace_option
@format_option
@output_option
def command(paths: tuple[str, ...], *, form: str | None, output: Path | None, workspace: Path, no_store: bool,
            max_quarantined: float, manifest: Path | None, sign_as: str | None, **chosen: Any) -> None:  # fmt: skip
    """Audit a corpus: how much is synthetic, size, diversity, rare words, repetition, copies, languages, traces.

    PATHS are files (JSON Lines, Parquet, CSV, Arrow, text, WARC; .gz and .zst), folders, patterns, addresses
    (s3://, hf://) or - for the standard input. Every figure comes with its interval; figures that depend on the
    size of a corpus are brought to a common one. The synthetic share stands on a ladder of assumptions, from what
    is known to what labels of a random sample say; without either it cannot be established, and the report says so.
    """
    chosen["sources"], records = told_apart(chosen["sources"])
    known = {one.name for one in fields(Options)}
    options = Options(**{name: value for name, value in chosen.items() if name in known})
    check_output(output, paths)
    sealing = None
    if manifest is not None or sign_as is not None:
        from outcross.cli.provenance.sealing import sealing_of  # noqa: PLC0415 - keys, only for those who sign

        sealing = sealing_of(paths, manifest, sign_as)
    with progress() as watch:
        told = declared_in(records, paths, options, workspace, watch) if records else Declarations()
        if no_store:
            made = _audited(Auditing(list(paths), options, watch, None, declarations=told), sealing)
        else:
            with Workspace(workspace) as opened:
                made = _audited(Auditing(list(paths), options, watch, opened.store, declarations=told), sealing)
    write(rendered(made, form_of(form, output), next_steps(made, paths)), output)
    if output is not None:
        click.echo(f"Wrote {output}.", err=True)
    _refuse_bad_data(made, max_quarantined)


def _audited(auditing: Auditing, sealing: "Sealing | None") -> Audit:
    """The audit; its manifest is signed and written first where one is wanted."""
    return auditing.run() if sealing is None else sealing.run(auditing)


def next_steps(made: Audit, paths: tuple[str, ...]) -> list[str]:
    """What one might do next, as commands."""
    corpus = shlex.join(paths)
    steps = [f"outcross audit {corpus} --resume -o audit.html   (the same as a page with pictures)"]
    if made.reference is None:
        steps.append("outcross reference build HUMAN-CORPUS --name human   (then audit with --reference human)")
    if made.share is not None and not made.share.established:
        steps.append(f"outcross label start {corpus} --n 100   (so that the synthetic share can be established)")
    steps.append(f"outcross compare {corpus} OTHER-CORPUS   (what differs, at a common size)")
    return steps


def rendered(made: Audit, form: str, steps: list[str]) -> str:
    """The audit in one of its forms."""
    if form == "json":
        return made.to_json()
    from outcross.report import to_html, to_markdown, to_text  # noqa: PLC0415 - templates, only for those who read

    if form == "text":
        return to_text(made, colour=colour(), next_steps=steps)
    return {"md": to_markdown, "html": to_html}[form](made)


def _refuse_bad_data(made: Audit, most: float) -> None:
    """Too much quarantined is bad data, whatever the figures of the rest say."""
    documents = getattr(made["documents"], "value", 0.0)
    set_aside = made.quarantine["count"]
    if set_aside and set_aside / (set_aside + documents) > most:
        raise DataError(
            f"{set_aside:,} records or files of {set_aside + documents:,.0f} could not be read, more than {most:.0%}.",
            hint="See the quarantine in the report; --max-quarantined sets the limit.",
        )
