"""The door's part for labels: drawing a set, working through it, what it says, and other tools."""

import dataclasses
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from outcross.corpus import Corpus, Reading, find
from outcross.errors import CallError, DataError
from outcross.estimate import Finding, Unknown
from outcross.measure import Array
from outcross.origin.dates import CUTOFF, Captured, day_of
from outcross.origin.outputs import open_index
from outcross.principals import Signer, checked_name
from outcross.review import exchange
from outcross.review.agreement import agreement, counts_of
from outcross.review.assignment import wanted
from outcross.review.collecting import Collected, Target, collect
from outcross.review.drawing import Design, Drawn, draw
from outcross.review.flags import Standing, standings
from outcross.review.gold import FEWEST, Candidate, mixed, planted, usual
from outcross.review.records import Answer, Item, Label, LabelSet, signed, standing, text_digest
from outcross.review.surveying import Scoring, Survey, by_identifier, documents_at, histograms, known, sampled, survey
from outcross.shares import Gold, Labelled, Question, Scores, label_share, more_labels
from outcross.shares.scores import Unit
from outcross.store import Store
from outcross.store.labels import Labels

NOT_BY_GROUP = Unknown("the sample was not drawn by group: label start --design stratified --group-by COLUMN")

WIDTHS = (0.20, 0.10, 0.05)
"""Widths of the interval for which the labels still needed are told."""


@dataclass(frozen=True)
class Asked:
    """How a label set is to be drawn.

    Attributes:
        name: of the set; None for the next free one.
        n: documents of the corpus.
        design: see `outcross.review.drawing.draw`.
        seed: of all draws; the same seed draws the same documents.
        gold_synthetic, gold_human: files of known origin that gold is drawn from.
        gold_outputs: folder of an output index whose texts are synthetic gold, or None.
        gold_dates: column of the corpus with the capture date: documents from before the cutoff are human gold.
        cutoff: the day of the cutoff.
        gold: gold items of each kind; None for half of n where the files have as many, 20 at least.
        reviewers: labels of an item that several are to answer.
        overlap: share of the items that several are to answer.
        scores: Parquet file with columns id and `score_column`, one row a document.
        score_column: the column that holds the score.
    """

    name: str | None = None
    n: int = 100
    design: Design = "uniform"
    seed: int = 0
    gold_synthetic: tuple[str, ...] = ()
    gold_human: tuple[str, ...] = ()
    gold_outputs: str | None = None
    gold_dates: str | None = None
    cutoff: str = CUTOFF.isoformat()
    gold: int | None = None
    reviewers: int = 1
    overlap: float = 1.0
    scores: str | None = None
    score_column: str = "score"

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            CallError: an option's value is out of its range or no day, or gold was asked for and there is none.
        """
        ranges = {"n": (1, 1_000_000), "seed": (0, 1 << 62), "gold": (1, 100_000), "reviewers": (1, 100),
                  "overlap": (0, 1)}  # fmt: skip
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise CallError(f"{name} must be between {low:,} and {high:,}, not {value:,}.")
        day_of(self.cutoff)
        if self.gold is not None and not (
            self.gold_synthetic or self.gold_human or self.gold_outputs or self.gold_dates
        ):
            raise CallError(
                "Gold was asked for, and there is no text of known origin.",
                hint="Give files with --gold-synthetic and --gold-human, or --gold-outputs and --gold-dates.",
            )


@dataclass(frozen=True)
class Status:
    """Where a label set stands.

    Attributes:
        labelled: the set.
        collected: what the labels that count say.
        labels: that stand and count; refused: whose signature does not hold.
        complete: items with all the answers they are to have.
        passed: items of the corpus without an answer, though later ones have one: somebody skipped them. They count
            as such of which nobody can tell.
        reviewers: how each did on gold.
        agreement: Krippendorff's alpha.
        share: the synthetic share, as far as labels say.
        needed: by width of the interval, how many more labels reach it; None where that cannot be said.
        seconds: that an answer takes, the median; 0 where nobody measured.
    """

    labelled: LabelSet
    collected: Collected
    labels: int
    refused: int
    complete: int
    passed: int
    reviewers: list[Standing]
    agreement: Finding
    share: Finding
    needed: dict[float, int | None]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        gold, sample = self.collected.gold, self.collected.sample
        return {
            "schema": "outcross.label-status/1", "name": self.labelled.name, "set": self.labelled.digest,
            "design": self.labelled.plan["design"], "items": len(self.labelled.items), "complete": self.complete,
            "labels": self.labels, "refused": self.refused, "passed": self.passed, "target": self.collected.target,
            "sample": {"drawn": self.collected.drawn, "answered": len(sample) - self.passed,
                       "unsure": sample.unsure - self.passed},
            "gold": dataclasses.asdict(gold), "agreement": self.agreement.to_dict(), "share": self.share.to_dict(),
            "needed": {f"{width:g}": count for width, count in self.needed.items()}, "seconds": self.seconds,
            "reviewers": [dataclasses.asdict(one) for one in self.reviewers],
        }  # fmt: skip


@dataclass(frozen=True)
class TakenOver:
    """What became of answers that another tool brought.

    Attributes:
        added: labels that were added.
        known: answers that were here already.
        refused: what could not be used, each with its place and reason.
    """

    added: int
    known: int
    refused: list[str]


def question_of(collected: Collected, plan: dict[str, Any], unit: Unit = "documents", harder: float = 1.0) -> Question:
    """What is asked of the labels: with planted items, reviewers' errors are corrected.

    Args:
        collected: what the labels say.
        plan: of the set.
        unit: share of documents, or of their tokens.
        harder: how many times as often reviewers may err on the corpus as on planted items.
    """
    gold = collected.gold
    planted_any = plan["gold"]["synthetic"] and plan["gold"]["human"]
    told = Gold(gold.synthetic, gold.called, gold.human, gold.miscalled, harder) if planted_any else None
    return Question(unit, collected.target, told)


def share_of(
    collected: Collected, plan: dict[str, Any], question: Question | None = None, stratum: str | None = None
) -> Finding:
    """The synthetic share that labels give, with its interval.

    Args:
        collected: what the labels say.
        plan: of the set: design, strata, and under "scores" the histograms of all documents by stratum.
        question: see `question_of`; None for shares of documents.
        stratum: of one stratum alone; None for all documents.
    """
    if stratum is not None and stratum not in plan["scores"]:
        return NOT_BY_GROUP
    sample = collected.sample
    chosen = np.array([stratum is None or one == stratum for one in sample.stratum], np.bool_)
    labelled = Labelled(
        sample.y[chosen], sample.score[chosen].astype(np.float32), np.array(sample.stratum, object)[chosen],
        sample.inclusion[chosen], sample.tokens[chosen],
    )  # fmt: skip
    scores = {name: _scores(one) for name, one in plan["scores"].items() if stratum in (None, name)}
    return label_share(labelled, scores, question or question_of(collected, plan))


@dataclass(frozen=True)
class Said:
    """What a labelled sample says of the corpus that it was drawn from.

    Attributes:
        collected: what the labels say.
        plan: of the set.
        harder: see `question_of`.
        sets: the set that counts, by name and digest, its answers, and how many sets of this corpus have any: drawing
            until one looks well is seen.
        grouped: whether the strata are the groups that are asked for.
    """

    collected: Collected
    plan: dict[str, Any]
    harder: float
    sets: dict[str, Any]
    grouped: bool

    def __call__(self, group: str, unit: Unit) -> tuple[Question, Finding]:
        """What was asked, and what they say of a group, "" for all."""
        question = question_of(self.collected, self.plan, unit, self.harder)
        if group and not self.grouped:
            return question, NOT_BY_GROUP
        return question, share_of(self.collected, self.plan, question, group or None)


def _scores(record: dict[str, Any]) -> Scores:
    """The histograms that the plan of a set holds."""
    if not record["documents"]:
        return Scores.nothing_scored(record["unscored_documents"], record["unscored_tokens"])
    return Scores(
        np.array(record["documents"], np.int64), np.array(record["tokens"], np.int64),
        record["unscored_documents"], record["unscored_tokens"],
    )  # fmt: skip


def more_for(share: Finding, width: float) -> int | None:
    """How many more documents must be labelled for a 95 % interval of this width; None where that is unknown."""
    needed = more_labels(share, width)
    return needed if isinstance(needed, int) else None


class Labelling:
    """Label sets of a workspace.

    Args:
        store: of the workspace.
    """

    def __init__(self, store: Store) -> None:
        self.kept = Labels(store)

    def start(self, paths: Sequence[str], asked: Asked, signer: Signer, reading: Reading | None = None,
              scoring: Scoring | None = None) -> LabelSet:  # fmt: skip
        """Draw a sample of a corpus, plant gold in it, and keep both as a new set.

        Args:
            paths: of the corpus, see `outcross.corpus.find`.
            asked: how to draw.
            signer: who draws.
            reading: how to read the corpus; gold is read with the same columns where it has them.
            scoring: the text score; None for the one in `asked.scores`, or none.

        Raises:
            CallError: the name is taken or is none, or the design lacks what it needs.
            DataError: there is too little text to draw from.
        """
        name = self._free_name(asked.name)
        self.kept.known.register(signer)
        corpus = find(paths, reading)
        if corpus.reading.group_by is not None and asked.design != "stratified":
            raise CallError(f"A sample of the design {asked.design!r} is not drawn by group.",
                            hint="Ask for --design stratified, or leave out --group-by.")  # fmt: skip
        scoring = scoring or _scores_in(asked)
        found = survey(corpus, scoring)
        _check_scored(found, asked)
        drawn = draw(found.frame, asked.n, asked.design, asked.seed)
        documents = list(documents_at(corpus, found, drawn.rows))
        gold = _gold(asked, documents, found.tokens[drawn.rows], corpus)
        items, texts = _shuffled(drawn, documents, gold, found, asked)
        labelled = LabelSet(name, _plan(asked, corpus, found, drawn, gold), items, _now(), signer.name)
        return self._added(labelled, texts, signer, named=asked.name is not None)

    def _added(self, labelled: LabelSet, texts: dict[int, str], signer: Signer, *, named: bool) -> LabelSet:
        """The set as it is kept: where nobody named it and somebody took the free name meanwhile, under the next."""
        while True:
            try:
                self.kept.add(labelled, texts, signer)
            except CallError:
                if named:
                    raise
                labelled = dataclasses.replace(labelled, name=self._free_name(None))
            else:
                return labelled

    def _free_name(self, name: str | None) -> str:
        taken = set(self.kept.names())
        if name is None:
            return next(one for number in range(1, len(taken) + 2) if (one := f"labels-{number}") not in taken)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
            raise CallError(f"{name!r} is no name for a label set.", hint="Use letters, digits, '.', '_' and '-'.")
        if name in taken:
            raise CallError(
                f"There is a label set {name!r} already; a set is never changed.", hint="Choose another --name."
            )
        return name

    def get(self, name: str | None = None) -> LabelSet:
        """A set by its name; the newest where none is named.

        Raises:
            CallError: there is none.
        """
        names = self.kept.names()
        if name is None and names:
            name = names[-1]
        found = None if name is None else self.kept.find(name)
        if found is None:
            there = f"There are: {', '.join(names)}." if names else "Draw one with: outcross label start CORPUS"
            asked = "no label set here" if name is None else f"no label set {name!r}"
            raise CallError(f"There is {asked}.", hint=there)
        return found

    def answer(self, labelled: LabelSet, item: Item, answer: Answer, signer: Signer, seconds: float = 0.0) -> Label:
        """Record what a reviewer says of an item; it is on disk when this returns."""
        made = signed(
            Label(labelled.digest, item.number, item.text_digest, signer.name, answer, _now(), seconds), signer
        )
        self.kept.record([made])
        return made

    def counted(self, labelled: LabelSet) -> tuple[list[Label], int]:
        """The labels that stand and whose signatures hold, and how many do not."""
        keys = self.kept.known.keys()
        every = self.kept.labels(labelled)
        digests = {item.number: item.text_digest for item in labelled.items}
        sound = [one for one in every if digests.get(one.item) == one.text_digest and one.verified(keys)]
        return standing(sound), len(every) - len(sound)

    def status(self, name: str | None = None, target: Target = "partly", unit: Unit = "documents",
               without: Collection[str] = (), harder: float = 1.0) -> Status:  # fmt: skip
        """Where a set stands.

        Args:
            name: of the set; None for the newest.
            target: what counts as synthetic: documents that are so "fully", or at least "partly".
            unit: share of documents, or of their words.
            without: reviewers who are left out.
            harder: see `question_of`.
        """
        labelled = self.get(name)
        labels, refused = self.counted(labelled)
        collected = collect(labelled, labels, target, without)
        labels = [one for one in labels if one.reviewer not in without]
        share = share_of(collected, labelled.plan, question_of(collected, labelled.plan, unit, harder))
        answers: dict[int, int] = {}
        for one in labels:
            answers[one.item] = answers.get(one.item, 0) + 1
        return Status(
            labelled, collected, len(labels), refused,
            complete=sum(answers.get(item.number, 0) >= item.wanted for item in labelled.items),
            passed=collected.passed,
            reviewers=standings(labels, {item.number: item for item in labelled.items}),
            agreement=agreement(counts_of(labels)), share=share,
            needed={width: more_for(share, width) for width in WIDTHS},
            seconds=median([one.seconds for one in labels if one.seconds > 0] or [0.0]),
        )  # fmt: skip

    def of_corpus(self, root: str, view: dict[str, Any], target: Target, harder: float = 1.0) -> Said | None:
        """What the newest labelled sample of a corpus says of a group ("" for all) in a unit; None without one.

        Args:
            root: of the corpus, which binds every byte.
            view: how it was read; the text must be the same.
            target: what counts as synthetic.
            harder: see `question_of`.
        """
        there = []
        for name in self.kept.names():
            labelled = self.get(name)
            drawn = labelled.plan["corpus"]
            same = all(drawn["view"].get(key) == view.get(key) for key in ("shape", "text_column", "turns"))
            if drawn["root"] == root and same:
                collected = collect(labelled, self.counted(labelled)[0], target)
                there += [(labelled, collected)] if len(collected.sample) else []
        if not there:
            return None
        labelled, collected = there[-1]
        grouped = labelled.plan["design"] == "stratified" and (
            labelled.plan["corpus"]["view"].get("group_by") == view.get("group_by")
        )
        told = {"name": labelled.name, "digest": labelled.digest, "answered": len(collected.sample) - collected.passed,
                "sets": len(there)}  # fmt: skip
        return Said(collected, labelled.plan, harder, told, grouped)

    def written(self, name: str | None, form: exchange.Form, *, unblind: bool = False) -> str:
        """A set and its labels in a format of another tool.

        Args:
            name: of the set; None for the newest.
            form: the format.
            unblind: with where each item is from, its probability and its score; JSON Lines only, for auditors.

        Raises:
            CallError: `unblind` was asked for in a format that reviewers work with.
        """
        labelled = self.get(name)
        texts, labels = self.kept.texts(labelled), self.counted(labelled)[0]
        if not unblind:
            return exchange.written(labelled, texts, labels, form)
        if form != "jsonl":
            raise CallError(f"Labels in the format {form!r} are for reviewers, who must not see where texts are from.",
                            hint="Use --format jsonl.")  # fmt: skip
        return exchange.opened(labelled, texts, labels)

    def bring(self, name: str | None, data: bytes, signer: Signer, *, form: exchange.Form | None = None,
              reviewer: str = "") -> TakenOver:  # fmt: skip
        """Take over answers from another tool; those that are here already are not taken twice.

        Args:
            name: of the set; None for the newest.
            data: the file.
            signer: who takes them over and answers for it.
            form: of the file; None finds it out.
            reviewer: whose answers they are where the file does not say.

        Returns:
            What became of the answers.
        """
        labelled = self.get(name)
        if reviewer:
            checked_name(reviewer)
        self.kept.known.register(signer)
        brought = exchange.read(data, form)
        owned = {key.principal for key in self.kept.known.keys().values()} - {signer.name}
        there = {(one.reviewer, one.item): one.answer for one in self.counted(labelled)[0]}
        labels: dict[tuple[str, int], Label] = {}
        known = 0
        for one in brought.answers:
            said = dataclasses.replace(one, reviewer=one.reviewer or reviewer)
            if said.set in ("", labelled.digest) and there.get((said.reviewer, said.item)) == said.answer:
                known += 1
                labels.pop((said.reviewer, said.item), None)
            elif reason := _unusable(said, labelled, owned):
                brought.refused.append(f"item {said.item}: {reason}")
            else:
                labels[said.reviewer, said.item] = signed(_taken_over(said, labelled), signer)
        self.kept.record(labels.values(), outside=True)
        return TakenOver(len(labels), known, brought.refused)


def _unusable(said: exchange.Said, labelled: LabelSet, owned: Collection[str]) -> str:
    """Why an answer cannot be taken over; empty where it can."""
    if said.item >= len(labelled.items):
        return f"the set has {len(labelled.items)} items, numbered from 0"
    if said.set and said.set != labelled.digest:
        return "it is of another label set"
    if not said.reviewer:
        return "nobody says whose answer it is; name them with --reviewer"
    if said.reviewer in owned:
        return f"{said.reviewer!r} has a key here and speaks for themselves"
    return ""


def _taken_over(said: exchange.Said, labelled: LabelSet) -> Label:
    item = labelled.items[said.item]
    made = said.made or _now()
    return Label(labelled.digest, said.item, item.text_digest, said.reviewer, said.answer, made, said.seconds)


def _scores_in(asked: Asked) -> Scoring | None:
    """The scores of a file, by identifier; None where no file is named.

    Raises:
        CallError: the file is not there, is no Parquet file or lacks a column.
        DataError: scores are not numbers between 0 and 1.
    """
    if asked.scores is None:
        return None
    try:
        table = pq.read_table(asked.scores, columns=["id", asked.score_column])
        names = table.column("id").cast(pa.string()).to_pylist()
        values = np.asarray(table.column(asked.score_column).cast(pa.float64()).to_numpy(), np.float64)
    except (OSError, KeyError, pa.ArrowException) as error:
        raise CallError(
            f"The scores {asked.scores} cannot be read: {error}.",
            hint=f"It must be a Parquet file with the columns 'id' and {asked.score_column!r} (--score-column).",
        ) from None
    if ((values < 0) | (values > 1)).any():
        raise DataError(f"The scores in {asked.scores} are not all between 0 and 1.")
    return by_identifier(dict(zip(names, values.tolist(), strict=True)))


def _check_scored(found: Survey, asked: Asked) -> None:
    """Refuse scores of other documents: they would leave the design without what it asks for, and say nothing."""
    if asked.scores is not None and found.frame.scores is not None and np.isnan(found.frame.scores).all():
        raise DataError(
            f"No document of the corpus has a score in {asked.scores}.",
            hint="Its column 'id' must hold the identifiers that the corpus is read with; see --id-column.",
        )


def _gold(asked: Asked, documents: list[tuple[str, str]], lengths: Array, corpus: Corpus) -> list[Candidate]:
    """Gold of both kinds, as far as there is text of known origin."""
    most = asked.gold or usual(len(documents))
    count = (asked.gold or min(most, FEWEST), most)
    pools = [pool for pool in (_synthetic(asked, corpus.reading), _human(asked, corpus)) if pool is not None]
    digests = [{text_digest(one.text) for one in pool} for pool in pools]
    # A text that is said to be of both kinds is of neither: reviewers would be measured against a contradiction.
    taken = {text_digest(text) for _, text in documents} | (digests[0] & digests[-1] if len(pools) > 1 else set())
    chosen: list[Candidate] = []
    for pool in pools:
        chosen += planted(pool, [int(one) for one in lengths], count, asked.seed, taken)
    return chosen


def _synthetic(asked: Asked, reading: Reading) -> list[Candidate] | None:
    """Texts known to be synthetic, from files and the output index; None where neither was named.

    Raises:
        DataError: the index keeps no texts.
    """
    if not (asked.gold_synthetic or asked.gold_outputs):
        return None
    pool = known([_opened(path, reading) for path in asked.gold_synthetic], "synthetic", asked.seed)
    if asked.gold_outputs is not None:
        texts = [text for _, text in open_index(asked.gold_outputs).texts()]
        if not texts:
            raise DataError(
                "The output index keeps no texts.",
                hint="Name the files of the outputs with --gold-synthetic; texts are kept of outputs that were added "
                "with --keep-text the first time.",
            )
        pool += sampled(texts, "synthetic", asked.seed)
    return pool


def _human(asked: Asked, corpus: Corpus) -> list[Candidate] | None:
    """Texts known to be human, from files and from documents of the corpus that were captured before the cutoff."""
    if not (asked.gold_human or asked.gold_dates):
        return None
    pool = known([_opened(path, corpus.reading) for path in asked.gold_human], "human", asked.seed)
    if asked.gold_dates is not None:
        early = Captured(asked.gold_dates, day_of(asked.cutoff))
        dated = find(list(corpus.paths), dataclasses.replace(corpus.reading, columns=early.columns), corpus.limits)
        pool += known([dated], "human", asked.seed, lambda batch: early.look(batch).human)
    return pool


def _opened(path: str, reading: Reading) -> Corpus:
    """A file of known origin, read like the corpus where it has the same columns."""
    try:
        return find([path], Reading(reading.text_column, turns=reading.turns))
    except CallError:
        return find([path])


def _shuffled(drawn: Drawn, documents: list[tuple[str, str]], gold: list[Candidate], found: Survey,
              asked: Asked) -> tuple[tuple[Item, ...], dict[int, str]]:  # fmt: skip
    """Sample and gold in one random order, as items and texts."""
    total = len(documents) + len(gold)
    labels = wanted(total, asked.reviewers, asked.overlap, asked.seed)
    scores = found.frame.scores
    items, texts = [], {}
    for number, place in enumerate(mixed(total, asked.seed)):
        if place < len(documents):
            name, text = documents[place]
            row = int(drawn.rows[place])
            score = None if scores is None or np.isnan(scores[row]) else float(scores[row])
            item = Item(number, name, text_digest(text), int(found.tokens[row]), None, drawn.strata[place],
                        float(drawn.inclusion[place]), score, labels[number])  # fmt: skip
        else:
            one = gold[place - len(documents)]
            text = one.text
            item = Item(number, one.document, text_digest(text), one.tokens, one.truth, wanted=labels[number])
        items.append(item)
        texts[number] = text
    return tuple(items), texts


def _plan(asked: Asked, corpus: Corpus, found: Survey, drawn: Drawn, gold: Iterable[Candidate]) -> dict[str, Any]:
    """Everything that was chosen before anybody saw a label."""
    truths = [one.truth for one in gold]
    return {
        "design": asked.design, "seed": asked.seed, "n": len(drawn.rows), "reviewers": asked.reviewers,
        "overlap": asked.overlap, "floor": drawn.floor,
        "strata": {name: list(one) for name, one in drawn.sizes.items()},
        "gold": {"synthetic": truths.count("synthetic"), "human": truths.count("human"),
                 "files": {"synthetic": list(asked.gold_synthetic), "human": list(asked.gold_human)},
                 "outputs": asked.gold_outputs is not None, "dates": asked.gold_dates},
        "corpus": {"paths": list(corpus.paths[:1000]), "root": found.root, "view": corpus.view.to_dict(),
                   "documents": found.frame.documents, "tokens": int(found.tokens.sum()),
                   "quarantined": found.quarantined},
        "scores": _histograms(found, drawn),
    }  # fmt: skip


def _histograms(found: Survey, drawn: Drawn) -> dict[str, Any]:
    stratum = drawn.stratum if len(drawn.stratum) else np.zeros(found.frame.documents, np.int64)
    return histograms(found, list(drawn.sizes), stratum)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
