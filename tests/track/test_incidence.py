"""Types and the documents that hold them, against counting by hand, other people's tables and another formula."""

from itertools import combinations
from math import comb, exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from outcross.track.extrapolation import Spectrum
from outcross.track.incidence import Documents, Incidence

GROUPS = 3
TEXTS = st.lists(st.lists(st.integers(0, 6), max_size=6), min_size=1, max_size=7)

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, *[2] * 4, *[1] * 12]
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, *[1] * 14]
"""Spiders by species (Ellison and others 2010), the worked example of Chao and others (2014)."""

ANTS = [
    133, 131, 123, 78, 73, 65, 60, 60, 56, 54, 53, 52, 52, 49, 47, 46, 45, 44, 43, 42, 41, 39, 39, 38, 38, 38, 38, 37,
    36, 34, 33, 32, 32, 31, 31, 30, 27, 26, 25, 25, 25, 24, 23, 21, 21, 20, 19, 18, 17, 17, 17, 17, 16, 16, 15, 14, 14,
    13, 13, 13, 13, 12, 12, 12, 11, 11, *[10] * 5, *[9] * 7, *[8] * 4, *[7] * 8, *[6] * 11, *[5] * 9, *[4] * 14,
    *[3] * 12, *[2] * 34, *[1] * 71,
]  # fmt: skip
"""Plots of 230 that hold each ant at 500 m in Costa Rica (Longino & Colwell 2011), likewise."""

SPIDER_TABLE = [
    (1, 1.0, 1.0, 1.0, 0.1223268), (10, 6.478617, 5.608968, 4.759772, 0.5969308),
    (50, 15.030098, 9.939329, 7.148973, 0.8674807), (100, 20.459426, 11.266546, 7.627561, 0.9072004),
    (167, 25.928571, 12.051422, 7.838078, 0.9285714), (168, 26.0, 12.05965, 7.84, 0.9288554),
    (169, 26.071145, None, None, 0.9291383), (200, 28.141739, None, None, 0.9373713),
    (336, 34.730733, None, None, 0.9635701),
]  # fmt: skip
"""Size, richness, Shannon and Simpson diversity and coverage of the girdled site, as iNEXT 3.0.2 prints them."""

ANT_TABLE = [
    (1, 12.79565, 12.79565, 12.79565, 0.1952438), (5, 45.69389, 40.93447, 35.92316, 0.5453767),
    (20, 98.95589, 72.47643, 54.33821, 0.8266601), (229, 240.6913, 101.68195, 64.37803, 0.975875),
    (230, 241.0, 101.70557, 64.38298, 0.9759754), (231, 241.30741, None, None, 0.9760755),
    (339, 267.977661, None, None, 0.9847564), (460, 286.54652, None, None, 0.9908005),
]  # fmt: skip


def documents_of(texts: list[list[int]]) -> Documents:
    tokens = np.array([word for text in texts for word in text], np.uint64)
    offsets = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    return Documents(tokens, offsets, np.arange(len(texts)) % GROUPS, GROUPS)


def spectrum_of(held: list[int], total: int) -> Spectrum:
    return Spectrum(*np.unique(held, return_counts=True), total)


def incidence_of(held: list[int], total: int) -> Incidence:
    """Types that are held by so many of `total` documents, all in one group of two."""
    count = len(held)
    return Incidence(
        np.arange(count, dtype=np.uint64), np.array(held), np.arange(count), np.zeros(count, np.int64), np.array(held),
        np.array([total, 0]), np.array([sum(held), 0]),
    )  # fmt: skip


def ngrams(text: list[int], order: int) -> set[tuple[int, ...]]:
    return {tuple(text[at : at + order]) for at in range(len(text) - order + 1)}


def remaining(texts: list[list[int]]) -> list[list[list[int]]]:
    """All texts, and the texts without each group."""
    left = [[text for place, text in enumerate(texts) if place % GROUPS != group] for group in range(GROUPS)]
    return [texts, *left]


def by_hand(texts: list[list[int]], order: int, size: int) -> tuple[float, float, float]:
    """Hill numbers of order 0, 1 and 2 among `size` documents, from every choice of them."""
    frequencies: dict[int, float] = {}
    choices = list(combinations(texts, size))
    for chosen in choices:
        held: dict[tuple[int, ...], int] = {}
        for text in chosen:
            for gram in ngrams(text, order):
                held[gram] = held.get(gram, 0) + 1
        for count in held.values():
            frequencies[count] = frequencies.get(count, 0.0) + 1 / len(choices)
    mass = sum(count * types for count, types in frequencies.items())
    if not mass:
        return 0.0, np.nan, np.nan
    entropy = -sum(types * count / mass * log(count / mass) for count, types in frequencies.items())
    squares = sum(types * (count / mass) ** 2 for count, types in frequencies.items())
    return sum(frequencies.values()), exp(entropy), 1 / squares


@settings(max_examples=60)
@given(texts=TEXTS, order=st.integers(1, 3), data=st.data())
def test_hill_numbers_are_those_of_every_choice_of_documents(texts, order, data):
    incidence = Incidence.of(documents_of(texts), order)
    size = data.draw(st.integers(1, min(len(part) for part in remaining(texts)) or 1))
    found = np.array([incidence.richness(size), incidence.hill_1(size), incidence.hill_2(size)]).T
    for row, part in zip(found, remaining(texts), strict=True):
        if len(part) >= size:
            assert row == pytest.approx(by_hand(part, order, size), rel=1e-9, nan_ok=True)


@settings(max_examples=60)
@given(texts=TEXTS, order=st.integers(1, 3))
def test_likeness_is_the_mean_over_all_pairs(texts, order):
    found = Incidence.of(documents_of(texts), order).likeness()
    for value, part in zip(found, remaining(texts), strict=True):
        grams = [ngrams(text, order) for text in part]
        shared = sum(len(one & other) for at, one in enumerate(grams) for to, other in enumerate(grams) if at != to)
        owned = sum(map(len, grams)) * (len(part) - 1)
        assert value == pytest.approx(shared / owned if owned else np.nan, rel=1e-9, nan_ok=True)


@settings(max_examples=60)
@given(texts=TEXTS, order=st.integers(1, 3))
def test_ngrams_a_document_are_counted_with_repeats_inside_documents_only(texts, order):
    found = Incidence.of(documents_of(texts), order).per_document()
    for value, part in zip(found, remaining(texts), strict=True):
        grams = sum(max(len(text) - order + 1, 0) for text in part)
        assert value == pytest.approx(grams / len(part) if part else np.nan, rel=1e-12, nan_ok=True)


@settings(max_examples=60)
@given(texts=TEXTS, order=st.integers(1, 2))
def test_histograms_count_the_documents_of_each_type(texts, order):
    found = Incidence.of(documents_of(texts), order).histograms
    for row, part in zip(found, remaining(texts), strict=True):
        held: dict[tuple[int, ...], int] = {}
        for text in part:
            for gram in ngrams(text, order):
                held[gram] = held.get(gram, 0) + 1
        assert row.tolist() == [sum(count == h for count in held.values()) if h else 0 for h in range(len(row))]


@settings(max_examples=60)
@given(texts=TEXTS, wanted=st.sets(st.integers(0, 6)))
def test_some_types_alone_are_as_if_there_were_no_others(texts, wanted):
    whole = Incidence.of(documents_of(texts), 1)
    alone = Incidence.of(documents_of([[word for word in text if word in wanted] for text in texts]), 1)
    chosen = whole.only(np.isin(whole.kinds, np.array(sorted(wanted), np.uint64)))
    assert chosen.richness(1) == pytest.approx(alone.richness(1))
    assert chosen.kinds.tolist() == alone.kinds.tolist()
    assert chosen.held.tolist() == alone.held.tolist()


@pytest.mark.parametrize(("size", "richness", "shannon", "simpson", "coverage"), ANT_TABLE)
def test_the_ants_of_chao_and_others_are_rarefied_and_extrapolated_to_the_printed_digits(
    size, richness, shannon, simpson, coverage
):
    spectrum, incidence = spectrum_of(ANTS, 230), incidence_of(ANTS, 230)
    assert spectrum.richness(size) == pytest.approx(richness, abs=6e-6 if size != 229 else 6e-5)
    assert spectrum.coverage(size) == pytest.approx(coverage, abs=6e-8)
    if shannon is not None:
        assert incidence.richness(size)[0] == pytest.approx(richness, abs=6e-6 if size != 229 else 6e-5)
        assert incidence.hill_1(size)[0] == pytest.approx(shannon, abs=6e-6)
        assert incidence.hill_2(size)[0] == pytest.approx(simpson, abs=6e-6)


@pytest.mark.parametrize(("size", "richness", "shannon", "simpson", "coverage"), SPIDER_TABLE)
def test_the_spiders_of_chao_and_others_are_rarefied_and_extrapolated_to_the_printed_digits(
    size, richness, shannon, simpson, coverage
):
    """Individuals in place of documents: the same formulas."""
    spectrum, incidence = spectrum_of(GIRDLED, 168), incidence_of(GIRDLED, 168)
    assert spectrum.richness(size) == pytest.approx(richness, abs=6e-7)
    assert spectrum.coverage(size) == pytest.approx(coverage, abs=6e-8)
    if shannon is not None:
        assert incidence.hill_1(size)[0] == pytest.approx(shannon, abs=6e-7)
        assert incidence.hill_2(size)[0] == pytest.approx(simpson, abs=6e-7)


def test_what_is_not_seen_of_spiders_and_ants_is_what_is_printed():
    """Chao1 and Chao2 estimates and the coverage of the whole sample, as iNEXT 3.0.2 prints them."""
    for held, total, estimate, coverage in (
        (GIRDLED, 168, 43.892857, 0.9289), (LOGGED, 252, 61.402778, 0.9446), (ANTS, 230, 314.810038, 0.9760),
    ):  # fmt: skip
        spectrum = spectrum_of(held, total)
        assert len(held) + spectrum.never_seen == pytest.approx(estimate, abs=6e-7)
        assert spectrum.coverage(total) == pytest.approx(coverage, abs=6e-5)


def test_ants_at_a_coverage_are_those_that_are_printed():
    """The less complete sample of the two sites of spiders, and a coverage that the ants reach."""
    spiders = spectrum_of(LOGGED, 252)
    assert spiders.coverage(round(spiders.size_at(0.9289))) == pytest.approx(0.929, abs=5e-4)
    ants = spectrum_of(ANTS, 230)
    assert ants.size_at(ants.coverage(115)) == pytest.approx(115)
    assert ants.richness_at(0.9570103) == pytest.approx(194.186777, abs=1e-3)


@settings(max_examples=60)
@given(held=st.lists(st.integers(1, 12), min_size=1, max_size=30), data=st.data())
def test_types_and_coverage_only_grow_and_meet_at_the_sample(held, data):
    total = max(held) + data.draw(st.integers(0, 5))
    spectrum = spectrum_of(held, total)
    types = [spectrum.richness(size) for size in range(2 * total + 1)]
    coverage = [spectrum.coverage(size) for size in range(2 * total + 1)]
    assert types[0] == pytest.approx(0, abs=1e-12)
    assert types[total] == pytest.approx(len(held))
    assert (np.diff(types) >= -1e-9).all()
    assert (np.diff(coverage[:total]) >= -1e-9).all()
    assert (np.diff(coverage[total:]) >= -1e-9).all()
    assert min(coverage) > -1e-9
    assert max(coverage) <= 1 + 1e-9
    assert types[-1] <= len(held) + spectrum.never_seen + 1e-9


@settings(max_examples=60)
@given(held=st.lists(st.integers(1, 12), min_size=1, max_size=30), data=st.data())
def test_coverage_of_a_part_is_the_chance_that_the_next_documents_types_were_seen(held, data):
    """Of a part and one more document, drawn from the sample: the types of that document that the part holds."""
    total = max(held) + data.draw(st.integers(1, 5))
    size = data.draw(st.integers(0, total - 1))
    missed = sum(count / total * comb(total - count, size) / comb(total - 1, size) for count in held)
    assert spectrum_of(held, total).coverage(size) == pytest.approx(1 - missed / (sum(held) / total), abs=1e-9)


@settings(max_examples=60)
@given(held=st.lists(st.integers(1, 200), min_size=1, max_size=30), data=st.data())
def test_rarefied_hill_numbers_are_those_of_scipys_hypergeometric_law(held, data):
    total = max(held) + data.draw(st.integers(0, 50))
    size = data.draw(st.integers(1, total))
    chances = stats.hypergeom(total, np.array(held)[:, None], size).pmf(np.arange(size + 1))
    expected = chances.sum(axis=0)[1:]
    counts = np.arange(1, size + 1)
    mass = expected @ counts
    found = incidence_of(held, total)
    assert found.richness(size)[0] == pytest.approx(expected.sum(), rel=1e-9)
    # Where a type is expected in 50 documents or more, the kernel takes Taylor's series.
    entropy = (expected * special.entr(counts / mass)).sum()
    near = max(held) * size / total < 50
    assert found.hill_1(size)[0] == pytest.approx(exp(entropy), rel=1e-9 if near else 1e-6)
    assert found.hill_2(size)[0] == pytest.approx(1 / (expected @ (counts / mass) ** 2), rel=1e-9)


@settings(max_examples=40)
@given(held=st.lists(st.integers(1, 500), min_size=1, max_size=30))
def test_hill_numbers_are_those_of_another_library(held):
    alpha = pytest.importorskip("skbio.diversity.alpha", reason="scikit-bio brings 300 MB and is not installed")
    total = max(held) + 10
    found = incidence_of(held, total)
    for order, values in enumerate((found.richness(total), found.hill_1(total), found.hill_2(total))):
        assert values[0] == pytest.approx(float(alpha.hill(np.array(held), order=order)), rel=1e-9)


@pytest.mark.parametrize("texts", [[[]] * 5, [[1]], [[1]] * 3, [[], [1, 1, 1]]], ids=["empty", "one", "same", "half"])
def test_documents_without_words_and_groups_that_hold_all_are_no_errors(texts):
    incidence = Incidence.of(documents_of(texts), 1)
    for figure in (incidence.richness(1), incidence.hill_1(1), incidence.hill_2(1), incidence.likeness()):
        assert len(figure) == GROUPS + 1
    assert [one.total for one in incidence.spectra] == [len(part) for part in remaining(texts)]
