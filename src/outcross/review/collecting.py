"""From what people said to what an estimator reads: one answer an item, and how often gold was told right."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from outcross.measure import Array
from outcross.review.records import Item, Label, LabelSet

Target = Literal["fully", "partly"]
"""What counts as synthetic: a document that is so fully, or one that is so at least partly."""

_SAYS: dict[Target, dict[str, float]] = {
    "partly": {"human": 0.0, "partly": 1.0, "synthetic": 1.0, "unsure": float("nan")},
    "fully": {"human": 0.0, "partly": 0.0, "synthetic": 1.0, "unsure": float("nan")},
}


@dataclass(frozen=True)
class Answered:
    """Items with an answer each, as arrays of one length.

    Attributes:
        y: float64[m], 1 synthetic, 0 human, NaN where reviewers cannot tell (or are even).
        score: float64[m] in [0, 1], NaN where the document was not scored.
        stratum: the stratum of each.
        inclusion: float64[m], the probability with which each was drawn.
        tokens: int64[m].
    """

    y: Array
    score: Array
    stratum: tuple[str, ...]
    inclusion: Array
    tokens: Array

    def __len__(self) -> int:
        return len(self.y)

    @property
    def unsure(self) -> int:
        """Items of which reviewers cannot tell."""
        return int(np.isnan(self.y).sum())


@dataclass(frozen=True)
class GoldAnswers:
    """How gold was answered, by the same rule as the sample.

    Attributes:
        synthetic: synthetic gold that was answered.
        called: how much of it was called synthetic.
        human: human gold that was answered.
        miscalled: how much of it was called synthetic.
        unsure: gold of which reviewers could not tell: (synthetic, human), counted in none of the above.
    """

    synthetic: int
    called: int
    human: int
    miscalled: int
    unsure: tuple[int, int]


@dataclass(frozen=True)
class Collected:
    """All that labels say: of the sample, and of gold.

    Attributes:
        target: what counts as synthetic.
        sample: the answered items of the corpus.
        gold: how gold was answered.
        drawn: items of the corpus in the set, answered or not.
        passed: items of the sample that nobody answered, though later ones have an answer: skipped, and among the
            sample as such of which nobody can tell.
    """

    target: Target
    sample: Answered
    gold: GoldAnswers
    drawn: int
    passed: int = 0


def collect(labelled: LabelSet, labels: Iterable[Label], target: Target = "partly",
            without: Collection[str] = ()) -> Collected:  # fmt: skip
    """One answer an item, by majority of those who could tell; where they are even, it is "cannot tell".

    Gold is put together by the same rule, so that its error rates are those of the rule. What was skipped is "cannot
    tell" until somebody answers it: whoever skips chooses, and the rest is no random sample any more.

    Args:
        labelled: the set.
        labels: that stand.
        target: what counts as synthetic.
        without: reviewers who are left out, with all they said.
    """
    every = list(labels)
    said: dict[int, list[float]] = {}
    for label in every:
        if label.reviewer not in without:
            said.setdefault(label.item, []).append(_SAYS[target][label.answer])
    seen = {label.item for label in every}
    passed = {item.number for item in labelled.sample if item.number < max(seen, default=0)} - seen
    gold = _gold(labelled.gold, said)
    said |= {number: [] for number in passed}
    sample = [item for item in labelled.sample if item.number in said]
    return Collected(target, _answered(sample, said), gold, len(labelled.sample), len(passed))


def _majority(said: list[float]) -> float:
    told = [one for one in said if one == one]  # noqa: PLR0124 - NaN is not itself
    mean = sum(told) / len(told) if told else 0.5
    return float("nan") if mean == 0.5 else float(mean > 0.5)


def _answered(items: list[Item], said: dict[int, list[float]]) -> Answered:
    return Answered(
        np.array([_majority(said[item.number]) for item in items], np.float64),
        np.array([np.nan if item.score is None else item.score for item in items], np.float64),
        tuple(item.stratum for item in items),
        np.array([item.inclusion for item in items], np.float64),
        np.array([item.tokens for item in items], np.int64),
    )


def _gold(items: Iterable[Item], said: dict[int, list[float]]) -> GoldAnswers:
    told = [(item.truth, _majority(said[item.number])) for item in items if item.number in said]
    synthetic = [y for truth, y in told if truth == "synthetic"]
    human = [y for truth, y in told if truth == "human"]
    unsure = (int(np.isnan(synthetic).sum()), int(np.isnan(human).sum()))
    return GoldAnswers(
        len(synthetic) - unsure[0], synthetic.count(1.0), len(human) - unsure[1], human.count(1.0), unsure
    )
