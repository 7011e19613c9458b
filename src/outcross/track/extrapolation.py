"""What more documents would show: coverage of a sample, and types beyond it.

Everything is a function of how many types are held by h of T documents, so it holds for words and n-grams alike. The
same formulas with individuals for documents are those for abundance data: there U, the incidences, is T itself.

Chao & Jost (2012), Ecology 93, 2533-2547, and Chao and others (2014), Ecological Monographs 84, 45-67: equations for
incidence data, tables 2 and C.1. Tested against the tables that iNEXT prints.
"""

from dataclasses import dataclass

from outcross.kernels import unseen
from outcross.measure import Array

FURTHEST = 2.0
"""Types are extrapolated to so many times the documents at most: beyond, the estimate rests on the assumption alone."""


@dataclass(frozen=True)
class Spectrum:
    """How many types are held by how many documents.

    Attributes:
        held: int64[u], increasing, 1 or more: documents that hold a type.
        types: int64[u], types that are held by so many.
        total: documents.
    """

    held: Array
    types: Array
    total: int

    @property
    def incidences(self) -> int:
        """Pairs of a type and a document that holds it."""
        return int(self.types @ self.held)

    def _of(self, count: int) -> int:
        """Types that are held by so many documents."""
        return int(self.types[self.held == count].sum())

    @property
    def never_seen(self) -> float:
        """Types that no document holds, at least: the lower bound of Chao (1987), with its correction for small T."""
        once, twice = self._of(1), self._of(2)
        pairs = once**2 / (2 * twice) if twice else once * (once - 1) / 2
        return (self.total - 1) / self.total * pairs if self.total else 0.0

    @property
    def _rest(self) -> float:
        """The share of the unseen mass that is still unseen after one more document."""
        once, unseen_types = self._of(1), self.never_seen
        if once == 0 or unseen_types == 0:
            return 0.0 if once == 0 else 1.0
        return self.total * unseen_types / (self.total * unseen_types + once)

    def richness(self, size: int) -> float:
        """Types expected among `size` documents: rarefied below T, extrapolated above.

        Args:
            size: documents, from 0 to FURTHEST times T.
        """
        seen = float(self.types.sum())
        if size <= self.total:
            return float(self.types @ (1 - unseen(self.held, self.total, size)))
        more = min(size, int(FURTHEST * self.total)) - self.total
        return seen + self.never_seen * (1 - self._rest**more)

    def coverage(self, size: int) -> float:
        """The share of the type occurrences of one more document that `size` documents are expected to hold, 0-1.

        Args:
            size: documents. With T or more, by the types that are held once and twice (Good 1953, as improved by Chao &
                Jost 2012); below, the estimator without bias of the coverage of a part.
        """
        if self.incidences == 0:
            return 0.0
        if size < self.total:
            missed = self.types * self.held / self.incidences * unseen(self.held - 1, self.total - 1, size)
            return float(1 - missed.sum())
        return float(1 - self._of(1) / self.incidences * self._rest ** (size - self.total + 1))

    def size_at(self, coverage: float) -> float:
        """The documents that have a coverage, up to T: between two whole numbers on the line that joins them.

        Coverage grows with every document, so halving finds it.
        """
        low, high = 0, self.total
        if coverage >= self.coverage(high):
            return float(high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.coverage(middle) <= coverage else (low, middle)
        below, above = self.coverage(low), self.coverage(high)
        return low + (coverage - below) / (above - below)

    def richness_at(self, coverage: float) -> float:
        """Types expected among the documents that have a coverage (Chao & Jost 2012)."""
        size = self.size_at(coverage)
        low = int(size)
        below = self.richness(low)
        return below if size == low else below + (size - low) * (self.richness(low + 1) - below)
