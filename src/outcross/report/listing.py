"""Generations as they are registered, in the terminal: all of them in a list, or one with all that it says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.table import Table as Grid
from rich.text import Text

from outcross.report.ancestry import Stop, stop_of
from outcross.report.escape import shown
from outcross.report.numbers import count
from outcross.report.reading import NAME_LIMIT, NOTE_LIMIT, PATH_LIMIT, short_digest
from outcross.report.terminal import Screen, clipped
from outcross.track.record import Node

WIDEST_NAME, WIDEST_PARENTS = 32, 24

SCORES = 20

OPTIONAL = {
    "parents": "parents", "train": "training data", "samples": "samples", "model": "model", "regime": "regime",
    "decoding": "decoding settings", "scores": "scores", "losses": "held-out losses", "embeddings": "embeddings",
}  # fmt: skip


def generations_text(nodes: Sequence[Node], width: int | None, *, colour: bool) -> str:
    """A generation a line, in the order given."""
    screen = Screen(width, colour=colour)
    if not nodes:
        screen.say("No generation is registered.")
        return screen.text()
    rows = [_cells(stop_of(node)) for node in nodes]
    names = min(max(cell_len(row[0]) for row in rows), WIDEST_NAME, screen.width // 2)
    parents = min(max(cell_len(row[1]) for row in rows), WIDEST_PARENTS, screen.width // 4)
    heads = ("  name", "from", "documents  what was said of it")
    room = (names, parents, screen.width)
    screen.raw(Text(_line(heads, room), "dim"))
    screen.raw(Text("\n".join(_line(row, room) for row in rows)))
    return screen.text()


def _cells(stop: Stop) -> tuple[str, str, str]:
    return f"{stop.sign} {stop.name}", stop.above, stop.told


def _line(cells: tuple[str, str, str], room: tuple[int, int, int]) -> str:
    """The cells below one another; longer names push the rest aside, which is what is cut."""
    names, parents, width = room
    name, above, told = cells
    first = name if cell_len(name) > names else set_cell_size(name, names)
    second = above if cell_len(above) > parents else set_cell_size(above, parents)
    named = f"{first}  {second}".rstrip()
    line = f"{first}  {second}  {told}".rstrip()
    return clipped(line, max(width, cell_len(named)))


def generation_text(record: Mapping[str, Any], width: int | None, *, colour: bool) -> str:
    """All that one registered generation says, and what nobody said of it."""
    screen = Screen(width, colour=colour)
    screen.show(Text.assemble((f"{shown(record.get('role', 'generation'), 40)} ", "dim"),
                              (shown(record.get("name", ""), NAME_LIMIT), "bold")))  # fmt: skip
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=screen.width // 3, overflow="fold")
    grid.add_column(overflow="fold")
    for label, words in _facts(record):
        grid.add_row(Text(label, "dim"), Text(words))
    screen.show(grid, indent=2)
    missing = [words for key, words in OPTIONAL.items() if not record.get(key)]
    if missing:
        screen.say(f"not registered: {', '.join(missing)}", "yellow")
    return screen.text()


def _facts(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and text of what is there."""
    for key, (label, told) in TOLD.items():
        values = record.get(key) or ()
        yield from ((label, told(one)) for one in (values if key == "train" else [values] if values else ()))
    yield from _scores(record.get("scores") or ())
    yield from ((shown(key, 40), shown(value, NOTE_LIMIT)) for key, value in (record.get("facts") or {}).items())
    yield from ((key, shown(record[key], PATH_LIMIT)) for key in ("added", "digest") if record.get(key))


def _corpus(one: Mapping[str, Any]) -> str:
    """A corpus in a few phrases."""
    said = [shown(one.get("label", ""), PATH_LIMIT), f"{count(one.get('documents', ''))} documents"]
    if one.get("tokens") is not None:
        said.append(f"{count(one['tokens'])} tokens consumed")
    if "kept" in one and one["kept"] != one.get("documents"):
        said.append(f"{count(one['kept'])} of them kept")
    for key, words in (("clustered", "sampling unit"), ("prompted", "prompts in")):
        if one.get(key):
            said.append(f"{words}: {shown(one[key], 60)}")
    return ", ".join([*said, short_digest(one.get("root", ""))])


def _pairs(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{shown(key, 40)} {shown(value, 60)}" for key, value in sorted(settings.items()))


def _scores(scores: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The first scores, one a line."""
    for one in scores[:SCORES]:
        error = "" if one.get("se") is None else f" (standard error {count(one['se'])})"
        name = f"{shown(one.get('task', ''), 60)} {shown(one.get('metric', ''), 40)}"
        yield "score", f"{name}: {count(one.get('value', 'unknown'))}{error}"
    if len(scores) > SCORES:
        yield "score", f"{len(scores) - SCORES:,} more in the JSON record"


def _names(names: Sequence[object]) -> str:
    return ", ".join(shown(one, NAME_LIMIT) for one in names)


def _path(text: object) -> str:
    return shown(text, PATH_LIMIT)


TOLD: dict[str, tuple[str, Callable[[Any], str]]] = {
    "parents": ("from", _names), "train": ("trained on", _corpus), "samples": ("samples", _corpus),
    "model": ("model", _path), "regime": ("regime", _path), "decoding": ("decoding", _pairs),
    "losses": ("held-out losses", short_digest), "embeddings": ("embeddings", short_digest),
}  # fmt: skip
"""What a generation may say, its label, and how it is told; of what it was trained on, each corpus by itself."""
