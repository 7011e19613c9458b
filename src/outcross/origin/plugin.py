"""Anyone's own detector: an entry point in the group `outcross.detectors` that gives an object with `score(texts)`.

    # pyproject.toml of the package that brings it
    [project.entry-points."outcross.detectors"]
    mine = "my_package:MyDetector"

`score` takes a list of texts and gives as many numbers: how likely each is synthetic, between 0 and 1, NaN where it
does not know. What it gives goes through the same sample of labels as every score, so a bad plug-in makes wide
intervals and no wrong ones.
"""

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

import numpy as np

from outcross.canonical import digest
from outcross.errors import CallError, DataError
from outcross.measure import Array, Batch

GROUP = "outcross.detectors"

AT_ONCE = 1024
"""Texts that a plug-in gets at once."""


class Scoring(Protocol):
    """What an entry point gives (or a class or function without parameters that makes it)."""

    def score(self, texts: list[str]) -> Any:
        """As many numbers as texts, between 0 and 1; NaN for "not known"."""


def plugins() -> dict[str, "PlugIn"]:
    """The plug-ins that are installed, by name; none is imported for it."""
    return {found.name: PlugIn(found.name, found.value, _version(found)) for found in entry_points(group=GROUP)}


def plugin(name: str) -> "PlugIn":
    """A plug-in by its name.

    Raises:
        CallError: there is none of this name.
    """
    there = plugins()
    if name not in there:
        listed = ", ".join(sorted(there)) or "none"
        raise CallError(
            f"There is no detector {name!r}; installed are: {listed}.",
            hint=f"A package brings one by an entry point in the group {GROUP!r}.",
        )
    return there[name]


def _version(found: EntryPoint) -> str:
    return "" if found.dist is None else f"{found.dist.name} {found.dist.version}"


@dataclass(frozen=True)
class PlugIn:
    """A scorer from another package. It travels to workers by its name and is loaded there.

    Attributes:
        name: of the entry point.
        value: where the entry point leads, "package.module:attribute".
        version: of the package that brings it.
    """

    name: str
    value: str
    version: str = ""

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "value": self.value, "version": self.version}

    @property
    def digest(self) -> str:
        """Of its name, its package's version, and its own `digest` where it has one."""
        own = getattr(self._scoring, "digest", "")
        return digest({"plugin": self.name, "value": self.value, "version": self.version, "own": str(own)})

    @cached_property
    def _scoring(self) -> Scoring:
        """The loaded plug-in.

        Raises:
            CallError: it cannot be imported or made, or has no `score`.
        """
        told = f"The detector {self.name!r} ({self.value}{', ' + self.version if self.version else ''})"
        try:
            found = EntryPoint(self.name, self.value, GROUP).load()
            made = found if hasattr(found, "score") and not isinstance(found, type) else found()
        except Exception as error:
            raise CallError(
                f"{told} cannot be loaded: {type(error).__name__}: {error}.", hint="Repair or uninstall its package."
            ) from error
        if not callable(getattr(made, "score", None)):
            raise CallError(f"{told} has no method score(texts).", hint="See outcross.origin.plugin.Scoring.")
        scoring: Scoring = made
        return scoring

    def score(self, batch: Batch) -> Array:
        """The plug-in's scores, float32[n].

        Raises:
            CallError: it cannot be loaded.
            DataError: it failed, or what it gave are no scores.
        """
        texts: list[str] = batch.texts.to_pylist()
        begins = range(0, len(texts), AT_ONCE)

        def scored(_: Batch) -> Array:
            return np.concatenate(
                [np.zeros(0, np.float32), *(self._scored(texts[place : place + AT_ONCE]) for place in begins)]
            )

        return batch.once(f"plugin {self.name}", scored)

    def _scored(self, texts: list[str]) -> Array:
        scoring = self._scoring
        try:
            given = scoring.score(texts)
            scores = np.asarray(given, np.float64)
        except Exception as error:
            raise self._bad(f"failed: {type(error).__name__}: {error}") from error
        if scores.shape != (len(texts),):
            raise self._bad(f"gave scores of shape {scores.shape} for {len(texts)} texts")
        known = scores[~np.isnan(scores)]
        if len(known) and not (known.min() >= 0 and known.max() <= 1):
            raise self._bad(f"gave scores from {known.min():g} to {known.max():g}, not between 0 and 1")
        return scores.astype(np.float32)

    def _bad(self, what: str) -> DataError:
        return DataError(f"The detector {self.name!r} ({self.value}) {what}.", hint="Repair it, or leave it out.")

    def refusals(self, batch: Batch) -> list[str | None]:
        """Why a document has no score: a plug-in gives no reason."""
        unknown = np.isnan(self.score(batch))
        return [f"not scored by {self.name}" if one else None for one in unknown.tolist()]
