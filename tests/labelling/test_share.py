"""What labels say of the share: from the draw to the interval, for every design and for scores that are worthless."""

import numpy as np
import pytest

from outcross.estimate import Estimate, Unknown
from outcross.labelling import more_for, share_of
from outcross.review.collecting import Answered, Collected, GoldAnswers
from outcross.review.drawing import Frame, draw

N = 2000
TRUE = np.random.default_rng(1).random(N) < 0.3
GOOD = np.clip(0.15 + 0.7 * TRUE + np.random.default_rng(2).normal(0, 0.15, N), 0, 1).astype(np.float32)
BAD = 1 - GOOD
"""A score that says the opposite of what is."""
NO_GOLD = GoldAnswers(0, 0, 0, 0, (0, 0))


def collected(score, design, n, seed, unsure=0.0):
    drawn = draw(Frame(N, score), n, design, seed)
    y = TRUE[drawn.rows].astype(float)
    y[np.random.default_rng(seed).random(len(y)) < unsure] = np.nan
    tokens = np.full(len(y), 7)
    answered = Answered(y, score[drawn.rows].astype(float), drawn.strata, drawn.inclusion, tokens)
    return Collected("partly", answered, NO_GOLD, len(y))


@pytest.mark.parametrize("design", ["uniform", "stratified", "active"])
@pytest.mark.parametrize("score", [GOOD, BAD], ids=["good score", "bad score"])
def test_the_interval_holds_for_every_design_and_score(design, score):
    held, widths = 0, []
    for seed in range(500):
        found = share_of(collected(score, design, 100, seed), {"design": design})
        low, high = found.interval()
        held += low <= TRUE.mean() <= high
        widths.append(high - low)
    assert held / 500 > 0.92
    assert np.mean(widths) < 0.25


def test_those_of_which_nobody_can_tell_may_be_either():
    held = 0
    for seed in range(200):
        found = share_of(collected(GOOD, "uniform", 100, seed, unsure=0.1), {"design": "uniform"})
        low, high = found.interval()
        held += low <= TRUE.mean() <= high
    assert held / 200 > 0.97
    assert 0 < found.error < 0.15


def test_words_weigh_as_documents_where_all_are_alike():
    made = collected(GOOD, "active", 50, 1)
    by_documents, by_words = (share_of(made, {"design": "active"}, unit) for unit in ("documents", "tokens"))
    assert by_words.value == pytest.approx(by_documents.value)
    assert by_words.unit == "share of words"


def test_too_few_labels_say_nothing():
    empty = Answered(np.zeros(0), np.zeros(0), (), np.zeros(0), np.zeros(0, int))
    found = share_of(Collected("partly", empty, NO_GOLD, 100), {"design": "uniform"})
    assert isinstance(found, Unknown)
    assert more_for(Collected("partly", empty, NO_GOLD, 100), found, 0.1) is None


def test_as_many_more_labels_as_told_reach_the_width():
    made = collected(GOOD, "uniform", 100, 3)
    share = share_of(made, {"design": "uniform"})
    more = more_for(made, share, 0.1)
    assert isinstance(share, Estimate)
    assert more > 0
    then = share_of(collected(GOOD, "uniform", 100 + more, 3), {"design": "uniform"})
    low, high = then.interval()
    assert high - low == pytest.approx(0.1, abs=0.015)
    assert more_for(made, share, 0.5) == 0
