"""The one evaluator: a policy held against evidence. It walks the policy, not the evidence.

An interval whose unfavourable end is within the limit passes; one whose favourable end is beyond it fails; any other is
inconclusive. What is missing, stale or unknown is unknown. Only the first passes.
"""

import math
from collections.abc import Iterator, Sequence

from outcross.canonical import plain, rounded
from outcross.estimate import Bounds, Estimate, Unknown
from outcross.evidence import Evidence
from outcross.gate.amounts import apart, span
from outcross.gate.kinds import KINDS
from outcross.gate.policy import TO_FILL
from outcross.gate.reading import SOURCES, Held, Reading, held
from outcross.gate.record import (
    OUTCOMES,
    RESULTS,
    Assessment,
    Criterion,
    End,
    Interval,
    Outcome,
    Policy,
    Result,
    Verdict,
    worst,
)  # fmt: skip
from outcross.gate.remedies import MOST
from outcross.gate.shares import ASSUMED, LOOP, UNRESOLVED
from outcross.gate.sources import FORGED, Source, sources_of

ALWAYS = "every policy"
"""The owner of rules that no policy can switch off."""


def assess(policy: Policy, evidence: Sequence[Evidence], now: str) -> Verdict:
    """Hold a policy against evidence.

    Args:
        policy: what is asked.
        evidence: of one mix, each figure once.
        now: when it is judged, ISO 8601 in UTC.

    Returns:
        The verdict: the worst outcome of all criteria, by the order of `OUTCOMES`.

    Raises:
        DataError: the evidence tells a figure twice, is of several mixes, or an item of it has a wrong type.
    """
    there = held(evidence, now, policy.level)
    made = [_assessed(one, there) for one in policy.criteria]
    made += _always(policy, there, made)
    sources = there.evidence.get(SOURCES)
    return Verdict(
        worst([one.outcome for one in made]), tuple(made),
        {name: getattr(policy, name) for name in ("name", "version", "owner", "level", "digest")},
        dict(sources.subjects) if sources else dict(evidence[0].subjects) if evidence else {},
        now, tuple(one.digest for one in evidence), _assumptions(policy, there), tuple(_notes(policy, there)),
        *(tuple(plain(item) for item in there.items(name)) for name in (SOURCES, UNRESOLVED, LOOP)),
    )  # fmt: skip


def result_of(found: Interval | Unknown, reading: Reading) -> tuple[Result, End]:
    """How a figure stands to its limit, and which end decided.

    Both are compared at 12 significant digits, to which records are rounded.
    """
    if isinstance(found, Unknown):
        return "unknown", ""
    sign, (favourable, unfavourable) = 1.0, found
    ends: tuple[End, End] = ("lower", "upper")
    if reading.way == "min":
        sign, ends = -1.0, ("upper", "lower")
        favourable, unfavourable = -found[1], -found[0]
    limit = rounded(sign * reading.limit)
    if rounded(unfavourable) <= limit:
        return "pass", ends[1]
    return ("fail", ends[0]) if rounded(favourable) > limit else ("inconclusive", ends[1])


def outcome_of(criterion: Criterion, result: Result) -> Outcome:
    """What becomes of an update by one criterion."""
    after: dict[Result, Outcome] = {
        "pass": "pass", "fail": criterion.on_fail, "unknown": criterion.on_unknown,
        "inconclusive": criterion.on_inconclusive,
    }  # fmt: skip
    return after[result]


def _assessed(criterion: Criterion, there: Held) -> Assessment:
    """The worst of what a criterion asks for: it may have a limit as a share and one in tokens."""
    made = [_one(criterion, one, there) for one in KINDS[criterion.kind].read(criterion, there)]
    return max(made, key=lambda one: (OUTCOMES.index(one.outcome), RESULTS.index(one.result)))


def _one(criterion: Criterion, reading: Reading, there: Held) -> Assessment:
    result, end = result_of(reading.found, reading)
    found = None if isinstance(reading.found, Unknown) else (rounded(reading.found[0]), rounded(reading.found[1]))
    return Assessment(
        criterion.id, criterion.kind, criterion.layer, result, outcome_of(criterion, result), reading.what, found,
        rounded(reading.limit), reading.way, end, reading.unit, _reason(reading, result),
        () if result == "pass" else reading.remedies(), criterion.owner, criterion.consequence, criterion.maps_to,
        tuple(there.evidence[name].digest for name in reading.names if name in there.evidence),
    )  # fmt: skip


def _reason(reading: Reading, result: Result) -> str:
    """One sentence with its numbers."""
    what = f"{reading.what[:1].upper()}{reading.what[1:]}"
    most, asked = ("at most", "is allowed") if reading.way == "max" else ("at least", "is needed")
    if isinstance(reading.found, Unknown):
        return f"{what} is not known: {reading.found.reason.rstrip('.')}."
    low, high = reading.found
    hard, soft = (high, low) if reading.way == "max" else (low, high)
    beyond = "above" if reading.way == "max" else "below"
    end, limit = apart(soft if result == "fail" else hard, reading.limit, reading.unit)
    names = ("upper", "lower") if reading.way == "max" else ("lower", "upper")
    why = {
        "pass": f"the {names[0]} end, {end}, is within that",
        "fail": f"even the {names[1]} end, {end}, is {beyond} that",
        "inconclusive": f"the {names[0]} end, {end}, is {beyond} that, the {names[1]} is not",
        "unknown": "",
    }[result]
    if math.isinf(hard):
        why = "it may be without end"
    if low == high:
        why = "it is within that" if result == "pass" else f"it is {beyond} that"
    told = end if low == high else span(reading.found, reading.unit)
    return f"{what} is {told}, and {most} {limit} {asked}: {why}{_about(reading, result)}."


def _about(reading: Reading, result: Result) -> str:
    if result == "pass" or not reading.about:
        return ""
    more = f", and {len(reading.about) - MOST} more" if len(reading.about) > MOST else ""
    return f" ({'; '.join(reading.about[:MOST])}{more})"


def _always(policy: Policy, there: Held, made: Sequence[Assessment]) -> Iterator[Assessment]:
    """Rules that no policy can switch off: forged blocks, contradictory is for people, no sources is unknown."""
    needed = any(name.startswith("mix.") for one in policy.criteria for name in KINDS[one.kind].reads)
    known = there.sources()
    said = any(one.result == "unknown" and SOURCES in KINDS[one.kind].reads for one in made)
    if needed and not said and isinstance(known, Unknown):
        yield _rule("sources", Reading("what the sources show", known, 0.0, "max"), "pause", there)
    # Stale or not: what is forged was forged.
    sources = sources_of(there.items(SOURCES))
    told = {one.kind for one in made if one.result != "pass"}
    forged = [one for one in sources if one.finding(*FORGED)]
    if forged:
        yield _rule("forged", _found(forged, FORGED, "the number of sources that are forged"), "block", there)
    contradictory = [one for one in sources if one.finding("contradictory")]
    if contradictory and "contradiction" not in told:
        what = "the number of sources that contradict themselves"
        yield _rule("contradictory", _found(contradictory, ("contradictory",), what), "escalate", there)


def _found(sources: Sequence[Source], codes: tuple[str, ...], what: str) -> Reading:
    about = [(one, found) for one in sources if (found := one.finding(*codes))]
    count = float(len(sources))
    remedies = tuple(f"{found.remedy.rstrip('.') or 'Leave it out'} ({one.name})." for one, found in about[:MOST])
    return Reading(
        what, (count, count), 0.0, "max", "count", tuple(f"{one.name}: {found.says}" for one, found in about),
        lambda: remedies, (SOURCES,),
    )  # fmt: skip


def _rule(name: str, reading: Reading, outcome: Outcome, there: Held) -> Assessment:
    always = Criterion(name, name, {}, "governance", "upper", outcome, outcome, outcome, ALWAYS)
    return _one(always, reading, there)


def _assumptions(policy: Policy, there: Held) -> tuple[str, ...]:
    """What the figures that were read take as true, each once."""
    names = [name for one in policy.criteria for name in KINDS[one.kind].reads]
    findings = [there.evidence[name].finding for name in names if name in there.evidence]
    told = [one.assumption for one in findings if isinstance(one, Bounds | Estimate)]
    return tuple(dict.fromkeys(one for one in told if one))


def _notes(policy: Policy, there: Held) -> Iterator[str]:
    """What else a reader should know of the policy and the mix."""
    now = there.now
    for item in there.items(ASSUMED):
        if item.get("lapsed") is True:
            yield f"The assumption {item.get('id', '')} has lapsed, and is not taken as true."
    if policy.review and policy.review < now[:10]:
        yield f"The policy was to be looked at again by {policy.review}."
    late = [one.id for one in policy.criteria if one.review and one.review < now[:10]]
    if late:
        yield f"To be looked at again, and overdue: {', '.join(late)}."
    unowned = [one.id for one in policy.criteria if one.owner.lower().startswith(TO_FILL)]
    if unowned:
        yield f"Nobody is named yet as the owner of: {', '.join(unowned)}."
