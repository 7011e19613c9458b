"""What besides collapse could explain a difference is named with its figures."""

import numpy as np
import pytest
from tests.track.test_figures import texts_of
from tests.track.texts import sequences_of

from outcross.measures.sequences import Sequences
from outcross.track.confounders import confounders
from outcross.track.generation import Generation, Lineage, Sampled
from outcross.track.pairing import Baseline
from outcross.track.record import Confounder
from outcross.track.told import Told, of_text

PEOPLE = Generation("people", "human")


def named(ours: Sequences, theirs: Sequences, generation: Generation | None = None) -> dict[str, Confounder]:
    """The confounders of one generation, by name."""
    one = generation or Generation("g1", samples=Sampled("s", "r", "a", "q", 1, 1), decoding={"temperature": 1})
    found = confounders(Lineage("g1", (one,)), {"g1": of_text(ours, Baseline(theirs, None), None)}, PEOPLE)
    return {each.name: each for each in reversed(found)}  # of one name the first, which is the warning


@pytest.fixture(scope="module")
def plain() -> Sequences:
    return sequences_of(texts_of(300, 1))


def test_nothing_else_is_nothing_to_name(plain):
    assert named(sequences_of(texts_of(300, 2), start=900), plain) == {}


def test_texts_that_the_baseline_holds_too_are_said(plain):
    found = named(sequences_of([*texts_of(300, 1)[:60], *texts_of(240, 2)], start=900), plain)["overlap"]
    assert found.level == "note"
    assert "Up to 20% of the documents of g1" in found.says


def test_lengths_that_cannot_be_made_equal_are_a_warning(plain):
    """Documents have three words where the baseline's have eight: fewer than the fewest first words."""
    short = [" ".join(text.split()[:3]) for text in texts_of(300, 2)]
    found = named(sequences_of(short, start=900), plain)["length"]
    assert found.level == "warning"
    assert "(-62%)" in found.says


def test_lengths_that_are_made_equal_are_a_note(documents):
    held = np.diff(documents.offsets)
    long = documents.take(held >= 60)
    place = np.arange(len(long.tokens)) - np.repeat(long.offsets[:-1], np.diff(long.offsets))
    cut = Sequences(long.columns, np.arange(len(long) + 1) * 40, long.tokens[place < 40], long.bounds, long.documents)
    found = named(cut, long)["length"]
    assert found.level == "note"
    assert "first 40 words" in found.says


def test_a_difference_in_coverage_explains_and_is_no_fault(plain):
    rich = [f"{text} {number} other{number % 50}" for number, text in enumerate(texts_of(300, 2))]
    found = named(sequences_of(rich, start=900), plain)["coverage"]
    assert found.level == "note"
    assert "of the words of a further document" in found.says


def test_units_that_the_baseline_does_not_have_are_said(plain):
    units = [f"seed {number % 10}" for number in range(300)]
    found = named(sequences_of(texts_of(300, 2), start=900, unit=units), plain)["units"]
    assert "one document of each unit" in found.says


def test_other_prompts_are_a_warning():
    first, second = ([f"prompt {number % 50 + shift}" for number in range(300)] for shift in (0, 20))
    found = named(
        sequences_of(texts_of(300, 2), start=900, prompt=first), sequences_of(texts_of(300, 1), prompt=second)
    )
    assert found["prompts"].level == "warning"
    assert "as few as 43% are common" in found["prompts"].says


def test_another_language_is_a_warning(plain):
    german = ["der hund und die katze sind nicht in dem haus", "die kinder haben ein sehr schönes buch von mir"] * 150
    english = ["the dog and the cat are not in the house", "this is a very nice book for the children"] * 150
    found = named(sequences_of(german), sequences_of(english, start=900))["languages"]
    assert found.level == "warning"
    assert "up to 100% of documents" in found.says


def test_settings_of_decoding_are_compared_from_turn_to_turn():
    sampled = Sampled("s", "r", "a", "q", 1, 1)
    path = tuple(
        Generation(f"g{number}", samples=sampled, decoding=settings)
        for number, settings in enumerate([{}, {"temperature": 1.0}, {"temperature": 0.7, "top_p": 0.9}], 1)
    )
    found = confounders(Lineage("g3", path), {one.name: Told({}) for one in path}, PEOPLE)
    assert [one.level for one in found] == ["warning", "note"]
    assert "temperature 1.0 -> 0.7, top_p not set -> 0.9" in found[0].says
    assert "not registered for g1" in found[1].says


def test_missing_and_assumed_parents_are_said():
    found = confounders(Lineage("g1", (Generation("g1"),), ("g0",), assumed=True), {}, PEOPLE)
    assert ["g0" in one.says or "order" in one.says for one in found] == [True, True]


def test_what_is_told_survives_plain_values(plain):
    found = of_text(sequences_of(texts_of(300, 2), start=900), Baseline(plain, None), None)
    assert Told.from_dict(found.to_dict()) == found
    assert 0.9 < found.facts["coverage"][0] <= 1
    assert found.facts["types"] == [12, 12]
