"""Provenance records, signed statements and keys in the store, in both databases."""

import multiprocessing
import resource
import signal
from pathlib import Path

import pytest

from outcross.errors import CallError, DataError, FaultError
from outcross.principals import make
from outcross.store import Store
from outcross.store import provenance as room
from outcross.store.keys import Keys
from outcross.store.provenance import Records

ROOT = "sha256:" + "ab" * 32


def record(name: str = "crawl", digest: str = ROOT, **more) -> dict:
    return {"schema": "outcross.provenance/1", "subject": {"name": name, "digest": digest}, **more}


@pytest.fixture
def store(tmp_path, url):
    made = Store(tmp_path / ".outcross", url)
    yield made
    made.close()


@pytest.fixture
def records(store) -> Records:
    return Records(store)


def edit(records: Records, statement: str) -> None:
    """What somebody does who can write to the database."""
    with records.store.writing() as connection:
        connection.exec_driver_sql(statement)


def test_records_are_kept_in_order_and_each_once(records):
    assert records.add(record(), "ana")
    assert records.add(record("books", ""), "ana")
    assert not records.add(record(), "bob")
    assert records.records() == [record(), record("books", "")]


def test_a_record_is_found_by_name_by_its_bytes_and_by_its_own_digest(records):
    older, newer = record(version="1"), record(version="2")
    records.add(older, "ana")
    records.add(newer, "ana")
    assert records.find("crawl") == records.find(ROOT) == newer
    assert records.find(room.sha256(room.canonical_json(older))) == older
    with pytest.raises(CallError, match="no provenance record 'crwl'") as caught:
        records.find("crwl")
    assert "'crawl'" in caught.value.hint
    with pytest.raises(CallError):
        records.find("")


@pytest.mark.parametrize("broken", [{}, {"subject": "x"}, {"subject": {}}, {"subject": {"name": 3}}])
def test_a_record_without_a_name_is_refused(records, broken):
    with pytest.raises(DataError, match="names no source"):
        records.add(broken, "ana")


def test_a_record_that_was_changed_in_the_store_is_refused(records):
    records.add(record(), "ana")
    for column in ("record", "subject", "name", "digest"):
        edit(records, f"UPDATE provenance_record SET {column} = REPLACE({column}, 'a', 'c')")  # noqa: S608
        with pytest.raises(FaultError, match="changed in the store"):
            records.records()
        edit(records, "DELETE FROM provenance_record")
        records.add(record(), "ana")


def test_statements_are_kept_byte_for_byte_by_what_they_speak_of(records):
    assert records.add_statement(ROOT, "record", b'{"payload": ""}')
    assert not records.add_statement(ROOT, "record", b'{"payload": ""}')
    assert records.add_statement(ROOT, "manifest", b'{"payload":  ""}')
    assert records.statements(ROOT) == [b'{"payload": ""}', b'{"payload":  ""}']
    assert records.statements(ROOT, "manifest") == [b'{"payload":  ""}']
    assert records.statements("sha256:0") == []
    assert records.since(ROOT, b'{"payload": ""}') <= records.since(ROOT, b'{"payload":  ""}')
    assert records.since(ROOT, b"other") == ""


def test_a_statement_that_was_changed_in_the_store_is_refused(records):
    records.add_statement(ROOT, "record", b"signed")
    edit(records, "UPDATE provenance_statement SET digest = 'sha256:0'")
    with pytest.raises(FaultError, match="changed in the store"):
        records.statements(ROOT)


def test_a_statement_larger_than_any_is_refused(records, monkeypatch):
    monkeypatch.setattr(room, "MOST_STATEMENT", 10)
    with pytest.raises(DataError, match="is not kept"):
        records.add_statement(ROOT, "record", b"x" * 11)


def add_all(folder: Path, url: str | None, config: Path, barrier) -> None:
    """What one of two processes does."""
    store = Store(folder, url)
    keys, records = Keys(store), Records(store)
    barrier.wait(60)
    for number in range(20):
        records.add(record(f"source-{number}"), "ana")
        records.add_statement(ROOT, "record", b"%d" % number)
    keys.register(make("ana", config))
    store.close()


def test_two_that_add_the_same_at_once_add_it_once(tmp_path, url):
    Store(tmp_path / ".outcross", url).close()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    given = [(tmp_path / ".outcross", url, tmp_path / str(number), barrier) for number in range(2)]
    processes = [context.Process(target=add_all, args=one) for one in given]
    for one in processes:
        one.start()
    for one in processes:
        one.join(60)
    store = Store(tmp_path / ".outcross", url)
    assert len(Records(store).records()) == len(Records(store).statements(ROOT)) == 20
    # The name belongs to whoever was first; the other was refused.
    assert sorted(one.exitcode for one in processes) == [0, 1]
    assert [len(one.keys) for one in Keys(store).principals()] == [1]
    store.close()


def test_on_a_full_disk_nothing_is_added_by_half(tmp_path):
    store = Store(tmp_path / ".outcross")
    records = Records(store)
    records.add(record(), "ana")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        with pytest.raises(FaultError):
            records.add_statement(ROOT, "record", b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert records.statements(ROOT) == []
    assert records.add_statement(ROOT, "record", b"x" * 1_000_000)
    store.close()


# Keys


@pytest.fixture
def keys(store) -> Keys:
    return Keys(store)


@pytest.fixture
def ana(keys, tmp_path):
    signer = make("ana", tmp_path / "config", "p256")
    keys.register(signer)
    return signer


def test_a_key_of_somebody_else_is_enrolled_and_ended_by_who_enrolled_it(keys, ana, tmp_path):
    bob = make("bob", tmp_path / "bob")
    keys.enrol("bob", bob.public, ana)
    assert keys.of(bob.public).owner == "ana"
    keys.register(bob)
    ended = keys.revoke(bob.public, ana, "left", "2026-11-01")
    assert keys.of(bob.public).revocation == ended
    assert keys.of(bob.public).compromised
    with pytest.raises(CallError, match="was revoked: left"):
        keys.register(bob)
    with pytest.raises(CallError, match="revoked already"):
        keys.revoke(bob.key_id, ana, "again")
    assert [one.keys for one in keys.principals()] == [(ana.public,), ()]


def test_only_a_known_key_enrols_and_ends_others(keys, ana, tmp_path):
    eve = make("eve", tmp_path / "eve")
    with pytest.raises(CallError, match="not known in this workspace"):
        keys.enrol("bob", eve.public, make("bob", tmp_path / "bob"))
    keys.register(eve)
    with pytest.raises(CallError, match="only their own keys"):
        keys.enrol("ana", make("ana", tmp_path / "new").public, eve)
    with pytest.raises(CallError, match="may not revoke"):
        keys.revoke(ana.key_id, eve, "spite")
    with pytest.raises(CallError, match="may not revoke"):
        keys.revoke(ana.key_id, ana, "mine")
    with pytest.raises(CallError, match="No key 'ffff'"):
        keys.revoke("ffff", ana, "unknown")
    assert all(one.revocation is None for one in keys.keys().values())


def test_a_rotation_can_be_taken_up_again_wherever_it_stopped(keys, ana, tmp_path):
    fresh = make("ana", tmp_path / "fresh")
    keys.enrol("ana", fresh.public, ana)  # stopped here
    for _ in range(2):
        keys.rotate(ana, fresh)
    assert keys.of(ana.public).revocation.reason == "rotated"
    assert keys.principals()[0].keys == (fresh.public,)


def test_a_key_that_was_rotated_and_is_found_stolen_later_verifies_nothing(keys, ana, tmp_path):
    fresh = make("ana", tmp_path / "fresh")
    keys.rotate(ana, fresh)
    later = keys.of(fresh.public).added
    keys.revoke(ana.key_id, fresh, "found in a backup", later)
    assert keys.of(ana.public).compromised
    assert keys.of(fresh.public).holds("")
    with pytest.raises(CallError, match="already: found in a backup"):
        keys.revoke(ana.key_id, fresh, "again", later)


def test_a_thief_who_rotated_a_key_cannot_call_it_compromised(keys, ana, tmp_path):
    thief = make("ana", tmp_path / "thief")
    keys.enrol("ana", thief.public, ana)
    with pytest.raises(CallError, match="owner from a thief"):
        keys.revoke(ana.key_id, thief, "compromised", "2020-01-01")
    assert keys.of(ana.public).revocation is None


def test_a_stolen_key_is_not_called_ended_by_one_that_it_vouched_for_after_the_theft(keys, ana, tmp_path):
    fresh = make("ana", tmp_path / "fresh")
    keys.rotate(ana, fresh)
    with pytest.raises(CallError, match="owner from a thief"):
        keys.revoke(ana.key_id, fresh, "found in a backup", "2020-01-01")
    assert not keys.of(ana.public).compromised
