"""What is decided by, before anybody looks: the criteria, their parts of the false alarms, the number of looks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from outcross.errors import CallError
from outcross.track.measured import TAIL_SHARE, TYPES, catalogue

MARGIN = 0.20
"""A loss of the primary measure that "no alarm" must have been able to rule out."""


@dataclass(frozen=True)
class Criterion:
    """A measure that can alarm.

    Attributes:
        measure: its name.
        weight: its part of the false alarms; the parts of all criteria add up to 1.
        falls: how much of that is spent on falls, the rest on rises: 1 watches falls alone, 0 rises alone.
    """

    measure: str
    weight: float
    falls: float = 0.5


LOSS_FALLS, LOSS_RISES = 0.8, 0.2
"""Parts of a two-sided criterion that are spent on falls, where a fall or a rise is the loss."""

WITH_REFERENCE = (
    Criterion(TAIL_SHARE, 0.5, LOSS_FALLS), Criterion("tail.survival", 0.1, LOSS_FALLS),
    Criterion(TYPES, 0.1, 0.5), Criterion("distinct.2", 0.1, 0.5),
    Criterion("kl", 0.1, LOSS_RISES), Criterion("similarity.between", 0.1, LOSS_RISES),
)  # fmt: skip
"""The panel against a human reference: the tail first; two-sided, since collapse to uniformity raises distinct-n."""

WITHOUT_REFERENCE = (
    Criterion(TYPES, 0.5, LOSS_FALLS), Criterion("distinct.2", 0.125, 0.5), Criterion("entropy", 0.125, 0.5),
    Criterion("hill.1", 0.125, 0.5), Criterion("similarity.between", 0.125, LOSS_RISES),
)  # fmt: skip
"""The panel against a generation of one's own."""


@dataclass(frozen=True)
class Plan:
    """How a lineage is tracked.

    Attributes:
        alpha: false alarms over all looks and criteria together.
        looks: number of looks that were fixed beforehand, or None for no end.
        criteria: what decides; the first is the primary one. Empty for the panel that fits what is registered.
        first_words: words of each document that count in measures that grow with its words; None finds them out.
        baseline: name of the generation that is the baseline; None for the human reference, or else the first one.
        reference: name or file of a frozen reference that defines the tail; None for half of the human documents.
        margin: a loss of the primary measure that "no alarm" must rule out.
    """

    alpha: float = 0.05
    looks: int | None = None
    criteria: tuple[Criterion, ...] = field(default=())
    first_words: int | None = None
    baseline: str | None = None
    reference: str | None = None
    margin: float = MARGIN

    def __post_init__(self) -> None:
        """Refuse what cannot be planned.

        Raises:
            CallError: a number is out of its range.
        """
        ranges = {"alpha": (1e-6, 0.5), "looks": (1, 100_000), "first_words": (1, 1 << 20), "margin": (0.001, 0.99)}
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise CallError(f"{name.replace('_', ' ')} must be between {low:g} and {high:,}, not {value:g}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def panel(plan: Plan, *, reference: bool, measured: Iterable[str]) -> tuple[Criterion, ...]:
    """The criteria of a plan, or the panel that fits what is registered; their weights add up to 1.

    Args:
        plan: as asked for.
        reference: whether there is a human reference.
        measured: names of measures that are known of any generation.
    """
    if plan.criteria:
        return _weighed(plan.criteria)
    shipped = WITH_REFERENCE if reference else WITHOUT_REFERENCE
    more = (Criterion("perplexity", 0.1, LOSS_RISES), Criterion("embedding.coverage", 0.1, LOSS_FALLS))
    there = set(measured)
    return _weighed((*shipped, *(one for one in more if one.measure in there)))


def _weighed(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    whole = sum(one.weight for one in criteria)
    return tuple(Criterion(one.measure, one.weight / whole, one.falls) for one in criteria)


WATCHED: Mapping[str, float | None] = {"falls": 1.0, "rises": 0.0, "both": None}


def criterion(told: str) -> Criterion:
    """The criterion that `MEASURE`, `MEASURE:falls`, `MEASURE:rises` or `MEASURE:both` stands for.

    Raises:
        CallError: there is no such measure or direction.
    """
    name, _, direction = told.partition(":")
    known = catalogue()
    if name not in known and not name.startswith("task."):
        raise CallError(f"There is no measure {name!r}.", hint=f"There are: {', '.join(known)}, task.NAME.")
    if direction and direction not in WATCHED:
        raise CallError(f"{direction!r} is no direction.", hint=f"Choose one of: {', '.join(WATCHED)}.")
    falls = WATCHED[direction or "both"]
    return Criterion(name, 1.0, _both_ways(name) if falls is None else falls)


def _both_ways(name: str) -> float:
    """How a two-sided criterion spends its part: more on the direction that is a loss."""
    measured = catalogue().get(name)
    return {"fall": LOSS_FALLS, "rise": LOSS_RISES}.get(measured.loss if measured else "either", 0.5)
