"""A frozen human reference: made once, named by its digest, never changed.

Its documents are split into two disjoint halves by their hashes. The first half gives the vocabulary and its
tail; the second gives the baseline: what human text that did not define the tail scores against it.
"""

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcross.audits.conclude import conclude, ladder
from outcross.audits.record import Profile
from outcross.canonical import canonical_json, plain, sha256
from outcross.engine.states import Family
from outcross.engine.task import HALVES
from outcross.errors import CallError, DataError
from outcross.estimate import Estimate, Finding
from outcross.kernels import KERNELS
from outcross.measure import Asked, pack, unpack
from outcross.measures.reference import Vocabulary

MAGIC = b"OUTCROSS-REFERENCE-1\n"
FIRST, SECOND = HALVES

SEAL = 32
"""Bytes at the end of a reference: the SHA-256 of all before them."""

FEWEST_DOCUMENTS = 200


@dataclass(frozen=True)
class Reference:
    """A frozen reference.

    Attributes:
        name: as people call it.
        vocabulary: of the first half.
        baseline: what the second half scores against it: figures and curves.
        facts: the corpus's root digest, documents of each half, words, tail limit, kernels.
        digest: of the file's bytes.
    """

    name: str
    vocabulary: Vocabulary
    baseline: Profile
    facts: dict[str, Any]
    digest: str

    def summary(self) -> dict[str, Any]:
        """What an audit tells of its reference: the baseline for its own figures, without curves."""
        return {
            "name": self.name, "digest": self.digest, **self.facts,
            "baseline": {
                name: finding.without_replicates().to_dict() for name, finding in self.baseline.figures.items()
            },
            "baseline_curves": {
                name: [{"size": size, **finding.without_replicates().to_dict()} for size, finding in curve]
                for name, curve in self.baseline.curves.items()
            },
        }  # fmt: skip


def build(name: str, halves: dict[str, Family], root: str) -> bytes:
    """The bytes of a reference, from the states of its two halves.

    Args:
        name: as people call it.
        halves: states under FIRST and SECOND.
        root: the digest of the corpus it was made from.

    Raises:
        DataError: there are too few documents.
    """
    sizes = {half: int(state["size"]["documents"].sum()) for half, state in halves.items()}
    if min(sizes.get(FIRST, 0), sizes.get(SECOND, 0)) < FEWEST_DOCUMENTS:
        raise DataError(
            f"A reference needs at least {2 * FEWEST_DOCUMENTS} documents; there are {sum(sizes.values())}.",
            hint="Add human documents; thousands are better (see docs/how-to/reference.md).",
        )
    table = halves[FIRST]["words"].table
    if table.dropped:
        raise DataError("The reference has more distinct words than the table holds.", hint="Raise --word-types.")
    vocabulary = Vocabulary.of(table.keys, table.counts[:, 0])
    shell = Reference(name, vocabulary, Profile({}), {}, "")
    found = conclude(halves[SECOND], Asked(ladder(halves[SECOND]), shell, show_text=False))
    ours = {key: finding for key, finding in found.figures.items() if key.startswith("reference.")}
    curves = {key: curve for key, curve in found.curves.items() if key.startswith("reference.")}
    facts = {
        "root": root, "documents": sum(sizes.values()), "halves": sizes,
        "words": int(table.counts[:, 0].sum()), "types": len(table.keys),
        "tail_types": int((vocabulary.occurrences <= vocabulary.limit).sum()), "tail_limit": vocabulary.limit,
        "kernels": KERNELS, "enough_for": _enough_for(ours["reference.tail_share"], sizes[SECOND]),
    }  # fmt: skip
    header = canonical_json({"name": name, "facts": facts, "baseline": Profile(ours, curves).to_dict()})
    arrays = pack({"keys": vocabulary.keys, "occurrences": vocabulary.occurrences})
    body = MAGIC + struct.pack("<Q", len(header)) + header + arrays
    return body + hashlib.sha256(body).digest()


def _enough_for(tail_share: Finding, documents: int) -> dict[str, int | None]:
    """Documents that a corpus and the reference's half need so that a change of a margin in tail share shows.

    By the baseline's own relative standard error: two-sided 5 %, power 80 %, both sides of equal size.
    """
    needed: dict[str, int | None] = {}
    for margin in (0.05, 0.10, 0.20):
        needed[f"{margin:.0%}"] = None
        if isinstance(tail_share, Estimate) and tail_share.value > 0:
            spread = tail_share.se / tail_share.value * documents**0.5
            needed[f"{margin:.0%}"] = round(2 * ((1.96 + 0.84) * spread / margin) ** 2)
    return needed


def load(path: Path) -> Reference:
    """Read a reference.

    Raises:
        CallError: there is no such file, or it is no reference.
        DataError: it was made by kernels of another version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CallError(f"Cannot read the reference {path}: {error.strerror}.") from None
    if not data.startswith(MAGIC):
        raise CallError(f"{path} is not a reference.", hint="Make one with: outcross reference build CORPUS")
    data, seal = data[:-SEAL], data[-SEAL:]
    if hashlib.sha256(data).digest() != seal:
        raise DataError(f"The reference {path} is damaged: its bytes are not those that were written.",
                        hint="Build it again.")  # fmt: skip
    try:
        (length,) = struct.unpack_from("<Q", data, len(MAGIC))
        begin = len(MAGIC) + 8
        header = json.loads(data[begin : begin + length])
        arrays = unpack(data[begin + length :])
        vocabulary = Vocabulary(arrays["keys"], arrays["occurrences"], int(header["facts"]["tail_limit"]))
    except (ValueError, KeyError, struct.error) as error:
        raise DataError(f"The reference {path} is damaged ({error}).", hint="Build it again.") from None
    if header["facts"]["kernels"] != KERNELS:
        raise DataError(
            f"The reference {path} was made by kernels {header['facts']['kernels']!r}; this outcross has {KERNELS!r}.",
            hint="Build it again from the same corpus.",
        )
    made: dict[str, Any] = plain(header["facts"])
    return Reference(header["name"], vocabulary, Profile.from_dict(header["baseline"]), made, sha256(data + seal))
