"""Importers: metadata of the world as provenance records, one file a standard; the standard is found by the contents.

A module here has `TITLE`, `recognises(document) -> bool` and `read(document) -> Imported`. What a standard says is
taken over with the place where it stands; what it does not say stays unknown.
"""

from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from outcross.errors import CallError, DataError
from outcross.provenance.documents import Document
from outcross.provenance.parsing import record_from
from outcross.provenance.record import Given, Record

STANDARDS = (
    "huggingface", "croissant", "dpi", "signing", "oasis", "cyclonedx", "spdx", "openlineage", "prov", "c2pa",
)  # fmt: skip
"""Modules of this package, in the order in which they are asked."""


@dataclass(frozen=True)
class Defect:
    """Something in a file that its standard does not allow, or that says less than it seems to.

    Attributes:
        pointer: where, as a JSON pointer. said: what is wrong, in a sentence.
        broken: whether the standard's own rules are broken: nothing of the file is taken then.
    """

    pointer: str
    said: str
    broken: bool = False


@dataclass(frozen=True)
class Imported:
    """What a file says.

    Attributes:
        standard: its title and version, e.g. "Croissant 1.1".
        file: SHA-256 of the file.
        records: one for each data source that it describes; empty where it is broken.
        defects: what is wrong or misleading in it.
    """

    standard: str
    file: str
    records: tuple[Record, ...]
    defects: tuple[Defect, ...] = ()


@dataclass
class Places:
    """Notes where in a document each value of a record was read.

    Attributes:
        document: that is read.
        noted: by JSON pointer into the record.
    """

    document: Document
    noted: dict[str, Given] = field(default_factory=dict)

    def note(self, target: str, source: str) -> Any:
        """Note that the record's value at `target` was read at `source`; returns what stands there."""
        said = self.document.at(source)
        self.noted[target] = Given(self.document.digest, source, said)
        return said


def importer(name: str) -> ModuleType:
    """The importer of a standard, by the name of its module.

    Raises:
        CallError: there is none.
    """
    if name not in STANDARDS:
        raise CallError(f"There is no importer {name!r}.", hint=f"There are: {', '.join(STANDARDS)}.")
    return import_module(f"outcross.provenance.importers.{name}")


def recognised(document: Document) -> ModuleType:
    """The importer of the standard that a document follows.

    Raises:
        DataError: it follows none that is known, or is a schema, which says how records look and is none.
    """
    if _is_schema(document.value):
        raise DataError(f"{document.name} is a JSON Schema, not a record: it says how such files must look.")
    for name in STANDARDS:
        if (module := importer(name)).recognises(document):
            return module
    titles = ", ".join(importer(name).TITLE for name in STANDARDS)
    what = "is no metadata, but plain text or data" if document.form == "bytes" else "follows no known standard"
    raise DataError(f"{document.name} {what}.", hint=f"Known are: {titles}.")


def _is_schema(value: Any) -> bool:
    named = isinstance(value, dict) and ("$schema" in value or "$id" in value)
    return named and bool({"properties", "$defs", "definitions", "allOf", "oneOf"} & set(value))


def imported(document: Document, standard: str | None = None) -> Imported:
    """What a document says.

    Args:
        document: that was read.
        standard: name of its importer; None to find it by the contents.

    Raises:
        DataError: it is broken: the message names the first defect that breaks it, and its place.
    """
    module = recognised(document) if standard is None else importer(standard)
    made: Imported = module.read(document)
    for one in made.defects:
        if one.broken:
            raise DataError(f"{document.name}, {one.pointer or 'as a whole'}: {one.said}.",
                            hint=f"It was read as {made.standard}; nothing of it was taken.")  # fmt: skip
    for record in made.records:
        # What a file says may still be nothing that a record can hold.
        record_from(record.to_dict(), f"What {document.name} says")
    return made
