"""Task scores of other tools: lm-evaluation-harness, Inspect, and tables of one's own.

A score without a standard error is kept, but nothing is said by it: a change within an unknown error is unknown.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from outcross.canonical import sha256
from outcross.errors import DataError
from outcross.estimate import Estimate, Finding, Unknown
from outcross.track.tables import content, is_table, parsed, rows, text_of

FORMS = "Give a results file of lm-eval, a JSON log of Inspect, or a table with the columns task and value."

LOWER = frozenset({
    "perplexity", "ppl", "word_perplexity", "byte_perplexity", "bits_per_byte", "loss", "nll", "wer", "cer", "ter",
    "brier_score", "mse", "mae", "rmse", "error",
})  # fmt: skip
"""Metrics that are better when they are lower, whoever reports them."""

HIGHER = frozenset({
    "acc", "acc_norm", "acc_all", "acc_bytes", "accuracy", "exact_match", "em", "f1", "mcc", "bleu", "chrf", "rouge1",
    "rouge2", "rougel", "rougelsum", "pass@1", "mc1", "mc2", "bleu_acc", "rouge1_acc", "rouge2_acc", "rougel_acc",
})  # fmt: skip
"""Metrics that are better when they are higher."""

NO_METRIC = frozenset({"alias", "samples", "sample_len", "sample_count", "name", "bypass", ""})
"""Names in a result of lm-eval that are no metrics; `bypass` is what it writes where it scored nothing."""

NOT_GIVEN = frozenset({"", "n/a", "na", "none", "null", "-"})
"""What stands where a tool has no number."""

SPREADS = frozenset({"stderr", "bootstrap_stderr", "std", "var"})
"""Metrics of Inspect that say how sure another one is."""

OF_MEAN = frozenset({"accuracy", "mean"})
"""Metrics of Inspect that `stderr` is the standard error of: both are the mean of the samples' values."""


@dataclass(frozen=True)
class Score:
    """One metric of one task, as a tool has reported it.

    Attributes:
        task: as the tool names it.
        metric: likewise; with its filter, scorer or reducer where that is not the usual one.
        value: finite.
        se: its standard error, in the same units; None where the tool gave none.
        n: items that it rests on; None where the tool did not say.
        higher_is_better: None where neither the tool nor the name of the metric says.
        source: digest of the file.
        pointer: where it stands there: a JSON pointer (RFC 6901), or a line or row.
    """

    task: str
    metric: str
    value: float
    se: float | None
    n: int | None
    higher_is_better: bool | None
    source: str
    pointer: str

    @property
    def name(self) -> str:
        """What the series of this score is called through the generations: `task.TASK.METRIC`."""
        return f"task.{self.task}.{self.metric}"

    def finding(self) -> Finding:
        """The score with its error, or that the error is not known.

        A standard error of 0, which tools give where all items agree, is no certainty: with the number of items
        it is taken as that of a share with two hits and two misses more (Agresti & Coull 1998), else not known.
        """
        se = self._error()
        if se is None:
            return Unknown(f"{self.task}: the standard error of {self.metric} is not known")
        inside = self.n is not None and 0 <= self.value <= 1
        return Estimate(
            self.value, se, math.inf, self.n or 0, "score", f"as reported: {self.pointer}",
            "items are independent draws", "share" if inside and self.se else "identity",
        )  # fmt: skip

    def _error(self) -> float | None:
        if self.se is None or self.se > 0:
            return self.se
        if self.n is None or not 0 <= self.value <= 1:
            return None
        share = (self.value * self.n + 2) / (self.n + 4)
        return math.sqrt(share * (1 - share) / (self.n + 4))

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Score":
        """The score that `to_dict` wrote."""
        return cls(**record)


def score_change(now: Score, then: Score) -> Finding:
    """The change of a score, in its own units: now minus then.

    Most tasks put the same items to both, whose answers go together; the errors are added as if they were
    independent, which is then too wide and never too narrow.
    """
    sides = now.finding(), then.finding()
    unknown = [one.reason for one in sides if isinstance(one, Unknown)]
    if unknown or (now.task, now.metric) != (then.task, then.metric):
        return Unknown("; ".join(dict.fromkeys(unknown)) or f"{now.name} is not {then.name}")
    a, b = (one for one in sides if isinstance(one, Estimate))
    return Estimate(
        a.value - b.value, math.hypot(a.se, b.se), math.inf, min(a.n, b.n), "points of score",
        "difference of two reported scores", "errors independent, or going together: then too wide",
    )  # fmt: skip


def read_evals(path: str | Path) -> tuple[Score, ...]:
    """The scores of a file, in its order; the format is found by what is in it.

    - *lm-evaluation-harness*, results JSON with keys old (`acc`, `acc_stderr`) and new (`acc,none`). Groups are
      scores too. Lists and objects in place of a number are passed over.
    - *Inspect*, a JSON log that ended in success.
    - A table (CSV, JSON Lines, Parquet): task or name, value or score; optional metric, stderr or se, n,
      higher_is_better.

    Raises:
        CallError: there is no such file.
        DataError: it is none of these, is empty, has a score twice or one that is no finite number.
    """
    path = Path(path)
    data = content(path)
    if is_table(data):
        found = list(_of_table(data, path))
    else:
        found = list(_of_json(parsed(text_of(data, path), str(path)), path))
    if not found:
        raise DataError(f"{path} holds no score.", hint=FORMS)
    seen: dict[tuple[str, str], str] = {}
    for score in found:
        known = seen.setdefault((score.task, score.metric), score.pointer)
        if known != score.pointer:
            where = f"{known} and {score.pointer}"
            raise DataError(f"{path} has {score.metric} of {score.task!r} twice: {where}.", hint="Keep one of them.")
    source = sha256(data)
    return tuple(replace(score, source=source) for score in found)


def _of_json(log: Any, path: Path) -> Iterator[Score]:
    if isinstance(log, dict) and "eval" in log and "status" in log:
        return _of_inspect(log, path)
    if isinstance(log, dict) and isinstance(log.get("results"), dict):
        return _of_harness(log, path)
    raise DataError(f"{path} is JSON of a form that is not known.", hint=FORMS)


def _of_harness(log: dict[str, Any], path: Path) -> Iterator[Score]:
    for part in ("results", "groups"):
        tasks = _object(log, part)
        for task, metrics in tasks.items():
            if part == "groups" and task in log["results"]:
                continue  # the same figures, told once more
            if not isinstance(metrics, dict):
                raise DataError(f"{path}: {_pointer(part, task)} is no object.")
            yield from _of_task(log, part, task, path)


def _of_task(log: dict[str, Any], part: str, task: str, path: Path) -> Iterator[Score]:
    metrics = log[part][task]
    n = _items(log, task)
    better = _object(_object(log, "higher_is_better"), task)
    for key, given in metrics.items():
        metric, comma, chosen = (piece.strip() for piece in key.partition(","))
        if metric in NO_METRIC or metric.endswith("_stderr") or isinstance(given, dict | list):
            continue
        pointer = _pointer(part, task, key)
        value = _number(given, f"{path}: {pointer}")
        if value is None:
            continue
        told = better.get(metric)
        se = _spread(metrics.get(f"{metric}_stderr{comma}{chosen}"), f"{path}: {pointer}")
        yield Score(
            task, metric if chosen in ("", "none") else f"{metric},{chosen}", value, se, n,
            told if isinstance(told, bool) else _better(metric), "", pointer,
        )  # fmt: skip


def _items(log: dict[str, Any], task: str, above: frozenset[str] = frozenset()) -> int | None:
    """Items of a task, or of all tasks of a group: None where one of them does not say."""
    told = _object(log, "n-samples").get(task)
    if isinstance(told, dict):
        return _count(told.get("effective", told.get("original")))
    below = _object(log, "group_subtasks").get(task)
    if isinstance(below, list) and below and task not in above and len(above) < 16:
        parts = [_items(log, str(one), above | {task}) for one in below]
        return None if None in parts else sum(one for one in parts if one is not None)
    own = _object(_object(log, "results"), task)
    return _count(own.get("sample_len", own.get("samples")))


def _of_inspect(log: dict[str, Any], path: Path) -> Iterator[Score]:
    if log["status"] != "success":
        hint = "Run the evaluation to its end; scores of a part of the samples are not comparable."
        raise DataError(f"{path}: the evaluation ended with the status {log['status']!r:.40}.", hint=hint)
    task = str(_object(log, "eval").get("task", "task"))
    results = _object(log, "results")
    scores = results.get("scores")
    for place, score in enumerate(scores if isinstance(scores, list) else []):
        if not isinstance(score, dict):
            raise DataError(f"{path}: {_pointer('results', 'scores', place)} is no object.")
        n = _count(score.get("scored_samples")) or _count(results.get("completed_samples")) or _samples(log)
        yield from _of_scorer(score, Score(task, "", 0.0, None, n, None, "", ""), place, path)


def _of_scorer(score: dict[str, Any], blank: Score, place: int, path: Path) -> Iterator[Score]:
    metrics = _object(score, "metrics")
    reducer = score.get("reducer")
    scorer = str(score.get("name", "score")) + (f"@{reducer}" if reducer not in (None, "", "mean") else "")
    for key, given in metrics.items():
        if key in SPREADS:
            continue
        pointer = _pointer("results", "scores", place, "metrics", key, "value")
        value = _number(_value(given), f"{path}: {pointer}")
        if value is None:
            continue
        spread = next((metrics[one] for one in ("stderr", "bootstrap_stderr") if one in metrics), None)
        se = _spread(_value(spread), f"{path}: {pointer}") if key in OF_MEAN else None
        yield replace(
            blank, metric=f"{scorer}/{key}", value=value, se=se, higher_is_better=_better(key), pointer=pointer
        )


def _of_table(data: bytes, path: Path) -> Iterator[Score]:
    for place, row in rows(data, path):
        if not {"task", "name"} & set(row) or not {"value", "score"} & set(row):
            there = ", ".join(map(str, row))[:200]
            raise DataError(f"{path}, {place}: no task and value; there are: {there}.", hint=FORMS)
        task, metric = row.get("task", row.get("name")), row.get("metric") or "score"
        where = f"{path}, {place}"
        value = _number(_cell(row.get("value", row.get("score")), where), where)
        if value is None or task is None:
            raise DataError(f"{where}: {'no task' if task is None else 'no value'}.")
        se = _spread(_cell(row.get("stderr", row.get("se")), where), where)
        told = str(row.get("higher_is_better")).lower()
        better = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(told)
        yield Score(
            str(task), str(metric), value, se, _count(_cell(row.get("n"), where)),
            _better(str(metric)) if better is None else better, "", place,
        )  # fmt: skip


def _cell(given: Any, where: str) -> Any:
    """A cell of a table: a number may be written as text there."""
    if not isinstance(given, str) or given.strip().lower() in NOT_GIVEN:
        return given
    try:
        return float(given)
    except ValueError:
        raise DataError(f"{where}: {given!r:.40} is no number.", hint="Write 0.5, not 0,5 or 50 %.") from None


def _number(given: Any, where: str) -> float | None:
    """A finite number, or None where the tool says that it has none."""
    if given is None or (isinstance(given, str) and given.strip().lower() in NOT_GIVEN):
        return None
    if isinstance(given, bool | str) or not isinstance(given, int | float):
        raise DataError(f"{where}: {given!r:.40} is no number.")
    value = _as_float(given)
    if not math.isfinite(value):
        raise DataError(f"{where}: the score is {value}.", hint="Remove it, or find out why nothing could be computed.")
    return value


def _as_float(given: float) -> float:
    try:
        return float(given)
    except OverflowError:
        return math.inf


def _spread(given: Any, where: str) -> float | None:
    """A standard error; None where the tool has none (lm-eval writes N/A, or NaN of a single item)."""
    if isinstance(given, float) and math.isnan(given):
        return None
    se = _number(given, f"{where}, standard error")
    if se is not None and se < 0:
        raise DataError(f"{where}: a standard error of {se}.")
    return se


def _count(given: Any) -> int | None:
    whole = isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(_as_float(given))
    return int(given) if whole and given >= 1 else None


def _samples(log: dict[str, Any]) -> int | None:
    samples = log.get("samples")
    return len(samples) or None if isinstance(samples, list) else None


def _value(metric: Any) -> Any:
    return metric.get("value") if isinstance(metric, dict) else metric


def _object(holder: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = holder.get(key)
    return found if isinstance(found, dict) else {}


def _better(metric: str) -> bool | None:
    name = metric.lower()
    if name in LOWER or name.endswith("perplexity"):
        return False
    return True if name in HIGHER else None


def _pointer(*parts: str | int) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
