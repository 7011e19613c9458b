"""How far text compresses at a fixed budget: redundancy between and within documents."""

import zlib
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from outcross.estimate import Finding, Unknown
from outcross.kernels import document_hashes, jackknife_groups
from outcross.measure import GROUPS, Asked, Batch, Caps, Figure, Findings, measure
from outcross.measures.jackknife import Told, estimate
from outcross.measures.states import TextSample

SMALLEST = 1 << 11
"""The smallest budget, in bytes a group, at which a ratio is given."""


@measure
class Compression:
    """The ratio of bytes to compressed bytes, of 32 equal pieces of text from random documents."""

    name: ClassVar[str] = "compression"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure("compression.ratio", "compression ratio", "Bytes over bytes after zlib, of pieces of a fixed size: "
               "higher is more redundant.", compared=True, deciding=True),
    )  # fmt: skip

    def look(self, batch: Batch, caps: Caps) -> TextSample:
        """Of each jackknife group the texts with the smallest hashes, up to the budget."""
        budget = caps.text_bytes // GROUPS
        hashes = document_hashes(batch)
        groups = jackknife_groups(batch)
        taken = np.arange(len(batch))
        if batch.reached.texts:
            taken = np.flatnonzero(hashes <= np.array(batch.reached.texts, np.uint64)[groups])
        taken = taken[np.argsort(hashes[taken], kind="stable")]
        pieces: list[list[tuple[int, bytes]]] = [[] for _ in range(GROUPS)]
        room = np.full(GROUPS, budget)
        for row in taken:
            group, key = groups[row], int(hashes[row])
            if room[group] > 0 and not (pieces[group] and pieces[group][-1][0] == key):
                text = batch.texts[int(row)].as_py()[: TextSample.PIECE].encode()[: TextSample.PIECE]
                pieces[group].append((key, text))
                room[group] -= len(text)
        return TextSample(pieces, budget)

    def read(self, data: bytes) -> TextSample:
        """The state that its `to_bytes` wrote."""
        return TextSample.from_bytes(data)

    def conclude(self, states: Mapping[str, Any], asked: Asked) -> Findings:
        """The ratio at the largest budget that every group fills, and its curve over smaller budgets."""
        state: TextSample = states[self.name]
        findings = Findings(curves={"compression.ratio": []})
        if state.withheld:
            findings.figures["compression.ratio"] = Unknown("the run was resumed under --no-text, which keeps no text")
            return findings
        pieces = [b"".join(text for _, text in group) for group in state.pieces]
        most = min(state.budget, *(len(piece) for piece in pieces))
        budget = SMALLEST
        documents = int(states["size"]["documents"].sum())
        while budget <= most:
            findings.curves["compression.ratio"].append((budget, _ratio(pieces, budget, documents)))
            budget *= 2
        curve = findings.curves["compression.ratio"]
        short = Unknown(f"less than {SMALLEST * GROUPS // 1024} KiB of text in different documents")
        findings.figures["compression.ratio"] = curve[-1][1] if curve else short
        return findings


def _ratio(pieces: list[bytes], budget: int, documents: int) -> Finding:
    sizes = np.array([len(zlib.compress(piece[:budget], 6)) for piece in pieces], np.float64)
    left = budget * (GROUPS - 1) / (sizes.sum() - sizes)
    told = Told(documents, "bytes per compressed byte", f"zlib level 6 on 32 pieces of {budget:,} bytes")
    return estimate(budget * GROUPS / sizes.sum(), left, told)
