"""Who signed what: forged, replayed and unknown are told apart."""

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.provenance.signing import corpus_in, known, signer_in

from outcross.errors import DataError
from outcross.log.dsse import IN_TOTO, RECORD, Envelope, Statement, envelope_from, signed
from outcross.principals import KnownKey, Revocation
from outcross.provenance.bundle import sealed
from outcross.provenance.grounds import Believing, Kept, _Reading
from outcross.provenance.hashing import hashed
from outcross.provenance.mix import Source
from outcross.provenance.parsing import record_from
from outcross.provenance.sigstore import Attested, signed_by_then
from outcross.provenance.trust import standing
from outcross.provenance.verifying import signed_record, verified, vouched

ROOT, OTHER = ("sha256:" + pair * 32 for pair in ("ab", "cd"))
SAID = {"schema": "outcross.provenance/1", "subject": {"name": "crawl"}, "issued": "2026-03-01T00:00:00Z"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("config")


@pytest.fixture(scope="module")
def ana(folder):
    return signer_in(folder, "ana", "ed25519")


@pytest.fixture(scope="module")
def bob(folder):
    return signer_in(folder, "bob")


def test_a_signed_record_is_bound_to_its_bytes(ana, bob):
    data = signed_record(SAID, ROOT, ana).to_json()
    found = verified(data, "x", known(bob, ana))
    assert found.holds
    assert (found.root, found.signed_by, found.key.principal) == (ROOT, (ana.public,), "ana")
    assert found.record == SAID | {"subject": {"name": "crawl", "digest": ROOT}}
    assert found.manifest is None


def test_a_record_is_not_signed_for_other_bytes_than_it_names(ana):
    with pytest.raises(DataError, match="speaks of other bytes"):
        signed_record(SAID | {"subject": {"name": "crawl", "digest": OTHER}}, ROOT, ana)
    for nameless in ({}, {"subject": "x"}, {"subject": {"name": ""}}):
        with pytest.raises(DataError, match="names no source"):
            signed_record(nameless, ROOT, ana)


@pytest.mark.parametrize("subject", [{"name": "crawl", "digest": OTHER}, {"name": "crawl"}, "crawl", None])
def test_a_record_that_was_put_around_other_bytes_is_refused(ana, subject):
    """Signed by a known key even: whoever signs must not sign a record of one thing as one of another."""
    made = Statement({"crawl": {"sha256": ROOT.removeprefix("sha256:")}}, RECORD, SAID | {"subject": subject})
    with pytest.raises(DataError, match="speaks of other bytes"):
        verified(signed(made, ana).to_json(), "x", known(ana))


def test_flipping_any_byte_of_a_signed_record_is_noticed(ana):
    data = signed_record(SAID, ROOT, ana).to_json().rstrip()
    assert verified(data, "x", known(ana)).holds
    for at in range(len(data)):
        for bit in (1, 0x20):
            changed = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            try:
                found = verified(changed, "x", known(ana))
            except DataError:
                continue
            assert not found.holds, data[at - 20 : at + 20]


def test_forged_unknown_and_valid_are_told_apart(ana, bob, tmp_path):
    data = sealed(hashed(corpus_in(tmp_path / "c")), bob)
    assert verified(data, "x", known(ana, bob)).signature == "valid"
    assert verified(data, "x", known(ana)).signature == "unknown"
    assert verified(data, "x", []).signature == "unknown"
    other = sealed(hashed(corpus_in(tmp_path / "d", {"other": b"bytes"})), bob)
    swapped, told = json.loads(data), json.loads(other)
    swapped["dsseEnvelope"]["signatures"] = told["dsseEnvelope"]["signatures"]
    found = verified(json.dumps(swapped).encode(), "x", known(ana, bob))
    assert (found.signature, found.holds, found.signed_by) == ("invalid", False, ())


def test_the_manifest_of_one_corpus_does_not_fit_another_with_the_same_name(ana, bob, tmp_path):
    """The generations g1 and g2 are both called "mix" where they were made."""
    first, second = (corpus_in(tmp_path / name / "mix", {"a": name.encode()}) for name in ("g1", "g2"))
    one, two = (verified(sealed(hashed(corpus), bob), "x", known(bob)) for corpus in (first, second))
    assert one.statement.subjects.keys() == two.statement.subjects.keys()
    assert one.root != two.root
    with pytest.raises(DataError, match="other bytes"):
        signed_record(SAID | {"subject": {"name": "mix", "digest": one.root}}, two.root, ana)


def ended(key: KnownKey, revoked: str, since: str = "") -> KnownKey:
    return dataclasses.replace(key, revocation=Revocation(key.id, key.principal, "lost", revoked, since))


def test_a_revoked_key_holds_for_what_was_made_before(ana):
    data = signed_record(SAID, ROOT, ana).to_json()
    (key,) = known(ana)
    assert verified(data, "x", [ended(key, "2026-04-01")]).holds
    late = verified(data, "x", [ended(key, "2026-02-01")])
    assert (late.signature, late.revoked, late.holds) == ("valid", True, False)
    assert verified(data, "x", [ended(key, "2026-02-01")], made="2026-01-15T00:00:00Z").holds
    assert not verified(data, "x", [ended(key, "2026-04-01", "2026-03-15")]).holds


def test_a_manifest_tells_no_time_so_a_revoked_key_holds_only_where_somebody_else_knows_it(bob, tmp_path):
    data = sealed(hashed(corpus_in(tmp_path / "c")), bob)
    (key,) = known(bob)
    assert not verified(data, "x", [ended(key, "2026-04-01")]).holds
    assert verified(data, "x", [ended(key, "2026-04-01")], made="2026-03-01T10:00:00+00:00").holds


def test_of_two_signers_one_revoked_the_other_counts(ana, bob):
    made = signed_record(SAID | {"issued": ""}, ROOT, ana)
    more = signed_record(SAID | {"issued": ""}, ROOT, bob)
    both = Envelope(made.payload, made.payload_type, (*made.signatures, *more.signatures))
    assert envelope_from(both.to_json(), "x") == both
    one, two = known(ana, bob)
    found = verified(both.to_json(), "x", [ended(one, "2026-01-01"), two])
    assert (found.holds, found.key.principal, len(found.signed_by)) == (True, "bob", 2)


def test_what_sigstore_verified_is_read_from_the_bytes_that_it_verified(ana, tmp_path):
    made = hashed(corpus_in(tmp_path / "c"))
    payload = json.dumps(made.statement().to_dict()).encode()
    found = vouched(b"bundle", "x", Attested("application/vnd.in-toto+json", payload, "ana@example.org", ""))
    assert found.holds
    assert (found.manifest, found.signed_by) == (made, ("ana@example.org",))


def test_a_statement_of_another_kind_is_verified_and_is_neither(ana):
    made = signed(Statement({"x": {"sha256": "ab" * 32}}, "https://slsa.dev/provenance/v1"), ana)
    found = verified(made.to_json(), "x", known(ana))
    assert (found.holds, found.manifest, found.record) == (True, None, None)


LOGGED = "2021-05-06T07:08:09+00:00"


def attested_record(time=LOGGED):
    """A record as it is read from what Sigstore verified."""
    bound = SAID | {"subject": SAID["subject"] | {"digest": ROOT}}
    payload = json.dumps(Statement({"crawl": {"sha256": ROOT[7:]}}, RECORD, bound).to_dict()).encode()
    return vouched(b"bundle", "x", Attested(IN_TOTO, payload, "ana@example.org", time))


def test_who_sigstore_verified_is_listed_and_the_time_of_the_log_is_the_proof(ana):
    found = attested_record()
    assert (found.root, found.record["subject"]["name"], found.time) == (ROOT, "crawl", LOGGED)
    by_key = verified(signed_record(SAID, ROOT, ana).to_json(), "x", known(ana))
    believing = Believing(tuple(known(ana)), frozenset({ana.public}))
    assert believing.lists(found)
    assert believing.lists(by_key)
    assert not Believing(tuple(known(ana))).lists(by_key)
    assert believing.early(None, by_key, found)
    assert not believing.early(None, by_key)


@pytest.mark.parametrize(("cutoff", "early"), [("2021-05-06", False), ("2021-05-07", True), ("2022-11-30", True)])
def test_the_day_of_the_cutoff_itself_is_too_late(cutoff, early):
    assert Believing(cutoff=cutoff).early(attested_record()) == early
    assert not Believing(cutoff=cutoff).early(attested_record(""))


@pytest.mark.parametrize(("time", "level"), [(LOGGED, 3), ("2022-11-30T00:00:00+00:00", 2)])
def test_a_record_that_sigstore_shows_to_be_from_before_the_cutoff_has_the_highest_level(time, level):
    found = attested_record(time)
    proofs = _Reading(Source("books"), Path(), Kept(), Believing())._proofs(found, None, True, None)
    assert (proofs.signed_by, proofs.listed, proofs.keyless) == ("ana@example.org", True, True)
    assert standing(record_from(found.record, "x"), proofs, "2026-11-23").level == level


def test_only_a_time_that_the_log_promised_counts_and_none_after_the_certificate():
    ended = datetime(2025, 1, 1, tzinfo=UTC)
    early = {"integratedTime": "1600000000", "inclusionPromise": {"signedEntryTimestamp": "x"}}
    assert signed_by_then([early], ended).startswith("2020-09-13")
    for one in (early | {"integratedTime": "0"}, early | {"integratedTime": "1900000000"},
                {"integratedTime": "1600000000"}):  # fmt: skip
        assert signed_by_then([one], ended) == "2025-01-01T00:00:00+00:00"
