"""An audit in the terminal: what was read, what to worry about, then the figures with their intervals."""

import math
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from io import StringIO
from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from outcross.report.comparing import Change, ComparisonOutline
from outcross.report.escape import fitted, visible
from outcross.report.numbers import Told
from outcross.report.outline import Groups, Outline, Quarantine, Row, Section, Table

NARROWEST, WIDEST = 40, 120
PLACES = 3
GROUPS = 12
CLUSTERS = 5
TOGETHER = 3
CELL = 14
NAME = 16


class Screen:
    """A page of text of one width, with or without colours."""

    def __init__(self, width: int | None, *, colour: bool) -> None:
        asked = shutil.get_terminal_size((80, 24)).columns if width is None else width
        self.width = max(NARROWEST, min(asked, WIDEST) if width is None else asked)
        self._out = StringIO()
        self._console = Console(
            file=self._out, width=self.width, color_system="standard" if colour else None,
            force_terminal=colour, no_color=not colour, markup=False, emoji=False, highlight=False,
            legacy_windows=False, _environ={},
        )  # fmt: skip

    def show(self, shown: RenderableType, *, indent: int = 0) -> None:
        """Something below the rest."""
        self._console.print(Padding(shown, (0, 0, 0, indent)) if indent else shown)

    def say(self, words: str, style: str = "", *, indent: int = 0) -> None:
        """A paragraph."""
        self.show(Text(visible(words), style), indent=indent)

    def raw(self, lines: Text) -> None:
        """Lines that are safe already and are not wrapped by words: what does not fit goes on in the next line."""
        self._console.print(lines, overflow="fold", no_wrap=False, soft_wrap=False)

    def heading(self, words: str, aside: str = "") -> None:
        """A heading with a sentence beside it, or below it where there is no room."""
        self.show("")
        head = Text(visible(words), "bold")
        if aside and len(words) + len(aside) + 2 > self.width:
            self.show(head)
            self.say(aside, "dim", indent=2)
            return
        self.show(head.append(f"  {visible(aside)}", "dim not bold") if aside else head)

    def text(self) -> str:
        """All of it; no line ends in spaces."""
        return "\n".join(line.rstrip() for line in self._out.getvalue().rstrip().split("\n")) + "\n"


def clipped(line: str, width: int) -> str:
    """A line of at most so many cells."""
    return line if cell_len(line) <= width else f"{set_cell_size(line, width - 1).rstrip()}…"


def audit_text(outline: Outline, width: int | None, *, colour: bool, next_steps: Sequence[str]) -> str:
    """The whole report."""
    screen = Screen(width, colour=colour)
    _head(screen, outline)
    for section in outline.sections:
        _section(screen, section)
    if outline.groups:
        _groups(screen, outline.groups)
    listed(screen, "Notes", outline.notes)
    listed(screen, "Where to look next", tuple(next_steps))
    return screen.text()


def _head(screen: Screen, outline: Outline) -> None:
    """What was read, what could not be, and the warnings."""
    screen.show(Text.assemble(("Audit of ", "dim"), (visible(outline.name), "bold")))
    screen.say(" · ".join(outline.subtitle))
    facts = dict(outline.facts)
    for label in ("read as", "sample", "reference"):
        if label in facts:
            screen.say(f"{label}: {facts[label]}", "dim")
    screen.say("[low, high] is the 95 % interval; a number without one is a count in full", "dim")
    if outline.warnings or outline.quarantine:
        screen.show("")
    for warning in outline.warnings:
        bullet(screen, "!", warning, "yellow")
    if outline.quarantine:
        _quarantine(screen, outline.quarantine)


def _quarantine(screen: Screen, quarantine: Quarantine) -> None:
    reasons = ", ".join(f"{times} {why}" for why, times in quarantine.reasons)
    bullet(screen, "!", f"quarantined: {quarantine.count} ({reasons})", "yellow")
    for path, place, reason, _ in quarantine.places.rows[:PLACES]:
        screen.say(f"{path}, {place}: {reason}", "dim", indent=4)
    if len(quarantine.places.rows) > PLACES:
        screen.say("more places are in the JSON record", "dim", indent=4)


def bullet(screen: Screen, sign: str, words: str, style: str = "") -> None:
    """A paragraph with a sign before it."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row(Text(sign, style), Text(visible(words), style))
    screen.show(grid)


def _section(screen: Screen, section: Section) -> None:
    screen.heading(section.title, section.lead)
    apart, together = _by_reason(section.brief_rows)
    if apart:
        screen.show(_figures(screen, apart), indent=2)
    for reason, labels in together.items():
        screen.say(f"{', '.join(labels)}: {reason}", "yellow", indent=2)
    for label, words in section.lines:
        screen.say(f"{label}: {words}", indent=2)
    if section.rest:
        screen.say(section.rest, "dim", indent=2)
    for table in section.tables:
        if table.key == "clusters":
            _clusters(screen, table)


def _by_reason(rows: Sequence[Row]) -> tuple[list[Row], dict[str, list[str]]]:
    """Rows that stand for themselves, and the labels of many that are unknown for the same reason."""
    reasons = Counter(row.told.value for row in rows if not row.told.known)
    apart, together = [], defaultdict[str, list[str]](list)
    for row in rows:
        if reasons[row.told.value] >= TOGETHER:
            together[row.told.value].append(row.label)
        else:
            apart.append(row)
    return apart, together


def _figures(screen: Screen, rows: Iterable[Row]) -> Grid:
    """Labels on the left, numbers in a right-aligned column, intervals beside them."""
    rows = list(rows)
    numbers = max((len(row.told.value) for row in rows if row.told.known), default=0)
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(width=min(36, (screen.width - 4) // 2), overflow="fold")
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(Text(visible(row.label)), _number(row.told, numbers))
    return grid


def _number(told: Told, width: int) -> Text:
    if not told.known:
        return Text(visible(told.value), "yellow")
    return Text.assemble((told.value.rjust(width), "bold"), (f"  {told.interval}", "dim"))


def _clusters(screen: Screen, table: Table) -> None:
    """The largest clusters, one a line."""
    screen.say(table.title.lower(), "dim", indent=2)
    grid = Grid.grid(padding=(0, 2))
    for column in table.columns:
        last = column is table.columns[-1]
        grid.add_column(
            justify="right" if column.kind == "number" else "left", overflow="ellipsis" if last else "fold",
            no_wrap=last or column.kind == "number", max_width=None if last else 20,
        )  # fmt: skip
    for row in table.rows[:CLUSTERS]:
        grid.add_row(*(Text(visible(cell)) for cell in row))
    screen.show(grid, indent=4)


def _groups(screen: Screen, groups: Groups) -> None:
    """Groups as rows; where not all figures fit side by side, they follow below."""
    screen.heading("Groups", groups.note)
    figures = len(groups.figures)
    room = max((screen.width - 2 - NAME) // (CELL + 1), 1)
    step = math.ceil(figures / math.ceil(figures / room))
    for start in range(0, figures, step):
        if start:
            screen.show("")
        screen.show(_group_grid(groups, range(start, min(start + step, figures))), indent=2)
    if len(groups.names) > GROUPS:
        screen.say(f"the {GROUPS} largest; more are in the HTML report", "dim", indent=2)


def _group_grid(groups: Groups, figures: range) -> Grid:
    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=NAME)
    for _ in figures:
        grid.add_column(width=CELL, justify="right", overflow="fold")
    labels = [wrap(visible(groups.figures[number]), CELL) for number in figures]
    tallest = max(map(len, labels))
    heads = ["\n" * (tallest - len(lines)) + "\n".join(lines) for lines in labels]
    grid.add_row("", *(Text(head, "dim") for head in heads))
    for name, cells in list(zip(groups.names, groups.cells, strict=True))[:GROUPS]:
        grid.add_row(Text(fitted(visible(name), NAME)), *(_stacked(cells[number]) for number in figures))
    return grid


def _stacked(told: Told) -> Text:
    """A number above its interval."""
    if not told.known:
        return Text(visible(told.value), "yellow")
    return Text.assemble((told.value, "bold"), (f"\n{told.interval}" if told.interval else "", "dim"))


def listed(screen: Screen, title: str, lines: Sequence[str]) -> None:
    """A heading with a list below it, or nothing where there is nothing to list."""
    if lines:
        screen.heading(title)
        for line in lines:
            bullet(screen, "·", line)


def comparison_text(outline: ComparisonOutline, width: int | None, *, colour: bool) -> str:
    """The whole report on a comparison: the verdict, what differs, then the rest."""
    screen = Screen(width, colour=colour)
    style = {"changed": "bold red", "no change": "bold green"}.get(outline.verdict, "bold yellow")
    screen.show(Text.assemble((visible(outline.verdict.upper()), style), f"  {visible(outline.sentence)}"))
    screen.show("")
    for label, words in outline.facts:
        screen.say(f"{label}: {words}", "dim")
    screen.say("[low, high] is the 95 % interval of the change from a to b", "dim")
    differing = [change for change in outline.changes if change.differs]
    others = [change for change in outline.changes if not change.differs]
    _changes(screen, "What differs", "", differing)
    _changes(screen, "What does not", "in parentheses: the change that would have shown", others)
    listed(screen, "Notes", outline.notes)
    return screen.text()


def _changes(screen: Screen, title: str, aside: str, changes: Sequence[Change]) -> None:
    """A figure a row: the change; where it differs, also what it was and is."""
    if not changes:
        return
    screen.heading(title, aside)
    effects = max((len(change.effect) for change in changes if change.span), default=0)
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(width=min(34, (screen.width - 4) // 2), overflow="fold")
    grid.add_column(overflow="fold")
    for change in changes:
        grid.add_row(Text(visible(change.label)), _changed(change, effects))
    screen.show(grid, indent=2)


def _changed(change: Change, width: int) -> Text:
    """The change with its interval; below it both corpora, or beside it what would have shown."""
    if change.span is None:
        return Text(visible(change.effect), "yellow")
    if change.differs:
        p = f"p {change.p}" if change.p.startswith("<") else f"p = {change.p}"
        below = f"  {change.interval}  {p}\nfrom {change.a}\nto   {change.b}"
        return Text.assemble((change.effect.rjust(width), "bold red"), (below, "dim"))
    shows = f"  ({change.detectable.split()[0]})" if change.detectable else ""
    return Text.assemble((change.effect.rjust(width), "bold"), (f"  {change.interval}{shows}", "dim"))
