"""Declared origin: columns, source lists, words and truth values."""

import json

import numpy as np
import pytest
from tests.origin.making import batch_of

from outcross.errors import CallError, DataError
from outcross.origin.declared import Declared, from_list, side_of


@pytest.mark.parametrize(
    ("value", "column", "side"),
    [
        ("synthetic", "", "synthetic"), (" Human ", "", "human"), ("AI generated", "", "synthetic"),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "", "synthetic"),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation", "", "human"),
        ("true", "is_synthetic", "synthetic"), ("False", "meta.is_synthetic", "human"), ("1", "human", "human"),
        ("no", "written-by-human", "synthetic"), ("true", "label", None), ("unknown", "", None), ("", "", None),
        ("true", "human_generated", "human"), ("false", "generated", "human"), ("false", "human_or_ai", None),
        ("true", "not_synthetic", None), ("0", "ai_score", None), ("ai/human", "", None), ("human/ai", "", None),
    ],
)  # fmt: skip
def test_a_word_names_its_side(value, column, side):
    assert side_of(value, column) == side


def test_a_column_of_words_is_believed():
    found = Declared("origin").look(batch_of(["a"] * 4, origin=["human", "llm", None, "who knows"]))
    assert found.synthetic.tolist() == [False, True, False, False]
    assert found.human.tolist() == [True, False, False, False]
    assert found.reason(1) == "declared synthetic: origin is 'llm'"


def test_human_declarations_need_not_be_believed():
    found = Declared("origin", human=False).look(batch_of(["a"] * 2, origin=["human", "llm"]))
    assert found.human.tolist() == [False, False]
    assert found.synthetic.tolist() == [False, True]


@pytest.mark.parametrize("by", ["group", "id", "source"])
@pytest.mark.parametrize("form", ["list.csv", "object.json", "list.json", "list.jsonl"])
def test_a_source_list_is_looked_up(by, form, tmp_path):
    pairs = {"1": "human", "2": "synthetic"}
    records = [{"source": key, "origin": value, "note": 3} for key, value in pairs.items()]
    forms = {
        "list.csv": "Source,Origin\n" + "".join(f"{key},{value}\n" for key, value in pairs.items()),
        "object.json": json.dumps(pairs),
        "list.json": json.dumps(records),
        "list.jsonl": "\n".join(map(json.dumps, records)),
    }
    (tmp_path / form).write_text(forms[form])
    batch = batch_of(["x"] * 4, ["0", "1", "2", "3"], source=["0", "1", "2", "3"])
    found = from_list(tmp_path / form, by).look(batch)
    assert np.flatnonzero(found.human).tolist() == [1]
    assert np.flatnonzero(found.synthetic).tolist() == [2]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "source,origin\nx,perhaps\n", "neither synthetic nor human"),
        ("a.csv", "source,origin\nx,human\nx,llm\n", "both"),
        ("a.csv", "a,b\n1,2\n", "without a source or an origin"),
        ("a.csv", "source,origin\n", "lists no source"),
        ("a.json", "{", "cannot be read"),
        ("a.json", "[1]", "without a source"),
        ("a.jsonl", '"x"\n', "without a source"),
        ("a.csv", "\udcff", "cannot be read"),
    ],
)
def test_a_list_that_says_nothing_clear_is_refused(name, text, told, tmp_path):
    (tmp_path / name).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DataError, match=told):
        from_list(tmp_path / name)


def test_what_was_not_read_is_asked_for():
    with pytest.raises(CallError, match="'origin', which was not read"):
        Declared("origin").look(batch_of(["a"]))
    with pytest.raises(CallError, match="no source list"):
        from_list("nowhere.csv")
    assert not Declared("group", {"a": "human"}).look(batch_of(["a"])).hits.any()
    assert Declared("origin").columns == ("origin",)
    assert Declared("id", {"a": "human"}).columns == ()
