"""The draft of the EU summary says yes, no or not known, and never takes the last for the second."""

import pytest

from outcross.errors import CallError
from outcross.provenance.exporters import EXPORTERS, exported, exporter
from outcross.provenance.exporters.eu import draft
from outcross.provenance.record import Generator, Origin, Record, Subject


def source(name, *origins, **more):
    return Record(Subject(name), origins, **more)


HUMAN = source("books", Origin("human"))
SILENT = source("crawl")
MADE = source("distilled", Origin("synthetic"), generators=(Generator("example-7b", "2", "", "Example AI"),))
SOME = source("forum", Origin("mixed"))
NONE_SYNTHETIC = source("crawl", Origin("unknown", shares={"synthetic": (0, 0)}))


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([HUMAN], "**No**, as far as it was declared of 1 sources"), ([HUMAN, SILENT], "**Not known**"),
        ([HUMAN, SILENT, MADE], "**Yes**: 1 of 3 sources hold some; of 1 it is not known"), ([SOME], "**Yes**"),
        ([NONE_SYNTHETIC], "**Not known**"), ([source("rules", Origin("procedural"))], "**No**"),
        ([source("labels", Origin("human"), Origin("synthetic", "labels"))], "**Yes**"), ([], "**Not known**"),
        ([source("some", Origin("unknown", shares={"edited": (0.1, 0.2)}))], "**Yes**"),
    ],
)  # fmt: skip
def test_whether_synthetic_data_was_used(records, said):
    assert said in exported(records, "eu")


def test_models_are_named_with_their_sources_and_their_providers():
    told = exported([MADE, SOME], "eu")
    assert "| example-7b | 2 | Example AI | not known: to be filled in | distilled |" in told
    assert "Not known, though a model had a hand in it: forum." in told


def test_a_share_that_was_worked_out_is_told_with_both_ends():
    assert "between 16.5 and 21 %" in draft([MADE], (0.165, 0.21))


def test_what_others_wrote_means_nothing_in_markdown():
    told = exported([source("a|b\n# x <img src=x> [y](z) www.evil.example `c`", Origin("synthetic"))], "eu")
    assert "&#124;" in told
    for sign in ("\n# x", "<img", "](", "www.", "`"):
        assert sign not in told


def test_an_exporter_that_is_not_there_is_refused_by_name():
    with pytest.raises(CallError, match="no exporter 'xml'"):
        exporter("xml")
    assert "eu" in EXPORTERS
