"""Provenance records as declarations of origin: what an audit takes as true, and what it only names."""

import json
from dataclasses import replace

import pytest
from tests.provenance.signing import signer_in

import outcross
from outcross import sealing
from outcross.auditing import Auditing, Options
from outcross.errors import CallError, DataError
from outcross.principals import load
from outcross.provenance.bundle import sealed
from outcross.provenance.hashing import Cut, hashed, left_out
from outcross.provenance.origins import gathered, heard, speaks_of_origin
from outcross.provenance.record import KINDS, Origin, Record, Subject
from outcross.run import nobody
from outcross.shares import REGION
from outcross.sourcing import RECORDS, Sourcing, Speaking
from outcross.workspace import Workspace

BOOKS = Record(Subject("books"), (Origin("human"),), issuer="library", issued="2026-01-01")
WRITTEN = Record(Subject("written"), (Origin("synthetic"),))


@pytest.fixture
def folder(tmp_path):
    """A workspace that believes Ana, with a corpus of books and of written text."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    lines = [{"text": f"page {n} about whales", "source": "books" if n % 4 else "written"} for n in range(40)]
    (corpus / "all.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    ana, _ = (signer_in(tmp_path / "config", name) for name in ("ana", "eve"))
    (tmp_path / "outcross.toml").write_text(f'[provenance]\nsigners = ["{ana.public}"]\n')
    (tmp_path / "records").mkdir()
    return tmp_path


def plain(folder, record):
    path = folder / "records" / f"{record.name}.provenance.json"
    path.write_text(json.dumps(record.to_dict()))
    return str(path)


def signed(folder, record=BOOKS, cut=None, name="ana", corpus="corpus"):
    """Sign a corpus and a record of it; the files of both."""
    made = sealing.seal(folder / corpus, load(name, folder / "config"), cut, record.to_dict())
    bundle, path = folder / "records" / f"{record.name}.sig", folder / "records" / f"{record.name}.provenance.sig"
    bundle.write_bytes(made.bundle)
    path.write_bytes(made.record)
    return str(path), str(bundle)


def declared(folder, *told, corpus="corpus", **speaks):
    with Workspace(folder) as opened:
        return opened.sources.declared(list(told), [str(folder / corpus)], Speaking(**speaks))


def origins(found):
    return {} if found.detector is None else dict(found.detector.origins)


def test_synthetic_is_believed_as_declared_and_human_is_not(folder):
    found = declared(folder, plain(folder, WRITTEN), plain(folder, BOOKS), by="group")
    assert origins(found) == {"written": "synthetic"}
    (note,) = found.notes
    assert note.startswith("Provenance of 'books', not believed in full: Nobody signed for it.")


@pytest.mark.parametrize("cut", [None, Cut("shards"), Cut(hash_type="blake2b")])
def test_human_is_believed_of_bytes_that_a_listed_key_signed(folder, cut):
    found = declared(folder, *signed(folder, cut=cut))
    assert (origins(found), found.notes, found.detector.by) == ({"books": "human"}, (), "corpus")


def test_of_whole_files_the_manifest_need_not_be_named(folder):
    record, _ = signed(folder)
    assert origins(declared(folder, record)) == {"books": "human"}
    record, _ = signed(folder, cut=Cut(hash_type="blake2b"))
    found = declared(folder, record)
    assert origins(found) == {}
    assert "Name its manifest" in found.notes[0]


def test_a_folder_is_looked_through_for_records_and_manifests(folder):
    signed(folder, cut=Cut("shards"))
    plain(folder, WRITTEN)
    (folder / "records" / "notes.txt").write_text("nothing")
    found = declared(folder, str(folder / "records"), by="group")
    assert origins(found) == {"books": "human", "written": "synthetic"}


def test_other_bytes_are_named_and_believed_of_nothing(folder):
    files = signed(folder)
    (folder / "corpus" / "more.jsonl").write_text('{"text": "Buy now."}\n')
    found = declared(folder, *files)
    assert origins(found) == {}
    assert "Its bytes are not those that its manifest names." in found.notes[0]


def test_a_record_of_a_part_says_nothing_of_documents_that_bear_its_name_elsewhere(folder):
    (folder / "corpus" / "books").mkdir()
    (folder / "corpus" / "books" / "one.jsonl").write_text('{"text": "A whale.", "source": "books"}\n')
    found = declared(folder, *signed(folder, corpus="corpus/books"), by="group")
    assert origins(found) == {}
    assert "are not known to be those that the audit reads" in found.notes[0]


@pytest.mark.parametrize("by", ["group", "corpus"])
def test_what_a_manifest_leaves_out_is_not_signed_for(folder, by):
    record, bundle = signed(folder)
    # The root does not say what is left out, so anybody can write a manifest with it that leaves out more.
    (folder / "corpus" / "extra").mkdir()
    (folder / "corpus" / "extra" / "web.jsonl").write_text('{"text": "Buy now.", "source": "books"}\n')
    made = hashed(folder / "corpus", Cut(ignored=("extra",)))
    (folder / "records" / "books.sig").write_bytes(sealed(made, load("eve", folder / "config")))
    assert left_out(made, folder / "corpus") == ["extra"]
    assert origins(declared(folder, record, bundle, by=by)) == {}


def test_a_key_that_is_not_listed_makes_nobody_human(folder):
    found = declared(folder, *signed(folder, name="eve"))
    assert origins(found) == {}
    assert "nobody here knows" in found.notes[0]
    assert origins(Sourcing(None).declared([plain(folder, BOOKS)], [], Speaking())) == {}


def test_a_forged_record_is_believed_of_nothing_not_even_that_it_is_synthetic(folder):
    path, bundle = signed(folder, WRITTEN)
    said = json.loads((folder / "records" / "written.provenance.sig").read_text())
    first = said["signatures"][0]["sig"]
    said["signatures"][0]["sig"] = ("B" if first[0] == "A" else "A") + first[1:]
    (folder / "records" / "written.provenance.sig").write_text(json.dumps(said))
    found = declared(folder, path, bundle, by="group")
    assert origins(found) == {}
    assert "Its signature does not verify." in found.notes[0]


def test_records_that_exclude_each_other_decide_nothing(folder):
    other = folder / "records" / "other.provenance.json"
    other.write_text(json.dumps(replace(BOOKS, origins=(Origin("synthetic"),)).to_dict()))
    found = declared(folder, *signed(folder), str(other))
    assert origins(found) == {}
    assert "exclude each other" in found.notes[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_decides_no_document_says_so(folder, kind):
    for edited in (True, False):
        found = declared(folder, plain(folder, replace(WRITTEN, origins=(Origin(kind),))), edited=edited)
        synthetic = kind == "synthetic" or (kind == "edited" and edited)
        assert (origins(found) == {"written": "synthetic"}, bool(found.notes)) == (synthetic, not synthetic)


def test_without_records_nothing_is_heard():
    assert heard("x", [], "2026-11-23", edited=True).side is None


def test_records_of_several_sources_need_groups(folder):
    told = plain(folder, WRITTEN), plain(folder, BOOKS)
    with pytest.raises(CallError, match="several sources: books, written"):
        declared(folder, *told)


def test_what_is_no_record_is_refused_by_name(folder):
    with pytest.raises(CallError, match="no provenance record in"):
        gathered([folder / "corpus"])
    (folder / "records" / "x.provenance.json").write_text("[]")
    with pytest.raises(DataError, match=r"x\.provenance\.json"):
        gathered([folder / "records"])
    with pytest.raises(CallError):
        gathered([folder / "nowhere.provenance.sig"])


def test_lists_and_records_are_told_apart(folder):
    record = plain(folder, BOOKS)
    listing, renamed = folder / "list.json", folder / "books.json"
    listing.write_text('{"subject": "human", "schema": "synthetic"}')
    renamed.write_text(json.dumps(BOOKS.to_dict()))
    told = {one: speaks_of_origin(folder / one) for one in (record, "records", "books.json", "list.json", "no.csv")}
    assert list(told.values()) == [True, True, True, False, False]


def test_an_audit_counts_what_records_say_and_names_what_it_does_not_believe(folder):
    signed(folder)
    told = declared(folder, str(folder / "records"), plain(folder, WRITTEN), by="group")
    options = Options(group_by="source", no_copies=True)
    made = Auditing([str(folder / "corpus")], options, nobody, None, declarations=told).run()
    assert made.share.of().rungs[REGION].finding.interval() == pytest.approx((0.25, 0.25))
    assert RECORDS in made.share.sought["detectors"]
    (folder / "corpus" / "all.jsonl").touch()
    with pytest.raises(DataError, match="changed while it was audited"):
        Auditing([str(folder / "corpus")], options, nobody, None, declarations=told).run()
    made = outcross.audit(
        str(folder / "corpus"), workspace=folder, records=[str(folder / "records")], group_by="source"
    )
    assert made.share.of().rungs[REGION].finding.interval() == pytest.approx((0.25, 0.25))
    with pytest.raises(CallError, match="no workspace"):
        outcross.audit(str(folder / "corpus"), records=[str(folder / "records")])
    doubted = declared(folder, plain(folder, BOOKS))
    made = Auditing([str(folder / "corpus")], Options(no_copies=True), nobody, None, declarations=doubted).run()
    assert made.notes[0] == {"level": "warning", "text": doubted.notes[0]}
    assert made.share.of().rungs[REGION].finding.interval() == (0, 1)
