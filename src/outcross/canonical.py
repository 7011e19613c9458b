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

_TO_DIGITS = f".{SIGNIFICANT_DIGITS}g"

_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def rounded(value: float) -> float:
    """Round to 12 significant digits, the precision at which every worker layout gives the same number."""
    return float(format(value, _TO_DIGITS))


def plain(value: Any) -> Any:
    """The value in plain JSON types, floats rounded; refuses NaN and infinity."""
    if type(value) in _AS_THEY_ARE:  # of the million values of a long record most are these, or floats
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FaultError(f"A record may not hold {value!r}: what is not known must be Unknown.")
        return float(format(value, _TO_DIGITS))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, str | int):
        return value
    if hasattr(value, "item"):  # a numpy scalar
        return plain(value.item())
    raise FaultError(f"A record may not hold a {type(value).__name__}.")


def canonical_json(value: Any) -> bytes:
    """The canonical JSON bytes of a value."""
    return plain_json(plain(value))


def plain_json(value: Any) -> bytes:
    """The canonical JSON bytes of what `plain` has made, which need not be gone through once more."""
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
