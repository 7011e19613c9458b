"""A track and a list of generations in the terminal: what was lost first, then every figure that says so."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.table import Table as Grid
from rich.text import Text

from outcross.report.ancestry import Stop, told_names
from outcross.report.courses import Course
from outcross.report.escape import visible
from outcross.report.sparks import marks, sparkline
from outcross.report.terminal import Screen, bullet, clipped, listed
from outcross.report.tracking import Alarmed, TrackOutline

STYLES = {"ok": "green", "alarm": "red", "unknown": "yellow", "plain": "dim"}

TABLE = 76
"""Width from which measures stand in a table; below it, one stands below the other."""

NEWEST, CHANGE = 15, 17
ALARMS = 20
DEEPEST = 8


def track_text(outline: TrackOutline, width: int | None, *, colour: bool, next_steps: Sequence[str]) -> str:
    """The whole report."""
    screen = Screen(width, colour=colour)
    _head(screen, outline)
    _alarms(screen, outline.alarms)
    _deciding(screen, outline)
    _explaining(screen, outline.explaining)
    _verdicts(screen, outline)
    _confounders(screen, outline)
    listed(screen, "What you would know with more", outline.costs)
    if outline.stops:
        screen.heading("Lineage", "● tracked, ○ not tracked, ◆ human, ■ control, ◌ missing")
        for line in tree(outline.stops, screen.width - 2):
            screen.say(line, indent=2)
    listed(screen, "How to read this", outline.reading)
    listed(screen, "Where to look next", tuple(next_steps))
    return screen.text()


def _head(screen: Screen, outline: TrackOutline) -> None:
    """The outcome, and against what."""
    style = f"bold {STYLES[outline.look]}"
    screen.show(
        Text.assemble((visible(outline.outcome.upper()), style), (f"  {visible(outline.says)}", STYLES[outline.look]))
    )
    screen.say(f"lineage: {outline.path}")
    name, says = outline.baseline
    screen.say(f"against: {name}")
    if says:
        screen.say(says, "dim", indent=2)
    if outline.look == "ok":
        _aside(screen, "What would have been seen", outline.seen[:1])


def _alarms(screen: Screen, alarms: Sequence[Alarmed]) -> None:
    if not alarms:
        return
    screen.heading("Alarms")
    for alarm in alarms[:ALARMS]:
        moved = f"{alarm.moved} {alarm.interval}".rstrip()
        bullet(screen, "!", f"{alarm.kind.upper()}: {alarm.label} {moved} at {alarm.generation}", "bold red")
        screen.say(f"likely since {alarm.onset}; now {alarm.now}; found by the {alarm.by}", indent=2)
    if len(alarms) > ALARMS:
        screen.say(f"{len(alarms) - ALARMS} more are in the table", "dim", indent=2)


def _deciding(screen: Screen, outline: TrackOutline) -> None:
    """Each measure that can alarm, then what is not known and what would have been seen."""
    courses = outline.deciding
    screen.heading("Measures that decide", "of the newest generation, against the baseline")
    if not courses:
        screen.say("none: nothing that is registered can be held against the baseline", "yellow", indent=2)
        return
    if screen.width < TABLE:
        for course in courses:
            _stacked(screen, course)
    else:
        screen.show(_table(screen, courses))
    screen.show("")
    for whose, why in outline.unseen:
        screen.say(f"{whose}: {why}", "yellow", indent=2)
    beyond = [(course.label, " ".join(course.beyond).strip()) for course in courses if course.beyond[0]]
    _aside(screen, "Beyond the control, at the same depth", beyond)
    _aside(screen, "What would be seen", outline.seen)


def _aside(screen: Screen, title: str, lines: Sequence[tuple[str, str]]) -> None:
    """Lines that begin with whose they are, below a few words."""
    if lines:
        screen.say(title, "bold", indent=2)
    for whose, words in lines:
        screen.say(f"{whose}: {words}", "dim", indent=4)


def _widths(screen: Screen, courses: Sequence[Course]) -> tuple[int, int, int]:
    """Width of the labels, of the small charts and of the states."""
    rest = screen.width - NEWEST - CHANGE - 8
    state = min(13 + (screen.width - TABLE) // 4, 24)
    spark = min(max((len(course.changes) for course in courses), default=1), 11 + (screen.width - TABLE) // 2, 48)
    spark = max(spark, 4)
    return min(rest - state - spark, 34), spark, state


def _table(screen: Screen, courses: Sequence[Course]) -> Grid:
    """A measure a row: what stands below a figure are its interval and the band of all looks."""
    label, spark, state = _widths(screen, courses)
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for width in (label, spark, NEWEST, CHANGE, state):
        grid.add_column(width=width, overflow="fold")
    heads = ("measure", "looks", "newest\n95 % interval", "change\n95 % interval\nband, all looks", "state")
    grid.add_row(*(Text(head, "dim") for head in heads))
    for course in courses:
        change = [course.change, course.interval, course.band]
        newest = [course.newest.value, course.newest.interval]
        grid.add_row(
            _label(course), _spark(course, spark), _lines(newest, known=course.newest.known),
            _lines(change, known=course.known), Text(visible(course.state), STYLES[course.look]),
        )  # fmt: skip
    return grid


def _label(course: Course) -> Text:
    return Text.assemble(visible(course.label), ("\nprimary" if course.primary else "", "dim"))


def _lines(lines: Sequence[str], *, known: bool) -> Text:
    """A figure above its intervals."""
    if not known:
        return Text("unknown", "yellow")
    first, *others = (visible(line) for line in lines if line)
    return Text.assemble((first, "bold"), ("".join(f"\n{one}" for one in others), "dim"))


def _spark(course: Course, width: int) -> Text:
    """The small chart, and arrows below the looks that alarm."""
    arrows = marks(course.alarms, width)
    line = sparkline(course.changes, width, course.reach)
    return Text.assemble(line, (f"\n{arrows}" if arrows else "", STYLES["alarm"]))


def _stacked(screen: Screen, course: Course) -> None:
    """A measure where there is no room for a table."""
    style = STYLES[course.look]
    screen.show(Text.assemble((visible(course.label), "bold"), "  ", (visible(course.state), style)))
    screen.show(_spark(course, screen.width - 2), indent=2)
    if not course.known:
        return
    screen.say(f"change {course.change} {course.interval}".rstrip(), indent=2)
    if course.band:
        screen.say(f"band, all looks {course.band}", "dim", indent=2)
    screen.say(f"newest {course.newest}", "dim", indent=2)


def _explaining(screen: Screen, courses: Sequence[Course]) -> None:
    """One line a measure."""
    if not courses:
        return
    screen.heading("Measures that explain", "explains, does not decide")
    known = [course for course in courses if course.known]
    wide = screen.width >= TABLE
    label = min(max((cell_len(course.label) for course in known), default=1), 30 if wide else (screen.width - 4) // 2)
    grid = Grid.grid(padding=(0, 2, 0, 0))
    room = screen.width - 2 - label - 40
    widths = (label, min(max(room, 6), 32), 12, None) if wide else (label, None)
    for width in widths:
        grid.add_column(width=width, overflow="fold")
    for course in known:
        change = Text.assemble((visible(course.change), "bold"), (f" {visible(course.interval)}", "dim"))
        cells = [sparkline(course.changes, widths[1] or 1), visible(course.newest.value)] if wide else []
        grid.add_row(visible(course.label), *cells, change)
    if known:
        screen.show(grid, indent=2)
    for course in courses:
        if course.why:
            screen.say(f"{course.label}: {course.why}", "yellow", indent=2)


def _verdicts(screen: Screen, outline: TrackOutline) -> None:
    """A definition a paragraph: its state, why, and what would settle it."""
    if not outline.verdicts:
        return
    screen.heading("Definitions of collapse", "each has its own test: they need not agree")
    styles = {"holds": "bold red", "unknown": "yellow", "does not hold": "green"}
    for one in outline.verdicts:
        since = f" since {one.since}" if one.since else ""
        state = (visible(f"{one.state}{since}"), styles[one.state])
        screen.show(Text.assemble(f"{visible(one.label)}: ", state), indent=2)
        screen.say(one.why, "dim", indent=4)
        if one.needs:
            screen.say(f"would be settled by: {one.needs}", "dim", indent=4)


def _confounders(screen: Screen, outline: TrackOutline) -> None:
    """Warnings first."""
    if not outline.confounders:
        return
    screen.heading("What else could explain a difference")
    for where, one in outline.confounders:
        warning = one.level == "warning"
        words = f"{one.name}: {one.says}{f' ({where})' if where else ''}"
        bullet(screen, "!" if warning else "·", words, "yellow" if warning else "")


def tree(stops: Sequence[Stop], width: int) -> Iterator[str]:
    """The lineage as a tree, a generation a line: each below the one that it comes from."""
    room = max((len(stop.name) + 2 * min(stop.lane, DEEPEST) for stop in stops), default=0)
    room = min(room + 2, max(width // 3, 12))
    above: dict[int, Stop] = {}
    for place, stop in enumerate(stops):
        if place and stop.starts and not stop.lane:
            yield ""
        lane = min(stop.lane, DEEPEST)
        aside = "  " * (lane - 1) + ("└ " if stop.starts else "  ") if lane else ""
        name = f"{aside}{stop.sign} {visible(stop.name)}"
        told = _also(stop, above.get(stop.lane - 1 if stop.starts else stop.lane))
        above[stop.lane] = stop
        line = f"{set_cell_size(name, room + 2)}  {told}" if cell_len(name) <= room + 2 else f"{name}  {told}"
        yield clipped(line.rstrip(), width)


def _also(stop: Stop, above: Stop | None) -> str:
    """What is known of a generation; its parents besides the one that it stands below."""
    others = [name for name in stop.parents if above is None or name not in above.names]
    said = f"from {told_names(others)}" if others and stop.role != "folded" else ""
    return visible(" · ".join(part for part in (stop.told, said) if part))
