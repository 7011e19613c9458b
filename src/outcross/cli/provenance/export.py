"""`outcross provenance export`: provenance records in the form of other standards."""

from pathlib import Path

import click

from outcross.cli.options import check_output, write
from outcross.provenance.exporters import EXPORTERS, exported, exporter
from outcross.provenance.files import file_names, read_record, write_new


@click.command("export")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--to", type=click.Choice(EXPORTERS), required=True,
              help="croissant: JSON-LD with RAI and PROV terms, of one record. oasis: Data Provenance Standards, of "
              "one. eu: draft of section 2.5 of the public summary of training content.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE|FOLDER",
              help="Write there instead of to the terminal; into a folder each record by itself.")  # fmt: skip
def command(files: tuple[str, ...], *, to: str, output: Path | None) -> None:
    """Write the provenance records in each FILE in the form of another standard.

    What the standard has no place for is left out; the reference of the record says what it has one for.
    """
    if output is not None and output.is_dir():
        _each(files, to, output)
        return
    check_output(output, files)
    write(exported([read_record(file) for file in files], to), output)
    if output is not None:
        click.echo(f"Wrote {output}.", err=True)


def _each(files: tuple[str, ...], to: str, folder: Path) -> None:
    """Write each record into a folder."""
    records = [read_record(file) for file in files]
    texts = [exported([one], to) for one in records]
    for name, text in zip(file_names(records, exporter(to).SUFFIX), texts, strict=True):
        new = write_new(folder / name, text)
        click.echo(f"{'Wrote' if new else 'There already:'} {folder / name}", err=True)
