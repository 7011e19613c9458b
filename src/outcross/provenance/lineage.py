"""The lineage of a mix: sources, mixes and models, what came from what, and what follows for the shares of each.

A graph without circles: the same model at a later generation is another node. Contents follow in one sweep from the
oldest to the mix (see `outcross.provenance.content` for the rules); nothing recurses, so depth is no limit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from outcross.errors import CallError, DataError
from outcross.provenance.content import (
    SLACK,
    UNBOUNDED,
    UNKNOWN,
    Content,
    Told,
    admitted,
    blended,
    changed,
    content_of,
    filtered,
    hull,
    met,
    one_deeper,
    written,
)
from outcross.provenance.record import Bounds, Operation

NodeKind = Literal["source", "mix", "model"]

LONGEST = 40
"""Names of a way that are told."""

CIRCLE = 8
"""Names of a circle that are told."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What goes into a node.

    Attributes:
        id: of the node it comes from. tokens: as consumed; None where nobody said.
    """

    id: str
    tokens: float | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A source, a mix or a model.

    Attributes:
        id: tells it apart. name: as people know it.
        kind: of a model, `inputs` is what it was trained on.
        op: how it came from its inputs; empty where it did not, or where only `told` speaks of it.
        inputs: what it came from. by: ids of the models that made or changed it. kept: by a filter, share of tokens.
        told: what is said and believed of it by itself; None for nothing.
        proven: whether what is told of the models that made it holds for all its made text.
        traced: whether how it came about is believed where that speaks for it, not only where it speaks against it.
        digest: of its bytes; empty where they are not named.
    """

    id: str
    name: str
    kind: NodeKind
    op: Operation | Literal[""] = ""
    inputs: tuple[Feed, ...] = ()
    by: tuple[str, ...] = ()
    kept: float | None = None
    told: Told | None = None
    proven: bool = True
    traced: bool = True
    digest: str = ""

    @property
    def origins(self) -> tuple[str, ...]:
        """Ids of all that it comes from: texts, then models."""
        return (*(one.id for one in self.inputs), *self.by)

    @property
    def degree(self) -> int:
        """How many these are, without listing them: a mix of many sources is asked once for each."""
        return len(self.inputs) + len(self.by)


@dataclass(frozen=True)
class Lineage:
    """All that a mix comes from.

    Attributes:
        nodes: by id. What a node comes from is among them: what is missing has a node that nothing is told of.
        target: id of the mix that is asked about.
        line: ids of the earlier models of the line that it is to train; None where nobody said.
    """

    nodes: Mapping[str, Node]
    target: str
    line: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what does not hang together.

        Raises:
            CallError: an id has no node.
        """
        wanted = {self.target, *(self.line or ()), *(one for node in self.nodes.values() for one in node.origins)}
        if missing := wanted - self.nodes.keys():
            raise CallError(f"The lineage has no node {min(missing)!r}.")

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All ids, each after all that it comes from.

        Raises:
            DataError: there is a circle; the message names it.
        """
        waiting = {id_: len(set(node.origins)) for id_, node in self.nodes.items()}
        ready = [id_ for id_, count in waiting.items() if not count]
        for id_ in ready:  # it grows while it is read
            for next_ in self.outcomes.get(id_, ()):
                waiting[next_] -= 1
                if not waiting[next_]:
                    ready.append(next_)
        if len(ready) < len(self.nodes):
            raise self._circle({id_ for id_, count in waiting.items() if count})
        return tuple(ready)

    @cached_property
    def outcomes(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of all that comes from each node directly."""
        found: dict[str, list[str]] = {}
        for id_, node in self.nodes.items():
            for one in dict.fromkeys(node.origins):
                found.setdefault(one, []).append(id_)
        return {id_: tuple(some) for id_, some in found.items()}

    def above(self, *ids: str, models: bool = True) -> dict[str, str]:
        """All that some nodes come from, and each node's next step back to them; without models: their text alone."""
        step = dict.fromkeys(ids, "")
        waiting = list(step)
        for id_ in waiting:
            node = self.nodes[id_]
            for one in node.origins if models else (feed.id for feed in node.inputs):
                if one not in step:
                    step[one] = id_
                    waiting.append(one)
        return step

    def path(self, step: Mapping[str, str], id_: str) -> tuple[str, ...]:
        """Names from a node down to where `above` began; of a long way the beginning, and where it leads."""
        names = [self.nodes[id_].name]
        while id_ := step[id_]:
            if len(names) == LONGEST:
                return (*names, "...", self.nodes[self.target].name)
            names.append(self.nodes[id_].name)
        return tuple(names)

    @cached_property
    def earlier(self) -> tuple[str, ...]:
        """Ids of the models of the line that do not come from the target themselves; of none where nobody told it."""
        later = {self.target: None}
        waiting = list(later)
        for id_ in waiting:
            fresh = [one for one in self.outcomes.get(id_, ()) if one not in later]
            later |= dict.fromkeys(fresh)
            waiting += fresh
        return tuple(one for one in self.line or () if one not in later)

    def _circle(self, left: set[str]) -> DataError:
        """Follow origins that were never reached until one comes again."""
        path: dict[str, None] = {}
        at = min(left)
        while at not in path:
            path[at] = None
            at = next(one for one in self.nodes[at].origins if one in left)
        names = [self.nodes[one].name for one in list(path)[list(path).index(at) :]]
        shown = [*map(repr, names[:CIRCLE]), *["..."] * (len(names) > CIRCLE), repr(names[0])]
        return DataError(
            f"The lineage goes in a circle: {' from '.join(shown)}.",
            hint="Nothing comes from itself: a model that was trained again is another one, with a name of its own.",
        )


@dataclass(frozen=True)
class Flow:
    """What follows for every node.

    Attributes:
        contents: by id, in an order in which each comes after all that it comes from.
        torn: ids of nodes of which what is said and what follows exclude each other: any of it is left possible.
    """

    contents: dict[str, Content]
    torn: frozenset[str] = field(default_factory=frozenset)


def flow(lineage: Lineage) -> Flow:
    """What every node that the target comes from consists of, and the target.

    Raises:
        DataError: the lineage goes in a circle.
    """
    inside = lineage.above(lineage.target, *lineage.earlier)
    contents: dict[str, Content] = {}
    torn = set()
    for id_ in lineage.order:
        if id_ in inside:
            contents[id_], agrees = content_at(lineage.nodes[id_], contents)
            if not agrees:
                torn.add(id_)
    return Flow(contents, frozenset(torn))


def content_at(node: Node, contents: Mapping[str, Content]) -> tuple[Content, bool]:
    """What a node consists of, given what it comes from; and whether all that is said of it can be true."""
    models = hull(contents[one] for one in node.by)
    derived = _derived(node, models, contents)
    if node.told is None:
        return derived or UNKNOWN, True
    told, agrees = _told(node, node.told, models)
    if derived is None:
        return told, agrees
    both = met(told, derived)
    return both or hull((told, derived)), agrees and both is not None


def _derived(node: Node, models: Content, contents: Mapping[str, Content]) -> Content | None:
    """What follows from what it came from; None where that says nothing."""
    if node.op not in _RULES:
        return None
    texts = blended([(contents[one.id], one.tokens) for one in node.inputs])
    made = _RULES[node.op](texts, models, node.kept)
    return made if node.traced else admitted(made)


_RULES: Mapping[str, Callable[[Content, Content, float | None], Content]] = {
    "copy": lambda texts, _, __: texts,
    "mix": lambda texts, _, __: texts,
    "filter": lambda texts, _, kept: filtered(texts, kept),
    "translate": lambda texts, models, _: changed(texts, models),
    "edit": lambda texts, models, _: changed(texts, models),
    "generate": lambda _, models, __: written(models),
}
"""By operation. "Derive" says that something happened, not what: nothing follows from it."""


def _told(node: Node, told: Told, models: Content) -> tuple[Content, bool]:
    """What is said of it by itself, with the depth that its models give."""
    said = content_of(told)
    if said is None:
        return UNKNOWN, False
    if not node.by:
        return said, True
    sure = node.proven or said.made[0] >= 1 - SLACK  # else: who made the rest, nobody proved
    depths = one_deeper(models) if sure else (UNBOUNDED, UNBOUNDED)
    mean, deepest = (_common(*pair) for pair in zip((told.mean, told.deepest), depths, strict=True))
    if mean is None or deepest is None:
        return said, False
    return content_of(replace(told, mean=mean, deepest=deepest)) or said, True


def _common(one: Bounds, other: Bounds) -> Bounds | None:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else None
