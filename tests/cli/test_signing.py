"""`outcross provenance sign` and `verify`: what is signed is found again, and whatever was done to it is told."""

import base64
import json
import os
import resource
import shutil
import signal
import sys
import time

import pytest
from tests.provenance.signing import corpus_in

from outcross.audits.record import Audit
from outcross.provenance.bundle import bundle_from
from outcross.provenance.dsse import statement_in
from outcross.provenance.manifest import audit_root, manifest_in
from outcross.workspace import Workspace

SAID = {"schema": "outcross.provenance/1", "subject": {"name": "crawl"}, "origins": [{"kind": "human"}]}


@pytest.fixture(autouse=True)
def keys(here, outcross, monkeypatch):
    monkeypatch.setenv("OUTCROSS_PRINCIPAL", "ana")
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "config"))
    assert outcross("init").code == 0
    assert outcross("keys", "new", "--kind", "p256").code == 0


@pytest.fixture
def corpus(here):
    return corpus_in(here / "corpus")


def read(path):
    return manifest_in(statement_in(bundle_from(path.read_bytes(), "x").envelope, "x"), "x")


def test_what_is_signed_is_verified(outcross, here, corpus):
    signed = outcross("provenance", "sign", "corpus")
    assert (signed.code, "4 files, signed by ana" in signed.out) == (0, True)
    root = read(here / "corpus.sig").root
    verified = outcross("provenance", "verify", "corpus.sig", "corpus")
    assert verified.code == 0
    assert root in verified.out
    assert "Signature valid: ana" in verified.out
    assert "4 match, 0 differ, 0 are missing, 0 are new." in verified.out
    with Workspace() as opened:
        assert opened.records.statements(root, "manifest") == [(here / "corpus.sig").read_bytes()]


def test_whatever_was_done_to_a_corpus_is_told_and_ends_with_1(outcross, corpus):
    outcross("provenance", "sign", "corpus")
    (corpus / "a.jsonl").write_bytes(b"other")
    (corpus / "sub-c").unlink()
    (corpus / "\x1b[31mnew").write_bytes(b"x")
    ended = outcross("provenance", "verify", "corpus.sig", "corpus")
    assert ended.code == 1
    assert "2 match, 1 differ, 1 are missing, 1 are new." in ended.out
    assert "differs: a.jsonl" in ended.out
    assert "missing: sub-c" in ended.out
    assert "\x1b" not in ended.out
    told = json.loads(outcross("provenance", "verify", "corpus.sig", "corpus", "--format", "json").out)
    assert told["holds"] is False
    assert told["corpus"]["new"] == ["\x1b[31mnew"]


def test_a_record_is_signed_for_the_same_bytes_and_kept(outcross, here, corpus):
    (here / "crawl.json").write_text(json.dumps(SAID))
    assert outcross("provenance", "sign", "corpus", "--record", "crawl.json").code == 0
    ended = outcross("provenance", "verify", "corpus.provenance.sig")
    assert (ended.code, "a provenance record of crawl" in ended.out) == (0, True)
    root = read(here / "corpus.sig").root
    assert root in ended.out
    with Workspace() as opened:
        assert opened.records.find("crawl")["subject"] == {"name": "crawl", "digest": root}
        assert len(opened.records.statements(root)) == 2
    assert outcross("provenance", "verify", "corpus.provenance.sig", "corpus").code == 2
    (here / "other.json").write_text(json.dumps(SAID | {"subject": {"name": "crawl", "digest": "sha256:" + "a" * 64}}))
    refused = outcross("provenance", "sign", "corpus", "--record", "other.json", "--force")
    assert (refused.code, "speaks of other bytes" in refused.err) == (4, True)


def test_a_file_that_is_there_is_written_over_with_force_alone(outcross, here, corpus):
    (here / "corpus.sig").write_text("mine")
    refused = outcross("provenance", "sign", "corpus")
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert (here / "corpus.sig").read_text() == "mine"
    assert outcross("provenance", "sign", "corpus", "--force").code == 0
    assert read(here / "corpus.sig").root


def test_a_manifest_that_lies_in_its_corpus_is_no_part_of_it(outcross, corpus):
    assert outcross("provenance", "sign", "corpus", "-o", "corpus/seal.sig").code == 0
    assert outcross("provenance", "verify", "corpus/seal.sig", "corpus").code == 0
    assert "seal.sig" in read(corpus / "seal.sig").ignored


def test_only_the_keys_that_were_told_count(outcross, here, corpus, monkeypatch):
    outcross("provenance", "sign", "corpus")
    mine = outcross("keys", "show").out.strip()
    (here / "ana.pem").write_text(outcross("keys", "show", "--pem").out)
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "other"))
    bob = outcross("keys", "new", "bob").out.strip()
    for key, code in ((mine, 0), ("ana", 0), ("ana.pem", 0), (bob, 1), ("bob", 1), ("eve", 2), ("ed25519:x", 2)):
        ended = outcross("provenance", "verify", "corpus.sig", "--key", key)
        assert ended.code == code, (key, ended)
    assert "nobody who is known" in outcross("provenance", "verify", "corpus.sig", "--key", bob).out


def test_outside_of_a_workspace_the_key_is_told(outcross, here, corpus, monkeypatch):
    outcross("provenance", "sign", "corpus")
    mine = outcross("keys", "show").out.strip()
    place = here / "elsewhere"
    shutil.copytree(corpus, place / "corpus")
    shutil.copy(here / "corpus.sig", place)
    for name in ("outcross.toml", ".outcross"):
        (here / name).rename(here / f"away{name}")
    monkeypatch.chdir(place)
    assert outcross("provenance", "verify", "corpus.sig", "corpus").code == 2
    assert outcross("provenance", "verify", "corpus.sig", "corpus", "--key", mine).code == 0
    assert outcross("provenance", "sign", "corpus", "-o", "again.sig").code == 0
    assert not (place / ".outcross").exists()


def test_what_is_broken_ends_with_4_and_what_is_not_there_with_2(outcross, here, corpus):
    outcross("provenance", "sign", "corpus")
    data = (here / "corpus.sig").read_bytes()
    for broken in (b"", b"{}", data[:-9], data.replace(b"dsseEnvelope", b"dsseEnvelopf")):
        (here / "broken.sig").write_bytes(broken)
        assert outcross("provenance", "verify", "broken.sig").code == 4
    assert outcross("provenance", "verify", "absent.sig").code == 2
    assert outcross("provenance", "verify", "corpus.sig", "absent").code == 2
    assert outcross("provenance", "verify", "corpus.sig", "--identity", "x").code == 2


def test_a_forged_signature_is_called_so(outcross, here, corpus):
    outcross("provenance", "sign", "corpus")
    (corpus / "a.jsonl").write_bytes(b"other")
    outcross("provenance", "sign", "corpus", "-o", "other.sig")
    one, other = (json.loads((here / name).read_bytes()) for name in ("corpus.sig", "other.sig"))
    one["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"]
    (here / "forged.sig").write_text(json.dumps(one))
    ended = outcross("provenance", "verify", "forged.sig")
    assert (ended.code, "Signature INVALID" in ended.out) == (1, True)


def test_signers_of_the_settings_are_keys_or_names_and_others_are_refused_with_their_line(outcross, here):
    mine = outcross("keys", "show").out.strip()
    settings = here / "outcross.toml"
    outcross("provenance", "sign", str(corpus_in(here / "c")))
    settings.write_text(f'[provenance]\nsigners = ["ana", "{mine}"]\n')
    with Workspace() as opened:
        assert [one.principal for one in opened.signers()] == ["ana", "ana"]
    settings.write_text('[provenance]\n\nsigners = ["anna"]\n')
    with Workspace() as opened, pytest.raises(Exception, match="line 3: No principal 'anna'") as caught:
        opened.signers()
    assert "ana" in caught.value.hint
    for wrong in ('"ana"', "[3]", "[[]]", '[""]'):
        settings.write_text(f"[provenance]\nsigners = {wrong}\n")
        ended = outcross("keys", "list")
        assert (ended.code, "line 2" in ended.err) == (2, True)


# With an audit


def test_a_manifest_from_an_audit_is_the_one_that_signing_makes(outcross, here, shards):
    (shards / "README.md").write_text("# About")
    (shards / "notes.yaml").write_text("x: 1")
    (shards / "nothing.jsonl").touch()
    ended = outcross("audit", "shards", "--manifest", "one.sig", "-o", "audit.json")
    assert (ended.code, "signed by ana" in ended.err) == (0, True)
    assert outcross("provenance", "sign", "shards", "--shards", "-o", "two.sig").code == 0
    one, two = read(here / "one.sig"), read(here / "two.sig")
    assert one == two
    assert outcross("provenance", "verify", "one.sig", "shards").code == 0
    made = Audit.load(here / "audit.json").corpus
    names = [path.removeprefix("shards/") for path in made["paths"]]
    assert audit_root(one, names) == made["root"]


def test_a_file_alone_is_audited_and_signed_too(outcross, here, small):
    assert outcross("audit", small.name, "--manifest", "one.sig", "-o", "audit.json", "--no-store").code == 0
    made = read(here / "one.sig")
    assert [one.path for one in made.resources] == ["."]
    assert audit_root(made) == Audit.load(here / "audit.json").corpus["root"]
    assert outcross("provenance", "verify", "one.sig", small.name).code == 0


def test_a_manifest_wants_one_corpus_read_whole(outcross, here, small, shards):
    for words in (("small.jsonl", "shards"), ("small.jsonl", "--sample", "9"), ("shard*",)):
        ended = outcross("audit", *words, "--manifest", "one.sig")
        assert (ended.code, ended.out) == (2, "")
    assert outcross("audit", "shards", "--sign-as", "ana").code == 2
    (here / "one.sig").write_text("mine")
    assert outcross("audit", "shards", "--manifest", "one.sig").code == 2
    assert (here / "one.sig").read_text() == "mine"


# When things go wrong


@pytest.mark.parametrize("room", [0, 1000])
def test_a_full_disk_leaves_nothing_half(room, alone, here, corpus):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    (here / "outcross.toml").unlink()  # the store would be the first to have no room
    shutil.rmtree(here / ".outcross")
    program = [sys.executable, "-c", "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
               "from outcross.cli import main; main()"]  # fmt: skip
    before = sorted(here.iterdir())
    ended = alone("provenance", "sign", "corpus", program=program, preexec_fn=limit)
    assert (ended.code, "Cannot write corpus.sig" in ended.err) == (5, True)
    assert sorted(here.iterdir()) == before


def test_ctrl_c_leaves_nothing_half(process, here):
    folder = here / "large"
    folder.mkdir()
    with (folder / "a").open("wb") as file:
        os.truncate(file.fileno(), 6 << 30)  # a file with nothing in it, which takes seconds to hash
    begun = process("provenance", "sign", "large")
    time.sleep(2.5)
    assert begun.poll() is None
    begun.send_signal(signal.SIGINT)
    _, err = begun.communicate(timeout=30)
    assert (begun.returncode, b"Interrupted" in err) == (130, True)
    assert not [path for path in here.iterdir() if path.name.startswith("large.")]


def test_two_that_sign_at_once_do_not_write_over_each_other(process, here, corpus):
    begun = [process("provenance", "sign", "corpus") for _ in range(2)]
    ended = [one.communicate(timeout=60) and one.returncode for one in begun]
    assert sorted(ended) == [0, 2]
    assert read(here / "corpus.sig").root
    assert not list(here.glob("*.draft-*"))


def test_a_manifest_takes_the_place_of_no_pipe_and_a_corpus_that_is_a_loop_is_refused(outcross, here, corpus):
    os.mkfifo(here / "pipe")
    (here / "loop").symlink_to("loop")
    assert outcross("provenance", "sign", "corpus", "-o", "pipe", "--force").code == 2
    assert (here / "pipe").is_fifo()
    assert outcross("provenance", "sign", "loop").code in (2, 5)
    assert outcross("audit", "loop", "--manifest", "x.sig", "--sign-as", "ana").code in (2, 5)


def test_a_signed_record_of_other_bytes_than_it_says_is_not_imported(outcross, here, corpus):
    (here / "said.json").write_text(json.dumps(SAID))
    assert outcross("provenance", "sign", "corpus", "--record", "said.json").code == 0
    told = json.loads((here / "corpus.provenance.sig").read_bytes())
    statement = json.loads(base64.b64decode(told["payload"]))
    statement["subject"].append({"name": "z", "digest": {"sha256": "0" * 64}})
    told["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    (here / "two.provenance.sig").write_text(json.dumps(told))
    for words in (("import",), ("import", "--workspace", here), ("validate",), ("show",)):
        assert outcross("provenance", *words, "two.provenance.sig").code == 4
    with Workspace() as opened:
        assert len(opened.records.records()) == 1
