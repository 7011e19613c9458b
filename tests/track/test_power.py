"""Promises of what could be seen: it agrees with what is seen, and more documents see more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.track.making import error_of, first_alarms, normal_lineages

from outcross.errors import CallError
from outcross.track.monitor import Watching
from outcross.track.power import Typical, chance, delay, smallest_loss, what_could_be_seen

PLAN = Watching()


def typical(documents, baseline=5):
    """The errors of a log tail share with so many documents."""
    return Typical(error_of(documents), error_of(baseline * documents))


@pytest.mark.parametrize(("documents", "loss"), [(2000, 0.05), (5000, 0.05), (5000, 0.2), (20_000, 0.05)])
def test_the_delay_is_what_lineages_show(documents, loss):
    drift = np.log(1 - loss) * np.arange(1, 21)
    series = normal_lineages(400, np.full(20, documents), np.random.default_rng(1), drift=drift)
    assert delay(loss, typical(documents), PLAN) == pytest.approx(first_alarms(series, PLAN).mean(), abs=0.5)


def test_the_same_question_has_the_same_answer():
    assert delay(0.05, typical(2000), PLAN) == delay(0.05, typical(2000), PLAN)


@settings(max_examples=15)
@given(st.floats(0.01, 0.3), st.integers(500, 20_000))
def test_a_larger_loss_is_never_seen_less_often(loss, documents):
    """A law, not a chance: the same noise, and both tests only gain when every change moves down."""
    seen = chance(loss, typical(documents), PLAN, within=5)
    assert chance(min(loss * 1.5, 0.9), typical(documents), PLAN, within=5) >= seen


def test_more_documents_see_more():
    seen = [chance(0.05, typical(documents), PLAN, within=4) for documents in (500, 2000, 8000)]
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]


def test_a_loss_that_goes_on_is_seen_sooner_than_one_that_happens_once():
    assert delay(0.1, typical(5000), PLAN) < delay(0.1, typical(5000), PLAN, ramp=False)


def test_a_loss_too_small_to_be_seen_has_no_delay():
    assert delay(0.0005, typical(500), PLAN) is None


def test_a_plan_for_rises_alone_never_sees_a_loss():
    assert delay(0.2, typical(5000), Watching(falls=0.0), most=8) is None
    assert smallest_loss(typical(5000), Watching(falls=0.0), within=3) is None


def test_the_smallest_loss_is_seen_and_two_thirds_of_it_are_not():
    least = smallest_loss(typical(2000), PLAN, within=5)
    assert chance(least, typical(2000), PLAN, within=5) >= 0.8
    assert chance(least * 0.67, typical(2000), PLAN, within=5) < 0.8


def test_without_errors_the_smallest_loss_is_as_small_as_it_is_looked_for():
    assert smallest_loss(Typical(0.0, 0.0), PLAN, within=3) < 0.001
    assert smallest_loss(Typical(0.0, 0.0, scale="points"), PLAN, within=3) == 0.0


def test_a_smaller_alpha_takes_longer():
    assert delay(0.05, typical(2000), Watching(alpha=0.05 / 8)) > delay(0.05, typical(2000), PLAN)


def test_looks_beyond_the_plan_see_nothing():
    assert chance(0.01, typical(500), Watching(looks=2), within=30) == chance(
        0.01, typical(500), Watching(looks=2), within=2
    )


def test_points_are_points():
    assert delay(0.05, Typical(0.01, 0.005, scale="points"), PLAN) == pytest.approx(1.0, abs=0.1)
    assert delay(0.05, Typical(0.05, 0.02, scale="points"), PLAN) == pytest.approx(
        delay(0.05, Typical(0.05, 0.02), PLAN), abs=0.3
    )


def test_the_sentence_says_what_a_loss_takes_to_be_seen():
    assert what_could_be_seen(0.05, typical(2000), PLAN, documents=2000) == (
        "With 2,000 documents a generation you would see a loss of 5 % a generation after about 5 generations."
    )
    assert "after about 1 generation." in what_could_be_seen(0.4, typical(5000), PLAN, documents=5000)


def test_the_sentence_says_what_could_be_seen_instead():
    sentence = what_could_be_seen(0.002, typical(500), PLAN, documents=500)
    assert sentence.startswith(
        "With 500 documents a generation a loss of 0.2 % a generation could stay unseen for 30 generations; 1.1 %"
    )
    assert "no loss would be seen" in what_could_be_seen(0.05, typical(500), Watching(falls=0.0), documents=500)


@pytest.mark.parametrize("loss", [0.0, -0.1, 1.0])
def test_a_loss_that_is_none_is_refused(loss):
    with pytest.raises(CallError):
        delay(loss, typical(500), PLAN)
