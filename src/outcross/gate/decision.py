"""What the log says of a verdict: an in-toto Statement that names the policy, the evidence and each criterion.

Figures are whole numbers: shares and generations in millionths, the rest as it is, rounded away from each other so that
the interval is never narrower. What figures take as true is named by digest; the texts stay in the verdict.
"""

import math
import re
from importlib.metadata import version
from typing import Any

from outcross.canonical import digest, sha256
from outcross.gate.record import Assessment, Verdict
from outcross.log.dsse import Statement
from outcross.log.entries import DECISION

MILLIONTHS = 1_000_000

MOST_SOURCES = 100
"""Sources whose bytes are subjects; of more, the rest is in the verdict."""

VERIFIER = "https://outcross.dev"

_ROOT = re.compile("sha256:[0-9a-f]{64}")


def decision(verdict: Verdict) -> Statement:
    """A verdict as a statement for the log.

    Its subjects are the mix, the verdict's record, and the roots of the bytes of its sources.
    """
    roots = [root for one in verdict.sources if _ROOT.fullmatch(root := str(one.get("manifest", "")))]
    named = dict(verdict.subjects) | {"verdict": verdict.digest}
    named |= {f"source-{number}": root for number, root in enumerate(sorted(set(roots))[:MOST_SOURCES], 1)}
    policy = verdict.policy
    predicate: dict[str, Any] = {
        "verifier": {"id": VERIFIER, "version": {"outcross": version("outcross")}},
        "timeVerified": verdict.made,
        "policy": {"uri": f"outcross:policy/{digest(policy['name'])[7:23]}/{policy['version']}",
                   "digest": _hexed(str(policy["digest"]))},
        "inputAttestations": [{"digest": _hexed(one)} for one in verdict.evidence],
        "decision": verdict.outcome,
        "criteria": [_criterion(one) for one in verdict.assessments],
        "assumptions": [{"digest": _hexed(sha256(one.encode()))} for one in verdict.assumptions],
        "owner": policy["owner"],
    }  # fmt: skip
    return Statement({name: _hexed(one) for name, one in named.items()}, DECISION, predicate)


def _hexed(told: str) -> dict[str, str]:
    return {"sha256": told.removeprefix("sha256:")}


def _criterion(one: Assessment) -> dict[str, Any]:
    scale = MILLIONTHS if one.unit in ("share", "generations") else 1
    low, high = one.interval or (None, None)
    ends = [_whole(low, scale, up=False), _whole(high, scale, up=True)]
    return {
        "id": one.criterion, "metric": one.kind, "interval": ends,
        "limit": _whole(one.limit, scale, up=one.way == "max"), "way": one.way, "unit": one.unit, "scale": scale,
        "result": one.result, "outcome": one.outcome,
    }  # fmt: skip


def _whole(value: float | None, scale: int, *, up: bool) -> int | None:
    """A figure as a whole number of its scale; None where it is not known or has no end."""
    if value is None or math.isinf(value):
        return None
    scaled = round(value * scale, 6)  # 0.2 of a million is 200000, not a part above
    return math.ceil(scaled) if up else math.floor(scaled)
