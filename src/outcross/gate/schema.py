"""The JSON Schema of a policy: made of the table of kinds and of the same shapes that the parser checks by."""

from collections.abc import Sequence
from typing import Any

from outcross.gate.kinds import KINDS, Kind
from outcross.gate.policy import POLICY, keys_of
from outcross.gate.shapes import Key
from outcross.settings import TABLES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, Any]:
    """The schema, as plain values. That every id is there once it cannot say; the parser checks it."""
    return {
        "$schema": DIALECT,
        "title": "The policy of outcross: [policy] and [[criterion]] of outcross.toml",
        "type": "object",
        "properties": {
            "policy": _table(POLICY),
            "criterion": {"type": "array", "minItems": 1, "items": {"oneOf": [_kind(one) for one in KINDS.values()]}},
            # The other tables of the same file: whether they can be is not said here.
            **dict.fromkeys(TABLES, True),
        },
        "required": ["policy", "criterion"],
        "additionalProperties": False,
    }


def _kind(kind: Kind) -> dict[str, Any]:
    made = _table((*keys_of(kind), *kind.takes)) | {"title": kind.name, "description": kind.asks}
    if kind.one_of:
        made["anyOf"] = [{"required": [name]} for name in kind.one_of]
    return made


def _table(keys: Sequence[Key]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key.name: _property(key) for key in keys},
        "required": [key.name for key in keys if key.needed],
        "additionalProperties": False,
    }


def _property(key: Key) -> dict[str, Any]:
    default = {} if key.default is None else {"default": list(key.default) if key.default == () else key.default}
    return {**key.shape.schema, "description": key.says, **default}
