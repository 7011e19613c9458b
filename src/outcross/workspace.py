"""The door behind the command line and the Python API: audits, comparisons and references.

A `Workspace` is a folder; what was run there is kept in its `.outcross/`. Without one nothing is left behind.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcross.auditing import Auditing, Options, find_reference, found_in, locked, options_of, pruned, write_whole
from outcross.audits.assemble import Against, assemble
from outcross.audits.record import RENDERERS, Audit
from outcross.audits.reference import FIRST, SECOND, Reference, build, load
from outcross.canonical import sha256
from outcross.engine.task import MOST_DOCUMENTS
from outcross.errors import CallError
from outcross.kernels import warm
from outcross.measure import Batch
from outcross.origin.declared import Declarations
from outcross.origin.matching import calibrated
from outcross.origin.outputs import OutputIndex, add, empty_index, open_index
from outcross.run import Clock, Progress, Watcher, nobody
from outcross.settings import FILE, FOLDER, is_workspace, read

if TYPE_CHECKING:
    from outcross.gate.record import Verdict
    from outcross.labelling import Labelling
    from outcross.log.notes import Note
    from outcross.principals import KnownKey, Signer
    from outcross.provenance.sigstore import Identity
    from outcross.sourcing import Sourcing
    from outcross.store.keys import Keys
    from outcross.store.log import Log
    from outcross.store.log_checks import Checked
    from outcross.store.provenance import Records
    from outcross.track.record import Track
    from outcross.tracking import Tracking

OUTPUTS_BUSY = ("Another process is changing the output index.", "Wait until it has ended, and try again.")
"""What is said to the second of two who change an output index, and what to do."""


def _shown(form: str) -> Callable[[Audit], str]:
    """A renderer that imports templates when something is shown."""

    def show(made: Audit) -> str:
        from outcross import report  # noqa: PLC0415

        return {"html": report.to_html, "notebook": report.to_notebook}[form](made)

    return show


RENDERERS.update({form: _shown(form) for form in ("html", "notebook")})


class Workspace:
    """A folder with a store.

    Args:
        folder: where `.outcross/` is or will be.
        make: whether to make `.outcross/` in a folder that is no workspace yet.

    Attributes:
        folder: of the workspace.
        settings: what its `outcross.toml` says.
        store: its store.

    Raises:
        CallError: there is no workspace, and none is to be made; or its settings are wrong.
        FaultError: its store cannot be used.
    """

    def __init__(self, folder: str | Path = ".", *, make: bool = True) -> None:
        from outcross.store import Store  # noqa: PLC0415 - SQLAlchemy, only for those who keep runs

        self.folder = Path(folder)
        if not make and not is_workspace(self.folder):
            raise CallError(
                f"There is no workspace in {self.folder.absolute()}.",
                hint="Name another with --workspace, or make one there with: outcross init",
            )
        self.settings = read(self.folder)
        self.store = Store(self.folder / FOLDER, self.settings.store.url)

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *error: object) -> None:
        self.store.close()

    def audit(self, paths: str | Sequence[str], options: Options | None = None, watch: Watcher = nobody,
              records: Sequence[str] = ()) -> Audit:  # fmt: skip
        """Audit a corpus; see `audit`."""
        chosen, told = options or Options(), Declarations()
        if records:
            from outcross.sourcing import speaking  # noqa: PLC0415 - only for those who ask

            told = self.sources.declared(records, _listed(paths), speaking(chosen), watch)
        return Auditing(paths, chosen, watch, self.store, declarations=told).run()

    def build_reference(self, paths: str | Sequence[str], name: str, options: Options | None = None,
                        watch: Watcher = nobody) -> Reference:  # fmt: skip
        """Make a frozen reference of a human corpus and keep it under a name.

        Raises:
            CallError: there is a reference of this name with other contents, or the name is no name.
        """
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
            raise CallError(f"{name!r} is no name for a reference.", hint="Use letters, digits, '.', '_' and '-'.")
        data = reference_bytes(paths, name, options or Options(), watch)
        path = self.store.reference_path(name)
        if path.exists() and sha256(path.read_bytes()) != sha256(data):
            raise CallError(
                f"There is a reference {name!r} already, with other contents; a reference is never changed.",
                hint="Choose another --name.",
            )
        write_whole(path, data)
        return load(path)

    def reference(self, name: str) -> Reference:
        """A reference by its name in this workspace, or by the path of its file.

        Raises:
            CallError: there is none.
        """
        return find_reference(self.store, name)

    def prune(self) -> tuple[int, int]:
        """Delete what finished runs left on disk. Their audits stay; to go on from them, documents are read again.

        Returns:
            How many runs were pruned, and the bytes that are free now.
        """
        freed = [pruned(self.store, row["id"]) for row in self.store.runs() if row["state"] == "finished"]
        return sum(size > 0 for size in freed), sum(freed)

    @property
    def outputs_folder(self) -> Path:
        """Where the output index of this workspace lies."""
        return self.store.folder / "outputs"

    def outputs(self) -> OutputIndex:
        """The output index of this workspace.

        Raises:
            CallError: there is none.
        """
        return open_index(self.outputs_folder)

    def add_outputs(
        self, paths: str | Sequence[str], model: str, options: Options | None = None, watch: Watcher = nobody
    ) -> OutputIndex:
        """Add what a model has emitted to the output index, which is made where there is none.

        Args:
            paths: the outputs, in any format that is read as a corpus.
            model: what made them.
            options: how to read; with `no_text` off, the texts are kept beside their hashes.
            watch: is told how far it has come.

        Raises:
            CallError: another process is adding to it, or the paths cannot be read.
            DataError: there is nothing to add.
        """
        chosen = options or Options(no_text=True)
        folder = self.outputs_folder
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder, *OUTPUTS_BUSY):
            index = open_index(folder) if (folder / "index.json").exists() else empty_index(folder)
            return add(index, _batches_of(paths, chosen, watch), model, keep_text=not chosen.no_text)

    def calibrate_outputs(
        self, paths: str | Sequence[str], options: Options | None = None, watch: Watcher = nobody
    ) -> OutputIndex:
        """Hold human text against the output index: how often is it hit by chance?

        Raises:
            CallError: there is no index, or another process is adding to it.
        """
        self.outputs()  # without an index there is no folder to lock
        named = [paths] if isinstance(paths, str) else list(paths)
        with locked(self.outputs_folder, *OUTPUTS_BUSY):
            # Opened inside the lock: an addition that ended just now must not be undone.
            index = self.outputs()
            return calibrated(index, _batches_of(named, options or Options(), watch), ", ".join(named))

    @property
    def labels(self) -> "Labelling":
        """The label sets of this workspace."""
        from outcross.labelling import Labelling  # noqa: PLC0415 - only for those who label

        return Labelling(self.store)

    @property
    def keys(self) -> "Keys":
        """The principals of this workspace and their public keys."""
        from outcross.store.keys import Keys  # noqa: PLC0415 - SQLAlchemy, see above

        return Keys(self.store)

    @property
    def records(self) -> "Records":
        """The provenance records and signed statements of this workspace."""
        from outcross.store.provenance import Records  # noqa: PLC0415 - SQLAlchemy, see above

        return Records(self.store)

    def signers(self) -> "list[KnownKey]":
        """The keys whose word on provenance is believed here: `[provenance] signers` of the settings.

        Raises:
            CallError: a name is unknown, or a key is none; the message names its line.
        """
        from outcross.sealing import signers  # noqa: PLC0415 - cryptography, only for those who sign

        return signers(self.folder, self.settings.provenance.signers, self.keys.keys())

    def identities(self) -> "list[Identity]":
        """Whose word on provenance is believed here under Sigstore: `[provenance] identities` of the settings.

        Raises:
            CallError: the file with the roots of trust is not there; the message names its line.
        """
        from outcross.sealing import identities  # noqa: PLC0415 - cryptography, only for those who sign

        return identities(self.folder, self.settings.provenance)

    @property
    def sources(self) -> "Sourcing":
        """Where the data of mixes come from, as far as this workspace knows.

        Raises:
            CallError: the settings list a signer that nobody knows, or roots of trust that are not there; the message
                names its line.
        """
        from outcross.sourcing import Sourcing  # noqa: PLC0415 - only for those who ask

        return Sourcing(self.store, self.signers(), self.identities(), self.settings.provenance.cutoff)

    @property
    def tracking(self) -> "Tracking":
        """The generations of this workspace."""
        from outcross.tracking import Tracking  # noqa: PLC0415 - only for those who track

        return Tracking(self.store)

    def track(self, head: str | None = None, criteria: Sequence[str] = (),
              chosen: Mapping[str, Any] | None = None) -> "Track":  # fmt: skip
        """Hold a lineage against its baseline.

        Args:
            head: name of its newest generation; None where there is only one lineage.
            criteria: what decides, as `MEASURE` or `MEASURE:falls`; empty for that of the settings, or the panel.
            chosen: fields of `outcross.track.plan.Plan`; what is None there comes from the settings.

        Raises:
            CallError: a name or a number is wrong.
        """
        from outcross.track.plan import Plan, criterion  # noqa: PLC0415 - only for those who track

        settled = self.settings.track
        told = tuple(criteria) or ((settled.primary,) if settled.primary else ())
        defaults = {"alpha": settled.alpha, "looks": settled.looks, "first_words": settled.first_words,
                    "reference": settled.reference}  # fmt: skip
        given = {name: value for name, value in (chosen or {}).items() if value is not None}
        return self.tracking.track(head, Plan(criteria=tuple(map(criterion, told)), **(defaults | given)))

    def check(self, mix: str, policy: str | Path | None = None) -> "Verdict":
        """Hold a mix against a policy.

        Args:
            mix: a file that says what is mixed, or the name of a generation.
            policy: a file that holds one; None for that of the workspace.

        Raises:
            CallError: the policy or the mix cannot be. DataError: what is told of the sources cannot be.
        """
        from outcross.gate.assess import assess  # noqa: PLC0415 - only for those who judge
        from outcross.gate.policy import chosen_policy  # noqa: PLC0415

        chosen = chosen_policy(self.folder / FILE, policy)  # first: what is wrong with it is told before any work
        return assess(chosen, self.sources.evidence(mix), datetime.now(UTC).isoformat(timespec="seconds"))

    def decide(self, mix: str, policy: str | Path | None, signer: "Signer") -> "tuple[Verdict, int]":
        """Hold a mix against a policy, and sign for the verdict: it is kept and logged, both or neither.

        Args:
            mix: as for `check`.
            policy: as for `check`.
            signer: who answers for it; made known here where they are not.

        Returns:
            The verdict, and the place of its entry in the log.

        Raises:
            CallError, DataError: as `check`; or the signer's key was revoked, or is another than the one known here.
        """
        from outcross.gate.decision import decision  # noqa: PLC0415 - only for those who judge
        from outcross.store.verdicts import Verdicts  # noqa: PLC0415 - SQLAlchemy, see above

        self.keys.register(signer)
        made = self.check(mix, policy)
        subject = str(made.subjects.get("mix", ""))
        return made, Verdicts(self.store).keep(made.to_dict(), subject, decision(made), signer)

    @property
    def log(self) -> "Log":
        """The log of this workspace: what befell its keys, and the verdicts that were signed."""
        from outcross.store.log import Log  # noqa: PLC0415 - SQLAlchemy, see above

        return Log(self.store)

    def check_log(self, anchors: "Sequence[Note]" = (), keys: Sequence[str] = ()) -> "Checked":
        """Look whether the log is what it was, and whether the store says what the log says.

        Args:
            anchors: older checkpoints that were kept elsewhere.
            keys: public keys that are believed besides those known here.
        """
        from outcross.store.log_checks import checked  # noqa: PLC0415 - SQLAlchemy, see above

        return checked(self.store, anchors, keys)

    def references(self) -> list[Reference]:
        """All references of this workspace."""
        return [load(path) for path in sorted((self.store.folder / "references").glob("*.reference"))]


def kept_reference(name: str, folder: str | Path = ".") -> Reference:
    """A reference by its name in a workspace; or by the path of its file, which needs no workspace.

    Raises:
        CallError: there is none, or there is no workspace to look in.
    """
    if not is_workspace(Path(folder)) and Path(name).is_file():
        return load(Path(name))
    with Workspace(folder, make=False) as opened:
        return opened.reference(name)


def audit(
    paths: str | Sequence[str], *, workspace: str | Path | None = None, watch: Watcher = nobody,
    records: Sequence[str] = (), **options: Any,
) -> Audit:  # fmt: skip
    """Audit a corpus: what is in it, how diverse it is, how often it repeats itself, with intervals.

    >>> audit("corpus.parquet", text_column="body", group_by="source")  # doctest: +SKIP

    Args:
        paths: files, folders, patterns, addresses, or "-"; see `outcross.corpus.find`.
        workspace: a folder to keep the run in (so that it can be resumed); None leaves nothing behind.
        watch: called with a `Progress` as the work goes on.
        records: files of provenance records and manifests, or folders of these, that declare the origin of sources; who
            is believed stands in the settings of the workspace.
        options: fields of `Options`.

    Raises:
        CallError: an option or path is wrong, or there are records and no workspace. DataError: nothing could be read.
        InterruptedRunError: stopped. FaultError: it could not be finished.
    """
    chosen = options_of(options)
    if workspace is None:
        if records:
            raise CallError("Records are given, and no workspace.", hint="Its settings say who is believed: name one.")
        return Auditing(paths, chosen, watch, None).run()
    with Workspace(workspace) as opened:
        return opened.audit(paths, chosen, watch, records)


def _listed(paths: str | Sequence[str]) -> list[str]:
    return [str(one) for one in ([paths] if isinstance(paths, str | Path) else paths)]


def reference_bytes(paths: str | Sequence[str], name: str, options: Options, watch: Watcher = nobody) -> bytes:
    """The bytes of a reference made of a corpus."""
    chosen = replace(options, group_by=None, sample=None, max_time=None, reference=None, no_copies=True, no_text=True)
    auditing = Auditing(paths, chosen, watch, None)
    with auditing.finished(halves=True) as (merged, results):
        whole = assemble(merged, results, Against(), None)
        halves = {half: state for half, state in merged.states.groups.items() if half in (FIRST, SECOND)}
        root = str(whole.corpus["root"])
    return build(name, halves, root)


def _batches_of(paths: str | Sequence[str], options: Options, watch: Watcher) -> Iterator[Batch]:
    """The batches of a corpus, in order, as kernels can take them."""
    corpus = found_in(paths, options)
    warm(lambda told: watch(Progress(told, 0, 0, 0, 0, 0.0)))
    clock, done, documents, text_bytes = Clock(), 0, 0, 0
    for shard in corpus.shards:
        reader = corpus.read(shard, hashing=False)
        for whole in reader:
            for begin in range(0, len(whole), MOST_DOCUMENTS):
                batch = whole.slice(begin, begin + MOST_DOCUMENTS)
                documents += len(batch)
                text_bytes += batch.texts.nbytes
                yield batch
            watch(Progress("reading", done + reader.come_to, corpus.bytes, documents, text_bytes, clock.seconds))
        done += shard.bytes
