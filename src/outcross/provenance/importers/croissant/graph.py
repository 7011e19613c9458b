"""JSON-LD as it is written: terms with a prefix, without one, as an address, or under another name of the context.

It expands nothing from afar: a context that is only an address is never fetched. References by `@id` are followed
within the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from outcross.provenance.documents import pointer
from outcross.provenance.reading import clipped

_SPACES = {
    "schema.org/": "sc", "mlcommons.org/croissant/RAI/": "rai", "mlcommons.org/croissant/": "cr",
    "mlcommons.org/schema/": "cr", "www.w3.org/ns/prov#": "prov", "purl.org/dc/terms/": "dct",
    "www.w3.org/2000/01/rdf-schema#": "rdfs", "cv.iptc.org/newscodes/digitalsourcetype/": "iptc",
}  # fmt: skip
_PREFIXES = {
    "sc": "sc", "schema": "sc", "cr": "cr", "ml": "cr", "croissant": "cr", "rai": "rai", "prov": "prov", "dct": "dct",
    "dcterms": "dct", "rdfs": "rdfs",
}  # fmt: skip
_ALIASES = {
    "isassociatedwith": "wasassociatedwith", "associatedwith": "wasassociatedwith", "derivedfrom": "wasderivedfrom",
    "isderivedfrom": "wasderivedfrom", "isbasedon": "wasderivedfrom", "generatedby": "wasgeneratedby",
    "isgeneratedby": "wasgeneratedby", "attributedto": "wasattributedto", "isattributedto": "wasattributedto",
    "containssyntheticdata": "hassyntheticdata", "endtime": "endedattime", "starttime": "startedattime",
}  # fmt: skip
"""Names that files use for terms, the terms in small letters."""

_LETTER = {
    "hassyntheticdata": "rai:hasSyntheticData", "wasderivedfrom": "prov:wasDerivedFrom",
    "wasgeneratedby": "prov:wasGeneratedBy", "wasattributedto": "prov:wasAttributedTo",
    "wasassociatedwith": "prov:wasAssociatedWith", "datacollection": "rai:dataCollection",
    "datacollectiontype": "rai:dataCollectionType", "datacollectiontimeframe": "rai:dataCollectionTimeframe",
    "machineannotationtools": "rai:machineAnnotationTools", "datausecases": "rai:dataUseCases",
}  # fmt: skip
"""How the terms that are watched are written by the letter."""

_OTHERWISE = {"isBasedOn", "sc:isBasedOn", "schema:isBasedOn"}
"""Terms of schema.org that say the same, and are no slip."""


@dataclass(frozen=True)
class Found:
    """A value, and the JSON pointer of where it stands."""

    value: Any
    place: str


@dataclass
class Graph:
    """The contexts and the nodes of a file.

    Attributes:
        context: what the names of keys and prefixes stand for.
        nodes: by identifier; where several tell of one, the one that tells most.
    """

    context: dict[str, Any]
    nodes: dict[str, "Node"] = field(default_factory=dict)
    _terms: dict[str, str] = field(default_factory=dict)

    def term(self, key: str) -> str:
        """The term that a key stands for, in small letters and without its prefix; empty where it is a foreign one."""
        if key not in self._terms:
            self._terms[key] = key if key.startswith("@") else self._term(self._meant(key))
        return self._terms[key]

    def _meant(self, key: str) -> str:
        defined = self.context.get(key)
        meant = defined.get("@id") if isinstance(defined, dict) else defined
        return meant if isinstance(meant, str) and meant and ":" in meant else key

    def _term(self, key: str) -> str:
        local = self.local(key)
        return _ALIASES.get(local.lower(), local.lower())

    def local(self, name: str) -> str:
        """A name without its prefix or its address; empty where that is a foreign one."""
        address = re.fullmatch(r"https?://(.+)", name)
        if address is not None:
            space = next((one for one in _SPACES if address[1].startswith(one)), None)
            return "" if space is None else address[1][len(space) :].strip("/")
        prefix, colon, local = name.partition(":")
        if not colon:
            return name
        told = self.context.get(prefix)
        known = prefix.lower() in _PREFIXES if not isinstance(told, str) else any(one in told for one in _SPACES)
        return local if known else ""

    def tells(self, key: str) -> bool:
        """Whether the context says what a key means; without that it is a term of schema.org, and not Croissant's."""
        return ":" in key or not self.context or key in self.context or "mlcommons" in str(self.context.get("@vocab"))

    def means_terms(self, key: str) -> bool:
        """Whether the context says that texts under a key are terms; without that they are no more than texts."""
        defined = self.context.get(key)
        return not self.context or (isinstance(defined, dict) and defined.get("@type") in ("@vocab", "@id"))

    def defines(self, name: str) -> bool:
        """Whether the prefix of a name, where it has one, is one that the context tells of."""
        prefix, colon, _ = name.partition(":")
        return not colon or not self.context or "://" in name or prefix in self.context

    def spelt_otherwise(self, key: str) -> str:
        """How the term of a key is spelt by the letter, where the key is not; else empty."""
        letter = _LETTER.get(self.term(key), "")
        meant = self._meant(key)
        as_told = meant == letter or (bool(letter) and self.local(meant) == letter.partition(":")[2] and ":" in meant)
        return "" if not letter or as_told or key in _OTHERWISE else letter


@dataclass(frozen=True)
class Node:
    """An object of the file.

    Attributes:
        graph: it belongs to. value: its keys and values. place: where it stands.
    """

    graph: Graph
    value: dict[str, Any]
    place: str

    def keys(self, term: str) -> list[str]:
        """Its keys that stand for a term."""
        return [key for key in self.value if self.graph.term(key) == term]

    def found(self, term: str) -> list[Found]:
        """The values of a term, lists opened; references become what they refer to."""
        return [one for key in self.keys(term) for one in _opened(self.value[key], self.place + pointer(key))]

    def nodes(self, term: str) -> list["Node"]:
        """The objects among the values of a term."""
        return [self._followed(one) for one in self.found(term) if isinstance(one.value, dict)]

    def _followed(self, one: Found) -> "Node":
        """The object, or the one elsewhere in the file that it only refers to."""
        if set(one.value) == {"@id"} and isinstance(one.value["@id"], str):
            return self.graph.nodes.get(one.value["@id"], Node(self.graph, one.value, one.place))
        return Node(self.graph, one.value, one.place)

    def texts(self, term: str) -> list[Found]:
        """The texts among the values of a term, cut to size; of a text in several languages the English one."""
        found = [Found(text_of(one.value), one.place) for one in self.found(term)]
        return [one for one in found if one.value]

    def text(self, term: str) -> str:
        """The first text of a term; empty where there is none."""
        return next((one.value for one in self.texts(term)), "")

    @property
    def id(self) -> str:
        """Its identifier; empty where it has none."""
        told = self.value.get("@id", "")
        return clipped(told) if isinstance(told, str) else ""

    @property
    def types(self) -> list[str]:
        """What it is, without prefixes."""
        told = self.value.get("@type", [])
        items = told if isinstance(told, list) else [told]
        return [self.graph.local(one) for one in items if isinstance(one, str)]


def text_of(value: Any) -> str:
    """A text, a value of JSON-LD that is one, or one in several languages; empty where it is none."""
    if isinstance(value, dict):
        told = value.get("@value", value.get("en"))
        if told is None and value and all(_is_language(key) for key in value):
            told = next(iter(value.values()))
        value = told
    return clipped(value) if isinstance(value, str) else ""


def _is_language(key: str) -> bool:
    return re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", key) is not None


def _opened(value: Any, place: str) -> Iterator[Found]:
    """A value, or the members of a list, however JSON-LD wraps it."""
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _opened(one, place + pointer(at))
    elif isinstance(value, dict) and len(value) == 1 and ({"@list", "@set"} & value.keys()):
        key = next(iter(value))
        yield from _opened(value[key], place + pointer(key))
    elif value is not None:
        yield Found(value, place)


def graph_of(value: Any) -> tuple[Graph, list[Node]]:
    """The graph of a file, and the objects at its top: of a list or a `@graph`, each member."""
    found = [one for one in _tops(value, "") if isinstance(one.value, dict)]
    context: dict[str, Any] = {}
    for told in [one.get("@context") for one in _roots(value)]:
        for part in told if isinstance(told, list) else [told]:
            context.update(part if isinstance(part, dict) else {})
    graph = Graph(context)
    tops = [Node(graph, one.value, one.place) for one in found]
    for node in _all(tops):
        if node.id and len(node.value) > len(graph.nodes[node.id].value if node.id in graph.nodes else {"@id": ""}):
            graph.nodes[node.id] = node
    return graph, tops


def _roots(value: Any) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
            inner = one.get("@graph")
            yield from (part for part in (inner if isinstance(inner, list) else []) if isinstance(part, dict))


def _tops(value: Any, place: str) -> Iterator[Found]:
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _tops(one, place + pointer(at))
    elif isinstance(value, dict) and "@graph" in value:
        yield from _tops(value["@graph"], place + pointer("@graph"))
    else:
        yield Found(value, place)


def _all(tops: list[Node]) -> Iterator[Node]:
    """Every object of the file."""
    waiting = [Found(one.value, one.place) for one in tops]
    graph = tops[0].graph if tops else Graph({})
    while waiting:
        one = waiting.pop()
        if isinstance(one.value, dict):
            yield Node(graph, one.value, one.place)
            waiting.extend(
                Found(part, one.place + pointer(key)) for key, part in one.value.items() if key != "@context"
            )
        elif isinstance(one.value, list):
            waiting.extend(Found(part, one.place + pointer(at)) for at, part in enumerate(one.value))
