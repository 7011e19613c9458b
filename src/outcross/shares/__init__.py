"""The synthetic share on a ladder of assumptions: estimators over counts and labels, and the record of the four rungs.

Pure functions: counts and labels in, an Estimate or an Unknown out. Nothing here reads a text or a file.

0. `region`: what is known without a model: [known synthetic, 1 - known human].
1. `dated_bound`: a lower bound from human text older than the generators.
2. `emq`: a model of the score. A predictor, marked "not calibrated here".
3. `label_share`: a recorded random sample that people labelled. The one that holds.
"""

from outcross.estimate.laws import Gold
from outcross.shares.dated import dated_bound
from outcross.shares.labels import Labelled, Question, label_of, label_share
from outcross.shares.ladder import DATED, LABELS, MODEL, REGION, Ladder, Rung, Step, ladder, of_whole
from outcross.shares.plan import first_labels, more_labels
from outcross.shares.quantify import Held, emq
from outcross.shares.region import Evidence, Size, of_drawn, region
from outcross.shares.scores import Scores

__all__ = [
    "DATED", "LABELS", "MODEL", "REGION", "Evidence", "Gold", "Held", "Labelled", "Ladder", "Question", "Rung",
    "Scores", "Size", "Step", "dated_bound", "emq", "first_labels", "label_of", "label_share", "ladder",
    "more_labels", "of_drawn", "of_whole", "region",
]  # fmt: skip
