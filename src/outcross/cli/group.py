"""All commands under one name, imported as they are called; and what becomes of errors."""

import errno
import io
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from outcross import __version__
from outcross.errors import OutcrossError

# Each command's module and what it does, told here so that --help need not import them all.
COMMANDS = {
    "audit": ("outcross.cli.audit", "Audit a corpus: size, diversity, rare words, repetition, copies."),
    "compare": ("outcross.cli.compare", "Compare two corpora, or two saved audits, at a common size."),
    "definitions": ("outcross.cli.definitions", "List the named definitions of collapse, or explain one."),
    "generation": ("outcross.cli.generation", "Register turns of the retraining cycle, list and show them."),
    "init": ("outcross.cli.init", "Make a workspace here: its settings and its store."),
    "keys": ("outcross.cli.keys", "The people and services who sign here: make, add, change and end their keys."),
    "label": ("outcross.cli.label", "Label a sample of a corpus: draw it, work through it, see what it says."),
    "measures": ("outcross.cli.measures", "List all figures of an audit, or explain one."),
    "outputs": (
        "outcross.cli.outputs",
        "Keep an index of what your own models have emitted, to match corpora against.",
    ),
    "origin": ("outcross.cli.origin", "Fit, show and try a text score: how like synthetic text a document is."),
    "provenance": (
        "outcross.cli.provenance",
        "Say where data come from, import and sign it, and check a mix against requirements.",
    ),
    "reference": ("outcross.cli.reference", "Make and show frozen references: human text to hold corpora against."),
    "runs": ("outcross.cli.runs", "List the runs of a workspace, the newest first."),
    "track": ("outcross.cli.track", "Hold generations against the human baseline: what is lost beyond noise."),
}
MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EMFILE, errno.EACCES)
"""What the machine refuses: no fault of ours."""

NO_NAME = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR)
"""What the machine says of names that can be no file's: the call is wrong."""

LONGEST_SHOWN = 200
"""Characters of such a name that are shown."""


class Commands(click.Group):
    """Commands that are imported when they are called.

    Args:
        known: each command's module and what it does, by its name.
    """

    def __init__(self, *args: Any, known: Mapping[str, tuple[str, str]] = COMMANDS, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = known

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, by name."""
        return sorted(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.known:
            return None
        command: click.Command = import_module(self.known[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in sorted(self.known.items())])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """A command nobody knows: name the closest one."""
        if args and args[0] not in self.known and not args[0].startswith("-"):
            import difflib  # noqa: PLC0415

            close = difflib.get_close_matches(args[0], self.known, 1)
            hint = f" Did you mean {close[0]!r}?" if close else f" There are: {', '.join(sorted(self.known))}."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="outcross")
def outcross() -> None:
    """Keep model collapse out of your training data.

    Audit corpora for diversity, repetition and copies; compare them; hold them against frozen human text; track what
    generations of models lose.
    """


def run() -> int:
    """Run the command line; returns its exit code."""
    try:
        # Where a command ends by itself with an exit code, click returns it.
        ended = outcross.main(prog_name="outcross", standalone_mode=False)
        code = ended if isinstance(ended, int) else 0
    except SystemExit:
        # What click makes of a reader of our output that has gone: 1, which means "changed" here.
        code = 0
    except BrokenPipeError:
        # The reader of our output has gone; say nothing more, not even while Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except BaseException as error:
        try:
            code = _told(error)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
            code = 2
    return code


def _told(error: BaseException) -> int:
    """Say what went wrong and what to do; returns the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort | KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    if isinstance(error, click.ClickException):
        said = io.StringIO()
        error.show(file=said)
        _say(said.getvalue().rstrip("\n"))
        return 2
    if isinstance(error, OutcrossError):
        _say(f"outcross: {error.message}" + (f"\n          {error.hint}" if error.hint else ""))
        return error.exit_code
    if isinstance(error, OSError) and error.errno in (*MACHINE, *NO_NAME) and not os.environ.get("OUTCROSS_DEBUG"):
        where = f" ({str(error.filename)[:LONGEST_SHOWN]})" if error.filename else ""
        _say(f"outcross: {error.strerror}{where}.")
        return 5 if error.errno in MACHINE else 2
    if os.environ.get("OUTCROSS_DEBUG") or not isinstance(error, Exception):
        raise error
    _say(f"outcross: a fault of ours: {type(error).__name__}: {error}\n"
         "          Please report it, with the output of the same command under OUTCROSS_DEBUG=1.")  # fmt: skip
    return 5


def _say(text: str) -> None:
    """Tell what went wrong. Names of files are hostile, too: nothing in them steers the terminal."""
    from outcross.report.escape import visible  # noqa: PLC0415 - only where something went wrong

    click.echo("\n".join(map(visible, text.split("\n"))), err=True)
