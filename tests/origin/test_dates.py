"""Capture dates: many ways to write them, and none that turns a guess into a human."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.origin.making import batch_of

from outcross.errors import CallError
from outcross.estimate import Unknown
from outcross.origin.dates import Captured, last_day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2021-03-04", date(2021, 3, 4)), ("2021-03-04T05:06:07Z", date(2021, 3, 4)), ("20210304", date(2021, 3, 4)),
        ("2021-03-04 05:06:07.123456+02:00", date(2021, 3, 4)), ("2021-02", date(2021, 2, 28)),
        ("2020-12", date(2020, 12, 31)), ("2019", date(2019, 12, 31)), ("1614834367", date(2021, 3, 4)),
        ("1614834367000", date(2021, 3, 4)), ("1614834367.5", date(2021, 3, 4)), ("20210304050607", date(2021, 3, 4)),
        ("Thu, 04 Mar 2021 05:06:07 GMT", date(2021, 3, 4)), ("03/04/2021", date(2021, 12, 31)),
        ("1970-01-01", None), ("0", None), ("1970-01-01T00:00:00Z", None), ("soon", None), ("", None),
        ("202403040506", date(2024, 3, 4)), ("161483436700", date(1975, 2, 13)), ("2021-03-04T2030", date(2021, 3, 4)),
        ("2019-05-01/2024-06-01", None), ("2019-05 to 2024-06", None), ("2019-05-01 (updated 2024)", None),
        ("2021-13-01", None), ("99999999999999999999", None), ("2020 or 2024", None), ("0001-01-01", None),
    ],
)  # fmt: skip
def test_a_date_is_the_last_day_that_it_can_mean(written, day):
    assert last_day(written) == day


@given(moment=st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_the_cutoff_itself_is_too_late(moment):
    written = [moment.isoformat(), moment.isoformat(sep=" "), str(int(moment.replace(tzinfo=UTC).timestamp()))]
    found = Captured("when").look(batch_of(["a"] * 3, when=written))
    assert found.human.tolist() == [moment.date() < date(2022, 11, 30)] * 3
    assert not found.synthetic.any()


def test_a_range_that_ends_after_the_cutoff_is_not_early():
    written = ["2019-05-01 to 2024-06-01", "2019-05-01 2024-06-01", "2019-05-01T10:00:00Z/2024-06-01T10:00:00Z"]
    assert not Captured("when").look(batch_of(["a"] * 3, when=written)).human.any()


def test_older_text_is_stronger_evidence():
    days = [date(2022, 11, 30) - timedelta(days=number) for number in (1, 30, 3000)]
    found = Captured().look(batch_of(["a"] * 3, date=[str(day) for day in days]))
    assert found.strength.tolist() == [1, 30, 3000]
    assert "before 2022-11-30" in found.reason(0)


def test_false_positives_are_an_allowance_that_is_called_one():
    found = Captured().false_positives()
    assert found.value == 0.01
    assert "assumed" in found.method
    assert isinstance(Captured(allowance=None).false_positives(), Unknown)
    with pytest.raises(CallError, match="share"):
        Captured(allowance=1.0)
    with pytest.raises(CallError, match="not read"):
        Captured().look(batch_of(["a"]))
