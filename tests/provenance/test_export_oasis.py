"""What is written for OASIS: valid, read back as it was, and nothing invented."""

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.provenance import others

from outcross.errors import CallError
from outcross.provenance.documents import parsed
from outcross.provenance.exporters import exported
from outcross.provenance.importers import importer
from outcross.provenance.record import ALL, Kind, Origin, Period, Proof, Record, Subject, Upstream

SCHEMA = (Path(__file__).parents[3] / "shared" / "data" / "provenance" / "dta_dps_1.0"
          / "contributions__dta__schema__json__data-provenance-standards-1.0.0.schema.json")  # fmt: skip
WHOLE = Record(
    Subject("talks of 2024", "sha256:" + others.HASH_A), (Origin("synthetic"),),
    derived_from=(Upstream("crawl 2023"), Upstream("https://a.example/b"), Upstream("c/d%")),
    generation_period=Period("2024-01-01T00:00:00Z", "2024-12-31T00:00:00Z"),
    method="machine-generated-ml-ops: written by a model",
    issuer="Us; Them", license=("MIT", "https://l.example"), intended_use="pre-training", version="7",
    issued="2025-01-02T00:00:00Z", evidence=(Proof("declaration", uri="https://us.example/r.json", by="Us; Them"),),
)  # fmt: skip
# The standard's own table of what is required, OASIS DPS 1.0 draft, section 5.
REQUIRED = {
    "": ["$schema", "set", "source", "provenance", "use"],
    "set": ["category", "schema-version", "publisher", "label", "tracking"],
    "set/publisher": ["name", "namespace"],
    "set/tracking": ["current-release-date", "id", "initial-release-date", "revision-history", "status", "version"],
    "set/tracking/revision-history/0": ["date", "number", "summary"],
    "source": ["about", "id", "issuer", "location", "name", "data-version"],
    "source/about": ["content", "purpose"], "source/issuer/0": ["legal-name"],
    "provenance": ["origin-geography", "date", "generation-method"], "provenance/generation-method/0": ["code"],
    "use": ["intended-purpose"], "use/intended-purpose/0": ["code", "long-description"],
}  # fmt: skip
WORDS = st.text("abc é;:/%", min_size=1, max_size=12).map(str.strip).filter(lambda one: any(map(str.isalpha, one)))


def back(record: Record) -> Record:
    """What is read from what is written."""
    made = importer("oasis").read(parsed(exported([record], "oasis").encode(), "x.json"))
    assert not any(one.broken for one in made.defects)
    return replace(made.records[0], given={})


def test_a_record_comes_back_as_it_went():
    assert back(WHOLE) == WHOLE


@given(WORDS, st.lists(WORDS, max_size=3, unique=True), st.lists(WORDS, max_size=3, unique=True), WORDS, WORDS)
def test_whatever_is_written_in_its_fields(name, upstream, licenses, method, issuer):
    record = replace(
        WHOLE, subject=Subject(name), method=method, issuer=issuer, license=tuple(licenses),
        derived_from=tuple(Upstream(one) for one in upstream) or None,
    )  # fmt: skip
    found = back(record)
    assert replace(found, evidence=(), method="") == replace(record, evidence=(), method="")
    assert found.method.removeprefix("machine-generated-ml-ops: ") == method
    assert back(found) == found


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_kind_comes_back_as_no_more_than_it_was(kind):
    """The bounds that are read hold those that were written: what OASIS cannot say is left open."""
    record = replace(WHOLE, origins=(Origin(kind),))
    written, found = record.origin().bounds(), back(record).origin().bounds()
    assert all(found[part][0] <= low and high <= found[part][1] for part, (low, high) in written.items())
    assert found["human"] != ALL


def test_the_address_of_a_file_is_not_that_of_the_metadata():
    file = Proof("manifest", uri="talks.tar.gz", digest=f"sha256:{others.HASH_B}")
    told = json.loads(exported([replace(WHOLE, evidence=(file, *WHOLE.evidence))], "oasis"))
    assert told["source"]["location"] == "https://us.example/r.json"
    told = json.loads(exported([replace(WHOLE, evidence=(file,))], "oasis"))
    assert told["source"]["location"].startswith("urn:outcross:record:")


def test_a_period_that_nobody_knows_is_not_made_up_of_the_day_of_issue():
    record = replace(WHOLE, generation_period=Period())
    assert back(record).generation_period == Period()


def test_all_that_the_standard_requires_is_there():
    told = json.loads(exported([WHOLE], "oasis"))
    for place, names in REQUIRED.items():
        found = told
        for step in place.split("/") if place else ():
            found = found[int(step)] if step.isdecimal() else found[step]
        assert set(names) <= set(found), place


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema is not here")
def test_the_group_of_provenance_is_valid_by_the_schema_of_the_alliance(kind):
    """The other groups have changed since: `source.id` was a text, and descriptions had another name."""
    schema = json.loads(SCHEMA.read_text())
    group = {**schema["properties"]["provenance"], "$defs": {}}
    group["properties"] = {name: one for name, one in group["properties"].items() if name != "sub-provenance"}
    told = json.loads(exported([replace(WHOLE, origins=(Origin(kind),))], "oasis"))["provenance"]
    while told:
        Draft202012Validator(group).validate({name: one for name, one in told.items() if name != "sub-provenance"})
        told = told.get("sub-provenance")


@pytest.mark.parametrize("field", ["issuer", "issued", "intended_use"])
def test_what_is_required_and_not_known_is_asked_for_and_not_made_up(field):
    with pytest.raises(CallError, match=field):
        exported([replace(WHOLE, **{field: ""})], "oasis")


def test_a_file_holds_one_data_set():
    with pytest.raises(CallError):
        exported([WHOLE, WHOLE], "oasis")
