"""The record of the four rungs: one synthetic share on four sets of assumptions, never one bare percentage."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from outcross.canonical import rounded
from outcross.errors import CallError
from outcross.estimate import Estimate, Finding, Law, Unknown, finding_from_dict
from outcross.estimate.laws import Meet, Scaled
from outcross.shares.labels import WORDS_OF, Question
from outcross.shares.plan import width_of, with_more_gold
from outcross.shares.region import law_of
from outcross.shares.scores import Target, Unit

NAMES = ("identified region", "with dated human text", "by a model of the score", "by labels")
"""The rungs, from the fewest assumptions to the most that a person answers for."""

REGION, DATED, MODEL, LABELS = range(4)

NO_LABELS = Unknown("no labelled sample")
NO_DATED = Unknown("no human text dated before the cutoff")
NO_SCORE = Unknown("no document was scored")

START = 100
"""Labels to begin with, where there are none."""


@dataclass(frozen=True)
class Rung:
    """One rung.

    Attributes:
        step: 0-3.
        name: see `NAMES`.
        finding: the share with its interval, or why there is none.
        gateable: a gate may read the interval's end. Never true of a model.
    """

    step: int
    name: str
    finding: Finding
    gateable: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "step": self.step, "name": self.name, "gateable": self.gateable, "finding": self.finding.to_dict(),
        }  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One thing to do next.

    Attributes:
        what: in words.
        width: about how wide the best interval would then be, 0-1.
    """

    what: str
    width: float


@dataclass(frozen=True)
class Ladder:
    """The synthetic share of one group, or of all, in one unit and for one target.

    Attributes:
        group: name of the group; "" = the whole corpus.
        unit: documents or tokens.
        target: what counts as synthetic.
        rungs: four, by step.
        next_steps: what would narrow it, the most effective first.
    """

    group: str
    unit: Unit
    target: Target
    rungs: tuple[Rung, ...]
    next_steps: tuple[Step, ...] = ()

    @property
    def contradiction(self) -> tuple[Rung, Rung] | None:
        """The region and the labels, where they leave no share that both allow; None where they do.

        Then declarations, matches or reviewers are wrong, and nobody knows which of them.
        """
        known, labelled = self.rungs[REGION], self.rungs[LABELS]
        if not labelled.gateable or isinstance(known.finding, Unknown) or isinstance(labelled.finding, Unknown):
            return None
        # Each at half the error, so that both hold together.
        one, other = (rung.finding.interval(0.975) for rung in (known, labelled) if isinstance(rung.finding, Estimate))
        return (known, labelled) if max(one[0], other[0]) > min(one[1], other[1]) else None

    @property
    def best(self) -> Rung | None:
        """The narrowest rung that a gate may read; None where nothing is known, or what is known contradicts itself."""
        if self.contradiction is not None:
            return None
        usable = [one for one in self.rungs if one.gateable and isinstance(one.finding, Estimate)]
        return min(usable, key=lambda one: _width(one.finding), default=None)

    @property
    def established(self) -> bool:
        """False where "cannot be established" is all that can be said.

        There are no labels that count and no provenance, or the two contradict each other.
        """
        best = self.best
        return best is not None and _width(best.finding) < 1.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "group": self.group, "unit": self.unit, "target": self.target, "synthetic_means": WORDS_OF[self.target],
            "established": self.established, "rungs": [one.to_dict() for one in self.rungs],
            "next_steps": [{"what": one.what, "width": one.width} for one in self.next_steps],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Ladder":
        """The ladder that `to_dict` wrote."""
        rungs = tuple(
            Rung(one["step"], one["name"], finding_from_dict(one["finding"]), one["gateable"])
            for one in record["rungs"]
        )
        steps = tuple(Step(one["what"], one["width"]) for one in record["next_steps"])
        return cls(record["group"], record["unit"], record["target"], rungs, steps)


def ladder(group: str, question: Question, findings: Mapping[int, Finding]) -> Ladder:
    """Put the four findings together.

    Args:
        group: its name; "" = all.
        question: unit, target, and the planted items that make labels count.
        findings: by step (`REGION`, `DATED`, `MODEL`, `LABELS`), each a share of the whole group (see `of_whole`); the
            region is always there. The dated bound is given as it comes from `dated_bound`, of the whole, and is
            put together with the region here.

    Raises:
        CallError: where there is no region.
    """
    if REGION not in findings:
        raise CallError("A ladder without its first rung was asked for.", hint="Give the region, even if it is [0, 1].")
    start = findings[REGION]
    every = {
        REGION: start, DATED: _with_dated(start, findings.get(DATED, NO_DATED)), MODEL: findings.get(MODEL, NO_SCORE),
        LABELS: findings.get(LABELS, NO_LABELS),
    }  # fmt: skip
    counts = {REGION: True, DATED: False, MODEL: False, LABELS: question.gateable}
    rungs = tuple(Rung(step, NAMES[step], every[step], counts[step]) for step in range(len(NAMES)))
    made = Ladder(group, question.unit, question.target, rungs)
    return replace(made, next_steps=_next_steps(made))


def of_whole(finding: Finding, *, synthetic: int, residual: int, total: int) -> Finding:
    """A share of the residual as a share of the whole.

    Args:
        finding: of what nothing surer decided.
        synthetic: known synthetic, documents or tokens.
        residual: what is left after known synthetic and known human.
        total: everything.
    """
    if isinstance(finding, Unknown):
        return finding
    floor, part = synthetic / total, residual / total
    return replace(
        finding, value=floor + part * finding.value, se=part * finding.se, law=Scaled(law_of(finding), floor, part)
    ).rounded()


def _with_dated(start: Finding, dated: Finding) -> Finding:
    """The region, raised from below by the dated bound."""
    if isinstance(start, Unknown) or isinstance(dated, Unknown):
        return dated if isinstance(dated, Unknown) else start
    law = Meet(law_of(start), law_of(dated))
    low, high = law.interval(0.95)
    return replace(
        dated, value=min(max(dated.value, low), high), law=law, method=f"{start.method}; {dated.method}",
        assumption=f"{start.assumption}; {dated.assumption}",
    ).rounded()  # fmt: skip


def _next_steps(made: Ladder) -> tuple[Step, ...]:
    """What would narrow the best interval, by how wide it would be then."""
    labels = made.rungs[LABELS]
    if isinstance(labels.finding, Unknown):
        share = _expected(made)
        half = 1.96 * (share * (1 - share) / START) ** 0.5
        what = f"label {START} documents drawn at random, with planted items of known origin"
        return (Step(what, round(2 * half, 3)),)
    law = law_of(labels.finding)
    steps = [Step(f"{labels.finding.n} more labels", rounded(width_of(law.grown(2.0))))]
    more = with_more_gold(law)
    if more is not None:
        steps.append(Step("twice as many planted items", rounded(width_of(more))))
    if not labels.gateable:
        steps.insert(
            0,
            Step(
                "plant items of known origin: until then no gate may read the labels", rounded(_width(labels.finding))
            ),
        )
        return tuple(steps)
    return tuple(sorted(steps, key=lambda one: one.width))


def _expected(made: Ladder) -> float:
    """A share to plan with: the middle of what is known, no nearer to 0 or 1 than a tenth."""
    region = made.rungs[REGION].finding
    if isinstance(region, Unknown):
        return 0.5
    low, high = region.interval()
    return min(max((low + high) / 2, 0.1), 0.9)


def _width(finding: Finding) -> float:
    """How wide a finding is; 1 where it is not known."""
    if isinstance(finding, Unknown):
        return 1.0
    law: Law | None = finding.law
    return width_of(law) if law is not None else finding.interval()[1] - finding.interval()[0]
