"""`outcross label`: samples of a corpus that people label."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from outcross.cli.options import check_output, harder_option, output_option, workspace_option, write
from outcross.corpus import Reading
from outcross.errors import CallError, DataError
from outcross.estimate import Estimate, Finding, Unknown
from outcross.labelling import Asked, Status
from outcross.origin.dates import CUTOFF
from outcross.origin.seeking import scorer
from outcross.principals import Signer, here, load_or_make
from outcross.report.escape import visible
from outcross.review.exchange import CONFIG, FORMS, Form
from outcross.workspace import Workspace

as_option = click.option("--as", "principal", metavar="NAME",
                         help="Who you are [default: $OUTCROSS_PRINCIPAL, else your login name].")  # fmt: skip


@click.group("label")
def command() -> None:
    """Label a sample of a corpus: draw it, work through it, see what it says."""


@command.command("start")
@click.argument("paths", nargs=-1, required=True)
@click.option("--name", metavar="NAME", help="Name of the set [default: labels-1, labels-2, ...].")
@click.option("--n", type=int, default=100, show_default=True, metavar="N", help="Documents of the corpus to draw.")
@click.option("--design", type=click.Choice(["uniform", "stratified", "active"]), default="uniform", show_default=True,
              help="All alike; in each group or fifth of scores; or middling scores more often.")  # fmt: skip
@click.option("--group-by", metavar="C", help="Column whose groups are the strata; @file for files.")
@click.option("--score", metavar="NAME", help="Text score: general, a file of `outcross origin fit`, or plugin:NAME.")
@click.option("--scores", type=click.Path(dir_okay=False), metavar="FILE",
              help="Parquet file with a score in [0, 1] of each id.")  # fmt: skip
@click.option("--score-column", default="score", show_default=True, metavar="C", help="Column of the scores.")
@click.option("--gold-synthetic", multiple=True, metavar="FILE", help="Texts known to be synthetic, to plant.")
@click.option("--gold-human", multiple=True, metavar="FILE", help="Texts known to be human, to plant.")
@click.option("--gold-outputs", is_flag=True, help="Plant texts of the output index (added with --keep-text).")
@click.option(
    "--gold-dates", metavar="C", help="Plant documents of the corpus captured before the cutoff, by this column."
)
@click.option("--cutoff", default=CUTOFF.isoformat(), show_default=True, metavar="DAY", help="Day of the cutoff.")
@click.option(
    "--gold", type=int, metavar="N", help="Planted texts of each kind [default: half of --n if there are, 20 at least]."
)
@click.option("--reviewers", type=int, default=1, show_default=True, metavar="N", help="Labels of a document.")
@click.option("--overlap", type=float, default=1.0, show_default=True, metavar="SHARE",
              help="Share of the documents that get all these labels; the others get one.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Seed of all draws.")
@click.option("--text-column", metavar="C", help="Column with the text; dotted for a nested one (meta.body).")
@click.option("--id-column", metavar="C", help="Column with identifiers.")
@click.option("--turns", type=click.Choice(["all", "assistant"]), default="all", show_default=True,
              help="Turns of chats to take.")  # fmt: skip
@as_option
@workspace_option
def start(paths: tuple[str, ...], *, principal: str | None, workspace: Path, group_by: str | None,
          text_column: str | None, id_column: str | None, turns: Any, score: str | None, gold_outputs: bool,
          **chosen: Any) -> None:  # fmt: skip
    """Draw a random sample of a corpus to be labelled, and plant documents of known origin in it.

    PATHS are what `outcross audit` reads. Each document's probability of being drawn is recorded, so that what is
    found in the sample holds for the corpus. Planted documents measure how often reviewers err; without them the
    result is marked "if reviewers are right".
    """
    signer = signed_in(principal)
    reading = Reading(text_column, id_column, group_by, turns)
    found = scorer(score)
    with Workspace(workspace) as opened:
        asked = Asked(**chosen, gold_outputs=str(opened.outputs_folder) if gold_outputs else None)
        made = opened.labels.start(list(paths), asked, signer, reading, None if found is None else found.score)
    plan = made.plan
    gold = plan["gold"]
    click.echo(f"{made.name}: {plan['n']:,} of {plan['corpus']['documents']:,} documents, {plan['design']} design, "
               f"seed {plan['seed']}; {gold['synthetic']} synthetic and {gold['human']} human planted.")  # fmt: skip
    click.echo(f"Corpus {plan['corpus']['root']}")
    click.echo(f"Set    {made.digest}, signed by {made.by}")
    if plan["corpus"]["quarantined"]:
        click.echo(f"{plan['corpus']['quarantined']:,} records could not be read, and cannot be drawn.")
    if not (gold["synthetic"] and gold["human"]):
        click.echo("Without planted documents of both kinds nobody knows how often reviewers err: the share will hold "
                   "only if they are right.")  # fmt: skip
    click.echo(f"Next: outcross label do {made.name}")


def signed_in(principal: str | None) -> Signer:
    """Whoever sits here, with their key; it is made on first use."""
    signer, fresh = load_or_make(principal or here())
    if fresh:
        click.echo(f"Made a key for {signer.name}: {signer.public}", err=True)
    return signer


@command.command("do")
@click.argument("name", required=False)
@as_option
@workspace_option
def do(name: str | None, *, principal: str | None, workspace: Path) -> None:
    """Label the documents of the set NAME (the newest by default), one key a document.

    You see a text and nothing else: neither its score, nor where it is from, nor whether it was planted. Every
    answer is on disk before the next text is shown, so stop whenever you like. On a pipe one line is one answer:
    human, partly, synthetic, unsure, skip, undo or quit.
    """
    from outcross.cli.screen import Session, work  # noqa: PLC0415 - only for those who label

    with Workspace(workspace, make=False) as opened:
        session = Session(opened.labels, opened.labels.get(name), signed_in(principal))
        try:
            work(session)
        finally:
            click.echo(f"{session.done} answered now, {session.left} left. See: outcross label status "
                       f"{session.labelled.name}", err=True)  # fmt: skip


@command.command("list")
@workspace_option
def list_(workspace: Path) -> None:
    """List the label sets of this workspace."""
    with Workspace(workspace, make=False) as opened:
        found = [opened.labels.get(name) for name in opened.labels.kept.names()]
    for one in found:
        paths = one.plan["corpus"]["paths"]
        click.echo(f"{one.name}  {one.plan['design']}, {one.plan['n']:,} documents, {len(one.gold)} planted  "
                   f"{visible(paths[0])}{f' and {len(paths) - 1} more' if len(paths) > 1 else ''}")  # fmt: skip
    if not found:
        click.echo("There is no label set here. Draw one with: outcross label start CORPUS")


@command.command("status")
@click.argument("name", required=False)
@click.option("--target", type=click.Choice(["partly", "fully"]), default="partly", show_default=True,
              help="What counts as synthetic: at least a part of a document, or all of it.")  # fmt: skip
@click.option("--unit", type=click.Choice(["documents", "tokens"]), default="documents", show_default=True,
              help="Share of documents, or of their words.")  # fmt: skip
@click.option("--without", multiple=True, metavar="NAME", help="Leave out this reviewer, with all they said.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Form of the report.")  # fmt: skip
@harder_option
@workspace_option
def status(name: str | None, *, target: Any, unit: Any, without: tuple[str, ...], harder: float, form: str,
           workspace: Path) -> None:  # fmt: skip
    """Show how far the set NAME is, what it says by now, and how many more labels a narrower interval needs."""
    with Workspace(workspace, make=False) as opened:
        found = opened.labels.status(name, target, unit, without, harder)
    if form == "json":
        click.echo(json.dumps(found.to_dict(), indent=2, sort_keys=True))
    else:
        click.echo("\n".join(told(found)))


def told(found: Status) -> Iterator[str]:
    """A status in words."""
    sample = found.collected.sample
    yield (f"{found.labelled.name}: {found.complete} of {len(found.labelled.items)} items complete, {found.labels} "
           f"labels; {len(sample) - found.passed} of {found.collected.drawn} drawn documents answered, "
           f"{sample.unsure - found.passed} of them cannot be told.")  # fmt: skip
    what = "at least partly" if found.collected.target == "partly" else "fully"
    unit = found.share.unit if isinstance(found.share, Estimate) else "share"
    yield f"{unit.capitalize()} {what} synthetic: {_finding(found.share)}"
    if found.passed:
        yield (f"{found.passed} drawn documents were skipped: as long as they have no answer, they count as documents "
               "of which nobody can tell.")  # fmt: skip
    yield from _needs(found)
    yield f"Agreement (Krippendorff's alpha): {_agreement(found.agreement)}"
    yield from _reviewers(found)
    if found.refused:
        yield f"{found.refused} labels do not count: their signatures do not hold."


def _finding(finding: Finding) -> str:
    if isinstance(finding, Unknown):
        return f"unknown: {finding.reason}"
    low, high = finding.interval()
    assumed = f"; {finding.assumption}" if finding.assumption else ""
    return f"{finding.value:.1%} [{low:.1%}, {high:.1%}] (95 %, n = {finding.n}{assumed})"


def _agreement(finding: Finding) -> str:
    if not isinstance(finding, Estimate):
        return f"unknown: {finding.reason}"
    low, high = finding.interval()
    return f"{finding.value:.2f} [{low:.2f}, {min(high, 1.0):.2f}] (95 %, {finding.n} items with two labels or more)"


def _needs(found: Status) -> Iterator[str]:
    wants = [(width, more) for width, more in found.needed.items() if more]
    if wants:
        pace = f", at {found.seconds:.0f} s each" if found.seconds >= 1 else ""
        yield ("More labels for a narrower interval: "
               + ", ".join(f"{more:,} for {width:.0%} in width" for width, more in wants) + pace + ".")  # fmt: skip


def _reviewers(found: Status) -> Iterator[str]:
    for one in found.reviewers:
        flag = "  FLAGGED: errs more on planted documents than is tolerated" if one.flagged else ""
        yield f"  {one.reviewer}: {one.gold} planted documents answered, {one.errors:g} wrongly{flag}"


@command.command("export")
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(FORMS), default="jsonl", show_default=True, help="Whose format.")
@click.option("--unblind", is_flag=True, help="With where each text is from: for auditors, not for reviewers.")
@click.option("--config", is_flag=True, help="Print Label Studio's labelling interface for these tasks, and end.")
@output_option
@workspace_option
def export(name: str | None, *, form: Form, unblind: bool, config: bool, output: Path | None, workspace: Path) -> None:
    """Write the set NAME for another tool: texts and answers, nothing of where a text is from."""
    if config:
        write(CONFIG, output)
        return
    check_output(output, [])
    with Workspace(workspace, make=False) as opened:
        made = opened.labels.written(name, form, unblind=unblind)
    if output is None and sys.stdout.isatty():
        # Texts of others: what steers a terminal must not reach one.
        made = "\n".join(map(visible, made.split("\n")))
    write(made, output)


@command.command("import")
@click.argument("file", type=click.Path(allow_dash=True))
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(FORMS), help="Whose format [default: found out].")
@click.option("--reviewer", metavar="NAME", default="", help="Whose answers they are, where FILE does not say.")
@as_option
@workspace_option
def import_(file: str, name: str | None, *, form: Form | None, reviewer: str, principal: str | None,
            workspace: Path) -> None:  # fmt: skip
    """Take over answers to the set NAME from FILE (- for the standard input). You sign for having taken them over.

    Answers that are here already are not taken twice, so a file may be imported again as it grows. Where nothing of
    a file can be used the exit code is 4.
    """
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CallError(f"{visible(file)} cannot be read: {error.strerror}.", hint="Check the path.") from None
    with Workspace(workspace, make=False) as opened:
        found = opened.labels.bring(name, data, signed_in(principal), form=form, reviewer=reviewer)
    known = f", {found.known} were here already" if found.known else ""
    click.echo(f"{found.added} labels taken over, {len(found.refused)} records refused{known}.")
    for reason in found.refused[:20]:
        click.echo(f"  {visible(reason)}", err=True)
    if len(found.refused) > 20:
        click.echo(f"  and {len(found.refused) - 20} more", err=True)
    if found.refused and not (found.added or found.known):
        raise DataError(f"Nothing in {visible(file)} could be used.", hint="Look at the reasons above.")
