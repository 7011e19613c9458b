"""The named definitions of model collapse, each with an operational test, its boundary and its source.

Papers mean different things by collapse (Schaeffer et al. 2025 count eight). So there is one verdict a definition,
and never one for all. "Does not hold" is said only where the test could have seen it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outcross.errors import CallError
from outcross.track import deciding
from outcross.track.levelling import FEWEST
from outcross.track.observed import Observed, Reading
from outcross.track.record import Verdict

_EIGHT = "one of the eight of Schaeffer et al. 2025, arXiv:2503.03150"
_BAND = "The band of the change, which holds at all looks together,"
_NARROW = "Unknown where the band is wider than the margin"


@dataclass(frozen=True)
class Definition:
    """One meaning of collapse.

    Attributes:
        name: kebab-case and stable.
        label: a few words for a table.
        source: the papers, and where in them.
        question: what it asks, in one sentence.
        test: how it is answered, in words.
        needs: measures and facts that it reads.
        boundary: when it says that it does not know, and what it cannot show.
        test_of: the test itself.
    """

    name: str
    label: str
    source: str
    question: str
    test: str
    needs: tuple[str, ...]
    boundary: str
    test_of: Callable[[Observed], Reading]

    def decide(self, observed: Observed) -> Verdict:
        """The verdict on a lineage."""
        found = self.test_of(observed)
        return Verdict(self.name, self.label, self.source, found.state, found.why, found.since, found.needs)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without the test itself."""
        keys = ("name", "label", "source", "question", "test", "boundary")
        return {key: getattr(self, key) for key in keys} | {"needs": list(self.needs)}


_ALL = (
    Definition(
        "catastrophic-risk-increase", "catastrophic increase of risk",
        f"Shumailov et al. 2024, Nature 631, 755-759, late collapse; {_EIGHT}",
        "Is the model no better on human text than a model that knows only how often words are?",
        "The interval of the held-out loss, at a level that holds at all looks together, lies above the loss of a "
        "unigram model on the same text.",
        ("perplexity", "fact trivial_loss"),
        "Unknown without the unigram model's loss, or where the interval holds it. Both losses must be of one "
        "tokenizer.",
        deciding.catastrophic,
    ),
    Definition(
        "any-risk-increase", "any increase of risk",
        f"Gerstgrasser et al. 2024, arXiv:2404.01413, section 2; {_EIGHT}",
        "Is the model worse on human text than the baseline?",
        f"{_BAND} of the mean held-out loss lies above 0.",
        ("perplexity",),
        f"{_NARROW}. A lagging sign: tails are lost long before the mean loss moves.",
        deciding.any_increase,
    ),
    Definition(
        "diverging-risk", "risk that diverges",
        f"Gerstgrasser et al. 2024, section 3; Kazdan et al. 2024, arXiv:2410.16713; {_EIGHT}",
        "Does the loss on human text go on rising, instead of levelling off?",
        "Every saturating curve that the course does not refuse rises by more than the margin over as many "
        "generations again. It does not hold where none does.",
        ("perplexity",),
        f"Unknown below {FEWEST} generations. That something grows for ever no finite course can show. Errors of "
        "generations must be independent, but for the baseline's.",
        deciding.diverging,
    ),
    Definition(
        "scaling-law-change", "change of the scaling law",
        "Dohmatob et al. 2024, A Tale of Tails, arXiv:2402.07043, and Strong Model Collapse, arXiv:2410.04840; "
        f"{_EIGHT}",
        "Does more training text help less than it did when it was human?",
        "The exponent of the held-out loss over the size of the training text, by weighted least squares of the "
        "logarithms, is lower than the baseline's beyond its error.",
        ("fact losses_by_size",),
        "Unknown without losses at three sizes, of the baseline and of a generation. A floor of the loss reads as a "
        "lower exponent too.",
        deciding.scaling_law,
    ),
    Definition(
        "collapsing-variance", "variance that collapses",
        f"Shumailov et al. 2024, theorem 3.1; Alemohammad et al. 2023, arXiv:2307.01850; {_EIGHT}",
        "Is what the model makes less spread out than what people make?",
        f"{_BAND} of embedding.dispersion or of entropy lies below 0.",
        ("embedding.dispersion", "entropy"),
        f"{_NARROW}. That it tends to 0 is not shown, only that it has fallen. What is not measured is left out.",
        deciding.variance,
    ),
    Definition(
        "mode-entanglement", "modes that merge",
        f"Shumailov et al. 2024, Gaussian mixtures and variational autoencoders; {_EIGHT}",
        "Do kinds that stood apart run into each other?",
        f"{_BAND} of embedding.modes (how far the clusters stand apart) lies below 0.",
        ("embedding.modes",),
        f"{_NARROW}, and without embeddings whose rows have a cluster that names their kind.",
        deciding.entanglement,
    ),
    Definition(
        "tail-disappearance", "tails that disappear",
        "Shumailov et al. 2024, early collapse; Suresh et al. 2024, arXiv:2412.17646; Seddik et al. 2024, "
        f"arXiv:2404.05090; {_EIGHT}",
        "Is what is rare in human text being lost?",
        f"{_BAND} of tail.survival or of tail.share lies below 0.",
        ("tail.survival", "tail.share"),
        f"{_NARROW}, and without a frozen human reference. Rare words put in on purpose hide it.",
        deciding.tail,
    ),
    Definition(
        "hallucinated-data", "data that people would not make",
        f"Shumailov et al. 2024, figure 1; {_EIGHT}",
        "Does the model make what human data give about no probability to?",
        f"{_BAND} of unknown.share lies above 0, or that of embedding.precision below.",
        ("unknown.share", "embedding.precision"),
        f"{_NARROW}. New names and topics are unknown to the reference too. What is not measured is left out.",
        deciding.hallucinated,
    ),
    Definition(
        "model-autophagy-disorder", "model autophagy disorder (MAD)",
        "Alemohammad et al. 2023, arXiv:2307.01850, the definition of MAD",
        "Does quality or diversity fall for want of fresh human data?",
        "embedding.precision or embedding.recall falls, and a part of the training text was not fresh human text.",
        ("embedding.precision", "embedding.recall", "fact human_share_fresh"),
        f"{_NARROW}, and, where one of them falls, without the fresh human share. That more fresh data would have "
        "helped is the definition's claim, not shown here.",
        deciding.autophagy,
    ),
    Definition(
        "non-iterative-collapse", "collapse without iteration",
        "Zhu et al. 2024 (ToEdit), arXiv:2412.14689, non-iterative model collapse",
        "Has mixing in synthetic text hurt at once, by concentrating n-grams?",
        "In the first generation that trained on synthetic text the held-out loss rises, and hill.2, distinct.2 or "
        "distinct.3 falls.",
        ("perplexity", "hill.2", "distinct.2", "distinct.3", "fact human_share_fresh"),
        f"{_NARROW}, and where it is not known which generation was the first to train on synthetic text.",
        deciding.concentrated,
    ),
    Definition(
        "instability", "retraining that is not stable",
        "Bertrand et al. 2023, arXiv:2310.00429, the condition for a contraction",
        "Does the distribution go on moving away from the human one?",
        "Every saturating curve of kl that the course does not refuse rises by more than the margin over as many "
        "generations again.",
        ("kl",),
        f"Unknown below {FEWEST} generations. Shown by distances, not by the operator that the theory is about.",
        deciding.unstable,
    ),
    Definition(
        "linguistic-decline", "linguistic decline",
        "Guo et al. 2023, The Curious Decline of Linguistic Diversity, arXiv:2311.09807",
        "Do words and phrases become fewer, whatever becomes of meanings?",
        f"{_BAND} of types, distinct.1, distinct.2 or distinct.3 lies below 0. Whether embedding.vendi falls as well "
        "is told beside.",
        ("types", "distinct.1", "distinct.2", "distinct.3", "embedding.vendi"),
        f"{_NARROW}. Syntax is seen only as far as phrases show it.",
        deciding.linguistic,
    ),
    Definition(
        "collapse-to-uniformity", "collapse to uniformity",
        "Gerstgrasser et al. 2024, section 4; Marchi et al. 2024, arXiv:2404.02325",
        "Does the model become more diverse and less human at once?",
        f"{_BAND} of entropy, distinct.2 or hill.1 lies above 0, and that of kl too.",
        ("entropy", "distinct.2", "hill.1", "kl"),
        f"{_NARROW}. Gates that watch only for losses of diversity pass it.",
        deciding.uniformity,
    ),
)  # fmt: skip


def definitions() -> dict[str, Definition]:
    """All definitions, by name, the eight of Schaeffer et al. first."""
    return {one.name: one for one in _ALL}


def definition(name: str) -> Definition:
    """One definition.

    Raises:
        CallError: there is none of this name.
    """
    found = definitions()
    if name not in found:
        raise CallError(f"There is no definition {name!r}.", hint=f"There are: {', '.join(found)}.")
    return found[name]


def verdicts(observed: Observed) -> tuple[Verdict, ...]:
    """What every definition says of a lineage: a vector, and never one number."""
    return tuple(one.decide(observed) for one in _ALL)
