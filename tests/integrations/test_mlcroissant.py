"""The reference implementation of Croissant reads what is exported, and refuses what the importer calls broken."""

import json
import logging

import pytest

from outcross.errors import DataError
from outcross.provenance.documents import parsed
from outcross.provenance.exporters.croissant import export
from outcross.provenance.importers import imported
from outcross.provenance.record import KINDS, Generator, Origin, Period, Proof, Record, Subject, Upstream

pytest.importorskip("mlcroissant", reason="mlcroissant is not installed: pip install 'outcross[croissant]'")
pytestmark = pytest.mark.filterwarnings("ignore")

DIGEST = "sha256:" + "0123456789abcdef" * 4
FULL = Record(
    Subject("sample set", DIGEST, 10, 20, 30), (Origin("mixed"), Origin("human", "labels")),
    (Generator("model x", "1", DIGEST, "Acme"), Generator("tagger", scope="labels")),
    (Upstream("a source with spaces"), Upstream("urn:a", DIGEST), Upstream("snli")), Period("2024-01", "2024-02-03"),
    "collected by hand", "A; B", ("MIT", "https://example.org/x", "own terms"), "training",
    (Proof("declaration", 1, "https://example.org/"), Proof("manifest", 1, "data/a.txt", DIGEST)),
    "1.0.0", "2026-01-01", "2027-01-01", DIGEST,
)  # fmt: skip
RECORDS = [
    FULL, Record(Subject("bare")), Record(Subject("root"), derived_from=()),
    Record(Subject("open"), generation_period=Period("2024-01")),
    *(Record(Subject(kind), (Origin(kind),)) for kind in KINDS),
]  # fmt: skip


def accepted(value: dict) -> bool:
    """Whether the reference implementation reads it."""
    import mlcroissant  # noqa: PLC0415 - only where it is installed

    logging.getLogger("absl").setLevel(logging.ERROR)
    try:
        mlcroissant.Dataset(jsonld=value)
    except mlcroissant.ValidationError:
        return False
    return True


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_the_reference_implementation_reads_what_is_exported(record):
    assert accepted(json.loads(export([record])))


def broken(**told: object) -> dict:
    """What is exported, with a file and a set of records in which one thing is wrong."""
    value = json.loads(export([FULL]))
    value["recordSet"] = [{"@type": "cr:RecordSet", "@id": "r", "field": [
        {"@type": "cr:Field", "@id": "r/f", "dataType": "sc:Text",
         "source": {"fileObject": {"@id": "file-0"}, "extract": {"column": "f"}}}]}]  # fmt: skip
    for path, one in told.items():
        *steps, last = path.split("__")
        holder = value
        for step in steps:
            holder = holder[int(step) if step.isdecimal() else step]
        holder[{"type": "@type", "id": "@id"}.get(last, last)] = one
    return value


def agree(value: dict) -> bool:
    """Whether both read it, or both refuse it; whether it is read."""
    try:
        ours = bool(imported(parsed(json.dumps(value).encode(), "x.json")).records)
    except DataError:
        ours = False
    assert ours == accepted(value)
    return ours


def test_both_read_a_file_with_records():
    assert agree(broken())


@pytest.mark.parametrize(
    "told",
    [
        {"type": "sc:Person"},
        {"name": 7},
        {"license": 7},
        {"distribution__0__type": "sc:Foo"},
        {"distribution__0__encodingFormat": None},
        {"distribution__0__contentUrl": None},
        {"distribution__0__id": "a b"},
        {"distribution__0__containedIn": {"@id": "elsewhere"}},
        {"recordSet__0__type": "cr:Foo"},
        {"recordSet__0__field__0__type": "cr:Foo"},
        {"recordSet__0__field__0__dataType": "sc:Foo"},
        {"recordSet__0__field__0__dataType": None},
        {"recordSet__0__field__0__source": None},
        {"recordSet__0__field__0__source__fileObject": {"@id": "elsewhere"}},
        {"recordSet__0__field__0__isArray": True, "recordSet__0__field__0__arrayShape": "a,b"},
        {"recordSet__0__field__0__arrayShape": "1,2"},
    ],
    ids=str,
)
def test_both_refuse_a_broken_file(told):
    assert not agree(broken(**told))
