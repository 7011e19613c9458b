"""Chat-template tokens: the kernels pick documents out, the expression decides."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from outcross.kernels.traces import TEMPLATES, template_tokens
from outcross.measure import Batch

TOKENS = (
    "<|im_start|>", "<|eot_id|>", "[INST]", "[/INST]", "<s>", "</s>", "<<SYS>>", "<start_of_turn>", "<end_of_turn>",
    "<think>", "</think>", "### Instruction:", "### Response :", "### Human:", "### Assistant:", "### Input:",
)  # fmt: skip
NEARLY = ("<", "[", "#", "### ", "### Other:", "<st", "<en", "</", "[IN", "<|", "<table>", "word", " ", "\n", "é")
texts = st.lists(st.sampled_from(TOKENS + NEARLY), max_size=6).map(lambda parts: "".join([*parts, "\n"]))


@settings(max_examples=100)
@given(found=st.lists(texts, min_size=1, max_size=4))
def test_every_token_that_the_expression_finds_is_found_once_and_in_order(found):
    batch = Batch(pa.array(found, pa.large_string()), pa.array([""] * len(found)))
    wanted = [tuple(dict.fromkeys(TEMPLATES.findall(text))) for text in found]
    assert template_tokens(batch) == {row: tokens for row, tokens in enumerate(wanted) if tokens}


def test_each_token_is_found_at_the_beginning_and_after_a_line():
    texts_of = [f"{before}{token} more" for before in ("", "x\n") for token in TOKENS]
    found = template_tokens(Batch(pa.array(texts_of, pa.large_string()), pa.array([""] * len(texts_of))))
    assert list(found.values()) == [(token,) for token in (*TOKENS, *TOKENS)]
