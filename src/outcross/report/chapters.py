"""Which figure stands in which section, in which order, and which of them a short report shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from outcross.estimate import Estimate, Finding
from outcross.measure import Figure, all_figures
from outcross.measures import families
from outcross.report.escape import shown
from outcross.report.numbers import tell
from outcross.report.outline import Row

NAME_LIMIT = 60
METHOD_LIMIT = 300


@dataclass(frozen=True)
class Chapter:
    """A section's place in the report.

    Attributes:
        key: names it in links.
        title: its heading.
        starts: figures whose names start with one of these belong to it, in this order.
        brief: figures that a short report shows, by the start of their names.
    """

    key: str
    title: str
    starts: tuple[str, ...]
    brief: tuple[str, ...] = ("",)


CHAPTERS = (
    Chapter("size", "Size", ("documents", "words", "characters", "bytes", "empty.", "length."),
            ("documents", "words", "empty.", "length.")),
    Chapter("diversity", "Diversity", ("distinct.", "hill.", "coverage", "self_repetition", "compression.")),
    Chapter("words", "Words", ("types", "hapax.share", "tail.mass", "zipf.exponent", "entropy")),
    Chapter("repetition", "Repetition", ("repetition.any", "repetition.mean", "repetition."),
            ("repetition.any", "repetition.mean")),
    Chapter("duplicates", "Duplicates", ("duplicates.",)),
    Chapter("languages", "Languages and scripts", ("language.", "unspaced.share")),
    Chapter("hygiene", "Hygiene", ("hygiene.",)),
    Chapter("reference", "Against the reference", ("reference.", "tail.", "survival")),
    Chapter("other", "Other figures", ("",)),
)  # fmt: skip

HEADLINE = ("documents", "words", "distinct.2", "hill.1", "repetition.any", "duplicates.exact")
"""Figures that stand at the top of a report, where there are such."""


SHARE = "share"
"""The section on the synthetic share, which stands before all others."""


@cache
def catalogue() -> dict[str, Figure]:
    """Every figure that outcross knows, by name."""
    families()
    return all_figures()


def row_of(name: str, finding: Finding) -> Row:
    """A figure as a row; a figure that nobody registered goes by its name."""
    figure = catalogue().get(name)
    label, meaning, percent = shown(name, NAME_LIMIT), "", False
    if figure is not None:
        label, meaning, percent = figure.label, figure.meaning, figure.percent
    told = tell(finding, percent=percent)
    if not isinstance(finding, Estimate):
        return Row(shown(name, NAME_LIMIT), label, meaning, told, percent)
    return Row(
        shown(name, NAME_LIMIT), label, meaning, told, percent, shown(finding.unit), f"{finding.n:,}",
        shown(finding.method, METHOD_LIMIT), shown(finding.assumption, METHOD_LIMIT),
    )  # fmt: skip


def by_chapter(findings: Mapping[str, Finding]) -> dict[str, tuple[str, ...]]:
    """The names of the figures of every chapter, in the order that people read them in."""
    registered = {name: place for place, name in enumerate(catalogue())}
    placed: dict[str, list[tuple[int, int, str]]] = {chapter.key: [] for chapter in CHAPTERS}
    for name in findings:
        key, start = _place(name)
        placed[key].append((start, registered.get(name, len(registered)), name))
    return {key: tuple(name for *_, name in sorted(found)) for key, found in placed.items()}


def _place(name: str) -> tuple[str, int]:
    """The chapter of a figure, and how far down it stands."""
    return next(
        (chapter.key, number)
        for chapter in CHAPTERS for number, start in enumerate(chapter.starts) if name.startswith(start)
    )  # fmt: skip
