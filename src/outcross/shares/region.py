"""Rung 0: what is known of the synthetic share without any model: [known synthetic, 1 - known human]."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from outcross.errors import CallError
from outcross.estimate import Estimate, Finding, Law, Unknown
from outcross.estimate.laws import EffectiveWilson, Erring, Fixed, Region, Sampled
from outcross.shares.scores import UNITS, Unit

Side = Literal["synthetic", "human"]


@dataclass(frozen=True)
class Evidence:
    """What one kind of evidence found, each document counted under the first kind that hit it.

    Attributes:
        name: of the detector.
        side: what a hit says.
        documents: documents with a hit.
        tokens: their tokens.
        certain: a hit is taken as true (declared, exact match).
        false_positive: of evidence that can err: P(hit | document of the other side).
    """

    name: str
    side: Side
    documents: int
    tokens: int
    certain: bool
    false_positive: Finding | None = None


@dataclass(frozen=True)
class Size:
    """How large a corpus is.

    Attributes:
        documents: in all.
        tokens: in all.
        squared: sum over documents of squared tokens; 0 = not known: evidence that can err then says nothing
            about shares of tokens, because a false hit may fall on a long document.
    """

    documents: int
    tokens: int
    squared: float = 0.0

    def total(self, unit: Unit) -> int:
        """Documents or tokens."""
        return self.documents if unit == "documents" else self.tokens


def region(size: Size, evidence: Sequence[Evidence], unit: Unit = "documents") -> Finding:
    """The identified region of the synthetic share; its point is the middle and means nothing.

    Certain evidence is taken whole. Evidence that can err enters only with what its hits exceed the false positives
    that its bound allows, binomial play included, the error divided over all such kinds; a kind with an unknown
    false-positive rate enters with nothing.

    Args:
        size: of the corpus or group.
        evidence: what was found; each document under one kind only.
        unit: share of documents, or of tokens.

    Returns:
        An Estimate whose interval is the region; Unknown of an empty corpus.

    Raises:
        CallError: where more was found than there is.
    """
    if size.total(unit) <= 0:
        return Unknown("the corpus holds no documents")
    if sum(one.documents for one in evidence) > size.documents or sum(one.tokens for one in evidence) > size.tokens:
        raise CallError(
            "Evidence was found on more documents or tokens than there are.",
            hint="Count each document once, under the first kind of evidence that hit it.",
        )
    law = _law(size, evidence, unit)
    low, high = law.interval(0.95)
    return Estimate(
        value=(low + high) / 2, se=0.0, df=math.inf, n=size.documents, unit=UNITS[unit],
        method="identified region: [known synthetic, 1 - known human]", assumption=_assumption(evidence, size, unit),
        law=law,
    ).rounded()  # fmt: skip


def of_drawn(finding: Finding, n: float) -> Finding:
    """The region of a random sample as the region of all documents that it was drawn from.

    Args:
        finding: the region of what was looked at.
        n: how many documents drawn one by one the sample is worth: fewer where whole parts were drawn, or where
            documents weigh differently (Kish 1965).
    """
    if isinstance(finding, Unknown):
        return finding
    law = Sampled(law_of(finding), n)
    low, high = law.interval(0.95)
    return replace(
        finding, value=(low + high) / 2, law=law, method=f"{finding.method}, of a random sample",
        assumption=f"{finding.assumption}; a random sample was looked at, worth {n:,.0f} documents drawn one by one",
    ).rounded()  # fmt: skip


def _law(size: Size, evidence: Sequence[Evidence], unit: Unit) -> Region:
    """The region's law."""
    surely = {"synthetic": 0, "human": 0}
    erring: dict[Side, list[Erring]] = {"synthetic": [], "human": []}
    decided = [one for one in evidence if one.certain]
    left = Size(
        size.documents - sum(one.documents for one in decided), size.tokens - sum(one.tokens for one in decided),
        size.squared,
    )  # fmt: skip
    for one in evidence:
        if one.certain:
            surely[one.side] += one.documents if unit == "documents" else one.tokens
        elif _usable(one, size, unit) and isinstance(one.false_positive, Estimate):
            erring[one.side].append(
                Erring(one.documents, left.documents, law_of(one.false_positive), one.tokens, left.squared, left.tokens)
            )
    return Region(
        total=size.total(unit), synthetic=surely["synthetic"], human=surely["human"],
        erring_synthetic=tuple(erring["synthetic"]), erring_human=tuple(erring["human"]), in_tokens=unit == "tokens",
    )  # fmt: skip


def _usable(one: Evidence, size: Size, unit: Unit) -> bool:
    """Whether evidence that can err says anything in this unit."""
    return isinstance(one.false_positive, Estimate) and (unit == "documents" or size.squared > 0)


def law_of(estimate: Estimate) -> Law:
    """The law of any estimate of a share, its own or the one that its standard error implies."""
    if estimate.law is not None:
        return estimate.law
    share = estimate.value
    if estimate.se > 0 and 0 < share < 1:
        return EffectiveWilson(share, share * (1 - share) / estimate.se**2, estimate.df)
    return Fixed(*estimate.interval(0.999))


def _assumption(evidence: Sequence[Evidence], size: Size, unit: Unit) -> str:
    """What the region takes as true."""
    said = ["declared origin and exact matches are true"]
    used = [one.name for one in evidence if not one.certain and _usable(one, size, unit)]
    if used:
        said.append(f"false positives of {', '.join(used)} fall on documents independently, at most at the stated rate")
    unused = [one.name for one in evidence if not one.certain and not _usable(one, size, unit)]
    if unused:
        said.append(f"{', '.join(unused)} not used: the false-positive rate is not known in this unit")
    return "; ".join(said)
