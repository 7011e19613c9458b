"""Each kind of criterion, on mixes that meet it, break it, or leave it open."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.making import MIX1, G, Row, bounds, evidence_of, judged, mix1

from outcross.errors import DataError
from outcross.gate.kinds import FIELDS, KINDS, ORIGINS
from outcross.gate.sources import sources_of
from outcross.provenance import record
from outcross.provenance.fields import BY_NAME

GOOD = Row("good", 90)


def of_one(told, criterion, tokens: float = 10):
    """The assessment of a mix of 90 good tokens and so many of another source."""
    there = evidence_of((GOOD, Row("other", tokens, told.pop("made", (0.0, 0.0)), told=told)))
    return judged(there, criterion).assessments[0]


def finding(code: str, remedy: str = "") -> list[dict[str, str]]:
    return [{"code": code, "said": f"it is {code}", "remedy": remedy}]


@pytest.mark.parametrize(("told", "criterion", "expected", "said"), [
    ({"fields": ["issuer"]}, {"kind": "required_fields", "fields": ["issuer", "license"]}, "fail", "tell license"),
    ({"fields": []}, {"kind": "required_fields", "fields": ["issuer"]}, "fail", "other has no record"),
    ({"level": 1}, {"kind": "evidence_level", "level": 2}, "fail", "other has level 1, not 2"),
    ({"level": 3}, {"kind": "evidence_level", "level": 2}, "pass", ""),
    ({"level": 1, "origin": "synthetic"}, {"kind": "evidence_level", "level": 2, "origins": ["human"]}, "pass", ""),
    ({"level": 0, "origin": "unknown"}, {"kind": "evidence_level", "level": 2, "origins": ["human"]}, "inconclusive",
     "level 0"),
    ({"generators": ["GPT-4o", "Llama-3"]}, {"kind": "generator_deny", "models": ["gpt-4*"]}, "fail", "GPT-4o"),
    ({"generators": ["Llama-3"]}, {"kind": "generator_deny", "models": ["gpt-4*"]}, "pass", ""),
    ({"made": (0.0, 1.0)}, {"kind": "generator_deny", "models": ["gpt-4*"]}, "inconclusive", "nobody names"),
    ({"generators": ["Llama-3"]}, {"kind": "generator_allow", "models": ["llama-*"]}, "pass", ""),
    ({"generators": ["Llama-3", "x"]}, {"kind": "generator_allow", "models": ["llama-*"]}, "fail", "by x,"),
    ({"made": (0.5, 0.5)}, {"kind": "generator_allow", "models": ["*"]}, "inconclusive", "nobody names"),
    ({"signature": "absent"}, {"kind": "signature"}, "fail", "signature that is absent"),
    ({"signature": "invalid"}, {"kind": "signature"}, "fail", "signature that is invalid"),
    ({"findings": finding("unlisted")}, {"kind": "signature"}, "fail", "unlisted"),
    ({"findings": finding("unchecked")}, {"kind": "signature"}, "inconclusive", "nobody checked"),
    ({"findings": finding("unchecked")}, {"kind": "signature", "bytes": False}, "pass", ""),
    ({"manifest": ""}, {"kind": "signature"}, "fail", "no manifest"),
    ({"signed_by": "ed25519:z"}, {"kind": "signature", "signers": ["ed25519:k"]}, "fail", "does not name"),
    ({"expires": "2026-11-22"}, {"kind": "freshness"}, "fail", "expired on 2026-11-22"),
    ({"expires": "2026-11-23"}, {"kind": "freshness"}, "pass", ""),
    ({"findings": finding("expired")}, {"kind": "freshness"}, "fail", "has expired"),
    ({"issued": "2024-11-23"}, {"kind": "freshness", "max_days": 730}, "pass", ""),
    ({"issued": "2024-11-22"}, {"kind": "freshness", "max_days": 730}, "fail", "731 days"),
    ({"issued": "2027-01-01"}, {"kind": "freshness", "max_days": 730}, "fail", "a day to come"),
    ({"issued": "last year"}, {"kind": "freshness", "max_days": 730}, "inconclusive", "does not tell when"),
    ({"record": ""}, {"kind": "freshness"}, "inconclusive", "no record"),
    ({"license": ["GPL-3.0-only"]}, {"kind": "license", "allow": ["CC*", "MIT"]}, "fail", "GPL-3.0-only"),
    ({"license": ["mit"]}, {"kind": "license", "allow": ["CC*", "MIT"]}, "pass", ""),
    ({"license": []}, {"kind": "license", "allow": ["CC*"]}, "inconclusive", "nobody told"),
    ({"license": ["other"]}, {"kind": "license", "deny": ["GPL*"]}, "inconclusive", "nobody told"),
    ({"license": ["MIT", "unknown"]}, {"kind": "license", "allow": ["CC*", "MIT"]}, "inconclusive", "nobody told"),
    ({"license": ["MIT", "GPL-2.0-only"]}, {"kind": "license", "allow": ["CC*", "MIT"]}, "fail", "GPL-2.0-only"),
    ({"license": ["GPL-2.0-only OR MIT"]}, {"kind": "license", "allow": ["CC*", "MIT"]}, "pass", ""),
    ({"license": ["GPL-2.0-only AND MIT"]}, {"kind": "license", "allow": ["CC*", "MIT"]}, "fail", "GPL-2.0-only"),
    ({"license": ["MIT OR GPL-2.0-only"]}, {"kind": "license", "deny": ["GPL*"]}, "pass", ""),
    ({"license": ["(MIT OR GPL-2.0-only) AND BSD-3-Clause"]}, {"kind": "license", "deny": ["GPL*"]}, "fail", "GPL"),
    ({"findings": finding("contradictory")}, {"kind": "contradiction"}, "fail", "contradictory"),
])  # fmt: skip
def test_a_source_meets_a_rule_breaks_it_or_leaves_it_open(told, criterion, expected, said):
    one = of_one(dict(told), criterion)
    assert one.result == expected, one.reason
    assert said in one.reason
    assert one.interval == pytest.approx({"pass": (0, 0), "fail": (0.1, 0.1), "inconclusive": (0, 0.1)}[expected])
    assert bool(one.remedies) == (expected != "pass")


def test_a_share_of_the_tokens_may_break_a_rule_where_the_policy_allows_it():
    told = {"level": 0}
    assert of_one(dict(told), {"kind": "evidence_level", "level": 2, "max": 0.10}).result == "pass"
    assert of_one(dict(told), {"kind": "evidence_level", "level": 2, "max": 0.09}).result == "fail"


def test_without_tokens_a_rule_for_every_source_can_be_judged_and_a_tolerated_share_cannot():
    told = {"share": None, "tokens": None, "level": 1}
    assert of_one(dict(told), {"kind": "evidence_level", "level": 1}).result == "pass"
    assert of_one(dict(told), {"kind": "evidence_level", "level": 2}).result == "fail"
    assert of_one(dict(told), {"kind": "evidence_level", "level": 2, "max": 0.5}).result == "unknown"


def test_tokens_that_no_source_is_named_for_may_be_anything():
    there = evidence_of((GOOD, Row("other", 10)))
    items = (there["mix.sources"].items[0],)
    there["mix.sources"] = bounds("mix.sources", 1, 1, items)
    one = judged(there, {"kind": "evidence_level", "level": 2}).assessments[0]
    assert one.interval == pytest.approx((0.0, 0.1))
    assert one.result == "inconclusive"


@given(st.floats(0, 1))
def test_edited_text_counts_by_its_weight(weight):
    one = judged(mix1(), {"kind": "synthetic_share", "max": 0.2, "count_edited": weight}).assessments[0]
    # Of the worked example 5 of 80 are edited, all else that models made is synthetic.
    assert one.interval == pytest.approx((0.165 - (1 - weight) / 16, 0.21 - (1 - weight) / 16))


def test_a_floor_in_tokens_does_not_shrink_with_the_mix():
    both = {"kind": "human_floor", "min": 0.5, "min_tokens": 70 * G}
    one = judged(mix1(), both).assessments[0]
    assert (one.result, one.unit, one.limit) == ("fail", "tokens", 70 * G)
    assert one.remedies == ("Add 6.8 G tokens of human text that is signed (level 2).",)
    assert judged(mix1(), {"kind": "human_floor", "min": 0.5}).assessments[0].result == "pass"


def test_a_model_that_reads_its_own_line_is_told_with_the_path():
    there = evidence_of(MIX1, self_loop=(1, 1))
    item = {"id": "m0-out", "path": ["m0", "m0-out", "mix1", "m1"]}
    there["mix.self_loop"] = replace(there["mix.self_loop"], items=(item,))
    one = judged(there, {"kind": "self_loop"}).assessments[0]
    assert one.result == "fail"
    assert "m0-out by m0 → m0-out → mix1 → m1" in one.reason
    assert one.remedies == ("Leave out what comes by m0 → m0-out → mix1 → m1.",)


def test_what_is_taken_on_a_word_is_told_and_what_has_lapsed_is_noted_and_does_not_count():
    there = evidence_of(MIX1, assumptions=(2, 2))
    items = ({"id": "books", "owner": "library", "lapsed": False}, {"id": "crawl", "owner": "bo", "lapsed": True})
    there["mix.assumptions"] = replace(there["mix.assumptions"], items=items)
    verdict = judged(there, {"kind": "assumptions", "on_fail": "escalate"})
    one = verdict.assessments[0]
    assert (one.result, one.interval, verdict.outcome) == ("fail", (1.0, 1.0), "escalate")
    assert "books, on the word of library" in one.reason
    assert one.remedies == ("Put a signed record or labels in the place of the assumption books.",)
    assert verdict.notes == ("The assumption crawl has lapsed, and is not taken as true.",)


def test_ancestors_that_narrow_the_answer_most_come_first():
    there = evidence_of(MIX1, unresolved=(2, 2))
    items = ({"id": "a", "narrows": 0.1, "remedy": ""}, {"id": "b", "narrows": 0.4, "remedy": ""})
    there["mix.unresolved"] = replace(there["mix.unresolved"], items=items)
    one = judged(there, {"kind": "unresolved_ancestors"}).assessments[0]
    assert [way.split(":")[0] for way in one.remedies] == ["Get a record of b", "Get a record of a"]


def test_every_field_of_a_record_can_be_asked_for_and_nothing_else():
    ours = ("schema", "given", "given.", "origins.shares.")
    told = [name for name in BY_NAME if name not in ours and not name.startswith(ours[2:])]
    assert told == list(FIELDS)
    assert record.KINDS == ORIGINS


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_what_it_asks_and_what_would_close_a_gap(name):
    kind = KINDS[name]
    assert kind.name == name
    assert kind.asks.endswith("?")
    assert kind.reads
    assert kind.unknown
    assert kind.closes
    assert kind.clauses


wrong = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=5,
)  # fmt: skip


@given(st.sampled_from(sorted(MIX1[0].item(1.0))), wrong)
def test_items_with_values_of_any_type_are_read_or_refused_with_their_place(name, value):
    item = MIX1[0].item(80 * G) | {name: value}
    try:
        (read,) = sources_of([item])
    except DataError as error:
        refused = error.message
    else:
        refused = ""
    if refused:
        assert refused == f"Source 1 of the evidence has a {name!r} that cannot be."
        return
    assert 0 <= read.level <= 3
    assert 0 <= read.made[0] <= read.made[1] <= 1
