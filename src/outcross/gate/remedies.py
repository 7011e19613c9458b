"""What would close a gap, with real numbers: which sources to settle, to leave out, how much to add.

All of it is about a share that must not exceed a limit; a share that must reach one is the same of its opposite. A
share of a mix is the sum of its sources' shares, each weighed by its tokens, so settling a source narrows the upper end
by what it weighs times the width of its own interval. The fewest sources that close a gap are the widest ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from outcross.gate.amounts import amount, enough, span, tokens
from outcross.gate.sources import FORGED, Source

MOST = 6
"""Sources that one sentence names."""

Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""


@dataclass(frozen=True)
class Part:
    """What one source adds to a share of a mix.

    Attributes:
        source: it is. weight: its share of the tokens. low, high: the share within it.
    """

    source: Source
    weight: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        """By how much the upper end of the mix falls if the source turns out to be at its lower end."""
        return self.weight * (self.high - self.low)


@dataclass(frozen=True)
class Gap:
    """A share of a mix whose upper end is above a limit.

    Attributes:
        parts: what it is made of. high: its upper end. limit: that it must not exceed.
        total: tokens of the mix; None where nobody told.
        flipped: whether it is the opposite of what the criterion speaks of, as with a floor for human text.
    """

    parts: tuple[Part, ...]
    high: float
    limit: float
    total: float | None
    flipped: bool = False

    @property
    def width(self) -> float:
        """How much is missing."""
        return self.high - self.limit


def closing(gap: Gap) -> tuple[str, ...]:
    """Ways to close a gap, those that need no other data first; each is enough by itself."""
    return tuple(way for way in (settling(gap), dropping(gap), adding(gap)) if way)


def fewest(parts: Sequence[tuple[Source, float]], width: float) -> list[Source] | None:
    """The fewest sources whose gains together reach a width; None where all of them do not."""
    chosen, reached = [], 0.0
    for source, gain in sorted(parts, key=lambda one: -one[1]):
        if reached >= width or gain <= 0:
            break
        chosen.append(source)
        reached += gain
    # The sum of many floats may miss by its last bits what it equals.
    return chosen if reached >= width - 1e-12 else None


def settling(gap: Gap) -> str:
    """Find out more about the fewest sources that can decide it."""
    chosen = fewest([(part.source, part.gain) for part in gap.parts], gap.width)
    if not chosen:
        return ""
    if len(chosen) > 1:
        ways = [settled_by(one) for one in chosen[:MOST]]
        more = f", and {len(chosen) - MOST} more" if len(chosen) > MOST else ""
        return f"Together: {'; '.join(ways)}{more}."
    part = next(one for one in gap.parts if one.source is chosen[0])
    return _sentence(_one(part, gap))


def _one(part: Part, gap: Gap) -> str:
    """How to settle one source, and to what end."""
    if _claimed(part.source) or part.source.finding(*FORGED):
        return settled_by(part.source)
    end = part.high - gap.width / part.weight
    aim = f"at least {amount(1 - end, 'share')}" if gap.flipped else f"at most {amount(end, 'share')}"
    likely = min((part.low + part.high) / 2, (part.low + end) / 2)
    said = amount(1 - likely if gap.flipped else likely, "share")
    count = documents(likely, end)
    need = f", about {count:,} documents if it is {said}" if count else ""
    return f"{_labelled(part.source)} until its share is shown to be {aim}{need}{_held(part.source)}"


def settled_by(source: Source) -> str:
    """What would say more of a source."""
    if (forged := source.finding(*FORGED)) and forged.remedy:
        return f"{forged.remedy.rstrip('.')} ({source.name})"
    if _claimed(source):
        return f"have {source.name} signed by a listed key, with its bytes checked{_held(source)}"
    return f"{_labelled(source)}{_held(source)}"


def _claimed(source: Source) -> bool:
    """Whether its own words would settle a source, were they believed."""
    return source.level < 2 and source.origin == "human"


def _labelled(source: Source) -> str:
    return f"label {source.name}" if source.record else f"get a signed record of {source.name}, or label it"


def documents(likely: float, end: float) -> int:
    """Documents to label at random, so that a 95 % interval around a share keeps below an end.

    By the normal approximation, n = z^2 p (1 - p) / (end - p)^2; 0 where no number is enough.
    """
    if end <= likely:
        return 0
    spread = max(likely * (1 - likely), end * (1 - end) / 4)
    return math.ceil(enough(Z**2 * spread / (end - likely) ** 2, 2))


def dropping(gap: Gap) -> str:
    """Leave out as little as is enough, of the sources with the highest share."""
    told = []
    for part, out in least_dropped(gap):
        whole = part.weight * (gap.total or 0.0)
        some = f"{span((out, whole), 'tokens').replace(' to ', ' of the ')} of {part.source.name}"
        told.append(some if out < whole else f"{part.source.name}, {tokens(whole)}")
    return f"Leave out {' and '.join(told)}." if told else ""


def least_dropped(gap: Gap) -> list[tuple[Part, float]]:
    """The fewest tokens to leave out, by source; nothing where leaving out MOST sources is not enough.

    With T tokens at an upper end H, leaving d of a source at h out gives (H T - d h) / (T - d). That is the limit L at
    d = T (H - L) / (h - L): least for the source with the highest h.
    """
    high, left, out = gap.high, gap.total or 0.0, list[tuple[Part, float]]()
    for part in sorted(gap.parts, key=lambda one: (-one.high, -one.weight))[:MOST]:
        whole = part.weight * (gap.total or 0.0)
        if part.high <= gap.limit or not whole:
            break
        need = enough(left * (high - gap.limit) / (part.high - gap.limit))
        if need <= whole and need < left:
            return [*out, (part, need)]
        out.append((part, whole))
        if whole >= left:
            break
        high, left = max((high * left - part.high * whole) / (left - whole), 0.0), left - whole
        if high <= gap.limit:
            return out
    return []


def adding(gap: Gap) -> str:
    """Add human text that is believed."""
    least = least_added(gap)
    return f"Add {tokens(least)} of human text that is signed (level 2)." if least else ""


def least_added(gap: Gap) -> float:
    """The fewest tokens of human text to add, H T / (T + a) being the limit L at a = T (H - L) / L; 0 for none."""
    if gap.total is None or gap.limit <= 0:
        return 0.0
    return enough(gap.total * gap.width / gap.limit)


def _held(source: Source) -> str:
    return "" if source.tokens is None else f": {tokens(source.tokens)}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
