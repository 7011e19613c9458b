"""outcross: the control system against model collapse.

>>> import outcross
>>> audit = outcross.audit("corpus.parquet")  # doctest: +SKIP
>>> audit["distinct.2"].interval()  # doctest: +SKIP

Nothing heavy is imported before it is used: `import outcross` takes milliseconds.
"""

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Comparison",
    "Estimate",
    "Options",
    "Unknown",
    "Workspace",
    "__version__",
    "audit",
    "compare",
    "record_generation",
    "track_lineage",
]

_HOMES = {
    "Audit": "outcross.workspace",
    "Comparison": "outcross.comparing",
    "Estimate": "outcross.estimate",
    "Options": "outcross.auditing",
    "Unknown": "outcross.estimate",
    "Workspace": "outcross.workspace",
    "audit": "outcross.workspace",
    "compare": "outcross.comparing",
    "record_generation": "outcross.integrations.recording",
    "track_lineage": "outcross.integrations.recording",
}

TYPE_CHECKING = False  # for type checkers; not imported from typing, which would take most of the time
if TYPE_CHECKING:
    from typing import Any

    from outcross.auditing import Options
    from outcross.audits.compare import Comparison
    from outcross.audits.record import Audit
    from outcross.comparing import compare
    from outcross.estimate import Estimate, Unknown
    from outcross.integrations.recording import record_generation, track_lineage
    from outcross.workspace import Workspace, audit


def __getattr__(name: str) -> "Any":
    """Import what is asked for, when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'outcross' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
