"""Without a package the error names the extra that brings it; what does not need it works."""

import importlib
import sys

import pytest

from outcross.errors import MissingExtraError
from outcross.integrations.drawing import model_digest
from outcross.integrations.mlflow import log_generation
from outcross.track.generation import Generation


@pytest.fixture
def bare(monkeypatch):
    """A machine on which none of the packages is installed."""
    for package in ("mlflow", "torch", "transformers"):
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "outcross.integrations.transformers", raising=False)


@pytest.mark.usefixtures("bare")
def test_without_a_package_the_extra_is_named():
    with pytest.raises(MissingExtraError, match=r"pip install 'outcross\[trainer\]'"):
        importlib.import_module("outcross.integrations.transformers")
    with pytest.raises(MissingExtraError, match=r"pip install 'outcross\[trainer\]'"):
        model_digest(None)
    with pytest.raises(MissingExtraError, match=r"pip install 'outcross\[mlflow\]'"):
        log_generation(Generation("g1"))
