"""Audits and comparisons made in code, honest and hostile."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from outcross.audits.record import Audit, Profile
from outcross.estimate import Estimate, Finding, Unknown, counted
from outcross.measure import all_figures
from outcross.measures import families


def share(value: float, n: int = 2000, method: str = "counted", unit: str = "share of documents") -> Estimate:
    se = (value * (1 - value) / n) ** 0.5
    replicates = tuple(value + step * 1e-5 for step in range(32))
    return Estimate(value, se, 31.0, n, unit, method, "documents are independent draws", "share", replicates)


def amount(value: float, method: str = "rarefied to 1,024 documents (source)") -> Estimate:
    return Estimate(value, value * 0.02, 31.0, 2000, "words", method, "documents are independent draws", "log")


def figures_of() -> dict[str, Finding]:
    """Every registered figure with a number."""
    families()
    exact = {"documents", "words", "characters", "bytes", "types"}
    made: dict[str, Finding] = {}
    for place, (name, figure) in enumerate(all_figures().items()):
        if name in exact:
            made[name] = counted(2000 + place, n=2000, unit=name)
        else:
            made[name] = share(0.011 + place / 1000) if figure.percent else amount(321.0 + place)
    return made


def profile_of(text: str = "hello", name: str = "en") -> Profile:
    """A profile whose tables hold this text wherever documents speak."""
    sizes = [32, 64, 128, 256, 512, 1024]
    return Profile(
        figures_of(),
        {
            "hill.0": [(size, amount(40.0 * size**0.6)) for size in sizes],
            "distinct.2": [(size, share(0.9 - size / 2000)) for size in sizes],
            "compression.ratio": [(size * 64, amount(2 + size / 1024)) for size in sizes],
        },
        {
            "lengths": [{"low": low, "high": low * 2, "documents": low % 37} for low in (1, 2, 4, 8, 16, 32)],
            "spectrum": [
                {"low": 2**k, "high": 2 ** (k + 1) - 1, "types": 900 >> k, "mass": 0.1} for k in range(8)
            ],
            "top_words": [{"word": text, "occurrences": 90}, {"word": "the", "occurrences": 12}],
            "languages": [
                {"name": name, "documents": 1900, "share": 0.95},
                {"name": "cs", "documents": 9, "share": 1e-5},
            ],
            "scripts": [{"name": name, "letters": 70_000, "share": 1.0}],
            "clusters": [{"documents": 12, "id": text, "kind": "exact", "text": text}],
        },
    )  # fmt: skip


def audit_of(text: str = "hello", *, groups: int = 2, **changes: Any) -> Audit:
    """An audit in which this text stands in every slot that others write."""
    profile = profile_of(text, text)
    profile.figures["strange." + text] = share(0.2, method=text, unit=text)
    profile.figures["unknowable"] = Unknown(text)
    profile.tables["strange " + text] = [{"key " + text: text, "times": 3}]
    small = Profile({**profile.figures, "hill.1": Unknown(text)})
    record: dict[str, Any] = {
        "corpus": {
            "name": text, "paths": [text, "b.jsonl"], "files": 2, "bytes": 81_234_567,
            "root": "sha256:" + text, "fingerprint": "sha256:" + "ef" * 32,
            "view": {"shape": text, "id_column": text, "group_by": text},
        },
        "plan": {"sample": {"says": text}}, "profile": profile,
        "groups": {f"{text} {number}": small for number in range(groups)},
        "quarantine": {
            "count": 3, "by_reason": {text: 2, "no text": 1},
            "items": [{"path": text, "place": text, "reason": text, "count": 1}],
        },
        "notes": [{"level": "warning", "text": text}, {"level": "note", "text": text}],
        "reference": {"name": text, "digest": text, "documents": 500},
        "run": {"started": text, "seconds": 1.5, "workers": 2},
    }  # fmt: skip
    return Audit(**(record | changes))


@dataclass(frozen=True)
class Compared:
    """A comparison as plain values."""

    record: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return self.record


def comparison_of(text: str = "hello", *, verdict: str = "changed", differs: bool = True) -> Compared:
    """A comparison in which this text stands in every slot that others write."""
    one, unknown = share(0.02).without_replicates().to_dict(), Unknown(text).to_dict()
    row = {"name": "repetition.any", "a": one, "b": one, "effect": -0.012, "low": -0.02, "high": -0.004,
           "scale": "points", "p": 0.001, "p_holm": 0.0123, "differs": differs, "detectable": 0.0071,
           "reason": None}  # fmt: skip
    relative = row | {
        "name": "hill.1",
        "scale": "relative",
        "effect": 0.1,
        "low": -0.05,
        "high": 0.3,
        "differs": False,
    }
    missing = row | {"name": text, "a": unknown, "effect": None, "low": None, "high": None, "p": None,
                     "p_holm": None, "differs": False, "detectable": None, "reason": text}  # fmt: skip
    sides = ({"name": text, "digest": "sha256:" + text, "documents": 100} for _ in "ab")
    return Compared({
        "schema": "outcross.comparison/1", "a": next(sides), "b": next(sides), "verdict": verdict,
        "size": {"words": 9000, "documents_a": 90, "documents_b": 88}, "overlap": 0.03,
        "margin": 0.2, "level": 0.95,
        "rows": [missing, relative, row], "notes": [text],
    })  # fmt: skip


@pytest.fixture(scope="session")
def make_audit() -> Callable[..., Audit]:
    return audit_of


@pytest.fixture(scope="session")
def make_comparison() -> Callable[..., Compared]:
    return comparison_of


@pytest.fixture(scope="session")
def audit() -> Audit:
    return audit_of()
