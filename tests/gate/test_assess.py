"""The one evaluator: only what is known to be within its limit passes."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.making import MINIMAL, MIX1, MT, NOW, Row, bounds, evidence_of, judged, mix1, policy, unknown

from outcross.errors import DataError
from outcross.estimate import Bounds, Estimate, Unknown
from outcross.gate.assess import assess, worst
from outcross.gate.kinds import KINDS
from outcross.gate.reading import held
from outcross.gate.record import OUTCOMES, Verdict

HUMAN = (Row("books", 10**9), Row("letters", 10**8))
SYNTHETIC = {"kind": "synthetic_share", "max": 0.20}
ends = st.floats(0, 1)


def of(low: float, high: float, name: str = "mix.synthetic_or_edited"):
    """Evidence of a mix whose synthetic or edited share has these ends."""
    return evidence_of(HUMAN) | {name: bounds(name, low, high)}


def result(evidence, criterion) -> str:
    return judged(evidence, criterion).assessments[0].result


def test_the_worked_example_pauses_on_its_upper_bound_though_its_middle_is_within_the_limit():
    verdict = judged(mix1(), SYNTHETIC)
    one = verdict.assessments[0]
    assert (verdict.outcome, verdict.exit_code, one.result, one.end) == ("pause", 1, "inconclusive", "upper")
    assert one.interval == pytest.approx((0.165, 0.21))
    assert sum(one.interval) / 2 < 0.20
    assert "16.5 to 21 %" in one.reason
    assert "the upper end, 21 %, is above that" in one.reason


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0.0, 0.1, "pass"), (0.1, 0.2, "pass"), (0.2, 0.2, "pass"), (0.1, 0.2001, "inconclusive"),
    (0.2, 0.3, "inconclusive"), (0.2001, 0.3, "fail"), (0.0, 1.0, "inconclusive"),
    (0.1, 0.2 + 1e-15, "pass"),
])  # fmt: skip
def test_a_maximum_is_met_where_the_upper_end_is_within_it_and_missed_where_the_lower_end_is_not(low, high, expected):
    assert result(of(low, high), SYNTHETIC) == expected


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0.5, 0.9, "pass"), (0.49, 0.9, "inconclusive"), (0.1, 0.5, "inconclusive"), (0.1, 0.49, "fail"),
])  # fmt: skip
def test_a_minimum_is_met_where_the_lower_end_is_within_it_and_missed_where_the_upper_end_is_not(low, high, expected):
    assert result(of(low, high, "mix.human"), {"kind": "human_floor", "min": 0.5}) == expected


def test_an_end_without_limit_never_passes_and_is_said():
    one = judged(mix1(), {"kind": "max_depth", "max": 10**6}).assessments[0]
    assert (one.result, one.interval) == ("inconclusive", (1.0, math.inf))
    assert "without end" in one.reason
    assert one.remedies == ("Get the record of mt-model-x.",)


@given(ends, ends, ends, ends)
def test_loosening_a_limit_never_makes_a_pass_anything_else(a, b, limit, looser):
    low, high = sorted((a, b))
    most, more = sorted((limit, looser))
    for name, kind, tight, loose in (
        ("mix.synthetic_or_edited", "synthetic_share", {"max": most}, {"max": more}),
        ("mix.human", "human_floor", {"min": more}, {"min": most}),
    ):
        order = ("fail", "inconclusive", "pass")
        before, after = (result(of(low, high, name), {"kind": kind} | one) for one in (tight, loose))
        assert order.index(after) >= order.index(before)


@given(ends, ends, ends, ends, ends)
def test_widening_an_interval_never_makes_anything_a_pass_nor_a_pass_a_fail(a, b, lower, higher, limit):
    low, high = sorted((a, b))
    wide = low * lower, high + (1 - high) * higher
    for name, criterion in (
        ("mix.synthetic_or_edited", {"kind": "synthetic_share", "max": limit}),
        ("mix.human", {"kind": "human_floor", "min": limit}),
    ):
        before, after = result(of(low, high, name), criterion), result(of(*wide, name), criterion)
        assert after in {before, "inconclusive"}


@given(st.lists(st.sampled_from(OUTCOMES)), st.sampled_from(OUTCOMES))
def test_no_other_outcome_hides_a_block_and_more_requirements_never_lead_to_a_milder_one(outcomes, another):
    assert OUTCOMES.index(worst([*outcomes, another])) >= OUTCOMES.index(another)
    if outcomes:
        assert OUTCOMES.index(worst([*outcomes, another])) >= OUTCOMES.index(worst(outcomes))
    assert worst([*outcomes, "block"]) == "block"


def test_a_policy_that_asks_nothing_passes_nothing():
    assert worst([]) == "pause"


@pytest.mark.parametrize("kind", KINDS)
def test_signed_human_text_meets_the_least_of_every_kind(kind):
    verdict = judged(evidence_of(HUMAN), {"kind": kind} | MINIMAL[kind])
    assert verdict.outcome == "pass", verdict.assessments
    assert verdict.exit_code == 0
    assert verdict.assessments[0].evidence


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, one in KINDS.items() for name in one.reads])
def test_what_is_missing_unknown_stale_or_no_interval_never_passes(kind, name):
    there = evidence_of(HUMAN)
    broken = [
        {other: one for other, one in there.items() if other != name},
        there | {name: unknown(there[name])},
        there | {name: replace(there[name], valid_until="2026-11-22")},
        there | {name: replace(there[name], finding=Bounds(2.0, 1.0, "", ""))},
    ]
    for evidence in broken:
        verdict = judged(evidence, {"kind": kind} | MINIMAL[kind])
        assert verdict.assessments[0].result == "unknown", kind
        assert verdict.outcome == "pause"
        assert name in verdict.assessments[0].reason or "nobody looked" in verdict.assessments[0].reason


def test_what_is_no_number_is_no_interval():
    for low, high in ((math.nan, 1.0), (0.0, math.nan), (-math.inf, 0.0), (math.inf, math.inf)):
        assert isinstance(held([bounds("x", low, high)], NOW, 0.95).interval("x"), Unknown)


@pytest.mark.parametrize("kind", KINDS)
def test_no_evidence_at_all_passes_nothing(kind):
    verdict = judged({}, {"kind": kind, "on_unknown": "escalate"} | MINIMAL[kind])
    assert verdict.assessments[0].result == "unknown"
    assert verdict.outcome != "pass"


@pytest.mark.parametrize("names", [[], ["mix.sources"]])
def test_figures_without_the_sources_they_come_from_do_not_pass(names):
    there = evidence_of(HUMAN)
    figures = {"mix.synthetic_or_edited": there["mix.synthetic_or_edited"]}
    verdict = judged(figures | {name: replace(there[name], items=()) for name in names}, SYNTHETIC)
    assert [one.result for one in verdict.assessments] == ["pass", "unknown"]
    assert verdict.outcome == "pause"


@pytest.mark.parametrize(
    ("on", "outcome", "code"), [("pause", "pause", 1), ("escalate", "escalate", 3), ("block", "block", 1)]
)
def test_the_policy_says_what_becomes_of_each_result(on, outcome, code):
    for low, high, key in ((0.3, 0.4, "on_fail"), (0.1, 0.4, "on_inconclusive")):
        verdict = judged(of(low, high), SYNTHETIC | {key: on})
        assert (verdict.outcome, verdict.exit_code) == (outcome, code)
    assert judged({}, SYNTHETIC | {"on_unknown": on}).assessments[0].outcome == outcome


def test_what_is_inconclusive_is_held_like_what_is_unknown_unless_the_policy_says_otherwise():
    assert judged(of(0.1, 0.4), SYNTHETIC | {"on_unknown": "block"}).outcome == "block"


@pytest.mark.parametrize("code", ["forged", "replayed"])
def test_what_is_forged_blocks_whatever_the_policy_says_and_however_few_tokens_it_has(code):
    finding = [{"code": code, "said": "the signature does not hold", "remedy": "Leave it out."}]
    for valid_until in ("", "2020-01-01"):
        there = evidence_of((*HUMAN, Row("bad", 0, told={"findings": finding})))
        there["mix.sources"] = replace(there["mix.sources"], valid_until=valid_until)
        verdict = judged(there, SYNTHETIC | {"on_fail": "escalate", "on_unknown": "escalate"})
        assert verdict.outcome == "block"
        assert "forged" in verdict.says
        assert "bad: the signature does not hold" in verdict.assessments[-1].reason
        assert verdict.assessments[-1].remedies == ("Leave it out (bad).",)


def test_contradictions_are_for_people_whatever_the_policy_says():
    finding = [{"code": "contradictory", "said": "the card says none, the summary says some", "remedy": ""}]
    there = evidence_of((*HUMAN, Row("two-minded", 10, told={"findings": finding})))
    verdict = judged(there, SYNTHETIC)
    assert (verdict.outcome, verdict.exit_code) == ("escalate", 3)
    stricter = judged(there, {"kind": "contradiction", "on_fail": "block"})
    assert stricter.outcome == "block"
    assert len(stricter.assessments) == 1


def test_a_pause_goes_before_people_and_says_that_people_are_needed_too():
    finding = [{"code": "contradictory", "said": "x"}]
    there = evidence_of((*MIX1, Row("two-minded", 10, told={"findings": finding})))
    verdict = judged(there, SYNTHETIC)
    assert verdict.outcome == "pause"
    assert "People must look at 1 more" in verdict.says


def test_an_estimate_is_read_at_the_level_of_the_policy():
    share = Estimate(0.15, 0.02, 1000.0, 2000, "share of tokens", "labels", "a uniform sample")
    name = "mix.synthetic_or_edited"
    there = evidence_of(HUMAN)
    there[name] = replace(there[name], finding=share)
    assert judged(there, SYNTHETIC).outcome == "pass"
    verdict = judged(there, SYNTHETIC, level=0.999)
    assert verdict.assessments[0].result == "inconclusive"
    assert verdict.assessments[0].interval == pytest.approx(share.interval(0.999))


def test_the_verdict_names_what_it_takes_as_true_and_what_it_rests_on():
    there = mix1()
    asked = policy(SYNTHETIC)
    verdict = assess(asked, list(there.values()), NOW)
    assert verdict.assumptions == (MT,)
    assert verdict.policy["digest"] == asked.digest
    assert verdict.subjects == {"mix": "sha256:" + "c" * 64}
    assert set(verdict.evidence) == {one.digest for one in there.values()}
    assert verdict.assessments[0].evidence == (there["mix.synthetic_or_edited"].digest,)
    assert [one["name"] for one in verdict.sources] == ["books", "crawl", "m0-out", "mt-books"]
    assert verdict.unresolved[0]["id"] == "mt-model-x"


def test_the_verdict_is_read_back_as_it_was_written_with_the_same_digest():
    criteria = [{"kind": kind} | told for kind, told in MINIMAL.items()]
    verdict = judged(mix1(), *criteria)
    again = Verdict.from_dict(verdict.to_dict())
    assert again == verdict
    assert again.digest == verdict.digest
    with pytest.raises(DataError, match="no verdict"):
        Verdict.from_dict({"schema": "outcross.verdict/2"})
    with pytest.raises(DataError, match="no verdict"):
        Verdict.from_dict(verdict.to_dict() | {"more": 1})
    other = "block" if verdict.outcome == "pass" else "pass"
    with pytest.raises(DataError, match="not what its requirements come to"):
        Verdict.from_dict(verdict.to_dict() | {"outcome": other})


def test_any_change_of_policy_or_evidence_changes_the_digest():
    there = mix1()
    first = judged(there, SYNTHETIC)
    moved = there | {"mix.unknown": bounds("mix.unknown", 0.0, 0.1)}
    assert len({first.digest, judged(there, SYNTHETIC | {"max": 0.21}).digest, judged(moved, SYNTHETIC).digest}) == 3


def test_evidence_of_two_mixes_or_told_twice_is_refused():
    there = mix1()
    other = replace(there["mix.human"], subjects={"mix": "sha256:" + "d" * 64})
    with pytest.raises(DataError, match="2 different mixes"):
        judged(there | {"mix.human": other}, SYNTHETIC)
    with pytest.raises(DataError, match=r"two findings of mix\.human"):
        assess(policy(SYNTHETIC), [*there.values(), there["mix.human"]], NOW)


def test_reviews_that_are_overdue_and_owners_that_nobody_named_are_noted():
    verdict = judged(
        evidence_of(HUMAN), SYNTHETIC | {"review": "2026-01-01", "owner": "fill in: data"}, review="2026-11-22"
    )
    assert verdict.outcome == "pass"
    assert [note.split(":")[0] for note in verdict.notes] == [
        "The policy was to be looked at again by 2026-11-22.", "To be looked at again, and overdue",
        "Nobody is named yet as the owner of",
    ]  # fmt: skip
    assert not judged(evidence_of(HUMAN), SYNTHETIC, review="2026-11-23").notes
