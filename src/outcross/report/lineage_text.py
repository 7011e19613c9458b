"""A mix in the terminal: what follows for it, its sources, and what is missing, what would narrow it most first."""

import math
from collections.abc import Iterator

from rich.table import Table as Grid
from rich.text import Text

from outcross.gate.amounts import amount, tokens
from outcross.provenance.account import Account, Taken
from outcross.provenance.mix_evidence import assumed, remedy, why
from outcross.provenance.record import Bounds
from outcross.provenance.unresolved import LACKS, Unresolved
from outcross.report.escape import shown
from outcross.report.numbers import DASH
from outcross.report.terminal import Screen, bullet

SOURCES, MISSING, STEPS, NAME_LIMIT = 40, 20, 9, 60


def lineage_text(account: Account, width: int | None, *, colour: bool) -> str:
    """The whole report."""
    screen = Screen(width, colour=colour)
    target = shown(account.lineage.nodes[account.lineage.target].name, NAME_LIMIT)
    consumed = "an unknown number of tokens" if account.tokens is None else tokens(account.tokens)
    screen.show(Text.assemble((target, "bold"), f": {consumed} of {len(account.sources)} sources"))
    _figures(screen, account)
    _sources(screen, account)
    _missing(screen, account)
    if account.loops:
        screen.heading("Its own line", "text of earlier models of the line that it is to train")
    for one in account.loops or ():
        path = " → ".join(shown(name, NAME_LIMIT) for name in one.path)
        bullet(screen, "!", path, "yellow")
    if account.assembly.assumed:
        screen.heading("Assumed", "without proof")
        for some in account.assembly.assumed:
            bullet(screen, "·", assumed(some), "")
    for lapsed in account.assembly.lapsed:
        bullet(screen, "!", f"No longer assumed since {lapsed.expires}: {assumed(lapsed)}", "yellow")
    return screen.text()


def _figures(screen: Screen, account: Account) -> None:
    content = account.content
    rows = [
        ("synthetic or edited", percent(content.made)), ("synthetic", percent(content.synthetic)),
        ("human", percent(content.human)), ("human and new", percent(account.fresh[account.lineage.target])),
        ("mean depth", number(content.mean)), ("largest depth", number(content.deepest)),
    ]  # fmt: skip
    for name, told in rows:
        screen.show(Text.assemble((f"{name:<22}", "dim"), told), indent=2)


def _sources(screen: Screen, account: Account) -> None:
    screen.heading("Sources", "synthetic or edited, and why")
    grid = Grid(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for one in sorted(account.sources, key=_least)[:SOURCES]:
        codes = ", ".join(dict.fromkeys(found.code for found in account.findings(one)))
        grid.add_row(
            Text(shown(one.known.name, NAME_LIMIT)), Text("?" if one.tokens is None else tokens(one.tokens)),
            Text(percent(one.content.made)), Text(shown(why(account, one)), "dim"), Text(codes, "yellow"),
        )  # fmt: skip
    screen.show(grid, indent=2)
    if len(account.sources) > SOURCES:
        screen.say(f"and {len(account.sources) - SOURCES:,} more", "dim", indent=2)


def _least(taken: Taken) -> float:
    return -(taken.tokens or 0.0)


def _missing(screen: Screen, account: Account) -> None:
    if not account.missing:
        return
    screen.heading("Missing", "what would narrow the share most comes first")
    for place, one in enumerate(account.missing[:MISSING], 1):
        narrows = f", narrows it by up to {amount(one.narrows, 'share')}" if one.narrows else _deepens(account, one)
        screen.show(Text.assemble(f"{place}. ", (shown(one.name, NAME_LIMIT), "bold"), f": {LACKS[one.lack]}{narrows}"),
                    indent=2)  # fmt: skip
        screen.say(f"through {' → '.join(_steps(one))}", "dim", indent=5)
        screen.say(remedy(one, account), indent=5)
    if len(account.missing) > MISSING:
        screen.say(f"and {len(account.missing) - MISSING:,} more", "dim", indent=2)


def _deepens(account: Account, one: Unresolved) -> str:
    return "; without it the depth has no end" if math.isinf(account.content.deepest[1]) and one.reach else ""


def _steps(one: Unresolved) -> Iterator[str]:
    """The way to the mix, without its middle where it is long."""
    names = [shown(name, NAME_LIMIT) for name in one.path[1:]]
    half = STEPS // 2
    yield from names if len(names) <= STEPS else [*names[:half], f"{len(names) - 2 * half} more", *names[-half:]]


def percent(share: Bounds) -> str:
    """A share between two ends.

    >>> percent((0.165, 0.165)), percent((0.0, 0.0))
    ('16.5 %', '0 %')
    """
    low, high = (f"{float(f'{end * 100:.4g}'):g}" for end in share)
    return f"{low} %" if low == high else f"{low}{DASH}{high} %"


def number(ends: Bounds) -> str:
    """A number between two ends.

    >>> number((4, 4)), number((0.165, float("inf")))
    ('4', '0.165 or more')
    """
    low, high = (f"{end:.3g}" for end in ends)
    if math.isinf(ends[1]):
        return f"{low} or more"
    return low if low == high else f"{low}{DASH}{high}"
