"""The contract of evidence of origin: a detector says "synthetic" or "human" of documents, a scorer how likely.

    Batch -> look -> Verdicts          evidence, cheapest and surest first, each hit with its reason
    Batch -> score -> float32[n]       what is left over, between 0 and 1; NaN where a document is refused

Detectors and scorers are picklable, since they go to worker processes; they hold big data by memory map; and what
they say of a document depends on nothing but the document and their digest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from outcross.errors import FaultError
from outcross.estimate import OF_DOCUMENTS, Estimate, Unknown, counted
from outcross.measure import Array, Batch


def _no_reason(row: int) -> str:
    return f"nothing was found in row {row}"


@dataclass(frozen=True)
class Verdicts:
    """What a detector says of the documents of a batch.

    Attributes:
        synthetic: bool[n], says "synthetic".
        human: bool[n], says "human"; never both.
        strength: float32[n], larger is surer, 0 without a hit; orders the documents that are shown.
        reason: why, for a row with a hit; called only for documents that are shown.
    """

    synthetic: Array
    human: Array
    strength: Array
    reason: Callable[[int], str] = _no_reason

    def __post_init__(self) -> None:
        """Refuse verdicts that contradict themselves.

        Raises:
            FaultError: lengths differ, or a row is called both.
        """
        if not len(self.synthetic) == len(self.human) == len(self.strength):
            raise FaultError("The verdicts of a detector differ in length.")
        if (self.synthetic & self.human).any():
            raise FaultError("A detector calls a document both synthetic and human.")

    @property
    def hits(self) -> Array:
        """Rows of which anything is said, bool[n]."""
        either: Array = self.synthetic | self.human
        return either

    @classmethod
    def none(cls, n: int) -> "Verdicts":
        """No verdict on any of n documents."""
        return cls(np.zeros(n, np.bool_), np.zeros(n, np.bool_), np.zeros(n, np.float32))

    @classmethod
    def of_synthetic(cls, hits: Array, strength: Array, reason: Callable[[int], str]) -> "Verdicts":
        """Hits, bool[n], that all say "synthetic"; strength is taken where there is a hit."""
        return cls(hits, np.zeros(len(hits), np.bool_), np.where(hits, strength, 0).astype(np.float32), reason)


@runtime_checkable
class Detector(Protocol):
    """Evidence that says "synthetic" or "human" of single documents. A detector a file.

    Attributes:
        name: stable and dotted, e.g. "outputs.near".
        certain: whether a hit is taken as true: such hits bound the share without a further correction.
        digest: of its parameters and data; part of a run's plan.
    """

    @property
    def name(self) -> str:
        """Stable and dotted."""

    @property
    def certain(self) -> bool:
        """Whether a hit is taken as true."""

    @property
    def digest(self) -> str:
        """Of its parameters and data."""

    def false_positives(self) -> Estimate | Unknown:
        """A bound on P(hit | document of the other side): exactly 0 for certain ones, else what is known of it."""

    def look(self, batch: Batch) -> Verdicts:
        """What it says of each document."""


@runtime_checkable
class Scorer(Protocol):
    """A text score, or somebody's own detector.

    Attributes:
        name: stable.
        digest: of its parameters and data; part of a run's plan.
    """

    @property
    def name(self) -> str:
        """Stable."""

    @property
    def digest(self) -> str:
        """Of its parameters and data."""

    def score(self, batch: Batch) -> Array:
        """How likely each document is synthetic, float32[n] in [0, 1]; NaN where it was refused."""

    def refusals(self, batch: Batch) -> list[str | None]:
        """Why a document has no score; None where it has one."""


def taken_as_true(assumption: str) -> Estimate:
    """The false positives of evidence that is taken as true: none, under this assumption."""
    none = counted(0.0, n=0, unit=OF_DOCUMENTS)
    return Estimate(none.value, none.se, none.df, none.n, none.unit, "taken as true", assumption)
