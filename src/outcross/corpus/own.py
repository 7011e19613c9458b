"""What outcross itself has written: reports and scores that lie beside data and are none."""

import re

from outcross.corpus import places

SCORES = b"outcross.scores/1"
"""Stands in the footer of a Parquet file with scores of documents."""

FOOTER = 1 << 16
"""Bytes at the end of a Parquet file in which it stands, if it does."""

_AUDIT = rb'\s*\{\s*"corpus":\s*\{\s*"bytes":\s*\d+,\s*"bytes_read":\s*\d+,\s*"document_sample"'
_COMPARISON = rb'\s*\{\s*"a":\s*\{\s*"digest":\s*"sha256:[0-9a-f]{64}",\s*"documents"'

BEGINS = {
    ".json": (("a saved audit", re.compile(_AUDIT)), ("a saved comparison", re.compile(_COMPARISON))),
    ".md": (("a report of outcross", re.compile(rb"# Audit of <code>")),),
}
"""How reports begin, by suffix."""


def own_file(path: str, kind: str | None) -> str | None:
    """What a file is that outcross wrote; None for any other, and for one that cannot be read.

    Args:
        path: the file. Of a Parquet file at an address nothing is asked: that would be a request more for each.
        kind: its format.
    """
    try:
        if kind == "parquet":
            return "scores that outcross wrote" if not places.is_remote(path) and SCORES in _tail(path) else None
        known = next((known for suffix, known in BEGINS.items() if path.lower().endswith(suffix)), ())
        begin = places.head(path, 1 << 10) if known else b""
    except OSError:
        return None
    return next((name for name, pattern in known if pattern.match(begin)), None)


def _tail(path: str) -> bytes:
    with places.open_file(path) as handle:
        handle.seek(max(handle.seek(0, 2) - FOOTER, 0))
        return handle.read() or b""
