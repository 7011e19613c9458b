"""What all tests share: no deadlines for laws (a kernel may compile first), and real text of people."""

import ast
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("outcross", deadline=None)
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
