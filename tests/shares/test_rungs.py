"""Promises of the rungs without labels, of the plan and of the ladder's record."""

import json
import math

import numpy as np
import pytest
from tests.shares.making import corpus_of, labelled_of, scores_of

from outcross.canonical import canonical_json
from outcross.errors import CallError
from outcross.estimate import Estimate, Unknown, counted
from outcross.shares import (
    DATED,
    LABELS,
    MODEL,
    REGION,
    Evidence,
    Gold,
    Held,
    Ladder,
    Question,
    Scores,
    Size,
    dated_bound,
    emq,
    first_labels,
    label_share,
    ladder,
    more_labels,
    of_whole,
    region,
)
from outcross.shares.dated import threshold_of
from outcross.shares.quantify import adjusted_count, adjusted_mean, classify_and_count, hellinger

SIZE = Size(1000, 100_000, squared=1000 * 150.0**2)


def rate(value, n=10_000):
    """A measured false-positive rate."""
    return Estimate(value, math.sqrt(value * (1 - value) / n), math.inf, n, "share of documents", "counted",
                    scale="share")  # fmt: skip


def found(name="near", side="synthetic", documents=100, *, certain=False, rated=None):
    return Evidence(name, side, documents, documents * 100, certain, rated)


def test_without_evidence_everything_is_open():
    assert region(SIZE, []).interval() == (0.0, 1.0)


def test_certain_evidence_is_taken_whole():
    finding = region(SIZE, [found(certain=True), found("declared", "human", 300, certain=True)])
    assert finding.interval() == (0.1, 0.7)
    assert finding.interval(0.999) == (0.1, 0.7)


def test_evidence_that_can_err_enters_less_its_false_positives():
    exact = region(SIZE, [found(rated=counted(0.0, n=1, unit="share"))]).interval()[0]
    low = region(SIZE, [found(rated=rate(0.03))]).interval()[0]
    nothing = region(SIZE, [found(rated=rate(0.2))]).interval()[0]
    assert exact == 0.1
    assert 0.03 < low < 0.07
    assert nothing == 0.0


def test_evidence_of_an_unknown_rate_says_nothing_and_is_named():
    finding = region(SIZE, [found("watermark", rated=Unknown("never measured"))])
    assert finding.interval() == (0.0, 1.0)
    assert "watermark not used" in finding.assumption


@pytest.mark.parametrize("synthetic", [0, 50, 300])
@pytest.mark.parametrize("chance", [0.001, 0.05, 0.2])
def test_the_region_holds_whatever_the_false_positives(synthetic, chance):
    rng = np.random.default_rng(7)
    hits = rng.binomial(synthetic, 0.9, 400) + rng.binomial(1000 - synthetic, chance, 400)
    known = Estimate(chance, 0.0, math.inf, 1, "share", "known")
    held = [region(SIZE, [found(documents=int(n), rated=known)]).interval()[0] <= synthetic / 1000 for n in hits]
    assert np.mean(held) >= 0.96  # one end of a 95 % interval: 97.5 % less the noise of 400 draws


def test_in_tokens_false_hits_may_fall_on_long_documents():
    evidence = [found(documents=300, rated=rate(0.01))]
    in_documents, in_tokens = region(SIZE, evidence).interval()[0], region(SIZE, evidence, "tokens").interval()[0]
    assert 0 < in_tokens < in_documents
    unknown = region(Size(1000, 100_000), evidence, "tokens")
    assert unknown.interval() == (0.0, 1.0)
    assert "near not used" in unknown.assumption


def test_more_evidence_than_documents_is_refused():
    with pytest.raises(CallError, match="Count each document once"):
        region(SIZE, [found(documents=700, certain=True), found("declared", "human", 700, certain=True)])
    assert "no documents" in region(Size(0, 0), []).reason


def dated_case(share, *, human=0.3, seed=2):
    """Dated humans in two halves and a corpus with a share of synthetic text."""
    rng = np.random.default_rng(seed)
    halves = (scores_of(np.clip(rng.normal(human, 0.1, 300), 0, 0.999)).documents for _ in range(2))
    y = np.arange(2000) < share * 2000
    return *halves, scores_of(np.clip(rng.normal(np.where(y, 0.7, human), 0.1), 0, 0.999))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.25, 0.9])
def test_the_dated_bound_lies_below_the_truth_and_finds_most_of_it(share):
    low, high = dated_bound(*dated_case(share)).interval()
    assert low <= share
    assert high == 1.0
    assert low >= share - 0.1


def test_too_few_dated_documents_give_no_bound():
    first, second, corpus = dated_case(0.5)
    assert "dated before the cutoff" in dated_bound(first // 50, second, corpus).reason
    assert "no document" in dated_bound(first, second, Scores.nothing_scored(10, 10)).reason


def test_humans_who_all_score_highest_leave_no_threshold():
    top = np.zeros(256, np.int64)
    top[255] = 50
    assert threshold_of(top) == 256
    assert dated_bound(top, top, Scores(top, top)).interval() == (0.0, 1.0)


@pytest.mark.parametrize("rule", [emq, classify_and_count, adjusted_count, adjusted_mean, hellinger])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_models_find_the_share_of_text_like_the_one_they_know(rule, share):
    _, score = corpus_of(share, 20_000, seed=5)
    y2, score2 = corpus_of(0.5, 20_000, seed=6)
    held = Held(scores_of(score2[y2 == 0]).documents, scores_of(score2[y2 == 1]).documents)
    finding = rule(scores_of(score), "documents", held)
    error = abs(finding.value - share)
    assert error < (0.17 if rule is classify_and_count else 0.03)
    assert "not calibrated here" in finding.assumption


def test_models_say_what_they_left_out_and_what_they_need():
    y, score = corpus_of(0.2, 400)
    assert isinstance(emq(Scores.nothing_scored(5, 5)), Unknown)
    assert "20.0% of documents unscored" in emq(scores_of(np.where(np.arange(400) % 5 == 0, math.nan, score))).method
    with pytest.raises(CallError, match="PACC needs documents of known origin"):
        adjusted_mean(scores_of(score))
    held = Held(scores_of(score[y == 0]).documents, scores_of(score[y == 1]).documents, local=True)
    assert "calibrated on this user's own" in emq(scores_of(score), "documents", held).assumption


def by_labels(gold=None, n=100):
    y, score = corpus_of(0.4)
    return label_share(labelled_of(y, score, n), {0: scores_of(score)}, Question(gold=gold))


def test_a_plan_says_how_many_labels_reach_a_width():
    finding = by_labels()
    low, high = finding.interval()
    assert more_labels(finding, high - low) == 0
    assert 250 < more_labels(finding, (high - low) / 2) < 350
    assert isinstance(more_labels(Unknown("none"), 0.1), Unknown)
    assert 80 < first_labels(0.2) < 110
    with pytest.raises(CallError, match="ten points"):
        more_labels(finding, 10)


def test_a_plan_says_when_labels_alone_cannot_do_it():
    reason = more_labels(by_labels(Gold(40, 34, 40, 4)), 0.05).reason
    assert "plant more items" in reason
    assert isinstance(more_labels(by_labels(Gold(10**6, 10**6, 10**6, 0)), 0.05), int)


def test_without_labels_and_provenance_nothing_is_established():
    made = ladder("", Question(), {REGION: region(SIZE, [])})
    assert not made.established
    assert [isinstance(rung.finding, Unknown) for rung in made.rungs] == [False, True, True, True]
    assert "label 100 documents" in made.next_steps[0].what


def test_no_gate_reads_a_model_or_reviewers_who_were_not_tested():
    first, second, corpus = dated_case(0.3)
    findings = {
        REGION: region(SIZE, []), DATED: dated_bound(first, second, corpus), MODEL: emq(corpus), LABELS: by_labels(),
    }  # fmt: skip
    made = ladder("news", Question(), findings)
    assert [rung.gateable for rung in made.rungs] == [True, False, False, False]
    assert not made.established
    assert "plant items" in made.next_steps[0].what
    tested = ladder("news", Question(gold=Gold(100, 96, 100, 3)), findings | {LABELS: by_labels(Gold(100, 96, 100, 3))})
    assert tested.established
    assert tested.best.step == LABELS
    assert {one.what for one in tested.next_steps} == {"100 more labels", "twice as many planted items"}


def test_a_ladder_survives_its_record():
    first, second, corpus = dated_case(0.3)
    findings = {
        REGION: region(SIZE, [found(rated=rate(0.01))]), DATED: dated_bound(first, second, corpus), MODEL: emq(corpus),
        LABELS: of_whole(by_labels(Gold(100, 96, 100, 3)), synthetic=100, residual=800, total=1000),
    }  # fmt: skip
    made = ladder("news", Question(gold=Gold(100, 96, 100, 3)), findings)
    again = Ladder.from_dict(json.loads(canonical_json(made.to_dict())))
    assert canonical_json(again.to_dict()) == canonical_json(made.to_dict())
    for one, other in zip(made.rungs, again.rungs, strict=True):
        assert other.finding.interval(0.99) == pytest.approx(one.finding.interval(0.99), abs=1e-9)


def test_a_ladder_starts_with_its_first_rung():
    with pytest.raises(CallError, match="without its first rung"):
        ladder("", Question(), {})


def test_the_dated_rung_is_never_below_the_region():
    first, second, corpus = dated_case(0.05)
    start = region(SIZE, [found(documents=400, certain=True)])
    made = ladder("", Question(), {REGION: start, DATED: dated_bound(first, second, corpus)})
    assert made.rungs[DATED].finding.interval()[0] >= 0.4


def test_a_share_of_the_residual_is_put_on_what_is_known():
    finding = of_whole(by_labels(), synthetic=100, residual=500, total=1000)
    low, high = by_labels().interval()
    assert finding.interval() == pytest.approx((0.1 + low / 2, 0.1 + high / 2))
    assert of_whole(Unknown("none"), synthetic=1, residual=1, total=2) == Unknown("none")
