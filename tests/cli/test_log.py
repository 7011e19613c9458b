"""`outcross log` and `outcross verify`: what was decided is logged, proved, and held against an anchor."""

import json
import shutil
import sqlite3
import subprocess

import pytest
from tests.cli.test_check import HUMAN, SHARE

from outcross.log.dsse import Statement
from outcross.log.notes import note_in
from outcross.principals import load
from outcross.settings import FILE
from outcross.workspace import Workspace


@pytest.fixture(autouse=True)
def workspace(here, outcross, monkeypatch):
    """A workspace of ana, with a policy and a mix of human text."""
    monkeypatch.setenv("OUTCROSS_PRINCIPAL", "ana")
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "config"))
    assert outcross("init").code == 0
    (here / "human.toml").write_text(HUMAN, encoding="utf-8")
    with (here / FILE).open("a", encoding="utf-8") as file:
        file.write("\n" + SHARE)


@pytest.fixture
def public(outcross) -> str:
    """Ana's key, which is the first entry."""
    return outcross("keys", "new").out.strip()


@pytest.fixture
def decided(outcross, public) -> str:
    """A verdict that ana signed is the second."""
    ended = outcross("provenance", "check", "human.toml", "--sign-as", "ana")
    assert (ended.code, "Logged as entry 1, signed by ana" in ended.err) == (0, True)
    return public


def change(here, statement: str) -> None:
    with sqlite3.connect(here / ".outcross" / "outcross.db") as connection:
        connection.execute(statement)
    connection.close()


def test_nothing_logged_is_said_and_cannot_be_proved(outcross):
    assert "Nothing was logged here yet" in outcross("log", "show").out
    assert outcross("log", "verify").code == 0
    assert outcross("log", "show", "0").code == 2
    assert outcross("log", "prove", "0").code == 2


def test_a_signed_verdict_is_logged_with_policy_evidence_and_criteria(outcross, decided):
    listed = outcross("log", "show").out.splitlines()
    assert [("added" in listed[0]), ("decision pass" in listed[1])] == [True, True]
    assert all(one.endswith("signed by ana") for one in listed)
    statement = json.loads(outcross("log", "show", "1").out)
    told = statement["predicate"]
    assert statement["predicateType"] == "https://outcross.dev/gate-decision/v0.1"
    assert {one["name"] for one in statement["subject"]} == {"mix", "verdict"}
    assert told["decision"] == "pass"
    assert told["policy"]["digest"]["sha256"]
    assert len(told["inputAttestations"]) > 5
    assert len(told["assumptions"]) >= 1
    share = next(one for one in told["criteria"] if one["id"] == "share")
    assert (share["interval"], share["limit"], share["scale"]) == ([0, 0], 200_000, 1_000_000)
    assert "letters" not in json.dumps(statement)
    assert "dated and signed" not in json.dumps(statement)


def test_an_unsigned_check_leaves_nothing_in_the_log(outcross, public):
    assert outcross("provenance", "check", "human.toml").code == 0
    assert len(outcross("log", "show").out.splitlines()) == 1


def test_nobody_signs_without_a_key(outcross, public):
    refused = outcross("provenance", "check", "human.toml", "--sign-as", "bob")
    assert (refused.code, "outcross keys new bob" in refused.err) == (2, True)


def test_a_proof_is_verified_with_the_public_key_alone(outcross, decided, here, tmp_path_factory, monkeypatch):
    made = outcross("log", "prove", "1")
    assert f"outcross verify 1.tlog-proof --key {decided}" in made.out
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.copy(here / "1.tlog-proof", elsewhere)
    monkeypatch.chdir(elsewhere)
    found = outcross("verify", "1.tlog-proof", "--key", decided)
    assert found.code == 0
    assert found.out.startswith("HOLDS  entry 1 of 2 in outcross.log/")
    assert "decision: pass" in found.out
    assert "share: pass, 0 to 0, limit 200000 (max), in share / 1000000 → pass" in found.out
    assert " by digest (--format json shows them)" in found.out
    plain = json.loads(outcross("verify", "1.tlog-proof", "--key", decided, "--format", "json").out)
    assert (plain["holds"], plain["said_by"]) == (True, [decided])
    stranger = outcross("keys", "show", "--as", "eve").out.strip()
    refused = outcross("verify", "1.tlog-proof", "--key", stranger)
    assert (refused.code, refused.out.startswith("DOES NOT HOLD")) == (1, True)
    good = (elsewhere / "1.tlog-proof").read_bytes()
    (elsewhere / "1.tlog-proof").write_bytes(good.replace(b"index 1", b"index 0"))
    assert outcross("verify", "1.tlog-proof", "--key", decided).code == 1


def test_a_key_for_verifying_may_come_as_pem(outcross, decided, here):
    (here / "ana.pem").write_text(outcross("keys", "show", "--pem").out)
    outcross("log", "prove", "0", "-o", "first.tlog-proof")
    assert outcross("verify", "first.tlog-proof", "--key", "ana.pem").code == 0


@pytest.mark.parametrize(("words", "code"), [
    (("missing", "--key", "ed25519:" + "A" * 43 + "="), 2), (("human.toml", "--key", "nothing"), 2),
    (("human.toml", "--key", "ed25519:" + "A" * 43 + "="), 4),
])  # fmt: skip
def test_what_is_no_proof_and_what_is_no_key_is_refused(outcross, words, code):
    assert outcross("verify", *words).code == code


def test_a_revocation_that_is_taken_out_of_the_store_is_noticed(outcross, here, public, monkeypatch):
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "laptop"))
    laptop = outcross("keys", "show").out.strip()
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "config"))
    outcross("keys", "enrol", "ana", laptop)
    assert outcross("keys", "revoke", "ana", laptop, "--reason", "stolen").code == 0
    assert outcross("log", "verify").code == 0
    change(here, "DELETE FROM key_revocation")
    found = outcross("log", "verify")
    assert found.code == 1
    assert "WRONG (missing)" in found.out
    assert "was revoked, and the store does not" in found.out


def test_an_anchor_shows_what_was_cut_and_what_goes_on(outcross, here, decided):
    assert outcross("log", "anchor", "-o", "anchor").code == 0
    note = note_in((here / "anchor").read_bytes(), "anchor")
    assert (note.checkpoint.size, note.signers([decided])) == (2, (decided,))
    outcross("provenance", "check", "human.toml", "--sign-as", "ana")
    whole = outcross("log", "verify", "--anchor", "anchor")
    assert (whole.code, "WHOLE  3 entries, and continues 1 anchor." in whole.out) == (0, True)
    outcross("log", "anchor", "-o", "later")
    change(here, "DELETE FROM log_entry WHERE place = 2")
    found = outcross("log", "verify", "--anchor", "anchor", "--anchor", "later")
    assert found.code == 1
    assert "WRONG (truncated)  The log was cut: the anchor has 3 entries, 1 are gone." in found.out


def test_a_log_that_was_made_anew_with_the_real_key_is_noticed_against_an_anchor(outcross, here, decided):
    outcross("log", "anchor", "-o", "anchor")
    for table in ("log_entry", "log_head", "verdict"):
        change(here, f"DELETE FROM {table}")  # noqa: S608
    outcross("provenance", "check", "human.toml", "--sign-as", "ana")
    assert outcross("log", "verify").code == 0
    found = outcross("log", "verify", "--anchor", "anchor")
    assert found.code == 1
    assert "WRONG (other-log)" in found.out


def test_no_signature_is_given_to_a_log_that_was_changed(outcross, here, decided):
    change(here, "UPDATE log_entry SET data = x'7b7d' WHERE place = 0")
    for words in (("anchor",), ("prove", "1"), ("export", "out")):
        refused = outcross("log", *words)
        assert (refused.code, "is not what it was" in refused.err) == (5, True)
    assert "DAMAGED" in outcross("log", "show").out
    assert outcross("log", "show", "0").code == 4


def test_the_whole_log_is_written_as_static_files(outcross, here, decided):
    assert outcross("log", "export", "out").code == 0
    names = {path.relative_to(here / "out").as_posix() for path in (here / "out").rglob("*") if path.is_file()}
    assert names == {"checkpoint", "tile/0/000.p/2", "tile/entries/000.p/2"}
    assert note_in((here / "out" / "checkpoint").read_bytes(), "out").signers([decided])
    assert outcross("log", "export", "out").code == 2


def git(here, *words: str) -> str:
    told = ["git", "-C", str(here), "-c", "user.name=ana", "-c", "user.email=ana@example.org", *words]
    return subprocess.run(told, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_checkpoint_is_committed_alone_and_only_where_it_changed(outcross, here, decided, monkeypatch):
    refused = outcross("log", "anchor", "--git")
    assert (refused.code, "commit it by hand" in refused.err) == (5, True)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "ana")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ana@example.org")
    git(here, "init", "-q")
    git(here, "add", "human.toml")
    for _ in range(2):
        assert outcross("log", "anchor", "--git").code == 0
    assert git(here, "log", "--format=%s", "--name-only").split("\n") == [
        "Anchor the log",
        "",
        "outcross.checkpoint",
        "",
    ]
    assert outcross("log", "verify", "--anchor", "outcross.checkpoint").code == 0


def test_files_that_are_no_checkpoint_are_refused(outcross, public):
    assert outcross("log", "verify", "--anchor", "missing").code == 2
    assert outcross("log", "verify", "--anchor", "human.toml").code == 4
    assert outcross("log", "verify", "--key", "nothing").code == 2


def test_an_entry_of_another_kind_with_anything_in_it_is_shown_without_a_traceback(here, outcross, public):
    odd = [{"result": 1, "interval": "x"}, {"result": [], "interval": [1]}, {"digest": 3}, None, "\x1b[31m", [[]]]
    statement = Statement({"a": {"sha256": "ab"}}, "x", {"criteria": odd, "n": None, "many": [], "k\n": {"\n": 1}})
    with Workspace(here) as opened:
        place = opened.log.append([statement], load("ana"))
    outcross("log", "prove", place)
    said = outcross("verify", f"{place}.tlog-proof", "--key", public)
    assert (said.code, "\x1b" in said.out) == (0, False)
    assert outcross("log", "show").code == 0
