"""Rows as columns and back: a thousand generations of fifty measures say their method once, not each time."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from outcross.estimate import Estimate, Finding, Unknown

_TOLD = ("unit", "method", "assumption", "scale", "error")


class Texts:
    """What findings say in words, each once, by its number."""

    def __init__(self, known: Sequence[Any] = ()) -> None:
        self.known = [tuple(one) if isinstance(one, list) else one for one in known]
        self._numbers = {one: number for number, one in enumerate(self.known)}

    def number(self, told: Any) -> int:
        """The number of what is told."""
        if told not in self._numbers:
            self._numbers[told] = len(self.known)
            self.known.append(told)
        return self._numbers[told]


def findings_to_columns(findings: Sequence[Finding], texts: Texts) -> dict[str, list[Any]]:
    """Values, errors, degrees of freedom (None for known errors), n, and the number of what is told of each.

    What is unknown has None for its value; the number is that of its reason. Replicates and laws are not kept.
    """
    columns: dict[str, list[Any]] = {"value": [], "se": [], "df": [], "n": [], "told": []}
    for one in findings:
        if isinstance(one, Unknown):
            row: tuple[Any, ...] = (None, None, None, None, texts.number(one.reason))
        else:
            told = tuple(getattr(one, name) for name in _TOLD)
            row = (one.value, one.se, None if math.isinf(one.df) else one.df, one.n, texts.number(told))
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    return columns


def findings_from_columns(columns: Mapping[str, Sequence[Any]], texts: Texts) -> list[Finding]:
    """The findings that `findings_to_columns` wrote."""
    return [_finding(row, texts) for row in zip(*(columns[name] for name in ("value", "se", "df", "n", "told")),
                                                strict=True)]  # fmt: skip


def _finding(row: tuple[Any, ...], texts: Texts) -> Finding:
    value, se, df, n, told = row
    if value is None:
        return Unknown(str(texts.known[told]))
    unit, method, assumption, scale, error = texts.known[told]
    return Estimate(
        float(value), float(se), math.inf if df is None else float(df), int(n), unit, method, assumption, scale,
        error=float(error),
    )  # fmt: skip


def transposed(records: Sequence[Any], names: Sequence[str]) -> dict[str, Any]:
    """Attributes of records by name, as columns."""
    return {name: [getattr(one, name) for one in records] for name in names}
