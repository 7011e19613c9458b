"""The named definitions of collapse, for people to read. All of it is our own text: there is nothing to escape."""

import textwrap
from collections.abc import Sequence

from outcross.track.definitions import Definition

_INTRODUCTION = """\
Papers mean different things by *model collapse*. So a lineage gets one verdict a definition, and never one for all:

- *holds*: the test has shown it, at a level that holds at all looks together.
- *does not hold*: the test could have seen it, and has not: the band of the change lies within the margin (10 % unless
  the policy says otherwise; a quarter of it, in points, for shares).
- *unknown*: neither. The verdict says what would settle it.

Changes are against the fixed human baseline. `outcross definitions` lists the same.
"""


def definitions_as_text(chosen: Sequence[Definition], width: int = 100) -> str:
    """A list of definitions; all there is to say of one, where there is one alone."""
    if len(chosen) == 1:
        (one,) = chosen
        parts = [f"{one.name}: {one.label}", "", one.question, ""]
        for name, text in _parts(one):
            parts += textwrap.wrap(f"{name}: {text}", width, subsequent_indent="  ")
        return "\n".join(parts) + "\n"
    widest = max(len(one.name) for one in chosen)
    return "".join(f"{one.name:<{widest}}  {one.question}\n" for one in chosen)


def definitions_as_markdown(chosen: Sequence[Definition]) -> str:
    """A page of definitions, a section each."""
    sections = ["# Definitions of collapse\n", _INTRODUCTION]
    for one in chosen:
        lines = [f"## {one.name}", "", f"*{one.question}*", ""]
        for name, text in _parts(one):
            lines += textwrap.wrap(f"- **{name}.** {text}", 118, subsequent_indent="  ")
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def _parts(one: Definition) -> list[tuple[str, str]]:
    return [("Test", one.test), ("Reads", ", ".join(one.needs)), ("Boundary", one.boundary), ("Source", one.source)]
