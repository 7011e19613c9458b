"""Envelopes: what is verified is what is read; hostile ones are refused with their place."""

import base64
import copy
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.provenance.signing import signer_in

from outcross.errors import DataError
from outcross.log import dsse
from outcross.log.dsse import (
    IN_TOTO,
    RECORD,
    Envelope,
    Signature,
    Statement,
    envelope_from,
    signed,
    statement_in,
)

ROOT = "ab" * 32
STATEMENT = Statement({"crawl": {"sha256": ROOT}}, RECORD, {"subject": {"name": "crawl", "digest": f"sha256:{ROOT}"}})


@pytest.fixture(scope="module")
def ana(tmp_path_factory):
    return signer_in(tmp_path_factory.mktemp("config"), kind="ed25519")


@pytest.fixture(scope="module")
def envelope(ana) -> Envelope:
    return signed(STATEMENT, ana)


def test_an_envelope_is_read_back_as_it_was_written(envelope):
    again = envelope_from(envelope.to_json(), "x")
    assert again == envelope
    assert statement_in(again, "x") == STATEMENT
    assert STATEMENT.digests == {f"sha256:{ROOT}"}


def test_the_signature_is_over_the_encoding_that_dsse_publishes():
    """The example of the protocol."""
    made = Envelope(b"hello world", "http://example.com/HelloWorld", (Signature(b"x"),))
    assert made.signed_bytes == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_a_signature_of_one_type_does_not_pass_for_another(envelope, ana):
    assert envelope.signers([ana.public]) == (ana.public,)
    assert Envelope(envelope.payload, "text/plain", envelope.signatures).signers([ana.public]) == ()


def test_several_signatures_are_each_tried_and_each_key_counts_once(envelope, ana, tmp_path):
    bob = signer_in(tmp_path, "bob")
    more = (*envelope.signatures, Signature(bob.sign_bytes(IN_TOTO, envelope.payload), "any name"))
    both = Envelope(envelope.payload, IN_TOTO, (Signature(b"junk", bob.key_id), *more, *more))
    assert both.signers([bob.public, ana.public, bob.public]) == (bob.public, ana.public)


def test_both_alphabets_of_base64_are_read_and_bits_that_nobody_reads_refused(envelope):
    table = Envelope(b"\xfb\xff" * 5, "t", envelope.signatures).to_dict()
    safe = table | {"payload": base64.urlsafe_b64encode(b"\xfb\xff" * 5).decode()}
    assert envelope_from(json.dumps(safe).encode(), "x").payload == b"\xfb\xff" * 5
    for broken in ("+_v_", "YQ", "YQ==\n", "YR==", "Y Q=", "ä", 3, None, ["YQ=="]):
        with pytest.raises(DataError, match="/payload: base64"):
            envelope_from(json.dumps(table | {"payload": broken}).encode(), "x")


def test_flipping_any_byte_of_an_envelope_is_noticed_or_changes_nothing_that_is_said(envelope, ana):
    """Of our own envelopes; that a changed name of the key is noticed, see `test_verifying.py`."""
    data = envelope.to_json().rstrip()
    for at in range(len(data)):
        for bit in (1, 0x20):
            changed = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            try:
                found = envelope_from(changed, "x")
            except DataError:
                continue
            said = (found.payload, found.payload_type, [one.raw for one in found.signatures])
            same = said == (envelope.payload, envelope.payload_type, [one.raw for one in envelope.signatures])
            assert same or found.signers([ana.public]) == ()


BROKEN = {
    "no object": [], "a text": "x", "nothing": None,
    "no signatures": {"payload": "", "payloadType": "t"},
    "signatures that are none": {"payload": "", "payloadType": "t", "signatures": {}},
    "an empty list": {"payload": "", "payloadType": "t", "signatures": []},
    "too many": {"payload": "", "payloadType": "t", "signatures": [{"sig": ""}] * 65},
    "a signature that is a text": {"payload": "", "payloadType": "t", "signatures": ["x"]},
    "a name that is a number": {"payload": "", "payloadType": "t", "signatures": [{"sig": "", "keyid": 3}]},
    "no type": {"payload": "", "signatures": [{"sig": ""}]},
    "a type that is a list": {"payload": "", "payloadType": [], "signatures": [{"sig": ""}]},
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_envelope_is_refused_with_its_place(what):
    with pytest.raises(DataError, match="x, "):
        envelope_from(json.dumps(BROKEN[what]).encode(), "x")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":1,"a":2}', b'{"a":NaN}'])
def test_hostile_json_is_refused(data):
    with pytest.raises(DataError):
        envelope_from(data, "x")


def test_an_envelope_larger_than_any_is_refused(monkeypatch):
    monkeypatch.setattr(dsse, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="more than"):
        envelope_from(b" " * 11, "x")


STATEMENTS = [
    [], {}, {"_type": "https://in-toto.io/Statement/v0.1"}, STATEMENT.to_dict() | {"subject": []},
    STATEMENT.to_dict() | {"subject": {}}, STATEMENT.to_dict() | {"subject": ["x"]},
    STATEMENT.to_dict() | {"subject": [{"name": 3, "digest": {"sha256": ROOT}}]},
    STATEMENT.to_dict() | {"subject": [{"name": "x"}]},
    STATEMENT.to_dict() | {"subject": [{"name": "x", "digest": {}}]},
    STATEMENT.to_dict() | {"subject": [{"name": "x", "digest": {"sha256": ROOT.upper()}}]},
    STATEMENT.to_dict() | {"subject": [{"name": "x", "digest": {"sha256": 3}}]},
    STATEMENT.to_dict() | {"subject": [{"name": "x", "digest": {"sha256": ROOT}}] * 2},
    STATEMENT.to_dict() | {"predicateType": None}, STATEMENT.to_dict() | {"predicate": [1]},
]  # fmt: skip


@pytest.mark.parametrize("value", STATEMENTS, ids=range(len(STATEMENTS)))
def test_what_is_no_statement_is_refused_with_its_place(value):
    with pytest.raises(DataError, match="x, payload"):
        statement_in(Envelope(json.dumps(value).encode(), IN_TOTO, (Signature(b""),)), "x")


def test_a_payload_of_another_type_is_no_statement():
    with pytest.raises(DataError, match="no in-toto statement"):
        statement_in(Envelope(b"{}", "text/plain", (Signature(b""),)), "x")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=6,
)  # fmt: skip


@given(JUNK, st.integers(0, 2**32))
def test_wrong_types_anywhere_are_refused_or_read_never_a_traceback(junk, seed):
    envelope = {"payload": base64.b64encode(json.dumps(mutated(STATEMENT.to_dict(), junk, seed)).encode()).decode(),
                "payloadType": IN_TOTO, "signatures": [{"sig": "YQ==", "keyid": "x"}]}  # fmt: skip
    for value in (envelope, mutated(envelope, junk, seed)):
        try:
            statement_in(envelope_from(json.dumps(value).encode(), "x"), "x")
        except DataError as error:
            assert error.message.startswith("x")  # noqa: PT017


def mutated(value, junk, seed: int):
    """The value with junk in one of its places."""
    dice, made = random.Random(seed), copy.deepcopy(value)  # noqa: S311
    at = made
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = dice.choice(keys)
        if isinstance(at[key], dict | list) and at[key] and dice.random() < 0.7:
            at = at[key]
            continue
        at[key] = junk
        return made
