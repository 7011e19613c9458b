"""Zero-shot scores: against the formulas, on a tiny language model with random weights."""

import numpy as np
import pytest
from tests.origin.making import batch_of

from outcross.errors import CallError
from outcross.origin import Scorer
from outcross.origin.zero_shot import ZeroShot


def test_a_folder_without_a_model_is_refused_before_anything_is_imported(tmp_path):
    with pytest.raises(CallError, match="no language model"):
        ZeroShot(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CallError, match="binoculars, fast-detect-gpt"):
        ZeroShot(str(tmp_path), statistic="magic")
    assert ZeroShot(str(tmp_path)).name == "zero-shot.fast-detect-gpt"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    torch = pytest.importorskip("torch", reason="the extra `zero-shot` is not installed")
    transformers = pytest.importorskip("transformers", reason="the extra `zero-shot` is not installed")
    tokenizers = pytest.importorskip("tokenizers", reason="the extra `zero-shot` is not installed")
    folders = []
    for seed in (1, 2):
        folder = tmp_path_factory.mktemp("model")
        torch.manual_seed(seed)
        shape = {"vocab_size": 60, "n_positions": 128, "n_embd": 16, "n_layer": 1, "n_head": 2}
        transformers.GPT2LMHeadModel(transformers.GPT2Config(**shape, initializer_range=0.6)).save_pretrained(folder)
        made = tokenizers.Tokenizer(tokenizers.models.WordLevel({f"w{n}": n for n in range(60)}, unk_token="w0"))  # noqa: S106
        made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
        transformers.PreTrainedTokenizerFast(tokenizer_object=made).save_pretrained(folder)
        folders.append(str(folder))
    return folders


def texts_of(seed, count, length=60):
    random = np.random.default_rng(seed)
    return [" ".join(f"w{n}" for n in random.integers(0, 60, length)) for _ in range(count)]


@pytest.mark.parametrize("statistic", ["binoculars", "fast-detect-gpt"])
def test_a_model_scores_and_short_texts_are_refused(models, statistic):
    scorer = ZeroShot(*models, statistic=statistic)
    assert isinstance(scorer, Scorer)
    batch = batch_of([*texts_of(1, 3), "w1 w2 w3", ""])
    scores = scorer.score(batch)
    assert scores.dtype == np.float32
    assert np.isnan(scores).tolist() == [False, False, False, True, True]
    assert ((scores[:3] >= 0) & (scores[:3] <= 1)).all()
    assert scorer.refusals(batch) == [None] * 3 + ["shorter than 32 tokens"] * 2
    assert np.array_equal(ZeroShot(*models, statistic=statistic).score(batch), scores, equal_nan=True)


def test_fast_detect_gpt_is_standard_normal_on_the_models_own_draws(models):
    torch = pytest.importorskip("torch")
    scorer = ZeroShot(models[0])
    _, model, _ = scorer._models
    torch.manual_seed(3)
    drawn = torch.randint(0, 60, (40, 1))
    with torch.inference_mode():
        while drawn.shape[1] < 100:
            chances = torch.softmax(model(drawn).logits[:, -1], -1)
            drawn = torch.cat([drawn, torch.multinomial(chances, 1)], 1)
    own = scorer.statistics(batch_of([" ".join(f"w{n}" for n in row) for row in drawn.tolist()]))
    assert abs(own.mean()) < 4 / np.sqrt(40)
    assert 0.6 < own.std() < 1.5
    foreign = scorer.statistics(batch_of(texts_of(4, 40, 100)))
    assert foreign.mean() < own.mean() - 2


def test_binoculars_is_the_ratio_of_log_perplexities(models):
    torch = pytest.importorskip("torch")
    scorer = ZeroShot(*models, statistic="binoculars")
    tokenizer, first, second = scorer._models
    text = texts_of(5, 1)[0]
    tokens = tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        one = torch.log_softmax(first(tokens).logits[0, :-1], -1)
        two = torch.softmax(second(tokens).logits[0, :-1], -1)
    own = -np.mean([one[place, token].item() for place, token in enumerate(tokens[0, 1:].tolist())])
    cross = -np.mean([(two[place] * one[place]).sum().item() for place in range(len(one))])
    assert scorer.statistics(batch_of([text]))[0] == pytest.approx(own / cross, rel=1e-4)
