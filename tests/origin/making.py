"""Batches of texts, for tests of evidence of origin."""

from collections.abc import Sequence

import pyarrow as pa

from outcross.measure import Batch


def batch_of(texts: Sequence[str], groups: Sequence[str] | None = None, **columns: Sequence[str | None]) -> Batch:
    """Texts as a batch; documents are named by their place."""
    return Batch(
        pa.array(texts, pa.large_string()),
        pa.array([str(number) for number in range(len(texts))], pa.string()),
        None if groups is None else pa.array(groups, pa.string()),
        columns={name: pa.array(values, pa.string()) for name, values in columns.items()},
    )
