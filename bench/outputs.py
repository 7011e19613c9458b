"""How well the output index finds what was changed, how often it hits people's text, its size and its speed.

    python bench/outputs.py FOLDER              recall and false positives on texts of known origin
    python bench/outputs.py FOLDER --size 10    size and speed of an index of so many million outputs of 300 words

FOLDER holds docs.jsonl.gz and attacks.jsonl.gz: lines with text, label, source_repo and kind.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from outcross.kernels import shingles, words
from outcross.measure import Batch
from outcross.origin import outputs
from outcross.origin.matching import ExactOutputs, NearOutputs, ParaphrasedOutputs, calibrated, matches
from outcross.origin.outputs import Added, Facts, OutputIndex, add, empty_index

INDEXED = ("ryuryukke/OUTFOX", "NLP2CT/DetectRL", "SamiaKabir/ChatGPT-Answers-to-SO-questions", "tatsu-lab/alpaca_eval")
FROM_ANY = 3000
WORDS = 300


def batch_of(texts: Sequence[str]) -> Batch:
    """Texts as a batch."""
    return Batch(pa.array(texts, pa.large_string()), pa.array([str(n) for n in range(len(texts))], pa.string()))


def read(path: Path) -> list[dict[str, Any]]:
    """Lines of a packed JSON Lines file."""
    with gzip.open(path) as lines:
        return [json.loads(line) for line in lines]


def recall(folder: Path) -> None:
    """Index machine text, hold human text against it, and look for what was done to the indexed text."""
    documents, attacks = read(folder / "docs.jsonl.gz"), read(folder / "attacks.jsonl.gz")
    made: list[str] = []
    for source in INDEXED:
        texts = [one["text"] for one in documents if one["source_repo"] == source and one["label"] == "synthetic"]
        made += texts[: FROM_ANY if source.startswith("tatsu") else None]
    asked: dict[str, list[str]] = {"indexed, first half": [text[: len(text) // 2] for text in made]}
    human: dict[str, list[str]] = {}
    for one in documents:
        if one["label"] == "human":
            human.setdefault(f"human: {one['source_repo']}", []).append(one["text"])
    for one in attacks:
        if one["source_repo"] in INDEXED:
            asked.setdefault(f"{one['source_repo'].split('/')[1]} {one['kind']}", []).append(one["text"])
    with tempfile.TemporaryDirectory() as place:
        index = add(empty_index(place), [batch_of(made)], "the models")
        index = calibrated(index, [batch_of(texts) for texts in human.values()], "human text")
        print(f"{index.facts.outputs} outputs, level {index.facts.level}, {index.bytes / 1e6:.1f} MB")
        print(index.facts.calibrations)
        detectors = (ExactOutputs(index), NearOutputs(index), ParaphrasedOutputs(index))
        for name, texts in (human | asked).items():
            batch = batch_of(texts)
            shares = [f"{one.look(batch).synthetic.mean():8.2%}" for one in detectors]
            print(f"{name:55s} {len(texts):5d} {' '.join(shares)}")


def size(folder: Path, millions: float) -> None:
    """An index of random hashes, as large and as dense as one of so many outputs would be."""
    texts = [one["text"] for one in read(folder / "docs.jsonl.gz")]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    with tempfile.TemporaryDirectory() as place:
        index = made_up(Path(place), int(millions * 1e6))
        print(f"{index.facts.outputs:,} outputs, level {index.facts.level}: {index.bytes / 1e9:.2f} GB")
        for _ in range(3):
            batch = batch_of(texts)
            words(batch)
            began = time.perf_counter()
            shingles(batch, index.facts.level)
            matches(index, batch)
            ExactOutputs(index).look(batch)
            print(f"looking up after the words are known: {megabytes / (time.perf_counter() - began):.0f} MB/s")


def made_up(folder: Path, count: int) -> OutputIndex:
    """An index of `count` outputs of random words."""
    level, entries = 0, count * WORDS
    while entries > (outputs.ROOM[level] if level < len(outputs.ROOM) else outputs.MOST_ENTRIES):
        level, entries = level + 1, entries // 2
    random = np.random.default_rng(0)
    keys = np.sort(random.integers(0, 1 << (64 - level), entries, dtype=np.uint64))
    owners = random.integers(0, count, entries, dtype=np.uint32)
    sequences = np.sort(random.integers(0, 1 << 63, count, dtype=np.uint64))
    tables = (
        sequences, random.permutation(count).astype(np.uint32), keys, owners, outputs.edges_of(keys, level),
        outputs.filter_of(keys, level), np.minimum(np.bincount(owners, minlength=count), 65535).astype(np.uint16),
    )  # fmt: skip
    files = {
        name: outputs.save_table(folder / f"{name}.npy", one) for name, one in zip(outputs.COLUMNS, tables, strict=True)
    }
    return OutputIndex(folder, Facts(count, level, entries, (Added("random", "now", count, 0, 0, 0),), {}, files, ""))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=float, help="million outputs")
    chosen = parser.parse_args()
    if chosen.size:
        size(chosen.folder, chosen.size)
    else:
        recall(chosen.folder)
