"""What Croissant itself requires of a file, and what breaks it (https://docs.mlcommons.org/croissant/, 0.8 to 1.1).

The rules are those of the specification that its reference implementation enforces, except for checksums: the
specification does not require one, so a missing one breaks nothing here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from outcross.provenance.importers.croissant.graph import Found, Node, text_of
from outcross.provenance.reading import Reading

_DATA_TYPES = {
    "audioobject", "boolean", "bool", "boundingbox", "date", "datetime", "float", "float16", "float32", "float64",
    "imageobject", "integer", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "split",
    "number", "text", "time", "url", "videoobject", "segmentationmask", "label", "enumeration", "geoshape",
    "geocoordinates", "json",
}  # fmt: skip
_REQUIRED = ("description", "license", "url", "creator", "datepublished")


@dataclass(frozen=True)
class _Known:
    """The names that a file may refer to.

    Attributes:
        owners: of each name, what it belongs to: a field to its set of records, a file and a set to itself.
        others: identifiers of whatever else the file has.
        by_parts: whether a name may be that of a file and of a column in it, as in version 0.8.
    """

    owners: dict[str, str]
    others: frozenset[str]
    by_parts: bool

    def has(self, name: str) -> bool:
        """Whether the file has it."""
        first = name.partition("/")[0] if self.by_parts else name
        return name in self.owners or name in self.others or first in self.owners

    def owner(self, name: str) -> str:
        """What it belongs to."""
        return self.owners.get(name, name.partition("/")[0])


def check(reading: Reading, dataset: Node, version: str) -> None:
    """Note what breaks a data set's description, and what it lacks.

    Args:
        reading: takes the notes.
        dataset: that is looked at.
        version: that it declares; where it declares none, the parts break no promise, and are only remarked on.
    """
    _check_top(reading, dataset, version)
    parts = Reading(reading.document)
    _check_parts(parts, dataset, version)
    seen: set[str] = set()
    for one in parts.defects:
        if version and one.broken:
            reading.broken(one.pointer, one.said)
        elif version or one.said not in seen:
            reading.remark(one.pointer, one.said)
        seen.add(one.said)


def _check_parts(reading: Reading, dataset: Node, version: str) -> None:
    files = _members(reading, dataset, "distribution", ("FileObject", "FileSet"))
    sets = _members(reading, dataset, "recordset", ("RecordSet",))
    owners = {_name(one, version): _name(one, version) for one in (*files, *sets)}
    for records in sets:
        for one in _fields(reading, records):
            owners |= dict.fromkeys(_names_of_field(records, one, version), _name(records, version))
    known = _Known(owners, frozenset(dataset.graph.nodes), version == "0.8")
    for one in files:
        _check_file(reading, one, version)
        for used in one.found("containedin"):
            _check_reference(reading, used, known)
    for one in sets:
        _check_set(reading, one, known, version)


def _check_top(reading: Reading, dataset: Node, version: str) -> None:
    if "Dataset" not in dataset.types:
        told = ", ".join(map(str, _listed(dataset.value.get("@type"))))[:80]
        reading.broken(f"{dataset.place}/@type", f"it must be a schema.org Dataset, and it is {told or 'nothing'!r}")
    for one in dataset.found("name"):
        if not text_of(one.value):
            reading.broken(one.place, "the name of a data set is a text that is not empty")
    if not dataset.found("name") and version == "0.8":
        reading.broken(dataset.place, "'name' is missing, which is required")
    for one in dataset.found("license"):
        if not isinstance(one.value, str | dict):
            reading.broken(one.place, "a licence is a text, an address or a CreativeWork")
    lacking = [term for term in ("name", *_REQUIRED) if not dataset.keys(term)]
    if lacking and version != "0.8":
        reading.remark(dataset.place, f"it lacks what the specification requires: {', '.join(lacking)}")


def _members(reading: Reading, node: Node, term: str, types: tuple[str, ...]) -> list[Node]:
    """The objects of a term, each of one of these types."""
    found = []
    for told in node.found(term):
        if not isinstance(told.value, dict):
            reading.broken(told.place, f"{_term(term)} holds objects, and this is none")
    for one in node.nodes(term):
        if not set(types) & set(one.types):
            named = ", ".join(one.types) or "nothing"
            reading.broken(f"{one.place}/@type", f"it must be a {' or a '.join(types)}, and it is {named[:80]!r}")
        _check_names(reading, one)
        found.append(one)
    return found


def _check_names(reading: Reading, one: Node) -> None:
    """The identifier, the name and the description of anything."""
    told = one.value.get("@id", "")
    if not isinstance(told, str) or re.search(r"\s", told):
        reading.broken(f"{one.place}/@id", "an identifier is a text without spaces")
    for term in ("name", "description"):
        for said in one.found(term):
            if not isinstance(said.value, str | dict):
                reading.broken(said.place, f"{term!r} is a text, and this is none")


def _check_file(reading: Reading, one: Node, version: str) -> None:
    of_one = "FileObject" in one.types
    if not one.texts("encodingformat"):
        reading.broken(one.place, "'encodingFormat' is missing, which is required")
    if of_one and not one.found("containedin") and not one.texts("contenturl"):
        reading.broken(one.place, "'contentUrl' is missing, which is required of a file that is in no other")
    if of_one and not one.found("containedin") and not one.found("sha256") and not one.found("md5"):
        reading.remark(one.place, "no digest tells which bytes are meant")
    if "FileSet" in one.types and not one.texts("includes"):
        reading.broken(one.place, "'includes' is missing, which is required of a set of files")
    if version == "0.8" and not one.text("name"):
        reading.broken(one.place, "'name' is missing, which is required in version 0.8")


def _fields(reading: Reading, records: Node) -> list[Node]:
    """The fields of a set of records, and the fields in them."""
    found = _members(reading, records, "field", ("Field",))
    return found + [inner for one in found for inner in _members(reading, one, "subfield", ("Field",))]


def _check_set(reading: Reading, records: Node, known: _Known, version: str) -> None:
    fields = records.nodes("field")
    if version == "0.8":
        for one in (records, *fields):
            if not one.text("name"):
                reading.broken(one.place, "'name' is missing, which is required in version 0.8")
    for one in _fields(reading, records):
        _check_field(reading, one, known)
    if fields and not records.found("data") and not any(_told(one) for one in fields):
        reading.broken(fields[0].place, "nothing tells where its values come from: neither 'source' nor 'value'")
    _check_data(reading, records)
    _check_joins(reading, records, fields, known)


def _told(one: Node) -> bool:
    """Whether it is told where the values of a field come from."""
    return any(one.found(term) for term in ("source", "value", "subfield", "parentfield", "annotation"))


def _check_field(reading: Reading, one: Node, known: _Known) -> None:
    for used in (*one.found("source"), *one.found("references")):
        _check_reference(reading, used, known)
    for source in one.nodes("source"):
        for part in (*source.found("extract"), *source.found("transform")):
            if not isinstance(part.value, dict):
                reading.broken(part.place, "what is extracted is told by an object, and this is none")
    _check_shape(reading, one)
    types = {name.lower() for name in _data_types(one)}
    if not one.found("subfield") and not types & _DATA_TYPES and not _of_other_field(one, known):
        reading.broken(one.place, "no data type that Croissant knows is told, neither here nor by a source")


def _data_types(one: Node) -> Iterator[str]:
    """The data types of a field; the context must say what the key and its values mean, else they are no types."""
    graph = one.graph
    for key in filter(graph.tells, one.keys("datatype")):
        for value in _listed(one.value[key]):
            told = value.get("@id") if isinstance(value, dict) else value if graph.means_terms(key) else None
            if isinstance(told, str) and graph.defines(told):
                yield graph.local(told)


def _of_other_field(one: Node, known: _Known) -> bool:
    """Whether a field takes its values, and so their type, from another one."""
    return any(known.owners.get(name, name) != name for used in one.found("source") for name in _referred(used.value))


def _check_shape(reading: Reading, one: Node) -> None:
    for shape in one.found("arrayshape"):
        told = text_of(shape.value)
        if not re.fullmatch(r"\s*\(?\s*-?\d+\s*(?:,\s*-?\d+\s*)*,?\s*\)?\s*", told[:200]):
            reading.broken(shape.place, "an array's shape is whole numbers with commas between them")
        if not any(_true(value.value) for value in one.found("isarray")):
            reading.broken(shape.place, "a shape is told, and 'isArray' is not true")


def _check_reference(reading: Reading, used: Found, known: _Known) -> None:
    named = list(_referred(used.value))
    if not named:
        reading.broken(used.place, "it refers to nothing: no file, no set and no field is named")
    for name in named:
        if not known.has(name):
            reading.broken(used.place, f"it refers to {name[:80]!r}, which the file does not have")


def _referred(value: Any) -> Iterator[str]:
    """The identifiers that a source, a reference or a container names."""
    if isinstance(value, str):
        yield value.strip("#{}").partition("#")[0]
    elif isinstance(value, dict):
        told = value.get("@id")
        if (
            isinstance(told, str)
            and not told.startswith("_:")
            and not _SOURCES & {key.rpartition(":")[2] for key in value}
        ):
            yield told
        for key, part in value.items():
            if key.rpartition(":")[2] in _SOURCES:
                for one in _listed(part):
                    yield from _referred(one)


_SOURCES = {"fileObject", "fileSet", "recordSet", "field", "distribution"}


def _check_data(reading: Reading, records: Node) -> None:
    """Records that stand in the file have the fields that are told."""
    fields = {name for one in records.nodes("field") for name in (one.id, one.text("name"), one.id.rpartition("/")[2])}
    for one in records.found("data") if all(map(records.graph.tells, records.keys("data"))) else ():
        told = {key for key in one.value if not key.startswith("@")} if isinstance(one.value, dict) else {""}
        if fields and told - fields:
            reading.remark(one.place, "a record that has other fields than its set")


def _check_joins(reading: Reading, records: Node, fields: list[Node], known: _Known) -> None:
    """Records that are taken from several sources need a field that joins each two of them."""
    sources, joined = set(), set()
    for one in fields:
        taken, other = _roots(one, "source", known), _roots(one, "references", known)
        sources |= taken
        joined |= {frozenset((left, right)) for left in taken for right in other}
    if any(frozenset(pair) not in joined for pair in combinations(sorted(sources), 2)):
        reading.broken(records.place, "it takes records from several sources, and no field joins them by 'references'")


def _roots(one: Node, term: str, known: _Known) -> set[str]:
    """The files and sets of records that a field's source, or what it refers to, belongs to."""
    named = [name for used in one.found(term) for name in _referred(used.value)]
    return {known.owner(name) for name in named}


def _name(one: Node, version: str) -> str:
    return one.text("name") if version == "0.8" else one.id


def _names_of_field(records: Node, one: Node, version: str) -> Iterator[str]:
    yield one.id
    if version == "0.8":
        yield f"{records.text('name')}/{one.text('name')}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _true(value: Any) -> bool:
    told = value.get("@value") if isinstance(value, dict) else value
    return told is True or (isinstance(told, str) and told.casefold() == "true")


def _term(term: str) -> str:
    return {"distribution": "'distribution'", "recordset": "'recordSet'", "field": "'field'"}.get(term, repr(term))
