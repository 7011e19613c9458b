"""What evidence of origin is looked for: from what people ask for to detectors, the surest first."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcross.errors import CallError, DataError
from outcross.origin.dates import CUTOFF, Captured, day_of
from outcross.origin.declared import Declared, from_list
from outcross.origin.detector import Detector, Scorer
from outcross.origin.inquiry import Inquiry
from outcross.origin.leftovers import Leftovers
from outcross.origin.matching import ExactOutputs, NearOutputs, ParaphrasedOutputs
from outcross.origin.outputs import open_index
from outcross.origin.plugin import plugin
from outcross.origin.score import load
from outcross.origin.watermarks import GreenList, Gumbel, Scheme, SynthId, TokenizerFile, Watermark

PLUGIN = "plugin:"
"""What the name of somebody else's detector begins with, where a score is asked for."""

SCHEMES: dict[str, type[Any]] = {"kgw": GreenList, "gumbel": Gumbel, "synthid": SynthId}


@dataclass(frozen=True)
class Sought:
    """Evidence of origin, as people ask for it.

    Attributes:
        declared: the column that declares each document's origin ("human", "synthetic", ...).
        sources: a file that lists sources, groups or identifiers with their origin.
        sources_by: what that list names: "group", "id" or a column.
        doubt_human: whether to believe only declarations of synthetic text.
        dates: the column with the capture date.
        cutoff: text captured before this day counts as human.
        outputs: the folder of an output index, or None.
        watermarks: files that describe keyed watermarks, see `watermarks_in`.
        score: "general", a file that `outcross origin fit` wrote, "plugin:NAME", or None.
        show_text: whether the beginnings of documents may be kept.
    """

    declared: str | None = None
    sources: str | None = None
    sources_by: str = "group"
    doubt_human: bool = False
    dates: str | None = None
    cutoff: str = CUTOFF.isoformat()
    outputs: Path | None = None
    watermarks: tuple[str, ...] = ()
    score: str | None = None
    show_text: bool = True


def inquiry(sought: Sought) -> Inquiry:
    """The detectors and the score.

    Raises:
        CallError: a file is not there, a date is none, or a plug-in is not installed.
        DataError: a file cannot be read.
    """
    detectors: list[Detector] = []
    if sought.declared is not None:
        detectors.append(Declared(sought.declared, human=not sought.doubt_human))
    if sought.sources is not None:
        listed = from_list(sought.sources, sought.sources_by, human=not sought.doubt_human)
        detectors.append(Declared(listed.by, listed.origins, listed.human, name="declared.sources"))
    if sought.outputs is not None:
        index = open_index(sought.outputs)
        detectors += [ExactOutputs(index), NearOutputs(index), ParaphrasedOutputs(index)]
    detectors += [mark for path in sought.watermarks for mark in watermarks_in(path)]
    detectors.append(Leftovers())
    if sought.dates is not None:
        detectors.append(Captured(sought.dates, day_of(sought.cutoff)))
    return Inquiry(tuple(detectors), scorer(sought.score), show_text=sought.show_text)


def scorer(name: str | None) -> Scorer | None:
    """The text score of this name; None where there is to be none.

    Args:
        name: "general", a file that `outcross origin fit` wrote, "plugin:NAME", "none" or None.

    Raises:
        CallError: there is no such score.
        DataError: the file holds none.
    """
    if name is None or name == "none":
        return None
    return plugin(name.removeprefix(PLUGIN)) if name.startswith(PLUGIN) else load(name)


def watermarks_in(path: str | Path) -> list[Watermark]:
    """The watermarks that a JSON file describes: one object or a list of them.

    `{"scheme": "kgw", "tokenizer": "tokenizer.json", "key": 15485863, "vocabulary": 50257, "gamma": 0.25,
    "rule": "torch", "level": 1e-6, "label": "ours"}`; "gumbel" has key and width, "synthid" keys, ngram and table_seed.
    The tokenizer's path is relative to the file.

    Raises:
        CallError: the file is not there.
        DataError: it describes no watermark.
    """
    file = Path(path)
    try:
        found = json.loads(file.read_bytes())
    except OSError as error:
        raise CallError(f"Cannot read the watermark file {file}: {error.strerror}.") from None
    except ValueError as error:
        raise DataError(f"{file} is no JSON: {error}.") from None
    return [_watermark(record, file) for record in (found if isinstance(found, list) else [found])]


def _watermark(record: Any, file: Path) -> Watermark:
    try:
        told = dict(record)
        kind, tokenizer = told.pop("scheme"), file.parent / told.pop("tokenizer")
        rest = {name: told.pop(name) for name in ("level", "label") if name in told}
        if "keys" in told:
            told["keys"] = tuple(told["keys"])
        scheme: Scheme = SCHEMES[kind](**told)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{file} describes no watermark: {error}.",
            hint='Give "scheme" (kgw, gumbel or synthid), "tokenizer" (a tokenizer.json), and the key.',
        ) from None
    return Watermark(scheme, TokenizerFile(str(tokenizer)), **({"label": kind} | rest))
