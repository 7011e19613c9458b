"""Rung 1: a lower bound from human text of the same sources that is older than the generators."""

import numpy as np
from numpy.typing import NDArray

from outcross.estimate import OF_DOCUMENTS, Estimate, Finding, Unknown
from outcross.estimate.laws import Above
from outcross.shares.scores import BINS, Scores

ASSUMPTION = (
    "human documents of these sources score today as they did before the cutoff (style, length and topics have not "
    "drifted), and dated documents were captured before it; one-sided: no generator is assumed"
)

FEWEST = 20
"""With fewer dated documents in a half no bound is drawn."""

FALSE_POSITIVES = 0.05
"""The share of the first half above the threshold, at most."""


def dated_bound(
    first: NDArray[np.int64], second: NDArray[np.int64], corpus: Scores, total: int | None = None
) -> Finding:
    """A one-sided lower bound of the synthetic share of documents.

    The first half of the dated human documents sets the threshold (its 95 % quantile), the second half says how many
    humans exceed it, the corpus how many documents do: (p_low - f_high) / (1 - f_high), each at half the error.
    Unscored documents count as human here.

    Args:
        first: int64[256], scores of one half of the dated human documents (split by document hash, not by order).
        second: int64[256], scores of the other half.
        corpus: the documents in question, the dated ones not among them.
        total: all documents, where the share is to be of these; None for those in question.

    Returns:
        An Estimate whose interval is [bound, 1], its value the uncorrected excess; Unknown with too few documents.
    """
    scored, everything = int(corpus.documents.sum()), total or corpus.total("documents")
    if min(int(first.sum()), int(second.sum())) < FEWEST:
        return Unknown(
            f"fewer than {2 * FEWEST} human documents dated before the cutoff, of the same sources, were scored"
        )
    if scored == 0:
        return Unknown("no document of the corpus was scored")
    threshold = threshold_of(first)
    law = Above(
        hits=int(corpus.documents[threshold:].sum()), n=scored, human_hits=int(second[threshold:].sum()),
        human_n=int(second.sum()), part=scored / everything,
    )  # fmt: skip
    above, human = law.hits / law.n, law.human_hits / law.human_n
    excess = max((above - human) / (1 - human), 0.0) * law.part if human < 1 else 0.0
    return Estimate(
        value=max(excess, law.interval(0.95)[0]), se=0.0, df=float("inf"), n=law.human_n, unit=OF_DOCUMENTS,
        method=f"excess over dated human documents above the score {threshold / BINS:.2f}, one-sided",
        assumption=ASSUMPTION, law=law,
    ).rounded()  # fmt: skip


def threshold_of(histogram: NDArray[np.int64]) -> int:
    """The first bin from which on at most 5 % of the histogram lies; 256 where the last bin alone holds more."""
    above = np.cumsum(histogram[::-1])[::-1] / histogram.sum()
    rare = np.flatnonzero(above <= FALSE_POSITIVES)
    return int(rare[0]) if len(rare) else BINS
