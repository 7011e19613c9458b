"""`outcross provenance new`: a provenance record, from flags and from what a person answers."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from outcross.cli.options import Command
from outcross.errors import CallError
from outcross.provenance.answers import entry, put, typed
from outcross.provenance.completeness import completeness
from outcross.provenance.fields import BY_NAME
from outcross.provenance.files import file_names, read_record, write_new, written
from outcross.provenance.forms import COUNT, DATE, DIGEST, TEXT
from outcross.provenance.parsing import examined
from outcross.provenance.record import SCHEMA, Record
from outcross.report.escape import visible

FLAGS = {
    "digest": "subject.digest", "bytes": "subject.bytes", "records": "subject.records", "tokens": "subject.tokens",
    "start": "generation_period.start", "end": "generation_period.end", "method": "method", "issuer": "issuer",
    "intended_use": "intended_use", "record_version": "version", "issued": "issued", "expires": "expires",
    "supersedes": "supersedes",
}  # fmt: skip
"""Options that tell a field, by the name that click gives their value."""

LISTS = {
    "origin": ("origins", "KIND[,scope=S,PART=LOW..HIGH]"), "generator": ("generators", "MODEL[,version=V,provider=P]"),
    "derived_from": ("derived_from", "ID[,op=filter,tokens=N]"), "license": ("license", "LICENCE"),
    "evidence": ("evidence", "KIND[,uri=U,by=B]"),
}  # fmt: skip
"""Options that tell an entry of a list, each time they are given."""


_METAVARS = {COUNT: "N", DATE: "DATE", DIGEST: "DIGEST", TEXT: "TEXT"}


def _options(command: Command) -> Command:
    """An option for each field, which says what the field means."""
    made: list[Callable[[Any], Any]] = []
    for key, name in FLAGS.items():
        one = BY_NAME[name]
        metavar = "TEXT" if one.leaf is None else _METAVARS[one.leaf]
        made.append(click.option(f"--{key.replace('_', '-')}", metavar=metavar, help=one.meaning))
    for key, (name, metavar) in LISTS.items():
        made.append(click.option(f"--{key.replace('_', '-')}", metavar=metavar, multiple=True,
                                 help=f"{BY_NAME[name].meaning} (repeatable)"))  # fmt: skip
    for option in reversed(made):
        command = option(command)
    return command


@click.command("new")
@click.argument("name", required=False)
@_options
@click.option("--root", is_flag=True, help="It came from no other source: an empty derived_from.")
@click.option("--from", "before", type=click.Path(dir_okay=False), metavar="FILE",
              help="Begin with what the record in FILE says.")  # fmt: skip
@click.option("--ask/--no-ask", default=None, help="Ask for what was not told [default: on a terminal].")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write there [default: NAME.provenance.json in this folder].")  # fmt: skip
def command(name: str | None, *, root: bool, before: str | None, ask: bool | None, output: Path | None,
            **told: Any) -> None:  # fmt: skip
    """Write a provenance record of the source NAME.

    What was not told by options is asked for, field by field, each with what it means; to leave an answer empty says
    that nobody knows. Keys of an entry and what they mean: outcross provenance explain. A share is 0.2 or 20%, or
    LOW..HIGH. A file that is there is never replaced.
    """
    values = _told(name, root, before, told)
    if sys.stdin.isatty() if ask is None else ask:
        from outcross.cli.provenance.asking import ask_for  # noqa: PLC0415 - only where somebody is asked

        ask_for(values)
    record = _record(values)
    path = output or Path(file_names([record])[0])
    new = write_new(path, written(record))
    click.echo(f"{'Wrote' if new else 'There already:'} {visible(path)}")
    if missing := completeness(record):
        click.echo(f"Not known: {', '.join(missing)}", err=True)


def _told(name: str | None, root: bool, before: str | None, told: dict[str, Any]) -> dict[str, Any]:
    """What the options say, as plain values of a record."""
    if root and told["derived_from"]:
        raise CallError("--root says that it came from no other source, and --derived-from names one.",
                        hint="Give one of the two.")  # fmt: skip
    values = {"schema": SCHEMA} if before is None else read_record(before).to_dict()
    # When it is written is known; an earlier record's date would be wrong.
    put(values, "issued", datetime.now(UTC).date().isoformat())
    if name is not None:
        put(values, "subject.name", name)
    for key, field in FLAGS.items():
        if told[key] is not None:
            put(values, field, typed(told[key], BY_NAME[field]))
    for key, (field, _) in LISTS.items():
        if told[key]:
            put(values, field, [one if field == "license" else entry(one, field) for one in told[key]])
    if root:
        put(values, "derived_from", [])
    return values


def _record(values: dict[str, Any]) -> Record:
    """The record that was told.

    Raises:
        CallError: it is none; with all that is wrong.
    """
    record, problems = examined(values, "what was told")
    if record is None:
        lines = "".join(f"\n  {one.said}" for one in problems)
        raise CallError(f"This is no provenance record yet:{lines}", hint="Fields: outcross provenance explain")
    return record
