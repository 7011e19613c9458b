"""Text that others wrote, made safe to look at: nothing hidden, nothing live, nothing endless.

Documents, their ids, their groups and their paths are hostile until shown otherwise. What would steer the
reader's screen (control characters, bidirectional overrides), what cannot be seen (zero-width and filler
characters) and what piles up over its neighbours (stacks of combining marks) is written as an escape that can
be seen. Markup is then left to each format: HTML escapes by itself, Markdown here, the terminal has none.
"""

import re
import unicodedata
from collections.abc import Iterator

LIMIT = 120
"""Characters of a text that are shown unless the caller asks for another number."""

BLANK = "(blank)"
"""Stands for text that is nothing but spaces."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    chr(code) for start, end in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
    for code in range(start, end + 1)
)  # fmt: skip
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MARKS = frozenset({"Mn", "Me"})
_MARKS_IN_A_ROW = 4
_FORMULA = frozenset("=+-@＝＋－＠")  # noqa: RUF001 - spreadsheets take the wide ones too
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>&#|~$@:]")
_WWW = re.compile(r"(?i)(?<=www)\.")


def visible(text: object) -> str:
    r"""The text on one line, with everything that steers or hides written as an escape.

    Doing it twice changes nothing.

    >>> print(visible("a\u202eb\nc"))
    a\u202eb\nc
    """
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(_seen(plain))


def _seen(text: str) -> Iterator[str]:
    """Each character, or its escape."""
    marks = _MARKS_IN_A_ROW
    for character in text:
        category = unicodedata.category(character)
        if category in _MARKS:
            marks += 1
            yield character if marks <= _MARKS_IN_A_ROW and character not in _BLANK else _escape(character)
            continue
        marks = 0
        yield _escape(character) if category in _HIDDEN_CATEGORIES or character in _BLANK else character


def _escape(character: str) -> str:
    """The escape that Python itself would write."""
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def shown(text: object, limit: int = LIMIT) -> str:
    """The text as a report shows it: visible, cut at `limit` characters, and no formula for a spreadsheet.

    >>> shown("=1+1")
    "'=1+1"
    >>> shown("abcdef", 4)
    'abc…'
    """
    seen = visible(str(text)[: limit + 1])
    seen = seen.strip() or (BLANK if seen else "")
    if seen[:1] in _FORMULA:
        seen = f"'{seen}"
    return seen if len(seen) <= limit else f"{seen[: limit - 1]}…"


def fitted(text: str, cells: int) -> str:
    """The text cut to so many terminal cells (a wide character takes two)."""
    widths = [2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text]
    if sum(widths) <= cells:
        return text
    room, kept = cells - 1, 0
    while kept < len(text) and room >= widths[kept]:
        room -= widths[kept]
        kept += 1
    return f"{text[:kept]}…"


def markdown(text: str) -> str:
    """The text for a Markdown cell or sentence, where it shows as it is and means nothing.

    Every sign that Markdown or GitHub reads is written as an entity; `www.` is kept from turning into a link.
    """
    return _WWW.sub("&#46;", _MARKDOWN.sub(lambda sign: f"&#{ord(sign[0])};", visible(text)))


def markdown_quote(text: str) -> str:
    """Text from documents for Markdown: inside `<code>`, where GitHub makes no mentions and no emoji."""
    return f"<code>{markdown(text)}</code>" if text else ""
