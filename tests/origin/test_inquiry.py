"""One look for all evidence: counts add up, whatever the order and the partition, and contradictions decide nothing."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.origin.making import batch_of

from outcross.estimate import Unknown
from outcross.origin.declared import Declared
from outcross.origin.detector import Verdicts
from outcross.origin.inquiry import HUMAN, SHOWN, SYNTHETIC, Inquiry, Traces


@dataclass(frozen=True)
class Says:
    """A detector that hits texts with a word."""

    word: str
    human: bool = False
    certain: bool = False

    @property
    def name(self):
        return f"says.{self.word}"

    digest = "sha256:0"

    def false_positives(self):
        return Unknown("nobody counted")

    def look(self, batch):
        hits = np.array([self.word in text for text in batch.texts.to_pylist()], np.bool_)
        nothing = np.zeros(len(batch), np.bool_)
        strength = np.array([len(text) for text in batch.texts.to_pylist()], np.float32) * hits
        pair = (nothing, hits) if self.human else (hits, nothing)
        return Verdicts(*pair, strength, lambda row: f"holds {self.word}")


@dataclass(frozen=True)
class ByLength:
    """A score that refuses short texts."""

    name: str = "length"
    digest: str = "sha256:1"

    def score(self, batch):
        lengths = np.array([len(text) for text in batch.texts.to_pylist()], np.float32)
        return np.where(lengths < 4, np.nan, np.minimum(lengths / 40, 1)).astype(np.float32)

    def refusals(self, batch):
        return ["short" if np.isnan(one) else None for one in self.score(batch)]


ASKED = Inquiry((Says("b"), Declared("origin"), Says("c", human=True), Says("d", certain=True)), ByLength(), "says.c")
TEXTS = st.lists(st.tuples(st.text("abcd ", max_size=30), st.sampled_from(["human", "synthetic", None])), min_size=1,
                 max_size=30)  # fmt: skip


def looked(pairs):
    texts, origins = zip(*pairs, strict=True)
    return ASKED.look(batch_of(texts, origin=origins))


def counts(traces):
    return {name: getattr(traces, name).tolist() for name in Traces.COUNTS} | {"refusals": traces.refusals}


@settings(max_examples=40)
@given(pairs=TEXTS, cut=st.integers(0, 30))
def test_whatever_the_partition_the_counts_are_the_same(pairs, cut):
    whole = looked(pairs)
    parts = [looked(part) for part in (pairs[:cut], pairs[cut:]) if part]
    there = parts[0] if len(parts) == 1 else parts[1] + parts[0]
    assert counts(there) == counts(whole)


@settings(max_examples=40)
@given(pairs=TEXTS)
def test_each_document_is_counted_once(pairs):
    traces = looked(pairs)
    assert traces.first[:, :, 0].sum() + traces.torn[0] <= len(pairs)
    assert (traces.first <= traces.seen).all()
    assert traces.scores[0, 0].sum() + traces.unscored[0, 0] == len(pairs)
    certain = [number for number, one in enumerate(ASKED.in_order) if one.certain]
    assert traces.scores[1, 0].sum() + traces.unscored[1, 0] == len(pairs) - traces.first[certain, :, 0].sum()
    assert (traces.scores[2] <= traces.scores[1]).all()


@settings(max_examples=20)
@given(pairs=TEXTS)
def test_what_was_found_survives_bytes(pairs):
    traces = looked(pairs)
    read = Traces.from_bytes(traces.to_bytes())
    assert counts(read) == counts(traces)
    assert read.top == traces.top
    assert (read + traces).to_bytes() == (traces + read).to_bytes()


def test_evidence_taken_as_true_comes_first_and_a_contradiction_decides_nothing():
    assert [one.certain for one in ASKED.in_order] == [True, True, False, False]
    traces = looked([("d", "human"), ("d b", None), ("c", "human")])
    assert traces.torn.tolist()[0] == 1
    kinds = list(traces.kinds)
    assert traces.first[kinds.index("says.d"), SYNTHETIC, 0] == 1
    assert traces.first[kinds.index("declared"), HUMAN, 0] == 1
    assert traces.first[kinds.index("says.b"), SYNTHETIC, 0] == 0
    assert traces.seen[kinds.index("says.b"), SYNTHETIC, 0] == 1


def test_what_is_declared_human_is_not_believed_against_evidence_that_can_err():
    traces = looked([("b", "human"), ("a", "human"), ("c", "synthetic")])
    kinds = list(traces.kinds)
    assert traces.torn.tolist()[0] == 1
    assert traces.first[kinds.index("declared")][:, 0].tolist() == [1, 1]
    assert traces.first[kinds.index("says.b"), SYNTHETIC, 0] == 0


def test_the_surest_documents_are_kept_with_their_reasons():
    traces = looked([("b" * number, None) for number in range(1, 20)])
    shown = traces.top["says.b"]
    assert [one["strength"] for one in shown] == [19.0, 18.0, 17.0, 16.0, 15.0][:SHOWN]
    assert shown[0]["reason"] == "holds b"
    assert shown[0]["text"] == "b" * 19
    assert traces.without_text().top["says.b"][0]["text"] is None


def test_without_text_none_is_kept():
    quiet = Inquiry((Says("b"),), show_text=False)
    assert quiet.look(batch_of(["a b"])).top["says.b"][0]["text"] is None


def test_columns_that_detectors_need_are_asked_for_once():
    assert Inquiry((Declared("origin"), Declared("origin"), Declared("group"))).columns == ("origin",)
    assert not Inquiry()


@pytest.mark.parametrize("change", [Inquiry((Says("x"),)), Inquiry(ASKED.detectors, None)])
def test_what_is_sought_is_in_the_digest(change):
    assert change.digest != ASKED.digest
