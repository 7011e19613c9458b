"""`outcross log`: what befell keys and what was decided, in a tree that cannot be changed unseen."""

import json
import shutil
import subprocess
from pathlib import Path

import click

from outcross.cli.options import workspace_option, write
from outcross.cli.verify import visible
from outcross.errors import CallError, DataError, FaultError
from outcross.log.entries import Entry, entry_in
from outcross.log.notes import MOST_NOTE, Note, note_in
from outcross.log.proofs import SUFFIX
from outcross.log.tiles import tiles
from outcross.principals import here, load, public_from
from outcross.workspace import Workspace

ANCHOR = "outcross.checkpoint"
"""The file that `anchor --git` commits, beside outcross.toml."""

as_option = click.option("--as", "principal", metavar="NAME",
                         help="Who signs [default: $OUTCROSS_PRINCIPAL, else your login name].")  # fmt: skip


@click.group("log")
def command() -> None:
    """What befell keys and what was decided: show it, prove it, see that it is whole."""


@command.command("show")
@click.argument("entry", type=click.IntRange(0), required=False)
@workspace_option
def show(entry: int | None, workspace: Path) -> None:
    """List the entries of the log, or show all that ENTRY says, as JSON."""
    with Workspace(workspace, make=False) as opened:
        entries, known = opened.log.entries(), opened.keys.keys()
    if entry is not None:
        if entry >= len(entries):
            raise CallError(f"There is no entry {entry} in the log.", hint=f"It has {len(entries):,}.")
        click.echo(json.dumps(entry_in(entries[entry], f"entry {entry}").statement.to_dict(), indent=2))
        return
    names = {name: one.principal for name, one in known.items()}
    for index, data in enumerate(entries):
        click.echo(_line(index, data, names))
    if not entries:
        click.echo("Nothing was logged here yet: keys and signed verdicts are logged by themselves.")


def _line(index: int, data: bytes, names: dict[str, str]) -> str:
    try:
        one = entry_in(data, f"entry {index}")
    except DataError as error:
        return f"{index:>6}  DAMAGED: {error.message}"
    who = ", ".join(names.get(sign.keyid, sign.keyid or "nobody") for sign in one.envelope.signatures)
    return f"{index:>6}  {visible(_said(one))}  signed by {visible(who)}"


def _said(one: Entry) -> str:
    told = one.statement.predicate
    if one.kind == "key-event":
        return f"{told.get('made')}  key {told.get('key')} {told.get('event')}"
    if one.kind == "gate-decision":
        return f"{told.get('timeVerified')}  decision {told.get('decision')}"
    return one.statement.predicate_type


@command.command("verify")
@click.option("--anchor", "anchors", multiple=True, type=click.Path(), metavar="FILE",
              help="An older checkpoint that was kept elsewhere (repeatable).")  # fmt: skip
@click.option("--key", "keys", multiple=True, metavar="PUBLIC",
              help="Believe this public key too, beside those known here (repeatable).")  # fmt: skip
@workspace_option
@click.pass_context
def verify(ctx: click.Context, anchors: tuple[str, ...], keys: tuple[str, ...], workspace: Path) -> None:
    """See whether the log is what it was, and whether the workspace says what the log says.

    Every changed entry is noticed, and keys or revocations that were taken out of the workspace. Whoever has a key that
    signed can make the whole log anew: that shows only with --anchor, a checkpoint that they could not change.

    Exit 0 whole, 1 something is wrong.
    """
    notes = [anchor_in(one) for one in anchors]
    believed = [public_from(one) for one in keys]
    with Workspace(workspace, make=False) as opened:
        found = opened.check_log(notes, believed)
    for one in found.problems:
        click.echo(f"WRONG ({one.code})  {visible(one.says)}")
    for note in found.notes:
        click.echo(note)
    if not found.problems:
        told = f", and continues {len(notes)} anchor{'s' * (len(notes) != 1)}" if notes else ""
        click.echo(f"WHOLE  {found.size:,} entries{told}. Root {found.root.hex()}")
    if not notes:
        click.echo("No anchor was given: whether all of it was made anew cannot be seen.", err=True)
    ctx.exit(1 if found.problems else 0)


def anchor_in(file: str) -> Note:
    """The signed checkpoint in a file.

    Raises:
        CallError: there is none. DataError: it holds something else. FaultError: it cannot be read.
    """
    try:
        with Path(file).open("rb") as handle:
            return note_in(handle.read(MOST_NOTE + 1), file)
    except FileNotFoundError:
        raise CallError(f"There is no file {file}.", hint="Check the path.") from None
    except (OSError, ValueError) as error:
        raise FaultError(f"{file} cannot be read: {error}.", hint="Check its rights.") from None


@command.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@as_option
@workspace_option
def export(folder: Path, principal: str | None, workspace: Path) -> None:
    """Write the whole log into FOLDER, as static files that any web server can serve (C2SP tlog-tiles)."""
    signer = load(principal or here())
    with Workspace(workspace, make=False) as opened:
        opened.keys.register(signer)
        entries, note = opened.log.whole(signer)
    try:
        if folder.exists() and any(folder.iterdir()):
            raise CallError(f"{folder} is not empty.", hint="Name another folder.")
        for name, data in tiles(entries):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        # Last, so that whoever finds a checkpoint finds all that it is over.
        (folder / "checkpoint").write_text(note.to_text(), encoding="utf-8")
    except OSError as error:
        raise FaultError(f"Cannot write {folder}: {error.strerror}.", hint="Choose another folder.") from None
    click.echo(f"Wrote {len(entries):,} entries to {folder}.")


@command.command("prove")
@click.argument("entry", type=click.IntRange(0))
@as_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help=f"Where it is written [default: ENTRY{SUFFIX}].")  # fmt: skip
@workspace_option
def prove(entry: int, *, principal: str | None, output: Path | None, workspace: Path) -> None:
    """Write a proof that ENTRY is in the log: one file, for whoever has your public key (C2SP tlog-proof).

    They verify it offline with: outcross verify FILE --key PUBLIC
    """
    signer = load(principal or here())
    with Workspace(workspace, make=False) as opened:
        opened.keys.register(signer)
        proof = opened.log.proof(entry, signer)
    target = output or Path(f"{entry}{SUFFIX}")
    write(proof.to_text(), target)
    click.echo(f"Wrote {target}. Verify it with: outcross verify {target} --key {signer.public}")


@command.command("anchor")
@as_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the checkpoint there, for somebody who keeps it.")  # fmt: skip
@click.option("--git", "in_git", is_flag=True, help=f"Commit it as {ANCHOR} in the workspace's git repository.")
@workspace_option
def anchor(*, principal: str | None, output: Path | None, in_git: bool, workspace: Path) -> None:
    """Write down what the log is now, signed, where you cannot change it later: a partner's mail, a pushed commit.

    Held against it (outcross log verify --anchor FILE), a log that was cut or made anew is noticed.
    """
    signer = load(principal or here())
    with Workspace(workspace, make=False) as opened:
        opened.keys.register(signer)
        text = opened.log.checkpoint(signer).to_text()
        folder = opened.folder
    if in_git:
        write(text, folder / ANCHOR)
        _commit(folder)
        click.echo(f"Committed {ANCHOR}. Push it: what lies on this machine alone can be changed here.", err=True)
    if output is not None or not in_git:
        write(text, output)


def _commit(folder: Path) -> None:
    """Commit the checkpoint alone, whatever else is staged.

    Raises:
        CallError: there is no git.
        FaultError: git refuses; the folder is in no repository, say.
    """
    git = shutil.which("git")
    if git is None:
        raise CallError("git is not installed.", hint="Write the checkpoint to a file: outcross log anchor -o FILE")
    _git(git, folder, "add", "--", ANCHOR)
    if _git(git, folder, "status", "--porcelain", "--", ANCHOR):
        _git(git, folder, "commit", "--quiet", "-m", "Anchor the log", "--", ANCHOR)


def _git(git: str, folder: Path, *words: str) -> str:
    """What git answers."""
    ended = subprocess.run([git, "-C", str(folder), *words], capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines()
        raise FaultError(f"git refused: {visible(said[-1].rstrip('.') if said else 'it said nothing')}.",
                         hint=f"{ANCHOR} is written; commit it by hand.")  # fmt: skip
    return ended.stdout.strip()
