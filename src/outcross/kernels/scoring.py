"""Native loops of a linear score over hashed words and pairs of words.

A document's features are the slots of its different words and pairs of neighbouring words, each once. They are
computed from the hashes of words that a batch has already, so the score costs one table look-up each.

A module of its own: no kernel here calls one of `text.py`, whose cache would otherwise not see changes here.
"""

import numpy as np

from outcross.kernels.compiler import any64, kernel, part
from outcross.kernels.tables import WORD

U = np.uint64
BITS = 18
"""The features of a score have 2^BITS slots: 262,144 weights of one byte stay in a core's second cache."""
_SHIFT = U(64 - BITS)
_WORD = U(0x9E3779B97F4A7C15)
_GRAM = U(0x9FB21C651E98DF25)
_PAIR = U(0xC4CEB9FE1A85EC53)

# Columns of `survey`: bytes looked at; of those symbols of code, and digits and tabs; whether there is anything to
# canonicalise.
BYTES, SYMBOLS, FIGURES, CHANGES, SURVEY = 0, 1, 2, 3, 4


@part
def _slot_of_word(a):
    """The slot of a word."""
    return np.int64((a * _WORD) >> _SHIFT)


@part
def _slot_of_pair(a, b):
    """The slot of two words in a row."""
    return np.int64(((a * _GRAM + b) * _PAIR) >> _SHIFT)


@part
def _tally(cells, slot, d, total, count):
    """Add the weight of a slot that is new to the document; whether it is cannot be guessed, so no branch asks."""
    cell = cells[slot]
    new = np.int64(cell >> 8 != d + 1)
    cells[slot] = ((d + 1) << 8) | (cell & 255)
    return total + (cell & 255) * new, count + new


@kernel("u64[] i64[] i64 bool[] i64[] i64[] i32[]")
def add_weights(tokens, doc_tokens, most, chosen, sums, counts, cells):
    """Add the weights of each document's different features.

    Args:
        tokens, doc_tokens: the words.
        most: words of each document that are looked at, from its beginning.
        chosen: bool[n], the documents that are looked at; of others nothing is filled.
        sums: int64[n], filled with the sum of weights.
        counts: int64[n], filled with the number of features.
        cells: int32[2^BITS], each slot's weight + 128; above it the number of the last document that had the slot is
            put, so both come with one access.
    """
    for d in range(doc_tokens.size - 1):
        if not chosen[d]:
            continue
        first = doc_tokens[d]
        last = min(doc_tokens[d + 1], first + most)
        total, count = 0, 0
        if first < last:
            before = tokens[first]
            total, count = _tally(cells, _slot_of_word(before), d, total, count)
            # Unsigned, so that no place is taken for one from the end.
            for i in range(U(first + 1), U(last)):
                word = tokens[i]
                total, count = _tally(cells, _slot_of_word(word), d, total, count)
                total, count = _tally(cells, _slot_of_pair(before, word), d, total, count)
                before = word
        sums[d] = total - 128 * count
        counts[d] = count


@kernel("u8[] i64[] i64[] bool[] i64[,]")
def survey(data, begins, ends, changes, out):
    """Count what tells code and tables from prose, and find out whether there is anything to canonicalise.

    Blocks of 64 bytes are counted in plain arithmetic, so that it runs in vectors: of a number that is known, so that
    nothing is left over.

    Args:
        data: uint8, the bytes of all documents.
        begins, ends: int64[n], the part of each document that is looked at.
        changes: bool[p], whether canonicalisation changes a code point; those from p on are not changed.
        out: int64[n, SURVEY], filled.
    """
    for d in range(begins.size):
        begin, end = begins[d], ends[d]
        symbols, figures = 0, 0
        changed = False
        last = begin + ((end - begin) & -64)
        for block in range(begin, last, 64):
            some, few = _tell(data, block, 64)
            symbols += some
            figures += few
            if not changed and (block == begin or block + 64 == end or _may_change(data, block)):
                changed = _changes(data, (begin, block, block + 64, end), changes)
        if last < end:
            some, few = _tell(data, last, end - last)
            symbols += some
            figures += few
            changed = changed or _changes(data, (begin, last, end, end), changes)
        out[d, BYTES], out[d, SYMBOLS], out[d, FIGURES], out[d, CHANGES] = end - begin, symbols, figures, changed


@part
def _tell(data, block, size):
    """Of 64 bytes at most, how many are symbols of code, and how many digits or tabs."""
    # Kept in a byte each, of which a vector holds the most.
    some, few = np.uint8(0), np.uint8(0)
    for k in range(size):
        c = data[block + k]
        some = np.uint8(some + _is_symbol(c))
        few = np.uint8(few + np.uint8((np.uint8(c - np.uint8(0x30)) < np.uint8(10)) | (c == np.uint8(9))))
    return np.int64(some), np.int64(few)


@part
def _may_change(data, block):
    """Whether `_changes` may find something in 64 bytes that have others on both sides."""
    look = np.uint8(0)
    for k in range(64):
        look = np.uint8(look | _is_suspect(data[block + k - 1], data[block + k], data[block + k + 1]))
    return look != np.uint8(0)


@part
def _is_symbol(c):
    r"""1 for a symbol of code: ( ) ; < = > [ \ ] ^ _ ` { | } ~."""
    return np.uint8(
        (np.uint8(c - np.uint8(0x28)) < np.uint8(2)) | (np.uint8(c - np.uint8(0x3B)) < np.uint8(4))
        | (np.uint8(c - np.uint8(0x5B)) < np.uint8(6)) | (np.uint8(c - np.uint8(0x7B)) < np.uint8(4))
    )  # fmt: skip


@part
def _is_suspect(before, c, after):
    """1 where `_changes` may find something at a byte between these: at any other it finds nothing."""
    edge = (c == np.uint8(0x5F)) & (_blank(before) | _blank(after))
    twice = ((c == np.uint8(0x5D)) & (after == np.uint8(0x28))) | ((c == np.uint8(0x60)) & (after == c))
    return np.uint8((c >= np.uint8(0xC0)) | edge | twice)


@part
def _changes(data, place, changes):
    """Whether canonicalisation changes words in these bytes."""
    begin, block, stop, end = place
    for i in range(block, stop):
        c = data[i]
        if c >= 0xC0:
            point = _point(data, i)
            if point < changes.size and changes[point]:
                return True
        elif c == 0x5F:  # an underscore at the edge of a word: emphasis
            if i == begin or i + 1 == end or _blank(data[i - 1]) or _blank(data[i + 1]):
                return True
        elif c == 0x5D:  # ](address)
            if i + 1 < end and data[i + 1] == 0x28:
                return True
        elif c == 0x60 and i + 2 < end and data[i + 1] == 0x60 and data[i + 2] == 0x60:  # a fence
            return True
    return False


@kernel("u8[] i64[] i64[] i64 (u64[] u8[]) u8[] i64[] -> i64")
def canonicalise(data, begins, ends, most, tables, out, sizes):
    """Make documents canonical: other code points for some, and no underscores at the edges of words.

    Args:
        data: uint8, the bytes of all documents.
        begins, ends: int64[n], where each document begins and ends.
        most: characters of each document that are looked at.
        tables: (forms uint64[p], what a code point becomes, see `linear.packed`, or TOO_MUCH; those from p on are too
            much, too; classes, see `kernels.tables`).
        out: uint8, as long as all these documents; filled.
        sizes: int64[n], filled with the bytes of each in `out`; -1 for one with more to do about it than this.

    Returns:
        How many bytes were filled.
    """
    count = 0
    for d in range(begins.size):
        place = (begins[d], _cut(data, begins[d], ends[d], most))
        size = _swap(data, place, tables[0], (out, count))
        if size > 0:
            size = _drop_emphasis(out, (count, count + size), tables[1])
        sizes[d] = size
        count += max(size, 0)
    return count


TOO_MUCH = U(0xFFFFFFFFFFFFFFFF)
"""What stands in a table of forms for a code point that more must be known of."""


@part
def _cut(data, begin, end, most):
    """Where a document ends of which so many characters at most are looked at."""
    i = begin
    for _ in range(most if end - begin > most else 0):
        if i < end:
            i += 1
            while i < end and data[i] & 0xC0 == 0x80:
                i += 1
    return i if end - begin > most else end


@part
def _swap(data, place, forms, made):
    """Copy a document with other code points for some; its bytes, or -1 where one is too much."""
    i, end = place
    out, first = made
    count = first
    while i < end:
        if i + 64 <= end and any64(data, i, 0x80) == U(0):  # all ASCII
            for k in range(64):
                out[count + k] = data[i + k]
            count += 64
            i += 64
            continue
        c = data[i]
        if c >= 0xC0:
            point = _point(data, i)
            form = forms[point] if point < forms.size else TOO_MUCH
            if form == TOO_MUCH:
                return -1
            for _ in range(form & U(3)):
                form >>= U(20)
                count = _write(out, count, np.int64((form >> U(2)) & U(0xFFFFF)))
            i += 2 if c < 0xE0 else (3 if c < 0xF0 else 4)
            continue
        out[count] = c
        count += 1
        i += 1
    return count - first


@part
def _write(out, count, point):
    """Write a code point as UTF-8; where the next one goes."""
    if point < 0x80:
        out[count] = point
        return count + 1
    if point < 0x800:
        out[count], out[count + 1] = 0xC0 | (point >> 6), 0x80 | (point & 0x3F)
        return count + 2
    if point < 0x10000:
        out[count], out[count + 1] = 0xE0 | (point >> 12), 0x80 | ((point >> 6) & 0x3F)
        out[count + 2] = 0x80 | (point & 0x3F)
        return count + 3
    out[count], out[count + 1] = 0xF0 | (point >> 18), 0x80 | ((point >> 12) & 0x3F)
    out[count + 2], out[count + 3] = 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)
    return count + 4


@part
def _drop_emphasis(data, place, classes):
    """Take underscores at the edges of words out of a document, where it lies.

    Returns:
        Its bytes, or -1 where there are links or fences, which are another matter.
    """
    begin, end = place
    i, count = begin, begin
    while i < end:
        if i + 64 <= end and not _may_be_marked(data, i):
            for k in range(64 if count < i else 0):
                data[count + k] = data[i + k]
            count += 64
            i += 64
            continue
        c = data[i]
        if c != 0x5F:
            if _begins_more(data, i, end):
                return -1
            data[count] = c
            count += 1
            i += 1
            continue
        stop = i + 1
        while stop < end and data[stop] == 0x5F:
            stop += 1
        # What stood before is looked at where it was put: it may have been moved over where it was.
        if i > begin and stop < end and _in_word_before(data, count, classes) and _in_word(data, stop, classes):
            for _ in range(i, stop):
                data[count] = 0x5F
                count += 1
        i = stop
    return count - begin


@part
def _begins_more(data, i, end):
    """Whether the address of a link, or a fence, begins here."""
    c = data[i]
    if c == 0x5D:
        return i + 1 < end and data[i + 1] == 0x28
    return c == 0x60 and i + 2 < end and data[i + 1] == 0x60 and data[i + 2] == 0x60


@part
def _may_be_marked(data, block):
    """Whether 64 bytes hold an underscore, the end of a link's text, or a part of a fence."""
    look = np.uint8(0)
    for k in range(64):
        c = data[block + k]
        look = np.uint8(look | (c == np.uint8(0x5F)) | (c == np.uint8(0x5D)) | (c == np.uint8(0x60)))
    return look != np.uint8(0)


@part
def _in_word(data, i, classes):
    """Whether the character that begins at i is in a word."""
    point = np.int64(data[i])
    if point >= 0xC0:
        point = _point(data, i)
    return point < classes.size and classes[point] & WORD != 0


@part
def _in_word_before(data, i, classes):
    """Whether the character that ends before i is in a word."""
    i -= 1
    while data[i] & 0xC0 == 0x80:
        i -= 1
    return _in_word(data, i, classes)


@part
def _blank(c):
    """Whether an ASCII byte is in no word."""
    return (
        (c < np.uint8(0x30)) | (np.uint8(c - np.uint8(0x3A)) < np.uint8(7))
        | (np.uint8(c - np.uint8(0x5B)) < np.uint8(4)) | (c == np.uint8(0x60))
        | (np.uint8(c - np.uint8(0x7B)) < np.uint8(5))
    )  # fmt: skip


@part
def _point(data, i):
    """The code point at i, in valid UTF-8."""
    c = np.int64(data[i])
    if c < 0xE0:
        return ((c & 0x1F) << 6) | (np.int64(data[i + 1]) & 0x3F)
    if c < 0xF0:
        return ((c & 0x0F) << 12) | ((np.int64(data[i + 1]) & 0x3F) << 6) | (np.int64(data[i + 2]) & 0x3F)
    point = ((c & 0x07) << 18) | ((np.int64(data[i + 1]) & 0x3F) << 12)
    return point | ((np.int64(data[i + 2]) & 0x3F) << 6) | (np.int64(data[i + 3]) & 0x3F)


@kernel("u64[] i64[] i64 i32[] i64[] i32[] -> i64")
def list_features(tokens, doc_tokens, most, slots, places, seen):
    """The features of each document, as `add_weights` finds them.

    Args:
        tokens, doc_tokens: the words.
        most: words of each document that are looked at.
        slots: int32[2 t], filled; the number of features is returned.
        places: int64[n + 1], filled with where each document's features begin.
        seen: int32[2^BITS] of -1, for use inside.
    """
    count = 0
    for d in range(doc_tokens.size - 1):
        places[d] = count
        first = doc_tokens[d]
        for i in range(first, min(doc_tokens[d + 1], first + most)):
            for pair in range(2):
                if pair == 1 and i == first:
                    continue
                slot = _slot_of_pair(tokens[i - 1], tokens[i]) if pair == 1 else _slot_of_word(tokens[i])
                if seen[slot] != d:
                    seen[slot] = d
                    slots[count] = slot
                    count += 1
    places[doc_tokens.size - 1] = count
    return count


@kernel("(i32[] i64[]) i64[] f64[] f64[] (f64[] f64[] f64[]) -> f64")
def descend(examples, order, labels, costs, model):
    """One pass of dual coordinate descent for logistic regression (Yu, Huang & Lin 2011, algorithm 5).

    Minimises ||w||^2 / 2 + sum of cost * log(1 + exp(-label * (w x + b))), where x has 1 / sqrt(features) in
    each of a document's slots, so every document has length 1; b is the weight of a feature that is always 1.

    Args:
        examples: (slots, places), as `list_features` makes them.
        order: int64[m], the documents in the order of the pass.
        labels, costs: float64[n], 1 or -1, and the weight of each document.
        model: (weights float64[2^BITS], bias float64[1], duals float64[n]), changed.

    Returns:
        The largest change of a dual as a part of its range.
    """
    slots, places = examples
    weights, bias, duals = model
    worst = 0.0
    for d in order:
        first, last = places[d], places[d + 1]
        unit = 1.0 / np.sqrt(max(last - first, 1))
        total = 0.0
        for j in range(first, last):
            total += weights[slots[j]]
        margin = labels[d] * (total * unit + bias[0])
        old, cost = duals[d], costs[d]
        new = _minimum(old, cost, margin, 2.0 if last > first else 1.0)
        duals[d] = new
        worst = max(worst, abs(new - old) / cost)
        step = (new - old) * labels[d]
        bias[0] += step
        for j in range(first, last):
            weights[slots[j]] += step * unit
    return worst


@part
def _minimum(old, cost, margin, square):
    """The dual that minimises q (z - old)^2 / 2 + margin (z - old) + z log z + (c - z) log(c - z).

    Newton's steps, and halving where one would leave the interval that holds the minimum.
    """
    low, high = 0.0, cost
    z = old
    for _ in range(50):
        slope = square * (z - old) + margin + np.log(z / (cost - z))
        if abs(slope) < 1e-6:
            break
        if slope > 0.0:
            high = z
        else:
            low = z
        z -= slope / (square + cost / (z * (cost - z)))
        if not low < z < high:
            z = (low + high) / 2.0
    # Kept off the ends, where the logarithms have no value.
    return min(max(z, cost * 1e-12), cost * (1.0 - 1e-12))
