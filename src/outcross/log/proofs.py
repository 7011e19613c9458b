"""Proofs in one file: an entry, its place, the path to the root, and the signed checkpoint (C2SP tlog-proof).

Whoever has the file and a public key can verify it, without a network and without the log.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from outcross.errors import DataError
from outcross.log.entries import MOST_ENTRY, Entry, entry_in
from outcross.log.merkle import SIZE, includes
from outcross.log.notes import MOST_NOTE, Note, decoded, note_in

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"

MOST_BYTES = 2 * MOST_ENTRY + MOST_NOTE
"""Bytes of a proof file."""

DEEPEST = 64
"""Steps of a path; a log of a million entries has 20."""

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Proof:
    """That an entry is in a log.

    Attributes:
        entry: the entry's bytes; empty where the file does not hold them.
        index: its place in the log, from 0.
        path: hashes from the leaf up.
        note: the signed checkpoint.
    """

    entry: bytes
    index: int
    path: tuple[bytes, ...]
    note: Note

    def to_text(self) -> str:
        """The proof as it is written to a file; the entry is its extra data."""
        lines = [HEADER] + [f"extra {base64.b64encode(self.entry).decode()}"] * bool(self.entry)
        lines += [f"index {self.index}", *(base64.b64encode(one).decode() for one in self.path)]
        return "\n".join(lines) + "\n\n" + self.note.to_text()


@dataclass(frozen=True)
class Verified:
    """A proof that was held against keys.

    Attributes:
        entry: what was logged.
        proof: that was verified.
        included: whether the path leads from the entry to the root of the checkpoint.
        logged_by: keys that signed the checkpoint. said_by: keys that signed the entry.
    """

    entry: Entry
    proof: Proof
    included: bool
    logged_by: tuple[str, ...]
    said_by: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether a given key signed for the log that holds the entry."""
        return self.included and bool(self.logged_by)


def proof_in(data: bytes, name: str) -> Proof:
    """The proof in a file.

    Args:
        data: its bytes.
        name: of the file, for messages.

    Raises:
        DataError: it is none; the message says what is wrong.
    """
    if len(data) > MOST_BYTES:
        raise DataError(f"{name} is too large for a proof.")
    begin, blank, rest = data.partition(b"\n\n")
    try:
        header, *lines = begin.decode("ascii").split("\n")
    except UnicodeDecodeError:
        header, lines = "", []
    if header != HEADER or not blank:
        raise DataError(f"{name} is no proof: it does not begin with {HEADER}.", hint="Make one: outcross log prove")
    extra = lines.pop(0).removeprefix("extra ") if lines and lines[0].startswith("extra ") else ""
    entry, index = decoded(extra), _INDEX.fullmatch(lines.pop(0) if lines else "")
    path = [decoded(one) for one in lines[: DEEPEST + 1]]
    if entry is None or index is None:
        raise DataError(f"{name} is no proof: it needs a line with the entry's index.")
    found = tuple(one for one in path if one is not None and len(one) == SIZE)
    if len(found) < len(path) or len(found) > DEEPEST:
        raise DataError(f"{name} is no proof: a line of its path is no hash, or there are too many.")
    return Proof(entry, int(index[1]), found, note_in(rest, f"{name}, checkpoint"))


def verified(data: bytes, keys: Sequence[str], name: str) -> Verified:
    """Verify a proof offline.

    Args:
        data: the file's bytes.
        keys: public keys that are believed, as written.
        name: of the file, for messages.

    Raises:
        DataError: it is no proof, or holds no entry.
    """
    proof = proof_in(data, name)
    if not proof.entry:
        raise DataError(f"{name} does not hold the entry that it proves.", hint="Make one: outcross log prove")
    entry, checkpoint = entry_in(proof.entry, f"{name}, entry"), proof.note.checkpoint
    included = includes(entry.leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)
    return Verified(entry, proof, included, proof.note.signers(keys), entry.envelope.signers(keys))
