"""What every importer and every exporter keeps to: a new one is picked up by its registration alone."""

import copy
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from tests.provenance.cards import CARD, CROISSANT, RECORD
from tests.provenance.others import ALL
from tests.provenance.records import records, whole

from outcross.errors import CallError, DataError
from outcross.provenance.documents import Document, parsed
from outcross.provenance.exporters import EXPORTERS, exported, exporter
from outcross.provenance.importers import STANDARDS, imported, importer, recognised
from outcross.provenance.parsing import record_from
from outcross.provenance.record import Record

SAMPLES: dict[str, Any] = {"croissant": CROISSANT, "dpi": RECORD} | ALL
"""A document of each standard; of cards, see `document_of`."""
ODD = (None, True, -1, 1e308, "", "TODO", "\x00\u202e", [], [None], [[[]]], {}, {"@id": 7}, {"x": {"y": []}})
BENT = 40
every_importer = pytest.mark.parametrize("name", STANDARDS)
every_exporter = pytest.mark.parametrize("name", EXPORTERS)


def document_of(name: str, value: Any) -> Document:
    """A value as a file of a standard."""
    if name == "huggingface":
        return parsed(f"---\n{yaml.safe_dump(value, allow_unicode=True)}---\n# Card\n".encode(), "README.md")
    return parsed(json.dumps(value).encode(), f"{name}.json")


def sample(name: str) -> Any:
    return CARD if name == "huggingface" else SAMPLES[name]


@every_importer
def test_an_importer_says_what_it_reads(name):
    module = importer(name)
    assert module.TITLE
    assert module.__doc__
    assert [other for other in STANDARDS if importer(other).TITLE == module.TITLE] == [name]


@every_importer
def test_a_standard_is_found_by_the_contents(name):
    assert recognised(document_of(name, sample(name))) is importer(name)


@every_importer
def test_every_value_keeps_the_digest_of_the_file_and_a_place_in_it(name):
    document = document_of(name, sample(name))
    made = imported(document)
    assert made.records
    assert made.file == document.digest
    for record in made.records:
        assert record.given
        assert {one.file for one in record.given.values()} == {document.digest}
        assert [place for place, one in record.given.items() if document.at(one.pointer) is None] == []
        assert untold(record) == []


def untold(record: Record) -> list[str]:
    """Entries of a record for which no place is kept, neither of the whole nor of a part."""
    told = record.to_dict()
    lists = [
        f"/{key}/{at}" for key in ("generators", "derived_from", "license") for at in range(len(told.get(key, ())))
    ]
    texts = [f"/{key}" for key in ("issuer", "method", "intended_use", "issued", "expires") if told.get(key)]
    return [one for one in (*lists, *texts) if not any(f"{place}/".startswith(f"{one}/") for place in record.given)]


@every_importer
def test_what_is_read_is_a_record_and_the_same_each_time(name):
    first, second = (imported(document_of(name, sample(name))) for _ in range(2))
    assert first == second
    for record in first.records:
        assert record_from(record.to_dict(), name) == record


def bent(value: Any, draw: random.Random) -> Any:
    """A copy of which one part is something else."""
    made = copy.deepcopy(value)
    holder, key = draw.choice(list(parts_of(made)))
    holder[key] = draw.choice(ODD)
    return made


def parts_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of a value, as what holds it and its key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from parts_of(value[key])


@every_importer
def test_anything_in_any_place_is_read_or_refused_in_words(name):
    draw = random.Random(name)  # noqa: S311 - a sample, no secret
    for value in (*ODD, *(bent(sample(name), draw) for _ in range(BENT))):
        document = document_of(name, value)
        assert importer(name).recognises(document) in (True, False)
        with suppress(DataError):
            assert all(one.name for one in imported(document, name).records)


@every_exporter
def test_an_exporter_says_what_it_writes(name):
    module = exporter(name)
    assert module.TITLE
    assert module.__doc__
    assert module.SUFFIX.startswith(".")


@every_exporter
def test_a_whole_record_is_written_the_same_each_time(name):
    made = exported([whole()], name)
    assert "books-2019" in made
    assert made.endswith("\n")
    assert made == exported([whole()], name)


@every_exporter
@given(record=records())
@settings(max_examples=30)
def test_any_record_is_written_or_refused_and_what_comes_back_is_no_more_certain(name, record):
    try:
        made = exported([record], name)
    except CallError:
        return  # the standard asks for what the record does not tell
    if exporter(name).SUFFIX.endswith(".json"):
        (back,) = imported(parsed(made.encode(), "made.json")).records
        told, kept = record.origin().bounds(), back.origin().bounds()
        assert all(kept[part][0] <= told[part][0] + 1e-9 and told[part][1] - 1e-9 <= kept[part][1] for part in told)
