"""What Croissant's PROV terms tell: what a data set came from, what made it, and who answers for it.

`prov:wasDerivedFrom`, `wasGeneratedBy` and `wasAttributedTo` stand at the data set, at a file, at a set of records or
at a field. Only software agents are generators; a plain agent may be anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from outcross.provenance.importers import Places
from outcross.provenance.importers.croissant.graph import Found, Node, text_of
from outcross.provenance.reading import Reading, says_nothing
from outcross.provenance.record import TEXT, Generator, Upstream

_SOFTWARE = {"softwareagent", "softwareapplication", "softwaresourcecode", "webapi", "machinelearningmodel", "aimodel"}
_PEOPLE = {"person", "organization", "corporation", "ngo", "collegeoruniversity"}


@dataclass
class Lineage:
    """What is gathered from the whole description.

    Attributes:
        reading: of the document. places: where values were read. own: names and addresses of the data set itself.
        generators: found so far. upstream: found so far. root: whether an empty list of ancestors is told.
        activities: names of what was done. started, ended: when. attributed: who answers for the data set.
    """

    reading: Reading
    places: Places
    own: frozenset[str]
    generators: list[Generator] = field(default_factory=list)
    upstream: list[Upstream] = field(default_factory=list)
    root: str = ""
    activities: list[Found] = field(default_factory=list)
    started: list[Found] = field(default_factory=list)
    ended: list[Found] = field(default_factory=list)
    attributed: list[Found] = field(default_factory=list)

    def gather(self, node: Node, scope: str = TEXT) -> bool:
        """Take what a node tells; whether software made it."""
        self._derived(node)
        before = len(self.generators)
        for activity in node.nodes("wasgeneratedby"):
            self._activity(activity, scope)
        for named in (one for one in node.found("wasgeneratedby") if text_of(one.value)):
            self.activities.append(Found(text_of(named.value), named.place))
        for agent in node.nodes("wasattributedto"):
            self._agent(agent, scope)
            if scope == TEXT and not _is_software(agent):
                self.attributed.append(Found(_named(agent), agent.place))
        for named in (one for one in node.found("wasattributedto") if text_of(one.value) and scope == TEXT):
            self.attributed.append(Found(text_of(named.value), named.place))
        return len(self.generators) > before

    def by_record(self, records: Node) -> None:
        """Note where each record of a set tells in the data what it came from: nothing of that stands in this file."""
        for one in records.nodes("annotation"):
            if any(one.graph.term(told.value) == "wasderivedfrom" for told in one.texts("equivalentproperty")):
                self.reading.remark(
                    one.place, "what each record was derived from is told in the data, not in this file"
                )

    def _derived(self, node: Node) -> None:
        for key in node.keys("wasderivedfrom"):
            if node.value[key] == []:
                self.root = f"{node.place}/{key}"
        for one in node.found("wasderivedfrom"):
            told = text_of(one.value)
            if told.casefold() == "none":
                self.root = one.place
            elif told and not says_nothing(told):
                self._add(told, "", one.place)
        for source in node.nodes("wasderivedfrom"):
            self._source(source)

    def _source(self, source: Node) -> None:
        """Take a data set that this one came from, and who is behind it if it tells."""
        if source.id and not source.id.startswith("_:") and source.id not in self.own:
            self._add(source.id, _digest(source), source.place)
            return
        named = next((one for one in (source.text("url"), _named(source)) if one and one not in self.own), "")
        if named:
            self._add(named, _digest(source), source.place)
        else:
            self.reading.remark(source.place, "a source that has no name: it is left out")

    def _add(self, name: str, digest: str, place: str) -> None:
        if name in self.own:
            self.reading.remark(place, "the data set is told to be derived from itself: that is left out")
        elif name not in (one.id for one in self.upstream):
            self.places.note(f"/derived_from/{len(self.upstream)}/id", place)
            self.upstream.append(Upstream(name, digest))

    def _activity(self, activity: Node, scope: str) -> None:
        """Take what was done: its name, when, with which software, and what it used."""
        if _is_software(activity):
            self._agent(activity, scope)
            return
        if named := _named(activity):
            self.activities.append(Found(named, activity.place))
        if scope == TEXT:
            self.started.extend(activity.texts("startedattime"))
            self.ended.extend(activity.texts("endedattime"))
        for term in ("wasassociatedwith", "instrument", "agent", "wasattributedto", "qualifiedassociation"):
            for agent in activity.nodes(term):
                self._agent(agent, scope)
        for used in activity.nodes("used"):
            self._model_or_source(used, scope)

    def _model_or_source(self, used: Node, scope: str) -> None:
        if _is_software(used):
            self._agent(used, scope)
        else:
            self._source(used)

    def _agent(self, agent: Node, scope: str) -> None:
        """Take an agent that is software; a person or a body makes nothing synthetic."""
        for inner in agent.nodes("agent"):
            self._agent(inner, scope)
        if not _is_software(agent):
            return
        named = _named(agent)
        if not named or says_nothing(named):
            self.reading.remark(agent.place, "software without a name: it is left out")
            return
        version = agent.text("version") or agent.text("softwareversion")
        provider = next((_named(one) for one in _makers(agent) if _named(one)), "")
        made = Generator(named, version, _digest(agent), provider, scope)
        if made not in self.generators:
            self.places.note(f"/generators/{len(self.generators)}/model", agent.place)
            self.generators.append(made)


def people_only(node: Node, term: str) -> bool:
    """Whether all agents of a term are people or bodies of people, and there is one."""
    agents = node.nodes(term)
    return bool(agents) and all(_PEOPLE & {one.lower() for one in agent.types} for agent in agents)


def _makers(agent: Node) -> Iterator[Node]:
    for term in ("creator", "provider", "publisher", "author", "actedonbehalfof", "wasattributedto"):
        yield from agent.nodes(term)


def _is_software(node: Node) -> bool:
    return bool(_SOFTWARE & {one.lower() for one in node.types})


def _named(node: Node) -> str:
    """The name of a thing: as people know it, else its address."""
    for term in ("name", "label", "title"):
        if told := node.text(term):
            return told
    return "" if node.id.startswith("_:") else node.id or node.text("url")


def _digest(node: Node) -> str:
    """SHA-256 of a thing, where a real one is told."""
    told = node.text("sha256").lower()
    return f"sha256:{told}" if len(told) == 64 and set(told) <= set("0123456789abcdef") else ""
