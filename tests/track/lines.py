"""Lineages of figures, without texts, for the tests of what is followed and concluded."""

from collections.abc import Sequence
from dataclasses import replace

from outcross.track.figures import Reading
from outcross.track.following import Followed
from outcross.track.told import Told

SE = 0.02


def told(changes: dict[str, float | None], facts: dict | None = None, *, joint: bool = False) -> Told:
    """One generation that changed by so much in each measure; None is unknown."""
    readings = {}
    for name, change in changes.items():
        one = Reading(name, 0.1, 0.1, change or 0.0, SE, SE / 2, SE if joint else None, 31.0, 4000, 5000)
        readings[name] = one if change is not None else replace(one, unknown="too few documents")
    return Told(readings, facts or {})


def line(changes: dict[str, Sequence[float | None]], controls: dict[str, Sequence[float | None]] | None = None,
         facts: dict | None = None, *, joint: bool = False) -> Followed:  # fmt: skip
    """A lineage that changed by so much from look to look."""
    length = len(next(iter(changes.values())))
    names = tuple(f"g{number + 1}" for number in range(length))
    each = [told({name: values[at] for name, values in changes.items()}, facts, joint=joint) for at in range(length)]
    control = () if controls is None else tuple(
        told({name: values[at] for name, values in controls.items()})
        for at in range(len(next(iter(controls.values()))))
    )  # fmt: skip
    return Followed(names, dict(zip(names, each, strict=True)), control)
