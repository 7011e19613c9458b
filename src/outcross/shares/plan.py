"""How many more labels reach a wanted width."""

import math
from dataclasses import replace

from outcross.errors import CallError
from outcross.estimate import Finding, Law, Unknown
from outcross.estimate.laws import EffectiveWilson, Hull, Reviewed, Scaled

MOST = 4096.0
"""No plan asks for more than this many times the labels there are."""


def more_labels(finding: Finding, width: float, level: float = 0.95) -> int | Unknown:
    """How many more labels, which say the same as those there are, bring the interval to a width.

    The finite size of the corpus is left out, so the number is on the safe side.

    Args:
        finding: by labels, from `labels.label_share`.
        width: wanted, 0-1 (0.1 = ten points).
        level: of confidence.

    Returns:
        A number of labels, 0 where the interval is narrow enough; Unknown where labels alone cannot do it.

    Raises:
        CallError: where the width is not between 0 and 1.
    """
    if not 0 < width < 1:
        raise CallError(f"A width of {width:g} was asked for.", hint="Give a share between 0 and 1: 0.1 is ten points.")
    if isinstance(finding, Unknown):
        return finding
    if finding.law is None:
        return Unknown("this figure does not rest on labels")
    if width_of(finding.law, level) <= width:
        return 0
    remains = width_of(finding.law.grown(MOST), level)
    if remains > width:
        return Unknown(
            f"no number of labels does it: {100 * remains:.1f} points remain, from reviewers' errors and open labels; "
            "plant more items, or make reviewers surer"
        )
    return math.ceil(finding.n * (_factor(finding.law, width, level) - 1))


def _factor(law: Law, width: float, level: float) -> float:
    """The least growth that reaches the width, to a thousandth."""
    low, high = 1.0, MOST
    while high / low > 1.001:
        middle = math.sqrt(low * high)
        if width_of(law.grown(middle), level) <= width:
            high = middle
        else:
            low = middle
    return high


def width_of(law: Law, level: float = 0.95) -> float:
    """How wide the interval of a law is."""
    low, high = law.interval(level)
    return high - low


def first_labels(width: float, share: float = 0.5, level: float = 0.95) -> int:
    """How many labels to begin with, if the score helps nothing and reviewers are right.

    Args:
        width: wanted, 0-1.
        share: what one expects; 0.5 is the worst.
        level: of confidence.
    """
    low, high = 10, 10_000_000
    while low < high:
        middle = (low + high) // 2
        if width_of(EffectiveWilson(share, float(middle)), level) <= width:
            high = middle
        else:
            low = middle + 1
    return low


def with_more_gold(law: Law, factor: float = 2.0) -> Law | None:
    """The law with more planted items that say the same; None where none enter."""
    if isinstance(law, Reviewed):
        gold = law.gold
        more = replace(
            gold, synthetic=round(gold.synthetic * factor), called=round(gold.called * factor),
            human=round(gold.human * factor), miscalled=round(gold.miscalled * factor),
        )  # fmt: skip
        return replace(law, gold=more)
    if isinstance(law, Scaled):
        inner = with_more_gold(law.inner, factor)
        return None if inner is None else replace(law, inner=inner)
    if isinstance(law, Hull):
        lower, upper = with_more_gold(law.lower, factor), with_more_gold(law.upper, factor)
        return None if lower is None or upper is None else Hull(lower, upper)
    return None
