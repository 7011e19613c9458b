"""Files that were changed at random: read or refused with a reason, never a traceback, never a hang."""

import base64
import copy
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.provenance import others

from outcross.errors import CallError, DataError, MissingExtraError
from outcross.provenance.documents import parsed
from outcross.provenance.exporters.oasis import export
from outcross.provenance.importers import Imported, importer
from outcross.provenance.parsing import record_from
from outcross.provenance.record import Record

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "provenance"
FOLDERS = ("oasis_dps", "dta_dps_1.0", "cyclonedx_mlbom", "spdx3", "openlineage", "w3c_prov", "openssf_model_signing",
           "sigstore")  # fmt: skip
MINE = ("oasis", "cyclonedx", "spdx", "openlineage", "prov", "signing", "c2pa")
LONGEST = 60_000
"""Bytes of a real file that is changed: more of the same takes time and shows nothing new."""

STRANGE: list[Any] = [
    None, True, 0, -1, 2**62, 1.5, "", "x", "x" * 5000, "\x00\x1b[31m", "../../x", "https://x.example", [], {},
    [[[[]]]], {"": {}}, [None], ["x", 3, {}], {"name": {"name": []}}, "2025-13-45", "sha256:zz", "\ufeff\u202e",
]  # fmt: skip


def samples() -> list[tuple[str, bytes]]:
    made = [(f"{name}.json", json.dumps(value).encode()) for name, value in others.ALL.items()]
    for folder in FOLDERS if SAMPLES.is_dir() else ():
        for file in sorted((SAMPLES / folder).iterdir()):
            data = file.read_bytes()
            if len(data) < LONGEST and data.lstrip()[:1] in b"[{":
                made.append((file.name, data))
    return made


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with a key of it."""
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else list(range(len(one))) if isinstance(one, list) else []
        found += [(one, key) for key in keys]
        waiting += [one[key] for key in keys]
    return found


def changed(value: Any, chance: random.Random) -> Any:
    """A copy with one to four parts dropped, replaced, doubled or moved."""
    made = copy.deepcopy(value)
    for _ in range(chance.randint(1, 4)):
        found = places(made)
        if not found:
            return chance.choice(STRANGE)
        holder, key = chance.choice(found)
        way = chance.randrange(4)
        if way == 0:
            del holder[key]
        elif way == 1:
            holder[key] = copy.deepcopy(chance.choice(STRANGE))
        elif way == 2:
            other, place = chance.choice(found)
            holder[key] = copy.deepcopy(other[place]) if place in other or isinstance(place, int) else None
        else:
            holder[key] = [holder[key]] * 2
    return made


def sealed(value: Any, chance: random.Random) -> Any:
    """The same with what is signed changed: it is a document within the document."""
    made = copy.deepcopy(value)
    envelope = made.get("dsseEnvelope") if isinstance(made, dict) else None
    if isinstance(envelope, dict) and isinstance(envelope.get("payload"), str):
        inner = changed(json.loads(base64.b64decode(envelope["payload"])), chance)
        envelope["payload"] = base64.b64encode(json.dumps(inner).encode()).decode()
    return made


def cut(data: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut or doubled."""
    at = chance.randrange(len(data))
    way = chance.randrange(3)
    if way == 0:
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    return data[:at] if way == 1 else data[:at] + data[at // 2 :]


def variants(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    chance, known = random.Random(seed), samples()  # noqa: S311
    for number in range(count):
        name, data = known[number % len(known)]
        if number % 5 == 4:
            yield name, cut(data, chance)
            continue
        value = json.loads(data)
        value = sealed(value, chance) if number % 2 else value
        yield name, json.dumps(changed(value, chance)).encode()


def assert_own(record: Record) -> None:
    """That our own reader takes what was imported."""
    told = record.to_dict()
    try:
        assert record_from(told, "imported").to_dict() == told
    except DataError as error:
        raise AssertionError(error.message) from error


def taken(name: str, data: bytes) -> int:
    """Read a variant with every importer that takes it for its own; how many did."""
    document, found = parsed(data, name), 0
    for one in MINE:
        if not importer(one).recognises(document):
            continue
        found += 1
        made = importer(one).read(document)
        assert isinstance(made, Imported)
        assert not (made.records and any(defect.broken for defect in made.defects))
        for record in made.records:
            assert_own(record)
            try:
                export([record])
            except CallError:
                continue
    return found


def hold(count: int, seed: int) -> None:
    found = 0
    for name, data in variants(count, seed):
        begun = time.perf_counter()
        try:
            found += taken(name, data)
        except (DataError, MissingExtraError):
            continue
        assert time.perf_counter() - begun < 5
    assert found > count / 2


def test_changed_files_are_read_or_refused_with_a_reason():
    hold(1500, 5)


@pytest.mark.study
def test_ten_thousand_changed_files_are_read_or_refused_with_a_reason():
    hold(10_000, 50)


def test_many_parts_take_no_more_than_their_share_of_time():
    """Ten thousand files, subjects, relationships or events: nothing grows with their square."""
    number = 10_000
    told = others.statement()
    told["predicate"]["resources"] = [{"name": str(one), "algorithm": "sha256", "digest": others.HASH_A}
                                      for one in range(number)]  # fmt: skip
    graph = [{"type": "Relationship", "from": "urn:d", "relationshipType": "contains", "to": [f"urn:f{one}"]}
             for one in range(number)]  # fmt: skip
    graph += [{"type": "software_File", "spdxId": f"urn:f{one}", "name": str(one), "verifiedUsing": [
        {"algorithm": "sha256", "hashValue": others.HASH_A}]} for one in range(number)]  # fmt: skip
    spdx = {**others.SPDX, "@graph": [*others.SPDX["@graph"], *graph]}
    inputs = [{"namespace": "s3", "name": str(one)} for one in range(number)]
    begun = time.perf_counter()
    for name, value in (("signing", others.bundle(told)), ("spdx", spdx), ("openlineage", others.event(inputs=inputs))):
        importer(name).read(others.document(value))
    assert time.perf_counter() - begun < 20
