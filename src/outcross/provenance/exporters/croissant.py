"""Croissant 1.1 with the terms of responsible AI and of W3C PROV, of one record.

It has no place for shares of an origin (it only tells whether there is synthetic data), for what fields and labels
consist of (only which tools annotated), for how a source came from another, how many tokens it took and what part was
kept, for generators of single fields, for digests other than SHA-256, and for other evidence than digests of files.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from outcross.errors import CallError
from outcross.provenance.importers.croissant import ROOT
from outcross.provenance.licences import address_of
from outcross.provenance.record import TEXT, Generator, Kind, Origin, Record, Upstream
from outcross.provenance.vocabulary import TERMS

TITLE = "Croissant 1.1"
SUFFIX = ".json"

_CR, _SC = "http://mlcommons.org/croissant/", "https://schema.org/"
_ALIASED = (
    "annotation arrayShape citeAs column containedIn equivalentProperty extract field fileObject fileProperty fileSet "
    "format includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated "
    "replace samplingRate separator source subField transform"
)
_CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": _SC, **{name: f"cr:{name}" for name in _ALIASED.split()},
    "conformsTo": "dct:conformsTo", "cr": _CR, "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/", "examples": {"@id": "cr:examples", "@type": "@json"}, "rai": f"{_CR}RAI/",
    "prov": "http://www.w3.org/ns/prov#", "sc": _SC,
}  # fmt: skip

_TERM_OF: dict[Kind, str] = {
    "human": "digitalCreation", "edited": "compositeWithTrainedAlgorithmicMedia", "mixed": "compositeSynthetic",
    "synthetic": "trainedAlgorithmicMedia", "procedural": "algorithmicMedia",
}  # fmt: skip
_HEX = re.compile(r"sha256:([0-9a-f]{64})")


def export(records: Sequence[Record]) -> str:
    """A record as JSON-LD.

    Args:
        records: one, since a file describes one data set.

    Raises:
        CallError: it is not one.
    """
    if len(records) != 1:
        raise CallError(f"A Croissant file describes one data set, and there are {len(records)} records.",
                        hint="Export them one by one.")  # fmt: skip
    return json.dumps(described(records[0]), indent=2, ensure_ascii=False, sort_keys=False) + "\n"


def described(record: Record) -> dict[str, Any]:
    """A record as the plain value of a Croissant file; what nobody said is left out, but a declared root stays."""
    found = {
        "@context": _CONTEXT, "@type": "sc:Dataset", "conformsTo": [f"{_CR}1.1", f"{_CR}RAI/1.0"],
        "name": record.name, "description": f"The provenance of {record.name}, as a record of outcross tells it.",
        "url": next((one.uri for one in record.evidence if one.uri.startswith("http")), ""),
        "license": [address_of(one) for one in record.license],
        "creator": _body(record.issuer, "sc:Organization", "name"),
        "version": record.version, "datePublished": record.issued, "expires": record.expires,
        "identifier": _identifier(record), "size": list(_sizes(record)), "distribution": list(_files(record)),
        **_origin(record.origin()),
        "rai:machineAnnotationTools": [one.model for one in record.generators if one.scope == "labels"],
        "rai:dataCollection": record.method, "rai:dataUseCases": record.intended_use, **_made(record),
        "prov:wasRevisionOf": {"@id": record.supersedes} if record.supersedes else {},
    }  # fmt: skip
    told = {name: value for name, value in found.items() if value or value is False}
    if record.derived_from is not None:
        told["prov:wasDerivedFrom"] = [_source(one) for one in record.derived_from]
    return told


def _body(name: str, kind: str, label: str) -> dict[str, str]:
    return {"@type": kind, label: name} if name else {}


def _identifier(record: Record) -> dict[str, str]:
    if not record.subject.digest:
        return {}
    return {"@type": "sc:PropertyValue", "propertyID": ROOT, "value": record.subject.digest}


def _sizes(record: Record) -> Iterator[dict[str, Any]]:
    for unit in ("bytes", "records", "tokens"):
        if (value := getattr(record.subject, unit)) is not None:
            yield {"@type": "sc:QuantitativeValue", "value": value, "unitText": unit}


def _files(record: Record) -> Iterator[dict[str, Any]]:
    """The files whose digests the record tells, where they are all of it: a reader takes them for that."""
    if not record.subject.digest:
        return
    found = [one for one in record.evidence if one.kind == "manifest" and one.uri and _HEX.fullmatch(one.digest)]
    for index, one in enumerate(found):
        yield {
            "@type": "cr:FileObject", "@id": f"file-{index}", "name": one.uri.rpartition("/")[2] or one.uri,
            "contentUrl": one.uri, "encodingFormat": "application/octet-stream", "sha256": one.digest[7:],
        }  # fmt: skip


def _origin(origin: Origin) -> dict[str, Any]:
    """Whether there is synthetic data, and the term of IPTC for the whole."""
    low, high = origin.bounds()["synthetic"]
    told: dict[str, Any] = {}
    if high == 0 or low > 0 or origin.kind == "mixed":
        told["rai:hasSyntheticData"] = high > 0
    if origin.kind in _TERM_OF:
        told["digitalSourceType"] = {"@id": TERMS[_TERM_OF[origin.kind]].address}
    return told


def _made(record: Record) -> dict[str, Any]:
    """What made it and when: an activity, where either is known."""
    agents = [_agent(one) for one in record.generators if one.scope == TEXT]
    period = record.generation_period
    if period.start and period.end and period.start <= period.end:
        told: dict[str, Any] = {"rai:dataCollectionTimeframe": [period.start, period.end]}
        times: dict[str, Any] = {}
    else:
        told, times = {}, {"prov:startedAtTime": period.start, "prov:endedAtTime": period.end}
    activity = {name: value for name, value in {"prov:wasAssociatedWith": agents, **times}.items() if value}
    return told | ({"prov:wasGeneratedBy": [{"@type": "prov:Activity", **activity}]} if activity else {})


def _agent(one: Generator) -> dict[str, Any]:
    digest = _HEX.fullmatch(one.digest)
    found = {
        "@type": "prov:SoftwareAgent", "prov:label": one.model, "version": one.version,
        "sha256": digest[1] if digest else "", "prov:actedOnBehalfOf": _body(one.provider, "prov:Agent", "prov:label"),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _source(one: Upstream) -> dict[str, str]:
    """A source by its identifier, or by its name where that is none: `_:` begins those that hold in one file only."""
    digest = _HEX.fullmatch(one.digest)
    named = {"name": one.id} if re.search(r"\s|^_:", one.id) else {"@id": one.id}
    return {**named, "@type": "prov:Entity", **({"sha256": digest[1]} if digest else {})}
