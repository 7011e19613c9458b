"""The audit of a corpus: what was read, what was found, and how sure that is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outcross.audits.share import Share
from outcross.canonical import digest, plain, plain_json, read_record, sha256
from outcross.errors import DataError, FaultError
from outcross.estimate import Finding, finding_from_dict
from outcross.evidence import Evidence
from outcross.measure import Findings

SCHEMA = "outcross.audit/1"

Curves = dict[str, list[tuple[int, Finding]]]


RENDERERS: dict[str, Callable[["Audit"], str]] = {}
"""How an audit is shown ("html", "notebook"): set by the door, since what shows lies above what is shown."""


@dataclass(frozen=True)
class Profile:
    """All figures of one set of documents, with their curves over sizes and their tables."""

    figures: dict[str, Finding]
    curves: Curves = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Findings) -> "Profile":
        """The profile that measures' findings make."""
        tables: dict[str, list[dict[str, Any]]] = plain(findings.tables)
        return cls(
            {name: finding.rounded() for name, finding in sorted(findings.figures.items())},
            {
                name: [(size, finding.rounded()) for size, finding in curve]
                for name, curve in sorted(findings.curves.items())
            },
            tables,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "figures": {name: finding.to_dict() for name, finding in self.figures.items()},
            "curves": {
                name: [{"size": size, **finding.to_dict()} for size, finding in curve]
                for name, curve in self.curves.items()
            },
            "tables": self.tables,
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Profile":
        """The profile that `to_dict` wrote."""
        return cls(
            {name: finding_from_dict(finding) for name, finding in record["figures"].items()},
            {
                name: [(int(point["size"]), finding_from_dict(point)) for point in curve]
                for name, curve in record["curves"].items()
            },
            record["tables"],
        )


@dataclass(frozen=True)
class Audit:
    """One audit. Equal to what is read back from its JSON.

    Attributes:
        corpus: what was read: name, paths, root digest, bytes, shards, view, fingerprint of the text.
        plan: how it was looked at: caps, sample, seed, versions of tokeniser and kernels.
        profile: figures of all documents.
        groups: the profile of each group of documents, where asked for.
        quarantine: what could not be read: count, by_reason, items (path, place, reason, count).
        notes: what a reader must know before believing a figure: level ("note", "warning") and text.
        reference: name, digest and size of the frozen reference, or None.
        run: when, how long, with which workers; not part of the audit's digest.
        share: the synthetic share, or None where no evidence of origin was looked for.
    """

    corpus: dict[str, Any]
    plan: dict[str, Any]
    profile: Profile
    groups: dict[str, Profile]
    quarantine: dict[str, Any]
    notes: list[dict[str, str]]
    reference: dict[str, Any] | None = None
    run: dict[str, Any] = field(default_factory=dict)
    share: Share | None = None

    @property
    def figures(self) -> dict[str, Finding]:
        """Figures of all documents by name."""
        return self.profile.figures

    def __getitem__(self, name: str) -> Finding:
        """A figure by name, e.g. audit["distinct.2"]."""
        return self.profile.figures[name]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, floats rounded to 12 significant digits."""
        record = {
            "schema": SCHEMA, "corpus": self.corpus, "plan": self.plan, **self.profile.to_dict(),
            "groups": {name: profile.to_dict() for name, profile in self.groups.items()},
            "quarantine": self.quarantine, "notes": self.notes, "reference": self.reference, "run": self.run,
            "share": None if self.share is None else self.share.to_dict(),
        }  # fmt: skip
        made: dict[str, Any] = plain(record)
        return made

    def to_json(self) -> str:
        """Canonical JSON."""
        return plain_json(self.to_dict()).decode()

    @property
    def digest(self) -> str:
        """The digest of everything but the run: the same corpus, plan and reference give the same digest."""
        record = self.to_dict()
        del record["run"]
        return sha256(plain_json(record))

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Audit":
        """The audit that `to_dict` wrote.

        Raises:
            DataError: it is no audit, or one of another version.
        """
        if record.get("schema") != SCHEMA:
            raise DataError(f"This is not an audit of schema {SCHEMA}: it says {record.get('schema')!r}.")
        return cls(
            record["corpus"], record["plan"], Profile.from_dict(record),
            {name: Profile.from_dict(group) for name, group in record["groups"].items()},
            record["quarantine"], record["notes"], record["reference"], record["run"],
            None if record.get("share") is None else Share.from_dict(record["share"]),
        )  # fmt: skip

    @classmethod
    def load(cls, path: str | Path) -> "Audit":
        """Read an audit from its JSON file.

        Raises:
            DataError: the file is missing or is no audit.
        """
        return cls.from_dict(read_record(path, "audit"))

    def save(self, path: str | Path) -> None:
        """Write the audit as JSON."""
        Path(path).write_text(self.to_json() + "\n", encoding="utf-8")

    def save_html(self, path: str | Path) -> None:
        """Write the audit as one HTML page that needs nothing else."""
        Path(path).write_text(self._rendered("html"), encoding="utf-8")

    def _repr_html_(self) -> str:
        """The audit in a notebook."""
        return self._rendered("notebook")

    def _rendered(self, form: str) -> str:
        if form not in RENDERERS:
            raise FaultError(f"Nothing shows an audit as {form}.", hint="Import outcross before you show it.")
        return RENDERERS[form](self)

    def evidence(self, *, producer: str = "") -> list[Evidence]:
        """One record of evidence for each figure, bound to the corpus (and the reference) by digest.

        A corpus that was sampled is named by the fingerprint of the text that was read.
        """
        subjects = {"corpus": self.corpus["root"] or self.corpus["fingerprint"], "view": digest(self.corpus["view"])}
        if self.reference is not None:
            subjects["reference"] = self.reference["digest"]
        tool = {"name": "outcross.audit", "version": self.plan["version"], "parameters": digest(self.plan)}
        made = str(self.run.get("ended", ""))
        return [
            Evidence(name, subjects, finding, tool, made, producer, seed=self.plan["seed"])
            for name, finding in self.figures.items()
        ]
