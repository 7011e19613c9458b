"""From an audit to the outline of its report."""

from collections.abc import Mapping
from typing import Any

from outcross.audits.record import Audit
from outcross.report.chapters import HEADLINE, row_of
from outcross.report.escape import shown
from outcross.report.grouping import groups_of
from outcross.report.numbers import count, plural, size_of
from outcross.report.outline import Column, Outline, Quarantine, Row, Table
from outcross.report.sections import reference_fact, sections_of

NAME_LIMIT = 80
PATH_LIMIT = 160
NOTE_LIMIT = 600
PATHS = 5
NOTES = 40
PLACES = 20
REASONS = 12
DIGEST_LETTERS = 12


def outline_of(audit: Audit) -> Outline:
    """What a report on this audit says."""
    return Outline(
        name=shown(audit.corpus.get("name", "a corpus"), NAME_LIMIT),
        subtitle=_subtitle(audit),
        facts=_facts(audit),
        warnings=_said(audit, warning=True),
        notes=_said(audit, warning=False),
        quarantine=_quarantine(audit.quarantine),
        headline=_headline(audit),
        sections=sections_of(audit),
        groups=groups_of(audit),
    )


def _headline(audit: Audit) -> tuple[Row, ...]:
    return tuple(row_of(name, audit.figures[name]) for name in HEADLINE if name in audit.figures)


def _said(audit: Audit, *, warning: bool) -> tuple[str, ...]:
    """The texts of the warnings, or of the notes."""
    said = [note.get("text", "") for note in audit.notes if (note.get("level") == "warning") is warning]
    more = [f"{plural(len(said) - NOTES, 'more note')} in the JSON record."] if len(said) > NOTES else []
    return tuple(shown(text, NOTE_LIMIT) for text in [*said[:NOTES], *more])


def short_digest(digest: object) -> str:
    """The first letters of a digest, enough to tell two apart by eye."""
    return shown(str(digest).removeprefix("sha256:"), 200)[:DIGEST_LETTERS]


def _subtitle(audit: Audit) -> tuple[str, ...]:
    corpus = audit.corpus
    files = corpus.get("files")
    files = len(files) if isinstance(files, list | tuple) else files
    said = [plural(files, "file")] if isinstance(files, int) and files else []
    said += [size_of(corpus["bytes"])] if "bytes" in corpus else []
    said += [f"root {short_digest(corpus['root'])}"] if corpus.get("root") else []
    return tuple(said)


def _facts(audit: Audit) -> tuple[tuple[str, str], ...]:
    """What was read and how, for who wants to do it again."""
    corpus, plan = audit.corpus, audit.plan
    facts = [
        ("paths", _paths(corpus)), ("read as", _view(corpus.get("view", {}))),
        ("root digest", shown(corpus.get("root") or "none: only a part was read", PATH_LIMIT)),
        ("text fingerprint", shown(corpus.get("fingerprint", ""), PATH_LIMIT)),
        ("sample", _sample(plan.get("sample"))),
        ("reference", reference_fact(audit)),
        ("run", _run(audit)),
    ]  # fmt: skip
    return tuple((label, text) for label, text in facts if text)


def _paths(corpus: Mapping[str, Any]) -> str:
    paths = [shown(path, PATH_LIMIT) for path in corpus.get("paths", ())]
    more = len(paths) - PATHS
    return ", ".join(paths[:PATHS]) + (f" and {plural(more, 'more')}" if more > 0 else "")


def _view(view: Mapping[str, Any]) -> str:
    """The reader's view: the shape first, then what else was asked for."""
    said = [shown(view["shape"], PATH_LIMIT)] if view.get("shape") else []
    for key, words in (("id_column", "ids in"), ("group_by", "grouped by"), ("turns", "turns:")):
        if view.get(key) and (key, view[key]) != ("turns", "all"):
            said.append(f"{words} {shown(view[key], NAME_LIMIT)}")
    return ", ".join(said)


def _sample(value: object) -> str:
    """How documents were drawn, on one line."""
    if value is None:
        return "all documents"
    if isinstance(value, Mapping):
        if "says" in value:
            return shown(value["says"], NOTE_LIMIT)
        return ", ".join(f"{shown(key, 40)} {shown(item, 60)}" for key, item in list(value.items())[:8])
    return count(value)


def _run(audit: Audit) -> str:
    run, said = audit.run, []
    if run.get("started"):
        said.append(shown(run["started"], 40))
    if isinstance(run.get("seconds"), int | float):
        said.append(f"{run['seconds']:,.3g} s")
    if run.get("workers"):
        workers = run["workers"]
        said.append(plural(workers, "worker") if isinstance(workers, int) else shown(workers, 40))
    if audit.plan.get("version"):
        said.append(f"outcross {shown(audit.plan['version'], 20)}")
    return ", ".join(said)


def _quarantine(record: Mapping[str, Any]) -> Quarantine | None:
    """What could not be read, or None where everything could."""
    if not record.get("count"):
        return None
    reasons = sorted(record.get("by_reason", {}).items(), key=lambda item: (-item[1], item[0]))
    items = record.get("items", ())
    rows = tuple(
        (shown(item.get("path", ""), PATH_LIMIT), shown(item.get("place", ""), 60),
         shown(item.get("reason", ""), 120), count(item.get("count", 1)))
        for item in items[:PLACES]
    )  # fmt: skip
    columns = (Column("path", "quote"), Column("place", "quote"), Column("reason", "quote"), Column("count"))
    note = f"The first {PLACES} places; the others are in the JSON record." if len(items) > PLACES else ""
    return Quarantine(
        count(record["count"]), tuple((shown(why, 120), count(times)) for why, times in reasons[:REASONS]),
        Table("quarantine", "Where", columns, rows, note),
    )  # fmt: skip
