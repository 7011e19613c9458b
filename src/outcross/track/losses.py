"""Held-out human text under a model: the loss of each document, and what they say together.

A document is the unit, its tokens the weight. The mean is in nats a token; its exponential is the perplexity. The
upper quantiles show what the mean hides: text that the model no longer expects at all.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from outcross.canonical import sha256
from outcross.errors import DataError
from outcross.estimate import Estimate, Finding, Unknown
from outcross.measure import GROUPS, Array, pack, unpack
from outcross.measures.jackknife import FEWEST_DOCUMENTS, TOO_FEW, Told, ratio, standard_error
from outcross.track.tables import content, is_table, rows, text_of

COLUMNS = ("loss", "nll", "perplexity", "loss_sum", "nll_sum")
"""Columns that a loss is read from, the first that is there: nats a token, perplexity, nats a document."""

QUANTILES = {"perplexity.q50": 0.50, "perplexity.q90": 0.90, "perplexity.q99": 0.99}
"""Quantiles over documents of their mean loss."""

IMPLAUSIBLE = 50.0
"""Nats a token. A uniform guess among a million tokens costs 13.8: a median above this is a sum under a wrong name."""

FEWEST_CLUSTERS = 4
"""Fewest groups of clusters that a standard error is made from."""

_ONE_SE = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Losses:
    """Held-out losses of one model, a document a row, in the order of the documents' keys.

    Attributes:
        keys: uint64[n], hash of each document's id, increasing; its number in the file where it has none.
        loss: float64[n], mean nats a token.
        tokens: float64[n], tokens of each; all 1 where the file does not say.
        groups: int64[n], jackknife group of each, 0-31: by cluster where there are clusters, else by key.
        named: documents have ids, so that two models can be compared document by document.
        weighted: the tokens are known.
        source: digest of the file.
    """

    keys: Array
    loss: Array
    tokens: Array
    groups: Array
    named: bool
    weighted: bool
    source: str = ""

    def __len__(self) -> int:
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Losses) and self.to_bytes() == other.to_bytes() and self.source == other.source

    __hash__ = None  # type: ignore[assignment]

    def to_bytes(self) -> bytes:
        """Bytes that `from_bytes` reads back."""
        told = np.array([self.named, self.weighted])
        source = np.frombuffer(self.source.encode(), np.uint8)
        return pack({
            "keys": self.keys, "loss": self.loss, "tokens": self.tokens, "groups": self.groups, "told": told,
            "source": source,
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> "Losses":
        """The losses that `to_bytes` wrote."""
        read = unpack(data)
        named, weighted = (bool(one) for one in read["told"])
        return cls(
            read["keys"],
            read["loss"],
            read["tokens"],
            read["groups"],
            named,
            weighted,
            read["source"].tobytes().decode(),
        )


def holds_losses(path: str | Path) -> bool:
    """Whether a file is a table with a loss a document, and not one of scores.

    Raises:
        CallError, DataError: it cannot be read.
    """
    path = Path(path)
    data = content(path)
    if not is_table(data):
        return False
    first = next(rows(data, path), None)
    return first is not None and _column(first[1]) is not None


def read_losses(path: str | Path) -> Losses:
    """The losses of a table (CSV, JSON Lines, Parquet) with one row a held-out human document.

    Columns: `loss` or `nll` (mean nats a token), `perplexity`, or `loss_sum` / `nll_sum` (nats a document, needs
    `tokens`); optional `tokens`, `id`, and `cluster` where documents are not independent.

    Raises:
        CallError: there is no such file.
        DataError: a column is missing, a value is no loss, an id stands twice.
    """
    path = Path(path)
    data = content(path)
    if not is_table(data):
        text_of(data, path)
        raise DataError(f"{path} is no table with a row a document.", hint=_ASKED)
    read = [_document(row, f"{path}, {place}") for place, row in rows(data, path)]
    if not read:
        raise DataError(f"{path} has no rows.", hint=_ASKED)
    # A document without what others have would be compared with none, or weigh as much as one token.
    for field, name in ((0, "id"), (2, "tokens"), (3, "cluster")):
        given = sum(one[field] is not None for one in read)
        if given not in (0, len(read)):
            raise DataError(f"{path}: {len(read) - given:,} of {len(read):,} rows have no {name}, the others do.")
    return replace(_together(read, path), source=sha256(data))


_ASKED = "Give one row a document, with a column loss (mean nats a token), and id and tokens where there are any."

_Document = tuple[str | None, float, float | None, str | None]


def _together(read: list[_Document], path: Path) -> Losses:
    ids, losses, tokens, clusters = zip(*read, strict=True)
    named, weighted = ids[0] is not None, tokens[0] is not None
    keys = np.array([_hash(str(number) if one is None else one) for number, one in enumerate(ids)], np.uint64)
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(twice):
        raise DataError(f"{path} has the id {ids[order[twice[0]]]!r:.80} twice.", hint="Keep one row a document.")
    loss = np.array(losses, np.float64)[order]
    if np.median(loss) > IMPLAUSIBLE:
        hint = "If these are sums over documents, name the column loss_sum and give tokens."
        raise DataError(f"{path}: a median loss of {np.median(loss):.0f} nats a token cannot be.", hint=hint)
    units = keys if clusters[0] is None else np.array([_hash(one) for one in clusters], np.uint64)
    weights = np.array(tokens, np.float64) if weighted else np.ones(len(read))
    groups = (units[order] % np.uint64(GROUPS)).astype(np.int64)
    return Losses(keys[order], loss, weights[order], groups, named, weighted)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big")


def _column(row: dict[str, Any]) -> str | None:
    return next((name for name in COLUMNS if name in row), None)


def _document(row: dict[str, Any], where: str) -> _Document:
    """Id, mean nats a token, tokens and cluster of one row."""
    name = _column(row)
    if name is None:
        raise DataError(f"{where}: no column {', '.join(COLUMNS[:3])}; there are: {', '.join(row)[:200]}.", hint=_ASKED)
    loss = _float(row[name], f"{where}, {name}")
    tokens = None if row.get("tokens") is None else _float(row["tokens"], f"{where}, tokens")
    if tokens is not None and tokens < 1:
        raise DataError(f"{where}: a document of {tokens:g} tokens has no loss.", hint="Leave it out.")
    if name.endswith("_sum"):
        if tokens is None:
            raise DataError(f"{where}: {name} without tokens.", hint="Add the column tokens.")
        loss /= tokens
    elif name == "perplexity":
        loss = math.log(loss) if loss > 0 else -math.inf
    if loss < 0:
        raise DataError(f"{where}: a loss of {loss:g} nats a token.", hint="Log-likelihoods need their sign turned.")
    identifier, cluster = (None if row.get(one) is None else str(row[one]) for one in ("id", "cluster"))
    return identifier, loss, tokens, cluster


def _float(given: Any, where: str) -> float:
    try:
        value = math.nan if given is None or isinstance(given, bool) else float(given)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{where}: {given!r:.40} is no finite number.", hint="Leave the document out, and say so.")
    return value


def loss_figures(losses: Losses) -> dict[str, Finding]:
    """Mean loss (`perplexity`, nats a token) and its quantiles over documents (`perplexity.q50` ...)."""
    method = "mean loss weighted by tokens" if losses.weighted else "mean loss, each document weighing the same"
    told = Told(len(losses), "nats a token", f"{method}; jackknife over 32 groups by id", scale="identity")
    sums, tokens = _sums(losses.groups, losses.tokens * losses.loss, losses.tokens)
    figures: dict[str, Finding] = {"perplexity": _ratio(sums, tokens, told)}
    return figures | {name: _quantile(losses, p) for name, p in QUANTILES.items()}


def change(now: Losses, then: Losses) -> Finding:
    """The change of the mean loss in nats a token, document by document where both have the same ids.

    Where both know tokens, total nats are compared per token *of the first side*: two tokenizers cut the same text
    into different numbers of tokens, and a loss a token of one says nothing about that of the other.

    Returns:
        `now` minus `then`. Over the common documents where there are 64; where ids are missing or other
        documents were held out, the difference of two independent means; Unknown below 64 documents.
    """
    common, a, b = np.intersect1d(now.keys, then.keys, assume_unique=True, return_indices=True)
    if not (now.named and then.named and len(common) >= FEWEST_DOCUMENTS):
        return _apart(*(loss_figures(one)["perplexity"] for one in (now, then)))
    weighted = now.weighted and then.weighted
    weights = then.tokens[b] if then.weighted else np.ones(len(common))
    gained = (now.tokens[a] / then.tokens[b] if weighted else 1.0) * now.loss[a] - then.loss[b]
    sums, tokens = _sums(then.groups[b], weights * gained, weights)
    per = "nats per token of the first side's tokenizer" if weighted else "nats a token"
    told = Told(
        len(common), per, f"paired by id over {len(common):,} common documents; jackknife over 32 groups",
        "documents are independent draws" + ("" if weighted else "; both models use one tokenizer"), "identity",
    )  # fmt: skip
    return _ratio(sums, tokens, told)


def changes(now: Losses, then: Losses) -> dict[str, Finding]:
    """The change of every figure of `loss_figures`, in nats.

    Those of the quantiles are differences of two quantiles with independent errors, which is too wide where the
    documents are the same.
    """
    ours, theirs = loss_figures(now), loss_figures(then)
    return {"perplexity": change(now, then)} | {name: _apart(ours[name], theirs[name]) for name in QUANTILES}


def _apart(now: Finding, then: Finding) -> Finding:
    """The difference of two figures with independent errors."""
    for one in (now, then):
        if isinstance(one, Unknown):
            return one
    assert isinstance(now, Estimate)  # noqa: S101 - narrowed above
    assert isinstance(then, Estimate)  # noqa: S101
    return Estimate(
        now.value - then.value, math.hypot(now.se, then.se), min(now.df, then.df), min(now.n, then.n), now.unit,
        f"difference of two figures: {now.method}", "errors independent; both models use one tokenizer",
    )  # fmt: skip


def _ratio(sums: Array, tokens: Array, told: Told) -> Finding:
    """A ratio of sums over the groups that hold documents: with few clusters, fewer than 32 do."""
    found = ratio(sums, tokens, told)
    if isinstance(found, Unknown):
        return found
    held = tokens > 0
    if held.sum() < FEWEST_CLUSTERS:
        return Unknown(f"fewer than {FEWEST_CLUSTERS} groups of clusters: no standard error")
    return replace(found, se=standard_error(np.array(found.replicates)[held]), df=float(held.sum() - 1))


def _sums(groups: Array, *values: Array) -> Iterator[Array]:
    """Sums of values by jackknife group, float64[32] each."""
    return (np.bincount(groups, one, GROUPS) for one in values)


def _quantile(losses: Losses, p: float) -> Finding:
    """A quantile over documents, with the standard error that order statistics imply.

    The share of documents below the quantile is binomial; its interval, wider where clusters make it so, is read off
    the ordered losses (Woodruff 1952, J. Am. Stat. Assoc. 47, 635-646). Its half width over 1.96 is the error.
    """
    n = len(losses)
    if n < FEWEST_DOCUMENTS:
        return TOO_FEW
    ordered = np.sort(losses.loss)
    value = float(ordered[math.ceil(p * n) - 1])
    share_se = max(math.sqrt(p * (1 - p) / n), _share_error(losses, value))
    low, high = p - _ONE_SE * share_se, p + _ONE_SE * share_se
    if low * n < 1 or high * n > n:
        needed = math.ceil(n * (_ONE_SE * share_se / min(p, 1 - p)) ** 2)
        return Unknown(f"the {p:.0%} quantile has no interval on {n:,} documents; about {needed:,} are needed")
    ends = ordered[math.floor(low * n) - 1], ordered[min(math.ceil(high * n), n - 1)]
    return Estimate(
        value, float(ends[1] - ends[0]) / (2 * _ONE_SE), float(GROUPS - 1), n, "nats a token",
        f"{p:.0%} quantile over documents; interval from order statistics (Woodruff 1952)",
        "documents are independent draws" if share_se else "", "identity",
    )  # fmt: skip


def _share_error(losses: Losses, value: float) -> float:
    """Jackknife standard error of the share of documents at or below a value; 0 where a group is everything."""
    hits, totals = _sums(losses.groups, losses.loss <= value, np.ones(len(losses)))
    left = totals.sum() - totals
    return standard_error((hits.sum() - hits) / left) if (left > 0).all() else 0.0
