"""Scores of the development documents for the coverage study: in-domain, leave-one-domain-out, leave-one-family-out.

A hashed word 1-2-gram logistic regression of its own, so that the study depends on no detector of the package: what the
study shows must hold for any score. Only scores (0-255), labels and lengths are kept, never text.

    python bench/share_scores.py DATA_FOLDER OUT.npz     # DATA_FOLDER holds docs.jsonl.gz and attacks.jsonl.gz
"""

import gzip
import re
import sys
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import orjson
from numba import njit

BITS = 18
WORD = re.compile(r"\w+|[^\w\s]")
BASE_MODELS = re.compile(r"gpt-?j|gpt-?neo|gpt2|opt-|text_davinci|pythia|bloom", re.IGNORECASE)
"""Generators that are left out, of base models and early ones: text that this score cannot learn without harm."""
DOMAINS = ("news", "story", "review", "essay", "code-qa", "abstract")
LEAST = 100


def rows_of(path):
    """The records of one gzipped JSON-lines file."""
    with gzip.open(path, "rb") as stream:
        return [orjson.loads(line) for line in stream]


def features(texts):
    """Sorted unique hashed word 1-2-grams of each text: indptr int64[n + 1], indices int32[nnz]."""
    known = {}
    parts, indptr = [], [0]
    for text in texts:
        ids = np.array(
            [known.get(word) or known.setdefault(word, zlib.crc32(word.encode()) | 1 << 32)
             for word in WORD.findall(text.lower()[:9000])], np.int64,
        ) & 0xFFFFFFFF  # fmt: skip
        pairs = (ids[:-1] * 2654435761 + ids[1:] * 40503 + 12345) >> 7
        unique = np.unique(np.concatenate([ids, pairs]) & ((1 << BITS) - 1)).astype(np.int32)
        parts.append(unique)
        indptr.append(indptr[-1] + len(unique))
    return np.array(indptr, np.int64), np.concatenate(parts)


@njit(cache=True)
def learn(indptr, indices, y, order, weights_of, passes, penalty):
    """AdaGrad on the weighted logistic loss over unit-length binary vectors: weights float64[2^18 + 1]."""
    size = 1 << 18
    w = np.zeros(size + 1)
    g = np.full(size + 1, 1e-3)
    for _ in range(passes):
        for row in order:
            a, b = indptr[row], indptr[row + 1]
            scale = 1 / np.sqrt(b - a + 1.0)
            z = w[size]
            for k in range(a, b):
                z += w[indices[k]] * scale
            step = (1 / (1 + np.exp(-z)) - y[row]) * weights_of[row]
            for k in range(a, b):
                j = indices[k]
                d = step * scale + penalty * w[j]
                g[j] += d * d
                w[j] -= 0.5 * d / np.sqrt(g[j])
            g[size] += step * step
            w[size] -= 0.5 * step / np.sqrt(g[size])
    return w


@njit(cache=True)
def margins(indptr, indices, rows, w):
    """The linear score of each row."""
    out = np.empty(len(rows))
    for i in range(len(rows)):
        a, b = indptr[rows[i]], indptr[rows[i] + 1]
        z = 0.0
        for k in range(a, b):
            z += w[indices[k]]
        out[i] = z / np.sqrt(b - a + 1.0) + w[1 << 18]
    return out


def fitted(data, train, rng):
    """Weights, trained with both labels of equal weight."""
    indptr, indices, y = data
    weights = np.ones(len(y))
    for label in (0, 1):
        inside = train[y[train] == label]
        weights[inside] = len(train) / (2 * max(len(inside), 1))
    return learn(indptr, indices, y.astype(np.float64), rng.permutation(train), weights, 6, 1e-6)


def byte(z):
    """The posterior of a balanced prior in 256 bins."""
    return np.clip(256 / (1 + np.exp(-np.clip(z, -30, 30))), 0, 255).astype(np.uint8)


def auroc(scores, y):
    """Area under the ROC curve, ties at a half."""
    human, synthetic = (np.bincount(scores[y == label], minlength=256) for label in (0, 1))
    below = np.cumsum(human) - human / 2
    return float((synthetic * below).sum() / (human.sum() * synthetic.sum()))


def read(folder):
    """Features and labels of all documents, then of all attacked ones, and what each is."""
    docs = [one for one in rows_of(folder / "docs.jsonl.gz")
            if one["label"] == "human" or not BASE_MODELS.search(one["generator"] or "")]  # fmt: skip
    attacks = [one for one in rows_of(folder / "attacks.jsonl.gz") if one["label"] == "synthetic"]
    every = docs + attacks
    y = np.array([one["label"] == "synthetic" for one in every], np.int64)
    words = np.array([len(one["text"].split()) for one in every], np.int64)
    kinds = {
        "domain": np.array([one["domain"] for one in docs]),
        "family": np.array([one["generator_family"] if one["label"] == "synthetic" else "" for one in docs]),
        "attack": np.array([""] * len(docs) + [one["kind"] for one in attacks]),
    }
    return (*features([one["text"] for one in every]), y), words, kinds


def splits(y, kinds, rng):
    """What is fitted and what it is tried on: (name, training rows, test rows)."""
    base = np.arange(len(kinds["domain"]))
    human = base[y[base] == 0]
    held = np.zeros(len(base), bool)
    held[rng.permutation(human)[: len(human) // 2]] = True
    half = rng.random(len(base)) < 0.5
    yield "in-domain", base[half], base[~half]
    for one in DOMAINS:
        inside = kinds["domain"] == one
        yield f"new domain: {one}", base[~inside], base[inside]
    for one in sorted(set(kinds["family"]) - {""}):
        inside = kinds["family"] == one
        if inside.sum() >= LEAST:
            yield f"new family: {one}", base[~inside & ~held], base[inside | held]
    for one in sorted(set(kinds["attack"]) - {""}):
        yield one, base[~held], np.concatenate([base[held], np.flatnonzero(kinds["attack"] == one)])


def main(folder, out):
    rng = np.random.default_rng(20250601)
    data, words, kinds = read(folder)
    indptr, indices, y = data
    arrays = {}
    for name, train, test in splits(y, kinds, rng):
        scores = byte(margins(indptr, indices, test, fitted(data, train, rng)))
        arrays |= {f"{name}|score": scores, f"{name}|y": y[test].astype(np.uint8), f"{name}|words": words[test]}
        counts = Counter(y[test].tolist())
        print(f"{name:40s} human {counts[0]:6d} synthetic {counts[1]:6d} AUROC {auroc(scores, y[test]):.4f}")
    np.savez_compressed(out, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
