"""Criteria that hold an interval of the whole mix against a limit: shares, tokens, depths, counts."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from outcross.estimate import Unknown
from outcross.gate.amounts import amount, enough, tokens
from outcross.gate.reading import Held, Reading
from outcross.gate.record import Criterion, Interval
from outcross.gate.remedies import MOST, Gap, Part, closing, fewest, settled_by
from outcross.gate.sources import Source

Ends = Mapping[str, Interval]
"""The share within each source, by its name."""

SYNTHETIC, MADE = "mix.synthetic", "mix.synthetic_or_edited"
HUMAN, HUMAN_TOKENS = "mix.human", "mix.human_tokens"
FRESH, FRESH_TOKENS = "mix.fresh_human", "mix.fresh_human_tokens"
UNKNOWN, MEAN_DEPTH, MAX_DEPTH = "mix.unknown", "mix.mean_depth", "mix.max_depth"
UNRESOLVED, LOOP, ASSUMED = "mix.unresolved", "mix.self_loop", "mix.assumptions"


def synthetic_share(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Synthetic text, and edited text by the weight that the policy gives it.

    With S the synthetic share and T that of both, it is (1 - w) S + w T: linear with weights that are not negative, so
    the ends follow from the ends.
    """
    weight = criterion.number("count_edited", 1.0)
    names = tuple(name for name, counts in ((SYNTHETIC, weight < 1), (MADE, weight > 0)) if counts)
    weights = dict(zip(names, (1 - weight, weight) if len(names) == 2 else (1.0,), strict=True))
    what = {0.0: "the synthetic share", 1.0: "the synthetic or edited share"}.get(
        weight, f"the synthetic share, edited text counted {amount(weight, 'share')},"
    )
    found = _weighed(weights, [held.interval(name) for name in names])
    ends = _ends_weighed(weights, [_ends(held.items(name)) for name in names])
    limit = criterion.number("max")
    return (Reading(what, found, limit, "max", "share", (), _below(held, found, limit, ends), names),)


def _weighed(weights: Mapping[str, float], found: Sequence[Interval | Unknown]) -> Interval | Unknown:
    low = high = 0.0
    for weight, one in zip(weights.values(), found, strict=True):
        if isinstance(one, Unknown):
            return one
        low, high = low + weight * one[0], high + weight * one[1]
    return low, high


def _ends_weighed(weights: Mapping[str, float], ends: Sequence[Ends]) -> Ends:
    names = set(ends[0]).intersection(*ends[1:])
    made = {name: _weighed(weights, [one[name] for one in ends]) for name in names}
    return {name: one for name, one in made.items() if not isinstance(one, Unknown)}


def unknown_share(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Tokens of which nobody is believed."""
    found, limit = held.interval(UNKNOWN), criterion.number("max")
    # Whatever is unknown can be settled, so the lower end of each source is nothing.
    ends = {name: (0.0, high) for name, (_, high) in _ends(held.items(UNKNOWN)).items()}
    what = "the share of which nobody is believed"
    return (Reading(what, found, limit, "max", "share", (), _below(held, found, limit, ends), (UNKNOWN,)),)


def floor(criterion: Criterion, held: Held, *, fresh: bool) -> tuple[Reading, ...]:
    """Human text that is believed: as a share, as tokens, or both."""
    share, absolute = (FRESH, FRESH_TOKENS) if fresh else (HUMAN, HUMAN_TOKENS)
    word = "fresh human" if fresh else "human"
    readings = []
    if "min" in criterion.parameters:
        found, limit = held.interval(share), criterion.number("min")
        remedies = _above(held, found, limit, _ends(held.items(share)))
        readings.append(Reading(f"the {word} share", found, limit, "min", "share", (), remedies, (share,)))
    if "min_tokens" in criterion.parameters:
        found, limit = held.interval(absolute), criterion.number("min_tokens")
        remedies = _more(held, found, limit, _ends(held.items(share)))
        readings.append(Reading(f"{word} text", found, limit, "min", "tokens", (), remedies, (absolute,)))
    return tuple(readings)


def human_floor(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Human text at least."""
    return floor(criterion, held, fresh=False)


def fresh_human_share(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Human text at least that no earlier generation was trained on."""
    return floor(criterion, held, fresh=True)


def mean_depth(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Generations of models between people and the tokens, on average."""
    return (_depth(criterion, held, "the mean synthetic depth", MEAN_DEPTH),)


def max_depth(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Generations of models between people and the tokens, at most."""
    return (_depth(criterion, held, "the greatest synthetic depth", MAX_DEPTH),)


def _depth(criterion: Criterion, held: Held, what: str, name: str) -> Reading:
    limit = criterion.number("max")
    remedies = partial(_resolving, held)
    return Reading(what, held.interval(name), limit, "max", "generations", (), remedies, (name, UNRESOLVED))


def unresolved_ancestors(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Ancestors of which nothing is known."""
    about = tuple(_text(item, "id") for item in held.items(UNRESOLVED))
    remedies = partial(_resolving, held)
    limit = criterion.number("max")
    what = "the number of unresolved ancestors"
    return (Reading(what, held.interval(UNRESOLVED), limit, "max", "count", about, remedies, (UNRESOLVED,)),)


def self_loop(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """Outputs of the line of models that is to be trained, in its own mix."""
    items = held.items(LOOP)
    about = tuple(f"{_text(item, 'id')} by {_path(item)}" for item in items)
    what = "the number of sources that the model's own line wrote"
    limit = criterion.number("max")

    def remedies() -> tuple[str, ...]:
        if isinstance(held.interval(LOOP), Unknown):
            return ("Say in the mix which line of models it is to train.",)
        return tuple(f"Leave out what comes by {_path(item)}." for item in items[:MOST])

    return (Reading(what, held.interval(LOOP), limit, "max", "count", about, remedies, (LOOP,)),)


def assumptions(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
    """What is taken as true on somebody's word alone; what has lapsed is not, and does not count."""
    items, found = held.items(ASSUMED), held.interval(ASSUMED)
    lapsed = sum(item.get("lapsed") is True for item in items)
    if not isinstance(found, Unknown):
        found = max(found[0] - lapsed, 0.0), max(found[1] - lapsed, 0.0)
    taken = [item for item in items if item.get("lapsed") is not True]
    about = tuple(f"{_text(item, 'id')}, on the word of {_text(item, 'owner')}" for item in taken)

    def remedies() -> tuple[str, ...]:
        return tuple(
            f"Put a signed record or labels in the place of the assumption {_text(item, 'id')}."
            for item in taken[:MOST]
        )

    limit = criterion.number("max")
    what = "the number of assumptions that the figures rest on"
    return (Reading(what, found, limit, "max", "count", about, remedies, (ASSUMED,)),)


def _resolving(held: Held) -> tuple[str, ...]:
    """What would tell of the ancestors that are missing, those that narrow the answer most first."""
    ranked = sorted(held.items(UNRESOLVED), key=lambda item: -_number(item.get("narrows")))
    return tuple(
        _text(item, "remedy") or f"Get a record of {_text(item, 'id')}: what it was trained on, or made from."
        for item in ranked[:MOST]
    )


def _below(held: Held, found: Interval | Unknown, limit: float, ends: Ends) -> Callable[[], tuple[str, ...]]:
    """What brings the upper end of a share below a limit."""

    def remedies() -> tuple[str, ...]:
        if isinstance(found, Unknown):
            return ("Tell how many tokens are taken from each source.",)
        return closing(Gap(_parts(held, ends), found[1], limit, _total(held)))

    return remedies


def _above(held: Held, found: Interval | Unknown, limit: float, ends: Ends) -> Callable[[], tuple[str, ...]]:
    """What brings the lower end of a share above a limit: the same for all that it is not."""

    def remedies() -> tuple[str, ...]:
        if isinstance(found, Unknown):
            return ("Tell how many tokens are taken from each source.",)
        opposite = {name: (1 - high, 1 - low) for name, (low, high) in ends.items()}
        return closing(Gap(_parts(held, opposite), 1 - found[0], 1 - limit, _total(held), flipped=True))

    return remedies


def _more(held: Held, found: Interval | Unknown, limit: float, ends: Ends) -> Callable[[], tuple[str, ...]]:
    """What brings a number of human tokens to a limit."""

    def remedies() -> tuple[str, ...]:
        if isinstance(found, Unknown):
            return ("Tell how many tokens are taken from each source.",)
        missing = limit - found[0]
        gains = [(part.source, part.gain * (_total(held) or 0.0)) for part in _parts(held, ends)]
        chosen = fewest(gains, missing) or []
        settled = (f"Together: {'; '.join(map(settled_by, chosen[:MOST]))}.",) if chosen else ()
        return (*settled, f"Add {tokens(enough(missing))} of human text that is signed (level 2).")

    return remedies


def _parts(held: Held, ends: Ends) -> tuple[Part, ...]:
    sources = held.sources()
    if isinstance(sources, Unknown):
        return ()
    return tuple(
        Part(source, source.share, *ends[source.name]) for source in sources
        if source.share is not None and source.name in ends
    )  # fmt: skip


def _total(held: Held) -> float | None:
    sources = held.sources()
    if isinstance(sources, Unknown):
        return None
    told: list[Source] = [one for one in sources if one.tokens is not None]
    return sum(one.tokens or 0.0 for one in told) if len(told) == len(sources) else None


def _ends(items: Sequence[Mapping[str, Any]]) -> dict[str, Interval]:
    """The share within each source; items that are no such thing tell nothing."""
    made = {}
    for item in items:
        low, high = (_number(item.get(name), -1.0) for name in ("low", "high"))
        if 0 <= low <= high <= 1:
            made[_text(item, "source")] = (low, high)
    return made


def _path(item: Mapping[str, Any]) -> str:
    path = item.get("path")
    return " → ".join(map(str, path)) if isinstance(path, list | tuple) else _text(item, "path")


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _number(value: Any, absent: float = 0.0) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else absent
