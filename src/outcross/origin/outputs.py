"""The output index: what one's own models have emitted, kept as hashes, to hold corpora against.

An index is a folder:

    index.json           what was added, when, of which model; counts; calibration; the folder of the tables
    tables-.../          one folder for each state of the index, of which index.json names the present one:
      sequences.npy      uint64[m], increasing: a hash of all words of each output
      sequence_owners.npy  uint32[m], whose
      keys.npy           uint64[e], increasing: sampled word 3-grams
      owners.npy         uint32[e], whose
      edges.npy          uint32[B + 1], where keys with the same first bits begin
      filter.npy         uint8[F], a bit for the first bits of each key that few enough outputs have
      sizes.npy          uint16[m], keys of each output
    texts/               the outputs themselves as Parquet, only where that was asked for

The sample is that of all 3-grams whose hash begins with `level` zero bits. A small index keeps them all; as it
grows the level is raised, so that it fits in memory and is looked up in time: 10 million outputs take below 2 GB.
"""

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from outcross.canonical import canonical_json, digest
from outcross.errors import CallError, DataError, FaultError
from outcross.kernels import KERNELS, shingles, words
from outcross.measure import Array, Batch

FORMAT = 1
MOST_ENTRIES = 110_000_000
"""Entries at most; each takes 12 bytes, and about 2 of edges and filter."""

ROOM = (1 << 20, 1 << 23)
"""Entries up to which all 3-grams are kept, and half of them: a denser index would be looked up too slowly."""

LEAST_WORDS = 10
"""Words below which an output is not indexed: people say "Yes, of course." too."""

MOST_OWNERS = 16
"""Outputs that may share a 3-gram; one that more of them share says nothing of any one."""

_OWN_FILE = re.compile(r"tables-[0-9a-f]+|[0-9a-f]+\.parquet")

COLUMNS = ("sequences", "sequence_owners", "keys", "owners", "edges", "filter", "sizes")


@dataclass(frozen=True)
class Added:
    """One addition to an index.

    Attributes:
        model: whose outputs they are, as the user calls it.
        when: ISO date and time.
        outputs: how many were indexed; their numbers begin at `first`.
        first: number of the first.
        short: outputs that were too short to be indexed.
        repeated: outputs that were in the index already, word for word.
        texts: name of the file with their texts, or None.
    """

    model: str
    when: str
    outputs: int
    first: int
    short: int
    repeated: int
    texts: str | None = None


@dataclass(frozen=True)
class Facts:
    """What index.json holds.

    Attributes:
        outputs: outputs in the index.
        level: zero bits that the hash of a sampled 3-gram begins with.
        entries: sampled 3-grams, each counted once an output.
        added: the additions, in order.
        calibrations: what was counted on human text, see `outcross.origin.matching`.
        files: digests of the tables by name.
        home: the folder of the tables.
        kernels, format: versions.
    """

    outputs: int = 0
    level: int = 0
    entries: int = 0
    added: tuple[Added, ...] = ()
    calibrations: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    home: str = ""
    kernels: str = KERNELS
    format: int = FORMAT


@dataclass(frozen=True)
class OutputIndex:
    """An index that is looked up. Picklable: it holds its folder, and maps the files when they are needed.

    Attributes:
        folder: where it lies.
        facts: what is in it.
    """

    folder: Path
    facts: Facts

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "facts": self.facts}

    @property
    def digest(self) -> str:
        """Of everything that a lookup depends on."""
        return digest({"files": self.facts.files, "level": self.facts.level, "outputs": self.facts.outputs,
                       "kernels": self.facts.kernels})  # fmt: skip

    @property
    def bytes(self) -> int:
        """Bytes on disk, without texts."""
        return sum(path.stat().st_size for path in (self.folder / self.facts.home).glob("*.npy"))

    @cached_property
    def _maps(self) -> dict[str, Array]:
        home = self.folder / self.facts.home
        try:
            return {name: _mapped(home / f"{name}.npy", self.facts.files.get(name, "")) for name in COLUMNS}
        except FileNotFoundError:
            raise FaultError(
                f"The tables of the output index {self.folder} are gone, as when outputs were added to it meanwhile.",
                hint="Run the command again; if they are gone still, make the index again.",
            ) from None
        except (OSError, ValueError) as error:
            raise FaultError(f"The output index {self.folder} is damaged: {error}.", hint="Make it again.") from None

    def column(self, name: str) -> Array:
        """One of the files, mapped into memory."""
        return self._maps[name]

    @property
    def table(self) -> tuple[Array, Array, Array, Array, tuple[int, int]]:
        """What `kernels.match_shingles` takes."""
        edges, screen = self.column("edges"), self.column("filter")
        below = 65 - self.facts.level
        shifts = below - (len(edges) - 1).bit_length(), below - (8 * len(screen)).bit_length()
        return edges, self.column("keys"), self.column("owners"), screen, shifts

    def find_sequences(self, sequences: Array) -> Array:
        """The output that has just these words in this order, int64[n]; -1 where there is none."""
        known = self.column("sequences")
        if not len(known):
            return np.full(len(sequences), -1, np.int64)
        # In their order, so that one search walks where the one before has been.
        order = np.argsort(sequences)
        places = np.empty(len(sequences), np.int64)
        places[order] = np.minimum(np.searchsorted(known, sequences[order]), len(known) - 1)
        found: Array = np.where(known[places] == sequences, self.column("sequence_owners")[places].astype(np.int64), -1)
        return found

    def origin_of(self, output: int) -> Added:
        """The addition that an output came with."""
        return next(one for one in reversed(self.facts.added) if one.first <= output and one.outputs)

    def texts(self) -> Iterator[tuple[str, str]]:
        """The outputs themselves with their models, as far as they were kept."""
        for one in self.facts.added:
            if one.texts is not None:
                for batch in pq.ParquetFile(self.folder / "texts" / one.texts).iter_batches():
                    yield from ((one.model, text) for text in batch.column("text").to_pylist())

    def recalibrated(self, calibrations: dict[str, Any]) -> "OutputIndex":
        """The same index with what was counted on human text."""
        facts = replace(self.facts, calibrations=calibrations)
        _write_facts(self.folder, facts)
        return OutputIndex(self.folder, facts)


def open_index(folder: str | Path) -> OutputIndex:
    """Open an index.

    Raises:
        CallError: there is none.
        DataError: it was made by another version of outcross, or its description is damaged.
    """
    path = Path(folder)
    try:
        record = json.loads((path / "index.json").read_bytes())
        if record["format"] != FORMAT or record["kernels"] != KERNELS:
            raise DataError(f"The output index {path} was made by another version.", hint="Make it again.")
        added = tuple(Added(**one) for one in record.pop("added"))
        return OutputIndex(path, _checked(Facts(added=added, **record)))
    except FileNotFoundError:
        raise CallError(
            f"There is no output index {path}.", hint="Make one with: outcross outputs add FILES --model NAME"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"The description of the output index {path} is damaged: {error}.",
            hint="Restore it from a backup, or delete the folder and add the outputs again.",
        ) from None


def _checked(facts: Facts) -> Facts:
    """Facts that name files of the index alone: what they name is read, and folders of old tables are deleted."""
    named = [facts.home, *(one.texts for one in facts.added)]
    if not all(_OWN_FILE.fullmatch(name) for name in named if name):
        raise ValueError("it names files elsewhere")
    return facts


def empty_index(folder: str | Path) -> OutputIndex:
    """An index with nothing in it, which `add` fills."""
    return OutputIndex(Path(folder), Facts())


def add(index: OutputIndex, batches: Iterable[Batch], model: str, *, keep_text: bool = False) -> OutputIndex:
    """Add outputs to an index; the index on disk changes at once, when all is written, or not at all.

    One process at a time: what additions that were killed have left in the folder is deleted, texts among it.

    Args:
        index: the index, which may be empty.
        batches: the outputs.
        model: what made them.
        keep_text: keep their texts, too (to be shown to reviewers as items of known origin).

    Raises:
        CallError: the model has no name.
        DataError: there is no output that can be indexed.
    """
    if not model.strip():
        raise CallError("The outputs are of a model without a name.", hint="Name it with --model.")
    index.folder.mkdir(parents=True, exist_ok=True)
    _clear(index)
    draft = index.folder / f"draft-{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        gathered = _gather(index, batches, draft / "texts.parquet" if keep_text else None)
        if not gathered.outputs and not gathered.repeated:
            raise DataError(
                f"There is no output of at least {LEAST_WORDS} words to add.", hint="Look at --text-column."
            )
        return _written(index, gathered, model, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _clear(index: OutputIndex) -> None:
    """Delete what the index does not name: drafts, tables and texts of additions that did not end."""
    named = {index.facts.home, *(one.texts for one in index.facts.added)}
    for pattern in ("draft-*", "tables-*", "index.json.*", "texts/*.parquet"):
        for path in index.folder.glob(pattern):
            if path.name in named:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


@dataclass
class _Gathered:
    """New outputs: hashes of their words, sampled keys with their owners, and how many keys each has."""

    sequences: list[Array] = field(default_factory=list)
    keys: list[Array] = field(default_factory=list)
    owners: list[Array] = field(default_factory=list)
    sizes: list[Array] = field(default_factory=list)
    level: int = 0
    outputs: int = 0
    short: int = 0
    repeated: int = 0

    def entries(self) -> int:
        """Keys held."""
        return sum(map(len, self.keys))

    def thin(self, level: int) -> None:
        """Keep the keys of a higher level only."""
        self.level = level
        for number, keys in enumerate(self.keys):
            rows = keys <= np.uint64((1 << (64 - level)) - 1)
            self.keys[number], self.owners[number] = keys[rows], self.owners[number][rows]


def _gather(index: OutputIndex, batches: Iterable[Batch], texts: Path | None) -> _Gathered:
    found = _Gathered(level=index.facts.level)
    known: set[int] = set()
    with _Texts(texts) as kept:
        for batch in batches:
            rows = _new_rows(index, batch, found, known)
            kept.add(batch, rows)
            _take(batch, rows, index.facts.outputs, found)
            _raise_level(found, index.facts.entries)
    return found


def _new_rows(index: OutputIndex, batch: Batch, found: _Gathered, known: set[int]) -> Array:
    """The rows that are long enough and new, int64[k]."""
    sequences = shingles(batch, found.level).sequences
    enough = words(batch).per_document >= LEAST_WORDS
    found.short += int(np.count_nonzero(~enough))
    old = index.find_sequences(sequences) >= 0 if index.facts.outputs else np.zeros(len(batch), np.bool_)
    _, firsts = np.unique(sequences, return_index=True)
    first = np.zeros(len(batch), np.bool_)
    first[firsts] = True
    fresh = np.array([one not in known for one in sequences.tolist()], np.bool_)
    rows = np.flatnonzero(enough & first & fresh & ~old)
    known.update(sequences[rows].tolist())
    found.repeated += int(np.count_nonzero(enough)) - len(rows)
    return rows


def _take(batch: Batch, rows: Array, before: int, found: _Gathered) -> None:
    """Take in the new rows of a batch."""
    sample = shingles(batch, found.level)
    number = np.full(len(batch), -1, np.int64)
    number[rows] = np.arange(len(rows)) + found.outputs + before
    owner = np.repeat(number, np.diff(sample.ends))
    kept = owner >= 0
    order = np.lexsort((sample.hashes[kept], owner[kept]))
    keys, owners = sample.hashes[kept][order], owner[kept][order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    found.sequences.append(sample.sequences[rows])
    found.keys.append(keys[new])
    found.owners.append(owners[new].astype(np.uint32))
    found.outputs += len(rows)


def _raise_level(found: _Gathered, before: int) -> None:
    """Raise the level until what there is, with what was there before, has room."""
    level, held = found.level, found.entries() + before
    while held > (ROOM[level] if level < len(ROOM) else MOST_ENTRIES):
        level += 1
        held //= 2
    if level > found.level:
        found.thin(level)


def _written(index: OutputIndex, found: _Gathered, model: str, draft: Path) -> OutputIndex:
    """Merge old and new, write the files beside the old ones, and put them in their place."""
    facts = index.facts
    limit = np.uint64((1 << (64 - found.level)) - 1)
    old_keys, old_owners = _old(index, "keys", np.uint64), _old(index, "owners", np.uint32)
    stop = int(np.searchsorted(old_keys, limit, side="right"))
    keys, owners = _merged((old_keys[:stop], old_owners[:stop]), _sorted(found.keys, found.owners, np.uint64))
    numbers = np.arange(found.outputs, dtype=np.uint32) + np.uint32(facts.outputs)
    old_sequences = _old(index, "sequences", np.uint64), _old(index, "sequence_owners", np.uint32)
    sequences, sequence_owners = _merged(old_sequences, _sorted(found.sequences, [numbers], np.uint64))
    outputs = facts.outputs + found.outputs
    sizes = np.minimum(np.bincount(owners, minlength=outputs), 65535).astype(np.uint16)
    edges, screen = edges_of(keys, found.level), filter_of(keys, found.level)
    columns = dict(zip(COLUMNS, (sequences, sequence_owners, keys, owners, edges, screen, sizes), strict=True))
    files = {name: save_table(draft / f"{name}.npy", values) for name, values in columns.items()}
    texts = _keep_texts(index.folder, draft)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    one = Added(model, when, found.outputs, facts.outputs, found.short, found.repeated, texts)
    made = replace(
        facts, outputs=outputs, level=found.level, entries=len(keys), added=(*facts.added, one), files=files,
        home=draft.name.replace("draft", "tables"),
    )  # fmt: skip
    draft.rename(index.folder / made.home)
    _write_facts(index.folder, made)
    if facts.home:
        shutil.rmtree(index.folder / facts.home, ignore_errors=True)
    return OutputIndex(index.folder, made)


def _old(index: OutputIndex, name: str, dtype: Any) -> Array:
    return index.column(name) if index.facts.outputs else np.zeros(0, dtype)


def _sorted(keys: Sequence[Array], owners: Sequence[Array], dtype: Any) -> tuple[Array, Array]:
    """Keys in their order, each with its owner; equal keys in the order of their owners."""
    if not keys:
        return np.zeros(0, dtype), np.zeros(0, np.uint32)
    joined = np.concatenate(keys)
    order = np.argsort(joined, kind="stable")
    return joined[order], np.concatenate(owners)[order]


def _merged(old: tuple[Array, Array], new: tuple[Array, Array]) -> tuple[Array, Array]:
    """Two sorted columns of keys with their owners as one; of equal keys the old come first."""
    if not len(old[0]):
        return new
    at = np.searchsorted(old[0], new[0], side="right") + np.arange(len(new[0]))
    keys = np.empty(len(old[0]) + len(new[0]), old[0].dtype)
    owners = np.empty(len(keys), np.uint32)
    rest = np.ones(len(keys), np.bool_)
    rest[at] = False
    keys[at], owners[at] = new
    keys[rest], owners[rest] = old
    return keys, owners


def edges_of(keys: Array, level: int) -> Array:
    """Where keys with the same first bits (after the zeros) begin, two to four of them: uint32[B + 1]."""
    bits = min((len(keys) // 4).bit_length() + 1, 25)
    starts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - level - bits)
    return np.append(np.searchsorted(keys, starts), len(keys)).astype(np.uint32)


def filter_of(keys: Array, level: int) -> Array:
    """A bit for the first bits (after the zeros) of each key that no more than MOST_OWNERS have: uint8[F].

    Sixteen to 32 bits a key, eight in an index of more than 2^26 keys.
    """
    bits = max(min((16 * len(keys)).bit_length(), 30), 3)
    many = np.zeros(len(keys), np.bool_)
    many[: max(len(keys) - MOST_OWNERS, 0)] = keys[MOST_OWNERS:] == keys[: max(len(keys) - MOST_OWNERS, 0)]
    # Only the first of a run is marked, as far as its last MOST_OWNERS are not: such a key is never looked up.
    first = np.ones(len(keys), np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    places = keys[first & ~many] >> np.uint64(64 - level - bits)
    found = np.zeros((1 << bits) // 8, np.uint8)
    np.bitwise_or.at(
        found, (places >> np.uint64(3)).astype(np.int64), np.uint8(1) << (places & np.uint64(7)).astype(np.uint8)
    )
    return found


def save_table(path: Path, values: Array) -> str:
    """Write a table; returns the digest of its file.

    Raises:
        FaultError: it cannot be written.
    """
    try:
        np.save(path, values)
        return _file_digest(path)
    except OSError as error:  # of a full disk numpy tells how many bytes went, and no number of an error
        raise FaultError(
            f"Cannot write the output index: {error.strerror or error}.", hint="Check the disk; the index is as it was."
        ) from None


def _mapped(path: Path, written: str) -> Array:
    """A table, mapped into memory. Lookups have no bounds checks, so not a byte of it may be another.

    Raises:
        ValueError: it is not what was written.
    """
    if _file_digest(path) != written:
        raise ValueError(f"{path.name} is not what was written")
    values: Array = np.load(path, mmap_mode="r")
    return values


def _file_digest(path: Path) -> str:
    """The SHA-256 of a file, read in pieces: an index may be larger than memory has room for."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _keep_texts(folder: Path, draft: Path) -> str | None:
    made = draft / "texts.parquet"
    if not made.exists():
        return None
    (folder / "texts").mkdir(exist_ok=True)
    name = f"{secrets.token_hex(8)}.parquet"
    made.replace(folder / "texts" / name)
    return name


def _write_facts(folder: Path, facts: Facts) -> None:
    """Write index.json, whole or not at all."""
    draft = folder / f"index.json.{secrets.token_hex(4)}"
    draft.write_bytes(canonical_json(asdict(facts)))
    draft.replace(folder / "index.json")


class _Texts:
    """Texts of new outputs on their way to a file, or to nowhere."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.writer: pq.ParquetWriter | None = None

    def __enter__(self) -> "_Texts":
        return self

    def __exit__(self, *error: object) -> None:
        if self.writer is not None:
            self.writer.close()

    def add(self, batch: Batch, rows: Array) -> None:
        """Write the texts of these rows."""
        if self.path is None or not len(rows):
            return
        chosen = pa.array(rows)
        table = pa.table({"id": batch.ids.take(chosen), "text": batch.texts.take(chosen)})
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self.writer.write_table(table)
