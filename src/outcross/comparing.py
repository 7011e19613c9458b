"""Two corpora or audits held against each other: what has no audit yet is audited first."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from outcross.auditing import Auditing, Options, is_audit, options_of
from outcross.audits.compare import Comparison
from outcross.audits.compare import compare as compare_audits
from outcross.audits.record import Audit
from outcross.errors import CallError
from outcross.run import Watcher, nobody


def compare(a: Any, b: Any, *, margin: float = 0.20, **options: Any) -> Comparison:
    """Which measures differ between two corpora beyond noise: audits, files of audits, or corpora.

    Args:
        a: an `Audit`, the path of a saved audit (.json), or the paths of a corpus.
        b: likewise.
        margin: relative change that "no change" must have been able to show.
        options: fields of `Options`, for corpora that are audited first.
    """
    return compared(a, b, options_of(options), margin=margin)


def compared(a: Any, b: Any, options: Options, *, margin: float = 0.20, watch: Watcher = nobody) -> Comparison:
    """See `compare`."""
    _refuse_options((a, b), options)
    return compare_audits(audited(a, options, watch), audited(b, options, watch), margin=margin)


def audited(one: Any, options: Options, watch: Watcher = nobody) -> Audit:
    """An audit as it is, read from its file, or made."""
    if isinstance(one, Audit):
        return one
    if isinstance(one, str | Path) and is_audit(one):
        return Audit.load(one)
    return Auditing(one if isinstance(one, list | tuple) else str(one), options, watch, None).run()


def _refuse_options(saved: Sequence[Any], options: Options) -> None:
    """Saved audits have been made: options that would have changed them are a mistake, not to be passed over."""
    plain = Options()
    ignored = ("workers", "engine", "resume", "seed")
    changed = [
        one.name.replace("_", "-") for one in dataclasses.fields(Options)
        if one.name not in ignored and getattr(options, one.name) != getattr(plain, one.name)
    ]  # fmt: skip
    if changed and all(isinstance(one, Audit) or (isinstance(one, str | Path) and is_audit(one)) for one in saved):
        raise CallError(
            f"Both are audits that have been made: {', '.join(changed)} cannot change them any more.",
            hint="Name the corpora instead, or audit them again with these options.",
        )
