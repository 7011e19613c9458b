"""Words: how many, how evenly used, how much of the mass is rare; Hill numbers rarefied by documents."""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from outcross.estimate import Estimate, Finding, Unknown, counted
from outcross.kernels import document_hashes, expected_k_log_k, jackknife_groups, word_counts, words
from outcross.measure import EVERY_HASH, Array, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.influence import SampledWords, replicates, sampled_words
from outcross.measures.jackknife import TOO_FEW, Told, estimate
from outcross.measures.spectrum import Spectrum, spectrum
from outcross.measures.states import DocumentSample, WordTable

TAIL_RATE = 1e-5
"""A word is in the corpus's own tail when it makes up less than this share of all words."""

LONG = 4096
"""Of a document with more words than this the sample keeps a part of the distinct ones, chosen by hash."""

TOKENS_A_DOCUMENT = 128
"""Words that the sample of documents keeps for each document that it may keep."""

_RAREFIED = "rarefied to {size} documents (Chao et al. 2014, Ecol. Monogr. 84, incidence data)"


@measure
class WordFrequencies:
    """The table of words and what it says."""

    name: ClassVar[str] = "words"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("types", "distinct words", "Distinct words in all documents; grows with the corpus."),
        Figure("hapax.share", "words seen once", "Share of distinct words that occur once; depends on size.",
               percent=True),
        Figure("tail.mass", "mass of rare words", "Share of all words whose word is rarer than 1 in 100,000.",
               percent=True),
        Figure("zipf.exponent", "Zipf exponent", "How fast frequency falls with rank, ranks 10 to 10,000."),
        Figure("entropy", "entropy, bits a word", "Shannon entropy of words, corrected for words not yet seen."),
        Figure("hill.1", "Hill number 1", "Effective number of frequent words (exponential of entropy over "
               "documents), at a common size.", compared=True, deciding=True),
        Figure("hill.2", "Hill number 2", "Effective number of very frequent words (inverse Simpson over "
               "documents), at a common size.", compared=True, deciding=True),
    )  # fmt: skip

    def look(self, batch: Batch, caps: Caps) -> "WordState":
        """The table of words and a sample of documents."""
        found = words(batch)
        keys, counts, places = word_counts(batch)
        table = WordTable(keys, counts, caps.word_types)
        most = min(table.KEPT_SPELLINGS, len(keys))
        table.spellings = {
            int(keys[row]): found.spelt(int(places[row])).lower() for row in _most_frequent(counts[:, 0], most)
        }
        table.purge()
        return WordState(table, _sample(batch, caps))

    def read(self, data: bytes) -> "WordState":
        """The state that its `to_bytes` wrote."""
        return WordState.from_bytes(data)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """Figures of the spectrum; curves of the Hill numbers over the sizes asked for."""
        state: WordState = states[self.name]
        documents = int(states["size"]["documents"].sum())
        found = spectrum(state.table, states["ngrams"].samples[0], int(states["size"]["ngrams"][0].sum()))
        sampled = state.sampled
        findings = Findings(tables={"spectrum": _spectrum_table(found)})
        if asked.show_text:
            findings.tables["top_words"] = _top_words(state.table)
        findings.figures.update(_figures_of_spectrum(found, sampled, documents))
        for name, curve in _hill_curves(found, sampled, documents, asked.sizes).items():
            findings.curves[name] = curve
            findings.figures[name] = curve[-1][1] if curve else TOO_FEW
        return findings


class WordState:
    """The table of words, and the documents that its standard errors rest on."""

    def __init__(self, table: WordTable, sample: DocumentSample) -> None:
        self.table = table
        self.sample = sample

    def __add__(self, other: "WordState") -> "WordState":
        return WordState(self.table + other.table, self.sample + other.sample)

    @cached_property
    def sampled(self) -> SampledWords:
        """The words of the sampled documents, looked up once for all figures that rest on them."""
        return sampled_words(self.sample, self.table)

    def without_text(self) -> "WordState":
        """The same state with no word spelt out."""
        table = WordTable(self.table.keys, self.table.counts, self.table.cap, self.table.dropped)
        return WordState(table, self.sample)

    def to_bytes(self) -> bytes:
        """Both parts, the first with its length before it."""
        table = self.table.to_bytes()
        return len(table).to_bytes(8, "little") + table + self.sample.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "WordState":
        """The state that `to_bytes` wrote."""
        end = 8 + int.from_bytes(data[:8], "little")
        return cls(WordTable.from_bytes(data[8:end]), DocumentSample.from_bytes(data[end:]))


def _most_frequent(counts: Array, most: int) -> Array:
    """The rows of the `most` largest counts, of equal ones any; int64[most]."""
    # Nearly all words are rare: a limit that leaves a few of them spares sorting the others.
    limit = int(counts.max(initial=0)) // 4
    rows = np.flatnonzero(counts > limit)
    while len(rows) < most:
        limit = limit // 4 if limit else -1
        rows = np.flatnonzero(counts > limit)
    found: Array = rows[np.argsort(counts[rows], kind="stable")[len(rows) - most :]]
    return found


def _sample(batch: Batch, caps: Caps) -> DocumentSample:
    """The documents of a batch with the smallest hashes."""
    found = words(batch)
    all_hashes, limit = document_hashes(batch), batch.reached.documents
    chosen = np.arange(len(batch)) if limit == EVERY_HASH else np.flatnonzero(all_hashes < np.uint64(limit))
    hashes, first, copies = np.unique(all_hashes[chosen], return_index=True, return_counts=True)
    first = chosen[first]
    begins, sizes = found.doc_tokens[first], found.per_document[first]
    parts = np.maximum(-(-sizes // LONG), 1)
    thinned, end = [np.zeros(0, np.uint64)], len(found.tokens)
    for row in np.flatnonzero(parts[: caps.sampled_documents] > 1):
        whole = found.tokens[begins[row] : begins[row] + sizes[row]]
        kept = whole[whole % np.uint64(parts[row]) == 0]
        begins[row], sizes[row] = end, len(kept)
        thinned.append(kept)
        end += len(kept)
    bounds = (caps.sampled_documents, caps.sampled_documents * TOKENS_A_DOCUMENT)
    documents = (hashes, copies.astype(np.int64), jackknife_groups(batch)[first], parts)
    tokens = found.tokens, np.concatenate(thinned)
    return DocumentSample.of(documents, (tokens, begins, sizes), bounds, limit)


def _figures_of_spectrum(found: Spectrum, sampled: SampledWords, documents: int) -> dict[str, Finding]:
    """Figures of the whole corpus, at its own size."""
    if found.tokens == 0:
        return dict.fromkeys(("types", "hapax.share", "tail.mass", "zipf.exponent", "entropy"), Unknown("no words"))
    how = "table of all words" if found.exact else "table of frequent words, sample of types for the rest"
    once = float(found.weights[found.occurrences == 1].sum())
    types = counted(round(found.types), n=documents, unit="distinct words")
    if not found.exact:
        error = found.sketch_se(np.ones(len(found.weights)))
        types = Estimate(round(found.types), error, math.inf, documents, "distinct words", how)
    share = once / found.types
    hapax = Estimate(
        share, found.sketch_se(((found.occurrences == 1) - share) / found.types), math.inf, documents,
        "share of distinct words", how,
        "a figure of this corpus at its own size; it falls as a corpus grows",
    )  # fmt: skip
    return {
        "types": types,
        "hapax.share": hapax,
        "tail.mass": _tail_mass(found, sampled, documents),
        "zipf.exponent": _zipf(found, sampled, documents),
        "entropy": _entropy(found, sampled, documents),
    }


def _tail_mass(found: Spectrum, sampled: SampledWords, documents: int) -> Finding:
    """Share of occurrences whose word is rarer than TAIL_RATE."""
    limit = found.tokens * TAIL_RATE
    if limit < 5:
        return Unknown(f"fewer than {5 / TAIL_RATE:,.0f} words: no rate of 1 in 100,000 can be told")
    rare = found.occurrences < limit
    value = float(found.weights[rare] @ found.occurrences[rare]) / found.tokens
    inside = sampled.total(np.where(sampled.occurrences < limit, sampled.times, 0))
    influence = (inside - value * sampled.total(sampled.times)) / found.tokens
    return estimate(
        value, replicates(value, sampled, influence),
        Told(documents, "share of words", "counted in the table of words",
             "documents are independent draws; below some 10 million words it is too low, by up to a fifth at "
             "500,000, since rates near 1 in 100,000 are then told from a handful of occurrences", scale="share"),
        found.sketch_se(np.where(rare, found.occurrences / found.tokens, 0.0)),
    )  # fmt: skip


def _entropy(found: Spectrum, sampled: SampledWords, documents: int) -> Finding:
    """Entropy of words in bits, by the estimator of Chao, Wang & Jost (2013), Methods Ecol. Evol. 4."""
    n = found.tokens
    counts, weights = found.occurrences.astype(np.float64), found.weights
    seen = float(weights @ (counts / n * (_digamma(n) - _digamma(counts))))
    once = float(weights[found.occurrences == 1].sum())
    twice = float(weights[found.occurrences == 2].sum())
    unseen = 0.0
    if once > 0:
        rate = 2 * twice / ((n - 1) * once + 2 * twice) if twice > 0 else 2 / ((n - 1) * (once - 1) + 2)
        unseen = once / n * _scaled_exponential_integral(rate * n)
    value = (seen + unseen) / math.log(2)
    surprise = np.log2(n / np.maximum(sampled.occurrences, 1))
    influence = (sampled.total(sampled.times * surprise) - value * sampled.total(sampled.times)) / n
    return estimate(
        value, replicates(value, sampled, influence),
        Told(documents, "bits a word", "Chao, Wang & Jost (2013)",
             "words are independent draws; bursts of a word within a document make it too low", scale="identity"),
        found.sketch_se(counts / n * np.log2(n / counts)),
    )  # fmt: skip


def _scaled_exponential_integral(a: float) -> float:
    """exp(a) * E1(a), by its continued fraction (DLMF 6.9.1) or series (6.6.2).

    The estimator's (1 - A)^(1 - n) times the sum over r >= n of (1 - A)^r / r tends to it for large n, a = A n.
    """
    if a < 1:
        total, term = -0.5772156649015329 - math.log(a), 1.0
        for k in range(1, 40):
            term *= -a / k
            total -= term / k
        return math.exp(a) * total
    fraction = a
    for k in range(200, 0, -1):
        fraction = a + k / (1 + k / fraction)
    return 1 / fraction


def _digamma(x: Array | float) -> Array:
    """The digamma function for x >= 1, by recurrence and its asymptotic series (DLMF 5.11.2)."""
    x = np.array(x, np.float64)
    shift = np.zeros_like(x)
    for _ in range(8):
        small = x < 8
        shift = shift - np.where(small, 1 / x, 0.0)
        x = np.where(small, x + 1, x)
    inverse = 1 / (x * x)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))
    value: Array = np.log(x) - 0.5 / x - series + shift
    return value


def _zipf(found: Spectrum, sampled: SampledWords, documents: int) -> Finding:
    """Minus the slope of log frequency on log rank, by least squares over ranks 10 to 10,000."""
    order = np.argsort(-found.occurrences, kind="stable")
    ranks = np.cumsum(found.weights[order])
    places = np.unique(np.round(np.geomspace(10, 10_000, 400)))
    if ranks[-1] < 10_000:
        return Unknown("fewer than 10,000 distinct words")
    at = np.searchsorted(ranks, places)
    frequency = found.occurrences[order][np.minimum(at, len(order) - 1)]
    x, y = np.log(places), np.log(frequency)
    leverage = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    value = -float(leverage @ y)
    # Each sampled rank stands for its stretch of ranks: a word's influence is its leverage over its frequency.
    edges = np.sort(frequency)
    slot = np.minimum(np.searchsorted(edges, sampled.occurrences), len(edges) - 1)
    weight = leverage[::-1][slot] / np.maximum(np.gradient(places)[::-1][slot], 1)
    inside = (sampled.occurrences >= edges[0]) & (sampled.occurrences <= edges[-1])
    influence = -sampled.total(np.where(inside, weight * sampled.times / sampled.occurrences, 0.0))
    return estimate(
        value, replicates(value, sampled, influence),
        Told(documents, "exponent", "least squares on log ranks 10 to 10,000", scale="identity"),
    )  # fmt: skip


def _hill_curves(
    found: Spectrum, sampled: SampledWords, documents: int, sizes: tuple[int, ...]
) -> dict[str, list[tuple[int, Finding]]]:
    """Hill numbers of order 1 and 2 of words over documents, expected in samples of each size.

    With K the documents of a sample that hold a word and U their sum over words, order 1 is
    exp(log U - sum E[K log K] / U) and order 2 is U^2 / sum E[K^2] (Chao et al. 2014, equations 7-9).
    """
    held, rows = np.unique(found.documents, return_inverse=True)
    weights = np.bincount(rows, weights=found.weights, minlength=len(held))
    incidences = float(weights @ held)
    in_document = sampled.total(np.ones(len(sampled.document)))
    at = np.minimum(np.searchsorted(held, sampled.documents), max(len(held) - 1, 0))
    curves: dict[str, list[tuple[int, Finding]]] = {"hill.1": [], "hill.2": []}
    for size in sizes if incidences else ():
        share = size / documents
        mass = share * incidences
        mass_change = share * (in_document - incidences / documents)
        logs = expected_k_log_k(held, documents, size)
        slope = logs - expected_k_log_k(held - 1, documents, size)
        sum_log = float(weights @ logs)
        change = sampled.total(slope[at])
        value = math.exp(math.log(mass) - sum_log / mass)
        influence = value * (mass_change / mass - change / mass + sum_log * mass_change / mass**2)
        told = Told(documents, "effective words", _RAREFIED.format(size=f"{size:,}"))
        each = value * (share * held / mass * (1 + sum_log / mass) - logs / mass)
        values = replicates(value, sampled, influence)
        curves["hill.1"].append((size, estimate(value, values, told, found.sketch_se(each[rows]))))
        squares = _second_moments(held, documents, size)
        slope = squares - _second_moments(held - 1, documents, size)
        total = float(weights @ squares)
        change = sampled.total(slope[at])
        value = mass**2 / total
        influence = value * (2 * mass_change / mass - change / total)
        each = value * (2 * share * held / mass - squares / total)
        values = replicates(value, sampled, influence)
        curves["hill.2"].append((size, estimate(value, values, told, found.sketch_se(each[rows]))))
    return curves


def _second_moments(held: Array, documents: int, size: int) -> Array:
    """E[K^2] for hypergeometric K."""
    p = held / documents
    mean = size * p
    return mean * (1 - p) * (documents - size) / max(documents - 1, 1) + mean**2


def _spectrum_table(found: Spectrum) -> list[dict[str, Any]]:
    """How many words occur so often, in bins of doubling width."""
    rows = []
    low = 1
    while len(found.occurrences) and low <= int(found.occurrences.max()):
        inside = (found.occurrences >= low) & (found.occurrences < 2 * low)
        words_there = float(found.weights[inside].sum())
        mass = float(found.weights[inside] @ found.occurrences[inside]) / found.tokens
        rows.append({"low": low, "high": 2 * low - 1, "types": round(words_there), "mass": mass})
        low *= 2
    return rows


def _top_words(table: WordTable, most: int = 30) -> list[dict[str, Any]]:
    """The most frequent words, as first seen."""
    keys = np.array(sorted(table.spellings), np.uint64)
    counts = table.occurrences(keys)
    order = np.argsort(-counts, kind="stable")[:most]
    return [{"word": table.spellings[int(keys[row])], "occurrences": int(counts[row])} for row in order]
