"""Zero-shot scores of a local causal language model: no training, and no download. Needs the extra `zero-shot`.

    binoculars        Hans et al. 2024 (arXiv:2401.12070): log-perplexity over cross-perplexity of two models
    fast-detect-gpt   Bao et al. 2024 (arXiv:2310.05130): how far the text's log-likelihood lies above what the
                      model expects of its own draws, in standard deviations

Neither is a probability. They are mapped to [0, 1] by a logistic curve that keeps their order; what they are worth
on a corpus, only labels of that corpus tell.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from outcross.canonical import digest, sha256
from outcross.doors import optional
from outcross.errors import CallError
from outcross.measure import Array, Batch

Statistic = Literal["binoculars", "fast-detect-gpt"]

CURVES: dict[Statistic, tuple[float, float]] = {"binoculars": (0.9015, -40.0), "fast-detect-gpt": (2.0, 1.0)}
"""The statistic at which the score is one half, and its slope there; lower is more synthetic for Binoculars.

The published threshold of Binoculars for accuracy is 0.9015, with Falcon-7B; other models have others.
"""

LEAST_TOKENS = 32
"""Tokens below which a text is refused."""


@dataclass(frozen=True)
class ZeroShot:
    """A scorer by a causal language model in a local folder, as transformers' `save_pretrained` writes it.

    Attributes:
        model: folder of the model that scores, with its tokenizer.
        observer: folder of the second model of Binoculars, with the same tokens; None takes the first for both.
        statistic: which one.
        most_tokens: tokens of a text that are looked at, from its beginning.
        device: where it runs, as torch names it.
    """

    model: str
    observer: str | None = None
    statistic: Statistic = "fast-detect-gpt"
    most_tokens: int = 512
    device: str = "cpu"

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            CallError: a folder is not there, or the statistic is not known.
        """
        for folder in filter(None, (self.model, self.observer)):
            if not (Path(folder) / "config.json").is_file():
                raise CallError(
                    f"There is no language model in {folder}.", hint="Name a folder with config.json and its weights."
                )
        if self.statistic not in CURVES:
            raise CallError(f"There is no statistic {self.statistic!r}.", hint=f"There are: {', '.join(CURVES)}.")

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("model", "observer", "statistic", "most_tokens", "device")}

    @property
    def name(self) -> str:
        """Of the scorer."""
        return f"zero-shot.{self.statistic}"

    @property
    def digest(self) -> str:
        """Of parameters and of the models' files."""
        folders = [self.model] + ([self.observer] if self.observer else [])
        files = [sha256(path.read_bytes()) for one in folders for path in sorted(Path(one).glob("*")) if path.is_file()]
        return digest({"scorer": self.name, "files": files, "tokens": self.most_tokens})

    @cached_property
    def _models(self) -> tuple[Any, Any, Any]:
        """Tokenizer, scoring model, second model."""
        library = optional("transformers", extra="zero-shot", purpose="score with a language model")
        # Only what lies in the folder: no code of a model's own, no weights that can run code, no network.
        rules = {"local_files_only": True, "trust_remote_code": False}
        tokenizer = library.AutoTokenizer.from_pretrained(self.model, **rules)
        first = library.AutoModelForCausalLM.from_pretrained(self.model, use_safetensors=True, **rules)
        second = first
        if self.observer is not None:
            second = library.AutoModelForCausalLM.from_pretrained(self.observer, use_safetensors=True, **rules)
        return tokenizer, first.eval().to(self.device), second.eval().to(self.device)

    def statistics(self, batch: Batch) -> Array:
        """The statistic of each document, float64[n]; NaN where it is too short."""
        return batch.once(f"{self.name} {self.model}", lambda one: np.array(
            [self._of_text(text) for text in one.texts.to_pylist()], np.float64
        ))  # fmt: skip

    def _of_text(self, text: str) -> float:
        torch = optional("torch", extra="zero-shot", purpose="score with a language model")
        tokenizer, first, second = self._models
        # Characters beyond 16 a token are cut first: a tokenizer takes whatever it is given.
        made = tokenizer(text[: 16 * self.most_tokens], add_special_tokens=False, truncation=True,
                         max_length=self.most_tokens, return_tensors="pt")  # fmt: skip
        tokens = made["input_ids"].to(self.device)
        if tokens.shape[1] < LEAST_TOKENS:
            return float("nan")
        with torch.inference_mode():
            scoring = torch.log_softmax(first(tokens).logits[0, :-1].double(), -1)
            other = scoring if second is first else torch.log_softmax(second(tokens).logits[0, :-1].double(), -1)
            likelihood = scoring.gather(1, tokens[0, 1:, None])[:, 0]
            if self.statistic == "binoculars":
                return float(-likelihood.mean() / -(other.exp() * scoring).sum(-1).mean())
            mean = (other.exp() * scoring).sum(-1)
            variance = (other.exp() * scoring.square()).sum(-1) - mean.square()
            return float((likelihood - mean).sum() / variance.sum().clamp_min(1e-12).sqrt())

    def score(self, batch: Batch) -> Array:
        """The statistic on a scale from 0 to 1, float32[n]; NaN where it is too short."""
        middle, slope = CURVES[self.statistic]
        with np.errstate(over="ignore"):
            scores: Array = (1 / (1 + np.exp(-slope * (self.statistics(batch) - middle)))).astype(np.float32)
        return scores

    def refusals(self, batch: Batch) -> list[str | None]:
        """Why a document has no score."""
        short = np.isnan(self.statistics(batch)).tolist()
        return [f"shorter than {LEAST_TOKENS} tokens" if one else None for one in short]
