"""The corpus side of every estimator: how many documents and tokens have which score."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from outcross.errors import CallError
from outcross.estimate import OF_DOCUMENTS, OF_TOKENS

Unit = Literal["documents", "tokens"]

Target = Literal["fully", "partly"]
"""What counts as synthetic: a document that is so fully, or one that is so at least partly."""

BINS = 256

MIDPOINTS: NDArray[np.float64] = (np.arange(BINS) + 0.5) / BINS
"""The score that stands for each bin, 0-1."""

UNSCORED = 0.5
"""The score that stands for a document that was not scored, in the corpus and among the labelled alike."""

UNITS: dict[Unit, str] = {"documents": OF_DOCUMENTS, "tokens": OF_TOKENS}


@dataclass(frozen=True)
class Scores:
    """Histograms of a corpus, a group or a stratum: mergeable, and all that the estimators need of it.

    Attributes:
        documents: int64[256], documents with a score in [b/256, (b+1)/256).
        tokens: int64[256], tokens of those documents.
        unscored_documents: documents that the score refused (language, length, code, tables).
        unscored_tokens: their tokens.
    """

    documents: NDArray[np.int64]
    tokens: NDArray[np.int64]
    unscored_documents: int = 0
    unscored_tokens: int = 0

    def __post_init__(self) -> None:
        for name in ("documents", "tokens"):
            shape = np.shape(getattr(self, name))
            if shape != (BINS,):
                raise CallError(f"Scores.{name} has the shape {shape}.", hint=f"Give {BINS} bins.")

    def __add__(self, other: "Scores") -> "Scores":
        return Scores(
            self.documents + other.documents, self.tokens + other.tokens,
            self.unscored_documents + other.unscored_documents, self.unscored_tokens + other.unscored_tokens,
        )  # fmt: skip

    @classmethod
    def nothing_scored(cls, documents: int, tokens: int) -> "Scores":
        """A corpus without a score: labels alone still work."""
        return cls(np.zeros(BINS, np.int64), np.zeros(BINS, np.int64), documents, tokens)

    def histogram(self, unit: Unit) -> NDArray[np.int64]:
        """The histogram in this unit."""
        return self.documents if unit == "documents" else self.tokens

    def unscored(self, unit: Unit) -> int:
        """What was not scored, in this unit."""
        return self.unscored_documents if unit == "documents" else self.unscored_tokens

    def total(self, unit: Unit) -> int:
        """Everything, scored or not, in this unit."""
        return int(self.histogram(unit).sum()) + self.unscored(unit)

    def mean(self, unit: Unit) -> float:
        """The mean score over everything, the unscored at `UNSCORED`."""
        scored = float(self.histogram(unit) @ MIDPOINTS)
        return (scored + UNSCORED * self.unscored(unit)) / max(self.total(unit), 1)


def binned(score: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores at the midpoints of their bins, as the histograms hold them; NaN (unscored) becomes `UNSCORED`.

    Labelled and unlabelled documents must go through the same function of the text: so the labelled are binned too.
    """
    bins = np.clip(np.nan_to_num(np.asarray(score, np.float64), nan=0.0) * BINS, 0, BINS - 1).astype(np.int64)
    found: NDArray[np.float64] = np.where(np.isnan(score), UNSCORED, MIDPOINTS[bins])
    return found
