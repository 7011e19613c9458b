"""Audits of texts, and real text from outside where there is some."""

import gzip
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import outcross
from outcross.audits.record import Audit


def audit_of(texts: Sequence[str], path: Path, **options: object) -> Audit:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return outcross.audit(str(path), **options)


@pytest.fixture(scope="session")
def whole(prose: list[str], tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """The audit of all docstrings."""
    return audit_of(prose, tmp_path_factory.mktemp("whole") / "whole.jsonl")


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., Audit]:
    """Audit texts as a file of JSON Lines."""
    count = iter(range(10_000))

    def auditing(texts: Sequence[str], **options: object) -> Audit:
        return audit_of(texts, tmp_path / f"{next(count)}.jsonl", **options)

    return auditing


@pytest.fixture(scope="session")
def outside() -> list[str]:
    """Human texts of the folder that OUTCROSS_TEST_DATA names."""
    folder = os.environ.get("OUTCROSS_TEST_DATA")
    if not folder:
        pytest.skip("no real data: OUTCROSS_TEST_DATA is not set")
    path = Path(folder) / "origin" / "docs.jsonl.gz"
    if not path.exists():
        pytest.skip(f"no real data: {path} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return [record["text"] for record in records if record.get("label") == "human"]
