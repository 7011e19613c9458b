"""What a record leaves open: fields that a complete one tells."""

from typing import Any

from outcross.provenance.fields import below
from outcross.provenance.forms import ByPointer, part_of
from outcross.provenance.glossary import FIELDS
from outcross.provenance.record import Record

_MADE_BY_MODELS = ("edited", "mixed", "synthetic")


def completeness(record: Record) -> tuple[str, ...]:
    """Names of the fields that a complete record tells and this one does not, in the order of the table.

    A missing field is no fault: nobody may know. It is what requirements ask for and what is worth asking about.
    """
    missing = set(_missing(record.to_dict(), "", generated=_generated(record)))
    return tuple(one.name for one in FIELDS if one.name in missing)


def _generated(record: Record) -> bool:
    return any(one.kind in _MADE_BY_MODELS for one in record.origins)


def _missing(told: dict[str, Any], name: str, *, generated: bool) -> list[str]:
    needed = ("complete", "each", *(("generated",) if generated else ()))
    found: list[str] = []
    for key, one in below(name).items():
        value = told.get(key)
        if value is None or (value == [] and key != "derived_from"):
            found += [one.name] if one.need in needed else []
        elif part_of(one.form) is not None and not isinstance(one.form, ByPointer):
            for part in value if isinstance(value, list) else [value]:
                found += _missing(part, one.name, generated=generated)
    return found
