"""All native loops over text, in one module.

The arrays that come in here have been validated: there are no bounds checks below. `compiler/` says what language
this is.

Conventions: `data` is the UTF-8 bytes of all documents (uint8), `offsets` where each begins (int64, n + 1);
tokens are 64-bit hashes of lower-cased words, `doc_tokens` where each document's tokens begin (int64, n + 1).
"""

import math

import numpy as np

from outcross.kernels.compiler import any64, count_ones, kernel, load64, part, prefetch, trailing_zeros
from outcross.kernels.tables import INVISIBLE, LIMIT, SCRIPT_MASK, SCRIPTS, WORD

U = np.uint64
_SEED = U(0x9E3779B97F4A7C15)
_MIX1 = U(0xFF51AFD7ED558CCD)
_MIX2 = U(0xC4CEB9FE1A85EC53)
_GRAM = U(0x9FB21C651E98DF25)
_ONES = U(0x0101010101010101)
_HIGHS = U(0x8080808080808080)
_NEWLINES = U(0x0A0A0A0A0A0A0A0A)
_BLANKS = U(0x2020202020202020)
_ALL = U(0xFFFFFFFFFFFFFFFF)
_TOP = U(1 << 63)
_EMPTY_BIN = np.uint32(0xFFFFFFFF)

_OCCURRENCES = U((1 << 24) - 1)
_ONE_STAMP = U(1 << 24)
_STAMPS = U(0xFFFF << 24)
_HASH_BITS = U(0xFFFFFF << 40)

BINS = 128
"""Bins of the one-permutation MinHash."""
BANDS = 16
"""Bands of the MinHash index, of BINS / BANDS rows each."""
SHINGLE = 5
"""Words in a shingle of the MinHash index."""

# Columns of `marks`, counts a document.
INVISIBLES, CONFUSABLES, CONTROLS, REPLACEMENTS, CANDIDATE, UNSPACED_LETTERS, MARKS = 0, 1, 2, 3, 4, 5, 6

# Columns of `lines`, a document: numbers of lines and paragraphs, bytes in them, and in repeated ones.
LINES, REPEATED_LINES, LINE_BYTES, REPEATED_LINE_BYTES = 0, 1, 2, 3
PARAGRAPHS, REPEATED_PARAGRAPHS, PARAGRAPH_BYTES, REPEATED_PARAGRAPH_BYTES = 4, 5, 6, 7
# And its characters.
CHARACTERS, LINE_COLUMNS = 8, 9

_LATIN = SCRIPTS.index("Latin")
_LOOKALIKES = (1 << SCRIPTS.index("Greek")) | (1 << SCRIPTS.index("Cyrillic"))
_UNSPACED = 0
for _name in ("Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"):
    _UNSPACED |= 1 << SCRIPTS.index(_name)


@part
def _mix(h, chunk):
    """The hash of bytes so far, with eight more."""
    h = (h ^ chunk) * _MIX1
    return h ^ (h >> U(32))


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


_TEMPLATES = (b"### ", b"<|", b"<s>", b"<sta", b"</s>", b"</th", b"<<S", b"<end", b"<thi", b"[INS", b"[/IN")
"""How chat templates begin. Numbers that are looked up compile faster than bytes that are compared one by one."""
_BEGINNINGS = np.array([int.from_bytes(one, "little") for one in _TEMPLATES], np.uint64)
_LOOKED_AT = np.array([(1 << 8 * len(one)) - 1 for one in _TEMPLATES], np.uint64)
_HEADERS = np.isin(np.arange(256), list(b"HIAR"))


@part
def _template_candidate(data, i, end):
    """Whether a chat template may begin at i; a regular expression decides later, on few documents."""
    if i + 3 >= end:  # shorter than any of them
        return False
    first = U(0)
    for k in range(4):
        first |= U(data[i + k]) << U(8 * k)
    for k in range(_BEGINNINGS.size):
        if first & _LOOKED_AT[k] == _BEGINNINGS[k]:
            # "### Instruction:" and its like
            return k > 0 or (i + 5 < end and _HEADERS[data[i + 4]])
    return False


# Flags of bytes: part of a word, part of a character beyond ASCII, worth a closer look.
_IN_WORD, _BEYOND, _LOOK, _BEYOND_OR_LOOK = 1, 2, 4, 6


@kernel("u8[] u8[]")
def classify(data, flags):
    """Flag each ASCII byte: part of a word, or worth a look. Plain arithmetic, so that it runs in vectors.

    Args:
        data: uint8[m].
        flags: uint8[m or more], filled.
    """
    for i in range(data.size):
        c = data[i]
        letter = np.uint8((c | np.uint8(32)) - np.uint8(97)) < np.uint8(26)
        digit = np.uint8(c - np.uint8(48)) < np.uint8(10)
        control = (c < np.uint8(32)) & (np.uint8(c - np.uint8(9)) > np.uint8(1)) & (c != np.uint8(13))
        look = control | (c == np.uint8(0x3C)) | (c == np.uint8(0x5B)) | (c == np.uint8(0x23))
        flags[i] = (
            np.uint8(letter | digit | (c == np.uint8(95)))
            | (np.uint8(c >= np.uint8(128)) << np.uint8(1))
            | (np.uint8(look) << np.uint8(2))
        )


@kernel("u8[] i64[] (u8[] u32[]) u8[] (u64[] i32[] u16[] i64[] i64[,] i64[,]) -> i64")
def tokenise(data, offsets, tables, flags, out):
    r"""Words of each document: maximal runs of `\w`, lower-cased one code point at a time, hashed.

    Bits say which bytes are in words, 64 at a time; where they change, words begin and end. So the processor
    need not guess where each word ends (after Langdale & Lemire 2019).

    Args:
        data, offsets: the documents.
        tables: (classes, lower), see `kernels.tables`.
        flags: uint8[data.size + 64], as `classify` left them and 0 beyond; changed.
        out: the arrays to fill: (tokens uint64[m], starts int32[m], lengths uint16[m] in characters (65535
            at most), doc_tokens int64[n + 1], scripts int64[n, S] characters of words by script,
            marks int64[n, MARKS]); m at least half the bytes, rounded up.
    """
    tokens, starts, lengths, doc_tokens, scripts, marks = out
    count = 0
    for d in range(offsets.size - 1):
        begin, end = offsets[d], offsets[d + 1]
        doc_tokens[d] = count
        latin = 0
        start = begin
        before = U(0)
        i = begin
        while i < end:
            looks = any64(flags, i, _BEYOND_OR_LOOK)
            if looks != U(0):
                _look_closer(data, (begin, i, end, looks), tables[0], flags, (marks, d))
            bits = any64(flags, i, _IN_WORD)
            if end - i < 64:
                bits &= (U(1) << U(end - i)) - U(1)
            moved = (bits << U(1)) | before
            ends, begins = moved & ~bits, bits & ~moved
            # A word that is open begins before these 64 bytes. A bit that is never first stands in for no bit at all.
            first = i + np.int64(trailing_zeros(begins | _TOP))
            start = start if before != U(0) else first
            begins = begins if before != U(0) else begins & (begins - U(1))
            before = bits >> U(63)
            while ends != U(0):
                place = (start, i + np.int64(trailing_zeros(ends)))
                h, characters = _hash_any(data, place, tables, (scripts, marks, d))
                latin += place[1] - start if characters < 0 else 0
                tokens[count] = h
                starts[count] = start
                lengths[count] = min(place[1] - start if characters < 0 else characters, 65535)
                count += 1
                ends &= ends - U(1)
                start = i + np.int64(trailing_zeros(begins | _TOP))
                begins &= begins - U(1)
            i += 64
        if before != U(0) and (end - begin) & 63 == 0:
            # The last word ends with the document and fills its last 64 bytes: no bit could turn.
            h, characters = _hash_word(data, (start, end), tables, (scripts, marks, d))
            tokens[count] = h
            starts[count] = start
            lengths[count] = min(characters, 65535)
            count += 1
        scripts[d, _LATIN] += latin
    doc_tokens[offsets.size - 1] = count
    return count


@part
def _hash_any(data, place, tables, tally):
    """The hash of a word, and its characters where they are counted here; -1 where it is ASCII, and so Latin.

    Most words have 16 bytes at most: both halves are hashed and one is chosen, so that there is no branch to guess.
    A byte beyond ASCII, or the end of all data, takes the slow way.
    """
    start, stop = place
    size = stop - start
    if size > 16 or start + 16 > data.size:
        return _hash_long(data, place, tables, tally)
    mask = _ALL >> U(64 - 8 * min(size, 8))
    rest = _ALL >> U(128 - 8 * size) if size > 8 else U(0)
    chunk, further = load64(data, start) & mask, load64(data, start + 8) & rest
    if (chunk | further) & _HIGHS != U(0):
        return _hash_word(data, place, tables, tally)
    h = _mix(_SEED, chunk | (_BLANKS & mask))
    both = _mix(h, further | (_BLANKS & rest))
    return _finish((both if size > 8 else h) ^ U(size)), -1


@part
def _hash_long(data, place, tables, tally):
    """The same of a word of any length, eight bytes at a time."""
    start, stop = place
    size = stop - start
    h = _SEED
    beyond = U(0) if stop + 8 <= data.size else _HIGHS
    k = 0
    while k < size and beyond == U(0):
        mask = _ALL >> U(64 - 8 * min(size - k, 8))
        chunk = load64(data, start + k) & mask
        beyond = chunk & _HIGHS
        h = _mix(h, chunk | (_BLANKS & mask))
        k += 8
    if beyond != U(0):
        return _hash_word(data, place, tables, tally)
    return _finish(h ^ U(size)), -1


@part
def _look_closer(data, place, classes, flags, tally):
    """Decide on characters beyond ASCII in these 64 bytes, and count marks; what is decided is flagged so.

    A character belongs to the 64 bytes in which it begins; its flags may reach into the next. `looks` has a bit for
    each byte to look at: of a character beyond ASCII for all, but those after the first are decided on with it.
    """
    begin, block, end, looks = place
    marks, d = tally
    while looks != U(0):
        i = block + np.int64(trailing_zeros(looks))
        looks &= looks - U(1)
        if i >= end:
            break
        c = data[i]
        if flags[i] & _LOOK:
            flags[i] = 0
            if c < 32:
                marks[d, CONTROLS] += 1
            elif _template_candidate(data, i, end):
                marks[d, CANDIDATE] += 1
        elif flags[i] & _BEYOND:
            point, width = _decode(data, i, end)
            kind = classes[point] if point < LIMIT else np.uint8(0)
            if not kind & WORD:
                # Beyond the plane of tags and selectors lies private use: the signs of icon fonts, which are seen.
                if kind & INVISIBLE or (point >= 0xE0000 and point < 0xF0000):
                    _see_invisible(data, begin, i, end, point, (marks, d))
                elif point == 0xFFFD:
                    marks[d, REPLACEMENTS] += 1
            for k in range(width):
                flags[i + k] = 1 if kind & WORD else 0


@part
def _hash_word(data, place, tables, tally):
    """The hash and the characters of a word that may be not all ASCII; counts its script and marks.

    The hash is that of its lower-cased UTF-8, eight bytes at a time, with bit 0x20 set in ASCII bytes: that
    lowers letters, keeps digits, and makes an underscore a byte that no word holds. A word whose lower case is
    ASCII hashes like the ASCII word.
    """
    start, end = place
    classes, lower = tables
    scripts, marks, d = tally
    seen = 0
    script = 0
    characters = 0
    h = _SEED
    chunk, fill, size = U(0), 0, 0
    i = start
    while i < end:
        point, width = np.int64(data[i]), 1
        if point >= 128:
            point, width = _decode(data, i, end)
        kind = classes[point]
        low = np.int64(lower[point])
        extra = 0 if low < 0x80 else (1 if low < 0x800 else (2 if low < 0x10000 else 3))
        for k in range(extra + 1):
            if extra == 0:
                byte = low | 0x20
            elif k == 0:
                byte = (0xF00 >> extra) & 0xFF | (low >> (6 * extra))
            else:
                byte = 0x80 | ((low >> (6 * (extra - k))) & 0x3F)
            chunk |= U(byte) << U(8 * fill)
            fill += 1
            size += 1
            if fill == 8:
                h = _mix(h, chunk)
                chunk, fill = U(0), 0
        i += width
        characters += 1
        number = kind & SCRIPT_MASK
        seen |= 1 << number
        if script == 0:
            script = number
    if fill > 0:
        h = _mix(h, chunk)
    # A word of ASCII alone counts as Latin, digits or not.
    scripts[d, script if size > characters or script > 0 else _LATIN] += characters
    if seen & _UNSPACED:
        marks[d, UNSPACED_LETTERS] += characters
    if seen & _LOOKALIKES and seen & (1 << _LATIN) and not _is_unit(data, start, end):
        marks[d, CONFUSABLES] += 1
    return _finish(h ^ U(size)), characters


@part
def _is_unit(data, start, end):
    """Whether a word is an ordinary unit: perhaps digits, then a Greek mu before letters or an omega after one."""
    i = start
    while i < end and data[i] >= 0x30 and data[i] <= 0x39:
        i += 1
    if end - i >= 3 and data[i] == 0xCE and data[i + 1] == 0xBC:
        letters = end - i - 2
        for k in range(i + 2, end):
            c = data[k] | 0x20
            if c < 0x61 or c > 0x7A:
                return False
        return letters <= 4
    return end - i == 3 and data[i] < 0x80 and data[i + 1] == 0xCE and data[i + 2] == 0xA9


@part
def _spells_flag(data, begin, i):
    """Whether a tag character belongs to the flag of a part of a country: a black flag, at most seven tags (UTS 51)."""
    for _ in range(7):
        i -= 4
        if i < begin:
            return False
        if data[i] == 0xF0 and data[i + 1] == 0x9F and data[i + 2] == 0x8F and data[i + 3] == 0xB4:
            return True
        if data[i] != 0xF3 or data[i + 1] != 0xA0 or (data[i + 2] != 0x80 and data[i + 2] != 0x81):
            return False
    return False


@part
def _see_invisible(data, begin, i, end, point, tally):
    """Count an invisible character, unless it is a joiner or mark between non-ASCII text, where it spells."""
    joins = point == 0x200C or point == 0x200D or point == 0x200E or point == 0x200F
    after = i + 3
    if joins and ((i > begin and data[i - 1] >= 128) or (after < end and data[after] >= 128)):
        return
    if point == 0xFEFF and i == begin:  # a byte order mark at the very beginning is an encoding, not a trick
        return
    # The variant of a Han character; one after another is none, since a run of them can hide bytes.
    follows = i > begin and data[i - 1] >= 128 and (i < begin + 4 or data[i - 4] != 0xF3 or data[i - 3] != 0xA0)
    if point >= 0xE0100 and point <= 0xE01EF and follows:
        return
    if point >= 0xE0020 and point <= 0xE007F and _spells_flag(data, begin, i):
        return
    marks, d = tally
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


@kernel("u8[] i64[] u64[] i64[,] u64[] i64[]")
def lines(data, offsets, doc_hash, out, keys, stamps):
    """Hash each document's bytes, and find lines and paragraphs that repeat an earlier one in it.

    A line ends at a newline; empty lines do not count (nor does a carriage return alone). A paragraph ends at
    an empty line.

    Args:
        data, offsets: the documents.
        doc_hash: uint64[n], filled with a hash of the document's bytes.
        out: int64[n, LINE_COLUMNS], filled.
        keys, stamps: uint64[m], int64[m] of -1, m a power of two: room for what was seen. When a document has
            more than m / 2 different lines and paragraphs, the last of them are taken for new.
    """
    stamp = 0
    for d in range(offsets.size - 1):
        begin, end = offsets[d], offsets[d + 1]
        mask = min(_room_for((end - begin) // 16 + 8), keys.size) - 1
        stamp += 1
        while not _lines_of(data, (begin, end), doc_hash[d : d + 1], out[d], (keys, stamps), (mask, stamp)):
            out[d, :] = 0
            mask = min(mask * 4 + 3, keys.size - 1)
            stamp += 1
        out[d, CHARACTERS] = _characters(data, begin, end)


@part
def _characters(data, begin, end):
    """Code points of valid UTF-8: the bytes but for those that continue a character (0b10xxxxxx)."""
    continuing = U(0)
    whole = (end - begin) >> 6
    for block in range(whole):
        place = begin + 64 * block
        continuing += count_ones(any64(data, place, 0x80) & ~any64(data, place, 0x40))
    for i in range(begin + 64 * whole, end):
        continuing += U((data[i] & np.uint8(0xC0)) == np.uint8(0x80))
    return end - begin - np.int64(continuing)


@part
def _lines_of(data, place, doc_hash, out, seen, room):
    """The lines of one document; false when a larger mask is needed, and there is room for one."""
    begin, end = place
    keys, stamps = seen
    mask, stamp = room
    safe = data.size
    whole = _SEED ^ U(end - begin)
    paragraph = _SEED
    paragraph_bytes = 0
    used = 0
    i = begin
    while i <= end and begin < end:
        start = i
        h = _SEED
        tail = U(0)
        while i < end:
            if i + 8 > safe:
                i, tail = _short_tail(data, i, end)
                break
            word = load64(data, i)
            found = word ^ _NEWLINES
            found = (found - _ONES) & ~found & _HIGHS
            left = min(end - i, 8)
            if found != U(0):
                left = min(left, np.int64(trailing_zeros(found)) >> 3)
            if left < 8:
                tail = word & ((U(1) << U(8 * left)) - U(1))
                i += left
                break
            h = _mix(h, word)
            i += 8
        size = i - start
        h = _finish(_mix(h, tail) + U(size))
        whole = _join(whole, h)
        if size == 1 and data[start] == 13:  # an empty line, as Windows ends it
            size = 0
        if size > 0:
            full = used * 2 > mask
            if full and mask + 1 < keys.size:
                return False
            out[LINES] += 1
            out[LINE_BYTES] += size
            if not full:
                if _repeats(keys, stamps, mask, stamp, h):
                    out[REPEATED_LINES] += 1
                    out[REPEATED_LINE_BYTES] += size
                else:
                    used += 1
            paragraph = _join(paragraph, h)
            paragraph_bytes += size
        if paragraph_bytes > 0 and (size == 0 or i >= end):
            out[PARAGRAPHS] += 1
            out[PARAGRAPH_BYTES] += paragraph_bytes
            # Paragraphs share the table with lines: another key space, by another finish.
            if used * 2 <= mask:
                if _repeats(keys, stamps, mask, stamp, _finish(paragraph)):
                    out[REPEATED_PARAGRAPHS] += 1
                    out[REPEATED_PARAGRAPH_BYTES] += paragraph_bytes
                else:
                    used += 1
            paragraph = _SEED
            paragraph_bytes = 0
        i += 1
    doc_hash[0] = _finish(whole)
    return True


@part
def _short_tail(data, i, end):
    """What is left of a line within eight bytes of the end of all data: where it ends, and its bytes."""
    tail = U(0)
    shift = U(0)
    while i < end and data[i] != 10:
        tail |= U(data[i]) << shift
        shift += U(8)
        i += 1
    return i, tail


@kernel("u8[] i64[] i64 i64[] u8[]")
def beginnings(data, offsets, characters, ends, taken):
    """Copy the first characters of each document, one after another.

    Args:
        data, offsets: the documents.
        characters: of each, at most.
        ends: int64[n + 1] of zeros, filled with where each begins in `taken`.
        taken: uint8[m], filled; m at least 4 bytes for each character, or the bytes of all documents.
    """
    out = 0
    for d in range(offsets.size - 1):
        i, end, left = offsets[d], offsets[d + 1], characters
        while i < end:
            c = data[i]
            # A byte that continues a character (0b10xxxxxx) goes with it.
            left -= np.int64((c & np.uint8(0xC0)) != np.uint8(0x80))
            if left < 0:
                break
            taken[out] = c
            out += 1
            i += 1
        ends[d + 1] = out


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


@kernel("u64[] i64[] u64[,2] (u64[] u64[] i32[] i32[]) -> i64")
def count_words(tokens, doc_tokens, table, out):
    """Occurrences and documents of every word.

    Args:
        tokens, doc_tokens: the words; below MOST_TOKENS and MOST_DOCUMENTS.
        table: uint64[slots, 2] of zeros, slots a power of two; zeros again at the end, where there was room.
        out: (keys, values uint64[slots / 2], filled with each word's hash and what the table held of it; rows, places
            int32[slots / 2], filled with its row in the table and the number of its first token).

    Returns:
        How many words there are; -1 where the table had no room for all of them in half its rows.
    """
    keys, values, rows, places = out
    shift = _shift_for(table)
    mask = table.shape[0] - 1
    count = 0
    last = U(tokens.size - 1)
    for d in range(doc_tokens.size - 1):
        doc = U(d)
        # Unsigned, so that no place is taken for one from the end.
        for t in range(U(doc_tokens[d]), U(doc_tokens[d + 1])):
            prefetch(table, _slot(tokens[min(t + U(16), last)], shift))
            slot = _count(table, mask, shift, tokens[t], doc)
            if slot >= 0:
                if count == rows.size:
                    return -1
                keys[count] = tokens[t]
                rows[count] = slot
                places[count] = t
                count += 1
    for k in range(count):
        prefetch(table, np.int64(rows[min(k + 16, count - 1)]))
        values[k] = table[rows[k], 1]
        table[rows[k], 1] = U(0)
    return count


@kernel("u64[,2] u64[] u64[] -> i64")
def take_counts(table, keys, values):
    """Take what a table of counts holds out of it, in the order of its rows: the table is left blank.

    Args:
        table: uint64[slots, 2], see `_count`.
        keys, values: uint64[m], m at least the rows in use; filled.

    Returns:
        How many rows were in use.
    """
    count = 0
    for row in range(table.shape[0]):
        # Written always and kept by counting on: no branch to guess wrong.
        keys[count], values[count] = table[row, 0], table[row, 1]
        count += table[row, 1] != U(0)
        table[row, 1] = U(0)
    return count


@kernel("u64[] u64[] i64[] u64[] i64[,2]")
def arrange_counts(keys, values, order, arranged, counts):
    """What was taken out of a table of counts, in another order and no longer packed.

    Args:
        keys, values: uint64[m or more], see `take_counts`.
        order: int64[m], the row of each in turn.
        arranged, counts: uint64[m], int64[m, 2], filled: keys; occurrences and documents.
    """
    for i in range(order.size):
        value = values[order[i]]
        arranged[i] = keys[order[i]]
        counts[i, 0] = np.int64(value >> U(38))
        counts[i, 1] = np.int64((value >> U(19)) & _LAST)


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


@kernel("(u64[] i64[]) u8[] i64 u64[,2] u64[,2] u64[] -> i64")
def sample_types(words, groups, level, table, spare, pending):
    """Exact counts of the words whose hash is below 2^(64 - level), apart for each jackknife group.

    The level is raised while there are more than `cap` pairs of a type and a group. From level 0 it ends at
    the lowest that holds, so a sample is a function of the set of documents, not of their order (the
    theta-sketch family: Dasgupta, Lang, Rhodes, Thaler 2016).

    Args:
        words: (tokens, doc_tokens).
        groups: uint8[n], each document's jackknife group, below 32.
        level: the level to begin with.
        table: uint64[slots, 2] of zeros, slots a power of two of at least 2 cap; filled, see `_count`; a key
            is the hash with its lowest five bits replaced by the group.
        spare: uint64[cap + 1, 2].
        pending: uint64[words of the longest document + 1], for use inside.

    Returns:
        The level.
    """
    tokens, doc_tokens = words
    used = 0
    for d in range(doc_tokens.size - 1):
        first, last = doc_tokens[d], doc_tokens[d + 1]
        limit = _ALL >> U(level)
        count = U(0)
        for t in range(U(first), U(last)):
            pending[count] = tokens[t]
            count += U(tokens[t] <= limit)
        used, level = _flush(pending, count, (U(groups[d]), U(d), used), table, spare, level)
    return level


@part
def _flush(pending, count, seen, table, spare, level):
    """Count a document's sampled n-grams of one order; returns how many entries there are, and the level."""
    group, doc, used = seen
    cap = spare.shape[0] - 1
    shift = _shift_for(table)
    mask = table.shape[0] - 1
    for k in range(count):
        h = pending[k]
        if level > 0 and (h >> U(64 - level)) != U(0):
            continue
        if _count(table, mask, shift, (h & ~U(31)) | group, doc) >= 0:
            used += 1
            while used > cap:
                level += 1
                used = _thin(table, spare, shift, level)
    return used, level


@kernel("(u64[] i64[]) u8[] (u64[] u8[] u64[]) (u64[,,2] u64[,2] i64[]) (u8[,] u64[,]) (u32[] u64[,])")
def look_at_ngrams(words, groups, phrases, samples, index, room):
    """One walk over all n-grams: samples of types of two to four words, phrases, MinHash signatures.

    Samples: see `sample_types`. Index: one-permutation MinHash over word 5-grams (Li, Owen, Zhang 2012) with
    optimal densification (Shrivastava 2017), and its band keys. A document shorter than a shingle is one
    shingle. A document without words gets band keys of 0.

    Args:
        words: (tokens, doc_tokens).
        groups: uint8[n], each document's jackknife group, below 32.
        phrases: (hashes uint64[p] of phrases of four words, p at most 64; bits uint8[4096], 1 where the lowest
            twelve bits of a phrase's hash are; found uint64[n], filled: bit i for phrase i).
        samples: (tables uint64[3, slots, 2] of zeros, filled; spare uint64[cap + 1, 2]; levels int64[3], in
            and out: the levels to begin with and those reached).
        index: (signatures uint8[n, BINS], filled with 8 bits of each bin's minimum; keys uint64[n, BANDS]).
        room: (minima uint32[BINS], pending uint64[3, words of the longest document + 1]), for use inside.
    """
    tokens, doc_tokens = words
    hashes, bits, found = phrases
    tables, spare, levels = samples
    signatures, keys = index
    minima, pending = room
    pending2, pending3, pending4 = pending[0], pending[1], pending[2]
    two, three, four = tables[0], tables[1], tables[2]
    used2, used3, used4 = 0, 0, 0
    level2, level3, level4 = levels[0], levels[1], levels[2]
    for d in range(doc_tokens.size - 1):
        first, last = doc_tokens[d], doc_tokens[d + 1]
        if first == last:
            continue
        group, doc = U(groups[d]), U(d)
        limit2, limit3, limit4 = _ALL >> U(level2), _ALL >> U(level3), _ALL >> U(level4)
        count2, count3, count4 = U(0), U(0), U(0)
        minima[:] = _EMPTY_BIN
        if last - first > 4:
            w0, w1, w2, w3 = tokens[first], tokens[first + 1], tokens[first + 2], tokens[first + 3]
            for t in range(U(first + 4), U(last)):
                w4 = tokens[t]
                h2 = _join(w0, w1)
                h3 = _join(h2, w2)
                h4 = _join(h3, w3)
                h5 = _join(h4, w4)
                w0, w1, w2, w3 = w1, w2, w3, w4
                # Written always and kept by counting on: no branch to guess wrong.
                pending2[count2] = h2
                count2 += U(h2 <= limit2)
                pending3[count3] = h3
                count3 += U(h3 <= limit3)
                pending4[count4] = h4
                count4 += U(h4 <= limit4)
                if bits[h4 & U(4095)]:
                    _note_phrases(hashes, h4, found, d)
                slot = h5 >> U(57)
                minima[slot] = min(minima[slot], np.uint32((h5 >> U(20)) & U(0xFFFFFFFE)))
        for end in range(max(first, last - 4), last - 1):
            h = _join(tokens[end], tokens[end + 1])
            if h <= limit2:
                pending2[count2] = h
                count2 += U(1)
            if end + 2 < last:
                h = _join(h, tokens[end + 2])
                if h <= limit3:
                    pending3[count3] = h
                    count3 += U(1)
            if end + 3 < last:
                h = _join(h, tokens[end + 3])
                if h <= limit4:
                    pending4[count4] = h
                    count4 += U(1)
                if bits[h & U(4095)]:
                    _note_phrases(hashes, h, found, d)
        if last - first < SHINGLE:
            h = tokens[first]
            for end in range(first + 1, last):
                h = _join(h, tokens[end])
            minima[np.int64(h >> U(57))] = np.uint32((h >> U(20)) & U(0xFFFFFFFE))
        _sign(minima, signatures[d], keys[d])
        used2, level2 = _flush(pending2, count2, (group, doc, used2), two, spare, level2)
        used3, level3 = _flush(pending3, count3, (group, doc, used3), three, spare, level3)
        used4, level4 = _flush(pending4, count4, (group, doc, used4), four, spare, level4)
    levels[0], levels[1], levels[2] = level2, level3, level4


@part
def _note_phrases(hashes, h, found, d):
    """Note which phrases have this hash."""
    for p in range(hashes.size):
        if hashes[p] == h:
            found[d] |= U(1) << U(p)


_ATTEMPTS = 64
_ASKED = np.arange(BINS, dtype=np.uint64)[:, None] * U(131071) + np.arange(1, _ATTEMPTS + 1, dtype=np.uint64)
_OTHERS = (_finish(_ASKED.ravel()) >> U(57)).astype(np.uint8)
"""Which bins an empty one asks in turn, by bin and attempt: of a short document most bins are empty."""


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
                if attempt < _ATTEMPTS:
                    other = np.int64(_OTHERS[b * _ATTEMPTS + attempt])
                else:
                    other = np.int64(_finish(U(b * 131071 + attempt + 1)) >> U(57))
                attempt += 1
            h = (h ^ U(minima[other])) * _MIX1
            h ^= h >> U(32)
            signature[b] = np.uint8((minima[other] >> np.uint32(1)) & np.uint32(0xFF))
        keys[band] = h


@kernel("u64[] u16[] i64[] bool[] i64[,] (u64[] u64[] i64[] i64[])")
def repeated_ngrams(tokens, lengths, doc_tokens, chosen, out, room):
    """Repetition inside documents (Rae et al. 2021, appendix A1.1), in characters of words.

    An n-gram can repeat only where its first n - 1 words do, so each order looks only at the places that the
    order before left over.

    Args:
        tokens, lengths, doc_tokens: the words and their characters.
        chosen: bool[n], the documents to look at; the others' rows stay as they are.
        out: int64[n, 10], filled with characters of all words; of the most frequent 2-, 3- and 4-gram times
            its occurrences (0 if it occurs once); of words inside a 5-, 6-, ... 10-gram that occurred before.
        room: (table uint64[s] of zeros, s a power of two, four times the words of the longest document or more, 2^24
            at most; grams uint64[m], places, slots int64[m], m the words of the longest document), for use inside.
            An entry of the table holds 24 bits of an n-gram's hash, the stamp of its document and order, and its
            occurrences.
    """
    table, grams, places, slots = room
    stamp = U(0)
    for d in range(doc_tokens.size - 1):
        if not chosen[d]:
            continue
        first = doc_tokens[d]
        n = min(doc_tokens[d + 1] - first, table.size // 2)
        total = 0
        for t in range(first, doc_tokens[d + 1]):
            total += lengths[t]
        out[d, 0] = total
        mask = min(4 * _room_for(n), table.size) - 1
        left = max(n - 1, 0)
        for t in range(left):
            grams[t] = tokens[first + t]
            places[t] = t
        for order in range(2, 11):
            while left > 0 and places[left - 1] + order > n:
                left -= 1
            if left < 2:
                break
            stamp += _ONE_STAMP
            if stamp > _STAMPS:
                table[:] = U(0)
                stamp = _ONE_STAMP
            covered, reached = 0, 0
            for p in range(left):
                t = places[p]
                h = _join(grams[p], tokens[first + t + order - 1])
                grams[p] = h
                key = (h & _HASH_BITS) | stamp
                slot = np.int64((h >> U(16)) & U(mask))
                entry = table[slot]
                while (entry & _STAMPS) == stamp and (entry ^ key) >= _ONE_STAMP:
                    slot = (slot + 1) & mask
                    entry = table[slot]
                again = (entry ^ key) < _ONE_STAMP
                table[slot] = (entry if again else key) + U(1)
                slots[p] = slot
                if order > 4 and again:
                    for k in range(max(t, reached), t + order):
                        covered += lengths[first + k]
                    reached = t + order
            if order > 4:
                out[d, order - 1] = covered
            kept = 0
            for p in range(left):
                slots[kept] = slots[p]
                grams[kept] = grams[p]
                places[kept] = places[p]
                kept += (table[slots[p]] & _OCCURRENCES) > U(1)
            left = kept
            if order <= 4:
                out[d, order - 1] = _most_frequent(table, (slots, places, left), lengths, first, order)


@part
def _most_frequent(table, candidates, lengths, first, order):
    """Occurrences times characters of the most frequent n-gram; of several, the longest."""
    slots, places, left = candidates
    best, longest = U(1), 0
    for p in range(left):
        count = table[slots[p]] & _OCCURRENCES
        if count >= best:
            characters = 0
            for k in range(order):
                characters += lengths[first + places[p] + k]
            longest = characters if count > best else max(longest, characters)
            best = count
    return np.int64(best) * longest


@kernel("u64[] i64[] u64[] u64[] i32[,] i64")
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


@kernel("u64[] i64[] u64 u64[] i64[] u64[]")
def shingles(tokens, doc_tokens, limit, found, ends, sequences):
    """Sampled word 3-grams of each document, and a hash of all its words in order.

    Args:
        tokens, doc_tokens: the words.
        limit: a 3-gram is in the sample when its hash is at most this.
        found: uint64[tokens.size + 1], filled with the sampled hashes, repeats included.
        ends: int64[n + 1], filled with where each document's hashes begin.
        sequences: uint64[n], filled.
    """
    count = 0
    for d in range(doc_tokens.size - 1):
        first, last = doc_tokens[d], doc_tokens[d + 1]
        ends[d] = count
        h = _SEED
        for t in range(first, last - 2):
            h = _join(h, tokens[t])
            s = _join(_join(tokens[t], tokens[t + 1]), tokens[t + 2])
            found[count] = s
            count += s <= limit
        for t in range(max(first, last - 2), last):
            h = _join(h, tokens[t])
        sequences[d] = _finish(h ^ U(last - first))
    ends[doc_tokens.size - 1] = count


@kernel(
    "u64[] i64[] (u32[] u64[] u32[] u8[] (u64 u64)) (f32[] u64 i64) (i64[] i32[] f32[]) "
    "(u64[] i64[] i64[] i32[] f32[] u64[] i64[])"
)
def match_shingles(found, ends, index, rules, out, room):
    """For each document the one entry of an index that shares the most with it, by the weights of what is shared.

    A part of a document's hashes is looked up first; only where some of them have an owner in common, or they are too
    few to tell, are the others looked up, too. What is said of a document without such a sign is that of the part.

    Args:
        found, ends: sampled hashes, see `shingles`; a repeat in a document counts once.
        index: (edges uint32[B + 1], keys uint64[e] increasing, owners uint32[e], filter uint8[F], shifts): keys
            with the same bits above the first shift lie between two edges; each key stands once for each of its
            owners. The filter has a bit, by the bits above the second shift, for each key worth looking up.
        rules: (weights float32[c + 1], what a hash with so many owners weighs, one with more than c says nothing;
            part: hashes at most this are looked up first; signs: hashes with one owner that ask for the others).
        out: (best int64[n], -1 where nothing is shared; shared int32[n], hashes shared with it;
            weight float32[n]), filled.
        room: (pending uint64[hashes of the document that has the most + 1]; of CREDITS places each: owners of what a
            document holds, int64, with the stamp of the document, int64 of -1, the number of their hashes, int32, and
            its weight, float32; hashes credited, uint64, with their stamp, int64 of -1), for use inside.
    """
    _, partial, signs = rules
    best, shared, weight = out
    pending, who, stamps, counts, sums, credited, marks = room
    tables = (who, stamps, counts, sums, credited, marks)
    for d in range(ends.size - 1):
        best[d], shared[d], weight[d] = -1, 0, 0.0
        used = 0
        for phase in range(2):
            # Written always and kept by counting on: there is no branch to guess wrong.
            left = 0
            for i in range(ends[d], ends[d + 1]):
                pending[left] = found[i]
                left += (found[i] <= partial) == (phase == 0)
            used = _credit(pending, left, index, rules, (tables, d, used, out))
            # Of a short text the part is too small to show a sign.
            if shared[d] < signs and left >= 2 * signs:
                break


CREDITS = 1 << 14


@part
def _credit(pending, left, index, rules, tally):
    """Look up hashes and credit their owners; returns how many places of the tables are used."""
    edges, keys, owners, screen, (shift, screen_shift) = index
    (who, stamps, counts, sums, credited, marks), d, used, (best, shared, weight) = tally
    weights = rules[0]
    kept = 0
    for i in range(left):
        s = pending[i]
        bit = s >> screen_shift
        pending[kept] = s
        kept += np.int64((screen[bit >> U(3)] >> np.uint8(bit & U(7))) & np.uint8(1))
    for i in range(kept):
        s = pending[i]
        bucket = np.int64(s >> shift)
        place, stop = np.int64(edges[bucket]), np.int64(edges[bucket + 1])
        while place < stop and keys[place] < s:
            place += 1
        end = place
        while end < stop and end - place < weights.size and keys[end] == s:
            end += 1
        if end == place or end - place >= weights.size or used > CREDITS // 2:
            continue
        slot = np.int64(s & U(CREDITS - 1))
        while marks[slot] == d and credited[slot] != s:
            slot = (slot + 1) & (CREDITS - 1)
        if marks[slot] == d:
            continue
        marks[slot], credited[slot] = d, s
        value = weights[end - place]
        for k in range(place, end):
            owner = np.int64(owners[k])
            slot = (owner * 0x9E3779B1) & (CREDITS - 1)
            while stamps[slot] == d and who[slot] != owner:
                slot = (slot + 1) & (CREDITS - 1)
            if stamps[slot] != d:
                stamps[slot], who[slot], counts[slot], sums[slot] = d, owner, 0, 0.0
                used += 1
            counts[slot] += 1
            sums[slot] += value
            if sums[slot] > weight[d] or (sums[slot] == weight[d] and owner < best[d]):
                best[d], shared[d], weight[d] = owner, counts[slot], sums[slot]
    return used


@kernel("u32[] i64[]")
def permutation(draws, order):
    """The shuffle of 0 ... n - 1 that takes one draw a place, as torch.randperm does: order int64[n] is filled."""
    n = draws.size
    for i in range(n):
        order[i] = i
    for i in range(n - 1):
        j = i + np.int64(draws[i]) % (n - i)
        order[i], order[j] = order[j], order[i]


@kernel("u64[] i64[,2] u64[] i64[,2] u64[] i64[,2] -> i64")
def merge_counts(keys_a, counts_a, keys_b, counts_b, keys, counts):
    """Add two tables of counts by key, each sorted by key.

    Args:
        keys_a, keys_b: uint64[a], uint64[b], increasing.
        counts_a, counts_b: int64[a, 2], int64[b, 2].
        keys, counts: uint64[a + b], int64[a + b, 2], filled.

    Returns:
        How many different keys there are.
    """
    i = j = m = 0
    # Which of two hashes is smaller cannot be guessed: arithmetic instead of branches.
    while i < keys_a.size and j < keys_b.size:
        a, b = keys_a[i], keys_b[j]
        of_a, of_b = np.int64(a <= b), np.int64(b <= a)
        keys[m] = min(a, b)
        counts[m, 0] = counts_a[i, 0] * of_a + counts_b[j, 0] * of_b
        counts[m, 1] = counts_a[i, 1] * of_a + counts_b[j, 1] * of_b
        i += of_a
        j += of_b
        m += 1
    while i < keys_a.size:
        keys[m], counts[m, 0], counts[m, 1] = keys_a[i], counts_a[i, 0], counts_a[i, 1]
        i += 1
        m += 1
    while j < keys_b.size:
        keys[m], counts[m, 0], counts[m, 1] = keys_b[j], counts_b[j, 0], counts_b[j, 1]
        j += 1
        m += 1
    return m


@kernel("u64[] u64[] i64[] i64[] u64[]")
def take_pieces(first, second, begins, offsets, taken):
    """Copy pieces of two arrays, which are counted through, one after another.

    Args:
        first, second: uint64[a], uint64[b].
        begins: int64[k], where each piece begins; none reaches from one array into the other.
        offsets: int64[k + 1], where each is to begin in `taken`.
        taken: uint64[offsets[k]], filled.
    """
    for k in range(begins.size):
        begin, out, size = begins[k], offsets[k], offsets[k + 1] - offsets[k]
        if begin < first.size:
            for i in range(size):
                taken[out + i] = first[begin + i]
        else:
            for i in range(size):
                taken[out + i] = second[begin - first.size + i]


@kernel("u64[] u64[] u64[] i64[] -> i64")
def likely_repeated(keys, once, again, rows):
    """The rows of all keys that stand there more than once, and of those few that share a bit with another.

    Args:
        keys: uint64[n].
        once, again: uint64[m] of zeros, m a power of two: room for a bit of each key that was seen, and seen again.
        rows: int64[n], filled with the rows, increasing.

    Returns:
        How many rows there are.
    """
    mask = U(once.size - 1)
    for i in range(keys.size):
        h = keys[i] * _SEED
        place, bit = np.int64((h >> U(6)) & mask), U(1) << (h & U(63))
        again[place] |= once[place] & bit
        once[place] |= bit
    count = 0
    for i in range(keys.size):
        h = keys[i] * _SEED
        rows[count] = i
        count += (again[np.int64((h >> U(6)) & mask)] >> (h & U(63))) & U(1) != U(0)
    return count


@kernel("u64[] -> u64")
def join_hashes(words):
    """The hash of a sequence of word hashes, as the n-gram kernels make it."""
    h = words[0]
    for k in range(1, words.size):
        h = _join(h, words[k])
    return h


@part
def _log_choose(n, k):
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


@kernel("i64[] i64[] i64 f64[]")
def unseen(counts, totals, size, out):
    """P(K = 0) for hypergeometric K: none of `counts[i]` marked documents among `size` drawn from `totals[i]`.

    A document frequency of Y contributes 1 - P(K = 0) to the expected number of types among `size` documents
    (Chao et al. 2014, equation 4 for incidence data). Fills out, float64 like counts.
    """
    for i in range(counts.size):
        total = totals[i]
        rest = total - counts[i]
        if rest < size:
            out[i] = 0.0
        elif counts[i] <= 64:
            p = 1.0
            for j in range(counts[i]):
                p *= (total - size - j) / (total - j)
            out[i] = p
        else:
            drawn = math.lgamma(total - size + 1.0) - math.lgamma(total + 1.0)
            out[i] = math.exp(drawn + math.lgamma(rest + 1.0) - math.lgamma(rest - size + 1.0))


@kernel("i64[] i64 i64 f64[]")
def expected_k_log_k(counts, total, size, out):
    """E[K log K] for hypergeometric K, exact where the mean is below 50, by Taylor's series above (1e-6).

    Fills out, float64 of zeros like counts.
    """
    for i in range(counts.size):
        y = counts[i]
        share = size / total
        mean = y * share
        if mean >= 50.0:
            variance = mean * (1 - y / total) * (total - size) / max(total - 1.0, 1.0)
            third = variance * (1 - 2 * y / total) * (1 - 2 * share)
            fourth = 3 * variance * variance
            out[i] = mean * math.log(mean) + variance / (2 * mean) - third / (6 * mean**2) + fourth / (12 * mean**3)
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


@kernel("i32[] i64[] i64[]")
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


@kernel("i32[] i32[]")
def roots(parents, out):
    """The root of each element, int32 like parents; parents come before their children."""
    for i in range(parents.size):
        out[i] = i if parents[i] == i else out[parents[i]]
