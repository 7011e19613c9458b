"""CycloneDX bills of materials with data and models (ML-BOM, JSON, from 1.5).

A component of the type "data" is a data set; a model's card names those it was trained on, inline or by reference. No
field says whether data are synthetic, so none does here. Source: https://cyclonedx.org/docs/1.7/json/.
"""

import re
from collections.abc import Callable, Iterator

from outcross.provenance.documents import Document
from outcross.provenance.importers import Imported
from outcross.provenance.importers.walking import Draft, Node, Walk, joined, root_of, sha256_of
from outcross.provenance.record import Proof, Record, Subject, Upstream

TITLE = "CycloneDX"
MODEL = "machine-learning-model"

Sources = Callable[[Draft, Node], tuple[Upstream, ...] | None]
"""How the sources of a component are found; None where nobody said."""

_VERSION = re.compile(r"1\.[0-7]")
_SERIAL = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KINDS_OF_DATA = ("source-code", "configuration", "dataset", "definition", "other")
_KINDS = (
    "application", "framework", "library", "container", "platform", "operating-system", "device", "device-driver",
    "firmware", "file", MODEL, "data", "cryptographic-asset",
)  # fmt: skip
_DEEPEST = 60


def recognises(document: Document) -> bool:
    """Whether it says that it is a bill of materials of CycloneDX."""
    value = document.value
    if not isinstance(value, dict):
        return False
    named = re.search(r"cyclonedx\.org/schema/", str(value.get("$schema", "")))
    return value.get("bomFormat") == "CycloneDX" or bool(named and "components" in value)


def read(document: Document) -> Imported:
    """The data sets that a bill of materials lists, and the models that it says what they were trained on."""
    walk = Walk(document, TITLE)
    root = walk.root
    root.requires("bomFormat", "specVersion")
    version = root.at("specVersion").text()
    walk.standard = f"{TITLE} {version[:10]}".strip()
    if version and not _VERSION.fullmatch(version):
        root.at("specVersion").says("this version is not known here: what is new in it is not read")
    if (serial := root.at("serialNumber").text()) and not _SERIAL.fullmatch(serial):
        root.at("serialNumber").breaks("this is no serial number: urn:uuid: and a UUID in lower case")
    bill = _Bill(walk)
    for one in bill.components:
        bill.take(one)
    if not walk.records:
        root.at("components").says("no data set is described, and no model says what it was trained on")
    return walk.done()


class _Bill:
    """One bill of materials: its components, found by reference."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.components = list(_components(walk.root))
        self.refs = {one.at("bom-ref").text(): one for one in self.components if one.at("bom-ref").text()}

    def take(self, one: Node) -> None:
        """Make records of a component: of data, or of a model and the data sets that its card holds."""
        one.requires("type", "name")
        kind = one.at("type").text()
        if kind and kind not in _KINDS:
            one.at("type").breaks(f"{kind[:40]!r} is no type of component of the standard")
        if kind == "data":
            self._data(one, one.at("data").items())
        elif kind == MODEL:
            self._model(one)

    def _data(self, one: Node, contents: list[Node]) -> None:
        for part in contents:
            _typed_data(part)
        kinds = {part.at("type").text() for part in contents}
        if kinds and "dataset" not in kinds:
            one.at("data").says(f"its contents are told to be {', '.join(sorted(kinds))}: no data set among them")
        self.walk.records.append(self._record(one, contents, self._ancestors))

    def _model(self, one: Node) -> None:
        """A model is told of as what came from its training data, so that a lineage can go through it."""
        told = one.at("modelCard", "modelParameters", "datasets")
        for part in told.items():
            if not part.at("ref").text():
                _typed_data(part)
                self.walk.records.append(self._record(part, [part], lambda draft, node: None))
        if told.items():
            self.walk.records.append(self._record(one, [], self._trained_on))
        else:
            one.says(f"the model {_name(one)!r} does not say what it was trained on")

    def _record(self, one: Node, contents: list[Node], sources: Sources) -> Record:
        draft, evidence = self.walk.draft(), list[Proof]()
        subject = Subject(_name(one), _digest(draft, one, evidence))
        draft.note("/subject/name", one.at("name") if one.at("name") else one)
        for part in contents:
            if url := part.at("contents", "url").text():
                draft.proof(evidence, Proof("declaration", uri=url), part.at("contents", "url"))
        self._citations(draft, one, evidence)
        root = self.walk.root
        return draft.record(Record(
            subject,
            derived_from=sources(draft, one),
            method=draft.trained(one.at("type")) if one.at("type").text() == MODEL else "",
            issuer=_issuer(draft, [one, *contents]),
            license=draft.texts("/license", list(_licenses(one))),
            intended_use=_use(draft, one),
            evidence=tuple(evidence),
            version=draft.text("/version", one.at("version")),
            issued=draft.date("/issued", root.at("metadata", "timestamp")),
        ))  # fmt: skip

    def _ancestors(self, draft: Draft, one: Node) -> tuple[Upstream, ...] | None:
        found = [(Upstream(_name(part), _sha256(part)), part)
                 for part in one.at("pedigree", "ancestors").items()]  # fmt: skip
        return draft.upstreams(found) if found else None

    def _trained_on(self, draft: Draft, one: Node) -> tuple[Upstream, ...] | None:
        found = []
        for part in one.at("modelCard", "modelParameters", "datasets").items():
            ref = part.at("ref").text()
            meant = self.refs.get(ref, part)
            if ref and ref not in self.refs:
                part.says(f"the reference {ref[:80]!r} points at no component of this file")
            known = not ref or ref in self.refs
            found.append((Upstream(_name(meant) if known else ref, _sha256(meant)), part))
        return draft.upstreams(found) or None

    def _citations(self, draft: Draft, one: Node, evidence: list[Proof]) -> None:
        """Who said what of a component (1.7): a citation of the component itself, or of a value in it."""
        for cited in self.walk.root.at("citations").items():
            places = [place.text() for place in cited.at("pointers").items()]
            if any(place == one.pointer or place.startswith(one.pointer + "/") for place in places):
                by = cited.at("attributedTo").text() or cited.at("process").text()
                known = self.refs.get(by)
                draft.proof(evidence, Proof("declaration", by=_name(known) if known else by), cited)


def _components(root: Node) -> Iterator[Node]:
    """All components, those within others too."""
    waiting = [(root.at("components"), 0), (root.at("metadata", "component"), 0)]
    while waiting:
        node, level = waiting.pop(0)
        for one in node.each():
            one.fields()
            if isinstance(one.value, dict):
                yield one
                if level < _DEEPEST and one.at("components"):
                    waiting.append((one.at("components"), level + 1))


def _name(one: Node) -> str:
    """The name with its group; of data without one, what else they can be told apart by."""
    group, name = one.at("group").text(), one.at("name").text()
    if not name:
        return one.at("bom-ref").text() or one.at("contents", "url").text() or one.pointer.lstrip("/")
    return f"{group}/{name}" if group else name


def _typed_data(one: Node) -> None:
    """What a component of data holds: its kind is required, and one of a few."""
    one.requires("type")
    if (kind := one.at("type").text()) and kind not in _KINDS_OF_DATA:
        one.at("type").breaks(f"{kind[:40]!r} is no kind of data of the standard: {', '.join(_KINDS_OF_DATA)}")


def _hashes(one: Node) -> Iterator[tuple[Node, str]]:
    for told in one.at("hashes").items():
        if told.at("alg").text() == "SHA-256":
            yield told.at("content"), sha256_of(told.at("content").text())


def _sha256(one: Node) -> str:
    """The root of a component that is one file whose SHA-256 is told; else empty."""
    return next((root_of({_name(one): found}) for _, found in _hashes(one) if found), "")


def _digest(draft: Draft, one: Node, evidence: list[Proof]) -> str:
    """The root of the one file that a component's SHA-256 is of."""
    for node, found in _hashes(one):
        if not found:
            node.breaks("this is no SHA-256")
            continue
        draft.note("/subject/digest", node)
        draft.proof(evidence, Proof("manifest", digest=found), node)
        return root_of({_name(one): found})
    return ""


def _issuer(draft: Draft, parts: list[Node]) -> str:
    """Who made a component, or else who keeps its data."""
    for one in parts:
        asked = [one.at("manufacturer", "name"), one.at("supplier", "name"), one.at("publisher"), one.at("author")]
        asked += [person.at("name") for person in one.at("authors").items()]
        for role in ("owners", "stewards", "custodians"):
            asked += [who.at("organization", "name") for who in one.at("governance", role).items()]
            asked += [who.at("contact", "name") for who in one.at("governance", role).items()]
        if found := draft.first("/issuer", asked):
            return found
    return ""


def _licenses(one: Node) -> Iterator[Node]:
    for told in one.at("licenses").items():
        held = told.at("license")
        yield from (node for node in (told.at("expression"), held.at("id"), held.at("name")) if node)


def _use(draft: Draft, one: Node) -> str:
    """What a model is meant for; CycloneDX has no such field for data."""
    told = one.at("modelCard", "considerations", "useCases")
    said = joined(*(use.text() for use in told.items()))
    if said:
        draft.note("/intended_use", told)
    return said
