"""A log as static files: hashes and entries in tiles of 256, for any web server (C2SP tlog-tiles)."""

from collections.abc import Iterator, Sequence

from outcross.errors import DataError
from outcross.log.entries import MOST_ENTRY
from outcross.log.merkle import leaf_hash, root_hash

WIDTH = 256


def tiles(entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The files of a log by their paths, without its checkpoint.

    Args:
        entries: all of them.

    Yields:
        Paths below the log's address, with what they hold. A tile that is not full carries its width in its name.

    Raises:
        DataError: an entry is too long.
    """
    for number, part in _cut(entries):
        yield f"tile/entries/{_name(number, len(part))}", b"".join(_framed(one) for one in part)
    level, hashes = 0, [leaf_hash(one) for one in entries]
    while hashes:
        full = []
        for number, found in _cut(hashes):
            yield f"tile/{level}/{_name(number, len(found))}", b"".join(found)
            if len(found) == WIDTH:
                full.append(root_hash(found))
        level, hashes = level + 1, full


def _cut(found: Sequence[bytes]) -> Iterator[tuple[int, Sequence[bytes]]]:
    for number in range(0, len(found), WIDTH):
        yield number // WIDTH, found[number : number + WIDTH]


def _framed(entry: bytes) -> bytes:
    if len(entry) > MOST_ENTRY:
        raise DataError(f"An entry of {len(entry):,} bytes does not fit into a tile; {MOST_ENTRY:,} do.")
    return len(entry).to_bytes(2) + entry


def _name(number: int, width: int) -> str:
    """The path of a tile: its number in groups of three digits, all but the last after an x."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{one}" for one in groups[:-1]), groups[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"
