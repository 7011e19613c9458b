"""A verdict in the terminal: the outcome, what holds it back and what would mend that, then all the rest."""

from collections.abc import Sequence

from rich.table import Table as Grid
from rich.text import Text

from outcross.gate.record import Outcome
from outcross.report.escape import visible
from outcross.report.gating import Bar, Judged, VerdictOutline
from outcross.report.outline import Table
from outcross.report.terminal import Screen, listed

STYLES: dict[Outcome, str] = {"pass": "green", "escalate": "yellow", "pause": "red", "block": "bold red"}

TABLE = 70
"""Width from which intervals and limits stand beside a requirement."""

BAR = 16
"""Cells of the small picture of an interval and its limit."""

FIRST = 40
"""Sources that the terminal shows."""


def verdict_text(outline: VerdictOutline, width: int | None, *, colour: bool, next_steps: Sequence[str]) -> str:
    """The whole report."""
    screen = Screen(width, colour=colour)
    style = STYLES[outline.outcome]
    screen.show(Text.assemble((outline.outcome.upper(), f"bold {style}"), (f"  {visible(outline.says)}", style)))
    screen.say(f"policy: {outline.policy}", "dim")
    if outline.held:
        screen.heading("What holds it back")
    for one in outline.held:
        _held(screen, one)
    _met(screen, outline.met)
    _sources(screen, outline.sources)
    listed(screen, "Ancestors of which nothing is known", outline.unresolved)
    listed(screen, "The model reads what its own line wrote", outline.loops)
    listed(screen, "What the figures take as true", outline.assumptions)
    listed(screen, "Notes", outline.notes)
    listed(screen, "Where to look next", tuple(next_steps))
    return screen.text()


def picture(bar: Bar | None, width: int = BAR) -> str:
    """An interval (━) on its scale, with its limit (┃); an interval without end points out of it.

    >>> picture(Bar(0.165, 0.21, 0.2, False, True), 20)
    '───━┃━──────────────'
    """
    if bar is None:
        return "?" * width
    cells = ["─"] * width
    last = width - 1
    for place in range(round(bar.low * last), round(bar.high * last) + 1):
        cells[place] = "━"
    limit = round(bar.limit * last)
    # An interval that passes its limit by less than a cell is still drawn on both sides of it.
    if bar.high > bar.limit > bar.low and round(bar.high * last) == limit and limit < last:
        cells[limit + 1] = "━"
    if bar.open:
        cells[last] = "▶"
    cells[limit] = "┃"
    return "".join(cells)


def _held(screen: Screen, one: Judged) -> None:
    """A requirement that is not met, with all that is needed to mend it."""
    style = STYLES[one.outcome]
    screen.show(Text.assemble((f"{one.outcome.upper():<8} ", f"bold {style}"), (visible(one.name), "bold"),
                              (f"  {one.result}, {one.layer} layer", "dim")))  # fmt: skip
    told = f"{one.found}, {one.limit}"
    if screen.width >= TABLE:
        screen.show(Text.assemble((f"{picture(one.bar)}  ", style), told), indent=2)
    screen.say(one.reason, indent=2)
    for way in one.remedies:
        _way(screen, way)
    after = f"; without it: {one.consequence}" if one.consequence else ""
    screen.say(f"owner: {one.owner}{after}", "dim", indent=2)
    if one.clauses:
        screen.say(f"implements {', '.join(one.clauses)}", "dim", indent=2)


def _way(screen: Screen, way: str) -> None:
    """What would mend it."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row("→", visible(way))
    screen.show(grid, indent=2)


def _met(screen: Screen, met: Sequence[Judged]) -> None:
    """One line for each requirement that is met."""
    if not met:
        return
    screen.heading("What is met")
    grid = Grid.grid(padding=(0, 2, 0, 0))
    wide = screen.width >= TABLE
    for width in (24, BAR, None) if wide else ((screen.width - 4) // 2, None):
        grid.add_column(width=width, overflow="fold")
    for one in met:
        cells = [Text(picture(one.bar), "green")] if wide else []
        grid.add_row(visible(one.name), *cells, f"{one.found}, {one.limit}")
    screen.show(grid, indent=2)


def _sources(screen: Screen, table: Table) -> None:
    """Each source: how much of it, on what evidence, and what is the matter with it."""
    if not table.rows:
        return
    screen.heading("Sources", "tokens, share of the mix, level of evidence, origin")
    for name, count, share, level, origin, made, signature, findings in table.rows[:FIRST]:
        told = ", ".join(part for part in (count, share, level, origin) if part)
        screen.show(Text.assemble((visible(name), "bold"), f"  {visible(told)}"), indent=2)
        screen.say(f"synthetic or edited {made}; signature {signature}", "dim", indent=4)
        if findings:
            screen.say(findings, "yellow", indent=4)
    if len(table.rows) > FIRST:
        screen.say(f"{len(table.rows) - FIRST} more are in the other forms of this report", "dim", indent=2)
