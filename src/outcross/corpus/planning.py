"""Cuts the files of a corpus into shards. It depends on the files and the limits, and on nothing else."""

from collections.abc import Iterator, Sequence

from outcross.corpus.formats import Part, readers
from outcross.corpus.looking import Found
from outcross.corpus.reading import BAD_DATA
from outcross.corpus.terms import Member, Shard

BUNDLE_FILES = 4096
"""Files in a bundle at most."""


def shards_of(found: Sequence[Found], target: int) -> tuple[Shard, ...]:
    """The shards of the files, in their order.

    Args:
        found: the files.
        target: bytes on disk in a shard, about, where the format can be cut.
    """
    shards: list[Shard] = []
    for bundle in _bundles(found, target):
        parts = _parts(bundle[0], target) if len(bundle) == 1 else []
        members = tuple(one.member for one in bundle)
        size = sum(member.size for member in members)
        for part in parts or [(0, -1, 0, size)]:
            shards.append(_shard(len(shards), bundle[0].format, part, members))
    return tuple(shards)


def _shard(ordinal: int, kind: str, part: Part, members: tuple[Member, ...]) -> Shard:
    start, stop, begin, end = part
    first = members[0]
    stamp = (first.size, first.changed)
    return Shard(ordinal, first.shown, kind, start, stop, end - begin, stamp, (begin, end), members)


def _bundles(found: Sequence[Found], target: int) -> Iterator[list[Found]]:
    """Runs of small files of one format, of `target` bytes together at most."""
    held: list[Found] = []
    size = 0
    for one in found:
        size += one.member.size
        joins = held and held[0].format == one.format and size <= target and len(held) < BUNDLE_FILES
        if held and not joins:
            yield held
            held, size = [], one.member.size
        held = [*held, one] if not held else _appended(held, one)
    if held:
        yield held


def _appended(held: list[Found], one: Found) -> list[Found]:
    held.append(one)
    return held


def _parts(found: Found, target: int) -> list[Part]:
    """The parts of one file; a file that cannot be understood is left whole, for reading to tell why."""
    try:
        return readers()[found.format].parts(found.member, target, found.packed)
    except BAD_DATA:
        return []
