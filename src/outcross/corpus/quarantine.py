"""What could not be read is set aside with its place and reason: never dropped without a word."""

from collections import Counter
from collections.abc import Iterable

from outcross.corpus.terms import Quarantined


class UnusableError(ValueError):
    """A record or a file cannot be used; the message is the reason, short and stable."""


class Quarantine:
    """The items set aside while one shard is read.

    Args:
        path: the file that is being read.
        keep: how many items to keep with their place.
    """

    def __init__(self, path: str, keep: int) -> None:
        self.path = path
        self.keep = keep
        self.items: list[Quarantined] = []
        self.reasons: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many documents were set aside, as far as that can be known."""
        return sum(self.reasons.values())

    def add(self, place: str, reason: str, count: int = 1) -> None:
        """Set something aside; beyond the number to keep it is only counted."""
        self.reasons[reason] += count
        if len(self.items) < self.keep:
            self.items.append(Quarantined(self.path, place, reason, count))

    def add_all(self, word: str, places: Iterable[int], reason: str) -> None:
        """Set several things of one kind aside, each with its place."""
        for place in places:
            self.add(f"{word} {place}", reason)
