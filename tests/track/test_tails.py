"""Promises of the far tails, against scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from outcross.track.tails import FARTHEST, log_tail, t_reach, z_of

DF = (1.0, 2.0, 3.7, 8.0, 31.0, 500.0, 1e6)


@pytest.mark.parametrize("df", DF)
def test_the_tail_is_right_far_beyond_one_in_a_million_million(df):
    t = np.concatenate([[0.0, 1e-9], np.geomspace(1e-3, 60, 200)])
    expected = stats.t.logsf(t, df)
    found = log_tail(t, np.full(len(t), df))
    told = expected > -650
    np.testing.assert_allclose(found[told], expected[told], rtol=0, atol=1e-8)


@pytest.mark.parametrize("df", DF)
def test_a_t_becomes_the_z_with_the_same_tail_and_sign(df):
    t = np.linspace(-30, 30, 121)
    z = z_of(t, np.full(len(t), df))
    told = np.abs(z) < 36
    np.testing.assert_allclose(stats.norm.logsf(np.abs(z))[told], stats.t.logsf(np.abs(t), df)[told], rtol=1e-7)
    assert (np.sign(z) == np.sign(t)).all()


@pytest.mark.parametrize("df", [*DF, math.inf])
def test_the_reach_leaves_the_tail_that_was_asked_for(df):
    p = np.array([0.4, 0.025, 1e-4, 1e-8, 1e-12, 1e-15])
    expected = stats.norm.isf(p) if math.isinf(df) else stats.t.isf(p, df)
    np.testing.assert_allclose(t_reach(np.log(p), np.full(len(p), df)), expected, rtol=1e-8)


@given(st.floats(-1e300, 1e300), st.floats(0.5, 1e9))
def test_every_t_has_a_z_no_farther_than_itself_and_than_the_farthest(t, df):
    z = float(z_of(np.array([t]), np.array([df]))[0])
    assert abs(z) <= min(abs(t) + 1e-7, FARTHEST)
    assert z * t >= 0


def test_what_has_no_error_is_as_far_as_anything_can_be():
    z = z_of(np.array([math.inf, -math.inf, 0.0]), np.array([31.0, math.inf, 31.0]))
    assert z.tolist() == [FARTHEST, -FARTHEST, 0.0]


def test_degrees_of_freedom_may_differ_from_look_to_look():
    t, df = np.array([2.0, 2.0, 2.0]), np.array([2.0, 31.0, math.inf])
    np.testing.assert_allclose(stats.norm.sf(z_of(t, df)), [*stats.t.sf(2.0, [2, 31]), stats.norm.sf(2)], rtol=1e-9)


def test_nothing_to_spend_reaches_infinitely_far():
    assert t_reach(np.array([-math.inf]), np.array([31.0])).tolist() == [math.inf]
