"""Shapes that are found by themselves, and what makes the text of each."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outcross.corpus import Reading, find
from outcross.errors import CallError

MESSAGES = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello!"},
]
SHAREGPT = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]
PARTS = [{"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "image"}, "b"]}]
ALPACA = {"instruction": "Add.", "input": "1 and 2", "output": "3"}
PAIR = {"chosen": MESSAGES, "rejected": [*MESSAGES[:2], {"role": "assistant", "content": "No."}]}
TOLD = "Be kind.\n\nHi\n\nHello!"
DOLLY = {"instruction": "a", "context": "c", "response": "b"}

CASES = [
    ({"text": "a", "content": "b"}, "text column 'text'", "a", None),
    ({"content": "b", "n": 1}, "text column 'content'", "b", None),
    ({"messages": MESSAGES}, "messages", TOLD, "Hello!"),
    ({"messages": PARTS}, "messages", "a\n\nb", "a\n\nb"),
    ({"conversations": SHAREGPT}, "conversations", "Hi\n\nHello!", "Hello!"),
    ({"prompt": "p", "completion": "c"}, "prompt and completion", "p\n\nc", "c"),
    ({"prompt": MESSAGES[:2], "completion": MESSAGES[2:]}, "prompt and completion", TOLD, "Hello!"),
    (ALPACA, "instruction, input and output", "Add.\n\n1 and 2\n\n3", "3"),
    ({"instruction": "a", "output": "b"}, "instruction, input and output", "a\n\nb", "b"),
    ({**ALPACA, "input": ""}, "instruction, input and output", "Add.\n\n3", "3"),
    (DOLLY, "instruction, context and response", "a\n\nc\n\nb", "b"),
    ({"chosen": "good", "rejected": "bad"}, "chosen and rejected", "good\n\nbad", "good"),
    (PAIR, "chosen and rejected", f"{TOLD}\n\nNo.", "Hello!"),
    ({"review": "fine", "stars": 3}, "text column 'review'", "fine", None),
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_shape_is_found_and_put_together(kind, case, tmp_path, read):
    record, shape, everything, model = case
    path = tmp_path / f"data.{kind}"
    if kind == "jsonl":
        path.write_text(json.dumps(record))
    elif record.get("messages") is PARTS:
        pytest.skip("Parquet has no lists of several types")
    else:
        pq.write_table(pa.Table.from_pylist([record]), path)
    found = read(path)
    assert found.corpus.view.shape == shape
    assert found.texts == [everything]
    if model is None:
        with pytest.raises(CallError, match="no turns"):
            find([str(path)], Reading(turns="assistant"))
    else:
        assert read(path, turns="assistant").texts == [model]


def test_the_majority_decides_and_others_are_read_by_their_own_shape(tmp_path, read):
    records = [{"content": "a"}, {"content": "b"}, {"text": "c"}, {"other": "d"}]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, records)))
    found = read(tmp_path)
    assert found.corpus.view.shape == "text column 'content'"
    assert found.texts == ["a", "b", "c"]
    assert found.reasons == ["no text"]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_nested_columns_are_named_with_dots(kind, tmp_path, read):
    record = {"id": 7, "meta": {"body": "x", "source": {"name": "web"}, "key": "k"}, "text": "other"}
    path = tmp_path / f"data.{kind}"
    if kind == "jsonl":
        path.write_text(json.dumps(record))
    else:
        pq.write_table(pa.Table.from_pylist([record]), path)
    found = read(path, text_column="meta.body", group_by="meta.source.name", id_column="meta.key")
    assert (found.texts, found.groups, found.ids) == (["x"], ["web"], ["k"])
    assert found.corpus.view.to_dict() == {
        "shape": "text column 'meta.body'", "text_column": "meta.body", "id_column": "meta.key",
        "group_by": "meta.source.name", "turns": "all",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_identifiers_and_groups_become_strings(kind, tmp_path, read):
    path = tmp_path / f"data.{kind}"
    records = [
        {"id": 1, "text": "a", "g": True},
        {"id": None, "text": "b", "g": None},
        {"id": 3, "text": "c", "g": False},
    ]
    if kind == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    else:
        pq.write_table(pa.Table.from_pylist(records), path)
    found = read(path, group_by="g")
    assert found.corpus.view.id_column == "id"
    assert found.ids == ["1", "data.jsonl@34" if kind == "jsonl" else "data.parquet:1", "3"]
    assert found.groups == ["true", "(none)", "false"]


def test_turns_can_be_taken_of_a_column_that_is_named(tmp_path, read):
    (tmp_path / "data.jsonl").write_text(json.dumps({"dialogue": MESSAGES}))
    assert read(tmp_path, text_column="dialogue", turns="assistant").texts == ["Hello!"]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (None, "no text"), ([], "no text"), ([{"role": "user", "content": None}], "no text"),
        ([5], "text of the wrong type"), ([{"role": "user", "content": 5}], "text of the wrong type"),
        (7, "text of the wrong type"),
    ],
)  # fmt: skip
def test_a_chat_without_text_is_set_aside(messages, reason, tmp_path, read):
    (tmp_path / "data.jsonl").write_text(json.dumps({"messages": MESSAGES}) + "\n" + json.dumps({"messages": messages}))
    found = read(tmp_path)
    assert len(found.texts) == 1
    assert found.reasons == [reason]


def test_a_chat_without_an_answer_is_set_aside_when_only_answers_count(tmp_path, read):
    (tmp_path / "data.jsonl").write_text(
        json.dumps({"messages": MESSAGES}) + "\n" + json.dumps({"messages": MESSAGES[:2]})
    )
    found = read(tmp_path, turns="assistant")
    assert found.texts == ["Hello!"]
    assert found.reasons == ["no assistant turn"]
