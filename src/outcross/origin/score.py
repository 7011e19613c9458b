"""The text score: a linear model over hashed words and pairs of words, in one file of 260 KB.

A predictor, never a proof. It ranks documents well and is calibrated to the texts that it was fitted to, not
to yours: on unseen sources its threshold drifts (see docs/reference/score-card.md). What rests on it alone is
marked so; with labels a bad score costs width of the interval and not its validity.
"""

import json
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from outcross.canonical import canonical_json, sha256
from outcross.errors import CallError, DataError, FaultError
from outcross.kernels import SCRIPTS, words
from outcross.kernels.languages import FUNCTION_WORDS, votes_of
from outcross.kernels.linear import SLOTS, canonicalised, survey, weight_sums
from outcross.measure import Array, Batch
from outcross.origin.plain import LONGEST, canonical, changed_points, forms

MAGIC = b"outcross score 1\n"
MOST_WORDS = 2048
"""Words of a document that are looked at, from its beginning."""
FEWEST_WORDS = 50
"""Shorter documents are refused: at 50 words the score ranks with an AUROC of about .94, at 25 of .85."""
MOST_SYMBOLS = 0.08
"""Documents with a larger share of symbols of code among their bytes are refused."""
MOST_FIGURES = 0.15
"""Documents with a larger share of digits and tabs are refused."""
FEWEST_VOTES = 0.10
"""Documents with a smaller share of function words of the language among their first words are refused."""
MOST_OTHER = 0.75
"""Documents are refused when another language has more function words, times this share."""
MOST_FOREIGN = 0.15
"""Documents with a larger share of letters in scripts other than Latin are refused."""
PACKAGED = "general"
"""The name of the score that comes with outcross."""

SHORT, LANGUAGE, CODE, TABLE = 1, 2, 3, 4
_LATIN = SCRIPTS.index("Latin")


@dataclass(frozen=True)
class TextScore:
    """A `Scorer` from one file.

    Attributes:
        name: e.g. "general".
        weights: int8[SLOTS].
        gain, offset: the posterior is 1 / (1 + exp(-(gain * s / sqrt(features) + offset))), s the sum of weights.
        language: the one it scores; others are refused.
        facts: how it was made and how well it does, in plain types.
        digest: of its file.
    """

    name: str
    weights: Array = field(repr=False, compare=False)
    gain: float
    offset: float
    language: str = "en"
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what `save` writes."""
        return sha256(self.to_bytes())

    def score(self, batch: Batch) -> Array:
        """Posterior of "synthetic" where half of the texts are, float32[n]; NaN where it refuses."""
        posteriors: Array = self._judged(batch)[0]
        return posteriors

    def refusals(self, batch: Batch) -> list[str | None]:
        """Why a document is not scored; None where it is."""
        told = self.reasons()
        return [told[int(code)] for code in self._judged(batch)[1]]

    def reasons(self) -> tuple[str | None, ...]:
        """What the codes of `refusal_codes` mean."""
        return (None, f"fewer than {FEWEST_WORDS} words", f"not in the language of the score ({self.language})",
                "code or markup", "figures or a table")  # fmt: skip

    def refusal_codes(self, batch: Batch) -> Array:
        """Why a document is not scored, as a number in `reasons`: uint8[n]; 0 where it is."""
        codes: Array = self._judged(batch)[1]
        return codes

    def _judged(self, batch: Batch) -> tuple[Array, Array]:
        return batch.once(f"score {self.digest}", self._judge)

    def _judge(self, batch: Batch) -> tuple[Array, Array]:
        codes, changed = refused(batch, self.language)
        posteriors = self._posteriors(batch, (codes == 0) & ~changed)
        # What is too short, or a table, stays so; what looks like code may be prose in disguise.
        rows = np.flatnonzero(changed & (codes != SHORT) & (codes != TABLE))
        if len(rows):
            plain = canonical_batch(batch, rows)
            codes[rows] = refused(plain, self.language)[0]
            posteriors[rows] = self._posteriors(plain, codes[rows] == 0)
        return posteriors, codes

    def _posteriors(self, batch: Batch, scored: Array) -> Array:
        sums, counts = weight_sums(batch, self.weights, MOST_WORDS, scored)
        logits = self.gain * sums / np.sqrt(np.maximum(counts, 1)) + self.offset
        found = 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))
        return np.where(scored, found, np.nan).astype(np.float32)

    def to_bytes(self) -> bytes:
        """What `from_bytes` reads: a line, the length of a canonical JSON header, the header, the weights."""
        header = canonical_json({"name": self.name, "gain": self.gain, "offset": self.offset,
                                 "language": self.language, "facts": dict(self.facts)})  # fmt: skip
        return MAGIC + struct.pack("<I", len(header)) + header + self.weights.astype(np.int8).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes, shown: str = "these bytes") -> "TextScore":
        """The score that `to_bytes` wrote.

        Raises:
            DataError: it is none, or is damaged.
        """
        try:
            return cls._read(data)
        except (ValueError, KeyError, TypeError, RecursionError, struct.error, FaultError):
            raise DataError(
                f"{shown} holds no text score of this version, or is damaged.",
                hint="Make one with: outcross origin fit --human H --synthetic S -o FILE",
            ) from None

    @classmethod
    def _read(cls, data: bytes) -> "TextScore":
        place = len(MAGIC) + 4
        (size,) = struct.unpack_from("<I", data, len(MAGIC))
        told = json.loads(data[place : place + size])
        weights = np.frombuffer(data[place + size :], np.int8)
        made = cls(told["name"], weights, told["gain"], told["offset"], told["language"], told["facts"])
        whole = data.startswith(MAGIC) and len(weights) == SLOTS and made.language in FUNCTION_WORDS
        kinds = {"name": str, "gain": int | float, "offset": int | float, "facts": dict}
        whole = whole and all(isinstance(told[name], kind) for name, kind in kinds.items())
        if not whole or made.to_bytes() != data:
            raise ValueError(MAGIC)
        return made

    def save(self, path: Path) -> None:
        """Write the score to a file, whole or not at all.

        Raises:
            FaultError: it cannot be written.
        """
        draft = path.with_name(f"{path.name}.draft")
        try:
            draft.write_bytes(self.to_bytes())
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise FaultError(
                f"Cannot write the text score {path}: {error.strerror}.", hint="Check the disk and the folder."
            ) from None


def load(path: str | Path = PACKAGED) -> TextScore:
    """The score in a file; "general" is the one that comes with outcross.

    Raises:
        CallError: the file is not there.
        DataError: it holds no score.
    """
    if str(path) == PACKAGED:
        packaged = files("outcross.origin").joinpath("general.score")
        return TextScore.from_bytes(packaged.read_bytes(), "the packaged score")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise CallError(f"Cannot read the text score {path}: {error.strerror}.",
                        hint='Name a file that "outcross origin fit" wrote, or "general".') from None  # fmt: skip
    return TextScore.from_bytes(data, str(path))


def canonical_batch(batch: Batch, rows: Array) -> Batch:
    """The documents at these row numbers, their texts made canonical."""
    places = pa.array(rows, pa.int64())
    texts, done = canonicalised(batch, rows, LONGEST, forms())
    if not done.all():
        others = [canonical(text) for text in batch.texts.take(places.filter(pa.array(~done))).to_pylist()]
        order = np.argsort(np.concatenate([np.flatnonzero(done), np.flatnonzero(~done)]))
        texts = pa.concat_arrays([texts, pa.array(others, pa.large_string())]).take(pa.array(order))
    return Batch(texts, batch.ids.take(places))


def refused(batch: Batch, language: str = "en") -> tuple[Array, Array]:
    """Which documents the score is not made for, and which must be made canonical first.

    Returns:
        codes uint8[n], 0 for a document that is scored; changed bool[n]: what the code says of it holds for
        the canonical text only.
    """
    found = words(batch)
    seen = survey(batch, changed_points(), MOST_WORDS)
    counts = found.per_document
    column = list(FUNCTION_WORDS).index(language)
    all_votes = votes_of(batch)
    votes = all_votes[:, column]
    few = (votes < np.maximum(4, FEWEST_VOTES * np.minimum(counts, 64))) | (votes < MOST_OTHER * all_votes.max(axis=1))
    codes = np.zeros(len(batch), np.uint8)
    letters = found.scripts.sum(axis=1)
    other = found.scripts[:, _LATIN + 1 : -1].sum(axis=1)  # the last column is letters of no script that is told
    codes[few | (other > MOST_FOREIGN * letters)] = LANGUAGE
    codes[seen.figures > MOST_FIGURES] = TABLE
    codes[seen.symbols > MOST_SYMBOLS] = CODE
    codes[counts < FEWEST_WORDS] = SHORT
    # Text that is mostly in another script is not disguised Latin: it is refused as it stands.
    return codes, seen.changes & (other * 2 < letters)
