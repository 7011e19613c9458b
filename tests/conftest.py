"""What all tests share: no deadlines for laws (a kernel may compile first), real text of people, a real PostgreSQL."""

import ast
import os
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

# A store of the developer's own is none to test with.
os.environ.pop("OUTCROSS_STORE", None)

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


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL that runs for the tests of this process, begun when the first test asks for it."""
    from tests.server import postgresql  # noqa: PLC0415 - the driver, only for those who ask

    with postgresql() as address:
        yield address


@pytest.fixture
def database(server) -> Iterator[str]:
    """The address of a place in PostgreSQL where nothing is yet."""
    from tests.server import fresh  # noqa: PLC0415

    with fresh(server) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request) -> str | None:
    """Where a store lies: in a file of its folder (None), or on a server."""
    return None if request.param == "sqlite" else request.getfixturevalue("database")
