"""Leftovers: refusals, openers and chat-template tokens that nobody cleaned away. A lower bound, no more.

Only phrases that hit nobody count here. Those that people write, too ("I'm sorry, but", "I hope this helps"), stay
figures of hygiene.
"""

from dataclasses import dataclass

import numpy as np

from outcross.canonical import digest
from outcross.estimate import Estimate, Unknown
from outcross.kernels import phrases
from outcross.kernels.traces import PHRASE_KEYS, TEMPLATES, template_tokens
from outcross.measure import Batch
from outcross.origin.calibration import Calibration
from outcross.origin.detector import Verdicts

PEOPLE_WRITE = frozenset({
    "i am unable to", "i m unable to", "i apologize but i", "i m sorry but", "i m not able", "i hope this helps",
})  # fmt: skip
"""Phrases of assistants that people write, too."""

MARKUP = frozenset({"<s>", "</s>"})
"""Template tokens that are HTML as well."""

COUNTED = Calibration(
    0, 13_291, "13,291 human texts of eight sources (news, stories, reviews, essays, abstracts, questions), mostly "
    "from before 2022; phrases that hit any of these were left out first, and text about assistants quotes them more",
)  # fmt: skip
"""Hits on human text, counted on 2026-11-22 on the development set."""

_BITS = sum(1 << number for number, phrase in enumerate(PHRASE_KEYS) if phrase not in PEOPLE_WRITE)


@dataclass(frozen=True)
class Leftovers:
    """Documents with leftovers of assistants.

    Attributes:
        templates: whether chat-template tokens count. Not for corpora that are formatted with templates on purpose.
        calibration: hits on human text; None where nobody has counted.
        name: of the detector.
        certain: never: people quote assistants.
    """

    templates: bool = True
    calibration: Calibration | None = COUNTED
    name: str = "leftovers"
    certain: bool = False

    @property
    def digest(self) -> str:
        """Of what is looked for."""
        return digest({
            "detector": self.name, "phrases": list(PHRASE_KEYS), "without": sorted(PEOPLE_WRITE),
            "templates": TEMPLATES.pattern if self.templates else None,
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
        })  # fmt: skip

    def false_positives(self) -> Estimate | Unknown:
        """Hits on human text that were counted."""
        if self.calibration is None:
            return Unknown("nobody has counted leftovers in human text of this kind")
        return self.calibration.finding("phrases and tokens looked up")

    def look(self, batch: Batch) -> Verdicts:
        """The documents with a leftover; the more kinds of it, the stronger."""
        found = phrases(batch, PHRASE_KEYS) & np.uint64(_BITS)
        tokens = self._tokens(batch)
        strength = np.bitwise_count(found).astype(np.float32) + np.array([bool(one) for one in tokens], np.float32)

        def reason(row: int) -> str:
            held = [phrase for number, phrase in enumerate(PHRASE_KEYS) if (int(found[row]) >> number) & 1]
            return "holds " + ", ".join(repr(one) for one in [*held, tokens[row]] if one)

        return Verdicts.of_synthetic(strength > 0, strength, reason)

    def _tokens(self, batch: Batch) -> list[str]:
        """The first template token of each document that is no markup; empty where there is none."""
        tokens = [""] * len(batch)
        if not self.templates:
            return tokens
        for row, seen in template_tokens(batch).items():
            tokens[row] = next((one for one in seen if one not in MARKUP), "")
        return tokens
