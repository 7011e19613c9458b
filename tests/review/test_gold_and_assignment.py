"""Gold looks like the rest; work is shared out so that nobody waits and nothing is done twice for nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.review.making import items

from outcross.errors import DataError
from outcross.review.assignment import open_items, wanted
from outcross.review.gold import Candidate, mixed, planted, usual
from outcross.review.records import text_digest


def pool(lengths, truth="synthetic"):
    return [Candidate(f"g{number}", f"{truth} {number}", truth, length) for number, length in enumerate(lengths)]


def test_gold_has_lengths_like_the_sample():
    random = np.random.default_rng(0)
    sample = random.integers(50, 150, 100).tolist()
    chosen = planted(pool(random.integers(1, 5000, 3000)), sample, (50, 50), 1, set())
    assert 0.9 < np.mean([one.tokens for one in chosen]) / np.mean(sample) < 1.1


def test_gold_is_drawn_once_and_is_no_copy_of_the_sample():
    candidates = [*pool(range(10)), *pool(range(10)), Candidate("blank", " \n", "synthetic", 0)]
    taken = {text_digest("synthetic 3")}
    chosen = planted(candidates, [5], (5, 20), 1, taken)
    assert len({one.text for one in chosen}) == 9
    assert "synthetic 3" not in {one.text for one in chosen}
    assert len(taken) == 10


def test_too_little_gold_is_told_with_what_there_is():
    with pytest.raises(DataError, match="11 synthetic documents were to be planted; there are 10"):
        planted(pool(range(10)), [5], (11, 11), 1, set())


def test_the_same_seed_plants_the_same_gold():
    one, two, other = (planted(pool([9] * 500), [100], (20, 20), seed, set()) for seed in (1, 1, 2))
    assert one == two != other
    assert mixed(50, 1) == mixed(50, 1) != mixed(50, 2)
    assert sorted(mixed(50, 1)) == list(range(50))
    assert (usual(10), usual(300)) == (20, 150)


def test_overlap_is_the_share_that_several_answer():
    assert wanted(100, 1, 1.0, 0) == [1] * 100
    assert wanted(100, 3, 1.0, 0) == [3] * 100
    assert sorted(wanted(100, 2, 0.2, 0)) == [1] * 80 + [2] * 20
    assert wanted(100, 2, 0.2, 0) == wanted(100, 2, 0.2, 0) != wanted(100, 2, 0.2, 1)


def test_what_another_looks_at_now_is_left_to_them():
    left = open_items(items(3), {0: {"ana"}}, {1: {"bob"}}, "ana")
    assert [item.number for item in left] == [2]
    assert [item.number for item in open_items(items(3), {0: {"ana"}}, {1: {"bob"}}, "bob")] == [1, 2]


def test_what_was_skipped_comes_last_in_that_order():
    left = open_items(items(5), {}, {}, "ana", [3, 0])
    assert [item.number for item in left] == [1, 2, 4, 3, 0]


@given(st.integers(1, 3), st.integers(1, 8), st.permutations(["ana", "bob", "eve"] * 3))
def test_everybody_together_answers_every_item_as_often_as_wanted(several, count, turns):
    everything = items(count, wanted=several)
    answered: dict[int, set[str]] = {}
    for who in turns * count:
        left = open_items(everything, answered, {}, who)
        if left:
            answered.setdefault(left[0].number, set()).add(who)
    assert all(len(answered[item.number]) == several for item in everything)
