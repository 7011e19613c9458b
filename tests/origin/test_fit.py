"""Fitting: what is told of a score is held out, copies and confounded sources do not flatter it."""

import numpy as np
import pytest
from scipy import stats

from outcross.errors import DataError
from outcross.estimate import Estimate, Unknown
from outcross.origin import ranking
from outcross.origin.fit import Trainer, calibrated, examples, fit, quantised


def test_two_sides_that_differ_are_told_apart(score, batch_of, human_texts, machine_texts):
    people, machine = score.score(batch_of(human_texts)), score.score(batch_of(machine_texts))
    assert np.nanmin(machine) > np.nanmax(people[~np.isnan(people)])
    assert score.facts["held_out"]["auroc"]["value"] > 0.99


def test_the_same_documents_give_the_same_file(score, batch_of, human_texts, machine_texts):
    sides = [
        examples([batch_of(texts, [f"{name} {number % 2}" for number in range(len(texts))])])
        for name, texts in (("people", human_texts), ("model", machine_texts))
    ]
    assert fit(*sides).to_bytes() == score.to_bytes()


def test_every_source_is_left_out_once(score):
    told = {row["source"]: row for row in score.facts["left_out"]}
    assert sorted(told) == ["model 0", "model 1", "people 0", "people 1"]
    assert told["people 0"]["documents"]["synthetic"] == 0
    assert "unknown" in told["people 0"]["called"]["synthetic"]
    assert told["people 0"]["auroc"]["value"] > 0.95


def test_sides_that_do_not_differ_are_reported_as_such(batch_of, human_texts):
    """Two halves of one kind of text: an AUROC of one half, whatever the fit makes of its own documents."""
    sides = [examples([batch_of(human_texts[part::2])]) for part in (0, 1)]
    told = fit(*sides).facts["held_out"]["auroc"]
    assert told["low"] < 0.56
    assert told["value"] < 0.62


def test_a_confounded_source_shows_when_it_is_left_out(batch_of, human_texts, machine_texts):
    """All people of one source sign their texts: a model learns the signature, and fails on the other source."""
    signed = [f"{text} Signed in haste by the undersigned clerk." for text in human_texts[:150]]
    machine = [machine_texts[number] for number in range(150)]
    plain = [f"{text} Moreover, this approach plays a crucial role." for text in machine_texts[150:]]
    human = examples([batch_of(signed + plain, ["clerks"] * len(signed) + ["plain"] * len(plain))])
    made = fit(human, examples([batch_of(machine, ["model"] * len(machine))]))
    told = {row["source"]: row["called"]["human"] for row in made.facts["left_out"]}
    assert told["plain"]["value"] > 0.5


def test_copies_are_used_once(batch_of, machine_texts):
    found = examples([batch_of(machine_texts[:60] * 3)])
    assert len(found) == 60
    assert found.refused["copies"] == 120


def test_a_text_on_both_sides_is_learned_from_as_neither(batch_of, human_texts, machine_texts):
    human = examples([batch_of(human_texts)])
    mixed = examples([batch_of([*machine_texts, *human_texts[:40]])])
    shared = len(examples([batch_of(human_texts[:40])]))
    made = fit(human, mixed)
    assert shared > 10
    assert made.facts["human"]["documents"] == len(human) - shared
    assert made.facts["synthetic"]["not_used"]["on both sides"] == shared
    with pytest.raises(DataError, match=r"0 usable documents.*on both sides"):
        fit(human, human)


def test_a_source_that_is_all_of_a_side_cannot_be_left_out(batch_of, human_texts, machine_texts):
    people = examples([batch_of(human_texts, ["people.jsonl"] * len(human_texts))])
    machine = examples([batch_of(machine_texts, ["machine.jsonl"] * len(machine_texts))])
    assert fit(people, machine).facts["left_out"] == []


def test_what_a_score_would_refuse_is_not_learned_from(batch_of, machine_texts):
    found = examples([batch_of([*machine_texts[:60], "short", "Der Hund und die Katze sind nicht in dem Haus. " * 9])])
    assert len(found) == 60
    assert found.refused == {"fewer than 50 words": 1, "not in the language of the score (en)": 1}


def test_too_little_text_is_said_with_what_there_is(batch_of, machine_texts, human_texts):
    with pytest.raises(DataError, match="20 usable documents"):
        fit(examples([batch_of(human_texts)]), examples([batch_of(machine_texts[:20])]))


def test_no_document_is_scored_by_a_model_that_saw_it(batch_of, human_texts, machine_texts):
    trainer = Trainer(examples([batch_of(human_texts)]), examples([batch_of(machine_texts)]))
    held = trainer.held_out()
    fold = trainer.folds == 0
    alone = trainer.fit(~fold)
    assert alone is not None
    assert held[fold] == pytest.approx(alone.logits(trainer.features)[fold])


def test_posteriors_mean_what_they_say():
    draws = np.random.default_rng(3)
    synthetic = np.arange(20_000) >= 10_000
    logits = np.where(synthetic, 1.0, -1.0) + draws.normal(size=20_000)  # the true posterior: 2 x
    gain, offset = calibrated(logits * 3.0 + 1.0, synthetic)
    assert gain == pytest.approx(2.0 / 3.0, rel=0.05)
    assert offset == pytest.approx(-2.0 / 3.0, abs=0.05)


def test_calibration_of_sides_that_do_not_overlap_stays_finite():
    synthetic = np.arange(100) >= 50
    gain, offset = calibrated(np.where(synthetic, 5.0, -5.0), synthetic)
    assert 0 < gain < 10
    assert abs(offset) < 1


def test_a_byte_a_weight_loses_little():
    weights = np.random.default_rng(4).normal(size=1 << 18)
    found, step = quantised(weights)
    assert found.dtype == np.int8
    assert np.quantile(np.abs(found * step - weights), 0.999) <= step / 2 + 1e-12


def test_the_auroc_is_the_usual_one():
    draws = np.random.default_rng(6)
    machine, people = np.round(draws.normal(1, 1, 300), 1), np.round(draws.normal(0, 1, 200), 1)
    found = ranking.auroc(machine, people)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(stats.mannwhitneyu(machine, people).statistic / 300 / 200)
    low, high = found.interval()
    assert low < stats.norm.cdf(1 / np.sqrt(2)) < high


def test_the_interval_of_the_auroc_holds():
    draws = np.random.default_rng(8)
    true = stats.norm.cdf(1 / np.sqrt(2))
    held = 0
    for _ in range(1000):
        found = ranking.auroc(draws.normal(1, 1, 60), draws.normal(0, 1, 60))
        assert isinstance(found, Estimate)
        low, high = found.interval()
        held += low <= true <= high
    assert held >= 925


def test_few_documents_tell_nothing():
    assert isinstance(ranking.auroc(np.ones(5), np.zeros(100)), Unknown)
    assert isinstance(ranking.found_at(np.ones(50), np.zeros(50)), Unknown)
    assert isinstance(ranking.share_above(np.ones(3), 0.5), Unknown)
