"""A series in one line of text: eight heights, a dot for what is not known, arrows below the looks that alarm."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

BLOCKS = "▁▂▃▄▅▆▇█"
NOT_KNOWN = "·"
Item = TypeVar("Item")

ARROWS = {"fall": "↓", "rise": "↑"}

FINEST = 7.999
"""Below the number of heights, so that the highest value still has one."""


def sparkline(changes: Sequence[float | None], width: int, reach: float = 0.0) -> str:
    """The changes as blocks, at most so many; where several share one, the farthest from 0 is shown.

    Args:
        changes: against the baseline; None where not known.
        width: in characters, at least 1.
        reach: a change that would not be noise: the heights have room for it on both sides, so that noise looks flat.

    >>> sparkline([0.0, -1.0, None, -2.0], 4)
    '█▄·▁'
    """
    found = [_farthest(some) for some in _shared(changes, width)]
    known = [one for one in found if one is not None]
    low, high = min([*known, -reach, 0.0]), max([*known, reach, 0.0])
    step = FINEST / (high - low) if high > low else 0.0
    return "".join(NOT_KNOWN if one is None else BLOCKS[int((one - low) * step) if step else 3] for one in found)


def marks(alarms: Sequence[str | None], width: int) -> str:
    """An arrow below each look that alarms, at the places of `sparkline`; nothing where none does.

    >>> marks([None, "fall", "fall", None], 4)
    ' ↓↓'
    """
    found = (next((one for one in some if one), None) for some in _shared(alarms, width))
    return "".join(ARROWS[one] if one else " " for one in found).rstrip()


def _farthest(some: Sequence[float | None]) -> float | None:
    known = [one for one in some if one is not None]
    return max(known, key=abs) if known else None


def _shared(items: Sequence[Item], width: int) -> list[Sequence[Item]]:
    """The items in order, cut into at most so many pieces of about the same length."""
    count = min(len(items), width)
    cuts = [len(items) * place // count for place in range(count + 1)] if count else []
    return [items[start:stop] for start, stop in pairwise(cuts)]
