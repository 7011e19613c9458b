"""Criteria that ask something of every source. A source meets a rule, breaks it, or leaves it open.

The share of tokens that breaks it lies between that of the sources that surely do and that of those that may. So a rule
is an interval against a limit like any other; with the default limit of 0 every source must meet it.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from outcross.estimate import Unknown
from outcross.gate.amounts import tokens
from outcross.gate.reading import SOURCES, Held, Reading
from outcross.gate.record import Criterion, Interval
from outcross.gate.remedies import MOST
from outcross.gate.sources import CONTRADICTORY, FORGED, Source

SILENT = frozenset({"", "unknown", "other", "noassertion", "unspecified"})
"""Words for a licence that say nothing."""


@dataclass(frozen=True)
class Broken:
    """How a source stands to a rule that it does not meet.

    Attributes:
        why: in words. remedy: what would mend it. surely: whether it breaks the rule; else it may.
    """

    why: str
    remedy: str
    surely: bool = True


Rule = Callable[[Criterion, Source, str], Broken | None]
"""What a criterion says of a source at a time; None where it is met."""


def asked_of_sources(rule: Rule, what: str) -> Callable[[Criterion, Held], tuple[Reading, ...]]:
    """The reading of a criterion that asks something of every source."""

    def read(criterion: Criterion, held: Held) -> tuple[Reading, ...]:
        limit = criterion.number("max")
        sources = held.sources()
        if isinstance(sources, Unknown):
            return (Reading(what, sources, limit, "max", names=(SOURCES,)),)
        broken = [(one, told) for one in sources if (told := rule(criterion, one, held.now))]
        broken.sort(key=lambda one: (not one[1].surely, -(one[0].share or 0.0)))
        about = tuple(f"{one.name} {told.why}" for one, told in broken)
        found = _share(sources, broken, limit)

        def remedies() -> tuple[str, ...]:
            return _mended(broken)

        return (Reading(what, found, limit, "max", "share", about, remedies, (SOURCES,)),)

    return read


def _share(sources: tuple[Source, ...], broken: list[tuple[Source, Broken]], limit: float) -> Interval | Unknown:
    """The share of tokens in sources that break a rule; of sources where nobody told tokens and none may break it."""
    weights = {id(one): one.share for one in sources}
    if any(weight is None for weight in weights.values()):
        if limit > 0:
            return Unknown("nobody told how many tokens are taken from each source")
        weights = {id(one): 1 / len(sources) for one in sources}
    told = {place: weight or 0.0 for place, weight in weights.items()}
    # Tokens that no source is named for may be anything.
    rest = max(1 - sum(told.values()), 0.0) if sum(told.values()) < 1 - 1e-9 else 0.0
    surely = sum(told[id(one)] for one, how in broken if how.surely)
    maybe = sum(told[id(one)] for one, _ in broken)
    return min(surely, 1.0), min(maybe + rest, 1.0)


def _mended(broken: list[tuple[Source, Broken]]) -> tuple[str, ...]:
    """What would mend them, by what is to be done; those with most tokens first."""
    ways: dict[str, list[Source]] = {}
    for one, how in broken:
        ways.setdefault(how.remedy, []).append(one)
    return tuple(f"{way}: {_named(some)}." for way, some in list(ways.items())[:MOST])


def _named(sources: list[Source]) -> str:
    """Sources with their tokens; of many the largest."""
    told = [one.name if one.tokens is None else f"{one.name}, {tokens(one.tokens)}" for one in sources[:MOST]]
    more = f"; and {len(sources) - MOST:,} more" if len(sources) > MOST else ""
    return f"{'; '.join(told)}{more}"


def required_fields(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """All fields that the policy names."""
    missing = [one for one in criterion.texts("fields") if one not in source.fields]
    if not missing:
        return None
    if not source.fields:
        return Broken("has no record", f"Get a record with {', '.join(missing)}")
    return Broken(f"does not tell {', '.join(missing)}", f"Add {', '.join(missing)} to the record")


def evidence_level(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """A level of evidence, of all sources or of those of some origin."""
    least, origins = int(criterion.number("level")), criterion.texts("origins")
    if source.level >= least or (origins and source.origin not in (*origins, "unknown")):
        return None
    surely = not origins or source.origin in origins
    # A remedy that has been worked out for this very source says more than the step between two levels.
    step = next((one.remedy for one in source.findings if one.remedy), "") or _STEPS[source.level]
    return Broken(f"has level {source.level}, not {least}", step.rstrip("."), surely)


_STEPS = (
    "Get a record of it", "Have its record signed by a listed key and its bytes checked",
    "Have it audited, or timestamped before the cutoff", "",
)  # fmt: skip
"""What leads from each level of evidence to the next."""


def generator_allow(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """Only models that the policy names."""
    allowed = criterion.texts("models")
    if strange := [one for one in source.generators if not _any(allowed, one)]:
        return Broken(f"is by {', '.join(strange)}, which is not allowed", "Leave it out, or have the model allowed")
    return _unnamed(source)


def generator_deny(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """None of the models that the policy names."""
    denied = criterion.texts("models")
    if found := [one for one in source.generators if _any(denied, one)]:
        return Broken(f"is by {', '.join(found)}, which is denied", "Leave it out")
    return _unnamed(source)


def _unnamed(source: Source) -> Broken | None:
    """A source that may hold text of a model that nobody names."""
    sure = source.level >= 2 or source.made[0] >= 1  # else others may have made the rest: nobody proved who did
    if (source.generators and sure) or not source.may_be_made:
        return None
    if source.generators:
        return Broken("may be by other models than it declares", "Have its record signed by a listed key", False)
    return Broken("may be by a model that nobody names", "Have its generators named, or its human origin signed", False)


def signature(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """A valid signature of a listed key over what binds the bytes."""
    if forged := source.finding(*FORGED):
        return Broken(f"is {forged.code}: {forged.says}", forged.remedy.rstrip(".") or "Leave it out")
    if source.signature != "valid":
        return Broken(f"has a signature that is {source.signature}", "Have it signed by a listed key")
    if listed := source.finding("unlisted", "expired"):
        return Broken(f"is {listed.code}: {listed.says}", listed.remedy.rstrip(".") or "Have it signed by a listed key")
    signers = criterion.texts("signers")
    if signers and source.signed_by not in signers:
        return Broken("is signed by a key that this requirement does not name", "Have it signed by a named key")
    return _unbound(criterion, source)


def _unbound(criterion: Criterion, source: Source) -> Broken | None:
    if criterion.parameters.get("bytes") is False:
        return None
    if not source.manifest:
        return Broken("has no manifest that binds its bytes", "Have its bytes signed in a manifest")
    unchecked = source.finding("unchecked")
    return Broken("has bytes that nobody checked", "Check its bytes against the manifest", False) if unchecked else None


def freshness(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """A record that has not expired, and is no older than so many days."""
    renew = "Have the record issued anew"
    today = _day(now)
    # A year or a month tells no day: such a record is as old as its first day makes it.
    expires, issued = _day(source.expires), _day(source.issued[:10] + "0000-01-01"[len(source.issued) :])
    if source.finding("expired") or (expires and today and expires < today):
        return Broken(f"has expired{f' on {source.expires}' if source.expires else ''}", renew)
    if not source.record:
        return Broken("has no record", "Get a record of it", False)
    most = criterion.number("max_days")
    if not most:
        return None
    if issued is None or today is None:
        return Broken("does not tell when its record was issued", renew, False)
    age = (today - issued).days
    if age < 0:
        return Broken(f"has a record of a day to come, {source.issued}", renew)
    return None if age <= most else Broken(f"has a record of {age:,} days", renew)


def _day(said: str) -> dt.date | None:
    """The day of a date or a time; None where it is none."""
    try:
        return dt.date.fromisoformat(said[:10])
    except ValueError:
        return None


def license_(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """Licences that the policy allows, and none that it denies; every one that is told must hold."""
    told = [one for one in source.license if one.strip().lower() not in SILENT]
    for one in told:
        if not _permitted(one, criterion.texts("allow"), criterion.texts("deny")):
            return Broken(f"has the licence {one}", "Leave it out, or get it under another licence")
    if len(told) < max(len(source.license), 1):
        return Broken("has a licence that nobody told", "Have its licence told", False)
    return None


def _permitted(said: str, allow: tuple[str, ...], deny: tuple[str, ...]) -> bool:
    """Whether a licence expression of SPDX leaves a choice that is allowed.

    "A OR B" is fine where one of both is. With brackets every licence in it must be fine: that is stricter than SPDX,
    and needs no parser of text that others wrote.
    """
    if "(" in said:
        choices = [re.split(r"[()\s]+(?:OR|AND|WITH)[()\s]+", said.strip("() "), flags=re.IGNORECASE)]
    else:
        choices = [
            re.split(r"\s+AND\s+", choice, flags=re.IGNORECASE)
            for choice in re.split(r"\s+OR\s+", said, flags=re.IGNORECASE)
        ]
    return any(
        all((not allow or _any(allow, one)) and not _any(deny, one) for one in (part.strip("() ") for part in choice))
        for choice in choices
    )


def contradiction(criterion: Criterion, source: Source, now: str) -> Broken | None:
    """No two statements that cannot both be true."""
    found = source.finding(CONTRADICTORY)
    if found is None:
        return None
    return Broken(f"is contradictory: {found.says}", found.remedy.rstrip(".") or "Have its issuers settle which holds")


def _any(patterns: tuple[str, ...], said: str) -> bool:
    """Whether a name fits one of the patterns, in which * stands for anything; capitals do not count."""
    return any(fnmatchcase(said.casefold().strip(), one.casefold()) for one in patterns)
