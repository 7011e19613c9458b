"""From labels to answers: the last word counts, the majority decides, gold by the same rule."""

import numpy as np
import pytest
from tests.review.making import label, label_set

from outcross.review.collecting import collect
from outcross.review.records import standing


def test_the_last_answer_stands_and_a_withdrawn_one_does_not():
    said = [label(0, "human"), label(1, "human"), label(0, "synthetic"), label(1, "withdrawn"), label(2, "unsure")]
    assert [(one.item, one.answer) for one in standing(said)] == [(0, "synthetic"), (2, "unsure")]


def test_answering_again_after_undo_counts():
    said = [label(0, "human"), label(0, "withdrawn"), label(0, "partly")]
    assert [one.answer for one in standing(said)] == ["partly"]


def test_the_majority_decides_and_a_draw_is_cannot_tell():
    said = [label(0, answer, who) for who, answer in (("a", "human"), ("b", "synthetic"), ("c", "partly"))]
    said += [label(1, answer, who) for who, answer in (("a", "human"), ("b", "synthetic"))]
    said += [label(2, answer, who) for who, answer in (("a", "human"), ("b", "unsure"))]
    said += [label(3, "unsure")]
    found = collect(label_set(6), said)
    assert found.sample.y.tolist() == pytest.approx([1, np.nan, 0, np.nan], nan_ok=True)
    assert found.sample.unsure == 2
    assert found.drawn == 6


def test_the_target_says_what_partly_means():
    said = [label(0, "partly"), label(1, "synthetic")]
    assert collect(label_set(2), said, "partly").sample.y.tolist() == [1, 1]
    assert collect(label_set(2), said, "fully").sample.y.tolist() == [0, 1]


def test_gold_is_counted_apart_from_the_sample():
    made = label_set(10, gold=6)
    said = [label(0, "human"), *(label(item.number, "synthetic") for item in made.gold[:5]), label(9, "unsure")]
    found = collect(made, said)
    assert len(found.sample) - found.passed == 1
    assert (found.gold.synthetic, found.gold.called, found.gold.human, found.gold.miscalled) == (3, 3, 2, 2)
    assert found.gold.unsure == (0, 1)


def test_a_reviewer_can_be_left_out_with_all_they_said():
    said = [label(0, "human", "ana"), label(1, "synthetic", "bob")]
    assert collect(label_set(2), said, without=["bob"]).sample.y.tolist() == [0]


def test_what_was_skipped_is_cannot_tell_and_not_left_out():
    found = collect(label_set(6), [label(0, "human"), label(3, "human")])
    assert found.sample.y.tolist() == pytest.approx([0, np.nan, np.nan, 0], nan_ok=True)
    assert found.passed == 2


def test_no_labels_are_no_answers():
    assert len(collect(label_set(3), []).sample) == 0
