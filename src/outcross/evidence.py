"""Evidence: one finding, bound to what it was found on and how. It knows no criterion.

What measures never imports what judges, and the reverse: they meet in this record.
"""

from dataclasses import dataclass, field
from typing import Any

from outcross.canonical import digest
from outcross.estimate import Bounds, Finding, finding_from_dict

SCHEMA = "outcross.evidence/2"


@dataclass(frozen=True)
class Evidence:
    """One finding.

    Attributes:
        name: of the figure, e.g. "distinct.2".
        subjects: digests by role: "corpus", and where they apply "baseline", "reference".
        finding: an Estimate, Bounds, or why it is Unknown.
        tool: name, version and parameters' digest of what found it.
        producer: the principal who ran it; empty where nobody is named.
        made: when, ISO 8601 in UTC. valid_until: after which it is stale; empty for never.
        inputs: digests of other evidence that it rests on.
        seed: of random draws. look: which of the planned looks it is, from 1.
        items: what the finding is made of, plain values (the sources of a mix, say), for rules that ask about each.
    """

    name: str
    subjects: dict[str, str]
    finding: Finding | Bounds
    tool: dict[str, str]
    made: str
    producer: str = ""
    valid_until: str = ""
    inputs: tuple[str, ...] = field(default=())
    seed: int = 0
    look: int = 1
    items: tuple[dict[str, Any], ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "schema": SCHEMA, "name": self.name, "subjects": self.subjects, "finding": self.finding.to_dict(),
            "tool": self.tool, "made": self.made, "producer": self.producer, "valid_until": self.valid_until,
            "inputs": list(self.inputs), "seed": self.seed, "look": self.look, "items": list(self.items),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Evidence":
        """The evidence that `to_dict` wrote."""
        told = record["finding"]
        return cls(
            record["name"], record["subjects"], finding_from_dict(told) if "se" in told or "unknown" in told
            else Bounds.from_dict(told), record["tool"], record["made"], record["producer"], record["valid_until"],
            tuple(record["inputs"]), record["seed"], record["look"], tuple(record["items"]),
        )  # fmt: skip

    @property
    def digest(self) -> str:
        """The digest of the whole record."""
        return digest(self.to_dict())
