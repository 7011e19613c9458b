"""What the text score promises: it refuses what it is not made for, sees through cheap disguises, and is one file."""

import json
import pickle
import struct
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcross.errors import CallError, DataError
from outcross.measure import Batch
from outcross.origin.detector import Scorer
from outcross.origin.plain import CONFUSABLES, LONGEST, canonical, changed_points
from outcross.origin.score import FEWEST_WORDS, MAGIC, TextScore, canonical_batch, load

GERMAN = "Der Hund und die Katze sind nicht in dem Haus, aber auch nicht auf der Straße mit den Kindern. " * 5
CODE = "for (i = 0; i < n; i++) { if (a[i] == b[i]) { return the(a[i]); } else { and(b[i]); } } " * 8
TABLE = "the 1234 of 5678 and 91011 to 1213 in 1415 that 1617 is 1819\n" * 12


def test_a_score_is_a_scorer_and_goes_to_worker_processes(score, batch_of, machine_texts):
    assert isinstance(score, Scorer)
    twin = pickle.loads(pickle.dumps(score))  # noqa: S301 - our own
    assert twin.digest == score.digest
    assert np.array_equal(twin.score(batch_of(machine_texts)), score.score(batch_of(machine_texts)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("too short to be told", "fewer than 50 words"),
        ("", "fewer than 50 words"),
        (GERMAN, "not in the language of the score (en)"),
        ("Собака и кошка не в доме, но и не на улице. " * 9, "not in the language of the score (en)"),
        ("他们不在家里,也不在街上。 " * 90, "not in the language of the score (en)"),
        (CODE, "code or markup"),
        (TABLE, "figures or a table"),
    ],
)  # fmt: skip
def test_what_it_is_not_made_for_is_refused_with_a_reason(score, batch_of, text, reason):
    one = batch_of([text])
    assert score.refusals(one) == [reason]
    assert np.isnan(score.score(one)).all()


def test_a_document_is_scored_or_refused_never_both(score, batch_of, prose):
    one = batch_of([*prose[:500], GERMAN, CODE, TABLE, ""])
    scores, refusals = score.score(one), score.refusals(one)
    assert scores.dtype == np.float32
    assert np.isnan(scores).tolist() == [reason is not None for reason in refusals]
    kept = scores[~np.isnan(scores)]
    assert len(kept)
    assert ((kept >= 0) & (kept <= 1)).all()


def test_fenced_code_is_left_out_and_the_prose_around_it_scored(score, batch_of, machine_texts):
    with_code = f"{machine_texts[0]}\n\n```\n{CODE}\n```\n"
    scores = score.score(batch_of([machine_texts[0], with_code]))
    assert scores[0] == scores[1]


DISGUISES = {
    "look-alike letters": lambda text: "".join({"a": "а", "e": "е", "o": "ο", "c": "с"}.get(one, one) for one in text),
    "zero widths": "\u200b".join,
    "full width": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
    "bold letters": lambda text: "".join(chr(0x1D41A + ord(one) - 97) if "a" <= one <= "z" else one for one in text),
    "emphasis": lambda text: " ".join(f"_{word}_" for word in text.split(" ")),
    "double spaces": lambda text: text.replace(" ", "  "),
    "capitals": str.upper,
    "Markdown": lambda text: "# " + text.replace("the ", "**the** "),
    "links": lambda text: text.replace("community", "[community](https://example.org/delve/the)"),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_cheap_disguise_changes_no_score(score, batch_of, machine_texts, name):
    scores = score.score(batch_of([machine_texts[0], DISGUISES[name](machine_texts[0])]))
    assert not np.isnan(scores).any()
    assert scores[0] == pytest.approx(scores[1], abs=2e-3)


def test_scores_do_not_depend_on_the_batch(score, batch_of, human_texts, machine_texts):
    every = [*human_texts[:40], *machine_texts[:40], GERMAN, DISGUISES["zero widths"](machine_texts[1])]
    order = np.random.default_rng(2).permutation(len(every)).tolist()
    together = score.score(batch_of(every))
    apart = score.score(batch_of([every[number] for number in order]))
    assert np.array_equal(together[order], apart, equal_nan=True)


def test_a_score_survives_its_file(score, tmp_path, batch_of, machine_texts):
    score.save(tmp_path / "own.score")
    read = load(tmp_path / "own.score")
    assert read == score
    assert read.digest == score.digest
    assert read.facts == score.facts
    assert np.array_equal(read.score(batch_of(machine_texts)), score.score(batch_of(machine_texts)))


@pytest.mark.parametrize("place", [0, 20, 40, 100, -1])
def test_a_damaged_file_is_refused_or_another_score(score, tmp_path, place):
    data = bytearray(score.to_bytes())
    data[place] ^= 0x11
    (tmp_path / "bad.score").write_bytes(data)
    damaged = tmp_path / "bad.score"
    if 0 <= place < 100:  # in the header, which then is not canonical or not readable; beyond it another score
        with pytest.raises(DataError, match="damaged"):
            load(damaged)
    else:
        assert place == 100 or load(damaged).digest != score.digest


@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_with_one_error(data):
    with pytest.raises(DataError):
        TextScore.from_bytes(data)


def test_a_file_that_is_not_there_is_a_wrong_call():
    with pytest.raises(CallError, match="Cannot read the text score"):
        load("nowhere.score")


def test_the_packaged_score_is_there_and_tells_what_it_was_made_of(batch_of, machine_texts):
    general = load()
    assert general.name == "general"
    assert general.facts["human"]["documents"] > 1000
    assert len(general.facts["left_out"]) >= 5
    assert not np.isnan(general.score(batch_of(machine_texts))).any()


@settings(max_examples=60)
@given(text=st.text(max_size=60))
def test_canonical_text_is_canonical(text):
    once = canonical(text)
    assert canonical(once).split() == once.split() or "_" in once or "`" in once or "](" in once


def test_every_look_alike_becomes_a_latin_letter():
    for point, latin in CONFUSABLES.items():
        assert unicodedata.name(chr(point))
        assert latin.isascii()
        assert latin.isalpha()
        assert changed_points()[point]


def test_the_usual_letters_of_europe_need_no_canonical_form():
    assert not changed_points()[[ord(one) for one in "éüñçøßÄ€–—“”‘’…«»"]].any()
    assert FEWEST_WORDS == 50


@pytest.mark.parametrize(
    "changes", [{"gain": "3"}, {"gain": float("nan")}, {"name": 3}, {"facts": []}, {"offset": None}], ids=repr
)
def test_a_header_with_other_kinds_of_values_is_refused(score, changes):
    data = score.to_bytes()
    place = len(MAGIC) + 4
    (size,) = struct.unpack_from("<I", data, len(MAGIC))
    told = json.loads(data[place : place + size]) | changes
    header = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    with pytest.raises(DataError, match="damaged"):
        TextScore.from_bytes(MAGIC + struct.pack("<I", len(header)) + header + data[place + size :])


# Letters, lookalikes, marks that join, forms that fold, edges of words, and what fences and links are made of.
_PIECES = st.sampled_from([
    "a", "word", "9", "_", "__", " ", "\n", "`", "```", "](", ")", "[x](http://a_b)", "é", "e\u0301", "\u0301", "ﬁ",
    "…", "½", "™", "\u00a0", "\u200b", "\u00ad", "а", "ѕ", "Ω", "漢", "\u3042\u3099", "\uac00\u11a8", "Ａ", "＿",
    "］（", "😀", "\U00020000", "\u2028", "\uffa0", "\u00b4",
])  # fmt: skip


@given(texts=st.lists(st.lists(_PIECES | st.characters(codec="utf-8"), max_size=12).map("".join), max_size=6))
def test_canonical_text_is_the_same_by_kernel_and_by_python(texts):
    batch = Batch(pa.array(texts, pa.large_string()), pa.array([""] * len(texts), pa.string()))
    made = canonical_batch(batch, np.arange(len(texts)))
    assert made.texts.to_pylist() == [canonical(text) for text in texts]


@pytest.mark.parametrize("piece", ["a", "é", "漢", "_", "a_ ", "…"])
def test_no_more_is_made_canonical_than_is_looked_at(piece):
    text = piece * (LONGEST // len(piece) + 5)
    batch = Batch(pa.array([text, text[:LONGEST]], pa.large_string()), pa.array(["", ""]))
    assert canonical_batch(batch, np.arange(2)).texts.to_pylist() == [canonical(text)] * 2


def test_a_kernel_makes_every_code_point_canonical_as_python_does():
    texts = [f"a{chr(point)}_b" for point in range(1, 0x110000) if not 0xD800 <= point < 0xE000]
    for begin in range(0, len(texts), 1 << 17):
        some = texts[begin : begin + (1 << 17)]
        batch = Batch(pa.array(some, pa.large_string()), pa.nulls(len(some), pa.string()))
        made = canonical_batch(batch, np.arange(len(some)))
        assert made.texts.to_pylist() == [canonical(text) for text in some]
