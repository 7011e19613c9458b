"""Numbers as people read them."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.estimate import Estimate, Unknown, counted
from outcross.report.numbers import exact, probability, share, signed, size_of, tell

large = st.floats(-1e99, 1e99)
finite = st.floats(allow_nan=False, allow_infinity=False)


def estimate(value: float, se: float, scale: str = "identity") -> Estimate:
    return Estimate(value, se, math.inf, 1000, "words", "m", scale=scale)  # type: ignore[arg-type]


def is_zero(told: str) -> bool:
    return re.fullmatch(r"\D*0*(\.0*)?\D*", told) is not None


@given(reason=st.text())
def test_unknown_never_renders_as_a_number(reason: str) -> None:
    told = tell(Unknown(reason))
    assert told.value.startswith("unknown: ")
    assert not told.interval
    assert told.span is None


@given(value=large.filter(bool), se=st.floats(0, 1e12))
def test_what_is_not_zero_is_never_shown_as_zero(value: float, se: float) -> None:
    assert not is_zero(tell(estimate(value, se)).value)
    assert not is_zero(exact(value))


@pytest.mark.parametrize(
    ("value", "se", "told"),
    [
        (0.89025, 0.0068, "0.890 [0.877, 0.904]"),
        (92002.7, 1185.0, "92,000 [89,700, 94,300]"),
        (231.50045, 0.934, "231.5 [229.7, 233.3]"),
        (5.0, 50.0, "5 [\u221290, 100]"),
        (0.0, 0.01, "0 [\u22120.020, 0.020]"),
    ],
)
def test_digits_follow_the_interval(value: float, se: float, told: str) -> None:
    assert str(tell(estimate(value, se))) == told


def test_a_count_is_shown_in_full_and_without_an_interval() -> None:
    assert str(tell(counted(4_630_009, n=20_000, unit="words"))) == "4,630,009"


def test_a_share_of_nothing_keeps_the_room_above_it() -> None:
    assert str(tell(estimate(0.0, 0.0, "share"), percent=True)) == "0 % [0, 0.38]"


def test_nearly_all_is_not_all() -> None:
    assert share(0.999917) == "99.99 %"
    assert share(1.0) == "100 %"
    assert share(1e-7) == "< 0.01 %"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_damaged_record_is_unknown(value: float) -> None:
    assert tell(estimate(value, 1.0)).value.startswith("unknown: ")
    assert tell(estimate(1.5, 0.1, "share")).span is None


def test_changes_carry_their_sign_and_their_unit() -> None:
    assert signed(-0.105, -0.12, -0.09, scale="relative") == ("\u221210.5 %", "[\u221212.0, \u22129.0]")
    assert signed(0.0004, -0.001, 0.002, scale="points")[0] == "+0.04 points"


@given(value=large, low=large, high=large)
def test_changes_of_any_size_can_be_told(value: float, low: float, high: float) -> None:
    assert signed(value, min(low, high), max(low, high), scale="relative")


def test_bytes_and_probabilities_are_short() -> None:
    assert [size_of(number) for number in (0, 999, 1000, 81_234_567, 3e15)] == [
        "0 bytes", "999 bytes", "1 kB", "81.2 MB", "3 PB",
    ]  # fmt: skip
    assert probability(0.0) == "< 0.001"
