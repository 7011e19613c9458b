"""Merkle tree hashes and proofs of RFC 6962 (section 2.1), verified as in RFC 9162 (sections 2.1.3.2 and 2.1.4.2).

A leaf is hashed with a zero byte before it, an inner node with a one byte, so that neither can pass for the other.
"""

import hashlib
from collections.abc import Sequence

SIZE = hashlib.sha256().digest_size


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; of no leaves, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        # A node without a neighbour moves up as it is, which is the RFC's split at the largest power of two.
        level = paired + level[len(paired) * 2 :]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path that shows that the leaf at an index is in the tree, from the leaf up.

    Args:
        leaves: hashes of all leaves.
        index: of the leaf, from 0.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(left, index), root_hash(right)]
    return [*inclusion_proof(right, index - split), root_hash(left)]


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """What shows that the tree over the first `size` leaves is the beginning of the tree over all.

    Raises:
        IndexError: the first tree is empty or larger than the second.
    """
    if not 0 < size <= len(leaves):
        raise IndexError(f"A tree of {size} leaves is no beginning of one of {len(leaves)}.")
    return _subproof(leaves, size, whole=True)


def _subproof(leaves: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
    """RFC 6962, section 2.1.2; `whole` where the first tree's root is known to whoever verifies."""
    if size == len(leaves):
        return [] if whole else [root_hash(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(leaves[:split], size, whole=whole), root_hash(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, whole=False), root_hash(leaves[:split])]


def _split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf is in a tree. Never raises for what others wrote.

    Args:
        leaf: its hash.
        index: of the leaf, from 0.
        size: leaves in the tree.
        proof: hashes from the leaf up.
        root: of the tree.
    """
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        return False
    node, last, made = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            made = node_hash(one, made)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            made = node_hash(made, one)
        node, last = node >> 1, last >> 1
    return last == 0 and made == root


def extends(first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Whether a proof shows that one tree is the beginning of another. Never raises for what others wrote.

    Args:
        first: leaves in the old tree.
        second: leaves in the new one.
        proof: see `consistency_proof`.
        old: root of the old tree.
        new: root of the new one.
    """
    if not 0 < first <= second or not _hashes(old, new, *proof):
        return False
    if first == second:
        return not proof and old == new
    # A tree whose size is a power of two is itself the first node of the path.
    path = [old, *proof] if first & (first - 1) == 0 else list(proof)
    return bool(path) and _both(first - 1, second - 1, path) == (old, new)


def _both(node: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of both trees that a path leads to; None where it is too long or too short."""
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, one)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _hashes(*found: bytes) -> bool:
    """Whether all have a hash's length: another root is none, whatever a path would lead to."""
    return all(len(one) == SIZE for one in found)
