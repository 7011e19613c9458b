"""Timelines and the picture of a lineage: nothing that alarms is left out, whatever the length."""

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.making_track import COLLAPSE, track_of

from outcross.report.ancestry import FIRST, LAST, descent
from outcross.report.charts.lineage import lineage_picture
from outcross.report.charts.looks import decimated
from outcross.report.charts.timeline import spark, timeline
from outcross.report.tracking_text import tree
from outcross.track.record import Node

few = settings(max_examples=60, deadline=None)
names = st.sampled_from([f"n{number}" for number in range(12)])
parents = st.lists(names, max_size=3, unique=True).map(tuple)
roles = st.sampled_from(["generation", "human", "control", "missing"])
graphs = st.dictionaries(names, st.tuples(parents, roles, st.booleans()), max_size=12)


def nodes_of(graph: dict[str, Any]) -> tuple[Node, ...]:
    """Any registered generations, circles included."""
    return tuple(Node(name, role, above, tracked) for name, (above, role, tracked) in graph.items())


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


@few
@given(changes=st.lists(st.none() | st.floats(-9, 9), min_size=1, max_size=200), most=st.integers(2, 50))
def test_thinning_keeps_the_lowest_the_highest_both_ends_and_what_alarmed(
    changes: list[float | None], most: int
) -> None:
    kept = decimated(changes, most, [len(changes) // 2])
    assert kept == sorted(set(kept))
    assert len(kept) <= max(most + 5, min(len(changes), most))
    assert {0, len(changes) - 1, len(changes) // 2} <= set(kept) or len(changes) <= most
    known = [one for one in changes if one is not None]
    found = [changes[place] for place in kept if changes[place] is not None]
    if known:
        assert (min(found), max(found)) == (min(known), max(known))


@pytest.mark.parametrize("generations", [1, 6, 51, 1000])
def test_a_timeline_marks_the_alarm_and_its_onset(generations: int) -> None:
    for series in track_of(generations).series:
        made = timeline(series)
        if series.alarm is None:
            assert made is None or 'class="alarmed"' not in made.svg
            continue
        assert made
        went = {"fall": "fell", "rise": "rose"}[series.alarm.direction]
        assert f"{went} at {series.alarm.generation}" in made.svg
        assert f"onset {series.alarm.onset}" in made.svg
        assert 'class="alarmed"' in made.svg
        hints = [mark.text or "" for mark in read(made.svg).iter("title")]
        assert any(one.startswith(f"{series.alarm.generation}: ") and f"alarm: {went}" in one for one in hints)


@pytest.mark.parametrize("generations", [6, 51, 1000])
def test_a_timeline_has_its_band_threshold_and_line_within_the_sheet(generations: int) -> None:
    made = timeline(track_of(generations)["tail.share"])
    assert made
    for look in ("band", "threshold", "curve", "axis zero"):
        assert f'class="{look}' in made.svg
    for path in read(made.svg).iter("path"):
        ends = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.get("d", ""))]
        assert all(0 <= x <= 360 for x in ends[::2])
        assert all(0 <= y <= made.height for y in ends[1::2])


def test_many_looks_that_alarm_leave_a_stroke_each_at_the_foot() -> None:
    made = timeline(track_of(1000)["tail.share"])
    assert made
    assert 'class="rug"' in made.svg


def test_what_is_not_known_breaks_the_line_and_says_why() -> None:
    made = timeline(track_of(6)["length"])
    assert made
    assert made.svg.count(">?</text>") or made.svg.count("?</text>") == 2
    assert "g2: unknown: no human reference is registered" in made.svg
    assert made.svg.count('class="curve"') > 1


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    series = track_of(6)["embedding.coverage"]
    assert timeline(series) is None
    assert spark(series) is None


@pytest.mark.parametrize("generations", [1, 6, 1000])
def test_a_small_picture_is_well_formed(generations: int) -> None:
    for series in track_of(generations).series:
        made = spark(series)
        assert made is None or read(made.svg).tag == "svg"


@few
@given(graph=graphs)
def test_any_lineage_even_a_damaged_one_is_told_and_drawn_with_every_generation_once(graph: dict[str, Any]) -> None:
    nodes = nodes_of(graph)
    stops = descent(nodes)
    told = [name for stop in stops for name in stop.names]
    assert len(told) == len(set(told))
    assert set(told) == {node.name for node in nodes} | {parent for node in nodes for parent in node.parents}
    assert len(list(tree(stops, 60))) >= len(stops)
    made = lineage_picture(stops)
    assert (made is None) == (not nodes)
    if made:
        sheet = read(made.svg)
        width = float(sheet.get("width", 0))
        for circle in sheet.iter("circle"):
            assert 0 <= float(circle.get("cx", -1)) <= width
            assert 0 <= float(circle.get("cy", -1)) <= made.height


def test_no_two_stops_of_a_wide_lineage_lie_on_one_another() -> None:
    nodes = [Node("root", "generation", (), True)]
    nodes += [Node(f"a{number}", "generation", ("root",), number == 3) for number in range(5)]
    nodes += [Node(f"b{number}", "generation", (f"a{number}",), False) for number in range(5)]
    made = lineage_picture(descent(nodes))
    assert made
    places = [(mark.get("cx"), mark.get("cy")) for mark in read(made.svg).iter("circle")]
    assert len(places) == len(set(places)) == 11


def test_long_chains_are_folded_and_their_ends_are_named() -> None:
    stops = descent(track_of(1000, COLLAPSE[:1]).nodes)
    folded = [stop for stop in stops if stop.role == "folded"]
    assert [stop.name for stop in folded] == ["993 more"]
    assert len(stops) < 20


def test_a_lineage_of_many_forks_is_cut_in_the_middle() -> None:
    chain = [Node(f"g{number}", "generation", (f"g{number - 1}",) if number else (), True) for number in range(500)]
    sides = [Node(f"s{number}", "generation", (f"g{number}",), False) for number in range(500)]
    stops = descent([*chain, *sides])
    assert len(stops) == FIRST + LAST + 1
    assert sum(len(stop.names) for stop in stops) == 1000
    assert stops[0].name == "g0"
    assert any(stop.name == "g499" for stop in stops)
    made = lineage_picture(stops)
    assert made
    assert len(made.svg) < 50_000


def test_a_parent_that_is_drawn_far_away_is_named_instead() -> None:
    chain = [Node("old", "generation", (), True), Node("side", "generation", ("old",), False)]
    for number in range(18):  # forks, so that no run is folded
        above = f"g{number - 1}" if number else "old"
        chain += [Node(f"g{number}", "generation", (above,), True), Node(f"f{number}", "generation", (above,), False)]
    chain.append(Node("mixed", "generation", ("g17", "side"), False))
    made = lineage_picture(descent(chain))
    assert made
    assert "also from side" in made.svg


def test_missing_parents_are_dashed_and_roles_have_shapes_of_their_own() -> None:
    made = lineage_picture(descent(track_of(6).nodes))
    assert made
    for look in ("stop missing", "edge missing", "stop human", "stop control", "stop generation tracked"):
        assert f'class="{look}"' in made.svg


def test_the_same_lineage_in_another_order_keeps_every_generation() -> None:
    track = track_of(6)
    other = replace(track, nodes=track.nodes[::-1])
    assert {stop.name for stop in descent(track.nodes)} == {stop.name for stop in descent(other.nodes)}
