"""Readings as arrays: what goes in comes out, and what is not there is not known."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.canonical import plain
from outcross.estimate import Unknown
from outcross.track.figures import Reading
from outcross.track.measured import catalogue
from outcross.track.sheets import ABSENT, Gathered, Sheet
from outcross.track.told import Told

numbers = st.floats(-1e6, 1e6)
counts = st.integers(0, 1 << 40)
known = st.builds(
    Reading, st.just(""), numbers, numbers, numbers, numbers, numbers, st.none() | numbers, numbers, counts, counts
)
unknown = st.builds(Reading, st.just(""), unknown=st.sampled_from(["too few documents", "no text"]))
generations = st.dictionaries(st.sampled_from(["types", "kl", "task.a", "task.b"]), known | unknown)


def named(readings):
    return {name: replace(one, measure=name) for name, one in readings.items()}


@given(generations)
def test_a_sheet_gives_back_the_readings_that_were_written(made):
    readings = named(made)
    sheet = Sheet.of([one.to_dict() for one in readings.values()])
    assert dict(sheet) == readings
    assert list(sheet) == list(readings)


@given(generations)
def test_what_a_generation_tells_is_the_same_when_read_back(made):
    told = Told.from_dict(plain(Told(named(made), {"documents": 3}).to_dict()))
    again = Told.from_dict(plain(told.to_dict()))
    assert (dict(again.readings), again.facts) == (dict(told.readings), told.facts)


@given(st.lists(generations, max_size=5), st.integers(0, 6))
def test_gathered_readings_are_those_of_each_generation(made, more):
    lineage = [named(one) for one in made]
    gathered = Gathered.of(lineage, len(lineage) + more)
    for measure in ("types", "kl", "task.a", "nobody.knows"):
        found = gathered.readings(measure)
        there = [one.get(measure) for one in lineage] + [None] * more
        assert found.unknown == [ABSENT if one is None else one.unknown for one in there]
        for at, one in enumerate(there):
            if one is not None and not one.unknown:
                assert (found.value[at], found.change[at], found.size[at]) == (one.value, one.change, one.size)
                assert bool(found.paired[at]) == (one.joint_se is not None)
    assert set(gathered.measured) == {name for one in lineage for name, each in one.items() if not each.unknown}


def test_a_change_is_held_beside_the_last_one_that_is_known():
    turns = [Reading("types", 2.0, 1.0, change, 0.3, 0.1, None, 31.0, 5, 6) for change in (0.1, 0.0, 0.4)]
    turns[1] = replace(turns[1], unknown="no text")
    found = Gathered.of([{"types": one} for one in turns], 3).readings("types")
    none = Unknown("there is no earlier one")
    previous = found.apart(found.look_back(), catalogue()["types"], none)
    assert previous[0] == none
    assert previous[1] == Unknown("no text")
    assert previous[2].value == turns[2].change - turns[0].change
    assert previous[2].se == pytest.approx(math.hypot(0.3, 0.3))
