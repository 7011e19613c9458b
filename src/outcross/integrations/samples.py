"""Texts in memory as a file of a workspace: JSON Lines, whole or not at all."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from outcross.auditing import locked
from outcross.errors import CallError, FaultError

TEXT, PROMPT = "text", "prompt"

FOLDER = "samples"
"""In `.outcross/`, where texts that were given in memory are kept."""

_MISSING = object()


def rows_of(samples: Iterable[Any], prompts: Iterable[str] | None, column: str) -> Iterator[dict[str, Any]]:
    """One row a sample.

    Args:
        samples: texts, or mappings with a text in the column.
        prompts: what each answers, in the same order; None where nobody said, or the rows say it.
        column: that holds the text.

    Raises:
        CallError: a sample is neither; the numbers differ; a prompt is told twice, or of some samples only.
    """
    told = prompts is not None
    pairs = zip_longest(samples, prompts, fillvalue=_MISSING) if prompts is not None else ((one, "") for one in samples)
    prompted: bool | None = None
    for number, (sample, prompt) in enumerate(pairs, 1):
        if sample is _MISSING or prompt is _MISSING:
            more = "prompts" if sample is _MISSING else "samples"
            raise CallError(f"There are more {more}: {number - 1} have a partner.", hint="Give one prompt a sample.")
        row = _row(sample, number, column) | ({PROMPT: _prompt(sample, prompt, number)} if told else {})
        if prompted is not None and (PROMPT in row) != prompted:
            raise CallError("Some samples have a prompt, and some have none.", hint="Give all of them or none.")
        prompted = PROMPT in row
        yield row


def _row(sample: Any, number: int, column: str) -> dict[str, Any]:
    row = {column: sample} if isinstance(sample, str) else sample
    if not isinstance(row, Mapping) or not isinstance(row.get(column), str):
        raise CallError(
            f"Sample {number} is a {type(sample).__name__} without a text in {column!r}.",
            hint=f'Give texts, or rows with a text in their column "{column}".',
        )
    return dict(row)


def _prompt(sample: Any, prompt: Any, number: int) -> str:
    if not isinstance(prompt, str):
        raise CallError(f"Prompt {number} is a {type(prompt).__name__}, not a text.")
    if isinstance(sample, Mapping) and PROMPT in sample:
        raise CallError(f"The prompt of sample {number} is told twice.", hint="Leave out `prompts`, or the column.")
    return prompt


@dataclass(frozen=True)
class Passing:
    """The samples of one generation on their way into a file of a workspace.

    The file lies at the same place whether it is kept or not, since its place is part of the record.

    Attributes:
        store: folder of the store.
        name: of the generation.
        registered: says whether there is a generation of this name, whose samples are never replaced by others.
        keep: whether the file stays.
    """

    store: Path
    name: str
    registered: Callable[[], bool]
    keep: bool = True

    @property
    def path(self) -> Path:
        """Of the file."""
        return self.store / FOLDER / f"{self.name}.jsonl"

    @contextmanager
    def written(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[bool]:
        """The file is there inside the `with`, and afterwards where it is kept and the `with` ended well.

        Yields:
            Whether the rows have prompts.

        Raises:
            CallError: other samples are kept under this name; a row cannot be written; another process records it.
            FaultError: the folder cannot be written.
        """
        lock = self.path.parent / ".locks" / self.name
        with _told(self.path):
            lock.mkdir(parents=True, exist_ok=True)
        with locked(lock, f"Another process is recording {self.name!r}.", "Wait until it has ended, and try again."):
            stays = self.path.exists() and self.registered()
            prompted = self._replaced(rows, same=stays)
            try:
                yield prompted
                stays |= self.keep
            finally:
                if not stays:
                    self.path.unlink(missing_ok=True)

    def _replaced(self, rows: Iterable[Mapping[str, Any]], *, same: bool) -> bool:
        draft = self.path.with_name(f".{self.path.name}.draft")
        try:
            prompted = write_rows(draft, rows)
            if same and _sum(draft) != _sum(self.path):
                raise CallError(f"Other samples are registered as {self.name!r} already.", hint="Choose another name.")
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)
        return prompted


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> bool:
    """Write rows as JSON Lines.

    Returns:
        Whether they have prompts.

    Raises:
        CallError: there is no row, or one holds what JSON cannot hold.
        FaultError: the file cannot be written.
    """
    count, prompted = 0, False
    with _told(path), path.open("w", encoding="ascii") as file:
        for row in rows:
            count += 1
            file.write(_line(row, count))
            prompted = PROMPT in row
    if not count:
        raise CallError("There is no sample.", hint="Give the texts that the model wrote.")
    return prompted


def _line(row: Mapping[str, Any], number: int) -> str:
    try:
        return json.dumps(row, allow_nan=False) + "\n"
    except (TypeError, ValueError) as error:
        raise CallError(f"Sample {number} cannot be written as JSON: {error}.", hint="Leave that column out.") from None


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says against a file, said so that a person knows what to do."""
    try:
        yield
    except OSError as error:
        raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Check the disk and the folder.") from None


def _sum(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
