"""Corpora and samples made up for the tests of this room."""

import numpy as np

from outcross.shares import Labelled, Scores
from outcross.shares.coverage import Pool


def scores_of(score, tokens=None):
    """The corpus side of documents with these scores; NaN = unscored."""
    score = np.asarray(score, float)
    tokens = np.ones(len(score), np.int64) if tokens is None else np.asarray(tokens)
    known = ~np.isnan(score)
    bins = np.clip(score[known] * 256, 0, 255).astype(np.int64)
    return Scores(
        np.bincount(bins, minlength=256),
        np.bincount(bins, weights=tokens[known], minlength=256).astype(np.int64),
        int((~known).sum()),
        int(tokens[~known].sum()),
    )


def corpus_of(share, size=2000, *, spread=0.15, seed=3):
    """Labels and scores of a corpus that a fair detector looked at."""
    rng = np.random.default_rng(seed)
    y = np.arange(size) < round(share * size)
    return y.astype(float), np.clip(rng.normal(np.where(y, 0.65, 0.35), spread), 0, 0.999)


def labelled_of(y, score, n, *, seed=4, tokens=None):
    """A uniform sample of a corpus, labelled by who is right."""
    picked = np.random.default_rng(seed).choice(len(y), n, replace=False)
    return Labelled.uniform(
        y[picked], score[picked], documents=len(y), tokens=None if tokens is None else tokens[picked]
    )


def bad_pools(seed=7, n=3000):
    """Detectors that are bad in the ways that break intervals."""
    rng = np.random.default_rng(seed)

    def fires(on_human, on_synthetic, low=0):
        return Pool(*(np.where(rng.random(n) < rate, 255, low).astype(np.uint8) for rate in (on_human, on_synthetic)))

    return {
        "constant": Pool(np.full(n, 128, np.uint8), np.full(n, 128, np.uint8)),
        "random": Pool(*(rng.integers(0, 256, n).astype(np.uint8) for _ in range(2))),
        "inverted": Pool(*(np.clip(rng.normal(mean, 45, n), 0, 255).astype(np.uint8) for mean in (170, 80))),
        "never errs": fires(0.0, 1.0),
        "misses one synthetic in 50, surely": fires(0.0, 0.98),
        "misses one synthetic in 5, surely": fires(0.0, 0.8),
        "fires on one human in 50, surely": fires(0.02, 1.0),
        "fires on one human in 10, surely": fires(0.1, 1.0),
        "fires rarely": fires(0.01, 0.05, low=2),
    }
