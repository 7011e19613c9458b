"""Shapes of records: which fields make the text of a document, and how it is put together.

Turns of a chat are joined by a blank line; the names of roles are left out, since they would repeat in every
document. A record is one document: also a pair of chosen and rejected answers, of which the turns that both
begin with are taken once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from outcross.corpus.quarantine import UnusableError
from outcross.corpus.terms import Turns

Record = Mapping[str, Any]

NO_TEXT = "no text"
WRONG_TYPE = "text of the wrong type"
NO_MODEL_TURN = "no assistant turn"
MODEL_ROLES = frozenset({"assistant", "gpt", "model", "bot", "chatgpt", "bing", "bard"})
BLANK_LINE = "\n\n"
MISSING = object()

ID_COLUMNS = ("id", "_id", "uuid", "doc_id", "document_id", "WARC-Record-ID")


@dataclass(frozen=True)
class Shape:
    """A way in which records hold text.

    Attributes:
        name: as people are told of it.
        needs: the columns that a record of this shape has, all of them.
        takes: columns that are also read where they are there.
        text: what makes the text of a record; raises UnusableError.
        column: the column that holds the text, where it is one column.
    """

    name: str
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    text: Callable[[Record, Turns], str]
    column: str | None = None

    def fits(self, names: Iterable[str]) -> bool:
        """Whether a record with these columns has this shape."""
        there = set(names)
        return all(name in there for name in self.needs)


def value_at(record: Any, column: str) -> Any:
    """The value of a column, which may be dotted; MISSING where there is none."""
    if isinstance(record, Mapping) and column in record:
        return record[column]
    value = record
    for part in column.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def turn_text(content: Any) -> str:
    """The text of one turn: a string, a list of parts, or nothing (a tool call)."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return turn_text(content.get("text"))
    if isinstance(content, list):
        return BLANK_LINE.join(filter(None, (_part_text(part) for part in content)))
    if content is None:
        return ""
    raise UnusableError(WRONG_TYPE)


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    text = part.get("text") if isinstance(part, Mapping) else None
    return text if isinstance(text, str) else ""


def _turn(turn: Any) -> tuple[str, str]:
    """Role and text of a turn, as in messages or as in ShareGPT."""
    if isinstance(turn, str):
        return "", turn
    if not isinstance(turn, Mapping):
        raise UnusableError(WRONG_TYPE)
    role = turn.get("role", turn.get("from", ""))
    content = turn["content"] if "content" in turn else turn.get("value", turn.get("text"))
    return str(role).lower(), turn_text(content)


def flat(value: Any, turns: Turns) -> str:
    """The text of a value that is a string or a list of turns."""
    if isinstance(value, str):
        return value
    if value is None or value is MISSING:
        raise UnusableError(NO_TEXT)
    if not isinstance(value, list):
        raise UnusableError(WRONG_TYPE)
    said = [_turn(turn) for turn in value]
    kept = [text for role, text in said if text and (turns == "all" or role in MODEL_ROLES)]
    if not kept:
        raise UnusableError(NO_TEXT if turns == "all" else NO_MODEL_TURN)
    return BLANK_LINE.join(kept)


def of_column(column: str) -> Shape:
    """The shape of records that hold their text in one column."""

    def text(record: Record, turns: Turns) -> str:
        return flat(value_at(record, column), turns)

    return Shape(f"text column {column!r}", (column,), (), text, column)


def _of_chat(column: str) -> Shape:
    return Shape(column, (column,), (), lambda record, turns: flat(record[column], turns))


def _of_pair(prompts: tuple[str, ...], answer: str, optional: str = "") -> Shape:
    """A prompt (of several fields) and what the model is to answer."""

    def text(record: Record, turns: Turns) -> str:
        told = flat(record[answer], turns)
        if turns == "assistant":
            return told
        asked = [flat(record[name], turns) for name in prompts if record.get(name)]
        return BLANK_LINE.join(filter(None, [*asked, told]))

    needs = tuple(name for name in (*prompts, answer) if name != optional)
    name = ", ".join(prompts) + f" and {answer}"
    return Shape(name, needs, (optional,) if optional else (), text)


def _chosen_text(record: Record, turns: Turns) -> str:
    chosen, rejected = record["chosen"], record["rejected"]
    if turns == "assistant":
        return flat(chosen, turns)
    if isinstance(chosen, list) and isinstance(rejected, list):
        same = 0
        while same < min(len(chosen), len(rejected)) and chosen[same] == rejected[same]:
            same += 1
        rejected = rejected[same:]
    # An answer rejected for nothing but its turns is the same document: nothing is left to add.
    return BLANK_LINE.join([flat(chosen, turns), *([flat(rejected, turns)] if rejected else [])])


SHAPES = (
    of_column("text"),
    of_column("content"),
    _of_chat("messages"),
    _of_chat("conversations"),
    _of_pair(("prompt",), "completion"),
    _of_pair(("instruction", "input"), "output", optional="input"),
    _of_pair(("instruction", "context"), "response", optional="context"),
    Shape("chosen and rejected", ("chosen", "rejected"), (), _chosen_text),
)
"""The shapes that are looked for, in this order."""


def shape_of(name: str, column: str | None) -> Shape:
    """The shape of a view."""
    if column is not None:
        return of_column(column)
    return next(shape for shape in SHAPES if shape.name == name)


def fitting(names: Iterable[str]) -> Shape | None:
    """The first known shape that records with these columns have."""
    there = set(names)
    return next((shape for shape in SHAPES if shape.fits(there)), None)
