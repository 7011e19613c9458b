"""The contract of a detector of origin, and of a text score."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from outcross.estimate import Estimate, Unknown
from outcross.measure import Array, Batch


@dataclass(frozen=True)
class Verdicts:
    """What a detector says of the documents of a batch.

    Attributes:
        synthetic: bool[n], it says "synthetic".
        human: bool[n], it says "human"; never both.
        strength: float32[n], larger is surer; 0 without a hit.
        reason: why, for row i; asked only for documents that are shown.
    """

    synthetic: Array
    human: Array
    strength: Array
    reason: Callable[[int], str]


@runtime_checkable
class Detector(Protocol):
    """Finds evidence of origin in documents. Picklable and deterministic.

    Attributes:
        name: stable, e.g. "declared" or "outputs.exact".
        certain: whether a hit is taken as true.
        digest: of its parameters and data: part of a run's plan.
    """

    name: str
    certain: bool
    digest: str

    def false_positives(self) -> Estimate | Unknown:
        """A bound on P(hit | document of the other side); exactly 0 for certain ones."""

    def look(self, batch: Batch) -> Verdicts:
        """What it says of each document."""


@runtime_checkable
class Scorer(Protocol):
    """Scores documents: a text score or a plug-in.

    Attributes:
        name: stable.
        digest: of its parameters and data: part of a run's plan.
    """

    name: str
    digest: str

    def score(self, batch: Batch) -> Array:
        """Like a posterior of "synthetic" in [0, 1], float32[n]; NaN where it refuses."""

    def refusals(self, batch: Batch) -> list[str | None]:
        """Why it refuses a document; None where it does not."""
