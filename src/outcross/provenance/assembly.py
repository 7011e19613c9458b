"""From a mix file and what is known of each source to the lineage: nodes, what is believed of each, what is assumed."""

import difflib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from outcross.errors import DataError
from outcross.provenance.content import UNBOUNDED, UNKNOWN, Content, Told, content_of, hull, met
from outcross.provenance.lineage import Feed, Lineage, Node
from outcross.provenance.mix import Assumption, Mix, Model, Portion, Source
from outcross.provenance.record import ANY, PARTS, TEXT, Bounds, Generator, Part, Record, Upstream
from outcross.provenance.trust import Audited, Belief, Finding, Proofs, Standing, believed, standing

MOST_UPSTREAM = 100_000
"""Sources that are looked up by way of records; more are no lineage that anybody meant."""


@dataclass(frozen=True)
class Testimony:
    """A record that speaks of a source, and what was checked of it."""

    record: Record
    proofs: Proofs = field(default_factory=Proofs)


@dataclass(frozen=True)
class Ground:
    """All that is known of a source by itself.

    Attributes:
        testimonies: records that speak of it; several are held against each other.
        audited: what labels say of its bytes, or None. digest: of its bytes; empty where they are not named.
        findings: of what is not used.
    """

    testimonies: tuple[Testimony, ...] = ()
    audited: Audited | None = None
    digest: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Known:
    """A source of the lineage, with what is believed of it.

    Attributes:
        name: of it. ground: what is known. belief: what is believed. standings: of each testimony.
        by: names of the models that the mix file says made or changed it.
    """

    name: str
    ground: Ground
    belief: Belief
    standings: tuple[Standing, ...]
    by: tuple[str, ...] = ()

    @property
    def best(self) -> Testimony | None:
        """The testimony that is believed most; None where there is none."""
        if not self.ground.testimonies:
            return None
        places = range(len(self.standings))
        return self.ground.testimonies[max(places, key=lambda place: (self.standings[place].level, -place))]

    @property
    def makers(self) -> tuple[str, ...]:
        """Names of all models that anybody says made or changed it: that speaks against it, so no word is left out."""
        told = [one.model for said in self.ground.testimonies for one in said.record.generators]
        return tuple(dict.fromkeys((*self.by, *told)))

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What is forged of it."""
        return tuple(one for one in self.belief.findings if one.consequence == "blocks")


@dataclass(frozen=True)
class Assembly:
    """A lineage, with what its sources rest on.

    Attributes:
        lineage: as it was put together.
        known: its sources, by the ids of their nodes.
        assumed: assumptions that are taken as true. lapsed: those that have expired, which are not.
    """

    lineage: Lineage
    known: Mapping[str, Known]
    assumed: tuple[Assumption, ...] = ()
    lapsed: tuple[Assumption, ...] = ()


Lookup = Callable[[Upstream], tuple[str, Ground] | None]
"""Finds a source that a record names as its origin: its name, and what is known of it."""


def assembled(mix: Mix, grounds: Mapping[str, Ground], lookup: Lookup, now: str) -> Assembly:
    """Put the lineage of a mix together.

    Args:
        mix: as its file tells it.
        grounds: what is known of each source, by name.
        lookup: finds sources that records name and the mix does not.
        now: ISO 8601, in UTC.

    Raises:
        DataError: an assumption speaks of nothing in the lineage, or cannot be true.
    """
    return _Assembling(mix, grounds, lookup, now).made()


class _Assembling:
    """One mix as it becomes a lineage."""

    def __init__(self, mix: Mix, grounds: Mapping[str, Ground], lookup: Lookup, now: str) -> None:
        self.mix, self.lookup, self.now = mix, lookup, now
        self.nodes: dict[str, Node] = {}
        self.known: dict[str, Known] = {}
        lapsed = [one for one in mix.assumptions if one.expires and now[: len(one.expires[:10])] > one.expires[:10]]
        self.assumed = {one.id: one for one in mix.assumptions if one not in lapsed}
        self.lapsed = tuple(lapsed)
        self.named = frozenset(one.name for one in mix.sources)
        self.mixes = {one.name for one in mix.mixes}
        self.told = {f"{kind}:{name}": self._feeds(some) for kind, name, some in (
            *(("source", one.name, one.of) for one in mix.sources),
            *(("mix", one.name, one.sources) for one in mix.mixes),
        )}  # fmt: skip
        self.grounds = {one.name: grounds.get(one.name, Ground()) for one in mix.sources}
        self.by_digest = {ground.digest: name for name, ground in self.grounds.items() if ground.digest}
        self.models = _model_names(mix.models)
        self.waiting: deque[tuple[str, Source | None]] = deque((one.name, one) for one in mix.sources)

    def made(self) -> Assembly:
        """Sources first, which may name further ones; then mixes and models."""
        while self.waiting:
            self._source(*self.waiting.popleft())
        for blend in self.mix.mixes:
            told = self._assumption(blend.name)
            self._add(Node(f"mix:{blend.name}", blend.name, "mix", "mix", self._feeds(blend.sources), told=told))
        named = [*self.mix.models, *(Model(one) for one in self._nameless())]
        for model in named:
            self._add(Node(
                f"model:{model.id}", model.id, "model", "mix" if model.trained_on else "",
                self._feeds(model.trained_on), told=self._assumption(model.id), digest=model.digest,
            ))  # fmt: skip
        self._check_assumptions()
        line = None if self.mix.line is None else tuple(f"model:{one}" for one in self.mix.line)
        lineage = Lineage(self.nodes, f"mix:{self.mix.name}", line)
        return Assembly(lineage, self.known, tuple(self.assumed.values()), self.lapsed)

    def _nameless(self) -> list[str]:
        """Models that are named somewhere, and of which nothing is told."""
        named = {one.removeprefix("model:") for node in self.nodes.values() for one in node.by}
        return sorted((named | set(self.mix.line or ())) - {one.id for one in self.mix.models})

    def _add(self, node: Node) -> None:
        self.nodes[node.id] = node

    def _feeds(self, portions: tuple[Portion, ...]) -> tuple[Feed, ...]:
        kinds = ("source", "mix")
        return tuple(Feed(f"{kinds[one.name in self.mixes]}:{one.name}", one.tokens) for one in portions)

    def _source(self, name: str, told: Source | None) -> None:
        """The node of a source, and of what its record names."""
        ground = self.grounds[name]
        standings = tuple(standing(one.record, one.proofs, self.now) for one in ground.testimonies)
        records = [one.record for one in ground.testimonies]
        belief = believed(list(zip(records, standings, strict=True)), ground.audited)
        belief = replace(belief, findings=(*belief.findings, *ground.findings))
        by = () if told is None else tuple(self.models.get(one, one) for one in told.by)
        known = Known(name, ground, belief, standings, by)
        node = Node(f"source:{name}", name, "source", proven=belief.proven, digest=ground.digest)
        if not known.blocking:
            node, known = self._believed(node, known, told)
        self.known[node.id] = known
        self._add(node)

    def _believed(self, node: Node, known: Known, told: Source | None) -> tuple[Node, Known]:
        """The node of a source of which nothing is forged."""
        shares, contradiction = _assuming(known.belief.told, self.assumed.get(known.name))
        if contradiction is not None:
            belief = replace(known.belief, findings=(*known.belief.findings, contradiction))
            known = replace(known, belief=belief)
        best = known.best
        makers = self._makers([one for said in known.ground.testimonies for one in said.record.generators])
        named = best is not None and self._makers(best.record.generators)
        node = replace(node, told=shares, by=makers, proven=node.proven and not (makers and not named))
        if told is not None and told.op:
            by = tuple(f"model:{one}" for one in known.by)
            # Of models that nobody knows else the mix file may know better; those of its own line are not talked away.
            by = (*by, *(one for one in makers if self._knows_model(one) and one not in by)) if by else makers
            node = replace(node, op=told.op, inputs=self._feeds(told.of), by=by, kept=told.kept)
        elif best is not None and _others(node, best.record):
            node = self._derived(replace(node, traced=known.belief.level >= 2), best.record)
        return self._otherwise(node, known), known

    def _knows_model(self, id_: str) -> bool:
        name = id_.removeprefix("model:")
        return name in self.models or name in (self.mix.line or ())

    def _otherwise(self, node: Node, known: Known) -> Node:
        """The node, where a record says that it came from a source that is known, too: either may be true."""
        for place, said in enumerate(known.ground.testimonies):
            # What a model was prompted with is not in its text.
            upstream = [one for one in _others(node, said.record)
                        if not one.op == node.op == "generate" and self._is_known(one)]  # fmt: skip
            found = {self._found(one) for one in upstream} - {node.id} - self._sources_of(node)
            if found:
                ways, other = [], self._derived(replace(node, traced=False), said.record)
                for way, one in (("mixed", node), ("recorded", other)):
                    step = replace(one, id=f"step:{node.name}@{place}:{way}", name=f"{node.name} as {way}",
                                   kind="mix", told=None, digest="")  # fmt: skip
                    self._add(step)
                    ways.append(Feed(step.id))
                node = replace(node, op="mix", inputs=tuple(ways), kept=None, traced=True)
        return node

    def _is_known(self, upstream: Upstream) -> bool:
        mine = upstream.digest in self.by_digest or upstream.id in self.named
        return mine or self.lookup(upstream) is not None

    def _sources_of(self, node: Node) -> set[str]:
        """Ids of all that a node came from, as far as the mix file says, past the steps between."""
        found = dict.fromkeys(one.id for one in node.inputs)
        waiting = list(found)
        for id_ in waiting:  # it grows while it is read
            inputs = self.nodes[id_].inputs if id_.startswith("step:") else self.told.get(id_, ())
            fresh = [one.id for one in inputs if one.id not in found]
            found |= dict.fromkeys(fresh)
            waiting += fresh
        return set(found)

    def _makers(self, generators: Sequence[Generator]) -> tuple[str, ...]:
        """Ids of the models that a record names for its text."""
        made = []
        for one in generators:
            if one.scope == TEXT:
                names = (one.digest, f"{one.model}@{one.version}", f"{one.model} {one.version}", one.model)
                known = next((self.models[name] for name in names if name and name in self.models), None)
                made.append(f"model:{known or one.model}")
        return tuple(dict.fromkeys(made))

    def _derived(self, node: Node, record: Record) -> Node:
        """A source that came from others as its record says: a step for each, unless all are simply mixed."""
        upstream = _others(node, record)
        if len(upstream) == 1:
            one = upstream[0]
            return replace(node, op=one.op, inputs=(Feed(self._found(one), one.tokens),), kept=one.kept)
        feeds = []
        for place, one in enumerate(upstream):
            id_ = self._found(one)
            if one.op not in ("copy", "mix"):
                step = Node(f"step:{node.name}#{place}", f"{one.op} of {one.id}", "mix", one.op, (Feed(id_),),
                            node.by, one.kept, None, traced=node.traced)  # fmt: skip
                self._add(step)
                id_ = step.id
            feeds.append(Feed(id_, one.tokens))
        return replace(node, op="mix", inputs=tuple(feeds))

    def _found(self, upstream: Upstream) -> str:
        """The id of the source that a record names; of one nobody knows where there is none."""
        name = self.by_digest.get(upstream.digest) if upstream.digest else None
        if name is None and upstream.id in self.grounds:
            known = self.grounds[upstream.id].digest
            name = upstream.id if not (upstream.digest and known and known != upstream.digest) else None
        if name is None:
            name = self._looked_up(upstream)
        return f"source:{name}"

    def _looked_up(self, upstream: Upstream) -> str:
        found = self.lookup(upstream)
        name, ground = found if found is not None else (upstream.id, Ground(digest=upstream.digest))
        if ground.digest in self.by_digest:
            return self.by_digest[ground.digest]
        if name in self.grounds:  # another of this name
            name = f"{name} ({(upstream.digest or ground.digest)[7:15]})"
        if name not in self.grounds:
            if len(self.grounds) >= MOST_UPSTREAM:
                raise DataError(f"Records name more than {MOST_UPSTREAM:,} sources upstream.")
            self.grounds[name] = ground
            self.by_digest |= {ground.digest: name} if ground.digest else {}
            self.waiting.append((name, None))
        return name

    def _assumption(self, id_: str) -> Told | None:
        return _assuming(None, self.assumed.get(id_))[0]

    def _check_assumptions(self) -> None:
        names = {node.name for node in self.nodes.values()}
        models = {node.name for node in self.nodes.values() if node.kind == "model"}
        texts = {node.name for node in self.nodes.values() if node.kind != "model"}
        for one in (*self.assumed.values(), *self.lapsed):
            if one.id in models & texts:
                raise DataError(f"The assumption about {one.id!r} could speak of a text or of a model.",
                                hint="Give each a name of its own in the mix file.")  # fmt: skip
            if one.id not in names:
                close = difflib.get_close_matches(one.id, sorted(names), 1)
                hint = f"Did you mean {close[0]!r}?" if close else "Name a source, a mix or a model."
                raise DataError(f"The assumption about {one.id!r} speaks of nothing in the lineage.", hint=hint)
            if one.id in self.assumed and content_of(told_by(one)) is None:
                raise DataError(f"The assumption about {one.id!r} cannot be true: its shares do not sum to 1.",
                                hint="Correct them in the mix file.")  # fmt: skip


def _others(node: Node, record: Record) -> tuple[Upstream, ...]:
    """What a record names as the origin of a source, without the same bytes by another name."""
    return tuple(one for one in record.derived_from or () if not (one.digest and one.digest == node.digest))


def _model_names(models: tuple[Model, ...]) -> dict[str, str]:
    """Ids of models by all that they can be named by."""
    return {one.digest: one.id for one in models if one.digest} | {one.id: one.id for one in models}


def told_by(assumption: Assumption) -> Told:
    """What an assumption says."""
    given: Iterator[tuple[Part, Bounds | None]] = iter((
        ("human", assumption.human), ("edited", assumption.edited), ("synthetic", assumption.synthetic),
    ))  # fmt: skip
    shares = {part: bounds for part, bounds in given if bounds is not None}
    told = Told(shares, assumption.made or ANY)
    if assumption.made is None and "human" not in shares and ("synthetic" in shares) != ("edited" in shares):
        # Who bounds one of the two speaks of all that models made.
        only = shares.get("synthetic", shares.get("edited", ANY))
        told = Told(shares, only)
    return told if assumption.depth is None else replace(told, mean=assumption.depth, deepest=assumption.depth)


def _assuming(told: Told | None, assumption: Assumption | None) -> tuple[Told | None, Finding | None]:
    """What is believed and what is assumed, together; where they exclude each other, either, and people are asked."""
    if assumption is None:
        return told, None
    assumed = told_by(assumption)
    if told is None:
        return assumed, None
    one, other = content_of(told) or UNKNOWN, content_of(replace(assumed, mean=UNBOUNDED, deepest=UNBOUNDED)) or UNKNOWN
    both = met(one, other)
    if both is not None:
        return _with_shares(assumed, both), None
    said = f"What is assumed of it ({assumption.owner}) and what is known exclude each other."
    return _with_shares(assumed, hull((one, other))), Finding(
        "contradictory", said, "Withdraw the assumption, or ask whoever declared it which is true.")  # fmt: skip


def _with_shares(told: Told, content: Content) -> Told:
    shares: dict[Part, Bounds] = {part: getattr(content, part) for part in PARTS}
    return replace(told, shares=shares, made=content.made)
