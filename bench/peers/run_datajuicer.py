"""data-juicer: seven of its text filters, summed, each computing its statistic over the slice in batches.

Traps: making a filter imports the executors, and these pip-install whatever is missing (ray and CUDA torch
among it): no process may be started, and the executors are left out. ``words_num`` and the like want a model
from a hub where ``tokenization`` is on, so it is off. The filters are called directly, without the frame of
``datasets`` around them, which is to their favour.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from unittest.mock import MagicMock

from common import forbid_installing, report, texts, timed

FILTERS = (
    ("alphanumeric_filter", "AlphanumericFilter"),
    ("average_line_length_filter", "AverageLineLengthFilter"),
    ("character_repetition_filter", "CharacterRepetitionFilter"),
    ("maximum_line_length_filter", "MaximumLineLengthFilter"),
    ("special_characters_filter", "SpecialCharactersFilter"),
    ("word_repetition_filter", "WordRepetitionFilter"),
    ("words_num_filter", "WordsNumFilter"),
)
UNUSED = ("data_juicer.core", "data_juicer.core.data")  # they pull ray in
BATCH = 1000
STATS = "__dj__stats__"

Compute = Callable[[dict[str, list[object]]], object]


def pass_over(compute: Compute, slice_texts: list[str]) -> None:
    """One filter's statistics for all documents."""
    for start in range(0, len(slice_texts), BATCH):
        part = slice_texts[start : start + BATCH]
        samples: dict[str, list[object]] = {"text": [*part], STATS: [{} for _ in part]}
        compute(samples)
        if not all(samples[STATS]):
            raise RuntimeError("a filter left documents without its statistic")


def main() -> None:
    """Times each filter over the slice."""
    slice_path = sys.argv[1]
    forbid_installing()
    sys.modules.update({name: MagicMock() for name in UNUSED})
    slice_texts = texts(slice_path)
    parts: dict[str, float] = {}
    for module, name in FILTERS:
        made = getattr(import_module(f"data_juicer.ops.filter.{module}"), name)()
        compute: Compute = made.compute_stats_batched
        pass_over(compute, ["A warm document. It has two sentences."])
        parts[module.removesuffix("_filter")] = timed(lambda compute=compute: pass_over(compute, slice_texts))
    size = sum(len(text.encode()) for text in slice_texts)
    report(size, parts, {"documents": len(slice_texts), "version": version("py-data-juicer")})


if __name__ == "__main__":
    main()
