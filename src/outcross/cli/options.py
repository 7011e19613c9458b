"""Options that several commands share."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from outcross.corpus import holds
from outcross.errors import CallError, FaultError
from outcross.run import Progress, Watcher, nobody
from outcross.settings import found_above

Command = TypeVar("Command", bound=Callable[..., Any])

_READING = (
    click.option("--text-column", metavar="C", help="Column with the text; dotted for a nested one (meta.body)."),
    click.option("--id-column", metavar="C", help="Column with identifiers."),
    click.option("--turns", type=click.Choice(["all", "assistant"]), default="all", show_default=True,
                 help="Turns of chats to take."),
    click.option("--segmenter", type=click.Choice(["budoux"]),
                 help="Put spaces between words of Chinese, Japanese and Thai (extra: segment)."),
    click.option("--max-document", type=int, default=64 << 20, show_default=True, metavar="BYTES",
                 help="Longer documents are set aside."),
    click.option("--max-expansion", type=int, default=200, show_default=True, metavar="N",
                 help="Files that expand more than so many times are taken for bombs."),
    click.option("--word-types", type=int, default=1 << 20, show_default=True, metavar="N",
                 help="Distinct words counted exactly; the rarest beyond are dropped, with a stated bound."),
)  # fmt: skip

_RUNNING = (
    click.option("--workers", type=int, default=0, metavar="N", help="Shards at the same time [default: processors]."),
    click.option("--engine", type=click.Choice(["threads", "processes"]), default="threads", show_default=True,
                 help="Where shards are worked on; the figures are the same to the last digit."),
)  # fmt: skip


def _all(options: tuple[Callable[[Any], Any], ...]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


reading_options = _all(_READING)
source_options = _all((*_READING[:3], *_READING[4:6]))
running_options = _all(_RUNNING)
output_option = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                             help="Write there instead of to the terminal.")  # fmt: skip
format_option = click.option("--format", "form", type=click.Choice(["text", "json", "md", "html"]), default=None,
                             help="Form of the report [default: by the name of -o FILE, else text].")  # fmt: skip


def _here(context: click.Context, parameter: click.Parameter, named: Path | None) -> Path:
    """The workspace that was named, or the one that this folder is in."""
    return named or found_above(Path())


workspace_option = click.option(
    "--workspace", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", callback=_here,
    help="Where .outcross/ is kept [default: this folder, or the nearest above with an outcross.toml].",
)  # fmt: skip
harder_option = click.option(
    "--harder", type=float, default=1.0, show_default=True, metavar="TIMES",
    help="Reviewers may err so many times as often on the corpus as on planted documents.",
)  # fmt: skip


def form_of(form: str | None, output: Path | None) -> str:
    """The form that was asked for, or the one that the name of a file asks for."""
    forms = {".json": "json", ".md": "md", ".html": "html", ".htm": "html"}
    return form or forms.get(output.suffix if output else "", "text")


def colour() -> bool:
    """Whether the terminal shows colours and the user wants them (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def check_output(output: Path | None, inputs: Sequence[str]) -> None:
    """Refuse, before any work, a file that cannot be written or that is an input.

    Raises:
        CallError: its folder is not there, or it would replace what is to be read.
    """
    if output is None:
        return
    if not output.parent.is_dir():
        raise CallError(f"Cannot write {output}: there is no folder {output.parent}.", hint="Make it first.")
    if holds(inputs, str(output)):
        raise CallError(
            f"{output} is one of the files to be read; it would be replaced.", hint="Choose another file to write to."
        )


def write(text: str, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to the terminal."""
    whole = text if text.endswith("\n") else text + "\n"
    if output is None:
        click.echo(whole, nl=False)
        return
    try:
        if output.exists() and not output.is_file():
            output.write_text(whole, encoding="utf-8")  # a pipe or a device is written to, never replaced by a file
        else:
            _put(whole.encode(), Path(os.path.realpath(output)))  # a link stays one
    except OSError as error:
        raise FaultError(f"Cannot write {output}: {error.strerror}.", hint="Choose another -o FILE.") from None


def _put(data: bytes, file: Path) -> None:
    """Replace a file, by way of a draft that no other process writes to."""
    draft = file.with_name(f"{file.name}.draft-{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def progress() -> Iterator[Watcher]:
    """A progress bar on the terminal's error stream; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield nobody
        return
    from rich.console import Console  # noqa: PLC0415 - only when something is shown
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[told]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, told="")

        def watch(now: Progress) -> None:
            documents = f"{now.documents:,} documents, " if now.documents else ""
            told = f"{documents}{now.rate:.0f} MB/s"
            bar.update(task, description=now.stage, completed=now.done, total=now.total or None, told=told)

        yield watch
