"""What the kernels compute, in plain Python: slow, short, and obviously right."""

import math
import re
from collections import Counter
from fractions import Fraction

from outcross.kernels.tables import _RANGES, SCRIPTS, UNSPACED

MASK = (1 << 64) - 1
GRAM = 0x9FB21C651E98DF25
GROUP_BITS = 31


def words_as_written(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def lowered(word: str) -> str:
    """Lower case one code point at a time, the first where there are several (U+0130)."""
    return "".join(one.lower()[0] for one in word)


def words(text: str) -> list[str]:
    return [lowered(word) for word in words_as_written(text)]


def script_of(character: str) -> str:
    """The script of a letter; "common" for digits and the like."""
    if not character.isalpha():
        return "common"
    point = ord(character)
    for name, ranges in _RANGES:
        if any(first <= point <= last for first, last in ranges):
            return name
    return "other"


def script_of_word(word: str) -> str:
    """A word of ASCII alone is Latin, be it a number; another is of the first script in it."""
    if word.isascii():
        return "Latin"
    return next((script_of(one) for one in word if script_of(one) != "common"), "common")


def scripts(text: str) -> dict[str, int]:
    """Characters of words by script."""
    counts = dict.fromkeys(SCRIPTS, 0)
    for word in words_as_written(text):
        counts[script_of_word(word)] += len(word)
    return counts


UNIT = re.compile("[0-9]*(?:\u03bc[A-Za-z]{1,4}|[^\\W\u0080-\U0010ffff]\u03a9)")


def confusables(text: str) -> int:
    """Words that mix Latin with Greek or Cyrillic and are no units."""
    mixing = [word for word in words_as_written(text) if not UNIT.fullmatch(word)]
    mixed = [{script_of(one) for one in word} for word in mixing]
    return sum("Latin" in found and bool(found & {"Greek", "Cyrillic"}) for found in mixed)


def unspaced_letters(text: str) -> int:
    """Characters of words that hold a letter of a script without spaces."""
    return sum(len(word) for word in words_as_written(text) if any(script_of(one) in UNSPACED for one in word))


def repeats(parts: list, sizes: list[int]) -> tuple[int, int, int, int]:
    """Parts, those that repeat an earlier one, and the bytes of both."""
    seen, again = set(), []
    for part in parts:
        again.append(part in seen)
        seen.add(part)
    repeated = sum(size for size, one in zip(sizes, again, strict=True) if one)
    return len(parts), sum(again), sum(sizes), repeated


def lines(text: str) -> list[int]:
    """Of lines, then of paragraphs: how many, how many repeat, bytes in them, bytes in repeated ones; characters."""
    every = [b"" if line == b"\r" else line for line in text.encode().split(b"\n")]
    filled = [line for line in every if line]
    paragraphs: list[tuple[bytes, ...]] = [()]
    for line in every:
        paragraphs = [*paragraphs[:-1], (*paragraphs[-1], line)] if line else [*paragraphs, ()]
    paragraphs = [one for one in paragraphs if one]
    return [
        *repeats(filled, [len(line) for line in filled]),
        *repeats(paragraphs, [sum(map(len, one)) for one in paragraphs]),
        len(text),
    ]


def repetition(text: str) -> list[int]:
    """Rae et al. 2021, A1.1: characters of words; of the top 2-, 3-, 4-gram; in repeated 5- to 10-grams."""
    found = words(text)
    sizes = [len(word) for word in found]
    top = [_top_ngram(found, sizes, order) for order in (2, 3, 4)]
    return [sum(sizes), *top, *(_repeated_ngrams(found, sizes, order) for order in range(5, 11))]


def grams(found: list, order: int) -> list[tuple]:
    return [tuple(found[place : place + order]) for place in range(len(found) - order + 1)]


def _top_ngram(found: list[str], sizes: list[int], order: int) -> int:
    counts = Counter(grams(found, order))
    most = max(counts.values(), default=0)
    longest = max((sum(map(len, gram)) for gram, count in counts.items() if count == most), default=0)
    return most * longest if most > 1 else 0


def _repeated_ngrams(found: list[str], sizes: list[int], order: int) -> int:
    seen, covered = set(), set()
    for place, gram in enumerate(grams(found, order)):
        if gram in seen:
            covered.update(range(place, place + order))
        seen.add(gram)
    return sum(sizes[place] for place in covered)


def joined(hashes: list[int]) -> int:
    """The hash of an n-gram from the hashes of its words."""
    whole = hashes[0]
    for one in hashes[1:]:
        whole = (whole * GRAM + one) & MASK
    return whole


def sampled_types(documents: list[list[int]], groups: list[int], order: int, cap: int) -> tuple[int, dict]:
    """Types below the lowest level that holds, apart by group: (occurrences, documents) by key."""
    counts: dict[int, list[int]] = {}
    for found, group in zip(documents, groups, strict=True):
        inside = Counter((joined(list(gram)) & ~GROUP_BITS) | group for gram in grams(found, order))
        for key, times in inside.items():
            row = counts.setdefault(key, [0, 0])
            row[0] += times
            row[1] += 1
    level = 0
    while sum(key >> (64 - level) == 0 for key in counts) > cap:
        level += 1
    return level, {key: tuple(row) for key, row in counts.items() if key >> (64 - level) == 0}


def unseen(held: int, total: int, size: int) -> Fraction:
    """P(none of `held` marked documents is among `size` of `total`), exactly."""
    return Fraction(math.comb(total - held, size), math.comb(total, size))


def jaccard(one: str, two: str) -> float:
    """Of the sets of word 5-grams."""
    first, second = (set(grams(words(text), 5)) for text in (one, two))
    return len(first & second) / len(first | second)
