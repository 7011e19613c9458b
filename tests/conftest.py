"""What all tests share: no deadlines for laws (a kernel may compile first), and real text of people."""

import ast
import signal
import sysconfig
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Tests that are begun in the background of a shell have Ctrl-C ignored, and so would all processes that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, so that a change is judged by what it changes; `make study` explores others.
settings.register_profile("outcross", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=300)
settings.load_profile("outcross")

NOT_PROSE = {"site-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__"}
WITH_DOCUMENTATION = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def documented(path: Path) -> Iterator[str]:
    """The docstrings of a source file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, WITH_DOCUMENTATION):
            yield ast.get_docstring(node) or ""


@pytest.fixture(scope="session")
def prose() -> list[str]:
    """The docstrings of the standard library, each once: thousands of short texts that people wrote."""
    root = Path(sysconfig.get_paths()["stdlib"])
    found: dict[str, None] = {}
    for path in sorted(root.rglob("*.py")):
        if NOT_PROSE.isdisjoint(path.relative_to(root).parts):
            found.update((text, None) for text in documented(path) if len(text) >= 60)
    return list(found)
