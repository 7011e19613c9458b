"""Puts an audit together from what a run left."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from outcross.audits.conclude import conclude, ladder
from outcross.audits.record import Audit, Profile
from outcross.audits.reference import Reference
from outcross.audits.share import Basis, Draw, Labels, Share, share_of
from outcross.canonical import sha256
from outcross.corpus import Quarantined, corpus_root
from outcross.engine import Merged, Plan, Result
from outcross.engine.states import ORIGIN, Family
from outcross.errors import DataError
from outcross.kernels import KERNELS
from outcross.measure import Asked
from outcross.measures.jackknife import FEWEST_DOCUMENTS
from outcross.shares.scores import Target

SAMPLE_OF_DOCUMENTS = 512
MOST_ITEMS = 1000
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Against:
    """What a corpus is held against.

    Attributes:
        reference: frozen human text, or None.
        target: what counts as synthetic: documents that are "fully" so, or at least "partly".
        labels: of a corpus by its root and view, what a labelled sample of it says; None where nobody labelled it.
    """

    reference: Reference | None = None
    target: Target = "partly"
    labels: Callable[[str, dict[str, Any]], Labels | None] = lambda root, view: None


def assemble(merged: Merged, results: Sequence[Result], against: Against, sampling: dict[str, Any] | None) -> Audit:
    """The audit that a run's merged states make.

    Args:
        merged: states of all results, joined.
        results: in the order of the corpus.
        against: what the text is held against.
        sampling: how documents were drawn (see `outcross.workspace`), or None where all were read.

    Raises:
        DataError: not one document could be read.
    """
    plan, states = merged.plan, merged.states
    quarantine = _quarantine(results)
    if states.whole is None:
        reasons = ", ".join(f"{reason} ({count})" for reason, count in quarantine["by_reason"].items())
        raise DataError(
            f"Not one document could be read from {', '.join(plan.corpus.paths[:3])}: {reasons or 'no documents'}."
        )
    reference = against.reference
    asked = Asked(ladder(states.whole), reference, plan.keep_text, segmented=plan.segmenter is not None)
    profile = Profile.of(conclude(states.whole, asked))
    kept = states.complete_groups(plan.most_groups)
    common = _common_size(kept)
    groups = {
        name: _lighter(Profile.of(conclude(family, replace(asked, sizes=_size_of(family, common)))))
        for name, family in kept.items()
    }
    corpus = _corpus(plan, results, states.whole, partial=sampling is not None)
    if states.counts:
        order = sorted(states.counts, key=lambda name: (-states.counts[name], name))[:MOST_COUNTED]
        corpus["groups"] = {"count": len(states.counts), "documents": {name: states.counts[name] for name in order}}
    if states.repeated is not None:
        corpus["repeated_ids"] = asdict(states.repeated)
    return Audit(
        corpus, _plan(plan, sampling), profile, groups, quarantine,
        _notes(merged, profile, len(kept), sampling),
        reference.summary() if reference else None,
        share=_share(merged, corpus, against, _draw(plan, results, sampling)),
    )  # fmt: skip


def _share(merged: Merged, corpus: dict[str, Any], against: Against, draw: Draw | None) -> Share | None:
    """The synthetic share, where evidence of origin was looked for."""
    inquiry, whole = merged.plan.inquiry, merged.states.whole
    if not inquiry or whole is None or ORIGIN not in whole:
        return None
    labels = against.labels(corpus["root"], corpus["view"]) if corpus["root"] else None
    kept = merged.states.complete_groups(merged.plan.most_groups)
    groups = {name: family[ORIGIN] for name, family in kept.items()}
    return share_of(whole[ORIGIN], groups, inquiry, Basis(against.target, labels, draw))


def _draw(plan: Plan, results: Sequence[Result], sampling: dict[str, Any] | None) -> Draw | None:
    """How the documents were drawn; None where all were looked at."""
    if sampling is None or sampling["share"] >= 1:
        return None
    if not plan.clustered:
        return Draw()
    read = [one for one in results if one.documents]
    return Draw(tuple(one.documents for one in read), tuple(one.text_bytes for one in read))


def _common_size(groups: dict[str, Family]) -> int:
    """The size that groups are rarefied to side by side: what all but the smallest of them have.

    A group of less than a hundredth of the documents, or of less than 256, does not make the others small.
    """
    sizes = {name: int(family["size"]["documents"].sum()) for name, family in groups.items()}
    least = max(256, sum(sizes.values()) // 100)
    tops = [top for name, size in sizes.items() if size >= least for top in ladder(groups[name])[-1:]]
    return min(tops, default=0)


def _size_of(family: Family, common: int) -> tuple[int, ...]:
    """The common size, or as near to it as a small group comes."""
    top = ladder(family)[-1:]
    return (common,) if top and 0 < common < top[0] else top


def _lighter(profile: Profile) -> Profile:
    """A group's profile, with what people look at and nothing that only a comparison needs."""
    figures = {name: finding.without_replicates() for name, finding in profile.figures.items()}
    tables = {name: rows for name, rows in profile.tables.items() if name in ("languages", "lengths")}
    return Profile(figures, {}, tables)


def _quarantine(results: Sequence[Result]) -> dict[str, Any]:
    """What could not be read: counts by reason, and the first places."""
    reasons: Counter[str] = Counter()
    items: list[Quarantined] = []
    for result in results:
        reasons.update(dict(result.reasons))
        items += result.quarantined
    return {
        "count": sum(reasons.values()),
        "by_reason": dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        "items": [asdict(item) for item in items[:MOST_ITEMS]],
    }


def _corpus(plan: Plan, results: Sequence[Result], whole: Family, *, partial: bool) -> dict[str, Any]:
    """What was read: its digests, the reader's view and the text's own fingerprint."""
    digests = [one for result in results for one in result.digests]
    sizes: Counter[str] = Counter()
    for one in digests:
        sizes[one.path] += one.stop - one.start
    sample = whole["words"].sample
    view = plan.corpus.view.to_dict()
    return {
        "name": _name(plan.corpus.paths), "paths": list(plan.corpus.paths[:MOST_ITEMS]),
        "files": len(plan.corpus.paths), "skipped": list(plan.corpus.skipped[:MOST_ITEMS]),
        "bytes": plan.corpus.bytes, "bytes_read": sum(result.disk_bytes for result in results),
        # A random part is named by its text: whole ranges of files were not read.
        "root": None if partial else corpus_root(digests),
        "range_bytes": plan.corpus.limits.range_bytes,
        "shards": [] if partial else _shards(digests),
        "view": view, "fingerprint": fingerprint(whole),
        "document_sample": [f"{int(one):016x}" for one in sample.hashes[:SAMPLE_OF_DOCUMENTS]],
        "document_sample_whole": bool(sample.whole and len(sample.hashes) <= SAMPLE_OF_DOCUMENTS),
    }  # fmt: skip


def _shards(digests: Sequence[Any]) -> list[dict[str, Any]]:
    """The digest of each range, as far as a reader wants to see them."""
    return [asdict(one) for one in digests[:MOST_ITEMS]]


def _name(paths: Sequence[str]) -> str:
    if paths == ("-",):
        return "standard input"
    if len(paths) == 1:
        return Path(paths[0]).name or paths[0]
    return f"{Path(paths[0]).name} and {len(paths) - 1} more"


def fingerprint(whole: Family) -> str:
    """The fingerprint of the text: a digest of the samples of n-gram types, whatever the partition or order."""
    return sha256(whole["ngrams"].to_bytes())


def _plan(plan: Plan, sampling: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "version": version("outcross"), "kernels": KERNELS, "caps": asdict(plan.caps),
        "limits": asdict(plan.corpus.limits),
        "max_groups": plan.most_groups, "keep_text": plan.keep_text, "segmenter": plan.segmenter,
        "clustered": plan.clustered, "seed": plan.seed, "sample": sampling,
    }  # fmt: skip


def _notes(merged: Merged, profile: Profile, kept: int, sampling: dict[str, Any] | None) -> list[dict[str, str]]:
    """What must be known before a figure is believed; `kept` groups are profiled."""
    plan, counted = merged.plan, len(merged.states.counts)
    documents = int(getattr(profile.figures["documents"], "value", 0))
    warnings = []
    if sampling:
        warnings.append(sampling["says"])
    if documents < FEWEST_DOCUMENTS:
        warnings.append(
            f"Only {documents} documents: figures that need a standard error are unknown (from {FEWEST_DOCUMENTS} on)."
        )
    told = _told_of_identifiers(merged) + [f"Left out: {path}" for path in plan.corpus.skipped[:20]]
    curve = profile.curves.get("hill.0")
    if curve:
        told.append(
            f"The common size of rarefied figures is {curve[-1][0]:,} documents; their curves give smaller ones."
        )
    if kept < counted:
        told.append(f"{counted:,} groups; the {kept} largest are profiled, the others only counted (--max-groups).")
    return [{"level": "warning", "text": text} for text in warnings] + [
        {"level": "note", "text": text} for text in told
    ]


def _told_of_identifiers(merged: Merged) -> list[str]:
    """That identifiers repeat, where they do."""
    found = merged.states.repeated
    if found is None or not found.identifiers:
        return []
    return [
        f"{found.documents:,} documents share their identifier with another (column "
        f"{merged.plan.corpus.view.id_column!r}; {found.identifiers:,} identifiers repeat): what is listed by "
        f"identifier, scores and labels among it, cannot tell them apart. Figures do not rest on identifiers."
    ]
