"""Checkpoints: signed notes as C2SP specifies them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.log.signers import signer

from outcross.errors import CallError, DataError
from outcross.log.notes import Checkpoint, key_name, note_in, signed_note
from outcross.principals import verify_bytes

# Keys of verifiers as they are published: name, hash, and in base64 the byte of the algorithm with the key.
PUBLISHED = [
    ("PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
    ("sum.golang.org", "033de0ae", "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"),
]
SAID = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

ORIGIN = "outcross.log/0123"
TREE = Checkpoint(ORIGIN, 7, b"r" * 32)


def public(coded: str) -> str:
    return f"ed25519:{base64.b64encode(base64.b64decode(coded)[1:]).decode()}"


@pytest.mark.parametrize(("name", "hashed", "coded"), PUBLISHED)
def test_keys_are_named_as_published_verifiers_name_them(name, hashed, coded):
    assert key_name(name, public(coded)).hex() == hashed


def test_a_published_signature_under_a_note_is_verified():
    raw = base64.b64decode(SIGNED)
    assert raw[:4].hex() == PUBLISHED[0][1]
    assert verify_bytes(public(PUBLISHED[0][2]), raw[4:], SAID)


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_checkpoint_is_read_back_and_its_signer_found(kind):
    ana, eve = signer("ana", kind), signer("eve", kind)
    note = signed_note(TREE, ana)
    read = note_in(note.to_text().encode(), "note")
    assert read == note
    assert read.checkpoint == TREE
    assert read.signers([eve.public, ana.public]) == (ana.public,)
    assert read.signers([eve.public]) == ()


def test_several_sign_one_checkpoint():
    people = [signer("ana"), signer("bob"), signer("cyd", "p256")]
    read = note_in(signed_note(TREE, *people).to_text().encode(), "note")
    assert read.signers(one.public for one in people) == tuple(one.public for one in people)


def test_lines_of_unknown_keys_are_ignored_and_those_below_the_tree_are_read_over():
    ana = signer("ana")
    text = (
        signed_note(TREE, ana).to_text() + f"\N{EM DASH} witness.example/w {base64.b64encode(b'12345678').decode()}\n"
    )
    assert note_in(text.encode(), "note").signers([ana.public]) == (ana.public,)
    more = TREE.to_text() + "an extension\n\n" + text.partition("\n\n")[2]
    assert note_in(more.encode(), "note").checkpoint == TREE
    assert note_in(more.encode(), "note").signers([ana.public]) == ()


@given(st.data())
def test_no_changed_character_of_a_checkpoint_keeps_its_signature(data):
    ana = signer("ana")
    text = signed_note(TREE, ana).to_text()
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.characters(codec="utf-8").filter(lambda one: one != text[at]))
    try:
        read = note_in((text[:at] + put + text[at + 1 :]).encode(), "note")
    except DataError:
        return
    assert read.signers([ana.public]) == ()


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_what_is_no_note_is_refused_with_its_name(data):
    with pytest.raises(DataError, match="somewhere"):
        note_in(data, "somewhere")


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\nb", "a\u2003b"])
def test_a_name_that_no_log_can_have_is_refused(origin):
    with pytest.raises(CallError, match="name of a log"):
        signed_note(Checkpoint(origin, 0, b"r" * 32), signer())


def test_a_note_that_could_pass_for_an_envelope_is_not_signed():
    with pytest.raises(CallError, match="as a note"):
        signer().sign_note(b"DSSEv1 4 test 2 ab")
