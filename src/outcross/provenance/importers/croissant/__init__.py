"""Croissant, versions 0.8 to 1.1, with the terms of its extension for responsible AI and of W3C PROV.

https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html and croissant-rai-spec.html. The file is read as the
JSON that it is: nothing is fetched, and terms are known with a prefix, without one, and by the names that files use.
"""

import re
from typing import Any

from outcross.provenance.documents import Document
from outcross.provenance.importers import Imported, Places
from outcross.provenance.importers.croissant.files import files_of
from outcross.provenance.importers.croissant.graph import Found, Graph, Node, graph_of, text_of
from outcross.provenance.importers.croissant.lineage import Lineage
from outcross.provenance.importers.croissant.origins import Origins
from outcross.provenance.importers.croissant.rules import check
from outcross.provenance.licences import licence_of
from outcross.provenance.periods import date_of, in_order, period_of
from outcross.provenance.reading import Reading, says_nothing
from outcross.provenance.record import Period, Proof, Record, Subject

TITLE = "Croissant"

ROOT = "https://github.com/sigstore/model-transparency#root"
"""What an identifier is, that is the root of a manifest of OpenSSF Model Signing."""

_VERSION = re.compile(r"mlcommons\.org/croissant/(\d{1,3}\.\d{1,3})")
_KNOWN = ("0.8", "1.0", "1.1")
_ROOT = re.compile(r"sha256:[0-9a-f]{64}")
_OWN = {"distribution", "recordset", "hassyntheticdata", "datacollection"}


def recognises(document: Document) -> bool:
    """Whether an object at its top speaks of Croissant, or is a data set with files or sets of records."""
    if document.form != "json":
        return False
    graph, tops = graph_of(document.value)
    return any(_is_croissant(graph, one) for one in tops)


def _is_croissant(graph: Graph, one: Node) -> bool:
    if any("mlcommons.org/croissant" in told for told in _conforms(one)):
        return True
    contexts = [str(part) for part in (*graph.context.values(), one.value.get("@context"))]
    marked = any("mlcommons.org/" in part or "/croissant/" in part for part in contexts)
    is_dataset = "Dataset" in one.types
    return (marked and bool(one.types)) or (is_dataset and any(one.keys(term) for term in _OWN))


def read(document: Document) -> Imported:
    """Every data set that the file describes."""
    reading = Reading(document)
    graph, tops = graph_of(document.value)
    found = [one for one in tops if "Dataset" in one.types]
    # A graph may also hold what its data sets refer to; a file whose data set has a wrong type is told so.
    found = found or [one for one in tops if _is_croissant(graph, one)] or tops[:1]
    if not found:
        reading.broken("", "it holds no object that describes a data set")
        return reading.imported(TITLE, ())
    versions = [_version(reading, graph, one) for one in found]
    records = []
    for one, version in zip(found, versions, strict=True):
        check(reading, one, version)
        records.append(_record(reading, one))
    return reading.imported(f"{TITLE} {versions[0]}".strip(), tuple(records))


def _conforms(one: Node) -> list[str]:
    """The standards that an object says it conforms to."""
    told = [found.value for found in one.found("conformsto")]
    named = [value.get("@id", text_of(value)) if isinstance(value, dict) else value for value in told]
    return [value for value in named if isinstance(value, str)]


def _version(reading: Reading, graph: Graph, one: Node) -> str:
    """The version of the standard that a data set declares; version 0.8 declared none."""
    found = [at[1] for told in _conforms(one) if (at := _VERSION.search(told))]
    if not found:
        if any("mlcommons.org/schema" in str(value) for value in graph.context.values()):
            return "0.8"
        reading.remark(one.place, "it does not declare which version of Croissant it conforms to")
        return ""
    if found[0] not in _KNOWN:
        reading.remark(one.place, f"version {found[0]} is not known here: it is read as {_KNOWN[-1]}")
    return found[0]


def _record(reading: Reading, dataset: Node) -> Record:
    """What a data set tells, as a record."""
    places = Places(reading.document)
    told = _Told(reading, places, dataset)
    _spelling(reading, dataset)
    site = dataset.text("url")
    lineage = Lineage(reading, places, frozenset(one for one in (site, dataset.id) if one))
    for part in (dataset, *dataset.nodes("distribution"), *dataset.nodes("recordset")):
        lineage.gather(part)
        lineage.by_record(part)
    origins = Origins(reading, places, lineage).gather(dataset)
    issuer, issued = told.issuer(lineage.attributed), told.date("datepublished", "/issued")
    record = Record(
        told.subject(), origins, tuple(lineage.generators), told.upstream(lineage), told.period(lineage),
        told.method(lineage.activities), issuer, told.licences(), told.joined("datausecases", "/intended_use"),
        told.evidence(site, issuer), told.version(), issued,
        told.expires(issued), told.supersedes(),
    )  # fmt: skip
    return record.with_given(places.noted)


def _spelling(reading: Reading, dataset: Node) -> None:
    """Note terms that are not written by the letter, anywhere in a data set."""
    waiting: list[Any] = [(dataset.value, dataset.place)]
    while waiting:
        value, place = waiting.pop()
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in items:
            if isinstance(key, str) and key == "@context":
                continue
            if isinstance(key, str) and (letter := dataset.graph.spelt_otherwise(key)):
                reading.remark(place, f"{key[:60]!r} is read as {letter!r}")
            waiting.append((part, f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}"))


class _Told:
    """What a data set tells at its top, field by field.

    Args:
        reading: of the document. places: where values were read. dataset: that is read.
    """

    def __init__(self, reading: Reading, places: Places, dataset: Node) -> None:
        self.reading, self.places, self.dataset = reading, places, dataset
        self.files = files_of(reading, dataset)

    def subject(self) -> Subject:
        """Its name, its sizes, and the root over its files: told, or of the digests where all of them have one."""
        named = next(iter(self.dataset.texts("name")), None) or next(iter(self.dataset.texts("alternatename")), None)
        name = named.value if named else self.dataset.text("url") or self.dataset.id
        if named:
            self.places.note("/subject/name", named.place)
        digest = self._told_root() or self._noted("/subject/digest", self.files.digest)
        size = self._size("bytes")
        size = size if size is not None else self._noted("/subject/bytes", self.files.size)
        return Subject(name or self.reading.document.name, digest, size, self._size("records"), self._size("tokens"))

    def _noted(self, target: str, value: Any) -> Any:
        """A value that follows from the files, noted to stand there."""
        if value:
            self.places.note(target, f"{self.dataset.place}/{self.dataset.keys('distribution')[0]}")
        return value

    def _told_root(self) -> str:
        """The root of a manifest, where an identifier is said to be one."""
        for one in self.dataset.nodes("identifier"):
            if one.text("propertyid") == ROOT and _ROOT.fullmatch(one.text("value")):
                self.places.note("/subject/digest", one.place)
                return one.text("value")
        return ""

    def _size(self, unit: str) -> int | None:
        """A size in a unit; one that is no count is left out."""
        for one in self.dataset.nodes("size"):
            told = [found.value for found in one.found("value")] if one.text("unittext") == unit else []
            if told and isinstance(told[0], int) and not isinstance(told[0], bool) and told[0] >= 0:
                self.places.note(f"/subject/{unit}", one.place)
                return int(told[0])
        return None

    def upstream(self, lineage: Lineage) -> Any:
        """What it came from; an empty list is told only where nothing else is."""
        if not lineage.upstream and lineage.root:
            self.places.note("/derived_from", lineage.root)
            return ()
        return tuple(lineage.upstream) or None

    def period(self, lineage: Lineage) -> Period:
        """When it was collected, else when the activities were that made it."""
        found = self.dataset.texts("datacollectiontimeframe")
        period = period_of(one.value for one in found)
        if not found:
            found = lineage.started + lineage.ended
            starts, ends = (period_of(one.value for one in told) for told in (lineage.started, lineage.ended))
            period = Period(starts.start, ends.end)
            if not in_order(period.start, period.end):
                self.reading.remark(found[0].place, "it ended before it began: neither is taken")
                return Period()
        if period != Period():
            self.places.note("/generation_period", found[0].place)
        elif found:
            self.reading.remark(found[0].place, "no dates are found in it")
        return period

    def method(self, activities: list[Found]) -> str:
        """How it was collected, else what kind of collection it was, else what was done."""
        for term in ("datacollection", "datacollectiontype"):
            if told := self.joined(term, "/method"):
                return told
        if activities:
            self.places.note("/method", activities[0].place)
        return "; ".join(dict.fromkeys(one.value for one in activities))

    def joined(self, term: str, target: str) -> str:
        """The texts of a term as one."""
        found = [one for one in self.dataset.texts(term) if not says_nothing(one.value)]
        if found:
            self.places.note(target, found[0].place)
        return "; ".join(one.value for one in found)

    def issuer(self, attributed: list[Found]) -> str:
        """Who made it, else who publishes it, else whom it is attributed to."""
        for term in ("creator", "author", "publisher"):
            if named := self._names(term):
                self.places.note("/issuer", named[0].place)
                return "; ".join(one.value for one in named)
        told = [one for one in attributed if not says_nothing(one.value)]
        if told:
            self.places.note("/issuer", told[0].place)
        return "; ".join(dict.fromkeys(one.value for one in told))

    def _names(self, term: str) -> list[Found]:
        """Names of people and bodies."""
        named = [Found(one.text("name") or one.id, one.place) for one in self.dataset.nodes(term)] + self.dataset.texts(
            term
        )
        return [one for one in named if not says_nothing(one.value)]

    def licences(self) -> tuple[str, ...]:
        """Its licences, each once."""
        found: dict[str, str] = {}
        for one in self.dataset.found("license"):
            name, remark = licence_of(self._licence(one))
            if remark:
                self.reading.remark(one.place, remark)
            if name:
                found.setdefault(name, one.place)
        for index, place in enumerate(found.values()):
            self.places.note(f"/license/{index}", place)
        return tuple(found)

    def _licence(self, one: Found) -> str:
        """The text of a licence, or the address or the name of a work that is one."""
        if not isinstance(one.value, dict) or text_of(one.value):
            return text_of(one.value)
        work = Node(self.dataset.graph, one.value, one.place)
        return work.text("url") or work.text("identifier") or work.text("name") or work.id

    def evidence(self, site: str, issuer: str) -> tuple[Proof, ...]:
        """The file itself, and the digests of the files that it tells of."""
        declared = Proof("declaration", 1, site, self.reading.document.digest, issuer)
        return (declared, *self.files.evidence(self.places, 1))

    def version(self) -> str:
        """Of the data set, a text or a number."""
        for one in self.dataset.found("version"):
            is_number = isinstance(one.value, int | float) and not isinstance(one.value, bool)
            told: str = str(one.value) if is_number else text_of(one.value)
            if told:
                self.places.note("/version", one.place)
                return told
        return ""

    def date(self, term: str, target: str) -> str:
        """A date of ISO 8601; another one is noted, and left out."""
        for one in self.dataset.texts(term):
            if date := date_of(one.value):
                self.places.note(target, one.place)
                return date
            self.reading.remark(one.place, "it is no date of ISO 8601")
        return ""

    def expires(self, issued: str) -> str:
        """Until when it holds; a date before it was published is noted, and left out."""
        date = self.date("expires", "/expires")
        if in_order(issued, date) or not date:
            return date
        self.reading.remark(self.places.noted.pop("/expires").pointer, "it expires before it was published")
        return ""

    def supersedes(self) -> str:
        """The digest of the record that it is a revision of."""
        for one in self.dataset.nodes("wasrevisionof"):
            if _ROOT.fullmatch(one.id):
                self.places.note("/supersedes", one.place)
                return one.id
        return ""
