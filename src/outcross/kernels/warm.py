"""Compiles all kernels into this user's cache, in two processes at once, the first time they are needed."""

import gc
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from outcross.kernels import BINS_AND_BANDS, cache_folder, native
from outcross.kernels.tables import SCRIPTS, tables

_TEXT = b"the cat sat on the mat\nthe cat sat on the mat"


def calls() -> dict[str, Callable[[], Any]]:
    """One small call of every kernel that each audit needs, with the types that the measures use.

    Those of a text score, and those that match documents against an output index, are compiled when somebody asks
    for them.
    """
    kernel = native()
    n, bins, bands = 1, *BINS_AND_BANDS
    data, offsets = np.frombuffer(_TEXT, np.uint8), np.array([0, len(_TEXT)], np.int64)
    tokens, doc_tokens = np.arange(1, 9, dtype=np.uint64), np.array([0, 8], np.int64)
    lengths, one = np.ones(8, np.uint16), np.zeros(n, np.uint64)
    table = np.zeros((64, 2), np.uint64)
    counts, few = np.zeros((8, 2), np.int64), np.array([1, 2], np.int64)
    out = (
        np.empty(64, np.uint64), np.empty(64, np.int32), np.empty(64, np.uint16), np.zeros(n + 1, np.int64),
        np.zeros((n, len(SCRIPTS)), np.int64), np.zeros((n, kernel.MARKS), np.int64),
    )  # fmt: skip
    phrases = (tokens[:2], np.zeros(4096, np.uint8), one)
    index = (np.zeros((n, bins), np.uint8), np.zeros((n, bands), np.uint64))
    groups = np.zeros(n, np.uint8)
    samples = (np.zeros((3, 64, 2), np.uint64), np.zeros((33, 2), np.uint64), np.zeros(3, np.int64))
    votes = (np.zeros(4096, np.uint64), np.zeros(4096, np.uint64), np.zeros((n, 2), np.int32), 200)
    return {
        "tokenise": lambda: kernel.tokenise(data, offsets, tables(), np.zeros(len(_TEXT) + 64, np.uint8), out),
        "lines": lambda: kernel.lines(
            data,
            offsets,
            one,
            np.zeros((n, kernel.LINE_COLUMNS), np.int64),
            np.zeros(64, np.uint64),
            np.full(64, -1, np.int64),
        ),
        "repeated_ngrams": lambda: kernel.repeated_ngrams(
            tokens, lengths, doc_tokens, np.ones(n, np.bool_), np.zeros((n, 10), np.int64)
        ),
        "look_at_ngrams": lambda: kernel.look_at_ngrams((tokens, doc_tokens), groups, phrases, samples, index),
        "expected_k_log_k": lambda: kernel.expected_k_log_k(few, 10, 3),
        "merge_counts": lambda: kernel.merge_counts(tokens, counts, tokens, counts),
        "sample_types": lambda: kernel.sample_types(
            (tokens, doc_tokens), groups, 0, table.copy(), np.zeros((33, 2), np.uint64)
        ),
        "count_words": lambda: kernel.count_words(
            tokens, doc_tokens, table.copy(), (*np.zeros((2, 64), np.uint64), *np.zeros((2, 64), np.int32))
        ),
        "take_counts": lambda: kernel.take_counts(table.copy(), *np.zeros((2, 65), np.uint64)),
        "vote_languages": lambda: kernel.vote_languages(tokens, doc_tokens, *votes),
        "unseen": lambda: kernel.unseen(few, few + 10, 3),
        "unite": lambda: kernel.unite(np.arange(3, dtype=np.int32), few[:1], few[1:]),
        "classify": lambda: kernel.classify(data, np.zeros(len(_TEXT) + 64, np.uint8)),
        "roots": lambda: kernel.roots(np.arange(3, dtype=np.int32)),
        "join_hashes": lambda: kernel.join_hashes(tokens),
    }


FIRST_HALF = ("tokenise", "repeated_ngrams", "vote_languages", "unite", "roots", "classify", "merge_counts")
"""Kernels that take about as long to compile as all others; those that share parts are in the same half."""


def compile_half(second: bool) -> None:
    """Compile half of the kernels."""
    # What a compiler makes lives until its end: looking for garbage meanwhile took a twelfth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        for name, call in calls().items():
            if (name not in FIRST_HALF) == second:
                call()
    finally:
        if collecting:
            gc.enable()


def compile_all() -> None:
    """Compile all kernels, half of them in another process; each finds the other's in the cache."""
    helper = None
    if _can_make_cache():
        # The other process is this Python running this module: no input of anybody's is in the command.
        helper = subprocess.Popen(
            [sys.executable, "-c", "from outcross.kernels.warm import compile_half; compile_half(True)"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    compile_half(second=False)
    if helper is not None:
        helper.wait()
    compile_half(second=True)


def _can_make_cache() -> bool:
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return True
