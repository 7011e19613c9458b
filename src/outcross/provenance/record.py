"""A provenance record: what one data source is said to be, by whom, and on what ground.

It maps field by field to the standards of `docs/reference/provenance-record.md`. A field that is not known is absent
(None, or empty text), never guessed; `derived_from` tells "nobody said" (None) from "it has no upstream" (empty).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from outcross.canonical import digest, plain

SCHEMA = "outcross.provenance/1"

Kind = Literal["human", "edited", "mixed", "synthetic", "procedural", "unknown"]
KINDS: tuple[Kind, ...] = ("human", "edited", "mixed", "synthetic", "procedural", "unknown")

Part = Literal["human", "edited", "synthetic", "procedural"]
PARTS: tuple[Part, ...] = ("human", "edited", "synthetic", "procedural")
"""What text can be: written by people; people's text changed by a model; written by a model; made by fixed rules."""

Operation = Literal["copy", "mix", "filter", "translate", "edit", "generate", "derive"]
OPERATIONS: tuple[Operation, ...] = ("copy", "mix", "filter", "translate", "edit", "generate", "derive")
"""How a source came from another. `derive`: somehow. `generate`: a model wrote it, prompted with the other."""

Bounds = tuple[float, float]
"""A share between two ends, both in [0, 1]."""

ANY: Bounds = (0.0, 1.0)
NONE: Bounds = (0.0, 0.0)
ALL: Bounds = (1.0, 1.0)

PROOFS = ("declaration", "signature", "timestamp", "audit", "manifest", "assertion")
"""What can speak for a record; an assertion is one of C2PA."""

TEXT = "text"
"""The scope of what a model learns to write. Others: "labels", or the name of a field."""


@dataclass(frozen=True)
class Subject:
    """The bytes that a record speaks of.

    Attributes:
        name: of the source, as people know it.
        digest: root of its manifest, `sha256:<hex>`; empty where no bytes are named. A name of a version is none.
        bytes: they are. records: documents in them. tokens: in them; None where nobody said.
    """

    name: str
    digest: str = ""
    bytes: int | None = None
    records: int | None = None
    tokens: int | None = None


@dataclass(frozen=True)
class Origin:
    """What a source, or one scope of it, consists of.

    Attributes:
        kind: the word for it.
        scope: "text", "labels", or the name of a field.
        shares: known shares of tokens by part, closed intervals; what is not named follows from the kind.
    """

    kind: Kind = "unknown"
    scope: str = TEXT
    shares: Mapping[Part, Bounds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # 0 and 0.0 would have two digests.
        object.__setattr__(
            self, "shares", {part: (float(low), float(high)) for part, (low, high) in self.shares.items()}
        )

    def bounds(self) -> dict[Part, Bounds]:
        """The share of every part: of the kind, cut down by what is known. "Mixed" is more than 0 and up to 1."""
        return {part: self.shares.get(part, _OF_KIND[self.kind][part]) for part in PARTS}


_OF_KIND: Mapping[Kind, Mapping[Part, Bounds]] = {
    "human": dict.fromkeys(PARTS, NONE) | {"human": ALL},
    "edited": dict.fromkeys(PARTS, NONE) | {"edited": ALL},
    "synthetic": dict.fromkeys(PARTS, NONE) | {"synthetic": ALL},
    "procedural": dict.fromkeys(PARTS, NONE) | {"procedural": ALL},
    "mixed": dict.fromkeys(PARTS, ANY),
    "unknown": dict.fromkeys(PARTS, ANY),
}


@dataclass(frozen=True)
class Generator:
    """A model, or a person's tool, that made or changed the source.

    Attributes:
        model: its name. version: of it. digest: of its weights. provider: who offers it.
        scope: of what it made.
    """

    model: str
    version: str = ""
    digest: str = ""
    provider: str = ""
    scope: str = TEXT


@dataclass(frozen=True)
class Upstream:
    """A source that this one came from.

    Attributes:
        id: its name or address. digest: of its bytes; empty where nobody said.
        op: how this came from it.
        tokens: taken from it; None where nobody said.
        kept: share of its tokens that a filter kept, or None.
    """

    id: str
    digest: str = ""
    op: Operation = "derive"
    tokens: int | None = None
    kept: float | None = None


@dataclass(frozen=True)
class Period:
    """From when to when something was made; dates as ISO 8601, either end may be open (empty)."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class Proof:
    """What speaks for a record.

    Attributes:
        kind: one of PROOFS.
        level: that whoever wrote it claims, 0 to 3. What is believed is worked out anew, never read from here.
        uri: where it is. digest: of it. by: who made it, a name or a key.
    """

    kind: str
    level: int = 1
    uri: str = ""
    digest: str = ""
    by: str = ""


@dataclass(frozen=True)
class Given:
    """Where an imported value was read.

    Attributes:
        file: SHA-256 of the file. pointer: JSON pointer (RFC 6901) within it, empty for all of it.
        said: what stands there.
    """

    file: str
    pointer: str = ""
    said: Any = None


@dataclass(frozen=True)
class Record:
    """What is said of one data source.

    Attributes:
        subject: the bytes it speaks of.
        origins: what they consist of, one for each scope; empty means nobody said.
        generators: what made or changed them. denied_generators is a matter of policy, not of a record.
        derived_from: what they came from; None where nobody said, empty for a declared root.
        generation_period: when they were made. method: how they were collected or made.
        issuer: who says so. license: SPDX identifiers or addresses. intended_use: what it is meant for.
        evidence: what speaks for it.
        version: of the record. issued, expires: ISO 8601; empty where nobody said.
        supersedes: digest of the record that this one takes the place of.
        given: where each value was read, by JSON pointer into this record; empty where a person wrote it.
    """

    subject: Subject
    origins: tuple[Origin, ...] = ()
    generators: tuple[Generator, ...] = ()
    derived_from: tuple[Upstream, ...] | None = None
    generation_period: Period = field(default_factory=Period)
    method: str = ""
    issuer: str = ""
    license: tuple[str, ...] = ()
    intended_use: str = ""
    evidence: tuple[Proof, ...] = ()
    version: str = ""
    issued: str = ""
    expires: str = ""
    supersedes: str = ""
    given: Mapping[str, Given] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the source."""
        return self.subject.name

    def origin(self, scope: str = TEXT) -> Origin:
        """What a scope consists of; unknown where nobody said."""
        return next((one for one in self.origins if one.scope == scope), Origin(scope=scope))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without what is absent."""
        return {"schema": SCHEMA} | _written(self)

    @cached_property
    def digest(self) -> str:
        """Of the whole record."""
        return digest(self.to_dict())

    def with_given(self, places: Mapping[str, Given]) -> "Record":
        """The same record, with where its values were read."""
        return replace(self, given=dict(places))


def _written(part: Any) -> dict[str, Any]:
    """A part of a record as plain values; what is absent is left out.

    A declared root stays, and so does what a file says where a value was read, though that be nothing much.
    """
    found = {name: _plain(getattr(part, name)) for name in part.__dataclass_fields__}
    return {name: said for name, said in found.items() if said or said == 0 or _counts(name, said)}


def _counts(name: str, said: Any) -> bool:
    """Whether an empty value says something."""
    return (name == "derived_from" and said == []) or (name == "said" and said is not None)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in sorted(value.items())}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _written(value) if hasattr(value, "__dataclass_fields__") else plain(value)
