"""Kinds of keys, and which are believed."""

import base64
import itertools

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError
from outcross.principals import (
    Claimed,
    Revocation,
    Signer,
    key_hint,
    key_id,
    key_path,
    keys_here,
    known_keys,
    load,
    make,
    public_from,
    public_pem,
    replace,
    successor,
    verify_bytes,
)
from outcross.principals.kinds import CURVES, written
from outcross.principals.trust import ENROLMENT, KEY, REVOCATION

KINDS = ("ed25519", "p256")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("config")


@pytest.fixture(scope="module", params=KINDS)
def signer(request, folder) -> Signer:
    return make(f"one-{request.param}", folder, request.param)


def test_every_kind_signs_and_is_found_again(signer, folder):
    raw = signer.sign_bytes("kind", b"data")
    assert verify_bytes(signer.public, raw, b"DSSEv1 4 kind 4 data")
    assert load(signer.name, folder).public == signer.public
    assert public_from(signer.public) == public_from(public_pem(signer.public).decode()) == signer.public


def test_flipping_any_byte_of_a_signature_is_noticed(signer):
    raw = signer.sign_bytes("kind", b"data")
    for at, bit in itertools.product(range(len(raw)), (1, 0x80)):
        changed = raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :]
        assert not verify_bytes(signer.public, changed, b"DSSEv1 4 kind 4 data")


def test_p256_is_the_published_ecdsa_with_sha256(folder):
    signer = make("published", folder, "p256")
    point = base64.b64decode(signer.public.removeprefix("p256:"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public.verify(signer.sign_bytes("k", b"x"), b"DSSEv1 1 k 1 x", ec.ECDSA(hashes.SHA256()))
    assert len(point) == 33


@pytest.mark.parametrize("kind", CURVES)
def test_keys_of_other_tools_verify_and_are_named_as_they_name_them(kind):
    curve = CURVES[kind]
    private = ec.generate_private_key(getattr(ec, curve.name.upper())())
    pem = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    public = public_from(pem.decode())
    assert public.startswith(f"{kind}:")
    assert written(private) == public
    assert public_pem(public) == pem
    assert verify_bytes(public, private.sign(b"x", ec.ECDSA(getattr(hashes, curve.digest)())), b"x")
    assert len(key_hint(public)) == 64


def test_a_kind_of_key_that_is_not_used_is_refused():
    pem = rsa.generate_private_key(65537, 2048).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    with pytest.raises(CallError, match="kind that is not used"):
        public_from(pem.decode())


@given(st.sampled_from(["", "ed25519:", "p256:", "p384:", "-----BEGIN PUBLIC KEY-----\n"]), st.text(max_size=90))
def test_what_is_no_key_is_refused_and_verifies_nothing(prefix, rest):
    with pytest.raises(CallError):
        public_from(prefix + rest)
    assert not verify_bytes(prefix + rest, b"signature", b"data")


@given(st.binary(min_size=32, max_size=33))
def test_a_key_has_one_written_form(raw):
    """Bits after the end of base64 that nobody reads would give a key two names."""
    for kind in KINDS:
        text = f"{kind}:{base64.b64encode(raw).decode()}"
        try:
            assert public_from(text) == text
        except CallError:
            continue
        other = text[:-2] + chr(ord(text[-2]) + 1) + "=" if text.endswith("=") else ""
        if other:
            assert not verify_bytes(other, b"", b"")


def test_a_rotated_key_keeps_its_name_and_the_old_one_stays_beside_it(tmp_path):
    old = make("ana", tmp_path)
    fresh = successor("ana", tmp_path, "p256")
    assert successor("ana", tmp_path, "p256").public == fresh.public  # as after an interruption
    with pytest.raises(CallError, match="another kind"):
        successor("ana", tmp_path, "ed25519")
    kept = replace("ana", old, tmp_path)
    assert load("ana", tmp_path).public == fresh.public
    assert kept.exists()
    assert keys_here(tmp_path) == ["ana"]
    assert not key_path("ana.next", tmp_path).exists()


# Who is believed


class Book:
    """Keys and revocations as they would be recorded, a day after another."""

    def __init__(self, folder) -> None:
        self.folder, self.keys, self.ended = folder, [], []
        self.made = itertools.count()
        self.days = (f"2026-01-{day:02d}T00:00:00+00:00" for day in range(1, 32))

    def key(self, name: str, by: Signer | None = None, kind: str = KEY) -> Signer:
        made = make(name, self.folder / str(next(self.made)))
        vouched = by.sign(kind, {"principal": name, "public": made.public}) if by else ""
        self.keys.append(Claimed(made.key_id, name, made.public, next(self.days), by.key_id if by else "", vouched))
        return made

    def end(self, key: Signer, by: Signer, since: str = "", name: str = "") -> str:
        when = next(self.days)
        claim = Revocation(key.key_id, name or key.name, "lost", when, since, by.key_id)
        signature = by.sign(REVOCATION, claim.claim())
        self.ended.append(Revocation(**{**claim.claim(), "signature": signature}))
        return when

    def known(self):
        return known_keys(self.keys, self.ended)


@pytest.fixture
def book(tmp_path) -> Book:
    return Book(tmp_path)


def test_a_revoked_key_verifies_what_is_older_and_nothing_newer(book):
    first = book.key("ana")
    second = book.key("ana", first)
    when = book.end(first, second)
    key = book.known()[first.key_id]
    assert key.holds("2026-01-01")
    assert key.holds("2026-01-02T23:59:59+00:00")
    assert not key.holds(when)
    assert not key.holds("2027-01-01T00:00:00Z")
    assert not key.holds("")
    assert not key.holds("some time ago")
    assert book.known()[second.key_id].holds("")


def test_a_compromised_key_verifies_nothing_at_all(book):
    first = book.key("ana")
    second = book.key("ana", first)
    book.end(first, second, since="2026-01-03")
    assert not book.known()[first.key_id].holds("2020-01-01")


def test_of_an_ended_key_it_can_still_be_said_that_it_is_compromised_and_not_taken_back(book):
    first = book.key("ana")
    second = book.key("ana", first)
    book.end(first, second)
    book.end(first, second, since="2026-01-03")
    book.end(first, second)
    assert book.known()[first.key_id].compromised
    assert book.known()[second.key_id].holds("")


def test_what_a_compromised_key_vouched_for_before_stays_believed(book):
    first = book.key("ana")
    second = book.key("ana", first)
    book.end(first, second, since="2026-01-02T12:00:00+00:00")
    assert book.known()[first.key_id].compromised
    assert book.known()[second.key_id].holds("")


def test_what_a_compromised_key_vouched_for_afterwards_falls_with_it(book):
    first = book.key("ana")
    second = book.key("ana", first)
    thief = book.key("ana", first)
    book.end(first, second, since="2026-01-02T12:00:00+00:00")
    assert thief.key_id not in book.known()


def test_a_thief_cannot_end_the_key_that_vouches_for_theirs_as_compromised(book):
    """Nobody could tell the thief from the owner; so it does not count, whoever of the two says it."""
    first = book.key("ana")
    thief = book.key("ana", first)
    book.end(first, thief, since="2026-01-01")
    assert book.known()[first.key_id].holds("")


def test_who_enrolled_a_key_may_end_it_and_nobody_else(book):
    ana, eve = book.key("ana"), book.key("eve")
    bob = book.key("bob", ana, ENROLMENT)
    assert book.known()[bob.key_id].owner == "ana"
    book.end(bob, eve)
    assert book.known()[bob.key_id].revocation is None
    book.end(bob, ana)
    assert book.known()[bob.key_id].revocation.by == ana.key_id


@pytest.mark.parametrize("field", ["key", "principal", "reason", "revoked", "compromised_since", "by", "signature"])
def test_a_changed_revocation_does_not_count(book, field):
    first = book.key("ana")
    second = book.key("ana", first)
    book.end(first, second)
    changed = {**book.ended[0].claim(), "signature": book.ended[0].signature}
    book.ended[0] = Revocation(**{**changed, field: f"{changed[field]}0"})
    assert all(one.revocation is None for one in book.known().values())


def test_a_key_does_not_end_itself_and_an_ended_one_ends_nothing(book):
    first = book.key("ana")
    second = book.key("ana", first)
    third = book.key("ana", first)
    book.end(first, first)
    assert book.known()[first.key_id].revocation is None
    book.end(second, first)
    book.end(third, second)
    assert book.known()[third.key_id].revocation is None


def test_somebody_with_a_key_is_not_enrolled_by_another(book):
    book.key("ana")
    eve = book.key("eve")
    slipped = book.key("ana", eve, ENROLMENT)
    assert slipped.key_id not in book.known()
    also = book.key("ana", eve, KEY)
    assert also.key_id not in book.known()


def test_two_who_enrol_the_same_name_at_once_do_not_both_count(book):
    ana, eve = book.key("ana"), book.key("eve")
    first, second = book.key("bob", ana, ENROLMENT), book.key("bob", eve, ENROLMENT)
    assert first.key_id in book.known()
    assert second.key_id not in book.known()


def test_a_key_under_a_wrong_short_name_is_not_believed(book):
    made = book.key("ana")
    book.keys[0] = Claimed(key_id(make("x", book.folder).public), "ana", made.public, "2026-01-01")
    assert book.known() == {}
