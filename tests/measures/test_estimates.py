"""Promises of the figures: rarefied sums are means over samples, and estimators follow their formulas."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import digamma, exp1
from tests.measures.making import Writers, batch_of, exact_clusters, states_of

from outcross.estimate import Estimate
from outcross.kernels import document_hashes, jackknife_groups
from outcross.measure import Asked
from outcross.measures import families
from outcross.measures.jackknife import standard_error
from outcross.measures.size import BINS, bin_of, edges, quantile
from outcross.measures.words import _digamma, _scaled_exponential_integral

SIZE = 100


@pytest.fixture(scope="module")
def texts():
    return Writers(words=3000, copied=0.3, originals=40).documents(200, 21)


@pytest.fixture(scope="module")
def curves(texts):
    """Every rarefied figure of the documents, at SIZE."""
    states = states_of(texts) | {"duplicates": exact_clusters(texts)}
    found = {}
    for family in families().values():
        found |= family.conclude(states, Asked((SIZE,))).curves
    return {name: dict(curve).get(SIZE) for name, curve in found.items()}


def samples(texts, count=600):
    random = np.random.default_rng(3)
    return [[texts[row] for row in random.choice(len(texts), SIZE, replace=False)] for _ in range(count)]


def grams(text, order):
    words = text.split()
    return [tuple(words[place : place + order]) for place in range(len(words) - order + 1)]


def held(sample, order=1):
    """In how many documents of a sample each n-gram stands."""
    return Counter(gram for text in sample for gram in set(grams(text, order)))


def assert_mean(finding, values):
    """The figure is the mean of the values, within four standard errors of that mean."""
    assert isinstance(finding, Estimate)
    assert finding.value == pytest.approx(np.mean(values), abs=4 * np.std(values) / math.sqrt(len(values)) + 1e-12)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_distinct_n_at_a_size_is_the_mean_over_random_samples(texts, curves, order):
    drawn = samples(texts, 300)
    every = np.mean([len(grams(text, order)) for text in texts]) * SIZE
    assert_mean(curves[f"distinct.{order}"], [len(held(sample, order)) / every for sample in drawn])


def test_richness_at_a_size_is_the_mean_over_random_samples(texts, curves):
    assert_mean(curves["hill.0"], [len(held(sample)) for sample in samples(texts)])


def test_hill_numbers_are_those_of_the_mean_counts_of_samples(texts, curves):
    """Chao et al. 2014: rarefied orders 1 and 2 use the expected number of types held by k documents."""
    counts = [np.array(list(held(sample).values()), np.float64) for sample in samples(texts)]
    mass = np.mean([one.sum() for one in counts])
    logs = np.mean([np.sum(one * np.log(one)) for one in counts])
    squares = np.mean([np.sum(one**2) for one in counts])
    assert curves["hill.1"].value == pytest.approx(math.exp(math.log(mass) - logs / mass), rel=0.002)
    assert curves["hill.2"].value == pytest.approx(mass**2 / squares, rel=0.002)


@pytest.mark.parametrize("name", ["duplicates.exact", "duplicates.near"])
def test_share_of_copies_at_a_size_is_the_mean_over_random_samples(texts, curves, name):
    assert_mean(curves[name], [1 - len(set(sample)) / SIZE for sample in samples(texts)])


def test_coverage_is_the_share_of_one_more_document_that_a_sample_has_seen(texts, curves):
    random = np.random.default_rng(4)
    new = every = 0
    for _ in range(3000):
        rows = random.choice(len(texts), SIZE + 1, replace=False)
        words = set(texts[rows[0]].split())
        new += len(words - set(" ".join(texts[row] for row in rows[1:]).split()))
        every += len(words)
    assert curves["coverage"].value == pytest.approx(1 - new / every, abs=0.006)


def test_self_repetition_is_the_share_of_4_grams_that_others_hold(texts, curves):
    shared, every = [], []
    for sample in samples(texts, 300):
        found = held(sample, 4)
        shared.append(sum(count for count in found.values() if count > 1))
        every.append(sum(found.values()))
    assert curves["self_repetition"].value == pytest.approx(np.mean(shared) / np.mean(every), rel=0.02)


def test_richness_of_a_worked_example_is_exact():
    """64 documents, each with a word of its own and one of two shared: by Colwell et al. 2012, equation 4."""
    texts = [f"own{number} {'left' if number % 4 else 'right'}" for number in range(64)]
    states = states_of(texts)
    found = dict(families()["ngrams"].conclude(states, Asked((8, 30))).curves["hill.0"])
    for size, finding in found.items():
        absent = [Fraction(math.comb(64 - docs, size), math.comb(64, size)) for docs in (48, 16)]
        assert finding.value == pytest.approx(float(size + 2 - sum(absent)), rel=1e-12)


def test_words_that_all_documents_share_alike_have_equal_hill_numbers():
    """Ten words in every document, evenly: all orders are ten, at any size."""
    states = states_of(["a b c d e f g h i j"] * 32 + ["j i h g f e d c b a"] * 32 + ["c d e f g a b h i j"] * 32)
    for family, names in (("ngrams", ["hill.0"]), ("words", ["hill.1", "hill.2"])):
        found = families()[family].conclude(states, Asked((40,))).figures
        assert [found[name].value for name in names] == pytest.approx([10.0] * len(names))


def chao_wang_jost(counts):
    """The entropy estimator as printed: Chao, Wang & Jost 2013, Methods Ecol. Evol. 4, equation 7, in bits."""
    n = sum(counts)
    seen = sum(times * x / n * sum(1 / k for k in range(x, n)) for x, times in Counter(counts).items())
    once, twice = counts.count(1), counts.count(2)
    if once == 0:
        return seen / math.log(2)
    rate = 2 * twice / ((n - 1) * once + 2 * twice) if twice else 2 / ((n - 1) * (once - 1) + 2)
    if rate == 1:
        return seen / math.log(2)
    series = -math.log(rate) - sum((1 - rate) ** r / r for r in range(1, n))
    return (seen + once / n * (1 - rate) ** (1 - n) * series) / math.log(2)


@pytest.mark.parametrize("seed", range(2))
def test_entropy_follows_the_formula_of_chao_wang_and_jost(seed):
    texts = Writers(words=400, bursts=0).documents(80, seed)
    counts = list(Counter(" ".join(texts).split()).values())
    finding = families()["words"].conclude(states_of(texts) | {}, Asked(()))
    assert finding.figures["entropy"].value == pytest.approx(chao_wang_jost(counts), rel=2e-5)


def test_entropy_of_even_words_is_their_logarithm():
    found = families()["words"].conclude(states_of(["a b c d e f g h"] * 100), Asked(())).figures
    assert found["entropy"].value == pytest.approx(3.0, abs=1e-2)


@pytest.mark.parametrize("x", [1, 1.5, 2, 7.9, 8, 100, 1e6])
def test_digamma_agrees_with_scipy(x):
    assert float(_digamma(x)) == pytest.approx(float(digamma(x)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("a", [1e-6, 0.1, 0.999, 1.0, 1.001, 2, 10, 500])
def test_the_exponential_integral_agrees_with_scipy(a):
    assert _scaled_exponential_integral(a) == pytest.approx(math.exp(a) * float(exp1(a)), rel=1e-9)


def test_the_jackknife_gives_the_textbook_standard_error_of_a_mean():
    values = np.random.default_rng(0).normal(size=32)
    left = (values.sum() - values) / 31
    assert standard_error(left) == pytest.approx(values.std(ddof=1) / math.sqrt(32))


def test_a_share_of_documents_has_the_standard_error_of_the_binomial(texts):
    many = Writers().documents(4000, 2)
    states = states_of(many)
    short = families()["repetition"].conclude(states, Asked(())).figures["repetition.any"]
    assert short.se == pytest.approx(math.sqrt(short.value * (1 - short.value) / 4000), rel=0.4)


def test_bins_hold_their_lengths_and_edges_are_their_beginnings():
    lengths = np.concatenate([np.arange(5000), 2 ** np.arange(13, 26), 2 ** np.arange(13, 26) - 1])
    found, starts = bin_of(lengths), edges()
    assert (starts[found] <= lengths).all()
    assert (lengths < starts[found + 1]).all()
    assert ((starts[found + 1] - starts[found]) <= np.maximum(lengths / 32, 1)).all()
    assert len(starts) == BINS + 1


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("middle", [12, 90, 4000])
def test_quantiles_of_length_are_those_of_the_documents(p, middle):
    lengths = np.random.default_rng(middle).poisson(middle, 5000)
    found = quantile(np.bincount(bin_of(lengths), minlength=BINS), p)
    low, high = found.interval()
    assert found.value == pytest.approx(np.quantile(lengths, p), rel=0.02, abs=0.6)
    assert low <= np.quantile(lengths, p) <= high


def test_two_samples_of_one_population_rarely_seem_to_differ_in_median_length():
    """Also where the median lies at the edge of a bin: a jump from bin to bin must not look like a change."""
    random = np.random.default_rng(1)
    alarms = 0
    for _ in range(300):
        one, two = (
            quantile(
                np.bincount(bin_of(random.lognormal(math.log(55), 0.6, 5000).astype(int)), minlength=BINS),
                0.5,
            )
            for _ in range(2)
        )
        alarms += abs(one.value - two.value) > 1.96 * math.hypot(one.se, two.se)
    assert alarms / 300 < 0.08


def test_groups_are_those_of_the_hashes_unless_documents_came_in_parts(texts):
    batch = batch_of(texts)
    assert (jackknife_groups(batch) == document_hashes(batch) % np.uint64(32)).all()
