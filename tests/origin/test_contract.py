"""The contract of evidence, held against every detector: pure, picklable, the same for every cut, never both sides."""

import pickle
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.origin.making import batch_of
from tests.origin.test_watermarks import Numbers

from outcross.errors import FaultError
from outcross.estimate import Estimate, Unknown
from outcross.origin import Detector, Verdicts
from outcross.origin.dates import Captured
from outcross.origin.declared import Declared
from outcross.origin.leftovers import Leftovers
from outcross.origin.matching import ExactOutputs, NearOutputs, ParaphrasedOutputs
from outcross.origin.outputs import add, empty_index
from outcross.origin.watermarks import GreenList, Watermark

OUTPUT = "Certainly, the harvest of the northern valleys was gathered by hand until the first machines came in spring."
HUMAN = "My grandmother kept seven goats and a dog that hated all of them, and she never once said why that was so."
REFUSAL = "As an AI language model I cannot do this for you."
TEXTS = [
    OUTPUT,
    HUMAN,
    REFUSAL,
    "<|im_start|>user hello",
    "",
    "\0",
    "<|" * 50,
    OUTPUT.upper(),
    "7 7 7 8 9",
    "漢字 かな" * 9,
]
HOSTILE = ["\U0010ffff\u202e", "{{7*7}}", "</script>", "=1+1", "\n" * 3000, "a" * 100_000]


@pytest.fixture(scope="module")
def detectors(tmp_path_factory) -> dict[str, Detector]:
    index = add(empty_index(tmp_path_factory.mktemp("index")), [batch_of([OUTPUT, OUTPUT + " And so on."])], "a model")
    every = (
        Declared("origin"), Declared("group", {"crawl": "human"}), Captured("date"), Leftovers(),
        ExactOutputs(index), NearOutputs(index), ParaphrasedOutputs(index),
        Watermark(GreenList(7, 100), Numbers(), 0.01),
    )  # fmt: skip
    return {f"{number} {one.name}": one for number, one in enumerate(every)}


def batch_with_everything(texts):
    n = len(texts)
    words = [("human", "llm", None, "maybe")[number % 4] for number in range(n)]
    dates = [("2019-01-01", "2024-05-05", None, "soon")[number % 4] for number in range(n)]
    return batch_of(texts, ["crawl" if number % 3 else "(none)" for number in range(n)], origin=words, date=dates)


def seen(verdicts: Verdicts):
    rows = np.flatnonzero(verdicts.hits).tolist()
    return (
        verdicts.synthetic.tolist(),
        verdicts.human.tolist(),
        verdicts.strength.tolist(),
        list(map(verdicts.reason, rows)),
    )


NAMES = range(8)


@pytest.mark.parametrize("number", NAMES)
def test_every_detector_keeps_the_contract(detectors, number):
    detector = list(detectors.values())[number]
    assert isinstance(detector, Detector)
    found = detector.look(batch_with_everything(TEXTS + HOSTILE))
    assert found.synthetic.dtype == found.human.dtype == np.bool_
    assert found.strength.dtype == np.float32
    assert not (found.synthetic & found.human).any()
    assert ((found.strength > 0) == found.hits).all()
    assert all(isinstance(found.reason(row), str) for row in np.flatnonzero(found.hits))
    assert detector.digest.startswith("sha256:")


@pytest.mark.parametrize("number", NAMES)
def test_what_is_said_of_a_document_does_not_depend_on_its_neighbours(detectors, number):
    detector = list(detectors.values())[number]
    whole = batch_with_everything(TEXTS + HOSTILE)
    parts = [detector.look(whole.slice(place, place + 3)) for place in range(0, len(whole), 3)]
    together = detector.look(whole)
    for one in ("synthetic", "human", "strength"):
        assert np.array_equal(np.concatenate([getattr(part, one) for part in parts]), getattr(together, one))
    taken = detector.look(whole.take(np.arange(len(whole))))
    assert seen(taken) == seen(together)


@pytest.mark.parametrize("number", NAMES)
def test_a_detector_that_was_sent_to_a_worker_says_the_same(detectors, number):
    detector = list(detectors.values())[number]
    sent = pickle.loads(pickle.dumps(detector))  # noqa: S301
    assert sent.digest == detector.digest
    assert seen(sent.look(batch_with_everything(TEXTS))) == seen(detector.look(batch_with_everything(TEXTS)))


@pytest.mark.parametrize("number", NAMES)
def test_no_documents_are_no_trouble(detectors, number):
    assert len(list(detectors.values())[number].look(batch_with_everything([])).hits) == 0


@pytest.mark.parametrize("number", NAMES)
def test_only_certain_evidence_has_no_false_positives(detectors, number):
    detector = list(detectors.values())[number]
    found = detector.false_positives()
    if detector.certain:
        assert isinstance(found, Estimate)
        assert found.interval() == (0, 0)
        assert found.assumption
    else:
        assert isinstance(found, Unknown) or found.interval(0.99)[1] > 0


def test_other_parameters_are_another_digest(detectors):
    digests = {one.digest for one in detectors.values()}
    changed = [
        Captured("when"), Captured("date", date(2020, 1, 1)), Captured("date", allowance=0.02),
        Declared("origin", human=False),
        Leftovers(templates=False), Leftovers(calibration=None), Watermark(GreenList(8, 100), Numbers(), 0.01),
        Watermark(GreenList(7, 100), Numbers(), 0.02),
    ]  # fmt: skip
    assert len(digests | {one.digest for one in changed}) == len(detectors) + len(changed)


@settings(max_examples=30)
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_any_text_can_be_looked_at(detectors, texts):
    texts = [text.encode(errors="replace").decode() for text in texts]
    for detector in detectors.values():
        assert len(detector.look(batch_with_everything(texts)).hits) == len(texts)


def test_verdicts_that_contradict_themselves_are_refused():
    yes = np.ones(2, np.bool_)
    with pytest.raises(FaultError, match="both"):
        Verdicts(yes, yes, np.ones(2, np.float32))
    with pytest.raises(FaultError, match="length"):
        replace(Verdicts.none(2), strength=np.ones(3, np.float32))
