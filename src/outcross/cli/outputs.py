"""`outcross outputs`: the index of what one's own models have emitted."""

from pathlib import Path
from typing import Any

import click

from outcross.auditing import Options
from outcross.cli.options import progress, source_options, workspace_option
from outcross.estimate import Estimate, Unknown
from outcross.origin.matching import NearOutputs, ParaphrasedOutputs
from outcross.origin.outputs import LEAST_WORDS, Added, OutputIndex
from outcross.report.escape import visible
from outcross.workspace import Workspace


@click.group("outputs")
def command() -> None:
    """Keep an index of what your own models have emitted, to match corpora against."""


@command.command("add")
@click.argument("paths", nargs=-1, required=True)
@click.option("--model", required=True, metavar="NAME", help="What made these outputs.")
@click.option("--keep-text", is_flag=True, help="Keep the texts, too: reviewers can be shown them as known outputs.")
@source_options
@workspace_option
def add(paths: tuple[str, ...], *, model: str, keep_text: bool, workspace: Path, **chosen: Any) -> None:
    """Add the outputs in PATHS to the index. Hashes are kept, not texts, unless you ask for them.

    Of chats take --turns assistant: what people asked is no output.
    """
    with progress() as watch, Workspace(workspace) as opened:
        index = opened.add_outputs(list(paths), model, Options(**chosen, no_text=not keep_text), watch)
    click.echo(_told(index.facts.added[-1]))
    click.echo(_size(index))
    if index.facts.calibrations:
        click.echo("Next: outcross audit CORPUS")
    else:
        click.echo("Next: outcross outputs calibrate HUMAN, so that near matches and paraphrases count as evidence")


@command.command("calibrate")
@click.argument("paths", nargs=-1, required=True)
@source_options
@workspace_option
def calibrate(paths: tuple[str, ...], *, workspace: Path, **chosen: Any) -> None:
    """Hold human text in PATHS against the index: how often is it hit by chance?

    Take text that people wrote, of the same kind as the corpora that you will audit: best from before 2022-11-30.
    """
    with progress() as watch, Workspace(workspace, make=False) as opened:
        index = opened.calibrate_outputs(list(paths), Options(**chosen), watch)
    click.echo(_rates(index))


@command.command("list")
@workspace_option
def list_(workspace: Path) -> None:
    """List what was added to the index, the newest last."""
    with Workspace(workspace, make=False) as opened:
        index = opened.outputs()
    for one in index.facts.added:
        click.echo(_told(one))


@command.command("info")
@workspace_option
def info(workspace: Path) -> None:
    """Show the size of the index, its density, and how often it hits human text."""
    with Workspace(workspace, make=False) as opened:
        index = opened.outputs()
    click.echo(_size(index))
    click.echo(f"  {index.digest}")
    click.echo(_rates(index))


def _told(one: Added) -> str:
    left_out = [f"{count:,} {why}" for count, why in (
        (one.short, f"of fewer than {LEAST_WORDS} words"), (one.repeated, "there already")) if count]  # fmt: skip
    told = f" (left out: {', '.join(left_out)})" if left_out else ""
    kept = ", with their texts" if one.texts else ""
    return f"{one.when}  {one.outputs:,} outputs of {visible(one.model)}{kept}{told}"


def _size(index: OutputIndex) -> str:
    share = "all" if not index.facts.level else f"one in {1 << index.facts.level}"
    return (
        f"The index holds {index.facts.outputs:,} outputs in {index.bytes / 1e6:,.1f} MB: a hash of each, "
        f"and of {share} of their word 3-grams"
    )


def _rates(index: OutputIndex) -> str:
    detectors = (NearOutputs(index), ParaphrasedOutputs(index))
    lines = [f"  {one.name:<20} {_rate(one.false_positives())}" for one in detectors]
    return "\n".join(["Human text that is hit by chance:", *lines])


def _rate(found: Estimate | Unknown) -> str:
    if isinstance(found, Unknown):
        return f"unknown: {found.reason}"
    low, high = found.interval()
    return f"{found.value:.2%} [{low:.2%}, {high:.2%}] of {found.n:,} documents"
