"""A tree that grows at its end has the root of the tree that is made at once."""

from hypothesis import given
from hypothesis import strategies as st

from outcross.log.frontier import Frontier, frontier_of
from outcross.log.merkle import leaf_hash, root_hash

LEAVES = [leaf_hash(str(number).encode()) for number in range(300)]


@given(st.lists(st.integers(0, 40), max_size=7))
def test_however_it_grew_its_root_is_that_of_all_its_leaves(steps):
    grown, size = Frontier(), 0
    for step in steps:
        grown = grown.grown(LEAVES[size : size + step])
        size += step
        assert grown.root == root_hash(LEAVES[:size])
        assert Frontier.from_bytes(grown.size, grown.to_bytes()) == grown
    assert grown == frontier_of(LEAVES[:size])


@given(st.integers(-3, 300), st.binary(max_size=200))
def test_bytes_that_cannot_be_a_tree_of_that_size_are_none(size, data):
    found = Frontier.from_bytes(size, data)
    assert (found is None) == (size < 0 or len(data) != 32 * size.bit_count())
