"""The records of the gate: criteria of a policy, their assessments, and the verdict over all of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from outcross.canonical import canonical_json, digest, plain
from outcross.errors import DataError

POLICY_SCHEMA = "outcross.policy/1"
SCHEMA = "outcross.verdict/1"

Layer = Literal["data", "model", "workflow", "governance"]
LAYERS: tuple[Layer, ...] = ("data", "model", "workflow", "governance")

Outcome = Literal["pass", "escalate", "pause", "block"]
OUTCOMES: tuple[Outcome, ...] = ("pass", "escalate", "pause", "block")
"""What becomes of an update; of several the last in this list stands for all. A pause goes before people: nobody is
asked to wave through what a rule still holds back, and a block is never hidden by anything."""


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome that stands for several; of none it is a pause, since nothing was asked."""
    return max(outcomes, key=OUTCOMES.index, default="pause")


Result = Literal["pass", "inconclusive", "unknown", "fail"]
RESULTS: tuple[Result, ...] = ("pass", "inconclusive", "unknown", "fail")
"""How a figure stands to its limit."""

Way = Literal["max", "min"]
End = Literal["upper", "lower", ""]
Unit = Literal["share", "tokens", "generations", "count"]
Interval = tuple[float, float]

CODES: Mapping[Outcome, int] = {"pass": 0, "escalate": 3, "pause": 1, "block": 1}
"""The exit code of each outcome."""


@dataclass(frozen=True)
class Criterion:
    """One requirement.

    Attributes:
        id: its name within the policy. kind: what it asks, see `outcross.gate.kinds`.
        parameters: of its kind, defaults included.
        layer: of quality. bound: the end of the interval that decides.
        on_fail, on_unknown, on_inconclusive: what becomes of the update then; never "pass".
        owner: who answers for it. consequence: what it would mean to go on without. why: it is asked.
        maps_to: clauses that it implements. review: until when it is to be looked at again, ISO 8601.
    """

    id: str
    kind: str
    parameters: Mapping[str, Any]
    layer: Layer
    bound: End
    on_fail: Outcome
    on_unknown: Outcome
    on_inconclusive: Outcome
    owner: str
    consequence: str = ""
    why: str = ""
    maps_to: tuple[str, ...] = ()
    review: str = ""

    def number(self, name: str, default: float = 0.0) -> float:
        """A parameter that is a number."""
        told = self.parameters.get(name)
        return default if told is None else float(told)

    def texts(self, name: str) -> tuple[str, ...]:
        """A parameter that is a list of texts; empty where it is not told."""
        return tuple(self.parameters.get(name) or ())

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as they stand in a policy."""
        told: dict[str, Any] = {
            "id": self.id, "kind": self.kind, "layer": self.layer, "bound": self.bound, "on_fail": self.on_fail,
            "on_unknown": self.on_unknown, "on_inconclusive": self.on_inconclusive, "owner": self.owner,
            "consequence": self.consequence, "why": self.why, "maps_to": list(self.maps_to), "review": self.review,
            **self.parameters,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value not in ("", None, [])}


@dataclass(frozen=True)
class Policy:
    """What is asked of an update, and by whom.

    Attributes:
        name: of the policy. version: of it, from 1. min_version: below which none may be used any more.
        owner: who answers for it. criteria: what it asks, in order.
        review: until when it is to be looked at again, ISO 8601; empty for no date.
        level: of the intervals of estimates.
    """

    name: str
    version: int
    owner: str
    criteria: tuple[Criterion, ...]
    min_version: int = 1
    review: str = ""
    level: float = 0.95

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as they stand in a file."""
        table = {
            "name": self.name, "version": self.version, "min_version": self.min_version, "owner": self.owner,
            "review": self.review, "level": self.level,
        }  # fmt: skip
        told = {name: value for name, value in table.items() if value}
        return {"policy": told, "criterion": [one.to_dict() for one in self.criteria]}

    @cached_property
    def digest(self) -> str:
        """Of all that it asks, defaults included; comments and order of keys do not count."""
        return digest({"schema": POLICY_SCHEMA} | self.to_dict())


@dataclass(frozen=True)
class Assessment:
    """One criterion held against evidence.

    Attributes:
        criterion: its id. kind, layer, owner, consequence, maps_to: of it.
        result: how the figure stands to the limit. outcome: what becomes of the update by this criterion.
        what: the figure in words. interval: of it; None where it is not known. limit: it is held against.
        way: whether the limit is a maximum or a minimum. end: of the interval that decided; empty for none.
        unit: of interval and limit.
        reason: why, in one sentence with its numbers. remedies: what would close the gap, the cheapest first.
        evidence: digests of what was read.
    """

    criterion: str
    kind: str
    layer: Layer
    result: Result
    outcome: Outcome
    what: str
    interval: Interval | None
    limit: float
    way: Way
    end: End
    unit: Unit
    reason: str
    remedies: tuple[str, ...] = ()
    owner: str = ""
    consequence: str = ""
    maps_to: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values; an end that is infinite is None, and the whole interval where nothing is known."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        ends = None if self.interval is None else [None if math.isinf(end) else end for end in self.interval]
        return dict(plain(told | {"interval": ends}))

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Assessment":
        """The assessment that `to_dict` wrote."""
        told = dict(record)
        if told["interval"] is not None:
            low, high = told["interval"]
            told["interval"] = (float(low), math.inf if high is None else float(high))
        told |= {name: tuple(told[name]) for name in ("remedies", "maps_to", "evidence")}
        return cls(**(told | {"limit": float(told["limit"])}))


@dataclass(frozen=True)
class Verdict:
    """What a policy says of a mix.

    Attributes:
        outcome: of all criteria together.
        assessments: one for each criterion in the policy's order, then those of rules that no policy can switch off.
        policy: name, version and digest of the policy.
        subjects: digests by role, of the evidence.
        made: when, ISO 8601 in UTC. evidence: digests of all evidence that was there.
        assumptions: what the figures take as true. notes: what else a reader should know.
        sources, unresolved, loops: items of the evidence, for those who read.
    """

    outcome: Outcome
    assessments: tuple[Assessment, ...]
    policy: Mapping[str, Any]
    subjects: Mapping[str, str]
    made: str
    evidence: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = field(default=())
    unresolved: tuple[Mapping[str, Any], ...] = field(default=())
    loops: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """Of a command that ends with it."""
        return CODES[self.outcome]

    @property
    def says(self) -> str:
        """The verdict in one sentence."""
        held = [one for one in self.assessments if one.outcome == self.outcome]
        if self.outcome == "pass":
            return f"All {len(held)} requirements are met."
        people = sum(one.outcome == "escalate" for one in self.assessments)
        told = {"block": "must not be used", "pause": "waits", "escalate": "is for people to decide"}[self.outcome]
        also = f" People must look at {people} more." if people and self.outcome != "escalate" else ""
        return f"The mix {told}, by {', '.join(one.criterion for one in held)}.{also}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        parts = {"assessments": [one.to_dict() for one in self.assessments]}
        return {"schema": SCHEMA, **plain(told | parts)}

    def to_json(self) -> str:
        """Canonical JSON."""
        return canonical_json(self.to_dict()).decode()

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Verdict":
        """The verdict that `to_dict` wrote.

        Raises:
            DataError: it is none.
        """
        told = dict(record)
        if told.pop("schema", None) != SCHEMA or told.keys() != cls.__dataclass_fields__.keys():
            raise DataError(f"This is no verdict of the schema {SCHEMA}.", hint="See docs/reference/requirements.md.")
        lists = ("evidence", "assumptions", "notes", "sources", "unresolved", "loops")
        told |= {name: tuple(told[name]) for name in lists}
        made = cls(**(told | {"assessments": tuple(Assessment.from_dict(one) for one in told["assessments"])}))
        if made.outcome != worst([one.outcome for one in made.assessments]):
            raise DataError(f"This verdict says {made.outcome!r}, which is not what its requirements come to.",
                            hint="Somebody changed it; make it anew: outcross provenance check")  # fmt: skip
        return made

    @cached_property
    def digest(self) -> str:
        """The digest of the whole record."""
        return digest(self.to_dict())
