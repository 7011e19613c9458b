"""Traces that machines leave in text: what is looked for, by the measures of hygiene and as evidence of origin."""

import re

import numpy as np

from outcross.kernels import native, words
from outcross.measure import Batch

TEMPLATES = re.compile(
    r"<\|(?:im_start|im_end|endoftext|system|user|assistant|end|eot_id|begin_of_text|start_header_id|end_header_id)\|>"
    r"|\[/?INST\]|</?s>|<<SYS>>|<(?:start|end)_of_turn>|</?think>"
    r"|^### (?:Instruction|Response|Human|Assistant|Input)\b ?:",
    re.MULTILINE,
)
"""Chat-template tokens of the common model families, as they are left in text by mistake."""

PHRASES: tuple[str, ...] = (
    "as an ai language", "as an ai model", "as an ai assistant", "as an artificial intelligence",
    "as a large language", "as a language model", "i am an ai", "an ai language model",
    "my knowledge cutoff is", "my last knowledge update", "as of my last", "my training data only",
    "i cannot fulfill that", "i cannot fulfill this", "i can t fulfill", "i cannot assist with",
    "can t assist with that",
        "i am unable to assist", "i m unable to assist", "cannot provide you with", "i cannot generate content",
    "i apologize but i", "i m sorry but i", "i m not able to provide", "not comfortable generating that",
    "i hope this helps", "here s a revised version", "sure here s a", "sure here is a", "certainly here is a",
    "certainly here s a", "regenerate response copy code",
)  # fmt: skip
"""Refusals and openers of assistants; each is looked up by its first four words."""

PHRASE_KEYS: tuple[str, ...] = tuple(
    dict.fromkeys(" ".join(phrase.split()[:4]) for phrase in PHRASES if len(phrase.split()) >= 4)
)


def template_tokens(batch: Batch) -> dict[int, tuple[str, ...]]:
    """The different chat-template tokens of each document that holds any, in their order, by its row."""
    return batch.once("template tokens", _find_tokens)


def _find_tokens(batch: Batch) -> dict[int, tuple[str, ...]]:
    found = {}
    for row in np.flatnonzero(words(batch).marks[:, native.CANDIDATE]).tolist():
        seen = TEMPLATES.findall(batch.texts[row].as_py())
        if seen:
            found[row] = tuple(dict.fromkeys(seen))
    return found
