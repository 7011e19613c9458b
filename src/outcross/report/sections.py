"""The sections of a report on one audit: figures, tables, and what a short report says of the rest."""

from outcross.audits.record import Audit
from outcross.report.chapters import CHAPTERS, Chapter, by_chapter, row_of
from outcross.report.escape import shown
from outcross.report.numbers import count, plural
from outcross.report.outline import Row, Section, Table
from outcross.report.sharing import share_section
from outcross.report.tables import CURVES, HOME, ID_LIMIT, curve_table, table_of

LEADS = {
    "size": "What was read, in full.",
    "words": "Of all words; most of these figures change with the size of the corpus.",
    "repetition": "Documents that repeat themselves, by the rules of Rae et al. 2021 (table A1).",
    "duplicates": "Documents that are copies of one another.",
    "languages": "By function words and scripts: a glance, not a language identifier.",
    "hygiene": "Traces of models, of broken decoding and of hidden text.",
}

WORTH_SEEING = 3
"""Repetition rules that a short report shows: those that most documents break."""

NAMED = 4
"""Languages and scripts that a one-liner names."""


def sections_of(audit: Audit) -> tuple[Section, ...]:
    """All sections that have something to say, in order."""
    placed = by_chapter(audit.figures)
    tables = _tables(audit)
    made = [] if audit.share is None else [share_section(audit.share)]
    for chapter in CHAPTERS:
        rows = tuple(row_of(name, audit.figures[name]) for name in placed[chapter.key])
        lead = _reference_lead(audit) if chapter.key == "reference" else LEADS.get(chapter.key, "")
        if chapter.key == "diversity":
            lead = diversity_lead(audit)
        here = tables.get(chapter.key, ())
        if rows or here:
            made.append(_section(chapter, lead, rows, here))
    return tuple(made)


def _section(chapter: Chapter, lead: str, rows: tuple[Row, ...], tables: tuple[Table, ...]) -> Section:
    brief = tuple(row.name for row in rows if row.name.startswith(chapter.brief))
    rest = ""
    if chapter.key == "repetition":
        brief, rest = _repetition(rows, brief)
    lines = tuple(line for table in tables for line in [_line(table)] if line)
    return Section(chapter.key, chapter.title, lead, rows, brief, rest, tables, lines)


def _tables(audit: Audit) -> dict[str, tuple[Table, ...]]:
    """The tables of every section."""
    made: dict[str, tuple[Table, ...]] = {}
    for name, (home, _, _) in CURVES.items():
        curve = audit.profile.curves.get(name)
        if curve:
            percent = row_of(name, audit.figures[name]).percent if name in audit.figures else False
            made[home] = (*made.get(home, ()), curve_table(name, curve, percent=percent))
    for name in (*HOME, *sorted(set(audit.profile.tables) - set(HOME))):
        rows = audit.profile.tables.get(name)
        if rows:
            home = HOME.get(name, "other")
            made[home] = (*made.get(home, ()), table_of(name, rows))
    return made


def _repetition(rows: tuple[Row, ...], brief: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The rules that most documents break, and a sentence on the others."""
    rules = [row for row in rows if row.name not in brief]
    seen = [row for row in rules if row.told.span and row.told.span[1] > 0]
    top = {row.name for row in sorted(seen, key=_value, reverse=True)[:WORTH_SEEING]}
    others = [row for row in rules if row.name not in top]
    told = tuple(row.name for row in rows if row.name in top or row.name in brief)
    return told, _others(others)


def _value(row: Row) -> float:
    return row.told.span[1] if row.told.span else 0.0


def _others(rows: list[Row]) -> str:
    """One sentence on the rules that are not shown; what is unknown is said to be."""
    known = [row for row in rows if row.told.known]
    unknown = [row for row in rows if not row.told.known]
    said = []
    if known:
        most = max(known, key=_value)
        said.append(f"{plural(len(known), 'other rule')}: at most {most.told} of documents each")
    if unknown:
        said.append(f"{plural(len(unknown), 'other rule')}: {unknown[0].told.value}")
    return "; ".join(said)


def _line(table: Table) -> tuple[str, str] | None:
    """A one-liner for the tables that have one."""
    if table.key not in {"languages", "scripts"}:
        return None
    named = [f"{row[0]} {row[2]}" for row in table.rows[:NAMED]]
    more = len(table.rows) - len(named)
    return table.title.lower(), ", ".join(named) + (f", {more} more" if more > 0 else "")


def diversity_lead(audit: Audit) -> str:
    """The common size, said once."""
    sizes = [curve[-1][0] for name in ("distinct.2", "hill.0") if (curve := audit.profile.curves.get(name))]
    if not sizes:
        return "Free of the corpus's size where the method says so."
    return f"Expected in samples of {count(sizes[0])} documents, so that corpora of other sizes compare."


def _reference_lead(audit: Audit) -> str:
    """What the corpus was held against."""
    if audit.reference is None:
        return ""
    name, size = audit.reference.get("name", "a reference"), audit.reference.get("documents")
    said = f"Against {shown(name, ID_LIMIT)}"
    return f"{said}, {count(size)} documents." if size is not None else f"{said}."


def reference_fact(audit: Audit) -> str:
    """The reference in the list of what was read."""
    if audit.reference is None:
        return "none: rare words are judged by this corpus alone"
    return " · ".join(f"{shown(key, ID_LIMIT)} {shown(value, ID_LIMIT)}" for key, value in _plain(audit))


def _plain(audit: Audit) -> list[tuple[str, str | int | float]]:
    """Short values of the reference's record."""
    record = audit.reference or {}
    return [(key, value) for key, value in record.items() if isinstance(value, str | int | float)][:6]
