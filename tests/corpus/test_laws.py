"""Laws: however a corpus is cut, the same documents, identifiers, digests and root come out."""

import hashlib
import json
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcross.corpus import Limits, RangeDigest, corpus_root, find
from outcross.corpus.batching import Batcher, Piece
from outcross.corpus.digests import RangeHasher
from outcross.corpus.streams import LineCutter
from outcross.errors import DataError

LINES = st.lists(
    st.one_of(
        st.text(max_size=30).map(lambda text: json.dumps({"text": text}, ensure_ascii=False).encode()),
        st.sampled_from([b"", b"  ", b"{", b"\xff", b'{"text": null}', b'{"text": "' + b"x" * 90 + b'"}']),
    ),
    max_size=25,
)
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@MANY
@given(lines=LINES, each=st.integers(1, 200), ends=st.sampled_from([b"\n", b"\r\n"]))
def test_however_json_lines_are_cut_the_same_comes_out(lines, each, ends, tmp_path, read):
    path = tmp_path / "data.jsonl"
    path.write_bytes(b'{"text": "first"}' + ends + ends.join(lines))
    limits = Limits(range_bytes=64, document_bytes=80)
    whole, parts = read(path, limits=limits, cut=1 << 20), read(path, limits=limits, cut=each)
    assert len(whole.corpus.shards) == 1
    assert parts.texts == whole.texts
    assert parts.ids == whole.ids
    assert sorted(parts.quarantined) == sorted(whole.quarantined)
    assert parts.digests == whole.digests
    assert parts.root == whole.root


@MANY
@given(rows=st.integers(0, 40), group=st.integers(1, 9), each=st.integers(1, 5000))
def test_however_parquet_is_cut_the_same_comes_out(rows, group, each, tmp_path, read):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"text": [f"row {n}" for n in range(rows)]}), path, row_group_size=group)
    limits = Limits(range_bytes=100)
    whole, parts = read(path, limits=limits, cut=1 << 20), read(path, limits=limits, cut=each)
    assert whole.texts == parts.texts == [f"row {n}" for n in range(rows)]
    assert whole.ids == parts.ids == [f"data.parquet:{n}" for n in range(rows)]
    assert parts.root == whole.root


@given(data=st.binary(max_size=300).map(lambda data: data.replace(b"\0", b"\n")), step=st.integers(1, 40))
def test_lines_do_not_depend_on_the_chunks_they_come_in(data, step):
    chunks = [data[place : place + step] for place in range(0, len(data), step)]
    found = [one for one in LineCutter(7, 1 << 20).cut(chunks) if one.lines]
    lines = [line for one in found for line in one.lines]
    expected = data.split(b"\n")
    assert lines == (expected[:-1] if expected[-1] == b"" else expected)
    for one in found:
        assert one.lines[0] == lines[one.first]
        for line, offset in zip(one.lines, one.offsets, strict=True):
            assert data[offset - 7 :].startswith(line)


@given(sizes=st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=8), block=st.integers(1, 60))
def test_batches_keep_order_and_never_exceed_a_block_unless_one_document_does(sizes, block):
    batcher, given_texts, batches = Batcher(block), [], []
    for number, row in enumerate(sizes):
        texts = [chr(97 + number) * size for size in row]
        given_texts += texts
        arrays = pa.array(texts, pa.large_string()), pa.array(texts, pa.string())
        batches += batcher.add(Piece(*arrays, None))
    batches += batcher.flush()
    assert [text for batch in batches for text in batch.texts.to_pylist()] == given_texts
    assert [text for batch in batches for text in batch.ids.to_pylist()] == given_texts
    for batch in batches:
        assert len(batch) == 1 or sum(map(len, batch.texts.to_pylist())) <= block


@given(
    size=st.integers(0, 500),
    each=st.integers(1, 90),
    edges=st.lists(st.integers(0, 500)),
    step=st.integers(1, 70),
)
def test_stretches_hash_every_range_once_however_they_lie(size, each, edges, step, tmp_path_factory):
    data = bytes(number % 251 for number in range(size))
    path = tmp_path_factory.mktemp("ranges") / "data"
    path.write_bytes(data)
    cuts = [0, *sorted(edge for edge in edges if edge < size), size]
    found = []
    for begin, end in pairwise(cuts):
        hasher = RangeHasher("data", (begin, end), size, each)
        for place in range(max(begin - 1, 0), end, step):
            hasher.feed(place, data[place : min(place + step, end)])
        with path.open("rb") as handle:
            hasher.finish(handle)
        found += hasher.done
    expected = [
        RangeDigest("data", place, min(place + each, size), _sha(data[place : place + each]))
        for place in range(0, max(size, 1), each)
    ]
    assert list(dict.fromkeys(found)) == expected


def _sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def outsiders_root(folder, names, range_bytes):
    """The root by the words of `corpus_root`, and nothing of outcross."""
    whole = hashlib.sha256()
    for name in sorted(names, key=str.encode):
        data = (folder / name).read_bytes()
        file = hashlib.sha256()
        for start in range(0, max(len(data), 1), range_bytes):
            part = data[start : start + range_bytes]
            file.update(f"{start} {start + len(part)} {hashlib.sha256(part).hexdigest()}\n".encode())
        whole.update(f"{file.hexdigest()} {name}".encode() + b"\0")
    return "sha256:" + whole.hexdigest()


def test_an_outsider_can_recompute_the_root_in_ten_lines(tmp_path, read):
    names = ["a.jsonl", "b/c.jsonl", "b/é.jsonl", "b-empty.jsonl"]
    (tmp_path / "b").mkdir()
    for number, name in enumerate(names):
        (tmp_path / name).write_text('{"text": "hello"}\n' * number * 5)
    found = read(tmp_path, limits=Limits(range_bytes=32))
    assert found.root == outsiders_root(tmp_path, ["b/é.jsonl", "a.jsonl", "b-empty.jsonl", "b/c.jsonl"], 32)


def test_the_root_binds_bytes_and_names(tmp_path, read):
    roots = set()
    for number, (name, data) in enumerate([("a", "x"), ("b", "x"), ("a", "y"), ("a", "xx")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / f"{name}.txt").write_text(data)
        (folder / "z.txt").write_text("z")
        roots.add(read(folder).root)
    assert len(roots) == 4


def test_a_root_over_incomplete_ranges_is_refused():
    first, last = RangeDigest("a", 0, 5, _sha(b"1")), RangeDigest("a", 10, 15, _sha(b"3"))
    with pytest.raises(DataError, match="no digest for the range from byte 5"):
        corpus_root([last, first])
    with pytest.raises(DataError, match="two digests"):
        corpus_root([first, RangeDigest("a", 0, 5, _sha(b"2"))])
    with pytest.raises(DataError, match="nothing"):
        corpus_root([])


def test_cutting_does_not_look_at_anything_but_files_and_limits(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "hello"}\n' * 100)
    corpus = find([str(tmp_path)], limits=Limits(range_bytes=500))
    again = find([str(tmp_path)], limits=Limits(range_bytes=500))
    assert corpus.shards == again.shards
    assert [shard.ordinal for shard in corpus.shards] == list(range(4))
    assert corpus.cut(500).shards == corpus.shards
    assert corpus.bytes == corpus.cut(7).bytes == 1800
    assert corpus.shards[1].label == f"{tmp_path / 'a.jsonl'}[500:1000]"
