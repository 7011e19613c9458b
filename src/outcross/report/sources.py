"""A provenance record in the terminal: what is known, where each value was read, and what nobody said."""

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table as Grid
from rich.text import Text

from outcross.provenance.record import Generator, Given, Origin, Proof, Record, Upstream
from outcross.report.escape import shown
from outcross.report.numbers import count
from outcross.report.reading import NAME_LIMIT, NOTE_LIMIT, PATH_LIMIT, short_digest
from outcross.report.terminal import Screen

ENTRIES = 20
"""Entries of one list that are shown; the record has them all."""


def record_text(record: Record, missing: Sequence[str], width: int | None, *, colour: bool) -> str:
    """All that a record says.

    Args:
        record: what is shown.
        missing: names of the fields that a complete record would have.
        width: in characters; None asks the terminal.
        colour: whether ANSI colours are used.
    """
    screen = Screen(width, colour=colour)
    screen.show(Text.assemble(("provenance of ", "dim"), (shown(record.name, NAME_LIMIT), "bold")))
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=screen.width // 4, overflow="fold")
    grid.add_column(overflow="fold")
    for label, place, words in _facts(record):
        told = Text(words)
        if where := _where(record.given, place):
            told.append(f"  ← {where}", "dim")
        grid.add_row(Text(label, "dim"), told)
    screen.show(grid, indent=2)
    for file in sorted({one.file for one in record.given.values()}):
        screen.say(f"← read in the file {short_digest(file)}", "dim")
    screen.say(f"record {short_digest(record.digest)}", "dim")
    if missing:
        screen.say(f"not known: {', '.join(missing)}", "yellow")
    return screen.text()


def records_text(records: Sequence[Record], width: int | None, *, colour: bool) -> str:
    """A record a line, in the order given; arguments as in `record_text`."""
    screen = Screen(width, colour=colour)
    if not records:
        screen.say("There is no provenance record.")
        return screen.text()
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for most in (screen.width // 2, 12, screen.width):
        grid.add_column(max_width=most, overflow="fold")
    for one in records:
        kinds = (
            ", ".join(f"{shown(origin.scope, NAME_LIMIT)}: {origin.kind}" for origin in one.origins)
            or "nobody says who wrote it"
        )
        grid.add_row(Text(shown(one.name, NAME_LIMIT)), Text(short_digest(one.digest), "dim"), Text(kinds))
    screen.show(grid)
    return screen.text()


def _where(given: Mapping[str, Given], place: str) -> str:
    """Where in a file the values at and below a place of the record were read."""
    found = dict.fromkeys(one.pointer or "/" for at, one in given.items() if at == place or at.startswith(f"{place}/"))
    return ", ".join(shown(one, PATH_LIMIT) for one in list(found)[:3]) + (", …" if len(found) > 3 else "")


def _facts(record: Record) -> Iterator[tuple[str, str, str]]:
    """Label, place in the record and text of what is there."""
    subject = record.subject
    if subject.digest:
        yield "bytes", "/subject/digest", short_digest(subject.digest)
    for key, unit in (("bytes", "bytes"), ("records", "documents"), ("tokens", "tokens")):
        if (number := getattr(subject, key)) is not None:
            yield "size", f"/subject/{key}", f"{count(number)} {unit}"
    yield from _entries("consists of", "/origins", [_origin(one) for one in record.origins])
    yield from _entries("made by", "/generators", [_generator(one) for one in record.generators])
    if record.derived_from == ():
        yield "comes from", "/derived_from", "nothing: it is a root"
    yield from _entries("comes from", "/derived_from", [_upstream(one) for one in record.derived_from or ()])
    if any((record.generation_period.start, record.generation_period.end)):
        yield "made", "/generation_period", _span(record.generation_period.start, record.generation_period.end)
    yield from _entries("licence", "/license", [shown(one, PATH_LIMIT) for one in record.license])
    for key, label in (("method", "how"), ("issuer", "said by"), ("intended_use", "meant for")):
        if text := getattr(record, key):
            yield label, f"/{key}", shown(text, NOTE_LIMIT)
    yield from _entries("evidence", "/evidence", [_proof(one) for one in record.evidence])
    yield from _tracking(record)


def _tracking(record: Record) -> Iterator[tuple[str, str, str]]:
    """Which record it is."""
    if record.version:
        yield "version", "/version", shown(record.version, NAME_LIMIT)
    if record.issued or record.expires:
        yield "valid", "/issued", _span(record.issued, record.expires)
    if record.supersedes:
        yield "in place of", "/supersedes", short_digest(record.supersedes)


def _entries(label: str, place: str, told: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The first entries of a list, a line each."""
    yield from ((label, f"{place}/{at}", words) for at, words in enumerate(told[:ENTRIES]))
    if len(told) > ENTRIES:
        yield label, "-", f"{len(told) - ENTRIES:,} more in the record"


def _origin(one: Origin) -> str:
    shares = ", ".join(f"{part} {_share(*bounds)}" for part, bounds in one.shares.items())
    return f"{shown(one.scope, NAME_LIMIT)}: {one.kind}" + (f" ({shares})" if shares else "")


def _share(low: float, high: float) -> str:
    """A share in percent."""
    ends = [f"{100 * end:.4g}" for end in (low, high)]
    return f"{ends[0]} %" if low == high else f"{'-'.join(ends)} %"


def _generator(one: Generator) -> str:
    said = [f"{shown(one.model, NAME_LIMIT)} {shown(one.version, NAME_LIMIT)}".strip(),
            f"of {shown(one.provider, NAME_LIMIT)}" if one.provider else "", short_digest(one.digest),
            "" if one.scope == "text" else f"for {shown(one.scope, NAME_LIMIT)}"]  # fmt: skip
    return ", ".join(filter(None, said))


def _upstream(one: Upstream) -> str:
    said = [f"{shown(one.id, PATH_LIMIT)} ({one.op})", "" if one.tokens is None else f"{count(one.tokens)} tokens",
            "" if one.kept is None else f"{_share(one.kept, one.kept)} kept", short_digest(one.digest)]  # fmt: skip
    return ", ".join(filter(None, said))


def _proof(one: Proof) -> str:
    by, where = shown(one.by, NAME_LIMIT), shown(one.uri, PATH_LIMIT)
    return ", ".join(filter(None, [f"{one.kind}, claims level {one.level}", f"by {by}" if by else "", where]))


def _span(start: str, end: str) -> str:
    return f"{start or 'nobody knows'} to {end or 'nobody knows'}"
