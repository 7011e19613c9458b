"""What follows for mixes through their lineage: the worked example, the rules; no possible world is left out."""

import math
import time
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.provenance.worked_example import ASSUMED, EXAMPLE
from tests.provenance.worlds import truth, world

from outcross.errors import CallError, DataError
from outcross.estimate import Unknown
from outcross.evidence import Evidence
from outcross.provenance.account import Account
from outcross.provenance.assembly import assembled
from outcross.provenance.content import HUMAN, UNKNOWN, Told
from outcross.provenance.earlier import fresh_human
from outcross.provenance.lineage import Feed, Lineage, Node, flow
from outcross.provenance.mix import read_mix
from outcross.provenance.mix_evidence import evidence_of
from outcross.provenance.unresolved import unresolved

NOW = "2026-11-23T00:00:00+00:00"
PRINTED = {
    "mix1": ((0.165, 0.210), (0.165, 0.474), (1, 4)),
    "mix2": ((0.195, 0.239), (0.211, 0.448), (2, 5)),
    "mix3": ((0.387, 0.447), (0.457, 0.823), (3, 6)),
}


def account_of(tmp_path, text, name="", grounds=None):
    path = tmp_path / "mix.toml"
    path.write_text(text)
    mix = read_mix(f"{path}#{name}" if name else str(path))
    return Account(mix, assembled(mix, grounds or {}, lambda _: None, NOW))


@pytest.mark.parametrize("name", PRINTED)
def test_the_worked_example_comes_out_to_its_printed_digits(tmp_path, name):
    content = account_of(tmp_path, EXAMPLE + ASSUMED, name).content
    share, mean, deepest = PRINTED[name]
    assert tuple(round(end, 3) for end in content.made) == share
    assert tuple(round(end, 3) for end in content.mean) == mean
    assert content.deepest == deepest


@pytest.mark.parametrize("name", PRINTED)
def test_without_the_assumption_depth_has_no_end_and_the_missing_model_is_named(tmp_path, name):
    account = account_of(tmp_path, EXAMPLE, name)
    share, mean, deepest = PRINTED[name]
    assert tuple(round(end, 3) for end in account.content.made) == share
    assert (round(account.content.mean[0], 3), account.content.deepest[0]) == (mean[0], deepest[0])
    assert math.isinf(account.content.mean[1])
    assert math.isinf(account.content.deepest[1])
    assert [one.name for one in account.missing] == ["mt-model-x"]


def test_the_path_of_a_missing_model_leads_through_the_models_that_pass_it_on(tmp_path):
    (missing,) = account_of(tmp_path, EXAMPLE, "mix3").missing
    assert missing.path == (
        "mt-model-x", "books-translated", "mix1", "m1", "m1-output", "mix2", "m2", "m2-output", "mix3",
    )  # fmt: skip


def outside(lineage, texts):
    """Figures of nodes whose truth lies outside of what follows for them."""
    found = flow(lineage).contents
    for id_, atoms in texts.items():
        if id_ in found:
            content = found[id_]
            ends = (content.human, content.edited, content.synthetic, content.procedural, content.made, content.mean,
                    content.deepest)  # fmt: skip
            for (low, high), value in zip(ends, truth(atoms), strict=True):
                if not low - 1e-9 <= value <= high + 1e-9:
                    yield id_, lineage.nodes[id_].op, (low, high), value


@given(st.randoms(use_true_random=False), st.integers(1, 14))
def test_no_world_that_is_consistent_with_what_is_told_lies_outside_of_what_follows(rng, steps):
    assert not list(outside(*world(rng, steps)))


@pytest.mark.study
def test_nor_does_any_of_very_many_worlds():
    for seed in range(20_000):
        assert not list(outside(*world(Random(seed), 2 + seed % 30)))  # noqa: S311


WRONG = {
    "a filter keeps shares": ("filtered", lambda one, _: one),
    "text that is edited stays human": ("changed", lambda one, _: one),
    "models write human text": ("written", lambda _: HUMAN),
    "depth stays": ("one_deeper", lambda model: (model.mean, model.deepest)),
    "a mix is like its first source": ("blended", lambda texts: texts[0][0] if texts else UNKNOWN),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_would_be_noticed(monkeypatch, name):
    rule, wrong = WRONG[name]
    monkeypatch.setattr(f"outcross.provenance.{'content' if rule == 'one_deeper' else 'lineage'}.{rule}", wrong)
    assert any(list(outside(*world(Random(seed), 12))) for seed in range(200))  # noqa: S311


def chain(count, *, missing=()):
    """Generation after generation: each model is trained on the last one's output and some text of its own."""
    nodes = {}
    for place in range(count):
        told = None if place in missing else Told({"human": (0.9, 1.0)}, (0.0, 0.1), (1, 2), (1, 2))
        nodes[f"own{place}"] = Node(f"own{place}", f"own{place}", "source", told=told)
        feeds = (Feed(f"own{place}", 1.0), *((Feed(f"out{place - 1}", 1.0),) if place else ()))
        nodes[f"m{place}"] = Node(f"m{place}", f"m{place}", "model", "mix", feeds)
        nodes[f"out{place}"] = Node(f"out{place}", f"out{place}", "source", "generate", (), (f"m{place}",))
    nodes["target"] = Node("target", "target", "mix", "mix", (Feed(f"out{count - 1}", 1.0), Feed("own0", 3.0)))
    return Lineage(nodes, "target", tuple(f"m{place}" for place in range(count)))


def test_a_lineage_of_ten_thousand_nodes_takes_seconds():
    lineage = chain(3_333, missing=range(0, 3_333, 2))
    begun = time.process_time()
    found = flow(lineage)
    missing = unresolved(lineage, found)
    fresh_human(lineage, found)
    assert time.process_time() - begun < 5
    assert len(found.contents) == 10_000
    assert len(missing) == 1_667
    assert missing[0].name == "own0"


def test_something_that_comes_from_itself_is_refused_by_name():
    nodes = {
        "mix": Node("mix", "mix", "mix", "mix", (Feed("out", 1.0),)),
        "out": Node("out", "output", "source", "generate", (), ("m",)),
        "m": Node("m", "model m", "model", "mix", (Feed("mix", 1.0),)),
    }
    with pytest.raises(DataError, match=r"in a circle: .*'mix' from 'output' from 'model m' from 'mix'|'model m'"):
        flow(Lineage(nodes, "mix"))


def test_a_circle_that_the_mix_does_not_come_from_is_refused_too():
    nodes = {"mix": Node("mix", "mix", "mix"), "a": Node("a", "a", "mix", "mix", (Feed("b"),)),
             "b": Node("b", "b", "mix", "mix", (Feed("a"),))}  # fmt: skip
    with pytest.raises(DataError, match="'a' from 'b' from 'a'"):
        flow(Lineage(nodes, "mix"))


def test_a_lineage_names_nothing_that_it_does_not_hold():
    with pytest.raises(CallError, match="no node 'b'"):
        Lineage({"a": Node("a", "a", "mix", "mix", (Feed("b"),))}, "a")


def test_one_missing_source_on_several_paths_costs_no_more_width_than_its_tokens():
    nodes = {
        "lost": Node("lost", "lost", "source"),
        "known": Node("known", "known", "source", told=Told({"human": (1.0, 1.0)})),
        "one": Node("one", "one", "mix", "mix", (Feed("lost", 1.0), Feed("known", 1.0))),
        "two": Node("two", "two", "mix", "mix", (Feed("lost", 1.0), Feed("known", 3.0))),
        "target": Node("target", "target", "mix", "mix", (Feed("one", 1.0), Feed("two", 1.0), Feed("lost", 2.0))),
    }
    lineage = Lineage(nodes, "target")
    found = flow(lineage)
    low, high = found.contents["target"].made
    assert (low, high) == pytest.approx((0.0, (0.5 + 0.25 + 2) / 4))
    (missing,) = unresolved(lineage, found)
    assert (missing.name, missing.narrows) == ("lost", pytest.approx(1.0))


@given(st.randoms(use_true_random=False), st.integers(1, 10))
def test_what_is_resolved_narrows_the_answer_by_no_more_than_was_said(rng, steps):
    lineage, _ = world(rng, steps)
    if any(feed.tokens is None for node in lineage.nodes.values() for feed in node.inputs):
        return  # the rank is then a rule of thumb, as its docstring says
    found = flow(lineage)
    low, high = found.contents["target"].made
    width = high - low
    for one in unresolved(lineage, found):
        if one.lack != "missing":
            continue
        share = rng.random()
        told = Told({"human": (1 - share, 1 - share), "synthetic": (share, share)})
        nodes = {**lineage.nodes, one.id: replace(lineage.nodes[one.id], told=told)}
        low, high = flow(Lineage(nodes, "target")).contents["target"].made
        assert width - (high - low) <= one.narrows * width + 1e-9


def test_where_there_is_no_budget_left_a_bound_takes_the_place_of_the_rank(monkeypatch):
    lineage = chain(30, missing=(0, 29))
    exact = {one.id: one.narrows for one in unresolved(lineage, flow(lineage))}
    monkeypatch.setattr("outcross.provenance.unresolved.EVALUATIONS", 0)
    bounds = {one.id: one.narrows for one in unresolved(lineage, flow(lineage))}
    assert all(bounds[id_] >= narrows for id_, narrows in exact.items())


@pytest.mark.parametrize(("kept", "ends"), [(0.5, (0.0, 0.4)), (0.9, (0.1 / 0.9, 0.2 / 0.9)), (None, (0.0, 1.0))])
def test_a_filter_may_have_kept_any_of_it(kept, ends):
    nodes = {"a": Node("a", "a", "source", told=Told({}, (0.2, 0.2))),
             "f": Node("f", "f", "source", "filter", (Feed("a"),), kept=kept)}  # fmt: skip
    assert flow(Lineage(nodes, "f")).contents["f"].made == pytest.approx(ends)


def test_what_is_derived_somehow_can_be_anything():
    nodes = {"a": Node("a", "a", "source", told=Told({"human": (1.0, 1.0)})),
             "d": Node("d", "d", "source", "derive", (Feed("a"),))}  # fmt: skip
    assert flow(Lineage(nodes, "d")).contents["d"] == UNKNOWN


def test_what_is_declared_and_what_follows_are_joined_where_they_exclude_each_other():
    nodes = {"a": Node("a", "a", "source", told=Told({"synthetic": (1.0, 1.0)})),
             "c": Node("c", "c", "source", "copy", (Feed("a"),), told=Told({"human": (1.0, 1.0)}))}  # fmt: skip
    found = flow(Lineage(nodes, "c"))
    assert found.torn == {"c"}
    assert found.contents["c"].made == (0.0, 1.0)


def test_human_text_that_an_earlier_generation_consumed_is_not_fresh(tmp_path):
    account = account_of(tmp_path, EXAMPLE, "mix2")
    assert account.content.human == pytest.approx((60 / 83 + 3.2 / 83, 60 / 83 + 6.8 / 83), abs=0.1)
    assert account.fresh["mix:mix2"] == (0.0, 0.0)
    start, end = EXAMPLE.index('name = "mix2"'), EXAMPLE.rindex('name = "mix3"')
    new = EXAMPLE[:start] + EXAMPLE[start:end].replace('"crawl"', '"news"') + EXAMPLE[end:]
    new += '[[source]]\nname = "news"\n[[assumption]]\nid = "news"\nhuman = [0.9, 1]\nowner = "a"\nreason = "b"\n'
    assert account_of(tmp_path, new, "mix2").fresh["mix:mix2"] == pytest.approx((36 / 83, 40 / 83))


def test_a_line_of_which_nobody_knows_what_it_consumed_leaves_no_fresh_text_for_sure():
    lineage = chain(2)
    nodes = {**lineage.nodes, "old": Node("old", "old", "model")}
    fresh = fresh_human(line := Lineage(nodes, "target", ("old",)), flow(line))
    assert fresh["target"][0] == 0


def test_output_of_its_own_line_is_found_in_a_mix_with_the_way_that_it_came(tmp_path):
    loops = account_of(tmp_path, EXAMPLE, "mix2").loops
    assert [(one.name, one.path) for one in loops] == [
        ("m0", ("m0", "m0-output", "mix2")), ("m1", ("m1", "m1-output", "mix2")),
    ]  # fmt: skip


def test_output_is_known_by_the_digest_of_its_model_under_another_name(tmp_path):
    text = EXAMPLE.replace('id = "m0"\n', 'id = "m0"\ndigest = "sha256:aa"\n').replace('by = "m1"', 'by = "friend"')
    text += '[[model]]\nid = "friend"\ndigest = "sha256:aa"\n'
    assert "friend" in [one.name for one in account_of(tmp_path, text, "mix2").loops]


def test_nobody_told_the_line_so_nobody_knows_of_a_loop(tmp_path):
    account = account_of(tmp_path, EXAMPLE.replace('line = ["m0", "m1", "m2"]\n', ""))
    assert account.loops is None
    (loop,) = [one for one in evidence_of(account, NOW) if one.name == "mix.self_loop"]
    assert isinstance(loop.finding, Unknown)


def test_tokens_of_a_mix_within_a_mix_are_those_of_its_sources(tmp_path):
    text = (
        EXAMPLE
        + '[[mix]]\nname = "mix4"\nsources = [{ name = "mix1", tokens = 8e9 }, { name = "books", tokens = 1e9 }]\n'
    )
    taken = {one.known.name: one.tokens for one in account_of(tmp_path, text, "mix4").sources}
    assert taken == pytest.approx({"books": 4e9, "crawl": 4e9, "m0-output": 0.5e9, "books-translated": 0.5e9})


def test_evidence_is_all_that_a_gate_may_read_and_survives_being_kept(tmp_path):
    account = account_of(tmp_path, EXAMPLE + ASSUMED, "mix1")
    evidence = {one.name: one for one in evidence_of(account, NOW)}
    assert set(evidence) == {
        "mix.synthetic", "mix.synthetic_or_edited", "mix.human", "mix.human_tokens", "mix.fresh_human",
        "mix.fresh_human_tokens", "mix.unknown", "mix.mean_depth", "mix.max_depth", "mix.unresolved", "mix.self_loop",
        "mix.sources", "mix.assumptions",
    }  # fmt: skip
    assert all(Evidence.from_dict(one.to_dict()) == one for one in evidence.values())
    assert {one.subjects["mix"] for one in evidence.values()} == {account.digest}
    assert "mt-model-x: synthetic 0 to 0.5" in evidence["mix.max_depth"].finding.assumption
    assert {one.valid_until for one in evidence.values()} == {"2027-06-30"}
    low, high = evidence["mix.human_tokens"].finding.interval()
    assert (low, high) == pytest.approx((30e9 + 33.2e9, 30e9 + 36.8e9))
    parts = evidence["mix.synthetic_or_edited"].items
    assert sum(one["share"] * one["high"] for one in parts) == pytest.approx(0.21)


def test_a_mix_of_which_nobody_told_the_tokens_has_no_shares(tmp_path):
    account = account_of(tmp_path, 'name = "m"\n[[source]]\nname = "a"\n[[mix]]\nname = "m"\nsources = ["a"]\n')
    evidence = {one.name: one for one in evidence_of(account, NOW)}
    assert isinstance(evidence["mix.synthetic_or_edited"].finding, Unknown)
    assert evidence["mix.sources"].items[0]["tokens"] is None


def test_an_assumption_that_has_lapsed_is_named_and_not_taken(tmp_path):
    account = account_of(tmp_path, EXAMPLE + ASSUMED.replace("2027-06-30", "2026-01-01"), "mix1")
    assert math.isinf(account.content.deepest[1])
    items = next(one for one in evidence_of(account, NOW) if one.name == "mix.assumptions").items
    assert [one["id"] for one in items if one["lapsed"]] == ["mt-model-x"]


@pytest.mark.parametrize(("said", "told"), [
    ('id = "mt-model-y"\nhuman = 1', "did you mean 'mt-model-x'"),
    ('id = "books-translated"\nhuman = 0.9\nsynthetic = 0.9', "do not sum to 1"),
    ('id = "mix1"\nhuman = 1', "excludes what it came from"),
])  # fmt: skip
def test_an_assumption_that_speaks_of_nothing_or_cannot_be_true_is_refused(tmp_path, said, told):
    with pytest.raises(DataError) as refused:
        account_of(tmp_path, f'{EXAMPLE}[[assumption]]\n{said}\nowner = "a"\nreason = "b"\n')
    assert told in str(refused.value).lower() or told in str(refused.value)
