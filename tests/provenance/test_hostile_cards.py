"""Metadata that was bent on purpose: importers tell what they find or refuse it in words, and never fail otherwise."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.provenance.cards import CARD, CROISSANT, RECORD

from outcross.canonical import canonical_json
from outcross.errors import DataError
from outcross.provenance.documents import Document, parsed, read
from outcross.provenance.importers import imported, importer
from outcross.provenance.parsing import examined

DATA = Path(__file__).parents[3] / "shared" / "data" / "provenance"

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 7.5, 2**62, "", " ", "none", "TODO", "x" * 5000, "\x00\u2028", "a/b~c#d", "2026-13-45",
    "0" * 64, "http://[", "https://spdx.org/licenses/x", [], [[]], [None], [[[["x"]]]], {}, {"@id": ""}, {"@id": 7},
    {"@value": {}}, {"@graph": []}, {"@list": [{}]}, {"@set": 1}, {"en": 3}, {"@id": "a b"}, {"a": {"b": {"c": []}}},
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for key, one in items for inner in places(one, (*path, key)))]


def bent(value: Any, draw: random.Random) -> Any:
    """A copy with one to three changes: something dropped, doubled, moved, renamed, or of another kind."""
    made = copy.deepcopy(value)
    for _ in range(draw.randint(1, 3)):
        path = draw.choice(places(made))
        if not path:
            made = draw.choice([made, [made], {"@graph": [made]}, {"x": made}])
            continue
        holder = made
        for step in path[:-1]:
            holder = holder[step]
        _change(holder, path[-1], draw)
    return made


def _change(holder: Any, key: Any, draw: random.Random) -> None:
    what = draw.randrange(5)
    if what == 0:
        del holder[key]
    elif what == 1:
        holder[key] = [holder[key], copy.deepcopy(holder[key])]
    elif what == 2 and isinstance(holder, dict):
        holder[draw.choice([str(key).upper(), f"x:{key}", str(key).partition(":")[2] or "y", "@type"])] = holder.pop(
            key
        )
    else:
        holder[key] = copy.deepcopy(draw.choice(ODD))


def read_without_failing(standard: str, document: Document) -> None:
    """Read a document; what is found can be written, and each value's place is in the document."""
    try:
        importer(standard).recognises(document)
        made = imported(document, standard)
    except DataError:
        return
    for record in made.records:
        canonical_json(record.to_dict())
        assert examined(record.to_dict(), "record")[1] == ()


def document_of(standard: str, value: Any) -> Document:
    data = json.dumps(value).encode()
    if standard == "huggingface":
        return parsed(b"---\n" + data + b"\n---\n", "README.md")
    return parsed(data, "sample.json")


def bases(most: int) -> list[tuple[str, Any]]:
    """Values to bend: our own, and the real ones of up to so many bytes where they are."""
    found = [("huggingface", CARD), ("dpi", RECORD), ("croissant", CROISSANT)]
    for standard, pattern in (("huggingface", "hf_cards/*.md"), ("dpi", "data_provenance_initiative/*.json"),
                              ("croissant", "croissant*/*.json")):  # fmt: skip
        found += [(standard, read(path).value) for path in sorted(DATA.glob(pattern)) if path.stat().st_size <= most]
    return found


def survive(variants: int, seed: int, most: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - a fixed sequence
    values = bases(most)
    own = values[:3]
    for at in range(variants):
        standard, value = draw.choice(own if at % 3 else values)
        try:
            document = document_of(standard, bent(value, draw))
        except DataError:
            continue
        read_without_failing(standard, document)


def test_a_bent_file_is_read_or_refused_and_never_fails():
    survive(1500, seed=1, most=6_000)


@pytest.mark.study
def test_ten_thousand_bent_files_are_read_or_refused():
    survive(10_000, seed=2, most=30_000)


@pytest.mark.parametrize("standard", ["huggingface", "dpi", "croissant"])
@pytest.mark.parametrize("odd", range(len(ODD)))
def test_anything_at_the_top_is_refused_or_read(standard, odd):
    read_without_failing(standard, document_of(standard, ODD[odd]))


def test_many_files_and_fields_are_read_in_little_time():
    file = {"@type": "cr:FileObject", "contentUrl": "a", "encodingFormat": "x/y", "sha256": "main"}
    field = {"@type": "cr:Field", "dataType": "sc:Text", "source": {"fileObject": {"@id": "f0"}}}
    value = CROISSANT | {
        "distribution": [file | {"@id": f"f{at}", "contentUrl": f"f{at}"} for at in range(2000)],
        "recordSet": [
            {"@type": "cr:RecordSet", "@id": "r", "field": [field | {"@id": f"r/{at}"} for at in range(2000)]}
        ],
    }
    assert imported(document_of("croissant", value), "croissant").records
