"""What labels say of the share: from the draw to the interval, for every design and for scores that are worthless."""

import numpy as np
import pytest

from outcross.estimate import Estimate, Unknown
from outcross.labelling import more_for, question_of, share_of
from outcross.review.collecting import Answered, Collected, GoldAnswers
from outcross.review.drawing import Frame, draw

N = 2000
TRUE = np.random.default_rng(1).random(N) < 0.3
GOOD = np.clip(0.15 + 0.7 * TRUE + np.random.default_rng(2).normal(0, 0.15, N), 0, 1).astype(np.float32)
BAD = 1 - GOOD
"""A score that says the opposite of what is."""
NO_GOLD = GoldAnswers(0, 0, 0, 0, (0, 0))
TOKENS = 7


def drawn_and_answered(score, design, n, seed, unsure=0.0):
    """A sample with its answers, and the plan of its set."""
    drawn = draw(Frame(N, score), n, design, seed)
    y = TRUE[drawn.rows].astype(float)
    y[np.random.default_rng(seed).random(len(y)) < unsure] = np.nan
    answered = Answered(y, score[drawn.rows].astype(float), drawn.strata, drawn.inclusion, np.full(len(y), TOKENS))
    stratum = drawn.stratum if len(drawn.stratum) else np.zeros(N, np.int64)
    scores = {
        name: {
            "documents": np.bincount((score[stratum == number] * 255.99).astype(int), minlength=256).tolist(),
            "tokens": (TOKENS * np.bincount((score[stratum == number] * 255.99).astype(int), minlength=256)).tolist(),
            "unscored_documents": 0, "unscored_tokens": 0,
        }
        for number, name in enumerate(drawn.sizes)
    }  # fmt: skip
    plan = {"design": design, "scores": scores, "gold": {"synthetic": 0, "human": 0}}
    return Collected("partly", answered, NO_GOLD, len(y)), plan


@pytest.mark.parametrize("design", ["uniform", "stratified", "active"])
@pytest.mark.parametrize("score", [GOOD, BAD], ids=["good score", "bad score"])
def test_the_interval_holds_for_every_design_and_score(design, score):
    held, widths = 0, []
    for seed in range(200):
        low, high = share_of(*drawn_and_answered(score, design, 100, seed)).interval()
        held += low <= TRUE.mean() <= high
        widths.append(high - low)
    assert held / 200 > 0.92
    assert np.mean(widths) < 0.2


def test_those_of_which_nobody_can_tell_may_be_either():
    held = 0
    for seed in range(60):
        low, high = share_of(*drawn_and_answered(GOOD, "uniform", 100, seed, unsure=0.1)).interval()
        held += low <= TRUE.mean() <= high
    assert held / 60 > 0.97


def test_tokens_weigh_as_documents_where_all_are_alike():
    made, plan = drawn_and_answered(GOOD, "active", 50, 1)
    by_documents, by_tokens = (share_of(made, plan, question_of(made, plan, unit)) for unit in ("documents", "tokens"))
    assert by_tokens.value == pytest.approx(by_documents.value)
    assert by_tokens.unit == "share of tokens"


def test_too_few_labels_say_nothing():
    made, plan = drawn_and_answered(GOOD, "uniform", 5, 1)
    found = share_of(made, plan)
    assert isinstance(found, Unknown)
    assert more_for(found, 0.1) is None


def test_one_stratum_alone_has_its_own_share():
    made, plan = drawn_and_answered(GOOD, "stratified", 200, 1)
    low, high = (
        share_of(made, plan, stratum=name).value for name in sorted(plan["scores"])[:: len(plan["scores"]) - 1]
    )
    assert abs(high - low) > 0.3
    assert isinstance(share_of(made, plan, stratum="no such stratum"), Unknown)


def test_as_many_more_labels_as_told_reach_the_width():
    share = share_of(*drawn_and_answered(GOOD, "uniform", 100, 3))
    more = more_for(share, 0.05)
    assert isinstance(share, Estimate)
    assert more > 0
    low, high = share_of(*drawn_and_answered(GOOD, "uniform", 100 + more, 3)).interval()
    assert high - low == pytest.approx(0.05, abs=0.02)
    assert more_for(share, 0.9) == 0


def test_reviewers_who_were_not_tested_count_for_no_gate():
    made, plan = drawn_and_answered(GOOD, "uniform", 50, 1)
    assert not question_of(made, plan).gateable
    tested = Collected("partly", made.sample, GoldAnswers(50, 45, 50, 2, (0, 0)), 50)
    asked = question_of(tested, plan | {"gold": {"synthetic": 50, "human": 50}})
    assert asked.gateable
    low, high = share_of(tested, plan, asked).interval()
    narrow_low, narrow_high = share_of(made, plan).interval()
    assert high - low > narrow_high - narrow_low
