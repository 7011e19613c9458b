"""What text consists of, as intervals, and what becomes of them when it is mixed, filtered, changed or written anew.

Shares are of tokens. Every token is human, edited, synthetic or procedural, so the four sum to 1; "made" is what a
model had a hand in: edited and synthetic. Depth counts the models between a token and what people wrote: 0 for human
and procedural text, and for text of a model one more than the depth of what the model was trained on. Two readings of
it are carried along: the mean (one more than the *mean* depth of the model's data) and the deepest (one more than the
*largest*). Every rule is monotone: more made text, or deeper text, at the input never means less at the output. So the
ends of what comes out follow from the ends of what goes in, and a thing that is unknown on several paths costs no
width: all paths reach their ends together.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from outcross.provenance.record import ALL, ANY, NONE, PARTS, Bounds, Part

Shares = tuple[Bounds, Bounds, Bounds, Bounds, Bounds]
"""Human, edited, synthetic, procedural, made."""

SLACK = 1e-9
"""Ends that cross by less agree: they differ by rounding."""

UNBOUNDED: Bounds = (1.0, math.inf)
"""The depth of text that some model made, nobody knows which."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a text consists of.

    Attributes:
        human, edited, synthetic, procedural: shares of tokens.
        made: share that is edited or synthetic: narrower than the sum of both ends where only the sum is known.
        mean: mean depth over all tokens. deepest: depth of the deepest token; an end may be infinite.
    """

    human: Bounds
    edited: Bounds
    synthetic: Bounds
    procedural: Bounds
    made: Bounds
    mean: Bounds
    deepest: Bounds

    @property
    def shares(self) -> Shares:
        """The five shares, in the order of the fields."""
        return self.human, self.edited, self.synthetic, self.procedural, self.made

    @property
    def vacuous(self) -> bool:
        """Whether nothing at all is known of who wrote it."""
        return all(low <= SLACK and high >= 1 - SLACK for low, high in (self.human, self.made))


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a text by itself, whatever it came from.

    Attributes:
        shares: by part; what is not named can be anything.
        made: share of edited and synthetic together.
        mean: mean depth of that share. deepest: of its deepest token.
    """

    shares: Mapping[Part, Bounds]
    made: Bounds = ANY
    mean: Bounds = UNBOUNDED
    deepest: Bounds = UNBOUNDED


UNKNOWN = Content(ANY, ANY, ANY, ANY, ANY, (0.0, math.inf), (0.0, math.inf))
HUMAN = Content(ALL, NONE, NONE, NONE, NONE, NONE, NONE)
SYNTHETIC = Content(NONE, NONE, ALL, NONE, ALL, UNBOUNDED, UNBOUNDED)


def content_of(told: Told) -> Content | None:
    """What a text consists of, by what is said of it; None where that cannot all be true."""
    human, edited, synthetic, procedural = (told.shares.get(part, ANY) for part in PARTS)
    made = told.made
    shares = _closed((human, edited, synthetic, procedural, made))
    if shares is None:
        return None
    low, high = shares[4]
    mean = (low * told.mean[0], _times(high, told.mean[1]))
    deepest = (told.deepest[0] if low > 0 else 0.0, told.deepest[1] if high > 0 else 0.0)
    return Content(*shares, mean, deepest)


def _closed(shares: Shares) -> Shares | None:
    """The tightest ends that the sums leave: edited + synthetic = made, human + procedural = 1 - made."""
    human, edited, synthetic, procedural, made = shares
    made = _meet(made, _sum(edited, synthetic))
    made = _meet(made, _rest(_sum(human, procedural)))
    others = _rest(made)
    closed = (
        _meet(human, _less(others, procedural)), _meet(edited, _less(made, synthetic)),
        _meet(synthetic, _less(made, edited)), _meet(procedural, _less(others, human)), made,
    )  # fmt: skip
    if any(low > high + SLACK for low, high in closed):
        return None
    return _five((_unit(min(one)), _unit(max(one))) for one in closed)


def _five(shares: Iterable[Bounds]) -> Shares:
    human, edited, synthetic, procedural, made = shares
    return human, edited, synthetic, procedural, made


def _meet(one: Bounds, other: Bounds) -> Bounds:
    return max(one[0], other[0]), min(one[1], other[1])


def _sum(one: Bounds, other: Bounds) -> Bounds:
    return one[0] + other[0], one[1] + other[1]


def _less(whole: Bounds, part: Bounds) -> Bounds:
    return whole[0] - part[1], whole[1] - part[0]


def _rest(part: Bounds) -> Bounds:
    return 1.0 - part[1], 1.0 - part[0]


def _unit(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _times(share: float, depth: float) -> float:
    return share * depth if share > 0 else 0.0


def met(one: Content, other: Content) -> Content | None:
    """What both leave possible; None where they cannot both be true."""
    shares = _closed(_five(map(_meet, one.shares, other.shares)))
    mean, deepest = _meet(one.mean, other.mean), _meet(one.deepest, other.deepest)
    if shares is None or mean[0] > mean[1] + SLACK or deepest[0] > deepest[1] + SLACK:
        return None
    return Content(*shares, (min(mean), max(mean)), (min(deepest), max(deepest)))


def hull(contents: Iterable[Content]) -> Content:
    """What any of them leaves possible; of none, everything."""
    some = list(contents)
    if not some:
        return UNKNOWN
    if len(some) == 1:
        return some[0]
    shares = _five(_around(column) for column in zip(*(one.shares for one in some), strict=True))
    return Content(*shares, _around([one.mean for one in some]), _around([one.deepest for one in some]))


def _around(some: Sequence[Bounds]) -> Bounds:
    return min(low for low, _ in some), max(high for _, high in some)


def share_kept(share: Bounds, kept: float | None) -> Bounds:
    """What a part with this share has of what a filter keeps, any of it; see `filtered`."""
    low, high = share
    if not kept:
        return float(low >= 1), float(high > 0)
    return max(0.0, (low - (1 - kept)) / kept), min(1.0, high / kept)


def blended(parts: Sequence[tuple[Content, float | None]]) -> Content:
    """A mix of texts, each with its tokens; where one's tokens are not known, any mix of them."""
    if not parts or any(tokens is None for _, tokens in parts):
        return hull(content for content, _ in parts)
    used = [(content, tokens) for content, tokens in parts if tokens]
    total = math.fsum(tokens for _, tokens in used)
    if total <= 0:
        return hull(content for content, _ in parts)
    if len(used) == 1:
        return used[0][0]
    weighed = [(one.shares, tokens / total) for one, tokens in used]
    shares = _five(mean_of([(some[place], weight) for some, weight in weighed], 1.0) for place in range(5))
    mean = mean_of([(one.mean, tokens / total) for one, tokens in used], math.inf)
    deepest = max(one.deepest[0] for one, _ in used), max(one.deepest[1] for one, _ in used)
    return Content(*shares, mean, deepest)


def mean_of(weighed: Sequence[tuple[Bounds, float]], most: float) -> Bounds:
    """The weighted mean of intervals, none of it above `most`."""
    low = high = 0.0
    for (one_low, one_high), weight in weighed:
        low += weight * one_low
        high += weight * one_high
    return min(low, most), min(high, most)


def filtered(one: Content, kept: float | None) -> Content:
    """What a filter leaves that keeps so great a share of the tokens, nobody knows which.

    A part with share s has between max(0, (s - (1 - k)) / k) and min(1, s / k) of what is kept. None: of any size.
    """
    if kept is not None and kept >= 1:
        return one
    shares = _closed(_five(share_kept(share, kept) for share in one.shares)) or one.shares
    low, high = shares[4]
    deepest = (1.0 if low > 0 else 0.0, one.deepest[1] if high > 0 else 0.0)
    most = min(_times(high, deepest[1]), one.mean[1] / kept if kept else math.inf)
    least = low
    if kept and math.isfinite(one.deepest[1]):
        least = max(low, (one.mean[0] - (1 - kept) * one.deepest[1]) / kept)
    return Content(*shares, (min(least, most), most), deepest)


def written(model: Content) -> Content:
    """What a model writes that was trained on this: synthetic, one deeper. What it was prompted with does not count."""
    mean, deepest = one_deeper(model)
    return Content(NONE, NONE, ALL, NONE, ALL, mean, deepest)


def one_deeper(model: Content) -> tuple[Bounds, Bounds]:
    """Mean and largest depth of what a model makes that was trained on this."""
    return (1 + model.mean[0], 1 + model.mean[1]), (1 + model.deepest[0], 1 + model.deepest[1])


def changed(one: Content, model: Content) -> Content:
    """A text that a model translated or edited, all of it: synthetic text stays so, all other becomes edited.

    Each token is one deeper than the deeper of itself and the model's data. The mean of max(d, c) over tokens of depth
    d up to D lies between max(mean, c) (Jensen) and the chord from d = 0 to d = D.
    """
    synthetic = one.synthetic
    edited = _rest(synthetic)
    low = 1 + max(one.mean[0], model.mean[0])
    high = 1 + _chord(one.mean[1], one.deepest[1], model.mean[1])
    deepest = (1 + max(one.deepest[0], model.deepest[0]), 1 + max(one.deepest[1], model.deepest[1]))
    return Content(NONE, edited, synthetic, NONE, ALL, (low, high), deepest)


def _chord(mean: float, most: float, level: float) -> float:
    """The largest mean of max(d, level) over tokens with this mean of d, none above `most`."""
    if most <= level or math.isinf(level) or mean <= 0:
        return max(level, mean)
    if math.isinf(most):
        return level + mean
    part = min(mean / most, 1.0)
    return (1 - part) * level + part * most


def admitted(one: Content) -> Content:
    """What is believed of it where nobody proved it: models' text is admitted, people's is not.

    The lower ends of edited and synthetic shares and of the depth hold, and the upper end of the human share.
    """
    if one.made[0] >= 1 - SLACK:
        return one
    shares = _closed((
        (0.0, one.human[1]), (one.edited[0], 1.0), (one.synthetic[0], 1.0), (0.0, 1.0), (one.made[0], 1.0),
    ))  # fmt: skip
    found = (ANY, ANY, ANY, ANY, ANY) if shares is None else shares
    return Content(*found, (one.mean[0], math.inf), (one.deepest[0], math.inf))
