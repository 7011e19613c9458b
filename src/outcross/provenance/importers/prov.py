"""W3C PROV as PROV-JSON: entities, the activities that made them, and the agents behind.

PROV says what is so, not that nothing else is: an entity of which no source is told has unknown ones.
Source: https://www.w3.org/submissions/2013/SUBM-prov-json-20130424/.
"""

from collections import defaultdict
from typing import Any

from outcross.provenance.documents import Document
from outcross.provenance.forms import is_blank
from outcross.provenance.importers import Imported
from outcross.provenance.importers.walking import Draft, Node, Walk, joined, root_of, sha256_of
from outcross.provenance.record import Generator, Operation, Origin, Period, Proof, Record, Subject, Upstream
from outcross.provenance.vocabulary import term_of

TITLE = "W3C PROV"

RELATIONS = (
    "wasDerivedFrom", "wasRevisionOf", "hadPrimarySource", "wasQuotedFrom", "hadMember", "wasGeneratedBy", "used",
    "wasAssociatedWith", "wasAttributedTo", "actedOnBehalfOf", "wasInformedBy", "wasInfluencedBy", "specializationOf",
    "alternateOf", "wasStartedBy", "wasEndedBy", "wasInvalidatedBy", "mentionOf",
)  # fmt: skip
_CLASSES = ("entity", "activity", "agent")
_DERIVED: dict[str, tuple[str, str, Operation]] = {
    "wasDerivedFrom": ("prov:generatedEntity", "prov:usedEntity", "derive"),
    "wasRevisionOf": ("prov:generatedEntity", "prov:usedEntity", "derive"),
    "hadPrimarySource": ("prov:generatedEntity", "prov:usedEntity", "derive"),
    "wasQuotedFrom": ("prov:generatedEntity", "prov:usedEntity", "derive"),
    "hadMember": ("prov:collection", "prov:entity", "mix"),
}
_OF_ENTITIES = (*_DERIVED, "wasGeneratedBy", "wasAttributedTo")
_NO_DATA = ("prov:Plan", "prov:Bundle")


def recognises(document: Document) -> bool:
    """Whether it has the parts of PROV-JSON, and no part that PROV-JSON does not know."""
    value = document.value
    if not isinstance(value, dict):
        return False
    told = {"bundle", *_CLASSES, *RELATIONS}
    return set(value) <= told | {"prefix"} and any(isinstance(value.get(name), dict) for name in told)


def read(document: Document) -> Imported:
    """A record of each entity, in bundles too; plans and bundles are none."""
    walk = Walk(document, "W3C PROV-JSON")
    parts = [walk.root, *(bundle for _, bundle in walk.root.at("bundle").members())]
    for part in parts:
        graph = _Graph(part)
        for name, entity in graph.entities():
            walk.records.append(graph.record(walk.draft(), name, entity))
    if not walk.records:
        walk.root.says("nothing is told of an entity, so of no data set")
    return walk.done()


class _Graph:
    """One bundle, or what is outside of any: its relations by their first end."""

    def __init__(self, part: Node) -> None:
        self.part = part
        self.relations: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for name in RELATIONS:
            for _, told in part.at(name).members():
                for one in told.each():
                    for first in _values(one, _first_end(name)):
                        self.relations[name, first].append(one)

    def entities(self) -> list[tuple[str, Node]]:
        """Entities that are data, by identifier; what is told of one in several pieces is taken from the first.

        One that only a relation speaks of is an entity too, of which there is no more to say.
        """
        made = {name: (told.each() or [told])[0] for name, told in self.part.at("entity").members()}
        for (relation, name), told in self.relations.items():
            if relation in _OF_ENTITIES:
                made.setdefault(name, told[0])
        return [(name, one) for name, one in made.items()
                if not any(kind in _NO_DATA for kind in _values(one, "prov:type"))]  # fmt: skip

    def record(self, draft: Draft, name: str, entity: Node) -> Record:
        """What is told of one entity."""
        entity.fields()
        evidence: list[Proof] = []
        place = _values(entity, "prov:location") + _values(entity, "prov:atLocation")
        draft.proof(evidence, Proof("declaration", uri=place[0] if place else ""), entity)
        draft.note("/subject/name", entity)
        activities = self._ends("wasGeneratedBy", name, "prov:activity")
        return draft.record(Record(
            Subject(name, _digest(draft, entity)),
            self._origins(draft, entity),
            self._generators(draft, activities),
            self._upstreams(draft, name, activities),
            self._period(draft, name, activities),
            self._method(draft, activities),
            self._issuer(draft, name),
            _license(draft, entity),
            evidence=tuple(evidence),
            version=next(iter(_values(entity, "prov:version") + _values(entity, "dcterms:hasVersion")), ""),
        ))  # fmt: skip

    def _ends(self, relation: str, start: str, end: str) -> list[tuple[str, Node]]:
        """The other ends of a thing's relations."""
        return [(name, one) for one in self.relations.get((relation, start), []) for name in _values(one, end) if name]

    def _origins(self, draft: Draft, entity: Node) -> tuple[Origin, ...]:
        """A digital source type of IPTC, where one is told; an agent that is software is not yet a model."""
        for name, node in entity.members():
            if name.rpartition(":")[2].rpartition("/")[2].casefold() == "digitalsourcetype":
                for said in _plain(node):
                    if term := term_of(said):
                        if term.note:
                            node.says(term.note)
                        draft.note("/origins/0", node)
                        return (term.origin(),)
        return ()

    def _generators(self, draft: Draft, activities: list[tuple[str, Node]]) -> tuple[Generator, ...]:
        """Software that an activity which made the entity is associated with."""
        made: dict[str, Generator] = {}
        for activity, _ in activities:
            for name, one in self._ends("wasAssociatedWith", activity, "prov:agent"):
                told = next(iter(self.part.at("agent", name).each()), self.part.at("agent", name))
                if "prov:SoftwareAgent" in _values(told, "prov:type") and name not in made:
                    draft.note(f"/generators/{len(made)}", one)
                    version = _values(told, "schema:version") + _values(told, "prov:version")
                    made[name] = Generator(_label(told) or name, version[0] if version else "")
        return tuple(made.values())

    def _upstreams(self, draft: Draft, name: str, activities: list[tuple[str, Node]]) -> tuple[Upstream, ...] | None:
        """What it was derived from; where that is not told, what the activity that made it used."""
        found = [
            (Upstream(end, op=op), one)
            for relation, (_, other, op) in _DERIVED.items() for end, one in self._ends(relation, name, other)
        ] or [
            (Upstream(end), one)
            for activity, _ in activities for end, one in self._ends("used", activity, "prov:entity")
        ]  # fmt: skip
        for one, node in found:
            if one.id == name:
                node.says("an entity is told to come from itself: that is left out")
        return draft.upstreams([one for one in found if one[0].id != name]) or None

    def _period(self, draft: Draft, name: str, activities: list[tuple[str, Node]]) -> Period:
        """From when to when the activity lasted, or the moment of generation."""
        start = end = ""
        for activity, made in activities:
            told = next(iter(self.part.at("activity", activity).each()), made)
            start = start or draft.date("/generation_period/start", told.at("prov:startTime"))
            end = end or draft.date("/generation_period/end", told.at("prov:endTime"))
        for one in self.relations.get(("wasGeneratedBy", name), []):
            end = end or draft.date("/generation_period/end", one.at("prov:time"))
        return Period(start, end)

    def _method(self, draft: Draft, activities: list[tuple[str, Node]]) -> str:
        said = []
        for activity, one in activities:
            told = next(iter(self.part.at("activity", activity).each()), self.part.at("activity", activity))
            said.append(_label(told) or activity)
            draft.note("/method", one)
        return joined(*said)

    def _issuer(self, draft: Draft, name: str) -> str:
        """Whom it is attributed to."""
        said = []
        for agent, one in self._ends("wasAttributedTo", name, "prov:agent"):
            told = next(iter(self.part.at("agent", agent).each()), self.part.at("agent", agent))
            said.append(next(iter(_values(told, "foaf:name")), "") or _label(told) or agent)
            draft.note("/issuer", one)
        return joined(*said)


def _first_end(relation: str) -> str:
    """The name of the end that a relation speaks of."""
    if relation in _DERIVED:
        return _DERIVED[relation][0]
    return "prov:activity" if relation in ("used", "wasAssociatedWith") else "prov:entity"


def _plain(node: Node) -> list[str]:
    """The texts of an attribute that can be seen: of one value or several, each plain or with its type."""
    made: list[Any] = []
    for one in node.each():
        held = one.value.get("$") if isinstance(one.value, dict) else one.value
        made.append(held)
    found = (str(one) for one in made if isinstance(one, str | int | float))
    return [one for one in found if not is_blank(one) and "\0" not in one]


def _values(node: Node, name: str) -> list[str]:
    return _plain(node.at(name)) if isinstance(node.value, dict) else []


def _label(node: Node) -> str:
    return next(iter(_values(node, "prov:label") + _values(node, "dcterms:title")), "")


def _license(draft: Draft, entity: Node) -> tuple[str, ...]:
    for name in ("dcterms:license", "dct:license", "schema:license", "cc:license"):
        if said := _values(entity, name):
            for place in range(len(dict.fromkeys(said))):
                draft.note(f"/license/{place}", entity.at(name))
            return tuple(dict.fromkeys(said))
    return ()


def _digest(draft: Draft, entity: Node) -> str:
    """The root of the one file that an attribute named sha256 is of."""
    for name, node in entity.members():
        if name.rpartition(":")[2].casefold() in ("sha256", "sha-256"):
            if found := next((sha256_of(said) for said in _plain(node) if sha256_of(said)), ""):
                draft.note("/subject/digest", node)
                return root_of({"": found})
            node.says("this is no SHA-256, so it binds no bytes")
    return ""
