"""Scripts and languages at a glance."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from outcross.estimate import Unknown
from outcross.kernels import SCRIPTS, jackknife_groups, native, words
from outcross.kernels.languages import LANGUAGES, languages_of
from outcross.measure import GROUPS, Array, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.jackknife import Told, by_group, ratio, share
from outcross.measures.states import Sums

NEVER_SEGMENTED = ("Lao", "Khmer", "Myanmar", "Tibetan")
"""Scripts without spaces that no segmenter here can split."""

MOST_UNSPACED = 0.10
"""Above this share of letters in scripts without spaces, figures that count words are Unknown."""


@measure
class Languages:
    """Documents by language and script, and the share of text that has no spaces between words."""

    name: ClassVar[str] = "languages"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("language.first", "most frequent language", "Share of documents in the most frequent language.",
               percent=True, compared=True, margin="points"),
        Figure("unspaced.share", "letters in scripts without spaces", "Share of letters in scripts that put no space "
               "between words.", percent=True, compared=True, margin="points"),
    )  # fmt: skip

    def look(self, batch: Batch, caps: Caps) -> Sums:
        """Documents by language, letters by script, by jackknife group."""
        groups = jackknife_groups(batch).astype(np.int64)
        found = words(batch)
        pairs = np.bincount(groups * len(LANGUAGES) + languages_of(batch), minlength=GROUPS * len(LANGUAGES))
        languages = pairs.reshape(GROUPS, len(LANGUAGES)).astype(np.int64)
        letters = np.stack([by_group(groups, column) for column in found.scripts.T], axis=1)
        unspaced = by_group(groups, found.marks[:, native.UNSPACED_LETTERS])
        return Sums({"languages": languages, "letters": letters, "unspaced": unspaced})

    read = staticmethod(Sums.from_bytes)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """Shares and two tables."""
        state: Sums = states[self.name]
        documents = states["size"]["documents"]
        totals = state["languages"].sum(axis=0)
        letters = state["letters"].sum(axis=0)
        findings = Findings()
        findings.figures["language.first"] = share(
            state["languages"][:, int(totals.argmax())], documents, unit="share of documents",
            method="function words and scripts: a glance, not a language identifier",
        )  # fmt: skip
        findings.figures["unspaced.share"] = (
            ratio(state["unspaced"], np.maximum(state["letters"].sum(axis=1), state["unspaced"]),
                  Told(int(documents.sum()), "share of letters", "counted", scale="share"))
            if letters.sum() else Unknown("no letters")
        )  # fmt: skip
        findings.tables["languages"] = _rows(LANGUAGES, totals, "documents")
        findings.tables["scripts"] = _rows(SCRIPTS, letters, "letters")
        return findings


def unspaced_share(states: Mapping[str, Any], *, segmented: bool = False) -> float:
    """Share of letters in scripts without spaces that no segmenter has split."""
    state: Sums = states["languages"]
    letters = state["letters"].sum(axis=0)
    left = (
        sum(int(letters[SCRIPTS.index(name)]) for name in NEVER_SEGMENTED)
        if segmented
        else int(state["unspaced"].sum())
    )
    return left / max(int(letters.sum()), 1)


def _rows(names: tuple[str, ...], counts: Array, unit: str) -> list[dict[str, Any]]:
    order = np.argsort(-counts, kind="stable")
    return [
        {"name": names[row], unit: int(counts[row]), "share": float(counts[row] / max(counts.sum(), 1))}
        for row in order if counts[row]
    ]  # fmt: skip
