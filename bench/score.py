"""How well text scores do on text of known origin: `python bench/score.py FOLDER`, Markdown on standard output.

FOLDER holds docs.jsonl.gz and attacks.jsonl.gz: records with text, label, domain, generator, generator_family,
source_repo and kind. It is read for evaluation and never packaged. Synthetic text is that of instruct models;
samples of base models are told of apart.
"""

import argparse
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from outcross.estimate import Finding
from outcross.measure import Array, Batch
from outcross.origin import ranking
from outcross.origin.fit import Examples, Trainer, examples, fit
from outcross.origin.score import TextScore, load

BASE_MODELS = {"gpt-j-6B", "gpt-neo-2.7B", "gpt2-xl", "opt-2.7b", "gpt-neox-20b", "davinci"}
Record = dict[str, Any]


def records(path: Path) -> list[Record]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def batch_of(found: list[Record], column: str = "domain") -> Batch:
    ids = pa.array([one["id"] for one in found], pa.string())
    groups = pa.array([one[column] or "" for one in found], pa.string())
    return Batch(pa.array([one["text"] for one in found], pa.large_string()), ids, groups)


def told(finding: Finding) -> str:
    record = finding.to_dict()
    return f"{record['value']:.3f}" if "value" in record else "n/a"


def row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def heading(*cells: str) -> None:
    row(*cells)
    row(*("---" for _ in cells))


def by_domain(score: TextScore, found: list[Record]) -> None:
    """Ranks and calls by domain."""
    heading("domain", "synthetic", "human", "AUROC", "synthetic called", "human called", "not scored")
    scores = score.score(batch_of(found))
    domains = np.array([one["domain"] for one in found])
    synthetic = np.array([one["label"] == "synthetic" for one in found])
    for domain in ["all", *sorted(set(domains.tolist()))]:
        there = (domains == domain) | (domain == "all")
        usable = there & ~np.isnan(scores)
        machine, people = scores[usable & synthetic], scores[usable & ~synthetic]
        row(domain, len(machine), len(people), told(ranking.auroc(machine, people)),
            told(ranking.share_above(machine, 0.5)), told(ranking.share_above(people, 0.5)),
            f"{1 - usable.sum() / there.sum():.1%}")  # fmt: skip


def by_human_source(score: TextScore, found: list[Record]) -> None:
    """False alarms by source of human text."""
    heading("source of human text", "domain", "documents", "called synthetic")
    people = [one for one in found if one["label"] == "human"]
    scores = score.score(batch_of(people))
    keys = np.array([f"{one['source_repo']} | {one['domain']}" for one in people])
    for key in sorted(set(keys.tolist())):
        values = scores[(keys == key) & ~np.isnan(scores)]
        row(*key.split(" | "), len(values), told(ranking.share_above(values, 0.5)))


def refitted(human: list[Record], machine: list[Record]) -> None:
    """A score fitted to this text: held out by documents, by domain and by family of the generator."""
    sides: list[Examples] = [examples([batch_of(human)]), examples([batch_of(machine)])]
    facts = fit(*sides).facts
    heading("left out", "AUROC", "found at 1 % false alarms")
    in_domain = facts["held_out"]
    row("documents, in five folds", *(f"{in_domain[name]['value']:.3f}" for name in ("auroc", "found_at_1_percent")))
    trainer = Trainer(*sides)
    sizes = {name: [((trainer.sources == name) & (trainer.synthetic == side)).sum() for side in (True, False)]
             for name in np.unique(trainer.sources)}  # fmt: skip
    both = [name for name, counts in sizes.items() if min(counts) >= 50]
    figures = [(name, *without(trainer, trainer.sources == name, trainer.sources == name)) for name in both]
    summary("domain", figures)
    families = examples([batch_of(machine, "generator_family")])
    trainer = Trainer(sides[0], families)
    held = ~trainer.synthetic & (trainer.folds < 2)
    names = [name for name in np.unique(families.sources) if families.sources.count(str(name)) >= 50]
    left = {name: (trainer.sources == name) & trainer.synthetic | held for name in names}
    summary("family", [(name, *without(trainer, rows, rows)) for name, rows in left.items()])


def without(trainer: Trainer, left: Array, tested: Array) -> tuple[float, float]:
    """AUROC and share found of a model that has not seen some documents."""
    made = trainer.fit(~left)
    if made is None:
        raise SystemExit("a side is empty")
    logits = made.logits(trainer.features)
    machine, people = logits[tested & trainer.synthetic], logits[tested & ~trainer.synthetic]
    figures = ranking.auroc(machine, people), ranking.found_at(machine, people)
    return tuple(float(one.to_dict().get("value", "nan")) for one in figures)  # type: ignore[return-value]


def summary(what: str, figures: list[tuple[str, float, float]]) -> None:
    for name, area, found in figures:
        row(f"{what} {name}", f"{area:.3f}", f"{found:.3f}")
    row(f"**mean over each {what}**", *(f"**{np.nanmean([one[column] for one in figures]):.3f}**" for column in (1, 2)))


LOOKALIKES = dict(
    zip(
        "aeopcyxABEHKMOPCTX",
        (
            "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0410\u0412\u0415\u041d\u041a\u041c\u041e\u0420\u0421\u0422\u0425"
        ),
        strict=True,
    )
)
SYNONYMS = dict(
    re.findall(
        r"(\w+):(\w+)",
        """
 important:key significant:big various:many numerous:many however:but additionally:also furthermore:also moreover:also
 therefore:so utilize:use demonstrate:show provide:give ensure:make enhance:improve crucial:vital essential:vital
 individuals:people approximately:about obtain:get require:need assist:help begin:start commence:start attempt:try
 purchase:buy sufficient:enough additional:more entire:whole often:frequently large:big small:little difficult:hard
 create:make explore:study develop:build consider:weigh overall:altogether include:cover potential:possible
 effective:useful complex:involved experience:feel understand:grasp believe:think reveal:show suggest:hint""",
    )
)
CONTRACTIONS = {"it is": "it's", "do not": "don't", "is not": "isn't", "cannot": "can't", "they are": "they're",
                "does not": "doesn't", "we are": "we're", "that is": "that's", "will not": "won't"}  # fmt: skip


def homoglyphs(text: str, draw: random.Random) -> str:
    return "".join(LOOKALIKES[one] if one in LOOKALIKES and draw.random() < 0.3 else one for one in text)


def zero_widths(text: str, draw: random.Random) -> str:
    return "".join(one + ("\u200b" if draw.random() < 0.1 else "") for one in text)


def misspelt(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 3 and draw.random() < 0.06:
            k = draw.randrange(len(word) - 1)
            words[place] = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    return " ".join(words)


def synonyms(text: str, draw: random.Random) -> str:
    return re.sub(r"\w+", lambda found: SYNONYMS.get(found[0].lower(), found[0]), text)


def contracted(text: str, draw: random.Random) -> str:
    for long, short in CONTRACTIONS.items():
        text = text.replace(long, short)
    return text


def combined(text: str, draw: random.Random) -> str:
    return misspelt(contracted(synonyms(re.sub("[,;:]", "", text), draw), draw), draw)


def first(words: int) -> Callable[[str, random.Random], str]:
    return lambda text, draw: " ".join(text.split()[:words])


OFFLINE: dict[str, Callable[[str, random.Random], str]] = {
    "none": lambda text, draw: text,
    "homoglyphs in 30 % of letters": homoglyphs,
    "zero-width characters": zero_widths,
    "double spaces": lambda text, draw: text.replace(" ", "  "),
    "lower case": lambda text, draw: text.lower(),
    "6 % of words misspelt": misspelt,
    "70 % of articles dropped": lambda text, draw: re.sub(
        r"\b(?:[Tt]he|[Aa]n?) ", lambda found: "" if draw.random() < 0.7 else found[0], text
    ),
    "synonyms": synonyms,
    ", ; : dropped": lambda text, draw: re.sub("[,;:]", "", text),
    "punctuation, synonyms, contractions, misspelling": combined,
    "first 100 words": first(100),
    "first 60 words": first(60),
}


def attacked(scores: dict[str, TextScore], held: tuple[list[Record], list[Record]], recorded: list[Record]) -> None:
    """What attacks do to scores: the AUROC against untouched human text, and the share that is still scored."""
    heading("attack", *(f"AUROC, {name}" for name in scores), "scored")
    people = {name: clean(score.score(batch_of(held[0]))) for name, score in scores.items()}
    for name, change in OFFLINE.items():
        draw = random.Random(7)  # noqa: S311 - not for keys
        line(name, scores, [one | {"text": change(one["text"], draw)} for one in held[1]], people)
    for kind in sorted({one["kind"] for one in recorded}):
        line(kind, scores, [one for one in recorded if one["kind"] == kind], people)


def line(name: str, scores: dict[str, TextScore], found: list[Record], people: dict[str, Array]) -> None:
    seen = {key: score.score(batch_of(found)) for key, score in scores.items()}
    figures = [told(ranking.auroc(clean(values), people[key])) for key, values in seen.items()]
    row(name, *figures, f"{np.mean([~np.isnan(values) for values in seen.values()]):.1%}")


def clean(values: Array) -> Array:
    kept: Array = values[~np.isnan(values)]
    return kept


def halves(found: list[Record]) -> Iterator[list[Record]]:
    draws = np.random.default_rng(3).random(len(found))
    for lower in (True, False):
        yield [one for one, draw in zip(found, draws, strict=True) if (draw < 0.5) == lower]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    found = records(folder / "docs.jsonl.gz")
    human = [one for one in found if one["label"] == "human"]
    instruct = [one for one in found if one["label"] == "synthetic" and one["generator"] not in BASE_MODELS]
    general = load()
    print(f"## The packaged score ({general.digest})\n")
    by_domain(general, human + instruct)
    print("\n### False alarms by source\n")
    by_human_source(general, human)
    print("\n### Samples of base models (no instruct models)\n")
    by_domain(general, human + [one for one in found if one["generator"] in BASE_MODELS])
    print("\n## A score fitted to this text\n")
    refitted(human, instruct)
    print("\n## Attacks\n")
    (fitting, people), (more, machine) = tuple(halves(human)), tuple(halves(instruct))
    own = fit(examples([batch_of(fitting)]), examples([batch_of(more)]))
    attacked({"fitted": own, "packaged": general}, (people, machine[::4]), records(folder / "attacks.jsonl.gz"))


if __name__ == "__main__":
    main()
