"""One byte form for every record, so that equal records have equal digests.

Canonical JSON here: UTF-8, keys sorted, no spaces, floats rounded to 12 significant digits, no NaN and no
infinity (both are refused: a figure that is not known is an Unknown, never a number).
"""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import orjson

from outcross.errors import DataError, FaultError

SIGNIFICANT_DIGITS = 12


def rounded(value: float) -> float:
    """Round to 12 significant digits, the precision at which every worker layout gives the same number."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def plain(value: Any) -> Any:
    """The value in plain JSON types, floats rounded; refuses NaN and infinity."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is dict or isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if kind is list or isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _plain_number(value)


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})
"""Types of most of what a record holds; looked for first, since there are tens of thousands of values."""


def _plain_number(value: Any) -> Any:
    """A number, rounded where it is no whole one; or a text of a type of its own."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FaultError(f"A record may not hold {value!r}: what is not known must be Unknown.")
        return rounded(value)
    if isinstance(value, str | int):
        return value
    if hasattr(value, "item"):  # a numpy scalar
        return plain(value.item())
    raise FaultError(f"A record may not hold a {type(value).__name__}.")


def canonical_json(value: Any) -> bytes:
    """The canonical JSON bytes of a plain value."""
    return json_of_plain(plain(value))


def json_of_plain(value: Any) -> bytes:
    """The canonical JSON bytes of what `plain` gave."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def from_json(data: bytes | str) -> Any:
    """The plain value of JSON, canonical or not.

    Raises:
        ValueError: it is no JSON.
    """
    return orjson.loads(data)


def sha256(data: bytes | memoryview) -> str:
    """The SHA-256 of bytes as "sha256:<hex>"."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def read_record(path: str | Path, kind: str) -> dict[str, Any]:
    """The record of this kind ("audit") that a JSON file holds.

    Raises:
        DataError: the file is missing or holds none.
    """
    try:
        record = json.loads(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(f"Cannot read the {kind} {path}: {error}.") from None
    if not isinstance(record, dict):
        raise DataError(f"{path} holds no {kind}.")
    return record


def digest(value: Any) -> str:
    """The digest of a plain value: SHA-256 over its canonical JSON."""
    return sha256(canonical_json(value))
