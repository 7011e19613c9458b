"""What a record must keep that no single value shows and no JSON Schema says."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from outcross.provenance.record import Origin

Law = Callable[[Any], Iterator[tuple[str, str]]]
"""Of what was read, the problems: a pointer from there, and what was expected."""

SLACK = 1e-9
"""What rounding may add to a sum of shares."""


def _origin(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Low ends below high ones, and some choice of shares that sums to 1."""
    if told.get("kind") is None:
        return
    shares = told.get("shares") or {}
    upside_down = [part for part, (low, high) in shares.items() if low > high]
    yield from ((f"/shares/{part}", "a low end that is not above the high one") for part in upside_down)
    if upside_down:
        return
    bounds = Origin(told["kind"], shares=shares).bounds().values()
    least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
    if least > 1 + SLACK or most < 1 - SLACK:
        yield "/shares", (f"shares that can sum to 1 where the kind is {told['kind']}; these sum to between "
                          f"{least:.6g} and {most:.6g}")  # fmt: skip


def _origins(told: list[Origin | None]) -> Iterator[tuple[str, str]]:
    """One origin a scope."""
    seen: set[str] = set()
    for at, one in enumerate(told):
        if one is not None and one.scope in seen:
            yield f"/{at}/scope", f"one origin for the scope {one.scope[:80]!r}, not several"
        elif one is not None:
            seen.add(one.scope)


def _period(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if after(told.get("start", ""), told.get("end", "")):
        yield "/end", "an end that is not before the start"


def _record(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if after(told.get("issued", ""), told.get("expires", "")):
        yield "/expires", "a date that is not before it was issued"


LAWS: Mapping[str, Law] = {
    "": _record, "origins[]": _origin, "origins": _origins, "generation_period": _period,
}  # fmt: skip
"""By the field whose value they read; `[]` for each entry of a list."""


def after(first: str, second: str) -> bool:
    """Whether one date is after another, as far as both tell; an open one (empty) never is.

    >>> after("2026-05", "2026"), after("2026-05-01", "2026-04")
    (False, True)
    """
    if "T" in first and "T" in second and _zoned(first) == _zoned(second):
        return datetime.fromisoformat(first) > datetime.fromisoformat(second)
    length = min(len(first), len(second), len("2026-05-01"))
    return first[:length] > second[:length]


def _zoned(date: str) -> bool:
    time = date.partition("T")[2]
    return any(sign in time for sign in "Z+-")
