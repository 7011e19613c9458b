"""The study of watching on documents of people: some lineages in every run, thousands as `make study` runs it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study():
    """bench/track_study.py as a module."""
    spec = importlib.util.spec_from_file_location("track_study", ROOT / "bench" / "track_study.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def false_alarms(study, pool, documents, *, by_source, runs):
    """Of the tail share, two-sided; and of any of the eight criteria at an eighth of alpha each."""
    logs, errors = pool.lineages(documents, by_source, runs)
    every = [study.series_of(logs[..., k], errors[..., k], 31) for k in range(len(study.CRITERIA))]
    eighths = [study.first_alarms(one, study.PLANS["two-sided, a/8"]) > 0 for one in every]
    return (study.first_alarms(every[0], study.PLANS["two-sided"]) > 0).mean(), np.any(eighths, 0).mean()


def test_unchanged_documents_of_people_give_few_false_alarms_and_a_loss_is_seen(study, prose):
    pool = study.Pool(prose)
    assert max(false_alarms(study, pool, 1000, by_source=False, runs=200)) <= 0.05
    losing = pool.losing(1000, 0.95, 40, 12)
    first = study.first_alarms(losing, study.PLANS["two-sided"])
    assert first.min() > 0
    assert first.mean() <= 4


@pytest.mark.study
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("by_source", [False, True])
@pytest.mark.parametrize("documents", [2000, 5000])
def test_over_thousands_of_lineages_at_most_one_in_20_gives_a_false_alarm(study, documents, by_source):
    pool = study.Pool(study.own_text())
    assert max(false_alarms(study, pool, documents, by_source=by_source, runs=2000)) <= 0.05


@pytest.mark.study
@pytest.mark.timeout(3600)
def test_the_power_table_keeps_its_promises(study):
    five = study.power_row(5000, study.PLANS["falls only"], True, 4000).split(" | ")
    assert float(five[0].rstrip(" %")) <= 5
    assert float(five[1]) <= 3.0
    assert float(five[2]) <= 1.0
    panel = study.power_row(5000, study.PLANS["two-sided, a/8"], True, 4000).split(" | ")
    assert float(panel[1]) <= 4.0
