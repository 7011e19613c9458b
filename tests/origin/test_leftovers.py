"""Leftovers: what assistants leave is found, what people write is not."""

from dataclasses import replace

import numpy as np
import pytest
from tests.origin.making import batch_of

from outcross.estimate import Unknown
from outcross.kernels import ngrams
from outcross.kernels.traces import PHRASE_KEYS
from outcross.origin.calibration import Calibration, calibrate
from outcross.origin.leftovers import COUNTED, PEOPLE_WRITE, Leftovers


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("As an AI language model, I have no opinions.", "'as an ai language', 'an ai language model'"),
        ("Sure! Here's a short story about a fox.", "'sure here s a'"),
        ("Text before <|im_end|> and after", "'<|im_end|>'"),
        ("[INST] hello [/INST] and as of my last update", "'as of my last', '[INST]'"),
    ],
)
def test_a_leftover_is_found_and_named(text, told):
    found = Leftovers().look(batch_of([text]))
    assert found.synthetic.tolist() == [True]
    assert found.reason(0) == f"holds {told}"


@pytest.mark.parametrize(
    "text", ["I'm sorry, but the shop is closed.", "I hope this helps!", "a <s>struck</s> word", "2 <| 3", ""]
)
def test_what_people_write_is_no_leftover(text):
    assert not Leftovers().look(batch_of([text])).hits.any()


def test_templates_do_not_count_in_a_corpus_that_is_formatted_with_them():
    batch = batch_of(["<|im_start|>user", "as an AI language model"])
    assert Leftovers(templates=False).look(batch).synthetic.tolist() == [False, True]


def test_phrases_that_people_write_are_phrases_that_are_looked_for():
    assert set(PHRASE_KEYS) > PEOPLE_WRITE


def test_phrases_are_looked_for_once_whichever_way_the_measures_did():
    batch = batch_of(["As an AI language model I cannot say."] * 3)
    made = ngrams(batch, PHRASE_KEYS, 64)
    assert Leftovers().look(batch).synthetic.all()
    assert [one for one in batch.shared() if isinstance(one, type(made))] == [made]


def test_documentation_by_people_holds_none(prose):
    assert not Leftovers().look(batch_of(prose[:3000])).hits.any()


def test_false_positives_are_those_that_were_counted(prose):
    found = Leftovers().false_positives()
    assert found.value == COUNTED.hits / COUNTED.documents == 0
    assert 0 < found.interval()[1] < 0.001
    assert isinstance(replace(Leftovers(), calibration=None).false_positives(), Unknown)
    here = calibrate(Leftovers(), [batch_of(prose[:50]), batch_of(["As an AI language model, no."])], "docstrings")
    assert here == Calibration(1, 51, "docstrings")
    assert here.finding("counted").value == 1 / 51
    assert isinstance(Calibration(0, 0, "nothing").finding("counted"), Unknown)
    assert np.isclose(here.finding("counted", times=100).value, 1)
