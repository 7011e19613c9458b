"""What `origin fit` promises on the development set, where that lies beside the project: `make study`."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from outcross.origin.fit import Trainer, examples, fit

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "origin"

pytestmark = [
    pytest.mark.study,
    pytest.mark.skipif(not DATA.is_dir(), reason="the development set is not beside the project (../shared/data)"),
]


def test_a_fitted_score_ranks_what_it_has_not_seen():
    bench = runpy.run_path(str(ROOT / "bench" / "score.py"))
    found = bench["records"](DATA / "docs.jsonl.gz")
    human = [one for one in found if one["label"] == "human"]
    machine = [one for one in found if one["label"] == "synthetic" and one["generator"] not in bench["BASE_MODELS"]]
    sides = [examples([bench["batch_of"](human)]), examples([bench["batch_of"](machine)])]
    assert fit(*sides).facts["held_out"]["auroc"]["value"] >= 0.99
    trainer = Trainer(*sides)
    domains = ("abstract", "code-qa", "essay", "news", "review", "story")
    areas = [bench["without"](trainer, trainer.sources == name, trainer.sources == name)[0] for name in domains]
    assert np.mean(areas) >= 0.95
    trainer = Trainer(sides[0], examples([bench["batch_of"](machine, "generator_family")]))
    held = ~trainer.synthetic & (trainer.folds < 2)
    areas = []
    for name in np.unique(trainer.sources[trainer.synthetic]):
        there = (trainer.sources == name) & trainer.synthetic | held
        if (there & trainer.synthetic).sum() >= 50:
            areas.append(bench["without"](trainer, there, there)[0])
    assert np.mean(areas) >= 0.97
