"""habsburg TailGuard: a scan of the slice, as its ``scan`` command does it.

Its code is not part of this project: ``--tailguard FILE`` names a copy of ``tailguard.py``, which imports
``detector.py`` of the same repository from the folder it lies in.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from common import report, timed


def main() -> None:
    """Times loading and scanning the slice."""
    slice_path, _, file = sys.argv[1:4]
    sys.path.insert(0, str(Path(file).resolve().parent))
    tailguard: Any = import_module(Path(file).stem)
    held: list[list[str]] = []
    load = timed(lambda: held.append(tailguard.load_corpus(slice_path)))
    scan = timed(lambda: tailguard.scan_corpus(held[0]))
    size = sum(len(text.encode()) for text in held[0])
    report(size, {"load": load, "scan": scan}, {"documents": len(held[0]), "version": tailguard.VERSION})


if __name__ == "__main__":
    main()
