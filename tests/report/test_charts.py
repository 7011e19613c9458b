"""Charts: well formed, within their sheet, with round numbers at their axes."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from outcross.report.charts.gallery import gallery
from outcross.report.charts.plots import Bar, Bin, Caption, Dot, bars, curve, dots, histogram
from outcross.report.charts.scales import brief, linear, logarithmic
from outcross.report.sections import sections_of

CAPTION = Caption("title", "description", "across")
amounts = st.floats(0, 1e9)
spans = st.tuples(amounts, amounts, amounts).map(lambda three: tuple(sorted(three)))


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=9))
def test_a_linear_scale_holds_its_values_and_names_few_round_numbers(values: list[float]) -> None:
    scale = linear(values, (0.0, 100.0))
    assert scale.low <= min(values) <= max(values) <= scale.high
    assert all(0 <= scale(value) <= 100 for value in values)
    assert 1 <= len(scale.ticks(5)) <= 7


@given(values=st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=9))
def test_a_logarithmic_scale_holds_its_values_and_names_round_numbers(values: list[float]) -> None:
    scale = logarithmic(values, (0.0, 100.0))
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)
    assert len(scale.ticks(6)) <= 8


def test_equal_ratios_have_equal_lengths_on_a_logarithmic_scale() -> None:
    scale = logarithmic([1, 10_000], (0.0, 100.0))
    assert [round(scale(one)) for one in (1, 10, 100, 1000, 10_000)] == [0, 25, 50, 75, 100]
    assert scale.ticks(6) == [1, 10, 100, 1000, 10_000]


def test_numbers_at_one_axis_have_the_same_decimals() -> None:
    assert [told for _, told in linear([1.95, 2.44], (0.0, 1.0)).marks(4)] == ["2.0", "2.2", "2.4"]
    assert [brief(one) for one in (0.0, 1500.0, 2e6)] == ["0", "1.5k", "2M"]


@given(points=st.lists(st.tuples(st.floats(1, 1e9), spans), max_size=9))
def test_any_curve_is_well_formed(points: list[Any]) -> None:
    made = curve(sorted(points), CAPTION)
    assert made is None or read(made.svg).tag == "svg"


@given(heights=st.lists(amounts, max_size=12), log=st.booleans())
def test_any_histogram_is_well_formed_and_stays_on_its_sheet(heights: list[float], log: bool) -> None:
    made = histogram([Bin(2.0**k, 2.0 ** (k + 1), one) for k, one in enumerate(heights)], CAPTION, log_heights=log)
    if made:
        for bar in read(made.svg).iter("rect"):
            assert 0 <= float(bar.get("y", -1)) <= made.height
            assert float(bar.get("height", -1)) >= 0


@given(rows=st.lists(st.tuples(st.text(), st.none() | spans), max_size=9), zero=st.booleans())
def test_any_dots_are_well_formed(rows: list[Any], zero: bool) -> None:
    made = dots([Dot(name, span, name) for name, span in rows], CAPTION, zero=zero, band=0.2 if zero else 0.0)
    assert made is None or read(made.svg).get("role") == "img"


@given(rows=st.lists(st.tuples(st.text(), amounts), max_size=9))
def test_any_bars_are_well_formed(rows: list[Any]) -> None:
    made = bars([Bar(name, length, name) for name, length in rows], CAPTION)
    assert made is None or read(made.svg).find("title") is not None


def test_what_is_unknown_is_written_in_the_chart_and_not_drawn() -> None:
    made = dots([Dot("a", (1, 2, 3), "2"), Dot("b", None, "unknown: no data")], CAPTION)
    assert made
    assert made.svg.count("<circle") == 1
    assert "unknown: no data" in made.svg


def test_an_audit_has_its_charts(make_audit: Callable[..., Any]) -> None:
    audit = make_audit()
    made = gallery(audit, sections_of(audit))
    assert {"lengths", "spectrum", "languages", "scripts", "curve:hill.0", "curve:distinct.2"} <= set(made)
    assert len(re.findall('class="bar"', made["spectrum"].svg)) == 8


def test_damaged_tables_are_left_out(make_audit: Callable[..., Any]) -> None:
    audit = make_audit()
    audit.profile.tables.update(lengths=[{"low": "x"}, 3], spectrum=[{}], languages=[None], scripts=[{"share": "x"}])
    assert gallery(audit, sections_of(audit))
