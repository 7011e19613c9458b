"""The states of all families, for all documents and for groups of them; and their bytes."""

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from outcross.engine.identifiers import Repeated
from outcross.errors import FaultError
from outcross.kernels import KERNELS
from outcross.measure import Batch, Caps, Reached, pack, unpack
from outcross.measures import families, streaming
from outcross.measures.sequences import Gathering, Keeping
from outcross.measures.states import TextSample
from outcross.origin.inquiry import Inquiry, Traces

MAGIC = b"OUTCROSS-STATES-1"

Family = dict[str, Any]
"""The state of each family by its name."""


ORIGIN = "origin"
"""The name under which evidence of origin stands beside the families of measures."""

SEQUENCES = "sequences"
"""The name under which hashed word sequences stand there."""


def look(batch: Batch, caps: Caps, inquiry: Inquiry | None = None) -> Family:
    """The states of all streaming families for one batch, and the evidence of origin where it is looked for."""
    states: Family = {name: family.look(batch, caps) for name, family in streaming().items()}
    if inquiry:
        states[ORIGIN] = inquiry.look(batch)
    return states


def added(first: Family | None, second: Family) -> Family:
    """The states of both sets of documents together."""
    if first is None:
        return second
    return {name: first[name] + state for name, state in second.items()}


@dataclass(frozen=True)
class Besides:
    """What is looked for besides the figures of the families.

    Attributes:
        inquiry: the evidence of origin, or None.
        keeping: what is kept of the documents' word sequences, or None.
    """

    inquiry: Inquiry | None = None
    keeping: Keeping | None = None


NOTHING_BESIDES = Besides()


@dataclass
class States:
    """What measures remember of the documents seen so far.

    Attributes:
        whole: of all documents; None while there are none.
        groups: of the groups that are kept in full.
        counts: documents of every group.
        repeated: identifiers that more than one document bears, once all tasks have ended; None where it is not
            known, or documents are named by their place.
    """

    whole: Family | None = None
    groups: dict[str, Family] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    repeated: Repeated | None = None

    @property
    def reached(self) -> Reached:
        """How far the samples of all documents are filled."""
        if self.whole is None:
            return Reached()
        levels = tuple(sample.level for sample in self.whole["ngrams"].samples)
        whole = levels, self.whole["words"].sample.limit, self.whole["compression"].last
        kept = self.whole.get(SEQUENCES)
        return Reached(*whole) if kept is None else Reached(*whole, kept.limit, kept.details)

    def see(self, batch: Batch, caps: tuple[Caps, Caps], most_groups: int, asked: Besides = NOTHING_BESIDES) -> None:
        """Look at a batch, as a whole and by group; of many groups only the largest of the batch.

        Args:
            batch: the documents.
            caps: bounds for the whole, and for a group.
            most_groups: groups that are looked at.
            asked: what is looked for besides the figures of the families.
        """
        inquiry = asked.inquiry
        seen = look(batch, caps[0], inquiry)
        if asked.keeping is not None:
            # The task has told the batch how far it has come.
            taken = asked.keeping.look(batch, batch.reached.sequences, batch.reached.details)
            seen[SEQUENCES] = Gathering([taken])
        self.whole = added(self.whole, seen)
        if batch.groups is None:
            return
        encoded = batch.groups.dictionary_encode()
        names = encoded.dictionary.to_pylist()
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        sizes = np.bincount(codes, minlength=len(names))
        for number in np.argsort(-sizes, kind="stable")[:most_groups]:
            part = batch.take(np.flatnonzero(codes == number))
            self.groups[names[number]] = added(self.groups.get(names[number]), look(part, caps[1], inquiry))
        for number, name in enumerate(names):
            self.counts[name] = self.counts.get(name, 0) + int(sizes[number])
        self.keep_largest(most_groups)

    def add(self, other: "States", most_groups: int) -> None:
        """Take in what another task saw."""
        if other.whole is not None:
            self.whole = added(self.whole, other.whole)
        for name, state in other.groups.items():
            self.groups[name] = added(self.groups.get(name), state)
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        self.keep_largest(most_groups)

    def keep_largest(self, most_groups: int) -> None:
        """Forget the smallest groups when there are twice as many as may be kept; their counts stay."""
        if len(self.groups) > 2 * most_groups:
            order = sorted(self.groups, key=lambda name: (-self.counts.get(name, 0), name))
            self.groups = {name: self.groups[name] for name in sorted(order[:most_groups])}

    def complete_groups(self, most_groups: int) -> dict[str, Family]:
        """The largest groups of which every document was seen."""
        whole = [
            name for name, state in self.groups.items()
            if int(state["size"]["documents"].sum()) == self.counts[name]
        ]  # fmt: skip
        order = sorted(whole, key=lambda name: (-self.counts[name], name))[:most_groups]
        return {name: self.groups[name] for name in order}


def to_bytes(states: States, *, with_text: bool) -> bytes:
    """States as bytes, with no text of documents in them unless asked for."""
    parts: dict[str, Any] = {}
    named = [("", states.whole), *((f"{number}", state) for number, state in enumerate(states.groups.values()))]
    for prefix, family in named:
        for name, state in (family or {}).items():
            if state is None:  # what could not be joined
                continue
            kept = state if with_text else _without_text(state)
            parts[f"{prefix}/{name}"] = np.frombuffer(kept.to_bytes(), np.uint8)
    # JSON: a group may be called anything, the empty text and NUL among it.
    parts["groups"] = np.frombuffer(json.dumps(list(states.groups)).encode(), np.uint8)
    parts["counted"] = np.frombuffer(json.dumps(list(states.counts)).encode(), np.uint8)
    parts["counts"] = np.array(list(states.counts.values()), np.int64)
    if states.repeated is not None:
        parts["repeated"] = np.array([states.repeated.identifiers, states.repeated.documents], np.int64)
    version = KERNELS.encode()
    data = pack(parts)
    return MAGIC + struct.pack("<H", len(version)) + version + hashlib.sha256(data).digest() + data


def from_bytes(data: bytes) -> States:
    """The states that `to_bytes` wrote.

    Raises:
        FaultError: they were made by kernels of another version, or are damaged.
    """
    end = len(MAGIC) + 2 + int.from_bytes(data[len(MAGIC) : len(MAGIC) + 2], "little")
    version = data[len(MAGIC) + 2 : end].decode()
    if data[: len(MAGIC)] != MAGIC or version != KERNELS:
        raise FaultError(
            f"These saved states were made by kernels {version!r}; this outcross has {KERNELS!r}.",
            hint="Run the audit again without --resume.",
        )
    begin = end + hashlib.sha256().digest_size
    if hashlib.sha256(data[begin:]).digest() != data[end:begin]:
        raise FaultError("Saved states are damaged.", hint="Run the audit again without --resume.")
    parts = unpack(data[begin:])
    names = json.loads(parts.pop("groups").tobytes())
    counted = json.loads(parts.pop("counted").tobytes())
    counts = parts.pop("counts")
    repeated = parts.pop("repeated", None)
    family: dict[str, Family] = {}
    for key, value in parts.items():
        prefix, _, name = key.partition("/")
        family.setdefault(prefix, {})[name] = _read(name, value.tobytes())
    groups = {name: family[str(number)] for number, name in enumerate(names)}
    return States(
        family.get(""), groups, {name: int(count) for name, count in zip(counted, counts, strict=True)},
        None if repeated is None else Repeated(*map(int, repeated)),
    )  # fmt: skip


def _read(name: str, data: bytes) -> Any:
    """The state of a family from its bytes."""
    if name == SEQUENCES:
        return Gathering.from_bytes(data)
    return Traces.from_bytes(data) if name == ORIGIN else families()[name].read(data)


def _without_text(state: Any) -> Any:
    """A state without pieces of documents."""
    return state.without_text() if hasattr(state, "without_text") else state


def text_samples(states: States) -> Mapping[str | None, TextSample]:
    """The text that `to_bytes` leaves out when no text may be kept, by group (None for all documents)."""
    if states.whole is None:
        return {}
    samples: dict[str | None, TextSample] = {name: one["compression"] for name, one in states.groups.items()}
    return {None: states.whole["compression"], **samples}
