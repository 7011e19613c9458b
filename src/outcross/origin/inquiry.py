"""One look for evidence of origin: all detectors over a batch, the surest first; counts, histograms, examples.

    Inquiry.look(batch) -> Traces; Traces + Traces -> Traces

Each document is counted under the first kind of evidence that speaks of it, so that shares add up. A document that is
declared human, and of which any evidence says "synthetic", stays open, and the contradiction is counted: a
declaration is not believed against what is found, not even against what can err. What is declared synthetic stays so
against evidence that can err: nobody gains by that.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from outcross.canonical import digest
from outcross.kernels import document_hashes, words
from outcross.measure import Array, Batch, pack, unpack
from outcross.origin.detector import Detector, Scorer, Verdicts

BINS = 256
"""Bins of the histograms of scores: bin b holds scores in [b/256, (b+1)/256), the last one 1 as well."""

SHOWN = 5
"""Documents of each kind of evidence that are kept to be shown."""

SNIPPET = 240
"""Characters of them that are kept."""

SYNTHETIC, HUMAN = 0, 1
"""The sides, in the order of the columns of counts."""

SCORE = "score"
"""The name under which documents with a high score are shown."""


@dataclass(frozen=True)
class Inquiry:
    """What evidence is looked for.

    Attributes:
        detectors: in the order in which they are asked; those that are taken as true come first.
        scorer: the text score for what is left open, or None.
        dated: the detector whose human documents show how human text of these sources is scored.
        show_text: whether the beginnings of documents may be kept.
    """

    detectors: tuple[Detector, ...] = ()
    scorer: Scorer | None = None
    dated: str = "date"
    show_text: bool = True

    def __bool__(self) -> bool:
        return bool(self.detectors) or self.scorer is not None

    @property
    def in_order(self) -> tuple[Detector, ...]:
        """The detectors, those that are taken as true first."""
        return tuple(sorted(self.detectors, key=lambda one: not one.certain))

    @property
    def digest(self) -> str:
        """Of all detectors and the score."""
        return digest({
            "detectors": [[one.name, one.digest] for one in self.in_order],
            "scorer": None if self.scorer is None else [self.scorer.name, self.scorer.digest],
        })  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the corpus that detectors need."""
        named = (name for one in self.detectors for name in getattr(one, "columns", ()))
        return tuple(dict.fromkeys(named))

    def look(self, batch: Batch) -> "Traces":
        """The evidence on a batch."""
        told = {one.name: one.look(batch) for one in self.in_order}
        certain = [told[one.name] for one in self.in_order if one.certain]
        torn = _any(list(told.values()), SYNTHETIC, len(batch)) & _any(certain, HUMAN, len(batch))
        tokens = words(batch).per_document
        made = Traces.empty(tuple(told))
        made.totals[:] = len(batch), tokens.sum(), np.square(tokens).sum()
        made.torn[:] = torn.sum(), tokens[torn].sum()
        left = ~torn
        for number, one in enumerate(self.in_order):
            found = told[one.name]
            for side, hits in enumerate((found.synthetic, found.human)):
                made.seen[number, side] = hits.sum(), tokens[hits].sum()
                counted = hits & left
                made.first[number, side] = counted.sum(), tokens[counted].sum()
            left = left & ~found.hits
            made.top[one.name] = self._shown(batch, found)
        decided = (_any(certain, SYNTHETIC, len(batch)) | _any(certain, HUMAN, len(batch))) & ~torn
        self._add_scores(made, batch, told, decided)
        return made

    def _shown(self, batch: Batch, found: Verdicts) -> list[dict[str, Any]]:
        """The surest hits, for people."""
        rows = np.flatnonzero(found.hits)
        strengths = found.strength[rows]
        if len(rows) > SHOWN:
            least = np.partition(strengths, len(rows) - SHOWN)[len(rows) - SHOWN]
            rows, strengths = rows[strengths >= least], strengths[strengths >= least]
        best = sorted(
            zip(-strengths, rows, strict=True), key=lambda pair: (float(pair[0]), batch.ids[int(pair[1])].as_py())
        )
        return [
            {
                "strength": float(-strength), "id": batch.ids[int(row)].as_py(), "reason": found.reason(int(row)),
                "side": "synthetic" if found.synthetic[row] else "human", "text": self._beginning(batch, int(row)),
            }
            for strength, row in best[:SHOWN]
        ]  # fmt: skip

    def _beginning(self, batch: Batch, row: int) -> str | None:
        return batch.texts[row].as_py()[:SNIPPET] if self.show_text else None

    def _add_scores(self, made: "Traces", batch: Batch, told: Mapping[str, Verdicts], decided: Array) -> None:
        """Histograms of the score: of all documents, of those left open, of human ones by their date."""
        if self.scorer is None:
            return
        tokens = words(batch).per_document
        scores = self.scorer.score(batch)
        refused = np.isnan(scores)
        bins = np.clip(np.where(refused, 0, scores) * BINS, 0, BINS - 1).astype(np.int64)
        early = told[self.dated].human if self.dated in told else np.zeros(len(batch), np.bool_)
        for number, chosen in enumerate((np.ones(len(batch), np.bool_), ~decided, ~decided & ~early)):
            scored = chosen & ~refused
            made.scores[number, 0] = np.bincount(bins[scored], minlength=BINS)
            made.scores[number, 1] = np.bincount(bins[scored], weights=tokens[scored], minlength=BINS)
            made.unscored[number] = (chosen & refused).sum(), tokens[chosen & refused].sum()
        half = (document_hashes(batch) >> np.uint64(9)) & np.uint64(1)
        for number in (0, 1):
            made.dated[number] = np.bincount(bins[early & ~refused & (half == number)], minlength=BINS)
        for reason in self.scorer.refusals(batch) if refused.any() else ():
            if reason is not None:
                made.refusals[reason] = made.refusals.get(reason, 0) + 1
        high = Verdicts.of_synthetic(
            ~refused & ~decided & (scores > 0.5), scores, lambda row: f"score {scores[row]:.2f}"
        )
        made.top[SCORE] = self._shown(batch, high)


def _any(verdicts: Sequence[Verdicts], side: int, n: int) -> Array:
    """Whether any of the verdicts names this side, bool[n]."""
    said = np.zeros(n, np.bool_)
    for one in verdicts:
        said |= one.synthetic if side == SYNTHETIC else one.human
    return said


@dataclass(eq=False)
class Traces:
    """What was found, mergeable: counts are of (documents, tokens), sides in the order synthetic, human.

    Attributes:
        kinds: names of the detectors, in the order in which they were asked.
        totals: int64[3], documents, tokens, sum of squared tokens.
        torn: int64[2], of documents that evidence taken as true calls human and any evidence synthetic.
        seen: int64[k, 2, 2], by kind and side, whatever else speaks of a document.
        first: int64[k, 2, 2], by kind and side, each document under the first kind that speaks of it.
        scores: int64[3, 2, 256], histograms of the score: of all documents, of those that nothing taken as true
            decides, of those of them that are not dated before the cutoff; by documents and by tokens.
        unscored: int64[3, 2], likewise, what the score refused.
        dated: int64[2, 256], documents dated before the cutoff by score, in two halves by hash.
        refusals: documents by the reason for which they were not scored.
        top: by kind, the surest documents.
    """

    kinds: tuple[str, ...]
    totals: Array
    torn: Array
    seen: Array
    first: Array
    scores: Array
    unscored: Array
    dated: Array
    refusals: dict[str, int] = field(default_factory=dict)
    top: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    COUNTS: ClassVar[tuple[str, ...]] = ("totals", "torn", "seen", "first", "scores", "unscored", "dated")

    @classmethod
    def empty(cls, kinds: tuple[str, ...]) -> Self:
        """Of no document."""
        shapes = (3,), (2,), (len(kinds), 2, 2), (len(kinds), 2, 2), (3, 2, BINS), (3, 2), (2, BINS)
        counts: dict[str, Any] = {
            name: np.zeros(shape, np.int64) for name, shape in zip(cls.COUNTS, shapes, strict=True)
        }
        return cls(kinds, **counts)

    def __add__(self, other: Self) -> Self:
        counts: dict[str, Any] = {name: getattr(self, name) + getattr(other, name) for name in self.COUNTS}
        refusals = {
            reason: self.refusals.get(reason, 0) + other.refusals.get(reason, 0)
            for reason in sorted({*self.refusals, *other.refusals})
        }
        top = {
            kind: _best(self.top.get(kind, []) + other.top.get(kind, [])) for kind in sorted({*self.top, *other.top})
        }
        return type(self)(self.kinds, **counts, refusals=refusals, top=top)

    def without_text(self) -> Self:
        """The same without the beginnings of documents."""
        top = {kind: [{**one, "text": None} for one in shown] for kind, shown in self.top.items()}
        return replace(self, top=top)

    def to_bytes(self) -> bytes:
        """All of it as bytes."""
        words_of = json.dumps({
            "kinds": self.kinds, "refusals": dict(sorted(self.refusals.items())), "top": dict(sorted(self.top.items())),
        }).encode()  # fmt: skip
        return pack({name: getattr(self, name) for name in self.COUNTS} | {"words": np.frombuffer(words_of, np.uint8)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` wrote."""
        read = unpack(data)
        told = json.loads(read.pop("words").tobytes())
        counts: dict[str, Any] = {name: read[name] for name in cls.COUNTS}
        return cls(tuple(told["kinds"]), **counts, refusals=told["refusals"], top=told["top"])


def _best(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The surest of some documents."""
    return sorted(shown, key=lambda one: (-one["strength"], one["id"]))[:SHOWN]
