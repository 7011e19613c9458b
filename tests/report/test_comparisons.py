"""What a report on a comparison holds, in every format."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from outcross.report import comparison_to_html, comparison_to_markdown, comparison_to_text

FORMATS = [comparison_to_text, comparison_to_markdown, comparison_to_html]


@pytest.mark.parametrize("render", FORMATS)
def test_verdict_size_overlap_and_every_row_are_told(
    render: Callable[..., str], make_comparison: Callable[..., Any]
) -> None:
    made = render(make_comparison())
    assert "changed" in made.lower()
    assert "1 of 3 figures differs" in made
    for words in ("9,000 words", "90 and 88 documents", "3 % of the smaller", "Hill number 1", "0.012"):
        assert words in made
    assert "\u22121.20 points" in made
    assert "[\u22122.00, \u22120.40]" in made


@pytest.mark.parametrize("render", FORMATS)
def test_a_row_without_an_effect_says_why(render: Callable[..., str], make_comparison: Callable[..., Any]) -> None:
    assert "unknown: too few documents" in html.unescape(render(make_comparison("too few documents")))


@pytest.mark.parametrize(
    ("verdict", "words"), [("no change", "would have shown"), ("too little data", "could have been missed")]
)
def test_no_change_and_too_little_data_are_told_apart(
    verdict: str, words: str, make_comparison: Callable[..., Any]
) -> None:
    made = make_comparison(verdict=verdict, differs=False)
    assert all(f"a change of 20 % {words}" in " ".join(render(made).split()) for render in FORMATS)


def test_what_differs_stands_first(make_comparison: Callable[..., Any]) -> None:
    made = comparison_to_text(make_comparison(), 80)
    assert made.index("documents that repeat themselves") < made.index("Hill number 1")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_terminal_report_fits_its_width(width: int, make_comparison: Callable[..., Any]) -> None:
    assert max(map(cell_len, comparison_to_text(make_comparison(), width).splitlines())) <= width


def test_the_margin_is_drawn(make_comparison: Callable[..., Any]) -> None:
    made = comparison_to_html(make_comparison())
    assert made.count('class="margin"') == 2
    assert made.count('class="dot changed"') == 1


def test_an_endless_interval_can_be_shown(make_comparison: Callable[..., Any]) -> None:
    made = make_comparison()
    made.record["rows"][1].update(high=1e300)
    made.record["rows"][2].update(low=float("-inf"))
    assert all(render(made) for render in FORMATS)


def test_colour_is_used_only_where_asked(make_comparison: Callable[..., Any]) -> None:
    assert "\x1b" not in comparison_to_text(make_comparison(), 80)
    assert "\x1b[" in comparison_to_text(make_comparison(), 80, colour=True)
