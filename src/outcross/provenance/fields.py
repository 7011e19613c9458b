"""Every field of a provenance record: what it means, what it holds, where other standards say it, who asks for it.

Parser, JSON Schema, completeness, `outcross provenance explain` and the reference page read this one table. The texts
are in `glossary.py`.
"""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from outcross.errors import CallError
from outcross.provenance.forms import ByPointer, Field, part_of
from outcross.provenance.glossary import FIELDS

BY_NAME: Mapping[str, Field] = {one.name: one for one in FIELDS}
"""All fields by name, each before those below it."""


@cache
def below(name: str) -> Mapping[str, Field]:
    """The fields right below a field, by key; those of the record itself for the empty name."""
    return {one.key: one for one in BY_NAME.values() if one.name.rpartition(".")[0] == name}


def field_named(name: str) -> Field:
    """A field by its name, or by the end of it where only one ends so.

    Raises:
        CallError: there is none; the hint names the nearest.
    """
    if name in BY_NAME:
        return BY_NAME[name]
    ends = [one for one in BY_NAME.values() if one.name.endswith(f".{name}")]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise CallError(f"Several fields end in {name!r}.",
                        hint=f"Which of them: {', '.join(one.name for one in ends)}?")  # fmt: skip
    raise CallError(f"A provenance record has no field {name[:80]!r}.", hint=_nearest(name))


def _nearest(name: str) -> str:
    by_key = {one.key: one.name for one in reversed(FIELDS)}
    close = difflib.get_close_matches(name[:80], [*BY_NAME, *by_key], 1)
    if not close:
        return "See all with: outcross provenance explain"
    return f"Did you mean {by_key.get(close[0], close[0])}?"


def present(value: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """Names of the fields that a record's plain values tell; of a list, those that any entry tells.

    Args:
        value: as `Record.to_dict` writes it.
        name: of the field that the value is of.
    """
    for key, one in below(name).items():
        if key not in value:
            continue
        yield one.name
        found = value[key]
        parts = found if isinstance(found, list) else [found]
        if part_of(one.form) is not None and not isinstance(one.form, ByPointer):
            told = {each for part in parts for each in present(part, one.name)}
            yield from (each for each in BY_NAME if each in told)
