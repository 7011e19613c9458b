"""The callback in a real Trainer: a tiny random GPT-2 is trained for two steps, and each training is a generation."""

import hashlib
import json
import logging
import shlex
import sys

import pytest

import outcross
from outcross.errors import CallError

torch = pytest.importorskip("torch", reason="needs the extra trainer")
transformers = pytest.importorskip("transformers", reason="needs the extra trainer")
pytest.importorskip("accelerate", reason="needs the extra trainer")

from outcross.cli import main  # noqa: E402 - only where the libraries are
from outcross.integrations.drawing import Drawing, decoding_of, model_digest  # noqa: E402
from outcross.integrations.transformers import RecordGeneration  # noqa: E402

# Of the libraries' own: what they do with each other is not looked at here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning"),
]

# One thread is the fastest for a model of this size, and gives the same sums everywhere.
torch.set_num_threads(1)

WORDS = [f"w{number}" for number in range(60)]
PROMPTS = [f"w{number} w{number + 1}" for number in range(0, 20, 2)] + ["w3 w4 w5 w6 w7"]
DECODING = {"max_new_tokens": 12, "temperature": 0.9, "top_p": 0.95, "seed": 11}


@pytest.fixture(scope="module")
def tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: PLC0415

    words = {word: number for number, word in enumerate(["<end>", "<unknown>", *WORDS])}
    made = Tokenizer(models.WordLevel(words, unk_token="<unknown>"))  # noqa: S106 - a token of text
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<end>", unk_token="<unknown>")  # noqa: S106


@pytest.fixture
def model(tokenizer):
    torch.manual_seed(5)
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer), n_positions=64, n_embd=16, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    return transformers.GPT2LMHeadModel(config)


def data(tokenizer):
    lines = [tokenizer(" ".join(WORDS[number : number + 16]))["input_ids"] for number in range(8)]
    return [{"input_ids": line, "labels": line} for line in lines]


def trained(model, tokenizer, folder, *callbacks, **more):
    """The trainer, after two steps."""
    settings = {"max_steps": 2, "per_device_train_batch_size": 4, "report_to": "none", "save_strategy": "no",
                "use_cpu": True, "disable_tqdm": True, "seed": 3, "dataloader_pin_memory": False}  # fmt: skip
    args = transformers.TrainingArguments(output_dir=str(folder / "out"), **settings | more)
    trainer = transformers.Trainer(
        model=model, args=args, train_dataset=data(tokenizer), processing_class=tokenizer, callbacks=list(callbacks),
        data_collator=transformers.default_data_collator,
    )  # fmt: skip
    trainer.train()
    return trainer


def recording(folder, name, **more):
    told = {"decoding": DECODING, "samples_per_prompt": 4, "batch_size": 5, "strict": True}
    return RecordGeneration(folder / "workspace", name, PROMPTS, **told | more)


def registered(folder):
    with outcross.Workspace(folder / "workspace", make=False) as opened:
        return {one.name: one for one in opened.tracking.generations()}


def samples(folder, name):
    lines = (folder / "workspace" / ".outcross" / "samples" / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_training_ends_with_a_generation_of_samples_model_decoding_and_data(tmp_path, model, tokenizer):
    corpus = tmp_path / "mix.jsonl"
    corpus.write_text("".join(json.dumps({"text": " ".join(WORDS[n : n + 16])}) + "\n" for n in range(8)))
    callback = recording(tmp_path, "g1", parents=["g0"], train=[f"{corpus}:1k"], regime="replace", facts={"by": "me"})
    trainer = trained(model, tokenizer, tmp_path, callback)
    made = registered(tmp_path)["g1"]
    assert (made.parents, made.regime, made.samples.prompted) == (("g0",), "replace", "prompt")
    assert made.samples.documents == 4 * len(PROMPTS)
    assert (made.train[0].documents, made.train[0].tokens) == (8, 1000)
    assert made.model == model_digest(trainer.model)
    assert made.decoding == DECODING | {"do_sample": True}
    assert made.facts == {"steps": 2, "epochs": 1.0, "batch_size": 5, "by": "me"}


def test_texts_are_what_follows_the_prompt_whatever_stands_beside_it_in_a_batch(tmp_path, model, tokenizer):
    drawing = Drawing(PROMPTS, {"max_new_tokens": 6, "do_sample": False}, batch_size=11)
    alone = Drawing(PROMPTS, {"max_new_tokens": 6, "do_sample": False}, batch_size=1)
    rows = drawing.rows(model, tokenizer)
    # Without chance, a prompt that is shorter than its neighbour is answered as it is alone.
    assert rows == alone.rows(model, tokenizer)
    assert [row["prompt"] for row in rows] == PROMPTS
    for row in rows:
        tokens = tokenizer(row["prompt"], return_tensors="pt")
        whole = model.eval().generate(**tokens, max_new_tokens=6, do_sample=False, pad_token_id=0)[0]
        assert tokenizer.decode(whole, skip_special_tokens=True) == f"{row['prompt']} {row['text']}"


def test_a_model_of_two_parts_answers_a_prompt_as_it_does_alone(tokenizer):
    torch.manual_seed(5)
    config = transformers.BartConfig(
        vocab_size=len(tokenizer), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=64,
        decoder_start_token_id=0, bos_token_id=0, eos_token_id=0, pad_token_id=0, forced_eos_token_id=None,
    )  # fmt: skip
    model = transformers.BartForConditionalGeneration(config)
    together, alone = (
        Drawing(PROMPTS, {"max_new_tokens": 6, "do_sample": False}, batch_size=size).rows(model, tokenizer)
        for size in (11, 1)
    )
    assert together == alone
    assert any(row["text"] for row in together)


def test_an_empty_prompt_begins_where_a_text_begins(model, tokenizer):
    rows = Drawing(["", "w1 w2"], {"max_new_tokens": 5}).rows(model, tokenizer)
    assert rows[0]["prompt"] == ""
    assert rows[0]["text"]


def test_texts_without_any_prompt_are_sampling_units_of_their_own(tmp_path, model, tokenizer):
    callback = RecordGeneration(tmp_path / "workspace", "g1", [""] * 40, decoding=DECODING, strict=True)
    trained(model, tokenizer, tmp_path, callback)
    made = registered(tmp_path)["g1"].samples
    assert (made.documents, made.prompted, made.clustered) == (40, None, None)
    assert set(samples(tmp_path, "g1")[0]) == {"text"}


def test_the_same_seed_draws_the_same_texts_and_another_draws_others(model, tokenizer):
    first, again, other = (
        Drawing(PROMPTS, DECODING | {"seed": seed}, samples_per_prompt=2).rows(model, tokenizer) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_training_is_the_same_with_the_callback_as_without(tmp_path, model, tokenizer):
    begun = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    drops = {"num_train_epochs": 2, "max_steps": -1}
    trained(model, tokenizer, tmp_path, **drops)
    plain, plain_state = model_digest(model), torch.get_rng_state()
    model.load_state_dict(begun)
    trained(model, tokenizer, tmp_path, recording(tmp_path, "g", every="epoch"), **drops)
    assert model_digest(model) == plain
    assert torch.equal(torch.get_rng_state(), plain_state)
    assert model.training
    assert sorted(registered(tmp_path)) == ["g-epoch-1", "g-epoch-2"]
    assert registered(tmp_path)["g-epoch-2"].parents == ("g-epoch-1",)


def test_random_numbers_and_modes_are_put_back_even_where_drawing_fails(model, tokenizer):
    model.train()
    model.transformer.h[0].eval()  # frozen, as in some fine-tuning
    before, modes = torch.get_rng_state(), [module.training for module in model.modules()]
    Drawing(PROMPTS, DECODING).rows(model, tokenizer)
    with pytest.raises((ValueError, TypeError)):
        Drawing(PROMPTS, {"no_such_setting": 3}).rows(model, tokenizer)
    assert torch.equal(torch.get_rng_state(), before)
    assert [module.training for module in model.modules()] == modes


def test_two_trainings_make_a_lineage_that_can_be_tracked(tmp_path, model, tokenizer):
    for number in range(3):
        parents = [f"g{number - 1}"] if number else []
        trained(model, tokenizer, tmp_path, recording(tmp_path, f"g{number}", parents=parents))
    track = outcross.track_lineage(workspace=tmp_path / "workspace")
    assert track.path == ("g1", "g2")
    assert track.baseline["name"] == "g0"
    assert len({one.model for one in registered(tmp_path).values()}) == 3
    assert {row["prompt"] for row in samples(tmp_path, "g2")} == set(PROMPTS)


def test_the_name_and_the_parents_may_come_from_the_state(tmp_path, model, tokenizer):
    callback = recording(tmp_path, lambda state: f"step-{state.global_step}",
                         parents=lambda state: [f"step-{state.global_step - 2}"])  # fmt: skip
    trained(model, tokenizer, tmp_path, callback)
    assert registered(tmp_path)["step-2"].parents == ("step-0",)


def test_only_the_main_process_records(tmp_path, model, tokenizer):
    trainer = trained(model, tokenizer, tmp_path)
    trainer.state.is_world_process_zero = False
    recording(tmp_path, "g1").on_train_end(trainer.args, trainer.state, trainer.control, model=None)
    assert not (tmp_path / "workspace").exists()


def test_a_failure_does_not_end_the_training_and_can_be_made_good(tmp_path, model, tokenizer, caplog, monkeypatch):
    (tmp_path / "workspace").write_text("in the way")
    callback = recording(tmp_path, "g1", parents=["g0"], regime="mixed", strict=False)
    with caplog.at_level(logging.WARNING, logger="outcross"):
        trainer = trained(model, tokenizer, tmp_path, callback)
    assert trainer.state.global_step == 2
    said = caplog.records[-1].getMessage()
    assert "g1 was not recorded" in said
    kept = tmp_path / "out" / "outcross-g1.jsonl"
    assert len(kept.read_text().splitlines()) == 4 * len(PROMPTS)
    (tmp_path / "workspace").unlink()
    command = shlex.split(said.partition("Record it later with: ")[2])
    assert command[0] == "outcross"
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    made = registered(tmp_path)["g1"]
    assert (made.parents, made.regime, made.model) == (("g0",), "mixed", model_digest(trainer.model))
    assert made.decoding == DECODING | {"do_sample": True}


def test_a_failure_of_the_model_is_told_and_strict_raises_it(tmp_path, model, tokenizer, caplog):
    lenient = recording(tmp_path, "g1", decoding={"no_such_setting": 3}, strict=False)
    with caplog.at_level(logging.WARNING, logger="outcross"):
        trained(model, tokenizer, tmp_path, lenient)
    said = caplog.records[-1].getMessage()
    assert "no_such_setting" in said
    assert "No samples were kept" in said
    assert not list(tmp_path.rglob("outcross-*"))
    with pytest.raises((ValueError, TypeError), match="no_such_setting"):
        trained(model, tokenizer, tmp_path, recording(tmp_path, "g1", decoding={"no_such_setting": 3}))


def test_a_model_that_is_spread_over_processes_is_refused(tmp_path, model, tokenizer, caplog):
    trainer = trained(model, tokenizer, tmp_path)
    trainer.args.fsdp = "full_shard"
    with pytest.raises(CallError, match="spread over several processes"):
        recording(tmp_path, "g1").on_train_end(trainer.args, trainer.state, trainer.control, model=model)


def test_what_cannot_be_recorded_is_refused_before_the_training(tmp_path):
    for wrong in (
        {"prompts": []},
        {"prompts": "one text"},
        {"batch_size": 0},
        {"samples_per_prompt": 0},
        {"every": "day"},
        {"name": "../g1"},
    ):
        with pytest.raises(CallError):
            RecordGeneration(**{"workspace": tmp_path, "name": "g1", "prompts": PROMPTS} | wrong)


def test_settings_of_the_model_are_told_beside_those_that_were_asked_for(model):
    model.generation_config.top_k = 7
    found = decoding_of(model, Drawing(["a"], {"temperature": 0.5, "stopping_criteria": [object()]}).settings)
    assert found == {"do_sample": True, "max_new_tokens": 128, "seed": 0, "stopping_criteria": ["object"],
                     "temperature": 0.5, "top_k": 7}  # fmt: skip


def test_the_digest_of_a_model_is_that_of_its_weights_alone(model):
    first = model_digest(model)
    again = transformers.GPT2LMHeadModel(model.config)
    assert model_digest(again) != first
    again.load_state_dict(model.state_dict())
    assert model_digest(again) == first
    assert model_digest(again.to(torch.bfloat16)) != first
    by_hand = hashlib.sha256()
    small = torch.nn.Linear(2, 1)
    for name in ("bias", "weight"):
        tensor = getattr(small, name)
        by_hand.update(f"{name}\ntorch.float32\n{tuple(tensor.shape)}\n".encode() + tensor.detach().numpy().tobytes())
    assert model_digest(small) == f"sha256:{by_hand.hexdigest()}"
