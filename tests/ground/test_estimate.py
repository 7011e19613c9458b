"""Promises of estimates: their intervals are those of the textbooks, and they survive their record."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, t

from outcross.canonical import canonical_json
from outcross.estimate import Estimate, Unknown, counted, finding_from_dict, t_quantile, t_tail

FLOATS = st.floats(-1e12, 1e12)


def estimate(value=1.0, se=0.1, df=math.inf, n=100, **more):
    return Estimate(value, se, df, n, "words", "made up", **more)


@pytest.mark.parametrize("df", [1, 2, 3, 5, 10, 31, 62, 200.5, 1e4, math.inf])
@pytest.mark.parametrize("p", [0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9986, 0.999999])
def test_quantiles_of_students_t_are_scipys(p, df):
    assert t_quantile(p, df) == pytest.approx(float(t.ppf(p, df)), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("df", [1, 2, 7.3, 31, 1000, math.inf])
@pytest.mark.parametrize("x", [0, 1e-3, 0.5, 1.96, 5, 12, 30])
def test_tails_of_students_t_are_scipys(x, df):
    assert t_tail(x, df) == pytest.approx(float(t.sf(x, df)), rel=1e-8, abs=1e-14)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize(("hits", "n"), [(0, 1), (0, 50), (1, 50), (25, 50), (49, 50), (50, 50), (37, 100_000)])
def test_the_interval_of_a_share_is_wilsons(hits, n, level):
    p = hits / n
    share = estimate(p, math.sqrt(p * (1 - p) / n), n=n, scale="share")
    expected = binomtest(hits, n).proportion_ci(level, "wilson")
    assert share.interval(level) == pytest.approx((expected.low, expected.high), abs=1e-12)


ERRORS = st.just(0.0) | st.floats(1e-9, 1)
DEGREES = st.sampled_from([1.0, 31.0, math.inf])
SHARES = st.sampled_from([0.0, 1.0]) | st.floats(1e-12, 1 - 1e-12)


@given(value=SHARES, se=ERRORS, n=st.integers(0, 10_000), df=DEGREES)
def test_the_interval_of_a_share_holds_it_and_stays_within_0_and_1(value, se, n, df):
    low, high = estimate(value, se, df, n, scale="share").interval()
    assert 0 <= low <= value + 1e-9
    assert value - 1e-9 <= high <= 1


@given(value=st.floats(1e-6, 1e9), share=st.floats(0, 2), df=st.floats(1, 1e6))
def test_the_interval_on_the_log_scale_is_symmetric_there_and_above_0(value, share, df):
    low, high = estimate(value, value * share, df, scale="log").interval()
    assert 0 <= low <= value <= high
    if low > 0 and high < 1e300:
        assert low * high == pytest.approx(value**2, rel=1e-6)


def test_an_interval_is_wider_at_a_higher_level_with_fewer_degrees_and_a_stated_error():
    widths = [
        high - low
        for low, high in (
            estimate().interval(0.5), estimate().interval(), estimate(df=31.0).interval(), estimate(df=2.0).interval(),
            estimate(df=2.0, error=0.5).interval(),
        )
    ]  # fmt: skip
    assert widths == sorted(widths)
    assert len(set(widths)) == 5
    assert widths[4] == pytest.approx(widths[3] + 1)


def test_what_was_counted_has_no_error():
    finding = counted(7, n=7, unit="documents")
    assert finding.interval() == (7.0, 7.0)
    assert finding.se == 0


ESTIMATES = st.builds(
    Estimate, value=FLOATS, se=st.floats(0, 1e9), df=st.sampled_from([31.0, math.inf]), n=st.integers(0, 1 << 40),
    unit=st.text(max_size=5), method=st.text(max_size=5), assumption=st.text(max_size=5),
    scale=st.sampled_from(["identity", "log"]), replicates=st.lists(FLOATS, max_size=3).map(tuple),
    error=st.floats(0, 10),
)  # fmt: skip


@given(finding=st.one_of(ESTIMATES, st.builds(Unknown, st.text())))
def test_a_finding_survives_its_record(finding):
    kept = finding.rounded()
    read = finding_from_dict(json.loads(canonical_json(kept.to_dict())))
    assert read == kept
    assert canonical_json(read.to_dict()) == canonical_json(kept.to_dict())
    assert kept.rounded() == kept


def test_replicates_can_be_left_out():
    assert estimate(replicates=(1.0, 2.0)).without_replicates() == estimate()
    assert Unknown("why").without_replicates() == Unknown("why")
