"""Words of the world for what something consists of: the digital source types of IPTC, and their other spellings.

Terms: https://cv.iptc.org/newscodes/digitalsourcetype/ (retired ones are still found in files). C2PA adds one for data
files and one for empty ones; schema.org spells the same terms with an ending, `...DigitalSource`.
"""

import re
from dataclasses import dataclass
from typing import Any

from outcross.provenance.record import TEXT, Kind, Origin

NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Where the terms live; the address is written with http in all files that are valid."""


@dataclass(frozen=True)
class Term:
    """A term for what something consists of.

    Attributes:
        name: of the term, without its address.
        kind: of a record that it stands for; unknown where it may be either.
        note: what a reader should know of it: that it is retired, or says less than it seems to; else empty.
    """

    name: str
    kind: Kind
    note: str = ""

    @property
    def address(self) -> str:
        """Of the term, as files cite it."""
        place = _C2PA if self.name in _OF_C2PA else NEWSCODES
        return place + self.name

    def origin(self, scope: str = TEXT) -> Origin:
        """What a record says of a scope that the term describes."""
        return Origin(self.kind, scope)


_C2PA = "http://c2pa.org/digitalsourcetype/"
_OF_C2PA = ("trainedAlgorithmicData", "empty")

# "Composite with trained algorithmic media" is an original that a model changed; only "composite synthetic" is a mix of
# elements. What was taken from a screen, recorded from a virtual event or composed of anything may be of any origin.
TERMS = {one.name: one for one in (
    Term("trainedAlgorithmicMedia", "synthetic"),
    Term("trainedAlgorithmicData", "synthetic"),
    Term("compositeWithTrainedAlgorithmicMedia", "edited"),
    Term("algorithmicallyEnhanced", "edited"),
    Term("compositeSynthetic", "mixed"),
    Term("algorithmicMedia", "procedural"),
    Term("dataDrivenMedia", "procedural"),
    Term("digitalCapture", "human"),
    Term("computationalCapture", "human"),
    Term("compositeCapture", "human"),
    Term("negativeFilm", "human"),
    Term("positiveFilm", "human"),
    Term("print", "human"),
    Term("digitalCreation", "human"),
    Term("humanEdits", "human"),
    Term("composite", "unknown", "what was composed may be of any origin"),
    Term("screenCapture", "unknown", "what a screen showed may be of any origin"),
    Term("virtualRecording", "unknown", "what was recorded may be of any origin"),
    Term("empty", "unknown", "nothing was there at the time"),
    Term("minorHumanEdits", "human", "the term is retired: humanEdits took its place"),
    Term("digitalArt", "human", "the term is retired: digitalCreation took its place"),
    Term("softwareImage", "unknown", "the term is retired: it did not tell models from other programs"),
    Term("multiFrameComputationalCapture", "human", "the term is spelt computationalCapture by IPTC"),
)}  # fmt: skip
"""Every term that is known, by name."""

_FOLDED = {name.lower(): one for name, one in TERMS.items()}
_PLACE = re.compile(
    r"(?:https?://(?:www\.)?(?:cv\.iptc\.org/newscodes/digitalsourcetype|c2pa\.org/digitalsourcetype|schema\.org)/"
    r"|(?:digsrctype|digitalsourcetype|iptc|iptcdst|c2pa|schema|sc|dst):)?",
    re.IGNORECASE,
)


def term_of(said: Any) -> Term | None:
    """The term that a value names: bare, by its address, by a prefix, or as schema.org spells it; None if none does."""
    if not isinstance(said, str) or len(said) > 200:
        return None
    place = _PLACE.match(said.strip())
    name = said.strip()[place.end() if place else 0 :].strip("/")
    return _FOLDED.get(name.lower().removesuffix("digitalsource"))
