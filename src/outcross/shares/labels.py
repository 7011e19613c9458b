"""Rung 3: the share from a recorded random sample that people labelled.

Valid by design: whatever the score says, and whatever the text is, the interval holds because the documents were drawn
at random with known chances. What it rests on besides is that the labels are right, which planted items of known origin
test (Rogan & Gladen 1978); without these no gate may read it.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcross.errors import CallError
from outcross.estimate import Estimate, Finding, Law, Unknown
from outcross.estimate.laws import EffectiveWilson, Exact, Gold, Hull, KornGraubard, Reviewed
from outcross.shares.prediction import FEW, Cell, Floats, Predicted, predicted
from outcross.shares.scores import UNITS, Scores, Target, Unit, binned

CAN_TELL = 0.2
"""Below this lower bound of sensitivity + specificity - 1 reviewers' labels say too little."""

FEWEST = 10
"""With fewer labels nothing is said."""

WORDS_OF: dict[Target, str] = {"fully": "fully synthetic", "partly": "at least partly synthetic"}


@dataclass(frozen=True)
class Labelled:
    """Documents that were drawn at random and labelled, one row a document.

    Attributes:
        y: float[n], 1 = synthetic in the sense of the target, 0 = not, NaN = the reviewers cannot tell.
        score: float32[n], the score of the document, NaN = unscored. The same score as the corpus's histograms.
        stratum: [n], which stratum each was drawn from: the keys of the corpus side.
        inclusion: float64[n], the chance with which each was drawn, above 0 and up to 1.
        tokens: int64[n], for shares of tokens.
    """

    y: NDArray[np.float64]
    score: NDArray[np.float32]
    stratum: NDArray[Any]
    inclusion: NDArray[np.float64]
    tokens: NDArray[np.int64]

    def __post_init__(self) -> None:
        sizes = {name: len(getattr(self, name)) for name in ("y", "score", "stratum", "inclusion", "tokens")}
        if len(set(sizes.values())) != 1:
            raise CallError(f"The columns of Labelled differ in length: {sizes}.", hint="Give one row a document.")
        known = self.y[~np.isnan(self.y)]
        if not np.isin(known, (0.0, 1.0)).all():
            raise CallError("A label is neither 0, 1 nor NaN.", hint="Turn answers into labels with `label_of`.")
        if not ((self.inclusion > 0) & (self.inclusion <= 1)).all():
            raise CallError("A chance of being drawn is not above 0 and at most 1.", hint="Take it from the draw.")

    def __len__(self) -> int:
        return len(self.y)

    @classmethod
    def uniform(cls, y: Sequence[float], score: Sequence[float], *, documents: int,
                tokens: Sequence[int] | None = None) -> "Labelled":  # fmt: skip
        """Labels of a uniform sample of a corpus of so many documents."""
        n = len(y)
        return cls(
            np.asarray(y, np.float64), np.asarray(score, np.float32), np.zeros(n, np.int64),
            np.full(n, min(n / documents, 1.0)),
            np.ones(n, np.int64) if tokens is None else np.asarray(tokens, np.int64),
        )  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is asked of the labels.

    Attributes:
        unit: share of documents, or of tokens.
        target: fully synthetic, or at least partly.
        gold: what the reviewers made of planted items; None = none were planted: "if reviewers are right".
    """

    unit: Unit = "documents"
    target: Target = "fully"
    gold: Gold | None = None

    @property
    def gateable(self) -> bool:
        """True where a gate may read the answer: reviewers were tested."""
        return self.gold is not None


def label_of(answer: str, target: Target) -> float:
    """A reviewer's answer as 1, 0 or NaN.

    Args:
        answer: "synthetic", "partly", "human" or "unclear".
        target: what counts as synthetic.

    Raises:
        CallError: for any other answer.
    """
    values = {"synthetic": 1.0, "partly": float(target == "partly"), "human": 0.0, "unclear": float("nan")}
    if answer not in values:
        raise CallError(f"{answer!r} is not an answer.", hint=f"Answers are {', '.join(values)}.")
    return values[answer]


def label_share(labelled: Labelled, corpus: Mapping[Hashable, Scores], question: Question | None = None) -> Finding:
    """The synthetic share of a corpus by labels and scores, with an interval that holds.

    Args:
        labelled: the sample, with the chance that each document had.
        corpus: the score histograms of each stratum. For a uniform sample any key will do: all are added up.
        question: unit, target and planted items.

    Returns:
        An Estimate whose law gives the interval at any level, or why nothing can be said.

    Raises:
        CallError: where a label's stratum is not in the corpus.
    """
    asked = question or Question()
    refusal = _refusal(labelled, corpus, asked)
    if refusal is not None:
        return refusal
    if np.isnan(labelled.y).any():
        return _with_open_labels(labelled, corpus, asked)
    return _estimate(labelled, corpus, asked)


def _refusal(labelled: Labelled, corpus: Mapping[Hashable, Scores], asked: Question) -> Unknown | None:
    """Why nothing can be said, if so."""
    if not corpus or sum(one.total(asked.unit) for one in corpus.values()) == 0:
        return Unknown("the corpus holds no documents")
    known = int((~np.isnan(labelled.y)).sum())
    if known < FEWEST:
        return Unknown(f"{known} labels; at least {FEWEST} are needed")
    if asked.gold is None:
        return None
    if not asked.gold.synthetic or not asked.gold.human:
        return Unknown("planted items of one kind only: both synthetic and human ones are needed")
    least = asked.gold.youden()[0]
    if least < CAN_TELL:
        return Unknown(
            "reviewers cannot tell: the lower bound of sensitivity + specificity - 1 on planted items is "
            f"{least:.2f}, below {CAN_TELL}"
        )
    return None


def _with_open_labels(labelled: Labelled, corpus: Mapping[Hashable, Scores], asked: Question) -> Finding:
    """From the lower end with every open label human to the upper end with every one synthetic."""
    open_ones = np.isnan(labelled.y)
    low, high = (
        _estimate(replace(labelled, y=np.where(open_ones, value, labelled.y)), corpus, asked) for value in (0.0, 1.0)
    )  # fmt: skip
    if isinstance(low, Unknown) or isinstance(high, Unknown):
        return low if isinstance(low, Unknown) else high
    law = Hull(_law(low), _law(high))
    said = f"{int(open_ones.sum())} of {len(labelled)} labels are open and may be either"
    return replace(
        low, value=(low.value + high.value) / 2, se=max(low.se, high.se), law=law,
        assumption=f"{low.assumption}; {said}",
    ).rounded()  # fmt: skip


def _law(estimate: Estimate) -> Law:
    """The law of an estimate that was made here, which always has one."""
    assert estimate.law is not None  # noqa: S101 - for the type checker
    return estimate.law


def _estimate(labelled: Labelled, corpus: Mapping[Hashable, Scores], asked: Question) -> Finding:
    """The estimate from labels that are all 0 or 1."""
    uniform = bool(np.ptp(labelled.inclusion) < 1e-9)
    if uniform:
        labelled = replace(labelled, stratum=np.zeros(len(labelled), np.int64))
        corpus = {0: _added(corpus)}
    cells = _cells(labelled, corpus, asked.unit)
    if isinstance(cells, Unknown):
        return cells
    found = predicted(labelled.y, binned(labelled.score), cells)
    documents = sum(one.total("documents") for one in corpus.values())
    law, share = _plain_law(labelled, found, cells, documents if uniform and asked.unit == "documents" else 0)
    low, high = law.interval(0.95)
    method = _method(law, float(found.slope), float(found.effective) / len(labelled))
    if asked.gold is not None:
        law = Reviewed(law, share, asked.gold, documents)
        share = law.value
        low, high = law.interval(0.95)
        method += "; corrected for reviewers' error (Rogan & Gladen 1978; MOVER)"
    finding = Estimate(
        value=share, se=(high - low) / 3.919928, df=float("inf"), n=len(labelled), unit=UNITS[asked.unit],
        method=method, assumption=_assumption(asked), law=law,
    )  # fmt: skip
    return finding.rounded()


def _added(corpus: Mapping[Hashable, Scores]) -> Scores:
    """All strata together."""
    every = list(corpus.values())
    total = every[0]
    for one in every[1:]:
        total = total + one
    return total


def _cells(labelled: Labelled, corpus: Mapping[Hashable, Scores], unit: Unit) -> list[Cell] | Unknown:
    """The strata, those with fewer than two labels put together; Unknown where a stratum has none at all."""
    strangers = sorted({str(key) for key in labelled.stratum.tolist()} - {str(key) for key in corpus})
    if strangers:
        raise CallError(
            f"Labels come from strata that the corpus side lacks: {', '.join(strangers[:5])}.",
            hint="Give the score histograms of every stratum that was drawn from.",
        )
    total = sum(one.total(unit) for one in corpus.values())
    groups: list[tuple[NDArray[np.intp], Scores]] = []
    for key, scores in corpus.items():
        place = np.flatnonzero(labelled.stratum == key)
        if len(place):
            groups.append((place, scores))
        elif scores.total(unit):
            return Unknown(
                f"stratum {key!r} has no label: {scores.total(unit) / total:.1%} of the corpus is not covered"
            )
    return [_cell(labelled, place, scores, scores.total(unit) / total, unit) for place, scores in _collapsed(groups)]


def _collapsed(groups: list[tuple[NDArray[np.intp], Scores]]) -> list[tuple[NDArray[np.intp], Scores]]:
    """Strata with one label show no variance: they are put together with the smallest other one."""
    groups = sorted(groups, key=lambda group: len(group[0]))
    while len(groups) > 1 and len(groups[0][0]) < 2:
        (first, one), (second, other) = groups[0], groups[1]
        groups = sorted(
            [(np.concatenate([first, second]), one + other), *groups[2:]], key=lambda group: len(group[0])
        )  # fmt: skip
    return groups


def _cell(labelled: Labelled, place: NDArray[np.intp], scores: Scores, part: float, unit: Unit) -> Cell:
    """One stratum: weights are inverse chances, times tokens where these are the unit."""
    chance = labelled.inclusion[place]
    weights = (labelled.tokens[place] if unit == "tokens" else 1.0) / chance
    documents, n = scores.total("documents"), len(place)
    equal = bool(np.ptp(chance) < 1e-9)
    unseen: Any = max(documents - n, 0) / max(documents - 1, 1) if equal else 1 - chance
    total = max(float(weights.sum()), 1e-300)
    return Cell(place=place, part=part, mean=scores.mean(unit), weights=weights / total, unseen=unseen)


def _plain_law(labelled: Labelled, found: Predicted, cells: Sequence[Cell], documents: int) -> tuple[Law, float]:
    """The interval as if reviewers were right, and its point: exact with few labels on a side.

    Args:
        labelled: the sample.
        found: the prediction-powered estimate.
        cells: the strata.
        documents: of the corpus, where each had the same chance and weighs the same; else 0.
    """
    hits, n = int(labelled.y.sum()), len(labelled)
    if documents and min(hits, n - hits) < FEW:
        return Exact(hits, n, documents), hits / n
    if documents:
        share = float(np.clip(found.share, 0.0, 1.0))
        return EffectiveWilson(share, float(found.effective), max(n - 2.0, 1.0)), share
    return _weighted_law(labelled, found, cells)


def _weighted_law(labelled: Labelled, found: Predicted, cells: Sequence[Cell]) -> tuple[Law, float]:
    """Where documents weigh differently: Clopper-Pearson's interval on effective counts (Korn & Graubard 1998).

    Wilson's is too narrow where a few heavy documents decide. With few heavy ones on a side the counts are those of
    documents as heavy as that side's are.
    """
    weights = np.empty(len(labelled))
    for cell in cells:
        weights[cell.place] = cell.part * cell.weights
    kish = float(1 / (weights**2).sum())
    sides = [_heavy(weights[labelled.y == value]) for value in (0.0, 1.0)]
    if min(count for count, _ in sides) < FEW:
        share = float(np.clip(found.labels, 0.0, 1.0))
        counted = min(kish, _thinned(labelled), *(size for count, size in sides if 0 < count < FEW))
        return Exact(share * counted, counted), share
    share = float(np.clip(found.share, 0.0, 1.0))
    df = max(kish - len(cells) - 1, 1.0)
    return KornGraubard(share, float(found.effective), df), share


def _heavy(weights: Floats) -> tuple[float, float]:
    """How many documents of equal weight one side is worth, and how many such documents a whole sample would hold."""
    total, squares = float(weights.sum()), float((weights**2).sum())
    return (total**2 / squares, total / squares) if squares else (0.0, math.inf)


def _thinned(labelled: Labelled) -> float:
    """Labels that a uniform sample at the smallest chance would have kept: what few hits may be counted on."""
    weights: Floats = 1 / labelled.inclusion
    return float(weights.sum() / weights.max())


def _method(law: Law, slope: float, gain: float) -> str:
    """How the estimate was made."""
    if isinstance(law, Exact):
        return f"labels alone, exact interval (fewer than {FEW} on one side)"
    if slope == 0.0:
        return "labels alone, effective-n interval (the score does not help)"
    kind = "Wilson" if isinstance(law, EffectiveWilson) else "Clopper-Pearson"
    return f"prediction-powered inference, effective-n {kind}; a label is worth {gain:.1f}"


def _assumption(asked: Question) -> str:
    """What must hold."""
    words = f"documents were drawn at random with the recorded chances; synthetic means {WORDS_OF[asked.target]}"
    if asked.gold is None:
        return f"{words}; if reviewers are right: they were not tested with planted items"
    if asked.gold.harder <= 1:
        return f"{words}; reviewers err as often on the corpus as on planted items"
    return f"{words}; reviewers err at most {asked.gold.harder:g} times as often on the corpus as on planted items"
