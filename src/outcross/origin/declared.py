"""Declared origin: a column of the corpus, or a list of sources that somebody vouches for.

A declaration is believed: nobody gains by calling human text synthetic, and who calls text human answers for it.
Where that is too much trust, `human=False` believes only declarations of synthetic text.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from outcross.canonical import digest
from outcross.errors import CallError, DataError
from outcross.estimate import Estimate
from outcross.measure import Array, Batch
from outcross.origin.detector import Verdicts, taken_as_true

Side = Literal["synthetic", "human"]

SYNTHETIC = frozenset({
    "synthetic", "machine", "machine-generated", "generated", "ai", "ai-generated", "llm", "model", "artificial",
    "trainedalgorithmicmedia", "algorithmicmedia", "compositewithtrainedalgorithmicmedia",
})  # fmt: skip
"""Words that declare synthetic text; the last three are of the IPTC Digital Source Type vocabulary."""

HUMAN = frozenset({
    "human", "person", "people", "human-written", "human-generated", "organic", "authentic", "real",
    "digitalcreation", "humanedits", "digitalcapture",
})  # fmt: skip
"""Words that declare human text; the last three are of the IPTC Digital Source Type vocabulary."""

YES, NO = frozenset({"true", "1", "yes", "1.0"}), frozenset({"false", "0", "no", "0.0"})
ELSE = frozenset({"not", "non", "no", "without", "or", "score", "probability", "prob", "translated"})
"""Words in the name of a column whose truth values say nothing of the origin, or the opposite."""

CORPUS = "corpus"
"""What is looked up where a declaration is of all documents."""

OTHER_SIDE: dict[Side, Side] = {"synthetic": "human", "human": "synthetic"}
KEYS = ("source", "group", "id", "key", "name")
ORIGINS = ("origin", "label", "side", "declared", "type", "digitalsourcetype")


def side_of(value: str, column: str = "") -> Side | None:
    """Which side a declared value names; None where it names neither.

    Args:
        value: a word such as "human" or "llm", an address that ends in one, or a truth value.
        column: the column that it stands in; it says what a truth value is true of ("is_synthetic").
    """
    # Of an address the last part counts; "ai/human" is none, and names both sides.
    last = value.strip().rsplit("/", 1)[-1] if "://" in value else value
    word = last.strip().casefold().replace("_", "-").replace(" ", "-")
    if word in SYNTHETIC:
        return "synthetic"
    if word in HUMAN:
        return "human"
    asked = _asked_by(column)
    if asked is None or word not in YES | NO:
        return None
    return asked if word in YES else OTHER_SIDE[asked]


def _asked_by(column: str) -> Side | None:
    """The side that a column of truth values asks about; None where it says neither or both, or asks something else."""
    words = set(column.casefold().replace(".", "_").replace("-", "_").split("_"))
    human, made = "human" in words, bool(words & {"synthetic", "machine", "ai", "llm"})
    if words & ELSE or (human and made):
        return None
    if human:
        return "human"
    return "synthetic" if made or "generated" in words else None


@dataclass(frozen=True)
class Declared:
    """Documents whose origin is declared.

    Attributes:
        by: what is looked up: "group", "id", or the name of a column of the batch; "corpus" for all documents alike,
            of which `origins` names one.
        origins: the side of each value; empty where the value itself names its side (see `side_of`).
        human: whether declarations of human text are believed, too.
        name: of the detector.
        certain: a declaration is taken as true.
    """

    by: str
    origins: Mapping[str, Side] = field(default_factory=dict)
    human: bool = True
    name: str = "declared"
    certain: bool = True

    @property
    def digest(self) -> str:
        """Of what is believed."""
        return digest({"detector": self.name, "by": self.by, "origins": dict(self.origins), "human": self.human})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the corpus that it needs."""
        return () if self.by in ("group", "id", CORPUS) else (self.by,)

    def false_positives(self) -> Estimate:
        """None: declarations are taken as true."""
        return taken_as_true("what is declared is true")

    def look(self, batch: Batch) -> Verdicts:
        """The documents with a declaration."""
        values = self._values(batch)
        if values is None:
            return Verdicts.none(len(batch))
        synthetic, human = self._sides(values)
        strength = (synthetic | human).astype(np.float32)

        def reason(row: int) -> str:
            side = "synthetic" if synthetic[row] else "human"
            return f"declared {side}: {self.by} is {values[row].as_py()!r}"

        return Verdicts(synthetic, human, strength, reason)

    def _values(self, batch: Batch) -> pa.StringArray | None:
        if self.by == "group":
            return batch.groups
        if self.by == "id":
            return batch.ids
        if self.by == CORPUS:
            return pa.repeat(next(iter(self.origins), ""), len(batch)) if self.origins else None
        if self.by not in batch.columns:
            raise CallError(
                f"Declared origin is asked of the column {self.by!r}, which was not read.",
                hint="Name it among the columns of the corpus.",
            )
        return batch.columns[self.by]

    def _sides(self, values: pa.StringArray) -> tuple[Array, Array]:
        """Rows that are declared synthetic, and human; each different value is looked up once."""
        coded = values.dictionary_encode()
        find: Callable[[str], Side | None] = self.origins.get if self.origins else lambda one: side_of(one, self.by)
        sides = [find(value) for value in coded.dictionary.to_pylist()]
        # The last place stands for rows without a value.
        rows = np.asarray(coded.indices.fill_null(len(sides))).astype(np.int64)
        synthetic = np.array([*(side == "synthetic" for side in sides), False], np.bool_)[rows]
        human = np.array([*(side == "human" and self.human for side in sides), False], np.bool_)[rows]
        return synthetic, human


@dataclass(frozen=True)
class Declarations:
    """What others found declared, beside columns and lists.

    Attributes:
        detector: finds it on documents; None where nothing is believed.
        notes: what is not believed, in sentences.
        check: raises DataError where what was held against the declarations has changed since.
    """

    detector: Declared | None = None
    notes: tuple[str, ...] = ()
    check: Callable[[], None] = lambda: None


def from_list(path: str | Path, by: str = "group", *, human: bool = True) -> Declared:
    """A detector from a file that lists sources, groups or identifiers with their origin.

    Args:
        path: CSV with a header (a column source, group, id, key or name, and a column origin, label or type);
            JSON or JSON Lines, an object {source: origin} or objects with such fields.
        by: what the keys are: "group", "id", or the name of a column.
        human: whether declarations of human text are believed.

    Raises:
        CallError: the file is not there.
        DataError: it cannot be read, names neither side, or names both for one key.
    """
    file = Path(path)
    if not file.is_file():
        raise CallError(f"There is no source list {file}.")
    origins: dict[str, Side] = {}
    for key, value in _pairs(file):
        side = side_of(value)
        if side is None:
            raise DataError(
                f"{file} calls {key!r} {value!r}, which is neither synthetic nor human.",
                hint="Use the words synthetic and human; leave out what is not known.",
            )
        if origins.setdefault(key, side) != side:
            raise DataError(f"{file} calls {key!r} both synthetic and human.", hint="Leave one of them out.")
    if not origins:
        raise DataError(f"{file} lists no source.", hint="List one a line, e.g. wiki-2019,human under source,origin.")
    return Declared(by, origins, human)


def _pairs(file: Path) -> Iterator[tuple[str, str]]:
    """Keys with what they are declared to be."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix.casefold() in (".json", ".jsonl", ".ndjson"):
            yield from _json_pairs(text, file)
        else:
            yield from _record_pairs(csv.DictReader(text.splitlines()), file)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise DataError(f"{file} cannot be read as a source list: {error}.") from None


def _json_pairs(text: str, file: Path) -> Iterator[tuple[str, str]]:
    if file.suffix.casefold() == ".json":
        found = json.loads(text)
        if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
            yield from found.items()
            return
        records = found if isinstance(found, list) else [found]
    else:
        records = [json.loads(line) for line in text.splitlines() if line.strip()]
    yield from _record_pairs(records, file)


def _record_pairs(records: Iterable[Any], file: Path) -> Iterator[tuple[str, str]]:
    for record in records:
        fields = {str(name).casefold(): value for name, value in record.items()} if isinstance(record, dict) else {}
        key = next((fields[name] for name in KEYS if fields.get(name) not in (None, "")), None)
        value = next((fields[name] for name in ORIGINS if isinstance(fields.get(name), str)), None)
        if key is None or value is None:
            raise DataError(
                f"{file} has an entry without a source or an origin: {str(record)[:80]}.",
                hint="Each entry needs a source (or group, id) and an origin.",
            )
        yield str(key), value
