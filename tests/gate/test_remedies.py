"""What is said to close a gap closes it: every number is held against the share that it would lead to."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.gate.making import MIX1, G, Row, evidence_of, judged, mix1

from outcross.gate.amounts import amount, apart, enough, span, tokens
from outcross.gate.remedies import (
    Gap,
    Part,
    Z,
    closing,
    documents,
    fewest,
    least_added,
    least_dropped,
)  # fmt: skip
from outcross.gate.sources import Source

SYNTHETIC = {"kind": "synthetic_share", "max": 0.20}


@st.composite
def gaps(draw) -> Gap:
    """A mix of up to six sources whose upper end is above a limit."""
    sizes = draw(st.lists(st.integers(1, 10**12), min_size=1, max_size=6))
    total = sum(sizes)
    parts = []
    for nth, size in enumerate(sizes):
        low, high = sorted((draw(st.floats(0, 1)), draw(st.floats(0, 1))))
        parts.append(Part(Source(f"s{nth}", float(size), size / total), size / total, low, high))
    high = sum(part.weight * part.high for part in parts)
    limit = draw(st.floats(0, 1)) * high
    assume(limit < high - 1e-9)
    return Gap(tuple(parts), high, limit, float(total))


@given(gaps())
def test_leaving_out_what_is_said_brings_the_upper_end_to_the_limit(gap):
    dropped = {id(part): out for part, out in least_dropped(gap)}
    if not dropped:
        return
    left = sum(part.weight * gap.total - dropped.get(id(part), 0.0) for part in gap.parts)
    made = sum((part.weight * gap.total - dropped.get(id(part), 0.0)) * part.high for part in gap.parts)
    assert made <= left * gap.limit + 1e-6 * gap.total


@given(gaps())
def test_adding_what_is_said_brings_the_upper_end_to_the_limit(gap):
    added = least_added(gap)
    if added:
        assert gap.high * gap.total / (gap.total + added) <= gap.limit * (1 + 1e-9)
        assert added <= 1.02 * gap.total * gap.width / gap.limit


@given(gaps())
def test_the_fewest_sources_are_enough_and_one_fewer_is_not(gap):
    gains = sorted((part.gain for part in gap.parts), reverse=True)
    chosen = fewest([(part.source, part.gain) for part in gap.parts], gap.width)
    if chosen is None:
        assert sum(gains) < gap.width
        return
    assert sum(gains[: len(chosen)]) >= gap.width - 1e-9
    assert sum(gains[: len(chosen) - 1]) < gap.width


@given(st.floats(0.001, 0.98), st.floats(0.001, 0.5))
def test_so_many_labels_keep_the_interval_below_its_end(likely, room):
    end = min(likely + room, 0.99)
    count = documents(likely, end)
    assert likely + Z * math.sqrt(likely * (1 - likely) / count) <= end + 1e-9
    assert documents(end, likely) == 0


@given(gaps())
def test_every_way_is_a_sentence_and_names_a_source_or_a_number_of_tokens(gap):
    for way in closing(gap):
        assert way.endswith(".")
        assert way[0].isupper()
        assert any(part.source.name in way for part in gap.parts) or "tokens" in way


def test_the_worked_example_is_mended_by_labels_or_by_a_thousand_million_tokens():
    ways = judged(mix1(), SYNTHETIC).assessments[0].remedies
    assert ways == (
        "Label crawl until its share is shown to be at most 15 %, about 320 documents if it is 11.5 %: 40 G tokens.",
        "Leave out 1 of the 5 G tokens of m0-out.",
        "Add 4 G tokens of human text that is signed (level 2).",
    )


def test_without_the_thousand_million_tokens_the_worked_example_passes():
    less = [Row("m0-out", 4 * G, (1, 1)) if row.name == "m0-out" else row for row in MIX1]
    assert judged(evidence_of(less), SYNTHETIC).outcome == "pass"
    more = [*MIX1, Row("new", 4 * G)]
    assert judged(evidence_of(more), SYNTHETIC).outcome == "pass"
    known = [Row("crawl", 40 * G, (0.08, 0.15)) if row.name == "crawl" else row for row in MIX1]
    assert judged(evidence_of(known), SYNTHETIC).outcome == "pass"


def test_what_people_claim_is_to_be_signed_before_anything_is_labelled():
    claimed = Row("books", 30 * G, (0.0, 1.0), told={"origin": "human", "level": 1})
    rows = [claimed if row.name == "books" else row for row in MIX1]
    first = judged(evidence_of(rows), {"kind": "synthetic_share", "max": 0.5}).assessments[0].remedies[0]
    assert first == "Have books signed by a listed key, with its bytes checked: 30 G tokens."


def test_what_is_forged_is_to_be_mended_before_it_is_believed():
    found = [{"code": "forged", "said": "Other bytes.", "remedy": "Get the bytes anew."}]
    forged = Row("books", 30 * G, (0.0, 1.0), told={"origin": "human", "level": 0, "findings": found})
    rows = [forged if row.name == "books" else row for row in MIX1]
    first, *_, last = judged(evidence_of(rows), {"kind": "synthetic_share", "max": 0.5}).assessments
    assert first.remedies[0] == "Get the bytes anew (books)."
    assert "(books: Other bytes)." in last.reason


def test_a_floor_for_human_text_is_mended_like_a_ceiling_for_the_rest():
    ways = judged(mix1(), {"kind": "human_floor", "min": 0.80}).assessments[0].remedies
    assert ways == (
        "Label crawl until its share is shown to be at least 85 %, about 320 documents if it is 88.5 %: 40 G tokens.",
        "Leave out 1 of the 5 G tokens of m0-out.",
        "Add 4 G tokens of human text that is signed (level 2).",
    )


def test_where_nobody_told_tokens_that_is_what_is_to_be_told():
    rows = [Row(row.name, row.tokens, row.made, told={"tokens": None, "share": None}) for row in MIX1]
    assert judged(evidence_of(rows), SYNTHETIC).assessments[0].remedies == ()
    assert judged({}, SYNTHETIC).assessments[0].remedies == ("Tell how many tokens are taken from each source.",)


@given(st.floats(1e-6, 1e15))
def test_numbers_are_rounded_up_by_less_than_a_hundredth(value):
    assert value * (1 - 1e-8) <= enough(value) <= value * 1.0101


@given(st.floats(0, 1), st.floats(0, 1))
def test_two_numbers_that_differ_are_told_apart(a, b):
    first, second = apart(a, b, "share")
    assert (first == second) == (a == b) or abs(a - b) < 1e-9


def test_amounts_are_told_in_their_units():
    assert [tokens(one) for one in (0, 12, 1500, 2.5e6, 30e9, 1e13)] == [
        "0 tokens", "12 tokens", "1.5 k tokens", "2.5 M tokens", "30 G tokens", "10 T tokens",
    ]  # fmt: skip
    assert amount(0.00012, "share") == "0.012 %"
    assert span((1e6, 1e9), "tokens") == "1 M tokens to 1 G tokens"
    assert span((0.1, 0.1), "share") == "10 %"
    assert pytest.approx(0.0) == enough(-3.0)
