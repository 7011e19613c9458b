"""The linear score's loops against the same in plain Python."""

import re
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcross.kernels import hash_words, words
from outcross.kernels.linear import SLOTS, Features, features, join, regress, survey, weight_sums
from outcross.measure import Batch

MASK = (1 << 64) - 1
WEIGHTS = np.random.default_rng(1).integers(-127, 128, SLOTS).astype(np.int8)
texts = st.lists(st.text(alphabet="ab é_`](\u200b\u0430\n0{", max_size=80), min_size=1, max_size=6)


def batch(found: list[str]) -> Batch:
    return Batch(pa.array(found, pa.large_string()), pa.array([str(number) for number in range(len(found))]))


def slots(text: str, most: int) -> set[int]:
    """The different slots of a text's first words and pairs."""
    tokens = [int(one) for one in hash_words(text)][:most]
    found = {(one * 0x9E3779B97F4A7C15 & MASK) >> 46 for one in tokens}
    pairs = pairwise(tokens)
    return found | {((a * 0x9FB21C651E98DF25 + b) * 0xC4CEB9FE1A85EC53 & MASK) >> 46 for a, b in pairs}


@settings(max_examples=40)
@given(found=texts, most=st.integers(1, 20))
def test_a_sum_is_that_of_the_different_words_and_pairs(found, most):
    sums, counts = weight_sums(batch(found), WEIGHTS, most)
    wanted = [slots(text, most) for text in found]
    assert counts.tolist() == [len(one) for one in wanted]
    assert sums.tolist() == [sum(int(WEIGHTS[slot]) for slot in one) for one in wanted]


@settings(max_examples=20)
@given(found=texts)
def test_features_for_fitting_are_those_of_scoring(found):
    one = batch(found)
    made = features(one, 2048)
    sums, counts = weight_sums(one, WEIGHTS, 2048)
    assert np.diff(made.places).tolist() == counts.tolist()
    assert made.sums(WEIGHTS.astype(float)) == pytest.approx(sums / np.sqrt(np.maximum(counts, 1)))


def test_documents_do_not_depend_on_the_batch_that_they_come_in():
    found = ["one two two three", "", "two three four", "five"]
    sums, _ = weight_sums(batch(found), WEIGHTS, 2048)
    assert sums.tolist() == [int(weight_sums(batch([text]), WEIGHTS, 2048)[0][0]) for text in found]
    joined = join(features(batch([text]), 2048) for text in found)
    assert joined.slots.tolist() == features(batch(found), 2048).slots.tolist()


@settings(max_examples=40)
@given(found=texts)
def test_a_survey_counts_symbols_and_figures_and_sees_what_changes(found):
    changes = np.zeros(0x20000, np.bool_)
    changes[[0x200B, 0x430]] = True
    seen = survey(batch(found), changes, 1 << 40)
    for row, text in enumerate(found):
        size = max(len(text.encode()), 1)
        assert seen.symbols[row] == pytest.approx(sum(text.count(one) for one in "()[]{}_`") / size)
        assert seen.figures[row] == pytest.approx(text.count("0") / size)
        if "\u200b" in text or "\u0430" in text or "](" in text or "```" in text:
            assert seen.changes[row]
        if not set(text) & set("\u200b\u0430](_`"):
            assert not seen.changes[row]


PADDING = st.integers(0, 140)
BLANK = rb"[\x00-/:-@\[-^`{-\x7f]"
CHANGED = re.compile(
    rb"\]\(|```|\xe2\x80\x8b|\xd0\xb0|" + rb"(?:\A|(?<=" + BLANK + rb"))_|_(?=" + BLANK + rb"|\Z)", re.DOTALL
)


@settings(max_examples=100)
@given(
    before=st.integers(0, 140), text=st.text(alphabet="a0 _`](\u200b\u0430\n{", max_size=5), after=st.integers(0, 140)
)
def test_what_changes_is_seen_wherever_in_a_block_it_stands(before, text, after):
    changes = np.zeros(0x20000, np.bool_)
    changes[[0x200B, 0x430]] = True
    whole = "b" * before + text + "b" * after
    seen = survey(batch(["_", whole, "`"]), changes, 1 << 40)
    assert seen.changes.tolist() == [True, CHANGED.search(whole.encode()) is not None, False]


def test_only_the_first_words_are_surveyed():
    one = batch(["word " * 10 + "{{{{ \u0430"])
    changes = np.zeros(0x20000, np.bool_)
    changes[0x430] = True
    assert survey(one, changes, 2048).changes[0]
    short = survey(one, changes, 5)
    assert not short.changes[0]
    assert short.symbols[0] == 0
    assert len(words(one).tokens) == 11


def test_the_regression_reaches_the_minimum():
    """At the minimum each weight is the sum of its documents' duals: cost / (1 + exp(margin)) (Yu et al. 2011)."""
    draws = np.random.default_rng(5)
    places = np.arange(0, 60 * 6 + 1, 6)
    found = Features(draws.integers(0, 40, 360).astype(np.int32), places)
    labels = np.where(draws.random(60) < 0.5, 1.0, -1.0)
    costs = np.full(60, 2.0)
    weights, bias = regress(found, np.arange(60), labels, costs, 400)
    margins = labels * (found.sums(weights) + bias)
    pulls = labels * costs / (1 + np.exp(margins))
    wanted = np.zeros(SLOTS)
    np.add.at(wanted, found.slots, np.repeat(pulls / np.sqrt(6), 6))
    assert weights[:40] == pytest.approx(wanted[:40], abs=0.02)
    assert bias == pytest.approx(pulls.sum(), abs=0.05)
