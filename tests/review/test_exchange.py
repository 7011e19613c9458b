"""Exchange: what goes out is blind and comes back as it was; what comes in is checked."""

import contextlib
import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.review.making import items, label, label_set

from outcross.errors import DataError
from outcross.review.exchange import CONFIG, FORMS, Said, read, written
from outcross.review.records import ANSWERS

SET = label_set(6, gold=2, stratum="secret stratum", score=0.987654)
TEXTS = {item.number: f'text {item.number}, "quoted"\nnext line \u202e\u2028\x85\x0c' for item in items(6)} | {
    2: "=HYPERLINK(1)"
}
LABELS = [label(number, ANSWERS[number], who) for number in range(4) for who in ("ana", "bob@example.org")]


@pytest.mark.parametrize("form", FORMS)
def test_labels_come_back_as_they_went_out(form):
    brought = read(written(SET, TEXTS, LABELS, form).encode())
    assert brought.refused == []
    assert sorted((one.item, one.reviewer, one.answer) for one in brought.answers) == sorted(
        (one.item, one.reviewer, one.answer) for one in LABELS
    )
    assert {one.set for one in brought.answers} == {SET.digest}


@pytest.mark.parametrize("form", FORMS)
def test_nothing_goes_out_that_tells_where_a_text_is_from(form):
    sent = written(SET, TEXTS, [], form)
    for secret in ("secret", "987654", "truth", "inclusion", "score", "stratum", '"d5"', "tokens", "gold"):
        assert secret not in sent
    assert read(sent.encode()).answers == []


def test_no_cell_is_a_formula():
    rows = list(csv.reader(io.StringIO(written(SET, TEXTS, LABELS, "csv"))))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_label_studio_as_it_exports_itself():
    """Fields as in labelstud.io/guide/task_format, and a JSON-MIN record."""
    task = {
        "id": 7, "data": {"text": "t", "item": 3, "set": "sha256:0"},
        "annotations": [
            {"id": 1, "completed_by": 10, "was_cancelled": False, "created_at": "2026-01-01T00:00:00Z",
             "lead_time": 4.2, "result": [{"from_name": "origin", "to_name": "text", "type": "choices", "id": "x",
                         "value": {"choices": ["partly"]}}]},
            {"id": 2, "completed_by": 11, "was_cancelled": True, "result": []},
            {"id": 3, "completed_by": {"id": 12, "email": "eve@example.org"}, "result": [
                {"from_name": "other", "value": {"choices": ["x"]}},
                {"from_name": "origin", "value": {"choices": ["Human"]}}]},
        ],
    }  # fmt: skip
    found = read(json.dumps([task]).encode()).answers
    assert found[0] == Said(3, "label-studio-10", "partly", "2026-01-01T00:00:00Z", "sha256:0", 4.2)
    assert [(one.reviewer, one.answer) for one in found[1:]] == [("eve@example.org", "human")]
    minimal = {"text": "t", "item": 3, "set": "sha256:0", "id": 7, "origin": "unsure", "annotator": 1}
    assert read(json.dumps([minimal]).encode()).answers == [Said(3, "label-studio-1", "unsure", "", "sha256:0")]
    assert all(f'<Choice value="{answer}"/>' in CONFIG for answer in ANSWERS)


def test_argilla_as_it_exports_itself():
    """Nested as `Record.to_dict`, flat as `records.to_list(flatten=True)`; drafts are no answers."""
    user = "0f8fad5b-d9cb-469f-a165-70867728950e"
    nested = {"id": "item-4", "fields": {"text": "t"}, "metadata": {"item": 4, "set": "sha256:0"}, "suggestions": {},
              "responses": {"origin": [{"value": "human", "user_id": user}]}, "vectors": {}}  # fmt: skip
    flat = {"id": "item-5", "text": "t", "origin.responses": ["human", "partly"], "origin.responses.users": [user, "x"],
            "origin.responses.status": ["submitted", "draft"]}  # fmt: skip
    found = read(json.dumps([nested, flat]).encode()).answers
    assert found == [Said(4, f"argilla-{user}", "human", "", "sha256:0"), Said(5, f"argilla-{user}", "human")]


@pytest.mark.parametrize(
    "row",
    [{"item": "x", "answer": "human"}, {"item": -1, "answer": "human"}, {"item": 1, "answer": "robot"}, {"item": True,
     "answer": "human"}, {"annotations": 5, "data": {}}, {"responses": [1]}, [1], 7, None, {"nothing": 1},
     {"data": None, "annotations": [{"result": [{"from_name": "origin"}]}]}, {"item": 1e400, "answer": "human"}],
)  # fmt: skip
def test_a_broken_record_is_refused_with_its_place_and_the_rest_goes_on(row):
    lines = ['{"item": 1, "answer": "human", "reviewer": "ana"}', json.dumps(row)]
    brought = read("\n".join(lines).encode())
    assert len(brought.answers) == 1
    assert len(brought.refused) == 1
    assert brought.refused[0].startswith("line 2: ")


def test_what_is_no_table_of_labels_says_what_is_needed():
    with pytest.raises(DataError, match="columns 'a', 'b'") as caught:
        read(b"a,b\n1,2\n")
    assert "'item' and 'answer'" in caught.value.hint
    with pytest.raises(DataError, match="no UTF-8"):
        read(b"\xff\xfe\x00")


@given(st.binary(max_size=200))
def test_no_file_raises_anything_but_bad_data(data):
    with contextlib.suppress(DataError):
        read(data)


KEYS = ("annotations", "data", "item", "responses", "origin", "labels", "answer", "metadata", "origin.responses",
        "result", "value", "choices")  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)  # fmt: skip


@given(json_values)
def test_no_shape_of_records_raises(value):
    read(json.dumps([value]).encode())


@pytest.mark.parametrize("form", ["labelstudio", "argilla"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_file_that_was_cut_short_says_so(form, part):
    sent = written(SET, TEXTS, LABELS, form).encode()
    with pytest.raises(DataError, match="broken JSON") as caught:
        read(sent[: int(part * len(sent))])
    assert "cut short" in caught.value.hint


def test_a_row_that_was_cut_before_its_answer_is_refused():
    assert read(b'item,text,answer\n1,a,\n2,"b and the en').refused == ["row 3: no answer, and no place for one"]


def test_what_another_tool_calls_a_time_is_no_formula():
    rows = [{"item": 1, "answer": "human", "reviewer": "ana", "made": made} for made in ("=1+1", "2026-01-01T00:00Z")]
    assert [one.made for one in read(json.dumps(rows).encode()).answers] == ["", "2026-01-01T00:00Z"]


@pytest.mark.parametrize("number", ["3", "3.0", 3, 3.0], ids=repr)
def test_tables_of_numbers_keep_the_items(number):
    assert read(json.dumps([{"item": number, "answer": "human"}]).encode()).answers == [Said(3, "", "human")]
