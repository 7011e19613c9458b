"""Repetition inside documents, by the rules of Rae et al. 2021 (Gopher), appendix A1.1."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from outcross.kernels import chosen_part, jackknife_groups, line_counts, repetition
from outcross.measure import Array, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.jackknife import Told, by_group, ratio, share
from outcross.measures.states import Sums

# name, label, threshold of Rae et al. 2021 table A1; a document above it breaks the rule.
RULES: tuple[tuple[str, str, float], ...] = (
    ("lines", "repeated lines", 0.30),
    ("paragraphs", "repeated paragraphs", 0.30),
    ("line_characters", "bytes in repeated lines", 0.20),
    ("paragraph_characters", "bytes in repeated paragraphs", 0.20),
    ("top_2gram", "most frequent 2-gram", 0.20),
    ("top_3gram", "most frequent 3-gram", 0.18),
    ("top_4gram", "most frequent 4-gram", 0.16),
    ("5grams", "repeated 5-grams", 0.15),
    ("6grams", "repeated 6-grams", 0.14),
    ("7grams", "repeated 7-grams", 0.13),
    ("8grams", "repeated 8-grams", 0.12),
    ("9grams", "repeated 9-grams", 0.11),
    ("10grams", "repeated 10-grams", 0.10),
)

_PARTS = 1_000_000


LINE_RULES = 4
"""The first rules look at lines and paragraphs, of every document; the others at n-grams."""


def repeated_shares(batch: Batch, every: int = 1) -> Array:
    """Of each document, the share that repeats, by rule: float64[n, 13] in the order of RULES.

    N-grams are looked at in 1 of `every` documents (see `kernels.chosen_part`); the others' shares are 0.
    """
    lines = line_counts(batch).counts
    ngrams = repetition(batch, every)
    wholes = np.stack([lines[:, 0], lines[:, 4], lines[:, 2], lines[:, 6], *[ngrams[:, 0]] * 9], axis=1)
    parts = np.concatenate([lines[:, [1, 5, 3, 7]], ngrams[:, 1:]], axis=1)
    shares: Array = np.minimum(parts / np.maximum(wholes, 1), 1.0)
    return shares


@measure
class Repetition:
    """Documents that repeat themselves."""

    name: ClassVar[str] = "repetition"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("repetition.any", "documents that repeat themselves", "Share of documents that break at least one of "
               "the thirteen repetition rules of Rae et al. 2021.", percent=True, compared=True, deciding=True,
               margin="points"),
        *(Figure(f"repetition.{name}", f"{label} above {limit:.0%}", f"Share of documents in which {label} make up "
                 f"more than {limit:.0%}.", percent=True, compared=True, margin="points")
          for name, label, limit in RULES),
        Figure("repetition.mean", "mean share in repeated 5-grams", "Share of a document's characters that lie in a "
               "5-gram seen before in it, averaged over documents.", percent=True, compared=True, margin="points"),
    )  # fmt: skip

    def look(self, batch: Batch, caps: Caps) -> Sums:
        """Documents above each threshold, by jackknife group."""
        every = caps.repetition_every
        shares = repeated_shares(batch, every)
        groups = jackknife_groups(batch)
        part = chosen_part(batch, every)
        above = shares > np.array([limit for _, _, limit in RULES])
        parts = np.round(shares[:, 7] * _PARTS).astype(np.int64)
        return Sums({
            "documents": by_group(groups[part]),
            "any": by_group(groups[part], np.asarray(above[part].any(axis=1))),
            "hits": np.stack([by_group(groups, column) for column in above.T]),
            "parts": by_group(groups, parts),
        })  # fmt: skip

    read = staticmethod(Sums.from_bytes)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """Shares of documents."""
        state: Sums = states[self.name]
        every, part = states["size"]["documents"], state["documents"]
        told = {"unit": "share of documents", "method": "Rae et al. 2021, table A1"}
        findings = Findings({"repetition.any": share(state["any"], part, **told)})
        for row, (name, _, _) in enumerate(RULES):
            among = every if row < LINE_RULES else part
            findings.figures[f"repetition.{name}"] = share(state["hits"][row], among, **told)
        findings.figures["repetition.mean"] = ratio(
            state["parts"], part * _PARTS,
            Told(int(part.sum()), "share of characters", "mean over documents", scale="share"),
        )  # fmt: skip
        return findings
