"""Native loops behind plain numpy functions: what every measure shares of a batch.

Kernels compile on first use (two seconds, once a machine): the result is kept in a folder of this user's
own, `$OUTCROSS_CACHE` or `~/.cache/outcross`, because an installed package may be read-only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from outcross.kernels import text as native
from outcross.kernels.compiler.library import library
from outcross.kernels.compiler.places import cache_folder
from outcross.kernels.tables import SCRIPTS, UNSPACED, tables
from outcross.measure import GROUPS, Array, Batch, Buffers, Caps

BINS_AND_BANDS = (128, 16)
"""Bytes of a MinHash signature, and band keys of its index."""

MOST_LINES = 1 << 21
"""Lines and paragraphs of one document that are remembered to find repeats; any further are taken for new."""

KERNELS = "1"
"""Version of what the kernels compute. States of another version cannot be added to these."""

__all__ = [
    "BINS_AND_BANDS",
    "KERNELS",
    "SCRIPTS",
    "UNSPACED",
    "Lines",
    "Ngrams",
    "Shingles",
    "Words",
    "beginnings",
    "cache_folder",
    "chosen_part",
    "document_hashes",
    "expected_k_log_k",
    "hash_words",
    "is_warm",
    "jackknife_groups",
    "language_votes",
    "likely_repeated",
    "line_counts",
    "match_shingles",
    "merge_counts",
    "name_hashes",
    "native",
    "ngrams",
    "permutation",
    "phrases",
    "repetition",
    "roots",
    "shingles",
    "split_offsets",
    "take_pieces",
    "unite",
    "unseen",
    "warm",
    "word_counts",
    "words",
]  # fmt: skip


def is_warm() -> bool:
    """Whether the kernels of this version have been compiled for this machine."""
    return library(native.__name__).is_kept()


def warm(say: Callable[[str], None]) -> None:
    """Compile all kernels if they are not; `say` is told once, since it takes a moment."""
    if is_warm():
        return
    say("Compiling kernels for this machine, once")
    library(native.__name__).load()


@dataclass(frozen=True)
class Words:
    """The words of a batch.

    Attributes:
        tokens: uint64[t], hash of each word, lower-cased.
        starts: int32[t], its first byte in `data`.
        lengths: uint16[t], its characters.
        doc_tokens: int64[n + 1], where each document's words begin.
        scripts: int64[n, S], characters of words by script (the columns are SCRIPTS).
        marks: int64[n, MARKS], see `kernels.text`.
        data: uint8, the bytes of the texts, segmented where they were.
        offsets: int64[n + 1], where each text begins in `data`.
    """

    tokens: Array
    starts: Array
    lengths: Array
    doc_tokens: Array
    scripts: Array
    marks: Array
    data: Array
    offsets: Array

    @property
    def per_document(self) -> Array:
        """Words of each document, int64[n]."""
        return np.diff(self.doc_tokens)

    @property
    def longest(self) -> int:
        """Words of the document that has the most."""
        return int(self.per_document.max(initial=0))

    def spelt(self, token: int) -> str:
        """The word at a token number, as written."""
        start = int(self.starts[token])
        written = bytes(self.data[start : start + 4 * int(self.lengths[token])])
        return written.decode("utf-8", "ignore")[: int(self.lengths[token])]


def split_offsets(texts: pa.LargeStringArray) -> tuple[Array, Array]:
    """The bytes and the offsets of an Arrow array of texts, without a copy."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if data is None:
        return np.zeros(0, np.uint8), places
    return np.frombuffer(data, np.uint8), places


def beginnings(texts: pa.LargeStringArray, characters: int) -> pa.LargeStringArray:
    """The first characters of each text; a text that is not longer is whole."""
    data, offsets = split_offsets(texts)
    ends = np.zeros(len(texts) + 1, np.int64)
    taken = np.empty(min(int(offsets[-1] - offsets[0]), 4 * characters * len(texts)), np.uint8)
    native.beginnings(data, offsets, characters, ends, taken)
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(taken[: ends[-1]]))


def words(batch: Batch) -> Words:
    r"""The words of a batch: maximal runs of `\w`, lower-cased one character at a time."""
    return batch.once("words", _tokenise)


def _tokenise(batch: Batch) -> Words:
    data, offsets = split_offsets(batch.texts if batch.segmented is None else batch.segmented)
    n = len(batch)
    size = int(offsets[-1] - offsets[0])
    # A word takes a byte and one that parts it from the next; but nothing parts the last of a document.
    most = (size + n) // 2 + 1
    buffers = batch.buffers or Buffers()
    tokens = buffers.array("tokens", most, np.uint64)
    starts = buffers.array("starts", most, np.int32)
    lengths = buffers.array("lengths", most, np.uint16)
    doc_tokens = np.zeros(n + 1, np.int64)
    scripts = np.zeros((n, len(SCRIPTS)), np.int64)
    marks = np.zeros((n, native.MARKS), np.int64)
    base = int(offsets[0])
    data = data[base : int(offsets[-1])]
    offsets = offsets - base
    flags = buffers.array("flags", size + 64, np.uint8)
    flags[size:] = 0
    native.classify(data, flags)
    out = (tokens, starts, lengths, doc_tokens, scripts, marks)
    count = native.tokenise(data, offsets, tables(), flags, out)
    return Words(
        tokens[:count], starts[:count], lengths[:count], doc_tokens, scripts, marks, data, offsets
    )  # fmt: skip


@dataclass(frozen=True)
class Lines:
    """The lines of a batch: a hash of each document's bytes, and counts of its lines and paragraphs.

    Attributes:
        hashes: uint64[n].
        counts: int64[n, 9], see the columns in `kernels.text`.
    """

    hashes: Array
    counts: Array


def line_counts(batch: Batch) -> Lines:
    """Lines and paragraphs of each document that repeat an earlier one in it."""
    return batch.once("lines", _count_lines)


def _count_lines(batch: Batch) -> Lines:
    data, offsets = split_offsets(batch.texts)
    hashes = np.zeros(len(batch), np.uint64)
    counts = np.zeros((len(batch), native.LINE_COLUMNS), np.int64)
    longest = int(np.diff(offsets).max(initial=0))
    room = 1 << min(max(longest, 1024).bit_length(), MOST_LINES.bit_length())
    native.lines(data, offsets, hashes, counts, np.zeros(room, np.uint64), np.full(room, -1, np.int64))
    return Lines(hashes, counts)


def document_hashes(batch: Batch) -> Array:
    """A 64-bit hash of each document's bytes, uint64[n]."""
    return line_counts(batch).hashes


def name_hashes(names: pa.StringArray) -> Array:
    """A 64-bit hash of each name (an identifier, a unit), uint64[n]; null is as the empty text."""
    return document_hashes(Batch(names.fill_null("").cast(pa.large_string()), names))


def jackknife_groups(batch: Batch) -> Array:
    """Each document's jackknife group, uint8[n].

    The lowest five bits of its hash, so copies share a group; or the random part it was drawn in.
    """
    if batch.cluster is not None:
        return np.full(len(batch), batch.cluster % GROUPS, np.uint8)
    return (document_hashes(batch) & np.uint64(GROUPS - 1)).astype(np.uint8)


def word_counts(batch: Batch) -> tuple[Array, Array, Array]:
    """Every word of a batch with its occurrences and documents.

    Returns:
        keys uint64[m], increasing; counts int64[m, 2] (occurrences, documents); places int32[m] (the number
        of a word's first token).
    """
    found = words(batch)
    slots = 1 << 16
    while slots < min(len(found.tokens) // 8, 1 << 19):
        slots *= 2
    buffers = batch.buffers or Buffers()
    while True:
        table = buffers.blank(f"words {slots}", (slots, 2), np.uint64)
        keys, values = np.empty(slots // 2, np.uint64), np.empty(slots // 2, np.uint64)
        rows, places = np.empty(slots // 2, np.int32), np.empty(slots // 2, np.int32)
        count = native.count_words(found.tokens, found.doc_tokens, table, (keys, values, rows, places))
        if count >= 0:
            break
        table[:] = 0
        slots *= 4
    order = np.argsort(keys[:count])
    return *_arranged(keys, values, order), places[order]


def _arranged(keys: Array, values: Array, order: Array) -> tuple[Array, Array]:
    """What was taken out of a table, in this order: keys, uint64[m]; occurrences and documents, int64[m, 2]."""
    arranged, counts = np.empty(len(order), np.uint64), np.empty((len(order), 2), np.int64)
    native.arrange_counts(keys, values, order, arranged, counts)
    return arranged, counts


@dataclass(frozen=True)
class Ngrams:
    """What one walk over the n-grams of a batch finds.

    Attributes:
        samples: for orders 1 to 4 the level; keys uint64[m], increasing; counts int64[m, 2] (occurrences,
            documents) of the sampled types, see `kernels.text.sample_types`.
        signatures: uint8[n, 128]. keys: uint64[n, 16], band keys; 0 for documents without words.
        phrases: uint64[n], bit i for phrase i.
        sought: the phrases that were looked for.
    """

    samples: tuple[tuple[int, Array, Array], ...]
    signatures: Array
    keys: Array
    phrases: Array
    sought: tuple[str, ...] = ()


def ngrams(batch: Batch, phrases: tuple[str, ...], cap: int) -> Ngrams:
    """Samples of n-gram types, MinHash signatures, and which phrases of four words each document holds.

    Args:
        batch: the documents.
        phrases: looked for; 64 at most.
        cap: most pairs of a type and a jackknife group in each sample.
    """
    return batch.once(f"ngrams {cap}", lambda one: _look_at_ngrams(one, phrases, cap))


def phrases(batch: Batch, sought: tuple[str, ...]) -> Array:
    """Which phrases of four words each document holds, uint64[n], bit i for phrase i.

    Where the measures have walked over this batch's n-grams already, nothing is done again.
    """
    for made in batch.shared():
        if isinstance(made, Ngrams) and made.sought == sought:
            return made.phrases
    return ngrams(batch, sought, Caps.sampled_types).phrases


def _look_at_ngrams(batch: Batch, phrases: tuple[str, ...], cap: int) -> Ngrams:
    found = words(batch)
    n = len(batch)
    hashes = _phrase_hashes(phrases)
    bits = np.zeros(4096, np.uint8)
    bits[(hashes & np.uint64(4095)).astype(np.int64)] = 1
    signatures, keys = np.zeros((n, BINS_AND_BANDS[0]), np.uint8), np.zeros((n, BINS_AND_BANDS[1]), np.uint64)
    groups = jackknife_groups(batch)
    slots = 1 << (2 * cap - 1).bit_length()
    buffers = batch.buffers or Buffers()
    pending = buffers.array("pending", 3 * (found.longest + 1), np.uint64).reshape(3, -1)
    room = np.empty(BINS_AND_BANDS[0], np.uint32), pending
    spare = buffers.array("spare", 2 * (cap + 1), np.uint64).reshape(-1, 2)
    tables = buffers.blank(f"n-grams {slots}", (4, slots, 2), np.uint64)
    # Most n-grams are rare: so many tokens make nearly so many types, and low levels need not be tried.
    guess = max((len(found.tokens) // (4 * cap)).bit_length() - 1, 0)
    known = np.array(batch.reached.levels[1:] or (0, 0, 0), np.int64)
    start = np.maximum(known, guess)
    while True:
        levels = start.copy()
        seen = np.zeros(n, np.uint64)
        samples = (tables[1:], spare, levels)
        native.look_at_ngrams(
            (found.tokens, found.doc_tokens), groups, (hashes, bits, seen), samples, (signatures, keys), room
        )
        if ((levels > start) | (start == known)).all():
            break
        start = known  # fewer types than guessed: the lowest level that holds may be below the first guess
        tables[1:] = 0
    known_of_words = batch.reached.levels[0] if batch.reached.levels else 0
    of_words = _sample_words(found, groups, (tables[0], spare, pending[0]), known_of_words)
    of_all = [of_words, *(_sorted(int(level), table) for level, table in zip(levels, tables[1:], strict=True))]
    return Ngrams(tuple(of_all), signatures, keys, seen, phrases)


def _sample_words(
    found: Words, groups: Array, room: tuple[Array, Array, Array], known: int
) -> tuple[int, Array, Array]:
    """The sample of single words, from the level that is known to be reached, in a blank table and spare room."""
    table, spare, pending = room
    start = max((len(found.tokens) // (16 * (len(spare) - 1))).bit_length() - 1, known)
    while True:
        level = native.sample_types((found.tokens, found.doc_tokens), groups, start, table, spare, pending)
        if start == known or level > start:
            return _sorted(int(level), table)
        start = known
        table[:] = 0


def _sorted(level: int, table: Array) -> tuple[int, Array, Array]:
    """The used rows of a table in the order of their keys; the table is left blank."""
    # Half of the rows are used at most, and one more place is written to.
    room = len(table) // 2 + 1
    keys, values = np.empty(room, np.uint64), np.empty(room, np.uint64)
    count = native.take_counts(table, keys, values)
    return level, *_arranged(keys, values, np.argsort(keys[:count]))


@cache
def _phrase_hashes(phrases: tuple[str, ...]) -> Array:
    return np.array([native.join_hashes(hash_words(phrase)) for phrase in phrases], np.uint64)


def hash_words(text: str) -> Array:
    """The hashes of a text's words, uint64[t], as the kernels make them."""
    batch = Batch(pa.array([text], pa.large_string()), pa.array([""], pa.string()))
    return words(batch).tokens


def chosen_part(batch: Batch, every: int) -> Array:
    """Whether each document is in the part of 1 in `every` that dear measures look at, by its hash: bool[n]."""
    chosen: Array = (document_hashes(batch) >> np.uint64(8)) % np.uint64(every) == 0
    return chosen


def repetition(batch: Batch, every: int = 1) -> Array:
    """Characters of words in repeated n-grams, int64[n, 10]; see `kernels.text.repeated_ngrams`.

    Only documents of `chosen_part` are looked at; the rows of others are 0.
    """
    return batch.once(f"repetition {every}", lambda one: _count_repetition(one, every))


def _count_repetition(batch: Batch, every: int) -> Array:
    found = words(batch)
    out = np.zeros((len(batch), 10), np.int64)
    longest = max(found.longest, 16)
    # Four times as many places as words, so that hashes seldom meet.
    table = np.zeros(min(4 << (2 * longest - 1).bit_length(), 1 << 24), np.uint64)
    room = table, np.empty(longest, np.uint64), np.empty(longest, np.int64), np.empty(longest, np.int64)
    native.repeated_ngrams(found.tokens, found.lengths, found.doc_tokens, chosen_part(batch, every), out, room)
    return out


@dataclass(frozen=True)
class Shingles:
    """Sampled word 3-grams of a batch.

    Attributes:
        hashes: uint64[m], all at most the limit.
        ends: int64[n + 1], where each document's begin.
        sequences: uint64[n], a hash of all words of a document in their order.
    """

    hashes: Array
    ends: Array
    sequences: Array


def shingles(batch: Batch, level: int) -> Shingles:
    """Word 3-grams whose hash begins with `level` zero bits, and each document's sequence of words."""
    return batch.once(f"shingles {level}", lambda one: _sample_shingles(one, level))


def _sample_shingles(batch: Batch, level: int) -> Shingles:
    found = words(batch)
    n = len(batch)
    hashes = (batch.buffers or Buffers()).array(f"shingles {level}", len(found.tokens) + 1, np.uint64)
    ends, sequences = np.zeros(n + 1, np.int64), np.zeros(n, np.uint64)
    limit = np.uint64((1 << (64 - level)) - 1)
    native.shingles(found.tokens, found.doc_tokens, limit, hashes, ends, sequences)
    return Shingles(hashes[: ends[-1]], ends, sequences)


def match_shingles(
    sample: Shingles,
    index: tuple[Array, Array, Array, Array, tuple[int, int]],
    rules: tuple[Array, int, int],
) -> tuple[Array, Array, Array]:
    """The entry of an index that each document shares the most with; see `kernels.text.match_shingles`.

    Returns:
        best int64[n] (-1 for none), hashes shared with it int32[n], their weight float32[n].
    """
    n = len(sample.sequences)
    out = np.empty(n, np.int64), np.empty(n, np.int32), np.empty(n, np.float32)
    *tables_of_it, (first, second) = index
    made = (*tables_of_it, (np.uint64(first), np.uint64(second)))
    weights, first_part, signs = rules
    places = native.CREDITS
    room = (
        np.empty(int(np.diff(sample.ends).max(initial=0)) + 1, np.uint64),
        np.empty(places, np.int64), np.full(places, -1, np.int64), np.empty(places, np.int32),
        np.empty(places, np.float32), np.empty(places, np.uint64), np.full(places, -1, np.int64),
    )  # fmt: skip
    native.match_shingles(sample.hashes, sample.ends, made, (weights, np.uint64(first_part), signs), out, room)
    return out


def permutation(draws: Array) -> Array:
    """The shuffle of 0 ... n - 1 that 32-bit draws make, as torch.randperm on a CPU does: int64[n]."""
    order = np.empty(len(draws), np.int64)
    native.permutation(draws, order)
    return order


def merge_counts(first: tuple[Array, Array], second: tuple[Array, Array]) -> tuple[Array, Array]:
    """Add two tables (keys uint64[m] increasing, counts int64[m, c]) by key."""
    most = len(first[0]) + len(second[0])
    keys, counts = np.empty(most, np.uint64), np.empty((most, 2), np.int64)
    count = native.merge_counts(*first, *second, keys, counts)
    return keys[:count], counts[:count]


def take_pieces(tokens: tuple[Array, Array], begins: Array, offsets: Array) -> Array:
    """Pieces of two arrays of hashes, which are counted through, one after another.

    Args:
        tokens: uint64[a], uint64[b].
        begins: int64[k], where each piece begins; none reaches from the first array into the second.
        offsets: int64[k + 1], where each is to begin in the result.

    Returns:
        uint64[offsets[k]].
    """
    taken = np.empty(int(offsets[-1]), np.uint64)
    native.take_pieces(*tokens, np.ascontiguousarray(begins, np.int64), offsets, taken)
    return taken


def likely_repeated(keys: Array) -> Array:
    """The rows of all keys that stand there more than once, and of a few others: int64[m], increasing."""
    bits = max((16 * len(keys)).bit_length(), 6)
    once, again = np.zeros((2, 1 << (bits - 6)), np.uint64)
    rows = np.empty(len(keys), np.int64)
    return rows[: native.likely_repeated(keys, once, again, rows)]


def language_votes(batch: Batch, keys: Array, languages: Array, count: int) -> Array:
    """Function words of each language among a document's first 64 words, int32[n, count]."""
    found = words(batch)
    votes = np.zeros((len(batch), count), np.int32)
    native.vote_languages(found.tokens, found.doc_tokens, keys, languages, votes, 64)
    return votes


def unseen(counts: Array, total: int | Array, size: int) -> Array:
    """P(none of `counts` marked documents is among `size` drawn from `total`), float64 like counts.

    `total` is one number for all, or one for each of them.
    """
    totals = np.empty(len(counts), np.int64)
    totals[:] = total
    chances = np.empty(len(counts))
    native.unseen(np.ascontiguousarray(counts, np.int64), totals, int(size), chances)
    return chances


def expected_k_log_k(counts: Array, total: int, size: int) -> Array:
    """E[K log K] for K of `counts` marked documents among `size` drawn from `total`."""
    means = np.zeros(len(counts))
    native.expected_k_log_k(np.ascontiguousarray(counts, np.int64), int(total), int(size), means)
    return means


def unite(parents: Array, first: Array, second: Array) -> None:
    """Join the sets of each pair in a union-find forest, in place; int32[n], int64[p], int64[p]."""
    native.unite(parents, first, second)


def roots(parents: Array) -> Array:
    """The smallest member of each element's set, int32[n]."""
    found = np.empty(len(parents), np.int32)
    native.roots(parents, found)
    return found
