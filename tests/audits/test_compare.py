"""What a comparison promises: size is no change, copies are, noise is not, and no data is no verdict."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures.making import Writers

import outcross
from outcross.audits.compare import Row, _holm, interpolated, overlap_of
from outcross.errors import CallError
from outcross.estimate import Estimate, Unknown


def chosen(texts, random, count):
    return [texts[row] for row in random.permutation(len(texts))[:count]]


def halves(texts, random):
    order = random.permutation(len(texts))
    middle = len(texts) // 2
    return [texts[row] for row in order[:middle]], [texts[row] for row in order[middle:]]


def recycled(texts, random, share):
    """The texts with a share of them replaced by copies of the others."""
    count = int(share * len(texts))
    kept = texts[count:]
    return [*kept, *(kept[row] for row in random.integers(0, len(kept), count))]


@pytest.fixture
def random():
    return np.random.default_rng(8)


def test_a_half_against_the_whole_is_no_change(prose, whole, audited, random):
    found = outcross.compare(audited(chosen(prose, random, len(prose) // 2)), whole)
    assert found.verdict == "no change"
    assert found.exit_code == 0
    assert found.overlap == 1.0


def test_two_halves_are_no_change(prose, audited, random):
    found = outcross.compare(*map(audited, halves(prose, random)))
    assert found.verdict == "no change"
    assert found.overlap == pytest.approx(0, abs=0.02)


def test_recycled_documents_are_found_in_a_sample_of_an_eighth_of_the_size(prose, whole, audited, random):
    eighth = recycled(chosen(prose, random, len(prose) // 8), random, 0.15)
    found = outcross.compare(whole, audited(eighth))
    assert found.verdict == "changed"
    assert found.exit_code == 1
    assert found["duplicates.exact"].differs
    assert found["duplicates.exact"].effect == pytest.approx(0.14, abs=0.03)


def test_other_text_is_a_change(prose, whole, audited):
    found = outcross.compare(whole, audited(Writers().documents(3000, 5)))
    assert found.verdict == "changed"
    assert found["hill.1"].differs
    assert found["distinct.2"].differs


def test_text_repeated_is_a_change_whatever_the_size(prose, audited):
    found = outcross.compare(audited(prose[:2000]), audited(prose[:1000] * 2))
    assert found["duplicates.exact"].differs
    assert found["duplicates.exact"].effect > 0.3


@pytest.mark.parametrize("count", [1, 20, 63, 100])
def test_of_tiny_corpora_no_change_cannot_be_said(prose, audited, count, random):
    found = outcross.compare(*map(audited, halves(chosen(prose, random, 2 * count), random)))
    assert found.verdict == "too little data"
    assert found.exit_code == 4
    assert found.rows


def test_a_corpus_against_itself_is_no_change(whole):
    found = outcross.compare(whole, whole)
    assert found.verdict == "no change"
    assert found.overlap == 1.0
    assert all(row.effect == pytest.approx(0) for row in found.rows if row.effect is not None)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_the_share_of_common_documents_is_told(prose, audited, share):
    shared = int(1500 * share)
    one, two = audited(prose[:1500]), audited(prose[1500 - shared : 3000 - shared])
    assert overlap_of(one, two) == pytest.approx(share, abs=3 * math.sqrt(share * (1 - share) / 250) + 0.005)
    assert overlap_of(two, one) == pytest.approx(overlap_of(one, two))


def test_common_documents_make_differences_easier_to_see(prose, audited):
    """Pairs of jackknife groups cancel what the corpora share."""
    one = audited(prose[:3000])
    same, other = audited(prose[300:3000]), audited(prose[2000:4700])
    for name in ("length.mean", "hill.1", "distinct.2"):
        assert outcross.compare(one, same)[name].detectable < outcross.compare(one, other)[name].detectable


def test_the_order_of_two_corpora_turns_only_the_signs(prose, audited, random):
    one, two = audited(prose[:2500]), audited(recycled(prose[2000:4000], random, 0.2))
    forth, back = outcross.compare(one, two), outcross.compare(two, one)
    assert forth.verdict == back.verdict == "changed"
    assert forth.overlap == back.overlap
    for row in forth.rows:
        mirror = back[row.name]
        assert (row.p, row.p_holm, row.differs) == pytest.approx((mirror.p, mirror.p_holm, mirror.differs))
        if row.effect is not None:
            turned = -row.effect if row.scale == "points" else 1 / (1 + row.effect) - 1
            assert mirror.effect == pytest.approx(turned, abs=1e-12)


def test_a_larger_margin_asks_for_less_data(prose, audited, random):
    one, two = map(audited, halves(chosen(prose, random, 1600), random))
    verdicts = [outcross.compare(one, two, margin=margin).verdict for margin in (0.05, 0.95)]
    assert verdicts == ["too little data", "no change"]


@pytest.mark.parametrize("margin", [0, 1, -0.1, 7])
def test_a_margin_that_is_no_share_is_refused(whole, margin):
    with pytest.raises(CallError, match="margin"):
        outcross.compare(whole, whole, margin=margin)


def test_audits_of_other_kernels_are_refused(whole):
    with pytest.raises(CallError, match="different versions"):
        outcross.compare(whole, replace(whole, plan={**whole.plan, "kernels": "0"}))


def test_longer_documents_are_warned_of(prose, audited):
    found = outcross.compare(audited(prose[:2000]), audited([text * 2 for text in prose[2000:4000]]))
    assert any("times as long" in note for note in found.notes)


def test_a_comparison_is_a_record(whole):
    record = outcross.compare(whole, whole).to_dict()
    assert record["schema"] == "outcross.comparison/1"
    assert {row["name"] for row in record["rows"]} >= {"hill.1", "duplicates.exact", "length.mean"}


def brute_force_holm(values):
    """A p value's correction: the largest of k-th smallest times the number not smaller, up to its place."""
    order = sorted(values)
    return [
        min(1.0, max(order[k] * (len(order) - k) for k in range(len(order)) if order[k] <= value)) for value in values
    ]


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_p_values_are_corrected_as_holm_wrote(values):
    rows = [Row(str(n), Unknown(""), Unknown(""), "points", p=value) for n, value in enumerate(values)]
    found = _holm([*rows, Row("untested", Unknown(""), Unknown(""), "points")])
    assert [row.p_holm for row in found[:-1]] == pytest.approx(brute_force_holm(values))
    assert [row.differs for row in found] == [*(one < 0.05 for one in brute_force_holm(values)), False]


def test_between_its_points_a_curve_is_smooth():
    def at(size):
        values = tuple(size**0.6 * (1 + 0.001 * group) for group in range(32))
        return Estimate(size**0.6, 0.01 * size**0.6, 31.0, 500, "words", "", scale="log", replicates=values)

    curve = [(1 << power, at(1 << power)) for power in range(5, 12)]
    for size in (33, 45, 100, 777, 1999):
        found = interpolated(curve, size)
        assert found.value == pytest.approx(size**0.6, rel=2e-3)
        assert found.se == pytest.approx(0.01 * size**0.6, rel=5e-3)
        assert found.replicates[31] == pytest.approx(at(size).replicates[31], rel=2e-3)
    assert interpolated(curve, 64) == curve[1][1]
    for outside in (31, 2049):
        assert isinstance(interpolated(curve, outside), Unknown)


@pytest.mark.parametrize("count", [3000, 10_000])
def test_halves_of_real_human_text_are_no_change(outside, audited, count, random):
    assert outcross.compare(*map(audited, halves(chosen(outside, random, count), random))).verdict == "no change"


def test_recycled_real_text_is_a_change(outside, audited, random):
    eighth = recycled(chosen(outside, random, len(outside) // 8), random, 0.15)
    found = outcross.compare(audited(outside), audited(eighth))
    assert found.verdict == "changed"
    assert found["duplicates.exact"].differs


@pytest.mark.study
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["half against whole", "half against half", "eighth against rest"])
def test_over_forty_seeds_false_alarms_are_as_rare_as_they_should_be(prose, audited, kind, capsys):
    """5 % of comparisons at most, give or take: fewer than 6 of 40 (a rate of 5 % exceeds that once in 70)."""
    alarms = {}
    for seed in range(40):
        random = np.random.default_rng([seed, 99])
        if kind == "half against whole":
            pair = chosen(prose, random, len(prose) // 2), prose
        elif kind == "half against half":
            pair = halves(prose, random)
        else:
            order = chosen(prose, random, len(prose))
            pair = order[: len(order) // 8], order[len(order) // 8 :]
        found = outcross.compare(*map(audited, pair))
        if found.verdict == "changed":
            alarms[seed] = [(row.name, round(row.effect or 0, 4)) for row in found.rows if row.differs]
    with capsys.disabled():
        print(f"\n{kind}: {len(alarms)} false alarms in 40 {alarms}")  # noqa: T201 - the study's result
    assert len(alarms) < 6, alarms
