"""A tree that grows at its end: only the roots of its full subtrees are kept, one for each bit of its size.

So an append costs a hash on average, and what a store must keep between two appends is 2 kB at most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outcross.log.merkle import SIZE, node_hash, root_hash


@dataclass(frozen=True)
class Frontier:
    """The right edge of a tree.

    Attributes:
        size: leaves in the tree.
        nodes: roots of its full subtrees, the largest first; as many as the size has bits that are set.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes]) -> "Frontier":
        """The tree with these leaf hashes at its end."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaves:
            made, bits = leaf, size
            while bits & 1:  # two full subtrees of one size are one of twice that
                made, bits = node_hash(nodes.pop(), made), bits >> 1
            nodes.append(made)
            size += 1
        return Frontier(size, tuple(nodes))

    @property
    def root(self) -> bytes:
        """The root of the tree, as RFC 6962 defines it."""
        if not self.nodes:
            return root_hash(())
        made = self.nodes[-1]
        for one in reversed(self.nodes[:-1]):
            made = node_hash(one, made)
        return made

    def to_bytes(self) -> bytes:
        """The nodes in one string; the size says how many they are."""
        return b"".join(self.nodes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "Frontier | None":
        """The tree that `to_bytes` wrote; None where it cannot be one of this size."""
        if size < 0 or len(data) != SIZE * size.bit_count():
            return None
        return cls(size, tuple(data[at : at + SIZE] for at in range(0, len(data), SIZE)))


def frontier_of(leaves: Sequence[bytes]) -> Frontier:
    """The tree over these leaf hashes."""
    return Frontier().grown(leaves)
