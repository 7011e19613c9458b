"""The coverage study, as `make study` runs it: no cell below 93 %, widths as promised."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from outcross.shares.coverage import RIGHT, Reviewers

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("OUTCROSS_ORIGIN_DATA", ROOT.parent / "shared" / "data" / "origin"))


def bench(name):
    """A script of bench/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "bench" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def below(cells, least):
    """Cells whose simultaneous upper bound lies below."""
    return {key: one for key, one in cells.items() if one.upper(len(cells)) < least}


@pytest.fixture(scope="module")
def pools(tmp_path_factory):
    if not (DATA / "docs.jsonl.gz").exists():
        pytest.skip(f"the development documents are not there: {DATA} (OUTCROSS_ORIGIN_DATA names another folder)")
    out = tmp_path_factory.mktemp("scores") / "scores.npz"
    subprocess.run([sys.executable, ROOT / "bench" / "share_scores.py", DATA, out], check=True)
    return bench("share_coverage").pools_of(out)


@pytest.mark.study
@pytest.mark.timeout(3600)
def test_no_cell_of_a_bad_detector_lies_below_93_percent():
    study = bench("share_coverage")
    assert not below(study.sweep(study.bad_pools(), RIGHT, 10_000, 20_000), study.LEAST)


@pytest.mark.study
@pytest.mark.timeout(3600)
def test_no_cell_of_shifted_or_attacked_text_lies_below_93_percent_and_widths_are_as_promised(pools):
    study = bench("share_coverage")
    cells = study.sweep(pools, RIGHT, 10_000, 1)
    assert not below(cells, study.LEAST)
    shifted = {key: one for key, one in cells.items() if key[0].startswith("new domain")}
    for labels, bar in study.BARS.items():
        assert study.points(shifted, labels) <= bar


@pytest.mark.study
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("who", bench("share_coverage").REVIEWERS)
def test_no_cell_of_reviewers_who_err_lies_below_93_percent(pools, who):
    study = bench("share_coverage")
    every = pools | study.bad_pools()
    cells = study.sweep({name: every[name] for name in study.REVIEWED_ON}, study.REVIEWERS[who], 10_000, 200_000)
    assert bool(below(cells, study.LEAST)) == (who in study.EXPECTED_TO_BREAK)


def test_the_upper_bound_on_coverage_is_above_it_and_grows_with_the_cells():
    study = bench("share_coverage")
    pool = study.bad_pools()["constant"]
    cells = study.sweep({"constant": pool}, Reviewers(), 20, 5)
    one = next(iter(cells.values()))
    assert one.coverage - 1e-9 <= one.upper(1) <= one.upper(1000) <= 1
    assert len(cells) == len(study.SIZES) * len(study.SHARES)
    assert all(0 <= cell.width <= 1 and np.isfinite(cell.error) for cell in cells.values())
