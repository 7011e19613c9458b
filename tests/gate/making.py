"""Evidence of mixes made by hand: the worked example, and mixes of any sources."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from outcross.estimate import Bounds, Unknown
from outcross.evidence import Evidence
from outcross.gate.assess import assess
from outcross.gate.kinds import FIELDS
from outcross.gate.policy import policy_of
from outcross.gate.record import Policy, Verdict
from outcross.settings import Written

NOW = "2026-11-23T12:00:00+00:00"
G = 10**9
MT = "the unrecorded MT model was trained on at most half synthetic text"


@dataclass(frozen=True)
class Row:
    """A source: tokens, and how much of them is synthetic or edited, synthetic, human, unknown."""

    name: str
    tokens: float
    made: tuple[float, float] = (0.0, 0.0)
    synthetic: tuple[float, float] | None = None
    human: tuple[float, float] | None = None
    unknown: float = 0.0
    told: Mapping[str, Any] = field(default_factory=dict)

    def item(self, total: float) -> dict[str, Any]:
        return {
            "name": self.name, "tokens": self.tokens, "share": self.tokens / total, "record": "sha256:" + "a" * 64,
            "level": 2, "fields": list(FIELDS), "origin": "human", "generators": [], "license": ["CC0-1.0"],
            "issued": "2026-10-01", "expires": "", "signed_by": "ed25519:k", "signature": "valid",
            "manifest": "sha256:" + "b" * 64, "findings": [], "synthetic_or_edited": list(self.made),
        } | self.told  # fmt: skip

    def ends(self, what: str) -> tuple[float, float]:
        made = {
            "synthetic_or_edited": self.made, "synthetic": self.synthetic or self.made,
            "human": self.human or (1 - self.made[1], 1 - self.made[0]), "unknown": (self.unknown, self.unknown),
        }  # fmt: skip
        return {**made, "fresh_human": made["human"]}[what]


SHARES = ("synthetic", "synthetic_or_edited", "human", "fresh_human", "unknown")

MIX1 = (
    Row("books", 30 * G),
    Row("crawl", 40 * G, (0.08, 0.17), told={"origin": "mixed", "generators": ["M?"]}),
    Row("m0-out", 5 * G, (1.0, 1.0), told={"origin": "synthetic", "level": 1, "generators": ["M0"]}),
    Row("mt-books", 5 * G, (1.0, 1.0), synthetic=(0.0, 0.0), told={"origin": "edited", "generators": ["mt-model-x"]}),
)
"""The worked example: 16.5 to 21 % synthetic or edited, of 80 G tokens."""


def bounds(name: str, low: float, high: float, items: Sequence[Mapping[str, Any]] = (), **told: Any) -> Evidence:
    """One finding between two ends."""
    told = {"subjects": {"mix": "sha256:" + "c" * 64}, "made": NOW, "tool": {"name": "test"}} | told
    finding = Bounds(low, high, "share of tokens", "by hand", MT)
    return Evidence(name, finding=finding, items=tuple(dict(one) for one in items), **told)


def evidence_of(rows: Sequence[Row], **other: tuple[float, float]) -> dict[str, Evidence]:
    """All evidence of a mix of sources, by name; `other` gives the ends of depths and counts."""
    total = sum(row.tokens for row in rows)
    made = {"mix.sources": bounds("mix.sources", len(rows), len(rows), [row.item(total) for row in rows])}
    for what in SHARES:
        ends = [(row, row.ends(what)) for row in rows]
        items = [
            {"source": row.name, "share": row.tokens / total, "low": low, "high": high, "why": "told"}
            for row, (low, high) in ends
        ]
        low, high = (sum(row.tokens * end[at] for row, end in ends) / total for at in (0, 1))
        made[f"mix.{what}"] = bounds(f"mix.{what}", low, high, items)
        if what in {"human", "fresh_human"}:
            made[f"mix.{what}_tokens"] = bounds(f"mix.{what}_tokens", low * total, high * total)
    facts = {
        "mean_depth": (0.2, 0.5),
        "max_depth": (1.0, 4.0),
        "unresolved": (0.0, 0.0),
        "self_loop": (0.0, 0.0),
        "assumptions": (0.0, 0.0),
    }
    for what, ends in (facts | other).items():
        made[f"mix.{what}"] = bounds(f"mix.{what}", *ends)
    return made


def mix1() -> dict[str, Evidence]:
    """The worked example, with its unresolved ancestor."""
    made = evidence_of(MIX1, mean_depth=(0.165, math.inf), max_depth=(1.0, math.inf), unresolved=(1.0, 1.0))
    item = {"id": "mt-model-x", "through": "mt-books", "narrows": 0.3, "remedy": "Get the record of mt-model-x."}
    made["mix.unresolved"] = replace(made["mix.unresolved"], items=(item,))
    return made


def unknown(evidence: Evidence, why: str = "nobody looked") -> Evidence:
    return replace(evidence, finding=Unknown(why))


def tables(*criteria: Mapping[str, Any], **head: Any) -> dict[str, Any]:
    """A policy of these criteria, as it would be read from a file."""
    rows = [{"id": f"c{nth}", "owner": "ana"} | dict(one) for nth, one in enumerate(criteria)]
    return {"policy": {"name": "tried", "version": 1, "owner": "ana"} | head, "criterion": rows}


def policy(*criteria: Mapping[str, Any], **head: Any) -> Policy:
    return policy_of(Written(Path("policy.toml"), tables(*criteria, **head)))


def read(text: str) -> Policy:
    """The policy that a text says."""
    return policy_of(Written(Path("policy.toml"), tomllib.loads(text), text))


def judged(evidence: Mapping[str, Evidence], *criteria: Mapping[str, Any], **head: Any) -> Verdict:
    return assess(policy(*criteria, **head), list(evidence.values()), NOW)


MINIMAL: Mapping[str, Mapping[str, Any]] = {
    "synthetic_share": {"max": 1.0, "count_edited": 0.5},
    "unknown_share": {"max": 1.0},
    "human_floor": {"min": 0.0, "min_tokens": 1},
    "fresh_human_share": {"min": 0.0, "min_tokens": 1},
    "mean_depth": {"max": 100},
    "max_depth": {"max": 100},
    "unresolved_ancestors": {},
    "self_loop": {},
    "assumptions": {},
    "required_fields": {"fields": ["issuer"]},
    "evidence_level": {"level": 1},
    "generator_allow": {"models": ["*"]},
    "generator_deny": {"models": ["no-such-model"]},
    "signature": {},
    "freshness": {},
    "license": {"allow": ["*"]},
    "contradiction": {},
}
"""Of each kind a criterion that a mix of signed human text meets."""
