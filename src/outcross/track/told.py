"""What one generation tells against the baseline: its readings and what else could explain them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from outcross.estimate import Estimate, Finding, Unknown
from outcross.kernels.languages import LANGUAGES
from outcross.measure import Array
from outcross.measures.sequences import NOWHERE, Sequences
from outcross.track.extrapolation import Spectrum
from outcross.track.figures import Reading, readings
from outcross.track.generation import Generation
from outcross.track.pairing import Baseline
from outcross.track.sheets import Sheet


@dataclass(frozen=True)
class Told:
    """One generation beside the baseline.

    Attributes:
        readings: by measure.
        facts: sizes, lengths, overlaps and languages of both, as plain values; empty where it has no text.
    """

    readings: Mapping[str, Reading]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"readings": [one.to_dict() for one in self.readings.values()], "facts": dict(self.facts)}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Told":
        """What `to_dict` wrote."""
        return cls(Sheet.of(record["readings"]), record["facts"])


def of_text(sequences: Sequences, baseline: Baseline, first_words: int | None) -> Told:
    """What a generation's text tells."""
    pair = baseline.against(sequences, first_words)
    theirs = baseline.sequences
    facts = {
        "documents": len(pair.ours), "of": sequences.documents, "baseline": len(pair.theirs), "size": pair.size,
        "first_words": pair.cut.first, "clustered": pair.clustered, "joint": pair.joint,
        "units": int(pair.ours.filled.sum()), "one_each": pair.cut.one_each,
        "overlap": baseline.overlap(sequences), "prompts": _shared(sequences["prompts"], theirs["prompts"]),
        "lengths": [_mean(sequences["lengths"]), _mean(theirs["lengths"])],
        "words": [_mean(np.diff(one.beginnings.offsets)) for one in (pair.ours, pair.theirs)],
        "coverage": [one.incidence(1).spectra[0].coverage(pair.size) for one in (pair.ours, pair.theirs)],
        "types": _types(pair.ours.incidence(1).spectra[0]),
        "languages": _languages_apart(sequences, theirs), "language": _main_language(sequences),
    }  # fmt: skip
    return Told({one.measure: one for one in readings(pair)}, facts)


def _types(spectrum: Spectrum) -> list[float]:
    """Distinct words of all documents, and expected among twice as many."""
    return [spectrum.richness(spectrum.total), spectrum.richness(2 * spectrum.total)]


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else 0.0


def _shared(ours: Array, theirs: Array) -> float | None:
    """The share of all prompts that both were given; None where prompts are not named on both sides."""
    if not (ours.any() and theirs.any()):
        return None
    ours, theirs = ours[ours != NOWHERE], theirs[theirs != NOWHERE]
    return len(np.intersect1d(ours, theirs)) / len(np.union1d(ours, theirs))


def _languages_apart(ours: Sequences, theirs: Sequences) -> float:
    """Total variation between the language mixes, 0 to 1."""
    mixes = [np.bincount(one["languages"], minlength=len(LANGUAGES)) / max(len(one), 1) for one in (ours, theirs)]
    return float(np.abs(mixes[0] - mixes[1]).sum() / 2)


def _main_language(sequences: Sequences) -> str:
    """The language of most documents."""
    return LANGUAGES[int(np.bincount(sequences["languages"], minlength=len(LANGUAGES)).argmax())]


def of_scores(now: Generation, then: Generation | None) -> dict[str, Reading]:
    """What imported scores tell, against those of the baseline generation."""
    from outcross.track.evals import Score, score_change  # noqa: PLC0415 - only where there are scores

    ours = {one.name: one for one in map(Score.from_dict, now.scores)}
    theirs = {} if then is None else {one.name: one for one in map(Score.from_dict, then.scores)}
    found = {}
    for name, score in ours.items():
        key = f"task.{name}"
        if name not in theirs:
            found[key] = Reading(key, unknown="the baseline has no score of this task")
            continue
        value, before, change = score.finding(), theirs[name].finding(), score_change(score, theirs[name])
        found[key] = _read(key, (value, before), change, score.value)
    return found


def of_findings(pairs: Mapping[str, tuple[Finding, Finding]], changes: Mapping[str, Finding]) -> dict[str, Reading]:
    """Readings of figures that were estimated on both sides.

    Args:
        pairs: the generation's and the baseline's value, by measure.
        changes: between them, on the measure's scale.
    """
    return {name: _read(name, pair, changes[name]) for name, pair in pairs.items()}


def _read(name: str, pair: tuple[Finding, Finding], change: Finding, value: float | None = None) -> Reading:
    """A reading from estimates; the change's own error counts, since both may rest on the same items."""
    ours, theirs = pair
    for one in (change, ours, theirs):
        if isinstance(one, Unknown):
            return Reading(name, unknown=one.reason)
    assert isinstance(change, Estimate) and isinstance(ours, Estimate) and isinstance(theirs, Estimate)  # noqa: S101, PT018
    return Reading(
        name, ours.value if value is None else value, theirs.value, change.value, ours.se, theirs.se, change.se,
        change.df if np.isfinite(change.df) else 1e9, 0, ours.n,
    )  # fmt: skip
