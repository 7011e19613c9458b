"""Label sets for other tools and back: CSV, JSON Lines, Label Studio, Argilla.

What goes out is blind: a number and a text, nothing of where it is from. What comes in is hostile until shown
otherwise: every answer is checked, and what cannot be used is told with its place.

Formats: Label Studio's task format (labelstud.io/guide/task_format) and its JSON-MIN export; Argilla's records as
`Record.to_dict` and `records.to_list(flatten=True)` write them.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from outcross.errors import DataError
from outcross.review.records import ANSWERS, Answer, Item, Label, LabelSet

Form = Literal["csv", "jsonl", "labelstudio", "argilla"]
FORMS: tuple[Form, ...] = ("csv", "jsonl", "labelstudio", "argilla")

QUESTION = "origin"
"""The name of the question in tools that ask for one."""

CONFIG = f"""<View>
  <Text name="text" value="$text"/>
  <Choices name="{QUESTION}" toName="text" choice="single" showInline="true">
    {" ".join(f'<Choice value="{answer}"/>' for answer in ANSWERS)}
  </Choices>
</View>
"""
"""Label Studio's labelling interface for what is exported."""

_COLUMNS = ("set", "item", "text", "reviewer", "answer", "made", "seconds")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take the wide ones too
_TIME = re.compile(r"[0-9][0-9TZ:.+ -]{3,39}")


@dataclass(frozen=True)
class Said:
    """An answer that another tool brought.

    Attributes:
        item: the number of the item; reviewer: as the tool names them, empty where it does not.
        answer: what they said; made: when, as the tool tells it; empty where it does not.
        set: digest of the label set it is meant for; empty where the tool lost it.
        seconds: that it took, where known.
    """

    item: int
    reviewer: str
    answer: Answer
    made: str = ""
    set: str = ""
    seconds: float = 0.0


@dataclass
class Brought:
    """All that a file brought: answers, and what could not be used, each with its place and reason."""

    answers: list[Said] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


# Out


def written(labelled: LabelSet, texts: Mapping[int, str], labels: Iterable[Label], form: Form) -> str:
    """The set with the labels that stand, in a format of another tool.

    Args:
        labelled: the set.
        texts: of the items by number.
        labels: that stand.
        form: the format.
    """
    mine: dict[int, list[Label]] = {}
    for label in labels:
        mine.setdefault(label.item, []).append(label)
    rows = [(item, texts[item.number], mine.get(item.number, [])) for item in labelled.items]
    digest = labelled.digest
    if form == "csv":
        return _as_csv(digest, rows)
    if form == "jsonl":
        return "".join(json.dumps(_line(digest, *row)) + "\n" for row in rows)
    make = _task if form == "labelstudio" else _record
    return json.dumps([make(digest, *row) for row in rows], indent=1) + "\n"


def opened(labelled: LabelSet, texts: Mapping[int, str], labels: Iterable[Label]) -> str:
    """The set as JSON Lines with all that is known of each item: for whoever checks an estimate, not for reviewers."""
    blind = map(json.loads, written(labelled, texts, labels, "jsonl").rstrip("\n").split("\n"))
    rows = (row | {"origin_of_item": item.to_dict()} for row, item in zip(blind, labelled.items, strict=True))
    return "".join(json.dumps(row) + "\n" for row in rows)


Row = tuple[Item, str, list[Label]]


def _as_csv(digest: str, rows: list[Row]) -> str:
    """A row a label, and one with empty cells for an item without; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for item, text, labels in rows:
        safe = f"'{text}" if text.startswith(_FORMULA) else text
        for label in labels:
            writer.writerow([digest, item.number, safe, label.reviewer, label.answer, label.made, label.seconds])
        if not labels:
            writer.writerow([digest, item.number, safe, "", "", "", ""])
    return out.getvalue()


def _line(digest: str, item: Item, text: str, labels: list[Label]) -> dict[str, Any]:
    said = [
        {"reviewer": label.reviewer, "answer": label.answer, "made": label.made, "seconds": label.seconds}
        for label in labels
    ]
    return {"set": digest, "item": item.number, "text": text, "labels": said}


def _task(digest: str, item: Item, text: str, labels: list[Label]) -> dict[str, Any]:
    annotations = [
        {
            "completed_by": {"email": label.reviewer}, "was_cancelled": False, "ground_truth": False,
            "created_at": label.made, "lead_time": label.seconds,
            "result": [{"from_name": QUESTION, "to_name": "text", "type": "choices",
                        "value": {"choices": [label.answer]}}],
        } for label in labels
    ]  # fmt: skip
    return {"id": item.number + 1, "data": {"text": text, "item": item.number, "set": digest},
            "annotations": annotations, "predictions": []}  # fmt: skip


def _record(digest: str, item: Item, text: str, labels: list[Label]) -> dict[str, Any]:
    said = [{"value": label.answer, "user_id": label.reviewer} for label in labels]
    return {"id": f"item-{item.number}", "fields": {"text": text}, "metadata": {"item": item.number, "set": digest},
            "suggestions": {}, "responses": {QUESTION: said} if said else {}, "vectors": {}}  # fmt: skip


# In


def read(data: bytes, form: Form | None = None) -> Brought:
    """The answers in a file of another tool.

    Args:
        data: its bytes.
        form: its format; None finds it out.

    Raises:
        DataError: it is none of the formats.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"The labels are no UTF-8 text (byte {error.start}).", hint="Save them as UTF-8; spreadsheets can."
        ) from None
    brought = Brought()
    for place, row in _rows(text, form):
        try:
            brought.answers += _said(row)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            brought.refused.append(f"{place}: {error}")
    return brought


def _rows(text: str, form: Form | None) -> Iterator[tuple[str, Any]]:
    """The records of a file with their places."""
    if form == "csv" or (form is None and text.lstrip()[:1] not in {"{", "["}):
        yield from _csv_rows(text)
        return
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip().startswith("["):
            # One array: its lines are no records, and each of them would be told as a broken one.
            raise DataError(f"The labels are broken JSON: {error}.", hint="Was the file cut short?") from None
        yield from _lines(text)
        return
    records = whole if isinstance(whole, list) else [whole]
    yield from ((f"record {number}", record) for number, record in enumerate(records, 1))


def _lines(text: str) -> Iterator[tuple[str, Any]]:
    # Not splitlines: JSON may hold line separators that end no line.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield f"line {number}", json.loads(line)
        except (ValueError, RecursionError):
            yield f"line {number}", None


def _csv_rows(text: str) -> Iterator[tuple[str, Any]]:
    before = csv.field_size_limit(1 << 30)  # texts are longer than the module expects
    try:
        reader = csv.DictReader(io.StringIO(text))
        if not {"item", "answer"} <= set(reader.fieldnames or ()):
            raise DataError(
                f"The labels have the columns {', '.join(map(repr, reader.fieldnames or ()))[:200] or 'none'}.",
                hint="A CSV file of labels needs the columns 'item' and 'answer'; see: outcross label export",
            )
        # A row that was cut short lacks cells: without an answer's cell it is refused, with an empty one it is open.
        rows = ({name: cell for name, cell in row.items() if cell is not None} for row in reader)
        yield from ((f"row {number}", row) for number, row in enumerate(rows, 2))
    except csv.Error as error:
        raise DataError(f"The labels are no CSV: {error}.") from None
    finally:
        csv.field_size_limit(before)


def _said(row: Any) -> list[Said]:
    """The answers in a record of any of the formats."""
    if not isinstance(row, dict):
        raise TypeError("no record")
    for known, take in _SHAPES:
        if known in row:
            return take(row)
    raise ValueError("no answer, and no place for one")


def _of_task(row: dict[str, Any]) -> list[Said]:
    """Label Studio's tasks: one answer an annotation that was not cancelled."""
    data, said = row["data"], []
    for one in row["annotations"] or []:
        if one.get("was_cancelled"):
            continue
        chosen = [found for found in one["result"] if found.get("from_name") == QUESTION]
        if chosen:
            said.append(Said(
                _number(data["item"]), _person(one.get("completed_by"), "label-studio"),
                _answer(chosen[-1]["value"]["choices"][0]), _time(one.get("created_at")),
                str(data.get("set") or ""), _seconds(one.get("lead_time")),
            ))  # fmt: skip
    return said


def _of_minimal(row: dict[str, Any]) -> list[Said]:
    """Label Studio's JSON-MIN: one answer a record."""
    answer = row[QUESTION]
    answer = answer["choices"][0] if isinstance(answer, dict) else answer
    person = _person(row.get("annotator"), "label-studio")
    made, digest = _time(row.get("created_at")), str(row.get("set") or "")
    return [Said(_number(row["item"]), person, _answer(answer), made, digest, _seconds(row.get("lead_time")))]


def _of_nested(row: dict[str, Any]) -> list[Said]:
    """Argilla's records as `Record.to_dict` writes them."""
    about = row.get("metadata") or {}
    number = _number(about.get("item", str(row.get("id", "")).removeprefix("item-")))
    return [
        Said(number, _person(one.get("user_id"), "argilla"), _answer(one["value"]), "", str(about.get("set") or ""))
        for one in (row["responses"] or {}).get(QUESTION) or []
    ]


def _of_flat(row: dict[str, Any]) -> list[Said]:
    """Argilla's records as `to_list(flatten=True)` writes them; drafts and discarded answers do not count."""
    answers = row[f"{QUESTION}.responses"] or []
    users = row.get(f"{QUESTION}.responses.users") or [None] * len(answers)
    states = row.get(f"{QUESTION}.responses.status") or [None] * len(answers)
    number = _number(row.get("item", str(row.get("id", "")).removeprefix("item-")))
    return [
        Said(number, _person(user, "argilla"), _answer(answer), "", str(row.get("set") or ""))
        for answer, user, state in zip(answers, users, states, strict=True) if state in {None, "submitted"}
    ]  # fmt: skip


def _of_line(row: dict[str, Any]) -> list[Said]:
    """Our own JSON Lines, with all labels of an item."""
    return [one for label in row["labels"] for one in _of_row({"item": row["item"], "set": row.get("set"), **label})]


def _of_row(row: dict[str, Any]) -> list[Said]:
    """Our own CSV, or JSON Lines with an answer each; an empty answer is none."""
    if not row["answer"]:
        return []
    person = _person(row.get("reviewer"), "")
    made, digest = _time(row.get("made")), str(row.get("set") or "")
    return [Said(_number(row["item"]), person, _answer(row["answer"]), made, digest, _seconds(row.get("seconds")))]


_SHAPES: tuple[tuple[str, Callable[[dict[str, Any]], list[Said]]], ...] = (
    ("annotations", _of_task), ("responses", _of_nested), (f"{QUESTION}.responses", _of_flat), (QUESTION, _of_minimal),
    ("labels", _of_line), ("answer", _of_row),
)  # fmt: skip


def _number(value: Any) -> int:
    # Tools that keep columns of numbers write 3.0 for 3.
    found = re.fullmatch(r"([0-9]{1,9})(?:\.0)?", str(value))
    if isinstance(value, bool) or found is None:
        raise ValueError(f"{str(value)[:40]!r} is no number of an item")
    return int(found[1])


def _answer(value: Any) -> Answer:
    word = str(value).strip().lower()
    for answer in ANSWERS:
        if word == answer:
            return answer
    raise ValueError(f"{str(value)[:40]!r} is no answer; there are {', '.join(ANSWERS)}")


def _person(value: Any, tool: str) -> str:
    """A tool's user as the name of a principal: their address, or the tool and their number."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("id")
    named = "" if value is None else re.sub(r"[^A-Za-z0-9._@+-]", "-", str(value)).lstrip("._@+-")[:80]
    bare = tool and re.fullmatch(r"[0-9]+|[0-9a-fA-F-]{36}", named)
    return f"{tool}-{named}" if bare else named


def _time(value: Any) -> str:
    """When somebody said something, where it looks like a time: it is written into tables again."""
    told = str(value or "")
    return told if _TIME.fullmatch(told) else ""


def _seconds(value: Any) -> float:
    try:
        found = float(value or 0)
    except (TypeError, ValueError):
        return 0.0
    return found if 0 <= found < 1e6 else 0.0
