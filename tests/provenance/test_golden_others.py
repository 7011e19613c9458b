"""What a careful person finds in the real files of nine standards: each value was read off the file by eye.

C2PA's binary assets are in tests/integrations/test_c2pa.py, since a library of an extra reads them.
"""

from pathlib import Path

import pytest

from outcross.errors import DataError
from outcross.provenance.documents import read
from outcross.provenance.importers import imported
from outcross.provenance.parsing import record_from
from outcross.provenance.record import Record

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "provenance"
SCHEMA = "is a JSON Schema, not a record"
PLAIN = "is no metadata, but plain text or data"
NO_CARD = "front matter|is no metadata"
"""Markdown is asked whether it is a card first."""
GARC = "https://provenance.ai-research.example/records/garc-bmc-v2-prov.json"
KAFKA = "kafka://kafka-cluster-prod:9092/"
SPDX_MODEL = "Sentiment Demo: A Simple AI Application and its AI BOM Example"
TRAINING = {"name": "Training Data", "origin": "unknown", "uris": ["https://example.com/path/to/dataset"]}
DIFFUSION = {"name": "CompVis/stable-diffusion", "from": ["Training Data"], "version": "1.4",
             "intended_use": "Who are the intended users of the model?; Text-to-image generation for creative "
                             "applications"}  # fmt: skip
CONFIGS = {"name": "my-configs", "version": "1337", "from": None, "origin": "unknown",
           "uris": ["https://example.com/cfg/1337/app.ini", "https://example.com/cfg/1337/env"]}  # fmt: skip
OMS_KEY = "key e8450dec4eb99dae995da9af1bc2cc9f76ed669ee2e744f57abba763df3e3f8e"
OMS_ROOT = "sha256:92745110b1ab4368471cbe31664e10174e954b113a3df333db860317b2c6dec4"

# The fields of a record that were found, by file; "from" is None where nobody said, [] for a declared root.
FOUND: dict[str, tuple[str, list[dict[str, object]]]] = {
    "oasis_dps/prov-meta-1.0__examples__dp-core-complete.json": ("OASIS Data Provenance Standard 1.0 (draft)", [{
        "name": "GARC Merged Biomedical Text Corpus", "origin": "unknown", "origins": 0, "from": [GARC],
        "period": ("2000-01-01T00:00:00Z", "2025-12-31T23:59:59Z"),
        "issuer": "Global AI Research Consortium; National Health Data Trust",
        "license": ("CC-BY-4.0", "https://nhdt.example/licenses/clinical-data-use-v2.txt"),
        "version": "3", "issued": "2026-06-01T08:00:00Z", "generators": [],
        # Of one file: SHA-256 over the raw digest a3f5c2d1...
        "digest": "sha256:5002e0ed96c8375b45157d59fae656c04b07b8f2731b945af68589947581c27c",
    }]),
    "oasis_dps/prov-meta-1.0__examples__dp-core-moderate.json": ("OASIS Data Provenance Standard 1.0 (draft)", [{
        "name": "Acme Multilingual News Corpus 2026", "origin": "unknown", "digest": "", "license": ("Apache-2.0",),
        "from": ["https://partner-news.example/dps/source-provenance.json"], "issuer": "Acme Data Services LLC",
        "method": "feeds: Articles collected via RSS/Atom syndication feeds from partner news organizations.",
        "period": ("2024-01-01T00:00:00Z", "2025-12-31T23:59:59Z"), "issued": "2026-03-15T12:00:00Z", "version": "2",
    }]),
    "dta_dps_1.0/contributions__dta__schema__json__clean__instance__non-strict__required__1.json": (
        "DTA Data Provenance Standards 1.0.0", [{
            "name": "YjmXixAnRfaj", "issuer": "dyuLDkHjtOoomTY; dxvkhYDqpAVbcPS; pFyisDISOvX", "method": "yY",
            "intended_use": "se: HDIkx", "from": None, "origin": "unknown", "period": ("", ""), "version": "",
        }]),
    "dta_dps_1.0/contributions__dta__schema__json__clean__instance__strict__required__1.json": (
        "DTA Data Provenance Standards 1.0.0", [{
            "name": "yTcEtAOVmZRBIXemYF", "issuer": "gIPiCHtpBdR; QhTNFCNdSnxNQ", "method": "zwDBSCiOI",
            "intended_use": "yRcGFJeMNGRmY: pQ", "from": None, "origin": "unknown",
        }]),
    "dta_dps_1.0/contributions__dta__schema__json__clean__instance__strict__optional__1.json": (
        "DTA Data Provenance Standards 1.0.0", [{
            "name": "ai", "issuer": "OAmMniMGlxedaIDg; oTtEYndWyTMO; y", "from": ["Ycl", "hVRUvPeINVjglmj", "eR"],
            "license": ("KxWeLUzqLymNsKkEtyN", "jCjFYiVJODR", "SaK"), "uris": ["YGAS"], "period": ("", ""),
        }]),
    "cyclonedx_mlbom/tools__src__test__resources__1.5__valid-machine-learning-1.5.json":
        ("CycloneDX 1.5", [TRAINING, DIFFUSION]),
    "cyclonedx_mlbom/tools__src__test__resources__1.6__valid-machine-learning-1.6.json":
        ("CycloneDX 1.6", [TRAINING, DIFFUSION | {"issuer": "Acme Inc"}]),
    "cyclonedx_mlbom/tools__src__test__resources__1.6__valid-machine-learning-considerations-env-1.6.json":
        ("CycloneDX 1.6", []),
    "cyclonedx_mlbom/tools__src__test__resources__1.6__valid-component-data-1.6.json": ("CycloneDX 1.6", [CONFIGS]),
    "cyclonedx_mlbom/tools__src__test__resources__1.7__valid-component-data-1.7.json": ("CycloneDX 1.7", [CONFIGS]),
    "spdx3/dataset__example01__spdx3.0__example01.spdx3.json": ("SPDX 3.0.1", [{
        "name": "Our World in Data CO2 and Greenhouse Gas Emissions dataset", "origin": "unknown", "from": None,
        "issuer": "Our World in Data", "license": ("CC-BY-4.0",), "period": ("", "2023-12-16T11:22:38Z"),
        "issued": "2024-05-31T00:00:00Z", "version": "2024-04-15", "bytes": 2689, "digest": "",
        "intended_use": "To make the data about greenhouse gas emissions accessible.",
        "proofs": ["sha256:434d75c84cf86456c16193dbc53beef31eb63f3387425882ddb2ef6acb9d472c"],
    }]),
    "spdx3/ai__example02__spdx3.0__sbom.spdx3.json": ("SPDX 3.0.1", [
        {"name": "Data after preprocessing", "origin": "unknown", "bytes": 117553, "license": ("CC0-1.0",),
         "issuer": "Arthit Suriyawongkul", "issued": "2024-06-24T05:30:00Z", "from": None},
        {"name": SPDX_MODEL, "from": ["Data after preprocessing"], "license": ("CC0-1.0",),
         "intended_use": "Text sentiment analysis."},
    ]),
    "openlineage/client__python__tests__example_full_event.json": ("OpenLineage", [{
        "name": "my-datasource-namespace/instance.schema.table", "bytes": 2097152, "records": 2000, "from": None,
        "period": ("2020-12-17T03:00:00.001Z", "2020-12-17T04:00:00.001Z"), "issued": "2020-12-28T19:51:01.641Z",
        "method": "job my-scheduler-namespace/myjob.mytask",
    }]),
    "openlineage/integration__common__tests__dbt__structured_logs__bigquery__run__results__successful_run_ol_events"
    ".json": ("OpenLineage", [{
        "name": "bigquery/example-bigquery-project.jaffle_shop.stg_locations", "issued": "2026-06-01T21:13:30.520045Z",
        "from": ["bigquery/example-bigquery-project.raw.raw_stores"],
    }]),
    "openlineage/integration__flink__flink2__src__test__resources__events__expected_sql_kafka.json": ("OpenLineage", [{
        "name": f"{KAFKA}io.openlineage.flink.kafka.output", "from": [f"{KAFKA}io.openlineage.flink.kafka.input1"],
    }]),
    "openlineage/integration__spark__app__integrations__container__hiveCreateDataSourceAsSelectCommandCompleteEvent"
    ".json": ("OpenLineage", [{
        "name": "file/tmp/hive-metastore/hive3.db/table2", "from": ["file/tmp/hive-metastore/hive3.db/table1"],
    }]),
    "openlineage/integration__spark__app__integrations__container__pysparkHiveCompleteEvent.json":
        ("OpenLineage", [{"name": "file/tmp/warehouse/test", "from": None}]),
    "openlineage/integration__spark__app__integrations__container__pysparkKafkaReadCompleteEvent.json":
        ("OpenLineage", []),
    "w3c_prov/src__prov__tests__json__activity2.json": ("W3C PROV-JSON", []),
    "w3c_prov/src__prov__tests__json__activity4.json": ("W3C PROV-JSON", []),
    "w3c_prov/src__prov__tests__json__activity7.json": ("W3C PROV-JSON", []),
    "openssf_model_signing/scripts__tests__v1.0.1-certificate__model.sig": ("OpenSSF Model Signing 1.0", [{
        "name": "v1.0.1-certificate", "by": ["intermediate-ca"], "issued": "",
        "digest": "sha256:61d4849d9d90076d6215f4d525f13d6574af8e3f67aef3e6f36fc40a14fdd226",
    }]),
    "openssf_model_signing/test-vectors__v1.0__valid__certificate.bundle.json": ("OpenSSF Model Signing 1.0", [
        {"name": "model", "digest": OMS_ROOT, "by": ["intermediate-ca"], "origin": "unknown", "from": None}]),
    "openssf_model_signing/test-vectors__v1.0__valid__key.bundle.json": ("OpenSSF Model Signing 1.0", [
        {"name": "model", "digest": OMS_ROOT, "by": [OMS_KEY], "issuer": ""}]),
    "openssf_model_signing/test-vectors__v1.0__valid__sigstore.bundle.json": ("OpenSSF Model Signing 1.0", [{
        "name": "v1.1.0-sigstore", "by": ["stefanb@us.ibm.com"], "issued": "2025-10-10T02:12:20Z",
        "digest": "sha256:61d4849d9d90076d6215f4d525f13d6574af8e3f67aef3e6f36fc40a14fdd226",
    }]),
    "sigstore/test__assets__a.dsse.staging-rekor-v2.txt.sigstore.json": (
        "Sigstore bundle 0.3, https://slsa.dev/provenance/v1", [{
            "name": "a.txt", "proofs": ["sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf"],
            "method": "https://github.com/sigstore-conformance/rekor2-dsse-hashedrekord-regen",
        }]),
    "sigstore/test__assets__bundle_v3.txt.sigstore": ("Sigstore bundle 0.3", [{
        "name": "test__assets__bundle_v3.txt", "by": ["william@yossarian.net"], "issued": "2024-04-02T19:19:09Z",
        "proofs": ["sha256:5e6ae9de58c1177bea615b4fcbfb2fd688e8c4b51c2e56b6a38e817833ec24a2"],
    }]),
    "c2pa/sdk__tests__fixtures__manifest.json": ("C2PA manifest (JSON)", [{
        "name": "sdk__tests__fixtures__manifest.json", "origin": "procedural", "generators": [("TestApp", "1.0")],
        "from": ["A.jpg", "prompt"],
    }]),
}  # fmt: skip

# Why a file is refused.
REFUSED = {
    "dta_dps_1.0/contributions__dta__schema__json__data-provenance-standards-1.0.0.schema.json": SCHEMA,
    "dta_dps_1.0/contributions__dta__schema__json__LICENSE": PLAIN,
    "openssf_model_signing/schemas__v1.0__bundle.schema.json": SCHEMA,
    "openssf_model_signing/schemas__v1.0__envelope.schema.json": SCHEMA,
    "openssf_model_signing/schemas__v1.0__predicate.schema.json": SCHEMA,
    "openssf_model_signing/schemas__v1.0__statement.schema.json": SCHEMA,
    "openssf_model_signing/test-vectors__v1.0__invalid__missing-envelope.bundle.json": "it has no envelope",
    "openssf_model_signing/test-vectors__v1.0__invalid__missing-tlog-entries.bundle.json": "it has no tlogEntries",
    "openssf_model_signing/test-vectors__v1.0__invalid__missing-verification-material.bundle.json":
        "it has no 'verificationMaterial'",
    "sigstore/bundle_v3.txt": PLAIN,
    "sigstore/test__assets__bundle_cve_2022_36056.txt.sigstore": "the log entry is of another signature",
    "sigstore/test__assets__bundle_no_checkpoint.txt.sigstore": "its inclusion proof has no checkpoint",
    "sigstore/test__assets__integration__attest__slsa_predicate_v1_0.json": "this is a bare predicate",
    "sigstore/test__assets__trusted_root__trustedroot.v1.json": "this is a trusted root",
    "sigstore/test__assets__trusted_root__trustedroot.v1.local_tlog_ed25519_rekor-tiles.json": "this is a trusted root",
    "c2pa/sdk__tests__fixtures__schemas__crJSON-schema.json": SCHEMA,
    "in_toto/dsse_envelope.md": NO_CARD,
    "in_toto/dsse_protocol.md": NO_CARD,
    "in_toto/spec__predicates__svr.md": NO_CARD,
    "in_toto/spec__predicates__vsa.md": NO_CARD,
}  # fmt: skip

# What a careful person would be told besides.
NOTED = {
    "cyclonedx_mlbom/tools__src__test__resources__1.6__valid-machine-learning-considerations-env-1.6.json":
        "the model 'meta-llama/Llama-2-7b' does not say what it was trained on",
    "cyclonedx_mlbom/tools__src__test__resources__1.7__valid-component-data-1.7.json": "no data set among them",
    "spdx3/dataset__example01__spdx3.0__example01.spdx3.json": "it binds no bytes",
    "openlineage/client__python__tests__example_full_event.json": "was read by the run that wrote it",
    "openlineage/integration__flink__flink2__src__test__resources__events__expected_sql_kafka.json":
        "no event says that the run which writes it has completed",
    "openlineage/integration__spark__app__integrations__container__pysparkHiveCompleteEvent.json":
        "no word of there being none",
    "openlineage/integration__spark__app__integrations__container__pysparkKafkaReadCompleteEvent.json":
        f"read are {KAFKA}topic1",
    "w3c_prov/src__prov__tests__json__activity2.json": "nothing is told of an entity",
    "c2pa/sdk__tests__fixtures__manifest.json": "nothing of it is signed",
    "dta_dps_1.0/contributions__dta__schema__json__clean__instance__strict__required__1.json": "is no date",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real files are not here")


def seen(record: Record) -> dict[str, object]:
    """A record as the table has it."""
    subject, period = record.subject, record.generation_period
    return {
        "name": record.name, "digest": subject.digest, "bytes": subject.bytes, "records": subject.records,
        "origin": record.origin().kind, "origins": len(record.origins), "issuer": record.issuer,
        "generators": [(one.model, one.version) for one in record.generators],
        "from": None if record.derived_from is None else [one.id for one in record.derived_from],
        "period": (period.start, period.end), "method": record.method, "license": record.license,
        "intended_use": record.intended_use, "version": record.version, "issued": record.issued,
        "uris": [one.uri for one in record.evidence if one.kind == "declaration"],
        "proofs": [one.digest for one in record.evidence if one.kind == "manifest"],
        "by": [one.by for one in record.evidence if one.kind == "signature"],
    }  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_a_file_imports_with_what_a_careful_person_finds(name):
    made = imported(read(SAMPLES / name))
    standard, expected = FOUND[name]
    assert made.standard == standard
    found = [{field: seen(record)[field] for field in one} for record, one in zip(made.records, expected, strict=True)]
    assert found == expected


@pytest.mark.parametrize("name", FOUND)
def test_nothing_is_believed_beyond_a_declaration_and_every_value_has_its_place(name):
    document = read(SAMPLES / name)
    for record in imported(document).records:
        assert record_from(record.to_dict(), name) == record
        assert all(one.level == 1 for one in record.evidence)
        assert {"/subject/name"} <= set(record.given) or record.name == Path(name).name
        assert all(one.file == document.digest and one.pointer for one in record.given.values())
        assert all(document.at(one.pointer) is not None for one in record.given.values())


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_record_is_refused_for_the_right_reason(name):
    with pytest.raises(DataError, match=REFUSED[name]):
        imported(read(SAMPLES / name))


@pytest.mark.parametrize("name", NOTED)
def test_what_misleads_is_noted(name):
    assert any(NOTED[name] in one.said for one in imported(read(SAMPLES / name)).defects)


def test_no_file_of_these_standards_is_left_out():
    folders = {name.partition("/")[0] for name in (*FOUND, *REFUSED)}
    files = {f"{folder}/{file.name}" for folder in folders for file in (SAMPLES / folder).iterdir()}
    binary = {name for name in files if name.startswith("c2pa/") and not name.endswith(".json")}
    assert files - binary == {*FOUND, *REFUSED}
