"""Promises of watching: false alarms that stay what they were, losses that are seen soon, bands that hold."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.track.making import (
    TAIL,
    Step,
    counted_lineages,
    error_of,
    first_alarms,
    normal_lineages,
    steps_of,
    watch,
)

from outcross.errors import CallError, DataError
from outcross.track.judging import FEWEST_DF, Series, judge, welch
from outcross.track.mixture import log_e, onsets_until
from outcross.track.monitor import Alarm, Watching

GENERATIONS = np.arange(1, 31)
ONE_SIDED = Watching(falls=1.0)


def together(make, plan, runs=4000, chunk=100, seed=1):
    """First alarms of many lineages, some at a time."""
    rng = np.random.default_rng(seed)
    return np.concatenate([first_alarms(make(chunk, rng), plan) for _ in range(runs // chunk)])


def most_of(runs, chance):
    """What a share that is `chance` in truth stays below in all but one of some ten thousand simulations."""
    return chance + 3.8 * math.sqrt(chance * (1 - chance) / runs)


# False alarms.


@pytest.mark.parametrize("df", [math.inf, 31.0])
@pytest.mark.parametrize("plan", [Watching(), ONE_SIDED])
def test_over_30_unchanged_generations_at_most_one_lineage_in_20_gives_a_false_alarm(df, plan):
    documents = np.tile([5000, 2000, 8000], 10)
    first = together(lambda runs, rng: normal_lineages(runs, documents, rng, df=df), plan)
    assert (first > 0).mean() <= 0.05


def test_with_2_degrees_of_freedom_too():
    first = together(lambda runs, rng: normal_lineages(runs, np.full(30, 500), rng, df=2.0), Watching())
    assert (first > 0).mean() <= 0.025


def test_an_eighth_of_alpha_gives_an_eighth_of_the_false_alarms():
    plan = Watching(alpha=0.05 / 8)
    first = together(lambda runs, rng: normal_lineages(runs, np.full(30, 2000), rng), plan)
    assert (first > 0).mean() <= 0.05 / 8


@pytest.mark.parametrize("looks", [None, 30])
def test_chains_that_hang_together_keep_their_false_alarms_without_the_e_process(looks):
    plan = Watching(independent=False, looks=looks)

    def chains(runs, rng):
        noise = rng.normal(size=(runs, 30))
        for g in range(1, 30):
            noise[:, g] = 0.9 * noise[:, g - 1] + math.sqrt(1 - 0.81) * noise[:, g]
        se = np.sqrt(rng.chisquare(19, (runs, 30)) / 19) * 0.1
        return Series(GENERATIONS, 0.1 * noise, se, np.zeros((runs, 30)), np.full(30, 19.0), joint_se=se)

    first = together(chains, plan)
    assert 0 < (first > 0).mean() <= 0.05


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=8), st.floats(0.05, 2), st.floats(0.01, 1))
def test_whatever_was_seen_the_e_process_expects_of_the_next_look_what_it_is(seen, factor, baseline):
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    looks = len(seen) + 1
    se = 0.3 * factor ** (np.arange(looks) % 3)
    series = Series(np.arange(1, looks + 1), np.zeros(looks), se, np.full(looks, baseline), np.full(looks, math.inf))
    contrasts = series.contrasts()
    z = np.concatenate([np.tile(seen, (len(nodes), 1)), nodes[:, None]], 1)
    for logarithm in log_e(replace(contrasts, z=z)):
        e = np.exp(logarithm)
        np.testing.assert_allclose(e[:, -1] @ weights / weights.sum(), e[0, -2], rtol=1e-6)


def test_the_weights_of_all_onsets_sum_to_one_without_a_horizon():
    for last in (1, 30, 64, 65, 1000):
        onsets, weight, rest = onsets_until(last)
        assert weight.sum() + rest == pytest.approx(1.0, abs=1e-12)
        assert onsets[-1] <= last
        assert (weight > 0).all()


def test_what_the_mixture_said_of_a_look_does_not_change_when_others_follow():
    series = normal_lineages(1, np.full(150, 5000), np.random.default_rng(3), drift=-0.001)
    steps = steps_of(series)
    long, short = watch(steps, Watching()).looks, watch(steps[:40], Watching()).looks
    for one, other in zip(short, long[:40], strict=True):
        assert one.log_e_fall == pytest.approx(other.log_e_fall, abs=1e-9)
        assert (one.low, one.high, one.alarm) == (other.low, other.high, other.alarm)


# Delays.


@pytest.mark.parametrize(
    ("documents", "kept", "start", "published"),
    [
        (2000, 0.95, 1, 4.4), (5000, 0.95, 1, 2.8), (20_000, 0.95, 1, 1.6), (2000, 0.8, 1, 1.3), (5000, 0.8, 1, 1.0),
        (2000, 0.95, 15, 5.0), (5000, 0.95, 15, 3.6), (20_000, 0.95, 15, 2.2), (2000, 0.8, 15, 1.9),
        (5000, 0.8, 15, 1.3),
    ],
)  # fmt: skip
def test_a_loss_is_seen_as_soon_as_the_published_table_says(documents, kept, start, published):
    looks = np.arange(1, start + (30 if kept > 0.9 else 10) * (start == 1) + 12 * (start > 1))
    shares = TAIL * kept ** np.maximum(looks - start + 1, 0)
    first = together(lambda runs, rng: counted_lineages(runs, documents, shares, rng), ONE_SIDED, runs=600)
    delays = first[first >= start] - start + 1
    assert delays.mean() <= published + 0.15
    assert (first > 0).all()


@pytest.mark.parametrize(("documents", "caught"), [(2000, 0.63), (5000, 0.99)])
def test_a_single_step_of_a_tenth_is_caught_as_often_as_the_table_says(documents, caught):
    step = np.full(30, math.log(0.9))
    first = together(
        lambda runs, rng: normal_lineages(runs, np.full(30, documents), rng, drift=step, df=math.inf),
        ONE_SIDED,
        runs=800,
    )
    assert (first > 0).mean() == pytest.approx(caught, abs=0.04)


def test_a_loss_of_5_percent_a_generation_at_5000_documents_is_seen_within_3_generations():
    drift = math.log(0.95) * GENERATIONS[:12]
    first = together(lambda runs, rng: normal_lineages(runs, np.full(12, 5000), rng, drift=drift), ONE_SIDED, runs=1000)
    assert first.min() > 0
    assert first.mean() <= 3.0


def test_a_share_of_the_alpha_of_eight_sees_it_within_4():
    drift, plan = math.log(0.95) * GENERATIONS[:12], Watching(alpha=0.05 / 8)
    first = together(lambda runs, rng: normal_lineages(runs, np.full(12, 5000), rng, drift=drift), plan, runs=1000)
    assert first.min() > 0
    assert first.mean() <= 4.0


def test_a_rise_is_seen_as_a_rise():
    series = normal_lineages(1, np.full(10, 5000), np.random.default_rng(4), drift=0.05 * GENERATIONS[:10])
    assert watch(steps_of(series), Watching()).alarm.direction == "rise"
    assert watch(steps_of(series), ONE_SIDED).alarm is None
    assert watch(steps_of(replace(series, change=-series.change)), Watching()).alarm.direction == "fall"


# Bands.


@pytest.mark.parametrize("plan", [Watching(), Watching(independent=False), Watching(looks=30)])
def test_the_bands_hold_the_truth_at_all_looks_together(plan):
    rng = np.random.default_rng(6)
    truth = -0.02 * GENERATIONS
    held = []
    for _ in range(20):
        judged = judge(normal_lineages(100, np.full(30, 2000), rng, drift=truth), plan)
        held.append(((judged.low <= truth) & (truth <= judged.high)).all(-1))
    level = 0.975 if plan.independent else 0.95
    assert 1 - np.mean(held) <= most_of(2000, 1 - level)


steps = st.builds(
    Step, st.floats(-2, 2), st.floats(0, 1), st.floats(0, 1), st.sampled_from([1.0, 2.0, 19.0, 31.0, math.inf])
)  # fmt: skip
plans = st.builds(
    Watching, st.sampled_from([0.01, 0.05, 0.4]), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([None, 12]),
    st.booleans(),
)  # fmt: skip


@given(st.lists(st.none() | steps, max_size=12), plans)
def test_a_band_leaves_0_out_exactly_where_the_baseline_test_alarms(series, plan):
    watched = watch(series, plan)
    assert [look is None for look in watched.looks] == [step is None for step in series]
    for look in watched.looks:
        if look is not None:
            outside = look.low > 0 or look.high < 0
            assert outside == (look.by == "baseline test")
            assert look.low <= look.high
            assert (look.alarm is None) == (look.by is None)


@given(st.lists(st.none() | steps, max_size=12), plans)
def test_the_mirror_image_gives_the_mirror_image(series, plan):
    mirrored = [None if step is None else replace(step, change=-step.change) for step in series]
    one, other = watch(series, plan), watch(mirrored, replace(plan, falls=1 - plan.falls))
    for look, opposite in zip(one.looks, other.looks, strict=True):
        if look is not None:
            assert (look.low, look.high) == (-opposite.high, -opposite.low)
            assert look.log_e_fall == pytest.approx(opposite.log_e_rise)
    assert (one.alarm is None) == (other.alarm is None)


def test_a_plan_with_looks_spends_evenly_and_without_a_horizon_ever_less():
    series = [Step(0.0, 0.1, 0.1, 31.0)] * 4
    evenly = watch(series, Watching(looks=4, independent=False)).looks
    assert [look.spent for look in evenly] == [(pytest.approx(0.05 / 8),) * 2] * 4
    ever = watch(series, Watching(falls=1.0)).looks
    assert [look.spent for look in ever] == [(pytest.approx(0.025 / (g * (g + 1))), 0.0) for g in range(1, 5)]
    assert all(look.low == -math.inf for look in ever)


# Looks that say nothing, ties, no errors, few degrees of freedom.


def test_a_look_that_says_nothing_counts_as_a_look():
    step = Step(-0.1, 0.03, 0.01, 31.0)
    late, early = watch([None, None, step], Watching()), watch([step], Watching())
    assert late.looks[:2] == [None, None]
    assert late.looks[2].spent[0] == pytest.approx(early.looks[0].spent[0] / 6)
    assert late.alarm == Alarm(3, "fall", "baseline test") or late.alarm is None


def test_nothing_but_looks_that_say_nothing_is_no_alarm():
    for steps in ([None, None], []):
        for independent in (True, False):
            watched = watch(steps, Watching(independent=independent))
            assert (watched.looks, watched.alarm, watched.change_point) == (steps, None, None)


def test_without_any_error_a_change_is_certain_and_none_is_none():
    same, other = Step(0.0, 0.0, 0.0, 31.0), Step(-1e-6, 0.0, 0.0, 31.0)
    assert watch([same] * 20, Watching()).alarm is None
    assert watch([same, same, other], Watching()).alarm == Alarm(3, "fall", "baseline test")
    rounding = Step(1e-16, 0.0, 0.0, 31.0)
    assert watch([rounding] * 20, Watching()).alarm is None


def test_equal_figures_that_have_errors_are_no_change():
    watched = watch([Step(0.0, 0.02, 0.01, 31.0)] * 200, Watching())
    assert watched.alarm is None
    assert watched.looks[-1].z == 0.0


def test_figures_without_error_all_alike_leave_the_pooled_past_in_peace():
    assert watch([Step(0.1, 0.0, 0.2, 31.0)] * 50, Watching()).alarm is None


def test_looks_whose_errors_are_little_known_stay_out_of_the_e_process():
    little = watch([Step(-0.3, 0.03, 0.01, FEWEST_DF - 1.0)] * 5, Watching())
    assert [look.log_e_fall for look in little.looks] == pytest.approx([0.0] * 5)
    known = watch([Step(-0.3, 0.03, 0.01, float(FEWEST_DF))] * 5, Watching())
    assert known.looks[0].log_e_fall > 2


def test_paired_errors_are_those_of_the_change():
    plan = Watching(independent=False)
    apart, paired = Step(-0.1, 0.1, 0.1, 19.0), Step(-0.1, 0.1, 0.1, 19.0, joint_se=0.02)
    assert watch([apart], plan).alarm is None
    assert watch([paired], plan).alarm == Alarm(1, "fall", "baseline test")


# Explanations.


def test_the_onset_of_a_clear_loss_is_found_with_its_shape_and_size():
    quiet, plan = [Step(0.0, 0.02, 0.005, 31.0)] * 9, Watching()
    step = watch([*quiet, *[Step(-0.3, 0.02, 0.005, 31.0)] * 3], plan)
    assert (step.alarm.look, step.onset.look, step.onset.shape) == (10, 10, "step")
    assert step.onset.size == pytest.approx(-0.3, rel=0.05)
    ramp = watch([*quiet, *[Step(-0.025 * g, 0.02, 0.005, 31.0) for g in range(1, 8)]], plan)
    assert ramp.onset.shape == "ramp"
    assert abs(ramp.onset.look - 10) <= 1
    assert ramp.onset.size == pytest.approx(-0.025, rel=0.3)


def test_the_onset_of_pairs_is_found_by_the_errors_of_their_changes():
    values = [0.0, 0.01, -0.01, 0.0, -0.06, -0.05, -0.07]
    paired = [Step(value, 0.4, 0.4, 19.0, joint_se=0.02) for value in values]
    watched = watch(paired, Watching(independent=False, looks=7, falls=1.0))
    assert (watched.onset.look, watched.onset.shape) == (5, "step")


def test_the_onset_is_what_was_known_at_the_alarm():
    series = normal_lineages(1, np.full(30, 5000), np.random.default_rng(8), drift=-0.05 * GENERATIONS)
    whole = watch(steps_of(series), Watching())
    assert whole.onset == watch(steps_of(series)[: whole.alarm.look], Watching()).onset


def test_the_series_breaks_where_its_level_changes_without_any_alarm():
    wide = [Step(value, 0.5, 0.5, 31.0) for value in (0.0, 0.01, 0.0, 0.1, 0.11, 0.1)]
    watched = watch(wide, Watching())
    assert watched.alarm is None
    assert watched.change_point.look == 4
    assert watched.change_point.after == pytest.approx(0.31 / 3)
    assert watch(wide[:1], Watching()).change_point is None


# Calls that cannot be right.


def test_more_looks_than_planned_are_refused():
    with pytest.raises(CallError, match="3 looks and the plan has 2"):
        watch([None] * 3, Watching(looks=2))


def test_shared_units_are_no_independent_draws():
    with pytest.raises(CallError, match="independent"):
        watch([Step(0.0, 0.1, 0.1, 19.0, joint_se=0.05)], Watching())


@pytest.mark.parametrize("wrong", [{"alpha": 0.0}, {"alpha": 0.5}, {"falls": 1.1}, {"falls": -0.1}, {"looks": 0}])
def test_a_plan_that_cannot_be_kept_is_refused(wrong):
    with pytest.raises(CallError):
        Watching(**wrong)


@pytest.mark.parametrize("wrong", [(math.nan, 1, 1, 31), (0, -1, 1, 31), (0, 1, math.inf, 31), (0, 1, 1, 0)])
def test_a_look_that_is_no_number_is_refused(wrong):
    with pytest.raises(DataError, match="cannot be watched"):
        watch([Step(*wrong)], Watching())


def test_welch_s_degrees_of_freedom_lie_between_those_of_one_and_of_both():
    assert welch(np.array([1.0]), np.array([1.0]), 31.0).tolist() == [62.0]
    assert welch(np.array([1.0]), np.array([0.0]), 31.0).tolist() == [31.0]
    assert welch(np.array([1.0]), np.array([math.sqrt(0.2)]), 31.0).tolist() == [42.0]


def test_with_welch_s_degrees_of_freedom_false_alarms_stay_what_they_were():
    def lineages(runs, rng):
        series = normal_lineages(runs, np.full(30, 2000), rng)
        return replace(series, df=welch(series.se, series.baseline_se, 31.0))

    first = together(lineages, Watching(), runs=2000)
    assert (first > 0).mean() <= 0.05


def test_one_lineage_is_judged_as_it_is_among_many():
    series = normal_lineages(3, np.full(20, 2000), np.random.default_rng(9), drift=-0.02 * GENERATIONS[:20])
    judged = judge(series, Watching())
    for run in range(3):
        looks = watch(steps_of(series, run), Watching()).looks
        np.testing.assert_allclose([look.log_e_fall for look in looks], judged.log_e_fall[run], rtol=1e-9)
        np.testing.assert_allclose([look.high for look in looks], judged.high[run], rtol=1e-12)
        np.testing.assert_allclose([look.z for look in looks], judged.z[run], rtol=1e-12)


def test_a_thousand_looks_cost_little_more_than_what_30_do_each(monkeypatch):
    """Counted in evaluated likelihood ratios: alternatives that nothing supports are put away."""
    counted = []
    exp = np.exp
    monkeypatch.setattr(np, "exp", lambda x, **given: counted.append(np.size(x)) or exp(x, **given))
    rng = np.random.default_rng(2)
    each = {}
    for looks in (30, 1000):
        counted.clear()
        watch(steps_of(normal_lineages(1, np.full(looks, 5000), rng)), Watching())
        each[looks] = sum(counted) / looks
    assert each[1000] < 2 * each[30]


def test_the_error_of_a_share_of_documents_is_that_of_the_table():
    assert error_of(2000) == pytest.approx(0.0671, abs=1e-4)
