"""What the kernels must know of Unicode: which code points make words, their lower case and their script.

Made from this Python's own `unicodedata` once a process (0.02 s), so that the kernels and the plain-Python
oracle in the tests agree by construction. Code points from 0x40000 on are never letters.
"""

import re
from functools import cache
from typing import Any

import numpy as np

LIMIT = 0x40000
WORD = 0x80
INVISIBLE = 0x40
SCRIPT_MASK = 0x3F

# Blocks of the scripts that training text is likely to hold; everything else is "other".
_RANGES: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = (
    ("common", ()),
    ("Latin", ((0x41, 0x24F), (0x250, 0x2AF), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xFF21, 0xFF5A))),
    ("Greek", ((0x370, 0x3FF), (0x1F00, 0x1FFF))),
    ("Cyrillic", ((0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F))),
    ("Armenian", ((0x530, 0x58F),)),
    ("Hebrew", ((0x590, 0x5FF), (0xFB1D, 0xFB4F))),
    ("Arabic", ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))),
    ("Devanagari", ((0x900, 0x97F), (0xA8E0, 0xA8FF))),
    ("Bengali", ((0x980, 0x9FF),)),
    ("Gurmukhi", ((0xA00, 0xA7F),)),
    ("Gujarati", ((0xA80, 0xAFF),)),
    ("Tamil", ((0xB80, 0xBFF),)),
    ("Telugu", ((0xC00, 0xC7F),)),
    ("Kannada", ((0xC80, 0xCFF),)),
    ("Malayalam", ((0xD00, 0xD7F),)),
    ("Sinhala", ((0xD80, 0xDFF),)),
    ("Thai", ((0xE00, 0xE7F),)),
    ("Lao", ((0xE80, 0xEFF),)),
    ("Tibetan", ((0xF00, 0xFFF),)),
    ("Myanmar", ((0x1000, 0x109F), (0xAA60, 0xAA7F))),
    ("Georgian", ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F))),
    ("Hangul", ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))),
    ("Ethiopic", ((0x1200, 0x139F), (0x2D80, 0x2DDF))),
    ("Khmer", ((0x1780, 0x17FF),)),
    ("Kana", ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F), (0x1B000, 0x1B16F))),
    ("Han", ((0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
             (0x20000, 0x323AF))),
    ("other", ()),
)  # fmt: skip

SCRIPTS: tuple[str, ...] = tuple(name for name, _ in _RANGES)
"""Script names by their number in the kernels."""

UNSPACED: tuple[str, ...] = ("Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan")
"""Scripts that put no space between words: `\\w+` takes a whole run of them as one word."""

# Zero-width and formatting characters with no visible form. The joiners U+200C and U+200D are kept apart in
# the kernel: between non-ASCII letters they are ordinary spelling.
_INVISIBLE = (0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, *range(0x200B, 0x2010),
              *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFFF9, 0xFFFC), 0xFEFF)  # fmt: skip


@cache
def tables() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The class of each code point (bits: word, invisible, script number) and its lower case.

    Returns:
        classes: uint8[LIMIT]; lower: uint32[LIMIT]. A code point whose lower case is several
        characters (such as U+0130) maps to the first of them.
    """
    characters = np.arange(LIMIT, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    word, letters = np.zeros(LIMIT, np.bool_), np.zeros(LIMIT, np.bool_)
    for run in re.finditer(r"\w+", characters):
        span = slice(*run.span())
        word[span] = True
        # Most runs are letters alone: asked of a whole one it takes a tenth of the time.
        letters[span] = run.group().isalpha() or [one.isalpha() for one in run.group()]
    classes = np.zeros(LIMIT, np.uint8)
    classes[letters] = SCRIPTS.index("other")
    for number, (_, ranges) in enumerate(_RANGES):
        for first, last in ranges:
            span = slice(first, last + 1)
            classes[span][letters[span]] = number
    classes[word] |= WORD
    classes[list(_INVISIBLE)] |= INVISIBLE
    return classes, _lower_case(characters)


def _lower_case(characters: str) -> np.ndarray[Any, Any]:
    """The first character of each one's lower case, uint32[n]; in one go, which is ten times as fast as one by one."""
    # The two whose lower case is of another length, or another at the end of a word.
    alone = characters.replace("\u0130", "i").replace("\u03a3", "\u03c3")
    return np.frombuffer(alone.lower().encode("utf-32-le", "surrogatepass"), np.uint32)
