"""Documents that one's own models have written, by the output index: word for word, nearly, or paraphrased.

Certain are only documents that have all words of an output, in its order. The other two can err: two answers to one
question share phrases, and both may quote. How often that happens is counted on human text (`calibrated`), and it
grows with the index: each further output is one more chance to be like somebody's text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from outcross.canonical import digest, rounded
from outcross.errors import DataError
from outcross.estimate import Estimate, Unknown
from outcross.kernels import match_shingles, shingles, words
from outcross.measure import Array, Batch
from outcross.origin.calibration import Calibration
from outcross.origin.detector import Verdicts, taken_as_true
from outcross.origin.outputs import LEAST_WORDS, MOST_OWNERS, Added, OutputIndex

LIKE = 0.5
"""Share of the 3-grams of the shorter text that a near copy has in common with one output."""

LEAST_SHARED = 4
"""3-grams of the sample that a near copy has in common with one output, at least."""

FIRST_PART = 3
"""Zero bits of the 3-grams that are looked up first: one in eight of all."""

SIGNS = 2
"""3-grams in common with one output among these that make it worth to look up the others."""

LEAST_WEIGHT = 40.0
"""Bits that a paraphrase has in common with an output, at least: more than a single 3-gram can weigh."""

LEAST_CALIBRATION = 100
"""Documents of human text from which on rates are told."""

TARGET = 0.005
"""The rate of false positives that a threshold for paraphrases is chosen for."""


@dataclass(frozen=True)
class Matches:
    """What the documents of a batch have in common with the one output that they share the most with.

    Attributes:
        output: its number, int64[n]; -1 for none.
        shared: sampled 3-grams in common, int32[n].
        weight: bits, float32[n]: the sum of log2(outputs / outputs with it) over these.
        part: share of the shorter text's sampled 3-grams that they are, float32[n].
    """

    output: Array
    shared: Array
    weight: Array
    part: Array


def matches(index: OutputIndex, batch: Batch) -> Matches:
    """Look up a batch once for all detectors of one index."""
    return batch.once(f"matches {index.digest}", lambda one: _look_up(index, one))


def _look_up(index: OutputIndex, batch: Batch) -> Matches:
    sample = shingles(batch, index.facts.level)
    counts = np.arange(MOST_OWNERS + 1)
    weights = np.log2(np.maximum(index.facts.outputs / np.maximum(counts, 1), 1)).astype(np.float32)
    # In an index of few outputs everything would weigh nothing.
    part = (1 << (64 - max(index.facts.level, FIRST_PART))) - 1
    best, shared, weight = match_shingles(sample, index.table, (np.maximum(weights, 1), part, SIGNS))
    there = best >= 0
    theirs = np.zeros(len(batch), np.int64)
    theirs[there] = index.column("sizes")[best[there]]
    shorter = np.maximum(np.minimum(np.diff(sample.ends), theirs), 1)
    return Matches(best, shared, weight, np.where(there, shared / shorter, 0).astype(np.float32))


def _named(one: Added, output: int) -> str:
    return f"output {output - one.first + 1} of those added {one.when[:10]} of {one.model}"


@dataclass(frozen=True)
class ExactOutputs:
    """Documents with all words of an output in its order; case, spaces and punctuation aside.

    Attributes:
        index: the outputs.
        name: of the detector.
        certain: a hit is taken as true.
    """

    index: OutputIndex
    name: str = "outputs.exact"
    certain: bool = True

    @property
    def digest(self) -> str:
        """Of the index."""
        return digest({"detector": self.name, "index": self.index.digest})

    def false_positives(self) -> Estimate:
        """None: the same words in the same order, ten of them or more, are taken for the output."""
        return taken_as_true(f"nobody else wrote the same {LEAST_WORDS} or more words in the same order")

    def look(self, batch: Batch) -> Verdicts:
        """The documents that are outputs."""
        sample = shingles(batch, self.index.facts.level)
        found = self.index.find_sequences(sample.sequences)
        length = words(batch).per_document
        hits = (found >= 0) & (length >= LEAST_WORDS)

        def reason(row: int) -> str:
            output = int(found[row])
            return f"has the {length[row]} words of {_named(self.index.origin_of(output), output)}"

        return Verdicts.of_synthetic(hits, length, reason)


@dataclass(frozen=True)
class NearOutputs:
    """Documents that have half of their 3-grams, or half of an output's, in common with one output.

    Attributes:
        index: the outputs.
        name: of the detector.
        certain: never: people quote, and answer the same questions.
    """

    index: OutputIndex
    name: str = "outputs.near"
    certain: bool = False

    @property
    def digest(self) -> str:
        """Of the index and the rule."""
        return digest({"detector": self.name, "index": self.index.digest, "like": LIKE, "shared": LEAST_SHARED,
                       "calibration": self.index.facts.calibrations})  # fmt: skip

    def false_positives(self) -> Estimate | Unknown:
        """What was counted on human text, raised by how much the index has grown since."""
        return _known_rate(self.index, "near", f"at least {LIKE:.0%} of the shorter text's 3-grams in common")

    def look(self, batch: Batch) -> Verdicts:
        """The documents that are nearly outputs."""
        found = matches(self.index, batch)
        return Verdicts.of_synthetic(_is_near(found), found.part, lambda row: _told(self.index, found, row))


@dataclass(frozen=True)
class ParaphrasedOutputs:
    """Documents that have more rare 3-grams in common with one output than human text has by chance.

    It says nothing before it was calibrated: which weight is more than chance, only human text can tell.

    Attributes:
        index: the outputs.
        name: of the detector.
        certain: never.
    """

    index: OutputIndex
    name: str = "outputs.paraphrase"
    certain: bool = False

    @property
    def threshold(self) -> float | None:
        """Bits from which on a document is a hit; None where no calibration holds for this index."""
        known = self.index.facts.calibrations
        return float(known["threshold"]) if known and known["level"] == self.index.facts.level else None

    @property
    def digest(self) -> str:
        """Of the index and the threshold."""
        return digest({"detector": self.name, "index": self.index.digest, "threshold": self.threshold,
                       "calibration": self.index.facts.calibrations})  # fmt: skip

    def false_positives(self) -> Estimate | Unknown:
        """What was counted on human text that had no part in the threshold, raised by the index's growth."""
        return _known_rate(self.index, "paraphrase", f"shared 3-grams of {self.threshold or 0:.0f} bits or more")

    def look(self, batch: Batch) -> Verdicts:
        """The documents that are like an output, or nearly one."""
        if self.threshold is None:
            return Verdicts.none(len(batch))
        found = matches(self.index, batch)
        hits = found.weight >= np.float32(self.threshold)
        return Verdicts.of_synthetic(hits, found.weight, lambda row: _told(self.index, found, row))


def _is_near(found: Matches) -> Array:
    near: Array = (found.part >= LIKE) & (found.shared >= LEAST_SHARED)
    return near


def _told(index: OutputIndex, found: Matches, row: int) -> str:
    output = int(found.output[row])
    return (
        f"shares {found.shared[row]} sampled 3-grams ({found.part[row]:.0%} of the shorter text's, "
        f"{found.weight[row]:.0f} bits) with {_named(index.origin_of(output), output)}"
    )


def _known_rate(index: OutputIndex, kind: str, method: str) -> Estimate | Unknown:
    known = index.facts.calibrations
    if not known:
        return Unknown("no human text was held against this index: outcross outputs calibrate FILES")
    if known["level"] != index.facts.level:
        return Unknown("the index has grown to another density since human text was held against it; do it again")
    growth = max(index.facts.outputs / known["outputs"], 1.0)
    told = f"{method}; counted with {known['outputs']:,} outputs, now {index.facts.outputs:,}"
    return Calibration(**known[kind]).finding(told, times=growth)


def calibrated(
    index: OutputIndex, human: Iterable[Batch], of: str, *, target: float = TARGET, every: int = 2
) -> OutputIndex:
    """Hold human text against an index: choose the threshold for paraphrases, and count false positives.

    One document in `every` chooses the threshold, by its place; the others count, so that the rate is no better
    than it looks.

    Args:
        index: the index; what was counted is kept with it.
        human: text that people wrote, best of the same kind as the corpora that will be looked at.
        of: what it is, for people.
        target: the rate that the threshold is chosen for.
        every: see above.

    Raises:
        DataError: there are fewer than LEAST_CALIBRATION documents.
    """
    weights: list[Array] = []
    near: list[Array] = []
    for batch in human:
        found = matches(index, batch)
        weights.append(found.weight)
        near.append(_is_near(found))
    weight, hits = np.concatenate([*weights, np.zeros(0)]), np.concatenate([*near, np.zeros(0, np.bool_)])
    if len(weight) < LEAST_CALIBRATION:
        raise DataError(
            f"{len(weight)} documents are too few to tell how often human text is hit by chance.",
            hint=f"Give at least {LEAST_CALIBRATION}.",
        )
    choosing = np.arange(len(weight)) % every == 0
    threshold = _threshold(weight[choosing], target)
    over = weight[~choosing] >= threshold
    record: dict[str, Any] = {
        "level": index.facts.level, "outputs": index.facts.outputs, "threshold": threshold, "target": target,
        "near": Calibration(int(hits.sum()), len(hits), of).to_dict(),
        "paraphrase": Calibration(int(over.sum()), len(over), of).to_dict(),
    }  # fmt: skip
    return index.recalibrated(record)


def _threshold(weights: Array, target: float) -> float:
    """The smallest weight that no more than a share `target` of these reach, LEAST_WEIGHT at least."""
    least = float(np.quantile(weights, 1 - target, method="higher"))
    return max(rounded(float(np.nextafter(np.float32(least), np.float32(np.inf)))), LEAST_WEIGHT)
