"""Sigstore bundles, verified without a network by the package of Sigstore; it is an extra."""

import socket
import sys
from pathlib import Path

import pytest
from tests.provenance.signing import corpus_in, signer_in

from outcross.cli.group import outcross
from outcross.errors import CallError, DataError, MissingExtraError
from outcross.log.dsse import statement_in
from outcross.provenance import sigstore
from outcross.provenance.record import Origin, Record, Subject
from outcross.provenance.sigstore import Identity, verify_sigstore, verify_sigstore_of
from outcross.provenance.verifying import read_signed, signed_record
from outcross.workspace import Workspace

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
    found = verify_sigstore(data, Identity(identity, issuer, trusted), "x")
    assert (found.kind, found.identity) == ("application/vnd.in-toto+json", identity)
    assert b"signme-1" in found.payload
    assert found.time == "2025-10-10T02:12:20+00:00"
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


@pytest.fixture
def workspace(tmp_path):
    """Bytes with a manifest of the public instance, and a record of these bytes that Ana signed; both are listed."""
    trusted, data = roots("tuf-repo-cdn.sigstore.dev"), MODEL.read_bytes()
    ana, manifest = signer_in(tmp_path / "config"), read_signed(data, "x")
    corpus_in(tmp_path / "model", {"signme-1": b"signme-1", "signme-2": b"signme-2"})
    (root,) = statement_in(manifest.envelope, "x").digests
    record = Record(Subject("model", root), (Origin("human"),), issued="2026-01-01")
    who = "{{ identity = '{}', issuer = '{}' }}".format(*signer_of(data))
    corpus_in(tmp_path, {
        "model.sig": data, "trusted.json": trusted.read_bytes(),
        "model.provenance.sig": signed_record(record.to_dict(), root, ana).to_json(),
        "outcross.toml": SETTINGS.format(signer=ana.public, who=who).encode(), "mix.toml": MIX.encode(),
    })  # fmt: skip
    return tmp_path


SETTINGS = """[provenance]
signers = ["{signer}"]
identities = [{who}]
trusted_root = "trusted.json"
cutoff = "2025-10-11"
"""
MIX = """name = "m"
[[source]]
name = "model"
tokens = 1
corpus = "model"
manifest = "model.sig"
signature = "model.provenance.sig"
"""


def standing_of(folder):
    with Workspace(folder) as opened:
        (one,) = opened.sources.account(str(folder / "mix.toml")).sources
    return one.known.belief.level, [found.code for found in one.known.belief.findings]


def changed(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_bytes_that_the_log_saw_before_the_cutoff_have_the_highest_level(workspace):
    assert standing_of(workspace) == (3, [])
    changed(workspace / "outcross.toml", "2025-10-11", "2025-10-10")
    assert standing_of(workspace) == (2, [])


def test_other_bytes_than_the_log_saw_are_forged(workspace):
    (workspace / "model" / "signme-2").write_text("signme-3")
    assert standing_of(workspace) == (0, ["forged"])


def test_a_manifest_of_somebody_who_is_not_listed_gives_no_time(workspace):
    changed(workspace / "outcross.toml", "identity = '", "identity = 'not-")
    assert standing_of(workspace) == (2, [])


def test_a_manifest_that_names_somebody_listed_and_does_not_hold_is_forged(workspace):
    changed(workspace / "model.sig", '"integratedTime": "1760062340"', '"integratedTime": "1600000000"')
    assert standing_of(workspace) == (0, ["forged"])


def test_a_bundle_that_somebody_listed_signed_is_verified_without_options(workspace, capsys):
    told = ["provenance", "verify", str(workspace / "model.sig"), str(workspace / "model")]
    assert outcross.main([*told, "--workspace", str(workspace)], "outcross", standalone_mode=False) == 0
    assert "not after 2025-10-10T02:12:20+00:00 by the clocks of Sigstore" in capsys.readouterr().out


def test_roots_of_trust_that_are_not_there_are_named_with_their_line(workspace):
    (workspace / "trusted.json").unlink()
    with pytest.raises(CallError, match=r"outcross\.toml, line 4: There is no file .*trusted\.json"):
        standing_of(workspace)


def test_the_extra_is_asked_for_only_where_somebody_listed_could_have_signed(workspace, monkeypatch):
    for name in ("sigstore", "sigstore.models", "sigstore.verify"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError):
        standing_of(workspace)
    changed(workspace / "outcross.toml", "identities = ", "identities = [] #")
    assert standing_of(workspace) == (2, [])
