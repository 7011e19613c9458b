"""Cuts a slice off the workload: its first documents, up to a size, as JSON lines or Parquet.

The documents of the workload are shuffled, so the first of them are a mixture like the whole.

    python bench/cuts.py bench-out/workload-320 bench-out/slices/4.jsonl --mb 4
"""

from __future__ import annotations

import argparse
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

MB = 1_000_000


def first_documents(folder: Path, size: int) -> pa.Table:
    """The first documents of the workload, up to ``size`` bytes of text."""
    parts: list[pa.Table] = []
    held = 0
    for path in sorted(folder.glob("part-*.parquet")):
        parquet = pq.ParquetFile(path)
        for group in range(parquet.num_row_groups):
            table = parquet.read_row_group(group)
            for row, text in enumerate(table.column("text").to_pylist(), 1):
                held += len(text.encode())
                if held >= size:
                    return pa.concat_tables([*parts, table.slice(0, row)])
            parts.append(table)
    return pa.concat_tables(parts)


def cut(folder: Path, out: Path, size: int) -> None:
    """Writes the slice, in the format that the name of ``out`` ends in."""
    table = first_documents(folder, size)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".parquet":
        pq.write_table(table, out, compression="zstd")
    else:
        out.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in table.to_pylist()))


def main() -> None:
    """Writes one slice."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of a workload")
    parser.add_argument("slice", type=Path, help="file to write: .jsonl or .parquet")
    parser.add_argument("--mb", type=float, default=4.0, help="MB of text (default: 4)")
    args = parser.parse_args()
    cut(args.folder, args.slice, int(args.mb * MB))


if __name__ == "__main__":
    main()
