"""Agreement: Krippendorff's own example, and an interval that holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.review.making import label

from outcross.estimate import Estimate, Unknown
from outcross.review.agreement import agreement, counts_of, krippendorff
from outcross.review.records import ANSWERS

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: four observers, twelve units, missing
# values; alpha for nominal data is 0.743.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def tabled(observers, values=5):
    return np.array([
        [sum(one[unit] == value for one in observers) for value in range(1, values + 1)]
        for unit in range(len(observers[0]))
    ])  # fmt: skip


def test_the_published_example_is_reproduced():
    assert krippendorff(tabled(OBSERVERS)) == pytest.approx(0.743, abs=5e-4)


def slow(counts):
    """Alpha as it is defined: disagreement of pairs within items over that of all pairs."""
    rows = [[value for value, count in enumerate(row) for _ in range(count)] for row in counts if sum(row) >= 2]
    every = [value for row in rows for value in row]
    within = sum(sum(a != b for a in row for b in row) / (len(row) - 1) for row in rows) / len(every)
    overall = sum(a != b for a in every for b in every) / (len(every) * (len(every) - 1))
    return None if overall == 0 else 1 - within / overall


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=12))
def test_alpha_is_what_its_definition_says(rows):
    counts = np.array(rows)
    expected = slow(rows) if (counts.sum(axis=1) >= 2).any() else None
    found = krippendorff(counts)
    assert found == expected if expected is None else found == pytest.approx(expected)


def simulated(random, items, error):
    """Two reviewers who err by themselves: counts of two answers."""
    truth = random.random(items) < 0.4
    said = [truth ^ (random.random(items) < error) for _ in range(2)]
    ones = said[0].astype(int) + said[1]
    return np.stack([2 - ones, ones, 0 * ones, 0 * ones], axis=1)


@pytest.mark.parametrize(("items", "error"), [(60, 0.15), (60, 0.02), (200, 0.1), (200, 0.3)])
def test_the_interval_holds_the_truth_as_often_as_it_says(items, error):
    truth = krippendorff(simulated(np.random.default_rng(0), 400_000, error))
    random = np.random.default_rng(items)
    held = 0
    for _ in range(600):
        found = agreement(simulated(random, items, error))
        low, high = found.interval() if isinstance(found, Estimate) else (-1, 1)
        held += low <= truth <= high
    assert held / 600 > 0.92


def test_full_agreement_among_few_is_not_certainty():
    counts = np.array([[2, 0, 0, 0]] * 10 + [[0, 0, 2, 0]] * 10)
    found = agreement(counts)
    assert found.value == 1.0
    assert 0.4 < found.interval()[0] < 0.8


def test_what_cannot_be_known_is_unknown():
    assert isinstance(agreement(np.zeros((0, 4), int)), Unknown)
    assert "10 are needed" in agreement(np.array([[1, 1, 0, 0]] * 9)).reason
    assert "same answer" in agreement(np.array([[2, 0, 0, 0]] * 30)).reason
    assert "rests on it alone" in agreement(np.array([[2, 0, 0, 0]] * 30 + [[1, 1, 0, 0]])).reason


def test_items_that_one_reviewer_answered_do_not_count():
    labels = [label(number, "human", who) for number in range(20) for who in ("ana", "bob")]
    labels += [label(number, "synthetic") for number in range(20, 40)]
    counts = counts_of(labels)
    assert counts.shape == (40, len(ANSWERS))
    assert "same answer" in agreement(counts).reason
