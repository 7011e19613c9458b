"""Sigstore bundles, verified without a network by the package of Sigstore; it is an extra."""

import socket
from pathlib import Path

import pytest
from tests.provenance.signing import corpus_in

from outcross.errors import CallError, DataError, MissingExtraError
from outcross.provenance import sigstore
from outcross.provenance.sigstore import Identity, verify_sigstore, verify_sigstore_of

SHARED = Path(__file__).parents[3] / "shared" / "data" / "provenance"
SAMPLES = SHARED / "sigstore"
MODEL = SHARED / "openssf_model_signing" / "test-vectors__v1.0__valid__sigstore.bundle.json"
GITHUB = "https://github.com/login/oauth"


def roots(instance: str) -> Path:
    """The roots of trust that the package brings: nothing is fetched."""
    package = pytest.importorskip("sigstore", reason="the extra sigstore is not installed")
    if not SAMPLES.is_dir():
        pytest.skip("the files of other projects are not here")
    (found,) = Path(package.__path__[0]).glob(f"_store/*{instance}*/trusted_root.json")
    return found


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Any connection fails the test."""

    def refuse(*given, **more):
        raise AssertionError("Something was fetched.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def signer_of(data: bytes) -> tuple[str, str]:
    """Identity and issuer in the certificate of a bundle, as a user would be told them."""
    import base64  # noqa: PLC0415
    import json  # noqa: PLC0415

    from cryptography import x509  # noqa: PLC0415

    told = json.loads(data)["verificationMaterial"]["certificate"]["rawBytes"]
    found = x509.load_der_x509_certificate(base64.b64decode(told))
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    issuer = found.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")).value
    return str(next(iter(names)).value), issuer.value.decode()


def test_a_bundle_of_the_public_instance_holds_for_its_signer_alone():
    data = MODEL.read_bytes() if MODEL.exists() else b""
    trusted = roots("tuf-repo-cdn.sigstore.dev")
    identity, issuer = signer_of(data)
    kind, payload = verify_sigstore(data, Identity(identity, issuer, trusted), "x")
    assert kind == "application/vnd.in-toto+json"
    assert b"signme-1" in payload
    for wrong in (("eve@example.org", issuer), (identity, "https://accounts.example.org")):
        with pytest.raises(DataError, match="does not hold"):
            verify_sigstore(data, Identity(*wrong, trusted), "x")
    with pytest.raises(DataError, match="does not hold"):
        verify_sigstore(data, Identity(identity, issuer, roots("tuf-repo-cdn.sigstage.dev")), "x")


def test_a_bundle_of_other_bytes_holds_for_these_alone():
    trusted = roots("tuf-repo-cdn.sigstage.dev")
    data = (SAMPLES / "test__assets__bundle_v3.txt.sigstore").read_bytes()
    text = (SAMPLES / "bundle_v3.txt").read_bytes()
    wanted = Identity(*signer_of(data), trusted)
    verify_sigstore_of(data, wanted, "x", text)
    with pytest.raises(DataError, match="does not hold"):
        verify_sigstore_of(data, wanted, "x", text + b"\n")
    with pytest.raises(DataError, match="does not hold"):
        verify_sigstore(data, wanted, "x")


@pytest.mark.parametrize("name", ["bundle_cve_2022_36056.txt", "bundle_no_checkpoint.txt"])
def test_the_broken_bundles_do_not_hold(name):
    trusted = roots("tuf-repo-cdn.sigstage.dev")
    data = (SAMPLES / f"test__assets__{name}.sigstore").read_bytes()
    with pytest.raises(DataError, match="does not hold"):
        verify_sigstore_of(data, Identity("x", "y", trusted), "x", b"")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"mediaType": 3}', b"[" * 10_000])
def test_hostile_bundles_are_refused(data):
    with pytest.raises(DataError, match="does not hold"):
        verify_sigstore(data, Identity("x", "y", roots("tuf-repo-cdn.sigstore.dev")), "x")


def test_flipped_bytes_of_a_bundle_are_noticed():
    data, trusted = MODEL.read_bytes() if MODEL.exists() else b"", roots("tuf-repo-cdn.sigstore.dev")
    wanted = Identity(*signer_of(data), trusted)
    payload = verify_sigstore(data, wanted, "x")
    begin = data.index(b'"payload"')
    for at in range(begin + 15, len(data) - 20, 97):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            assert verify_sigstore(changed, wanted, "x") == payload, at
        except DataError:
            continue


def test_roots_that_cannot_be_read_are_told(tmp_path):
    roots("tuf-repo-cdn.sigstore.dev")
    corpus_in(tmp_path, {"roots.json": b"{}"})
    for name in ("absent.json", "roots.json"):
        with pytest.raises(CallError, match=r"roots of trust .* cannot be read"):
            verify_sigstore(b"{}", Identity("x", "y", tmp_path / name), "x")


def test_without_the_extra_it_is_named(monkeypatch, tmp_path):
    for name in ("sigstore", "sigstore.models", "sigstore.verify"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(MissingExtraError) as caught:
        verify_sigstore(b"{}", Identity("x", "y", tmp_path), "x")
    assert "outcross[sigstore]" in caught.value.hint
    assert sigstore.PURPOSE in caught.value.message
