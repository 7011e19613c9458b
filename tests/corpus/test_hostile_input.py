"""Bad and hostile input: never a traceback, never a hang, never a silent skip, never much memory."""

import csv
import gzip
import io
import json
import os
import threading
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from outcross.corpus import Limits, Reading, find
from outcross.errors import CallError, DataError, OutcrossError

GOOD = b'{"text": "good"}\n'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "broken', "broken JSON line"),
        (b'{"text": "\xff"}', "invalid UTF-8"),
        (b'{"text": "\\ud800"}', "lone surrogate"),
        (b'{"text": null}', "no text"),
        (b'{"other": "x"}', "no text"),
        (b'{"text": 5}', "text of the wrong type"),
        (b'{"text": {"a": 1}}', "text of the wrong type"),
        (b"[1, 2]", "not a record"),
        (b'"text"', "not a record"),
        (b"[" * 10_000 + b"]" * 10_000, "JSON nested too deep"),
        (b'{"text": "' + b"x" * 70_000 + b'"}', "larger than 65536 bytes"),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_bad_line_is_set_aside_and_its_neighbours_are_kept(line, reason, suffix, tmp_path, read):
    path = tmp_path / f"data.jsonl{suffix}"
    data = GOOD + line + b"\n\r\n" + GOOD
    path.write_bytes(gzip.compress(data) if suffix else data)
    found = read(path, limits=Limits(document_bytes=65536))
    assert found.texts == ["good", "good"]
    assert found.quarantined == [("line 2" if suffix else "byte 17", reason)]
    assert found.ids[1] == ("data.jsonl.gz:4" if suffix else f"data.jsonl@{len(data) - 17}")


@pytest.mark.parametrize(
    "line",
    [
        b'{"text": "kept", "score": NaN}', b'{"text": "kept", "big": 123456789012345678901234567890}',
        b'\t{"text": "kept"}  ', b'{"text": "x", "text": "kept"}',
    ],
)  # fmt: skip
def test_what_other_tools_write_is_read(line, tmp_path, read):
    (tmp_path / "data.jsonl").write_bytes(b"\xef\xbb\xbf" + line + b"\r\n" + line)
    found = read(tmp_path)
    assert found.texts == ["kept", "kept"]
    assert found.quarantined == []


def test_zeros_and_control_characters_are_text(tmp_path, read):
    text = "a\0b\x07\u2028\x1b[31m\r\n\ufeff"
    (tmp_path / "data.jsonl").write_text(json.dumps({"text": text}))
    assert read(tmp_path).texts == [text]


@pytest.mark.parametrize("pack", ["gzip", "zstd"])
@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_truncated_stream_keeps_what_came_before(pack, keep, tmp_path, read):
    lines = [json.dumps({"text": os.urandom(200).hex()}) for _ in range(2000)]
    data = "\n".join(lines).encode()
    whole = gzip.compress(data) if pack == "gzip" else zstandard.compress(data)
    (tmp_path / "data.jsonl.x").write_bytes(whole[: int(len(whole) * keep)])
    found = read(tmp_path / "data.jsonl.x")
    assert found.texts == [json.loads(line)["text"] for line in lines[: len(found.texts)]]
    # Zstandard comes in blocks of 128 kB, of which a cut one is lost.
    assert len(found.texts) > len(lines) * keep - (20 if pack == "gzip" else 400)
    assert found.reasons == [f"truncated {pack}"]


@pytest.mark.parametrize("pack", ["gzip", "zstd"])
def test_a_damaged_stream_keeps_what_came_before(pack, tmp_path, read):
    data = b"".join(json.dumps({"text": os.urandom(200).hex()}).encode() + b"\n" for _ in range(2000))
    whole = bytearray(gzip.compress(data) if pack == "gzip" else zstandard.compress(data, 3))
    whole[-1:] = b""
    whole += b"\0" * 3 + b"garbage" * 100
    (tmp_path / "data.jsonl").write_bytes(whole)
    found = read(tmp_path)
    assert len(found.texts) > 1500
    assert found.reasons[-1:] in ([f"broken {pack}"], [f"truncated {pack}"])


@pytest.mark.parametrize("fill", [b"0", b"\n", GOOD])
@pytest.mark.parametrize("pack", ["gzip", "zstd"])
def test_a_bomb_is_stopped_early_and_holds_little_memory(fill, pack, tmp_path, monkeypatch):
    monkeypatch.setattr("outcross.corpus.streams.BOMB_WINDOW", 8 << 20)
    data = fill * ((64 << 20) // len(fill))
    (tmp_path / "data.jsonl").write_bytes(gzip.compress(data) if pack == "gzip" else zstandard.compress(data))
    del data
    corpus = find([str(tmp_path)], limits=Limits(1 << 20, 1 << 20, expansion=50))
    reader = corpus.read(corpus.shards[0])
    tracemalloc.start()
    taken = sum(batch.texts.nbytes for batch in reader)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reader.quarantined[-1].reason == "expands more than 50 times"
    assert taken < 16 << 20
    assert peak < 96 << 20


def test_honest_repetitive_data_are_no_bomb(tmp_path, read, monkeypatch):
    monkeypatch.setattr("outcross.corpus.streams.BOMB_WINDOW", 8 << 20)
    page = "The same boilerplate stands at the head of every page of this site. " * 20
    data = "".join(json.dumps({"text": f"{page}{os.urandom(24).hex()}"}) + "\n" for _ in range(15_000))
    (tmp_path / "data.jsonl.gz").write_bytes(gzip.compress(data.encode()))
    found = read(tmp_path, limits=Limits(expansion=60))
    assert len(found.texts) == 15_000
    assert found.quarantined == []


@pytest.mark.parametrize("stored", [True, False])
def test_a_parquet_that_expands_through_its_dictionary_is_stopped(stored, tmp_path, monkeypatch):
    monkeypatch.setattr("outcross.corpus.formats.BOMB_WINDOW", 8 << 20)
    rows = 1_000_000  # 500 GB of text in a few kB
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["y" * 500_000]))
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"text": column}), path, compression="zstd", store_schema=stored)
    before = pa.total_allocated_bytes()
    corpus = find([str(path)])
    reader = corpus.read(corpus.shards[0])
    for batch in reader:
        assert batch.texts.nbytes <= 33 << 20
        assert pa.total_allocated_bytes() - before < 1 << 30
    assert [item.reason for item in reader.quarantined] == ["expands more than 200 times"]


def test_a_parquet_of_honest_repeated_texts_is_read_whole(tmp_path, read):
    texts = [f"a text that stands here often {number % 50} " * 20 for number in range(20_000)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    found = read(tmp_path)
    assert found.texts == texts
    assert found.quarantined == []
    assert len(found.batch_bytes) == 1


def test_a_line_that_is_too_long_is_never_held(tmp_path):
    path = tmp_path / "data.jsonl"
    with path.open("wb") as out:
        out.write(GOOD)
        out.write(b'{"text": "')
        for _ in range(200):
            out.write(b"x" * (1 << 20))
        out.write(b'"}\n' + GOOD)
    corpus = find([str(path)], limits=Limits(document_bytes=1 << 20))
    tracemalloc.start()
    readers = [corpus.read(shard) for shard in corpus.shards]
    texts = [text for reader in readers for batch in reader for text in batch.texts.to_pylist()]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert texts == ["good", "good"]
    assert [(item.place, item.reason) for reader in readers for item in reader.quarantined] == [
        ("byte 17", "larger than 1048576 bytes")
    ]
    assert peak < 16 << 20


def test_a_document_larger_than_a_block_is_a_batch_of_its_own(tmp_path, read):
    texts = ["small", "x" * 5000, "small too"]
    (tmp_path / "data.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts))
    found = read(tmp_path, limits=Limits(block_bytes=1000))
    assert found.texts == texts
    assert len(found.batch_bytes) == 3


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_bad_rows_of_a_table_are_set_aside(kind, tmp_path, read):
    texts = pa.array([b"good", None, b"bad \xff", b"x" * 2000, b"fine"], pa.binary())
    table = pa.table({"text": pa.Array.from_buffers(pa.string(), 5, texts.buffers()), "n": [0, 1, 2, 3, 4]})
    path = tmp_path / f"data.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    found = read(path, limits=Limits(document_bytes=1000), group_by="n")
    assert found.texts == ["good", "fine"]
    assert found.ids == [f"data.{kind}:0", f"data.{kind}:4"]
    assert found.groups == ["0", "4"]
    assert found.quarantined == [
        ("row 1", "no text"),
        ("row 3", "larger than 1000 bytes"),
        ("row 2", "invalid UTF-8"),
    ]


def test_a_null_that_hides_in_a_dictionary_is_no_text(tmp_path, read):
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int8()), pa.array(["a", None]))
    table = pa.table({"text": column})
    with pa.ipc.new_file(str(tmp_path / "data.arrow"), table.schema) as writer:
        writer.write_table(table)
    found = read(tmp_path)
    assert found.texts == ["a", "a"]
    assert found.quarantined == [("row 1", "no text")]


@pytest.mark.parametrize("seed", range(12))
def test_a_parquet_with_a_lying_footer_is_quarantined(seed, tmp_path, read):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"text": [f"row {number}" for number in range(500)]}), path)
    whole = bytearray(path.read_bytes())
    place = len(whole) - 20 - 25 * seed
    whole[place : place + 6] = bytes([seed * 21 % 256, 255, 0, 127, 3, 200])
    path.write_bytes(whole)
    found = read(path)
    assert found.texts or found.total


def test_what_is_wrong_with_a_table_is_told(tmp_path, read):
    table = pa.table({"text": [f"document {number}" for number in range(500)]})
    pq.write_table(table, tmp_path / "whole.parquet", row_group_size=100, use_dictionary=False, compression="none")
    data = (tmp_path / "whole.parquet").read_bytes()
    stream = io.BytesIO()
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)
    cases = {
        "cut.parquet": (data[: len(data) // 2], "truncated Parquet: the footer at its end is missing"),
        "tail.parquet": (data[:-4], "truncated Parquet: the footer at its end is missing"),
        "footer.parquet": (data[:-120] + b"\xff" * 100 + data[-20:], "damaged Parquet: broken footer"),
        "other.parquet": (b"hello", "not Parquet: its first bytes are others"),
        "cut.arrow": (stream.getvalue()[:-40], "broken Arrow data"),
    }
    for name, (held, reason) in cases.items():
        (tmp_path / name).write_bytes(held)
        assert read(tmp_path / name).quarantined == [("", reason)], name
    page = pq.read_metadata(tmp_path / "whole.parquet").row_group(2).column(0).data_page_offset
    (tmp_path / "page.parquet").write_bytes(data[:page] + b"\xff" * 8 + data[page + 8 :])
    found = read(tmp_path / "page.parquet")
    assert len(found.texts) == 200
    assert found.quarantined == [
        ("after 200 documents", "damaged Parquet: the footer is whole, data before it are not")
    ]


def test_only_so_many_items_are_kept_and_the_rest_is_counted(tmp_path, read):
    (tmp_path / "data.jsonl").write_bytes(GOOD + b"{\n" * 50)
    found = read(tmp_path, limits=Limits(quarantine_items=7))
    assert len(found.quarantined) == 7
    assert found.total == 50


def test_a_file_that_changes_is_noted(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_bytes(GOOD)
    corpus = find([str(path)])
    path.write_bytes(GOOD * 2)
    reader = corpus.read(corpus.shards[0])
    assert sum(map(len, reader)) <= 2
    assert [item.reason for item in reader.quarantined] == ["file changed while it was read"]


@pytest.mark.parametrize("name", ["data.jsonl", "data.parquet", "data.arrow"])
def test_a_file_that_is_gone_or_shorter_is_noted(name, tmp_path):
    path = tmp_path / name
    table = pa.table({"text": ["x" * 100] * 1000})
    if name.endswith("parquet"):
        pq.write_table(table, path)
    elif name.endswith("arrow"):
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    else:
        path.write_bytes(GOOD * 100)
    corpus = find([str(path)])
    os.truncate(path, 50)
    assert "file changed while it was read" in _reasons(corpus)
    path.unlink()
    assert _reasons(corpus) == ["file is gone", "file changed while it was read"]


def _reasons(corpus):
    reader = corpus.read(corpus.shards[0])
    for _ in reader:
        pass
    return [item.reason for item in reader.quarantined]


def test_a_file_that_may_not_be_read_is_refused_or_set_aside(tmp_path, read, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    secret = tmp_path / "b.jsonl"
    secret.write_bytes(GOOD)
    opened = type(secret).open

    def refusing(path, *rest, **named):  # root, as which tests may run, can read everything
        if path == secret:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *rest, **named)

    monkeypatch.setattr(type(secret), "open", refusing)
    found = read(tmp_path)
    assert found.texts == ["good"]
    assert found.reasons == ["permission denied"]
    with pytest.raises(CallError, match="permission denied"):
        find([str(secret)])


def test_pipes_are_refused_without_waiting_for_them(tmp_path):
    os.mkfifo(tmp_path / "data.jsonl")
    with pytest.raises(CallError, match="not a regular file"):
        find([str(tmp_path / "data.jsonl")])
    with pytest.raises(DataError, match="no data"):
        find([str(tmp_path)])


def test_links_that_loop_are_walked_once(tmp_path, read):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "data.jsonl").write_bytes(GOOD)
    (inner / "up").symlink_to(tmp_path)
    (tmp_path / "self.jsonl").symlink_to("self.jsonl")
    (tmp_path / "nowhere.jsonl").symlink_to("nothing.jsonl")
    found = read(tmp_path)
    assert found.texts == ["good"]
    assert len(found.corpus.skipped) == 2
    assert read(tmp_path / "**" / "*.jsonl").texts == ["good"]


def test_giant_csv_fields_and_odd_names_are_read(tmp_path, read):
    path = tmp_path / "data.csv"
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([["te\nxt", "ключ.a b"], ["x" * 300_000, "1"], ["y\0z", "2"]])
    found = read(path, text_column="te\nxt", group_by="ключ.a b")
    assert found.texts == ["x" * 300_000, "y\0z"]
    assert found.groups == ["1", "2"]


def test_shards_are_read_in_threads_at_once(tmp_path):
    (tmp_path / "data.jsonl").write_bytes(GOOD * 4000)
    corpus = find([str(tmp_path)]).cut(5000)
    counts = {}

    def work(shard):
        counts[shard.ordinal] = sum(map(len, corpus.read(shard)))

    threads = [threading.Thread(target=work, args=(shard,)) for shard in corpus.shards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts.values()) == 4000


@pytest.mark.parametrize("asked", [{}, {"text_column": "x"}, {"group_by": "g"}, {"turns": "assistant"}])
@pytest.mark.parametrize(
    "data", [b"\0", b"{", b"\xff" * 9, b"PAR1", b"ARROW1\0\0", b"\x1f\x8b", b"WARC/1.0", b"[", b"a,b"]
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet", "a.csv", "a.arrow", "a.json", "a.txt", "a.warc.gz", "a"])
def test_a_few_odd_bytes_give_a_clear_answer_whatever_is_asked(asked, data, name, tmp_path):
    (tmp_path / name).write_bytes(data)
    try:
        corpus = find([str(tmp_path / name)], Reading(**asked))
    except OutcrossError:
        return
    reader = corpus.read(corpus.shards[0])
    documents = sum(map(len, reader))
    assert documents or reader.quarantined_total
