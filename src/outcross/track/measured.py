"""The measures that generations are compared by: what each shows, how its changes are counted, which way is a loss."""

from dataclasses import dataclass
from typing import Literal

Scale = Literal["log", "points", "nats", "units"]
Loss = Literal["fall", "rise", "either"]


@dataclass(frozen=True)
class Measured:
    """One measure.

    Attributes:
        name: dotted and stable.
        label: a few words.
        meaning: one sentence.
        scale: how a change is counted: log ratio, difference of shares, difference in nats or in its own units.
        loss: the direction that is a loss of what human text has.
        percent: show it as a percentage.
        layer: the quality layer.
        unit: what a value is counted in.
    """

    name: str
    label: str
    meaning: str
    scale: Scale = "log"
    loss: Loss = "fall"
    percent: bool = False
    layer: Literal["data", "model"] = "model"
    unit: str = ""


TAIL_SHARE = "tail.share"
TYPES = "types"

OF_TEXT: tuple[Measured, ...] = (
    Measured(TAIL_SHARE, "words from the human tail", "Share of words that belong to the human reference's tail (its "
             "rarest words, a tenth of its mass).", percent=True, unit="share of words"),
    Measured("tail.survival", "rare words that survive", "Share of the reference's tail words that occur among a "
             "common number of documents.", percent=True, unit="share of words of the tail"),
    Measured("unknown.share", "words unknown to the reference", "Share of words that the human reference does not "
             "hold: noise, invention, new topics.", loss="rise", percent=True, unit="share of words"),
    Measured(TYPES, "distinct words", "Distinct words among a common number of documents (Hill number of order 0).",
             unit="distinct words"),
    Measured("types.covered", "distinct words at equal coverage", "Distinct words where both samples hold the same "
             "share of the words of a further document.", unit="distinct words"),
    Measured("hill.1", "frequent words", "Effective number of frequent words (Hill number of order 1, over "
             "documents).", unit="effective words"),
    Measured("hill.2", "very frequent words", "Effective number of very frequent words (Hill number of order 2).",
             unit="effective words"),
    Measured("distinct.1", "distinct-1", "Distinct words over words, among a common number of documents.",
             percent=True, unit="share of words"),
    Measured("distinct.2", "distinct-2", "Distinct pairs of words over pairs, among a common number of documents.",
             percent=True, unit="share of 2-grams"),
    Measured("distinct.3", "distinct-3", "Distinct triples of words over triples, among a common number of "
             "documents.", percent=True, unit="share of 3-grams"),
    Measured("entropy", "entropy of words", "Shannon entropy of words at a common number of documents, corrected for "
             "its bias (Miller 1955).", unit="bits a word"),
    Measured("kl", "distance to human words", "Kullback-Leibler divergence of the reference's words from those of the "
             "generation: high where words that people use are missing.", scale="nats", loss="rise", unit="nats"),
    Measured("compression", "compression ratio", "Bytes over bytes after zlib, of the beginnings of documents: higher "
             "is more redundant.", loss="rise", unit="ratio"),
    Measured("repetition", "repetition inside documents", "Mean share of a document's words in 5-grams that it "
             "repeats.", scale="points", loss="rise", percent=True, unit="share of words"),
    Measured("similarity.between", "likeness between documents", "Share of a document's distinct pairs of words that "
             "a random other document holds too.", loss="rise", percent=True, unit="share of 2-grams"),
    Measured("similarity.within", "likeness within a prompt", "The same between two documents of one prompt.",
             loss="rise", percent=True, unit="share of 2-grams"),
    Measured("length", "words a document", "Mean number of words of a document.", loss="either", unit="words"),
)  # fmt: skip

OF_LOSSES: tuple[Measured, ...] = (
    Measured("perplexity", "loss on held-out human text", "Mean loss of the generation's model on held-out human text "
             "(the log of its perplexity).", scale="nats", loss="rise", unit="nats a token"),
    Measured("perplexity.q50", "median loss of held-out documents", "Median over held-out human documents of the "
             "loss.", scale="nats", loss="rise", unit="nats a token"),
    Measured("perplexity.q90", "loss of hard documents (90 %)", "90 % quantile over held-out human documents of the "
             "loss.", scale="nats", loss="rise", unit="nats a token"),
    Measured("perplexity.q99", "loss of the hardest documents (99 %)", "99 % quantile over held-out human documents "
             "of the loss.", scale="nats", loss="rise", unit="nats a token"),
)  # fmt: skip

OF_EMBEDDINGS: tuple[Measured, ...] = (
    Measured("embedding.vendi", "Vendi score", "Effective number of distinct items by their embeddings (order 1).",
             unit="effective items"),
    Measured("embedding.vendi.2", "Vendi score, order 2", "Effective number of frequent kinds of items by their "
             "embeddings.", unit="effective items"),
    Measured("embedding.vendi.inf", "Vendi score, order infinity", "One over the share of the largest direction "
             "among embeddings.", unit="effective items"),
    Measured("embedding.dispersion", "dispersion", "Mean cosine distance between two items.", unit="cosine distance"),
    Measured("embedding.variance", "variance", "Trace of the covariance of embeddings.", unit="squared distance"),
    Measured("embedding.modes", "parting of clusters", "Intraclass correlation of the named clusters: how far they "
             "stand apart.", scale="units", unit="correlation"),
    Measured("embedding.coverage", "coverage of human items", "Share of human items that have a generated one among "
             "their nearest (Naeem et al. 2020).", percent=True, unit="share of items"),
    Measured("embedding.recall", "recall of human items", "Share of human items that lie within the generated set "
             "(Kynkäänniemi et al. 2019).", percent=True, unit="share of items"),
    Measured("embedding.precision", "precision", "Share of generated items that lie within the human set.",
             percent=True, unit="share of items"),
    Measured("embedding.density", "density", "Human neighbourhoods a generated item lies in, over k.", loss="either",
             unit="ratio"),
    Measured("embedding.shift", "shift of the mean", "Squared distance of the mean embedding from the human one, over "
             "the human variance.", scale="units", loss="rise", unit="human variances"),
)  # fmt: skip


def task(name: str, *, higher_is_better: bool | None) -> Measured:
    """An imported score of a task, as a measure."""
    loss: Loss = "either" if higher_is_better is None else "fall" if higher_is_better else "rise"
    return Measured(f"task.{name}", name, f"Imported score: {name}.", scale="units", loss=loss, unit="score")


def catalogue() -> dict[str, Measured]:
    """All measures but imported scores, by name."""
    return {one.name: one for one in (*OF_TEXT, *OF_LOSSES, *OF_EMBEDDINGS)}
