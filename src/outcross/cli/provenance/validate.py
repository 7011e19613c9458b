"""`outcross provenance validate`: whether files hold provenance records, and what is left open in them."""

import json
from typing import Any

import click

from outcross.errors import DataError
from outcross.provenance.completeness import completeness
from outcross.provenance.documents import read
from outcross.provenance.files import record_value
from outcross.provenance.parsing import examined
from outcross.report.escape import visible


@click.command("validate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, /, files: tuple[str, ...], form: str) -> None:
    """Check that each FILE holds a provenance record, and list the fields that it leaves open.

    All problems are told at once, each with its place. A field that is left open is no problem: nobody may know. FILE
    may be a signed record too; its signature is for `outcross provenance verify`. Files of other standards are for
    `outcross provenance import`.

    Exit 0 all are records, 4 one is none.
    """
    verdicts = [_verdict(file) for file in files]
    if form == "json":
        click.echo(json.dumps(verdicts, indent=2))
    else:
        for one in verdicts:
            click.echo(_told(one))
    ctx.exit(0 if all(one["valid"] for one in verdicts) else DataError.exit_code)


def _verdict(file: str) -> dict[str, Any]:
    """What there is to say of a file, plain."""
    try:
        record, problems = examined(record_value(read(file)), file)
    except DataError as error:
        return {"file": file, "valid": False, "problems": [{"pointer": "", "said": error.message}]}
    told: dict[str, Any] = {"file": file, "valid": record is not None}
    if record is None:
        return told | {"problems": [one.to_dict() | {"said": one.said} for one in problems]}
    return told | {"digest": record.digest, "name": record.name, "missing": list(completeness(record))}


def _told(verdict: dict[str, Any]) -> str:
    file = visible(verdict["file"])
    if not verdict["valid"]:
        problems = verdict["problems"]
        return "\n".join([f"{file}: no provenance record", *(f"  {visible(one['said'])}" for one in problems)])
    missing = f"not known: {', '.join(verdict['missing'])}" if verdict["missing"] else "complete"
    return f"{file}: a provenance record ({verdict['digest'][7:19]})\n  {missing}"
