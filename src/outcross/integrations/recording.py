"""Record a generation from Python, of files or of texts in memory; and hold a lineage against its baseline."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from outcross.auditing import Options
from outcross.corpus.formats import PACKED_SUFFIXES, readers
from outcross.errors import CallError
from outcross.integrations.samples import PROMPT, TEXT, Passing, rows_of
from outcross.registering import Registering
from outcross.run import Watcher, nobody
from outcross.track.generation import REGIMES, ROLES, Generation
from outcross.track.plan import Plan
from outcross.track.record import Track
from outcross.workspace import Workspace

Samples = str | Path | Iterable[str | Path | Mapping[str, Any]]
"""A path, several paths, or texts in memory: plain, or as rows with a column "text"."""

_SEVERAL = ("parents", "train", "evals")
_OURS = {one.name for one in fields(Registering)} - {"name", "samples"}
_READING = {one.name for one in fields(Options)}


def record_generation(  # noqa: PLR0913 - the front door: samples are told in several ways
    name: str,
    *,
    samples: Samples | None = None,
    prompts: Iterable[str] | None = None,
    workspace: str | Path = ".",
    keep_samples: bool = True,
    watch: Watcher = nobody,
    **told: Any,
) -> Generation:
    """Register a generation, as `outcross generation add` does.

    >>> record_generation("g1", samples=["A text.", "Another."], model="sha256:...")  # doctest: +SKIP

    Args:
        name: of the generation, unique in the workspace.
        samples: what its model wrote: a path, several paths, or texts in memory. A text in memory is a `str` or a
            mapping with the column "text" (or `text_column`) and any others. Several `str` are paths where every one
            of them ends as a file does that can be read (".jsonl"), and texts otherwise; a `Path` is always a path.
        prompts: for texts in memory, what each of them answers, in the same order.
        workspace: folder of the workspace, made where there is none.
        keep_samples: whether texts in memory stay in `.outcross/samples/NAME.jsonl`; else no text is left.
        watch: is told how far it has come.
        told: other fields of `outcross.registering.Registering` (`role`, `parents`, `train` with `PATH[:TOKENS]`,
            `model`, `regime`, `decoding`, `evals`, `embeddings`, `cluster_by`, `prompt_column`, `facts`) and of
            `Options` (how texts are read).

    Returns:
        The generation. The same facts recorded again change nothing.

    Raises:
        CallError: a name is wrong or taken; prompts and samples differ in number; a file is not there.
        DataError: a file cannot be read as what it should be.
    """
    told = _checked(told)
    Generation(name, parents=told.get("parents") or ())  # before a file is called by the name
    files, in_memory = _paths(samples)
    if prompts is not None and in_memory is None:
        raise CallError("Prompts go with samples in memory.", hint="Name the column of the files: prompt_column=...")
    with Workspace(workspace) as opened:
        recording = _Recording(opened, name, told, watch)
        if in_memory is None:
            return recording.add(*files)
        told["text_column"] = column = told.get("text_column") or TEXT
        place = Passing(opened.store.folder, name, recording.registered, keep=keep_samples)
        with place.written(rows_of(in_memory, prompts, column)) as prompted:
            if prompted:
                told.setdefault("prompt_column", PROMPT)
            return recording.add(str(place.path))


@dataclass(frozen=True)
class _Recording:
    """What is told of a generation, on its way into a workspace."""

    workspace: Workspace
    name: str
    told: dict[str, Any]
    watch: Watcher

    def registered(self) -> bool:
        """Whether there is a generation of this name."""
        return any(one.name == self.name for one in self.workspace.tracking.generations())

    def add(self, *samples: str) -> Generation:
        """Register it with these files."""
        ours = {key: value for key, value in self.told.items() if key in _OURS and value is not None}
        asked = Registering(self.name, samples=samples, **ours)
        if asked.cluster_by is None:
            asked = replace(asked, cluster_by=self.workspace.settings.track.cluster_by)
        reading = {key: value for key, value in self.told.items() if key in _READING}
        # As on the command line: of its texts only hashes are kept, unless somebody says otherwise.
        options = Options(**{"no_text": True} | reading)
        return self.workspace.tracking.add(asked, options, self.watch)


def track_lineage(
    head: str | None = None, *, workspace: str | Path = ".", criteria: Iterable[str] = (), **plan: Any
) -> Track:
    """Hold a lineage against its baseline, as `outcross track` does.

    >>> track_lineage("g7", criteria=["tail.share:falls"]).outcome  # doctest: +SKIP
    'no alarm'

    Args:
        head: name of its newest generation; None where there is only one lineage.
        workspace: folder of the workspace.
        criteria: what decides, the primary one first, as `MEASURE` or `MEASURE:falls`; empty for the settings' choice.
        plan: other fields of `outcross.track.plan.Plan`: `alpha`, `looks`, `first_words`, `baseline`, `reference`,
            `margin`.

    Raises:
        CallError: there is no such workspace, lineage, baseline or field.
        FaultError: what is kept is damaged, or was made by other kernels.
    """
    _refuse_unknown(plan, {one.name for one in fields(Plan)} - {"criteria"})
    several = [criteria] if isinstance(criteria, str) else list(criteria)
    with Workspace(workspace, make=False) as opened:
        return opened.track(head, several, plan)


def _checked(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was told, one word taken for a list of one."""
    _refuse_unknown(told, _OURS | _READING)
    checked = dict(told)
    for key, known in (("role", ROLES), ("regime", REGIMES)):
        if checked.get(key) not in (None, *known):
            raise CallError(f"{checked[key]!r} is no {key}.", hint=f"There are: {', '.join(known)}.")
    for key in _SEVERAL:
        value = checked.get(key)
        if value is not None:
            checked[key] = (str(value),) if isinstance(value, str | Path) else tuple(map(str, value))
    return checked


def _refuse_unknown(told: Iterable[str], known: Collection[str]) -> None:
    for name in told:
        if name not in known:
            raise CallError(f"There is no argument {name!r}.", hint=f"There are: {', '.join(sorted(known))}.")


def _paths(samples: Samples | None) -> tuple[list[str], Iterable[Any] | None]:
    """Paths, or else the texts in memory."""
    if samples is None:
        return [], None
    if isinstance(samples, str | Path):
        return [str(samples)], None
    if isinstance(samples, Mapping | bytes) or hasattr(samples, "columns") or not isinstance(samples, Iterable):
        raise CallError(
            f"Samples cannot be taken from a {type(samples).__name__}.",
            hint='Give paths, texts, or rows with a column "text": [{"text": ...}, ...].',
        )
    if not isinstance(samples, list | tuple):
        return [], samples
    if samples and all(isinstance(one, Path) or _named_as_file(one) for one in samples):
        return [str(one) for one in samples], None
    return [], samples


def _named_as_file(one: Any) -> bool:
    """Whether a text is the name of a file: what is looked at is the name alone, so that a wrong one is missed."""
    if not isinstance(one, str) or "\n" in one:
        return False
    plain = one.lower()
    for suffix in PACKED_SUFFIXES:
        plain = plain.removesuffix(suffix)
    return plain.endswith(tuple(suffix for reader in readers().values() for suffix in reader.suffixes))
