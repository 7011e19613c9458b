"""The records of a label set: what is to be looked at, and what people said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

from outcross.canonical import digest, rounded, sha256
from outcross.principals import KnownKey, Signer, verify

Answer = Literal["human", "partly", "synthetic", "unsure", "withdrawn"]
"""`partly`: at least partly written by a machine; `unsure`: cannot tell; `withdrawn`: the last answer was undone."""

ANSWERS: tuple[Answer, ...] = ("human", "partly", "synthetic", "unsure")
"""The answers that a person can give."""

Truth = Literal["human", "synthetic"]

LABEL = "outcross.label/1"
"""The type under which labels are signed."""

SET = "outcross.label-set/1"
"""The type under which label sets are signed."""

LONGEST = 200_000
"""Characters of a document that are kept for reviewers: more than anybody reads."""


@dataclass(frozen=True)
class Item:
    """A document that people are shown.

    Attributes:
        number: its place in the set, from 0; all that a reviewer learns of where it is from.
        document: its identifier in the corpus, or in the file that gold is from.
        text_digest: SHA-256 of the text as it is kept, see `kept`.
        tokens: its words.
        truth: what it is, where it was planted (gold); None for a document of the corpus.
        stratum: the stratum it was drawn in; empty where there is one.
        inclusion: the probability that the design gave it to be drawn; 1 for gold.
        score: of the text score when it was drawn, in [0, 1]; None where it was not scored.
        wanted: how many reviewers are to answer.
    """

    number: int
    document: str
    text_digest: str
    tokens: int
    truth: Truth | None = None
    stratum: str = ""
    inclusion: float = 1.0
    score: float | None = None
    wanted: int = 1

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Label:
    """What somebody said of an item, signed.

    Attributes:
        set: digest of the label set.
        item: the item's number in the set; text_digest: of the text that was shown.
        reviewer: the principal whose judgement it is.
        answer: see `Answer`.
        made: when, ISO 8601 in UTC.
        seconds: from seeing the text to answering; 0 where nobody measured.
        signer: who recorded it: the reviewer, or who took it over from another tool.
        key: short name of the signer's key; signature: over all of the above.
    """

    set: str
    item: int
    text_digest: str
    reviewer: str
    answer: Answer
    made: str
    seconds: float = 0.0
    signer: str = ""
    key: str = ""
    signature: str = ""

    def claim(self) -> dict[str, Any]:
        """What is signed: everything but the signature."""
        record = asdict(self)
        del record["signature"]
        return record

    def verified(self, keys: Mapping[str, KnownKey]) -> bool:
        """Whether the signature is that of a key which the signer has.

        Args:
            keys: by their short names.
        """
        key = keys.get(self.key)
        if key is None or key.principal != self.signer or not key.holds(self.made):
            return False
        return verify(key.public, self.signature, LABEL, self.claim())


def signed(label: Label, signer: Signer) -> Label:
    """The label with the signature of whoever records it."""
    said = Label(**{**asdict(label), "seconds": rounded(label.seconds), "signer": signer.name, "key": signer.key_id})
    return Label(**{**asdict(said), "signature": signer.sign(LABEL, said.claim())})


@dataclass(frozen=True)
class LabelSet:
    """What is to be labelled and how it was drawn; never changed once it is made.

    Attributes:
        name: in the workspace.
        plan: design, seed, corpus (paths, root, view, documents), strata, floor, gold, reviewers an item.
        items: in the order in which they are shown.
        made: when, ISO 8601 in UTC; by: who drew it.
    """

    name: str
    plan: dict[str, Any]
    items: tuple[Item, ...]
    made: str
    by: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "schema": SET, "name": self.name, "plan": self.plan, "made": self.made, "by": self.by,
            "items": [item.to_dict() for item in self.items],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "LabelSet":
        """The set that `to_dict` wrote."""
        items = tuple(Item(**item) for item in record["items"])
        return cls(record["name"], record["plan"], items, record["made"], record["by"])

    @cached_property
    def digest(self) -> str:
        """The digest of the whole record: labels are bound to it."""
        return digest(self.to_dict())

    @property
    def gold(self) -> tuple[Item, ...]:
        """The planted items."""
        return tuple(item for item in self.items if item.truth is not None)

    @property
    def sample(self) -> tuple[Item, ...]:
        """The items drawn from the corpus."""
        return tuple(item for item in self.items if item.truth is None)


def kept(text: str) -> str:
    """The text as it is kept for reviewers: its first `LONGEST` characters."""
    return text[:LONGEST]


def text_digest(text: str) -> str:
    """The digest of a text."""
    return sha256(text.encode())


def standing(labels: Iterable[Label]) -> list[Label]:
    """The labels that stand: of each reviewer the last answer to each item, unless it was withdrawn.

    They keep the order in which the items were first answered, which is what a test over time needs.
    """
    last: dict[tuple[str, int], Label] = {}
    for label in labels:
        last[label.reviewer, label.item] = label
    return [label for label in last.values() if label.answer != "withdrawn"]
