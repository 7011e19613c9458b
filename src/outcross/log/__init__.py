"""The log: signed entries in a Merkle tree, checkpoints and proofs, without any storage."""
