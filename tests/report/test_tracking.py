"""What a report on a track holds, in every format: direction is part of every alarm, unknown is never ok."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.report.making_track import COLLAPSE, NO_REFERENCE, STEADY, UNKNOWN, many, track_of

from outcross.estimate import Unknown
from outcross.report import track_to_html, track_to_markdown, track_to_text
from outcross.report.numbers import natural
from outcross.report.sparks import BLOCKS, marks, sparkline
from outcross.track.columns import Findings
from outcross.track.record import Track


def wide(track: Track) -> str:
    return track_to_text(track, 120)


FORMATS = [wide, track_to_markdown, track_to_html]
every_form = pytest.mark.parametrize("render", FORMATS)
few = settings(max_examples=25, deadline=None)
kinds = st.lists(st.sampled_from(COLLAPSE), min_size=1, max_size=5, unique_by=lambda kind: kind.measure)


def plain(made: str) -> str:
    """What a reader sees of a report, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", made)).replace("*", "").split())


@every_form
@pytest.mark.parametrize("generations", [6, 51, 1000])
def test_every_alarm_says_what_moved_which_way_when_and_since_when(
    render: Callable[[Track], str], generations: int
) -> None:
    track = track_of(generations)
    made = plain(render(track)).lower()
    assert len(track.alarms) == 3
    for alarm in track.alarms:
        label, went = track[alarm.measure].label, {"fall": "fell", "rise": "rose"}[alarm.direction]
        told = rf"{alarm.kind}: {label} {went} by [\d.]+ (%|points) \[[^]]+\] at {alarm.generation}\b"
        assert re.search(told, made)
        assert f"likely since {alarm.onset}" in made
        assert f"{went} at {alarm.generation} ({alarm.kind})" in made


@every_form
@pytest.mark.parametrize("change", [0.004, None])
def test_an_alarm_whose_last_look_points_the_other_way_keeps_its_direction(
    render: Callable[[Track], str], change: float | None
) -> None:
    track = track_of(6, COLLAPSE[:1])
    rows = [
        replace(row, change=Unknown("lost") if change is None else replace(row.change, value=change))
        for row in track.series[0].rows
    ]
    made = plain(render(replace(track, series=(replace(track.series[0], rows=tuple(rows)),), verdicts=())))
    said = "unknown: lost" if change is None else "+0.4 %"
    assert f"tail share fell over all looks, {said} in the last," in made
    assert "fell by" not in made


@every_form
def test_a_fall_and_a_rise_are_told_apart(render: Callable[[Track], str]) -> None:
    made = plain(render(track_of(6)))
    assert "tail share fell by" in made
    assert "distinct 2-grams rose by" in made
    assert "(drift)" in made
    assert "(loss)" in made


@every_form
def test_the_outcome_and_the_baseline_come_before_alarms_and_these_before_figures(
    render: Callable[[Track], str],
) -> None:
    track = track_of(6)
    made = plain(render(track))
    made = made[made.index(track.says) :]
    order = (track.says, "people (human, 25,000 documents", "tail share fell by", "Measures that decide",
             "Measures that explain", "Definitions of collapse", "The temperature is not the same",
             "What you would know with more", "How to read this")  # fmt: skip
    found = [made.rindex(words) if words[0] in "MDH" else made.index(words) for words in order]
    assert found == sorted(found)


@every_form
def test_without_an_alarm_it_says_what_would_have_been_seen(render: Callable[[Track], str]) -> None:
    made = plain(render(track_of(6, STEADY)))
    assert "no alarm" in made.lower()
    assert "you would see a change of 5 % after about 3 generations" in made
    assert not re.search(r"(fell|rose) at", made)
    assert " ok" in made


@every_form
def test_what_is_unknown_says_why_and_is_neither_zero_nor_ok(render: Callable[[Track], str]) -> None:
    track = track_of(6, UNKNOWN)
    made = plain(render(track))
    assert "Not enough data to say".lower() in made.lower()
    assert f"unknown: {NO_REFERENCE}" in made
    decided = made[made.rindex("Measures that decide") : made.rindex("Definitions of collapse")]
    assert not re.search(r"\bok\b|[+−]?\b0(\.0+)? (%|points|nats)", decided)


@every_form
def test_looks_that_are_unknown_are_counted(render: Callable[[Track], str]) -> None:
    assert "2 of 6 looks unknown" in plain(render(track_of(6)))


@every_form
def test_a_newest_look_that_is_unknown_does_not_hide_an_earlier_alarm(render: Callable[[Track], str]) -> None:
    track = track_of(6, COLLAPSE[:1])
    no = Unknown("the samples were lost")
    row = replace(track.series[0].rows[-1], value=no, change=no, control=no, previous=no, band=None, alarm=None)
    series = replace(track.series[0], rows=(*track.series[0].rows[:-1], row))
    made = plain(render(replace(track, series=(series,))))
    assert "fell at g4 (loss)" in made
    assert "unknown: the samples were lost" in made


@every_form
def test_interval_at_one_look_and_band_of_all_looks_are_both_told(render: Callable[[Track], str]) -> None:
    track = track_of(6)
    row = track["tail.survival"].rows[-1]
    assert row.band
    made = render(track)
    for end in (*row.band, *row.change.interval()):
        assert f"{abs(end) * 100:.1f}" in made


@every_form
def test_percent_points_and_nats_are_told_as_what_they_are(render: Callable[[Track], str]) -> None:
    track = track_of(6)
    made = render(track)
    log = track["tail.share"].rows[-1].change
    assert f"{abs(natural(log.value, 'log')) * 100:.1f} %" in made
    assert f"{abs(track['tail.survival'].rows[-1].change.value) * 100:.1f} points" in made
    assert "nats" in made


@every_form
def test_verdicts_are_a_vector_with_what_would_settle_them(render: Callable[[Track], str]) -> None:
    made = plain(render(track_of(6)))
    told = made[made.rindex("Definitions of collapse") :]
    for words in ("holds", "g1", "does not hold", "unknown", "held-out human text and its losses"):
        assert words in told


@every_form
def test_missing_parents_controls_and_folded_generations_are_in_the_lineage(render: Callable[[Track], str]) -> None:
    made = plain(render(track_of(1000)))
    assert "missing: it is not registered" in made
    assert "993 more" in made
    assert "g5 to g997" in made
    for name in ("c3", "side", "mixed", "g998"):
        assert name in made


@every_form
def test_one_generation_is_enough(render: Callable[[Track], str]) -> None:
    assert "1 generation" in render(track_of(1))


@every_form
def test_an_empty_track_can_be_shown(render: Callable[[Track], str]) -> None:
    bare = replace(track_of(1), series=(), alarms=(), verdicts=(), confounders=(), costs=(), nodes=(), plan={}, run={})
    assert "g1" in render(bare)
    assert "g1" in render(replace(track_of(2, COLLAPSE[:1]), series=(replace(track_of(2).series[0], rows=()),)))


@every_form
def test_endless_changes_can_be_shown(render: Callable[[Track], str]) -> None:
    track = track_of(6, COLLAPSE[:1])
    far = [replace(row, change=replace(row.change, value=700.0, se=1e9), band=(-1e300, 1e300), z=1e300, evidence=1e300)
           for row in track.series[0].rows]  # fmt: skip
    assert render(replace(track, series=(replace(track.series[0], rows=tuple(far)),)))


@pytest.mark.parametrize("width", [40, 60, 76, 80, 100, 120, 200])
@pytest.mark.parametrize("generations", [1, 6, 1000])
def test_the_terminal_report_fits_its_width(width: int, generations: int) -> None:
    made = track_to_text(track_of(generations, many(12)), width, next_steps=["outcross track"])
    assert max(map(cell_len, made.splitlines())) <= width


def test_colour_is_used_only_where_asked() -> None:
    assert "\x1b" not in track_to_text(track_of(6), 80)
    assert "\x1b[" in track_to_text(track_of(6), 80, colour=True)


def test_next_steps_stand_at_the_end() -> None:
    made = track_to_text(track_of(6), 80, next_steps=["outcross generation add g7"])
    assert made.rstrip().endswith("· outcross generation add g7")


def test_arrows_stand_below_the_looks_that_alarm_and_dots_for_what_is_unknown() -> None:
    lines = track_to_text(track_of(6), 80).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("tail share "))
    assert re.search(r"[▁-█]{6}", lines[place])
    assert re.search(r"^primary +↓↓↓ ", lines[place + 1])
    assert "······" in "\n".join(lines)


@few
@given(changes=st.lists(st.none() | st.floats(-5, 5), max_size=60), width=st.integers(1, 20), reach=st.floats(0, 3))
def test_a_small_chart_has_a_sign_for_every_look_or_stretch_and_a_dot_only_where_nothing_is_known(
    changes: list[float | None], width: int, reach: float
) -> None:
    made = sparkline(changes, width, reach)
    assert len(made) == min(len(changes), width)
    assert set(made) <= {*BLOCKS, "·"}
    if len(changes) <= width:
        assert [one == "·" for one in made] == [change is None for change in changes]


@few
@given(alarms=st.lists(st.sampled_from([None, "fall", "rise"]), max_size=60), width=st.integers(1, 20))
def test_no_alarm_is_lost_where_looks_are_drawn_together(alarms: list[str | None], width: int) -> None:
    made = marks(alarms, width)
    assert bool(made) == any(alarms)
    assert len(made) <= width


@few
@given(some=kinds, generations=st.integers(1, 12), control=st.booleans())
def test_a_track_is_the_same_when_it_is_read_back(some: list, generations: int, control: bool) -> None:
    track = track_of(generations, tuple(some), control=control)
    back = Track.from_dict(json.loads(track.to_json()))
    assert back.to_dict() == track.to_dict()
    assert back.to_json() == track.to_json()
    assert wide(back) == wide(track)
    assert track_to_html(back) == track_to_html(track)


@pytest.mark.parametrize(("render", "most"), [(track_to_text, 20), (track_to_html, 600)])
def test_a_report_of_a_thousand_generations_makes_few_of_their_findings(render, most, monkeypatch):
    """Counted, not timed: all of them were 60,000."""
    track = Track.from_dict(track_of(1000, many(12)).to_dict())
    made, whole = [], Findings.__getitem__
    monkeypatch.setattr(Findings, "__getitem__", lambda self, place: made.append(place) or whole(self, place))
    assert "g1000" in render(track)
    assert len(made) <= most * len(track.series)
