"""Every definition holds, does not hold and is unknown where it should; and says why, since when, what is missing."""

import dataclasses
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError
from outcross.estimate import Estimate, Unknown
from outcross.track.definitions import definition, definitions, verdicts
from outcross.track.levelling import goes_on
from outcross.track.observed import Course, Observed, any_of, fell, rose

GENERATIONS = tuple(f"g{number}" for number in range(1, 9))


def estimate(value, se=0.01, unit="log ratio"):
    return Estimate(value, se, 31.0, 1000, unit, "made up")


def course(*changes, half=0.03, unit="log ratio", values=()):
    """A course of these changes, with bands of this half width; None is unknown."""
    found = tuple(Unknown("no samples") if one is None else estimate(one, half / 3, unit) for one in changes)
    bands = tuple(None if one is None else (one - half, one + half) for one in changes)
    return Course(found, bands, tuple(estimate(one, 0.01, "nats a token") for one in values))


def lineage(facts=None, **courses):
    """Courses by name, whose dots are written as underscores here."""
    length = max((len(one.changes) for one in courses.values()), default=3)
    named = {name.replace("_", "."): one for name, one in courses.items()}
    return Observed(GENERATIONS[:length], named, facts or {})


FALL, RISE, FLAT, VAGUE = (0.0, -0.1, -0.2), (0.0, 0.1, 0.2), (0.0, 0.01, -0.01), (0.05, -0.05, 0.0)


def fall():
    return course(*FALL)


def rise():
    return course(*RISE)


def flat():
    return course(*FLAT)


def vague():
    return course(*VAGUE, half=0.3)


def nats(*changes, half=0.02, values=()):
    return course(*changes, half=half, unit="nats a token", values=values)


def power(exponent, sizes=(1e6, 1e7, 1e8, 1e9), se=0.004):
    return tuple((size, estimate(3 * (size / 1e6) ** -exponent, se)) for size in sizes)


LINE = tuple(0.1 * step for step in range(1, 9))
LEVEL = tuple(0.3 * (1 - 0.3**step) for step in range(1, 9))
MIXED, HUMAN = {"human_share_fresh": (0.5, 0.4, 0.3)}, {"human_share_fresh": (1.0, 1.0, 1.0)}

CASES = {
    "catastrophic-risk-increase": (
        lineage({"trivial_loss": 6.0}, perplexity=nats(0, 1, 3, values=(3.5, 4.5, 6.5))),
        lineage({"trivial_loss": 6.0}, perplexity=nats(0, 0.1, 0.2, values=(3.5, 3.6, 3.7))),
        lineage({"trivial_loss": 3.7}, perplexity=nats(0, 0.1, 0.2, values=(3.5, 3.6, 3.7))),
    ),
    "any-risk-increase": (
        lineage(perplexity=nats(0, 0.01, 0.05)),
        lineage(perplexity=nats(0, 0.01, 0.0)),
        lineage(perplexity=nats(0, 0.1, 0.1, half=0.2)),
    ),
    "diverging-risk": (
        lineage(perplexity=nats(*LINE)),
        lineage(perplexity=nats(*LEVEL)),
        lineage(perplexity=nats(*LINE[:5])),
    ),
    "scaling-law-change": (
        lineage({"losses_by_size": {"baseline": power(0.08), "g2": power(0.05)}}),
        lineage({"losses_by_size": {"baseline": power(0.08), "g2": power(0.08), "g3": power(0.081)}}),
        lineage({"losses_by_size": {"baseline": power(0.08), "g2": power(0.05, sizes=(1e6, 1e7))}}),
    ),
    "collapsing-variance": (lineage(entropy=fall()), lineage(embedding_dispersion=flat()), lineage(entropy=vague())),
    "mode-entanglement": (
        lineage(embedding_modes=course(0, -0.2, -0.3, unit="points")),
        lineage(embedding_modes=course(0, 0, 0.1, unit="points", half=0.02)),
        lineage(entropy=fall()),
    ),
    "tail-disappearance": (
        lineage(tail_survival=flat(), tail_share=fall()),
        lineage(tail_survival=flat(), tail_share=rise()),
        lineage(tail_survival=flat(), tail_share=vague()),
    ),
    "hallucinated-data": (
        lineage(unknown_share=course(0, 0.01, 0.06, half=0.02, unit="points")),
        lineage(unknown_share=course(0, 0.0, 0.001, half=0.01, unit="points"), embedding_precision=flat()),
        lineage(unknown_share=course(0, 0.0, 0.01, half=0.02, unit="points")),
    ),
    "model-autophagy-disorder": (
        lineage(MIXED, embedding_recall=fall(), embedding_precision=flat()),
        lineage(HUMAN, embedding_recall=fall()),
        lineage(embedding_recall=fall()),
    ),
    "non-iterative-collapse": (
        lineage(MIXED, perplexity=nats(0.1, 0.1), hill_2=course(-0.1, -0.1)),
        lineage(MIXED, perplexity=nats(0.1, 0.1), hill_2=course(0.0, -0.1)),
        lineage(perplexity=nats(0.1, 0.1), hill_2=course(-0.1, -0.1)),
    ),
    "instability": (lineage(kl=course(*LINE)), lineage(kl=course(*LEVEL)), lineage(kl=rise())),
    "linguistic-decline": (
        lineage(distinct_2=fall(), embedding_vendi=flat()),
        lineage(distinct_2=flat(), types=flat()),
        lineage(embedding_vendi=fall()),
    ),
    "collapse-to-uniformity": (
        lineage(entropy=rise(), kl=rise()),
        lineage(entropy=rise(), kl=flat()),
        lineage(entropy=rise()),
    ),
}
STATES = ("holds", "does not hold", "unknown")


# The contract


@pytest.mark.parametrize(("name", "place"), [(name, place) for name in CASES for place in range(3)])
def test_every_definition_has_its_three_answers(name, place):
    verdict = definition(name).decide(CASES[name][place])
    assert verdict.state == STATES[place], verdict
    assert verdict.definition == name
    assert verdict.why
    assert bool(verdict.needs) == (verdict.state == "unknown")
    if verdict.since is not None:
        assert verdict.state == "holds"
        assert verdict.since in CASES[name][place].generations


def test_the_registry_is_complete():
    assert set(CASES) == set(definitions())
    assert len(definitions()) == 13
    assert sum("one of the eight" in one.source for one in definitions().values()) == 8


@pytest.mark.parametrize("one", definitions().values(), ids=list(definitions()))
def test_every_definition_names_its_source_its_needs_and_its_boundary(one):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", one.name)
    assert re.search(r"et al\. 20\d\d", one.source)
    assert one.question.endswith("?")
    assert one.test.endswith(".")
    assert "unknown" in one.boundary.lower()
    assert one.needs
    assert all(one.to_dict().values())


@pytest.mark.parametrize("one", definitions().values(), ids=list(definitions()))
def test_nothing_is_known_of_an_empty_lineage(one):
    for empty in (Observed((), {}), Observed(("g1",), {}), lineage(perplexity=course(None, None))):
        verdict = one.decide(empty)
        assert verdict.state == "unknown"
        assert verdict.needs


@pytest.mark.parametrize("one", definitions().values(), ids=list(definitions()))
def test_a_definition_reads_nothing_but_what_it_names(one):
    case = CASES[one.name][0]
    courses = {name: found for name, found in case.courses.items() if name in one.needs}
    facts = {name: found for name, found in case.facts.items() if f"fact {name}" in one.needs}
    assert one.decide(dataclasses.replace(case, courses=courses, facts=facts)) == one.decide(case)
    assert set(one.test_of(case).evidence) <= set(one.needs) | {"perplexity"}


def test_a_definition_nobody_knows_is_a_wrong_call():
    with pytest.raises(CallError, match="tail-disappearance"):
        definition("doom")


def test_the_verdict_on_a_lineage_is_a_vector():
    found = verdicts(CASES["collapse-to-uniformity"][0])
    states = {one.definition: one.state for one in found}
    assert states["collapse-to-uniformity"] == "holds"
    assert states["collapsing-variance"] == "does not hold"
    assert states["tail-disappearance"] == "unknown"


# What a course shows


def test_the_reason_names_the_figures_and_the_first_generation():
    verdict = definition("tail-disappearance").decide(lineage(tail_share=course(0.0, -0.1, -0.05)))
    assert verdict.since == "g2"
    assert verdict.why == "tail.share -9.5 % (-12.2 % to -6.8 %) at g2, -4.9 % (-7.7 % to -2.0 %) at g3"


def test_what_was_lost_once_is_said_although_it_came_back():
    verdict = definition("tail-disappearance").decide(lineage(tail_share=course(0.0, -0.1, 0.0)))
    assert (verdict.state, verdict.since) == ("holds", "g2")
    assert "at g3" in verdict.why


def test_an_unknown_says_how_many_more_documents_it_needs():
    verdict = definition("tail-disappearance").decide(lineage(tail_share=course(0.0, half=0.2)))
    assert verdict.needs == "about 3.7 times the documents a generation"


def test_a_last_generation_that_is_not_known_settles_nothing():
    verdict = definition("tail-disappearance").decide(lineage(tail_share=course(0.0, 0.0, None)))
    assert (verdict.state, verdict.needs) == ("unknown", "measure tail.share of g3")
    assert "no samples" in verdict.why


def test_no_evidence_against_is_not_read_from_what_was_not_measured():
    both = any_of(lineage(), fell(lineage(), "entropy"), fell(lineage(), "embedding.dispersion"))
    assert both.state == "unknown"
    assert not both.measured
    assert "; or " in both.needs


changes = st.floats(-1, 1)
halves = st.floats(1e-4, 1)


@given(st.lists(changes, min_size=1, max_size=8), halves, st.floats(1, 5), st.sampled_from([fell, rose]))
def test_wider_bands_never_settle_what_was_open(series, half, wider, question):
    narrow, wide = (question(lineage(kl=course(*series, half=half * by)), "kl") for by in (1, wider))
    assert wide.state in (narrow.state, "unknown") or narrow.state == "holds"
    if narrow.state == "unknown":
        assert wide.state == "unknown"


@given(st.lists(changes, min_size=1, max_size=8), halves)
def test_nothing_has_moved_while_every_band_holds_zero(series, half):
    found = lineage(kl=course(*series, half=half))
    if all(abs(one) <= half for one in series):
        assert fell(found, "kl").state != "holds"
        assert rose(found, "kl").state != "holds"
    assert not (fell(found, "kl").state == rose(found, "kl").state == "holds") or len(series) > 1


@given(st.lists(changes, min_size=1, max_size=8), halves, st.floats(0.01, 0.5), st.floats(1, 1.9))
def test_a_larger_margin_only_settles_more(series, half, margin, by):
    narrow = lineage(kl=course(*series, half=half))
    states = [fell(dataclasses.replace(narrow, margin=one), "kl").state for one in (margin, margin * by)]
    assert states[0] == states[1] or states == ["unknown", "does not hold"]


@given(st.lists(st.none() | changes, max_size=8), halves)
def test_verdicts_are_given_on_every_course(series, half):
    names = {name for one in definitions().values() for name in one.needs if not name.startswith("fact ")}
    courses = {name: course(*series, half=half, values=[one or 0 for one in series]) for name in names}
    facts = {"trivial_loss": 0.5, "human_share_fresh": tuple(None if one is None else 0.5 for one in series)}
    found = verdicts(Observed(GENERATIONS[: len(series)], courses, facts))
    assert {one.state for one in found} <= set(STATES)
    assert json.dumps([dataclasses.asdict(one) for one in found])


# Rises that go on


def going(shape, se, seed, runs=150):
    """How often each state is read from noisy courses of a shape."""
    random = np.random.default_rng(seed)
    counts = dict.fromkeys(STATES, 0)
    for _ in range(runs):
        noisy = np.asarray(shape) + random.normal(0, se, len(shape))
        counts[goes_on(lineage(kl=course(*noisy, half=3 * se)), "kl").state] += 1
    return {state: count / runs for state, count in counts.items()}


def test_a_line_goes_on_and_what_levels_off_does_not():
    line, level = going(LINE, 0.01, 1), going(LEVEL, 0.005, 2)
    assert line["holds"] > 0.95
    assert level["does not hold"] > 0.95
    assert line["does not hold"] == level["holds"] == 0


def test_a_flat_course_never_goes_on():
    assert going(np.zeros(8), 0.02, 3)["holds"] <= 0.05
    assert going(np.zeros(8), 0.005, 4)["does not hold"] > 0.9


def test_a_slow_rise_in_much_noise_is_open():
    assert going(np.arange(8) * 0.01, 0.1, 5)["unknown"] > 0.95


def test_noise_that_no_curve_fits_counts_as_error():
    jagged = course(0.0, 0.9, 0.1, 1.0, 0.2, 1.1, 0.3, 1.2, half=0.01)
    assert goes_on(lineage(kl=jagged), "kl").state == "unknown"
    assert goes_on(lineage(kl=course(*LINE, half=0.0)), "kl").state == "unknown"
