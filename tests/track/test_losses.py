"""Held-out human loss: its mean, quantiles and paired changes, against what is known of the documents."""

import csv

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from outcross.errors import DataError
from outcross.estimate import Estimate, Unknown
from outcross.track.losses import Losses, change, changes, holds_losses, loss_figures, read_losses


def write(path, columns):
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    return path


@pytest.fixture
def read(tmp_path):
    return lambda **columns: read_losses(write(tmp_path / "losses.csv", columns))


def made(loss, tokens=None, groups=None, named=True):
    n = len(loss)
    keys = np.arange(n, dtype=np.uint64)
    groups = keys.astype(np.int64) % 32 if groups is None else groups
    weights = np.ones(n) if tokens is None else np.asarray(tokens, float)
    return Losses(keys, np.asarray(loss, float), weights, groups, named, tokens is not None)


def test_the_mean_is_weighted_by_tokens(read):
    random = np.random.default_rng(1)
    loss, tokens = random.gamma(9, 0.4, 300), random.integers(1, 900, 300)
    found = loss_figures(read(id=[f"d{one}" for one in range(300)], loss=loss, tokens=tokens))["perplexity"]
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(np.average(loss, weights=tokens))


def test_every_form_of_a_loss_is_the_same_loss(read):
    loss, tokens = np.linspace(2, 4, 100), np.arange(1, 101)
    first = loss_figures(read(loss=loss, tokens=tokens))
    assert loss_figures(read(nll=loss, tokens=tokens)) == first
    for given in ({"perplexity": np.exp(loss)}, {"nll_sum": loss * tokens}):
        found = loss_figures(read(**given, tokens=tokens))["perplexity"]
        assert found.value == pytest.approx(first["perplexity"].value)


def test_parquet_with_the_texts_beside_is_read_without_them(tmp_path):
    table = {"ID": list(map(str, range(80))), "text": ["long"] * 80, "loss": [2.0] * 79 + [4.0], "meta": [[1]] * 80}
    pq.write_table(pa.table(table), tmp_path / "l.parquet")
    assert holds_losses(tmp_path / "l.parquet")
    losses = read_losses(tmp_path / "l.parquet")
    assert (len(losses), losses.named, losses.weighted) == (80, True, False)
    assert loss_figures(losses)["perplexity"].value == pytest.approx(2.025)


def test_a_table_of_scores_holds_no_losses(tmp_path):
    assert not holds_losses(write(tmp_path / "scores.csv", {"task": ["a"], "value": [1]}))


def test_the_interval_of_the_mean_holds_at_its_level():
    random = np.random.default_rng(2)
    held = 0
    for _ in range(500):
        found = loss_figures(made(random.gamma(4, 0.7, 400)))["perplexity"]
        low, high = found.interval()
        held += low <= 2.8 <= high
    assert stats.binomtest(held, 500, 0.95).pvalue > 1e-4


@pytest.mark.parametrize(("name", "p"), [("perplexity.q50", 0.5), ("perplexity.q90", 0.9), ("perplexity.q99", 0.99)])
def test_the_interval_of_a_quantile_holds_at_its_level(name, p):
    random = np.random.default_rng(3)
    truth = stats.gamma.ppf(p, 4, scale=0.7)
    held = 0
    for _ in range(400):
        low, high = loss_figures(made(random.gamma(4, 0.7, 2000)))[name].interval()
        held += low <= truth <= high
    assert held / 400 > 0.93


def test_clusters_widen_quantiles_and_means():
    random = np.random.default_rng(4)
    shared = np.repeat(random.normal(3, 0.5, 32), 40)
    loss = shared + random.normal(0, 0.1, 1280)
    alone = loss_figures(made(loss, groups=random.permutation(1280) % 32))
    together = loss_figures(made(loss, groups=np.repeat(np.arange(32), 40)))
    for name in ("perplexity", "perplexity.q50"):
        assert together[name].se > 3 * alone[name].se


def test_a_rare_quantile_of_few_documents_is_unknown_and_says_how_many_it_needs():
    found = loss_figures(made(np.linspace(1, 2, 200)))["perplexity.q99"]
    assert isinstance(found, Unknown)
    assert "are needed" in found.reason


def test_pairs_see_what_independent_samples_would_not():
    random = np.random.default_rng(5)
    loss = random.gamma(9, 0.4, 500)
    now, then = made(loss + 0.02 + random.normal(0, 0.02, 500)), made(loss)
    paired = change(now, then)
    apart = change(made(now.loss, named=False), then)
    assert paired.interval()[0] > 0
    assert apart.interval()[0] < 0 < apart.interval()[1]
    assert paired.value == pytest.approx(apart.value)
    assert changes(now, then)["perplexity"] == paired


def test_pairs_of_an_unchanged_model_are_refused_as_often_as_the_level_says():
    random = np.random.default_rng(6)
    wrong = 0
    for _ in range(600):
        loss, tokens = random.gamma(9, 0.4, 320), random.integers(10, 500, 320)
        noisy = made(loss + random.normal(0, 0.1, 320), tokens)
        low, high = change(noisy, made(loss, tokens)).interval()
        wrong += not low <= 0 <= high
    assert stats.binomtest(wrong, 600, 0.05).pvalue > 1e-4


def test_another_tokenizer_is_no_change():
    loss, tokens = np.linspace(2, 4, 128), np.arange(100, 228)
    now = made(loss / 2, tokens * 2)
    found = change(now, made(loss, tokens))
    assert found.value == pytest.approx(0, abs=1e-12)


def test_ids_are_paired_in_any_order(read):
    random = np.random.default_rng(7)
    loss, ids = random.gamma(9, 0.4, 200), np.array([f"doc {one}" for one in range(200)])
    then = read(id=ids, loss=loss)
    order = random.permutation(200)
    now = read(id=ids[order], loss=loss[order] + 0.125)
    found = change(now, then)
    assert (found.value, found.se) == (pytest.approx(0.125), pytest.approx(0, abs=1e-12))


def test_few_clusters_say_so(read):
    assert isinstance(loss_figures(read(loss=[2.0] * 100, cluster=["a", "b"] * 50))["perplexity"], Unknown)


def test_losses_survive_bytes(read):
    losses = read(id=range(100), loss=np.linspace(1, 2, 100), cluster=[one % 9 for one in range(100)])
    assert Losses.from_bytes(losses.to_bytes()) == losses


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"loss": [2.0, "nan"]}, "line 3, loss: 'nan' is no finite number"),
        ({"loss": [2.0, -0.1]}, "sign"),
        ({"perplexity": [2.0, 0]}, "sign"),
        ({"loss": [2.0, "inf"]}, "line 3"),
        ({"loss": [2.0, ""]}, "line 3"),
        ({"loss": [900.0, 800.0]}, "loss_sum"),
        ({"nll_sum": [900.0, 800.0]}, "without tokens"),
        ({"loss": [2.0, 2.0], "tokens": [1, 0]}, "line 3: a document of 0 tokens"),
        ({"loss": [2.0, 2.0], "tokens": [1, ""]}, "1 of 2 rows have no tokens"),
        ({"loss": [2.0, 2.0], "id": ["a", ""]}, "no id"),
        ({"loss": [2.0, 2.0], "id": ["a", "a"]}, "the id 'a' twice"),
        ({"words": [2.0, 2.0]}, "no column loss"),
        ({"loss": []}, "no rows"),
    ],
)
def test_losses_that_cannot_be_are_refused_with_their_place(read, columns, told):
    with pytest.raises(DataError) as refusal:
        read(**columns)
    assert told in str(refusal.value)


def test_few_documents_are_unknown():
    assert all(isinstance(one, Unknown) for one in loss_figures(made([2.0] * 10)).values())
