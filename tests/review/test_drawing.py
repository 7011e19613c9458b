"""Drawing: every design gives each document the probability that it records."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from outcross.errors import CallError, DataError
from outcross.review.drawing import FLOOR, REST, Frame, allocated, draw, inclusions

SCORES = np.random.default_rng(1).beta(0.5, 0.5, 400).astype(np.float32)
GROUPS = np.repeat(np.arange(5, dtype=np.int32), [200, 100, 60, 38, 2])
NAMES = ("web", "books", "code", "chat", "tiny")
FRAMES = {
    "uniform": Frame(400),
    "stratified": Frame(400, None, GROUPS, NAMES),
    "stratified by score": Frame(400, SCORES),
    "active": Frame(400, SCORES),
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("n", [1, 7, 40, 399, 400, 1000])
def test_a_draw_has_its_size_and_no_document_twice(name, n):
    drawn = draw(FRAMES[name], n, name.split()[0], 5)
    assert len(drawn.rows) == min(n, 400)
    assert len(set(drawn.rows.tolist())) == len(drawn.rows)
    assert (np.diff(drawn.rows) > 0).all()
    assert ((drawn.inclusion > 0) & (drawn.inclusion <= 1)).all()
    assert drawn.inclusion.min() >= drawn.floor - 1e-12
    assert sum(size for size, _ in drawn.sizes.values()) == 400
    assert sum(count for _, count in drawn.sizes.values()) == len(drawn.rows)


@pytest.mark.parametrize("name", FRAMES)
def test_documents_are_drawn_as_often_as_their_recorded_probability_says(name):
    """400 documents, 40 drawn, 2,000 times: each frequency within five standard errors of its probability."""
    frame, design = FRAMES[name], name.split()[0]
    seen, told = np.zeros(400), np.zeros(400)
    for seed in range(2000):
        drawn = draw(frame, 40, design, seed)
        seen[drawn.rows] += 1
        told[drawn.rows] = drawn.inclusion
    assert (told > 0).all()
    error = np.sqrt(told * (1 - told) / 2000)
    assert (np.abs(seen / 2000 - told) <= 5 * error).all()


@pytest.mark.parametrize("name", FRAMES)
def test_the_same_seed_draws_the_same_documents(name):
    one, two, other = (draw(FRAMES[name], 40, name.split()[0], seed).rows for seed in (7, 7, 8))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_an_inverse_probability_total_is_that_of_the_corpus():
    """The mean of 2,000 estimated totals of a share that depends on the score."""
    y = np.random.default_rng(2).random(400) < SCORES
    totals = []
    for seed in range(2000):
        drawn = draw(FRAMES["active"], 40, "active", seed)
        totals.append((y[drawn.rows] / drawn.inclusion).sum() / 400)
    assert np.mean(totals) == pytest.approx(y.mean(), abs=5 * np.std(totals) / np.sqrt(2000))


def test_active_designs_draw_the_doubtful_more_often_and_nobody_below_the_floor():
    made = inclusions(np.sqrt(SCORES * (1 - SCORES)).astype(float), 40)
    middling = (SCORES > 0.4) & (SCORES < 0.6)
    sure = (SCORES < 0.01) | (SCORES > 0.99)
    assert made[middling].mean() > 2 * made[sure].mean()
    assert made.min() >= FLOOR * 40 / 400


@given(weight=hnp.arrays(float, st.integers(1, 200), elements=st.floats(0, 1e6)), part=st.floats(0.01, 1))
def test_inclusion_probabilities_add_up_and_keep_the_floor(weight, part):
    n = max(int(part * len(weight)), 1)
    made = inclusions(weight, n)
    assert made.sum() == pytest.approx(n, rel=1e-6)
    assert (made >= FLOOR * n / len(weight) - 1e-12).all()
    assert (made <= 1).all()


@given(sizes=st.lists(st.integers(1, 500), min_size=1, max_size=12), part=st.floats(0.0, 1.0))
def test_what_is_allocated_adds_up_and_fits(sizes, part):
    sizes = np.array(sizes)
    n = max(int(part * sizes.sum()), 1)
    shares = allocated(sizes, n)
    assert shares.sum() == n
    assert (shares <= sizes).all()
    if n >= 2 * len(sizes):
        assert (shares >= np.minimum(2, sizes)).all()


def test_small_groups_are_drawn_together():
    drawn = draw(FRAMES["stratified"], 40, "stratified", 0)
    assert list(drawn.sizes) == ["web", "books", "code", "chat", REST]
    assert drawn.sizes["web"][0] == 200
    assert drawn.sizes[REST] == (2, 2)


def test_what_has_no_score_is_a_stratum_of_its_own_and_open_to_active_designs():
    scores = SCORES.copy()
    scores[:100] = np.nan
    frame = Frame(400, scores)
    assert draw(frame, 40, "stratified").sizes["not scored"] == (100, 10)
    assert (inclusions(np.where(np.isnan(scores), 0.5, 0.1), 40)[:100] > 0.1).all()
    assert len(draw(frame, 40, "active").rows) == 40


@pytest.mark.parametrize("design", ["stratified", "active"])
def test_designs_that_lack_what_they_need_say_so(design):
    with pytest.raises(CallError, match="needs") as caught:
        draw(Frame(10), 5, design)
    assert "--scores" in caught.value.hint


def test_nothing_to_draw_is_told():
    with pytest.raises(DataError):
        draw(Frame(0), 5)
    with pytest.raises(CallError):
        draw(Frame(5), 0)
