"""The log: a Merkle tree over signed entries, without any storage."""
