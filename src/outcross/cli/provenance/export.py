"""`outcross provenance export`: provenance records in the form of other standards."""

from pathlib import Path

import click

from outcross.cli.options import check_output, output_option, write
from outcross.provenance.exporters import EXPORTERS, exported
from outcross.provenance.files import read_record


@click.command("export")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--to", type=click.Choice(EXPORTERS), required=True,
              help="croissant: JSON-LD with RAI and PROV terms. oasis: Data Provenance Standards. eu: draft of section "
              "2.5 of the public summary of training content, of all sources together.")  # fmt: skip
@output_option
def command(files: tuple[str, ...], *, to: str, output: Path | None) -> None:
    """Write the provenance records in each FILE in the form of another standard.

    What the standard has no place for is left out; the reference of the record says what it has one for.
    """
    check_output(output, files)
    made = exported([read_record(file) for file in files], to)
    write(made, output)
    if output is not None:
        click.echo(f"Wrote {output}.", err=True)
