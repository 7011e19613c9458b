"""Small documents of the standards that describe data in general, written by hand."""

import base64
import hashlib
import json
from typing import Any

from outcross.provenance.documents import Document, parsed

HASH_A, HASH_B = "aa" * 32, "bb" * 32


def document(value: Any, name: str = "file.json") -> Document:
    """A value as a document that was read."""
    return parsed(json.dumps(value).encode(), name)


def root(*digests: str) -> str:
    """The root of files, by the rule of OpenSSF Model Signing."""
    return "sha256:" + hashlib.sha256(b"".join(bytes.fromhex(one) for one in digests)).hexdigest()


def oasis(*codes: str, **provenance: Any) -> dict[str, Any]:
    return {
        "set": {"publisher": {"name": "Us", "namespace": "https://us.example"},
                "tracking": {"version": "1", "current-release-date": "2025-03-01T00:00:00Z"}},
        "source": {"name": "News", "id": {"uuids": ["1"]}, "issuer": [{"legal-name": "Us Ltd"}],
                   "about": {"content": "News.", "purpose": "Reading."}},
        "provenance": {"date": "2025-02-01", "origin-geography": [{"country": "FR"}],
                       "generation-method": [{"code": code} for code in codes], **provenance},
        "use": {"intended-purpose": [{"code": "pre-training", "long-description": "Models."}], "license": ["MIT"]},
    }  # fmt: skip


def dta(*codes: str) -> dict[str, Any]:
    made = oasis(*codes)
    made["source"] = {"title": "News", "id": "1", "version": "1.0.0", "description": "News.",
                      "issuer": [{"name": "Us Ltd"}]}  # fmt: skip
    return {name: made[name] for name in ("source", "provenance", "use")}


CYCLONEDX: dict[str, Any] = {
    "bomFormat": "CycloneDX", "specVersion": "1.7", "metadata": {"timestamp": "2025-05-01T00:00:00Z"},
    "components": [
        {"type": "data", "bom-ref": "d", "name": "books", "version": "2", "supplier": {"name": "Library"},
         "licenses": [{"license": {"id": "CC0-1.0"}}], "hashes": [{"alg": "SHA-256", "content": HASH_A}],
         "pedigree": {"ancestors": [{"type": "data", "name": "scans"}]},
         "data": [{"type": "dataset", "contents": {"url": "https://library.example/books"},
                   "governance": {"owners": [{"organization": {"name": "Library"}}]}}]},
        {"type": "machine-learning-model", "bom-ref": "m", "name": "model",
         "modelCard": {"modelParameters": {"datasets": [{"ref": "d"}]}}},
        {"type": "library", "name": "numpy"},
    ],
    "citations": [{"attributedTo": "m", "pointers": ["/components/0/hashes"], "timestamp": "2025-05-01T00:00:00Z"}],
}  # fmt: skip

SPDX: dict[str, Any] = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2025-01-02T03:04:05Z",
         "createdBy": ["urn:p"]},
        {"type": "Person", "spdxId": "urn:p", "name": "Ann"},
        {"type": "dataset_DatasetPackage", "spdxId": "urn:d", "creationInfo": "_:c", "name": "talks",
         "dataset_datasetType": ["syntactic"], "dataset_dataCollectionProcess": "Recorded.", "dataset_datasetSize": 7,
         "originatedBy": ["urn:p"], "builtTime": "2024-12-31T00:00:00Z"},
        {"type": "dataset_DatasetPackage", "spdxId": "urn:o", "creationInfo": "_:c", "name": "older talks"},
        {"type": "software_File", "spdxId": "urn:f", "name": "a.txt",
         "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": HASH_A}]},
        {"type": "software_File", "spdxId": "urn:g", "name": "b.txt",
         "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": HASH_B}]},
        {"type": "ai_AIPackage", "spdxId": "urn:m", "name": "model"},
        {"type": "Relationship", "spdxId": "urn:1", "from": "urn:d", "relationshipType": "contains",
         "to": ["urn:f", "urn:g"]},
        {"type": "Relationship", "spdxId": "urn:2", "from": "urn:m", "relationshipType": "trainedOn", "to": ["urn:g"]},
        {"type": "Relationship", "spdxId": "urn:3", "from": "urn:d", "relationshipType": "hasDeclaredLicense",
         "to": ["https://spdx.org/licenses/MIT"]},
        {"type": "Relationship", "spdxId": "urn:4", "from": "urn:d", "relationshipType": "hasConcludedLicense",
         "to": ["https://spdx.org/licenses/NOASSERTION"]},
        {"type": "Relationship", "spdxId": "urn:5", "from": "urn:o", "relationshipType": "ancestorOf", "to": ["urn:d"]},
        {"type": "Relationship", "spdxId": "urn:6", "from": "urn:m", "relationshipType": "generates", "to": ["urn:o"]},
    ],
}  # fmt: skip


def event(state: str = "COMPLETE", **more: Any) -> dict[str, Any]:
    return {
        "eventType": state, "eventTime": "2025-01-01T00:00:00Z", "producer": "https://example.com/p",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent", "run": {"runId": "1"},
        "job": {"namespace": "jobs", "name": "mix"}, "inputs": [], "outputs": [{"namespace": "s3", "name": "out"}],
        **more,
    }  # fmt: skip


PROV: dict[str, Any] = {
    "prefix": {"ex": "http://example.org/"},
    "entity": {
        "ex:story": {"prov:label": "Stories",
                     "ex:digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                     "ex:sha256": HASH_A, "dcterms:license": "MIT"},
        "ex:prompts": {}, "ex:plan": {"prov:type": {"$": "prov:Plan", "type": "prov:QUALIFIED_NAME"}},
        "ex:both": {"prov:type": "prov:Collection"},
    },
    "activity": {"ex:write": {"prov:label": "writing", "prov:startTime": "2025-01-01T00:00:00"}},
    "agent": {"ex:llm": {"prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"}, "prov:label": "LLM"},
              "ex:ann": {"foaf:name": "Ann"}},
    "wasGeneratedBy": {"_:1": {"prov:entity": "ex:story", "prov:activity": "ex:write",
                               "prov:time": "2025-01-02T00:00:00Z"}},
    "used": {"_:2": [{"prov:activity": "ex:write", "prov:entity": "ex:prompts"}]},
    "wasAssociatedWith": {"_:3": {"prov:activity": "ex:write", "prov:agent": "ex:llm"}},
    "wasAttributedTo": {"_:4": {"prov:entity": "ex:story", "prov:agent": "ex:ann"}},
    "hadMember": {"_:5": {"prov:collection": "ex:both", "prov:entity": "ex:story"},
                  "_:6": {"prov:collection": "ex:both", "prov:entity": "ex:prompts"}},
}  # fmt: skip


def statement(**more: Any) -> dict[str, Any]:
    """An OMS manifest of two files."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "corpus", "digest": {"sha256": root(HASH_A, HASH_B).removeprefix("sha256:")}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {
            "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
            "resources": [{"name": "a", "algorithm": "sha256", "digest": HASH_A},
                          {"name": "b", "algorithm": "sha256", "digest": HASH_B}],
        },
        **more,
    }  # fmt: skip


def bundle(stated: Any, **material: Any) -> dict[str, Any]:
    """A bundle of a statement, signed with a key of which there is a hint."""
    payload = stated if isinstance(stated, bytes) else json.dumps(stated).encode()
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": material or {"publicKey": {"hint": "k"}},
        "dsseEnvelope": {"payload": base64.b64encode(payload).decode(), "payloadType": "application/vnd.in-toto+json",
                         "signatures": [{"sig": base64.b64encode(b"signature").decode()}]},
    }  # fmt: skip


C2PA: dict[str, Any] = {
    "claim_generator_info": [{"name": "tool", "version": "1"}], "title": "picture.jpg",
    "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [
        {"action": "c2pa.created", "softwareAgent": {"name": "Painter", "version": "3"},
         "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}]}}],
    "ingredients": [
        {"title": "sketch", "relationship": "componentOf"}, {"title": "words", "relationship": "inputTo"},
        {"title": "Diffuser", "relationship": "inputTo", "data_types": [{"type": "c2pa.types.model.pytorch"}]}],
}  # fmt: skip

ALL: dict[str, Any] = {
    "oasis": oasis("feeds", "machine-generated-ml-ops"), "dta": dta("data-augmentation"), "cyclonedx": CYCLONEDX,
    "spdx": SPDX, "openlineage": [event("START"), event(inputs=[{"namespace": "s3", "name": "in"}])], "prov": PROV,
    "signing": bundle(statement()), "statement": statement(), "c2pa": C2PA,
}  # fmt: skip
"""One document of each, for those who change them at random."""
