"""The draft of OASIS Data Provenance Standard 1.0: one data set a file.

It has no place for: shares and other scopes than the text; generators; how and how many tokens were taken from a
source; a declared root; the evidence but its address; an end of validity. "Human" has no code, so it is not said.
What the standard requires and a record never holds (countries, the publisher's address) is written as unknown.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from outcross.errors import CallError
from outcross.provenance.importers.oasis import ROOT_ALGORITHM, SOURCE_URN, UNKNOWN
from outcross.provenance.record import Kind, Record

TITLE = "OASIS Data Provenance Standard 1.0 (draft)"
SUFFIX = ".dps.json"
SCHEMA = "https://docs.oasis-open.org/dps/prov-meta/v1.0/schema/data-provenance.json"

_CODES: dict[Kind, tuple[str, ...]] = {
    "synthetic": ("machine-generated-ml-ops",), "mixed": ("machine-generated-ml-ops", "other"),
    "edited": ("data-augmentation",), "procedural": ("simulations",), "human": ("other",), "unknown": ("other",),
}  # fmt: skip
_REGIONS = [{"country": UNKNOWN}]


def export(records: Sequence[Record]) -> str:
    """A record as JSON.

    Raises:
        CallError: there is not one record, or it does not hold what the standard requires.
    """
    if len(records) != 1:
        raise CallError(f"A file of OASIS describes one data set, not {len(records)}.", hint="Export one at a time.")
    record = records[0]
    needed = {"issuer": record.issuer, "issued": record.issued, "intended_use": record.intended_use}
    if missing := [name for name, said in needed.items() if not said]:
        raise CallError(f"OASIS requires what the record of {record.name!r} does not hold: {', '.join(missing)}.",
                        hint="Say it in the record first: outcross provenance explain FIELD.")  # fmt: skip
    made = {"$schema": SCHEMA, "set": _set(record), "source": _source(record), "provenance": _provenance(record),
            "use": _use(record)}  # fmt: skip
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _set(record: Record) -> dict[str, Any]:
    moment, version = _moment(record.issued), record.version or "1"
    return {
        "category": "training-data",
        "schema-version": "1.0",
        "publisher": {"name": record.issuer, "namespace": f"urn:outcross:publisher:{UNKNOWN}"},
        "label": f"Provenance of {record.name}",
        "tracking": {
            "id": record.digest,
            "current-release-date": moment,
            "initial-release-date": moment,
            "revision-history": [{"date": moment, "number": version, "summary": "As exported."}],
            "status": "final",
            "version": version,
        },
    }


def _source(record: Record) -> dict[str, Any]:
    identity: dict[str, Any] = {"custom-ids": [{"method": "outcross-record", "value": record.digest}]}
    if record.subject.digest:
        value = record.subject.digest.removeprefix("sha256:")
        hashed = {"path": record.name, "tree-hashes": [{"algorithm": ROOT_ALGORITHM, "value": value}]}
        identity["hashes"] = [hashed]
    told = [one.uri for one in record.evidence if one.kind == "declaration" and one.uri]
    place = told[0] if told else f"urn:outcross:record:{record.digest}"
    return {
        "about": {"content": record.method or UNKNOWN, "purpose": record.intended_use},
        "id": identity,
        "issuer": [{"legal-name": record.issuer}],
        "location": place,
        "name": record.name,
        "data-version": UNKNOWN,
    }


def _provenance(record: Record) -> dict[str, Any]:
    """The group, in which each further source needs a provenance of its own."""
    period, day = record.generation_period, _day(record)
    codes = _CODES[record.origin().kind]
    bare = [{"code": code} for code in codes]
    said = record.method.removeprefix(f"{codes[0]}: ")
    told = [{"code": codes[0], **({"long-description": said} if said else {})}]
    made: dict[str, Any] = {
        "origin-geography": _REGIONS, "date": day, "generation-method": told + bare[1:],
        "generation-period": {name: _moment(said) for name, said in
                              (("start", period.start), ("end", period.end)) if said},
    }  # fmt: skip
    reached = made
    for place, one in enumerate(record.derived_from or ()):
        if place:
            reached["sub-provenance"] = {"origin-geography": _REGIONS, "date": day, "generation-method": bare}
            reached = reached["sub-provenance"]
        reached["source"] = one.id if ":" in one.id else SOURCE_URN + quote(one.id, safe="")
    return made


def _use(record: Record) -> dict[str, Any]:
    made: dict[str, Any] = {"intended-purpose": [{"code": "other", "long-description": record.intended_use}]}
    return made | ({"license": list(record.license)} if record.license else {})


def _day(record: Record) -> str:
    """The day of the data set: the last that is known of it."""
    period = record.generation_period
    return _moment(period.end or period.start or record.issued)[:10]


def _moment(said: str) -> str:
    """A date as the standard wants it: to the second, the first one that it can stand for."""
    whole = said + {4: "-01-01", 7: "-01"}.get(len(said), "")
    return whole if "T" in whole else f"{whole}T00:00:00Z"
