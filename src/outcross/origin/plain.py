"""Canonical text for the score: what hides words from it is taken out, so that a cheap disguise costs nothing.

Compatibility forms (NFKC), characters that are not seen, letters of other alphabets that look Latin, emphasis by
underscores, addresses of links, fenced code. Most documents have none of it, and are not touched: the
kernel's survey tells which have (see `outcross.kernels.linear.survey`).
"""

import re
import unicodedata
from functools import cache

import numpy as np

from outcross.kernels.linear import packed
from outcross.measure import Array

POINTS = 0x20000
"""Code points that are looked up; beyond are rare Han characters, tags and private use."""

LONGEST = 1 << 15
"""Characters of a document that are made canonical: more than the score looks at."""

# What is not seen: soft hyphen, joiners and zero widths, directions, fillers, variation selectors.
UNSEEN = frozenset(
    [
        0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0, *range(0x180B, 0x1810),
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10),
    ]
)  # fmt: skip

# Letters that look like Latin ones, after Unicode TR 39; those in use by tools that swap them.
_LOOKALIKES = {
    # Cyrillic
    "авекмнорстухіѕјԁԛԝһӏьгпь": "aBeKMHopcTyxisjdqwhlbrnb",
    "АВЕКМНОРСТУХІЅЈԌԚԜҺӀҮү": "ABEKMHOPCTYXISJGQWHIYy",
    # Greek
    "αβγεηικνορτυχωϲϳ": "aByenikvoptuxwcj",
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ": "ABEZHIKMNOPTYXCJ",
    # Armenian, Cherokee, IPA, small capitals and others
    "օոսցհյզԼՕՏ": "onughjqLOS",
    "ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ": "ABCDEGHiJKLMPRSTVWZ",
    "ɑɡɩıɪʏᴀʙᴄᴅᴇɢʜᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡᴢꜱ": "agiiiyabcdeghjklmnoprtuvwzs",
}
CONFUSABLES: dict[int, str] = {
    ord(one): latin for many, few in _LOOKALIKES.items() for one, latin in zip(many, few, strict=True)
}
_SWAPPED: dict[int, str] = CONFUSABLES | dict.fromkeys(UNSEEN, "")

_FENCE = re.compile(r"^ {0,3}```.*?(?:^ {0,3}```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
# Underscores inside a word, as in names of programs, stay; at its edge they are emphasis. Begins with a letter, so
# that it is searched for fast.
_EMPHASIS = re.compile(r"_(?:(?<!\w_)_*+|_*+(?!\w))")
_TO_SWAP = re.compile("[" + "".join(re.escape(chr(point)) for point in sorted(_SWAPPED)) + "]")


def canonical(text: str) -> str:
    """The text as the score reads it, as far as words go: blanks, case and other marks make no words.

    >>> canonical("Ｄｅlve into a rich t\u200bаpestry, _as_ [they](http://x.y) say")
    'Delve into a rich tapestry, as [they  say'
    """
    plain = text[:LONGEST]
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
        # One by one, of those that are there: none becomes another, and `translate` takes ten times as long.
        for one in set(_TO_SWAP.findall(plain)):
            plain = plain.replace(one, _SWAPPED[ord(one)])
    if "```" in plain:
        plain = _FENCE.sub(" ", plain)
    if "](" in plain:
        plain = _LINK.sub(" ", plain)
    return _EMPHASIS.sub("", plain) if "_" in plain else plain


@cache
def changed_points() -> Array:
    """Which code points canonicalisation changes so that words change: bool[POINTS]."""
    changes = np.zeros(POINTS, np.bool_)
    for point, form in _compatible().items():
        changes[point] = chr(point).isalnum() or any(letter.isalnum() for letter in form)
    changes[0x300:0x370] = True  # a mark may join with the letter before it
    changes[[point for point in _SWAPPED if point < POINTS]] = True
    return changes


# Blocks that hold no mark and no letter of Hangul, which may join with what stands before them.
_APART = (
    (0, 0x300), (0x370, 0x483), (0x531, 0x590), (0x2000, 0x20D0), (0x2100, 0x2C00), (0x3000, 0x302A), (0x3041, 0x3097),
    (0x30A1, 0x3130), (0x3200, 0xA000), (0xAC00, 0xD7A4), (0xFF00, 0xFF9E), (0x1F000, 0x1FB00),
)  # fmt: skip


@cache
def forms() -> Array:
    """What each code point becomes in canonical text, where that is one thing always; see `kernels.linear.packed`."""
    alone = np.zeros(POINTS, np.bool_)
    for first, end in _APART:
        alone[first:end] = True
    swapped = {point: _swapped(form) for point, form in _compatible().items()}
    swapped |= {point: form for point, form in _SWAPPED.items() if point not in swapped}
    for point, form in swapped.items():
        alone[point] &= all(ord(one) < POINTS and alone[ord(one)] for one in form)
    return packed({point: form for point, form in swapped.items() if alone[point]}, alone)


def _swapped(form: str) -> str:
    return "".join(_SWAPPED.get(ord(one), one) for one in form)


@cache
def _compatible() -> dict[int, str]:
    """The compatibility form of each code point below POINTS that has another than itself."""
    points = np.arange(0x80, POINTS, dtype=np.uint32)
    # All in one go, which is forty times as fast; a NUL joins with nothing.
    text = np.stack([points, np.zeros_like(points)], axis=1).tobytes().decode("utf-32-le", "surrogatepass")
    pairs = zip(text.split("\0"), unicodedata.normalize("NFKC", text).split("\0"), strict=True)
    return {point: form for point, (one, form) in enumerate(pairs, 0x80) if form != one}
