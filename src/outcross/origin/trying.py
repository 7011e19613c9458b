"""A look at what a score says of a corpus: spread by group, and why documents are refused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from outcross.corpus import Reading, find
from outcross.measure import Array, Batch
from outcross.origin.score import TextScore

EVERYTHING = "all"


@dataclass(frozen=True)
class Tried:
    """What a score says of some documents.

    Attributes:
        documents: how many there are.
        scored: how many it scores.
        refused: how many it refuses, by reason.
        quantiles: the scores at 10, 50 and 90 %; empty where nothing is scored.
    """

    documents: int
    scored: int
    refused: dict[str, int]
    quantiles: tuple[float, ...]


@dataclass
class _Tally:
    scores: list[Array] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, scores: Array, refusals: list[str | None]) -> None:
        self.scores.append(scores[~np.isnan(scores)])
        self.refused.update(reason for reason in refusals if reason is not None)

    def told(self) -> Tried:
        scores = np.concatenate(self.scores)
        refused = dict(sorted(self.refused.items()))
        quantiles = tuple(float(one) for one in np.quantile(scores, [0.1, 0.5, 0.9])) if len(scores) else ()
        return Tried(len(scores) + sum(refused.values()), len(scores), refused, quantiles)


def tried(score: TextScore, paths: Sequence[str], reading: Reading) -> dict[str, Tried]:
    """What the score says of the documents of a corpus, by the reading's groups and in all."""
    tallies: dict[str, _Tally] = {}
    corpus = find(paths, reading)
    for shard in corpus.shards:
        for batch in corpus.read(shard, hashing=False):
            _look(score, batch, tallies)
    return {name: tally.told() for name, tally in sorted(tallies.items())}


def _look(score: TextScore, batch: Batch, tallies: dict[str, _Tally]) -> None:
    scores, refusals = score.score(batch), score.refusals(batch)
    tallies.setdefault(EVERYTHING, _Tally()).add(scores, refusals)
    if batch.groups is None:
        return
    names = np.array([name or "" for name in batch.groups.to_pylist()], dtype=np.str_)
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        tallies.setdefault(str(name), _Tally()).add(scores[rows], [refusals[row] for row in rows])
