"""Looks as timelines draw them: changes as people count them, thinned where there are too many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from outcross.estimate import Unknown
from outcross.report.charts.plots import Span
from outcross.report.numbers import FARTHEST, natural, span_of
from outcross.track.record import Series


@dataclass(frozen=True)
class Look:
    """One look as it is drawn, as people count changes.

    Attributes:
        place: among all looks, from 0.
        alarm: its direction, or None.
        span: low end of the 95 % interval, change and high end; None where the change is not known.
        band: ends of the band that holds at all looks; None where there is none.
    """

    place: int
    alarm: str | None
    span: Span | None
    band: tuple[float, float] | None


def decimated(changes: Sequence[float | None], most: int, keep: Iterable[int] = ()) -> list[int]:
    """Places of at most about so many looks: the lowest and the highest of each stretch, both ends, and some to keep.

    >>> decimated([0.0, 5.0, 1.0, -5.0, 0.0, 0.0, 0.0, 1.0, 0.0], 4)
    [0, 1, 3, 5, 7, 8]
    """
    if len(changes) <= most:
        return list(range(len(changes)))
    stretch = -(-len(changes) * 2 // most)
    kept = {0, len(changes) - 1, *keep}
    for start in range(0, len(changes), stretch):
        some = [(value, place) for place, value in enumerate(changes[start : start + stretch], start)
                if value is not None]  # fmt: skip
        kept.update({min(some)[1], max(some)[1]} if some else {start})
    return sorted(kept)


def changes_of(series: Series) -> list[float | None]:
    """The changes of all looks, None where not known."""
    return series.columns.findings["change"].values


def look_of(series: Series, place: int) -> Look:
    """A look as it is drawn."""
    columns, scale = series.columns, series.scale
    change, band, alarm = columns.findings["change"][place], columns.told["band"][place], columns.told["alarm"][place]
    span = None if isinstance(change, Unknown) else span_of(change)
    if span is None:
        return Look(place, alarm, None, None)
    low, value, high = (_within(natural(one, scale)) for one in span)
    ends = None if band is None else (_within(natural(band[0], scale)), _within(natural(band[1], scale)))
    return Look(place, alarm, (low, value, high), ends)


def _within(value: float) -> float:
    return min(max(value, -FARTHEST), FARTHEST)


def alarms(look: Look) -> bool:
    """Whether a look alarmed."""
    return look.alarm is not None


def ends(look: Look) -> tuple[float, float]:
    """Ends of the band, or of the interval where there is none."""
    low, _, high = look.span or (0.0, 0.0, 0.0)
    return look.band or (low, high)


def runs(looks: Sequence[Look]) -> Iterator[list[Look]]:
    """Looks in a row whose change is known."""
    run: list[Look] = []
    for look in looks:
        if look.span is not None:
            run.append(look)
        elif run:
            yield run
            run = []
    if run:
        yield run
