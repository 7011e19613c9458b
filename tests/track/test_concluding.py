"""The outcome of a lineage: what was not seen never passes."""

import pytest
from tests.track.lines import line

from outcross.track.concluding import alarms_of, outcome
from outcross.track.following import follow
from outcross.track.plan import Criterion, Plan
from outcross.track.record import Confounder, Verdict

TWO = (Criterion("tail.share", 0.5, 0.8), Criterion("kl", 0.5, 0.2))
STILL = [0.0, 0.01, -0.01]
NOTE = Confounder("length", "note", (), "Documents are not as long.")
WARNING = Confounder("decoding", "warning", (), "Other settings.")
HOLDS = Verdict("variance", "collapse of variance", "somebody", "holds", "why")
OPEN = Verdict("variance", "collapse of variance", "somebody", "unknown", "why")


def concluded(tail, kl=STILL, controls=None, plan=None, **found):
    plan = plan or Plan()
    followed = line({"tail.share": tail, "kl": kl}, controls)
    series = follow(followed, TWO, plan)
    alarms = alarms_of(series, followed.names)
    return outcome(series, alarms, found.get("verdicts", ()), found.get("confounders", ()), plan)


def test_nothing_lost_and_enough_seen_is_no_alarm():
    result, says = concluded(STILL, verdicts=(OPEN,), confounders=(NOTE,))
    assert result == "no alarm"
    assert says.startswith("No alarm in 3 looks: a loss of 20%")


def test_a_loss_is_an_alarm_whatever_else_is_said():
    result, says = concluded([0.0, -0.2, -0.4], verdicts=(HOLDS,), confounders=(WARNING,))
    assert result == "alarm"
    assert says.startswith("1 alarm (loss). Words from the human tail fell")


def test_of_several_alarms_the_first_loss_is_told():
    result, says = concluded([0.4, 0.4, 0.4], kl=[0.0, 0.4, 0.4])
    assert result == "alarm"
    assert says.startswith("2 alarms (1 of loss, 1 of drift). Distance to human words rose")


def test_a_warning_asks_for_people():
    result, says = concluded(STILL, confounders=(NOTE, WARNING))
    assert result == "people"
    assert "Other settings." in says


def test_a_definition_that_holds_asks_for_people():
    result, says = concluded(STILL, verdicts=(OPEN, HOLDS))
    assert result == "people"
    assert "collapse of variance" in says


@pytest.mark.parametrize("tail", [[0.0, 0.0, None], [None, None, None]])
def test_an_unknown_newest_look_is_not_enough(tail):
    result, says = concluded(tail)
    assert result == "not enough"
    assert "is unknown for g3" in says


def test_a_criterion_that_is_unknown_at_the_newest_look_is_not_enough_either():
    result, says = concluded(STILL, kl=[0.0, 0.0, None])
    assert result == "not enough"
    assert says.startswith("No alarm, but too little to say that nothing is lost: distance to human words is unknown")


def test_what_could_not_be_seen_is_not_enough():
    result, says = concluded(STILL, plan=Plan(margin=0.01))
    assert result == "not enough"
    assert "without an alarm" in says


def test_where_the_control_is_unknown_at_the_newest_look_it_is_not_enough():
    controls = {"tail.share": [0.0, 0.0, None], "kl": STILL}
    result, says = concluded(STILL, controls=controls)
    assert result == "not enough"
    assert "could not be compared with the control" in says


@pytest.mark.parametrize(("measure", "margin", "result"), [
    ("length", 0.2, "no alarm"), ("length", 0.05, "not enough"), ("entropy", 0.9, "no alarm"),
    ("kl", 0.9, "no alarm"), ("kl", 0.3, "not enough"), ("repetition", 0.9, "no alarm"),
])  # fmt: skip
def test_the_margin_is_relative_on_every_scale(measure, margin, result):
    """Values are .1 and errors .022, so what is ruled out on a scale of differences is most of the value."""
    plan = Plan(margin=margin)
    followed = line({measure: STILL})
    series = follow(followed, (Criterion(measure, 1.0),), plan)
    assert outcome(series, (), (), (), plan)[0] == result
