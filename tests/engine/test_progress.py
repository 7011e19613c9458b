"""How far a run has come is seen within a shard, too: one large compressed file is one shard."""

import gzip
import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outcross.corpus import Limits, find
from outcross.engine import Layout, Plan, run_task, run_tasks
from outcross.engine.local import Session, Steps
from outcross.engine.task import HandOver

BLOCK = 1 << 14


def jsonl(documents: list[dict]) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in documents).encode()


def arrow(documents: list[dict], kind) -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist(documents)
    with kind(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    return sink.getvalue().to_pybytes()


def parquet(documents: list[dict]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(documents), sink)
    return sink.getvalue().to_pybytes()


WRITERS = {
    "corpus.jsonl.gz": lambda documents: gzip.compress(jsonl(documents)),
    "corpus.jsonl.zst": lambda documents: pa.compress(jsonl(documents), "zstd", asbytes=True),
    "corpus.json": lambda documents: json.dumps(documents).encode(),
    "corpus.csv": lambda documents: "".join(["text\n", *(f'"{one["text"]}"\n' for one in documents)]).encode(),
    "corpus.parquet": parquet,
    "corpus.arrow": lambda documents: arrow(documents, pa.ipc.new_file),
    "corpus.arrows": lambda documents: arrow(documents, pa.ipc.new_stream),
}


@pytest.fixture(params=WRITERS)
def plan(request, documents, tmp_path) -> Plan:
    """A file that is one shard of many batches."""
    path = tmp_path / request.param
    path.write_bytes(WRITERS[request.param](documents))
    found = find([str(path)], limits=Limits(block_bytes=BLOCK)).cut(1 << 30)
    assert len(found.shards) == 1
    return Plan(found, join=False)


def test_a_task_tells_how_far_it_has_come_in_every_format(plan, documents, tmp_path):
    told: list[tuple[int, int, int]] = []
    shard = plan.corpus.shards[0]
    run_task(shard, plan, tmp_path / "run", hand=HandOver(tell=lambda *step: told.append(step)))
    assert len(told) > 5
    assert told == sorted(told)
    assert told[-1][1] == len(documents)
    assert all(0 < disk_bytes <= shard.bytes for disk_bytes, _, _ in told)


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_whoever_watches_sees_what_tasks_of_threads_and_processes_have_told(documents, tmp_path, kind):
    path = tmp_path / "corpus.jsonl.gz"
    path.write_bytes(gzip.compress(jsonl(documents)))
    found = find([str(path)], limits=Limits(block_bytes=BLOCK))
    session = Session(Plan(found, join=False), tmp_path / "run", found.shards)
    run_tasks(session, Layout(1, kind))
    assert session.steps.come_to([0]) == (path.stat().st_size, len(documents), session.text_bytes)


def test_tasks_under_way_count_beside_finished_ones(documents, tmp_path):
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(jsonl(documents))
    found = find([str(path)]).cut(path.stat().st_size // 2)
    first, second = found.shards[:2]
    seen: list = []
    session = Session(Plan(found, join=False), tmp_path / "run", [first, second], watch=seen.append)
    session.finished = {0: replace(run_task(first, session.plan, session.folder), disk_bytes=first.bytes)}
    session.steps, session.under_way = Steps.of(session.order, "threads"), [second]
    session.steps.teller(second.ordinal)(1000, 7, 900)
    session.tell()
    assert seen[-1].done == first.bytes + 1000
    assert seen[-1].documents == session.finished[0].documents + 7
    assert seen[-1].text_bytes == 900
