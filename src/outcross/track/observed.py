"""What definitions of collapse read: courses of measures through the generations, and what a course shows.

A course shows a movement where its band leaves 0 out, and shows that there is none where its band is so narrow that
a movement of the margin would have been seen. In between nothing is known.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from outcross.audits.compare import POINTS_OF_MARGIN
from outcross.estimate import Estimate, Finding

State = Literal["holds", "does not hold", "unknown"]

Band = tuple[float, float] | None


@dataclass(frozen=True)
class Course:
    """One measure through the generations, against the fixed human baseline.

    Attributes:
        changes: of each generation. A log ratio, or a difference where `unit` begins with "points" or "nats".
        bands: the band of each change that holds at all looks together, and over all measures of the panel; None
            where the change is not known.
        values: the measure itself, of each generation.
    """

    changes: Sequence[Finding]
    bands: Sequence[Band]
    values: Sequence[Finding]


@dataclass(frozen=True)
class Observed:
    """All that is known of a lineage.

    Attributes:
        generations: names, in order.
        courses: by name of the measure; one that is not here was not measured.
        facts: further knowledge, none of it required. "trivial_loss": loss of a unigram model on the held-out human
            text, nats a token of the same tokenizer. "human_share_fresh": the share of each generation's training
            text that was fresh and human, None where it is not known. "losses_by_size": by generation, and under
            "baseline", pairs of tokens of training text and held-out loss (a Finding).
        margin: the relative change that matters.
    """

    generations: tuple[str, ...]
    courses: Mapping[str, Course]
    facts: Mapping[str, Any] = field(default_factory=dict)
    margin: float = 0.10


@dataclass(frozen=True)
class Reading:
    """What one course, or several together, shows of one question.

    Attributes:
        state: whether it is so.
        why: a sentence with the figures.
        evidence: names of the measures.
        since: the first generation where it was so.
        needs: what would settle it, where it is not known.
        measured: False where there is no such measure at all.
    """

    state: State
    why: str
    evidence: tuple[str, ...] = ()
    since: str | None = None
    needs: str = ""
    measured: bool = True


SOURCES = {
    "perplexity": "held-out human text with the loss of each document (--eval)",
    "embedding": "an embedding of each sample and of the baseline (--embeddings)",
    "tail": "samples, and a frozen human reference",
    "unknown": "samples, and a frozen human reference",
    "kl": "samples, and a human baseline of text",
}
"""What must be registered for measures whose names begin so; samples, for the rest."""


def fell(observed: Observed, name: str) -> Reading:
    """Whether a measure has fallen below the baseline."""
    return _moved(observed, name, sign=-1)


def rose(observed: Observed, name: str) -> Reading:
    """Whether a measure has risen above the baseline."""
    return _moved(observed, name, sign=1)


def at(observed: Observed, place: int, question: Callable[[Observed, str], Reading], name: str) -> Reading:
    """The answer to a question at one generation alone, as if it were the whole lineage."""
    courses = {
        key: Course(one.changes[place : place + 1], one.bands[place : place + 1], one.values[place : place + 1])
        for key, one in observed.courses.items()
    }
    here = observed.generations[place : place + 1]
    return question(Observed(here, courses, observed.facts, observed.margin), name)


def absent(name: str) -> Reading:
    """That a measure is not there, and what would bring it."""
    needs = SOURCES.get(name.split(".", maxsplit=1)[0], "samples of the generations")
    return Reading("unknown", f"{name} was not measured", (name,), None, f"register {needs}", measured=False)


def limit(observed: Observed, name: str, sign: int) -> float:
    """The margin on the scale of a measure's changes, as a distance from 0."""
    if unit_of(observed.courses[name]).startswith("points"):
        return observed.margin * POINTS_OF_MARGIN
    return abs(math.log1p(sign * observed.margin))


def unit_of(course: Course) -> str:
    """The unit of a course's changes; empty where none is known."""
    return next((one.unit for one in course.changes if isinstance(one, Estimate)), "")


def told(change: float, unit: str) -> str:
    """A change for people: percent of a log ratio, nats or points as they are."""
    if math.isinf(change):
        return "any rise" if change > 0 else "any fall"
    if unit.startswith("nats"):
        return f"{change:+.3f} nats"
    return f"{100 * change:+.1f} points" if unit.startswith("points") else f"{100 * math.expm1(min(change, 50)):+.1f} %"


def _moved(observed: Observed, name: str, *, sign: int) -> Reading:
    course = observed.courses.get(name)
    if course is None:
        return absent(name)
    for place, band in enumerate(course.bands):
        if band is not None and (band[1] < 0 if sign < 0 else band[0] > 0):
            return Reading("holds", _since(observed, name, place), (name,), observed.generations[place])
    band = course.bands[-1] if course.bands else None
    if band is None:
        return _not_known(observed, name)
    seen = f"{name} {_figures(observed, name, len(course.bands) - 1)}"
    reached = -band[0] if sign < 0 else band[1]
    if reached < limit(observed, name, sign):
        return Reading("does not hold", f"{seen}, within {observed.margin:.0%}", (name,))
    way = "fall" if sign < 0 else "rise"
    why = f"{seen}: a {way} of {observed.margin:.0%} is not excluded"
    return Reading("unknown", why, (name,), None, _more(band, limit(observed, name, sign)))


def _more(band: tuple[float, float], margin: float) -> str:
    """About how many times the documents would bring the band within the margin, if nothing has changed."""
    half = (band[1] - band[0]) / 2
    if not math.isfinite(half):
        return "more documents a generation"
    return f"about {math.ceil(max((half / margin) ** 2, 1) * 10 + 1e-9) / 10:,.1f} times the documents a generation"


def _not_known(observed: Observed, name: str) -> Reading:
    change = observed.courses[name].changes[-1] if observed.courses[name].changes else None
    reason = getattr(change, "reason", "no band was made")
    last = observed.generations[-1] if observed.generations else "the last generation"
    return Reading("unknown", f"{name} of {last} is not known: {reason}", (name,), None, f"measure {name} of {last}")


def _figures(observed: Observed, name: str, place: int) -> str:
    """The change at one generation and its band, in words."""
    course = observed.courses[name]
    change, band, unit = course.changes[place], course.bands[place], unit_of(course)
    value = told(change.value, unit) if isinstance(change, Estimate) else "not known"
    ends = "" if band is None else f" ({told(band[0], unit)} to {told(band[1], unit)})"
    return f"{value}{ends} at {observed.generations[place]}"


def _since(observed: Observed, name: str, place: int) -> str:
    """The first movement, and where the measure stands now."""
    last = len(observed.courses[name].bands) - 1
    now = "" if last == place else f", {_figures(observed, name, last)}"
    return f"{name} {_figures(observed, name, place)}{now}"


def any_of(observed: Observed, *readings: Reading) -> Reading:
    """One of several is enough. None of them holds only where all that were measured do not."""
    holding = [one for one in readings if one.state == "holds"]
    if holding:
        first = min((one.since for one in holding if one.since), key=observed.generations.index, default=None)
        return Reading("holds", _joined(holding), _names(holding), first)
    measured = [one for one in readings if one.measured]
    if measured and all(one.state == "does not hold" for one in measured):
        return Reading("does not hold", _joined(measured), _names(measured))
    open_ = [one for one in measured if one.state == "unknown"] or list(readings)
    joint = "; or " if not measured else "; "
    needs = joint.join(dict.fromkeys(one.needs for one in open_ if one.needs))
    return Reading("unknown", _joined(open_), _names(readings), None, needs, bool(measured))


def all_of(observed: Observed, *readings: Reading) -> Reading:
    """All must hold. One that does not is enough for a no."""
    refused = [one for one in readings if one.state == "does not hold"]
    if refused:
        return Reading("does not hold", _joined(refused), _names(refused))
    if all(one.state == "holds" for one in readings):
        last = max((one.since for one in readings if one.since), key=observed.generations.index, default=None)
        return Reading("holds", _joined(readings), _names(readings), last)
    open_ = [one for one in readings if one.state == "unknown"]
    needs = "; ".join(dict.fromkeys(one.needs for one in open_ if one.needs))
    return Reading("unknown", _joined(open_), _names(readings), None, needs, all(one.measured for one in readings))


def _joined(readings: Any) -> str:
    return "; ".join(dict.fromkeys(one.why for one in readings))


def _names(readings: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in readings for name in one.evidence))
