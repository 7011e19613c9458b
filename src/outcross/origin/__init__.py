"""Evidence of origin, a detector a file: what says that a document was written by a person or by a machine."""

from outcross.origin.detector import Detector, Scorer, Verdicts

__all__ = ["Detector", "Scorer", "Verdicts"]
