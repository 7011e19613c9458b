"""Batches, real text, and an index of outputs."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from outcross.measure import Batch
from outcross.origin.outputs import OutputIndex, add, empty_index


def batch_of(texts: Sequence[str], groups: Sequence[str] | None = None, **columns: Sequence[str | None]) -> Batch:
    """Texts as a batch; documents are named by their place."""
    return Batch(
        pa.array(texts, pa.large_string()),
        pa.array([str(number) for number in range(len(texts))], pa.string()),
        None if groups is None else pa.array(groups, pa.string()),
        columns={name: pa.array(values, pa.string()) for name, values in columns.items()},
    )


@pytest.fixture
def indexed(tmp_path) -> Callable[..., OutputIndex]:
    def index(texts: Sequence[str], **how: bool) -> OutputIndex:
        return add(empty_index(tmp_path / "index"), [batch_of(texts)], "a model", **how)

    return index


@pytest.fixture(scope="session")
def development() -> Path:
    """The folder of texts of known origin that is lent for evaluation; no part of the project."""
    folder = Path(os.environ.get("OUTCROSS_ORIGIN", Path(__file__).parents[3] / "shared" / "data" / "origin"))
    if not (folder / "docs.jsonl.gz").is_file():
        pytest.skip(f"the texts of known origin are not here ({folder}); set OUTCROSS_ORIGIN")
    return folder
