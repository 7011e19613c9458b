"""All native loops over text, in one module.

One module because numba does not see a change in another file of the same call graph, and would run an old
kernel from its cache. The arrays that come in here have been validated: there are no bounds checks below.

Conventions: `data` is the UTF-8 bytes of all documents (uint8), `offsets` where each begins (int64, n + 1);
tokens are 64-bit hashes of lower-cased words, `doc_tokens` where each document's tokens begin (int64, n + 1).
"""

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from outcross.kernels.tables import INVISIBLE, LIMIT, SCRIPT_MASK, SCRIPTS, WORD

# Kernels are called from Python; parts only by kernels, so they need no wrappers, which would cost compile time.
# Divisions follow numpy: no branch for a zero that cannot be.
kernel = njit(nogil=True, cache=True, no_cfunc_wrapper=True, error_model="numpy")
part = njit(nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True, error_model="numpy")

U = np.uint64
_SEED = U(0x9E3779B97F4A7C15)
_PRIME = U(0x100000001B3)
_MIX1 = U(0xFF51AFD7ED558CCD)
_MIX2 = U(0xC4CEB9FE1A85EC53)
_GRAM = U(0x9FB21C651E98DF25)
_ONES = U(0x0101010101010101)
_HIGHS = U(0x8080808080808080)
_NEWLINES = U(0x0A0A0A0A0A0A0A0A)
_EMPTY_BIN = np.uint32(0xFFFFFFFF)

BINS = 128
"""Bins of the one-permutation MinHash."""
BANDS = 16
"""Bands of the MinHash index, of BINS / BANDS rows each."""
SHINGLE = 5
"""Words in a shingle of the MinHash index."""
TOP_ORDERS = (2, 3, 4)
DUPLICATE_ORDERS = (5, 6, 7, 8, 9, 10)

# Columns of `marks`, counts a document.
INVISIBLES, CONFUSABLES, CONTROLS, REPLACEMENTS, CANDIDATE, UNSPACED_LETTERS, MARKS = 0, 1, 2, 3, 4, 5, 6

# Columns of `lines`, a document: numbers of lines and paragraphs, bytes in them, and in repeated ones.
LINES, REPEATED_LINES, LINE_BYTES, REPEATED_LINE_BYTES = 0, 1, 2, 3
PARAGRAPHS, REPEATED_PARAGRAPHS, PARAGRAPH_BYTES, REPEATED_PARAGRAPH_BYTES, LINE_COLUMNS = 4, 5, 6, 7, 8

_LATIN = SCRIPTS.index("Latin")
_LOOKALIKES = (1 << SCRIPTS.index("Greek")) | (1 << SCRIPTS.index("Cyrillic"))
_UNSPACED = 0
for _name in ("Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"):
    _UNSPACED |= 1 << SCRIPTS.index(_name)


@intrinsic
def _load64(context, array, index):  # type: ignore[no-untyped-def]
    """Eight bytes of a uint8 array at any place, little-endian."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(made.data, [arguments[1]])
        wide = builder.bitcast(place, ir.IntType(64).as_pointer())
        return builder.load(wide, align=1)

    return types.uint64(array, types.int64), build


@intrinsic
def _prefetch(context, table, row):  # type: ignore[no-untyped-def]
    """Ask for row `row` of a C-ordered two-dimensional uint64 array of two columns."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(made.data, [builder.shl(arguments[1], ir.Constant(ir.IntType(64), 1))])
        byte = ir.IntType(8).as_pointer()
        word = ir.IntType(32)
        fetch = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        )
        hints = [ir.Constant(word, 1), ir.Constant(word, 3), ir.Constant(word, 1)]
        builder.call(fetch, [builder.bitcast(place, byte), *hints])
        return context.get_dummy_value()

    return types.void(table, types.int64), build


@part
def _finish(h):
    """Murmur3's finaliser: every bit of the hash depends on every bit of the input."""
    h ^= h >> U(33)
    h *= _MIX1
    h ^= h >> U(33)
    h *= _MIX2
    h ^= h >> U(33)
    return h


@part
def _join(a, b):
    """The hash of a sequence, from the hash of its beginning and of its next word.

    A polynomial in words' hashes, which are uniform on 64 bits: so is it, without another finish.
    """
    return a * _GRAM + b


@part
def _decode(data, i, end):
    """The code point at i and the bytes it takes, in valid UTF-8."""
    c = np.int64(data[i])
    if c < 0xE0:
        return ((c & 0x1F) << 6) | (np.int64(data[i + 1]) & 0x3F), 2
    if c < 0xF0:
        return ((c & 0x0F) << 12) | ((np.int64(data[i + 1]) & 0x3F) << 6) | (np.int64(data[i + 2]) & 0x3F), 3
    point = ((c & 0x07) << 18) | ((np.int64(data[i + 1]) & 0x3F) << 12)
    return point | ((np.int64(data[i + 2]) & 0x3F) << 6) | (np.int64(data[i + 3]) & 0x3F), 4


@part
def _template_candidate(data, i, end):
    """Whether a chat template may begin at i; a regular expression decides later, on few documents."""
    if i + 3 >= end:
        return False
    c, d, e = data[i], data[i + 1], data[i + 2]
    if c == 0x3C:  # <| <s> </s> <<SYS <start_of_turn> <end_of_turn> <think>
        return (
            d == 0x7C
            or (d == 0x73 and (e == 0x3E or e == 0x74))
            or (d == 0x2F and (e == 0x73 or e == 0x74))
            or (d == 0x3C and e == 0x53)
            or (d == 0x65 and e == 0x6E)
            or (d == 0x74 and e == 0x68)
        )
    if c == 0x5B:  # [INST] [/INST]
        return (d == 0x49 and e == 0x4E) or (d == 0x2F and e == 0x49)
    return c == 0x23 and d == 0x23 and e == 0x23 and data[i + 3] == 0x20  # "### Instruction:"


@kernel
def tokenise(data, offsets, tables, out):
    """Words of each document: maximal runs of `\\w`, lower-cased one code point at a time, hashed.

    Args:
        data, offsets: the documents.
        tables: (ascii, classes, lower), see `kernels.tables`.
        out: the arrays to fill: (tokens uint64[m], starts int32[m], lengths uint16[m] in characters (65535
            at most), doc_tokens int64[n + 1], scripts int64[n, S] characters of words by script,
            marks int64[n, MARKS]); m at least half the bytes, rounded up.
    """
    ascii_words, classes, lower = tables
    tokens, starts, lengths, doc_tokens, scripts, marks = out
    count = 0
    for d in range(offsets.size - 1):
        i = offsets[d]
        end = offsets[d + 1]
        doc_tokens[d] = count
        latin = 0
        while i < end:
            c = data[i]
            v = ascii_words[c]
            if v == 0:
                if c == 32:
                    i += 1
                    continue
                if c < 128:
                    if c < 32:
                        if c != 10 and c != 9 and c != 13:
                            marks[d, CONTROLS] += 1
                    elif (c == 0x3C or c == 0x5B or c == 0x23) and _template_candidate(data, i, end):
                        marks[d, CANDIDATE] += 1
                    i += 1
                    continue
                point, width = _decode(data, i, end)
                kind = classes[point] if point < LIMIT else np.uint8(0)
                if not kind & WORD:
                    if kind & INVISIBLE or point >= 0xE0000:
                        _see_invisible(data, offsets[d], i, end, point, marks, d)
                    elif point == 0xFFFD:
                        marks[d, REPLACEMENTS] += 1
                    i += width
                    continue
            h = _SEED
            start = i
            while v != 0:
                h = (h ^ U(v)) * _PRIME
                i += 1
                if i >= end:
                    break
                v = ascii_words[data[i]]
            if i >= end or data[i] < 128:  # a word of ASCII alone
                characters = i - start
                latin += characters
            else:
                i, h, characters = _rest_of_word(data, (start, i, end), h, (classes, lower), scripts[d], marks[d])
            tokens[count] = _finish(h)
            starts[count] = start
            lengths[count] = min(characters, 65535)
            count += 1
        scripts[d, _LATIN] += latin
    doc_tokens[offsets.size - 1] = count
    return count


@part
def _rest_of_word(data, place, h, tables, scripts, marks):
    """Go on with a word at its first character beyond ASCII; returns where it ends, its hash and characters."""
    start, i, end = place
    classes, lower = tables
    seen = 0
    script = 0
    characters = i - start
    for j in range(start, i):
        seen |= 1 << (classes[data[j]] & SCRIPT_MASK)
    if characters > 0:
        script = _LATIN
    while i < end:
        point, width = np.int64(data[i]), 1
        if point >= 128:
            point, width = _decode(data, i, end)
        kind = classes[point] if point < LIMIT else np.uint8(0)
        if not kind & WORD:
            break
        h = (h ^ U(lower[point])) * _PRIME
        i += width
        characters += 1
        number = kind & SCRIPT_MASK
        seen |= 1 << number
        if script == 0:
            script = number
    scripts[script] += characters
    if seen & _UNSPACED:
        marks[UNSPACED_LETTERS] += characters
    if seen & _LOOKALIKES and seen & (1 << _LATIN):
        marks[CONFUSABLES] += 1
    return i, h, characters


@part
def _see_invisible(data, begin, i, end, point, marks, d):
    """Count an invisible character, unless it is a joiner or mark between non-ASCII text, where it spells."""
    joins = point == 0x200C or point == 0x200D or point == 0x200E or point == 0x200F
    after = i + 3
    if joins and ((i > begin and data[i - 1] >= 128) or (after < end and data[after] >= 128)):
        return
    if point == 0xFEFF and i == begin:  # a byte order mark at the very beginning is an encoding, not a trick
        return
    if point >= 0xE0100 and point <= 0xE01EF and i > begin and data[i - 1] >= 128:  # variant of a Han character
        return
    marks[d, INVISIBLES] += 1


@part
def _repeats(keys, stamps, mask, stamp, h):
    """Whether h was seen under this stamp; remembers it."""
    slot = np.int64(h & U(mask))
    while stamps[slot] == stamp:
        if keys[slot] == h:
            return True
        slot = (slot + 1) & mask
    stamps[slot] = stamp
    keys[slot] = h
    return False


@part
def _room_for(n):
    """The smallest power of two that holds n keys at most half full."""
    size = 16
    while size < 2 * n:
        size *= 2
    return size


@kernel
def lines(data, offsets, doc_hash, out):
    """Hash each document's bytes, and find lines and paragraphs that repeat an earlier one in it.

    A line ends at a newline; empty lines do not count. A paragraph ends at an empty line.

    Args:
        data, offsets: the documents.
        doc_hash: uint64[n], filled with a hash of the document's bytes.
        out: int64[n, LINE_COLUMNS], filled.
    """
    keys = np.zeros(1024, np.uint64)
    stamps = np.full(1024, -1, np.int64)
    for d in range(offsets.size - 1):
        begin, end = offsets[d], offsets[d + 1]
        whole = _SEED ^ U(end - begin)
        paragraph = _SEED
        paragraph_bytes = 0
        used = 0
        i = begin
        while i <= end and begin < end:
            start = i
            h = _SEED
            while i + 8 <= end:
                word = _load64(data, i)
                found = word ^ _NEWLINES
                if ((found - _ONES) & ~found & _HIGHS) != U(0):
                    break
                h = (h ^ word) * _MIX1
                h ^= h >> U(29)
                i += 8
            tail = U(0)
            while i < end and data[i] != 10:
                tail = (tail << U(8)) | U(data[i])
                if (i - start) & 7 == 7:
                    h = (h ^ tail) * _MIX1
                    h ^= h >> U(29)
                    tail = U(0)
                i += 1
            size = i - start
            h = _finish((h ^ tail) * _MIX1 + U(size))
            whole = _join(whole, h)
            if size > 0:
                used += 2
                if used * 2 > keys.size:
                    keys, stamps = _regrown(keys, stamps, d * 2)
                out[d, LINES] += 1
                out[d, LINE_BYTES] += size
                if _repeats(keys, stamps, keys.size - 1, d * 2, h):
                    out[d, REPEATED_LINES] += 1
                    out[d, REPEATED_LINE_BYTES] += size
                paragraph = _join(paragraph, h)
                paragraph_bytes += size
            if paragraph_bytes > 0 and (size == 0 or i >= end):
                out[d, PARAGRAPHS] += 1
                out[d, PARAGRAPH_BYTES] += paragraph_bytes
                # Paragraphs share the table with lines: another key space, by another finish.
                if _repeats(keys, stamps, keys.size - 1, d * 2, _finish(paragraph)):
                    out[d, REPEATED_PARAGRAPHS] += 1
                    out[d, REPEATED_PARAGRAPH_BYTES] += paragraph_bytes
                paragraph = _SEED
                paragraph_bytes = 0
            i += 1
        doc_hash[d] = _finish(whole)


@part
def _regrown(keys, stamps, stamp):
    """A table of four times the size with the keys of this stamp."""
    bigger = np.zeros(keys.size * 4, np.uint64)
    marks = np.full(keys.size * 4, -1, np.int64)
    for slot in range(keys.size):
        if stamps[slot] == stamp:
            _repeats(bigger, marks, bigger.size - 1, stamp, keys[slot])
    return bigger, marks


# A table of counts: rows of (key, value), free where the value is 0. A value packs what a batch can hold:
# occurrences (26 bits), documents (19 bits), last document (19 bits). Sixteen bytes a row: four in a cache line.
MOST_TOKENS = 1 << 26
MOST_DOCUMENTS = 1 << 19
_ONE_TOKEN = U(1 << 38)
_ONE_DOCUMENT = U(1 << 19)
_LAST = U((1 << 19) - 1)


@part
def _slot(h, shift):
    return np.int64((h * _SEED) >> shift)


@part
def _shift_for(table):
    """How far a hash is shifted to give a row of the table."""
    bits = 0
    while (1 << bits) < table.shape[0]:
        bits += 1
    return U(64 - bits)


@part
def _count(table, mask, shift, key, doc):
    """Count one occurrence of a key in a document; the row if the key is new, else -1."""
    slot = _slot(key, shift)
    while True:
        value = table[slot, 1]
        if value == U(0):
            table[slot, 0] = key
            table[slot, 1] = _ONE_TOKEN | _ONE_DOCUMENT | doc
            return slot
        if table[slot, 0] == key:
            value += _ONE_TOKEN
            if (value & _LAST) != doc:
                value = ((value + _ONE_DOCUMENT) & ~_LAST) | doc
            table[slot, 1] = value
            return -1
        slot = (slot + 1) & mask


@kernel
def count_words(tokens, doc_tokens, table, places):
    """Occurrences and documents of every word.

    Args:
        tokens, doc_tokens: the words; below MOST_TOKENS and MOST_DOCUMENTS.
        table: uint64[slots, 2] of zeros, slots a power of two; filled.
        places: int32[slots], filled with the number of each word's first token.

    Returns:
        Whether the table had room for all words in half its rows; where not, call again with a larger one.
    """
    shift = _shift_for(table)
    mask = table.shape[0] - 1
    free = table.shape[0] // 2
    last = tokens.size - 1
    for d in range(doc_tokens.size - 1):
        doc = U(d)
        for t in range(doc_tokens[d], doc_tokens[d + 1]):
            _prefetch(table, _slot(tokens[min(t + 16, last)], shift))
            slot = _count(table, mask, shift, tokens[t], doc)
            if slot >= 0:
                places[slot] = t
                free -= 1
                if free == 0:
                    return False
    return True


@part
def _thin(table, spare, shift, level):
    """Drop the entries whose hash is not below 2^(64 - level); returns how many are left."""
    mask = table.shape[0] - 1
    used = 0
    for row in range(table.shape[0]):
        if table[row, 1] != U(0):
            if (table[row, 0] >> U(64 - level)) == U(0):
                spare[used, 0] = table[row, 0]
                spare[used, 1] = table[row, 1]
                used += 1
            table[row, 1] = U(0)
    for entry in range(used):
        slot = _slot(spare[entry, 0], shift)
        while table[slot, 1] != U(0):
            slot = (slot + 1) & mask
        table[slot, 0] = spare[entry, 0]
        table[slot, 1] = spare[entry, 1]
    return used


@kernel
def sample_types(words, groups, order, level, table, spare):
    """Exact counts of the n-gram types whose hash is below 2^(64 - level), apart for each jackknife group.

    The level is raised while there are more than `cap` pairs of a type and a group. From level 0 it ends at
    the lowest that holds, so a sample is a function of the set of documents, not of their order (the
    theta-sketch family: Dasgupta, Lang, Rhodes, Thaler 2016).

    Args:
        words: (tokens, doc_tokens).
        groups: uint8[n], each document's jackknife group, below 32.
        order: words in an n-gram.
        level: the level to begin with.
        table: uint64[slots, 2] of zeros, slots a power of two of at least 2 cap; filled, see `_count`; a key
            is the hash with its lowest five bits replaced by the group.
        spare: uint64[cap + 1, 2].

    Returns:
        The number of entries, and the level.
    """
    tokens, doc_tokens = words
    cap = spare.shape[0] - 1
    shift = _shift_for(table)
    mask = table.shape[0] - 1
    limit = U(0xFFFFFFFFFFFFFFFF) >> U(level)
    used = 0
    for d in range(doc_tokens.size - 1):
        group, doc = U(groups[d]), U(d)
        for t in range(doc_tokens[d], doc_tokens[d + 1] - order + 1):
            h = tokens[t]
            for k in range(1, order):
                h = _join(h, tokens[t + k])
            if h > limit:
                continue
            if _count(table, mask, shift, (h & ~U(31)) | group, doc) >= 0:
                used += 1
                while used > cap:
                    level += 1
                    limit = U(0xFFFFFFFFFFFFFFFF) >> U(level)
                    used = _thin(table, spare, shift, level)
    return used, level


@kernel
def look_at_shingles(words, phrases, index):
    """Find phrases of four words, and sign each document by MinHash.

    One-permutation MinHash over word 5-grams (Li, Owen, Zhang 2012) with optimal densification (Shrivastava
    2017), and its band keys. A document shorter than a shingle is one shingle. A document without words gets
    band keys of 0.

    Args:
        words: (tokens, doc_tokens).
        phrases: (hashes uint64[p] of the phrases, p at most 64; bits uint8[4096], 1 where the lowest twelve
            bits of a phrase's hash are; found uint64[n], filled: bit i for phrase i).
        index: (signatures uint8[n, BINS], filled with 8 bits of each bin's minimum; keys uint64[n, BANDS]).
    """
    tokens, doc_tokens = words
    hashes, bits, found = phrases
    signatures, keys = index
    minima = np.empty(BINS, np.uint32)
    for d in range(doc_tokens.size - 1):
        first, last = doc_tokens[d], doc_tokens[d + 1]
        if first == last:
            continue
        minima[:] = _EMPTY_BIN
        for t in range(first, last - 3):
            h = _join(_join(_join(tokens[t], tokens[t + 1]), tokens[t + 2]), tokens[t + 3])
            if bits[h & U(4095)]:
                for p in range(hashes.size):
                    if hashes[p] == h:
                        found[d] |= U(1) << U(p)
            if t + 4 < last:
                h = _join(h, tokens[t + 4])
                slot = np.int64(h >> U(57))
                minima[slot] = min(minima[slot], np.uint32((h >> U(20)) & U(0xFFFFFFFE)))
        if last - first < SHINGLE:
            h = tokens[first]
            for t in range(first + 1, last):
                h = _join(h, tokens[t])
            minima[np.int64(h >> U(57))] = np.uint32((h >> U(20)) & U(0xFFFFFFFE))
        _sign(minima, signatures[d], keys[d])


@part
def _sign(minima, signature, keys):
    """Fill a document's signature and band keys from its bins' minima, of which some may be empty."""
    rows = BINS // BANDS
    for band in range(BANDS):
        h = _SEED ^ U(band)
        for r in range(rows):
            b = band * rows + r
            other = b
            attempt = 0
            while minima[other] == _EMPTY_BIN:
                attempt += 1
                other = np.int64(_finish(U(b * 131071 + attempt)) >> U(57))
            h = (h ^ U(minima[other])) * _MIX1
            h ^= h >> U(32)
            signature[b] = np.uint8((minima[other] >> np.uint32(1)) & np.uint32(0xFF))
        keys[band] = h


@kernel
def repeated_ngrams(tokens, lengths, doc_tokens, out):
    """Repetition inside documents (Rae et al. 2021, appendix A1.1), in characters of words.

    An n-gram can repeat only where its first n - 1 words do, so each order looks only at the places that the
    order before left over.

    Args:
        tokens, lengths, doc_tokens: the words and their characters.
        out: int64[n, 10], filled with characters of all words; of the most frequent 2-, 3- and 4-gram times
            its occurrences (0 if it occurs once); of words inside a 5-, 6-, ... 10-gram that occurred before.
    """
    size = 0
    keys = np.zeros(1, np.uint64)
    counts = np.zeros(1, np.int32)
    grams = np.zeros(1, np.uint64)
    places = np.zeros(1, np.int64)
    slots = np.zeros(1, np.int64)
    stamp = U(0)
    for d in range(doc_tokens.size - 1):
        first, last = doc_tokens[d], doc_tokens[d + 1]
        n = last - first
        total = 0
        for t in range(first, last):
            total += lengths[t]
        out[d, 0] = total
        if n < 3:
            continue
        room = 2 * _room_for(n)
        if room > size or stamp > U(0xFFF0):
            size = max(room, size)
            keys = np.zeros(size, np.uint64)
            counts = np.zeros(size, np.int32)
            grams = np.zeros(size, np.uint64)
            places = np.zeros(size, np.int64)
            slots = np.zeros(size, np.int64)
            stamp = U(0)
        mask = room - 1
        left = n
        for t in range(n):
            grams[t] = tokens[first + t]
            places[t] = t
        for order in range(2, 11):
            stamp += U(1)
            best, best_characters, covered, reached = 1, 0, 0, 0
            for p in range(left):
                t = places[p]
                if t + order > n:
                    left = p
                    break
                h = _join(grams[p], tokens[first + t + order - 1])
                grams[p] = h
                # The slot holds 48 bits of the hash and the stamp of this document and order.
                key = (h & ~U(0xFFFF)) | stamp
                slot = np.int64((h >> U(20)) & U(mask))
                while keys[slot] != key and (keys[slot] & U(0xFFFF)) == stamp:
                    slot = (slot + 1) & mask
                slots[p] = slot
                if keys[slot] != key:
                    keys[slot] = key
                    counts[slot] = 1
                    continue
                counts[slot] += 1
                if order > 4:
                    for k in range(max(t, reached), t + order):
                        covered += lengths[first + k]
                    reached = t + order
                elif counts[slot] >= best:
                    characters = 0
                    for k in range(order):
                        characters += lengths[first + t + k]
                    if counts[slot] > best or characters > best_characters:
                        best_characters = characters
                    best = counts[slot]
            if order > 4:
                out[d, order - 1] = covered
            elif best > 1:
                out[d, order - 1] = best * best_characters
            kept = 0
            for p in range(left):
                if counts[slots[p]] > 1:
                    grams[kept] = grams[p]
                    places[kept] = places[p]
                    kept += 1
            left = kept
            if left == 0:
                break


@kernel
def vote_languages(tokens, doc_tokens, keys, languages, votes, depth):
    """Count function words of each language among a document's first words.

    Args:
        tokens, doc_tokens: the words.
        keys: uint64[4096 slots], hashes of function words, 0 where free.
        languages: uint64[4096], bit l where the word belongs to language l.
        votes: int32[n, L], filled.
        depth: words looked at, from the beginning of the document.
    """
    for d in range(doc_tokens.size - 1):
        for t in range(doc_tokens[d], min(doc_tokens[d + 1], doc_tokens[d] + depth)):
            slot = np.int64(tokens[t] & U(4095))
            while keys[slot] != U(0):
                if keys[slot] == tokens[t]:
                    for number in range(votes.shape[1]):
                        if (languages[slot] >> U(number)) & U(1):
                            votes[d, number] += 1
                    break
                slot = (slot + 1) & 4095


@kernel
def merge_counts(keys_a, counts_a, keys_b, counts_b):
    """Add two tables of counts by key, each sorted by key.

    Args:
        keys_a, keys_b: uint64[a], uint64[b], increasing.
        counts_a, counts_b: int64[a, c], int64[b, c].

    Returns:
        keys uint64[m], counts int64[m, c].
    """
    keys = np.empty(keys_a.size + keys_b.size, np.uint64)
    counts = np.empty((keys.size, counts_a.shape[1]), np.int64)
    i = j = m = 0
    while i < keys_a.size or j < keys_b.size:
        if j == keys_b.size or (i < keys_a.size and keys_a[i] < keys_b[j]):
            keys[m] = keys_a[i]
            for c in range(counts.shape[1]):
                counts[m, c] = counts_a[i, c]
            i += 1
        elif i == keys_a.size or keys_b[j] < keys_a[i]:
            keys[m] = keys_b[j]
            for c in range(counts.shape[1]):
                counts[m, c] = counts_b[j, c]
            j += 1
        else:
            keys[m] = keys_a[i]
            for c in range(counts.shape[1]):
                counts[m, c] = counts_a[i, c] + counts_b[j, c]
            i += 1
            j += 1
        m += 1
    return keys[:m].copy(), counts[:m].copy()


@kernel
def join_hashes(words):
    """The hash of a sequence of word hashes, as the n-gram kernels make it."""
    h = words[0]
    for k in range(1, words.size):
        h = _join(h, words[k])
    return h


@part
def _log_choose(n, k):
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


@kernel
def unseen(counts, total, size):
    """P(K = 0) for hypergeometric K: none of `counts[i]` marked documents among `size` drawn from `total`.

    A document frequency of Y contributes 1 - P(K = 0) to the expected number of types among `size` documents
    (Chao et al. 2014, equation 4 for incidence data).
    """
    out = np.empty(counts.size, np.float64)
    base = math.lgamma(total - size + 1.0) - math.lgamma(total + 1.0)
    for i in range(counts.size):
        rest = total - counts[i]
        if rest < size:
            out[i] = 0.0
        elif counts[i] <= 64:
            p = 1.0
            for j in range(counts[i]):
                p *= (total - size - j) / (total - j)
            out[i] = p
        else:
            out[i] = math.exp(base + math.lgamma(rest + 1.0) - math.lgamma(rest - size + 1.0))
    return out


@kernel
def expected_k_log_k(counts, total, size):
    """E[K log K] for hypergeometric K, exact where the mean is below 50, by Taylor's series above (1e-6)."""
    out = np.zeros(counts.size, np.float64)
    for i in range(counts.size):
        y = counts[i]
        share = size / total
        mean = y * share
        if mean >= 50.0:
            variance = mean * (1 - y / total) * (total - size) / max(total - 1.0, 1.0)
            third = variance * (1 - 2 * y / total) * (1 - 2 * share)
            fourth = 3 * variance * variance
            out[i] = (
                mean * math.log(mean) + variance / (2 * mean) - third / (6 * mean**2) + fourth / (12 * mean**3)
            )
            continue
        k = max(0, size - (total - y))
        p = math.exp(_log_choose(y, k) + _log_choose(total - y, size - k) - _log_choose(total, size))
        most = min(y, size)
        while k <= most:
            if k > 1:
                out[i] += p * k * math.log(k)
            if k > mean and p < 1e-14:
                break
            p *= (y - k) * (size - k) / ((k + 1.0) * (total - y - size + k + 1.0))
            k += 1
    return out


@kernel
def unite(parents, first, second):
    """Join the sets of each pair in a union-find forest; the smaller root stays root."""
    for i in range(first.size):
        a, b = first[i], second[i]
        while parents[a] != a:
            parents[a] = parents[parents[a]]
            a = parents[a]
        while parents[b] != b:
            parents[b] = parents[parents[b]]
            b = parents[b]
        if a < b:
            parents[b] = a
        else:
            parents[a] = b


@kernel
def roots(parents):
    """The root of each element; parents come before their children."""
    out = np.empty(parents.size, np.int32)
    for i in range(parents.size):
        out[i] = i if parents[i] == i else out[parents[i]]
    return out
