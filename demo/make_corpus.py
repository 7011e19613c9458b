"""Make a demonstration corpus of real text whose truth is known, with no network and no data at hand.

The human half is the documentation that this Python installation carries: docstrings, parsed from the source
files (nothing is imported), and the help topics of `pydoc`. The synthetic half is sampled from a small
word-level language model, over several generations: generation 1 from a model of the human training part,
generation 2 from a model of generation 1, and so on, each generation replacing the one before. The decoder
cuts the tail (top-p), as real ones do, so the loss of rare words is real, and `truth.json` counts it.

Run it as `python demo/make_corpus.py --out demo-out --seed 7`.
"""

import argparse
import ast
import json
import platform
import re
import sysconfig
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

# All of these come with outcross itself: what else is installed does not change the corpus.
PACKAGES = ("click", "jinja2", "numpy", "pyarrow", "rich", "sqlalchemy")
SKIPPED_FOLDERS = frozenset({"__pycache__", "idlelib", "lib2to3", "site-packages", "test", "tests"})
# In characters: of a document, of a document that is cut, and of a paragraph that may stand only once.
SHORTEST = 200
LONGEST = 4000
REPEATABLE = 100
ODD_PART = 0.15
RARE_AT_MOST = 5
REFERENCE_PART = 0.4
TRAINING_PART = 0.4

WORD = re.compile(r"\w+")
# Every character falls in exactly one token, so joining the tokens gives the text back.
TOKEN = re.compile(r"\n\s*| ?\w+| ?[^\w\s]+|\s")
# What running text has little of.
ODD = re.compile(r"[^\w .,]|[\d_]")
# The parts of a statement that hold statements.
BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
# Roles and quotes of reStructuredText, and lines drawn with characters.
MARKUP = re.compile(r":[\w:]+:(?=`)|`+|([-=~^*+_.#])\1{3,}")
# The token that stands before and after every document.
EDGE = 0

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Truth = dict[str, Any]


class Document(NamedTuple):
    """A text, what made it ("human" or "generation-N"), and the module that a human text documents."""

    text: str
    source: str
    module: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is made from the human documents."""

    seed: int = 7
    generations: int = 4
    synthetic_share: float = 0.4
    top_p: float = 0.95

    def __post_init__(self) -> None:
        """Refuse a recipe that cannot be followed."""
        if self.generations < 1:
            raise ValueError("generations must be at least 1")
        if not 0 < self.synthetic_share < 1:
            raise ValueError("the synthetic share must lie between 0 and 1")
        if not 0 < self.top_p <= 1:
            raise ValueError("top-p must lie above 0 and be at most 1")


@dataclass(frozen=True, slots=True)
class Made:
    """The corpora of one recipe. `fresh` are texts of the first model that only the mixture has."""

    reference: list[Document]
    human: list[Document]
    generations: list[list[Document]]
    mixture: list[Document]
    fresh: list[Document]

    def corpora(self) -> dict[str, list[Document]]:
        """Give every corpus by its name, in the order in which people read them."""
        turns = {f"generation-{turn}": texts for turn, texts in enumerate(self.generations, 1)}
        return {"human-reference": self.reference, "human": self.human, **turns, "mixture": self.mixture}


# --- The human half ---


def is_prose(paragraph: str) -> bool:
    """Tell running text from tables, drawings and examples of code."""
    return len(ODD.findall(paragraph)) <= ODD_PART * len(paragraph) and ">>>" not in paragraph


def clean(text: str) -> str:
    """Keep the paragraphs of running text without markup: one line each, an empty line between them."""
    readable = MARKUP.sub("", text.encode("utf-8", "ignore").decode("utf-8"))
    paragraphs = (" ".join(block.split()) for block in re.split(r"\n\s*\n", readable))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph and is_prose(paragraph))


def pieces(text: str) -> Iterator[str]:
    """Cut a long text between its paragraphs, into pieces of about `LONGEST` characters at most."""
    held = ""
    for paragraph in text.split("\n\n"):
        if held and len(held) + len(paragraph) > LONGEST:
            yield held
            held = ""
        held = f"{held}\n\n{paragraph}" if held else paragraph
    yield held


def docstrings(source: bytes) -> Iterator[str]:
    """Give every docstring of a source file in its order, without running a line of it."""
    if b'"""' not in source and b"'''" not in source:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            waiting: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
        inside = [child for block in BLOCKS for child in getattr(node, block, ())]
        waiting.extend(reversed(inside))


def documentation(root: Path, package: str = "") -> Iterator[Document]:
    """Give every docstring below a folder, file by file in the order of their names."""
    for relative in sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py")):
        parts = Path(relative).with_suffix("").parts
        if SKIPPED_FOLDERS.isdisjoint(parts):
            module = ".".join([package, *parts]).strip(".").removesuffix(".__init__")
            for text in docstrings((root / relative).read_bytes()):
                yield Document(text, "human", module)


def help_topics() -> Iterator[Document]:
    """Give the language reference that `help()` shows."""
    for name, text in sorted(topics.items()):
        yield Document(text, "human", f"pydoc_data.topics.{name}")


def unseen(text: str, seen: set[str]) -> str:
    """Leave out the long paragraphs that were seen before, and remember the others."""
    kept = []
    for paragraph in text.split("\n\n"):
        key = paragraph.casefold()
        if len(key) < REPEATABLE or key not in seen:
            seen.add(key)
            kept.append(paragraph)
    return "\n\n".join(kept)


def distinct(documents: Iterable[Document]) -> list[Document]:
    """Clean and cut the documents; leave out the short ones and every repetition.

    Documentation copies itself, so paragraphs are compared as well: no two documents share a long one.
    """
    seen: set[str] = set()
    kept: dict[str, Document] = {}
    for document in documents:
        for text in pieces(unseen(clean(document.text), seen)):
            if len(text) >= SHORTEST:
                kept.setdefault(text.casefold(), document._replace(text=text))
    return list(kept.values())


def read_human(packages: Sequence[str] = PACKAGES) -> list[Document]:
    """Read the documentation of the standard library, and of those of the packages that are installed."""
    paths = sysconfig.get_paths()
    found = [*help_topics(), *documentation(Path(paths["stdlib"]))]
    for package in sorted(packages):
        found.extend(documentation(Path(paths["purelib"]) / package, package))
    return distinct(found)


# --- The language model ---


@dataclass(frozen=True, slots=True)
class Continuations:
    """What follows each context of one kind: the commonest first, and the tail beyond top-p cut off.

    `mass` counts what is kept of each context, `start` what is kept of all contexts before it, and `upto`
    what is kept up to and with each token: `start` plus a number below `mass` thus names a token, in
    proportion to its count.
    """

    context: Ints
    weight: Floats
    start: Ints
    mass: Ints
    upto: Ints
    token: Ints

    def draw(self, context: Ints, rng: np.random.Generator) -> tuple[Ints, Bools]:
        """Draw a token after each context, and say where this table is to be believed."""
        spot = np.minimum(np.searchsorted(self.context, context), len(self.context) - 1)
        known = self.context[spot] == context
        believed = known & (rng.random(len(context)) < self.weight[spot])
        chosen = self.start[spot] + rng.integers(0, self.mass[spot])
        return self.token[np.searchsorted(self.upto, chosen, side="right")], believed


def count_continuations(context: Ints, token: Ints, top_p: float) -> Continuations:
    """Count the tokens after each context; weigh a context by Witten and Bell: n / (n + distinct tokens)."""
    base = int(token.max()) + 1
    pairs, counts = np.unique(context * base + token, return_counts=True)
    contexts, tokens = np.divmod(pairs, base)
    # Tokens are numbered by frequency, so among equals the one that is rarer everywhere is cut.
    order = np.lexsort((tokens, -counts, contexts))
    contexts, tokens, counts = contexts[order], tokens[order], counts[order]
    names, first, breadth = np.unique(contexts, return_index=True, return_counts=True)
    total = np.add.reduceat(counts, first)
    before = np.cumsum(counts) - counts
    before -= np.repeat(before[first], breadth)
    kept = np.where(before < top_p * np.repeat(total, breadth), counts, 0)
    mass = np.add.reduceat(kept, first)
    return Continuations(
        context=names,
        weight=total / (total + breadth),
        start=np.cumsum(mass) - mass,
        mass=mass,
        upto=np.cumsum(kept[kept > 0]),
        token=tokens[kept > 0],
    )


@dataclass(frozen=True, slots=True)
class Model:
    """An interpolated trigram model: a token follows from two before it, or one, or the kind of that one.

    The kind keeps words apart: without it the model would glue two of them together.
    """

    tokens: list[str]
    kind: Ints
    any: Continuations
    one: Continuations
    two: Continuations

    def following(self, second: Ints, last: Ints, rng: np.random.Generator) -> Ints:
        """Draw the token after each pair of tokens, from the longest context that is believed."""
        drawn, _ = self.any.draw(self.kind[last], rng)
        for table, context in ((self.one, last), (self.two, second * len(self.tokens) + last)):
            longer, believed = table.draw(context, rng)
            drawn = np.where(believed, longer, drawn)
        return drawn

    def sample(self, lengths: Ints, rng: np.random.Generator) -> list[str]:
        """Write one text of each length (in tokens), all of them side by side."""
        order = np.argsort(-lengths, kind="stable")
        ordered = lengths[order]
        grid = np.full((len(lengths), int(ordered[0]) + 2), EDGE, dtype=np.int64)
        for step in range(int(ordered[0])):
            going = int(np.count_nonzero(ordered > step))
            grid[:going, step + 2] = self.following(grid[:going, step], grid[:going, step + 1], rng)
        texts = [""] * len(lengths)
        for place, row, length in zip(order.tolist(), grid, ordered.tolist(), strict=True):
            texts[place] = "".join([self.tokens[token] for token in row[2 : length + 2].tolist()]).strip()
        return texts


def kind_of(token: str) -> int:
    """Tell words from breaks between paragraphs, and both from the rest."""
    if token.startswith("\n"):
        return 2
    return int(WORD.match(token[-1:]) is not None)


def fit(texts: Iterable[str], top_p: float) -> Model:
    """Fit a model to texts, seeing nothing else."""
    split = [TOKEN.findall(text) for text in texts]
    frequency = Counter(token for tokens in split for token in tokens)
    ranked = sorted(frequency, key=lambda token: (-frequency[token], token))
    number = {token: rank for rank, token in enumerate(ranked, EDGE + 1)}
    line: list[int] = []
    for tokens in split:
        line += (EDGE, EDGE)
        line += map(number.__getitem__, tokens)
    stream = np.asarray(line, dtype=np.int64)
    here = np.flatnonzero(stream != EDGE)
    token, last, second = stream[here], stream[here - 1], stream[here - 2]
    kind = np.asarray([kind_of(text) for text in ("", *ranked)], dtype=np.int64)
    return Model(
        tokens=["", *ranked],
        kind=kind,
        any=count_continuations(kind[last], token, top_p),
        one=count_continuations(last, token, top_p),
        two=count_continuations(second * (len(ranked) + 1) + last, token, top_p),
    )


# --- The corpora ---


def shuffled(documents: Sequence[Document], rng: np.random.Generator) -> list[Document]:
    """Return the documents in random order."""
    return [documents[place] for place in rng.permutation(len(documents)).tolist()]


def build(documents: Sequence[Document], recipe: Recipe) -> Made:
    """Make every corpus of a recipe from human documents.

    Of the synthetic documents of the mixture, half are in the file of generation 1 too, as if the own model's
    output had been kept; the other half come from the same model and are nowhere else.
    """
    rng = np.random.default_rng(recipe.seed)
    human = shuffled(documents, rng)
    first = round(REFERENCE_PART * len(human))
    second = first + round(TRAINING_PART * len(human))
    reference, training, held_out = human[:first], human[first:second], human[second:]
    synthetic = round(len(held_out) * recipe.synthetic_share / (1 - recipe.synthetic_share))
    known = min(synthetic // 2, len(training))
    if not training or synthetic < 1:
        raise ValueError(f"{len(documents)} human documents are too few for a synthetic share this small")
    lengths = np.asarray([len(TOKEN.findall(document.text)) for document in training], dtype=np.int64)
    generations: list[list[Document]] = []
    fresh: list[Document] = []
    parent = training
    for turn in range(1, recipe.generations + 1):
        model = fit((document.text for document in parent), recipe.top_p)
        if turn == 1:
            texts = model.sample(rng.choice(lengths, size=synthetic - known), rng)
            fresh = [Document(text, "generation-1") for text in texts]
        parent = [Document(text, f"generation-{turn}") for text in model.sample(rng.permutation(lengths), rng)]
        generations.append(parent)
    kept = shuffled(generations[0], rng)[:known]
    return Made(reference, training, generations, shuffled([*held_out, *kept, *fresh], rng), fresh)


# --- The truth ---


def count_words(documents: Iterable[Document]) -> Counter[str]:
    """Count the words of the documents, in lower case."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(WORD.findall(document.text.lower()))
    return counts


def facts(documents: Sequence[Document], rare: frozenset[str]) -> Truth:
    """Count what a corpus has, and how many of the rare words of the reference it still has."""
    counts = count_words(documents)
    return {
        "documents": len(documents),
        "characters": sum(len(document.text) for document in documents),
        "words": counts.total(),
        "distinct_words": len(counts),
        "words_seen_once": sum(1 for count in counts.values() if count == 1),
        "rare_words_kept": round(len(rare & counts.keys()) / max(len(rare), 1), 4),
    }


def mixture_truth(made: Made) -> Truth:
    """Tell the synthetic share of the mixture, by every unit in which it may be asked for."""
    synthetic = [document for document in made.mixture if document.source != "human"]
    sizes = {
        "documents": (len(synthetic), len(made.mixture)),
        "words": (count_words(synthetic).total(), count_words(made.mixture).total()),
        "characters": (sum(len(row.text) for row in synthetic), sum(len(row.text) for row in made.mixture)),
    }
    return {
        "synthetic_share": {unit: round(part / whole, 6) for unit, (part, whole) in sizes.items()},
        "synthetic_documents": len(synthetic),
        "human_documents": len(made.mixture) - len(synthetic),
        "synthetic_documents_also_in_generation_1": len(synthetic) - len(made.fresh),
    }


def tell_truth(made: Made, recipe: Recipe) -> Truth:
    """Tell all that is known of the corpora."""
    reference = count_words(made.reference)
    rare = frozenset(word for word, count in reference.items() if count <= RARE_AT_MOST)
    modules = (document.module for document in (*made.reference, *made.human, *made.mixture) if document.module)
    roots = Counter(module.partition(".")[0] for module in modules)
    packages = {root: roots.pop(root) for root in (*PACKAGES, "pydoc_data") if root in roots}
    return {
        "recipe": asdict(recipe),
        "regime": "replace",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "human_documents_by_package": {"standard library": roots.total(), **packages},
        "rare_words": {
            "meaning": f"seen at most {RARE_AT_MOST} times in human-reference",
            "count": len(rare),
        },
        "corpora": {name: facts(documents, rare) for name, documents in made.corpora().items()},
        "mixture": mixture_truth(made),
    }


# --- Files and words ---


def write_lines(path: Path, documents: Iterable[Document], prefix: str) -> None:
    """Write documents as JSON Lines."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, document in enumerate(documents, 1):
            row = {"id": f"{prefix}-{number:05d}", **document._asdict()}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_mixture(path: Path, documents: Sequence[Document]) -> None:
    """Write the mixture as Parquet; the ids tell nothing about the origin."""
    columns: Mapping[str, list[str]] = {
        "id": [f"mixture-{number:05d}" for number in range(1, len(documents) + 1)],
        "text": [document.text for document in documents],
        "source": [document.source for document in documents],
        "origin": ["human" if document.source == "human" else "synthetic" for document in documents],
    }
    pq.write_table(pa.table(columns), path, compression="zstd")


def write(made: Made, truth: Truth, out: Path) -> None:
    """Write all files, and remove the generations that an earlier, longer call left."""
    corpus = out / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for old in corpus.glob("generation-*.jsonl"):
        old.unlink()
    write_lines(out / "human-reference.jsonl", made.reference, "reference")
    write_lines(corpus / "human.jsonl", made.human, "human")
    for turn, documents in enumerate(made.generations, 1):
        write_lines(corpus / f"generation-{turn}.jsonl", documents, f"generation-{turn}")
    write_mixture(out / "mixture.parquet", made.mixture)
    (out / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")


def account(truth: Truth) -> str:
    """Say in a few lines what was made."""
    packages = truth["human_documents_by_package"]
    mixture = truth["mixture"]
    lines = [
        f"Human text: {sum(packages.values()):,} pieces of the documentation inside Python {truth['python']}",
        "  " + ", ".join(f"{name} {count:,}" for name, count in packages.items()),
        "",
        f"{'corpus':<16}{'documents':>10}{'words':>10}{'distinct':>10}{'seen once':>11}{'rare kept':>11}",
    ]
    for name, row in truth["corpora"].items():
        sizes = f"{row['documents']:>10,}{row['words']:>10,}{row['distinct_words']:>10,}"
        lines.append(f"{name:<16}{sizes}{row['words_seen_once']:>11,}{row['rare_words_kept']:>11.1%}")
    rare, share = truth["rare_words"], mixture["synthetic_share"]
    lines += [
        "",
        f"Rare kept: of the {rare['count']:,} words {rare['meaning']}, the part still there.",
        f"Synthetic in the mixture: {share['documents']:.1%} of documents, {share['words']:.1%} of words;",
        f"  {mixture['synthetic_documents_also_in_generation_1']:,} of these "
        f"{mixture['synthetic_documents']:,} documents are in generation-1.jsonl as well.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the corpus that the command line asks for, and say what it is."""
    parser = argparse.ArgumentParser(description="Make a demonstration corpus whose truth is known.")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="folder to write to (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same corpus (%(default)s)")
    parser.add_argument("--generations", type=int, default=4, help="turns of the retraining cycle (%(default)s)")
    parser.add_argument("--share", type=float, default=0.4, help="synthetic part of the mixture (%(default)s)")
    parser.add_argument("--top-p", type=float, default=0.95, help="where the decoder cuts the tail (%(default)s)")
    given = parser.parse_args(arguments)
    started = time.perf_counter()
    try:
        recipe = Recipe(given.seed, given.generations, given.share, given.top_p)
        made = build(read_human(), recipe)
    except ValueError as error:
        parser.error(str(error))
    truth = tell_truth(made, recipe)
    write(made, truth, given.out)
    print(account(truth))
    print(f"Written to {given.out} in {time.perf_counter() - started:.1f} s; the truth is in truth.json.")


if __name__ == "__main__":
    main()
