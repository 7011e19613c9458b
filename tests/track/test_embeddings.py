"""Figures of embeddings: closed forms, oracles, no false alarms, and collapse that is seen."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist

from outcross.errors import CallError, DataError
from outcross.estimate import Estimate, Unknown
from outcross.track.embeddings import METHODS, Embeddings, change_of, figures, vendi
from outcross.track.matrices import read_embeddings
from outcross.track.neighbours import NEIGHBOUR, against
from outcross.track.spread import modes, shift, spread_of

SHAPE = np.arange(1, 7) ** -0.7


def embeddings(rows, clusters=None, total=None):
    units = np.arange(len(rows)) if clusters is None else np.asarray(clusters)
    return Embeddings(np.asarray(rows, np.float32), units.astype(np.uint64), clusters is not None, total or len(rows))


def gaussian(random, n, *, width=1.0):
    """Rows about a centre that is not 0, with directions of different width: as embeddings are."""
    return random.normal(size=(n, 6)) * SHAPE * width + 0.4


def dealt(n, count=32):
    return np.arange(n) % count


def value(found, name):
    return found[name][0]


# Closed forms and oracles


def test_the_vendi_score_of_orthogonal_rows_is_their_number():
    found = spread_of(np.repeat(np.eye(40), 3, axis=0), dealt(120))
    for name in ("embedding.vendi", "embedding.vendi.2", "embedding.vendi.inf"):
        assert value(found, name) == pytest.approx(40, rel=1e-12)


def test_the_vendi_score_of_equal_rows_is_one_and_their_dispersion_nothing():
    found = spread_of(np.tile([[3.0, 4.0, 0.0]], (64, 1)), dealt(64))
    for name in ("embedding.vendi", "embedding.vendi.2", "embedding.vendi.inf"):
        assert value(found, name) == pytest.approx(1, rel=1e-9)
    assert value(found, "embedding.dispersion") == pytest.approx(0, abs=1e-12)
    assert value(found, "embedding.variance") == pytest.approx(0, abs=1e-12)


def test_the_vendi_score_of_kinds_is_that_of_their_shares():
    shares = np.array([0.5, 0.3, 0.2])
    found = spread_of(np.repeat(np.eye(3), (shares * 100).astype(int), axis=0), dealt(100))
    assert value(found, "embedding.vendi") == pytest.approx(math.exp(stats.entropy(shares)))
    assert value(found, "embedding.vendi.2") == pytest.approx(1 / (shares**2).sum())
    assert value(found, "embedding.vendi.inf") == pytest.approx(2)


@pytest.mark.parametrize("shape", [(80, 300), (300, 5), (90, 90)])
def test_vendi_agrees_with_the_kernel_of_rows(shape):
    rows = np.random.default_rng(1).normal(size=shape) + 0.2
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    groups = dealt(shape[0])
    found = spread_of(rows, groups)
    for left in (None, 0, 31):
        kept = unit if left is None else unit[groups != left]
        weights = np.linalg.eigvalsh(kept @ kept.T / len(kept))
        truth = math.exp(stats.entropy(weights[weights > 1e-13]))
        score, replicates = found["embedding.vendi"]
        assert (score if left is None else replicates[left]) == pytest.approx(truth, rel=1e-9)
    cosine = cdist(unit, unit, "cosine")
    assert value(found, "embedding.dispersion") == pytest.approx(cosine.sum() / (len(unit) * (len(unit) - 1)))
    assert value(found, "embedding.variance") == pytest.approx(np.cov(rows.T).trace())


def test_directions_beyond_the_leading_ones_hardly_move_the_error_of_a_score():
    random = np.random.default_rng(2)
    rows = random.normal(size=(500, 280)) * np.arange(1, 281) ** -0.5 + 0.05
    score, replicates = spread_of(rows, dealt(500))["embedding.vendi"]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    truth = []
    for left in range(32):
        kept = unit[dealt(500) != left]
        weights = np.linalg.eigvalsh(kept.T @ kept / len(kept))
        truth.append(math.exp(stats.entropy(np.maximum(weights, 0))))
    assert replicates.std() == pytest.approx(np.std(truth), rel=0.1)
    assert score == pytest.approx(np.mean(truth), rel=0.05)


def test_rows_of_many_columns_are_compared_at_fewer_rows(monkeypatch):
    monkeypatch.setattr("outcross.track.embeddings.LARGEST_SPECTRUM", 100)
    rows = np.random.default_rng(3).normal(size=(500, 120)) + 0.1
    found = figures(embeddings(rows[:200]), embeddings(rows[200:]))
    now, then = found["embedding.vendi"]
    assert now.n == then.n == 100
    assert now.error == then.error == 0
    assert found["embedding.coverage"][0].n == 150
    alone = vendi(embeddings(rows))
    assert (alone.n, alone.error > 0) == (100, True)


def test_rows_that_were_left_out_of_a_score_are_within_its_error():
    random = np.random.default_rng(4)
    rows = random.normal(size=(3000, 30)) + 0.2
    found = vendi(embeddings(rows[:500], total=3000))
    assert isinstance(found, Estimate)
    assert 0 < value(spread_of(rows, dealt(3000)), "embedding.vendi") - found.value <= found.error
    assert vendi(embeddings(rows[:500])).error == 0


def prdc(real, fake, k=NEIGHBOUR):
    """The four figures as their papers write them."""
    own, other = (np.sort(cdist(side, side), axis=1)[:, k] for side in (real, fake))
    between = cdist(real, fake)
    inside = between <= own[:, None]
    return {
        "embedding.coverage": inside.any(axis=1).mean(), "embedding.precision": inside.any(axis=0).mean(),
        "embedding.recall": (between <= other[None, :]).any(axis=1).mean(),
        "embedding.density": inside.sum() / (k * len(fake)),
    }  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(4, 32), clumped=st.booleans())
def test_neighbours_agree_with_the_papers_also_without_each_group(seed, count, clumped):
    random = np.random.default_rng(seed)
    real, fake, groups = random.normal(size=(70, 4)), random.normal(size=(90, 4)) * 1.2, dealt(90, count)
    if clumped:  # nearest rows are then nearly all of the group that is left out
        fake = fake * 0.01 + random.normal(size=(count, 4))[groups]
    found = against(fake, groups, real)
    whole, without = prdc(real, fake), prdc(real, fake[groups != 2])
    for name, (figure, replicates) in found.items():
        assert figure == pytest.approx(whole[name])
        assert replicates[2] == pytest.approx(without[name])


def test_equal_rows_cover_their_equals():
    rows = np.repeat(np.random.default_rng(5).normal(size=(10, 3)), 12, axis=0)
    found = against(rows, dealt(120), rows)
    for name in ("coverage", "recall", "precision"):
        assert value(found, f"embedding.{name}") == 1


def test_the_shift_of_two_gaussians_is_their_distance_on_average():
    random = np.random.default_rng(6)
    for distance in (0.0, 1.0):
        found = []
        for _ in range(200):
            moved = random.normal(size=(96, 3)) + np.array([distance, 0, 0])
            found.append(shift(moved, dealt(96), random.normal(size=(96, 3)), dealt(96))[0])
        assert np.mean(found) == pytest.approx(distance**2 / 3, abs=4 * np.std(found) / math.sqrt(200) + 0.005)


def test_modes_of_gaussians_have_their_intraclass_correlation():
    random = np.random.default_rng(7)
    labels = random.integers(0, 200, 2000)
    rows = random.normal(size=(200, 4))[labels] * 2 + random.normal(size=(2000, 4))
    found = modes(rows, labels, dealt(2000))
    assert found[0] == pytest.approx(0.8, abs=0.03)
    merged = modes(random.normal(size=(2000, 4)), labels, dealt(2000))
    assert merged[0] == pytest.approx(0, abs=0.02)
    assert isinstance(modes(rows[:20], np.arange(20), dealt(20)), Unknown)


# What is said of two samples


def test_two_samples_of_one_gaussian_differ_no_more_often_than_the_level_says():
    """Curved figures (coverage, recall, shift) are allowed to be too careful; the smooth ones are not."""
    random, runs = np.random.default_rng(8), 120
    wrong = dict.fromkeys(METHODS, 0)
    for _ in range(runs):
        found = figures(embeddings(gaussian(random, 128)), embeddings(gaussian(random, 256)))
        for name, pair in found.items():
            if name != "embedding.modes":
                low, high = change_of(pair).interval()
                wrong[name] += not low <= 0 <= high
    for name, count in wrong.items():
        assert stats.binomtest(count, runs, 0.05, alternative="greater").pvalue > 1e-4, (name, count)
    for name in ("embedding.vendi", "embedding.dispersion", "embedding.variance", "embedding.precision"):
        assert wrong[name] > 0, name


SPREAD = ("embedding.vendi", "embedding.dispersion", "embedding.variance")
SEEN = {
    "a mode dropped": (lambda rows: rows[rows[:, 0] < 0.4], "fall", ("embedding.coverage", "embedding.recall")),
    "narrower": (lambda rows: (rows - 0.4) * 0.5 + 0.4, "fall", (*SPREAD, "embedding.recall")),
    "wider": (lambda rows: (rows - 0.4) * 2 + 0.4, "rise", SPREAD),
    "off the human rows": (lambda rows: (rows - 0.4) * 2 + 0.4, "fall", ("embedding.precision", "embedding.density")),
    "moved": (lambda rows: rows + 0.5, "rise", ("embedding.shift",)),
}


@pytest.mark.parametrize("name", SEEN)
def test_collapse_is_seen_in_its_direction(name):
    change, direction, seen = SEEN[name]
    random = np.random.default_rng(9)
    found = figures(embeddings(change(gaussian(random, 900))), embeddings(gaussian(random, 1500)))
    for figure in seen:
        low, high = change_of(found[figure]).interval()
        assert (high < 0) if direction == "fall" else (low > 0), figure


def test_another_number_of_rows_is_no_change():
    random = np.random.default_rng(10)
    rows = random.normal(size=(2000, 50)) + 0.1
    found = figures(embeddings(rows[:200]), embeddings(rows[200:]))
    now, then = found["embedding.vendi"]
    assert now.n == then.n == 200
    low, high = change_of(found["embedding.vendi"]).interval()
    assert low < 0 < high


def test_clusters_are_the_units_of_what_is_said():
    random = np.random.default_rng(11)
    cluster = np.repeat(np.arange(40), 20)
    rows = gaussian(random, 40)[cluster] + random.normal(size=(800, 6)) * 0.05
    human = embeddings(gaussian(random, 800))
    alone, together = (figures(embeddings(rows, of), human)["embedding.variance"][0] for of in (None, cluster))
    assert together.se > 2 * alone.se
    assert together.assumption == "clusters are independent draws"


def test_the_same_clusters_on_both_sides_are_compared_in_pairs():
    random = np.random.default_rng(12)
    cluster = np.repeat(np.arange(20), 10)
    centres = gaussian(random, 20)
    sides = [embeddings(centres[cluster] + random.normal(size=(200, 6)) * 0.1, cluster) for _ in range(2)]
    pair = figures(*sides)["embedding.variance"]
    assert change_of(pair).se < 0.5 * math.hypot(pair[0].se / pair[0].value, pair[1].se / pair[1].value)
    assert pair[0].df == 19
    fixed = figures(*sides)["embedding.modes"]
    assert fixed[0].assumption == "clusters are the kinds; rows are independent draws of each"
    others = embeddings(sides[1].sample, cluster + 1000)
    drawn = figures(sides[0], others)["embedding.modes"]
    assert drawn[0].assumption == "clusters are independent draws"
    assert drawn[0].se > 2 * fixed[0].se


def test_clusters_that_are_draws_stand_apart_alike():
    random, runs, wrong = np.random.default_rng(17), 60, 0
    for _ in range(runs):
        sides = []
        for count, first in ((20, 0), (30, 1000)):
            cluster = np.repeat(np.arange(count), 6)
            rows = gaussian(random, count)[cluster] + random.normal(size=(6 * count, 6)) * 0.5
            sides.append(embeddings(rows, cluster + first))
        low, high = change_of(figures(*sides)["embedding.modes"]).interval()
        wrong += not low <= 0 <= high
    assert stats.binomtest(wrong, runs, 0.05, alternative="greater").pvalue > 1e-3


def test_agreement_without_exception_is_no_certainty():
    rows = np.random.default_rng(13).normal(size=(400, 3))
    pair = figures(embeddings(rows[:100] * 1e-3), embeddings(rows))["embedding.precision"]
    assert pair[0].value == 1
    assert change_of((pair[0], pair[0])).se > 0


def test_too_few_rows_are_unknown_and_other_models_refused():
    rows = np.random.default_rng(14).normal(size=(300, 3))
    few = figures(embeddings(rows[:50]), embeddings(rows))
    assert set(few) == set(METHODS)
    assert all(isinstance(one, Unknown) for pair in few.values() for one in pair)
    assert isinstance(change_of(few["embedding.vendi"]), Unknown)
    assert isinstance(figures(embeddings(rows[:100]), embeddings(rows[:100]))["embedding.recall"][0], Unknown)
    assert isinstance(vendi(embeddings(rows[:10])), Unknown)
    with pytest.raises(DataError, match="4 columns, the baseline 3"):
        figures(embeddings(np.ones((100, 4))), embeddings(rows))


# Files


def test_a_numpy_file_and_a_column_of_lists_are_the_same_rows(tmp_path):
    rows = np.random.default_rng(15).normal(size=(90, 5)).astype(np.float32)
    np.save(tmp_path / "e.npy", rows)
    kinds = {"a": pa.list_(pa.float32()), "b": pa.list_(pa.float32(), 5), "c": pa.large_list(pa.float64())}
    pq.write_table(pa.table({name: pa.array(list(rows), kind) for name, kind in kinds.items()}), tmp_path / "e.parquet")
    first = read_embeddings(str(tmp_path / "e.npy"))
    assert np.array_equal(first.sample, rows)
    for name in kinds:
        assert read_embeddings(f"{tmp_path}/e.parquet:{name}") == first
    assert Embeddings.from_bytes(first.to_bytes()) == first


def test_a_large_matrix_is_drawn_from_uniformly_and_says_so(tmp_path):
    np.save(tmp_path / "e.npy", np.arange(1, 20001, dtype=np.float64).reshape(-1, 1))
    found = read_embeddings(str(tmp_path / "e.npy"), most=4000)
    assert (len(found), found.total) == (4000, 20000)
    assert stats.kstest(found.sample[:, 0] / 20000, "uniform").pvalue > 1e-3
    assert found == read_embeddings(str(tmp_path / "e.npy"), most=4000)


def test_rows_that_cannot_be_used_are_counted(tmp_path):
    lists = [[1.0, 2.0], None, [math.nan, 1.0], [0.0, 0.0], [1.0], [1e300, 1.0], [3.0, 4.0], [None, 1.0]]
    pq.write_table(pa.table({"e": pa.array(lists, pa.list_(pa.float64()))}), tmp_path / "e.parquet")
    found = read_embeddings(f"{tmp_path}/e.parquet:e", clusters=list("aabbaaba"))
    assert found.sample.tolist() == [[1, 2], [3, 4]]
    assert dict(found.quarantined) == {"not finite": 3, "zeros only": 1, "another length than most": 1, "missing": 1}
    assert (found.clustered, found.distinct) == (True, 2)


def test_clusters_are_read_from_beside_the_rows(tmp_path):
    rows = np.random.default_rng(16).normal(size=(6, 2))
    pq.write_table(pa.table({"e": pa.array(list(rows)), "seed": [1, 1, 2, 2, 3, 3]}), tmp_path / "e.parquet")
    np.save(tmp_path / "seeds.npy", np.array([1.0, 1, 2, 2, 3, 3]))
    first = read_embeddings(f"{tmp_path}/e.parquet:e", clusters=f"{tmp_path}/e.parquet:seed")
    assert first == read_embeddings(f"{tmp_path}/e.parquet:e", clusters=str(tmp_path / "seeds.npy"))
    assert first.distinct == 3
    with pytest.raises(DataError, match="6 rows, but 5 clusters"):
        read_embeddings(f"{tmp_path}/e.parquet:e", clusters=range(5))
    with pytest.raises(DataError, match="without a cluster"):
        read_embeddings(f"{tmp_path}/e.parquet:e", clusters=[1, 2, 3, 4, 5, None])


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("unpickled",))


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.array([Bomb()], object), "plain numbers"),
        (np.ones(5), "no matrix"),
        (np.ones((2, 2, 2)), "no matrix"),
        (np.array([["a"]]), "no matrix"),
        (np.ones((2, 0)), "0 columns"),
        (np.ones((0, 2)), "no rows"),
        (np.zeros((3, 2)), "zeros only"),
        (np.ones((2, 70_000)), "70,000 columns"),
    ],
)
def test_a_numpy_file_that_is_no_matrix_is_refused_and_never_run(tmp_path, array, told):
    np.save(tmp_path / "e.npy", array, allow_pickle=True)
    with pytest.raises(DataError, match=told):
        read_embeddings(str(tmp_path / "e.npy"))


@pytest.mark.parametrize("data", [b"", b"\x93NUMPY", b"x" * 200, b"PAR1" + bytes(99)])
def test_damaged_files_are_refused(tmp_path, data):
    for name in ("e.npy", "e.parquet"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError):
            read_embeddings(str(tmp_path / name) + (":e" if name.endswith("t") else ""))


def test_a_header_that_promises_more_than_there_is_is_refused(tmp_path):
    np.save(tmp_path / "e.npy", np.ones((4, 2)))
    data = (tmp_path / "e.npy").read_bytes()
    (tmp_path / "e.npy").write_bytes(data.replace(b"(4, 2)", b"(9**9,"[:6]).replace(b"(9**9,", b"(9, 2)"))
    with pytest.raises(DataError):
        read_embeddings(str(tmp_path / "e.npy"))


@pytest.mark.parametrize("place", ["none.npy", "none.parquet:e", "e.txt", "e.parquet", "e.parquet:x", "e.npy:x"])
def test_a_place_that_names_no_embeddings_is_a_wrong_call(tmp_path, place):
    np.save(tmp_path / "e.npy", np.ones((4, 2)))
    (tmp_path / "e.txt").write_text("1")
    pq.write_table(pa.table({"e": [[1.0]]}), tmp_path / "e.parquet")
    with pytest.raises(CallError):
        read_embeddings(f"{tmp_path}/{place}")


def test_a_column_that_holds_no_lists_is_refused(tmp_path):
    pq.write_table(pa.table({"e": ["a"], "w": [["a"]]}), tmp_path / "e.parquet")
    for column in ("e", "w"):
        with pytest.raises(DataError, match="not lists of numbers"):
            read_embeddings(f"{tmp_path}/e.parquet:{column}")
