"""Importers of standards that describe data in general: what they take, and what they do not read into it."""

import base64
import json

import pytest
from tests.provenance import others
from tests.provenance.others import HASH_A, HASH_B, bundle, document, dta, event, oasis, root, statement

from outcross.errors import CallError, DataError
from outcross.provenance.importers import Imported, imported, importer, recognised
from outcross.provenance.record import ANY, NONE, Record, Upstream

HOLDS = {"cyclonedx": others.CYCLONEDX, "spdx": others.SPDX, "openlineage": event(), "prov": others.PROV,
         "signing": bundle(statement()), "c2pa": others.C2PA, "oasis": oasis("feeds")}  # fmt: skip


def only(value) -> Record:
    (record,) = imported(document(value)).records
    return record


def notes(made: Imported) -> str:
    return "; ".join(one.said for one in made.defects)


def refused(value) -> str:
    with pytest.raises(DataError) as error:
        imported(document(value))
    return error.value.message


@pytest.mark.parametrize("name", HOLDS)
def test_a_standard_is_found_by_what_its_files_hold_and_by_no_other_importer(name):
    told = document(HOLDS[name])
    assert recognised(told) is importer(name)
    assert [other for other in HOLDS if importer(other).recognises(told)] == [name]


def test_an_importer_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(CallError):
        importer("nothing")


# --- OASIS and DTA ---


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (["machine-generated-ml-ops"], "synthetic"), (["machine-generated-mlops-generative"], "synthetic"),
        (["Machine generated/MLOps"], "synthetic"), (["transfer-learning-na"], "synthetic"),
        (["data-augmentation"], "mixed"), (["feeds", "machine-generated-ml-ops"], "mixed"),
        (["simulations"], "procedural"), (["machine-generated-mlops-twin"], "procedural"),
        (["web-scraping-crawling-news-articles"], "unknown"), (["primary-user-source"], "unknown"),
        (["user-generated-content"], "unknown"), (["social-media", "feeds"], "unknown"),
    ],
)  # fmt: skip
def test_a_code_says_of_the_origin_what_it_means_and_no_more(codes, kind):
    assert only(oasis(*codes)).origin().kind == only(dta(*codes)).origin().kind == kind


def test_what_users_hand_in_is_not_thereby_written_by_people():
    record = only(oasis("user-generated-content", "primary-user-source"))
    assert record.origins == ()
    assert record.origin().bounds()["human"] == ANY


def test_simulated_data_are_no_persons_but_may_be_a_models():
    bounds = only(oasis("simulations")).origin().bounds()
    assert (bounds["human"], bounds["edited"], bounds["synthetic"]) == (NONE, NONE, ANY)


def test_a_part_that_a_model_made_makes_the_whole_mixed():
    part = {"date": "2025-01-01", "origin-geography": [{"country": "FR"}],
            "generation-method": [{"code": "machine-generated-ml-ops"}], "source": "https://a.example"}  # fmt: skip
    record = only(oasis("feeds", **{"sub-provenance": part}))
    assert record.origin().kind == "mixed"
    assert record.derived_from == (Upstream("https://a.example"),)


def test_a_source_that_is_not_named_is_unknown_and_not_absent():
    assert only(oasis("feeds")).derived_from is None


def test_a_description_that_speaks_of_models_is_left_to_people():
    told = oasis("other")
    told["provenance"]["generation-method"][0]["long-description"] = "Written by a large language model."
    made = imported(document(told))
    assert made.records[0].origins == ()
    assert "people must say" in notes(made)


def test_being_meant_for_synthetic_data_is_not_being_synthetic():
    told = oasis("feeds")
    told["use"]["intended-purpose"][0]["code"] = "synthetic-data-generation"
    made = imported(document(told))
    assert made.records[0].origins == ()
    assert "does not say that it is synthetic" in notes(made)


def test_the_day_of_a_data_set_is_the_latest_that_its_data_can_be_of():
    assert only(oasis("feeds")).generation_period.end == "2025-02-01"


def test_hashes_of_all_files_give_the_root_that_a_manifest_of_them_has():
    hashes = [{"path": name, "tree-hashes": [{"algorithm": "SHA-256", "value": value}]}
              for name, value in (("b", HASH_B), ("a", HASH_A))]  # fmt: skip
    told = oasis("feeds")
    told["source"]["id"] = {"hashes": hashes}
    assert only(told).subject.digest == root(HASH_A, HASH_B)
    hashes[0]["tree-hashes"][0]["algorithm"] = "md5"
    assert only(told).subject.digest == ""


@pytest.mark.parametrize("group", ["provenance", "use", "source"])
def test_a_group_that_is_missing_is_named(group):
    told = oasis("feeds")
    del told[group]
    assert f"it has no {group!r}" in refused({"$schema": "https://docs.oasis-open.org/dps/x.json", **told})


def test_a_placeholder_is_no_value():
    told = oasis("feeds")
    told["use"]["license"] = ["TODO", "MIT", "n/a"]
    made = imported(document(told))
    assert made.records[0].license == ("MIT",)
    assert "'TODO' says nothing" in notes(made)


def test_all_defects_are_found_at_once():
    told = dta("feeds")
    del told["source"]["title"]
    told["use"]["license"] = 3
    told["provenance"]["generation-method"] = []
    made = importer("oasis").read(document(told))
    assert {one.pointer for one in made.defects if one.broken} == {
        "/source", "/use/license", "/provenance/generation-method"}  # fmt: skip
    assert made.records == ()


# --- CycloneDX ---


def test_a_bill_of_materials_tells_of_data_and_of_what_a_model_was_trained_on():
    data, model = imported(document(others.CYCLONEDX)).records
    assert (data.name, data.version, data.issuer, data.license) == ("books", "2", "Library", ("CC0-1.0",))
    assert data.derived_from == (Upstream("scans"),)
    assert data.subject.digest == root(HASH_A)
    assert data.origins == ()
    assert model.derived_from == (Upstream("books", root(HASH_A)),)
    assert {one.by for one in data.evidence if one.kind == "declaration"} == {"", "model"}
    assert data.given["/subject/name"].pointer == "/components/0/name"


def test_a_reference_that_points_nowhere_is_noted():
    told = {**others.CYCLONEDX, "components": [others.CYCLONEDX["components"][1]]}
    made = imported(document(told))
    assert made.records[0].derived_from == (Upstream("d"),)
    assert "points at no component" in notes(made)


def test_a_component_without_a_name_breaks_the_standard():
    assert "it has no 'name'" in refused({**others.CYCLONEDX, "components": [{"type": "data"}]})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"serialNumber": "urn:uuid:x"}, "no serial number"), ({"specVersion": None}, "it has no 'specVersion'"),
        ({"components": [{"type": "dataset", "name": "x"}]}, "no type of component"),
        ({"components": [{"type": "data", "name": "x", "data": [{"type": "text"}]}]}, "no kind of data"),
        ({"components": [{"type": "data", "name": "x", "hashes": [{"alg": "SHA-256", "content": "zz"}]}]},
         "this is no SHA-256"),
    ],
)  # fmt: skip
def test_what_the_standard_does_not_allow_is_named(change, said):
    assert said in refused({**others.CYCLONEDX, **change})


def test_data_without_a_name_are_told_apart_by_their_address():
    inline = {"type": "dataset", "contents": {"url": "https://x.example/set"}}
    card = {"modelParameters": {"datasets": [inline]}}
    told = {**others.CYCLONEDX, "components": [{"type": "machine-learning-model", "name": "m", "modelCard": card}]}
    data, model = imported(document(told)).records
    assert data.name == "https://x.example/set"
    assert model.derived_from == (Upstream("https://x.example/set"),)


# --- SPDX ---


def test_spdx_tells_of_a_data_set_and_never_that_it_is_synthetic():
    talks, older, model = imported(document(others.SPDX)).records
    assert (talks.name, talks.issuer, talks.method, talks.license) == ("talks", "Ann", "Recorded.", ("MIT",))
    assert talks.origins == ()
    assert talks.subject.digest == root(HASH_A, HASH_B)
    assert (talks.issued, talks.generation_period.end) == ("2025-01-02T03:04:05Z", "2024-12-31T00:00:00Z")
    assert talks.derived_from == (Upstream("older talks"),)
    assert model.derived_from == (Upstream("talks"),)
    assert [one.model for one in older.generators] == ["model"]
    assert older.origin().kind == "synthetic"


def test_licences_that_differ_are_noted():
    told = json.loads(json.dumps(others.SPDX).replace("licenses/NOASSERTION", "licenses/GPL-3.0"))
    assert "is not the concluded one" in notes(imported(document(told)))


def test_spdx_2_is_refused_by_name():
    assert "SPDX 2" in refused({"spdxVersion": "SPDX-2.3", "packages": []})


def test_elements_may_stand_where_they_are_referred_to():
    person = {"type": "Person", "spdxId": "urn:p", "name": "Ann"}
    info = {"type": "CreationInfo", "created": "2025-01-01T00:00:00Z", "createdBy": [person]}
    told = {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "type": "DatasetPackage",
            "spdxId": "urn:d", "name": "talks", "creationInfo": info}  # fmt: skip
    record = only(told)
    assert (record.name, record.issued, record.issuer) == ("talks", "2025-01-01T00:00:00Z", "urn:p")


# --- OpenLineage ---


def test_events_of_one_run_are_one_data_set():
    record = only([event("START", inputs=[{"namespace": "s3", "name": "/in"}]), event()])
    assert (record.name, record.method) == ("s3/out", "job jobs/mix")
    assert record.derived_from == (Upstream("s3/in"),)


def test_no_inputs_seen_is_not_no_inputs_unless_the_facet_says_so():
    assert only(event()).derived_from is None
    entry = {"namespace": "s3", "name": "out", "type": "DATASET", "inputs": []}
    facet = {"job": {"namespace": "jobs", "name": "mix", "facets": {"lineage": {"lineage": [entry]}}}}
    assert only(event(**facet)).derived_from == ()
    assert only(event(outputs=[{**entry, "facets": {"lineage": {"inputs": []}}}])).derived_from == ()


def test_an_input_that_is_told_outweighs_a_facet_that_says_there_is_none():
    outputs = [{"namespace": "s3", "name": "out", "facets": {"lineage": {"inputs": []}}}]
    record = only(event(outputs=outputs, inputs=[{"namespace": "s3", "name": "in"}]))
    assert record.derived_from == (Upstream("s3/in"),)


def test_a_filter_is_one_where_nothing_else_was_done():
    told = {"namespace": "s3", "name": "in", "type": "DATASET",
            "transformations": [{"type": "INDIRECT", "subtype": "FILTER"}]}  # fmt: skip
    outputs = [{"namespace": "s3", "name": "out", "facets": {"lineage": {"inputs": [told]}}}]
    assert only(event(outputs=outputs)).derived_from == (Upstream("s3/in", op="filter"),)


def test_what_a_failed_run_was_to_write_is_not_taken():
    made = imported(document(event("FAIL")))
    assert made.records == ()
    assert "failed" in notes(made)


# --- PROV ---


def test_prov_tells_of_entities_with_the_activity_and_the_agents_behind():
    records = {one.name: one for one in imported(document(others.PROV)).records}
    assert set(records) == {"ex:story", "ex:prompts", "ex:both"}
    story = records["ex:story"]
    assert story.origin().kind == "synthetic"
    assert [one.model for one in story.generators] == ["LLM"]
    assert (story.issuer, story.method, story.license) == ("Ann", "writing", ("MIT",))
    assert story.derived_from == (Upstream("ex:prompts"),)
    assert (story.generation_period.start, story.generation_period.end) == ("2025-01-01", "2025-01-02T00:00:00Z")
    assert story.subject.digest == root(HASH_A)
    assert records["ex:both"].derived_from == (Upstream("ex:story", op="mix"), Upstream("ex:prompts", op="mix"))
    assert records["ex:prompts"].derived_from is None


def test_software_alone_makes_nothing_synthetic():
    told = json.loads(json.dumps(others.PROV))
    del told["entity"]["ex:story"]["ex:digitalSourceType"]
    assert imported(document(told)).records[0].origins == ()


def test_entities_in_bundles_are_read():
    told = {"bundle": {"ex:b": {"entity": {"ex:in": {}}}}}
    assert only(told).name == "ex:in"


def test_an_entity_that_comes_from_itself_is_noted():
    told = {"entity": {"ex:a": {}}, "wasDerivedFrom": {"_:1": {"prov:generatedEntity": "ex:a",
                                                                 "prov:usedEntity": "ex:a"}}}  # fmt: skip
    made = imported(document(told))
    assert made.records[0].derived_from is None
    assert "from itself" in notes(made)


def test_an_entity_that_only_a_relation_speaks_of_is_one_too():
    told = {
        "prefix": {"ex": "http://example.org/"},
        "wasDerivedFrom": {
            "ex:d": {"prov:generatedEntity": "ex:e1", "prov:usedEntity": {"$": "ex:e2", "type": "prov:QUALIFIED_NAME"}}
        },
    }
    record = only(told)
    assert (record.name, record.derived_from) == ("ex:e1", (Upstream("ex:e2"),))


# --- signatures ---


def test_a_manifest_is_bound_to_its_root_and_signed_by_whom_it_says():
    record = only(bundle(statement()))
    assert record.subject.digest == root(HASH_A, HASH_B)
    assert {(one.kind, one.level, one.by) for one in record.evidence} == {
        ("signature", 1, "key k"), ("manifest", 1, "key k")}  # fmt: skip
    assert record.given["/evidence/0"].said["files"] == 2
    assert record.issuer == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"digest": "cc" * 32}, "its root is not that of its files"),
        ({"name": "../../etc/passwd"}, "leads out of the folder"),
        ({"name": "/etc/passwd"}, "leads out of the folder"),
        ({"name": "b"}, "listed twice"),
        ({"digest": "cc"}, "this is no digest"),
        ({"algorithm": "blake3"}, "another algorithm than 'sha256'"),
    ],
)
def test_a_manifest_that_was_changed_is_refused(change, said):
    told = statement()
    told["predicate"]["resources"][0].update(change)
    assert said in refused(bundle(told))


@pytest.mark.parametrize("place", range(64))
def test_any_digit_of_a_root_that_is_changed_is_noticed(place):
    told = statement()
    digest = told["subject"][0]["digest"]
    changed = format(int(digest["sha256"][place], 16) ^ 1, "x")
    digest["sha256"] = digest["sha256"][:place] + changed + digest["sha256"][place + 1 :]
    assert "its root is not that of its files" in refused(bundle(told))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (bundle(b"not json"), "what is signed cannot be read"),
        (bundle(statement(_type="https://in-toto.io/Statement/v9")), "no statement of in-toto"),
        (bundle(statement(subject=[])), "0 subjects"),
        (bundle(statement(), certificate={"rawBytes": "AAAA"}), "this is no certificate"),
        (bundle(statement(), publicKey={}), "it names no key"),
        (bundle(statement(), other={}), "nobody could verify it"),
        ({**bundle(statement()), "dsseEnvelope": {"payload": "?", "payloadType": "application/vnd.in-toto+json",
                                                  "signatures": []}}, "no base64"),
        ({"payload": "e30=", "payloadType": "text/plain", "signatures": [{"sig": ""}]}, "no in-toto statement"),
    ],
)  # fmt: skip
def test_a_bundle_names_what_is_wrong_with_it(told, said):
    made = importer("signing").read(document(told))
    assert made.records == ()
    assert said in notes(made)


@pytest.mark.parametrize(
    ("material", "said"),
    [
        ({"x509CertificateChain": {"certificates": []}}, "the chain holds no certificate"),
        ({"certificate": {}, "tlogEntries": []}, "the certificate has no bytes"),
        ({"publicKey": {"hint": "k"}, "tlogEntries": [{}]}, "no inclusion proof"),
        ({"publicKey": {"hint": "k"}, "tlogEntries": [{"canonicalizedBody": "e", "inclusionProof": {}}]},
         "cannot be read"),
    ],
)  # fmt: skip
def test_material_that_cannot_verify_anything_is_named(material, said):
    assert said in notes(importer("signing").read(document(bundle(statement(), **material))))


def test_the_oldest_bundles_may_promise_instead_of_proving():
    told = bundle(statement(), publicKey={"hint": "k"}, tlogEntries=[{}])
    told["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1"
    assert "neither an inclusion proof nor a promise" in refused(told)
    told["verificationMaterial"]["tlogEntries"] = [{"inclusionPromise": {"signedEntryTimestamp": "x"}}]
    assert only(told).name == "corpus"


def test_a_certificate_without_a_signed_time_is_worth_nothing():
    entry = {"inclusionProof": {"checkpoint": {"envelope": "log"}}}
    told = bundle(statement(), certificate={"rawBytes": "AAAA"}, tlogEntries=[entry])
    assert "it has no signed time" in notes(importer("signing").read(document(told)))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("application/vnd.dev.sigstore.bundle.v9.9+json", "bundles are of the versions"),
        ("application/vnd.dev.sigstore.signingconfig.v0.2+json", "this is no bundle"),
    ],
)
def test_what_is_no_bundle_that_is_known_is_named(kind, said):
    assert said in refused({**bundle(statement()), "mediaType": kind})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "shards"}, "'shard_size' is told of shards"),
        ({"shard_size": 5}, "'shard_size' is told of shards"),
        ({"method": "some"}, "files are listed whole"),
        ({"hash_type": "md5"}, "another algorithm"),
        ({"hash_type": None}, "it has no 'hash_type'"),
    ],
)
def test_how_files_are_listed_must_be_told_in_full(change, said):
    told = statement()
    told["predicate"]["serialization"].update(change)
    assert said in notes(importer("signing").read(document(bundle(told))))


def test_a_log_entry_of_other_bytes_speaks_for_nothing():
    signed = [{"signature": base64.b64encode(b"signature").decode()}]
    body = {"kind": "dsse", "spec": {"payloadHash": {"algorithm": "sha256", "value": HASH_A}, "signatures": signed}}
    entry = {"canonicalizedBody": base64.b64encode(json.dumps(body).encode()).decode(),
             "inclusionProof": {"checkpoint": {"envelope": "log"}}}  # fmt: skip
    told = bundle(statement(), publicKey={"hint": "k"}, tlogEntries=[entry])
    assert "the log entry is of other bytes" in refused(told)


def test_a_statement_about_several_files_binds_them_together():
    told = statement(predicateType="https://slsa.dev/provenance/v1", predicate={"buildDefinition": {
        "buildType": "https://b.example", "resolvedDependencies": [{"uri": "git+https://x.example"}]}},
        subject=[{"name": "b", "digest": {"sha256": HASH_B}}, {"name": "a", "digest": {"sha256": HASH_A}}])  # fmt: skip
    record = only(bundle(told))
    assert (record.name, record.subject.digest) == ("b and 1 more", root(HASH_A, HASH_B))
    assert record.derived_from == (Upstream("git+https://x.example"),)
    assert record.method == "https://b.example"


def test_a_statement_without_a_signature_is_a_declaration():
    assert only(statement()).evidence[0].kind == "declaration"


# --- C2PA as JSON ---


def test_a_manifest_tells_what_made_an_asset_and_of_what():
    record = only(others.C2PA)
    assert record.origin().kind == "synthetic"
    assert [(one.model, one.version) for one in record.generators] == [("Diffuser", ""), ("Painter", "3")]
    assert record.derived_from == (Upstream("sketch", op="mix"), Upstream("words", op="generate"))


def test_a_model_that_changes_what_a_person_made_makes_it_edited():
    place = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    actions = [{"action": "c2pa.created", "digitalSourceType": f"{place}digitalCapture"},
               {"action": "c2pa.edited", "digitalSourceType": f"{place}trainedAlgorithmicMedia"}]  # fmt: skip
    told = {**others.C2PA, "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}}]}
    assert only(told).origin().kind == "edited"


def test_a_report_that_tells_of_a_fault_is_refused():
    told = {"active_manifest": "a", "manifests": {"a": others.C2PA},
            "validation_status": [{"code": "assertion.dataHash.mismatch"}]}  # fmt: skip
    assert "invalid: assertion.dataHash.mismatch" in refused(told)


def test_an_ingredient_that_does_not_hold_is_as_bad():
    broken = {
        **others.C2PA,
        "ingredients": [{"title": "x", "validation_status": [{"code": "claimSignature.mismatch"}]}],
    }
    assert "invalid: claimSignature.mismatch" in refused({"active_manifest": "a", "manifests": {"a": broken}})
