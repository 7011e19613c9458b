"""Records as Croissant: what the format has a place for comes back as it went."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError
from outcross.provenance.documents import parsed
from outcross.provenance.exporters.croissant import export
from outcross.provenance.importers import imported
from outcross.provenance.reading import says_nothing
from outcross.provenance.record import KINDS, Generator, Origin, Period, Proof, Record, Subject, Upstream

NAMES = (
    st.text("abcXYZ019-_.: é", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda name: len(name) > 2 and not says_nothing(name))
)
IDS = NAMES | st.sampled_from(["urn:dataset:a", "https://example.org/a", "snli", "_:b0"])
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda one: f"sha256:{one.hex()}")
COUNTS = st.none() | st.integers(0, 2**50)
DATES = st.dates(date(1990, 1, 1), date(2060, 1, 1)).map(str)


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | strategy


GENERATORS = st.builds(Generator, NAMES, maybe(NAMES), maybe(DIGESTS), maybe(NAMES))
UPSTREAM = st.builds(Upstream, IDS, maybe(DIGESTS))
PERIODS = st.tuples(maybe(DATES), maybe(DATES)).map(
    lambda two: Period(*two) if all(two) is False else Period(*sorted(two))
)
KNOWN = [kind for kind in KINDS if kind != "unknown"]
RECORDS = st.builds(
    Record,
    subject=st.builds(Subject, NAMES, maybe(DIGESTS), COUNTS, COUNTS, COUNTS),
    origins=st.just(()) | st.sampled_from(KNOWN).map(lambda kind: (Origin(kind),)),
    generators=st.lists(GENERATORS, max_size=3, unique_by=lambda one: one.model).map(tuple),
    derived_from=st.none() | st.lists(UPSTREAM, max_size=3, unique_by=lambda one: one.id).map(tuple),
    generation_period=PERIODS, method=maybe(NAMES), issuer=maybe(NAMES),
    license=st.lists(st.sampled_from(["MIT", "CC-BY-4.0", "https://example.org/x"]), unique=True).map(tuple),
    intended_use=maybe(NAMES), version=maybe(NAMES), supersedes=maybe(DIGESTS),
)  # fmt: skip


def there_and_back(record: Record) -> Record:
    return imported(parsed(export([record]).encode(), "x.json")).records[0]


@given(RECORDS)
def test_a_record_comes_back_as_it_went(record):
    back = there_and_back(record)
    assert replace(back, given={}, evidence=()) == record


def test_an_unknown_origin_without_synthetic_text_comes_back():
    record = Record(Subject("sample"), (Origin("unknown", shares={"synthetic": (0.0, 0.0)}),))
    assert there_and_back(record).origins == record.origins


def test_a_mix_without_synthetic_text_says_so():
    record = Record(Subject("sample"), (Origin("mixed", shares={"synthetic": (0.0, 0.0)}),))
    assert json.loads(export([record]))["rai:hasSyntheticData"] is False


def test_what_the_format_cannot_hold_is_left_out_and_never_made_more_certain():
    record = Record(
        Subject("sample"), (Origin("mixed", shares={"synthetic": (0.1, 0.2)}), Origin("human", "labels")),
        (Generator("tagger", scope="labels"), Generator("m", scope="field")),
        (Upstream("a", op="filter", tokens=3, kept=0.5),),
    )  # fmt: skip
    back = there_and_back(record)
    assert back.origin().bounds()["synthetic"] == (0, 1)
    assert back.origin("labels").kind == "mixed"
    assert back.generators == (Generator("tagger", scope="labels"),)
    assert back.derived_from == (Upstream("a"),)


def test_digests_of_files_come_back_where_they_are_all_of_it():
    digests = {name: "sha256:" + hashlib.sha256(name.encode()).hexdigest() for name in ("b.txt", "a.txt")}
    files = tuple(Proof("manifest", 1, name, digest) for name, digest in digests.items())
    root = there_and_back(Record(Subject("s", "sha256:" + "ab" * 32), evidence=files))
    assert root.subject.digest == "sha256:" + "ab" * 32
    assert {one.digest for one in files} < {one.digest for one in root.evidence}
    assert there_and_back(Record(Subject("s"), evidence=files)).subject.digest == ""


@pytest.mark.parametrize("records", [[], [Record(Subject("a")), Record(Subject("b"))]], ids=["none", "two"])
def test_a_file_describes_one_data_set(records):
    with pytest.raises(CallError, match="describes one data set"):
        export(records)
