"""The rows of a series, one a generation: as columns, of which a row is made when it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

from outcross.estimate import Finding
from outcross.track.columns import Findings, Texts, several

Direction = Literal["fall", "rise"]

FINDINGS = ("value", "baseline", "change", "previous", "control")
"""Columns of findings, in the order in which their words are numbered in a record."""

TOLD = ("size", "z", "evidence", "alarm", "band")
"""Columns of plain values."""


@dataclass(frozen=True)
class Row:
    """One measure of one generation.

    Attributes:
        generation: its name.
        value: on its natural scale, at the common size.
        baseline: the baseline's value at that size.
        change: against the baseline, on the series' scale (log ratio, points, nats): an Estimate of identity scale.
        previous: change against the generation before; explains, never decides.
        control: change beyond the control's at the same depth; Unknown where there is no control.
        size: documents (or rows) that both were brought to; 0 where it does not apply.
        band: low and high end of the change that hold at all looks together; None where unknown.
        z: of the baseline test; None where unknown.
        evidence: e-value against "no change" (the larger of both directions); None where unknown.
        alarm: the direction in which this look alarms, or None.
    """

    generation: str
    value: Finding
    baseline: Finding
    change: Finding
    previous: Finding
    control: Finding
    size: int = 0
    band: tuple[float, float] | None = None
    z: float | None = None
    evidence: float | None = None
    alarm: Direction | None = None


@dataclass(frozen=True, eq=False)
class Rows(Sequence[Row]):
    """The rows of a series as columns; a row is made when it is asked for.

    Attributes:
        generation: names.
        findings: a column for each of `FINDINGS`.
        told: a column for each of `TOLD`.
    """

    generation: Sequence[str]
    findings: Mapping[str, Findings]
    told: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Rows":
        """These rows: themselves where they are columns already."""
        if isinstance(rows, cls):
            return rows
        return cls(
            [row.generation for row in rows],
            {name: Findings.of([getattr(row, name) for row in rows]) for name in FINDINGS},
            {name: [getattr(row, name) for row in rows] for name in TOLD},
        )

    @classmethod
    def from_dict(cls, columns: Mapping[str, Any], texts: Texts) -> "Rows":
        """The rows that `to_dict` wrote."""
        bands = [None if band is None else (float(band[0]), float(band[1])) for band in columns["band"]]
        findings = {name: Findings.from_dict(columns[name], texts) for name in FINDINGS}
        return cls(columns["generation"], findings, {name: columns[name] for name in TOLD} | {"band": bands})

    def to_dict(self, texts: Texts) -> dict[str, Any]:
        """Plain columns, and in `texts` what they say in words."""
        told = {"generation": list(self.generation)} | {name: list(self.told[name]) for name in TOLD}
        return told | {name: self.findings[name].to_dict(texts) for name in FINDINGS}

    def __len__(self) -> int:
        return len(self.generation)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return several(self, place)
        columns: dict[str, Sequence[Any]] = {**self.findings, **self.told}
        return Row(self.generation[place], **{name: column[place] for name, column in columns.items()})
