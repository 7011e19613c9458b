"""A file of settings as it is written, so that errors can name its lines."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcross.errors import CallError


@dataclass(frozen=True)
class Written:
    """What a file of settings says, for a room that reads tables of its own from it.

    Attributes:
        path: of the file. tables: what it says. text: as it is written, from which lines are told; empty for none.
    """

    path: Path
    tables: Mapping[str, Any]
    text: str = ""

    def refused(self, table: str, key: str, said: str, known: Iterable[str] = (), *, nth: int = 0) -> CallError:
        """The error for a key, with its line and the name that was probably meant.

        Args:
            table: it is in; empty for the file itself.
            key: that is wrong; empty for the table itself.
            said: what is wrong with it.
            known: names that could be there.
            nth: which of several tables of the same name, from 0.
        """
        close = difflib.get_close_matches(key, known, 1)
        there = f"There are: {', '.join(sorted(known))}." if known else "Correct it there."
        hint = f"Did you mean {close[0]!r}?" if close else there
        line = f", line {line_of(self.text, table, key, nth)}" if self.text else ""
        return CallError(f"{self.path}{line}: {said}.", hint=hint)


def line_of(text: str, table: str, key: str, nth: int = 0) -> int:
    r"""The line of a TOML text on which a key stands; that of its table, or 1, where it is written in some other way.

    >>> line_of("[store]\nurl = 1\n[track]\nalpha = 2", "track", "alpha")
    4

    Args:
        text: of the file.
        table: that the key is in; empty for the file itself.
        key: that is looked for; empty for the table itself.
        nth: which of several tables of the same name, from 0.
    """
    one = rf"""["']?{re.escape(key)}["']?\s*"""
    within, nearest, met = "", 1, -1
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"""\s*\[+\s*["']?([^\]"'.\s]+)""", line):
            within = head[1]
            met += within == table
            nearest = number if within == key or (within == table and met == nth) else nearest
        dotted = rf"\s*{re.escape(table)}\s*\.\s*{one}[=.]" if table else rf"\s*(\[+\s*)?{one}[\]=.]"
        inside = rf"(\s*|[^#]*[{{,]\s*){one}[=.]"
        if key and (re.match(dotted, line) or (within == table and met == nth and re.match(inside, line))):
            return number
    return nearest
