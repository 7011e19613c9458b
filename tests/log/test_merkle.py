"""Merkle trees: proofs of what is in a tree, and of one tree being the beginning of another."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.log.merkle import consistency_proof, extends, includes, inclusion_proof, leaf_hash, root_hash

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "provenance" / "merkle_proofs"

# RFC 6962 test leaves and their roots, as certificate-transparency publishes them.
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def tree(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_published_tree(size):
    assert root_hash([leaf_hash(one) for one in LEAVES[:size]]).hex() == ROOTS[size]


def test_the_root_of_no_leaves_is_the_hash_of_nothing():
    assert root_hash([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 70), st.data())
def test_each_leaf_is_proved_and_no_other_passes(size, data):
    leaves = tree(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(leaves, index), root_hash(leaves)
    assert includes(leaves[index], index, size, proof, root)
    other = data.draw(st.integers(0, size + 1))
    assert includes(leaves[index], other, size, proof, root) == (other == index)
    assert not includes(leaf_hash(b"other"), index, size, proof, root)
    assert not includes(leaves[index], index, size, [*proof, root], root)


@given(st.integers(1, 70), st.data())
def test_a_beginning_is_proved_and_a_rewritten_one_is_refused(size, data):
    leaves = tree(size)
    first = data.draw(st.integers(1, size))
    proof = consistency_proof(leaves, first)
    assert extends(first, size, proof, root_hash(leaves[:first]), root_hash(leaves))
    rewritten = [leaf_hash(b"rewritten"), *leaves[1:]]
    assert not extends(first, size, proof, root_hash(rewritten[:first]), root_hash(leaves))
    assert not extends(
        first, size, consistency_proof(rewritten, first), root_hash(leaves[:first]), root_hash(rewritten)
    )


@given(st.integers(2, 20), st.data())
def test_any_changed_byte_of_a_proof_is_noticed(size, data):
    leaves = tree(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index)
    step, place = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 31))
    proof[step] = (
        proof[step][:place] + bytes([proof[step][place] ^ data.draw(st.integers(1, 255))]) + proof[step][place + 1 :]
    )
    assert not includes(leaves[index], index, size, proof, root_hash(leaves))


def test_what_is_not_in_a_tree_has_no_proof():
    for made in (
        lambda: inclusion_proof(tree(3), 3),
        lambda: consistency_proof(tree(3), 0),
        lambda: consistency_proof(tree(3), 4),
    ):
        with pytest.raises(IndexError, match="lea"):
            made()


def test_a_root_of_another_length_is_refused_even_where_a_path_is_empty():
    assert not extends(1, 1, [], b"short", b"short")
    assert not includes(b"short", 0, 1, [], b"short")


def vectors(kind: str) -> list[Path]:
    return sorted(SAMPLES.glob(f"testdata__{kind}__*.json"))


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the published proof vectors are not here")
def test_published_vectors_hold_and_the_twelve_byte_root_is_refused():
    held, refused = 0, []
    for path in vectors("inclusion") + vectors("consistency"):
        told = json.loads(path.read_bytes())
        proof = [decoded(one) for one in told["proof"] or []]
        if "leafIdx" in told:
            found = includes(decoded(told["leafHash"]), told["leafIdx"], told["treeSize"], proof, decoded(told["root"]))
        else:
            found = extends(told["size1"], told["size2"], proof, decoded(told["root1"]), decoded(told["root2"]))
        if found != (not told["wantErr"]):
            refused.append((path.name, told))
        held += found == (not told["wantErr"])
    assert [(len(decoded(told["root1"])), told["wantErr"]) for _, told in refused] == [(12, False)]
    assert held == 195
