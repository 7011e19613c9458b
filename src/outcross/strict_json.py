"""JSON that others wrote, read within limits: what two readers could take for two things is refused."""

import json
import math
import re
from collections import Counter
from typing import Any

from outcross.errors import DataError

DEEPEST = 64
"""Levels of nesting; real ones have fewer than 20."""

_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
"""Strings, which may end with the text (no second try from within one), and what opens and closes a level."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def json_value(data: bytes, name: str) -> Any:
    """The plain value of JSON.

    Raises:
        DataError: it is none, has a key twice, a number that is none, or is too deep.
    """
    text = decoded(data, name)
    if _depth(text) > DEEPEST:
        raise DataError(f"{name} is nested more than {DEEPEST} levels deep.")
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, name), parse_constant=_no_number)
        return checked(value, name)
    except json.JSONDecodeError as error:
        raise DataError(f"{name}, line {error.lineno}, column {error.colno}: no JSON: {error.msg}.") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: {error}.") from None


def decoded(data: bytes, name: str) -> str:
    """The text in bytes.

    Raises:
        DataError: it is no UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
        text.encode()
    except UnicodeError as error:
        raise DataError(f"{name} is no UTF-8: {error}.") from None
    return text


def _depth(text: str) -> int:
    """The deepest nesting, without parsing: what a recursive parser would have to follow."""
    deepest = level = 0
    for mark in _MARKS.finditer(text):
        level += (mark[0] in "[{") - (mark[0] in "]}")
        deepest = max(deepest, level)
    return deepest


def _unique(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise DataError(f"{name} has the key {twice[:80]!r} twice in one object.", hint="Leave one of them out.")
    return made


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number in JSON")


def checked(value: Any, name: str) -> Any:
    """The value, where a record can hold all of it.

    Raises:
        DataError: it has a number beyond 64 bits, one that is none, or half of a pair of surrogates.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif problem := unsound(one):
            raise DataError(f"{name} holds {problem}.")
    return value


def unsound(one: Any) -> str:
    """Why no record can hold a text or a number; empty where one can."""
    if isinstance(one, str):
        return "" if one.isascii() or not _SURROGATE.search(one) else "half of a pair of surrogates, which is no text"
    if isinstance(one, float) and not math.isfinite(one):
        return "a number that is none, or too large"
    return "a whole number beyond 64 bits" if isinstance(one, int) and not -(2**63) <= one < 2**63 else ""
