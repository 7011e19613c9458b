"""From what a user names to files: folders, patterns, addresses, the standard input, and mistakes."""

import gzip
import io
import json
import pickle
import sys

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outcross import audit, compare
from outcross.corpus import Limits, Reading, corpus_root, find
from outcross.corpus.finding import translated
from outcross.errors import CallError, DataError, MissingExtraError
from outcross.report import to_markdown

LINE = b'{"text": "hello"}\n'


def test_a_folder_gives_its_data_and_says_what_it_left_out(tmp_path, read):
    for name in (
        "README.md",
        "LICENSE",
        "dataset_infos.json",
        ".hidden.jsonl",
        "notes.txt",
        "x.bin",
        "s.md5",
    ):
        (tmp_path / name).write_bytes(b"\0not data" if name == "x.bin" else b"not data")
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "one.txt").write_text("a book")
    (tmp_path / "data.jsonl").write_bytes(LINE)
    found = read(tmp_path)
    assert found.texts == ["a book", "hello"]
    assert sorted(path.split("/")[-1] for path in found.corpus.skipped) == [
        ".hidden.jsonl (hidden)", "LICENSE (no format that outcross reads)", "README.md (not data)",
        "dataset_infos.json (not data)", "notes.txt (text beside records)", "s.md5 (not data)",
        "x.bin (no format that outcross reads)",
    ]  # fmt: skip


def test_a_readme_named_by_itself_is_read(tmp_path, read):
    (tmp_path / "README.md").write_text("words")
    assert read(tmp_path / "README.md").texts == ["words"]
    assert read(tmp_path).texts == ["words"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.jsonl", ["a.jsonl"]),
        ("**/*.jsonl", ["a.jsonl", "d/b.jsonl", "d/e/c.jsonl"]),
        ("d/**", ["d/b.jsonl", "d/e/c.jsonl"]),
        ("*/?.jsonl", ["d/b.jsonl"]),
        ("**/[!ab].jsonl", ["d/e/c.jsonl"]),
    ],
)
def test_patterns_name_files(pattern, names, tmp_path):
    (tmp_path / "d" / "e").mkdir(parents=True)
    for name in ("a.jsonl", "d/b.jsonl", "d/e/c.jsonl"):
        (tmp_path / name).write_bytes(LINE)
    assert [path[len(str(tmp_path)) + 1 :] for path in find([f"{tmp_path}/{pattern}"]).paths] == names


def test_a_pattern_is_taken_by_the_letter_where_it_means_nothing_else():
    assert translated("a.b+c[x-z]d[").__call__("a.b+cyd[")
    assert not translated("a.b").__call__("axb")
    with pytest.raises(CallError, match="cannot be understood"):
        translated("[z-a]")


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path, read):
    (tmp_path / "data[1].jsonl").write_bytes(LINE)
    assert read(tmp_path / "data[1].jsonl").texts == ["hello"]


def test_a_file_named_twice_is_read_once(tmp_path, read, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(LINE)
    (tmp_path / "link.jsonl").symlink_to("a.jsonl")
    found = read("a.jsonl", tmp_path / "a.jsonl", "./a.jsonl", tmp_path, f"file://{tmp_path}/a.jsonl")
    assert found.texts == ["hello"]
    assert len(found.corpus.skipped) == 1


def test_mistakes_are_told_with_what_to_do(tmp_path):
    (tmp_path / "data.jsonl").write_bytes(b'{"a": 1, "b": 2}')
    (tmp_path / "empty").mkdir()
    (tmp_path / "nothing.jsonl").touch()
    (tmp_path / "x.bin").write_bytes(b"\0\1")
    wrong = {
        ("dota.jsonl",): "Did you mean",
        ("*.csv",): "No file matches",
        ("x.bin",): "of no format",
        ("data.jsonl",): r"known to hold text; it has 'a', 'b'\. .*--text-column",
    }
    for names, message in wrong.items():
        with pytest.raises(CallError, match=message):
            find([str(tmp_path / name) for name in names])
    with pytest.raises(CallError, match="No data are named"):
        find([])
    with pytest.raises(DataError, match="no data"):
        find([str(tmp_path / "empty")])
    with pytest.raises(DataError, match="empty"):
        find([str(tmp_path / "nothing.jsonl")])


@pytest.mark.parametrize("asked", ["text_column", "id_column", "group_by"])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(asked, kind, tmp_path):
    path = tmp_path / f"data.{kind}"
    pq.write_table(pa.table({"text": ["a"], "b": [{"c": 1}]}), path)
    if kind == "jsonl":
        path.write_text('{"text": "a", "b": {"c": 1}}')
    for column in ("x", "b.d"):
        with pytest.raises(CallError, match=f"has no column '{column}'; it has 'text', 'b'"):
            find([str(path)], Reading(**{asked: column}))


def test_many_small_files_share_a_shard(tmp_path, read):
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_text(f"text {number}")
    found = read(tmp_path, limits=Limits(range_bytes=100))
    assert found.texts == [f"text {number}" for number in range(30)]
    assert found.ids[:2] == ["00.txt", "01.txt"]
    assert len(found.corpus.shards) == 3
    assert found.corpus.shards[0].label.endswith("00.txt and 14 more files")
    assert len(found.digests) == 30


def test_a_corpus_and_its_shards_can_be_sent_to_workers(tmp_path):
    (tmp_path / "data.jsonl").write_bytes(LINE * 10)
    corpus = find([str(tmp_path)]).cut(50)
    again = pickle.loads(pickle.dumps(corpus))  # noqa: S301
    assert again == corpus
    assert sum(sum(map(len, again.read(shard))) for shard in again.shards) == 10
    reader = again.read(again.shards[0], hashing=False)
    assert sum(map(len, reader)) == reader.documents
    assert reader.digests == []
    assert reader.bytes_read >= 50


@pytest.mark.parametrize(
    ("data", "texts", "kind"),
    [
        (LINE * 2, ["hello", "hello"], "jsonl"),
        (b"one line\r\n\n another \n", ["one line", " another "], "lines"),
        (gzip.compress(LINE, mtime=0), ["hello"], "jsonl"),
        (gzip.compress(b"a\nb", mtime=0), ["a", "b"], "lines"),
        (b'[{"text": \n"x"}]', ["x"], "json"),
    ],
)
def test_the_standard_input_is_json_or_lines_of_text(data, texts, kind, read, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    found = read("-")
    assert found.texts == texts
    assert found.corpus.paths == ("-",)
    assert found.corpus.shards[0].format == kind
    assert found.corpus.shards[0].label == "-"
    assert found.ids[0].startswith("-")
    assert found.root == corpus_root(found.digests)


@pytest.fixture
def memory():
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()


def test_addresses_are_read_like_files(memory, tmp_path, read):
    table = pa.table({"text": [f"row {number}" for number in range(100)]})
    stream, file = io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    pq.write_table(table, file, row_group_size=10)
    contents = {
        "a.jsonl": LINE * 50, "b.jsonl.gz": gzip.compress(LINE), "c.parquet": file.getvalue(),
        "d.arrow": stream.getvalue(), "README.md": b"words", "sub/e.csv": b"text\nx\n",
    }  # fmt: skip
    for name, data in contents.items():
        memory.pipe(f"/bucket/{name}", data)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    limits = Limits(range_bytes=300)
    far, near = read("memory://bucket", limits=limits), read(tmp_path, limits=limits)
    assert far.texts == near.texts
    assert far.ids == near.ids
    assert far.root == near.root
    assert far.quarantined == []
    assert read("memory://bucket/**/*.csv").texts == ["x"]
    assert read("memory://bucket/b.jsonl.gz").texts == ["hello"]
    with pytest.raises(CallError, match="no file or folder"):
        find(["memory://bucket/nothing.jsonl"])


def test_an_address_of_an_unknown_kind_is_refused(monkeypatch):
    with pytest.raises(CallError, match="no way to read gopher"):
        find(["gopher://x/y.jsonl"])
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtraError, match=r"outcross\[s3\]"):
        find(["s3://x/y.jsonl"])


def test_a_corpus_of_several_formats_and_shapes_reads_as_one(tmp_path, read):
    (tmp_path / "a.jsonl").write_bytes(LINE * 3)
    (tmp_path / "b.jsonl").write_text(json.dumps({"messages": [{"role": "user", "content": "hi"}]}))
    pq.write_table(pa.table({"content": ["there"]}), tmp_path / "c.parquet")
    pq.write_table(pa.table({"nothing": ["there"]}), tmp_path / "d.parquet")
    found = read(tmp_path, group_by="@file")
    assert found.texts == ["hello"] * 3 + ["hi", "there"]
    assert found.groups == ["a.jsonl"] * 3 + ["b.jsonl", "c.parquet"]
    assert found.reasons == ["no text column"]


def test_what_outcross_wrote_beside_the_data_is_no_data_unless_it_is_named(tmp_path, read):
    (tmp_path / "data.jsonl").write_bytes(LINE * 40)
    made = audit(str(tmp_path / "data.jsonl"), scores=str(tmp_path / "scores.parquet"))
    made.save(tmp_path / "audit.json")
    (tmp_path / "spread.json").write_text(json.dumps(made.to_dict(), indent=2, sort_keys=True))
    (tmp_path / "change.json").write_text(json.dumps(compare(made, made).to_dict(), indent=2, sort_keys=True))
    (tmp_path / "report.md").write_text(to_markdown(made))
    found = read(tmp_path)
    assert found.texts == ["hello"] * 40
    assert sorted(path.split("/")[-1] for path in found.corpus.skipped) == [
        "audit.json (a saved audit, no data)", "change.json (a saved comparison, no data)",
        "report.md (a report of outcross, no data)", "scores.parquet (scores that outcross wrote, no data)",
        "spread.json (a saved audit, no data)",
    ]  # fmt: skip
    assert len(read(tmp_path / "scores.parquet", text_column="language").texts) == 40


def test_data_that_only_speak_of_audits_are_data(tmp_path, read):
    quoted = json.dumps({"text": '{"corpus":{"bytes":1,"bytes_read":1,"document_sample":[]}}'})
    (tmp_path / "data.json").write_text(quoted)
    (tmp_path / "more.json").write_text(json.dumps({"corpus": {"bytes": 1}, "text": "words"}))
    assert len(read(tmp_path).texts) == 2
