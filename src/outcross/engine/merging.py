"""Merges what tasks left, in the order of the corpus, and joins what must be seen together."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from outcross.canonical import sha256
from outcross.engine.identifiers import repeated
from outcross.engine.states import Family, States, from_bytes
from outcross.engine.task import Plan, Result, text_of
from outcross.errors import FaultError
from outcross.measures import joining


@dataclass
class Merged:
    """The states of a run's documents, merged in the order of the corpus.

    Attributes:
        states: so far.
        next: how many results have been taken in.
    """

    plan: Plan
    folder: Path
    states: States
    next: int = 0

    def take(self, result: Result) -> None:
        """Merge the next result's states.

        Raises:
            FaultError: its file of states is missing or damaged.
        """
        states = result.states if result.states is not None else self._read(result)
        self.states.add(states, self.plan.most_groups)
        self.next += 1

    def _read(self, result: Result) -> States:
        """The states that a task left on disk."""
        path = self.folder / result.folder / "states"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise FaultError(f"A saved state is missing: {error}.", hint="Run the audit again.") from None
        if sha256(data) != result.digest:
            raise FaultError(f"The saved state {path} is damaged.", hint="Delete it and run again with --resume.")
        states = from_bytes(data)
        for name, sample in text_of(result).items():
            family = states.whole if name is None else states.groups.get(name)
            if family is not None:
                family["compression"] = sample
        return states


def join(merged: Merged, results: Iterable[Result]) -> None:
    """Join what must be seen together, over the keys that the tasks left; adds the states to `merged`."""
    parts = [merged.folder / result.folder for result in results]
    if merged.states.whole is not None and merged.plan.named:
        merged.states.repeated = repeated(parts, merged.folder)
    if merged.states.whole is not None and merged.plan.join:
        _join_families(merged, merged.states.whole, parts)


def _join_families(merged: Merged, whole: Family, parts: list[Path]) -> None:
    """Join the families that must see all documents together."""
    states = merged.states
    groups = list(states.complete_groups(merged.plan.most_groups))
    for name, family in joining().items():
        folders = [piece / name for part in parts for piece in sorted(part.glob("keys-*"))]
        for part in folders:
            _write_codes(part, groups)
        joined = family.join(folders, groups)
        whole[name] = joined[None]
        for group in groups:
            states.groups[group][name] = joined.get(group)


def _write_codes(folder: Path, groups: list[str]) -> None:
    """Each document's group as its number, beside the keys."""
    import pyarrow.compute as pc  # noqa: PLC0415 - takes as long as Arrow itself, only for those who read

    with pa.memory_map(str(folder.parent / "documents.arrow")) as source:
        named = pa.ipc.open_file(source).read_all().column("group").combine_chunks()
        codes = pc.index_in(named, pa.array(groups, pa.string())).fill_null(-1)
        np.save(folder / "group.npy", codes.to_numpy(zero_copy_only=False).astype(np.int32))
