"""What a Croissant data set consists of, from what its fields say of synthetic data, and never from its prose.

`rai:hasSyntheticData: true` says that there is some, not how much; `false` says that there is none, which is not that
people wrote the rest.
"""

import re
from dataclasses import dataclass
from typing import Any

from outcross.provenance.importers import Places
from outcross.provenance.importers.croissant.graph import Found, Node, text_of
from outcross.provenance.importers.croissant.lineage import Lineage, people_only
from outcross.provenance.reading import Reading, says_nothing
from outcross.provenance.record import NONE, TEXT, Generator, Kind, Origin
from outcross.provenance.vocabulary import term_of

_YES = {"true", "yes", "1"}
_NO = {"false", "no", "0"}
_PROSE = re.compile(
    r"\bsynthe(?:tic|siz|sis)|\bLLMs?\b|language models?\b|\bGPT|ChatGPT|\b(?:model|AI|machine)[- ]generated"
    r"|\bgenerated (?:by|with|using) (?:an? )?(?:AI|model)|\b(?:model|AI|chatbot) (?:outputs?|responses?)\b",
    re.IGNORECASE,
)
_LONGEST_TOOL = 160
"""Characters of a tool's name; more is a sentence about tools."""


@dataclass
class Origins:
    """Gathers what each scope consists of.

    Attributes:
        reading: of the document. places: where values were read. lineage: gathered beside.
    """

    reading: Reading
    places: Places
    lineage: Lineage

    def gather(self, dataset: Node) -> tuple[Origin, ...]:
        """Of the text, of the labels and of fields that are told of."""
        told: dict[str, tuple[Origin, str]] = {}
        parts = [dataset, *dataset.nodes("distribution"), *dataset.nodes("recordset")]
        text = self._text(parts)
        if text is not None:
            told[TEXT] = text
        for records in dataset.nodes("recordset"):
            self._fields(records, told)
        self._tools(dataset, told)
        self._prose(dataset, told.get(TEXT))
        for index, (origin, place) in enumerate(told.values()):
            self.places.note(f"/origins/{index}/kind", place)
            if origin.shares:
                self.places.note(f"/origins/{index}/shares/synthetic", place)
        return tuple(origin for origin, _ in told.values())

    def _text(self, parts: list[Node]) -> tuple[Origin, str] | None:
        """Of the text: by a term for the whole, else by whether there is synthetic data."""
        whole = self._term(parts[0])
        said = [one for part in parts for one in self._has_synthetic(part)]
        truths = {truth for truth, _ in said}
        if truths == {True, False}:
            self.reading.remark(said[-1][1], "it is told both that there is synthetic data and that there is none")
        if whole is not None:
            return self._agreed(whole, truths)
        terms = [one for part in parts[1:] if (one := self._term(part)) is not None]
        some = [place for kind, place in terms if kind in ("synthetic", "edited", "mixed")]
        some += [place for truth, place in said if truth]
        if some:
            return Origin("mixed"), some[0]
        return (Origin("unknown", TEXT, {"synthetic": NONE}), said[0][1]) if said else None

    def _agreed(self, whole: tuple[Kind, str], truths: set[bool]) -> tuple[Origin, str]:
        """What the term for the whole says; a mix where a truth value says otherwise."""
        kind, place = whole
        if (True in truths and kind in ("human", "procedural")) or (False in truths and kind == "synthetic"):
            self.reading.remark(place, f"it says {kind}, and what is told of synthetic data contradicts it")
            return Origin("mixed"), place
        return Origin(kind), place

    def _has_synthetic(self, node: Node) -> list[tuple[bool, str]]:
        """What a node says of synthetic data: the truth value and where; what is none is noted."""
        found = []
        for one in node.found("hassyntheticdata"):
            truth = _truth(one.value)
            if truth is None:
                self.reading.remark(one.place, "it is neither true nor false")
            else:
                if not isinstance(one.value, bool):
                    self.reading.remark(one.place, f"it is no truth value: it is read as {str(truth).lower()}")
                found.append((truth, one.place))
        return found

    def _term(self, node: Node) -> tuple[Kind, str] | None:
        """What a digital source type of IPTC says of a node."""
        for one in node.found("digitalsourcetype"):
            named = one.value.get("@id") if isinstance(one.value, dict) else one.value
            term = term_of(named)
            if term is None or term.note:
                self.reading.remark(one.place, term.note if term else "it is no digital source type that is known here")
            if term is not None and term.kind != "unknown":
                return term.kind, one.place
        return None

    def _fields(self, records: Node, told: dict[str, tuple[Origin, str]]) -> None:
        """Of fields that tell of themselves; a field of labels is of the scope of labels."""
        for one in records.nodes("field"):
            scope = "labels" if _is_label(one) else one.text("name") or one.id
            term, made = self._term(one), self.lineage.gather(one, scope)
            said = self._has_synthetic(one)
            place = one.place
            kind: Kind = "unknown"
            if term is not None:
                kind, place = term
            elif any(truth for truth, _ in said) or made:
                kind = "mixed"
            elif scope == "labels" and (people_only(one, "wasattributedto") or _by_people(one)):
                kind = "human"
            if kind != "unknown" and scope:
                _join(told, Origin(kind, scope), place)

    def _tools(self, dataset: Node, told: dict[str, tuple[Origin, str]]) -> None:
        """Of labels where machines annotated: some are theirs, and people may have checked them."""
        found = [one for one in dataset.texts("machineannotationtools") if not says_nothing(one.value)]
        for one in found:
            for name in _tools_in(one):
                self.places.note(f"/generators/{len(self.lineage.generators)}/model", one.place)
                self.lineage.generators.append(Generator(name, scope="labels"))
        if found:
            _join(told, Origin("mixed", "labels"), found[0].place)
            if not any(_tools_in(one) for one in found):
                self.reading.remark(found[0].place, "tools are told of in prose: no name is taken")

    def _prose(self, dataset: Node, text: tuple[Origin, str] | None) -> None:
        """Note where prose speaks of models and no field does."""
        speaks = [one for one in dataset.texts("description") if _PROSE.search(one.value)]
        if speaks and text is None:
            self.reading.remark(
                speaks[0].place, "the description speaks of models or synthetic data, and no field tells of it"
            )
        elif speaks and text is not None and "synthetic" in text[0].shares:
            self.reading.remark(
                speaks[0].place, "the description speaks of models or synthetic data, and a field tells of none"
            )


def _truth(value: Any) -> bool | None:
    told = value.get("@value") if isinstance(value, dict) else value
    if isinstance(told, bool):
        return told
    word = text_of(told).casefold().rstrip(".") if isinstance(told, str) else str(told)
    return True if word in _YES else False if word in _NO else None


def _tools_in(one: Found) -> list[str]:
    """Names of tools in a text: its parts, if each is short enough to be one."""
    parts = [part.strip(" .") for part in re.split(r"[;\n]", one.value) if part.strip(" .")]
    return parts if all(len(part) <= _LONGEST_TOOL for part in parts) else []


def _is_label(one: Node) -> bool:
    types = [
        found.value.get("@id") if isinstance(found.value, dict) else found.value for found in one.found("datatype")
    ]
    return any(isinstance(told, str) and one.graph.local(told) == "Label" for told in types)


def _by_people(one: Node) -> bool:
    """Whether the values of a field are attributed to people, each to one."""
    for annotation in one.nodes("annotation"):
        means = [one.graph.local(told.value) for told in annotation.texts("equivalentproperty")]
        types = [one.graph.local(told.value) for told in annotation.texts("datatype")]
        if "wasAttributedTo" in means and "Person" in types:
            return True
    return False


def _join(told: dict[str, tuple[Origin, str]], origin: Origin, place: str) -> None:
    """Add what is told of a scope; what differs is a mix."""
    before = told.get(origin.scope)
    if before is None:
        told[origin.scope] = (origin, place)
    elif before[0].kind != origin.kind:
        told[origin.scope] = (Origin("mixed", origin.scope), before[1])
