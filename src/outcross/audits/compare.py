"""Which measures differ between two corpora, beyond noise and beyond a difference of size."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from outcross.audits.record import Audit
from outcross.canonical import plain
from outcross.errors import CallError
from outcross.estimate import Estimate, Finding, Unknown, t_quantile, t_tail
from outcross.measure import Array, Figure, all_figures
from outcross.measures import families
from outcross.measures.jackknife import standard_error

SCHEMA = "outcross.comparison/1"
LEVEL = 0.05
POWER = 0.80

POINTS_OF_MARGIN = 0.25
"""The margin of a share, in points, is this part of the relative margin: 5 points for 20 %."""

OVERLAPPING = 0.01
"""Corpora that share more than this part of the smaller one's documents are compared pairwise."""

BY_BYTES = frozenset({"compression.ratio"})
BY_DOCUMENTS = frozenset({"duplicates.exact", "duplicates.near"})


@dataclass(frozen=True)
class Row:
    """One measure of two corpora.

    Attributes:
        name: of the figure. a, b: its findings, at a common size where it has one.
        effect, low, high: relative change from a to b, or difference of shares in points, with its interval.
        scale: "relative" or "points".
        p, p_holm: of the t test, alone and over all rows.
        differs: whether p_holm is below 5 %.
        detectable: the smallest effect that would have been found with a power of 80 %.
        reason: why there is no effect.
    """

    name: str
    a: Finding
    b: Finding
    scale: str
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_holm: float | None = None
    differs: bool = False
    detectable: float | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        record = {key: getattr(self, key) for key in self.__dataclass_fields__ if key not in ("a", "b")}
        made: dict[str, Any] = plain({
            **record, "a": self.a.without_replicates().to_dict(), "b": self.b.without_replicates().to_dict(),
        })  # fmt: skip
        return made


@dataclass(frozen=True)
class Comparison:
    """What differs between two corpora.

    Attributes:
        verdict: "changed", "no change" or "too little data".
        size: what both were brought to: words, documents of each.
        overlap: share of the smaller corpus's documents that are in the other too.
        margin: relative change that "no change" must have been able to show.
    """

    a: dict[str, Any]
    b: dict[str, Any]
    verdict: str
    size: dict[str, int] | None
    overlap: float | None
    margin: float
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """0 no change, 1 changed, 4 too little data."""
        return {"no change": 0, "changed": 1, "too little data": 4}[self.verdict]

    def __getitem__(self, name: str) -> Row:
        """A row by the name of its figure."""
        return next(row for row in self.rows if row.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        made: dict[str, Any] = plain({
            "schema": SCHEMA, "a": self.a, "b": self.b, "verdict": self.verdict, "size": self.size,
            "overlap": self.overlap, "margin": self.margin, "points_margin": self.margin * POINTS_OF_MARGIN,
            "level": 1 - LEVEL,
            "rows": [row.to_dict() for row in self.rows], "notes": list(self.notes),
        })  # fmt: skip
        return made


def compare(a: Audit, b: Audit, *, margin: float = 0.20) -> Comparison:
    """Compare two audits, figure by figure, at a common size.

    Diversity is compared at an equal number of expected words, copies at an equal number of documents,
    compression at an equal number of bytes; so a part of a corpus is "no change" against the whole. Corpora that
    overlap are compared pairwise, by the jackknife groups that they share. Holm's correction over all rows.

    Raises:
        CallError: the margin is not between 0 and 1, or the audits were made by different kernels.
    """
    if not 0 < margin < 1:
        raise CallError(f"The margin must lie between 0 and 1, not {margin}.")
    if a.plan["kernels"] != b.plan["kernels"]:
        raise CallError("The two audits were made by different versions of the measures.", hint="Audit again.")
    families()
    overlap = overlap_of(a, b)
    size = _common_size(a, b)
    paired = overlap is not None and overlap > OVERLAPPING and not _clustered(a, b)
    rows = [
        _row(figure, _at_common_size(a, b, figure.name, size), paired=paired)
        for figure in all_figures().values()
        if figure.compared and not _absent(a, b, figure.name)
    ]
    rows = _with_detectable(_holm(rows), paired=paired)
    verdict = _verdict(rows, margin)
    notes = _notes(a, b, overlap)
    if verdict == "too little data":
        notes.append(_what_is_missing(rows, margin))
    return Comparison(_named(a), _named(b), verdict, size, overlap, margin, tuple(rows), tuple(notes))


def overlap_of(a: Audit, b: Audit) -> float | None:
    """Share of the smaller corpus's distinct documents that the other holds too, from samples by hash."""
    hashes_a, hashes_b = (
        np.array([int(one, 16) for one in audit.corpus["document_sample"]], np.uint64) for audit in (a, b)
    )
    if not len(hashes_a) or not len(hashes_b):
        return None
    below = _reach(a, hashes_a), _reach(b, hashes_b)
    theta = min(below)
    in_a, in_b = hashes_a[hashes_a <= theta], hashes_b[hashes_b <= theta]
    smaller = min(len(in_a), len(in_b))
    return float(len(np.intersect1d(in_a, in_b))) / smaller if smaller else None


def _reach(audit: Audit, hashes: Array) -> np.uint64:
    """Up to which hash the sample holds every document."""
    return np.uint64(2**64 - 1) if audit.corpus["document_sample_whole"] else hashes.max()


def _clustered(a: Audit, b: Audit) -> bool:
    """Whether either was drawn in parts, so that its groups are its own."""
    return bool(a.plan.get("clustered") or b.plan.get("clustered"))


def _absent(a: Audit, b: Audit, name: str) -> bool:
    """Whether a figure needs a reference and the two were not held against the same one."""
    digests = [(audit.reference or {}).get("digest") for audit in (a, b)]
    return name.startswith("reference.") and (digests[0] is None or digests[0] != digests[1])


def _named(audit: Audit) -> dict[str, Any]:
    documents = audit["documents"]
    count = int(documents.value) if isinstance(documents, Estimate) else 0
    return {"name": audit.corpus["name"], "digest": audit.digest, "documents": count}


def _common_size(a: Audit, b: Audit) -> dict[str, int] | None:
    """The most documents of each that have the same expected number of words."""
    tops = [max((size for size, _ in audit.profile.curves.get("distinct.1", [])), default=0) for audit in (a, b)]
    lengths = [audit["length.mean"] for audit in (a, b)]
    if not all(tops) or not all(isinstance(length, Estimate) and length.value > 0 for length in lengths):
        return None
    means = [length.value for length in lengths if isinstance(length, Estimate)]
    words = min(top * mean for top, mean in zip(tops, means, strict=True))
    sizes = [min(top, max(1, round(words / mean))) for top, mean in zip(tops, means, strict=True)]
    return {"words": round(words), "documents_a": sizes[0], "documents_b": sizes[1]}


def _at_common_size(a: Audit, b: Audit, name: str, size: dict[str, int] | None) -> tuple[Finding, Finding]:
    """A figure of both corpora, at a common size where it has a curve."""
    curves = a.profile.curves.get(name), b.profile.curves.get(name)
    if not curves[0] or not curves[1]:
        return a.figures.get(name, Unknown("not measured")), b.figures.get(name, Unknown("not measured"))
    if name in BY_BYTES or name in BY_DOCUMENTS:
        at = min(curves[0][-1][0], curves[1][-1][0])
        return interpolated(curves[0], at), interpolated(curves[1], at)
    if size is None:
        return Unknown("no common size"), Unknown("no common size")
    return interpolated(curves[0], size["documents_a"]), interpolated(curves[1], size["documents_b"])


def interpolated(curve: list[tuple[int, Finding]], size: int) -> Finding:
    """A curve's figure at a size between its points: cubic in the logarithm of size, replicates as well.

    Lagrange's polynomial through the four nearest points. The points are a factor of two apart and the curves
    smooth: the error is far below the standard error (docs/benchmarks.md).
    """
    known = [(at, finding) for at, finding in curve if isinstance(finding, Estimate)]
    for at, finding in curve:
        if at == size:
            return finding
    if len(known) < 2 or not known[0][0] <= size <= known[-1][0]:
        return Unknown(f"not known at {size:,}")
    right = next(place for place, (at, _) in enumerate(known) if at > size)
    begin = min(max(right - 2, 0), max(len(known) - 4, 0))
    near = known[begin : begin + 4]
    x = np.log([at for at, _ in near])
    place = math.log(size)
    weights = np.array([
        np.prod([(place - x[other]) / (x[one] - x[other]) for other in range(len(x)) if other != one])
        for one in range(len(x))
    ])  # fmt: skip
    closest = min(near, key=lambda point: abs(math.log(point[0]) - place))[1]
    values = np.array([[finding.value, finding.se, *finding.replicates] for _, finding in near])
    joined = weights @ values
    return Estimate(
        float(joined[0]), max(float(joined[1]), 0.0), closest.df, closest.n, closest.unit,
        f"interpolated to {size:,}; {closest.method}", closest.assumption, closest.scale,
        tuple(float(one) for one in joined[2:]),
    )  # fmt: skip


def _row(figure: Figure, findings: tuple[Finding, Finding], *, paired: bool) -> Row:
    """The effect of one figure, its interval and its p value."""
    a, b = findings
    scale = "points" if figure.margin == "points" else "relative"
    if not isinstance(a, Estimate) or not isinstance(b, Estimate):
        reason = "; ".join(f"{side}: {one.reason}" for side, one in (("a", a), ("b", b)) if isinstance(one, Unknown))
        return Row(figure.name, a, b, scale, reason=reason)
    if scale == "relative" and (a.value <= 0 or b.value <= 0):
        return Row(figure.name, a, b, scale, reason="zero in one of them: no relative change")
    difference, se, df = _difference(a, b, relative=scale == "relative", paired=paired)
    p = 2 * t_tail(abs(difference) / se, df) if se > 0 else float(difference == 0)
    reach = t_quantile(1 - LEVEL / 2, df) * se
    low, effect, high = difference - reach, difference, difference + reach
    if scale == "relative":
        low, effect, high = (math.expm1(one) for one in (low, effect, high))
    return Row(figure.name, a, b, scale, effect, low, high, p)


def _difference(a: Estimate, b: Estimate, *, relative: bool, paired: bool) -> tuple[float, float, float]:
    """The difference b - a on the log or the natural scale, its standard error and degrees of freedom."""
    logs = math.log if relative else float
    difference = logs(b.value) - logs(a.value)
    se_a, se_b = _se(a, relative=relative), _se(b, relative=relative)
    plain_se = math.hypot(se_a, se_b)
    if not paired or not a.replicates or not b.replicates:
        return difference, plain_se, _welch((se_a, a.df), (se_b, b.df))
    one, two = (np.array(estimate.replicates) for estimate in (a, b))
    if relative:
        if (one <= 0).any() or (two <= 0).any():
            return difference, plain_se, min(a.df, b.df)
        one, two = np.log(one), np.log(two)
    apart = standard_error(two - one)
    # What the replicates do not show (sampling of types) is added, as if it were independent.
    rest = max(plain_se**2 - standard_error(one) ** 2 - standard_error(two) ** 2, 0.0)
    return difference, math.sqrt(apart**2 + rest), min(a.df, b.df)


def _welch(*parts: tuple[float, float]) -> float:
    """Welch's degrees of freedom of a sum of independent parts, each a standard error and its own."""
    rest = sum(se**4 / df for se, df in parts)
    return sum(se**2 for se, _ in parts) ** 2 / rest if rest > 0 else math.inf


def _se(one: Estimate, *, relative: bool) -> float:
    """The standard error on the scale of the comparison; a share of nothing is not known exactly."""
    se = one.se
    if one.scale == "share":
        p = (one.value * one.n + 1) / (one.n + 2)
        se = max(se, math.sqrt(p * (1 - p) / one.n) if se == 0 else se)
    return se / one.value if relative else se


def _holm(rows: list[Row]) -> list[Row]:
    """Holm's step-down correction (1979) over all rows with a p value."""
    tested = sorted((row for row in rows if row.p is not None), key=lambda row: row.p or 0.0)
    worst = 0.0
    corrected: dict[str, float] = {}
    for place, row in enumerate(tested):
        worst = max(worst, min(1.0, (row.p or 0.0) * (len(tested) - place)))
        corrected[row.name] = worst
    return [
        row if row.p is None else replace(row, p_holm=corrected[row.name], differs=corrected[row.name] < LEVEL)
        for row in rows
    ]


def _with_detectable(rows: list[Row], *, paired: bool) -> list[Row]:
    """The effect that each row would have shown with a power of 80 %, at the strictest step of Holm's."""
    tested = sum(row.p is not None for row in rows)
    done = []
    for row in rows:
        if row.p is None or not isinstance(row.a, Estimate) or not isinstance(row.b, Estimate):
            done.append(row)
            continue
        _, se, df = _difference(row.a, row.b, relative=row.scale == "relative", paired=paired)
        reach = (t_quantile(1 - LEVEL / (2 * tested), df) + t_quantile(POWER, df)) * se
        done.append(replace(row, detectable=math.expm1(reach) if row.scale == "relative" else reach))
    return done


def _verdict(rows: list[Row], margin: float) -> str:
    """Changed if any row differs; no change if every deciding row would have shown a change of the margin."""
    if any(row.differs for row in rows):
        return "changed"
    return "too little data" if any(_short_of(row, margin) > 1 for row in _deciding(rows)) else "no change"


def _deciding(rows: list[Row]) -> list[Row]:
    figures = all_figures()
    return [row for row in rows if figures[row.name].deciding]


def _short_of(row: Row, margin: float) -> float:
    """The effect that would have shown, in margins; infinite where nothing would have."""
    if row.detectable is None:
        return math.inf
    return row.detectable / (margin if row.scale == "relative" else margin * POINTS_OF_MARGIN)


def _what_is_missing(rows: list[Row], margin: float) -> str:
    """Which deciding figure is known least, and how many more documents would settle it."""
    worst = max(_deciding(rows), key=lambda row: _short_of(row, margin))
    short = _short_of(worst, margin)
    if math.isinf(short):
        return f"{worst.name} is not known ({worst.reason or 'no estimate'}), so no change of it could have shown."
    return (
        f"A change of the margin in {worst.name} would not have shown. About {math.ceil(10 * short**2) / 10:.1f} times "
        "as many documents on each side would do."
    )


def _notes(a: Audit, b: Audit, overlap: float | None) -> list[str]:
    """What a reader must know before believing the rows."""
    notes = []
    if overlap is not None and overlap > OVERLAPPING:
        notes.append(
            f"The corpora overlap: {overlap:.0%} of the smaller one's documents are in both; compared in pairs."
        )
    lengths = a["length.mean"], b["length.mean"]
    if isinstance(lengths[0], Estimate) and isinstance(lengths[1], Estimate):
        ratio = lengths[1].value / lengths[0].value
        if abs(math.log(ratio)) > math.log(1.1):
            notes.append(
                f"Documents of b are {ratio:.2f} times as long. Diversity is compared at equal words, but longer "
                "documents repeat their own words more: part of a difference may come from length."
            )
    read = [(audit.corpus["view"].get("turns"), audit.plan.get("segmenter")) for audit in (a, b)]
    if read[0] != read[1]:
        notes.append("The two were read differently (turns or segmenter): differences may come from that.")
    if (a.reference or {}).get("digest") != (b.reference or {}).get("digest"):
        notes.append("They were not held against the same reference: its figures are not comparable.")
    return notes
