"""Items of evidence with values of any type: a verdict that no reader stumbles over, or bad data with its place."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gate.making import MINIMAL, Row, evidence_of, judged, mix1

from outcross.errors import DataError
from outcross.gate.record import Verdict
from outcross.report import verdict_to_html, verdict_to_junit, verdict_to_markdown, verdict_to_text

ALL = [{"kind": kind} | told for kind, told in MINIMAL.items()]
THERE = mix1() | {
    name: replace(one, items=items)
    for name, one, items in (
        ("mix.self_loop", mix1()["mix.self_loop"], ({"id": "m0", "path": ["m0", "mix1"]},)),
        ("mix.assumptions", mix1()["mix.assumptions"], ({"id": "books", "owner": "library", "lapsed": False},)),
    )
}
PLACES = [
    (name, at, key) for name, one in sorted(THERE.items()) for at, item in enumerate(one.items) for key in sorted(item)
]
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=6,
)  # fmt: skip


def changed(place, value):
    name, at, key = place
    items = [dict(item) for item in THERE[name].items]
    items[at][key] = value
    return THERE | {name: replace(THERE[name], items=tuple(items))}


def check(place, value):
    evidence = changed(place, value)
    try:
        verdict = judged(evidence, *ALL)
    except DataError as error:
        refused = error.message
    else:
        refused = ""
        assert Verdict.from_dict(verdict.to_dict()).digest == verdict.digest
        for render in (verdict_to_text, verdict_to_markdown, verdict_to_html, verdict_to_junit):
            assert render(verdict)
    assert not refused or (place[0] == "mix.sources" and f"Source {place[1] + 1}" in refused)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES), values)
def test_a_value_of_any_type_is_judged_and_shown_or_refused_with_its_place(place, value):
    check(place, value)


@pytest.mark.study
@settings(max_examples=10_000, deadline=None)
@given(st.sampled_from(PLACES), values)
def test_ten_thousand_values_of_any_type_are_judged_and_shown_or_refused_with_their_place(place, value):
    check(place, value)


@pytest.mark.parametrize("place", [one for one in PLACES if one[1] == 0], ids=lambda place: f"{place[0]}.{place[2]}")
def test_an_item_may_lack_any_of_its_values(place):
    check(place, None)


def test_no_value_makes_a_mix_of_signed_human_text_better_than_it_is():
    """What is told worse of a source never turns a verdict into a pass."""
    criteria = [one for one in ALL if one["kind"] in {"evidence_level", "signature", "freshness", "contradiction"}]
    worse = {"level": 0, "signature": "invalid", "expires": "2020-01-01",
             "findings": [{"code": "contradictory", "said": "x"}]}  # fmt: skip
    for key, value in worse.items():
        there = evidence_of((Row("books", 10, told={key: value}),))
        assert judged(there, *criteria).outcome != "pass", key
