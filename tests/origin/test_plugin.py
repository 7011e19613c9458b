"""Plug-ins: a real package with an entry point, good or bad, and what is said of the bad ones."""

import pickle
import sys

import numpy as np
import pytest
from tests.origin.making import batch_of

from outcross.errors import CallError, DataError
from outcross.origin import Scorer
from outcross.origin.plugin import PlugIn, plugin, plugins

SOURCE = """
import numpy as np

class Good:
    digest = "v7"
    def score(self, texts):
        return [float("nan") if not text else min(len(text) / 100, 1) for text in texts]

made = Good()

class Broken:
    def score(self, texts):
        raise RuntimeError("out of luck")

class Short:
    def score(self, texts):
        return [0.5]

class Wild:
    def score(self, texts):
        return np.linspace(-1, 7, len(texts))

class Words:
    def score(self, texts):
        return ["yes"] * len(texts)

class Mute:
    pass

class Failing:
    def __init__(self):
        raise ValueError("no weights")
"""
NAMES = ("Good", "made", "Broken", "Short", "Wild", "Words", "Mute", "Failing", "Absent")
TEXTS = ["", "short", "x" * 200]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    (tmp_path / "detectors_of_somebody.py").write_text(SOURCE)
    facts = tmp_path / "detectors_of_somebody-1.2.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: detectors-of-somebody\nVersion: 1.2\n")
    lines = [f"{name.lower()} = detectors_of_somebody:{name}" for name in NAMES]
    (facts / "entry_points.txt").write_text("\n".join(["[outcross.detectors]", *lines, "gone = no_such_module:X"]))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("detectors_of_somebody", None)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["good", "made"])
def test_a_plug_in_scores_what_it_knows(name):
    found = plugin(name)
    assert isinstance(found, Scorer)
    scores = found.score(batch_of(TEXTS))
    assert scores.dtype == np.float32
    assert np.isnan(scores[0])
    assert scores[1:].tolist() == pytest.approx([0.05, 1.0])
    assert found.refusals(batch_of(TEXTS)) == [f"not scored by {name}", None, None]
    assert found.version == "detectors-of-somebody 1.2"
    assert len(found.score(batch_of([]))) == 0
    sent = pickle.loads(pickle.dumps(found))  # noqa: S301
    assert sent.digest == found.digest
    assert len(sent.score(batch_of(["a"] * 3000))) == 3000


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "error", "told"),
    [
        ("broken", DataError, "failed: RuntimeError: out of luck"), ("short", DataError, r"shape \(1,\) for 3 texts"),
        ("wild", DataError, "from -1 to 7"), ("words", DataError, "failed"), ("mute", CallError, "no method score"),
        ("failing", CallError, "cannot be loaded: ValueError: no weights"), ("absent", CallError, "cannot be loaded"),
        ("gone", CallError, "cannot be loaded: ModuleNotFoundError"),
    ],
)  # fmt: skip
def test_a_bad_plug_in_is_named_with_what_is_wrong(name, error, told):
    with pytest.raises(error, match=told) as raised:
        plugin(name).score(batch_of(TEXTS))
    assert repr(name) in str(raised.value)


@pytest.mark.usefixtures("installed")
def test_listing_plug_ins_imports_none():
    there = plugins()
    assert {name.lower() for name in NAMES} | {"gone"} <= set(there)
    assert "detectors_of_somebody" not in sys.modules
    assert there["good"] == PlugIn("good", "detectors_of_somebody:Good", "detectors-of-somebody 1.2")


def test_a_plug_in_that_is_not_there_is_said_with_those_that_are():
    with pytest.raises(CallError, match="no detector 'nobody'"):
        plugin("nobody")
