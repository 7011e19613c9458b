"""The contract of a measure, held against all that are registered: a new one is under test by being there."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.making import Writers, batch_of, only_numbers, states_of

from outcross.audits.conclude import ladder
from outcross.engine.states import Family, added, look
from outcross.errors import FaultError
from outcross.estimate import Estimate, Unknown
from outcross.measure import Asked, Caps, Figure, all_figures, measure
from outcross.measures import families, joining, streaming

each = pytest.mark.parametrize("name", sorted(streaming()))
each_family = pytest.mark.parametrize("name", sorted(families()))

SMALL = Caps(word_types=1 << 20, sampled_types=256, sampled_documents=16, text_bytes=1 << 14)
TEXTS = st.lists(st.text(st.sampled_from("ab \n.é漢"), max_size=40), min_size=1, max_size=12)
HOSTILE = {
    "empty": [""], "one letter": ["a"], "NULs": ["\0" * 1000, "a\0b\0"], "huge word": ["w" * 2_000_000],
    "no letters": ["... !!! \n\n"], "newlines": ["\n" * 5000], "emoji": ["👩‍👩‍👧 🏳️‍🌈" * 50],
    "last code points": ["\U0010ffff\U000e0041\ufffe"], "many empty": [""] * 300,
    "many letters": list("abcdefgh") * 100,
}  # fmt: skip


def test_there_are_measures_of_both_kinds():
    assert len(streaming()) >= 8
    assert len(joining()) >= 1
    assert set(streaming()) | set(joining()) == set(families())


@each
@settings(max_examples=25)
@given(texts=TEXTS)
def test_a_state_survives_bytes(name, texts):
    family = streaming()[name]
    state = family.look(batch_of(texts), SMALL)
    read = family.read(state.to_bytes())
    assert read.to_bytes() == state.to_bytes()
    assert (read + state).to_bytes() == (state + read).to_bytes() == (state + state).to_bytes()


@each
@settings(max_examples=25)
@given(texts=TEXTS, cuts=st.lists(st.integers(0, 12), max_size=4), data=st.data())
def test_whatever_the_order_and_the_partition_states_are_the_same(name, texts, cuts, data):
    family = streaming()[name]
    shuffled = data.draw(st.permutations(texts))
    edges = [0, *sorted(cuts), len(texts)]
    parts = [shuffled[begin:end] for begin, end in pairwise(edges) if begin < end]
    states = data.draw(st.permutations([family.look(batch_of(part), SMALL) for part in parts]))
    merged = states[0]
    for state in states[1:]:
        merged += state
    assert only_numbers(merged) == only_numbers(family.look(batch_of(texts), SMALL))


@each
def test_a_large_corpus_in_parts_has_the_states_of_the_whole(name, written):
    """Large enough that samples of types, documents and text are cut."""
    family = streaming()[name]
    whole = family.look(batch_of(written), SMALL)
    parts = [family.look(batch_of(written[begin : begin + 90]), SMALL) for begin in range(0, len(written), 90)]
    forth, back = parts[0], parts[-1]
    for one, two in zip(parts[1:], parts[-2::-1], strict=True):
        forth, back = forth + one, back + two
    assert only_numbers(forth) == only_numbers(back) == only_numbers(whole)


def concluded(texts: list[str], name: str, caps: Caps | None = None) -> dict:
    states = states_of(texts, caps)
    return families()[name].conclude(states, Asked(ladder(states))).figures


@each
@pytest.mark.parametrize("texts", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_measured_like_any_other(name, texts):
    family = streaming()[name]
    state = family.look(batch_of(texts), Caps())
    assert only_numbers(state + state) == only_numbers(family.look(batch_of(texts + texts), Caps()))
    for finding in concluded(texts, name).values():
        assert isinstance(finding, Estimate | Unknown)
        finding.rounded().to_dict()


@each_family
def test_every_declared_figure_is_concluded_and_no_other(name, family, asked):
    found = families()[name].conclude(family, asked)
    assert set(found.figures) == {figure.name for figure in families()[name].figures}
    assert all(isinstance(finding, Estimate | Unknown) for finding in found.figures.values())
    assert set(found.curves) <= set(found.figures)


@each_family
@pytest.mark.parametrize(
    "texts", [[""], ["", "!"], ["word"], ["one two three"] * 3], ids=["empty", "none", "word", "three"]
)
def test_what_few_documents_cannot_tell_is_unknown_and_not_zero(name, texts):
    """From less than 64 documents only counts of what was read are known."""
    exact = {"documents", "bytes", "characters", "words", "types", "hapax.share"}
    for figure, finding in concluded(texts, name).items():
        assert isinstance(finding, Unknown) or figure in exact, figure
        if isinstance(finding, Unknown):
            assert finding.reason


@each_family
def test_without_a_word_nothing_is_said_about_words(name):
    of_words = (
        "hill.",
        "distinct.",
        "coverage",
        "self_repetition",
        "types",
        "hapax",
        "tail",
        "zipf",
        "entropy",
        "compression",
    )
    for figure, finding in concluded([""] * 200, name).items():
        if figure.startswith(of_words):
            assert isinstance(finding, Unknown), figure


@each_family
def test_figures_are_described(name):
    for figure in families()[name].figures:
        assert isinstance(figure, Figure)
        assert figure.name == figure.name.lower()
        assert figure.label
        assert figure.meaning.endswith(".")
        assert len(figure.meaning) > 20


@each_family
def test_every_estimate_tells_how_it_was_made(name, family, asked):
    for figure, finding in families()[name].conclude(family, asked).figures.items():
        if isinstance(finding, Estimate):
            low, high = finding.interval()
            assert finding.unit, figure
            assert finding.method, figure
            assert low <= finding.value <= high, figure
            assert finding.n > 0, figure


@each_family
def test_no_text_is_shown_where_none_may_be(name, family, asked):
    shown = families()[name].conclude(family, replace(asked, show_text=False))
    assert "word" not in {key for rows in shown.tables.values() for row in rows for key in row}


def test_names_are_unique_and_deciding_figures_are_compared():
    listed = [figure for family in families().values() for figure in family.figures]
    assert len({figure.name for figure in listed}) == len(listed) == len(all_figures())
    assert all(figure.compared for figure in listed if figure.deciding)


def test_two_measures_of_one_name_are_refused():
    again = type("Again", (), {"name": sorted(families())[0], "figures": ()})
    with pytest.raises(FaultError, match="Two measures"):
        measure(again)


def merged(parts: list[list[str]], caps: Caps) -> Family:
    """The states of parts, added one after another."""
    states: Family | None = None
    for part in parts:
        states = added(states, look(batch_of(part), caps))
    assert states is not None
    return states


@pytest.fixture(scope="module")
def cut_tables() -> tuple[list[str], list[Family]]:
    """Documents with more words than the table may hold, in three partitions."""
    texts = Writers(words=60_000).documents(3000, 5)
    caps = Caps(word_types=1 << 12, sampled_types=1 << 14)
    return texts, [merged([texts[n : n + size] for n in range(0, 3000, size)], caps) for size in (300, 1000, 3000)]


def test_beyond_its_cap_the_table_of_words_keeps_its_stated_bound(cut_tables):
    texts, parts = cut_tables
    exact = states_of(texts)["words"].table
    for table in (states["words"].table for states in parts):
        assert len(table.keys) <= table.cap
        assert table.dropped > 0
        rows, there = exact.rows(table.keys)
        lost = exact.counts[rows] - table.counts
        assert there.all()
        assert lost.min() >= 0
        assert lost.max() <= table.dropped
        absent = ~np.isin(exact.keys, table.keys)
        assert exact.counts[absent, 0].max() <= table.dropped


@pytest.mark.parametrize("figure", ["types", "hapax.share", "entropy", "hill.1", "hill.2"])
def test_beyond_the_cap_figures_of_words_hold_within_their_intervals(cut_tables, figure):
    texts, parts = cut_tables
    exact = concluded(texts, "words")[figure]
    for states in parts:
        cut = families()["words"].conclude(states, Asked(ladder(states))).figures[figure]
        low, high = cut.interval(0.999)
        assert low <= exact.value <= high
        assert cut.value == pytest.approx(exact.value, rel=0.04)
        assert cut.se >= 0.9 * exact.se
