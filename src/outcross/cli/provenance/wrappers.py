"""`outcross provenance wrappers`: Content Credentials that are wrapped in texts of a corpus."""

import json
from dataclasses import asdict
from typing import Literal

import click

from outcross.cli.options import source_options
from outcross.corpus import Limits, Reading, find
from outcross.provenance.text_wrapper import Wrapped, counted


@click.command("wrappers")
@click.argument("paths", nargs=-1, required=True, metavar="CORPUS...")
@source_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(paths: tuple[str, ...], *, text_column: str | None, id_column: str | None,
            turns: Literal["all", "assistant"], max_document: int, max_expansion: int, form: str) -> None:  # fmt: skip
    """Count the documents of CORPUS that wrap Content Credentials (C2PA) in characters that nobody sees.

    Do it before you clean: dropping marks or U+FEFF from a text destroys what it says of its origin.
    """
    reading = Reading(text_column, id_column, turns=turns)
    limits = Limits(document_bytes=max_document, expansion=max_expansion)
    found = counted(find(list(paths), reading, limits))
    click.echo(json.dumps(asdict(found)) if form == "json" else _told(found))


def _told(found: Wrapped) -> str:
    said = f"{found.wrapped:,} of {found.documents:,} documents wrap Content Credentials"
    if found.malformed:
        said += f"; {found.malformed:,} of them cannot be read, or wrap several"
    return f"{said}."
