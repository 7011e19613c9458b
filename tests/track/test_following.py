"""From what generations tell to series and alarms."""

import math

import pytest
from tests.track.lines import SE, line

from outcross.estimate import Estimate, Unknown
from outcross.track.following import follow
from outcross.track.plan import Criterion, Plan

TAIL = (Criterion("tail.share", 1.0, 0.8),)
STILL = [0.0, 0.01, -0.01, 0.0]
FALLS = [0.0, -0.1, -0.2, -0.3]


def followed(changes, **kwargs):
    return follow(line({"tail.share": changes}, **kwargs), TAIL, Plan())[0]


def test_a_fall_of_the_tail_is_an_alarm_of_loss_with_its_figures():
    alarm = followed(FALLS).alarm
    assert (alarm.direction, alarm.kind, alarm.generation) == ("fall", "loss", "g2")
    assert alarm.says.startswith("Words from the human tail fell by 9.5%")
    assert "against the baseline at g2 (loss; " in alarm.says


def test_a_rise_of_the_tail_is_drift_and_says_that_it_rose():
    alarm = followed([-one for one in FALLS]).alarm
    assert (alarm.direction, alarm.kind) == ("rise", "drift")
    assert "rose by" in alarm.says


def test_nothing_is_no_alarm_and_what_could_be_seen_is_said():
    series = followed(STILL)
    assert series.alarm is None
    assert series.detectable.startswith("With 5,000 documents a generation")
    assert [row.alarm for row in series.rows] == [None] * 4


def test_an_unknown_look_is_a_row_without_a_band_and_the_others_go_on():
    series = followed([0.0, None, -0.3, -0.3])
    assert isinstance(series.rows[1].change, Unknown)
    assert series.rows[1].band is None
    assert series.alarm.generation == "g3"


def test_changes_against_the_generation_before_skip_what_is_unknown():
    rows = followed([-0.1, None, -0.3, -0.3]).rows
    assert isinstance(rows[0].previous, Unknown)
    assert rows[2].previous.value == pytest.approx(-0.2)
    assert rows[2].previous.se == pytest.approx(math.hypot(SE, SE))
    assert rows[3].previous.value == pytest.approx(0)


def test_a_control_that_falls_alike_leaves_no_alarm():
    series = followed(FALLS, controls={"tail.share": FALLS})
    assert series.alarm is None
    assert series.rows[3].control.value == pytest.approx(0)
    assert series.rows[3].change.value == pytest.approx(-0.3)


def test_a_control_that_stays_leaves_the_alarm_and_is_named_in_it():
    alarm = followed(FALLS, controls={"tail.share": STILL}).alarm
    assert alarm.kind == "loss"
    assert "against the control's change" in alarm.says


def test_a_control_that_is_too_short_decides_nothing():
    series = followed(FALLS, controls={"tail.share": FALLS[:2]})
    assert series.alarm is not None
    assert isinstance(series.rows[3].control, Unknown)


def test_where_the_control_is_unknown_the_look_says_nothing():
    series = followed(FALLS, controls={"tail.share": [0.0, None, 0.0, 0.0]})
    assert series.rows[1].band is None
    assert series.alarm.generation == "g3"


@pytest.mark.parametrize("facts", [{"clustered": True}, {"trained": True}])
def test_generations_that_share_prompts_or_texts_are_not_taken_for_independent(facts):
    series = followed(FALLS, facts=facts)
    assert {row.evidence for row in series.rows} == {None}
    assert series.alarm.by == "baseline test"
    assert followed(FALLS).rows[0].evidence is not None


def test_errors_of_pairs_are_not_taken_for_independent():
    assert {row.evidence for row in followed(FALLS, joint=True).rows} == {None}


def test_measures_that_decide_nothing_are_watched_and_never_alarm():
    series = follow(line({"tail.share": STILL, "types": FALLS, "task.mmlu": FALLS}), TAIL, Plan())
    assert [one.measure for one in series] == ["tail.share", "types", "task.mmlu"]
    for one in series[1:]:
        assert one.alarm is None
        assert not one.deciding
        assert {row.alarm for row in one.rows} == {None}
        assert one.rows[3].z < -5


def test_a_criterion_that_nobody_measured_stays_as_unknown():
    series = follow(line({"types": STILL}), TAIL, Plan())
    assert series[0].measure == "tail.share"
    assert all(isinstance(row.change, Unknown) for row in series[0].rows)
    assert series[0].alarm is None


@pytest.mark.parametrize(
    ("measure", "change", "words"),
    [
        ("kl", 0.5, "0.5 nats"),
        ("repetition", 0.5, "50 points"),
        ("embedding.shift", 0.5, "0.5 units"),
        ("types", 0.5, "64.9%"),
    ],
)
def test_amounts_are_told_in_the_units_of_their_scale(measure, change, words):
    found = follow(line({measure: [change] * 3}), (Criterion(measure, 1.0),), Plan())[0]
    assert f"rose by {words}" in found.alarm.says


def test_values_keep_their_errors_on_their_own_scale():
    row = followed(STILL).rows[1]
    assert isinstance(row.value, Estimate)
    assert (row.value.value, row.value.se, row.value.scale) == (0.1, pytest.approx(0.1 * SE), "log")
    assert row.change.se == pytest.approx(math.hypot(SE, SE / 2))
