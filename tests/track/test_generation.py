"""Generations and the lineages that they form."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError, DataError
from outcross.track.generation import Generation, Sampled, Trained, control_of, lineage


def turns(**parents: str) -> list[Generation]:
    """Generations by name, with the names of their parents apart by spaces."""
    return [Generation(name, parents=tuple(told.split())) for name, told in parents.items()]


def path(*args, **kwargs) -> list[str]:
    return [one.name for one in lineage(*args, **kwargs).path]


def test_a_chain_is_followed_from_its_oldest():
    found = lineage(turns(c="b", a="", b="a"))
    assert [one.name for one in found.path] == ["a", "b", "c"]
    assert found.head == "c"
    assert not found.assumed
    assert found.missing == ()


def test_without_any_parents_the_order_of_registration_is_taken_and_said():
    found = lineage(turns(g1="", g0="", g2=""))
    assert [one.name for one in found.path] == ["g1", "g0", "g2"]
    assert found.assumed


def test_without_any_parents_a_lineage_may_end_earlier():
    found = lineage(turns(g1="", g0="", g2=""), "g0")
    assert [one.name for one in found.path] == ["g1", "g0"]
    assert found.head == "g0"
    assert found.assumed


def test_a_single_generation_assumes_nothing():
    assert not lineage(turns(only="")).assumed


def test_several_leaves_are_several_lineages_to_choose_from():
    forked = turns(a="", b="a", c="a")
    with pytest.raises(CallError, match="2 lineages, which end at: b, c"):
        lineage(forked)
    assert path(forked, "c") == ["a", "c"]


def test_of_two_parents_the_first_that_is_registered_is_followed():
    assert path(turns(a="", b="", c="gone b a")) == ["b", "c"]
    assert lineage(turns(a="", b="", c="gone b a")).missing == ("gone",)


def test_two_ways_to_one_ancestor_are_no_circle():
    assert path(turns(a="", b="a", c="a", d="c b")) == ["a", "c", "d"]


def test_missing_parents_end_the_path_and_are_said_to_be_missing():
    found = lineage(turns(b="a", c="b"))
    assert [one.name for one in found.path] == ["b", "c"]
    assert found.missing == ("a",)


def test_circles_are_refused():
    with pytest.raises(DataError, match="circle"):
        lineage(turns(a="b", b="a"))
    with pytest.raises(DataError, match="circle at 'c'"):
        lineage(turns(a="c", b="a", c="b", d="c"))
    with pytest.raises(CallError, match="its own parent"):
        Generation("a", parents=("a",))


def test_people_and_controls_are_no_turns_of_the_cycle():
    others = [Generation("people", "human"), Generation("c1", "control"), Generation("c2", "control", ("c1",))]
    assert path([*others, *turns(g1="people", g2="g1")]) == ["g1", "g2"]
    assert [one.name for one in control_of(others)] == ["c1", "c2"]
    with pytest.raises(CallError, match="No generation is registered"):
        lineage(others)


def test_an_unknown_head_is_refused_with_those_there_are():
    for generations in (turns(a="", b="a"), turns(a="", b="")):
        with pytest.raises(CallError) as told:
            lineage(generations, "z")
        assert "a, b" in str(told.value.hint)


@pytest.mark.parametrize("name", ["", "-a", "a b", "a/b", "ä", "a" * 101, "a\n", ".."])
def test_names_that_cannot_be_typed_or_told_apart_are_refused(name):
    with pytest.raises(CallError, match="is no name"):
        Generation(name)
    with pytest.raises(CallError, match="is no name"):
        Generation("fine", parents=(name,))


@given(st.lists(st.integers(0, 30), max_size=30))
def test_whatever_the_tree_a_path_leads_from_child_to_parent(numbers):
    """Each generation has an earlier one as its parent."""
    made = [Generation("g0")]
    for place, number in enumerate(numbers, 1):
        made.append(Generation(f"g{place}", parents=(f"g{number % place}",)))
    for one in made:
        found = lineage(made, one.name).path
        assert found[-1].name == one.name
        if len(made) > 1:
            assert found[0].name == "g0"
            assert all(child.parents == (parent.name,) for parent, child in pairwise(found))


def test_a_record_survives_plain_values():
    one = Generation(
        "g1", parents=("g0",), train=(Trained("mix", "r", "a", 10, 3_500_000_000),),
        samples=Sampled("out", "r", "a", "s", 10, 9, "samples", "seed", "prompt"), model="m", regime="mixed",
        decoding={"temperature": 0.7}, scores=({"task": "t", "value": 1.0},), facts={"note": "x"},
    )  # fmt: skip
    assert Generation.from_dict(one.to_dict()) == one
    assert Generation.from_dict(one.to_dict()).digest == one.digest
    with pytest.raises(DataError, match="schema"):
        Generation.from_dict(one.to_dict() | {"schema": "outcross.generation/0"})
