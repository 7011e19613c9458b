"""What the sources of a mix show: records, signatures, manifests, bytes and generations of a real workspace."""

import contextlib
import json
import math
from dataclasses import replace

import pytest

import outcross
from outcross import sealing
from outcross.auditing import Options
from outcross.audits.share import Share
from outcross.errors import CallError, DataError
from outcross.estimate import OF_TOKENS, Estimate, Unknown
from outcross.principals import make
from outcross.provenance.hashing import Cut
from outcross.provenance.record import Generator, Origin, Record, Subject, Upstream
from outcross.registering import Registering
from outcross.shares import LABELS, Ladder, Rung
from outcross.shares.ladder import NAMES
from outcross.workspace import Workspace

MIX = """\
name = "m"
line = []
[[source]]
name = "books"
tokens = 3e9
corpus = "books"
manifest = "books.sig"
signature = "books.provenance.sig"
[[source]]
name = "written"
tokens = 1e9
record = "written.provenance.json"
"""

BOOKS = Record(Subject("books"), (Origin("human"),), license=("CC0-1.0",), issuer="library", issued="2026-01-01")
WRITTEN = Record(Subject("written"), (Origin("synthetic"),), (Generator("m0"),))


@pytest.fixture
def ana(tmp_path):
    return make("ana", tmp_path / "config")


@pytest.fixture
def folder(tmp_path, ana):
    """A workspace that believes Ana, with books that she signed and a declared synthetic source."""
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "one.txt").write_text("A whale.\n")
    (tmp_path / "books" / "two.txt").write_text("Another whale.\n")
    signed(tmp_path, "books", BOOKS, ana)
    written(tmp_path, "written", WRITTEN)
    (tmp_path / "mix.toml").write_text(MIX)
    (tmp_path / "outcross.toml").write_text(f'[provenance]\nsigners = ["{ana.public}"]\n')
    return tmp_path


def signed(folder, name, record, signer):
    seal = sealing.seal(folder / name, signer, record=record.to_dict())
    (folder / f"{name}.sig").write_bytes(seal.bundle)
    (folder / f"{name}.provenance.sig").write_bytes(seal.record)
    return seal


def written(folder, name, record):
    (folder / f"{name}.provenance.json").write_text(json.dumps(record.to_dict()))


def account(folder, place="mix.toml"):
    with Workspace(folder) as opened:
        return opened.sources.account(str(folder / place) if "." in place else place)


def source(found, name="books"):
    (one,) = [one for one in found.sources if one.known.name == name]
    return one.known.belief.level, [one.code for one in found.findings(one)], one.content.made


def test_books_that_a_listed_key_signed_and_whose_bytes_match_are_human(folder):
    found = account(folder)
    assert source(found) == (2, [], (0.0, 0.0))
    assert source(found, "written") == (1, [], (1.0, 1.0))
    assert found.content.made == pytest.approx((0.25, 0.25))
    assert [one.name for one in found.missing] == ["m0"]


def test_one_changed_byte_is_a_forgery(folder):
    (folder / "books" / "one.txt").write_text("A whole.\n")
    assert source(account(folder)) == (0, ["forged"], (0.0, 1.0))


def test_bytes_that_nobody_looked_at_are_not_proven(folder):
    (folder / "mix.toml").write_text(MIX.replace('corpus = "books"\n', ""))
    assert source(account(folder)) == (1, ["unchecked"], (0.0, 1.0))


def test_a_key_that_the_settings_do_not_list_proves_nothing(folder):
    (folder / "outcross.toml").write_text("")
    assert source(account(folder)) == (1, ["unlisted"], (0.0, 1.0))


def test_a_record_beside_the_manifest_of_other_bytes_is_replayed(folder, ana):
    (folder / "crawl").mkdir()
    (folder / "crawl" / "one.txt").write_text("Buy now.\n")
    signed(folder, "crawl", replace(WRITTEN, subject=Subject("crawl")), ana)
    (folder / "mix.toml").write_text(
        MIX.replace("books.sig", "crawl.sig").replace('corpus = "books"', 'corpus = "crawl"')
    )
    assert source(account(folder)) == (0, ["replayed"], (0.0, 1.0))


def test_a_signature_that_was_tampered_with_is_refused_by_name(folder):
    path = folder / "books.provenance.sig"
    envelope = json.loads(path.read_text())
    sig = envelope["signatures"][0]["sig"]
    envelope["signatures"][0]["sig"] = ("B" if sig[0] == "A" else "A") + sig[1:]
    path.write_text(json.dumps(envelope))
    level, found, made = source(account(folder))
    assert (level, made) == (0, (0.0, 1.0))
    assert found == ["forged"]


def test_two_records_that_exclude_each_other_are_joined(folder):
    written(folder, "other", replace(BOOKS, origins=(Origin("synthetic"),)))
    (folder / "mix.toml").write_text(
        MIX.replace('signature = "books', 'record = "other.provenance.json"\nsignature = "books')
    )
    assert source(account(folder)) == (2, ["contradictory"], (0.0, 1.0))


def test_what_the_workspace_keeps_needs_no_files(folder, ana):
    seal = sealing.seal(folder / "books", ana, record=BOOKS.to_dict())
    with Workspace(folder) as opened:
        sealing.keep(opened.store, seal, ana)
    (folder / "mix.toml").write_text('name = "m"\n[[source]]\nname = "books"\ntokens = 1\ncorpus = "books"\n')
    assert source(account(folder)) == (2, [], (0.0, 0.0))


def test_a_signature_that_counts_is_found_whatever_others_were_kept_before_it(folder, ana):
    """Anybody may import a signed file: one that is broken, forged or of somebody unlisted spoils nothing."""
    bob = make("bob", folder / "config")
    root = sealing.seal(folder / "books", ana).manifest.root
    with Workspace(folder) as opened:
        sealing.keep(opened.store, sealing.seal(folder / "books", bob, record=BOOKS.to_dict()), bob)
        good = sealing.seal(folder / "books", ana, record=BOOKS.to_dict())
        told = json.loads(good.record)
        for broken in ({"payload": ""}, {"signatures": [{"sig": "AAAA", "keyid": ana.key_id}]}):
            opened.records.add_statement(root, "record", json.dumps(told | broken).encode())
        sealing.keep(opened.store, good, ana)
    (folder / "mix.toml").write_text('name = "m"\n[[source]]\nname = "books"\ntokens = 1\ncorpus = "books"\n')
    assert source(account(folder)) == (2, [], (0.0, 0.0))


def test_of_several_signatures_that_of_a_listed_key_counts(folder, ana):
    bob = make("a-bob", folder / "config")
    with Workspace(folder) as opened:
        opened.keys.register(bob)
    path = folder / "books.provenance.sig"
    told = json.loads(path.read_bytes())
    other = json.loads(sealing.seal(folder / "books", bob, record=BOOKS.to_dict()).record)
    told["signatures"] = other["signatures"] + told["signatures"]
    path.write_text(json.dumps(told))
    assert source(account(folder)) == (2, [], (0.0, 0.0))


def test_records_of_earlier_bytes_of_the_same_name_are_left_in_peace(folder, ana):
    """They are not replayed: nobody put them beside these bytes."""
    with Workspace(folder) as opened:
        sealing.keep(opened.store, sealing.seal(folder / "books", ana, record=BOOKS.to_dict()), ana)
        (folder / "books" / "three.txt").write_text("A third whale.\n")
        sealing.keep(opened.store, sealing.seal(folder / "books", ana, record=BOOKS.to_dict()), ana)
    (folder / "mix.toml").write_text('name = "m"\n[[source]]\nname = "books"\ntokens = 1\ncorpus = "books"\n')
    assert source(account(folder)) == (2, [], (0.0, 0.0))
    (folder / "books" / "four.txt").write_text("A fourth whale.\n")
    (folder / "books.sig").write_bytes(sealing.seal(folder / "books", ana).bundle)
    (folder / "mix.toml").write_text('name = "m"\n[[source]]\nname = "books"\ntokens = 1\nmanifest = "books.sig"\n')
    assert source(account(folder)) == (0, ["absent"], (0.0, 1.0))


@pytest.mark.parametrize(("since", "found"), [("2020-01-01", (0, ["forged"], (0.0, 1.0))), ("", (2, [], (0.0, 0.0)))])
def test_a_key_that_was_compromised_verifies_nothing_and_one_that_was_lost_what_is_older(folder, ana, since, found):
    owner = make("owner", folder / "config")
    with Workspace(folder) as opened:
        opened.keys.register(owner)
        opened.keys.enrol("ana", ana.public, owner)
        opened.keys.revoke(ana.key_id, owner, "lost", since)
    assert source(account(folder)) == found


def test_what_a_signed_record_came_from_is_looked_up_in_the_workspace(folder, ana):
    root = sealing.seal(folder / "books", ana).manifest.root
    part = Record(Subject("part"), (Origin("human"),), derived_from=(Upstream("lost", op="filter", kept=0.5),
                                                                     Upstream("books", root, "copy")))  # fmt: skip
    (folder / "part").mkdir()
    (folder / "part" / "a.txt").write_text("whale\n")
    signed(folder, "part", part, ana)
    files = 'corpus = "part"\nmanifest = "part.sig"\nsignature = "part.provenance.sig"'
    changed = MIX.replace('name = "written"', 'name = "part"').replace('record = "written.provenance.json"', files)
    (folder / "mix.toml").write_text(changed)
    found = account(folder)
    assert source(found, "part") == (2, [], (0.0, 0.0))
    assert {one.name for one in found.lineage.nodes.values()} >= {"lost", "books", "part", "filter of lost"}
    assert [feed.id for feed in found.lineage.nodes["source:part"].inputs] == ["step:part#0", "source:books"]


def test_what_is_forged_of_what_a_source_came_from_blocks_it_too(folder):
    (folder / "books" / "one.txt").write_text("A whole.\n")
    (folder / "mix.toml").write_text(
        MIX.replace("tokens = 3e9\n", "") + '[[source]]\nname = "part"\ntokens = 1\nop = "copy"\nof = "books"\n'
    )
    level, found, _ = source(account(folder), "part")
    assert (level, found) == (0, ["absent", "forged"])


@pytest.mark.parametrize(("told", "error"), [
    ('record = "no.json"', CallError), ('manifest = "no.sig"', CallError), ('audit = "no.json"', DataError),
    ('corpus = "nowhere"\nmanifest = "books.sig"', CallError), ('record = "mix.toml"', DataError),
    ('manifest = "books.provenance.sig"', DataError), ('signature = "books.sig"', DataError),
])  # fmt: skip
def test_a_file_that_is_not_there_or_is_something_else_is_named(folder, told, error):
    (folder / "mix.toml").write_text(f'name = "m"\n[[source]]\nname = "x"\ntokens = 1\n{told}\n')
    with pytest.raises(error):
        account(folder)


def jsonl(path, texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return str(path)


def test_a_generation_is_a_mix_whose_ancestors_are_the_line(folder):
    books = jsonl(folder / "books.jsonl", [f"page {n} of a book about whales" for n in range(40)])
    output = jsonl(folder / "g1.jsonl", [f"model text {n} about whales" for n in range(40)])
    written(folder, "books.jsonl", replace(BOOKS, subject=Subject("books.jsonl")))
    with Workspace(folder) as opened:
        opened.tracking.add(Registering("g1", train=(f"{books}:3000",), samples=(output,)), Options(no_text=True))
        asked = Registering("g2", parents=("g1",), train=(f"{books}:3000", f"{output}:1000"))
        opened.tracking.add(asked, Options(no_text=True))
    found = account(folder, "g2")
    assert [(loop.name, loop.path[0]) for loop in found.loops] == [("g1", "g1")]
    assert sorted(one.tokens for one in found.sources) == [1000, 3000]
    assert found.content.synthetic[0] == pytest.approx(0.25)
    assert found.content.deepest[0] == 1
    assert found.fresh[found.lineage.target] == (0.0, 0.0)


def test_a_generation_that_nobody_registered_is_a_wrong_call(folder):
    with pytest.raises(CallError, match="no mix file and no generation 'g9'"):
        account(folder, "g9")


@pytest.fixture
def audit(folder):
    """An audit of a crawl, with labels of a sample of it that say 8 to 17 %."""
    (folder / "crawl").mkdir()
    for place in range(12):
        (folder / "crawl" / f"{place}.txt").write_text(f"Buy whale {place} now.\n" * 20)
    (folder / "crawl" / "README.md").write_text("# Not a document\n")
    labels = Estimate(0.12, 0.0, math.inf, 300, OF_TOKENS, "labels", error=0.045)
    rungs = tuple(Rung(step, name, labels if step == LABELS else Unknown("-"), step == LABELS)
                  for step, name in enumerate(NAMES))  # fmt: skip
    share = Share("partly", (Ladder("", "tokens", "partly", rungs),))
    made = replace(outcross.audit(str(folder / "crawl"), no_copies=True), share=share)
    made.save(folder / "crawl.audit.json")
    crawl = '[[source]]\nname = "crawl"\ntokens = 4e9\naudit = "crawl.audit.json"\n'
    (folder / "mix.toml").write_text(f"{MIX}{crawl}manifest = 'crawl.sig'\n")
    return made


def test_what_labels_found_counts_where_the_audit_read_the_bytes_of_the_manifest(folder, ana, audit):
    (folder / "crawl.sig").write_bytes(sealing.seal(folder / "crawl", ana, Cut("shards")).bundle)
    level, found, made = source(account(folder), "crawl")
    assert (level, found, made) == (0, ["absent"], pytest.approx((0.075, 0.165)))
    (folder / "crawl" / "1.txt").write_text("Buy nothing.\n")
    (folder / "crawl.sig").write_bytes(sealing.seal(folder / "crawl", ana, Cut("shards")).bundle)
    assert source(account(folder), "crawl") == (0, ["absent", "unchecked"], (0.0, 1.0))


def test_an_audit_that_was_damaged_is_bad_data_and_no_fault(folder, ana, audit):
    (folder / "crawl.sig").write_bytes(sealing.seal(folder / "crawl", ana).bundle)
    whole = audit.to_dict()
    for key in whole:
        for odd in (None, [], {}, 7, "x"):
            (folder / "crawl.audit.json").write_text(json.dumps(whole | {key: odd}))
            with contextlib.suppress(DataError):
                account(folder)


POLICY = """
[policy]
name = "p"
version = 1
owner = "ana"

[[criterion]]
id = "share"
kind = "synthetic_share"
max = 0.3
owner = "ana"

[[criterion]]
id = "floor"
kind = "human_floor"
min_tokens = 2e9
owner = "ana"

[[criterion]]
id = "loop"
kind = "self_loop"
owner = "ana"
"""


def test_a_gate_passes_a_mix_that_is_proven_and_blocks_it_when_a_byte_changes(folder):
    (folder / "policy.toml").write_text(POLICY)
    place = str(folder / "mix.toml")
    with Workspace(folder) as opened:
        assert opened.check(place, folder / "policy.toml").outcome == "pass"
        (folder / "books" / "one.txt").write_text("A whole.\n")
        assert opened.check(place, folder / "policy.toml").outcome == "block"
