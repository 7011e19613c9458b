"""Principals: what they sign is theirs, their keys are theirs alone."""

import base64
import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError
from outcross.principals import checked_name, config_folder, here, key_id, key_path, load, load_or_make, make
from outcross.principals import verify as holds

PREFIX = "ed25519:"

RECORD = {"item": 3, "answer": "human", "seconds": 1.5}


@pytest.fixture(scope="module")
def ana(tmp_path_factory):
    return make("ana", tmp_path_factory.mktemp("config"))


def test_a_signature_holds_for_its_key_kind_and_record_alone(ana, tmp_path):
    made = ana.sign("outcross.label/1", RECORD)
    assert holds(ana.public, made, "outcross.label/1", RECORD)
    assert not holds(ana.public, made, "outcross.label/1", RECORD | {"answer": "synthetic"})
    assert not holds(ana.public, made, "outcross.key/1", RECORD)
    assert not holds(make("bob", tmp_path).public, made, "outcross.label/1", RECORD)


def test_signing_is_the_published_ed25519(tmp_path):
    """Over DSSE's encoding of the type and the canonical record, written out here."""
    signer = make("ana", tmp_path)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signer.public.removeprefix(PREFIX)))
    public.verify(base64.b64decode(signer.sign("k", {"b": 1, "a": 2})), b'DSSEv1 1 k 13 {"a":2,"b":1}')


@given(public=st.text(max_size=60), signature=st.text(max_size=100))
def test_what_is_no_key_or_no_signature_does_not_hold_and_does_not_raise(public, signature):
    assert not holds(public, signature, "k", RECORD)
    assert not holds(PREFIX + public, signature, "k", RECORD)


def test_a_key_is_kept_and_found_again(tmp_path):
    made = make("ana", tmp_path)
    again, fresh = load_or_make("ana", tmp_path)
    assert (again.public, fresh) == (made.public, False)
    assert holds(made.public, again.sign("k", RECORD), "k", RECORD)
    assert len(key_id(made.public)) == 16


def test_nobody_else_can_read_a_private_key(tmp_path):
    make("ana", tmp_path / "config")
    path = key_path("ana", tmp_path / "config")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["ana.pem"]  # noqa: PTH208


def test_a_key_that_others_can_read_is_refused(tmp_path):
    make("ana", tmp_path)
    key_path("ana", tmp_path).chmod(0o644)
    with pytest.raises(CallError, match="Others can read") as caught:
        load("ana", tmp_path)
    assert "chmod 600" in caught.value.hint


def test_a_key_is_never_replaced(tmp_path):
    make("ana", tmp_path)
    before = key_path("ana", tmp_path).read_bytes()
    with pytest.raises(CallError, match="already"):
        make("ana", tmp_path)
    assert key_path("ana", tmp_path).read_bytes() == before


def test_a_file_that_is_no_key_is_told(tmp_path):
    make("ana", tmp_path)
    key_path("ana", tmp_path).write_text("no key")
    with pytest.raises(CallError, match="holds no Ed25519 key"):
        load("ana", tmp_path)


@pytest.mark.parametrize("name", ["", "../ana", "a/b", ".hidden", "-x", "a b", "a\n", "a" * 101, "ä"])
def test_what_could_be_a_path_is_no_name(name):
    with pytest.raises(CallError, match="no name"):
        checked_name(name)


def test_who_sits_here_is_told_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OUTCROSS_PRINCIPAL", "team@example.org")
    assert here() == "team@example.org"
    monkeypatch.delenv("OUTCROSS_PRINCIPAL")
    monkeypatch.setenv("LOGNAME", "some one")
    assert here() == "some-one"
    monkeypatch.setenv("OUTCROSS_CONFIG", str(tmp_path))
    assert config_folder() == tmp_path
    monkeypatch.delenv("OUTCROSS_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_folder() == tmp_path / "outcross"
