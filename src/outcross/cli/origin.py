"""`outcross origin`: the text score."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from outcross.cli.options import check_output, output_option
from outcross.corpus import FILE_GROUP, Reading
from outcross.errors import CallError
from outcross.kernels import warm
from outcross.origin.fit import fit, read_examples
from outcross.origin.score import PACKAGED, TextScore, load
from outcross.origin.trying import tried
from outcross.report.escape import visible


@click.group("origin")
def command() -> None:
    """Fit, show and try a text score: how like synthetic text a document is.

    A score is a predictor. It ranks documents; its threshold drifts on text it was not fitted to.
    """


@command.command("fit")
@click.option("--human", "human", multiple=True, required=True, metavar="PATH", help="Text of people; may be repeated.")
@click.option("--synthetic", "synthetic", multiple=True, required=True, metavar="PATH",
              help="Text of models like those to be found; may be repeated.")  # fmt: skip
@click.option("--source-column", metavar="C", help="Column with the source of each document [default: its file].")
@click.option("--text-column", metavar="C", help="Column with the text; dotted for a nested one (meta.body).")
@click.option("--language", default="en", show_default=True, metavar="L", help="Documents in others are not scored.")
@click.option("--name", default="own", show_default=True, help="Name of the score.")
@output_option
def fit_(*, human: tuple[str, ...], synthetic: tuple[str, ...], output: Path | None, **chosen: Any) -> None:
    """Fit a score to your own references; seconds on one core.

    What is told of it is held out: five folds of documents, and each source left out whole. Best are texts of
    the kinds and from the sources that you will score, and outputs of instruct models: outputs of base models
    are not told from people's text, and spoil the score for the rest.
    """
    if output is None:
        raise CallError("A score needs a file to be written to.", hint="Give -o FILE.")
    check_output(output, [*human, *synthetic])
    warm(lambda told: click.echo(told, err=True))
    reading = Reading(text_column=chosen["text_column"], group_by=chosen["source_column"] or FILE_GROUP)
    sides = [read_examples(list(paths), reading, chosen["language"]) for paths in (human, synthetic)]
    made = fit(sides[0], sides[1], chosen["name"], chosen["language"])
    made.save(output)
    click.echo(described(made))
    click.echo(f"Kept in {output}")


@command.command("show")
@click.argument("score", default=PACKAGED)
@click.option("--json", "as_json", is_flag=True, help="All of it, as JSON.")
def show(*, score: str, as_json: bool) -> None:
    """Show what a score was fitted to and how well it does on what it has not seen.

    SCORE is a file that "outcross origin fit" wrote; "general", the default, comes with outcross.
    """
    found = load(score)
    if as_json:
        told = {"name": found.name, "digest": found.digest, "language": found.language, "facts": found.facts}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    click.echo(described(found))


@command.command("try")
@click.argument("paths", nargs=-1, required=True)
@click.option("--score", "score", default=PACKAGED, show_default=True, metavar="FILE", help="The score to try.")
@click.option("--group-by", metavar="C", help="Tell of groups by this column; @file groups by file.")
@click.option("--text-column", metavar="C", help="Column with the text; dotted for a nested one (meta.body).")
def try_(*, paths: tuple[str, ...], score: str, **chosen: Any) -> None:
    """Score documents and show how the scores are spread: a look at a score, not a share.

    The share of documents above one half is no estimate of the synthetic share: on unseen text it was 15 to 28
    points off.
    """
    warm(lambda told: click.echo(told, err=True))
    reading = Reading(text_column=chosen["text_column"], group_by=chosen["group_by"])
    found = load(score)
    click.echo(f"{visible(found.name)}: not calibrated here; no share of synthetic text can be read from this")
    for name, row in tried(found, list(paths), reading).items():
        click.echo(f"{visible(name)}: {row.documents:,} documents, {row.scored:,} scored" + _spread(row.quantiles))
        for reason, count in row.refused.items():
            click.echo(f"  not scored: {count:,}, {reason}")


def _spread(quantiles: tuple[float, ...]) -> str:
    if not quantiles:
        return ""
    low, middle, high = (f"{one:.3f}" for one in quantiles)
    return f"; scores {low} (10 %), {middle} (half), {high} (90 %)"


def described(score: TextScore) -> str:
    """What a score was fitted to, and its figures on what it had not seen."""
    lines = [f"{visible(score.name)}: {score.digest}", f"  scores documents in {score.language}"]
    for side in ("human", "synthetic"):
        lines += _side(side, score.facts.get(side, {}))
    if "held_out" in score.facts:
        lines.append("On documents that were held out, from the same sources:")
        lines += [f"  {told}: {_figure(score.facts['held_out'].get(name, {}))}" for name, told in _FIGURES.items()]
    left_out = score.facts.get("left_out", [])
    lines.append("On sources that were left out whole:" if left_out else _NONE_LEFT_OUT)
    return "\n".join(lines + [_source(row) for row in left_out])


_NONE_LEFT_OUT = (
    "No source was left out whole: without it one side would have no documents. So nobody knows how the score does on "
    "other sources; name the column that tells them with --source-column, or give several files a side."
)
_FIGURES = {
    "auroc": "ranked rightly (AUROC)", "found_at_1_percent": "synthetic found at 1 % false alarms",
    "synthetic_called": "synthetic called synthetic", "human_called": "human called synthetic",
}  # fmt: skip


def _side(side: str, facts: Mapping[str, Any]) -> list[str]:
    if not facts:
        return []
    lines = [f"  {side}: {facts['documents']:,} documents from {len(facts['sources']):,} sources"]
    return lines + [f"    not used: {count:,}, {reason}" for reason, count in facts["not_used"].items()]


def _figure(told: Mapping[str, Any]) -> str:
    if "value" not in told:
        return f"unknown: {told.get('unknown', 'not measured')}"
    return f"{told['value']:.1%} [{told['low']:.1%}, {told['high']:.1%}]"


def _source(row: Mapping[str, Any]) -> str:
    called = [f"{side} called synthetic {_figure(row['called'][side])}"
              for side, count in row["documents"].items() if count]  # fmt: skip
    return f"  {visible(row['source'])}: AUROC {_figure(row['auroc'])}; {'; '.join(called)}"
