"""Traces of machines and of tampering in the text: to clean up, never a proof of origin."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from outcross.kernels import jackknife_groups, native, ngrams, words
from outcross.kernels.traces import PHRASE_KEYS, template_tokens
from outcross.measure import Array, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.jackknife import by_group, share
from outcross.measures.states import Sums

KINDS: tuple[tuple[str, str, str], ...] = (
    ("templates", "chat-template leftovers", "a chat-template token or header"),
    ("phrases", "assistant phrases", "a refusal or opener of an assistant"),
    ("invisible", "invisible characters", "zero-width or formatting characters where they spell nothing"),
    ("confusable", "mixed-script words", "a word that mixes Latin with Greek or Cyrillic letters"),
    ("control", "control characters", "control characters"),
    ("replacement", "replacement characters", "U+FFFD, where text was lost in decoding"),
)


def hygiene_flags(batch: Batch, cap: int) -> Array:
    """Which traces each document holds: bool[n, 6], columns in the order of KINDS.

    `cap` is that of the samples of types, which are made in the same walk over the text.
    """
    marks = words(batch).marks
    templates = np.zeros(len(batch), np.bool_)
    templates[list(template_tokens(batch))] = True
    phrases = ngrams(batch, PHRASE_KEYS, cap).phrases != 0
    counted = [marks[:, column] > 0 for column in
               (native.INVISIBLES, native.CONFUSABLES, native.CONTROLS, native.REPLACEMENTS)]  # fmt: skip
    return np.stack([templates, phrases, *counted], axis=1)


@measure
class Hygiene:
    """Leftovers of chat templates and assistants, invisible and confusable characters."""

    name: ClassVar[str] = "hygiene"
    figures: ClassVar[tuple[Figure, ...]] = tuple(
        Figure(f"hygiene.{name}", label, f"Share of documents that hold {what}.", percent=True, compared=True,
               margin="points")
        for name, label, what in KINDS
    )  # fmt: skip

    def look(self, batch: Batch, caps: Caps) -> Sums:
        """Documents with each trace, by jackknife group."""
        groups = jackknife_groups(batch)
        return Sums(
            {"hits": np.stack([by_group(groups, column) for column in hygiene_flags(batch, caps.sampled_types).T])}
        )

    read = staticmethod(Sums.from_bytes)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """Shares of documents."""
        documents = states["size"]["documents"]
        return Findings({
            f"hygiene.{name}": share(hits, documents, unit="share of documents", method="counted")
            for (name, _, _), hits in zip(KINDS, states[self.name]["hits"], strict=True)
        })  # fmt: skip
