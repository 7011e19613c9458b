"""`outcross provenance graph` as people call it, and the picture that it draws."""

import json
import tomllib
from random import Random
from xml.etree import ElementTree as ET

import pytest
from tests.provenance.hostile_mixes import mutated
from tests.provenance.worked_example import ASSUMED, EXAMPLE

from outcross.errors import OutcrossError
from outcross.provenance.account import Account
from outcross.provenance.assembly import assembled
from outcross.provenance.graph import NEAREST, graph_of, told_of
from outcross.provenance.mix import Blend, Mix, Portion, Source, read_mix
from outcross.report import lineage_to_svg, lineage_to_text

NOW = "2026-11-23T00:00:00+00:00"
HOSTILE = [
    "</svg><script>alert(1)</script>", "a\u202eb\x1b[31m\x00\n", "&amp;\"'<", "{{ 7*7 }}", "x" * 1500, "資料" * 40,
]  # fmt: skip


@pytest.fixture
def mix(here):
    path = here / "mix.toml"
    path.write_text(EXAMPLE + ASSUMED)
    return path


def account_of(mix):
    return Account(mix, assembled(mix, {}, lambda _: None, NOW))


def texts(svg):
    found = [one for one in parsed(svg).iter() if one.tag.endswith("text")]
    return [one[-1].tail if len(one) else one.text for one in found]


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own


def test_the_worked_example_as_text_names_what_is_missing_and_what_is_assumed(outcross, mix):
    ended = outcross("provenance", "graph", f"{mix}#mix1")
    assert ended.code == 0
    for said in (
        "mix1: 80 G tokens of 4 sources",
        "16.5–21 %",
        "0.165–0.474",
        "1–4",
        "data-gov",
        "m0 → m0-output → mix1",
    ):
        assert said in ended.out
    mix.write_text(EXAMPLE)
    ended = outcross("provenance", "graph", mix)
    assert "mt-model-x: nobody says what the model was trained on; without it the depth has no end" in " ".join(
        ended.out.split()
    )
    assert "3 or more" in ended.out


def test_the_picture_goes_to_a_file_and_what_is_missing_to_the_terminal(outcross, mix, here):
    mix.write_text(EXAMPLE)
    ended = outcross("provenance", "graph", mix, "-o", "m.svg")
    assert (ended.code, ended.out) == (0, "")
    assert "mt-model-x" in ended.err
    said = texts((here / "m.svg").read_text())
    assert {"books", "crawl", "m2-output", "mix3", "20G", "by", "trained on", "by models 38.7–44.7 %"} <= set(said)


def test_as_json_it_is_evidence_and_the_whole_lineage(outcross, mix):
    ended = outcross("provenance", "graph", mix, "--format", "json")
    told = json.loads(ended.out)
    assert told["schema"] == "outcross.lineage/1"
    assert len(told["lineage"]["nodes"]) == 13
    assert {"mix.synthetic_or_edited", "mix.unresolved"} <= {one["name"] for one in told["evidence"]}
    assert all(edge["origin"] != edge["outcome"] for edge in told["lineage"]["edges"])


@pytest.mark.parametrize("words", [
    ["no.toml"], ["mix.toml#mix9"], ["mix.toml", "-o", "mix.toml"], ["mix.toml", "-o", "x.png"],
])  # fmt: skip
def test_a_wrong_call_says_what_to_do(outcross, mix, words):
    ended = outcross("provenance", "graph", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") >= 2


def test_a_broken_mix_is_bad_data(outcross, mix):
    mix.write_text(EXAMPLE.replace('trained_on = "mix1"', 'trained_on = "mix2"'))
    ended = outcross("provenance", "graph", mix)
    assert ended.code == 4
    assert "in a circle: 'mix2' from 'm1-output' from 'm1' from 'mix2'" in ended.err


def hostile_account(count=3):
    names = [f"{HOSTILE[place % len(HOSTILE)]}{place}" for place in range(count)]
    sources = tuple(Source(name, op="generate", by=(f"m{name}",)) if place % 2 else Source(name)
                    for place, name in enumerate(names))  # fmt: skip
    blend = Blend(HOSTILE[0], tuple(Portion(name, float(place + 1)) for place, name in enumerate(names)))
    return account_of(Mix(HOSTILE[0], sources, (blend,), line=(f"m{names[1]}",)))


def test_hostile_names_are_text_and_nothing_else():
    account = hostile_account(12)
    svg = lineage_to_svg(account)
    assert {one.tag.rpartition("}")[2] for one in parsed(svg).iter()} <= {
        "svg", "style", "rect", "path", "line", "text", "title", "desc",
    }  # fmt: skip
    for made in (svg, lineage_to_text(account)):
        assert "\u202e" not in made
        assert "\x1b" not in made
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_of_a_large_lineage_the_nearest_with_most_tokens_are_drawn_and_the_rest_is_counted():
    account = hostile_account(1_000)
    graph = graph_of(account)
    assert len(graph.spots) == NEAREST
    assert graph.hidden == 1_501 - NEAREST
    assert "1,301 more that lie farther from the mix are not drawn." in texts(lineage_to_svg(account))
    weights = [edge.tokens for edge in graph.edges if edge.tokens]
    assert min(weights) > 800


def test_no_box_lies_on_another(mix):
    for name in ("mix1", "mix2", "mix3"):
        svg = parsed(lineage_to_svg(account_of(read_mix(f"{mix}#{name}"))))
        boxes = [
            tuple(float(one.get(key)) for key in ("x", "y", "width", "height"))
            for one in svg.iter() if one.get("class", "").startswith("box")
        ]  # fmt: skip
        for place, (x, y, width, height) in enumerate(boxes):
            for other_x, other_y, other_width, other_height in boxes[:place]:
                apart = x + width <= other_x or other_x + other_width <= x or y + height <= other_y
                assert apart or other_y + other_height <= y


def test_whatever_a_mix_says_it_is_told_and_drawn_or_refused(here):
    for seed in range(120):
        told = mutated(Random(seed), tomllib.loads(EXAMPLE))  # noqa: S311
        (here / "m.json").write_text(json.dumps(told))
        try:
            account = account_of(read_mix(str(here / "m.json")))
        except OutcrossError:
            continue
        parsed(lineage_to_svg(account))
        assert lineage_to_text(account)
        json.dumps(told_of(account, NOW), allow_nan=False)
