"""`outcross provenance import`: metadata of other standards as provenance records."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from outcross.cli.label import as_option
from outcross.errors import DataError
from outcross.principals import checked_name, here
from outcross.provenance.completeness import completeness
from outcross.provenance.documents import Document, read
from outcross.provenance.files import is_envelope, is_record, record_value, write_records
from outcross.provenance.importers import STANDARDS, Imported, imported
from outcross.provenance.parsing import record_from
from outcross.provenance.record import SCHEMA, Record
from outcross.report.escape import visible
from outcross.workspace import Workspace


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--standard", type=click.Choice(STANDARDS), help="Read them as this [default: found by the contents].")
@click.option("-o", "--output", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path(),
              metavar="FOLDER", help="Write the records there [default: this folder].")  # fmt: skip
@click.option("--workspace", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Add the records to this workspace, and write no files.")  # fmt: skip
@as_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="With json the records are printed, with what is wrong in the files, and kept nowhere.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, files: tuple[str, ...], *, standard: str | None, output: Path, form: str,
            workspace: Path | None, principal: str | None) -> None:  # fmt: skip
    """Read provenance records out of metadata of other standards, one record for each source.

    The standard is found by the contents. Every value keeps the digest of the file and the place that it was read at;
    what a file does not say stays open. What is wrong or says less than it seems to is noted. Of a file that breaks
    its standard nothing is taken. A file that is there is never replaced. Record files of our own, plain or signed,
    are read as they are.

    Exit 0 all were read, 4 one was refused.
    """
    made, refused = _read(files, standard)
    if form == "json":
        click.echo(json.dumps([_plain(one.name, said) for one, said in made], indent=2))
    else:
        for one, said in made:
            _notes(one.name, said)
        keep = _writer(output) if workspace is None else _adder(workspace, principal)
        keep(made)
    ctx.exit(DataError.exit_code if refused else 0)


Made = Sequence[tuple[Document, Imported]]


def _read(files: Sequence[str], standard: str | None) -> tuple[list[tuple[Document, Imported]], bool]:
    """What each file says, and whether one was refused, which is told at once."""
    made, refused = [], False
    for file in files:
        try:
            document = read(file)
            own = standard is None and is_record(document)
            made.append((document, _own(document) if own else imported(document, standard)))
        except DataError as error:
            refused = True
            for line in f"outcross: {error.message}\n{error.hint}".strip().splitlines():
                click.echo(visible(line), err=True)
    return made, refused


def _own(document: Document) -> Imported:
    """What a record file says."""
    record = record_from(record_value(document), document.name)
    return Imported(f"{SCHEMA}, signed" if is_envelope(document) else SCHEMA, document.digest, (record,))


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
        click.echo(visible(f"note: {file}, {one.pointer or 'as a whole'}: {one.said}"), err=True)


def _writer(folder: Path) -> Callable[[Made], None]:
    """Writes a file for each record."""

    def write(made: Made) -> None:
        records = [record for _, said in made for record in said.records]
        for record, (path, new) in zip(records, write_records(records, folder), strict=True):
            _tell("Wrote" if new else "There already:", str(path), record)

    return write


def _adder(folder: Path, principal: str | None) -> Callable[[Made], None]:
    """Adds each record to a workspace, and the signed envelope that it came in."""

    def add(made: Made) -> None:
        name = checked_name(principal or here())
        with Workspace(folder, make=False) as opened:
            for document, said in made:
                for record in said.records:
                    new = opened.records.add(record.to_dict(), name)
                    if is_record(document) and is_envelope(document) and record.subject.digest:
                        opened.records.add_statement(record.subject.digest, "record", document.data)
                    _tell("Added" if new else "There already:", record.name, record)

    return add


def _tell(done: str, what: str, record: Record) -> None:
    kinds = ", ".join(f"{one.scope}: {one.kind}" for one in record.origins) or "nobody says who wrote it"
    click.echo(visible(f"{done} {what} ({kinds}; {len(completeness(record))} fields not known)"))
