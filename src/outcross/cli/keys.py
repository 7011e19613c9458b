"""`outcross keys`: people and services who sign, and their keys."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from outcross.cli.label import as_option, signed_in
from outcross.cli.options import workspace_option
from outcross.errors import CallError, FaultError
from outcross.principals import (
    KINDS,
    Kind,
    KnownKey,
    Signer,
    here,
    key_id,
    key_path,
    keys_here,
    load,
    make,
    moment,
    public_from,
    public_pem,
    replace,
    successor,
)
from outcross.report.escape import visible
from outcross.settings import is_workspace
from outcross.workspace import Workspace

MOST_PEM = 1 << 16

kind_option = click.option("--kind", type=click.Choice(KINDS), default="ed25519", show_default=True,
                           help="p256 is what other tools for signed manifests can verify.")  # fmt: skip


@click.group("keys")
def command() -> None:
    """The people and services who sign here: make, add, change and end their keys."""


@command.command("new")
@click.argument("name", required=False)
@kind_option
@workspace_option
def new(name: str | None, kind: Kind, workspace: Path) -> None:
    """Make a key for the principal NAME (you by default) on this machine, and make it known in the workspace.

    The private key lies in your own configuration, readable by you alone, and is never copied from there. A key that
    is there already is used as it is.
    """
    chosen = name or here()
    if key_path(chosen).exists() and not load(chosen).public.startswith(f"{kind}:"):
        raise CallError(
            f"There is a key of {chosen!r} of another kind already.",
            hint=f"Change it with: outcross keys rotate {chosen} --kind {kind}",
        )
    signer = load(chosen) if key_path(chosen).exists() else make(chosen, kind=kind)
    if is_workspace(workspace):
        with Workspace(workspace, make=False) as opened:
            opened.keys.register(signer)
    click.echo(signer.public)
    click.echo(f"{chosen} signs with {signer.key_id}; its private key: {key_path(chosen)}", err=True)


@command.command("show")
@click.option("--pem", is_flag=True, help="As PEM, which other tools read.")
@as_option
def show(pem: bool, principal: str | None) -> None:
    """Show your public key on this machine; it is made where there is none."""
    signer = signed_in(principal)
    click.echo(public_pem(signer.public).decode().rstrip() if pem else signer.public)


@command.command("enrol")
@click.argument("name")
@click.argument("public")
@as_option
@workspace_option
def enrol(name: str, public: str, principal: str | None, workspace: Path) -> None:
    """Add the key PUBLIC of the principal NAME: the key as it is written, or a file with its PEM.

    Where NAME is you, your key on this machine vouches for it: several keys of one principal are one vote. For
    somebody who has no key here yet, you vouch and own the key: you may revoke it.
    """
    by = load(principal or (name if key_path(name).exists() else here()))
    key = public_from(_given(public))
    with Workspace(workspace, make=False) as opened:
        if by.name != name:
            opened.keys.register(by)
        opened.keys.enrol(name, key, by)
    vouched = "" if by.name == name else f", and {by.name} may revoke it"
    click.echo(f"{name} may sign with {key_id(key)} too{vouched}.")


@command.command("rotate")
@click.argument("name", required=False)
@kind_option
@workspace_option
def rotate(name: str | None, kind: Kind, workspace: Path) -> None:
    """Put a new key into the place of NAME's (your) key on this machine.

    The old key vouches for the new one. What it signed before still holds; what it signs from now on does not.
    """
    chosen = name or here()
    old = load(chosen)
    with Workspace(workspace, make=False) as opened:
        fresh = successor(chosen, kind=kind)
        opened.keys.rotate(old, fresh)
    kept = replace(chosen, old)
    click.echo(fresh.public)
    click.echo(
        f"{chosen} signs with {fresh.key_id} now. The old key lies in {kept}; nothing needs it any more.", err=True
    )


@command.command("revoke")
@click.argument("name")
@click.argument("key")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for those who read it later.")
@click.option("--compromised-since", metavar="DATE", default="",
              help="Since when somebody else may have it (ISO 8601): then it verifies nothing at all.")  # fmt: skip
@as_option
@workspace_option
def revoke(name: str, key: str, *, reason: str, compromised_since: str, principal: str | None,
           workspace: Path) -> None:  # fmt: skip
    """End the key KEY of the principal NAME: its short name, or the key as it is written.

    You sign for it with another key of NAME, or as whoever enrolled it. From now on the key verifies nothing that is
    newer; what it signed before still holds, unless it is compromised.
    """
    if compromised_since and moment(compromised_since) is None:
        raise CallError(f"{compromised_since!r} is no date.", hint="Write it as 2026-11-23 or 2026-11-23T10:00:00Z.")
    short = key_id(key) if ":" in key else key
    with Workspace(workspace, make=False) as opened:
        known = opened.keys.keys().get(short)
        if known is None or known.principal != name:
            raise CallError(f"{name!r} has no key {short!r} here.", hint="outcross keys list shows them.")
        by = load(principal) if principal else _entitled(known)
        opened.keys.revoke(short, by, reason, compromised_since)
    ended = "verifies nothing any more" if compromised_since else "verifies nothing newer"
    click.echo(f"The key {short} of {name} {ended}; signed by {by.name}.")


@command.command("list")
@workspace_option
def list_(workspace: Path) -> None:
    """List the principals of this workspace and their public keys, ended ones with the reason."""
    with Workspace(workspace, make=False) as opened:
        found = opened.keys.principals()
        known = sorted(opened.keys.keys().values(), key=lambda one: one.added)
    mine = set(_on_this_machine())
    for one in found:
        keys = [key for key in known if key.principal == one.name]
        click.echo(f"{one.name}{'' if keys else '  (no key: others sign for them)'}")
        for key in keys:
            click.echo(f"  {key.id}  {key.public}{_notes(key, key.public in mine)}")
    if not found:
        click.echo("Nobody has signed anything here yet.")


def _on_this_machine() -> Iterator[str]:
    """The public keys whose private keys lie here and can be used."""
    for name in keys_here():
        with suppress(CallError, FaultError):
            yield load(name).public


def _notes(key: KnownKey, on_this_machine: bool) -> str:
    notes = ["on this machine"] * on_this_machine + [f"enrolled by {key.owner}"] * bool(key.owner)
    if key.revocation is not None:
        since = key.revocation.compromised_since
        when = f"compromised since {since}" if since else f"revoked {key.revocation.revoked[:10]}"
        notes.append(f"{when}: {visible(key.revocation.reason)}")
    return f"  ({'; '.join(notes)})" if notes else ""


def _entitled(known: KnownKey) -> Signer:
    """Whoever on this machine may end a key: its principal with another key, or its owner."""
    for name in (known.principal, known.owner):
        if name and key_path(name).exists() and (signer := load(name)).key_id != known.id:
            return signer
    raise CallError(
        f"Nobody on this machine may revoke the key {known.id}.",
        hint=f"It takes another key of {known.principal!r}" + (f", or {known.owner!r}." if known.owner else "."),
    )


def _given(public: str) -> str:
    """A key as it was given: itself, or what its file holds."""
    path = Path(public)
    try:
        if ":" in public or not path.is_file():
            return public
        if path.stat().st_size > MOST_PEM:
            raise CallError(f"{public} is too large for a public key.")
        return path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise FaultError(f"{public} cannot be read: {error.strerror}.") from None
