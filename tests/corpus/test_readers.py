"""Promises that every registered reader keeps, and what is particular to each format."""

import csv
import gzip
import io
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from outcross.corpus.formats import reader, readers
from outcross.corpus.html_text import text_of_html
from outcross.corpus.readers.text import Text
from outcross.errors import FaultError

TEXTS = [f"document {number} with çedillas\nand lines" for number in range(40)]


def _jsonl(texts):
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


def _csv(texts):
    out = io.StringIO()
    csv.writer(out).writerows([["text"], *([text] for text in texts)])
    return out.getvalue().encode()


def _parquet(texts):
    out = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), out, row_group_size=7)
    return out.getvalue()


def _arrow(texts):
    out = io.BytesIO()
    table = pa.table({"text": texts})
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=9)
    return out.getvalue()


def _warc(texts):
    out = b""
    for number, text in enumerate(texts):
        body = text.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        out += head.encode() + body + b"\r\n\r\n"
    return out


WRITERS = {
    "arrow": (".arrow", _arrow),
    "csv": (".csv", _csv),
    "json": (".json", lambda texts: json.dumps([{"text": text} for text in texts], indent=1).encode()),
    "jsonl": (".jsonl", _jsonl),
    "parquet": (".parquet", _parquet),
    "warc": (".wet", _warc),
}
ALL = pytest.mark.parametrize("kind", sorted(WRITERS))
PACKABLE = pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "warc"])


def written(folder, kind, texts=TEXTS, name="data"):
    ending, write = WRITERS[kind]
    path = folder / f"{name}{ending}"
    path.write_bytes(write(texts))
    return path


def packed(folder, kind, pack, suffix):
    ending, write = WRITERS[kind]
    path = folder / f"data{ending}{suffix}"
    path.write_bytes(pack(write(TEXTS)))
    return path


def test_every_registered_reader_is_held_to_these_promises():
    # One text file is one document, and lines come only through a pipe: both have tests of their own.
    assert set(readers()) == set(WRITERS) | {"text", "lines"}


@ALL
def test_documents_come_out_as_they_went_in(kind, tmp_path, read):
    found = read(written(tmp_path, kind))
    assert found.texts == TEXTS
    assert found.quarantined == []
    assert len(set(found.ids)) == len(TEXTS)


@ALL
def test_the_first_bytes_count_when_the_suffix_lies(kind, tmp_path, read):
    path = written(tmp_path, kind)
    if kind == "csv":
        pytest.skip("nothing in a CSV shows that it is one")
    assert read(path.rename(tmp_path / "data.bin")).texts == TEXTS


@PACKABLE
def test_gzip_of_several_members_reads_as_one(kind, tmp_path, read):
    def pack(data):
        return gzip.compress(data[:100]) + gzip.compress(data[100:]) + b"\0" * 512

    assert read(packed(tmp_path, kind, pack, ".gz")).texts == TEXTS


@PACKABLE
def test_zstandard_of_several_frames_reads_as_one(kind, tmp_path, read):
    def pack(data):
        return zstandard.compress(data[:100]) + zstandard.compress(data[100:])

    assert read(packed(tmp_path, kind, pack, ".zst")).texts == TEXTS


@ALL
@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_file_that_was_cut_short_is_quarantined_and_never_a_traceback(kind, keep, tmp_path, read):
    path = written(tmp_path, kind)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    found = read(path)
    assert found.texts == TEXTS[: len(found.texts)]
    assert len(found.texts) < len(TEXTS)
    if kind not in ("arrow", "parquet"):  # whose directory is at the end
        assert len(found.texts) > len(TEXTS) * keep - 4
    assert found.total or kind == "warc"  # which may have been cut right behind a record


@ALL
@pytest.mark.parametrize("seed", range(8))
def test_garbage_in_the_middle_is_never_a_traceback(kind, seed, tmp_path, read):
    path = written(tmp_path, kind)
    whole = bytearray(path.read_bytes())
    middle = len(whole) * (seed + 1) // 10
    whole[middle : middle + 20] = os.urandom(20)
    path.write_bytes(whole)
    found = read(path)
    assert found.texts or found.total


@ALL
def test_an_empty_file_beside_others_is_noted(kind, tmp_path, read):
    written(tmp_path, kind)
    (tmp_path / f"empty{WRITERS[kind][0]}").write_bytes(b"")
    found = read(tmp_path)
    assert found.texts == TEXTS
    assert found.quarantined == [("", "empty file")]


@ALL
def test_the_same_bytes_elsewhere_have_the_same_root_and_identifiers(kind, tmp_path, read):
    roots = []
    for place in ("here", "there/deep"):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        written(folder, kind)
        written(folder, kind, TEXTS[:3], name="more")
        found = read(folder)
        roots.append((found.root, found.ids))
    assert roots[0] == roots[1]


def test_two_readers_of_one_name_are_refused():
    with pytest.raises(FaultError, match="Two readers"):
        reader(Text)


def test_a_csv_keeps_what_is_whole_and_names_the_rows_that_are_not(tmp_path, read):
    path = tmp_path / "data.csv"
    path.write_bytes(
        b'\xef\xbb\xbftext,n\r\n"quoted ""it""\r\nover lines",1\r\nragged\r\n,3\r\nbad \xff utf8,4\r\n'
        b'fine,bad \xff elsewhere\r\nnul \x00 inside,6\r\n"never closed,7\r\n8,9\r\n'
    )
    found = read(path)
    assert found.texts == ['quoted "it"\r\nover lines', "fine", "nul \x00 inside"]
    assert found.quarantined == [
        ("row 1", "row with the wrong number of fields"),
        ("row 6", "quote without an end"),
        ("row 2", "no text"),
        ("row 3", "invalid UTF-8"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_is_found_by_itself(delimiter, tmp_path, read):
    path = tmp_path / "data.csv"
    path.write_text(f"number{delimiter}text\n1{delimiter}hello\n")
    assert read(path).texts == ["hello"]


def test_json_objects_over_several_lines_are_read_one_by_one(tmp_path, read):
    path = tmp_path / "data.json"
    path.write_text("\n".join(json.dumps({"text": f'a "{n}" \\ {{ ['}, indent=2) for n in range(5)))
    assert read(path).texts == [f'a "{n}" \\ {{ [' for n in range(5)]


def test_what_lies_between_json_values_is_quarantined(tmp_path, read):
    path = tmp_path / "data.json"
    path.write_text('[\n{"text": "a"},\n oops, {"text": \n"b"}, 7, "s"\n]')
    found = read(path)
    assert found.texts == ["a", "b"]
    assert [reason for _, reason in found.quarantined] == ["broken JSON", "broken JSON"]


def test_a_text_file_is_one_document_named_by_its_file(tmp_path, read):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\n\r\ntwo")
    (tmp_path / "sub" / "b.md").write_text("three")
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(b"four"))
    (tmp_path / "d.txt").write_bytes(b"\xff\xfe\x00")
    found = read(tmp_path)
    assert dict(zip(found.ids, found.texts, strict=True)) == {
        "a.txt": "one\r\n\r\ntwo", "c.txt.gz": "four", "sub/b.md": "three",
    }  # fmt: skip
    assert found.reasons == ["invalid UTF-8"]


def test_a_dataset_saved_by_datasets_is_read_from_the_files_its_state_names(tmp_path, read):
    for split in ("train", "test"):
        folder = tmp_path / split
        folder.mkdir()
        for name in ("data-00000-of-00001.arrow", "cache-77.arrow"):
            table = pa.table({"text": [f"{split} {name}"]})
            with pa.ipc.new_stream(str(folder / name), table.schema) as writer:
                writer.write_table(table)
        (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data-00000-of-00001.arrow"}]}))
        (folder / "dataset_info.json").write_text("{}")
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    found = read(tmp_path)
    assert found.texts == [f"{split} data-00000-of-00001.arrow" for split in ("test", "train")]
    assert sum("cache-77" in path for path in found.corpus.skipped) == 2


def test_pages_of_a_crawl_lose_their_markup(tmp_path, read):
    page = b"<html><head><title>T</title></head><script>x<y</script><p>One &amp; two<p>Three</html>"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"
    data = b""
    for kind, body in (("warcinfo", b"x: y\r\n"), ("response", http), ("response", picture)):
        data += (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:{len(data)}>\r\n"
            f"WARC-Target-URI: http://x.org/\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body + b"\r\n\r\n"  # fmt: skip
    (tmp_path / "crawl.warc.gz").write_bytes(gzip.compress(data))
    found = read(tmp_path / "crawl.warc.gz")
    assert found.texts == ["One & two\nThree"]
    assert found.quarantined == [("record 2", "a response that is not text")]


@pytest.mark.parametrize("unit", ["<!--", "<script>", "<", "<a ", "&", "</"])
def test_hostile_markup_takes_no_more_than_linear_time(unit):
    assert len(text_of_html(unit * 300_000)) <= len(unit) * 300_000
