"""What the named definitions of collapse say of series."""

from collections.abc import Mapping, Sequence
from typing import Any

from outcross.track.definitions import verdicts as decided
from outcross.track.generation import Generation
from outcross.track.observed import Course, Observed
from outcross.track.record import Series, Verdict

MARGIN = 0.10
"""The relative change that matters to a definition."""


def verdicts(series: Sequence[Series], path: Sequence[Generation], baseline: Generation) -> tuple[Verdict, ...]:
    """One verdict a definition.

    Args:
        series: of all measures.
        path: the tracked generations.
        baseline: what they are held against; the loss of a trivial model on the held-out text is a fact of it.
    """
    courses = {
        one.measure: Course(
            one.columns.findings["change"], one.columns.told["band"], one.columns.findings["value"],
        )
        for one in series if any(band is not None for band in one.columns.told["band"])
    }  # fmt: skip
    return decided(Observed(tuple(one.name for one in path), courses, _facts(path, baseline), MARGIN))


def _facts(path: Sequence[Generation], baseline: Generation) -> Mapping[str, Any]:
    fresh = tuple(one.facts.get("human_share_fresh") for one in path)
    return {
        "trivial_loss": baseline.facts.get("trivial_loss"),
        "human_share_fresh": fresh if any(one is not None for one in fresh) else (),
    }
