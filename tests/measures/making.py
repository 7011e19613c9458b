"""Documents, batches and states for tests."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from outcross.engine.states import Family, look
from outcross.kernels import document_hashes
from outcross.measure import Batch, Caps
from outcross.measures.duplicates import Clusters, _cluster_rows


def batch_of(texts: Sequence[str], groups: Sequence[str] | None = None) -> Batch:
    """Texts as a batch; documents are named by their place."""
    ids = pa.array([str(number) for number in range(len(texts))], pa.string())
    named = None if groups is None else pa.array(groups, pa.string())
    return Batch(pa.array(texts, pa.large_string()), ids, named)


def states_of(texts: Sequence[str], caps: Caps | None = None) -> Family:
    """The states of all streaming families."""
    return look(batch_of(texts), caps or Caps())


def bytes_of(family: Family) -> dict[str, bytes]:
    """The states as bytes."""
    return {name: state.to_bytes() for name, state in family.items()}


def exact_clusters(texts: Sequence[str]) -> Clusters:
    """Clusters of equal documents, as the join makes them."""
    hashes = document_hashes(batch_of(texts))
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    rows = _cluster_rows(first[inverse].astype(np.int32), hashes)
    return Clusters(rows, rows, [])


class Writers:
    """A population of documents: Zipf's words in bursts, topics, and copies.

    Every document draws its length, then its words: a share of them repeats a word that it has used (a
    burst), the others are new draws from Zipf's law. A share of documents are copies of one of few texts.

    Args:
        words: of the vocabulary. bursts: share of words that repeat. copied: share of documents that copy.
        originals: texts that copies are made of. ending: of every word: another ending draws other hashes.
    """

    def __init__(
        self, words: int = 20_000, bursts: float = 0.3, copied: float = 0.0, originals: int = 500, ending: str = ""
    ) -> None:
        self.bursts, self.copied = bursts, copied
        weights = 1 / (np.arange(words) + 3.0)
        self.upto = np.cumsum(weights / weights.sum())
        self.spelt = np.array([_spelt(number) + ending for number in range(words)])
        self.originals = self._new(originals, np.random.default_rng(1))

    def documents(self, count: int, seed: int) -> list[str]:
        """Independent documents of the population."""
        random = np.random.default_rng([seed, 7])
        texts = self._new(count, random)
        for place in np.flatnonzero(random.random(count) < self.copied):
            texts[place] = self.originals[random.integers(len(self.originals))]
        return texts

    def _new(self, count: int, random: np.random.Generator) -> list[str]:
        lengths = np.maximum(random.lognormal(4.0, 0.6, count).astype(np.int64), 3)
        ends = np.cumsum(lengths)
        begins = np.repeat(ends - lengths, lengths)
        place = np.arange(int(ends[-1]))
        words = np.minimum(np.searchsorted(self.upto, random.random(len(place))), len(self.upto) - 1)
        # A burst points back to an earlier place in its document, again and again until a word is new.
        back = begins + (random.random(len(place)) * (place - begins)).astype(np.int64)
        source = np.where(random.random(len(place)) < self.bursts, back, place)
        while (source[source] != source).any():
            source = source[source]
        written = self.spelt[words[source]]
        return [" ".join(written[begin:end]) for begin, end in zip(ends - lengths, ends, strict=True)]


def _spelt(number: int) -> str:
    """A pronounceable word for a number; different for different numbers."""
    consonants, vowels = "bdfgklmnprstvz", "aeiou"
    out = ""
    number += 1
    while number:
        number, place = divmod(number, len(consonants) * len(vowels))
        out += consonants[place // len(vowels)] + vowels[place % len(vowels)]
    return out


def only_numbers(state: Any) -> dict[str, bytes]:
    """The whole numbers in a state, without the spellings that people are shown."""
    if hasattr(state, "table"):
        return {"table": state.without_text().table.to_bytes(), "sample": state.sample.to_bytes()}
    return {"": state.to_bytes()}
