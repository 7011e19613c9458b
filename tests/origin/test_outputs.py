"""The output index: what was emitted is found again, changed as people change it; the index grows and survives."""

import gzip
import json
import pickle
import random
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.origin.making import batch_of

from outcross.errors import CallError, DataError, FaultError
from outcross.estimate import Unknown
from outcross.origin import outputs
from outcross.origin.matching import ExactOutputs, NearOutputs, ParaphrasedOutputs, calibrated, matches
from outcross.origin.outputs import add, empty_index, open_index


def long_enough(prose):
    return [text for text in prose if 40 <= len(text.split()) <= 400]


@pytest.fixture(scope="module")
def emitted(prose):
    return long_enough(prose)[:400]


@pytest.fixture(scope="module")
def others(prose):
    return long_enough(prose)[400:1400]


def test_an_output_is_found_whatever_its_case_spaces_and_punctuation(indexed, emitted, others):
    index = indexed(emitted)
    changed = [re.sub(r"[^\w\s]", " ", text.upper()).replace(" ", "  \n") for text in emitted]
    found = ExactOutputs(index).look(batch_of(emitted + changed + others))
    assert found.synthetic[: 2 * len(emitted)].mean() > 0.99
    assert not found.synthetic[2 * len(emitted) :].any()
    assert "of a model" in found.reason(3)


@pytest.mark.parametrize("name", ["half", "in the middle of another text", "one word in twelve"])
def test_an_output_that_was_cut_embedded_or_edited_is_found(name, indexed, emitted, others):
    draw = random.Random(3)  # noqa: S311
    changes = {
        "half": lambda text, _: text[: len(text) // 2],
        "in the middle of another text": lambda text, other: f"{other[:800]}\n\n{text}\n\n{other[800:]}",
        "one word in twelve": lambda text, _: " ".join(
            draw.choice("abcdefgh") if draw.random() < 1 / 12 else word for word in text.split(" ")
        ),
    }
    index = indexed(emitted)
    changed = [changes[name](text, other) for text, other in zip(emitted, others, strict=False)]
    found = NearOutputs(index).look(batch_of(changed + others))
    assert found.synthetic[: len(changed)].mean() > 0.95
    assert found.synthetic[len(changed) :].mean() < 0.02
    assert "3-grams" in found.reason(int(np.argmax(found.strength)))


def test_near_matches_are_no_evidence_before_human_text_was_held_against_them(indexed, emitted, others):
    index = indexed(emitted)
    for detector in (NearOutputs(index), ParaphrasedOutputs(index)):
        assert isinstance(detector.false_positives(), Unknown)
    assert not ParaphrasedOutputs(index).look(batch_of(emitted)).hits.any()
    known = calibrated(index, [batch_of(others[:500]), batch_of(others[500:])], "docstrings", target=0.03)
    assert open_index(index.folder).facts == known.facts
    assert NearOutputs(known).digest != NearOutputs(index).digest
    for detector in (NearOutputs(known), ParaphrasedOutputs(known)):
        found = detector.false_positives()
        low, high = found.interval()
        assert low <= found.value <= high <= 0.08
        assert "docstrings" in found.assumption
    assert ParaphrasedOutputs(known).look(batch_of(emitted)).synthetic.mean() > 0.8


def test_a_handful_of_human_texts_tells_no_rate(indexed, emitted):
    with pytest.raises(DataError, match="too few"):
        calibrated(indexed(emitted), [batch_of(emitted[:20])], "a handful")


def test_an_index_that_grows_is_trusted_less(tmp_path, emitted, others):
    index = calibrated(add(empty_index(tmp_path), [batch_of(emitted[:100])], "a model"), [batch_of(others)], "them")
    grown = add(index, [batch_of(emitted[100:])], "a model")
    before, after = NearOutputs(index).false_positives(), NearOutputs(grown).false_positives()
    assert after.interval()[1] > before.interval()[1]
    assert after.value == pytest.approx(4 * before.value)
    assert after.n == before.n // 4


def test_short_outputs_and_those_that_are_there_are_left_out(tmp_path, emitted):
    index = add(empty_index(tmp_path), [batch_of([*emitted[:5], "Yes, of course.", "", emitted[0]])], "one")
    assert index.facts.added[0].outputs == 5
    assert index.facts.added[0].short == 2
    assert index.facts.added[0].repeated == 1
    again = add(index, [batch_of(emitted[3:8])], "two")
    assert again.facts.outputs == 8
    assert again.facts.added[1].repeated == 2
    found = ExactOutputs(again).look(batch_of([emitted[4], emitted[7], "Yes, of course."]))
    assert found.synthetic.tolist() == [True, True, False]
    assert "of one" in found.reason(0)
    assert "of two" in found.reason(1)


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(1, 119), max_size=4), seed=st.integers(0, 9))
def test_however_outputs_are_added_the_index_finds_the_same(cuts, seed, emitted, tmp_path_factory):
    texts = emitted[:120]
    index = empty_index(tmp_path_factory.mktemp("index"))
    edges = [0, *sorted(set(cuts)), len(texts)]
    for first, last in pairwise(edges):
        index = add(index, [batch_of(texts[first:last])], "a model")
    whole = add(empty_index(tmp_path_factory.mktemp("index")), [batch_of(texts)], "a model")
    for name in outputs.COLUMNS:
        assert np.array_equal(index.column(name), whole.column(name)), name
    asked = batch_of([text[seed:] for text in emitted])
    one, other = matches(index, asked), matches(whole, asked)
    assert np.array_equal(one.output, other.output)
    assert np.array_equal(one.weight, other.weight)


def test_an_index_without_room_keeps_a_sample_and_still_finds_copies(tmp_path, emitted, others, monkeypatch):
    monkeypatch.setattr(outputs, "ROOM", (2000, 4000))
    monkeypatch.setattr(outputs, "MOST_ENTRIES", 6000)
    index = empty_index(tmp_path)
    for first in range(0, 400, 100):
        index = add(index, [batch_of(emitted[first : first + 100])], "a model")
    assert index.facts.level >= 2
    assert index.facts.entries <= 6000
    assert np.array_equal(index.column("sizes"), np.bincount(index.column("owners"), minlength=400))
    assert ExactOutputs(index).look(batch_of(emitted)).synthetic.all()
    long = [text for text in emitted if len(text.split()) > 150]
    assert NearOutputs(index).look(batch_of([text[:-20] for text in long])).synthetic.mean() > 0.8
    assert NearOutputs(index).look(batch_of(others)).synthetic.mean() < 0.02


def test_rates_of_another_density_do_not_count(tmp_path, emitted, others, monkeypatch):
    index = calibrated(add(empty_index(tmp_path), [batch_of(emitted[:100])], "a model"), [batch_of(others)], "them")
    monkeypatch.setattr(outputs, "ROOM", (2000, 4000))
    thinner = add(index, [batch_of(emitted[100:])], "a model")
    assert thinner.facts.level > index.facts.level
    assert "density" in ParaphrasedOutputs(thinner).false_positives().reason
    assert not ParaphrasedOutputs(thinner).look(batch_of(emitted)).hits.any()


def test_texts_are_kept_only_when_asked_for(tmp_path, emitted):
    private = "The password of the vault is swordfish, and nobody but the three of us may ever know that."
    silent = add(empty_index(tmp_path / "a"), [batch_of([private])], "a model")
    assert list(silent.texts()) == []
    assert not any(b"swordfish" in path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file())
    told = add(empty_index(tmp_path / "b"), [batch_of([private, emitted[0]])], "a model", keep_text=True)
    assert list(open_index(told.folder).texts()) == [("a model", private), ("a model", emitted[0])]


def test_an_addition_that_fails_leaves_the_index_as_it_was(tmp_path, emitted):
    index = add(empty_index(tmp_path), [batch_of(emitted[:50])], "a model")
    there = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))

    def breaking():
        yield batch_of(emitted[50:100])
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        add(index, breaking(), "a model", keep_text=True)
    with pytest.raises(DataError, match="at least 10 words"):
        add(index, [batch_of(["too short"])], "a model")
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == there
    assert open_index(tmp_path).facts == index.facts


def test_a_disk_that_is_full_when_tables_are_written_is_a_fault_of_the_machine(tmp_path, emitted, monkeypatch):
    index = add(empty_index(tmp_path), [batch_of(emitted[:20])], "a model")

    def full(*_):
        raise OSError("26137 requested and 25584 written")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(FaultError, match="25584 written") as caught:
        add(index, [batch_of(emitted[20:40])], "a model")
    assert "as it was" in caught.value.hint
    assert open_index(tmp_path).facts == index.facts


def test_an_index_goes_to_a_worker_as_its_folder(indexed, emitted):
    index = indexed(emitted)
    matches(index, batch_of(emitted))
    sent = pickle.dumps(index)
    assert len(sent) < 2000
    assert pickle.loads(sent).digest == index.digest  # noqa: S301


def test_what_is_no_index_is_refused(tmp_path, indexed, emitted):
    with pytest.raises(CallError, match="no output index"):
        open_index(tmp_path / "nowhere")
    index = indexed(emitted[:20])
    (index.folder / index.facts.home / "keys.npy").write_bytes(b"broken")
    with pytest.raises(FaultError, match="damaged"):
        NearOutputs(open_index(index.folder)).look(batch_of(emitted))
    record = json.loads((index.folder / "index.json").read_bytes())
    (index.folder / "index.json").write_text(json.dumps(record | {"kernels": "0"}))
    with pytest.raises(DataError, match="another version"):
        open_index(index.folder)
    for broken in ("{", "[" * 100_000):
        (index.folder / "index.json").write_text(broken)
        with pytest.raises(DataError, match="damaged"):
            open_index(index.folder)


@pytest.mark.parametrize("name", outputs.COLUMNS)
def test_a_changed_byte_of_a_table_is_noticed_before_it_is_looked_up(name, indexed, emitted):
    index = indexed(emitted[:20])
    path = index.folder / index.facts.home / f"{name}.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(FaultError, match=f"{name}.npy is not what was written"):
        matches(open_index(index.folder), batch_of(emitted))


def test_tables_that_an_addition_has_replaced_are_no_damage(indexed, emitted):
    index = indexed(emitted[:20])
    add(index, [batch_of(emitted[20:40])], "a model")
    with pytest.raises(FaultError, match="are gone") as caught:
        matches(pickle.loads(pickle.dumps(index)), batch_of(emitted))  # noqa: S301
    assert "again" in caught.value.hint


@pytest.mark.parametrize(
    "changes", [{"home": ".."}, {"home": "tables-0/../../elsewhere"}, {"added": [{"texts": "../../private.parquet"}]}]
)
def test_an_index_names_no_files_elsewhere(changes, indexed, emitted):
    index = indexed(emitted[:20])
    record = json.loads((index.folder / "index.json").read_bytes())
    if "added" in changes:
        changes = {"added": [record["added"][0] | changes["added"][0]]}
    (index.folder / "index.json").write_text(json.dumps(record | changes))
    with pytest.raises(DataError, match="elsewhere"):
        open_index(index.folder)


@pytest.mark.study
def test_paraphrases_by_models_are_found_among_human_answers_to_the_same_questions(development, tmp_path):
    """On the development set: DIPPER paraphrases of indexed essays against human essays on the same prompts."""

    def texts(file, wanted):
        with gzip.open(development / file) as lines:
            return [
                one["text"]
                for one in map(json.loads, lines)
                if one["source_repo"] == "ryuryukke/OUTFOX" and wanted(one)
            ]

    made = texts("docs.jsonl.gz", lambda one: one["label"] == "synthetic")
    human = texts("docs.jsonl.gz", lambda one: one["label"] == "human")
    changed = texts("attacks.jsonl.gz", lambda one: "dipper" in one["kind"])
    index = calibrated(
        add(empty_index(tmp_path), [batch_of(made)], "a model"), [batch_of(human)], "essays", target=0.01
    )
    detector = ParaphrasedOutputs(index)
    assert detector.look(batch_of(changed)).synthetic.mean() > 0.5
    assert detector.false_positives().value < 0.03
