"""The tests of the named definitions of collapse: what each asks of the courses of a lineage."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from outcross.estimate import Estimate, Finding, t_quantile
from outcross.measure import Array
from outcross.track.levelling import ALPHA, goes_on
from outcross.track.observed import Observed, Reading, absent, all_of, any_of, at, fell, rose

SIZES = 3
"""Sizes of data that a scaling law is fitted to at least."""


def catastrophic(observed: Observed) -> Reading:
    """The held-out loss is no better than that of a model that knows only how often words are."""
    name = "perplexity"
    course, trivial = observed.courses.get(name), observed.facts.get("trivial_loss")
    if course is None:
        return absent(name)
    if trivial is None:
        needs = "the loss of a unigram model on the same held-out text"
        return Reading("unknown", "the loss of a trivial model is not known", (name,), None, needs)
    for place, value in enumerate(course.values):
        low, high, ends = _at_look(value, place)
        why = f"the held-out loss of {observed.generations[place]} is {ends}, that of a unigram model {trivial:.3f}"
        if low >= trivial:
            return Reading("holds", why, (name,), observed.generations[place])
    if not course.values or math.isinf(high):
        last = observed.generations[-1] if observed.generations else "a generation"
        return Reading("unknown", f"the held-out loss of {last} is not known", (name,), None, f"perplexity of {last}")
    if high < trivial:
        return Reading("does not hold", why, (name,))
    return Reading("unknown", why, (name,), None, "more held-out documents")


def _at_look(value: Finding, place: int) -> tuple[float, float, str]:
    """The interval of a value at a level that holds at all looks together, and in words."""
    if not isinstance(value, Estimate):
        return -math.inf, math.inf, "not known"
    low, high = value.interval(1 - ALPHA / ((place + 1) * (place + 2)))
    return low, high, f"{value.value:.3f} nats a token ({low:.3f} to {high:.3f})"


def any_increase(observed: Observed) -> Reading:
    """The held-out loss has risen."""
    return rose(observed, "perplexity")


def diverging(observed: Observed) -> Reading:
    """The held-out loss goes on rising."""
    return goes_on(observed, "perplexity")


def scaling_law(observed: Observed) -> Reading:
    """The loss falls more slowly with the size of the training data than it did on human data."""
    series = observed.facts.get("losses_by_size") or {}
    slopes = {name: slope for name, pairs in series.items() if (slope := exponent(pairs)) is not None}
    later = [name for name in observed.generations if name in slopes]
    needs = f"held-out losses at {SIZES} sizes of training text, of the baseline and of a generation"
    names = ("perplexity",)
    if "baseline" not in slopes or not later:
        return Reading("unknown", f"losses at {SIZES} sizes of data are not known", names, None, needs, measured=False)
    first, first_se = slopes["baseline"]
    for place, name in enumerate(later):
        now, now_se = slopes[name]
        reach = t_quantile(1 - ALPHA / ((place + 1) * (place + 2)) / 2, math.inf) * math.hypot(now_se, first_se)
        lost = first - now
        ends = f"{lost:+.4f} ({lost - reach:+.4f} to {lost + reach:+.4f})"
        why = f"the loss falls with size to the power {first:.4f} on human data, lower by {ends} at {name}"
        if lost > reach:
            return Reading("holds", why, names, name)
    if lost + reach < observed.margin * abs(first):
        return Reading("does not hold", why, names)
    return Reading("unknown", why, names, None, "losses at more sizes, or on more held-out documents")


def exponent(pairs: Sequence[tuple[float, Finding]]) -> tuple[float, float] | None:
    """The exponent b of loss ~ size^-b and its standard error, by weighted least squares of logarithms.

    None below three sizes of known loss with an error.
    """
    known = [(math.log(size), one) for size, one in pairs if isinstance(one, Estimate) and one.value > 0 and one.se > 0]
    if len({size for size, _ in known}) < SIZES:
        return None
    sizes = np.array([size for size, _ in known])
    losses = np.log([one.value for _, one in known])
    weights: Array = np.array([(one.value / one.se) ** 2 for _, one in known])
    gaps = sizes - np.average(sizes, weights=weights)
    spread = float(weights @ gaps**2)
    slope = float(weights @ (gaps * losses)) / spread
    left = losses - np.average(losses, weights=weights) - slope * gaps
    # Where no power law fits, the scatter about it counts as error too.
    scale = max(float(weights @ left**2) / (len(known) - 2), 1.0)
    return -slope, math.sqrt(scale / spread)


def variance(observed: Observed) -> Reading:
    """What the model makes is less spread out."""
    return any_of(observed, fell(observed, "embedding.dispersion"), fell(observed, "entropy"))


def entanglement(observed: Observed) -> Reading:
    """Modes that stood apart merge."""
    return fell(observed, "embedding.modes")


def tail(observed: Observed) -> Reading:
    """The rare is lost."""
    return any_of(observed, fell(observed, "tail.survival"), fell(observed, "tail.share"))


def hallucinated(observed: Observed) -> Reading:
    """There is what human data do not have."""
    return any_of(observed, rose(observed, "unknown.share"), fell(observed, "embedding.precision"))


def autophagy(observed: Observed) -> Reading:
    """Precision or recall falls while training text is not all fresh and human."""
    falls = any_of(observed, fell(observed, "embedding.precision"), fell(observed, "embedding.recall"))
    if falls.state != "holds":
        return falls
    return all_of(observed, falls, _fed_on_itself(observed))


def concentrated(observed: Observed) -> Reading:
    """The first generation that a mixture trained is worse, and its n-grams more concentrated."""
    shares: tuple[float | None, ...] = tuple(observed.facts.get("human_share_fresh") or ())
    first = next((place for place, share in enumerate(shares) if share is None or share < 1), None)
    if first is None and shares and len(shares) >= len(observed.generations):
        return Reading("does not hold", "every generation was trained on fresh human text alone")
    if first is None or shares[first] is None:
        why = "which generation was the first to train on synthetic text is not known"
        return Reading("unknown", why, (), None, "the fresh human share of each generation's training text (--train)")
    narrower = (at(observed, first, fell, name) for name in ("hill.2", "distinct.2", "distinct.3"))
    return all_of(observed, at(observed, first, rose, "perplexity"), any_of(observed, *narrower))


def unstable(observed: Observed) -> Reading:
    """The distance from the human distribution goes on growing: retraining does not contract."""
    return goes_on(observed, "kl")


def linguistic(observed: Observed) -> Reading:
    """Words and phrases become fewer; whether meanings do is told beside."""
    lexical = any_of(observed, *(fell(observed, name) for name in ("types", "distinct.1", "distinct.2", "distinct.3")))
    if lexical.state != "holds":
        return lexical
    meaning = fell(observed, "embedding.vendi")
    states = {"holds": "meanings become fewer as well", "does not hold": "meanings do not"}
    beside = f"{states.get(meaning.state, 'of meanings nothing is known')} ({meaning.why})"
    return Reading("holds", f"{lexical.why}; {beside}", (*lexical.evidence, *meaning.evidence), lexical.since)


def uniformity(observed: Observed) -> Reading:
    """The model becomes more diverse and less human at the same time."""
    flatter = any_of(observed, *(rose(observed, name) for name in ("entropy", "distinct.2", "hill.1")))
    return all_of(observed, flatter, rose(observed, "kl"))


def _fed_on_itself(observed: Observed) -> Reading:
    """Whether a part of the training text was not fresh human text."""
    shares: Any = observed.facts.get("human_share_fresh") or ()
    below = [place for place, share in enumerate(shares) if share is not None and share < 1]
    if below:
        name = observed.generations[below[0]]
        return Reading("holds", f"{shares[below[0]]:.0%} of the training text of {name} was fresh and human", (), name)
    if shares and all(share is not None for share in shares) and len(shares) >= len(observed.generations):
        return Reading("does not hold", "every generation was trained on fresh human text alone")
    needs = "the fresh human share of each generation's training text (--train)"
    return Reading("unknown", "how much of the training text was fresh and human is not known", (), None, needs)
