"""What is decided by is fixed before anybody looks."""

import pytest

from outcross.errors import CallError
from outcross.track.measured import catalogue
from outcross.track.plan import (
    LOSS_FALLS,
    LOSS_RISES,
    WITH_REFERENCE,
    WITHOUT_REFERENCE,
    Criterion,
    Plan,
    criterion,
    panel,
)  # fmt: skip

MORE = ["perplexity", "embedding.coverage", "embedding.vendi", "length"]


@pytest.mark.parametrize("reference", [True, False])
@pytest.mark.parametrize("measured", [(), MORE[:1], MORE])
def test_the_parts_of_all_criteria_add_up_to_one(reference, measured):
    found = panel(Plan(), reference=reference, measured=measured)
    assert sum(one.weight for one in found) == pytest.approx(1)
    assert found[0].weight == max(one.weight for one in found)
    assert found[0].measure == ("tail.share" if reference else "types")
    assert all(one.measure in catalogue() for one in found)


def test_what_is_measured_besides_text_decides_too():
    assert [one.measure for one in panel(Plan(), reference=True, measured=MORE)][-2:] == MORE[:2]
    assert len(panel(Plan(), reference=True, measured=())) == len(WITH_REFERENCE)


def test_criteria_that_were_asked_for_are_the_only_ones():
    asked = (Criterion("length", 3.0), Criterion("types", 1.0, 1.0))
    found = panel(Plan(criteria=asked), reference=True, measured=MORE)
    assert found == (Criterion("length", 0.75), Criterion("types", 0.25, 1.0))


def test_every_shipped_criterion_watches_both_directions_and_more_the_one_that_is_a_loss():
    for one in (*WITH_REFERENCE, *WITHOUT_REFERENCE):
        assert 0 < one.falls < 1
        if one.falls != 0.5:
            assert one.falls == (LOSS_FALLS if catalogue()[one.measure].loss == "fall" else LOSS_RISES)


@pytest.mark.parametrize(
    ("told", "falls"),
    [
        ("tail.share", LOSS_FALLS), ("tail.share:both", LOSS_FALLS), ("tail.share:falls", 1.0), ("kl:rises", 0.0),
        ("kl", LOSS_RISES), ("length", 0.5), ("task.mmlu.acc", 0.5),
    ],
)  # fmt: skip
def test_a_criterion_is_told_in_a_word(told, falls):
    assert criterion(told) == Criterion(told.partition(":")[0], 1.0, falls)


@pytest.mark.parametrize("told", ["", "tail", "tail.share:down", "tail.share:", "TAIL.SHARE"])
def test_criteria_that_do_not_exist_are_refused(told):
    if told == "tail.share:":
        assert criterion(told).falls == LOSS_FALLS
        return
    with pytest.raises(CallError):
        criterion(told)


@pytest.mark.parametrize(
    "settings",
    [{"alpha": 0.0}, {"alpha": 0.6}, {"looks": 0}, {"first_words": 0}, {"margin": 0.0}, {"margin": 1.0},
     {"alpha": float("nan")}],
)  # fmt: skip
def test_numbers_out_of_their_range_are_refused(settings):
    with pytest.raises(CallError, match="must be between"):
        Plan(**settings)
