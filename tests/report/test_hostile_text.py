"""What documents say is shown, and does nothing: in every slot, in every format."""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from outcross.report import (
    comparison_to_html,
    comparison_to_markdown,
    comparison_to_text,
    to_html,
    to_json,
    to_markdown,
    to_notebook,
    to_text,
)
from outcross.report.escape import markdown, shown, visible

markdown_it = pytest.importorskip("markdown_it")  # comes with rich

PIECES = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></table>", "</title></style>",
    "<!--", "-->", "]]>", "&lt;", "&#60;", "'", '"', "`", "``", "|", "\\", "\\|", "*", "_", "#", "~~", "$",
    "$$", "[x](http://e.vil)", "![x](http://e.vil/p.png)", "[x]: http://e.vil", "<http://e.vil>",
    "www.e.vil", "javascript:alert(1)", "@all", ":smile:", "\n", "\n\n# x\n", "\r", "\t", "\x00",
    "\x1b[31m", "\x1b]8;;http://e.vil\x07", "\x9b", "\x7f", "\u202e", "\u2066", "\u200b", "\u200f",
    "\ufeff", "\u2028", "\u3164", "\u00ad", "\U000e0041", "\ud800", "\ufffe", "\u0301" * 30, "\u0489",
    "=cmd()", "+1", "-1", "\uff1d1", "{{ 7*7 }}", "{% raw %}", "[red]", "[/]", "[link=x]", "%s", "{0}",
    "字" * 50, "\ufdfd", "a" * 500, " ", "1. ", "> ", "a",
]  # fmt: skip
payloads = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
HONEST = "hello"
few = settings(max_examples=30, deadline=None)
VOID = {"meta"}
LIVE = {"script", "img", "iframe", "object", "embed", "link", "form", "base"}


class Structure(HTMLParser):
    """The tags of a page, its attributes and its text; tags must close in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.tags.append("/" + tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def structure(page: str) -> Structure:
    read = Structure()
    read.feed(page)
    read.close()
    assert read.open == []
    return read


def markdown_structure(text: str) -> list[str]:
    """Kinds of tokens, and inline HTML as it stands."""
    parser = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    kinds = []
    for token in parser.parse(text):
        kinds.append(token.type)
        kinds += [one.content if one.type == "html_inline" else one.type for one in token.children or []]
    return [kind for kind in kinds if kind not in {"text", "text_special"}]


def hidden(text: str) -> set[str]:
    return {one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n"}


@pytest.fixture(scope="session")
def honest(make_audit: Callable[..., Any], make_comparison: Callable[..., Any]) -> Callable[..., str]:
    """Reports on honest text, each made once."""

    @cache
    def made(render: Callable[..., str]) -> str:
        make = make_comparison if "comparison" in render.__name__ else make_audit
        return render(make(HONEST))

    return made


def pictures(page: str) -> list[str]:
    """The drawings of a page, each with those that lie in it."""
    found, depth, start = [], 0, 0
    for mark in re.finditer(r"<svg |</svg>", page):
        start = mark.start() if not depth else start
        depth += 1 if mark[0] == "<svg " else -1
        if not depth:
            found.append(page[start : mark.end()])
    return found


def assert_harmless(page: str, honest: str) -> None:
    """The page has the structure of the honest one, no handlers, no links out, and nothing hidden."""
    read = structure(page)
    assert read.tags == structure(honest).tags
    assert not {tag for tag in read.tags if tag in LIVE}
    for name, value in read.attributes:
        assert not name.startswith("on")
        assert name not in {"src", "srcset", "action", "background", "xlink:href"}
        assert name != "href" or (value or "").startswith("#")
        assert name != "style"
        assert not hidden(value or "")
    assert not hidden("".join(read.words))
    for svg in pictures(page):
        ET.fromstring(svg)  # noqa: S314 - our own


@few
@given(payload=payloads)
def test_hostile_text_never_yields_live_markup_in_html(
    payload: str, make_audit: Callable[..., Any], honest: Callable[..., str]
) -> None:
    assert_harmless(to_html(make_audit(payload)), honest(to_html))


@few
@given(payload=payloads)
def test_hostile_text_never_yields_live_markup_in_notebooks(
    payload: str, make_audit: Callable[..., Any], honest: Callable[..., str]
) -> None:
    assert_harmless(to_notebook(make_audit(payload)), honest(to_notebook))


@few
@given(payload=payloads)
def test_hostile_text_never_yields_live_markup_in_comparisons(
    payload: str, make_comparison: Callable[..., Any], honest: Callable[..., str]
) -> None:
    assert_harmless(comparison_to_html(make_comparison(payload)), honest(comparison_to_html))
    made = comparison_to_markdown(make_comparison(payload))
    assert markdown_structure(made) == markdown_structure(honest(comparison_to_markdown))
    assert not hidden(made)
    assert not hidden(comparison_to_text(make_comparison(payload), 60))


@few
@given(payload=payloads)
def test_hostile_text_never_yields_live_markup_in_markdown(
    payload: str, make_audit: Callable[..., Any], honest: Callable[..., str]
) -> None:
    made = to_markdown(make_audit(payload))
    assert markdown_structure(made) == markdown_structure(honest(to_markdown))
    assert not hidden(made)
    assert "http://" not in made
    assert not re.search(r"(?i)www\.", made)
    assert "{{" not in made
    assert "{%" not in made


@few
@given(payload=payloads, width=st.sampled_from([40, 60, 80, 120]))
def test_hostile_text_never_steers_the_terminal(payload: str, width: int, make_audit: Callable[..., Any]) -> None:
    made = to_text(make_audit(payload), width, next_steps=[payload])
    assert not hidden(made)
    assert max(map(cell_len, made.splitlines())) <= width


@few
@given(payload=payloads)
def test_text_from_documents_is_no_formula(payload: str) -> None:
    assert shown(payload).lstrip()[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20")


@given(text=st.text())
def test_making_text_visible_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert shown(shown(text)) == shown(text)


@given(text=st.text(), limit=st.integers(2, 50))
def test_shown_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(shown(text, limit)) <= limit


@given(text=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_markdown_shows_text_as_it_is(text: str) -> None:
    parser = markdown_it.MarkdownIt("commonmark")
    rendered = structure(parser.render(f"x{markdown(text)}x"))
    assert rendered.tags == ["p", "/p"]
    assert "".join(rendered.words).strip() == f"x{visible(text)}x"


def test_a_bidirectional_override_is_seen() -> None:
    assert shown("abc\u202etxt.exe") == "abc\\u202etxt.exe"


def test_stacked_marks_do_not_cover_their_neighbours() -> None:
    assert shown("a" + "\u0301" * 40, 1000).count("\u0301") == 4


def test_indented_json_is_safe_to_print(make_audit: Callable[..., Any]) -> None:
    made = to_json(make_audit("\u202e\x1b[31m"), pretty=True)
    assert made.isascii()
    assert "\x1b" not in made
    assert json.loads(made)["corpus"]["name"] == "\u202e\x1b[31m"
