"""Fits the text score to references: logistic regression over hashed words and pairs of words.

What is told of it is held out: by documents in five folds, and by leaving each source out whole, because a
classifier learns sources where it can. The hashed features, the order of the passes and the folds follow from
the documents alone, so the same documents give the same file.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from outcross.canonical import plain, rounded
from outcross.corpus import Corpus, Reading, find
from outcross.errors import CallError, DataError
from outcross.estimate import Finding, Unknown
from outcross.kernels import document_hashes
from outcross.kernels.languages import FUNCTION_WORDS
from outcross.kernels.linear import SLOTS, Features, features, join, regress
from outcross.measure import Array, Batch
from outcross.origin import ranking
from outcross.origin.score import MOST_WORDS, TextScore, canonical_batch, refused

FOLDS = 5
STRENGTH = 4.0
"""How much all documents together weigh against the penalty, a document: chosen on text that is left out."""
PASSES = 40
FEWEST_DOCUMENTS = 50
"""A side needs so many usable documents."""
MOST_SOURCES = 24
"""Sources that are left out one at a time, the largest first."""
FEWEST_OF_SOURCE = 20
"""Smaller sources are not told of by themselves."""
_CLIPPED = 0.9999


@dataclass(frozen=True)
class Examples:
    """Documents of one side as features.

    Attributes:
        features: of the documents that can be used.
        hashes: uint64[n], of their texts; copies are dropped.
        sources: of each of them, e.g. a web site or a model; "" where it is not known.
        refused: documents that cannot be used, by reason.
    """

    features: Features
    hashes: Array
    sources: tuple[str, ...]
    refused: dict[str, int]

    def __len__(self) -> int:
        return len(self.features)


def examples(batches: Iterable[Batch], language: str = "en") -> Examples:
    """The documents of batches as examples; a batch's groups are the sources."""
    parts: list[Features] = []
    hashes: list[Array] = []
    sources: list[str] = []
    refusals: Counter[str] = Counter()
    told = TextScore("", np.zeros(SLOTS, np.int8), 0.0, 0.0, language).reasons()
    for batch in batches:
        codes, changed = refused(batch, language)
        for rows, usable in _in_two(batch, np.flatnonzero(changed), codes, language):
            parts.append(features(usable, MOST_WORDS))
            hashes.append(document_hashes(usable))
            sources += _sources(batch, rows)
        refusals.update(str(told[code]) for code in codes.tolist() if code)
    joined = join(iter(parts))
    return _without_copies(Examples(joined, np.concatenate([np.zeros(0, np.uint64), *hashes]),
                                    tuple(sources), dict(sorted(refusals.items()))))  # fmt: skip


def _in_two(batch: Batch, changed: Array, codes: Array, language: str) -> Iterable[tuple[Array, Batch]]:
    """The usable documents as they are, and those that are made canonical first; settles the codes of these."""
    if len(changed):
        made = canonical_batch(batch, changed)
        codes[changed] = refused(made, language)[0]
    usable = codes == 0
    as_is = usable.copy()
    as_is[changed] = False
    yield np.flatnonzero(as_is), batch.take(np.flatnonzero(as_is))
    if len(changed):
        yield changed[usable[changed]], made.take(np.flatnonzero(usable[changed]))


def _sources(batch: Batch, rows: Array) -> list[str]:
    if batch.groups is None:
        return [""] * len(rows)
    names = batch.groups.to_pylist()
    return [names[int(row)] or "" for row in rows]


def _without_copies(found: Examples) -> Examples:
    """Each text once, the first: a copy in another fold would be known already."""
    _, first = np.unique(found.hashes, return_index=True)
    keep = np.zeros(len(found), np.bool_)
    keep[first] = True
    return _kept(found, keep, "copies")


def _apart(human: Examples, synthetic: Examples) -> tuple[Examples, Examples]:
    """The sides without the texts that are on both: each would say of the same words that they are both kinds."""
    shared = np.intersect1d(human.hashes, synthetic.hashes)
    one, other = (_kept(side, ~np.isin(side.hashes, shared), "on both sides") for side in (human, synthetic))
    return one, other


def _kept(found: Examples, keep: Array, reason: str) -> Examples:
    """These documents (bool[n]); the others are refused for the reason."""
    if keep.all():
        return found
    sizes = np.diff(found.features.places)
    kept = Features(found.features.slots[np.repeat(keep, sizes)], np.concatenate([[0], np.cumsum(sizes[keep])]))
    rows = np.flatnonzero(keep)
    refusals = found.refused | {reason: len(found) - len(rows)}
    return Examples(kept, found.hashes[rows], tuple(found.sources[row] for row in rows), refusals)


@dataclass(frozen=True)
class Fitted:
    """A linear model, not yet quantised.

    Attributes:
        weights: float64[SLOTS].
        bias: added to the sum; 0 is the decision where both sides weigh the same.
    """

    weights: Array
    bias: float

    def logits(self, found: Features) -> Array:
        """The decision value of each document, float64[n]."""
        logits: Array = found.sums(self.weights) + self.bias
        return logits


class Trainer:
    """Fits models to parts of the two sides.

    Args:
        human, synthetic: the two sides.
        strength: see `STRENGTH`.

    Attributes:
        features: of all documents, the human first.
        synthetic: bool[n].
        sources: the source of each document, str[n].
        folds: int64[n], by the hash of the text.
    """

    def __init__(self, human: Examples, synthetic: Examples, strength: float = STRENGTH) -> None:
        self.features = join(iter([human.features, synthetic.features]))
        self.synthetic = np.arange(len(self.features)) >= len(human)
        self.sources = np.array(human.sources + synthetic.sources, dtype=np.str_)
        self.folds = (np.concatenate([human.hashes, synthetic.hashes]) >> np.uint64(16)) % np.uint64(FOLDS)
        self.strength = strength

    def fit(self, chosen: Array) -> Fitted | None:
        """The model of the chosen documents (bool[n]), see `_weights`; None without both sides."""
        rows = np.flatnonzero(chosen)
        of = self.synthetic[rows]
        if not 0 < of.sum() < len(rows):
            return None
        labels = np.where(self.synthetic, 1.0, -1.0)
        costs = np.ones(len(self.features))
        costs[rows] = self.strength * _weights(self.sources[rows], of)
        return Fitted(*regress(self.features, rows, labels, costs, PASSES))

    def held_out(self) -> Array:
        """The decision value of each document by a model that has not seen its fold, float64[n]."""
        logits = np.full(len(self.features), np.nan)
        for fold in range(FOLDS):
            there = self.folds == fold
            made = self.fit(~there)
            if made is not None:
                logits[there] = made.logits(self.features)[there]
        return logits

    def left_out(self, source: str) -> dict[str, Any]:
        """How a model does on a source that it has not seen; against others' documents of a fold it has not seen.

        Returns:
            source, documents by side, auroc, and the share of documents called synthetic by side.
        """
        there = self.sources == source
        resting = (self.folds == 0) & ~there
        made = self.fit(~there & ~resting)
        sides = {"human": there & ~self.synthetic, "synthetic": there & self.synthetic}
        counts = {side: int(rows.sum()) for side, rows in sides.items()}
        if made is None:
            unknown = Unknown("without this source one side has no documents").to_dict()
            return {"source": source, "documents": counts, "auroc": unknown, "called": dict.fromkeys(sides, unknown)}
        logits = made.logits(self.features)
        other = {"human": resting & ~self.synthetic, "synthetic": resting & self.synthetic}
        compared = {side: logits[rows if rows.sum() >= ranking.FEWEST else other[side]] for side, rows in sides.items()}
        called = {side: ranking.share_above(logits[rows], 0.0) for side, rows in sides.items()}
        return {
            "source": source, "documents": counts,
            "auroc": ranking.auroc(compared["synthetic"], compared["human"]).rounded().to_dict(),
            "called": {side: finding.rounded().to_dict() for side, finding in called.items()},
        }  # fmt: skip


def _weights(sources: Array, synthetic: Array) -> Array:
    """How much documents weigh, float64[m], 1 in the mean: both sides the same.

    Within a side a source weighs the root of its number of documents, so that a large one does not decide alone
    what people or models write like: held out by domain, it ranks better than equal documents or equal sources.
    """
    weights = np.zeros(len(sources))
    for side in (synthetic, ~synthetic):
        _, number, counts = np.unique(sources[side], return_inverse=True, return_counts=True)
        weights[side] = counts[number] ** -0.5
        weights[side] *= len(sources) / 2.0 / weights[side].sum()
    return weights


def fit(human: Examples, synthetic: Examples, name: str = "own", language: str = "en") -> TextScore:
    """Fit a score to two sides; its `facts` tell how well it does on what it has not seen.

    Args:
        human: text of people, from `examples`.
        synthetic: best outputs of instruct models, as outputs of base models spoil the score for all others.
        name: of the score.
        language: that the examples were chosen for.

    Raises:
        DataError: a side has too few usable documents.
    """
    human, synthetic = _apart(human, synthetic)
    _check(human, synthetic)
    trainer = Trainer(human, synthetic)
    logits = trainer.held_out()
    gain, offset = calibrated(logits, trainer.synthetic)
    made = trainer.fit(np.ones(len(trainer.features), np.bool_))
    if made is None:
        raise DataError("One side has no documents.")
    weights, step = quantised(made.weights)
    facts = {
        "human": _side(human), "synthetic": _side(synthetic),
        "settings": {"strength": STRENGTH, "folds": FOLDS, "words": MOST_WORDS, "slots": SLOTS},
        "held_out": held_out_figures(logits, trainer.synthetic),
        "left_out": [trainer.left_out(source) for source in _told_sources(trainer)],
    }  # fmt: skip
    return TextScore(name, weights, rounded(gain * step), rounded(gain * made.bias + offset), language, plain(facts))


def _check(human: Examples, synthetic: Examples) -> None:
    for side, found in (("human", human), ("synthetic", synthetic)):
        if len(found) < FEWEST_DOCUMENTS:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.refused.items())
            raise DataError(
                f"The {side} side has {len(found):,} usable documents; a score needs {FEWEST_DOCUMENTS}."
                + (f" Not usable: {reasons}." if reasons else ""), hint="Give more text.",
            )  # fmt: skip


def _side(found: Examples) -> dict[str, Any]:
    sources = dict(Counter(found.sources).most_common(100))
    return {"documents": len(found), "not_used": found.refused, "sources": sources}


def _told_sources(trainer: Trainer) -> list[str]:
    """The sources that are left out one at a time: the largest, without which both sides have documents still."""
    counts = Counter(trainer.sources.tolist())
    large = [name for name, count in counts.most_common(MOST_SOURCES) if name and count >= FEWEST_OF_SOURCE]
    return sorted(name for name in large if 0 < trainer.synthetic[trainer.sources != name].mean() < 1)


def held_out_figures(logits: Array, synthetic: Array) -> dict[str, Any]:
    """How documents that a model has not seen are ranked and called."""
    machine, people = logits[synthetic], logits[~synthetic]
    told: dict[str, Finding] = {
        "auroc": ranking.auroc(machine, people),
        "found_at_1_percent": ranking.found_at(machine, people),
        "synthetic_called": ranking.share_above(machine, 0.0),
        "human_called": ranking.share_above(people, 0.0),
    }
    return {name: finding.rounded().to_dict() for name, finding in told.items()}


def calibrated(logits: Array, synthetic: Array) -> tuple[float, float]:
    """Gain and offset that turn decision values into posteriors, both sides weighing the same.

    Platt's scaling with his smoothed targets, by Newton's method; a tiny penalty keeps the gain finite where
    the sides do not overlap. Platt (1999), in Advances in Large Margin Classifiers.

    Args:
        logits: float64[n], of documents that the model has not seen.
        synthetic: bool[n].
    """
    sizes = np.array([(~synthetic).sum(), synthetic.sum()], np.float64)
    targets = np.where(synthetic, (sizes[1] + 1) / (sizes[1] + 2), 1 / (sizes[0] + 2))
    share = 0.5 / sizes[synthetic.astype(np.int64)]
    columns = np.stack([logits, np.ones_like(logits)])
    at = np.array([1.0, 0.0])
    for _ in range(100):
        chance = 1.0 / (1.0 + np.exp(-np.clip(at @ columns, -60.0, 60.0)))
        slope = columns @ (share * (chance - targets)) + 1e-9 * at
        curve = (columns * (share * chance * (1.0 - chance))) @ columns.T + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        at = at - step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(at[0]), float(at[1])


def quantised(weights: Array) -> tuple[Array, float]:
    """The weights in a byte each, and what one unit stands for; the largest in 10,000 are clipped."""
    used = np.abs(weights[weights != 0])
    top = float(np.quantile(used, _CLIPPED)) if len(used) else 1.0
    step = top / 127.0
    return np.clip(np.rint(weights / step), -127, 127).astype(np.int8), step


def read_examples(paths: Sequence[str], reading: Reading, language: str = "en") -> Examples:
    """Examples from files.

    Args:
        paths: as `outcross.corpus.find` takes them.
        reading: how; its `group_by` is the column of sources, or "@file".
        language: documents in others are not used.

    Raises:
        CallError: the language is not one that can be told.
    """
    if language not in FUNCTION_WORDS:
        raise CallError(f"There is no language {language!r} here; there are {', '.join(FUNCTION_WORDS)}.")
    return examples(_batches(find(paths, reading)), language)


def _batches(corpus: Corpus) -> Iterable[Batch]:
    for shard in corpus.shards:
        yield from corpus.read(shard, hashing=False)
