"""Promises of the laws of intervals: they are the textbooks' where these have them, and survive their records."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcross.canonical import canonical_json
from outcross.errors import FaultError
from outcross.estimate import Estimate, finding_from_dict
from outcross.estimate.distributions import (
    HUGE,
    beta_quantile,
    binomial_tail,
    clopper_pearson,
    finite_exact,
    incomplete_beta,
)
from outcross.estimate.laws import (
    READ,
    Above,
    EffectiveWilson,
    Erring,
    Exact,
    Fixed,
    Gold,
    Hull,
    KornGraubard,
    Meet,
    Normal,
    Region,
    Reviewed,
    Sampled,
    Scaled,
    law_from_dict,
)

GOLD = Gold(100, 85, 100, 8, harder=1.0)
WILSON = EffectiveWilson(0.3, 120.0, 48.0)
LAWS = {
    "exact": Exact(3, 50, 200),
    "wilson": WILSON,
    "korn-graubard": KornGraubard(0.3, 80.5),
    "normal": Normal(0.2, 0.03),
    "fixed": Fixed(0.1, 0.4),
    "reviewed": Reviewed(WILSON, 0.3, GOLD, 1000),
    "scaled": Scaled(WILSON, 0.1, 0.5),
    "hull": Hull(Exact(3, 50, 0), Exact(9, 50, 0)),
    "meet": Meet(Fixed(0.1, 1.0), WILSON),
    "above": Above(400, 1000, 12, 300, 0.9),
    "region": Region(1000, 100, 50, (Erring(60, 850, Exact(1, 2000)),), (Erring(40, 850, Fixed(0.0, 0.01)),)),
    "sampled": Sampled(Region(200, 20, 50), 200),
}


@pytest.mark.parametrize("a", [0.3, 1, 7, 400.5, 1e6])
@pytest.mark.parametrize("b", [0.5, 1, 30, 5e6])
@pytest.mark.parametrize("p", [1e-6, 0.025, 0.5, 0.975])
def test_quantiles_of_the_beta_are_scipys(a, b, p):
    expected = float(stats.beta.ppf(p, a, b))
    assert beta_quantile(p, a, b) == pytest.approx(expected, rel=1e-6, abs=1e-12)
    assert incomplete_beta(a, b, expected) == pytest.approx(p, rel=1e-4)


@settings(max_examples=50)
@given(n=st.integers(1, 3000), share=st.floats(0, 1), level=st.sampled_from([0.5, 0.95, 0.999]))
def test_the_exact_interval_is_clopper_and_pearsons(n, share, level):
    hits = round(share * n)
    expected = stats.binomtest(hits, n).proportion_ci(level, "exact")
    assert clopper_pearson(hits, n, level) == pytest.approx((expected.low, expected.high), abs=1e-9)


@settings(max_examples=50)
@given(n=st.integers(1, 60), more=st.integers(0, 200), share=st.floats(0, 1))
def test_the_exact_interval_of_a_finite_corpus_holds_the_shares_that_neither_tail_refuses(n, more, share):
    population, hits = n + more, round(share * n)
    inside = np.arange(population + 1)
    kept = inside[
        (stats.hypergeom.cdf(hits, population, inside, n) > 0.025 * (1 - 1e-9))
        & (stats.hypergeom.sf(hits - 1, population, inside, n) > 0.025 * (1 - 1e-9))
    ]
    assert finite_exact(hits, n, population) == (kept[0] / population, kept[-1] / population)


@given(n=st.integers(1, 5000), share=st.floats(0, 1), p=st.floats(0, 1))
def test_the_binomial_tail_is_scipys(n, share, p):
    hits = round(share * n)
    assert binomial_tail(hits, n, p) == pytest.approx(float(stats.binom.sf(hits - 1, n, p)), rel=1e-6, abs=1e-12)


def test_above_ten_million_trials_the_tail_is_bounded_from_above():
    n = 2 * HUGE
    for hits, p in ((20_200, 0.001), (21_000, 0.001), (n, 0.9), (5, 0.5)):
        assert binomial_tail(hits, n, p) >= float(stats.binom.sf(hits - 1, n, p)) * (1 - 1e-6)
    assert binomial_tail(21_000, n, 0.001) < 1e-5


def test_every_kind_of_law_has_a_sample_here():
    assert set(LAWS) == set(READ)


@pytest.mark.parametrize("kind", LAWS)
def test_a_law_survives_its_record(kind):
    law = LAWS[kind]
    assert law.kind == kind
    assert law_from_dict(json.loads(canonical_json(law.to_dict()))) == law
    estimate = Estimate(0.3, 0.01, math.inf, 50, "share of documents", "made up", law=law)
    again = finding_from_dict(json.loads(canonical_json(estimate.to_dict())))
    assert isinstance(again, Estimate)
    assert again.interval(0.9) == law.interval(0.9)


@pytest.mark.parametrize("kind", LAWS)
def test_an_interval_is_within_0_and_1_and_no_narrower_at_a_higher_level(kind):
    law = LAWS[kind]
    ends = [law.interval(level) for level in (0.8, 0.95, 0.99)]
    assert all(0 <= low <= high <= 1 for low, high in ends)
    assert [low for low, _ in ends] == sorted((low for low, _ in ends), reverse=True)
    assert [high for _, high in ends] == sorted(high for _, high in ends)


@pytest.mark.parametrize("kind", LAWS)
def test_more_labels_that_say_the_same_never_widen(kind):
    law = LAWS[kind]
    low, high = law.interval(0.95)
    more = law.grown(4.0).interval(0.95)
    assert more[1] - more[0] <= high - low + 1e-9


def test_a_law_of_a_later_version_is_refused_with_what_to_do():
    with pytest.raises(FaultError, match="Read the record with the version that wrote it"):
        law_from_dict({"kind": "oracle"})


@settings(max_examples=40)
@given(share=st.floats(0.05, 0.95), n=st.floats(10, 1e4))
def test_reviewers_who_never_err_on_endless_items_change_nothing(share, n):
    apparent = EffectiveWilson(share, n)
    right = Reviewed(apparent, share, Gold(10**12, 10**12, 10**12, 0))
    assert right.interval(0.95) == pytest.approx(apparent.interval(0.95), abs=1e-6)
    assert right.value == pytest.approx(share, abs=1e-9)


@given(called=st.integers(0, 100), miscalled=st.integers(0, 100), share=st.floats(0, 1), n=st.floats(10, 1e4))
def test_a_corrected_interval_holds_its_point_and_is_within_0_and_1(called, miscalled, share, n):
    law = Reviewed(EffectiveWilson(share, n), share, Gold(100, called, 100, miscalled))
    low, high = law.interval(0.95)
    assert 0 <= low <= law.value <= high <= 1


def test_reviewers_who_guess_leave_everything_open():
    assert Reviewed(WILSON, 0.3, Gold(100, 52, 100, 48)).interval(0.95) == (0.0, 1.0)


@given(harder=st.floats(1, 4), share=st.floats(0, 1))
def test_planted_items_that_may_be_easier_only_widen(harder, share):
    alike = Reviewed(EffectiveWilson(share, 100.0), share, GOLD).interval(0.95)
    wider = Reviewed(EffectiveWilson(share, 100.0), share, Gold(100, 85, 100, 8, harder)).interval(0.95)
    assert wider[0] <= alike[0] + 1e-9
    assert wider[1] >= alike[1] - 1e-9


def test_laws_that_contradict_each_other_widen_to_all_that_either_allows():
    assert Meet(Fixed(0.1, 0.2), Fixed(0.5, 0.6)).interval(0.95) == (0.1, 0.6)
    assert Meet(Fixed(0.1, 0.5), Fixed(0.3, 0.6)).interval(0.95) == (0.3, 0.5)
