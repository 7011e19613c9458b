"""Record files that nobody meant well: each is a record or is refused with a place, whatever was done to it."""

import copy
import json
import random

import pytest
from tests.provenance.records import whole

from outcross.errors import DataError
from outcross.provenance.documents import parsed
from outcross.provenance.files import is_record, record_value
from outcross.provenance.parsing import record_from

WHOLE = whole().to_dict()
ODD = (
    None, True, -1, 2**63 - 1, 1e308, 0.1, "", "x" * 100_000, "\x00", "\x1b[2J", "\u202e", "../../x", "sha256:", [], {},
    [[]] * 1000, {"a": {}}, [None], {str(n): n for n in range(1000)}, {"": ""}, "2026-13-01", [1, 0], "/~2",
)  # fmt: skip


def places(value, at=()):
    """Every place in plain values."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*at, key))


PLACES = [at for at in places(WHOLE) if at]


def changed_value(rng):
    """A record with a few values dropped, doubled, exchanged or made something else."""
    made = copy.deepcopy(WHOLE)
    for _ in range(rng.randint(1, 3)):
        *above, last = rng.choice(PLACES)
        inner = made
        for step in above:
            try:
                inner = inner[step]
            except (KeyError, IndexError, TypeError):
                break
        if isinstance(inner, dict):
            inner.pop(last, None)
            if rng.random() < 0.8:
                inner[rng.choice([last, last, "extra", "__class__", "~/"])] = copy.deepcopy(rng.choice(ODD))
        elif isinstance(inner, list):
            inner.extend(copy.deepcopy([rng.choice(ODD)] * rng.choice([1, 1, 500])))
    return json.dumps(made).encode()


def changed_bytes(rng):
    """A record file with some bytes changed, cut or doubled."""
    data = bytearray(json.dumps(WHOLE).encode())
    for _ in range(rng.randint(1, 4)):
        at, to = sorted(rng.choices(range(len(data)), k=2))
        match rng.randrange(4):
            case 0:
                data[at] = rng.randrange(256)
            case 1:
                del data[at : at + 20]
            case 2:
                data[at:at] = data[at : min(to, at + 200)]
            case _:
                data[at:at] = rng.choice([b"[" * 500, b'{"a":' * 80, b"NaN", b"1e999", b"\xed\xa0\x80", b'"\\ud800"'])
    return bytes(data)


def read(data):
    document = parsed(data, "it.json")
    is_record(document)
    return record_from(record_value(document), "it.json")


def hold(number):
    rng = random.Random(number)  # noqa: S311
    data = (changed_value if number % 2 else changed_bytes)(rng)
    refused = ""
    try:
        made = read(data)
    except DataError as error:
        refused = error.message
    if refused:
        assert "it.json" in refused
        assert len(refused) < 60_000
    else:
        assert record_from(made.to_dict(), "it.json").digest == made.digest


def test_a_changed_record_file_is_a_record_or_refused():
    for number in range(400):
        hold(number)


@pytest.mark.study
def test_ten_thousand_changed_record_files_are_records_or_refused():
    for number in range(10_000):
        hold(number)
