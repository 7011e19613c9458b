"""Keys for tests of the log, made once."""

from functools import cache

from outcross.log.dsse import Statement
from outcross.log.entries import key_event
from outcross.principals import Signer
from outcross.principals.kinds import Kind, generated, written


@cache
def signer(name: str = "ana", kind: Kind = "ed25519") -> Signer:
    private = generated(kind)
    return Signer(name, written(private), private)


def said(number: int) -> Statement:
    """Something that can be logged."""
    return key_event("added", f"{number:016x}", {"sha256": f"{number:064x}"}, "2026-11-23T10:00:00+00:00")
