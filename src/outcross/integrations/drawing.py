"""Texts of a causal or sequence-to-sequence language model on fixed prompts, with torch; and a model's digest.

Nothing of the training changes: modes of the modules and the states of the random generators are put back.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from outcross.doors import optional
from outcross.errors import CallError

DECODING: Mapping[str, Any] = {"max_new_tokens": 128, "do_sample": True}
"""What is set where nobody says otherwise: greedy decoding would show the likeliest text, not what a model has lost."""

PURPOSE = "record the samples of a model"


@dataclass(frozen=True)
class Drawing:
    """How texts are drawn.

    Attributes:
        prompts: fixed, so that generations compare.
        decoding: arguments of the model's `generate`, e.g. `max_new_tokens`, `temperature`, `top_p`; and `seed`.
        samples_per_prompt: texts a prompt.
        batch_size: texts drawn at once; the draws depend on it, as they do on the seed.
    """

    prompts: Sequence[str]
    decoding: Mapping[str, Any] = field(default_factory=dict)
    samples_per_prompt: int = 1
    batch_size: int = 8

    def __post_init__(self) -> None:
        """Refuse what nothing can be drawn with.

        Raises:
            CallError: there is no prompt, or a number is below 1.
        """
        if isinstance(self.prompts, str) or not self.prompts or not all(isinstance(one, str) for one in self.prompts):
            raise CallError("There are no prompts.", hint='Give a list of texts: prompts=["Once", ...].')
        for name in ("samples_per_prompt", "batch_size"):
            if getattr(self, name) < 1:
                raise CallError(f"{name} must be at least 1, not {getattr(self, name)}.")

    @property
    def settings(self) -> dict[str, Any]:
        """Of decoding, with what is set where nobody says otherwise."""
        return {"seed": 0, **DECODING, **self.decoding}

    def rows(self, model: Any, tokenizer: Any) -> list[dict[str, str]]:
        """Draw.

        Args:
            model: of transformers, with `generate`.
            tokenizer: its own.

        Returns:
            A row a text: `prompt` and `text`, the latter without the former. Where all prompts are empty, `text` alone:
            such texts have nothing in common that would make them one sampling unit.
        """
        settings = self.settings
        wanted = [prompt for prompt in self.prompts for _ in range(self.samples_per_prompt)]
        with _undisturbed(model, settings.pop("seed")):
            batches = [_texts(model, tokenizer, batch, settings) for batch in _batches(wanted, self.batch_size)]
        texts = [text for batch in batches for text in batch]
        if not any(wanted):
            return [{"text": text} for text in texts]
        return [{"prompt": prompt, "text": text} for prompt, text in zip(wanted, texts, strict=True)]


def model_digest(model: Any) -> str:
    """The digest of a model's weights: names, types, shapes and bytes of its tensors in the order of their names.

    Args:
        model: a module of torch; one tensor at a time is copied to the processor's memory.

    Returns:
        "sha256:<hex>".
    """
    torch = optional("torch", extra="trainer", purpose=PURPOSE)
    hashed = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        if not isinstance(tensor, torch.Tensor):
            continue  # state of a module that is no weight
        hashed.update(f"{name}\n{tensor.dtype}\n{tuple(tensor.shape)}\n".encode())
        # As bytes: numpy has no bfloat16.
        plain = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        hashed.update(memoryview(plain.numpy()))
    return f"sha256:{hashed.hexdigest()}"


def decoding_of(model: Any, settings: Mapping[str, Any]) -> dict[str, Any]:
    """All settings that texts are drawn under: those of the model that are not its defaults, and what was asked for.

    Args:
        model: with a `generation_config`, which holds when nothing else is asked for.
        settings: of a `Drawing`.

    Returns:
        Plain values; of anything else, as a processor of logits, the kind.
    """
    own = {
        name: value for name, value in model.generation_config.to_diff_dict().items()
        if not (name.endswith(("_token_id", "_version", "_cache")) or name.startswith(("_", "output_", "return_")))
    }  # fmt: skip
    return {name: _plain(value) for name, value in sorted((own | dict(settings)).items())}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else type(value).__name__


@contextmanager
def _undisturbed(model: Any, seed: int) -> Iterator[None]:
    """A model that draws, seeded; afterwards it trains as if nothing had been."""
    torch = optional("torch", extra="trainer", purpose=PURPOSE)
    modes = [(module, module.training) for module in model.modules()]
    devices = {one.device for one in model.parameters() if one.device.type == "cuda"}
    with torch.random.fork_rng(devices=sorted(devices, key=str)), torch.no_grad():
        torch.manual_seed(seed)
        model.eval()
        try:
            yield
        finally:
            # Each as it was: parts of a model may be frozen in evaluation while the rest is trained.
            for module, training in modes:
                module.training = training


def _batches(wanted: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for begin in range(0, len(wanted), size):
        yield wanted[begin : begin + size]


def _texts(model: Any, tokenizer: Any, prompts: Sequence[str], settings: Mapping[str, Any]) -> list[str]:
    """What the model writes after each prompt."""
    torch = optional("torch", extra="trainer", purpose=PURPOSE)
    pad = _first(tokenizer.pad_token_id, tokenizer.eos_token_id)
    # An empty prompt begins where a text does.
    begin = _first(tokenizer.bos_token_id, tokenizer.eos_token_id)
    encoded = [tokenizer(prompt)["input_ids"] or [begin] for prompt in prompts]
    wide = max(map(len, encoded))
    two_parts = model.config.is_encoder_decoder
    # A causal model goes on from the last token, so it is filled up on the left; an encoder counts from the first.
    tokens, mask = (
        torch.tensor([_filled(one, wide, fill, left=not two_parts) for one in lists], device=model.device)
        for lists, fill in ((encoded, pad), ([[1] * len(one) for one in encoded], 0))
    )
    made = model.generate(input_ids=tokens, attention_mask=mask, **{"pad_token_id": pad, "use_cache": True, **settings})
    written = made if two_parts else made[:, wide:]
    texts: list[str] = tokenizer.batch_decode(written, skip_special_tokens=True)
    return texts


def _filled(tokens: list[int], wide: int, fill: int, *, left: bool) -> list[int]:
    filling = [fill] * (wide - len(tokens))
    return filling + tokens if left else tokens + filling


def _first(*tokens: int | None) -> int:
    """The first token that a tokenizer has."""
    return next((one for one in tokens if one is not None), 0)
