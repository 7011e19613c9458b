"""What people answer, in words, as plain values of a record: a field at a time, or an entry of a list as a line."""

import re
from collections.abc import Mapping
from typing import Any

from outcross.provenance.fields import BY_NAME, below
from outcross.provenance.forms import BOUNDS, COUNT, LEVEL, MOST, SHARE, Field

_KEY = re.compile(r"[a-z_]+\Z")


def typed(text: str, one: Field) -> Any:
    """The value that a text stands for; the text itself where it stands for none, which the parser then refuses.

    Numbers may have the signs that people use (8_000, 30e9), shares a sign of percent, bounds are "low..high".

    Args:
        text: that was answered.
        one: the field that was asked for.
    """
    try:
        if one.leaf is BOUNDS:
            ends, sign = text.rstrip(" %"), "%" if text.rstrip().endswith("%") else ""
            low, _, high = ends.partition("..")
            return [_number(f"{end.rstrip(' %')}{sign}") for end in (low, high or low)]
        return _number(text) if one.leaf in (COUNT, LEVEL, SHARE) else text
    except ValueError:
        return text


def _number(text: str) -> int | float:
    """A number; "8 %" is 0.08.

    >>> _number("30e9"), _number("8 %"), _number("1,000")
    (30000000000, 0.08, 1000)
    """
    plain = text.strip().replace(",", "")
    if plain.endswith("%"):
        return float(plain[:-1]) / 100
    number = float(plain)
    if not abs(number) <= MOST:
        raise ValueError(text)
    if number % 1 == 0:
        # Not by way of the float: it holds 53 bits.
        return int(plain) if re.fullmatch(r"[0-9_]+", plain) else int(number)
    return number


def entry(text: str, name: str) -> dict[str, Any]:
    """An entry of a list field from "KEY=VALUE,KEY=VALUE"; the first key may be left out.

    Args:
        text: that was answered.
        name: of the list field, whose first key is the one that may be left out.

    >>> entry("mixed,synthetic=5..20%", "origins")
    {'kind': 'mixed', 'shares': {'synthetic': [0.05, 0.2]}}
    >>> entry("https://example.com/?a=b", "derived_from")
    {'id': 'https://example.com/?a=b'}
    """
    made: dict[str, Any] = {}
    first, *_ = below(name)
    for at, piece in enumerate(text.split(",")):
        key, equals, value = piece.strip().partition("=")
        if at == 0 and not (equals and _KEY.match(key)):
            key, value = first, piece.strip()
        part = below(f"{name}.shares") if name == "origins" else {}
        if key in part:
            made.setdefault("shares", {})[key] = typed(value, part[key])
        else:
            made[key] = typed(value, below(name)[key]) if key in below(name) else value
    return made


def put(told: dict[str, Any], name: str, value: Any) -> None:
    """Put a value at the place of a field, and forget where an earlier one was read.

    Args:
        told: plain values of a record, which are changed.
        name: of a field that is in no list.
        value: to be put there.
    """
    *above, key = name.split(".")
    inner = told
    for step in above:
        inner = inner.setdefault(step, {})
    inner[key] = value
    place = "/" + "/".join((*above, key))
    given: Mapping[str, Any] = told.get("given", {})
    told["given"] = {at: one for at, one in given.items() if at != place and not at.startswith(f"{place}/")}


def told_of(told: Mapping[str, Any], name: str) -> Any:
    """What plain values tell of a field that is in no list; None where they do not."""
    found: Any = told
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def expected(text: str, one: Field) -> str:
    """What should have been answered; empty where the answer will do."""
    leaf = BY_NAME[one.name].leaf
    if leaf is None:
        return ""
    try:
        read = leaf.read(typed(text, one))
    except ValueError:
        return leaf.words
    return "a low end that is not above the high one" if leaf is BOUNDS and read[0] > read[1] else ""
