"""Compiled kernels are kept in the user's cache: whole, or compiled anew."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = """
import numpy as np
from outcross.kernels import is_warm, warm, permutation
said = []
warm(said.append)
print(len(said), is_warm(), sorted(permutation(np.arange(5, dtype=np.uint32)).tolist()))
"""


def counted(cache: Path) -> str:
    """What a process with this cache says: whether it compiled, whether that is kept, and a kernel's result."""
    told = {**os.environ, "OUTCROSS_CACHE": str(cache)}
    return subprocess.run([sys.executable, "-c", COUNT], env=told, capture_output=True, text=True, check=True).stdout


def test_kernels_are_compiled_once_and_damaged_code_is_not_run(tmp_path):
    assert counted(tmp_path) == "1 True [0, 1, 2, 3, 4]\n"
    assert counted(tmp_path) == "0 True [0, 1, 2, 3, 4]\n"
    (kept,) = (tmp_path / "kernels").iterdir()
    whole = kept.read_bytes()
    for damaged in (whole[:-1], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:], b""):
        kept.write_bytes(damaged)
        assert counted(tmp_path).endswith("[0, 1, 2, 3, 4]\n")
        assert kept.read_bytes() == whole


@pytest.mark.skipif(sys.platform == "win32", reason="a file is no folder there either, but is told otherwise")
def test_without_a_cache_kernels_are_compiled_in_each_process(tmp_path):
    (tmp_path / "file").touch()
    assert counted(tmp_path / "file") == "1 False [0, 1, 2, 3, 4]\n"
