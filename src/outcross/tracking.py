"""Generations of a workspace: how one is registered, and how a lineage is held against the baseline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np

from outcross.auditing import Options, find_reference
from outcross.audits.reference import Reference
from outcross.canonical import digest, plain
from outcross.errors import CallError
from outcross.kernels import KERNELS
from outcross.measures.reference import Vocabulary
from outcross.measures.sequences import Sequences
from outcross.registering import Adding, Registering, unpacked
from outcross.run import Watcher, nobody
from outcross.store import Store
from outcross.store.generations import Generations
from outcross.track.concluding import alarms_of, outcome
from outcross.track.confounders import confounders
from outcross.track.generation import Generation, Lineage, control_of, lineage
from outcross.track.pairing import Baseline
from outcross.track.plan import Plan, panel
from outcross.track.record import Node, Track
from outcross.track.told import Told, of_findings, of_scores, of_text
from outcross.track.verdicts import verdicts

FIGURES = 3
"""Version of how figures are made of what is kept; raised when they change, so that none are taken from before."""

SPLIT_FROM = 400
"""From so many documents on, half of a baseline defines the tail, and only the other half is compared with."""


class Tracking:
    """The generations of a store.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kept = Generations(store)

    def generations(self) -> list[Generation]:
        """All registered generations, in the order of adding."""
        return [Generation.from_dict(record, digest) for digest, record in self.kept.by_digest().items()]

    def generation(self, name: str) -> Generation:
        """A generation by its name.

        Raises:
            CallError: there is none.
        """
        known = {one.name: one for one in self.generations()}
        if name not in known:
            there = f"There are: {', '.join(known)}." if known else "Register one with: outcross generation add"
            raise CallError(f"There is no generation {name!r}.", hint=there)
        return known[name]

    def nodes(self) -> list[Node]:
        """All generations and missing parents, as they are shown."""
        return list(_nodes(self.generations(), (), {}))

    def add(self, asked: Registering, options: Options | None = None, watch: Watcher = nobody) -> Generation:
        """Register a generation: one audit pass over each of its corpora, then one transaction.

        Nothing of it is there until all of it is. The same facts registered again change nothing.

        Args:
            asked: what is registered.
            options: how its texts are read.
            watch: is told how far it has come.

        Raises:
            CallError: the name is taken by other facts, or is no name; a file is not there.
            DataError: a file cannot be read as what it should be.
        """
        Generation(asked.name, asked.role, asked.parents)  # refuse a bad name before an hour of reading
        adding = Adding(self.store, asked, options or Options(), watch)
        made = adding.generation()
        self.kept.add(made.to_dict(), adding.blobs)
        return made

    def track(self, head: str | None = None, plan: Plan | None = None) -> Track:
        """Hold a lineage against its baseline.

        Args:
            head: the newest generation; None where there is only one lineage.
            plan: what decides; None for the panel that fits what is registered.

        Raises:
            CallError: there is no such lineage or baseline.
            FaultError: what is kept is damaged, or was made by other kernels.
        """
        return _Following(self, plan or Plan(), head).track()

    def sequences(self, of: str) -> Sequences:
        """The kept word sequences with this digest."""
        return Sequences.from_bytes(unpacked(self.kept.blob(of), "sequences"))


@dataclass(frozen=True)
class _Ground:
    """What a lineage is held against.

    Attributes:
        facts: for the record.
        tail: whether there are words that define the tail.
    """

    facts: dict[str, Any]
    tail: bool


class _Following:
    """One lineage, held against its baseline."""

    def __init__(self, tracking: Tracking, plan: Plan, head: str | None) -> None:
        self.tracking = tracking
        self.plan = plan
        self.generations = tracking.generations()
        self.known = {one.name: one for one in self.generations}
        self.line = self._after_baseline(lineage(self.generations, head))

    def _after_baseline(self, line: Lineage) -> Lineage:
        """The generations that are looked at: those after the baseline, where it is one of them."""
        self.baseline = self._baseline(line)
        names = [one.name for one in line.path]
        if self.baseline.name not in names:
            return line
        later = line.path[names.index(self.baseline.name) + 1 :]
        if not later:
            raise CallError(
                f"{self.baseline.name} is the baseline, and there is no generation after it.",
                hint="Register the next one with: outcross generation add NAME --parent "
                f"{self.baseline.name} --samples FILES",
            )
        return replace(line, path=later)

    def _baseline(self, line: Lineage) -> Generation:
        """What was asked for, or the human reference, or the first generation."""
        wanted = self.plan.baseline
        if wanted is not None:
            if wanted not in self.known:
                raise CallError(f"There is no generation {wanted!r}.", hint=f"There are: {', '.join(self.known)}.")
            return self.known[wanted]
        human = [one for one in self.generations if one.role == "human"]
        if len(human) > 1:
            names = ", ".join(one.name for one in human)
            raise CallError(f"There are several human references: {names}.", hint="Choose one with --baseline NAME.")
        return human[0] if human else line.path[0]

    def track(self) -> Track:
        """The record."""
        from outcross.track.following import Followed, follow  # noqa: PLC0415

        told, beside = self._told(self.line.path), self._told(self.controls)
        ground = self.ground
        names = tuple(one.name for one in self.line.path)
        followed = Followed(names, told, tuple(beside.values()), _better(self.line.path))
        criteria = panel(self.plan, reference=ground.tail, measured=followed.gathered.measured)
        series = follow(followed, criteria, self.plan)
        explained = confounders(self.line, told, self.baseline)
        alarms = alarms_of(series, names)
        said = verdicts(series, self.line.path, self.baseline)
        result, says = outcome(series, alarms, said, explained, self.plan)
        return Track(
            self.line.head, names, ground.facts, result, says, series[0].measure, series, alarms, said, explained,
            tuple(self._costs(ground, followed)), tuple(self._nodes(names)), self._plan_told(criteria),
            {"ended": datetime.now(UTC).isoformat(timespec="seconds")},
        )  # fmt: skip

    def _plan_told(self, criteria: Sequence[Any]) -> dict[str, Any]:
        told: dict[str, Any] = plain(replace(self.plan, criteria=tuple(criteria)).to_dict())
        return told | {
            "version": version("outcross"), "figures": FIGURES, "kernels": KERNELS,
            "head_digest": self.line.path[-1].digest, "looks_made": len(self.line.path),
        }  # fmt: skip

    def _nodes(self, names: Sequence[str]) -> Iterator[Node]:
        path = self.line.path
        assumed = {after.name: before.name for before, after in pairwise(path)} if self.line.assumed else {}
        return _nodes(self.generations, names, assumed)

    @property
    def settings(self) -> str:
        """The digest of what figures depend on besides the generation and the baseline.

        The tail may be that of another text than the baseline's: of a reference, of human text registered later.
        """
        tail = [None if self.reference is None else self.reference.digest,
                *(one.digest for one in self.generations if one.role == "human")]  # fmt: skip
        return digest({
            "figures": FIGURES, "kernels": KERNELS, "first_words": self.plan.first_words, "tail": tail,
        })  # fmt: skip

    @cached_property
    def reference(self) -> Reference | None:
        """The frozen reference that was asked for."""
        return None if self.plan.reference is None else find_reference(self.tracking.store, self.plan.reference)

    @cached_property
    def earlier(self) -> dict[str, "Told | _Ground"]:
        """What is kept of earlier looks, by the digest of the generation; of the baseline, what it is."""
        return self.tracking.kept.readings(self.settings, self.baseline.digest, _of_earlier)

    @cached_property
    def ground(self) -> _Ground:
        """What the baseline is, from an earlier look or from its text."""
        known = self.earlier.get(self.baseline.digest)
        if isinstance(known, _Ground):
            return known
        facts: dict[str, Any] = {"name": self.baseline.name, "digest": self.baseline.digest, "role": self.baseline.role}
        sequences, vocabulary, says = self.text
        if self.reference is not None:
            facts["reference"] = self.reference.digest
        documents = 0 if sequences is None else len(sequences)
        made = _Ground(facts | {"documents": documents, "says": says}, vocabulary is not None)
        kept = {"facts": made.facts, "tail": made.tail}
        self.tracking.kept.keep_readings(self.settings, self.baseline.digest, {self.baseline.digest: kept})
        return made

    @cached_property
    def text(self) -> tuple[Sequences | None, Vocabulary | None, str]:
        """The baseline's text, the vocabulary that defines the tail, and what both are."""
        one = self.baseline
        if one.samples is None:
            return None, None, f"{one.name}, of which no text is registered"
        sequences = self.tracking.sequences(one.samples.sequences)
        who = "people's text" if one.role == "human" else "the output of an earlier generation"
        if self.reference is None:
            return self._split(sequences, who)
        if self.reference.facts["root"] == one.samples.root:
            sequences = _halves(sequences)[1]
        says = f"{one.name} ({who}); the tail is that of the reference {self.reference.name}"
        return sequences, self.reference.vocabulary, says

    def _split(self, sequences: Sequences, who: str) -> tuple[Sequences, Vocabulary | None, str]:
        """The half that is compared with, and the vocabulary of the other half."""
        name = self.baseline.name
        human = next((one for one in self.generations if one.role == "human" and one.samples is not None), None)
        if self.baseline.role != "human" and human is not None and human.samples is not None:
            words = _vocabulary(_halves(self.tracking.sequences(human.samples.sequences))[0])
            return sequences, words, f"{name} ({who}); the tail is that of half of {human.name}"
        first, second = _halves(sequences)
        if self.baseline.role != "human" or min(len(first), len(second)) < SPLIT_FROM // 2:
            return sequences, None, f"{name} ({who})"
        return second, _vocabulary(first), f"{name} ({who}): one half defines the tail, the other is the baseline"

    @property
    def controls(self) -> list[Generation]:
        """The control lineage, without the baseline."""
        return [one for one in control_of(self.generations) if one.name != self.baseline.name]

    @cached_property
    def laid_out(self) -> Baseline | None:
        """The baseline's text, as generations are compared with it."""
        sequences, vocabulary, _ = self.text
        return None if sequences is None else Baseline(sequences, vocabulary)

    def _told(self, path: Sequence[Generation]) -> dict[str, Told]:
        """What generations tell, from what is kept of earlier looks where it is there."""
        found: dict[str, Told] = {}
        made: dict[str, dict[str, Any]] = {}
        for one in path:
            known = self.earlier.get(one.digest)
            if isinstance(known, Told):
                found[one.name] = known
                continue
            # As it will be read back, so that the next look says the same to the last digit.
            made[one.digest] = plain(self._fresh(one).to_dict())
            found[one.name] = Told.from_dict(made[one.digest])
        self.tracking.kept.keep_readings(self.settings, self.baseline.digest, made)
        return found

    def _fresh(self, one: Generation) -> Told:
        told, then = Told({}), self.baseline
        if one.samples is not None and self.laid_out is not None:
            told = of_text(self.tracking.sequences(one.samples.sequences), self.laid_out, self.plan.first_words)
        readings = dict(told.readings) | of_scores(one, then) | self._losses(one, then) | self._embedded(one, then)
        # What is trained on is often kept from one generation to the next, so that these are no draws of their own.
        trained = one.samples is not None and one.samples.of == "train" and bool(told.facts)
        return replace(told, readings=readings, facts=dict(told.facts) | ({"trained": True} if trained else {}))

    def _losses(self, one: Generation, then: Generation) -> dict[str, Any]:
        if one.losses is None or then.losses is None:
            return {}
        from outcross.track.losses import Losses, changes, loss_figures  # noqa: PLC0415

        ours, theirs = (
            Losses.from_bytes(unpacked(self.tracking.kept.blob(of), "losses")) for of in (one.losses, then.losses)
        )
        now, before = loss_figures(ours), loss_figures(theirs)
        return of_findings({name: (now[name], before[name]) for name in now}, changes(ours, theirs))

    def _embedded(self, one: Generation, then: Generation) -> dict[str, Any]:
        if one.embeddings is None or then.embeddings is None:
            return {}
        from outcross.track.embeddings import Embeddings, change_of, figures  # noqa: PLC0415

        ours, theirs = (
            Embeddings.from_bytes(unpacked(self.tracking.kept.blob(of), "embeddings"))
            for of in (one.embeddings, then.embeddings)
        )
        pairs = figures(ours, theirs)
        return of_findings(pairs, {name: change_of(pair) for name, pair in pairs.items()})

    def _costs(self, ground: _Ground, followed: Any) -> Iterator[str]:
        """What would be known with more registered."""
        if self.baseline.role != "human":
            yield (
                f"No human reference decides: {self.baseline.name} is the baseline, so what it had lost already is "
                "not seen. Register one with: outcross generation add NAME --role human --samples FILES"
            )
        if not ground.tail:
            yield (
                "The tail is not defined: a human reference of at least "
                f"{SPLIT_FROM} documents, or --reference, gives tail share and survival."
            )
        if not followed.controlled:
            yield (
                "There is no control for every look: a lineage trained on human text alone (--role control) shows what "
                "retraining itself changes; without it the luck of training is not in the errors."
            )
        yield from _beyond(self.line.head, followed.told[self.line.head].facts)
        if not any(one.losses or one.scores for one in self.line.path):
            yield "No evaluations are registered (--eval): quality and held-out human loss are not seen."
        if self.baseline.scores == () and any(one.scores for one in self.line.path):
            yield f"{self.baseline.name} has no scores: imported scores have nothing to be held against."


def _of_earlier(record: dict[str, Any]) -> Told | _Ground:
    """What was kept of a generation, or of the baseline."""
    return Told.from_dict(record) if "readings" in record else _Ground(record["facts"], record["tail"])


def _beyond(head: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """What twice the documents of the newest generation would show."""
    if "types" in facts:
        seen, doubled = facts["types"]
        yield (
            f"Twice the documents of {head} would show about {doubled - seen:,.0f} distinct words more than its "
            f"{seen:,.0f} (extrapolated: Chao et al. 2014)."
        )


def _nodes(generations: Sequence[Generation], tracked: Sequence[str], assumed: Mapping[str, str]) -> Iterator[Node]:
    """All generations, and parents that are not registered.

    Args:
        generations: all.
        tracked: names of those that are looked at.
        assumed: parents that were taken from the order of registration, by child.
    """
    known, on_path = {one.name for one in generations}, set(tracked)
    for one in generations:
        parents = one.parents or ((assumed[one.name],) if one.name in assumed else ())
        documents = None if one.samples is None else one.samples.documents
        yield Node(one.name, one.role, parents, one.name in on_path, documents, _in_words(one))
    for name in sorted({parent for one in generations for parent in one.parents if parent not in known}):
        yield Node(name, "missing", (), tracked=False)


def _halves(sequences: Sequences) -> tuple[Sequences, Sequences]:
    """The two disjoint halves that a frozen reference has as well: by a bit of each text's hash."""
    second = ((sequences["texts"] >> np.uint64(5)) & np.uint64(1)) == 1
    return sequences.take(~second), sequences.take(second)


def _vocabulary(sequences: Sequences) -> Vocabulary | None:
    """The words of a reference; None where it has none."""
    if not len(sequences.tokens):
        return None
    return Vocabulary.of(*np.unique(sequences.tokens, return_counts=True))


def _better(path: Sequence[Generation]) -> dict[str, bool | None]:
    """For each imported score, whether higher is better."""
    found = {(one["task"], one["metric"]): one["higher_is_better"] for turn in path for one in turn.scores}
    return {f"{task}.{metric}": better for (task, metric), better in found.items()}


def _in_words(one: Generation) -> dict[str, str]:
    """What is said of a generation, in a few words each."""
    told = {
        "model": one.model, "regime": one.regime or "",
        "decoding": ", ".join(f"{name} {value}" for name, value in sorted(one.decoding.items())),
        "train": ", ".join(each.label for each in one.train),
        "samples": one.samples.label if one.samples is not None and one.samples.of == "samples" else "",
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}
