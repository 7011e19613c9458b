"""Reviewers who fail gold items, flagged by a test that may be looked at after every answer.

The null hypothesis is that a reviewer errs on gold with a probability of at most `TOLERATED`, whatever came before.
Against it bets are placed: before each gold answer a share of the wealth on "wrong" at fair odds. Under the null the
wealth is a supermartingale, so it ever reaches 1 / alpha with a probability of at most alpha (Ville 1939), at whatever
moment one looks. The wealth is averaged over several sizes of the bet. Source: Waudby-Smith and Ramdas (2024),
Estimating means of bounded random variables by betting, J. R. Stat. Soc. B 86(1), 1-27.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from outcross.review.records import Item, Label, Truth

TOLERATED = 0.25
"""The share of errors on gold that is tolerated; honest people err on 10 to 15 % of such texts."""
ALPHA = 0.01
"""The probability with which a reviewer who errs no more than tolerated is ever flagged, over all looks."""
BETS = np.linspace(0.1, 0.9, 9)
"""Sizes of the bet, as shares of the largest one that cannot ruin."""
MOST = 500.0
"""Logarithm of the wealth beyond which it is no longer counted."""


@dataclass(frozen=True)
class Standing:
    """How a reviewer did on gold.

    Attributes:
        reviewer: the principal.
        gold: gold items answered; errors: how many of them wrongly, "cannot tell" counting half.
        wealth: what the bets have made of 1 at best so far.
        flagged: whether the reviewer has been shown to err more than tolerated.
    """

    reviewer: str
    gold: int
    errors: float
    wealth: float
    flagged: bool


def error_of(answer: str, truth: Truth) -> float:
    """How wrong an answer to a gold item is: 0, 1, or a half for "cannot tell".

    "Partly" is right for synthetic gold: a machine had its hand in it.
    """
    if answer == "unsure":
        return 0.5
    return float((answer == "human") != (truth == "human"))


def wealth(errors: Sequence[float], tolerated: float = TOLERATED) -> float:
    """The most that bets against "errs at most as tolerated" ever held, having begun with 1.

    Args:
        errors: in the order in which the answers were given, each in [0, 1].
        tolerated: the largest mean under the null hypothesis.
    """
    shares = BETS / tolerated
    steps = np.log1p(shares[:, None] * (np.asarray(errors, np.float64)[None, :] - tolerated))
    held = np.exp(np.minimum(np.cumsum(steps, axis=1), MOST))
    return float(held.mean(axis=0).max(initial=1.0))


def standings(labels: Iterable[Label], items: Mapping[int, Item], alpha: float = ALPHA) -> list[Standing]:
    """How every reviewer did on gold, by name; alpha is shared among them.

    Args:
        labels: that stand, in the order in which they were given.
        items: by number.
        alpha: the probability that anybody who errs no more than tolerated is ever flagged.
    """
    errors: dict[str, list[float]] = {}
    for label in labels:
        mine = errors.setdefault(label.reviewer, [])
        truth = items[label.item].truth
        if truth is not None:
            mine.append(error_of(label.answer, truth))
    needed = max(len(errors), 1) / alpha
    return [
        Standing(reviewer, len(mine), sum(mine), held := wealth(mine), held >= needed)
        for reviewer, mine in sorted(errors.items())
    ]
