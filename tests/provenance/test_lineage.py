"""What follows for mixes through their lineage: the worked example, the rules, and that no possible world is left out."""

import math
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError, DataError
from outcross.provenance.account import Account
from outcross.provenance.assembly import Ground, assembled
from outcross.provenance.content import HUMAN, UNKNOWN, Told
from outcross.provenance.lineage import Feed, Lineage, Node, flow
from outcross.provenance.mix import read_mix
from outcross.provenance.mix_evidence import evidence_of
from outcross.provenance.unresolved import unresolved
from tests.provenance.worlds import truth, world
from tests.provenance.worked_example import ASSUMED, EXAMPLE

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
        assert not list(outside(*world(Random(seed), 2 + seed % 30)))


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
    assert any(list(outside(*world(Random(seed), 12))) for seed in range(200))
