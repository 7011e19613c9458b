"""`outcross provenance export`: provenance records in the form of other standards."""

from pathlib import Path

import click

from outcross.cli.options import check_output, workspace_option, write
from outcross.errors import CallError
from outcross.provenance.exporters import EXPORTERS, exported, exporter
from outcross.provenance.exporters.eu import draft
from outcross.provenance.files import file_names, read_record, write_new
from outcross.provenance.record import Record, Subject
from outcross.report.escape import visible


@click.command("export")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(dir_okay=False))
@click.option("--to", type=click.Choice(EXPORTERS), required=True,
              help="croissant: JSON-LD with RAI and PROV terms, of one record. oasis: Data Provenance Standards, of "
              "one. eu: draft of section 2.5 of the public summary of training content.")  # fmt: skip
@click.option("--mix", metavar="MIX", help="With eu: of all sources of this mix, and what follows for its tokens; see "
              "outcross provenance graph.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE|FOLDER",
              help="Write there instead of to the terminal; into a folder each record by itself.")  # fmt: skip
@workspace_option
def command(files: tuple[str, ...], *, to: str, mix: str | None, output: Path | None, workspace: Path) -> None:
    """Write the provenance records in each FILE, or those of a mix, in the form of another standard.

    What the standard has no place for is left out; the reference of the record says what it has one for.
    """
    _check(files, to, mix)
    if output is not None and output.is_dir() and mix is None:
        _each(files, to, output)
        return
    check_output(output, files if mix is None else [mix])
    made = exported([read_record(file) for file in files], to) if mix is None else _of_mix(mix, workspace)
    write(made, output)
    if output is not None:
        click.echo(f"Wrote {visible(output)}.", err=True)


def _check(files: tuple[str, ...], to: str, mix: str | None) -> None:
    """Refuse what says nothing, or two things.

    Raises:
        CallError: neither files nor a mix are named, both are, or a mix for a standard that has no place for one.
    """
    if bool(files) == (mix is not None):
        raise CallError("Name the files of records, or a mix with --mix.", hint="One of the two.")
    if mix is not None and to != "eu":
        raise CallError(f"A mix is no data set that {to} could describe.", hint="Give the files of records instead.")


def _each(files: tuple[str, ...], to: str, folder: Path) -> None:
    """Write each record into a folder."""
    records = [read_record(file) for file in files]
    texts = [exported([one], to) for one in records]
    for name, text in zip(file_names(records, exporter(to).SUFFIX), texts, strict=True):
        new = write_new(folder / name, text)
        click.echo(f"{'Wrote' if new else 'There already:'} {visible(folder / name)}", err=True)


def _of_mix(mix: str, workspace: Path) -> str:
    """The draft for a mix: every record that speaks of one of its sources; a source of which none does says nothing."""
    from outcross.cli.provenance.graph import account_of  # noqa: PLC0415 - the store, only for mixes

    account = account_of(mix, workspace)
    records: list[Record] = []
    for one in account.sources:
        told = [said.record for said in one.known.ground.testimonies]
        records += told or [Record(Subject(one.known.name))]
    return draft(records, account.content.made)
