"""A callback of transformers' `Trainer` that records a generation. Needs the extra `trainer`."""

import json
import logging
import math
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from outcross.doors import optional
from outcross.errors import CallError, InterruptedRunError, OutcrossError
from outcross.integrations.drawing import PURPOSE, Drawing, decoding_of, model_digest
from outcross.integrations.recording import record_generation
from outcross.integrations.samples import PROMPT, TEXT, write_rows
from outcross.track.generation import Generation, Regime

_transformers: Any = optional("transformers", extra="trainer", purpose=PURPOSE)
_Callback: Any = _transformers.TrainerCallback

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class RecordGeneration(_Callback):  # type: ignore[misc]  # an optional package has no types here
    """Draw texts on fixed prompts when training ends, and register them with data, decoding and model as a generation.

    >>> Trainer(..., callbacks=[RecordGeneration(".", "g1", prompts, parents=["g0"])])  # doctest: +SKIP

    Draws are seeded, and random generators (of the processor and of CUDA) and modes are put back, so training is the
    same with it as without. Only the main process draws. What goes wrong in recording is logged as a warning with the
    way to record later, and the texts are kept in the trainer's output folder.

    Attributes:
        workspace: folder of the workspace, made where there is none.
        name: of the generation, or a function of the trainer's state that gives it.
        prompts: the same for every generation, so that they compare.
        tokenizer: of the model; None for the trainer's `processing_class`.
        parents: names of the generations that it comes from, or a function of the trainer's state that gives them.
        train: corpora that it is trained on, `PATH` or `PATH:TOKENS`; each is read once more for its digest.
        decoding: arguments of `generate` and `seed`; see `outcross.integrations.drawing.DECODING` for the others.
        samples_per_prompt: texts a prompt.
        batch_size: texts drawn at once.
        regime: how the training data relate to earlier generations.
        every: "end" records once; "epoch" after each epoch, where a plain name becomes `NAME-epoch-1` and so on, each
            the parent of the next.
        facts: anything else to be kept with it; steps and epochs are.
        strict: raise what goes wrong in recording, which ends the training.
    """

    workspace: str | Path
    name: str | Callable[[Any], str]
    prompts: Sequence[str]
    tokenizer: Any = None
    parents: Sequence[str] | Callable[[Any], Sequence[str]] = ()
    train: Sequence[str | Path] = ()
    decoding: Mapping[str, Any] = field(default_factory=dict)
    samples_per_prompt: int = 1
    batch_size: int = 8
    regime: Regime | None = None
    every: Literal["end", "epoch"] = "end"
    facts: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False

    def __post_init__(self) -> None:
        """Refuse before the training what could not be recorded after it.

        Raises:
            CallError: the name is none, there is no prompt, a number is below 1, or it is not known when to record.
        """
        optional("torch", extra="trainer", purpose=PURPOSE)
        self._drawing = Drawing(self.prompts, self.decoding, self.samples_per_prompt, self.batch_size)
        if isinstance(self.name, str):
            Generation(self.name)
        if self.every not in ("end", "epoch"):
            raise CallError(f"{self.every!r} is no time to record at.", hint="Choose one of: end, epoch.")

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Record the generation where it is recorded once."""
        if self.every == "end":
            self._record(args, state, kwargs)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Record a generation where it is recorded after each epoch."""
        if self.every == "epoch":
            self._record(args, state, kwargs)

    def _record(self, args: Any, state: Any, kwargs: Mapping[str, Any]) -> None:
        if not state.is_world_process_zero:
            return
        name = self.name if isinstance(self.name, str) else "NAME"
        told: dict[str, Any] = {"name": name, "train": self.train, "regime": self.regime, "samples": []}
        try:
            self._tell(told, args, state, kwargs)
            record_generation(workspace=self.workspace, **told)
        except Exception as error:
            if self.strict:
                raise
            # Days of training are worth more than what is told of them.
            self._warn(error, told, Path(args.output_dir))
            if isinstance(error, InterruptedRunError):
                raise

    def _tell(self, told: dict[str, Any], args: Any, state: Any, kwargs: Mapping[str, Any]) -> None:
        """What is recorded, as far as it is known: what comes last may fail, and must not take the rest with it."""
        told["name"], told["parents"] = self._named(state)
        told["facts"] = {"steps": state.global_step, "epochs": state.epoch, "batch_size": self.batch_size, **self.facts}
        _refuse_spread(args)
        model = kwargs["model"]
        told["decoding"] = decoding_of(model, self._drawing.settings)
        tokenizer = self.tokenizer or kwargs.get("processing_class") or kwargs.get("tokenizer")
        if tokenizer is None:
            raise CallError("The trainer has no tokenizer.", hint="Give one: RecordGeneration(..., tokenizer=...)")
        told["samples"] = self._drawing.rows(model, tokenizer)
        told["model"] = model_digest(model)

    def _named(self, state: Any) -> tuple[str, Sequence[str]]:
        """The name of the generation, and its parents."""
        parents = self.parents(state) if callable(self.parents) else self.parents
        if callable(self.name):
            return self.name(state), parents
        if self.every == "end":
            return self.name, parents
        # An epoch that was cut short ends as well; the number comes from the state, so that a resumed training goes on.
        number = max(1, math.ceil(state.epoch - 1e-6))
        return f"{self.name}-epoch-{number}", parents if number == 1 else (f"{self.name}-epoch-{number - 1}",)

    def _warn(self, error: Exception, told: Mapping[str, Any], folder: Path) -> None:
        """Say what went wrong, and how to record the generation later."""
        kept = _kept(told, folder)
        samples = f"The samples are in {kept}." if kept else "No samples were kept."
        why = str(error) if isinstance(error, OutcrossError) else f"{type(error).__name__}: {error}"
        _log.warning(
            "The generation %s was not recorded: %s %s Record it later with: %s",
            told["name"], why, samples, _command(told, kept, self.workspace),
        )  # fmt: skip


def _refuse_spread(args: Any) -> None:
    """Refuse a model whose weights lie on several processes: one of them cannot draw alone.

    Raises:
        CallError: they do.
    """
    if getattr(args, "fsdp", None) or _transformers.integrations.is_deepspeed_zero3_enabled():
        raise CallError(
            "The model's weights are spread over several processes, and one of them cannot draw from it.",
            hint="Save the model, draw from it afterwards, and call outcross.record_generation.",
        )


def _kept(told: Mapping[str, Any], folder: Path) -> Path | None:
    """The samples as a file; None where there are none, or where they could not be written."""
    if not told["samples"]:
        return None
    path = folder / f"outcross-{re.sub(r'[^A-Za-z0-9._-]', '_', str(told['name']))}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_rows(path, told["samples"])
    except (OSError, OutcrossError):
        return None
    return path


def _command(told: Mapping[str, Any], kept: Path | None, workspace: str | Path) -> str:
    """The command that records it."""
    words = ["outcross", "generation", "add", str(told["name"]), "--workspace", str(workspace)]
    words += ["--samples", str(kept or "FILES"), "--text-column", TEXT]
    words += ["--prompt-column", PROMPT] if PROMPT in next(iter(told["samples"]), {}) else []
    for option, values in (("--parent", told.get("parents", ())), ("--train", told["train"])):
        words += [word for value in _several(values) for word in (option, value)]
    for option, value in (("--regime", told["regime"]), ("--model", told.get("model"))):
        words += [option, value] if value else []
    for name, value in told.get("decoding", {}).items():
        words += ["--decoding", f"{name}={value if isinstance(value, str) else json.dumps(value)}"]
    return shlex.join(words)


def _several(values: str | Path | Iterable[str | Path]) -> list[str]:
    return [str(values)] if isinstance(values, str | Path) else [str(value) for value in values]
