"""What should move a measure moves it, in the right direction; what cannot be compared is unknown, never an error."""

import numpy as np
import pytest
from tests.track.texts import drawn, read, sequences_of, vocabulary_of, with_tokens

from outcross.estimate import t_quantile
from outcross.measures.sequences import Sequences
from outcross.track.figures import NO_REFERENCE, Reading
from outcross.track.measured import OF_TEXT
from outcross.track.pairing import FEWEST_DOCUMENTS, FEWEST_UNITS

NAMES = {one.name for one in OF_TEXT}


@pytest.fixture(scope="module")
def thirds(documents) -> tuple[Sequences, Sequences, Sequences]:
    """What defines the tail, a baseline and a generation: disjoint, of real documents."""
    part = np.random.default_rng(1).permutation(np.arange(len(documents)) % 3)
    first, second, third = (documents.take(part == number) for number in range(3))
    return first, second, third


def direction(one: Reading) -> int:
    """-1, 0 or 1: whether a change is beyond the 99.9 % interval."""
    assert not one.unknown
    if abs(one.change) <= t_quantile(0.9995, one.df) * one.error:
        return 0
    return 1 if one.change > 0 else -1


def moved(found: dict[str, Reading]) -> dict[str, int]:
    return {name: direction(one) for name, one in found.items() if not one.unknown and direction(one)}


def test_every_measure_is_read_in_the_order_of_the_catalogue(thirds):
    reference, theirs, ours = thirds
    found = read(ours, theirs, vocabulary_of(reference))
    assert list(found) == [one.name for one in OF_TEXT]
    assert {name for name, one in found.items() if one.unknown} == {"similarity.within"}
    assert moved(found) == {}


def test_a_half_against_the_whole_is_no_change(thirds):
    reference, theirs, _ = thirds
    half = theirs.take(np.arange(len(theirs)) % 2 == 0)
    found = read(half, theirs, vocabulary_of(reference))
    assert moved(found) == {}
    assert all(one.joint_se is not None for one in found.values() if not one.unknown)


def test_an_eighth_with_recycled_documents_is_changed(documents):
    """Fifteen of a hundred documents say once more what another one says."""
    eighth = np.arange(0, len(documents), 8)
    recycled = np.concatenate([eighth, eighth[: len(eighth) * 15 // 85]])
    found = read(drawn(documents, recycled), documents, vocabulary_of(documents))
    assert direction(found["distinct.2"]) == direction(found["distinct.3"]) == -1
    assert found["types"].change < 0


def without_the_rare(ours: Sequences, reference: Sequences, share: float) -> Sequences:
    """A share of the occurrences of the reference's tail give way to other words of the text."""
    rng = np.random.default_rng(2)
    tail = vocabulary_of(reference).find(ours.tokens)[1]
    gone = np.flatnonzero(tail & (rng.random(len(tail)) < share))
    tokens = ours.tokens.copy()
    tokens[gone] = rng.choice(ours.tokens[~tail], len(gone))
    return with_tokens(ours, tokens)


def test_the_loss_of_rare_words_is_seen_in_the_tail_first(thirds):
    reference, theirs, ours = thirds
    found = moved(read(without_the_rare(ours, reference, 0.3), theirs, vocabulary_of(reference)))
    assert found["tail.share"] == found["tail.survival"] == -1
    assert found.get("types", -1) == -1
    assert "hill.2" not in found
    assert "length" not in found


def test_words_that_grow_more_frequent_as_at_a_low_temperature_are_seen(thirds):
    """A third of the words give way to draws from frequent words: sharper, less diverse, further from people."""
    reference, theirs, ours = thirds
    rng = np.random.default_rng(3)
    kinds, counts = np.unique(ours.tokens, return_counts=True)
    sharp = counts**2 / (counts**2).sum()
    tokens = np.where(rng.random(len(ours.tokens)) < 0.3, rng.choice(kinds, len(ours.tokens), p=sharp), ours.tokens)
    found = moved(read(with_tokens(ours, tokens), theirs, vocabulary_of(reference)))
    for name in ("tail.share", "types", "hill.1", "entropy"):
        assert found[name] == -1, name
    assert found["kl"] == 1


def test_collapse_to_uniformity_raises_diversity_and_the_distance_to_people(thirds):
    """All words equally frequent: one-sided watchers of diversity would be glad."""
    reference, theirs, ours = thirds
    rng = np.random.default_rng(4)
    tokens = np.where(rng.random(len(ours.tokens)) < 0.3, rng.choice(np.unique(ours.tokens), len(ours.tokens)),
                      ours.tokens)  # fmt: skip
    found = moved(read(with_tokens(ours, tokens), theirs, vocabulary_of(reference)))
    for name in ("hill.1", "distinct.2", "entropy", "kl"):
        assert found[name] == 1, name
    assert found["similarity.between"] == -1


def test_one_text_again_and_again_is_seen_and_not_unknown(thirds):
    """Total collapse: nine of ten documents are one text."""
    reference, theirs, ours = thirds
    rows = np.where(np.arange(1000) % 10 == 0, np.arange(1000), 7)
    same = drawn(ours, rows, np.random.default_rng(5))
    columns = dict(same.columns) | {"texts": ours["texts"][rows]}
    same = Sequences(columns, same.offsets, same.tokens, same.bounds, same.documents)
    found = moved(read(same, theirs, vocabulary_of(reference)))
    assert found["types"] == -1
    assert found["similarity.between"] == 1


def test_the_same_documents_have_not_changed_whatever_their_order(thirds):
    reference, theirs, _ = thirds
    found = read(drawn(theirs, np.arange(len(theirs))[::-1]), theirs, vocabulary_of(reference))
    assert {one.change for one in found.values() if not one.unknown} == {0.0}
    assert {one.joint_se for one in found.values() if not one.unknown} == {0.0}


def test_documents_that_were_cut_off_are_compared_with_as_much_of_the_others(documents):
    short = documents.take(np.diff(documents.offsets) > 30)
    ours, theirs = (short.take(np.arange(len(short)) % 2 == number) for number in (0, 1))
    rows = np.arange(len(ours.tokens)) - np.repeat(ours.offsets[:-1], np.diff(ours.offsets))
    cut = Sequences(ours.columns, np.arange(len(ours) + 1) * 30, ours.tokens[rows < 30], ours.bounds, ours.documents)
    found = read(cut, theirs, vocabulary_of(documents))
    for name in ("tail.share", "types", "distinct.2", "entropy", "kl", "similarity.between"):
        assert direction(found[name]) == 0, name
    for name in ("compression", "repetition"):
        assert "not as long" in found[name].unknown


def test_without_a_reference_only_what_needs_it_is_unknown(thirds):
    _, theirs, ours = thirds
    found = read(ours, theirs)
    assert {name for name, one in found.items() if one.unknown == NO_REFERENCE} == {
        "tail.share", "tail.survival", "unknown.share", "kl",
    }  # fmt: skip


WORDS = ["some", "words", "of", "a", "text", "that", "says", "nothing", "much", "at", "all", "here"]


def texts_of(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, 8)) for _ in range(count)]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([], "has 0 documents"), (["a text"], "has 1 documents"),
        (texts_of(FEWEST_DOCUMENTS - 1, 1), f"has {FEWEST_DOCUMENTS - 1} documents"),
        ([""] * 100, "has no words"), (["... !!"] * 100, "has no words"),
    ],
    ids=["none", "one", "few", "empty", "no words"],
)  # fmt: skip
def test_too_little_is_unknown_on_either_side(texts, reason):
    little, enough = sequences_of(texts), sequences_of(texts_of(200, 2), start=1000)
    for ours, theirs in ((little, enough), (enough, little)):
        found = read(ours, theirs, vocabulary_of(enough))
        assert set(found) == NAMES
        assert all(reason in one.unknown for one in found.values())


@pytest.mark.parametrize(
    "texts",
    [
        ["word"] * 100, ["one text of all"] * 100, ["", "a word or two"] * 60,
        ["我们今天去公园散步", "他昨天买了一本新书"] * 50, ["the same words " * 400, "other words " * 300] * 40,
        [*texts_of(70, 3), *["copy of a text"] * 300],
    ],
    ids=["one word", "one text", "half empty", "Chinese", "long", "mostly copies"],
)  # fmt: skip
def test_odd_documents_are_read_or_unknown_and_never_an_error(texts):
    odd, plain = sequences_of(texts), sequences_of(texts_of(200, 2), start=1000)
    for ours, theirs in ((odd, plain), (plain, odd), (odd, odd)):
        for vocabulary in (None, vocabulary_of(plain), vocabulary_of(odd)):
            found = read(ours, theirs, vocabulary)
            assert set(found) == NAMES
            for one in found.values():
                assert (
                    one.unknown or np.isfinite([one.value, one.baseline, one.change, one.se, one.error, one.df]).all()
                )


def clustered(count: int, each: int, seed: int, names: str = "seed {}") -> Sequences:
    units = [names.format(number % count) for number in range(count * each)]
    return sequences_of(texts_of(count * each, seed), start=seed * 10_000, unit=units)


def test_units_that_both_have_are_compared_in_pairs():
    found = read(clustered(12, 10, 1), clustered(12, 10, 2))
    assert found["types"].joint_se is not None
    assert found["types"].df == 11


def test_units_of_which_one_side_lacks_one_are_compared_all_the_same():
    found = read(clustered(12, 10, 1), clustered(11, 10, 2))
    assert found["types"].joint_se is not None
    assert found["types"].df == 10


def test_other_units_are_compared_as_independent():
    found = read(clustered(20, 10, 1), clustered(20, 10, 2, "other {}"))
    assert found["types"].joint_se is None
    assert found["types"].df == 19


def test_other_numbers_of_units_are_not_compared_by_what_grows_with_them():
    """Of twelve units and twenty only means over documents can be said."""
    found = read(clustered(12, 10, 1), clustered(20, 10, 2, "other {}"))
    assert "12 of 64" in found["types"].unknown
    assert found["compression"].df == 11


@pytest.mark.parametrize("count", [1, 2, FEWEST_UNITS - 1])
def test_few_units_say_nothing_however_many_documents_they_have(count):
    found = read(clustered(count, 100, 1), clustered(12, 10, 2))
    assert all(f"{count} sampling units" in one.unknown for one in found.values())


def test_units_of_the_generation_count_where_the_baseline_names_none():
    """Eighty prompts with five documents each are eighty units, not four hundred: diversity looks at one of each."""
    plain = sequences_of(texts_of(400, 2), start=90_000)
    found = read(clustered(80, 5, 1), plain, vocabulary_of(plain))
    assert 70 < found["types"].size < 80
    assert found["types"].joint_se is None
    few = read(clustered(10, 40, 1), plain, vocabulary_of(plain))
    assert few["length"].df == 9
    assert "10 of 64" in few["types"].unknown


def test_documents_that_name_no_unit_are_units_of_their_own():
    units = ["seed 1"] * 50 + [None] * 100
    found = read(sequences_of(texts_of(150, 1), unit=units), sequences_of(texts_of(150, 2), start=500))
    assert not found["types"].unknown
    assert found["types"].df > 7


def prompted(prompts: list[str | None], seed: int) -> Sequences:
    return sequences_of(texts_of(len(prompts), seed), start=seed * 1000, prompt=prompts)


def test_likeness_within_prompts_counts_prompts_and_not_documents():
    prompts = [f"prompt {number % 9}" for number in range(90)]
    found = read(prompted(prompts, 1), prompted(prompts, 2))["similarity.within"]
    assert found.df == 8
    assert found.joint_se is not None


def test_documents_without_a_prompt_are_not_documents_of_one_prompt():
    prompts = [f"prompt {number % 9}" for number in range(90)]
    named = read(prompted(prompts, 1), prompted(prompts, 2))["similarity.within"]
    more = read(prompted([*prompts, *[None] * 50], 1), prompted(prompts, 2))["similarity.within"]
    assert more.value == pytest.approx(named.value)
    assert more.df == named.df


def test_likeness_within_a_few_prompts_is_unknown():
    found = read(prompted(["a", "b", "c"] * 40, 1), prompted(["a", "b", "c"] * 40, 2))["similarity.within"]
    assert "3 prompts have two documents" in found.unknown
