"""The published JSON Schema (draft 2020-12) of a provenance record, made from the table of fields.

What a schema cannot say (that a scope is told once, that shares can sum to 1, that a period does not end before it
begins) is checked by `outcross.provenance.parsing` alone.
"""

from typing import Any

from outcross.provenance.fields import below
from outcross.provenance.forms import POINTER as A_POINTER
from outcross.provenance.forms import ByPointer, Field, Form, Leaf, Many, Part
from outcross.provenance.record import SCHEMA

ADDRESS = "https://outcross.dev/schemas/provenance-1.json"
"""Its identifier; nothing is ever loaded from there."""


def record_schema() -> dict[str, Any]:
    """The schema, as plain values."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": f"Provenance record ({SCHEMA})",
        "description": "What one data source is said to be, by whom, and on what ground. A field that is not known is "
        "left out.",
    } | _object("")


def _object(name: str) -> dict[str, Any]:
    """The object of the fields below a name."""
    inside = below(name)
    must = [key for key, one in inside.items() if one.need == "must"]
    return {
        "type": "object",
        "properties": {key: _of_field(one) for key, one in inside.items()},
        "additionalProperties": False,
    } | ({"required": must} if must else {})


def _of_field(one: Field) -> dict[str, Any]:
    examples = {} if one.example is None else {"examples": [one.example]}
    return {"description": one.meaning} | _of_form(one.form, one.name) | examples


def _of_form(form: Form, name: str) -> dict[str, Any]:
    match form:
        case Leaf():
            return dict(form.schema)
        case Part():
            return _object(name)
        case Many():
            return {"type": "array", "items": _of_form(form.item, name)}
        case ByPointer():
            keys = {"pattern": A_POINTER.schema["pattern"]}
            return {"type": "object", "propertyNames": keys, "additionalProperties": _object(name)}
