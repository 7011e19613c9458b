"""Promises of the hypergeometric sums behind rarefaction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom
from tests.kernels import oracle

from outcross.kernels import expected_k_log_k, unseen


@given(data=st.data(), total=st.integers(1, 400))
def test_the_chance_of_not_being_drawn_is_that_of_exact_fractions(data, total):
    size = data.draw(st.integers(0, total))
    held = data.draw(st.lists(st.integers(0, total), min_size=1, max_size=10))
    expected = [float(oracle.unseen(one, total, size)) for one in held]
    assert unseen(np.array(held), total, size) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("held", [1, 2, 63, 64, 65, 1000, 400_000])
def test_the_chance_of_not_being_drawn_holds_in_large_corpora(held):
    total, size = 10_000_000, 9_600_000
    expected = float(hypergeom.logpmf(0, total, held, size)) if held <= total - size else -np.inf
    found = float(unseen(np.array([held]), total, size)[0])
    assert found == pytest.approx(np.exp(expected), rel=1e-6, abs=1e-300)


def k_log_k(held, total, size):
    drawn = np.arange(max(0, size - (total - held)), min(held, size) + 1)
    weights = hypergeom.pmf(drawn, total, held, size)
    return float(np.sum(weights[drawn > 1] * drawn[drawn > 1] * np.log(drawn[drawn > 1])))


@given(data=st.data(), total=st.integers(2, 3000))
def test_the_expectation_of_k_log_k_is_that_of_the_distribution(data, total):
    size = data.draw(st.integers(1, total))
    held = data.draw(st.lists(st.integers(0, total), min_size=1, max_size=5))
    expected = [k_log_k(one, total, size) for one in held]
    assert expected_k_log_k(np.array(held), total, size) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("mean", [45, 49.9, 50.1, 55, 500])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.95])
def test_series_and_sum_meet_where_one_takes_over_from_the_other(mean, share):
    total = 200_000
    size, held = int(total * share), round(mean / share)
    found = float(expected_k_log_k(np.array([held]), total, size)[0])
    assert found == pytest.approx(k_log_k(held, total, size), rel=1e-6)
