"""`outcross provenance`: what data sources are said to be, whom to believe, and whether a mix may be trained on."""

import click

from outcross.cli.group import Commands

# Each command's module and what it does, as in `outcross.cli.group`.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("outcross.cli.provenance.check", "Hold a mix against the policy: what passes, and what would mend it."),
    "explain": ("outcross.cli.provenance.explain", "List the fields of a provenance record, or explain one."),
    "export": ("outcross.cli.provenance.export", "Write provenance records in the form of other standards."),
    "graph": ("outcross.cli.provenance.graph", "Show where a mix comes from, and what is missing."),
    "import": ("outcross.cli.provenance.import_", "Read provenance records out of metadata of other standards."),
    "list": ("outcross.cli.provenance.list_", "List the provenance records of a workspace."),
    "new": ("outcross.cli.provenance.new", "Write a provenance record, asking field by field."),
    "show": ("outcross.cli.provenance.show", "Show one provenance record."),
    "sign": ("outcross.cli.provenance.sign", "Sign for the bytes of a corpus, and for what is said of it."),
    "validate": ("outcross.cli.provenance.validate", "Check provenance records, and list what is left open."),
    "verify": ("outcross.cli.provenance.verify", "Say who signed, and whether the bytes are still those."),
    "wrappers": ("outcross.cli.provenance.wrappers", "Count documents that wrap Content Credentials (C2PA)."),
}


@click.group("provenance", cls=Commands, known=COMMANDS)
def command() -> None:
    """Say where data come from, import and sign it, and check a mix against requirements."""
