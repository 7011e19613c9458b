"""Where nothing changes, every measure says so as often as it should: real documents, drawn again and again."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.track.texts import drawn, read, vocabulary_of

from outcross.estimate import t_quantile
from outcross.measures.sequences import Sequences

Draw = Callable[[Sequences, np.random.Generator], tuple[Sequences, Sequences]]
"""A generation and a baseline between which nothing changed."""


def rows_of(source: Sequences, rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.integers(0, len(source), count)


def equally_many(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    first, second = (drawn(source, rows_of(source, rng, 300), rng) for _ in range(2))
    return first, second


def five_times_as_many(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    return drawn(source, rows_of(source, rng, 200), rng), drawn(source, rows_of(source, rng, 1000), rng)


def few(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    return drawn(source, rows_of(source, rng, 80), rng), drawn(source, rows_of(source, rng, 400), rng)


def cut_off(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    """The generation's documents end after 30 words, as a decoder ends them."""
    ours, theirs = equally_many(source, rng)
    held = np.diff(ours.offsets)
    place = np.arange(len(ours.tokens)) - np.repeat(ours.offsets[:-1], held)
    offsets = np.concatenate([[0], np.cumsum(np.minimum(held, 30))])
    columns = dict(ours.columns) | {"lengths": np.minimum(ours["lengths"], 30)}
    return Sequences(columns, offsets, ours.tokens[place < 30], ours.bounds, ours.documents), theirs


def partly_the_same(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    """Three of ten documents of the generation are the baseline's."""
    shuffled = rng.permutation(len(source))
    ours = np.concatenate([shuffled[:90], shuffled[300:510]])
    return drawn(source, ours), drawn(source, shuffled[:300])


def clusters(source: Sequences, rng: np.random.Generator, count: int) -> list[np.ndarray]:
    """The rows of some clusters, in random order."""
    units = np.unique(source["units"])
    return [rng.permutation(np.flatnonzero(source["units"] == one)) for one in rng.choice(units, count, replace=False)]


def the_same_clusters(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    rows = clusters(source, rng, 24)
    return drawn(source, np.concatenate([one[::2] for one in rows])), drawn(
        source, np.concatenate([one[1::2] for one in rows])
    )


def other_clusters(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    rows = clusters(source, rng, 48)
    return drawn(source, np.concatenate(rows[:24])), drawn(source, np.concatenate(rows[24:]))


def one_side_clustered(source: Sequences, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
    """The generation answers 100 prompts; the human baseline names none."""
    rows = [one[:4] for one in clusters(source, rng, 100)]
    others = rng.permutation(np.setdiff1d(np.arange(len(source)), np.concatenate(rows)))
    theirs = drawn(source, others[:1000])
    nothing = np.zeros(len(theirs), np.uint64)
    columns = dict(theirs.columns) | {"units": nothing, "prompts": nothing}
    plain = Sequences(columns, theirs.offsets, theirs.tokens, theirs.bounds, theirs.documents)
    return drawn(source, np.concatenate(rows)), plain


CLUSTERED = {"the same clusters": the_same_clusters, "other clusters": other_clusters,
             "one side clustered": one_side_clustered}  # fmt: skip
PLAIN = {"equally many": equally_many, "five times as many": five_times_as_many, "few": few, "cut off": cut_off,
         "partly the same": partly_the_same}  # fmt: skip

KNOWN: dict[str, set[str]] = {"cut off": {"length", "compression", "repetition"}}
"""What does change where documents are cut off."""

SKEWED: dict[str, set[str]] = {
    name: {"distinct.1", "distinct.2", "distinct.3", "entropy", "repetition", "similarity.between", "types.covered"}
    for name in ("five times as many", "few", "other clusters", "one side clustered")
}
"""Ratios over documents of very unlike lengths lean to one side by up to half an error in a few hundred of them."""


def resampled(draw: Draw, source: Sequences, runs: int) -> dict[str, tuple[float, float]]:
    """By measure: how often it is beyond its 95 % interval, and the mean of its change in errors."""
    half = np.arange(len(source)) % 3 == 0
    vocabulary, rest = vocabulary_of(source.take(half)), source.take(~half)
    found: dict[str, list[tuple[bool, float]]] = {}
    for run in range(runs):
        ours, theirs = draw(rest, np.random.default_rng([9, run]))
        for name, one in read(ours, theirs, vocabulary).items():
            if not one.unknown:
                z = one.change / one.error
                found.setdefault(name, []).append((abs(z) > t_quantile(0.975, one.df), z))
    return {name: tuple(np.mean(rows, axis=0)) for name, rows in found.items() if len(rows) > runs / 2}


def holds(found: dict[str, tuple[float, float]], runs: int, known: set[str]) -> list[str]:
    """Measures that are beyond their interval too often or too seldom, or to one side."""
    most = 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / runs)
    shift = 3.5 / np.sqrt(runs)
    return [
        f"{name}: {beyond:.3f}, {mean:+.2f}" for name, (beyond, mean) in found.items()
        if name not in known and not (beyond <= most and abs(mean) <= shift)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["equally many", "partly the same"])
def test_nothing_new_is_no_change(name, documents):
    runs = 50
    assert holds(resampled(PLAIN[name], documents, runs), runs, KNOWN.get(name, set())) == []


def test_nothing_new_in_the_same_clusters_is_no_change(written):
    runs = 50
    assert holds(resampled(the_same_clusters, written, runs), runs, set()) == []


@pytest.mark.study
@pytest.mark.parametrize("name", PLAIN)
def test_intervals_of_change_hold_as_often_as_they_say(name, documents):
    runs = 400
    assert holds(resampled(PLAIN[name], documents, runs), runs, KNOWN.get(name, set()) | SKEWED.get(name, set())) == []


@pytest.mark.study
@pytest.mark.parametrize("name", CLUSTERED)
def test_intervals_of_change_hold_for_clusters(name, written):
    runs = 400
    assert holds(resampled(CLUSTERED[name], written, runs), runs, SKEWED.get(name, set())) == []
