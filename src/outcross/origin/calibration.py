"""False positives that were counted: hits of a detector on documents whose origin is known."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from outcross.estimate import OF_DOCUMENTS, Estimate, Unknown
from outcross.measure import Batch
from outcross.origin.detector import Detector


@dataclass(frozen=True)
class Calibration:
    """Hits on documents of the other side.

    Attributes:
        hits: documents that were hit although they are of the other side.
        documents: documents that were looked at.
        of: what these documents are, for people.
    """

    hits: int
    documents: int
    of: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def finding(self, method: str, *, times: float = 1.0) -> Estimate | Unknown:
        """The rate of false positives, with the interval that this many documents allow (Wilson's).

        Args:
            method: how a hit comes about.
            times: by how much the rate may have grown since (a bound).
        """
        if not self.documents:
            return Unknown("no document of known origin was looked at")
        rate = min(self.hits * times / self.documents, 1.0)
        # A rate that has grown is known no better: as if it were counted on as many documents fewer.
        n = max(int(self.documents / max(times, 1.0)), 1)
        assumption = f"the corpus is hit by chance no more often than {self.of}"
        se = math.sqrt(rate * (1 - rate) / n)
        return Estimate(rate, se, math.inf, n, OF_DOCUMENTS, method, assumption, scale="share")


def calibrate(detector: Detector, batches: Iterable[Batch], of: str, *, synthetic: bool = False) -> Calibration:
    """Count a detector's hits on documents of one known side.

    Args:
        detector: is asked about each document.
        batches: documents that people wrote; with `synthetic`, documents that machines wrote.
        of: what they are, for people.
        synthetic: whether hits that say "human" are counted, on text by machines.
    """
    hits = documents = 0
    for batch in batches:
        found = detector.look(batch)
        hits += int(np.count_nonzero(found.human if synthetic else found.synthetic))
        documents += len(batch)
    return Calibration(hits, documents, of)
