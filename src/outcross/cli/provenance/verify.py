"""`outcross provenance verify`: who signed, and whether the bytes are still those."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from outcross.cli.options import progress, workspace_option
from outcross.errors import CallError, FaultError
from outcross.log.dsse import MOST_BYTES
from outcross.principals import KnownKey
from outcross.provenance.sigstore import Identity, verify_sigstore
from outcross.provenance.verifying import Verified, verified, verified_by, vouched
from outcross.report.escape import visible
from outcross.sealing import Fit, fit, named_keys
from outcross.settings import is_workspace
from outcross.workspace import Workspace

MOST_SHOWN = 20
"""Names of one sort that are shown; JSON has all."""


@click.command("verify")
@click.argument("signed", metavar="BUNDLE", type=click.Path())
@click.argument("corpus", required=False, type=click.Path())
@click.option("--key", "keys", multiple=True, metavar="PUBLIC|NAME",
              help="Only signatures of this key, PEM file or principal count [default: all known keys].")  # fmt: skip
@click.option("--identity", metavar="WHO", help="Of a Sigstore bundle: who must have signed (extra: sigstore).")
@click.option("--issuer", metavar="ADDRESS", help="Of a Sigstore bundle: who vouches for the identity.")
@click.option("--trusted-root", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Of a Sigstore bundle: the roots of trust. Nothing is fetched.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Form of the report.")  # fmt: skip
@workspace_option
def command(signed: str, corpus: str | None, *, keys: tuple[str, ...], identity: str | None, issuer: str | None,
            trusted_root: Path | None, form: str, workspace: Path) -> int:  # fmt: skip
    """Say who signed BUNDLE, a manifest or a provenance record, and whether CORPUS is still what was signed.

    Exit code 0: a known key signed, and all bytes are those. 1: the signature does not hold, nobody known signed, or
    files differ, are missing or new. 4: BUNDLE is broken.
    """
    data = _bytes_of(signed)
    wanted = _wanted(identity, issuer, trusted_root)
    found = (
        vouched(data, signed, verify_sigstore(data, wanted, signed))
        if wanted
        else _verified(data, signed, keys, workspace)
    )
    with progress() as watch:
        made = Fit(found) if corpus is None else fit(found, signed, corpus, watch)
    told = json.dumps(_plain(made), indent=2) if form == "json" else "\n".join(_lines(made, signed))
    click.echo(told)
    return 0 if made.holds else 1


def _bytes_of(file: str) -> bytes:
    """The bytes of a file, up to one more than can be verified."""
    try:
        if not Path(file).is_file():
            raise CallError(f"There is no file {visible(file)}.", hint="Check the path.")
        with Path(file).open("rb") as handle:
            return handle.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise FaultError(f"{visible(file)} cannot be read: {error}.", hint="Check its rights.") from None


def _wanted(identity: str | None, issuer: str | None, trusted_root: Path | None) -> Identity | None:
    """Whose Sigstore signature is wanted; None where that of a key is."""
    if identity is None and issuer is None and trusted_root is None:
        return None
    if identity is None or issuer is None or trusted_root is None:
        raise CallError("For a Sigstore bundle --identity, --issuer and --trusted-root are needed together.")
    return Identity(identity, issuer, trusted_root)


def _verified(data: bytes, name: str, keys: Sequence[str], workspace: Path) -> Verified:
    """Verified with the keys that were told, or with all that the workspace knows."""
    read = [Path(one).read_text(errors="replace") if _is_pem(one) else one for one in keys]
    if not is_workspace(workspace):
        if not keys:
            raise CallError("No key is known here.", hint="Give one with --key, or name a --workspace.")
        return verified(data, name, named_keys(read, {}))
    with Workspace(workspace, make=False) as opened:
        known = opened.keys.keys()
        chosen: list[KnownKey] = named_keys(read, known) if keys else list(known.values())
        found = verified_by(data, name, chosen, [] if keys else opened.identities())
        made = opened.records.since(found.root, data) if found.revoked else ""
    return verified(data, name, chosen, made) if made else found


def _is_pem(key: str) -> bool:
    return ":" not in key and key.endswith((".pem", ".pub")) and Path(key).is_file()


def _plain(made: Fit) -> dict[str, Any]:
    """All of it as plain values."""
    found, differences = made.verified, made.differences
    record: dict[str, Any] = {
        "holds": made.holds, "signature": found.signature, "revoked": found.revoked, "root": found.root,
        "signed_by": list(found.signed_by), "principal": found.key.principal if found.key else None,
        "kind": found.statement.predicate_type, "names": list(found.statement.subjects), "material": found.material,
        "time": found.time,
    }  # fmt: skip
    if differences is not None:
        record["corpus"] = {
            "matching": differences.matching, "differing": list(differences.differing),
            "missing": list(differences.missing), "new": list(differences.new),
        }  # fmt: skip
    return record


def _lines(made: Fit, name: str) -> Iterator[str]:
    found, differences = made.verified, made.differences
    kind = "manifest" if found.manifest else "provenance record" if found.record is not None else "statement"
    yield f"{visible(name)}: a {kind} of {', '.join(map(visible, list(found.statement.subjects)[:3]))}"
    yield f"Root {found.root or 'of several things'}"
    yield _signature(found)
    if differences is None:
        if found.manifest is not None:
            count = f"{len(found.manifest.resources):,} {found.manifest.method}"
            yield f"{count} are listed; name the corpus to check them."
        return
    yield (
        f"{differences.matching:,} match, {len(differences.differing):,} differ, {len(differences.missing):,} are "
        + (f"missing, {len(differences.new):,} are new.")
    )
    for word, names in (("differs", differences.differing), ("missing", differences.missing), ("new", differences.new)):
        yield from (f"  {word}: {visible(one)}" for one in names[:MOST_SHOWN])
        if len(names) > MOST_SHOWN:
            yield f"  and {len(names) - MOST_SHOWN:,} more"


def _signature(found: Verified) -> str:
    if found.signature == "invalid":
        whose = "key, and that key" if found.material == "key" else "identity, and by the roots of trust that one"
        return f"Signature INVALID: it names a known {whose} did not sign this."
    if found.signature == "unknown" or found.key is None:
        what = "" if found.material == "key" else f" It is verified with a {found.material}, not with a key."
        return f"Signature of nobody who is known here.{what}"
    who = f"{visible(found.key.principal)} ({found.key.id})"
    if found.revoked and found.key.revocation is not None:
        ended = found.key.revocation
        what = f"compromised since {ended.compromised_since}" if ended.compromised_since else f"ended {ended.revoked}"
        return f"Signature of {who}, which does NOT count: the key is {what} ({visible(ended.reason)})."
    when = f", not after {found.time} by the clocks of Sigstore" if found.time else ""
    return f"Signature valid: {who}{when}"
