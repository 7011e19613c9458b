"""The file of a training mix: which sources, how many tokens of each, and what is known of where they come from.

TOML, or JSON with the same tables. `docs/how-to/mix.md` shows one; `docs/why/lineage-intervals.md` says what follows.
"""

import difflib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from outcross.canonical import plain
from outcross.errors import CallError
from outcross.provenance.forms import DATE
from outcross.provenance.record import OPERATIONS, Bounds, Operation
from outcross.provenance.tables import Table, Written, written

KEYS = ("name", "line", "source", "mix", "model", "assumption")
OF_SOURCE = ("name", "record", "tokens", "op", "of", "by", "kept", "corpus", "manifest", "signature", "audit")
OF_MIX = ("name", "sources")
OF_MODEL = ("id", "trained_on", "digest")
OF_ASSUMPTION = ("id", "synthetic", "edited", "made", "human", "depth", "owner", "reason", "expires")
OF_PORTION = ("name", "tokens")

DEEPEST = 1e6
"""Depth that an assumption may name."""

MOST_TOKENS = 1e18


@dataclass(frozen=True)
class Portion:
    """Some of a source or of another mix.

    Attributes:
        name: of it. tokens: as consumed; None where nobody said.
    """

    name: str
    tokens: float | None = None


@dataclass(frozen=True)
class Source:
    """A source of data.

    Attributes:
        name: of it.
        records: files or names of records that speak of it; several are held against each other.
        op: how it came from `of`, or empty. by: ids of the models that did it. kept: by a filter, share of tokens.
        of: what it came from.
        corpus: folder or file of its bytes. manifest, signature, audit: files that speak of them.
    """

    name: str
    records: tuple[str, ...] = ()
    op: Operation | Literal[""] = ""
    of: tuple[Portion, ...] = ()
    by: tuple[str, ...] = ()
    kept: float | None = None
    corpus: str = ""
    manifest: str = ""
    signature: str = ""
    audit: str = ""


@dataclass(frozen=True)
class Blend:
    """Sources that are mixed.

    Attributes:
        name: of the mix. sources: or other mixes, with their tokens.
    """

    name: str
    sources: tuple[Portion, ...]


@dataclass(frozen=True)
class Model:
    """A model that made or changed some source.

    Attributes:
        id: one for each generation. trained_on: sources or mixes; empty where nobody said. digest: of its weights.
    """

    id: str
    trained_on: tuple[Portion, ...] = ()
    digest: str = ""


@dataclass(frozen=True)
class Assumption:
    """What somebody takes as true of a source, a mix or what a model was trained on, without proof.

    Attributes:
        id: of what it speaks of.
        synthetic, edited, human: shares. made: of synthetic and edited together. depth: of the made text.
        owner: who answers for it. reason: why. expires: ISO 8601; empty for never.
    """

    id: str
    owner: str
    reason: str
    synthetic: Bounds | None = None
    edited: Bounds | None = None
    made: Bounds | None = None
    human: Bounds | None = None
    depth: Bounds | None = None
    expires: str = ""


@dataclass(frozen=True)
class Mix:
    """A mix that is asked about, with its lineage.

    Attributes:
        name: of the mix, a source or one of the mixes.
        sources: all that are named. mixes: likewise. models: likewise. assumptions: likewise.
        line: ids of the earlier models of the line that it is to train; None where nobody said.
        folder: that paths in it start from.
    """

    name: str
    sources: tuple[Source, ...] = ()
    mixes: tuple[Blend, ...] = ()
    models: tuple[Model, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    line: tuple[str, ...] | None = None
    folder: Path = Path()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without the folder."""
        told: dict[str, Any] = plain(asdict(replace(self, folder=Path())) | {"folder": ""})
        return {key: value for key, value in told.items() if key != "folder"}


def read_mix(place: str) -> Mix:
    """The mix in a file; `FILE#NAME` for one of several, else the one that the file names, or its last.

    Raises:
        CallError: there is no such file or mix. FaultError: it cannot be read.
        DataError: something in it cannot be; the message has its line or pointer.
    """
    path, name = Path(place), ""
    if not path.is_file() and "#" in place:
        file, _, name = place.rpartition("#")
        path = Path(file)
    made = mix_from(written(path), path.parent)
    if not name:
        return made
    known = [one.name for one in made.mixes]
    if name not in known:
        raise CallError(f"{path} has no mix {name!r}.", hint=_nearest(name, known))
    return replace(made, name=name)


def mix_from(file: Written, folder: Path) -> Mix:
    """The mix in a file that was read.

    Raises:
        DataError: something in it cannot be; the message has its line or pointer.
    """
    top = Table.of(file, (), file.value, KEYS)
    tables = {key: [Table.of(file, (key, place), value, known) for place, value in enumerate(top.list_of(key))]
              for key, known in (("source", OF_SOURCE), ("mix", OF_MIX), ("model", OF_MODEL),
                                 ("assumption", OF_ASSUMPTION))}  # fmt: skip
    sources = tuple(_source(one) for one in tables["source"])
    mixes = [Blend(one.text("name", needed=True), _portions(one, "sources")) for one in tables["mix"]]
    models = tuple(
        Model(one.text("id", needed=True), _portions(one, "trained_on"), one.text("digest")) for one in tables["model"]
    )
    taken = tuple(Portion(one.text("name"), tokens) for one in tables["source"]
                  if (tokens := one.number("tokens", MOST_TOKENS)) is not None)  # fmt: skip
    name = top.text("name")
    if taken:
        mixes.append(Blend(top.text("name", needed=True), taken))
    line = top.texts("line") if "line" in top.value else None
    made = Mix(_target(top, name, mixes), sources, tuple(mixes), models,
               tuple(_assumption(one) for one in tables["assumption"]), line, folder)  # fmt: skip
    _check_names(top, made, tables)
    return made


def _target(top: Table, name: str, mixes: list[Blend]) -> str:
    known = [one.name for one in mixes]
    if name and name not in known:
        raise top.refused(("name",), f"there is no mix {name!r} here", "Give its sources `tokens`, or add a [[mix]].")
    if not known:
        raise top.refused((), "there is no mix", "Give sources their `tokens` as consumed, or add a [[mix]].")
    return name or known[-1]


def _source(table: Table) -> Source:
    word = table.one_of("op", OPERATIONS)
    op: Operation | Literal[""] = next((one for one in OPERATIONS if one == word), "")
    kept = table.number("kept", 1.0)
    if kept is not None and (op != "filter" or kept == 0):
        raise table.refused(("kept",), "`kept` is the share above 0 that a filter keeps", 'Say op = "filter" too.')
    of = _portions(table, "of")
    if op and op not in ("generate", "derive") and not of:
        raise table.refused(("op",), f"nothing says what it is a {op} of", "Name it: of = ...")
    if of and not op:
        raise table.refused(("of",), "nothing says how it came from that", f"Say op = one of {', '.join(OPERATIONS)}.")
    return Source(
        table.text("name", needed=True), table.texts("record"), op, of, table.texts("by"), kept, table.text("corpus"),
        table.text("manifest"), table.text("signature"), table.text("audit"),
    )  # fmt: skip


def _portions(table: Table, key: str) -> tuple[Portion, ...]:
    """A name, or a list of names and of tables with name and tokens."""
    value = table.value.get(key, [])
    made = []
    for place, one in enumerate(value if isinstance(value, list) else [value]):
        told = {"name": one} if isinstance(one, str) else one
        inner = Table.of(table.file, (*table.steps, key, place), told, OF_PORTION)
        made.append(Portion(inner.text("name", needed=True), inner.number("tokens", MOST_TOKENS)))
    if made and all(one.tokens == 0 for one in made):
        raise table.refused((key,), "it has no tokens at all")
    return tuple(made)


def _assumption(table: Table) -> Assumption:
    shares = {key: table.bounds(key, 1.0) for key in ("synthetic", "edited", "made", "human")}
    depth = table.bounds("depth", DEEPEST)
    if depth is not None and depth[0] < 1:
        raise table.refused(("depth",), "text that a model made is at least 1 deep")
    if depth is None and not any(shares.values()):
        raise table.refused((), "it assumes nothing", "Say which share: synthetic, edited, made, human; or depth.")
    return Assumption(
        table.text("id", needed=True), table.text("owner", needed=True), table.text("reason", needed=True),
        **shares, depth=depth, expires=_expiry(table),
    )  # fmt: skip


def _expiry(table: Table) -> str:
    """When an assumption ends; empty for never. What is no date would never end, unseen."""
    told = table.text("expires")
    try:
        return told and str(DATE.read(told))
    except ValueError:
        raise table.refused(("expires",), f"{told[:80]!r} is no date", "Write it as 2026-11-23.") from None


def _check_names(top: Table, mix: Mix, tables: dict[str, list[Table]]) -> None:
    """Refuse a name that is given twice, and one that nothing has."""
    steps = [table.steps for key in ("source", "mix") for table in tables[key]]
    texts = [one.name for one in mix.sources] + [one.name for one in mix.mixes]
    _check_once(top, list(zip(texts, [*steps, ("name",)], strict=False)))
    _check_once(top, [(one.id, table.steps) for one, table in zip(mix.models, tables["model"], strict=True)])
    _check_once(top, [(one.id, table.steps) for one, table in zip(mix.assumptions, tables["assumption"], strict=True)])
    known = set(texts)
    for portion, place in _used(mix, tables):
        if portion.name not in known:
            raise top.refused(place, f"there is no source or mix {portion.name!r}", _nearest(portion.name, texts))


def _check_once(top: Table, named: list[tuple[str, tuple[str | int, ...]]]) -> None:
    seen = set()
    for name, steps in named:
        if name in seen:
            raise top.refused(steps, f"{name!r} is the name of something else already", "Give it a name of its own.")
        seen.add(name)


def _used(mix: Mix, tables: dict[str, list[Table]]) -> Iterator[tuple[Portion, tuple[str | int, ...]]]:
    """Everything that is named as what something came from, and where."""
    for source, table in zip(mix.sources, tables["source"], strict=True):
        yield from ((one, (*table.steps, "of")) for one in source.of)
    for blend, table in zip(mix.mixes, tables["mix"], strict=False):
        yield from ((one, (*table.steps, "sources")) for one in blend.sources)
    for model, table in zip(mix.models, tables["model"], strict=True):
        yield from ((one, (*table.steps, "trained_on")) for one in model.trained_on)


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(known[:20])}."
