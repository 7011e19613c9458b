"""A measure through the generations: its change against the baseline, with all that is needed to doubt it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.cells import cell_len

from outcross.estimate import Unknown
from outcross.report.charts.drawing import Picture, Sheet
from outcross.report.charts.looks import Look, alarms, changes_of, decimated, ends, look_of, runs
from outcross.report.charts.plots import Span
from outcross.report.charts.scales import Scale, linear
from outcross.report.courses import WENT
from outcross.report.escape import fitted, shown
from outcross.report.numbers import moved, span_of
from outcross.track.record import Series

WIDTH, HEIGHT = 360.0, 208.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 30.0, 34.0

DRAWN = 300
"""Looks that are drawn one by one; of more, the lowest and the highest of each stretch."""

SINGLE, DOTS = 60, 20
"""Looks that have a dot, an interval and a hint each; of more, only about so many have a dot."""

STRETCHES = 100
"""Places at which bands are drawn; of more looks, each holds the widest of a stretch."""

NAMES, NAME_CELLS, LETTER = 6, 11, 7.0
"""Generations that are named below a chart, the longest name in letters, and the width of one."""

FLAG = 92.0
"""Room beside an upright line that its name needs."""

SPARK_WIDTH, SPARK_HEIGHT, SPARK_LOOKS = 132.0, 30.0, 80


def timeline(series: Series) -> Picture | None:
    """The chart of one measure; nothing where no change is known."""
    first = series.alarm.generation if series.alarm else None
    keep = [place for place, name in enumerate(series.columns.generation) if name == first]
    looks = [look_of(series, place) for place in decimated(changes_of(series), DRAWN, keep)]
    known = [(look, look.span) for look in looks if look.span is not None]
    if not known:
        return None
    sheet = Sheet(WIDTH, HEIGHT, title=shown(series.label), description=_described(series))
    across = Scale(-0.5, len(series.rows) - 0.5, LEFT, WIDTH - RIGHT)
    up = linear(_extent(known), (HEIGHT - BOTTOM, TOP))
    _axes(sheet, series, across, up)
    _bands(sheet, looks, across, up)
    _changes_drawn(sheet, looks, across, up)
    _looks_drawn(sheet, series, looks, (across, up))
    if len(looks) > SINGLE:
        _rug(sheet, series.columns.told["alarm"], across)
    _marked(sheet, series, across)
    return sheet.finished()


def spark(series: Series) -> Picture | None:
    """The same without axes, small enough for a cell of a table."""
    looks = [look_of(series, place) for place in decimated(changes_of(series), SPARK_LOOKS)]
    values = [look.span[1] for look in looks if look.span is not None]
    if not values:
        return None
    band = next((look.band for look in reversed(looks) if look.band is not None), (0.0, 0.0))
    reach = (band[1] - band[0]) / 2
    sheet = Sheet(SPARK_WIDTH, SPARK_HEIGHT, title=f"{shown(series.label)} by generation", description="")
    across = Scale(-0.5, len(series.rows) - 0.5, 2.0, SPARK_WIDTH - 2)
    up = linear([*values, 0.0, -reach, reach], (SPARK_HEIGHT - 3, 3.0))
    sheet.line((across.start, up(0.0)), (across.end, up(0.0)), "axis")
    _changes_drawn(sheet, looks, across, up)
    if looks[-1].span is not None:
        sheet.dot((across(looks[-1].place), up(looks[-1].span[1])), "dot changed" if alarms(looks[-1]) else "dot",
                  radius=2.5)  # fmt: skip
    return sheet.finished()


def _described(series: Series) -> str:
    """The chart in words, for who cannot see it."""
    alarm = series.alarm
    if alarm is None:
        return "Its change against the baseline by generation."
    went = f"{WENT[alarm.direction]} at {shown(alarm.generation)} ({alarm.kind}), likely since {shown(alarm.onset)}"
    return f"Its change against the baseline by generation; it {went}."


def _extent(known: Sequence[tuple[Look, Span]]) -> list[float]:
    """What the upright axis holds: all changes, and of intervals and thresholds what lies near them."""
    values = [span[1] for _, span in known] + [0.0]
    halves = sorted((look.band[1] - look.band[0]) / 2 if look.band else (span[2] - span[0]) / 2 for look, span in known)
    reach = halves[len(halves) // 2]
    low, high = min(*values, -reach), max(*values, reach)
    ends = [min(max(end, low - reach), high + reach) for _, span in known for end in span]
    return [low, high, *ends]


def _axes(sheet: Sheet, series: Series, across: Scale, up: Scale) -> None:
    """Round numbers on the left, names of some generations below, and a line at no change."""
    percent = series.scale in {"log", "points"}
    for tick, told in up.marks(4, percent=percent):
        sheet.line((across.start, up(tick)), (across.end, up(tick)), "rule")
        bare = told.removesuffix(" %") if series.scale == "points" else told
        sheet.words((across.start - 6, up(tick) + 4), bare, "tick", anchor="end")
    sheet.line((across.start, up(0.0)), (across.end, up(0.0)), "axis zero")
    for place in _named(len(series.rows)):
        x = across(place)
        sheet.line((x, HEIGHT - BOTTOM), (x, HEIGHT - BOTTOM + 4), "axis")
        name = _name(series.columns.generation[place])
        sheet.words((min(x, WIDTH - cell_len(name) * LETTER / 2), HEIGHT - BOTTOM + 17), name, "tick", anchor="middle")
    counts = {"points": "points", "nats": "nats"}.get(series.scale, "")
    sheet.words((0, 11), counts, "title")


def _named(count: int) -> list[int]:
    """Places whose generations are named: both ends and some between."""
    most = min(count, NAMES)
    return sorted({round(part * (count - 1) / (most - 1)) for part in range(most)}) if most > 1 else [0]


def _bands(sheet: Sheet, looks: Sequence[Look], across: Scale, up: Scale) -> None:
    """The band that holds at all looks, and the changes that would alarm; the 95 % interval where there is no band."""
    for run in runs(looks):
        stretch = -(-len(run) // STRETCHES)
        pieces = [run[start : start + stretch] for start in range(0, len(run), stretch)]
        lower = [(across(_middle(piece)), up(min(ends(look)[0] for look in piece))) for piece in pieces]
        upper = [(across(_middle(piece)), up(max(ends(look)[1] for look in piece))) for piece in pieces]
        sheet.path([*upper, *reversed(lower)], "band", closed=True)
        for side in (0, 1):
            sheet.strokes(_threshold(pieces, side, across, up), "threshold")


def _threshold(
    pieces: Sequence[Sequence[Look]], side: int, across: Scale, up: Scale
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The change that the band would just hold no more, drawn from stretch to stretch where it is on the sheet."""
    edges = [
        (piece[0].place, piece[0].span[1] - piece[0].band[1 - side]) for piece in pieces
        if piece[0].span and piece[0].band
    ]  # fmt: skip
    for (x1, y1), (x2, y2) in pairwise(edges):
        if up.low < min(y1, y2) and max(y1, y2) < up.high:
            yield (across(x1), up(y1)), (across(x2), up(y2))


def _middle(piece: Sequence[Look]) -> float:
    return (piece[0].place + piece[-1].place) / 2


def _changes_drawn(sheet: Sheet, looks: Sequence[Look], across: Scale, up: Scale) -> None:
    """The line of changes, broken where one is not known; stretches that alarm once more, above it."""
    fine = " fine" if len(looks) > SINGLE else ""
    for run in runs(looks):
        sheet.path(_points(run, across, up), f"curve{fine}")
        alarming: list[Look] = []
        for look in [*run, None]:
            if look is not None and alarms(look):
                alarming.append(look)
                continue
            if len(alarming) > 1:
                sheet.path(_points(alarming, across, up), f"curve changed{fine}")
            alarming = []


def _points(run: Sequence[Look], across: Scale, up: Scale) -> list[tuple[float, float]]:
    return [(across(look.place), up(look.span[1])) for look in run if look.span]


def _looks_drawn(sheet: Sheet, series: Series, looks: Sequence[Look], scales: tuple[Scale, Scale]) -> None:
    """Each look with its interval and a hint, or where there are too many, some of them."""
    across, up = scales
    crowded = len(looks) > SINGLE
    first = series.alarm.generation if series.alarm else None
    shown_looks = [
        look for place, look in enumerate(looks)
        if not crowded or place % (len(looks) // DOTS) == 0 or series.columns.generation[look.place] == first
    ]  # fmt: skip
    for alarming, kind in ((False, "reach"), (True, "reach changed")):
        sheet.strokes((
            ((across(look.place), up(look.span[0])), (across(look.place), up(look.span[2])))
            for look in shown_looks if look.span and not crowded and alarms(look) is alarming
        ), kind)  # fmt: skip
    for look in shown_looks:
        x, hint = across(look.place), _hint(series, look)
        if look.span is None:
            sheet.words((x, HEIGHT - BOTTOM - 4), "?", "unknown", anchor="middle", hint=hint)
            continue
        kind = "dot changed" if alarms(look) else "dot"
        sheet.dot((x, up(look.span[1])), kind, radius=2.0 if crowded else 3.0, hint=hint)


def _hint(series: Series, look: Look) -> str:
    """All that is known of one look."""
    row = series.rows[look.place]
    change = row.change
    name = shown(row.generation)
    span = None if isinstance(change, Unknown) else span_of(change)
    if span is None:
        return f"{name}: unknown: {shown(change.reason) if isinstance(change, Unknown) else 'no valid number'}"
    said = " ".join(moved(span, series.scale))
    band = f", all looks {moved((row.band[0], span[1], row.band[1]), series.scale)[1]}" if row.band else ""
    size = f", {row.size:,} documents" if row.size else ""
    return f"{name}: {said}{band}{size}{f', alarm: {WENT[row.alarm]}' if row.alarm else ''}"


def _marked(sheet: Sheet, series: Series, across: Scale) -> None:
    """Upright lines: where it was alarmed, where that likely began, and where a single step would fit best."""
    places = {name: place for place, name in enumerate(series.columns.generation)}
    alarm, floor = series.alarm, HEIGHT - BOTTOM
    flags = [(alarm.onset, f"onset {_name(alarm.onset)}", "onset", 12.0),
             (alarm.generation, f"{WENT[alarm.direction]} at {_name(alarm.generation)}", "alarmed", 25.0),
             ] if alarm else []  # fmt: skip
    if series.change_point in places and series.change_point not in {flag[0] for flag in flags}:
        x = across(places[series.change_point])
        sheet.line((x, TOP), (x, floor), "step")
    flags = [flag for flag in flags if flag[0] in places]
    for name, _, look, y in flags:
        sheet.line((across(places[name]), y), (across(places[name]), floor), look)
    for name, words, look, y in flags:
        # Where there is room, the onset is named on the left of its line and the alarm on the right of its own.
        x = across(places[name])
        right = x < across.start + FLAG or (look == "alarmed" and x < across.end - FLAG)
        sheet.words((x + 5 if right else x - 5, y), words, f"said {look}", anchor="start" if right else "end")


def _name(generation: str) -> str:
    return fitted(shown(generation), NAME_CELLS)


def _rug(sheet: Sheet, alarmed: Sequence[str | None], across: Scale) -> None:
    """A stroke at the foot for every look that alarmed, where looks are too many to be drawn one by one."""
    stretch = -(-len(alarmed) // STRETCHES)
    foot = HEIGHT - BOTTOM - 2
    sheet.strokes((
        ((across(start - 0.5), foot), (across(min(start + stretch, len(alarmed)) - 0.5), foot))
        for start in range(0, len(alarmed), stretch) if any(alarmed[start : start + stretch])
    ), "rug")  # fmt: skip
