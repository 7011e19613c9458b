"""The kinds of requirements and what becomes of each result, as tables in Markdown. All of it is our own text."""

from collections.abc import Iterator, Sequence
from typing import Any

from outcross.gate.kinds import KINDS, Kind
from outcross.gate.policy import CRITERION, POLICY
from outcross.gate.record import OUTCOMES
from outcross.gate.shapes import Key

_RESULTS = (
    ("pass", "the unfavourable end is within the limit", "pass"),
    ("fail", "even the favourable end is beyond the limit", "`on_fail`, else pause"),
    ("inconclusive", "the limit lies between the ends", "`on_inconclusive`, else `on_unknown`"),
    ("unknown", "no evidence, evidence that is stale, or a figure that is unknown", "`on_unknown`, else pause"),
)
_MEANS = {
    "block": ("must not be used", "1"), "pause": ("waits until the gap is closed", "1"),
    "escalate": ("is for people to decide", "3"), "pass": ("may be used", "0"),
}  # fmt: skip


def kinds_as_markdown() -> str:
    """A section a kind, in the order of the table."""
    return "\n".join(line for kind in KINDS.values() for line in _kind(kind)).strip() + "\n"


def keys_as_markdown() -> str:
    """The keys of a policy and of every criterion."""
    policy = ["### `[policy]`", "", *_keys(POLICY), ""]
    return "\n".join([*policy, "### `[[criterion]]`", "", *_keys(CRITERION)]) + "\n"


def outcomes_as_markdown() -> str:
    """What each result leads to, and which outcome stands for all."""
    results = _table(("result", "when", "outcome"), _RESULTS)
    ranks = [(f"{place}", f"`{one}`", *_MEANS[one]) for place, one in enumerate(reversed(OUTCOMES), 1)]
    return "\n".join([*results, "", *_table(("goes before", "outcome", "the mix", "exit code"), ranks)]) + "\n"


def _kind(kind: Kind) -> Iterator[str]:
    yield f"### `{kind.name}`"
    yield ""
    reads = ", ".join(f"`{name}`" for name in kind.reads)
    yield f"{kind.asks} Layer: {kind.layer}. Reads {reads}; the {kind.bound} end decides."
    yield ""
    if kind.takes:
        yield from _keys(kind.takes)
        yield ""
    if kind.one_of:
        yield f"One of {', '.join(f'`{name}`' for name in kind.one_of)} is needed."
        yield ""
    yield f"- **Not known:** {kind.unknown}."
    yield f"- **Closes a gap:** {kind.closes}."
    yield f"- **Implements:** {', '.join(kind.clauses)}."
    yield ""


def _keys(keys: Sequence[Key]) -> list[str]:
    return _table(
        ("key", "holds", "default", "meaning"),
        [(f"`{one.name}`", one.shape.says, "needed" if one.needed else _default(one.default), one.says)
         for one in keys],
    )  # fmt: skip


def _default(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool | str):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(cell.replace('|', '&#124;') or ' ' for cell in row)} |" for row in rows)]
