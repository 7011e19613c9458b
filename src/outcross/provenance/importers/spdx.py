"""SPDX 3 documents (JSON-LD) with data sets and models.

No property says whether data are synthetic: the origin stays unknown, also for a data set of the type "syntactic",
which is a matter of grammar. Source: https://spdx.github.io/spdx-spec/v3.0.1/model/Dataset/.
"""

from collections import defaultdict
from typing import Any

from outcross.provenance.documents import Document
from outcross.provenance.importers import Imported
from outcross.provenance.importers.walking import Draft, Node, Walk, joined, root_of, sha256_of
from outcross.provenance.record import Generator, Origin, Period, Proof, Record, Subject, Upstream

TITLE = "SPDX 3"

_LICENSES = "https://spdx.org/licenses/"
_NO_LICENSE = ("NOASSERTION", "NONE", "NoAssertionLicense", "NoneLicense")
_DEEPEST = 50


def recognises(document: Document) -> bool:
    """Whether its context, or else its elements, are those of SPDX 3."""
    value = document.value
    if not isinstance(value, dict):
        return False
    if str(value.get("spdxVersion", "")).startswith("SPDX-2"):
        return True
    graph = value.get("@graph")
    elements = graph if isinstance(graph, list) else [value]
    named = "spdx.org/rdf" in str(value.get("@context", ""))[:500]
    return named or any(isinstance(one, dict) and "spdxId" in one for one in elements[:50])


def read(document: Document) -> Imported:
    """The data sets of a document, and the models of which it says what they were trained on."""
    walk = Walk(document, "SPDX 3")
    root = walk.root
    if root.at("spdxVersion"):
        root.at("spdxVersion").breaks("this is SPDX 2, which knows no data sets; only SPDX 3 is read")
        return walk.done()
    graph = _Graph(walk, root.at("@graph").items() if root.at("@graph") else [root])
    walk.standard = f"SPDX {graph.version or 3}"
    graph.take()
    if not walk.records:
        root.says("no data set is described, and no model says what it was trained on")
    return walk.done()


class _Graph:
    """One document: its elements by identifier, and the relationships between them."""

    def __init__(self, walk: Walk, elements: list[Node]) -> None:
        self.walk = walk
        self.elements: dict[str, Node] = {}
        self.links: dict[tuple[str, str], list[tuple[str, Node]]] = defaultdict(list)
        self.backwards: dict[tuple[str, str], list[tuple[str, Node]]] = defaultdict(list)
        self.version = ""
        for one in elements:
            self._index(one)

    def _index(self, one: Node) -> None:
        own = one.at("spdxId").text() or one.at("@id").text()
        kind = _kind(one)
        if kind == "CreationInfo":
            self.version = self.version or one.at("specVersion").text()
        if kind.endswith("Relationship"):
            one.requires("from", "to", "relationshipType")
            start, name = _ref(one.at("from")), one.at("relationshipType").text()
            for end in one.at("to").each():
                self.links[start, name].append((_ref(end), one))
                self.backwards[_ref(end), name].append((start, one))
        elif own:
            if own in self.elements:
                one.breaks(f"the identifier {own[:80]!r} is used twice")
            self.elements[own] = one

    def take(self) -> None:
        """Make a record of each data set, and of each model that was trained on something."""
        for own, one in self.elements.items():
            if _kind(one) == "DatasetPackage":
                self.walk.records.append(self._data(own, one))
        for own, one in self.elements.items():
            if _kind(one) == "AIPackage":
                self._model(own, one)

    def _data(self, own: str, one: Node) -> Record:
        draft, evidence = self.walk.draft(), list[Proof]()
        one.requires("name")
        created = self._created(one)
        by = self._names([created.at("createdBy")])
        subject = Subject(draft.text("/subject/name", one.at("name")), self._digest(draft, own, evidence),
                          bytes=_size(draft, one))  # fmt: skip
        draft.proof(evidence, Proof("declaration", uri=_of(one, "downloadLocation").text(), by=by), one)
        generators = self._generators(draft, own)
        return draft.record(Record(
            subject,
            (Origin("synthetic"),) if generators else (),
            generators,
            self._upstreams(draft, own),
            Period(end=draft.date("/generation_period/end", one.at("builtTime"))),
            _method(draft, one),
            self._issuer(draft, one, created),
            self._license(draft, own, one),
            draft.text("/intended_use", _of(one, "intendedUse")),
            tuple(evidence),
            draft.text("/version", _of(one, "packageVersion")),
            draft.date("/issued", created.at("created")),
            draft.date("/expires", one.at("validUntilTime")),
        ))  # fmt: skip

    def _created(self, one: Node) -> Node:
        """Who wrote of an element, and when; which may stand within it."""
        told = one.at("creationInfo")
        if isinstance(told.value, dict):
            return told
        return self.elements.get(told.text()) or Node(None, told.pointer, told.defects)

    def _model(self, own: str, one: Node) -> None:
        draft = self.walk.draft()
        found = [
            (Upstream(self._title(self._whole(end))), link)
            for part in self._parts(own) for end, link in self.links.get((part, "trainedOn"), [])
        ]  # fmt: skip
        if not found:
            one.says(f"the model {one.at('name').text()[:80]!r} does not say what it was trained on")
            return
        name = draft.text("/subject/name", one.at("name"))
        self.walk.records.append(draft.record(Record(
            Subject(name), derived_from=draft.upstreams(found), method=draft.trained(one),
            issuer=self._issuer(draft, one, one), license=self._license(draft, own, one),
            version=draft.text("/version", _of(one, "packageVersion")),
            intended_use=draft.text("/intended_use", _of(one, "informationAboutApplication")),
        )))  # fmt: skip

    def _parts(self, own: str) -> list[str]:
        """An element and all that it contains."""
        found, waiting = {own: None}, [own]
        while waiting:
            for end, _ in self.links.get((waiting.pop(), "contains"), []):
                if end not in found:
                    found[end] = None
                    waiting.append(end)
        return list(found)

    def _whole(self, own: str) -> str:
        """The data set that an element is part of, or itself."""
        reached = own
        for _ in range(_DEEPEST):
            if reached in self.elements and _kind(self.elements[reached]) == "DatasetPackage":
                return reached
            over = self.backwards.get((reached, "contains"), [])
            if not over:
                return own
            reached = over[0][0]
        return own

    def _title(self, own: str) -> str:
        one = self.elements.get(own)
        return (one.at("name").text() if one else "") or own

    def _names(self, told: list[Node]) -> str:
        return joined(*(self._title(_ref(one)) for node in told for one in node.each()))

    def _issuer(self, draft: Draft, one: Node, created: Node) -> str:
        """Who the data are from; else who supplies them; else who wrote the document."""
        for node in (one.at("originatedBy"), one.at("suppliedBy"), _of(created, "createdBy")):
            if said := self._names([node]):
                draft.note("/issuer", node)
                return said
        return ""

    def _license(self, draft: Draft, own: str, one: Node) -> tuple[str, ...]:
        """The declared licence; the one that someone concluded where none is declared."""
        declared, concluded = (self._licenses(own, f"has{name}License") for name in ("Declared", "Concluded"))
        chosen = declared or concluded
        for place, link in enumerate(chosen.values()):
            draft.note(f"/license/{place}", link)
        if declared and concluded and set(declared) != set(concluded):
            one.says(f"its declared licence ({'; '.join(declared)}) is not the concluded one ({'; '.join(concluded)})")
        return tuple(chosen)

    def _licenses(self, own: str, name: str) -> dict[str, Node]:
        made: dict[str, Node] = {}
        for end, link in self.links.get((own, name), []):
            told = self.elements.get(end)
            said = (_of(told, "licenseExpression").text() if told else "") or end.removeprefix(_LICENSES)
            if said and said.rpartition("/")[2] not in _NO_LICENSE:
                made.setdefault(said, link)
        return made

    def _digest(self, draft: Draft, own: str, evidence: list[Proof]) -> str:
        """The root of its files; of one file where it contains none. An archive's hash binds no files in it."""
        files = [part for part in self._parts(own)[1:] if _kind(self.elements.get(part)) == "File"
                 and _of(self.elements[part], "fileKind").value != "directory"]  # fmt: skip
        found = {self._title(part): self._sha256(part, draft, evidence) for part in files or [own]}
        whole = files and self._sha256(own, draft, evidence)
        if not all(found.values()) or len(found) < len(files):
            if whole:
                self.elements[own].at("verifiedUsing").says(
                    "its hash is of what holds its files, not of them: it binds no bytes that can be checked here"
                )
            return ""
        draft.note("/subject/digest", self.elements[own])
        return root_of(found)

    def _sha256(self, own: str, draft: Draft, evidence: list[Proof]) -> str:
        for told in self.elements[own].at("verifiedUsing").items():
            if told.at("algorithm").text() == "sha256":
                found = sha256_of(told.at("hashValue").text())
                if not found:
                    told.at("hashValue").breaks("this is no SHA-256")
                draft.proof(evidence, Proof("manifest", uri=self._title(own), digest=found), told.at("hashValue"))
                return found
        return ""

    def _generators(self, draft: Draft, own: str) -> tuple[Generator, ...]:
        """Models that are told to have generated the data set; a script that did is none."""
        made: list[Generator] = []
        for part in self._parts(own):
            for start, link in self.backwards.get((part, "generates"), []):
                one = self.elements.get(start)
                if one and _kind(one) == "AIPackage":
                    draft.note(f"/generators/{len(made)}", link)
                    draft.note("/origins/0", link)
                    made.append(Generator(self._title(start), _of(one, "packageVersion").text()))
        return tuple(made)

    def _upstreams(self, draft: Draft, own: str) -> tuple[Upstream, ...] | None:
        """What it descends from or was copied from. Other relationships say nothing of where data come from."""
        found: list[tuple[Upstream, Node]] = []
        for part in self._parts(own):
            for table, name in ((self.links, "descendantOf"), (self.backwards, "ancestorOf")):
                found += [(Upstream(self._title(end)), link) for end, link in table.get((part, name), [])]
            found += [(Upstream(self._title(end), op="copy"), link)
                      for end, link in self.backwards.get((part, "copiedTo"), [])]  # fmt: skip
        return draft.upstreams([one for one in found if one[0].id != self._title(own)]) or None


def _kind(one: Node | None) -> str:
    """The class of an element without its profile or address: `dataset_DatasetPackage` is a DatasetPackage."""
    said: Any = one.value.get("type", one.value.get("@type", "")) if one and isinstance(one.value, dict) else ""
    said = said[0] if isinstance(said, list) and said else said
    return said.rpartition("/")[2].rpartition("_")[2] if isinstance(said, str) else ""


def _size(draft: Draft, one: Node) -> int | None:
    """Bytes of a data set; the property has another name from 3.1."""
    told = _of(one, "artifactSize")
    return draft.count("/subject/bytes", told if told else _of(one, "datasetSize"))


def _ref(one: Node) -> str:
    """The identifier of an element that is referred to, or that stands there itself."""
    if isinstance(one.value, dict):
        return one.at("spdxId").text() or one.at("@id").text()
    return one.text()


def _of(one: Node, name: str) -> Node:
    """A property of any profile: `dataset_datasetSize`, or `datasetSize` as older writers have it."""
    for told in one.fields():
        if told.rpartition("/")[2].rpartition("_")[2] == name:
            return one.at(told)
    return one.at(name)


def _method(draft: Draft, one: Node) -> str:
    """How the data were collected, and what was done to them then."""
    told = [_of(one, "dataCollectionProcess"), *_of(one, "dataPreprocessing").each()]
    said = joined(*(node.text() for node in told))
    if said:
        draft.note("/method", next(node for node in told if node.text()))
    return said
