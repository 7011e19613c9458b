"""`outcross provenance sign`: put your name to the bytes of a corpus, and to what is said of it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from outcross.cli.options import progress, workspace_option
from outcross.errors import CallError, FaultError
from outcross.principals import Signer, here, load
from outcross.provenance import documents
from outcross.provenance.hashing import IGNORED, Cut, named
from outcross.provenance.manifest import Method
from outcross.provenance.parsing import record_from
from outcross.report.escape import visible
from outcross.run import Watcher
from outcross.sealing import Seal, keep, seal
from outcross.settings import is_workspace
from outcross.workspace import Workspace

key_option = click.option("--key", "principal", metavar="NAME",
                          help="Who signs [default: $OUTCROSS_PRINCIPAL, else your login name].")  # fmt: skip
force_option = click.option("--force", is_flag=True, help="Write over files that are there.")


@click.command("sign")
@click.argument("corpus", type=click.Path())
@click.option("--record", type=click.Path(dir_okay=False), metavar="FILE",
              help="Sign this provenance record too, bound to the same bytes.")  # fmt: skip
@click.option("--shards", "method", flag_value="shards", help="List ranges of 32 MiB, as an audit hashes them.")
@click.option("--files", "method", flag_value="files", default=True, help="List whole files [default].")
@click.option("--ignore", multiple=True, metavar="PATH", help="Path in the corpus that is left out.")
@key_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where the signed manifest is written [default: CORPUS.sig, beside the corpus].")  # fmt: skip
@force_option
@workspace_option
def command(corpus: str, *, record: str | None, method: Method, ignore: tuple[str, ...], principal: str | None,
            output: Path | None, force: bool, workspace: Path) -> None:  # fmt: skip
    """Sign for the bytes of CORPUS, a folder or a file: a manifest of OpenSSF Model Signing v1.0.

    Every file is read once. Links are refused, since what they lead to may change unseen. Other tools verify the
    manifest with your public key in PEM (outcross keys show --pem), if the key is P-256. A record goes into a second
    file, CORPUS.provenance.sig, and cannot be used for other bytes.
    """
    signer = load(principal or here())
    target = output or beside(corpus)
    targets = [target] if record is None else [target, record_file(target)]
    refuse_existing(targets, force=force)
    cut = Cut(method, ignored=(*IGNORED, *ignore, *inside(corpus, targets)))
    with progress() as watch:
        made = _sealed(corpus, signer, cut, record, watch)
    if is_workspace(workspace):
        with Workspace(workspace, make=False) as opened:
            keep(opened.store, made, signer)
    write_seal(made, targets, force=force)
    told(made, signer, targets)


def _sealed(corpus: str, signer: Signer, cut: Cut, record: str | None, watch: Watcher) -> Seal:
    return seal(corpus, signer, cut, None if record is None else said_in(record), watch)


def said_in(file: str) -> dict[str, Any]:
    """The provenance record in a file.

    Raises:
        CallError, DataError, FaultError: there is none, or a broken one.
    """
    return record_from(documents.read(file).value, file).to_dict()


def beside(corpus: str) -> Path:
    """Where the signed manifest of a corpus is written: beside it."""
    path = Path(corpus)
    return (path.resolve() if path.name in ("", "..") else path).parent / f"{named(path)}.sig"


def record_file(target: Path) -> Path:
    """Where the signed record is written: beside its manifest."""
    return target.with_name(f"{target.name.removesuffix('.sig')}.provenance.sig")


def refuse_existing(targets: list[Path], *, force: bool) -> None:
    """Refuse, before any work, to write over a file or into a folder that is not there.

    Raises:
        CallError: one is there and `force` was not given, or its folder is not.
    """
    for target in targets:
        if not target.parent.is_dir():
            raise CallError(f"Cannot write {target}: there is no folder {target.parent}.", hint="Make it first.")
        if target.exists() and not target.is_file():
            raise CallError(f"{target} is no file: a manifest cannot take its place.", hint="Name a file with -o.")
        if target.exists() and not force:
            raise CallError(f"{target} is there already.", hint="Name another with -o, or write over it with --force.")


def inside(corpus: str, targets: list[Path]) -> list[str]:
    """Those files that will lie in the corpus, by their names in it: they cannot be part of what they list."""
    # Unlike Path.resolve, this leaves a link that leads to itself for the reading to refuse.
    base = Path(os.path.realpath(corpus))
    found = [Path(os.path.realpath(target)) for target in targets]
    return [one.relative_to(base).as_posix() for one in found if one != base and one.is_relative_to(base)]


def write_seal(made: Seal, targets: list[Path], *, force: bool) -> None:
    """Write all files, each whole or not at all, and with `force` alone over what is there.

    Raises:
        CallError: another process was quicker.
        FaultError: one cannot be written.
    """
    drafts = [target.with_name(f"{target.name}.draft-{os.getpid()}") for target in targets]
    new: list[Path] = []
    try:
        for draft, data in zip(drafts, (made.bundle, made.record or b""), strict=False):
            draft.write_bytes(data)
        for draft, target in zip(drafts, targets, strict=True):
            _put(draft, target, force=force)
            new += [] if force else [target]
        new = []
    except FileExistsError:
        raise CallError(
            "Another process wrote the same file meanwhile.", hint="Look at it before you use --force."
        ) from None
    except OSError as error:
        raise FaultError(f"Cannot write {targets[0]}: {error.strerror}.", hint="Choose another -o FILE.") from None
    finally:
        for left in (*drafts, *new):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _put(draft: Path, target: Path, *, force: bool) -> None:
    if force:
        draft.replace(target)
    else:
        os.link(draft, target)


def told(made: Seal, signer: Signer, targets: list[Path], *, err: bool = False) -> None:
    """Say what was signed, on the error stream where the other has something else to hold."""
    count = len(made.manifest.resources)
    click.echo(
        f"{visible(made.manifest.name)}: {count:,} {made.manifest.method}, signed by {signer.name} ({signer.key_id})",
        err=err,
    )
    click.echo(f"Root {made.manifest.root}", err=err)
    click.echo(f"Wrote {' and '.join(map(visible, targets))}.", err=err)
    if not signer.public.startswith("p256:"):
        click.echo("Other tools verify manifests with P-256 keys only: outcross keys rotate --kind p256", err=True)
