"""Tracks made in code: a collapse, a rise, no change, nothing known; short lineages and very long ones."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from outcross.canonical import rounded
from outcross.estimate import Estimate, Finding, Unknown
from outcross.track.record import Alarm, Confounder, Node, Series, Track, Verdict
from outcross.track.rows import Direction, Row

HONEST = "hello"
NO_REFERENCE = "no human reference is registered"
Course = Literal["falls", "rises", "steady", "unknown", "gaps"]


@dataclass(frozen=True)
class Kind:
    """A measure as the factory makes it: its base value, the error of a change, and its course."""

    measure: str
    label: str
    scale: Literal["log", "points", "nats", "units"]
    loss: Literal["fall", "rise", "either"]
    base: float
    error: float
    course: Course = "steady"
    percent: bool = False
    deciding: bool = True


COLLAPSE = (
    Kind("tail.share", "tail share", "log", "fall", 0.098, 0.02, "falls", percent=True),
    Kind("tail.survival", "rare words that survive", "points", "fall", 0.61, 0.011, "falls", percent=True),
    Kind("distinct.2", "distinct 2-grams", "log", "either", 0.44, 0.012, "rises", percent=True),
    Kind("entropy", "entropy of words", "nats", "fall", 7.31, 0.03, "steady"),
    Kind("embedding.coverage", "coverage of the human embeddings", "points", "fall", 0.9, 0.02, "unknown", True),
    Kind("length", "words a document", "units", "either", 183.0, 4.0, "gaps", deciding=False),
    Kind("hill.1", "effective number of words", "log", "fall", 812.0, 0.02, "steady", deciding=False),
    Kind("kl", "divergence from human words", "nats", "rise", 0.2, 0.01, "rises", deciding=False),
)
STEADY = tuple(replace(kind, course="steady") for kind in COLLAPSE)
UNKNOWN = tuple(replace(kind, course="unknown") for kind in COLLAPSE)


def many(count: int, deciding: int = 8) -> tuple[Kind, ...]:
    """So many measures, of which a few decide."""
    return tuple(
        replace(COLLAPSE[place % 5 if place < deciding else 5 + place % 3], measure=f"measure.{place}",
                label=f"measure {place}", deciding=place < deciding)
        for place in range(count)
    )  # fmt: skip


@lru_cache(maxsize=32)
def track_of(
    generations: int = 6,
    kinds: Sequence[Kind] = COLLAPSE,
    *,
    text: str = HONEST,
    control: bool = True,
    prefix: str = "g",
) -> Track:
    """A track in which this text stands in every slot that others write."""
    names = tuple(f"{prefix}{place}" for place in range(1, generations + 1))
    series = tuple(series_of(kind, names, text, control=control) for kind in kinds)
    alarms = tuple(one.alarm for one in series if one.alarm)
    outcome = "alarm" if alarms else "no alarm" if any(known(one) for one in series) else "not enough"
    return Track(
        head=names[-1], path=names,
        baseline={"name": "people", "digest": "sha256:" + "ab" * 32, "documents": 25_000, "role": "human",
                  "says": f"Text that people wrote, frozen: {text}."},
        outcome=outcome, says=f"{len(alarms)} measures changed beyond noise ({text}).", primary=kinds[0].measure,
        series=series, alarms=tuple(sorted(alarms, key=lambda one: names.index(one.generation))),
        verdicts=verdicts_of(names, text), confounders=confounders_of(names, text),
        costs=(f"With a disjoint human reference you would know the tail ({text}).",
               "With held-out losses you would know the perplexity."),
        nodes=nodes_of(names, text),
        plan={"alpha": 0.05, "version": "0.1", "head_digest": "sha256:" + "cd" * 32, "first_words": 200,
              "unit": text, "criteria": [kind.measure for kind in kinds if kind.deciding], text: {text: text}},
        run={"ended": "2026-01-02T03:04:05Z", "seconds": 1.5},
    )  # fmt: skip


def known(series: Series) -> bool:
    return any(isinstance(row.change, Estimate) for row in series.rows)


def series_of(kind: Kind, names: Sequence[str], text: str = HONEST, *, control: bool = True) -> Series:
    """A series with its alarm, if it has one."""
    noise = np.random.default_rng(len(kind.measure)).normal(0, kind.error, len(names))
    rows = tuple(row_of(kind, place, names, float(noise[place]), control=control) for place in range(len(names)))
    deciding = [row for row in rows if row.alarm and kind.deciding]
    alarm = alarm_of(kind, deciding[0], names, text) if deciding else None
    return Series(
        kind.measure, f"{kind.label} {text}" if text != HONEST else kind.label, f"What {kind.label} means: {text}.",
        kind.scale, kind.loss, kind.percent, "data", 0.01 if kind.deciding else 0.0, None, rows, alarm,
        alarm.onset if alarm else None,
        f"With 5,000 documents a generation you would see a change of 5 % after about 3 generations ({text}).",
    )  # fmt: skip


def row_of(kind: Kind, place: int, names: Sequence[str], noise: float, *, control: bool) -> Row:
    """One look: the drift begins after a third of the lineage."""
    if kind.course == "unknown" or (kind.course == "gaps" and place % 3 == 1):
        no = Unknown(NO_REFERENCE)
        return Row(names[place], no, no, no, no, no)
    gone = max(place + 1 - len(names) // 3, 0) / len(names)
    slope = {"falls": -0.5, "rises": 0.3}.get(kind.course, 0.0) * (kind.error * 25)
    change = slope * gone + noise
    reach = kind.error * (3.0 + 0.4 * math.log(place + 1))
    band = (rounded(change - reach), rounded(change + reach))
    alarm: Direction | None = "fall" if band[1] < 0 else "rise" if band[0] > 0 else None
    value = kind.base * math.exp(change) if kind.scale == "log" else kind.base + change
    error = kind.error * (value if kind.scale == "log" else 1)
    moved = estimate(change, kind.error, kind.scale)
    beyond: Finding = moved if control else Unknown("there is no control lineage")
    return Row(
        names[place], share(value, kind) if kind.percent else estimate(value, error, "words"),
        estimate(kind.base, 0.01 * kind.base, "words"), moved,
        estimate(noise, kind.error, kind.scale), beyond, 5000, band if kind.deciding else None,
        rounded(change / kind.error), rounded(math.exp(min(abs(change / kind.error), 50.0))),
        alarm if kind.deciding else None,
    )  # fmt: skip


def estimate(value: float, error: float, unit: str) -> Estimate:
    made = Estimate(value, error, 31.0, 5000, unit, "leave-one-group-out", "documents are independent draws")
    return made.rounded()


def share(value: float, kind: Kind) -> Estimate:
    """A share with its interval inside 0 to 1."""
    value = min(max(value, 1e-6), 1 - 1e-6)
    made = Estimate(value, kind.error * value / 2, 31.0, 5000, "share of documents", "counted", "", "share")
    return made.rounded()


def alarm_of(kind: Kind, row: Row, names: Sequence[str], text: str) -> Alarm:
    """The first alarm of a series; the onset is a generation before it."""
    fell = row.alarm == "fall"
    onset = names[max(names.index(row.generation) - 1, 0)]
    lost = kind.loss == row.alarm
    says = f"The {kind.label} {'fell' if fell else 'rose'} beyond noise at {row.generation} ({text})."
    return Alarm(kind.measure, row.alarm or "fall", "loss" if lost else "drift", row.generation, onset,
                 "baseline test", says)  # fmt: skip


def verdicts_of(names: Sequence[str], text: str) -> tuple[Verdict, ...]:
    return (
        Verdict("any-risk-increase", "Any increase of risk", "Schaeffer et al. 2025", "unknown",
                f"No held-out losses are registered ({text}).", None, "held-out human text and its losses"),
        Verdict("tail-loss", "The tail disappears", "Shumailov et al. 2024", "holds",
                f"The tail share fell by 20 % [15, 25] ({text}).", names[0]),
        Verdict("uniformity", "Collapse to uniformity", "Guo et al. 2024", "does not hold",
                f"Distinct 2-grams rose by less than the margin ({text})."),
    )  # fmt: skip


def confounders_of(names: Sequence[str], text: str) -> tuple[Confounder, ...]:
    return (
        Confounder("length", "note", (), f"Documents are cut to 200 words ({text})."),
        Confounder("decoding", "warning", names[:2], f"The temperature is not the same in all ({text})."),
    )


def nodes_of(names: Sequence[str], text: str) -> tuple[Node, ...]:
    """A chain with a missing parent, a human reference, a side branch and a control lineage."""
    facts: dict[str, Any] = {"model": text, "regime": "replace", "decoding": f"temperature 0.7, {text}"}
    chain = [
        Node(name, "generation", (names[place - 1],) if place else ("g0",), True, 5000, facts)
        for place, name in enumerate(names)
    ]
    return (
        Node("people", "human", (), False, 25_000), Node("g0", "missing", (), False),
        *chain, Node("side", "generation", (names[0],), False, None, facts),
        Node("mixed", "generation", (names[-1], "people"), False, 100),
        *(Node(f"c{place}", "control", (f"c{place - 1}",) if place > 1 else ("people",), False, 5000)
          for place in range(1, 4)),
    )  # fmt: skip
