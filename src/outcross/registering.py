"""How a generation is registered: an audit pass over each of its corpora, imports, and what is kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from outcross.auditing import Auditing, Options
from outcross.audits.record import Audit
from outcross.canonical import digest, sha256
from outcross.errors import CallError, DataError, FaultError
from outcross.estimate import Unknown
from outcross.kernels import KERNELS
from outcross.measures.sequences import Keeping, Sequences, joined
from outcross.run import Watcher
from outcross.store import Store
from outcross.track.generation import Generation, Regime, Role, Sampled, Trained

HUMAN_KEEPING = Keeping(documents=50_000, words=8_000_000)
"""Of a human reference more is kept: its halves define the tail and give the baseline, whose error is in every look."""

_MAGIC = b"OUTCROSS-KEPT-1\n"


@dataclass(frozen=True)
class Registering:
    """What is registered of a generation.

    Attributes:
        name: unique in the workspace. role: see `outcross.track.generation.Role`.
        parents: names of the generations that it comes from.
        train: corpora that it was trained on, `PATH` or `PATH:TOKENS` (as in `mix.jsonl:3.5B`).
        samples: files of texts that its model wrote.
        model: digest or address of the model. regime: how its training data came about.
        decoding: settings under which samples were drawn.
        evals: files of imported scores or held-out losses.
        embeddings: `FILE.npy` or `FILE.parquet:COLUMN`, or None.
        cluster_by: column that names the sampling unit. prompt_column: column that names the prompt.
        facts: anything else.
    """

    name: str
    role: Role = "generation"
    parents: tuple[str, ...] = ()
    train: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    model: str = ""
    regime: Regime | None = None
    decoding: Mapping[str, Any] = field(default_factory=dict)
    evals: tuple[str, ...] = ()
    embeddings: str | None = None
    cluster_by: str | None = None
    prompt_column: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what says nothing.

        Raises:
            CallError: there is neither a corpus nor samples nor anything else that can be compared.
        """
        if not (self.train or self.samples or self.evals or self.embeddings):
            raise CallError(
                "A generation needs something to be tracked by.",
                hint="Give --samples FILES (what its model wrote) or --train CORPUS (what it was trained on).",
            )


@dataclass
class Adding:
    """One generation on its way into the store."""

    store: Store
    asked: Registering
    options: Options
    watch: Watcher
    blobs: dict[str, bytes] = field(default_factory=dict)

    def generation(self) -> Generation:
        """The record; the bytes that belong to it are in `blobs` then."""
        asked = self.asked
        train = [self._trained(told, keep=not asked.samples) for told in asked.train]
        samples = self._sampled(asked.samples) if asked.samples else self._by_training(train)
        scores, losses = self._evals()
        return Generation(
            asked.name, asked.role, asked.parents, tuple(one for one, _, _ in train), samples, asked.model,
            asked.regime, dict(asked.decoding), scores, losses, self._embeddings(), dict(asked.facts),
        )  # fmt: skip

    def _audited(self, paths: Sequence[str], keeping: Keeping | None) -> tuple[Audit, Sequences | None]:
        auditing = Auditing(list(paths), self.options, self.watch, self.store, keeping=keeping)
        return auditing.run(), auditing.kept

    def _keeping(self, *, prompts: bool) -> Keeping:
        asked = self.asked
        base = HUMAN_KEEPING if asked.role == "human" else Keeping()
        return replace(base, unit=asked.cluster_by or (asked.prompt_column if prompts else None),
                       prompt=asked.prompt_column if prompts else None)  # fmt: skip

    def _trained(self, told: str, *, keep: bool) -> tuple[Trained, Audit, Sequences | None]:
        path, tokens = corpus_and_tokens(told)
        audit, kept = self._audited([path], self._keeping(prompts=False) if keep else None)
        documents = audit["documents"]
        if isinstance(documents, Unknown):
            raise DataError(f"How many documents there are in {path} is not known: {documents.reason}.")
        return Trained(path, str(audit.corpus["root"]), audit.digest, int(documents.value), tokens), audit, kept

    def _sampled(self, paths: tuple[str, ...]) -> Sampled:
        audit, kept = self._audited(paths, self._keeping(prompts=True))
        label = ", ".join("standard input" if path == "-" else path for path in paths)
        return self._told(label, [audit], [kept], prompts=True)

    def _by_training(self, train: Sequence[tuple[Trained, Audit, Sequences | None]]) -> Sampled | None:
        """Without samples, the text that it was trained on is what can be followed."""
        if not train:
            return None
        label = ", ".join(one.label for one, _, _ in train)
        told = self._told(label, [audit for _, audit, _ in train], [kept for _, _, kept in train], prompts=False)
        return replace(told, of="train")

    def _told(self, label: str, audits: Sequence[Audit], kept: Sequence[Sequences | None], *, prompts: bool) -> Sampled:
        there = [one for one in kept if one is not None]
        if not there:
            raise DataError(f"There is no document in {label}.", hint="Name files that hold text.")
        sequences = joined(there)
        self.blobs["sequences"] = packed(sequences.to_bytes())
        root = (
            str(audits[0].corpus["root"]) if len(audits) == 1 else digest([str(one.corpus["root"]) for one in audits])
        )
        return Sampled(
            label, root, audits[0].digest if len(audits) == 1 else digest([one.digest for one in audits]),
            sha256(self.blobs["sequences"]), sequences.documents, len(sequences),
            clustered=self.asked.cluster_by or (self.asked.prompt_column if prompts else None),
            prompted=self.asked.prompt_column if prompts else None,
        )  # fmt: skip

    def _evals(self) -> tuple[tuple[Mapping[str, Any], ...], str | None]:
        """Imported scores, and the digest of held-out losses."""
        from outcross.track.evals import read_evals  # noqa: PLC0415 - only where there are files to import
        from outcross.track.losses import holds_losses, read_losses  # noqa: PLC0415

        scores: list[Mapping[str, Any]] = []
        held: str | None = None
        for path in self.asked.evals:
            if not holds_losses(path):
                scores += [one.to_dict() for one in read_evals(path)]
                continue
            if held is not None:
                raise CallError("Two files hold held-out losses.", hint="Give one file with one row a document.")
            self.blobs["losses"] = packed(read_losses(path).to_bytes())
            held = sha256(self.blobs["losses"])
        names = [(one["task"], one["metric"]) for one in scores]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise CallError(f"The score {twice[0]}, {twice[1]} is in two files.", hint="Give each score once.")
        return tuple(scores), held

    def _embeddings(self) -> str | None:
        from outcross.track.matrices import read_embeddings  # noqa: PLC0415 - only where there are embeddings

        if self.asked.embeddings is None:
            return None
        self.blobs["embeddings"] = packed(read_embeddings(self.asked.embeddings).to_bytes())
        return sha256(self.blobs["embeddings"])


_TOKENS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9, "t": 10**12}


def corpus_and_tokens(told: str) -> tuple[str, int | None]:
    """A corpus and the tokens consumed of it: "mix.jsonl:3.5B" is ("mix.jsonl", 3500000000).

    A suffix that is no number belongs to the path, as in an address.
    """
    path, colon, suffix = told.rpartition(":")
    number, unit = (suffix[:-1], suffix[-1].lower()) if suffix[-1:].isalpha() else (suffix, "")
    if not (colon and path and unit in _TOKENS and number.replace(".", "", 1).isdecimal() and number.isascii()):
        return told, None
    return path, round(float(number) * _TOKENS[unit])


def packed(data: bytes) -> bytes:
    """Bytes as they are kept: compressed, with the version of the kernels whose hashes are in them."""
    packed: bytes = pa.compress(data, codec="zstd", asbytes=True)
    return _MAGIC + KERNELS.encode() + b"\n" + len(data).to_bytes(8, "little") + packed


def unpacked(data: bytes, kind: str) -> bytes:
    """What `packed` was given.

    Raises:
        FaultError: it was made by kernels of another version.
    """
    made, _, rest = data.removeprefix(_MAGIC).partition(b"\n")
    if not data.startswith(_MAGIC) or made != KERNELS.encode():
        raise FaultError(
            f"The kept {kind} were made by other kernels; this outcross has {KERNELS!r}.",
            hint="Use the outcross that registered the generation, or register it again in another workspace.",
        )
    unpacked: bytes = pa.decompress(rest[8:], int.from_bytes(rest[:8], "little"), codec="zstd", asbytes=True)
    return unpacked
