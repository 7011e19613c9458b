"""Proofs in one file, the whole log as files, and what a change of a byte does to them."""

import random
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.log.signers import said, signer

from outcross.errors import DataError
from outcross.log.checking import against_anchor, against_head, read_entries, unsigned
from outcross.log.dsse import Statement
from outcross.log.entries import MOST_ENTRY, entry_in, entry_of
from outcross.log.frontier import frontier_of
from outcross.log.merkle import includes, inclusion_proof, leaf_hash, root_hash
from outcross.log.notes import Checkpoint, note_in, signed_note
from outcross.log.proofs import Proof, proof_in, verified
from outcross.log.tiles import tiles

ORIGIN = "outcross.log/0123"


@pytest.fixture(scope="module")
def entries() -> list[bytes]:
    """A log of 100 entries."""
    return [entry_of(said(number), signer("ana")) for number in range(100)]


def leaves(entries) -> list[bytes]:
    return [leaf_hash(one) for one in entries]


def checkpoint(entries, name: str = "ana"):
    return signed_note(Checkpoint(ORIGIN, len(entries), root_hash(leaves(entries))), signer(name))


def proof(entries, place: int, name: str = "bob") -> bytes:
    path = tuple(inclusion_proof(leaves(entries), place))
    return Proof(entries[place], place, path, checkpoint(entries, name)).to_text().encode()


def test_a_proof_is_one_file_in_the_published_form(entries):
    text = proof(entries, 5).decode().splitlines()
    assert text[0] == "c2sp.org/tlog-proof@v1"
    assert text[1].startswith("extra ")
    assert text[2] == "index 5"
    assert text[3 + 7 : 3 + 7 + 3] == ["", ORIGIN, "100"]
    assert proof_in(proof(entries, 5), "file").to_text().encode() == proof(entries, 5)


def test_it_is_verified_with_the_public_key_of_the_log_alone(entries):
    found = verified(proof(entries, 41), [signer("bob").public], "file")
    assert (found.holds, found.said_by) == (True, ())
    assert found.entry.statement == said(41)
    assert verified(proof(entries, 41), [signer("bob").public, signer("ana").public], "file").said_by
    assert not verified(proof(entries, 41), [signer("eve").public], "file").holds


def test_it_is_verified_in_less_than_two_milliseconds(entries):
    data, key = proof(entries, 41, "ana"), signer("ana").public
    verified(data, [key], "file")
    took = []
    for _ in range(50):
        begun = time.process_time()
        verified(data, [key], "file")
        took.append(time.process_time() - begun)
    assert min(took) < 0.002


@given(st.data())
def test_no_changed_byte_of_a_proof_passes(entries, data):
    good = proof(entries, 5)
    at = data.draw(st.integers(0, len(good) - 1))
    bad = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    try:
        found = verified(bad, [signer("bob").public], "file")
    except DataError:
        return
    assert not found.holds


@given(st.binary(max_size=400))
def test_what_is_no_proof_is_refused_with_its_name(data):
    for hostile in (data, b"c2sp.org/tlog-proof@v1\n" + data):
        with pytest.raises(DataError, match="somewhere"):
            verified(hostile, [], "somewhere")


def test_each_changed_byte_of_each_entry_of_the_log_moves_its_root(entries):
    found = leaves(entries)
    root, draw = root_hash(found), random.Random(6)  # noqa: S311
    for place, entry in enumerate(entries):
        path = inclusion_proof(found, place)
        assert includes(leaf_hash(entry), place, 100, path, root)
        for at in range(len(entry)):
            bad = entry[:at] + bytes([entry[at] ^ draw.randint(1, 255)]) + entry[at + 1 :]
            assert not includes(leaf_hash(bad), place, 100, path, root)


def test_a_changed_moved_or_removed_entry_does_not_fit_the_head(entries):
    keys = [signer("ana").public]
    head = checkpoint(entries)
    assert list(against_head(entries, head, keys)) == []
    swapped = [entries[1], entries[0], *entries[2:]]
    for bad in (swapped, entries[:-1], entries[1:], [*entries, entries[0]], [b"", *entries[1:]], []):
        assert [one.code for one in against_head(bad, head, keys)] == ["head"]
    assert [one.code for one in against_head(entries, checkpoint(entries, "eve"), keys)] == ["head"]


def test_every_truncation_against_an_anchor_is_noticed_though_it_is_signed_anew(entries):
    anchor, keys = checkpoint(entries), [signer("ana").public]
    for size in range(100):
        cut = entries[:size]
        assert list(against_head(cut, checkpoint(cut), keys)) == []
        assert [one.code for one in against_anchor(cut, ORIGIN, anchor, keys)] == ["truncated"]


def test_a_log_that_was_made_anew_is_noticed_against_an_anchor_and_one_that_went_on_is_not(entries):
    anchor, keys = checkpoint(entries[:60]), [signer("ana").public]
    assert list(against_anchor(entries, ORIGIN, anchor, keys)) == []
    for place in range(60):
        anew = [*entries[:place], entry_of(said(1000), signer("ana")), *entries[place + 1 :]]
        assert list(against_head(anew, checkpoint(anew), keys)) == []
        assert [one.code for one in against_anchor(anew, ORIGIN, anchor, keys)] == ["rewritten"]


def test_an_anchor_of_another_log_or_of_a_stranger_is_named(entries):
    anchor = checkpoint(entries)
    assert [one.code for one in against_anchor(entries, "other", anchor, [signer("ana").public])] == ["other-log"]
    assert [one.code for one in against_anchor(entries, ORIGIN, anchor, [signer("eve").public])] == ["anchor"]


def test_entries_of_strangers_and_what_is_no_entry_are_named(entries):
    strange = [entries[0], b"{}", entry_of(said(1), signer("eve"))]
    read, problems = read_entries(strange)
    assert ["entry 1" in one.says for one in problems] == [True]
    ana = signer("ana")
    assert ["Entry 2" in one.says for one in unsigned(read, {ana.key_id: ana.public})] == [True]


def test_an_entry_that_does_not_fit_into_a_tile_is_refused():
    with pytest.raises(DataError, match="does not fit into the log"):
        entry_of(Statement({"a": {"sha256": "ab" * 32}}, "kind", {"long": "x" * MOST_ENTRY}), signer())
    with pytest.raises(DataError, match="longer than any entry"):
        entry_in(b" " * (MOST_ENTRY + 1), "entry 0")
    with pytest.raises(DataError, match="does not fit into a tile"):
        list(tiles([b" " * (MOST_ENTRY + 1)]))


def unframed(data: bytes) -> list[bytes]:
    found = []
    while data:
        size = int.from_bytes(data[:2])
        found.append(data[2 : 2 + size])
        data = data[2 + size :]
    return found


@pytest.mark.parametrize(("size", "names"), [
    (0, []), (1, ["tile/entries/000.p/1", "tile/0/000.p/1"]),
    (256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]),
])  # fmt: skip
def test_a_small_log_has_the_files_that_the_specification_names(size, names):
    assert [name for name, _ in tiles([b"entry"] * size)] == names


def test_a_log_is_rebuilt_from_its_files_and_no_tile_is_wider_than_it_says():
    entries = [str(number).encode() for number in range(70_000)]
    files = dict(tiles(entries))
    hashes = sorted(name for name in files if "entries" not in name)
    assert len(hashes) == 273 + 1 + 1 + 1 + 1  # as tlog-tiles counts them for this size
    assert {"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= set(hashes)
    read = [one for name in sorted(files) if "entries" in name for one in unframed(files[name])]
    assert read == entries
    # The full tiles of a level are the hashes of the level above; so few hashes give the root.
    edge = [files["tile/2/000.p/1"], files["tile/1/001.p/17"], files["tile/0/273.p/112"]]
    high, middle, low = ([data[at : at + 32] for at in range(0, len(data), 32)] for data in edge)
    assert root_hash([files["tile/1/000"][at : at + 32] for at in range(0, 8192, 32)]) == high[0]
    assert len(middle) == 17
    assert low == leaves(entries[69_888:])
    assert frontier_of(leaves(entries)).nodes[0] == high[0]


def test_the_number_of_a_tile_is_cut_into_groups():
    from outcross.log.tiles import _name  # noqa: PLC0415 - a log of 300 million entries would be needed otherwise

    assert _name(1_234_067, 256) == "x001/x234/067"
    assert _name(1_000, 3) == "x001/000.p/3"


def test_verifying_loads_no_database_and_nothing_that_reads_corpora():
    heavy = "sqlalchemy numpy pyarrow alembic yaml jinja2 outcross.store outcross.provenance outcross.workspace"
    code = f"import sys, outcross.cli.verify; print([one for one in {heavy.split()} if one in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
    rooms = "import sys, outcross.log.proofs; print(*(one.split('.')[1] for one in sys.modules if 'outcross.' in one))"
    ended = subprocess.run([sys.executable, "-c", rooms], capture_output=True, text=True, check=True)
    allowed = {"log", "principals", "canonical", "errors", "strict_json"}
    assert set(ended.stdout.split()) == allowed


def test_a_checkpoint_over_nothing_is_one_too():
    note = signed_note(Checkpoint(ORIGIN, 0, root_hash([])), signer())
    assert note_in(note.to_text().encode(), "note").checkpoint.size == 0
    assert list(against_anchor([], ORIGIN, note, [signer().public])) == []
