"""What tracking a lineage found: series, alarms, verdicts on definitions, confounders. Equal when read back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from outcross.canonical import digest, plain, plain_json, read_record, sha256
from outcross.errors import DataError
from outcross.evidence import Evidence
from outcross.track.columns import Texts
from outcross.track.rows import FINDINGS, Direction, Row, Rows

SCHEMA = "outcross.track/1"

Outcome = Literal["no alarm", "alarm", "people", "not enough"]

EXIT: dict[Outcome, int] = {"no alarm": 0, "alarm": 1, "people": 3, "not enough": 4}


@dataclass(frozen=True)
class Alarm:
    """A change beyond noise, corrected for all looks and criteria.

    Attributes:
        measure: its name.
        direction: whether the measure fell or rose.
        kind: "loss" where that is a loss of what human text has, else "drift".
        generation: at which it was first alarmed.
        onset: the generation from which the series likely began to change; explains only.
        by: "baseline test" or "e-process".
        says: one sentence with the figures.
    """

    measure: str
    direction: Direction
    kind: Literal["loss", "drift"]
    generation: str
    onset: str
    by: str
    says: str


@dataclass(frozen=True)
class Series:
    """One measure through the generations.

    Attributes:
        measure: dotted and stable, e.g. "tail.share".
        label, meaning: for people.
        scale: how changes are counted: "log" (a log ratio), "points" (difference of shares), "nats" or "units".
        loss: the direction that is a loss; "either" where both are drift.
        percent: show values as percentages.
        layer: the quality layer, "data" or "model".
        alpha: its part of the false alarms; 0 where it explains only.
        looks_planned: number of looks fixed beforehand, or None.
        rows: one a generation of the lineage, oldest first.
        alarm: the first, or None.
        change_point: generation at which a single step would fit best; shown, never deciding. None where there is none.
        detectable: a sentence: what loss would be seen, and after how many generations. Empty where unknown.
    """

    measure: str
    label: str
    meaning: str
    scale: Literal["log", "points", "nats", "units"]
    loss: Literal["fall", "rise", "either"]
    percent: bool
    layer: str
    alpha: float
    looks_planned: int | None
    rows: Sequence[Row]
    alarm: Alarm | None = None
    change_point: str | None = None
    detectable: str = ""

    @property
    def deciding(self) -> bool:
        """Whether it can alarm."""
        return self.alpha > 0

    @cached_property
    def columns(self) -> Rows:
        """The rows as columns, which say what they hold without making a row."""
        return Rows.of(self.rows)


@dataclass(frozen=True)
class Confounder:
    """Something besides collapse that could make generations look different.

    Attributes:
        name: e.g. "decoding", "prompts", "length", "languages", "size", "parents".
        level: "note" or "warning"; a warning says that the comparison may not be fair.
        generations: that it concerns; empty for all.
        says: one or two sentences with the figures.
    """

    name: str
    level: Literal["note", "warning"]
    generations: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Verdict:
    """What a named definition of collapse says of a lineage.

    Attributes:
        definition: its name; label: in words; source: who defined it.
        state: "holds", "does not hold" or "unknown".
        why: a sentence with the figures. since: the generation from which it holds, or None.
        needs: what would settle it; empty where it is settled.
    """

    definition: str
    label: str
    source: str
    state: Literal["holds", "does not hold", "unknown"]
    why: str
    since: str | None = None
    needs: str = ""


@dataclass(frozen=True)
class Node:
    """A generation in the picture of the lineage.

    Attributes:
        name: of the generation.
        role: "generation", "human", "control", or "missing" for a parent that is not registered.
        parents: names.
        tracked: whether it lies on the tracked path.
        documents: samples it has, or None.
        facts: model, regime, decoding, training data in a few words each, for a table.
    """

    name: str
    role: str
    parents: tuple[str, ...]
    tracked: bool
    documents: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Track:
    """What tracking a lineage found. Equal to what is read back from its JSON: what both would write is compared.

    Attributes:
        head: the newest generation; path: all tracked ones, oldest first.
        baseline: name, digest, documents, role ("human", "reference" or "generation"), says: a sentence on what it is.
        outcome: for the exit code.
        says: the outcome in one sentence.
        primary: the measure of the primary criterion.
        series: all measures, the deciding ones first.
        alarms: all, the earliest first.
        verdicts: on each named definition of collapse: a vector, never one Boolean.
        confounders: what else could explain a difference.
        costs: what would have been known with more registered (a human reference, evaluations, ...).
        nodes: all registered generations and missing parents.
        plan: everything the figures depend on: alpha, criteria, looks, first words, units, versions.
        run: when; not part of the digest.
    """

    head: str
    path: tuple[str, ...]
    baseline: dict[str, Any]
    outcome: Outcome
    says: str
    primary: str
    series: tuple[Series, ...]
    alarms: tuple[Alarm, ...]
    verdicts: tuple[Verdict, ...]
    confounders: tuple[Confounder, ...]
    costs: tuple[str, ...]
    nodes: tuple[Node, ...]
    plan: dict[str, Any]
    run: dict[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Track) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, measure: str) -> Series:
        """A series by its measure, e.g. track["tail.share"]."""
        return next(one for one in self.series if one.measure == measure)

    @property
    def exit_code(self) -> int:
        """0 no alarm, 1 alarm, 3 people needed, 4 not enough data to say."""
        return EXIT[self.outcome]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, floats rounded to 12 significant digits."""
        record = _fields(self) | {
            "schema": SCHEMA, "series": [_series_dict(one) for one in self.series],
            **{name: [asdict(one) for one in getattr(self, name)] for name in _RECORDS},
        }  # fmt: skip
        made: dict[str, Any] = plain(record)
        return made

    def to_json(self) -> str:
        """Canonical JSON."""
        return plain_json(self.to_dict()).decode()

    @property
    def digest(self) -> str:
        """The digest of everything but the run."""
        record = self.to_dict()
        del record["run"]
        return sha256(plain_json(record))

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Track":
        """The track that `to_dict` wrote.

        Raises:
            DataError: it is none, or one of another version.
        """
        if record.get("schema") != SCHEMA:
            raise DataError(f"This is not a track of schema {SCHEMA}: it says {record.get('schema')!r}.")
        fields = {name: value for name, value in record.items() if name != "schema"}
        return cls(**fields | {
            "path": tuple(fields["path"]), "costs": tuple(fields["costs"]),
            "series": tuple(_series(one) for one in fields["series"]),
            "alarms": tuple(Alarm(**one) for one in fields["alarms"]),
            "verdicts": tuple(Verdict(**one) for one in fields["verdicts"]),
            "confounders": tuple(
                Confounder(**one | {"generations": tuple(one["generations"])}) for one in fields["confounders"]
            ),
            "nodes": tuple(Node(**one | {"parents": tuple(one["parents"])}) for one in fields["nodes"]),
        })  # fmt: skip

    @classmethod
    def load(cls, path: str | Path) -> "Track":
        """Read a track from its JSON file.

        Raises:
            DataError: the file is missing or holds none.
        """
        return cls.from_dict(read_record(path, "track"))

    def evidence(self, *, producer: str = "") -> list[Evidence]:
        """One record of evidence for each measure: the newest generation's change against the baseline."""
        subjects = {"generation": self.plan["head_digest"], "baseline": str(self.baseline["digest"])}
        tool = {"name": "outcross.track", "version": str(self.plan["version"]), "parameters": digest(self.plan)}
        made, look = str(self.run.get("ended", "")), len(self.path)
        return [
            Evidence(one.measure, subjects, one.rows[-1].change, tool, made, producer, look=look)
            for one in self.series if one.rows
        ]  # fmt: skip


_RECORDS = ("alarms", "verdicts", "confounders", "nodes")


def _fields(one: Any) -> dict[str, Any]:
    """The fields of a record as they are: `asdict` copies deeply, which takes seconds for long lineages."""
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _series_dict(series: Series) -> dict[str, Any]:
    """A series with its rows as columns; the findings of the newest row once more, with intervals, for readers."""
    texts = Texts()
    columns = series.columns.to_dict(texts)
    newest = series.rows[-1] if series.rows else None
    told = {} if newest is None else {name: getattr(newest, name).rounded().to_dict() for name in FINDINGS}
    return _fields(series) | {
        "rows": columns, "texts": texts.known, "newest": told,
        "alarm": None if series.alarm is None else asdict(series.alarm),
    }  # fmt: skip


def _series(record: dict[str, Any]) -> Series:
    alarm = record["alarm"]
    fields = {name: record[name] for name in Series.__dataclass_fields__}
    return Series(**fields | {
        "rows": Rows.from_dict(record["rows"], Texts(record["texts"])),
        "alarm": None if alarm is None else Alarm(**alarm),
    })  # fmt: skip
