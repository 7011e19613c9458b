"""Gold: documents whose origin is known, planted among the others, so that reviewers' errors can be measured.

Reviewers must not be able to tell gold from the sample by its looks. So gold is drawn to have lengths like those of
the sample, is mixed in at random places, and carries nothing that others do not carry.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outcross.errors import DataError
from outcross.measure import Array
from outcross.review.records import Truth, text_digest

FEWEST = 20
"""Gold items of each kind that are planted at least, where nobody asks for another number."""


@dataclass(frozen=True)
class Candidate:
    """A text of known origin.

    Attributes:
        document: its identifier where it is from.
        text: in full.
        truth: what it is.
        tokens: its words.
    """

    document: str
    text: str
    truth: Truth
    tokens: int


def usual(n: int) -> int:
    """How much gold of each kind is planted among n documents where nobody says: half as many, 20 at least."""
    return max(FEWEST, n // 2)


def planted(pool: Sequence[Candidate], lengths: Sequence[int], count: tuple[int, int], seed: int,
            taken: set[str]) -> list[Candidate]:  # fmt: skip
    """Draw gold of one kind, each as long as some document of the sample as far as the pool allows.

    Args:
        pool: texts of known origin, of one kind.
        lengths: words of each document in the sample.
        count: how many to draw, at least and at most.
        seed: of the draw.
        taken: digests of texts that are in the set already; what is drawn is added.

    Raises:
        DataError: the pool has fewer usable texts than must be drawn.
    """
    fresh: dict[str, Candidate] = {}
    for one in pool:
        key = text_digest(one.text)
        if one.text.strip() and key not in taken:
            fresh.setdefault(key, one)
    least, most = count
    if len(fresh) < least:
        kind = pool[0].truth if pool else "known"
        raise DataError(
            f"{least} {kind} documents were to be planted; there are {len(fresh)} that can be (not blank, no copies, "
            "not in the sample, not of the other kind as well).",
            hint="Give more of them, or plant fewer with --gold.",
        )
    random = np.random.default_rng([seed, 4, ord(pool[0].truth[0]) if pool else 0])
    keys = list(fresh)
    wished = np.asarray(lengths, np.float64)[random.integers(len(lengths), size=most)] if len(lengths) else None
    chosen = _closest([fresh[key].tokens for key in keys], wished, min(most, len(keys)), random)
    taken.update(keys[number] for number in chosen)
    return [fresh[keys[number]] for number in chosen]


def _closest(have: list[int], wished: Array | None, count: int, random: np.random.Generator) -> list[int]:
    """Numbers of the texts whose lengths come closest to the wished ones, on a log scale, each text once."""
    order = random.permutation(len(have))
    if wished is None:
        return [int(number) for number in order[:count]]
    logs = np.array([math.log1p(have[number]) for number in order])
    free = np.ones(len(order), bool)
    chosen = []
    for length in np.log1p(wished[:count]):
        gaps = np.where(free, np.abs(logs - length), np.inf)
        best = int(gaps.argmin())
        free[best] = False
        chosen.append(int(order[best]))
    return chosen


def mixed(count: int, seed: int) -> list[int]:
    """A random order of so many items; gold and sample are told apart by nothing in it."""
    return [int(number) for number in np.random.default_rng([seed, 5]).permutation(count)]
