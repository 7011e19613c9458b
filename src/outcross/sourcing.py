"""What a mix's sources show: records, manifests and lineage of a workspace, as evidence for the gate."""

import difflib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from outcross.audits.record import Audit
from outcross.errors import CallError, OutcrossError
from outcross.evidence import Evidence
from outcross.principals import KnownKey
from outcross.provenance.account import Account
from outcross.provenance.assembly import Ground, assembled
from outcross.provenance.grounds import Believing, Kept, audited_by, ground_of
from outcross.provenance.mix import Blend, Mix, Model, Portion, Source, read_mix
from outcross.provenance.mix_evidence import evidence_of
from outcross.provenance.parsing import record_from
from outcross.provenance.record import Record, Upstream
from outcross.run import Watcher, nobody
from outcross.store import Store
from outcross.store.generations import Generations
from outcross.store.keys import Keys
from outcross.store.provenance import Records
from outcross.track.generation import Generation, Trained


class Sourcing:
    """Where the data of mixes come from, as far as a workspace knows.

    Args:
        store: of the workspace; None where there is none: then only files speak.
        listed: keys whose word on provenance counts, as the settings list them.
    """

    def __init__(self, store: Store | None, listed: Sequence[KnownKey] = ()) -> None:
        self.store = store
        self.listed = tuple(listed)

    def evidence(self, place: str, watch: Watcher = nobody) -> tuple[Evidence, ...]:
        """Evidence of a mix; see `account`."""
        return evidence_of(self.account(place, watch), datetime.now(UTC).isoformat(timespec="seconds"))

    def account(self, place: str, watch: Watcher = nobody) -> Account:
        """What follows for a mix.

        Args:
            place: a mix file (`FILE`, or `FILE#NAME` for one of several), or the name of a generation: what it was
                trained on is the mix, its ancestors are the line.
            watch: is told how far hashing is, where the mix names corpora to hold against their manifests.

        Raises:
            CallError: there is no such mix, or a file that it names is not there.
            DataError: something in it cannot be, or the lineage goes in a circle.
            FaultError: a file or the store cannot be read.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        mix, grounds = self._mix(place)
        for one in mix.sources:
            told = ground_of(one, mix.folder, self.kept, self.believing, watch)
            grounds[one.name] = _joined(told, grounds.get(one.name))
        return Account(mix, assembled(mix, grounds, self._looked_up, now))

    def _mix(self, place: str) -> tuple[Mix, dict[str, Ground]]:
        """The mix of a file or of a generation, and what is known of its sources by way of generations."""
        known = self.generations
        if place not in known or Path(place).is_file():
            return self._file(place, known), {}
        return generation_mix(known, place), dict(self._trained(known))

    def _file(self, place: str, known: dict[str, Generation]) -> Mix:
        path = Path(place if Path(place).is_file() else place.rpartition("#")[0] or place)
        if path.is_file():
            return read_mix(place)
        close = difflib.get_close_matches(place, known, 1)
        hint = f"Did you mean {close[0]!r}?" if close else "Name a mix file (.toml or .json) or a generation."
        raise CallError(f"There is no mix file and no generation {place!r}.", hint=hint)

    @cached_property
    def generations(self) -> dict[str, Generation]:
        """All registered generations by name."""
        if self.store is None:
            return {}
        found = (Generation.from_dict(record) for record in Generations(self.store).records())
        return {one.name: one for one in found}

    def _trained(self, known: dict[str, Generation]) -> Iterator[tuple[str, Ground]]:
        """What the audits of generations say of what they were trained on."""
        names = source_names(known)
        for one in {trained.root: trained for each in known.values() for trained in each.train}.values():
            audited = None
            path = None if self.store is None else self.store.audit_path(one.audit)
            if path is not None and path.is_file():
                audited = audited_by(Audit.load(path))
            yield names[one.root], Ground((), audited, one.root)

    @cached_property
    def believing(self) -> Believing:
        """Whom the workspace believes."""
        keys = {} if self.store is None else Keys(self.store).keys()
        # Those whose word counts come first: of several signatures, it is theirs that is told.
        every = {one.public: one for one in self.listed} | {one.public: one for one in keys.values()}
        return Believing(tuple(every.values()), frozenset(one.public for one in self.listed))

    @cached_property
    def kept(self) -> Kept:
        """What the workspace has of records and signed statements."""
        if self.store is None:
            return Kept()
        kept, by_name = Records(self.store), self._records

        def found(name: str) -> Record | None:
            try:
                return record_from(kept.find(name), f"the record of {name!r}")
            except CallError:
                return None

        def statements(subject: str, kind: str) -> list[tuple[bytes, str]]:
            return [(one, kept.since(subject, one)) for one in kept.statements(subject, kind)]

        return Kept(lambda name: by_name.get(name, ()), found, statements)

    @cached_property
    def _records(self) -> dict[str, list[Record]]:
        """Records of the workspace by the name of their source, without those that others supersede."""
        told = [] if self.store is None else Records(self.store).records()
        made = [record_from(one, "a record in the workspace") for one in told]
        superseded = {one.supersedes for one in made} - {""}
        found: dict[str, list[Record]] = {}
        for one in made:
            if one.digest not in superseded:
                found.setdefault(one.name, []).append(one)
        return found

    @cached_property
    def _by_root(self) -> dict[str, str]:
        return {one.subject.digest: name for name, some in self._records.items() for one in some if one.subject.digest}

    def _looked_up(self, upstream: Upstream) -> tuple[str, Ground] | None:
        """A source that a record names as its origin, where the workspace knows it."""
        name = self._by_root.get(upstream.digest) if upstream.digest else None
        if name is None and upstream.id in self._records:
            roots = {one.subject.digest for one in self._records[upstream.id]} - {""}
            name = upstream.id if not (upstream.digest and roots) else None
        if name is None:
            return None
        try:
            return name, ground_of(Source(name), Path(), self.kept, self.believing)
        except OutcrossError as error:
            raise type(error)(f"Upstream of the mix: {error.message}", hint=error.hint) from None


def _joined(told: Ground, generation: Ground | None) -> Ground:
    """What files and records say of a source, and what the generation that consumed it says."""
    if generation is None:
        return told
    return Ground(told.testimonies, told.audited or generation.audited, told.digest or generation.digest,
                  told.findings)  # fmt: skip


def source_names(known: dict[str, Generation]) -> dict[str, str]:
    """A name for each text that generations were trained on, by its root: what it was called first."""
    names: dict[str, str] = {}
    for one in (trained for each in known.values() for trained in each.train):
        if one.root not in names:
            taken = one.label in names.values()
            names[one.root] = f"{one.label} ({one.root[7:15]})" if taken else one.label
    return names


def generation_mix(known: dict[str, Generation], name: str) -> Mix:
    """What a generation was trained on as a mix; its ancestors are the line.

    A text that a generation wrote (its samples, byte for byte) came from that generation.

    Args:
        known: all generations by name.
        name: of the one whose training data are asked about.

    Raises:
        CallError: nothing is registered that it was trained on.
    """
    head, names = known[name], source_names(known)
    if not head.train:
        raise CallError(f"Nothing is registered that {name!r} was trained on.",
                        hint=f"Register it with: outcross generation add {name} --train CORPUS:TOKENS")  # fmt: skip
    line = _ancestors(known, name)
    wrote = {one.samples.root: one.name for one in known.values() if one.samples and one.samples.of == "samples"}
    sources = tuple(
        Source(label, op="generate", by=(wrote[root],)) if root in wrote and wrote[root] != name else Source(label)
        for root, label in names.items()
    )
    earlier = [one for one in known.values() if one.name in line]
    models = tuple(Model(one.name, _portions(one.train, names), one.model) for one in earlier)
    mix_name = f"training data of {name}"
    return Mix(mix_name, sources, (Blend(mix_name, _portions(head.train, names)),), models, line=tuple(line))


def _portions(trained: Sequence[Trained], names: dict[str, str]) -> tuple[Portion, ...]:
    return tuple(Portion(names[one.root], None if one.tokens is None else float(one.tokens)) for one in trained)


def _ancestors(known: dict[str, Generation], name: str) -> list[str]:
    """Names of all generations that one comes from, registered or not, the nearest first."""
    found: dict[str, Any] = dict.fromkeys(known[name].parents)
    waiting = list(found)
    for one in waiting:
        for parent in known[one].parents if one in known else ():
            if parent not in found:
                found[parent] = None
                waiting.append(parent)
    return [one for one in found if one != name]
