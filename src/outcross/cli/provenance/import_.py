"""`outcross provenance import`: metadata of other standards as provenance records."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from outcross.errors import DataError
from outcross.provenance.completeness import completeness
from outcross.provenance.documents import read
from outcross.provenance.files import write_records
from outcross.provenance.importers import STANDARDS, Imported, imported
from outcross.provenance.record import Record
from outcross.report.escape import visible


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--standard", type=click.Choice(STANDARDS), help="Read them as this [default: found by the contents].")
@click.option("-o", "--output", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path(),
              metavar="FOLDER", help="Write the records there [default: this folder].")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="With json the records are printed, with what is wrong, and no file is written.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, files: tuple[str, ...], standard: str | None, output: Path, form: str) -> None:
    """Read provenance records out of metadata of other standards, one record file for each source.

    The standard is found by the contents. Every value keeps the digest of the file and the place that it was read at;
    what a file does not say stays open. What is wrong or says less than it seems to is noted. Of a file that breaks
    its standard nothing is taken. A file that is there is never replaced.

    Exit 0 all were read, 4 one was refused.
    """
    made, refused = _read(files, standard)
    if form == "json":
        click.echo(json.dumps([_plain(file, one) for file, one in made], indent=2))
    else:
        for file, one in made:
            _notes(file, one)
        _write([record for _, one in made for record in one.records], output)
    ctx.exit(DataError.exit_code if refused else 0)


def _read(files: Sequence[str], standard: str | None) -> tuple[list[tuple[str, Imported]], bool]:
    """What each file says, and whether one was refused, which is told at once."""
    made, refused = [], False
    for file in files:
        try:
            made.append((file, imported(read(file), standard)))
        except DataError as error:
            refused = True
            click.echo(visible(f"outcross: {error.message}"), err=True)
            if error.hint:
                click.echo(visible(f"          {error.hint}"), err=True)
    return made, refused


def _plain(file: str, made: Imported) -> dict[str, object]:
    """All of it as plain values."""
    return {
        "file": file, "digest": made.file, "standard": made.standard,
        "records": [one.to_dict() for one in made.records],
        "notes": [{"pointer": one.pointer, "said": one.said} for one in made.defects],
    }  # fmt: skip


def _notes(file: str, made: Imported) -> None:
    """What a file is, and what to beware of in it."""
    records = f"{len(made.records)} {'record' if len(made.records) == 1 else 'records'}"
    click.echo(visible(f"{file}: {made.standard}, {records}"))
    for one in made.defects:
        click.echo(visible(f"  note: {one.pointer or 'as a whole'}: {one.said}"), err=True)


def _write(records: Sequence[Record], folder: Path) -> None:
    for record, (path, new) in zip(records, write_records(records, folder), strict=True):
        kinds = ", ".join(f"{one.scope}: {one.kind}" for one in record.origins) or "nobody says who wrote it"
        click.echo(visible(f"{'Wrote' if new else 'There already:'} {path} ({kinds}; "
                           f"{len(completeness(record))} fields not known)"))  # fmt: skip
