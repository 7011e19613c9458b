"""Where compiled kernels are kept."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """`$OUTCROSS_CACHE`, or outcross's folder in the user's cache."""
    chosen = os.environ.get("OUTCROSS_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "outcross"
