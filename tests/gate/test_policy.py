"""A policy is typed: what nobody knows is refused with its line, and the schema that is published says the same."""

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.gate.making import MINIMAL, mix1, read, tables

from outcross.errors import CallError
from outcross.gate.assess import assess
from outcross.gate.kinds import KINDS
from outcross.gate.policy import CRITERION, POLICY, chosen_policy, policy_of
from outcross.gate.schema import policy_schema
from outcross.gate.starting import STARTERS, starter
from outcross.settings import TABLES, Settings, Written, check_tables, read_tables
from outcross.settings import read as read_settings

HEAD = '[policy]\nname = "tried"\nversion = 2\nowner = "ana"\n\n'
ONE = HEAD + '[[criterion]]\nid = "share"\nkind = "synthetic_share"\nowner = "ana"\nmax = 0.2\n'


def test_a_criterion_is_read_with_the_defaults_of_its_kind():
    made = read(ONE + 'review = 2027-05-31\nmaps_to = ["NIST AI 600-1 MS-2.11-005"]\n')
    (one,) = made.criteria
    assert (made.name, made.version, made.min_version, made.level) == ("tried", 2, 1, 0.95)
    assert (one.layer, one.bound, one.on_fail, one.on_unknown, one.on_inconclusive) == (
        "data", "upper", "pause", "pause", "pause",
    )  # fmt: skip
    assert one.parameters == {"max": 0.2, "count_edited": 1.0}
    assert one.review == "2027-05-31"


@pytest.mark.parametrize(("text", "line", "said", "hint"), [
    (ONE.replace("max =", "mx ="), 10, "no key 'mx' in [[criterion]] 'share'", "Did you mean 'max'?"),
    (ONE.replace("synthetic_share", "syntetic_share"), 8, "kind must be one of", "Did you mean 'synthetic_share'?"),
    (ONE + 'on_fail = "pass"\n', 11, "on_fail must be one of pause, escalate, block, not 'pass'", "Did you mean"),
    (ONE + 'on_fail = "blocking"\n', 11, "on_fail must be one of", "Did you mean 'block'?"),
    (ONE + 'bound = "lower"\n', 11, "the other end would let pass what nobody knows", "There are: upper"),
    (ONE.replace("max = 0.2", "max = 20"), 10, "max must be a share, 0 to 1, not 20", "Correct it"),
    (ONE.replace("max = 0.2", "max = true"), 10, "max must be a share", "Correct it"),
    (ONE.replace("max = 0.2", "max = nan"), 10, "max must be a share", "Correct it"),
    (ONE.replace("max = 0.2\n", ""), 6, "'share' needs max", "Correct it"),
    (ONE.replace('owner = "ana"\nmax', "max"), 6, "needs owner: who answers for it", "Correct it"),
    (HEAD.replace('owner = "ana"\n', "") + ONE[len(HEAD) :], 1, "[policy] needs owner", "Correct it"),
    (ONE.replace('"ana"\nmax', '" "\nmax'), 9, "owner must be a text that is not empty", "Correct it"),
    (ONE.replace('"share"', '"My share"'), 7, "id must be small letters", "Correct it"),
    (ONE + "review = 2027-05-31T00:00:00\n", 11, "review must be a date", "Correct it"),
    (ONE + 'review = "2027-02-30"\n', 11, "review must be a date", "Correct it"),
    (ONE + '[[criterion]]\nid = "share"\nkind = "self_loop"\nowner = "ana"\n', 12, "two criteria 'share'", "Correct"),
    (ONE + '[[criterion]]\nid = "b"\nkind = "human_floor"\nowner = "ana"\n', 11, "needs min or min_tokens", "Correct"),
    (ONE + '[[criterion]]\nid = "b"\nkind = "required_fields"\nowner = "ana"\nfields = ["issuer", "licence"]\n', 15,
     "fields must be a list of words", "Did you mean 'license'?"),
    (ONE + '[[criterion]]\nid = "b"\nkind = "license"\nowner = "ana"\nallow = []\n', 15, "allow must be", "Correct"),
    (ONE.replace("version = 2", "version = 0"), 3, "version must be a whole number", "Correct it"),
    (ONE.replace("version = 2", "version = 2\nmin_version = 3"), 3, "below min_version, 3", "Correct it"),
    (ONE.replace("[policy]", "[polic]"), 1, "no table [polic]", "Did you mean 'policy'?"),
    (ONE.replace("[[criterion]]", "[criterion]"), 6, "one [[criterion]] or more", "Correct it"),
    (HEAD, 1, "one [[criterion]] or more", "Correct it"),
    (ONE[len(HEAD):], 1, "one table [policy]", "Correct it"),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_line_and_what_was_meant(tmp_path, text, line, said, hint):
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CallError) as caught:
        chosen_policy(tmp_path / "outcross.toml", path)
    assert f"policy.toml, line {line}:" in caught.value.message
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_a_workspace_without_a_policy_is_told_how_to_begin_one(tmp_path):
    with pytest.raises(CallError, match="holds no policy") as caught:
        chosen_policy(tmp_path / "outcross.toml")
    assert "init --policy" in caught.value.hint
    with pytest.raises(CallError, match="There is no file"):
        chosen_policy(tmp_path / "outcross.toml", tmp_path / "other.toml")


def test_a_policy_lies_beside_the_other_settings_which_do_not_look_at_it(tmp_path):
    (tmp_path / "outcross.toml").write_text("[track]\nalpha = 0.01\n\n" + ONE, encoding="utf-8")
    assert chosen_policy(tmp_path / "outcross.toml").name == "tried"
    assert read_settings(tmp_path).track.alpha == 0.01
    (tmp_path / "outcross.toml").write_text("[policy]\nname = 5\n", encoding="utf-8")
    assert read_settings(tmp_path) == Settings()


def test_a_policy_that_is_older_than_the_workspace_allows_is_refused(tmp_path):
    own, other = tmp_path / "outcross.toml", tmp_path / "old.toml"
    own.write_text(ONE.replace("version = 2", "version = 5\nmin_version = 3"), encoding="utf-8")
    other.write_text(ONE, encoding="utf-8")
    with pytest.raises(CallError, match="Version 2 of the policy 'tried' may not be used any more"):
        chosen_policy(own, other)
    other.write_text(ONE.replace("version = 2", "version = 3"), encoding="utf-8")
    assert chosen_policy(own, other).version == 3
    other.write_text(ONE.replace('"tried"', '"another"'), encoding="utf-8")
    assert chosen_policy(own, other).name == "another"


def test_the_digest_is_of_what_is_asked_not_of_how_it_is_written():
    plain = read(ONE)
    assert read("# a comment\n" + ONE.replace("max = 0.2", "count_edited = 1.0\nmax = 0.20")).digest == plain.digest
    assert read(ONE.replace("0.2", "0.21")).digest != plain.digest
    assert policy_of(Written(Path("p"), plain.to_dict())).digest == plain.digest


@pytest.mark.parametrize("name", STARTERS)
def test_a_policy_to_begin_with_is_one_and_every_owner_is_to_be_filled_in(name):
    made = read(starter(name))
    assert made.name == name
    owners = {one.owner for one in made.criteria}
    assert all(owner.startswith("fill in: ") for owner in owners)
    verdict = assess(made, list(mix1().values()), "2026-11-23T12:00:00+00:00")
    assert (verdict.outcome == "pass") == (name == "lenient")
    assert all(one.id in " ".join(verdict.notes) for one in made.criteria)


def test_the_standard_policy_pauses_the_worked_example_on_the_upper_bound():
    verdict = assess(read(starter("standard")), list(mix1().values()), "2026-11-23T12:00:00+00:00")
    first = verdict.assessments[0]
    assert verdict.outcome == "pause"
    assert (first.criterion, first.outcome, first.result, first.end) == (
        "synthetic-share", "pause", "inconclusive", "upper",
    )  # fmt: skip
    assert "the upper end, 21 %, is above that" in first.reason


def test_the_starters_are_stricter_one_after_the_other():
    limits = {name: {one.id: one.parameters for one in read(starter(name)).criteria} for name in STARTERS}
    lenient, standard, strict = (limits[name] for name in STARTERS)
    for looser, tighter in ((lenient, standard), (standard, strict)):
        assert looser["synthetic-share"]["max"] > tighter["synthetic-share"]["max"]
        assert looser["unknown-share"]["max"] > tighter["unknown-share"]["max"]
        assert set(looser) - {"human-is-signed"} <= set(tighter)


# The schema.

VALIDATOR = Draft202012Validator(policy_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def accepted(document: Any) -> bool:
    """Whether the parser takes a document."""
    written = Written(Path("policy.toml"), document)
    try:
        check_tables(written)
        policy_of(written)
    except CallError:
        return False
    return True


def test_the_schema_is_one():
    Draft202012Validator.check_schema(policy_schema())


@pytest.mark.parametrize("name", STARTERS)
def test_the_schema_takes_the_policies_to_begin_with(name):
    document = json.loads(json.dumps(tomllib.loads(starter(name)), default=dt.date.isoformat))
    assert not list(VALIDATOR.iter_errors(document))


def test_the_schema_takes_every_kind():
    document = tables(*({"kind": kind} | told for kind, told in MINIMAL.items()))
    assert not list(VALIDATOR.iter_errors(document))
    assert accepted(document)


@pytest.mark.parametrize("name", TABLES)
def test_the_schema_takes_a_policy_that_stands_beside_any_other_setting(name):
    document = tables({"kind": "contradiction"}) | {name: {}}
    assert not list(VALIDATOR.iter_errors(document))


values = st.one_of(
    st.sampled_from(["", " ", "x", "upper", "lower", "pause", "escalate", "block", "pass", "data", "a.b-c", "A", "a\n",
                     "2027-03-31", "2027-02-30", "2027-3-1", "20270331", *KINDS]),
    st.sampled_from([0, 1, 2, 3, 4, -1, 0.5, 1.0, 2.0, 1.5, 1e30, True, False, None]),
    st.lists(st.sampled_from(["issuer", "x", "", "human", 1]), max_size=2), st.just({}),
)  # fmt: skip
KEYS = sorted({key.name for key in (*CRITERION, *POLICY)} | {key.name for one in KINDS.values() for key in one.takes})


@st.composite
def documents(draw) -> dict[str, Any]:
    """Policies with changes: keys left out, added, of other types."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=2))
    made = tables(*({"kind": kind} | MINIMAL[kind] for kind in kinds))
    for _ in range(draw(st.integers(0, 3))):
        target = draw(st.sampled_from([made["policy"], *made["criterion"]]))
        key = draw(st.sampled_from([*KEYS, "unknown-key"]))
        if key in target and draw(st.booleans()):
            del target[key]
        else:
            target[key] = draw(values)
    if draw(st.integers(0, 19)) == 0:
        made[draw(st.sampled_from([*TABLES, "polic", "policy", "criterion"]))] = draw(values)
    return made


@settings(max_examples=300)
@given(documents())
def test_the_schema_takes_what_the_parser_takes_and_nothing_else(document):
    rows = document.get("criterion")
    ids = [json.dumps(one.get("id")) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    head = document.get("policy")
    versions = [head.get("version"), head.get("min_version", 1)] if isinstance(head, dict) else []
    beyond_a_schema = len(set(ids)) < len(ids) or (
        all(isinstance(one, int | float) for one in versions) and versions != sorted(versions, reverse=True)
    )
    if not beyond_a_schema:
        assert accepted(document) == VALIDATOR.is_valid(document)


def test_tables_of_settings_are_read_with_their_text(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(ONE, encoding="utf-8")
    assert read_tables(path) == Written(path, tomllib.loads(ONE), ONE)
