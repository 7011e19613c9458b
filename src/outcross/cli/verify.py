"""`outcross verify`: a proof from somebody's log, with nothing but public keys. Loads nothing that reads corpora."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from outcross.errors import CallError, FaultError
from outcross.log.proofs import MOST_BYTES, Verified, verified
from outcross.principals import key_id, public_from


@click.command("verify")
@click.argument("bundle", type=click.Path())
@click.option("--key", "keys", multiple=True, required=True, metavar="PUBLIC",
              help="A public key that you believe, or a file with its PEM (repeatable).")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Form of the answer.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, bundle: str, *, keys: tuple[str, ...], form: str) -> None:
    """Verify BUNDLE, a proof that something was logged (outcross log prove), without a network and without the log.

    One of the keys must have signed the log's checkpoint. Whether one of them signed the entry itself is said too; and
    whether the log was rewritten since shows only against an older checkpoint (outcross log verify --anchor).

    Exit 0 it was logged, 1 it does not hold.
    """
    found = verified(_bytes(bundle), [_key(one) for one in keys], bundle)
    click.echo(json.dumps(plain(found), indent=2) if form == "json" else "\n".join(lines(found)))
    ctx.exit(0 if found.holds else 1)


def _bytes(file: str) -> bytes:
    try:
        with Path(file).open("rb") as handle:
            return handle.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise CallError(f"There is no file {file}.", hint="Check the path.") from None
    except (OSError, ValueError) as error:
        raise FaultError(f"{file} cannot be read: {error}.", hint="Check its rights.") from None


def _key(told: str) -> str:
    path = Path(told)
    return public_from(_bytes(told).decode(errors="replace") if ":" not in told and path.is_file() else told)


def plain(found: Verified) -> dict[str, Any]:
    """All of it as plain values."""
    told = found.proof.note.checkpoint
    return {
        "holds": found.holds, "included": found.included, "index": found.proof.index, "log": told.origin,
        "size": told.size, "root": told.root.hex(), "logged_by": list(found.logged_by), "said_by": list(found.said_by),
        "statement": found.entry.statement.to_dict(),
    }  # fmt: skip


def lines(found: Verified) -> Iterator[str]:
    """What was found, in words."""
    told, statement = found.proof.note.checkpoint, found.entry.statement
    yield f"{'HOLDS' if found.holds else 'DOES NOT HOLD'}  entry {found.proof.index} of {told.size:,} in {told.origin}"
    if not found.included:
        yield "The path does not lead from the entry to the root that was signed."
    if found.logged_by:
        yield f"The checkpoint is signed by {', '.join(map(key_id, found.logged_by))}."
    else:
        yield "The checkpoint is signed by none of the keys that were given."
    if found.said_by:
        yield f"The entry is signed by {', '.join(map(key_id, found.said_by))}."
    else:
        yield "The entry is signed by none of the keys that were given: give its key too to see who said it."
    yield f"It says ({statement.predicate_type}):"
    for name, value in statement.predicate.items():
        yield from _told(name, value)
    yield from (f"  of {visible(name)}: {visible(digests)}" for name, digests in statement.subjects.items())
    yield f"Verified {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, offline."


def _told(name: str, value: Any) -> Iterator[str]:
    """A part of what is said: a list of digests by their number, one of other things a line each."""
    if not isinstance(value, list):
        yield f"  {visible(name)}: {visible(value)}"
    elif all(isinstance(one, dict) and one.keys() == {"digest"} for one in value):
        yield f"  {visible(name)}: {len(value)} by digest (--format json shows them)"
    else:
        yield f"  {visible(name)}:"
        for one in value:
            yield f"    {_criterion(one) if isinstance(one, dict) and 'result' in one else visible(one)}"


def _criterion(one: dict[str, Any]) -> str:
    low, high = (*one["interval"], None, None)[:2] if isinstance(one.get("interval"), list) else (None, None)
    ends = f"{'?' if low is None else low} to {'?' if high is None else high}"
    said = f"{one.get('id')}: {one['result']}, {ends}, limit {one.get('limit')} ({one.get('way')})"
    return visible(f"{said}, in {one.get('unit')} / {one.get('scale')} → {one.get('outcome')}")


def visible(value: Any) -> str:
    """A plain value on one line, without what a terminal would obey."""
    said = value if isinstance(value, str) else json.dumps(value)
    return "".join(one if one.isprintable() else "?" for one in said)[:400]
