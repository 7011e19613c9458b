"""Asks a person for a provenance record, field by field."""

from typing import Any

import click

from outcross.provenance.answers import expected, put, told_of, typed
from outcross.provenance.fields import BY_NAME

ASKED = (
    "subject.name", "subject.digest", "subject.bytes", "subject.records", "subject.tokens", "origins", "generators",
    "derived_from", "generation_period.start", "generation_period.end", "method", "issuer", "license", "intended_use",
    "version", "expires",
)  # fmt: skip
"""What is asked for, in this order."""

KEYS = {
    "origins": ("kind",), "generators": ("model", "version", "provider"), "derived_from": ("id", "op", "digest",
                                                                                       "tokens"),
}  # fmt: skip
"""Of lists, what is asked of each entry; the first ends the list where it is left empty."""


def ask_for(told: dict[str, Any]) -> None:
    """Ask for what is not told yet, and put it there.

    Args:
        told: plain values of a record, which are added to.
    """
    click.echo("Leave an answer empty if nobody knows.", err=True)
    for name in ASKED:
        if told_of(told, name) is not None or (name == "generators" and not _generated(told)):
            continue
        found = _several(name) if name in KEYS else _answer(name)
        if found is not None:
            put(told, name, found)


def _generated(told: dict[str, Any]) -> bool:
    return any(one.get("kind") in ("edited", "mixed", "synthetic") for one in told.get("origins", []))


def _answer(name: str) -> Any:
    """What is answered, or None; asked again until it can be."""
    one = BY_NAME[name]
    click.echo(f"\n{one.meaning} For example: {one.example}", err=True)
    while answer := click.prompt(name, default="", show_default=False, err=True).strip():
        if name == "license":
            return [one.strip() for one in answer.split(",")]
        if not (problem := expected(answer, one)):
            return typed(answer, one)
        click.echo(f"Expected {problem}.", err=True)
    return None


def _several(name: str) -> list[dict[str, Any]] | None:
    """Entries of a list; None where nobody knows."""
    if name == "origins":
        return None if (kind := _answer("origins.kind")) is None else [_origin(kind)]
    click.echo(f"\n{BY_NAME[name].meaning}", err=True)
    if name == "derived_from":
        kinds = click.Choice(["yes", "no", ""])
        came = click.prompt("Did it come from other sources (yes, no)?", type=kinds, default="", show_default=False,
                            show_choices=False, err=True)  # fmt: skip
        if came != "yes":
            return [] if came == "no" else None
    found: list[dict[str, Any]] = []
    first, *others = KEYS[name]
    while (answer := _answer(f"{name}.{first}")) is not None:
        rest = {key: _answer(f"{name}.{key}") for key in others}
        found.append({first: answer} | {key: value for key, value in rest.items() if value is not None})
    return found or None


def _origin(kind: str) -> dict[str, Any]:
    """What text consists of; of a mixture, how much a model wrote."""
    share = _answer("origins.shares.synthetic") if kind == "mixed" else None
    return {"kind": kind} | ({} if share is None else {"shares": {"synthetic": share}})
