"""Flags: whoever errs no more than tolerated is hardly ever flagged, however often one looks; whoever errs more, is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.review.making import items, label

from outcross.review.flags import ALPHA, TOLERATED, error_of, standings, wealth


def wealths(rate, answers, runs, seed):
    random = np.random.default_rng(seed)
    return np.array([wealth((random.random(answers) < rate).astype(float)) for _ in range(runs)])


def test_the_tolerated_are_flagged_no_more_often_than_promised():
    """1,000 answers, looked at after each, at the very edge of what is tolerated."""
    flagged = (wealths(TOLERATED, 1000, 4000, 1) >= 1 / ALPHA).mean()
    assert flagged <= ALPHA + 3 * np.sqrt(ALPHA / 4000)


def test_very_long_series_stay_finite():
    assert np.isfinite(wealth([1.0] * 5000))


def test_honest_reviewers_are_not_flagged():
    assert (wealths(0.12, 400, 2000, 2) >= 1 / ALPHA).mean() < 0.001


@pytest.mark.parametrize(("rate", "answers"), [(0.5, 60), (0.6, 40), (0.9, 12)])
def test_those_who_guess_are_flagged_soon(rate, answers):
    assert (wealths(rate, answers, 500, 3) >= 1 / ALPHA).mean() > 0.8


@given(st.lists(st.floats(0, 1), max_size=40), st.lists(st.floats(0, 1), max_size=5))
def test_further_answers_never_take_a_flag_back(first, then):
    assert wealth(first + then) >= wealth(first) * (1 - 1e-9)
    assert wealth(first) >= 1


def test_a_bet_is_fair_at_the_edge():
    """One answer: the mean of what is held then, over wrong and right, is what was bet with."""
    shares = np.linspace(0.1, 0.9, 9) / TOLERATED
    held = [np.mean(1 + shares * (x - TOLERATED)) for x in (1.0, 0.0)]
    assert TOLERATED * held[0] + (1 - TOLERATED) * held[1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("answer", "truth", "error"),
    [("human", "human", 0), ("human", "synthetic", 1), ("partly", "synthetic", 0), ("partly", "human", 1),
     ("synthetic", "synthetic", 0), ("synthetic", "human", 1), ("unsure", "human", 0.5)],
)  # fmt: skip
def test_errors_are_against_what_was_planted(answer, truth, error):
    assert error_of(answer, truth) == error


def test_standings_are_of_gold_alone_and_share_the_error_rate():
    made = {item.number: item for item in items(100, gold=60)}
    labels = [label(number, "human", who) for number in made for who in ("always", "other")]
    labels += [label(number, made[number].truth or "human", "good") for number in made]
    found = {one.reviewer: one for one in standings(labels, made)}
    assert found["always"].gold == 60
    assert found["always"].errors == 30
    assert found["always"].flagged
    assert not found["good"].flagged
    assert found["good"].wealth == 1
