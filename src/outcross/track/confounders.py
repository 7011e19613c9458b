"""What besides collapse could make generations look different: named, with figures, never silently corrected."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from outcross.track.generation import Generation, Lineage
from outcross.track.pairing import OVERLAP, UNLIKE_LENGTHS
from outcross.track.record import Confounder
from outcross.track.told import Told

LANGUAGES_APART = 0.10
"""From this total variation on, language mixes are said to differ."""

SHARED_PROMPTS = 0.9
"""Below this share of common prompts, prompts are said to differ."""

UNLIKE_COVERAGE = 0.02
"""From this difference on, samples of one size are said to be differently complete."""

MOST_NAMED = 6


def confounders(lineage: Lineage, told: Mapping[str, Told], baseline: Generation) -> tuple[Confounder, ...]:
    """What could explain differences along a lineage besides collapse, warnings first.

    Args:
        lineage: the tracked generations.
        told: what each tells, by its name.
        baseline: what they are held against.
    """
    found = [*_of_descent(lineage), *_of_settings(lineage, baseline)]
    facts = {name: one.facts for name, one in told.items() if one.facts}
    for look in (_prompts, _languages, _lengths, _short, _units, _coverage, _overlaps, _kept):
        found += look(facts)
    return tuple(sorted(found, key=lambda one: one.level != "warning"))


def _of_descent(lineage: Lineage) -> Iterator[Confounder]:
    if lineage.missing:
        yield Confounder(
            "parents", "note", (), f"Parents that are not registered: {', '.join(lineage.missing)}. What happened "
            "between them and their children is not seen.",
        )  # fmt: skip
    if lineage.assumed:
        yield Confounder(
            "parents", "note", (), "No parents are named: generations are taken in the order in which they were "
            "registered. Name them with --parent.",
        )  # fmt: skip


def _of_settings(lineage: Lineage, baseline: Generation) -> Iterator[Confounder]:
    """Settings under which samples were drawn, which change diversity by themselves."""
    path = lineage.path if baseline.role == "human" else (baseline, *lineage.path)
    unnamed = [one.name for one in path if not one.decoding and one.samples is not None]
    named = [one for one in path if one.decoding]
    for before, after in pairwise(named):
        if dict(before.decoding) != dict(after.decoding):
            yield Confounder(
                "decoding", "warning", (after.name,), f"Samples of {after.name} were drawn with other settings than "
                f"those of {before.name}: {_difference(before.decoding, after.decoding)}. Low temperature, top-p and "
                "penalties change diversity by themselves.",
            )  # fmt: skip
    if unnamed:
        yield Confounder(
            "decoding", "note", tuple(unnamed), f"Decoding settings are not registered for {_names(unnamed)}: a change "
            "of temperature would look like a change of the model (--decoding).",
        )  # fmt: skip
    ways = {one.samples.of for one in lineage.path if one.samples is not None}
    if len(ways) > 1:
        yield Confounder(
            "text", "warning", (), "Some generations are tracked by their samples and others by what they were trained "
            "on: these are different things.",
        )  # fmt: skip


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return ", ".join(f"{name} {before.get(name, 'not set')} -> {after.get(name, 'not set')}" for name in names)


Facts = Mapping[str, Mapping[str, Any]]


def _prompts(facts: Facts) -> Iterator[Confounder]:
    other = [name for name, one in facts.items() if one["prompts"] is not None and one["prompts"] < SHARED_PROMPTS]
    if other:
        least = min(facts[name]["prompts"] for name in other)
        yield Confounder(
            "prompts", "warning", tuple(other), f"The prompts of {_names(other)} are not those of the baseline (as few "
            f"as {least:.0%} are common): another mix of prompts gives other texts.",
        )  # fmt: skip


def _languages(facts: Facts) -> Iterator[Confounder]:
    other = [name for name, one in facts.items() if one["languages"] > LANGUAGES_APART]
    if other:
        most = max(facts[name]["languages"] for name in other)
        yield Confounder(
            "languages", "warning", tuple(other), f"The language mix of {_names(other)} differs from the baseline's by "
            f"up to {most:.0%} of documents.",
        )  # fmt: skip


def _lengths(facts: Facts) -> Iterator[Confounder]:
    cut = [name for name, one in facts.items() if one["first_words"] is not None]
    if cut:
        ratios = [one["lengths"][0] / max(one["lengths"][1], 1e-9) - 1 for one in facts.values()]
        yield Confounder(
            "length", "note", tuple(cut), f"Documents are not as long as the baseline's ({min(ratios):+.0%} to "
            f"{max(ratios):+.0%}): measures that grow with a document's words look at its first "
            f"{_span([facts[name]['first_words'] for name in cut])} words in {_names(cut)}, where lengths differ by "
            f"more than {UNLIKE_LENGTHS:.0%} or as was asked.",
        )  # fmt: skip


def _short(facts: Facts) -> Iterator[Confounder]:
    apart = {name: one["words"][0] / max(one["words"][1], 1e-9) - 1 for name, one in facts.items()}
    cut = [name for name, one in facts.items() if one["first_words"] is not None]
    unequal = [name for name in cut if abs(apart[name]) > UNLIKE_LENGTHS]
    if unequal:
        most = max((apart[name] for name in unequal), key=abs)
        yield Confounder(
            "length", "warning", tuple(unequal), f"Documents of {_names(unequal)} still hold another number of the "
            f"words that are looked at than the baseline's ({most:+.0%}): their lengths are not made equal, and "
            "diversity grows with them. Choose fewer words (--first-words).",
        )  # fmt: skip


def _units(facts: Facts) -> Iterator[Confounder]:
    other = [name for name, one in facts.items() if one["one_each"]]
    if other:
        yield Confounder(
            "units", "note", tuple(other), f"Documents of {_names(other)} and of the baseline do not come in units "
            "alike (--cluster-by, prompts): many documents of few units are less diverse by themselves. Measures of how "
            "documents go together look at one document of each unit, which costs much of what could be seen.",
        )  # fmt: skip


def _coverage(facts: Facts) -> Iterator[Confounder]:
    """Samples of one size are differently complete where one is more diverse: it explains, and is no fault."""
    apart = {name: one["coverage"][0] - one["coverage"][1] for name, one in facts.items()}
    other = [name for name, by in apart.items() if abs(by) > UNLIKE_COVERAGE]
    if other:
        most = max(other, key=lambda name: abs(apart[name]))
        ours, theirs = facts[most]["coverage"]
        yield Confounder(
            "coverage", "note", tuple(other), f"Samples of one size are not equally complete: that of {most} holds "
            f"{ours:.0%} of the words of a further document, the baseline's {theirs:.0%}. Counts at one size make the "
            "difference look smaller than it is; see distinct words at equal coverage.",
        )  # fmt: skip


def _overlaps(facts: Facts) -> Iterator[Confounder]:
    common = [name for name, one in facts.items() if one["overlap"] >= OVERLAP]
    if common:
        most = max(facts[name]["overlap"] for name in common)
        yield Confounder(
            "overlap", "note", tuple(common), f"Up to {most:.0%} of the documents of {_names(common)} stand in the "
            "baseline as well: a generation that copies the baseline looks healthy. Errors allow for it.",
        )  # fmt: skip


def _kept(facts: Facts) -> Iterator[Confounder]:
    part = [name for name, one in facts.items() if one["documents"] < one["of"]]
    if part:
        yield Confounder(
            "size", "note", tuple(part), f"Of {_names(part)} a random part of the documents is kept and compared "
            f"(at least {min(facts[name]['documents'] for name in part):,}).",
        )  # fmt: skip


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def _span(values: Sequence[int]) -> str:
    return f"{min(values)}" if min(values) == max(values) else f"{min(values)} to {max(values)}"
