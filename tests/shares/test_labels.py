"""Promises of the share by labels: it holds whatever the score says, and says when it cannot."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shares.making import bad_pools, corpus_of, labelled_of, scores_of

from outcross.canonical import canonical_json
from outcross.errors import CallError
from outcross.estimate import Estimate, Unknown, finding_from_dict
from outcross.shares import Gold, Labelled, Question, Scores, label_of, label_share
from outcross.shares.coverage import RIGHT, Reviewers, Setting, covered
from outcross.shares.prediction import Cell, ends, predicted
from outcross.shares.scores import binned

ALIKE = Gold(100, 96, 100, 3, harder=1.0)


def width(finding):
    low, high = finding.interval()
    return high - low


@pytest.mark.parametrize("name", bad_pools())
def test_a_bad_score_costs_width_and_not_coverage(name):
    pool = bad_pools()[name]
    for documents, labels, synthetic in ((200, 100, 20), (5000, 50, 500), (5000, 50, 3750), (1000, 300, 500)):
        cell = covered(pool, Setting(documents, synthetic, labels), replicates=1500, seed=17)
        assert cell.upper(cells=36) >= 0.945, (documents, labels, synthetic, cell)


def test_reviewers_who_err_are_corrected_by_planted_items():
    pool = bad_pools()["fires on one human in 10, surely"]
    for share in (0, 50, 500, 2500, 5000):
        naive = covered(pool, Setting(5000, share, 100, Reviewers(0.85, 0.08, planted=10**9)), replicates=500, seed=3)
        cell = covered(pool, Setting(5000, share, 100, Reviewers(0.85, 0.08, planted=100)), replicates=1500, seed=3)
        assert cell.upper(cells=5) >= 0.945
        assert cell.width > naive.width


def test_items_that_are_easier_than_the_corpus_break_it_unless_one_allows_for_them():
    pool = bad_pools()["constant"]
    easier = (0.85, 0.08, 0.925, 0.04, 100)
    for share in (0, 500, 5000):
        alike = covered(pool, Setting(5000, share, 300, Reviewers(*easier, 1.0)), replicates=1000, seed=5)
        allowed = covered(pool, Setting(5000, share, 300, Reviewers(*easier, 2.0)), replicates=1000, seed=5)
        assert alike.coverage < 0.92
        assert allowed.coverage > 0.95


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1), n=st.integers(10, 120))
def test_the_simulated_rule_is_the_one_that_users_run(seed, share, n):
    y, score = corpus_of(share, 400, seed=seed)
    sample = labelled_of(y, score, n, seed=seed)
    finding = label_share(sample, {"all": scores_of(score)})
    cell = Cell(slice(None), 1.0, scores_of(score).mean("documents"), np.full(n, 1 / n), (400 - n) / 399)
    found = predicted(sample.y[None], binned(sample.score)[None], [cell])
    low, high = ends(found, sample.y.sum(keepdims=True).astype(int), n, 400)
    assert isinstance(finding, Estimate)
    assert finding.interval() == pytest.approx((low[0], high[0]), abs=1e-9)


def test_a_good_score_makes_labels_worth_more():
    y, score = corpus_of(0.4)
    sample = labelled_of(y, score, 100)
    alone = label_share(labelled_of(y, np.full(len(y), math.nan), 100), {0: Scores.nothing_scored(2000, 2000)})
    helped = label_share(sample, {0: scores_of(score)})
    assert width(helped) < 0.8 * width(alone)
    assert helped.interval()[0] < 0.4 < helped.interval()[1]


def test_a_corpus_that_was_labelled_in_full_has_no_error():
    y, score = corpus_of(0.3, 200)
    finding = label_share(labelled_of(y, score, 200), {0: scores_of(score)})
    assert finding.interval() == pytest.approx((0.3, 0.3), abs=1e-9)


def test_few_labels_on_a_side_fall_back_on_the_exact_interval_of_the_labels():
    finding = label_share(Labelled.uniform([1.0, 1.0] + [0.0] * 98, [0.5] * 100, documents=10**9), {
        0: Scores.nothing_scored(10**9, 10**9)
    })  # fmt: skip
    assert finding.interval() == pytest.approx((0.00243, 0.07038), abs=1e-4)
    assert "exact" in finding.method


def test_labels_that_are_open_may_be_either():
    y, score = corpus_of(0.4)
    closed = labelled_of(y, score, 100)
    opened = closed.y.copy()
    opened[:10] = math.nan
    finding = label_share(Labelled(opened, closed.score, closed.stratum, closed.inclusion, closed.tokens), {
        0: scores_of(score)
    })  # fmt: skip
    sure = label_share(closed, {0: scores_of(score)})
    assert finding.interval()[0] <= sure.interval()[0]
    assert finding.interval()[1] >= sure.interval()[1]
    assert "10 of 100 labels are open" in finding.assumption


def test_without_planted_items_it_says_if_reviewers_are_right_and_no_gate_reads_it():
    y, score = corpus_of(0.4)
    assert "if reviewers are right" in label_share(labelled_of(y, score, 100), {0: scores_of(score)}).assumption
    assert not Question().gateable
    assert Question(gold=ALIKE).gateable


@pytest.mark.parametrize(
    ("gold", "reason"),
    [(Gold(100, 55, 100, 45), "cannot tell"), (Gold(8, 7, 8, 3), "cannot tell"), (Gold(50, 45, 0, 0), "one kind only")],
)
def test_reviewers_who_cannot_tell_make_it_unknown(gold, reason):
    y, score = corpus_of(0.4)
    finding = label_share(labelled_of(y, score, 100), {0: scores_of(score)}, Question(gold=gold))
    assert isinstance(finding, Unknown)
    assert reason in finding.reason


def test_a_handful_of_labels_and_an_empty_corpus_are_unknown():
    few = Labelled.uniform([0.0] * 5, [0.5] * 5, documents=100)
    assert "at least 10" in label_share(few, {0: Scores.nothing_scored(100, 100)}).reason
    assert "no documents" in label_share(few, {0: Scores.nothing_scored(0, 0)}).reason


def strata(y, score, each, *, seed=1):
    """Two strata by score, so many labels of each."""
    rng = np.random.default_rng(seed)
    stratum = (score > 0.5).astype(int)
    picked = np.concatenate([rng.choice(np.flatnonzero(stratum == h), n, replace=False) for h, n in enumerate(each)])
    chance = np.array([n / (stratum == h).sum() for h, n in enumerate(each)])[stratum[picked]]
    sample = Labelled(y[picked], score[picked].astype(np.float32), stratum[picked], chance, np.ones(len(picked), int))
    return sample, {h: scores_of(score[stratum == h]) for h in (0, 1)}


@pytest.mark.parametrize("each", [(30, 90), (90, 30), (60, 60)])
def test_strata_with_unequal_chances_hold(each):
    y, score = corpus_of(0.2)
    held = 0
    for seed in range(60):
        low, high = label_share(*strata(y, score, each, seed=seed)).interval()
        held += low <= 0.2 <= high
    assert held >= 53


def test_a_stratum_without_labels_is_said_and_not_passed_over():
    y, score = corpus_of(0.2)
    sample, corpus = strata(y, score, (40, 30))
    finding = label_share(sample, corpus | {"other": scores_of(score[:100])})
    assert "stratum 'other' has no label" in finding.reason
    with pytest.raises(CallError, match="strata that the corpus side lacks: 1"):
        label_share(sample, {0: corpus[0]})


def test_a_stratum_with_one_label_is_put_together_with_another():
    y, score = corpus_of(0.5)
    sample, corpus = strata(y, score, (1, 60))
    assert isinstance(label_share(sample, corpus), Estimate)


def test_shares_of_tokens_weigh_documents_by_length():
    y, score = corpus_of(0.3)
    tokens = np.where(y > 0, 300, 100)
    truth = (tokens * y).sum() / tokens.sum()
    held = 0
    for seed in range(60):
        sample = labelled_of(y, score, 100, seed=seed, tokens=tokens)
        finding = label_share(sample, {0: scores_of(score, tokens)}, Question(unit="tokens"))
        held += finding.interval()[0] <= truth <= finding.interval()[1]
    assert finding.unit == "share of tokens"
    assert held >= 53


def test_unscored_documents_count_and_cost_only_width():
    y, score = corpus_of(0.3)
    score = np.where(np.arange(len(y)) % 3 == 0, math.nan, score)
    finding = label_share(labelled_of(y, score, 150), {0: scores_of(score)})
    assert finding.interval()[0] < 0.3 < finding.interval()[1]


@pytest.mark.parametrize(
    ("answer", "target", "label"),
    [("synthetic", "fully", 1), ("partly", "fully", 0), ("partly", "partly", 1), ("human", "partly", 0)],
)
def test_the_target_says_what_a_partly_synthetic_document_is(answer, target, label):
    assert label_of(answer, target) == label


def test_bad_labels_are_refused_with_what_to_do():
    assert math.isnan(label_of("unclear", "fully"))
    with pytest.raises(CallError, match="Answers are synthetic, partly, human, unclear"):
        label_of("robot", "fully")
    with pytest.raises(CallError, match="differ in length"):
        Labelled(np.zeros(2), np.zeros(3, np.float32), np.zeros(2), np.ones(2), np.ones(2, int))
    with pytest.raises(CallError, match="neither 0, 1 nor NaN"):
        Labelled.uniform([0.5] * 20, [0.5] * 20, documents=100)
    with pytest.raises(CallError, match="chance of being drawn"):
        Labelled(np.zeros(2), np.zeros(2, np.float32), np.zeros(2), np.array([0.0, 0.5]), np.ones(2, int))
    with pytest.raises(CallError, match="Give 256 bins"):
        Scores(np.zeros(10, int), np.zeros(256, int))


def test_a_share_by_labels_survives_its_record_at_any_level():
    y, score = corpus_of(0.4)
    finding = label_share(labelled_of(y, score, 100), {0: scores_of(score)}, Question(gold=ALIKE))
    again = finding_from_dict(json.loads(canonical_json(finding.to_dict())))
    for level in (0.8, 0.95, 0.995):
        assert again.interval(level) == pytest.approx(finding.interval(level), abs=1e-9)


def test_perfect_reviewers_reach_the_widths_that_were_promised():
    rng = np.random.default_rng(1)
    pool = bad_pools()["constant"].__class__(
        *(np.clip(rng.normal(mean, 45, 3000), 0, 255).astype(np.uint8) for mean in (70, 170))
    )
    for labels, bar in ((50, 0.143), (100, 0.095), (300, 0.054)):
        widths = [
            covered(pool, Setting(1000, round(share * 1000), labels, RIGHT), replicates=200, seed=9).width
            for share in (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1)
        ]
        assert np.mean(widths) < bar
