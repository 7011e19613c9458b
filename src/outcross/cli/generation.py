"""`outcross generation`: register turns of the retraining cycle, list and show them."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from outcross.auditing import Options
from outcross.cli.options import colour, progress, reading_options, running_options, workspace_option
from outcross.errors import CallError
from outcross.registering import Registering
from outcross.track.generation import REGIMES, ROLES, Generation
from outcross.workspace import Workspace


@click.group("generation")
def command() -> None:
    """Register turns of the retraining cycle, list and show them."""


@command.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="generation",
    show_default=True,
    help="A turn of the cycle, the frozen human reference, or a turn trained on human text alone.",
)
@click.option("--parent", "parents", multiple=True, metavar="NAME", help="Generation it comes from (repeatable).")
@click.option("--samples", multiple=True, metavar="FILE", help="Texts that its model wrote (repeatable).")
@click.option(
    "--train",
    multiple=True,
    metavar="CORPUS[:TOKENS]",
    help="What it was trained on, with the tokens consumed, as in mix.jsonl:3.5B (repeatable).",
)
@click.option("--model", default="", metavar="DIGEST", help="Digest or address of the model.")
@click.option("--regime", type=click.Choice(REGIMES), help="How training data relate to earlier ones.")
@click.option("--decoding", multiple=True, metavar="KEY=VALUE", help="A setting of decoding, as in temperature=0.7.")
@click.option(
    "--eval",
    "evals",
    multiple=True,
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Scores of lm-eval or Inspect (JSON) or CSV; or held-out losses, a row a document.",
)
@click.option("--embeddings", metavar="FILE[:COLUMN]", help="FILE.npy or FILE.parquet:COLUMN, a row an item.")
@click.option("--cluster-by", metavar="C", help="Column of the sampling unit, where documents are not independent.")
@click.option("--prompt-column", metavar="C", help="Column of the prompt that a text answers.")
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="KEY=VALUE",
    help="Anything else, as in human_share_fresh=0.25 or, of the baseline, trivial_loss=6.9 (repeatable).",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@reading_options
@running_options
@click.option("--resume", is_flag=True, help="Go on from the finished shards of an interrupted pass.")
@click.option("--keep-text", is_flag=True, help="Let the audits of its texts keep examples; hashes are kept always.")
@workspace_option
def add(
    name: str,
    *,
    decoding: tuple[str, ...],
    facts: tuple[str, ...],
    keep_text: bool,
    form: str,
    workspace: Path,
    **chosen: Any,
) -> None:
    """Register a generation under NAME: what its model wrote, what it was trained on, how it did.

    Only NAME and one of --samples, --train are needed; what is left out narrows what can be said, and the report of
    `outcross track` says how. One audit pass reads each corpus; of its text only hashes are kept. Either all of it is
    registered or nothing: it can be interrupted at any moment.
    """
    known = {one.name for one in fields(Options)}
    options = Options(**{key: value for key, value in chosen.items() if key in known}, no_text=not keep_text)
    told = {key: value for key, value in chosen.items() if key not in known}
    asked = Registering(name, decoding=_settings(decoding), facts=_settings(facts), **told)
    with Workspace(workspace) as opened, progress() as watch:
        if asked.cluster_by is None:
            asked = replace(asked, cluster_by=opened.settings.track.cluster_by)
        made = opened.tracking.add(asked, options, watch)
    if form == "json":
        click.echo(_as_json(_told(made)))
        return
    texts = "" if made.samples is None else f"{made.samples.documents:,} documents, "
    click.echo(f"Registered {made.name} ({made.role}): {texts}digest {made.digest[7:19]}.")
    click.echo("Next: outcross track" if made.role == "generation" else "Next: outcross generation add NAME ...")


def _told(made: Generation) -> dict[str, Any]:
    """The record of a generation, with its digest."""
    return made.to_dict() | {"digest": made.digest}


def _as_json(told: Any) -> str:
    return json.dumps(told, indent=2, sort_keys=True)


def _settings(told: tuple[str, ...]) -> dict[str, Any]:
    """Settings given as KEY=VALUE; a value that is a number or true/false is one.

    Raises:
        CallError: one has no "=".
    """
    made = {}
    for one in told:
        key, equals, value = one.partition("=")
        if not (equals and key):
            raise CallError(f"{one!r} is no setting.", hint="Write KEY=VALUE, as in --decoding temperature=0.7")
        try:
            made[key] = json.loads(value, parse_constant=_no_number)
        except ValueError:
            made[key] = value
    return made


def _no_number(told: str) -> Any:
    raise ValueError(told)


@command.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@workspace_option
def list_(form: str, workspace: Path) -> None:
    """List all generations, in the order in which they were registered."""
    with Workspace(workspace, make=False) as opened:
        if form == "json":
            click.echo(_as_json([_told(one) for one in opened.tracking.generations()]))
            return
        nodes = opened.tracking.nodes()
    from outcross.report import generations_to_text  # noqa: PLC0415 - only for those who read

    click.echo(generations_to_text(nodes, colour=colour()))


@command.command("show")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@workspace_option
def show(name: str, form: str, workspace: Path) -> None:
    """Show what is registered of the generation NAME."""
    with Workspace(workspace, make=False) as opened:
        made = opened.tracking.generation(name)
    if form == "json":
        click.echo(_as_json(_told(made)))
        return
    from outcross.report import generation_to_text  # noqa: PLC0415 - only for those who read

    click.echo(generation_to_text(_told(made), colour=colour()))
