"""From states to figures: which sizes to rarefy to, and which figures the text does not allow."""

from outcross.engine.states import Family
from outcross.estimate import Unknown
from outcross.measure import Asked, Findings
from outcross.measures import families
from outcross.measures.jackknife import FEWEST_DOCUMENTS
from outcross.measures.languages import MOST_UNSPACED, unspaced_share

SMALLEST = 32
DENSE = 6

# Families whose figures count words, and figures of others that do.
_OF_WORDS = frozenset({"words", "ngrams", "reference"})
_ALSO_OF_WORDS = ("length.", "repetition.top_", "repetition.5", "repetition.6", "repetition.7", "repetition.8",
                  "repetition.9", "repetition.10", "repetition.mean", "repetition.any", "duplicates.near")  # fmt: skip


def ladder(states: Family) -> tuple[int, ...]:
    """Sizes to rarefy to: the most documents left when any jackknife group is left out, and powers of two below.

    Every power of two for the six largest, every other one below: comparisons interpolate between them.
    """
    documents = states["size"]["documents"]
    total = int(documents.sum())
    top = total - int(documents.max())
    if total < FEWEST_DOCUMENTS or top < SMALLEST:
        return ()
    powers = [power for power in range(SMALLEST.bit_length() - 1, top.bit_length()) if 1 << power < top]
    kept = [power for place, power in enumerate(reversed(powers)) if place < DENSE or (place - DENSE) % 2]
    return (*(1 << power for power in reversed(kept)), top)


def conclude(states: Family, asked: Asked) -> Findings:
    """All figures of a set of documents."""
    findings = Findings()
    unspaced = unspaced_share(states, segmented=asked.segmented)
    reason = Unknown(
        f"{unspaced:.0%} of letters are in scripts without spaces between words; use --segmenter budoux "
        "(Chinese, Japanese, Thai)"
    )
    for name, family in families().items():
        found = family.conclude(states, asked)
        if unspaced > MOST_UNSPACED:
            found.figures = {
                key: reason if name in _OF_WORDS or key == "words" or key.startswith(_ALSO_OF_WORDS) else finding
                for key, finding in found.figures.items()
            }
            found.curves = {key: curve for key, curve in found.curves.items() if found.figures[key] is not reason}
        findings.add(found)
    return findings
