"""Who is to answer which item next, when several people work on one set at the same time."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from outcross.review.records import Item

LEASE = 900.0
"""Seconds for which an item that somebody was shown is kept for them."""


def wanted(count: int, reviewers: int, overlap: float, seed: int) -> list[int]:
    """How many reviewers are to answer each of so many items.

    Args:
        count: of items.
        reviewers: labels of an item that several are to answer.
        overlap: share of the items that several are to answer; the others get one label.
        seed: of the draw.
    """
    several = math.ceil(overlap * count) if reviewers > 1 else 0
    chosen = np.random.default_rng([seed, 6]).permutation(count)[:several]
    made = np.ones(count, np.int64)
    made[chosen] = reviewers
    return [int(one) for one in made]


def open_items(items: Sequence[Item], answered: Mapping[int, Collection[str]], leased: Mapping[int, Collection[str]],
               reviewer: str, aside: Iterable[int] = ()) -> list[Item]:  # fmt: skip
    """The items that are left for a reviewer, the next one first.

    Args:
        items: in the order of the set.
        answered: by item, who has answered it.
        leased: by item, who is looking at it now.
        reviewer: who asks.
        aside: items that the reviewer skipped: they come last, in the order in which they were skipped.
    """
    last = {number: place for place, number in enumerate(dict.fromkeys(aside))}
    left = []
    for item in items:
        done, now = answered.get(item.number, ()), leased.get(item.number, ())
        others = sum(one != reviewer and one not in done for one in now)
        if reviewer not in done and len(done) + others < item.wanted:
            left.append(item)
    return sorted(left, key=lambda item: last.get(item.number, -1))
