"""The fields of a provenance record, for people to read. All of it is our own text: there is nothing to escape."""

import json
import textwrap
from collections.abc import Iterator, Sequence

from outcross.provenance.forms import NEEDS, STANDARDS, Field, words_of

_INTRODUCTION = """\
One record says of one data source what it is, by whom that is said, and on what ground. It is a JSON file, checked
against [its schema](provenance.schema.json). A field that nobody knows is left out, never guessed. `outcross
provenance explain` lists the same.

Fields are named with dots, from the record down; of a list, what its entries have. *Needed* says when a record counts
as complete: a field that is missing is no fault, but requirements ask for it. Without what is needed *always* the
file is refused.

What `outcross provenance validate` checks beyond the schema: a scope has one origin; low ends of shares are not above
high ones, and some choice within them sums to 1; a period does not end before it begins, a record does not expire
before it was issued.
"""


def fields_as_text(chosen: Sequence[Field], width: int = 100) -> str:
    """A list of fields; all there is to say of one, where there is one alone."""
    if len(chosen) == 1:
        (one,) = chosen
        parts = [one.name, "", *textwrap.wrap(one.meaning, width), ""]
        for name, text in _parts(one):
            parts += textwrap.wrap(f"{name}: {text}", width, subsequent_indent="  ", break_on_hyphens=False)
        return "\n".join(parts) + "\n"
    widest = max(len(one.name) for one in chosen)
    room = width - widest - 2
    return "".join(f"{one.name:<{widest}}  {textwrap.shorten(one.meaning, room, placeholder=' …')}\n" for one in chosen)


def fields_as_markdown(chosen: Sequence[Field]) -> str:
    """A page of fields: an overview, a section each, and the mapping to each standard."""
    sections = ["# The provenance record\n", _INTRODUCTION, _overview(chosen)]
    for one in chosen:
        lines = [f"## {one.name}", "", *textwrap.wrap(one.meaning, 118), ""]
        for name, text in _parts(one):
            lines += textwrap.wrap(f"- **{name}.** {_safe(text)}", 118, subsequent_indent="  ", break_on_hyphens=False)
        sections.append("\n".join(lines) + "\n")
    sections += ["## Where each standard says it\n\nWhat is not listed a standard has no place for.\n"]
    sections += [_mapping(chosen, key) for key in STANDARDS]
    return "\n".join(sections)


def _parts(one: Field) -> Iterator[tuple[str, str]]:
    """Label and text of what there is to say."""
    yield "Holds", words_of(one.form)
    yield "Needed", NEEDS[one.need]
    if one.example is not None:
        yield "Example", json.dumps(one.example)
    yield from ((f"In {STANDARDS[key]}", where) for key, where in one.standards.items())
    if one.asked_by:
        yield "Read by", ", ".join(one.asked_by)
    for trap in one.traps:
        yield "Trap", trap


def _overview(chosen: Sequence[Field]) -> str:
    rows = [f"| [`{one.name}`](#{one.name.replace('.', '')}) | {words_of(one.form)} | {NEEDS[one.need]} |"
            for one in chosen]  # fmt: skip
    return "\n".join(["| field | holds | needed |", "|---|---|---|", *rows]) + "\n"


def _mapping(chosen: Sequence[Field], key: str) -> str:
    rows = [f"| `{one.name}` | {_safe(one.standards[key])} |" for one in chosen if key in one.standards]
    return "\n".join([f"### {STANDARDS[key]}", "", "| field | there |", "|---|---|", *rows]) + "\n"


def _safe(text: str) -> str:
    """Signs that Markdown reads, in names of other standards."""
    return text.replace("|", "\\|").replace("[]", "\\[\\]").replace("_", "\\_")
