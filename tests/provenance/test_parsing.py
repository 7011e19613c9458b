"""Records are read whole or refused with all that is wrong, and the published schema says the same."""

import copy
import dataclasses
import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.provenance import records as made

from outcross.canonical import canonical_json
from outcross.errors import DataError
from outcross.gate.kinds import KINDS
from outcross.provenance import importers
from outcross.provenance import record as parts
from outcross.provenance.completeness import completeness
from outcross.provenance.fields import BY_NAME, below
from outcross.provenance.files import read_record
from outcross.provenance.forms import STANDARDS, Many, part_of
from outcross.provenance.parsing import MOST, examined, record_from
from outcross.provenance.record import Origin, Record, Subject
from outcross.provenance.schema import record_schema

SCHEMA = jsonschema.Draft202012Validator(record_schema())
LEAST = {"schema": parts.SCHEMA, "subject": {"name": "books"}}


def problems_of(**more):
    return [one.pointer for one in examined(LEAST | more, "it")[1]]


def origin(kind="mixed", **shares):
    return [{"kind": kind, "shares": shares}]


@given(made.records())
def test_a_record_survives_being_written_and_read_with_the_same_digest(record):
    written = json.loads(canonical_json(record.to_dict()))
    again = record_from(written, "it")
    assert again.digest == record.digest
    assert again.to_dict() == record.to_dict()
    assert (again.derived_from is None) == (record.derived_from is None)


@given(made.records())
def test_the_schema_takes_what_the_parser_takes(record):
    SCHEMA.validate(json.loads(canonical_json(record.to_dict())))


def places(value, at=()):
    """Every place in plain values."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*at, key))


WHOLE = made.whole().to_dict()
ODD = (
    None, True, 0, 1, 2.0, 0.5, -1, 7, 1e300, "", "text", "Text", "human", "2024-02-30", "2024-02-29", "2023-02-29",
    "2026-03-15\n", "20260315", "2026-03-15T24:00Z", "2026-03-15T12:00", "sha256:" + "5F" * 32, made.DIGEST,
    made.DIGEST + "\n", [], [0.1], [0, 1], [0.1, 2], ["text"], {}, {"name": "x"}, {"kind": "human"}, {"~": {}},
)  # fmt: skip


@given(st.sampled_from([at for at in places(WHOLE) if at]), st.sampled_from(ODD), st.booleans())
def test_schema_and_parser_refuse_the_same_documents(at, odd, beside):
    changed = copy.deepcopy(WHOLE)
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    if beside and isinstance(inner, dict):
        inner["extra"] = odd
    else:
        inner[at[-1]] = odd
    record, problems = examined(changed, "it")
    if SCHEMA.is_valid(changed):
        assert all(one.law for one in problems)
    else:
        assert record is None
        assert any(not one.law for one in problems)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=2)
                    | st.dictionaries(st.sampled_from([*below(""), "x"]), inner, max_size=4),
                    max_leaves=8))  # fmt: skip
def test_anything_else_is_refused_and_nothing_falls_over(value):
    with pytest.raises(DataError):
        record_from(value, "it")


def test_the_table_has_every_field_of_the_record_and_no_other():
    kinds = {"": parts.Record, "subject": parts.Subject, "origins": parts.Origin, "generators": parts.Generator,
             "derived_from": parts.Upstream, "generation_period": parts.Period, "evidence": parts.Proof,
             "given": parts.Given}  # fmt: skip
    for name, kind in kinds.items():
        assert set(below(name)) - {"schema"} == {one.name for one in dataclasses.fields(kind)}
    assert tuple(below("origins.shares")) == parts.PARTS


def test_the_table_names_all_kinds_of_requirement_and_all_standards_that_are_imported():
    in_no_record = {"assumptions"}  # they stand in the file of a mix
    assert {kind for one in BY_NAME.values() for kind in one.asked_by} == set(KINDS) - in_no_record
    assert set(STANDARDS) == {*importers.STANDARDS, "eu"}
    assert {key for one in BY_NAME.values() for key in one.standards} == set(STANDARDS)


@pytest.mark.parametrize("one", BY_NAME.values(), ids=BY_NAME)
def test_every_example_is_one(one):
    if one.leaf is None:
        assert one.example is None
    else:
        for value in one.example if isinstance(one.form, Many) else [one.example]:
            one.leaf.read(value)


def test_all_problems_are_told_at_once_with_place_expectation_and_the_nearest_name():
    wrong = {"schema": parts.SCHEMA, "subject": {"name": "", "digest": "main", "tokens": -5}, "isuer": "me",
             "generators": [{"version": "1"}], "license": "MIT", "issued": "yesterday"}  # fmt: skip
    with pytest.raises(DataError) as caught:
        record_from(wrong, "books.json")
    told = caught.value.message.splitlines()
    assert told[0] == "books.json is no provenance record:"
    for place in ("/subject/name", "/subject/digest", "/subject/tokens", "/isuer", "/generators/0/model", "/license",
                  "/issued"):  # fmt: skip
        assert sum(line.startswith(f"  {place}:") for line in told) == 1, place
    assert len(told) == 8
    assert "Did you mean 'issuer'?" in caught.value.message
    assert "found 'main'" in caught.value.message


@pytest.mark.parametrize(
    ("origins", "wrong"),
    [
        (origin(human=[0.6, 0.7], synthetic=[0.5, 0.6]), ["/origins/0/shares"]),
        (origin(human=[0, 0.1], synthetic=[0, 0.1], edited=[0, 0.1], procedural=[0, 0.1]), ["/origins/0/shares"]),
        (origin("synthetic", synthetic=[0, 0.5]), ["/origins/0/shares"]),
        (origin("human", human=[0.9, 1], synthetic=[0, 0.1]), []),
        (origin(human=[0.7, 0.6]), ["/origins/0/shares/human"]),
        (origin(human=[0.5, 1.5]), ["/origins/0/shares/human"]),
        (origin(robots=[0, 1]), ["/origins/0/shares/robots"]),
        ([{"kind": "human"}, {"kind": "edited", "scope": "text"}], ["/origins/1/scope"]),
        ([{"kind": "human"}, {"kind": "edited", "scope": "labels"}], []),
    ],
)
def test_shares_are_parts_of_a_whole_and_a_scope_is_told_once(origins, wrong):
    assert problems_of(origins=origins) == wrong


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        ("2025", "2024", True), ("2025-06", "2025", False), ("2025-06-02", "2025-05", True),
        ("2025-06-01T12:00:00Z", "2025-06-01T13:00:00+02:00", True), ("2025-06-01T12:00Z", "2025-06-01", False),
    ],
)  # fmt: skip
def test_a_period_does_not_end_before_it_begins(start, end, wrong):
    assert bool(problems_of(generation_period={"start": start, "end": end})) == wrong
    assert bool(problems_of(issued=start, expires=end)) == wrong


def test_a_file_of_nothing_but_faults_is_given_up_early():
    assert len(examined(LEAST | {f"key{n}": 0 for n in range(10_000)}, "it")[1]) == MOST


def test_whole_numbers_written_as_floats_are_whole_numbers():
    record = record_from(LEAST | {"subject": {"name": "books", "tokens": 3.0}}, "it")
    assert record.subject == Subject("books", tokens=3)
    assert isinstance(record.subject.tokens, int)


def test_shares_written_as_whole_numbers_make_no_other_digest():
    assert (
        Record(Subject("x"), (Origin("mixed", "text", {"human": (0, 1)}),)).digest
        == record_from(LEAST | {"subject": {"name": "x"}, "origins": origin(human=[0.0, 1.0])}, "it").digest
    )


def test_a_name_that_would_steer_a_terminal_is_told_as_an_escape():
    _, (problem,) = examined(LEAST | {"a\x1b[2Jb\n": 1}, "it")
    assert problem.said.isprintable()


def test_a_file_is_read_as_a_record(tmp_path):
    path = tmp_path / "books.provenance.json"
    path.write_text(json.dumps(WHOLE), encoding="utf-8")
    assert read_record(str(path)) == made.whole()
    path.write_text('{"schema": NaN}', encoding="utf-8")
    with pytest.raises(DataError, match="NaN is no number"):
        read_record(str(path))


def test_a_record_that_tells_everything_is_complete():
    assert completeness(made.whole()) == ()


def test_what_nobody_knows_is_listed_and_generators_only_where_a_model_had_a_hand_in_it():
    bare = completeness(Record(Subject("books")))
    assert {"subject.digest", "origins", "derived_from", "generation_period", "license", "evidence"} <= set(bare)
    assert "generators" not in bare
    synthetic = Record(Subject("books"), (Origin("synthetic"),), derived_from=())
    assert "generators" in completeness(synthetic)
    assert "derived_from" not in completeness(synthetic)
    assert [name for name in completeness(synthetic) if part_of(BY_NAME[name].form)] == [
        "generators", "generation_period", "evidence",
    ]  # fmt: skip


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0\u3000", "\u200b\u202e", "\ufeff", "\x1b"])
def test_a_text_in_which_nothing_can_be_seen_is_no_answer(blank):
    told = {"schema": parts.SCHEMA, "subject": {"name": "books"}, "issuer": blank}
    with pytest.raises(DataError, match="/issuer"):
        record_from(told, "books.json")
    assert list(SCHEMA.iter_errors(told))
