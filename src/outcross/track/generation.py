"""A generation: one turn of the retraining cycle, as it is registered; and the lineage that generations form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from outcross.canonical import digest, plain
from outcross.errors import CallError, DataError

SCHEMA = "outcross.generation/1"

Role = Literal["generation", "human", "control"]
"""A turn of the cycle; a frozen human reference; a turn of a lineage that is trained on human text alone."""

Regime = Literal["replace", "accumulate", "mixed"]
"""Each generation trains on the last one's output alone, on all outputs so far, or on both with human text."""

ROLES: tuple[Role, ...] = ("generation", "human", "control")
REGIMES: tuple[Regime, ...] = ("replace", "accumulate", "mixed")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Trained:
    """A corpus that a generation was trained on.

    Attributes:
        label: as it was named when it was registered.
        root: the digest of its bytes.
        audit: the digest of its audit.
        documents: it has.
        tokens: consumed in training; None where nobody said.
    """

    label: str
    root: str
    audit: str
    documents: int
    tokens: int | None = None


@dataclass(frozen=True)
class Sampled:
    """The text that a generation is tracked by: what its model wrote; of a human reference, what people wrote.

    Attributes:
        label: as it was named.
        root: the digest of its bytes.
        audit: the digest of its audit.
        sequences: the digest of the hashed word sequences that are kept of it.
        documents: it has. kept: of these, documents whose sequences are kept.
        of: "samples", or "train" where a generation has no samples and is tracked by what it was trained on.
        clustered: the column that names the sampling unit, or None: documents are independent.
        prompted: the column that names the prompt, or None.
    """

    label: str
    root: str
    audit: str
    sequences: str
    documents: int
    kept: int
    of: Literal["samples", "train"] = "samples"
    clustered: str | None = None
    prompted: str | None = None


@dataclass(frozen=True)
class Generation:
    """One registered generation.

    Attributes:
        name: unique in the workspace.
        role: what it stands for.
        parents: names of the generations that it comes from; some may not be registered.
        train: what it was trained on.
        samples: what it wrote, or None.
        model: digest or address of the model; empty where nobody said.
        regime: how its training data came about, or None.
        decoding: settings under which the samples were drawn, e.g. {"temperature": 0.7}.
        scores: imported scores, as plain values (see `outcross.track.evals`).
        losses: digest of the held-out losses that are kept, or None.
        embeddings: digest of the embeddings that are kept, or None.
        facts: anything else that was said of it.
    """

    name: str
    role: Role = "generation"
    parents: tuple[str, ...] = ()
    train: tuple[Trained, ...] = ()
    samples: Sampled | None = None
    model: str = ""
    regime: Regime | None = None
    decoding: Mapping[str, Any] = field(default_factory=dict)
    scores: tuple[Mapping[str, Any], ...] = ()
    losses: str | None = None
    embeddings: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse names that cannot be typed or told apart.

        Raises:
            CallError: the name, a parent's name or the role is none.
        """
        for name in (self.name, *self.parents):
            if not NAME.fullmatch(name):
                raise CallError(f"{name!r} is no name for a generation.", hint="Use letters, digits, '.', '_' and '-'.")
        if self.name in self.parents:
            raise CallError(f"The generation {self.name!r} cannot be its own parent.")

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        record: dict[str, Any] = plain({"schema": SCHEMA} | asdict(replace(self, decoding={}, facts={}, scores=())))
        return record | {
            "decoding": plain(dict(self.decoding)), "facts": plain(dict(self.facts)),
            "scores": [plain(dict(score)) for score in self.scores],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: Mapping[str, Any], known: str | None = None) -> "Generation":
        """The generation that `to_dict` wrote.

        Args:
            record: what it wrote.
            known: its digest, where it has just been checked, so that it need not be made again.

        Raises:
            DataError: it is none, or one of another version.
        """
        if record.get("schema") != SCHEMA:
            raise DataError(f"This is not a generation of schema {SCHEMA}: it says {record.get('schema')!r}.")
        fields = {name: value for name, value in record.items() if name != "schema"}
        samples = fields["samples"]
        made = cls(**fields | {
            "parents": tuple(fields["parents"]), "train": tuple(Trained(**one) for one in fields["train"]),
            "samples": None if samples is None else Sampled(**samples), "scores": tuple(fields["scores"]),
        })  # fmt: skip
        if known is not None:
            vars(made)["digest"] = known
        return made

    @cached_property
    def digest(self) -> str:
        """Of its record: the same facts registered twice are one generation."""
        return digest(self.to_dict())


@dataclass(frozen=True)
class Lineage:
    """The path of generations that is tracked, oldest first, and what it belongs to.

    Attributes:
        head: the newest generation.
        path: from the oldest known to the head.
        missing: names of parents on the path that are not registered.
        assumed: whether no parents were named, so that the order of registration was taken for the order of descent.
    """

    head: str
    path: tuple[Generation, ...]
    missing: tuple[str, ...] = ()
    assumed: bool = False


def lineage(generations: Sequence[Generation], head: str | None = None) -> Lineage:
    """The lineage that ends at a generation; without a name, the only one there is.

    Where a generation has several parents, the path follows the first of them that is registered.

    Args:
        generations: all that are registered, in the order of adding.
        head: its name.

    Raises:
        CallError: there is no such generation, or several lineages to choose from.
        DataError: the parents form a circle.
    """
    turns = {one.name: one for one in generations if one.role == "generation"}
    if not turns:
        raise CallError(
            "No generation is registered.", hint="Register one with: outcross generation add NAME --samples FILES"
        )
    if not any(one.parents for one in turns.values()):
        return _in_order(turns, head)
    chosen = _head(turns, head)
    path, missing = _ancestry({one.name: one for one in generations}, chosen)
    return Lineage(chosen, tuple(path), tuple(missing))


def _in_order(turns: dict[str, Generation], head: str | None) -> Lineage:
    """All generations up to the head, in the order of registration: nobody named a parent."""
    chosen = next(reversed(turns)) if head is None else _head(turns, head)
    names = list(turns)
    path = tuple(turns.values())[: names.index(chosen) + 1]
    return Lineage(chosen, path, assumed=len(path) > 1)


def control_of(generations: Iterable[Generation]) -> tuple[Generation, ...]:
    """The human-only control lineage, oldest first: generations with that role in the order of adding."""
    return tuple(one for one in generations if one.role == "control")


def _head(turns: Mapping[str, Generation], head: str | None) -> str:
    """The generation to begin from."""
    if head is not None:
        if head not in turns:
            raise CallError(f"There is no generation {head!r}.", hint=f"There are: {', '.join(turns)}.")
        return head
    parents = {parent for one in turns.values() for parent in one.parents}
    leaves = [name for name in turns if name not in parents]
    if not leaves:
        raise DataError("The parents of the generations form a circle.", hint="See: outcross generation list")
    if len(leaves) > 1:
        raise CallError(
            f"There are {len(leaves)} lineages, which end at: {', '.join(leaves)}.",
            hint=f"Name one: outcross track {leaves[0]}",
        )
    return leaves[0]


def _ancestry(known: Mapping[str, Generation], head: str) -> tuple[list[Generation], list[str]]:
    """The path to a generation, oldest first, and parents on it that are not registered."""
    path, missing = [known[head]], []
    seen = {head}
    while path[-1].parents:
        missing += [name for name in path[-1].parents if name not in known]
        registered = [name for name in path[-1].parents if name in known and known[name].role == "generation"]
        if not registered:
            break
        if registered[0] in seen:
            raise DataError(f"The parents of {head!r} form a circle at {registered[0]!r}.")
        seen.add(registered[0])
        path.append(known[registered[0]])
    return path[::-1], missing[::-1]
