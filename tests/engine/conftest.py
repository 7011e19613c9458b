"""Corpora on disk, and the engine run over them in any layout."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.measures.making import Writers

from outcross.audits.assemble import Against, assemble
from outcross.audits.record import Audit
from outcross.corpus import Limits, Reading, find
from outcross.engine import Layout, Plan, run_tasks
from outcross.engine.local import Session
from outcross.engine.merging import join
from outcross.measure import Caps

SOURCES = ("books", "forum", "news")


@pytest.fixture(scope="session")
def documents() -> list[dict[str, str]]:
    """A thousand documents of three sources, some of them copies of others."""
    texts = Writers(copied=0.2, originals=60).documents(1000, 31)
    return [{"text": text, "source": SOURCES[number % 7 % 3]} for number, text in enumerate(texts)]


@pytest.fixture(scope="session")
def corpus(documents: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents as a Parquet file of many row groups."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.parquet"
    pq.write_table(pa.Table.from_pylist(documents), path, row_group_size=50)
    return path


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write records as JSON Lines."""

    def writing(records: list[dict], name: str = "corpus.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    return writing


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Audit]:
    """Audit files with shards of about `each` bytes, by the engine itself."""
    count = iter(range(1000))

    def running(
        path: Path, *, each: int = 1 << 30, layout: Layout | None = None, caps: Caps | None = None, **reading: str
    ) -> Audit:
        found = find([str(path)], Reading(**reading), Limits()).cut(each)
        folder = tmp_path / f"run-{next(count)}"
        session = Session(Plan(found, caps or Caps()), folder, found.shards)
        merged = run_tasks(session, layout or Layout(1))
        results = [session.finished[ordinal] for ordinal in sorted(session.finished)]
        join(merged, results)
        return assemble(merged, results, Against(), None)

    return running
