"""Further columns travel with the documents, from every format, through every cut."""

import csv
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from outcross.corpus import Reading, View, find
from outcross.errors import CallError

ROWS = [
    {"text": f"document number {number}", "origin": None if number % 5 == 3 else ("human", "model")[number % 2],
     "meta": {"date": f"2021-0{1 + number % 9}-01"}}
    for number in range(40)
]  # fmt: skip
ORIGINS = [row["origin"] for row in ROWS]
DATES = [row["meta"]["date"] for row in ROWS]


def write(path):
    table = pa.Table.from_pylist(ROWS)
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    elif path.suffix == ".json":
        path.write_text(json.dumps(ROWS))
    elif path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=7)
    else:
        feather.write_feather(table, path, chunksize=7)


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet", ".arrow"])
@pytest.mark.parametrize("cut", [0, 300])
def test_columns_come_with_their_documents_however_these_are_cut(suffix, cut, tmp_path, read):
    write(tmp_path / f"data{suffix}")
    found = read(tmp_path, cut=cut, columns=("origin", "meta.date", "@file"))
    assert found.texts == [row["text"] for row in ROWS]
    assert found.columns == {"origin": ORIGINS, "meta.date": DATES, "@file": [f"data{suffix}"] * len(ROWS)}


def test_a_table_of_commas_has_columns_too(tmp_path, read):
    with (tmp_path / "data.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text", "origin"], ["one", "human"], ["two", ""]])
    assert read(tmp_path, columns=("origin",)).columns["origin"][0] == "human"


def test_a_column_stays_with_its_document_when_others_are_set_aside(tmp_path, read):
    texts = ["kept", None, "also kept", "x" * 200]
    pq.write_table(pa.table({"text": texts, "n": [1, 2, 3, 4]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text("".join(json.dumps({"text": text, "n": 5}) + "\n" for text in texts))
    from outcross.corpus import Limits  # noqa: PLC0415

    found = read(tmp_path, columns=("n",), limits=Limits(document_bytes=100))
    assert found.columns["n"] == ["1", "3", "5", "5"]


def test_dates_and_truth_values_are_spelt_out(tmp_path, read):
    when = datetime(2021, 3, 4, 5, 6, tzinfo=UTC)
    pq.write_table(pa.table({"text": ["a"], "when": [when], "made": [True]}), tmp_path / "a.parquet")
    found = read(tmp_path, columns=("when", "made"))
    assert found.columns["when"][0].startswith("2021-03-04 05:06")
    assert found.columns["made"] == ["true"]


def test_a_value_as_long_as_a_page_is_cut(tmp_path, read):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "a", "note": "é" * 10_000}) + "\n")
    assert read(tmp_path, columns=("note",)).columns["note"] == ["é" * 2048]


def test_a_column_that_is_not_there_is_refused(tmp_path):
    write(tmp_path / "data.jsonl")
    with pytest.raises(CallError, match="no column 'source'"):
        find([str(tmp_path)], Reading(columns=("source",)))


def test_a_view_without_further_columns_is_recorded_as_before():
    assert "columns" not in View("text column 'text'", "text").to_dict()
    assert View("text column 'text'", "text", columns=("origin",)).to_dict()["columns"] == ["origin"]
