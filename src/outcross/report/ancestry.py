"""The generations in the order of descent, long chains folded: what the tree and the picture of a lineage share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from outcross.report.escape import shown
from outcross.report.numbers import count, plural
from outcross.track.record import Node

SIGNS = {"generation": "○", "human": "◆", "control": "■", "missing": "◌", "folded": "⋮"}
TRACKED = "●"

KEPT = 3
"""Generations that stay at each end of a folded chain."""

FIRST, LAST = 24, 32
"""Stops that stay where there are too many even so."""

NAME_LIMIT, FACT_LIMIT, FACTS, PARENTS = 100, 120, 12, 8


@dataclass(frozen=True)
class Stop:
    """A generation, or a folded run of them, in the order of descent.

    Attributes:
        names: of the generation, or of all that are folded, oldest first: as they are, to tell them apart.
        role: as in `Node`; "folded" for a run of them.
        parents: names, as they are.
        lane: how many forks it lies aside of the first generation of its tree.
        starts: whether it begins a branch: at the top of a tree, or aside of what its parent goes on with.
        tracked: whether it lies on the tracked path.
        documents: in words, or empty.
        facts: in words.
    """

    names: tuple[str, ...]
    role: str
    parents: tuple[str, ...]
    lane: int
    starts: bool = False
    tracked: bool = False
    documents: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Its name as safe text, or how many it stands for."""
        return f"{len(self.names):,} more" if self.role == "folded" else shown(self.names[0], NAME_LIMIT)

    @property
    def above(self) -> str:
        """The names of its parents."""
        return told_names(self.parents)

    @property
    def sign(self) -> str:
        """A sign for its role in text."""
        return TRACKED if self.tracked and self.role == "generation" else SIGNS[self.role]

    @property
    def told(self) -> str:
        """What is known of it on one line."""
        if self.role == "folded":
            return f"{shown(self.names[0], NAME_LIMIT)} to {shown(self.names[-1], NAME_LIMIT)}"
        if self.role == "missing":
            return "missing: it is not registered"
        role = [self.role] if self.role != "generation" else []
        return " · ".join([*role, *([self.documents] if self.documents else []), *(text for _, text in self.facts)])


def descent(nodes: Sequence[Node]) -> tuple[Stop, ...]:
    """All generations, each below the parent that it descends from, no chain longer than it must be.

    A generation of several parents stands below the tracked one of them, else below the first that is registered.
    Parents that nobody registered are there as missing. Circles, which a damaged workspace may hold, are cut.
    """
    known = {node.name: node for node in nodes}
    for name in [parent for node in nodes for parent in node.parents if parent not in known]:
        known[name] = Node(name, "missing", (), False)
    return tuple(_shortened(_folded(list(_walked(known)))))


def stop_of(node: Node, lane: int = 0, *, starts: bool = False) -> Stop:
    """A generation by itself."""
    facts = tuple((shown(key, NAME_LIMIT), shown(text, FACT_LIMIT)) for key, text in sorted(node.facts.items())[:FACTS])
    documents = "" if node.documents is None else f"{count(node.documents)} documents"
    if node.documents == 1:
        documents = plural(1, "document")
    return Stop((node.name,), node.role, node.parents, lane, starts, node.tracked, documents, facts)


def told_names(names: Sequence[str]) -> str:
    """The first of some names as safe text, and how many more there are."""
    said = ", ".join(shown(name, NAME_LIMIT) for name in names[:PARENTS])
    return f"{said} and {len(names) - PARENTS:,} more" if len(names) > PARENTS else said


def _line(node: Node, known: Mapping[str, Node]) -> str | None:
    """The parent that a generation stands below."""
    for wanted in (lambda one: one.tracked, lambda one: one.role != "missing", lambda _: True):
        found = next((name for name in node.parents if wanted(known[name])), None)
        if found is not None:
            return found
    return None


def _walked(known: Mapping[str, Node]) -> Iterator[Stop]:
    """Each tree from its root; side branches stand before what follows on the main line."""
    children: dict[str, list[str]] = {name: [] for name in known}
    roots: list[str] = []
    for name, node in known.items():
        above = _line(node, known)
        (roots if above is None else children[above]).append(name)
    seen: set[str] = set()
    for root in [*roots, *known]:  # what no root leads to lies on a circle: it is cut where it was added first
        waiting = [(root, 0, True)]
        while waiting:
            name, lane, starts = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            yield stop_of(known[name], lane, starts=starts)
            below = sorted(children[name], key=lambda one: known[one].tracked)
            waiting += [(main, lane, False) for main in below[-1:]]
            waiting += [(side, lane + 1, True) for side in reversed(below[:-1])]


def _folded(stops: Sequence[Stop]) -> Iterator[Stop]:
    """The stops, with the middle of long chains as one."""
    start = 0
    for place in range(1, len(stops) + 1):
        if place < len(stops) and _continues(stops[place], stops[place - 1]):
            continue
        yield from _ends(stops[start:place])
        start = place


def _continues(stop: Stop, before: Stop) -> bool:
    """Whether a stop is the next of a plain chain."""
    same = stop.lane == before.lane and stop.role == before.role and stop.tracked == before.tracked
    return same and not stop.starts and stop.parents == before.names


def _ends(chain: Sequence[Stop]) -> Iterator[Stop]:
    """A chain without its middle, where that saves more than a line."""
    if len(chain) <= 2 * KEPT + 2:
        yield from chain
        return
    yield from chain[:KEPT]
    yield _fold(chain[KEPT:-KEPT])
    yield from chain[-KEPT:]


def _fold(stops: Sequence[Stop]) -> Stop:
    names = tuple(name for stop in stops for name in stop.names)
    return replace(stops[0], names=names, role="folded", documents="", facts=())


def _shortened(stops: Iterator[Stop]) -> Iterator[Stop]:
    """The first and the last stops where there are too many."""
    found = list(stops)
    if len(found) <= FIRST + LAST + 1:
        yield from found
        return
    yield from found[:FIRST]
    yield _fold(found[FIRST:-LAST])
    yield from found[-LAST:]
