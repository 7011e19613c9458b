"""The log in the store, in both databases: with what it records or not at all, no fork, no change unseen."""

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.log.signers import said, signer

from outcross.canonical import digest
from outcross.errors import CallError, DataError, FaultError
from outcross.log.dsse import Statement
from outcross.log.entries import DECISION, MOST_ENTRY, entry_in, entry_of
from outcross.log.proofs import verified
from outcross.principals import make
from outcross.store import Store
from outcross.store.keys import Keys
from outcross.store.log import Log, put
from outcross.store.log_checks import checked
from outcross.store.verdicts import Verdicts

MIX = "sha256:" + "cd" * 32


@pytest.fixture
def store(tmp_path, url):
    made = Store(tmp_path / ".outcross", url)
    yield made
    made.close()


@pytest.fixture
def log(store) -> Log:
    Keys(store).register(signer("ana"))
    return Log(store)


def codes(store: Store, *anchors) -> list[str]:
    return sorted({one.code for one in checked(store, anchors).problems})


def edit(store: Store, statement: str, **values) -> None:
    """What somebody does who can write to the database."""
    with store.writing() as connection:
        connection.execute(sa.text(statement), values)


def test_a_store_in_which_nothing_was_logged_is_whole_and_empty(store):
    found = checked(store)
    assert (found.size, found.origin, found.problems) == (0, "", ())
    with pytest.raises(CallError, match="Nothing was logged"):
        Log(store).checkpoint(signer())


def test_entries_are_kept_byte_for_byte_in_order_and_proved(log):
    assert log.append([said(1), said(2)], signer("ana")) == 1
    assert log.append([said(3)], signer("ana")) == 3
    statements = [entry_in(one, "entry").statement for one in log.entries()]
    assert statements[1:] == [said(1), said(2), said(3)]
    for place in range(4):
        found = verified(log.proof(place, signer("ana")).to_text().encode(), [signer("ana").public], "file")
        assert (found.holds, found.proof.index) == (True, place)
        assert found.entry.data == log.entries()[place]
    assert [one.code for one in checked(log.store).problems] == ["missing"] * 3  # these keys are not in the store


def test_every_event_of_a_key_is_logged_by_digest_and_no_name_is_in_it(store, tmp_path):
    keys, ana, bob = Keys(store), make("ana", tmp_path / "a"), make("bob-the-second", tmp_path / "b", "p256")
    keys.register(ana)
    keys.register(ana)  # known already
    keys.enrol(bob.name, bob.public, ana)
    fresh = make("ana", tmp_path / "c")
    keys.rotate(ana, fresh)
    found = [entry_in(one, "entry") for one in Log(store).entries()]
    assert [one.statement.predicate["event"] for one in found] == ["added", "added", "added", "revoked"]
    assert not any(b"bob-the" in one.envelope.payload or b"rotated" in one.envelope.payload for one in found)
    assert checked(store).problems == ()


@pytest.mark.parametrize(("statement", "code"), [
    ("DELETE FROM key_revocation", "missing"),
    ("UPDATE key_revocation SET compromised_since = ''", "missing"),
    ("UPDATE key_revocation SET reason = 'nothing'", "missing"),
    ("UPDATE principal_key SET added = '2020-01-01T00:00:00+00:00' WHERE endorser IS NULL", "missing"),
    ("INSERT INTO principal_key SELECT 'ffff', principal, public, added, endorser, endorsement FROM principal_key "
     "WHERE endorser IS NULL", "unlogged"),
    ("DELETE FROM log_entry WHERE place = 2", "head"),
    ("UPDATE log_entry SET place = 9 - place", "head"),
    ("DELETE FROM log_entry", "head"),
    ("DELETE FROM log_head", "head"),
    ("UPDATE log_head SET size = 2", "head"),
    ("UPDATE log_head SET frontier = ''", "head"),
    ("UPDATE log_head SET checkpoint = 'nothing'", "head"),
    ("UPDATE log_head SET origin = 'other'", "head"),
])  # fmt: skip
def test_what_is_changed_in_the_store_beside_the_log_is_noticed(store, tmp_path, statement, code):
    keys, ana, spare = Keys(store), signer("ana"), make("ana", tmp_path / "spare")
    keys.register(ana)
    keys.enrol("ana", spare.public, ana)
    keys.revoke(spare.key_id, ana, "stolen", "2026-11-20")
    assert checked(store).problems == ()
    edit(store, statement)
    assert code in codes(store)


def test_bytes_of_entries_that_are_changed_in_the_store_are_noticed(log):
    log.append([said(number) for number in range(99)], signer("ana"))
    entries, draw = log.entries(), random.Random(1)  # noqa: S311
    for _ in range(25):
        place = draw.randrange(100)
        at = draw.randrange(len(entries[place]))
        bad = entries[place][:at] + bytes([entries[place][at] ^ draw.randint(1, 255)]) + entries[place][at + 1 :]
        edit(log.store, "UPDATE log_entry SET data = :data WHERE place = :place", data=bad, place=place)
        assert "head" in codes(log.store)
        with pytest.raises(FaultError, match="not what it was"):
            log.checkpoint(signer("ana"))
        edit(log.store, "UPDATE log_entry SET data = :data WHERE place = :place", data=entries[place], place=place)
    assert log.checkpoint(signer("ana")).checkpoint.size == 100


def test_a_changed_entry_is_not_made_good_by_what_is_logged_after_it(log):
    log.append([said(1)], signer("ana"))
    edit(log.store, "UPDATE log_entry SET data = :data WHERE place = 0", data=b"{}")
    log.append([said(2)], signer("ana"))
    assert "head" in codes(log.store)


def test_a_store_that_was_put_back_to_an_older_copy_is_noticed_against_an_anchor_alone(log):
    with log.store.reading() as connection:
        before = connection.execute(sa.text("SELECT size, frontier, checkpoint FROM log_head")).mappings().one()
    log.append([said(1)], signer("ana"))
    anchor = log.checkpoint(signer("ana"))
    edit(log.store, "DELETE FROM log_entry WHERE place = 1")
    edit(log.store, "UPDATE log_head SET size = :size, frontier = :frontier, checkpoint = :checkpoint", **before)
    assert codes(log.store) == []
    assert codes(log.store, anchor) == ["truncated"]
    log.append([said(2)], signer("ana"))
    assert "rewritten" in codes(log.store, anchor)


def test_a_key_that_ended_logs_nothing_and_what_it_signs_beside_the_door_is_named(log, tmp_path):
    ana, fresh = signer("ana"), make("ana", tmp_path / "fresh")
    Keys(log.store).rotate(ana, fresh)
    with pytest.raises(CallError, match="was revoked"):
        log.append([said(1)], ana)
    with pytest.raises(CallError, match="not known"):
        log.append([said(1)], signer("eve"))
    assert codes(log.store) == []
    with log.store.writing() as connection:
        put(connection, [entry_of(decided(), ana)], ana)
    assert codes(log.store) == ["head", "late"]
    log.append([decided()], fresh)
    assert codes(log.store) == ["late"]


def decided(hexed: str = "ab" * 32) -> Statement:
    return Statement({"mix": {"sha256": MIX[7:]}, "verdict": {"sha256": hexed}}, DECISION, {"decision": "pass"})


def kept(verdicts: Verdicts) -> int:
    record = {"outcome": "pass", "made": "2026"}
    return verdicts.keep(record, MIX, decided(digest(record)[7:]), signer("ana"))


def test_a_verdict_is_kept_with_its_entry_or_not_at_all(log):
    verdicts = Verdicts(log.store)
    assert kept(verdicts) == 1
    assert verdicts.records() == [{"outcome": "pass", "made": "2026"}]
    assert codes(log.store) == []
    with pytest.raises(DataError, match="does not fit"):
        verdicts.keep({"outcome": "pass", "made": "2"}, MIX, Statement({"a": {"sha256": "ab"}}, "k", {
            "long": "x" * MOST_ENTRY}), signer("ana"))  # fmt: skip

    def fails(connection: sa.Connection) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        log.append([said(1)], signer("ana"), fails)
    assert (len(verdicts.records()), len(log.entries())) == (1, 2)


def test_a_changed_verdict_is_wrong_and_an_erased_one_is_told(log):
    verdicts = Verdicts(log.store)
    kept(verdicts)
    edit(log.store, "UPDATE verdict SET record = '{}'")
    assert codes(log.store) == ["missing"]
    with pytest.raises(FaultError, match="was changed"):
        verdicts.records()
    edit(log.store, "DELETE FROM verdict")
    found = checked(log.store)
    assert (found.problems, found.notes) == ((), ("The record of the verdict in entry 1 was erased.",))


def test_keys_from_before_there_was_a_log_are_its_first_entries(store, tmp_path):
    ana, bob = make("ana", tmp_path / "a"), make("bob", tmp_path / "b")
    Keys(store).register(ana)
    edit(store, "DELETE FROM log_entry")
    edit(store, "DELETE FROM log_head")
    assert checked(store).problems == ()
    Keys(store).enrol("bob", bob.public, ana)
    assert len(Log(store).entries()) == 2
    assert checked(store).problems == ()


def append_all(folder: Path, url: str | None, config: Path, name: str, barrier) -> None:
    """What one of two processes does."""
    store, mine = Store(folder, url), make(name, config)
    barrier.wait(60)
    Keys(store).register(mine)
    for number in range(20):
        Log(store).append([said(number)], mine)
    store.close()


def test_two_who_append_at_once_lose_nothing_and_make_no_fork(tmp_path, url):
    Store(tmp_path / ".outcross", url).close()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    processes = [
        context.Process(target=append_all, args=(tmp_path / ".outcross", url, tmp_path / name, name, barrier))
        for name in ("ana", "bob")
    ]
    for one in processes:
        one.start()
    for one in processes:
        one.join(60)
    assert [one.exitcode for one in processes] == [0, 0]
    store = Store(tmp_path / ".outcross", url)
    entries = [entry_in(one, "entry") for one in Log(store).entries()]
    assert len(entries) == 42
    assert len({one.data for one in entries}) == 42
    for name in ("ana", "bob"):
        (public,) = next(one.keys for one in Keys(store).principals() if one.name == name)
        mine = [one.statement for one in entries if one.envelope.signers([public])]
        assert mine[1:] == [said(number) for number in range(20)]
    assert "head" not in codes(store)
    store.close()


def append_until_killed(folder: Path, url: str | None, config: Path, begun) -> None:
    """Decide, over and over."""
    store, mine = Store(folder, url), make("ana", config)
    Keys(store).register(mine)
    verdicts, number = Verdicts(store), 0
    begun.set()
    while True:
        record = {"outcome": "pass", "made": str(number)}
        verdicts.keep(record, MIX, decided(digest(record)[7:]), mine)
        number += 1


def test_whoever_is_killed_leaves_verdicts_and_log_that_agree(tmp_path, url):
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    Store(tmp_path / ".outcross", url).close()
    process = context.Process(target=append_until_killed, args=(tmp_path / ".outcross", url, tmp_path / "c", begun))
    process.start()
    assert begun.wait(60)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    process.join(60)
    store = Store(tmp_path / ".outcross", url)
    found = checked(store)
    assert found.problems == ()
    assert found.notes == ()
    assert len(Verdicts(store).records()) == found.size - 1
    Keys(store).register(make("bob", tmp_path / "bob"))
    assert checked(store).problems == ()
    store.close()


def test_many_entries_are_logged_in_little_more_time_than_they_are_signed(tmp_path):
    store = Store(tmp_path / ".outcross")
    Keys(store).register(signer("ana"))
    statements = [said(number) for number in range(2_000)]
    begun = time.process_time()
    for one in statements:
        entry_of(one, signer("ana"))
    signing, begun = time.process_time() - begun, time.process_time()
    Log(store).append(statements, signer("ana"))
    assert time.process_time() - begun < 4 * signing
    store.close()
