"""`outcross keys`: made, added, changed, ended; what is refused says what to do."""

import re

import pytest

from outcross.principals import key_id, key_path


@pytest.fixture(autouse=True)
def workspace(here, outcross, monkeypatch):
    monkeypatch.setenv("OUTCROSS_PRINCIPAL", "ana")
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "config"))
    assert outcross("init").code == 0


def elsewhere(monkeypatch, here, name: str) -> None:
    """As on another machine."""
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / name))


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_key_is_made_once_and_shown_in_both_forms(outcross, kind):
    made = outcross("keys", "new", "--kind", kind)
    public = made.out.strip()
    assert public.startswith(f"{kind}:")
    assert "ana.pem" in made.err
    assert outcross("keys", "new", "--kind", kind).out.strip() == public
    assert outcross("keys", "show").out.strip() == public
    assert outcross("keys", "show", "--pem").out.startswith("-----BEGIN PUBLIC KEY-----")
    assert re.search(rf"ana\n  [0-9a-f]{{16}}  {kind}:\S+  \(on this machine\)", outcross("keys", "list").out)


def test_a_key_of_another_kind_is_not_put_over_the_one_there_is(outcross):
    outcross("keys", "new")
    refused = outcross("keys", "new", "--kind", "p256")
    assert refused.code == 2
    assert "keys rotate ana --kind p256" in refused.err


def test_a_key_is_rotated_and_the_old_one_signs_no_more(outcross, here, small):
    first = outcross("keys", "new").out.strip()
    assert outcross("provenance", "sign", small.name).code == 0
    second = outcross("keys", "rotate", "--kind", "p256").out.strip()
    assert second.startswith("p256:")
    assert outcross("keys", "show").out.strip() == second
    listed = outcross("keys", "list").out
    assert re.search(rf"{re.escape(first)}  \(revoked \d{{4}}-\d\d-\d\d: rotated\)", listed)
    # What the old key signed was here before it ended, so it holds still; what it signs now does not.
    assert outcross("provenance", "verify", "small.jsonl.sig", small.name).code == 0
    key_path("ana").write_bytes(key_path(f"ana.{key_id(first)}").read_bytes())
    refused = outcross("provenance", "sign", small.name, "-o", "late.sig")
    assert refused.code == 2
    assert "was revoked: rotated" in refused.err
    assert not (here / "late.sig").exists()


def test_a_second_machine_is_added_and_its_key_ended_when_it_is_lost(outcross, here, monkeypatch):
    outcross("keys", "new")
    elsewhere(monkeypatch, here, "laptop")
    refused = outcross("keys", "new")
    assert refused.code == 2
    laptop = outcross("keys", "show").out.strip()
    assert f"outcross keys enrol ana {laptop}" in refused.err
    elsewhere(monkeypatch, here, "config")
    assert outcross("keys", "enrol", "ana", laptop).code == 0
    ended = outcross("keys", "revoke", "ana", key_id(laptop), "--reason", "stolen", "--compromised-since", "2026-11-20")
    assert (ended.code, "verifies nothing any more" in ended.out) == (0, True)
    assert "(compromised since 2026-11-20: stolen)" in outcross("keys", "list").out
    elsewhere(monkeypatch, here, "laptop")
    assert "was revoked: stolen" in outcross("keys", "new").err


def test_somebody_elses_key_is_enrolled_from_its_pem_and_ended_by_who_enrolled_it(outcross, here, monkeypatch):
    outcross("keys", "new")
    elsewhere(monkeypatch, here, "bob")
    (here / "bob.pem").write_text(outcross("keys", "show", "--as", "bob", "--pem").out)
    elsewhere(monkeypatch, here, "config")
    enrolled = outcross("keys", "enrol", "bob", "bob.pem")
    assert (enrolled.code, "ana may revoke it" in enrolled.out) == (0, True)
    listed = outcross("keys", "list").out
    assert "(enrolled by ana)" in listed
    short = re.search(r"bob\n  ([0-9a-f]{16})", listed)[1]
    assert outcross("keys", "revoke", "bob", short, "--reason", "left").code == 0
    assert "left)" in outcross("keys", "list").out


def test_what_cannot_be_is_refused_with_the_way_out(outcross, here):
    outcross("keys", "new")
    (here / "no.pem").write_text("no key")
    for words, said in (
        (("enrol", "bob", "no.pem"), "no public key"), (("enrol", "bob", "ed25519:AAAA"), "no public key"),
        (("enrol", "../bob", "ed25519:AAAA"), "no name"), (("revoke", "ana", "ffff", "--reason", "x"), "has no key"),
        (("rotate", "eve"), "no key of 'eve'"),
    ):  # fmt: skip
        ended = outcross("keys", *words)
        assert (ended.code, said in ended.err) == (2, True), ended.err
    mine = key_id(outcross("keys", "show").out.strip())
    alone = outcross("keys", "revoke", "ana", mine, "--reason", "lost")
    assert (alone.code, "another key of 'ana'" in alone.err) == (2, True)
    assert "is no date" in outcross("keys", "revoke", "ana", mine, "--reason", "x", "--compromised-since", "May").err


def test_keys_belong_to_people_not_to_a_workspace(outcross, here, monkeypatch):
    """A key is made outside of any workspace; it becomes known where it is first used."""
    outside = here / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    (here / "outcross.toml").unlink()
    assert outcross("keys", "new").code == 0
    assert outcross("keys", "list").code == 2


def test_a_reason_and_a_name_of_a_file_never_steer_the_terminal(outcross, here):
    outcross("keys", "new")
    old = re.search(r"  ([0-9a-f]{16})  ", outcross("keys", "list").out)[1]
    outcross("keys", "rotate")
    since = "9999-01-01"
    assert outcross("keys", "revoke", "ana", old, "--reason", "\x1b[2J\u202eno", "--compromised-since", since).code == 0
    listed = outcross("keys", "list").out
    assert r"\x1b" in listed or r"\u001b[2J\u202eno" in listed
    (here / "\x1b[2J.json").write_text("{")
    for words in (("validate",), ("show",), ("verify",), ("check",), ("nosuch",), ("export", "--to", "nosuch")):
        said = outcross("provenance", *words, "\x1b[2J.json")
        assert said.code in (2, 4)
        assert "\x1b" not in said.out + said.err


@pytest.mark.parametrize("name", ["ana.next", "ana.0123456789abcdef"])
def test_a_name_that_a_rotation_uses_for_its_keys_is_refused(outcross, here, name):
    refused = outcross("keys", "new", name)
    assert refused.code == 2
    assert "rotation" in refused.err
    assert not (here / "config").exists()
