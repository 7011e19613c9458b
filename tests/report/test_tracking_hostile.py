"""What others write into a track is shown, and does nothing; the page loads nothing and stays small."""

from collections.abc import Callable
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.report.making_track import COLLAPSE, HONEST, STEADY, UNKNOWN, many, track_of
from tests.report.test_hostile_text import assert_harmless, hidden, markdown_structure, payloads, pictures, structure

from outcross.report import (
    generation_to_text,
    generations_to_text,
    track_to_html,
    track_to_markdown,
    track_to_text,
)
from outcross.track.generation import Generation, Sampled, Trained

few = settings(max_examples=15, deadline=None)


@cache
def honest(render: Callable[..., str]) -> str:
    return render(track_of(text=HONEST))


def generation_of(text: str) -> dict[str, Any]:
    """A generation in which this text stands in every slot that others write."""
    return Generation(
        "g1", parents=("g0",), train=(Trained(text, "sha256:" + "a" * 64, text, 5000, 10_000),),
        samples=Sampled(text, "sha256:" + "b" * 64, text, text, 5000, 4000, text, text), model=text, regime="replace",
        decoding={text: text, "temperature": 0.7}, facts={text: text}, losses=text,
        scores=tuple({"task": text, "metric": text, "value": 0.5, "se": 0.01} for _ in range(30)),
    ).to_dict() | {"added": text, "digest": text}  # fmt: skip


@few
@given(payload=payloads)
def test_hostile_text_never_yields_live_markup(payload: str) -> None:
    track = track_of(text=payload, prefix=payload)
    assert_harmless(track_to_html(track), honest(track_to_html))
    made = track_to_markdown(track)
    assert markdown_structure(made) == markdown_structure(honest(track_to_markdown))
    assert not hidden(made)
    assert "http://" not in made


@few
@given(payload=payloads, width=st.sampled_from([40, 60, 80, 120]))
def test_hostile_text_never_steers_the_terminal(payload: str, width: int) -> None:
    track = track_of(text=payload, prefix=payload)
    shown = [
        track_to_text(track, width, next_steps=[payload]),
        generations_to_text(track.nodes, width),
        generation_to_text(generation_of(payload), width),
    ]
    for made in shown:
        assert not hidden(made)
        assert max(map(cell_len, made.splitlines())) <= width


@pytest.mark.parametrize(
    "track",
    [track_of(1), track_of(6), track_of(51), track_of(1000), track_of(6, STEADY), track_of(6, UNKNOWN)],
    ids=["1", "6", "51", "1000", "steady", "unknown"],
)
def test_the_page_is_well_formed_and_complete_in_itself(track: Any) -> None:
    made = track_to_html(track)
    read = structure(made)
    assert "script" not in read.tags
    assert not {name for name, _ in read.attributes} & {"src", "srcset", "action", "style", "onload"}
    assert all((value or "").startswith("#") for name, value in read.attributes if name == "href")
    targets = {value for name, value in read.attributes if name == "id"}
    assert {(value or "")[1:] for name, value in read.attributes if name == "href"} <= targets
    assert "url(" not in made
    for svg in pictures(made):
        ET.fromstring(svg)  # noqa: S314 - our own


@pytest.mark.parametrize("generations", [51, 300, 400])
def test_fifty_measures_of_any_lineage_make_a_page_of_less_than_a_megabyte(generations: int) -> None:
    assert len(track_to_html(track_of(generations, many(50, 50))).encode()) < 1_000_000


def test_every_known_measure_has_its_timeline() -> None:
    track = track_of(1000)
    made = track_to_html(track)
    known = len(COLLAPSE) - 1
    assert made.count("<figcaption>") == known
    for one in track.series:
        assert one.label in made


def test_a_list_names_every_generation_and_what_is_missing() -> None:
    made = generations_to_text(track_of(1000).nodes, 100)
    lines = made.splitlines()
    assert sum(line.startswith("● g") for line in lines) == 1000
    assert "◌ g0" in made
    assert "missing: it is not registered" in made
    assert generations_to_text(()) == "No generation is registered.\n"


def test_a_generation_says_what_it_has_and_what_nobody_said() -> None:
    made = generation_to_text(generation_of("hello"), 100)
    for words in ("generation g1", "10,000 tokens consumed", "sampling unit: hello", "temperature 0.7",
                  "hello hello: 0.5 (standard error 0.01)", "10 more in the JSON record"):  # fmt: skip
        assert words in made
    assert "not registered: embeddings" in made
    bare = generation_to_text(Generation("g2").to_dict(), 200)
    assert "not registered: parents, training data, samples, model" in bare
