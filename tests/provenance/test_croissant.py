"""Croissant: what its terms say of where data come from, in every spelling, and what breaks a file."""

import hashlib
import json
from typing import Any

import pytest

from outcross.errors import DataError
from outcross.provenance.documents import parsed
from outcross.provenance.importers import Imported, imported
from outcross.provenance.record import Generator, Period, Record

CONTEXT = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/", "prov": "http://www.w3.org/ns/prov#", "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo", "recordSet": "cr:recordSet", "field": "cr:field", "source": "cr:source",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "isArray": "cr:isArray", "arrayShape": "cr:arrayShape",
    "data": {"@id": "cr:data", "@type": "@json"},
}  # fmt: skip
BASE: dict[str, Any] = {
    "@context": CONTEXT, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1", "name": "sample",
}  # fmt: skip
FILE = {
    "@type": "cr:FileObject",
    "@id": "a.txt",
    "contentUrl": "a.txt",
    "encodingFormat": "text/plain",
    "sha256": "main",
}
FIELD: dict[str, Any] = {
    "@type": "cr:Field", "@id": "r/f", "name": "f", "dataType": "sc:Text", "source": {"fileObject": {"@id": "a.txt"}},
}  # fmt: skip


def made(value: Any) -> Imported:
    return imported(parsed(json.dumps(value).encode(), "sample.json"), "croissant")


def record(**told: Any) -> Record:
    return made(BASE | {key.replace("__", ":"): value for key, value in told.items()}).records[0]


def with_field(**told: Any) -> dict[str, Any]:
    field = FIELD | {key.replace("__", ":"): value for key, value in told.items()}
    return {"distribution": [FILE], "recordSet": [{"@type": "cr:RecordSet", "@id": "r", "field": [field]}]}


@pytest.mark.parametrize("value", [True, "TRUE", "yes", {"@value": True}, [True]])
@pytest.mark.parametrize(
    "key", ["rai:hasSyntheticData", "hasSyntheticData", "http://mlcommons.org/croissant/RAI/hasSyntheticData"]
)
def test_some_synthetic_data_is_a_mix_in_every_spelling(key, value):
    origin = made(BASE | {key: value}).records[0].origin()
    assert origin.kind == "mixed"
    assert origin.bounds()["synthetic"] == (0, 1)


@pytest.mark.parametrize("value", [False, "false", "No"])
def test_none_is_no_synthetic_text_and_nothing_more(value):
    bounds = record(rai__hasSyntheticData=value).origin().bounds()
    assert bounds["synthetic"] == (0, 0)
    assert bounds["human"] == (0, 1)


def test_what_is_neither_true_nor_false_is_noted_and_says_nothing():
    found = made(BASE | {"rai:hasSyntheticData": "partly"})
    assert found.records[0].origins == ()
    assert "/rai:hasSyntheticData" in {one.pointer for one in found.defects}


def test_a_data_set_that_says_both_is_a_mix_and_the_contradiction_is_noted():
    found = made(BASE | {"rai:hasSyntheticData": False, "distribution": [FILE | {"rai:hasSyntheticData": True}]})
    assert found.records[0].origin().kind == "mixed"
    assert any("both" in one.said for one in found.defects)


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ({"@id": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}, "synthetic"),
        ("compositeWithTrainedAlgorithmicMedia", "edited"),
        ("https://schema.org/AlgorithmicMediaDigitalSource", "procedural"),
        ("digitalCreation", "human"),
        ("screenCapture", "unknown"),
    ],
)
def test_a_digital_source_type_is_the_kind_of_the_whole(term, kind):
    assert record(digitalSourceType=term).origin().kind == kind


def test_a_source_type_that_contradicts_a_truth_value_is_a_mix():
    assert record(digitalSourceType="digitalCreation", rai__hasSyntheticData=True).origin().kind == "mixed"


ACTIVITY = {"@type": "prov:Activity", "prov:label": "Writing"}
MODEL = {"@type": "prov:SoftwareAgent", "prov:label": "gpt-x", "version": "2", "prov:actedOnBehalfOf": {"name": "Acme"}}


@pytest.mark.parametrize("key", ["prov:wasAssociatedWith", "prov:isAssociatedWith", "wasAssociatedWith"])
def test_a_software_agent_is_a_generator_under_every_name_of_the_term(key):
    found = made(BASE | {"prov:wasGeneratedBy": ACTIVITY | {key: MODEL}})
    assert found.records[0].generators == (Generator("gpt-x", "2", provider="Acme"),)
    assert found.records[0].method == "Writing"
    noted = any("is read as 'prov:wasAssociatedWith'" in one.said for one in found.defects)
    assert noted == (key != "prov:wasAssociatedWith")


def test_a_person_or_any_agent_is_no_generator_and_answers_for_the_data():
    found = record(prov__wasAttributedTo={"@type": "prov:Agent", "prov:label": "The Team"})
    assert found.generators == ()
    assert found.issuer == "The Team"


@pytest.mark.parametrize(
    ("told", "ids"),
    [
        ("urn:dataset:one", ["urn:dataset:one"]),
        ({"@id": "urn:dataset:one"}, ["urn:dataset:one"]),
        (
            [{"@id": "one", "prov:label": "One"}, {"name": "Two", "url": "https://example.org/2"}],
            ["one", "https://example.org/2"],
        ),
        ([{"name": "Two"}, "TODO"], ["Two"]),
    ],
)
def test_what_it_was_derived_from_is_named(told, ids):
    assert [one.id for one in record(prov__wasDerivedFrom=told).derived_from or ()] == ids
    assert [one.id for one in record(isBasedOn=told).derived_from or ()] == ids


def test_an_empty_list_is_a_declared_root_and_absence_is_not():
    assert record(prov__wasDerivedFrom=[]).derived_from == ()
    assert record().derived_from is None


def test_a_source_at_the_address_of_the_data_set_itself_goes_by_its_name():
    told = {"url": "https://example.org/", "prov__wasDerivedFrom": {"name": "Seeds", "url": "https://example.org/"}}
    assert [one.id for one in record(**told).derived_from or ()] == ["Seeds"]


def test_lineage_of_a_file_and_of_a_set_of_records_is_that_of_the_data_set():
    found = record(**with_field() | {"distribution": [FILE | {"prov:wasDerivedFrom": {"@id": "urn:a"}}]})
    assert [one.id for one in found.derived_from or ()] == ["urn:a"]


def test_a_field_tells_of_itself_and_labels_of_labels():
    label = ["sc:Text", "cr:Label"]
    by_machine = record(**with_field(dataType=label, prov__wasGeneratedBy=ACTIVITY | {"prov:wasAssociatedWith": MODEL}))
    assert by_machine.origin("labels").kind == "mixed"
    assert by_machine.generators[0].scope == "labels"
    people = {"equivalentProperty": "prov:wasAttributedTo", "dataType": "prov:Person"}
    assert record(**with_field(dataType=label, annotation=people)).origin("labels").kind == "human"
    assert record(**with_field(digitalSourceType="trainedAlgorithmicMedia")).origin("f").kind == "synthetic"


def test_tools_that_annotate_are_named_where_they_are_names():
    found = record(rai__machineAnnotationTools=["tagger 1.2; parser", "other-tool"])
    assert [one.model for one in found.generators] == ["tagger 1.2", "parser", "other-tool"]
    assert found.origin("labels").kind == "mixed"
    assert record(rai__machineAnnotationTools="None").origins == ()


def test_times_of_collection_come_before_times_of_activities():
    times = {"@type": "prov:Activity", "prov:startedAtTime": "2020-01", "prov:endedAtTime": "2020-03"}
    assert record(prov__wasGeneratedBy=times).generation_period == Period("2020-01", "2020-03")
    found = record(prov__wasGeneratedBy=times, rai__dataCollectionTimeFrame=["2021", "2022"])
    assert found.generation_period == Period("2021", "2022")


def test_only_the_prose_that_speaks_of_models_is_noted_and_nothing_taken():
    found = made(BASE | {"description": "Made with a large language model."})
    assert found.records[0].origins == ()
    assert any("no field tells of it" in one.said for one in found.defects)


REAL = [hashlib.sha256(name).hexdigest() for name in (b"a", b"b")]


def files(*digests: str) -> list[dict[str, Any]]:
    names = ["z.txt", "a.txt"]
    return [
        FILE | {"@id": name, "contentUrl": name, "sha256": digest} for name, digest in zip(names, digests, strict=False)
    ]


def test_the_root_is_over_the_digests_of_all_files_in_the_order_of_their_names():
    root = hashlib.sha256(bytes.fromhex(REAL[1]) + bytes.fromhex(REAL[0])).hexdigest()
    assert record(distribution=files(*REAL)).subject.digest == f"sha256:{root}"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("https://github.com/mlcommons/croissant/issues/80", "an address"),
        ("main", "'main'"),
        ("PLACEHOLDER_SHA256", "a placeholder"),
        ("d41d8cd98f00b204e9800998ecf8427e", "MD5"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "git"),
        ("0" * 64, "a placeholder"),
        (hashlib.sha256(b"").hexdigest(), "empty file"),
        ("c617db2c7470716250f6f001be51304c76bcc8815527ab8bae734bdca07357", "62 hexadecimal digits"),
    ],
)
def test_what_is_no_digest_is_noted_and_no_digest_is_made_of_it(said, why):
    found = made(BASE | {"distribution": files(said, REAL[1])})
    assert found.records[0].subject.digest == ""
    assert [one.digest for one in found.records[0].evidence if one.kind == "manifest"] == [f"sha256:{REAL[1]}"]
    assert any(one.pointer == "/distribution/0/sha256" and why in one.said for one in found.defects)


@pytest.mark.parametrize("address", ["../../etc/passwd", "/etc/passwd"])
def test_a_file_outside_of_its_folder_gives_no_root(address):
    assert record(distribution=[files(*REAL)[0] | {"contentUrl": address}]).subject.digest == ""


EXPANDED = {
    "@type": ["https://schema.org/Dataset"], "https://schema.org/name": [{"@value": "sample"}],
    "http://purl.org/dc/terms/conformsTo": [{"@id": "http://mlcommons.org/croissant/1.1"}],
    "http://mlcommons.org/croissant/RAI/hasSyntheticData": [{"@value": True}],
    "http://www.w3.org/ns/prov#wasDerivedFrom": [{"@id": "urn:a"}],
}  # fmt: skip
PLAIN = BASE | {"rai:hasSyntheticData": True, "prov:wasDerivedFrom": {"@id": "urn:a"}}
RENAMED = {
    "@context": CONTEXT | {"from": "prov:wasDerivedFrom", "some": {"@id": "rai:hasSyntheticData"}}, "@type": "Dataset",
    "conformsTo": "http://mlcommons.org/croissant/1.1", "name": {"de": "Muster", "en": "sample"},
    "some": True, "from": "urn:a",
}  # fmt: skip
SOURCE = {"@id": "urn:a", "prov:label": "A"}
GRAPH = {"@context": CONTEXT, "@graph": [SOURCE, {key: value for key, value in PLAIN.items() if key != "@context"}]}


@pytest.mark.parametrize("value", [PLAIN, [PLAIN], GRAPH, EXPANDED, [EXPANDED], RENAMED])
def test_the_same_is_read_in_every_form_of_json_ld(value):
    found = made(value)
    one = found.records[0]
    assert (found.standard, one.name, one.origin().kind) == ("Croissant 1.1", "sample", "mixed")
    assert [source.id for source in one.derived_from or ()] == ["urn:a"]


def test_a_term_of_a_foreign_vocabulary_is_not_taken():
    assert (
        made(BASE | {"https://example.org/hasSyntheticData": True, "ex:wasDerivedFrom": "urn:a"}).records[0].origins
        == ()
    )


@pytest.mark.parametrize(
    ("told", "place", "said"),
    [
        ({"@type": "sc:Person"}, "/@type", "schema.org Dataset"),
        ({"name": 7}, "/name", "a text"),
        ({"license": 7}, "/license", "a licence is"),
        ({"distribution": "x"}, "/distribution", "holds objects"),
        ({"distribution": [FILE | {"@type": "sc:Foo"}]}, "/distribution/0/@type", "FileObject or a FileSet"),
        ({"distribution": [{**FILE, "encodingFormat": None}]}, "/distribution/0", "'encodingFormat' is missing"),
        ({"distribution": [{**FILE, "contentUrl": None}]}, "/distribution/0", "'contentUrl' is missing"),
        ({"distribution": [FILE | {"@type": "cr:FileSet"}]}, "/distribution/0", "'includes' is missing"),
        ({"distribution": [FILE | {"@id": "a b"}]}, "/distribution/0/@id", "without spaces"),
        ({"distribution": [FILE | {"containedIn": {"@id": "zip"}}]}, "/distribution/0/containedIn", "'zip', which"),
        ({"recordSet": [{"@type": "cr:Foo", "@id": "r"}]}, "/recordSet/0/@type", "must be a RecordSet"),
        (with_field(**{"@type": "cr:Foo"}), "/recordSet/0/field/0/@type", "must be a Field"),
        (with_field(source={"fileObject": {"@id": "b.txt"}}), "/recordSet/0/field/0/source", "'b.txt', which the file"),
        (with_field(source={}), "/recordSet/0/field/0/source", "it refers to nothing"),
        (with_field(source=None), "/recordSet/0/field/0", "where its values come from"),
        (with_field(dataType="sc:Foo"), "/recordSet/0/field/0", "no data type that Croissant knows"),
        (with_field(dataType=None), "/recordSet/0/field/0", "no data type"),
        (with_field(isArray=True, arrayShape="a,b"), "/recordSet/0/field/0/arrayShape", "whole numbers"),
        (with_field(arrayShape="2,3"), "/recordSet/0/field/0/arrayShape", "'isArray' is not true"),
    ],
)  # fmt: skip
def test_a_broken_file_names_its_defect_and_nothing_is_taken(told, place, said):
    with pytest.raises(DataError) as raised:
        made(BASE | told)
    assert place in raised.value.message
    assert said in raised.value.message


@pytest.mark.parametrize(
    "change", [{"dataType": None}, {"dataType": "cr:dataType"}, {"sc": None}], ids=["missing", "untyped", "prefix"]
)
def test_a_data_type_that_the_context_does_not_tell_of_is_none(change):
    context = {key: one for key, one in (CONTEXT | change).items() if one is not None}
    with pytest.raises(DataError, match="no data type that Croissant knows"):
        made(BASE | with_field() | {"@context": context})


def test_records_of_two_sources_need_a_field_that_joins_them():
    two = [FILE, FILE | {"@id": "b.txt", "contentUrl": "b.txt"}]
    fields = [FIELD, FIELD | {"@id": "r/g", "source": {"fileObject": {"@id": "b.txt"}}}]
    value = BASE | {"distribution": two, "recordSet": [{"@type": "cr:RecordSet", "@id": "r", "field": fields}]}
    with pytest.raises(DataError, match="no field joins them"):
        made(value)
    fields[0] = fields[0] | {"references": {"fileObject": {"@id": "b.txt"}}}
    assert made(value).records


def test_a_file_that_declares_no_version_breaks_no_promise_and_is_remarked_on():
    value = {key: one for key, one in BASE.items() if key != "conformsTo"}
    value["distribution"] = [FILE | {"@type": "sc:Foo"}]
    found = made(value)
    assert found.records
    assert any(one.pointer == "/distribution/0/@type" for one in found.defects)
