"""Canonical text for the score: what hides words from it is taken out, so that a cheap disguise costs nothing.

Compatibility forms (NFKC), characters that are not seen, letters of other alphabets that look Latin, emphasis by
underscores, addresses of links, fenced code. Most documents have none of it, and are not touched: the
kernel's survey tells which have (see `outcross.kernels.linear.survey`).
"""

import re
import unicodedata
from functools import cache

import numpy as np

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
_UNDERSCORES = re.compile("_+")


def canonical(text: str) -> str:
    """The text as the score reads it, as far as words go: blanks, case and other marks make no words.

    >>> canonical("Ｄｅlve into a rich t\u200bаpestry, _as_ [they](http://x.y) say")
    'Delve into a rich tapestry, as [they  say'
    """
    plain = text[:LONGEST]
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).translate(_SWAPPED)
    if "```" in plain:
        plain = _FENCE.sub(" ", plain)
    if "](" in plain:
        plain = _LINK.sub(" ", plain)
    return _UNDERSCORES.sub(_inside, plain) if "_" in plain else plain


def _inside(found: re.Match[str]) -> str:
    """Underscores inside a word, as in names of programs; at its edge they are emphasis, and nothing is left."""
    text, begin, end = found.string, found.start(), found.end()
    return found[0] if begin and end < len(text) and text[begin - 1].isalnum() and text[end].isalnum() else ""


@cache
def changed_points() -> Array:
    """Which code points canonicalisation changes so that words change: bool[POINTS]."""
    changes = np.zeros(POINTS, np.bool_)
    for point in range(0x80, POINTS):
        changes[point] = _changes_words(chr(point))
    return changes


def _changes_words(one: str) -> bool:
    """Whether canonicalising this character changes which words there are."""
    if ord(one) in _SWAPPED or 0x300 <= ord(one) <= 0x36F:  # a mark may join with the letter before it
        return True
    form = unicodedata.normalize("NFKC", one)
    return form != one and (one.isalnum() or any(letter.isalnum() for letter in form))
