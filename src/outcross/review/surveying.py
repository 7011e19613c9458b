"""Looking over a corpus before drawing from it: how many documents, in which groups, with which scores."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from outcross.corpus import Corpus, corpus_root
from outcross.errors import DataError
from outcross.kernels import words
from outcross.measure import Array, Batch
from outcross.review.drawing import Frame
from outcross.review.gold import Candidate
from outcross.review.records import Truth, kept

Scoring = Callable[[Batch], Array]
"""The score of each document of a batch in [0, 1], float32[n]; NaN where it has none."""

SCORE_BINS = 256
"""Bins of score histograms; bin b holds scores in [b/256, (b+1)/256), the last one 1 as well."""
POOL = 20_000
"""Texts of known origin, of one kind, that gold is drawn from; of more, so many at random."""


@dataclass(frozen=True)
class Survey:
    """What was found in one reading of a corpus.

    Attributes:
        frame: what can be drawn.
        tokens: int64[n], words of each document.
        starts: int64[shards + 1], the first document of each shard.
        root: of the corpus, which binds every byte.
        quarantined: records that could not be read, and so cannot be drawn.
    """

    frame: Frame
    tokens: Array
    starts: Array
    root: str
    quarantined: int


def survey(corpus: Corpus, scoring: Scoring | None = None) -> Survey:
    """Read a corpus once, in order.

    Args:
        corpus: it is grouped where its reading groups it.
        scoring: the text score; None where there is none.

    Raises:
        DataError: there is no document.
    """
    scores, tokens, groups, digests = [], [], [], []
    names: dict[str, int] = {}
    starts, quarantined = [0], 0
    for shard in corpus.shards:
        reader = corpus.read(shard)
        for batch in reader:
            tokens.append(words(batch).per_document)
            if scoring is not None:
                scores.append(np.asarray(scoring(batch), np.float32))
            if batch.groups is not None:
                groups.append(_numbered(batch.groups, names))
        starts.append(starts[-1] + reader.documents)
        quarantined += reader.quarantined_total
        digests += reader.digests
    if not starts[-1]:
        raise DataError("There is no document to draw.", hint="See what is wrong with: outcross audit CORPUS")
    frame = Frame(
        starts[-1], np.concatenate(scores) if scores else None, np.concatenate(groups) if groups else None, tuple(names)
    )
    return Survey(frame, np.concatenate(tokens), np.array(starts, np.int64), corpus_root(digests), quarantined)


def _numbered(groups: pa.StringArray, names: dict[str, int]) -> Array:
    """The groups as numbers; new names are added in the order in which they are met."""
    coded = groups.dictionary_encode()
    places = [names.setdefault(str(name), len(names)) for name in coded.dictionary.to_pylist()]
    numbers: Array = np.array(places, np.int32)[coded.indices.to_numpy(zero_copy_only=False)]
    return numbers


def documents_at(corpus: Corpus, found: Survey, rows: Array) -> Iterator[tuple[str, str]]:
    """The identifiers and texts of documents by their numbers; only the shards that hold them are read.

    Raises:
        DataError: the corpus is not what it was when it was surveyed.
    """
    for shard, first, end in zip(corpus.shards, found.starts[:-1], found.starts[1:], strict=True):
        here = rows[(rows >= first) & (rows < end)] - first
        if not len(here):
            continue
        given, before = 0, 0
        for batch in corpus.read(shard, hashing=False):
            chosen = pa.array(here[(here >= before) & (here < before + len(batch))] - before, pa.int64())
            names, texts = batch.ids.take(chosen).to_pylist(), batch.texts.take(chosen).to_pylist()
            yield from zip(names, map(kept, texts), strict=True)
            given += len(chosen)
            before += len(batch)
        if given != len(here):
            raise DataError(f"{shard.label} changed while it was drawn from.", hint="Draw again.")


def histograms(found: Survey, strata: Sequence[str], stratum: Array) -> dict[str, dict[str, Any]]:
    """The scores of all documents by stratum: what a label-based estimate holds labels against.

    Args:
        found: the survey.
        strata: their names.
        stratum: int64[n], the number of each document's own.

    Returns:
        By stratum: `documents` and `tokens` by score bin (empty where nothing was scored),
        `unscored_documents` and `unscored_tokens`.
    """
    scores = np.full(found.frame.documents, np.nan, np.float32) if found.frame.scores is None else found.frame.scores
    made = {}
    for number, name in enumerate(strata):
        mine = stratum == number
        scored = mine & ~np.isnan(scores)
        bins = np.clip((scores[scored] * SCORE_BINS).astype(np.int64), 0, SCORE_BINS - 1)
        without = mine & ~scored
        made[name] = {
            "documents": np.bincount(bins, minlength=SCORE_BINS).tolist() if scored.any() else [],
            "tokens": np.bincount(bins, found.tokens[scored], SCORE_BINS).astype(np.int64).tolist()
            if scored.any() else [],
            "unscored_documents": int(without.sum()), "unscored_tokens": int(found.tokens[without].sum()),
        }  # fmt: skip
    return made


def known(
    corpora: Sequence[Corpus], truth: Truth, seed: int, chosen: Callable[[Batch], Array] | None = None
) -> list[Candidate]:
    """Texts of known origin, `POOL` of them at most, drawn at random.

    Args:
        corpora: they are from.
        truth: what they are.
        seed: of the draw.
        chosen: which documents of a batch are of known origin, bool[n]; None for all.
    """
    random = np.random.default_rng([seed, 7, ord(truth[0])])
    pool: list[tuple[float, Candidate]] = []
    for corpus in corpora:
        for shard in corpus.shards:
            for whole in corpus.read(shard, hashing=False):
                batch = whole if chosen is None else whole.take(np.flatnonzero(chosen(whole)))
                pool += zip(random.random(len(batch)).tolist(), _candidates(batch, truth), strict=True)
                if len(pool) > 2 * POOL:
                    pool = sorted(pool, key=lambda one: one[0])[:POOL]
    return [one for _, one in sorted(pool, key=lambda one: one[0])[:POOL]]


def sampled(texts: Sequence[str], truth: Truth, seed: int) -> list[Candidate]:
    """Texts of known origin that are in memory, `POOL` of them at most, drawn at random."""
    rows = np.random.default_rng([seed, 8, ord(truth[0])]).permutation(len(texts))[:POOL]
    names = pa.array([f"output {row + 1}" for row in rows], pa.string())
    return list(_candidates(Batch(pa.array([texts[row] for row in rows], pa.large_string()), names), truth))


def _candidates(batch: Batch, truth: Truth) -> Iterator[Candidate]:
    counts = words(batch).per_document
    for row, (name, text) in enumerate(zip(batch.ids.to_pylist(), batch.texts.to_pylist(), strict=True)):
        yield Candidate(name, kept(text), truth, int(counts[row]))


def by_identifier(scores: Mapping[str, float]) -> Scoring:
    """A score that looks documents up by their identifiers, for scores that were made elsewhere."""

    def look(batch: Batch) -> Array:
        return np.array([scores.get(name, np.nan) for name in batch.ids.to_pylist()], np.float32)

    return look
