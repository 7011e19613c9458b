"""Sigstore bundles, verified without a network: an identity and its issuer instead of a key (extra `sigstore`).

The roots of trust come from a file that the user names. Whose signature is wanted is told by the user too: a bundle
that anybody with an account could have made says nothing.

When it was signed is what the log promised, where it did; else the end of the certificate's few minutes, which the
verified time of a timestamp authority lies before. Both can only be too late, never too early.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from outcross.doors import optional
from outcross.errors import CallError, DataError, MissingExtraError

PURPOSE = "verify a Sigstore bundle"


@dataclass(frozen=True)
class Identity:
    """Whose signature is wanted.

    Attributes:
        identity: an e-mail address, or the address of a workflow. issuer: who vouches for it, an address.
        trusted_root: file with the roots of trust (`trusted_root.json` of a Sigstore instance).
    """

    identity: str
    issuer: str
    trusted_root: Path


@dataclass(frozen=True)
class Attested:
    """What Sigstore verified.

    Attributes:
        kind: the payload's type. payload: what is signed; all else that stands in the bundle is not.
        identity: who signed.
        time: when it was signed at the latest, by a clock of others, ISO 8601 in UTC.
    """

    kind: str
    payload: bytes
    identity: str
    time: str


def verify_sigstore(data: bytes, wanted: Identity, name: str) -> Attested:
    """What is signed in a Sigstore bundle, where it is signed by whom it should be.

    Args:
        data: the bundle.
        wanted: whose signature it must be.
        name: of the file, for messages.

    Raises:
        CallError: the roots of trust cannot be read.
        DataError: the bundle does not hold; the message says why.
        MissingExtraError: sigstore is not installed.
    """
    return _checked(data, wanted, name, None)


def verify_sigstore_of(data: bytes, wanted: Identity, name: str, artifact: bytes) -> None:
    """Verify a Sigstore bundle that signs bytes which are not in it.

    Raises:
        CallError, DataError, MissingExtraError: as `verify_sigstore`.
    """
    _checked(data, wanted, name, artifact)


def attested(data: bytes, listed: Sequence[Identity], name: str) -> Attested | None:
    """What is signed in a Sigstore bundle by one of several; None where it does not say that it is by any of them.

    Args:
        data: the bundle.
        listed: whose word counts.
        name: of the file, for messages.

    Raises:
        CallError, MissingExtraError: as `verify_sigstore`.
        DataError: it says that one of them signed it, and does not hold; or it is no bundle.
    """
    claimed = [one for one in listed if _claims(data, one, name)]
    return verify_sigstore(data, claimed[0], name) if claimed else None


def _claims(data: bytes, wanted: Identity, name: str) -> bool:
    """Whether the certificate in a bundle names somebody, whatever that is worth."""
    bundle, policy = _bundle(data, name), _verify().policy.Identity(identity=wanted.identity, issuer=wanted.issuer)
    try:
        policy.verify(bundle.signing_certificate)
    except Exception:  # its own errors, and its parsers' on a certificate that anybody could have written
        return False
    return True


def _checked(data: bytes, wanted: Identity, name: str, artifact: bytes | None) -> Attested:
    _models()  # that the extra is missing is told before what its roots lack
    verifier, bundle = _verifier(wanted.trusted_root), _bundle(data, name)
    try:
        policy = _verify().policy.Identity(identity=wanted.identity, issuer=wanted.issuer)
        if artifact is not None:
            verifier.verify_artifact(artifact, bundle, policy)
            return Attested("", artifact, wanted.identity, _time(bundle))
        kind, payload = verifier.verify_dsse(bundle, policy)
        return Attested(str(kind), bytes(payload), wanted.identity, _time(bundle))
    except Exception as error:  # its own errors, and its parsers'
        raise DataError(f"{name} does not hold: {_told(error)}.", hint="Check identity, issuer and roots.") from None


def _verifier(path: Path) -> Any:
    """What verifies by the roots of trust in a file."""
    try:
        found = path.stat()
        return _made_verifier(path, found.st_mtime_ns, found.st_size)
    except Exception as error:  # whatever a parser of others raises
        raise CallError(
            f"The roots of trust {path} cannot be read: {_told(error)}.",
            hint="Take trusted_root.json of the Sigstore instance that signed.",
        ) from None


@lru_cache(maxsize=4)
def _made_verifier(path: Path, _changed: int, _size: int) -> Any:
    """Made once for as long as the file stays as it is: a mix may have many sources."""
    return _verify().Verifier(trusted_root=_models().TrustedRoot.from_file(str(path)))


def _bundle(data: bytes, name: str) -> Any:
    try:
        return _models().Bundle.from_json(data)
    except MissingExtraError:
        raise
    except Exception as error:  # its parsers'
        raise DataError(f"{name} does not hold: {_told(error)}.", hint="It is no Sigstore bundle.") from None


def _models() -> ModuleType:
    return optional("sigstore.models", extra="sigstore", purpose=PURPOSE)


def _verify() -> ModuleType:
    return optional("sigstore.verify", extra="sigstore", purpose=PURPOSE)


def _time(bundle: Any) -> str:
    """When a bundle that was verified was signed at the latest."""
    entries = json.loads(bundle.to_json())["verificationMaterial"]["tlogEntries"]
    return signed_by_then(entries, bundle.signing_certificate.not_valid_after_utc)


def signed_by_then(entries: Sequence[Mapping[str, Any]], ended: datetime) -> str:
    """When what was verified was signed at the latest, ISO 8601 in UTC.

    Args:
        entries: of the public log, from a bundle that was verified. Only a time that the log promised was verified with
            it: anybody may write another into a bundle.
        ended: when the certificate ended; some verified time is not later.

    >>> signed_by_then([{"integratedTime": "1600000000", "inclusionPromise": {}}], datetime(2025, 1, 1, tzinfo=UTC))
    '2020-09-13T12:26:40+00:00'
    >>> signed_by_then([{"integratedTime": "1600000000"}], datetime(2025, 1, 1, tzinfo=UTC))
    '2025-01-01T00:00:00+00:00'
    """
    told = [int(one.get("integratedTime") or 0) for one in entries if "inclusionPromise" in one]
    times = [datetime.fromtimestamp(one, UTC) for one in told if one > 0]
    return min([ended, *times]).astimezone(UTC).isoformat(timespec="seconds")


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".") or type(error).__name__
