"""Sigstore bundles, verified without a network: an identity and its issuer instead of a key (extra `sigstore`).

The roots of trust come from a file that the user names. Whose signature is wanted is told by the user too: a bundle
that anybody with an account could have made says nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from outcross.doors import optional
from outcross.errors import CallError, DataError

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


def verify_sigstore(data: bytes, wanted: Identity, name: str) -> tuple[str, bytes]:
    """What is signed in a Sigstore bundle, where it is signed by whom it should be.

    Args:
        data: the bundle.
        wanted: whose signature it must be.
        name: of the file, for messages.

    Returns:
        The payload's type, and the payload.

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


def _checked(data: bytes, wanted: Identity, name: str, artifact: bytes | None) -> tuple[str, bytes]:
    models = optional("sigstore.models", extra="sigstore", purpose=PURPOSE)
    verifying = optional("sigstore.verify", extra="sigstore", purpose=PURPOSE)
    try:
        roots = models.TrustedRoot.from_file(str(wanted.trusted_root))
    except Exception as error:  # whatever a parser of others raises
        raise CallError(
            f"The roots of trust {wanted.trusted_root} cannot be read: {_told(error)}.",
            hint="Take trusted_root.json of the Sigstore instance that signed.",
        ) from None
    try:
        bundle = models.Bundle.from_json(data)
        policy = verifying.policy.Identity(identity=wanted.identity, issuer=wanted.issuer)
        verifier = verifying.Verifier(trusted_root=roots)
        if artifact is not None:
            verifier.verify_artifact(artifact, bundle, policy)
            return "", artifact
        kind, payload = verifier.verify_dsse(bundle, policy)
    except Exception as error:  # its own errors, and its parsers'
        raise DataError(f"{name} does not hold: {_told(error)}.", hint="Check identity, issuer and roots.") from None
    return str(kind), bytes(payload)


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".") or type(error).__name__
