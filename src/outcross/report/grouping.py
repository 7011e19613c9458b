"""Groups of documents side by side: the largest first, and a few key figures."""

import re
from itertools import chain

from outcross.audits.record import Audit, Profile
from outcross.estimate import Estimate, Unknown
from outcross.report.chapters import by_chapter, row_of
from outcross.report.escape import shown
from outcross.report.numbers import plural, tell
from outcross.report.outline import Column, Groups, Table

MOST_GROUPS = 40
"""Groups that are shown; all of them are in the JSON record."""

MOST_IN_MATRIX = 6
"""Up to so many groups, all figures are shown side by side."""

KEY_FIGURES = ("documents", "length.mean", "distinct.2", "hill.1", "repetition.any", "duplicates.exact",
               "hygiene.phrases", "compression.ratio")  # fmt: skip
FIGURES_SHOWN = 7
GROUP_LIMIT = 60
UNMEASURED = Unknown("not measured")

_COMMON_SIZE = re.compile(r"rarefied to ([\d,]+) documents")


def groups_of(audit: Audit) -> Groups | None:
    """The groups side by side, or None where nobody asked for groups."""
    if not audit.groups:
        return None
    ordered = sorted(audit.groups.items(), key=lambda item: (-_documents(item[1]), item[0]))
    kept = ordered[:MOST_GROUPS]
    there = [name for name in KEY_FIGURES if any(name in group.figures for _, group in kept)][:FIGURES_SHOWN]
    figures = [row_of(name, Unknown("")) for name in there]
    cells = tuple(
        tuple(
            tell(group.figures.get(name, Unknown("not measured")), percent=figure.percent)
            for name, figure in zip(there, figures, strict=True)
        )
        for _, group in kept
    )
    return Groups(
        tuple(shown(name, GROUP_LIMIT) for name, _ in kept), tuple(figure.label for figure in figures), cells,
        tuple(figure.percent for figure in figures), _note(kept, len(ordered)),
        _matrix(kept) if len(ordered) <= MOST_IN_MATRIX else None,
    )  # fmt: skip


def _documents(group: Profile) -> float:
    finding = group.figures.get("documents")
    return finding.value if isinstance(finding, Estimate) else -1.0


def _note(kept: list[tuple[str, Profile]], groups: int) -> str:
    said = []
    if groups > len(kept):
        said.append(f"The {len(kept)} largest of {plural(groups, 'group')}; all are in the JSON record.")
    sizes = {size for _, group in kept for size in [_common_size(group)] if size}
    if len(sizes) == 1:
        said.append(f"Diversity is for samples of {sizes.pop()} documents of each group.")
    elif sizes:
        said.append("Diversity is for samples of different sizes: compare groups with care.")
    return " ".join(said)


def _common_size(group: Profile) -> str:
    """The number of documents that the group's diversity is rarefied to, as its method says."""
    finding = group.figures.get("distinct.2")
    found = _COMMON_SIZE.search(finding.method) if isinstance(finding, Estimate) else None
    return found[1] if found else ""


def _matrix(kept: list[tuple[str, Profile]]) -> Table:
    """All figures of all groups; a figure a row, a group a column."""
    everything = {name: finding for _, group in kept for name, finding in group.figures.items()}
    rows = []
    for name in chain.from_iterable(by_chapter(everything).values()):
        figure = row_of(name, Unknown(""))
        told = [tell(group.figures.get(name, UNMEASURED), percent=figure.percent) for _, group in kept]
        rows.append((figure.label, *(str(one) for one in told)))
    columns = (Column("figure", "text"), *(Column(shown(name, GROUP_LIMIT)) for name, _ in kept))
    return Table("groups:all", "All figures by group", columns, tuple(rows), bare=True)
