"""datatrove: its word statistics (``words``) or its MinHash signature (``minhash``) over a slice.

Traps: the statistics take ``url`` from the metadata unless the grouping is named; word statistics need spaCy,
which no extra of its own installs; ``TLDExtract`` may look for its list on the net, so it is not called.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from common import report, texts, timed
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.pipeline.stats import WordStats


def step(kind: str, folder: Path) -> PipelineStep:
    """The step to time, writing its results to a folder."""
    if kind == "minhash":
        config = MinhashConfig(n_grams=5, num_buckets=16, hashes_per_bucket=8)
        return MinhashDedupSignature(str(folder), config)
    return WordStats(str(folder), groups_to_compute=["summary", "histogram"])


def documents(slice_texts: list[str]) -> DocumentsPipeline:
    """The slice as its documents."""
    for index, text in enumerate(slice_texts):
        yield Document(text=text, id=str(index))


def drain(kind: str, folder: Path, slice_texts: list[str]) -> None:
    """Runs the step over the documents, to the end."""
    stream = step(kind, folder).run(documents(slice_texts), rank=0, world_size=1)
    for _ in stream or ():
        pass


def main() -> None:
    """Times one step over the slice."""
    slice_path, scratch, kind = sys.argv[1:4]
    folder = Path(scratch) / f"datatrove-{kind}"
    slice_texts = texts(slice_path)
    drain(kind, folder / "warm", ["A warm document. It has two sentences."])
    seconds = timed(lambda: drain(kind, folder / "run", slice_texts))
    size = sum(len(text.encode()) for text in slice_texts)
    report(size, {kind: seconds}, {"documents": len(slice_texts), "version": version("datatrove")})


if __name__ == "__main__":
    main()
