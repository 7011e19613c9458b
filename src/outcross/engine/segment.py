"""Puts spaces between the words of scripts that have none, by a segmenter from an extra."""

from collections.abc import Callable
from functools import cache

import pyarrow as pa

from outcross.doors import optional
from outcross.errors import CallError

SEGMENTERS = ("budoux",)

_KANA, _THAI = range(0x3040, 0x3100), range(0x0E00, 0x0E80)


def check_segmenter(name: str) -> None:
    """Make sure that a segmenter can be used, before any work is done.

    Raises:
        CallError: there is no segmenter of this name.
        MissingExtraError: it is not installed.
    """
    if name not in SEGMENTERS:
        raise CallError(f"There is no segmenter {name!r}.", hint=f"There is: {', '.join(SEGMENTERS)}.")
    optional(name, extra="segment", purpose="put spaces between words")


def segmented(texts: pa.LargeStringArray, segmenter: str) -> pa.LargeStringArray:
    """The texts with a space between words wherever Chinese, Japanese or Thai is written."""
    check_segmenter(segmenter)
    import pyarrow.compute as pc  # noqa: PLC0415 - takes as long as Arrow itself, only for those who segment

    # RE2 spells code points in its own way.
    pattern = r"[\x{0E00}-\x{0E7F}\x{3040}-\x{30FF}\x{3400}-\x{9FFF}]"
    concerned = pc.match_substring_regex(texts, pattern)
    if not pc.any(concerned).as_py():
        return texts
    split = [
        _spaced(text) if touched else text
        for text, touched in zip(texts.to_pylist(), concerned.to_pylist(), strict=True)
    ]
    return pa.array(split, pa.large_string())


def _spaced(text: str) -> str:
    language = "zh-hans"
    if any(ord(character) in _KANA for character in text):
        language = "ja"
    elif any(ord(character) in _THAI for character in text):
        language = "th"
    return " ".join(_parser(language)(text))


@cache
def _parser(language: str) -> Callable[[str], list[str]]:
    """The segmenter of a language, which is small and comes with its package."""
    budoux = optional("budoux", extra="segment", purpose="put spaces between words")
    loaders = {
        "ja": budoux.load_default_japanese_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }
    parse: Callable[[str], list[str]] = loaders[language]().parse
    return parse
