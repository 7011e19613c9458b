"""A verdict in every form: what it says is there, what others wrote does nothing, numbers and pictures are true."""

import json
import math
from dataclasses import replace
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.gate.making import MINIMAL, MIX1, MT, Row, evidence_of, judged, mix1
from tests.report.test_hostile_text import (
    HONEST,
    assert_harmless,
    hidden,
    markdown_structure,
    payloads,
    pictures,
    structure,
)  # fmt: skip

from outcross.gate.record import Verdict
from outcross.report import (
    verdict_to_html,
    verdict_to_json,
    verdict_to_junit,
    verdict_to_markdown,
    verdict_to_text,
)  # fmt: skip
from outcross.report.gating import Bar, verdict_outline
from outcross.report.gating_text import picture

few = settings(max_examples=15, deadline=None)
ALL = [{"id": kind.replace("_", "-"), "kind": kind} | told for kind, told in MINIMAL.items()]
ASKED = (
    {"id": "synthetic-share", "kind": "synthetic_share", "max": 0.20, "owner": "data-gov", "consequence": "it thins",
     "maps_to": ["NIST AI 600-1 MS-2.11-005"]},
    {"id": "depth", "kind": "max_depth", "max": 3}, {"id": "loop", "kind": "self_loop", "on_fail": "block"},
    {"id": "levels", "kind": "evidence_level", "level": 2, "on_fail": "escalate"},
    {"id": "known", "kind": "unknown_share", "max": 0.1},
)  # fmt: skip


@cache
def verdict() -> Verdict:
    there = mix1()
    loop = {"id": "m0-out", "path": ["m0", "m0-out", "mix1"]}
    there["mix.self_loop"] = replace(
        there["mix.self_loop"], items=(loop,), finding=replace(there["mix.self_loop"].finding, low=1.0, high=1.0)
    )
    return judged(there, *ASKED)


def with_text(text: str) -> Verdict:
    """The verdict, with this text wherever others can write."""

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(one) for key, one in value.items()}
        return [told(one) for one in value] if isinstance(value, list) else text if isinstance(value, str) else value

    made = verdict()
    judged_ = tuple(
        replace(one, criterion=text, reason=text, remedies=(text, text), owner=text, consequence=text, maps_to=(text,))
        for one in made.assessments
    )
    return replace(
        made, assessments=judged_, sources=tuple(told(dict(one) | {"findings": [{"code": text, "said": text}]})
                                                 for one in made.sources),
        unresolved=tuple(map(told, made.unresolved)), loops=tuple(map(told, made.loops)),
        assumptions=(text,), notes=(text,), subjects={text: text}, made=text,
        policy={"name": text, "owner": text, "digest": text, "version": 1, "level": 0.95},
    )  # fmt: skip


FORMS = (verdict_to_text, verdict_to_markdown, verdict_to_html, verdict_to_junit)


@pytest.mark.parametrize("render", FORMS)
def test_every_form_says_what_holds_it_back_why_who_answers_and_what_would_mend_it(render):
    made = " ".join(render(verdict()).replace("&#58;", ":").replace("&#95;", "_").split())
    for said in ("synthetic-share", "data-gov", "the upper end, 21 %, is above that", "Leave out 1 of the 5 G tokens",
                 "m0 → m0-out → mix1", "mt-model-x"):  # fmt: skip
        assert said in made, said


@pytest.mark.parametrize("render", [verdict_to_text, verdict_to_markdown, verdict_to_html])
def test_forms_for_people_show_sources_levels_assumptions_and_what_is_unresolved(render):
    made = " ".join(render(verdict()).split())
    for said in ("crawl", "30 G", "L2", "L1", "8 to 17 %", MT, "mt-model-x, through mt-books", "30 %"):
        assert said in made, said


def test_the_record_is_the_json():
    assert Verdict.from_dict(json.loads(verdict_to_json(verdict(), pretty=True))) == verdict()
    assert json.loads(verdict_to_json(verdict())) == verdict().to_dict()


def test_what_blocks_is_said_first():
    outline = verdict_outline(verdict())
    assert [one.outcome for one in outline.judged] == ["block", "pause", "pause", "escalate", "pass"]
    assert outline.outcome == "block"
    assert [one.name for one in outline.met] == ["known"]
    assert "BLOCK  The mix must not be used, by loop. People must look at 1 more." in verdict_to_text(verdict(), 100)


def test_a_verdict_that_passes_says_so():
    made = judged(evidence_of((Row("books", 10),)), *ALL)
    assert f"PASS  All {len(ALL)} requirements are met." in verdict_to_text(made, 100)
    assert structure(verdict_to_html(made)).tags
    root = ET.fromstring(verdict_to_junit(made))  # noqa: S314 - our own
    assert (root.get("tests"), root.get("failures")) == (str(len(ALL)), "0")


def test_a_build_server_reads_a_case_for_each_requirement():
    root = ET.fromstring(verdict_to_junit(verdict()))  # noqa: S314 - our own
    cases = {one.get("name"): one for one in root.iter("testcase")}
    assert set(cases) == {"synthetic-share", "depth", "loop", "levels", "known"}
    failed = {name: one.find("failure") for name, one in cases.items()}
    assert {name: one.get("type") for name, one in failed.items() if one is not None} == {
        "synthetic-share": "pause: inconclusive", "depth": "pause: inconclusive", "loop": "block: fail",
        "levels": "escalate: fail",
    }  # fmt: skip
    assert root.get("failures") == "4"
    assert cases["known"].get("classname") == "outcross.data"


@few
@given(payload=payloads)
def test_hostile_text_never_yields_live_markup(payload):
    hostile, honest = with_text(payload), with_text(HONEST)
    assert_harmless(verdict_to_html(hostile), verdict_to_html(honest))
    made = verdict_to_markdown(hostile)
    assert markdown_structure(made) == markdown_structure(verdict_to_markdown(honest))
    assert not hidden(made)
    assert "http://" not in made


@few
@given(payload=payloads, width=st.sampled_from([40, 60, 80, 120]))
def test_hostile_text_never_steers_the_terminal(payload, width):
    made = verdict_to_text(with_text(payload), width, next_steps=[payload])
    assert not hidden(made)
    assert max(map(cell_len, made.splitlines())) <= width


@few
@given(payload=payloads)
def test_hostile_text_leaves_the_xml_valid(payload):
    made = verdict_to_junit(with_text(payload))
    root = ET.fromstring(made.encode())  # noqa: S314 - our own
    assert [one.tag for one in root.iter()] == [
        one.tag
        for one in ET.fromstring(verdict_to_junit(with_text(HONEST)).encode()).iter()  # noqa: S314
    ]
    assert not hidden(made)


@few
@given(payload=payloads)
def test_the_record_on_the_terminal_is_plain_ascii(payload):
    assert verdict_to_json(with_text(payload), pretty=True).isascii()


def test_the_page_is_complete_in_itself():
    made = verdict_to_html(verdict())
    read = structure(made)
    assert "default-src 'none'" in made
    assert "script" not in read.tags
    assert not {name for name, _ in read.attributes} & {"src", "srcset", "action", "style", "onload"}
    assert "url(" not in made
    assert len(pictures(made)) == 5


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(8, 40))
def test_the_small_picture_puts_the_limit_among_the_ends(a, b, limit, width):
    low, high = sorted((a, b))
    drawn = picture(Bar(low, high, limit, False, True), width)
    assert len(drawn) == width
    assert drawn.count("┃") == 1
    if high > limit > low and limit < (width - 1.5) / (width - 1):
        assert "━" in drawn[drawn.index("┃") :]


@given(st.floats(0, 1e12), st.floats(0, 1e12), st.sampled_from(["share", "tokens", "generations", "count"]))
def test_every_bar_lies_on_its_scale(limit, low, unit):
    one = verdict().assessments[0]
    for interval in ((low, low), (low, math.inf), (0.0, low)):
        outline = verdict_outline(
            replace(verdict(), assessments=(replace(one, interval=interval, limit=limit, unit=unit),))
        )
        bar = outline.judged[0].bar
        assert 0 <= bar.low <= bar.high <= 1
        assert 0 <= bar.limit <= 1


def test_many_sources_are_cut_and_said_to_be():
    rows = [Row(f"s{nth}", 10) for nth in range(700)]
    made = judged(evidence_of(rows), {"kind": "evidence_level", "level": 3})
    assert "200 more sources are in the JSON record" in verdict_to_html(made)
    assert "and 694 more" in made.assessments[0].reason
    assert len(verdict_to_text(made, 80)) < 20_000
    assert MIX1[0].name in verdict_to_text(verdict(), 40)
