"""Bad input: a clear answer or the quarantine, with its place in the report; never a traceback or a silent skip."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

GOOD = [json.dumps({"id": str(number), "text": f"text number {number} is good"}).encode() for number in range(60)]


def lines(*bad: bytes) -> bytes:
    return b"\n".join([*GOOD[:30], *bad, *GOOD[30:]]) + b"\n"


PLACE = len(b"\n".join(GOOD[:30])) + 1
ONE_BAD_LINE = {
    "a broken line": (b'{"text": "bro', "broken JSON line"),
    "invalid UTF-8": (b'{"text": "b\xff\xfe"}', "invalid UTF-8"),
    "a record without text": (b'{"other": "b"}', "no text"),
    "JSON 10,000 deep": (b'{"text":' * 10_000 + b'"x"' + b"}" * 10_000, "JSON nested too deep"),
    "a document that is too large": (b'{"text": "' + b"x " * 50_000 + b'"}', "larger than 95000 bytes"),
}


@pytest.mark.parametrize("case", ONE_BAD_LINE)
def test_one_bad_line_is_counted_with_its_place_in_every_form_of_report(case, outcross, here):
    bad, reason = ONE_BAD_LINE[case]
    (here / "data.jsonl").write_bytes(lines(bad))
    ended = outcross("audit", "data.jsonl", "--max-document", 95_000, "-o", "audit.json")
    assert ended.code == 0
    audit = json.loads((here / "audit.json").read_bytes())
    assert audit["figures"]["documents"]["value"] == 60
    assert audit["quarantine"] == {
        "count": 1, "by_reason": {reason: 1},
        "items": [{"path": "data.jsonl", "place": f"byte {PLACE}", "reason": reason, "count": 1}],
    }  # fmt: skip
    for form in ("text", "md", "html"):
        told = outcross("audit", "data.jsonl", "--max-document", 95_000, "--resume", "--format", form)
        assert reason in told.out
        assert f"byte {PLACE}" in told.out


def test_a_truncated_gzip_keeps_what_came_before_and_says_so(outcross, here):
    noise = [json.dumps({"text": f"{os.urandom(40).hex()} word"}).encode() for _ in range(500)]
    whole = gzip.compress(b"\n".join(noise))
    (here / "data.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    ended = outcross("audit", "data.jsonl.gz", "--format", "json")
    assert ended.code == 0
    audit = json.loads(ended.out)
    documents = audit["figures"]["documents"]["value"]
    assert 150 < documents < 300
    [item] = audit["quarantine"]["items"]
    assert item["reason"] == "truncated gzip"
    assert item["place"] == f"after {documents:.0f} documents"


def test_more_bad_lines_than_allowed_end_with_4_after_the_report_is_written(outcross, here):
    (here / "data.jsonl").write_bytes(lines(*[b"{"] * 20))
    ended = outcross("audit", "data.jsonl", "-o", "audit.md")
    assert ended.code == 4
    assert "20 records or files of 80 could not be read, more than 10%" in ended.err
    assert "broken JSON line" in (here / "audit.md").read_text()
    assert outcross("audit", "data.jsonl", "--max-quarantined", 0.25).code == 0


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", 4, "empty"),
        (b"\n\n\n", 4, "no documents"),
        (b'{"a": 1, "b": 2}\n' * 20, 2, "it has 'a', 'b'"),
        (b'{"text": "' + b"a" * (2 << 20) + b'"}\n', 4, "larger than"),
        (os.urandom(64) + b"\xff\xfe" * 999, 4, "invalid UTF-8"),
        ("\n".join(['{"text": "wide"}'] * 9).encode("utf-16"), 4, "broken JSON line"),
    ],
    ids=["empty", "blank lines", "no text column", "one giant", "noise", "UTF-16"],
)
def test_a_file_of_nothing_usable_is_refused_with_the_reason(data, code, said, outcross, here):
    (here / "data.jsonl").write_bytes(data)
    ended = outcross("audit", "data.jsonl", "--max-document", 1 << 20)
    assert ended.code == code
    assert said in ended.err
    assert ended.out == ""


def test_a_folder_of_nothing_is_refused_and_what_is_hidden_is_told(outcross, here):
    (here / "nothing").mkdir()
    assert outcross("audit", "nothing").code == 4
    (here / "nothing" / ".hidden.jsonl").write_bytes(GOOD[0])
    ended = outcross("audit", "nothing")
    assert ended.code == 4
    assert ".hidden.jsonl (hidden)" in ended.err


def test_a_lying_parquet_beside_a_good_one_is_named(outcross, here):
    (here / "data").mkdir()
    for name in ("good", "lying"):
        pq.write_table(
            pa.table({"text": [f"row number {number}" for number in range(99)]}), here / f"data/{name}.parquet"
        )
    bytes_ = bytearray((here / "data/lying.parquet").read_bytes())
    bytes_[-8:-4] = (5 * len(bytes_)).to_bytes(4, "little")
    (here / "data/lying.parquet").write_bytes(bytes_)
    ended = outcross("audit", "data", "--format", "json")
    assert ended.code == 0
    audit = json.loads(ended.out)
    assert audit["figures"]["documents"]["value"] == 99
    assert [item["path"] for item in audit["quarantine"]["items"]] == ["data/lying.parquet"]


MEASURED = """
import atexit, pathlib, re
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: print(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]))
from outcross.cli import main
main()
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nothing here tells the memory of a process")
def test_a_bomb_of_a_thousand_to_one_is_stopped_and_takes_little_memory(alone, here):
    with gzip.open(here / "bomb.jsonl.gz", "wb") as out:
        out.write(b'{"text": "')
        for _ in range(300):
            out.write(b"a" * (1 << 20))
    assert (here / "bomb.jsonl.gz").stat().st_size < 400_000
    ended = alone("audit", "bomb.jsonl.gz", "--no-store", program=[sys.executable, "-c", MEASURED])
    assert ended.code == 4
    assert "expands more than 200 times" in ended.err
    assert int(ended.out) < 400_000  # kilobytes


def test_a_file_that_changes_while_it_is_read_is_reported(outcross, here, monkeypatch):
    path = here / "data.jsonl"
    path.write_bytes(lines())
    from outcross import auditing  # noqa: PLC0415

    warm = auditing.warm

    def late(told):  # called when the files were found and are not read yet
        with path.open("ab") as out:
            out.write(GOOD[0] + b"\n")
        warm(told)

    monkeypatch.setattr(auditing, "warm", late)
    ended = outcross("audit", "data.jsonl", "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)["quarantine"]["by_reason"] == {"file changed while it was read": 1}


def test_documents_of_the_same_id_are_all_read(outcross, here):
    (here / "data.jsonl").write_bytes(b"\n".join([*GOOD, *GOOD[:20]]))
    ended = outcross("audit", "data.jsonl", "--format", "json", "--scores", "scores.parquet")
    assert ended.code == 0
    assert json.loads(ended.out)["figures"]["documents"]["value"] == 80
    assert pq.read_table("scores.parquet").num_rows == 80


def test_a_missing_column_is_named_with_what_there_is(outcross, small):
    for option in ("--text-column", "--id-column", "--group-by"):
        ended = outcross("audit", small.name, option, "nope")
        assert ended.code == 2
        assert "no column 'nope'; it has 'id', 'text'" in ended.err


@pytest.mark.parametrize("words", [("provenance", "show"), ("provenance", "check"), ("keys", "list", "--workspace")])
@pytest.mark.parametrize("name", ["x" * 5000, "loop/x", "small.jsonl/x", "\udcff"])
def test_a_name_that_no_file_can_have_is_a_wrong_call(outcross, small, here, words, name):
    (here / "loop").symlink_to("loop")
    outcross("init")
    assert outcross(*words, name).code == 2


def test_a_report_is_written_into_a_pipe_and_through_a_link_and_replaces_neither(outcross, alone, small, here):
    os.mkfifo(here / "pipe")
    (here / "link").symlink_to("report.json")
    with subprocess.Popen(["/bin/cat", "pipe"], stdout=subprocess.PIPE, cwd=here) as reader:
        assert outcross("audit", small.name, "--format", "json", "-o", "pipe").code == 0
        assert b"outcross.audit" in reader.communicate(timeout=20)[0]
    assert (here / "pipe").is_fifo()
    assert outcross("audit", small.name, "--format", "json", "-o", "link").code == 0
    assert (here / "link").is_symlink()
    assert (here / "report.json").is_file()
