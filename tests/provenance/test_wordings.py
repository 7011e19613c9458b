"""Licences and periods in the spellings that people use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.provenance.forms import DATE
from outcross.provenance.licences import address_of, licence_of
from outcross.provenance.periods import date_of, in_order, period_of
from outcross.provenance.record import Period


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CC-BY-NC-ND-3.0", "CC-BY-NC-ND-3.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        ("Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International License", "CC-BY-NC-SA-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC-BY-NC-SA-4.0"),
        ("http://creativecommons.org/licenses/by/3.0/us/", "CC-BY-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://choosealicense.com/licenses/mit/", "MIT"),
        ("https://spdx.org/licenses/Apache-2.0.html", "Apache-2.0"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("Apache License 2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("MIT License", "MIT"),
        ("odc-by-1.0", "ODC-By-1.0"),
        ("CC0: Public Domain", "CC0-1.0"),
        ("https://example.org/terms", "https://example.org/terms"),
        ("Academic Research Purposes Only", "Academic Research Purposes Only"),
        ("https://choosealicense.com/licenses/undefined/", ""),
        ("TODO", ""),
        ("other", ""),
        ("unknown", ""),
        ("Various", ""),
        ("", ""),
    ],
)
def test_a_licence_is_known_in_its_spellings(said, name):
    assert licence_of(said)[0] == name


@pytest.mark.parametrize(
    "name", ["MIT", "Apache-2.0", "CC-BY-NC-SA-4.0", "CC0-1.0", "ODC-By-1.0", "https://example.org/x"]
)
def test_the_address_of_a_licence_leads_back_to_it(name):
    assert licence_of(address_of(name)) == (name, "")


@given(st.text(max_size=300))
def test_any_text_is_read_as_a_licence_or_none(said):
    name, remark = licence_of(said)
    assert bool(name) or bool(remark)


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("2025-10 to 2026-02 (crawl and annotation)", Period("2025-10", "2026-02")),
        ("2026-01-14T00:00:00/2026-08-12T00:00:00", Period("2026-01-14", "2026-08-12")),
        ("January 2024 - Mar. 2024", Period("2024-01", "2024-03")),
        ("from 3 May 2021 until June 5th, 2022", Period("2021-05", "2022-06")),
        ("2019\N{EN DASH}2021", Period("2019", "2021")),
        ("2026-03-15T12:00:00Z", Period("2026-03-15T12:00:00Z", "2026-03-15T12:00:00Z")),
        ("last summer", Period()),
        ("item 20230101 of 12", Period()),
    ],
)
def test_a_period_is_read_out_of_a_sentence(said, period):
    assert period_of([said]) == period


def test_a_day_that_no_calendar_has_is_its_month():
    assert date_of("2023-02-30") == "2023-02"
    assert date_of("yesterday") == ""


@given(
    st.lists(
        st.dates().map(str) | st.datetimes().map(lambda one: one.isoformat() + "Z") | st.text(max_size=30), max_size=4
    )
)
def test_what_is_found_is_a_date_of_a_record_and_in_order(texts):
    found = period_of(texts)
    for date in (found.start, found.end):
        assert not date or DATE.read(date) == date
    assert in_order(found.start, found.end)
