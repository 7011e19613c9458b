"""Scores of other tools are read as they are meant, and what cannot be believed is refused with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError, DataError
from outcross.estimate import Estimate, Unknown
from outcross.track.evals import Score, read_evals, score_change

NEW = {
    "results": {
        "hellaswag": {
            "alias": "hellaswag", "acc,none": 0.2845, "acc_stderr,none": 0.0045,
            "acc_norm,none": 0.31, "acc_norm_stderr,none": 0.0046,
        },
        "wikitext": {
            "alias": "wikitext", "word_perplexity,none": 37.37, "word_perplexity_stderr,none": "N/A",
            "bits_per_byte,none": 0.976, "bits_per_byte_stderr,none": "N/A",
        },
        "gsm8k": {
            "exact_match,strict-match": 0.02, "exact_match_stderr,strict-match": 0.004,
            "exact_match,flexible-extract": 0.03, "exact_match_stderr,flexible-extract": 0.005,
        },
        "mmlu": {"acc,none": 0.26, "acc_stderr,none": 0.0037, "alias": "mmlu"},
        "mmlu_law": {"acc,none": 0.25, "acc_stderr,none": 0.01, "alias": " - law"},
        "mmlu_art": {"acc,none": 0.27, "acc_stderr,none": 0.01, "alias": " - art"},
        "suite": {" ": " ", "alias": "suite"},
    },
    "groups": {"mmlu": {"acc,none": 0.26, "acc_stderr,none": 0.0037, "alias": "mmlu"}},
    "group_subtasks": {"mmlu": ["mmlu_law", "mmlu_art"], "hellaswag": []},
    "higher_is_better": {"hellaswag": {"acc": True, "acc_norm": True}, "wikitext": {"word_perplexity": False}},
    "n-samples": {
        "hellaswag": {"original": 10042, "effective": 1000}, "mmlu_law": {"original": 70, "effective": 70},
        "mmlu_art": {"original": 30, "effective": 30},
    },
}  # fmt: skip

INSPECT = {
    "version": 2, "status": "success", "eval": {"task": "gsm8k", "model": "m"},
    "results": {
        "total_samples": 200, "completed_samples": 199,
        "scores": [
            {"name": "match", "scorer": "match", "reducer": "mean",
             "metrics": {"accuracy": {"name": "accuracy", "value": 0.85}, "stderr": {"name": "stderr", "value": 0.025},
                         "ci": {"name": "ci", "value": 0.05}}},
            {"name": "match", "scorer": "match", "reducer": "pass_at_2",
             "metrics": {"accuracy": {"name": "accuracy", "value": 0.9}}},
        ],
    },
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def reading(value, name="evals.json"):
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return {(one.task, one.metric): one for one in read_evals(path)}

    return reading


def test_scores_of_the_harness_are_read_with_errors_items_and_direction(read):
    found = read(NEW)
    acc = found["hellaswag", "acc"]
    assert (acc.value, acc.se, acc.n, acc.higher_is_better) == (0.2845, 0.0045, 1000, True)
    assert acc.pointer == "/results/hellaswag/acc,none"
    assert acc.source.startswith("sha256:")
    perplexity = found["wikitext", "word_perplexity"]
    assert (perplexity.se, perplexity.higher_is_better) == (None, False)
    assert found["wikitext", "bits_per_byte"].higher_is_better is False


def test_filters_of_one_metric_are_two_scores(read):
    found = read(NEW)
    assert found["gsm8k", "exact_match,strict-match"].se == 0.004
    assert found["gsm8k", "exact_match,flexible-extract"].se == 0.005


def test_a_group_is_one_score_that_rests_on_the_items_of_its_tasks(read):
    found = read(NEW)
    assert found["mmlu", "acc"].n == 100
    assert not any(task == "suite" or metric == "alias" for task, metric in found)


def test_a_group_that_holds_itself_has_no_number_of_items(read):
    log = {"results": {"a": {"acc": 0.5}}, "group_subtasks": {"a": ["b"], "b": ["a"]}}
    assert read(log)["a", "acc"].n is None


def test_old_keys_of_the_harness_are_read_too(read):
    found = read({"results": {"piqa": {"acc": 0.6, "acc_stderr": 0.01, "em": 0.1}}, "versions": {"piqa": 0}})
    assert (found["piqa", "acc"].se, found["piqa", "em"].se, found["piqa", "acc"].n) == (0.01, None, None)


def test_what_the_harness_did_not_score_is_no_score(read):
    log = {"results": {"a": {"bypass,none": 999, "bypass_stderr,none": "N/A", "acc,none": "N/A", "f1,none": 0.5}}}
    assert set(read(log)) == {("a", "f1")}


def test_scores_of_inspect_have_their_error_where_it_is_of_them(read):
    found = read(INSPECT)
    assert found["gsm8k", "match/accuracy"].se == 0.025
    assert found["gsm8k", "match/accuracy"].n == 199
    assert found["gsm8k", "match/ci"].se is None
    assert found["gsm8k", "match@pass_at_2/accuracy"].value == 0.9
    assert found["gsm8k", "match/accuracy"].pointer == "/results/scores/0/metrics/accuracy/value"


@pytest.mark.parametrize("status", ["error", "cancelled", "started"])
def test_an_evaluation_that_did_not_end_well_is_refused(read, status):
    with pytest.raises(DataError, match=status):
        read(INSPECT | {"status": status})


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("task,value,stderr,n,higher_is_better\npiqa,0.5,0.01,100,true\n", "a.csv"),
        ("\ufeffName\tScore\tSE\tN\thigher_is_better\npiqa\t0.5\t0.01\t100\t1\n", "a.tsv"),
        ('{"task":"piqa","value":0.5,"se":0.01,"n":100,"higher_is_better":true}\n{"task":"b","value":1}\n', "a.jsonl"),
    ],
)  # fmt: skip
def test_tables_of_scores_are_read(read, table, name):
    score = read(table, name)["piqa", "score"]
    assert (score.value, score.se, score.n, score.higher_is_better) == (0.5, 0.01, 100, True)


BOMB = '{"results":[' + "[]," * (10 << 20) + "[]]}"
DEEP = '{"results":' * 100_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("{}", "form that is not known"),
        ('{"results": {}}', "no score"),
        ('{"results": []}', "form that is not known"),
        ('{"results": {"a": 3}}', "/results/a"),
        ('{"results": {"a": {"acc": NaN}}}', "/results/a/acc: the score is nan"),
        ('{"results": {"a": {"acc": 1e999}}}', "/results/a/acc: the score is inf"),
        ('{"results": {"a": {"acc": "high"}}}', "'high' is no number"),
        ('{"results": {"a": {"acc": true}}}', "True is no number"),
        ('{"results": {"a": {"acc": 0.5, "acc_stderr": -1}}}', "standard error of -1"),
        ('{"results": {"a": {"acc": 1}, "a": {"acc": 2}}}', "'a' stands twice"),
        ('{"results": {"a/b~c": {"acc": "x"}}}', "/results/a~1b~0c/acc"),
        (DEEP, "nested too deep"),
        (BOMB, "more than 20,000,000 values"),
        ("{" * 10, "no JSON"),
        ('{"results": {"a": {"acc": ' + "9" * 5000 + "}}}", "no JSON"),
        ('{"results": {"a": {"acc": ' + "9" * 400 + "}}}", "inf"),
        ("task,value\na,0.5\na,0.6\n", "twice: line 2 and line 3"),
        ("task,value\na,0,5\n", "line 2: 3 cells under 2 names"),
        ('task,value\na,"0,5"\n', "line 2: '0,5' is no number"),
        ("task,value\na,\n", "line 2: no value"),
        ("task,value\na,nan\n", "line 2: the score is nan"),
        ("task,value,value\na,1,2\n", "'value' twice"),
        ("name,words\na,1\n", "no task and value"),
        ('task,value\n"a,1\n', "damaged"),
        ("PK\x03\x04", "zip"),
        ('{"task":"a","value":1}\n{"b":[]\n', "line 2: no JSON"),
        ('{"a":1}\n{}\n[1]\n', "no task and value"),
    ],
    ids=lambda text: text[:40],
)
def test_what_cannot_be_believed_is_refused_with_its_place(read, text, told):
    with pytest.raises(DataError) as refusal:
        read(text, "evals")
    assert told in str(refusal.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"task,value\n\xff,1\n")
    with pytest.raises(DataError, match="not UTF-8"):
        read_evals(tmp_path / "a.csv")


def test_a_damaged_parquet_file_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    with pytest.raises(DataError, match="damaged"):
        read_evals(tmp_path / "a.parquet")


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate((256 << 20) + 1)
    with pytest.raises(DataError, match="at most"):
        read_evals(tmp_path / "a.json")


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path):
    with pytest.raises(CallError):
        read_evals(tmp_path / "none.json")
    with pytest.raises(CallError):
        read_evals(tmp_path)


def score(value, se=0.01, n=None):
    return Score("a", "acc", value, se, n, higher_is_better=True, source="", pointer="")


@given(
    st.text(max_size=9), st.floats(allow_nan=False, allow_infinity=False), st.none() | st.floats(0, 1),
    st.none() | st.integers(1, 10**9), st.none() | st.booleans(),
)  # fmt: skip
def test_a_score_survives_its_record(task, value, se, n, better):
    made = Score(task, "acc", value, se, n, better, "sha256:0", "/a")
    assert Score.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_a_change_adds_the_errors_of_both_sides():
    found = score_change(score(0.5, 0.03), score(0.6, 0.04))
    assert isinstance(found, Estimate)
    assert (found.value, found.se) == (pytest.approx(-0.1), pytest.approx(0.05))


@pytest.mark.parametrize("unsure", [score(0.5, None), score(1.0, 0.0)])
def test_a_change_within_an_unknown_error_is_unknown(unsure):
    assert isinstance(score_change(unsure, score(0.5)), Unknown)
    assert isinstance(score_change(score(0.5), unsure), Unknown)


def test_scores_of_two_tasks_are_not_compared():
    other = Score("b", "acc", 0.5, 0.1, None, None, "", "")
    assert isinstance(score_change(score(0.5), other), Unknown)


def test_agreement_of_all_items_is_no_certainty():
    found = score(1.0, 0.0, 20).finding()
    assert isinstance(found, Estimate)
    assert found.se > 0.03
    low, high = found.interval()
    assert low < 0.95 < high
