"""Exporters: provenance records as files of other standards, one file a standard.

A module here has `TITLE`, `SUFFIX` (of the files it makes) and `export(records) -> str`. What a standard has no place
for is left out; a module says in its own words what that is.
"""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from outcross.errors import CallError
from outcross.provenance.record import Record

EXPORTERS = ("croissant", "eu", "oasis")
"""Modules of this package."""


def exporter(name: str) -> ModuleType:
    """The exporter to a standard, by the name of its module.

    Raises:
        CallError: there is none.
    """
    if name not in EXPORTERS:
        raise CallError(f"There is no exporter {name!r}.", hint=f"There are: {', '.join(EXPORTERS)}.")
    return import_module(f"outcross.provenance.exporters.{name}")


def exported(records: Sequence[Record], to: str) -> str:
    """Records in the form of a standard.

    Args:
        records: what is told; a standard whose files describe one data set takes one.
        to: name of its exporter.

    Raises:
        CallError: there is no such exporter, or it cannot take so many records.
    """
    made: str = exporter(to).export(records)
    return made
