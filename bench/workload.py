"""Make the reference workload: real text of this machine, as Parquet (zstd), about 2 KB a document.

The text is documentation found where Python runs (docstrings of the installation and of site-packages,
the text files beside them, the system's documentation and manual pages) and, where given, real model
outputs (``--model-outputs``: JSON lines, gzip, with a ``text`` field). Documents are mixed by a fixed seed.

Where there is less real text than asked for, the rest is made by moving sentences between documents, and
new rare words (composed of letter trigrams) are added at the rate at which a real corpus keeps growing new
types (Heaps), so that a table of words is not spared the growth. ``workload.json`` says how much that was.

    python bench/workload.py --text-mb 320 --model-outputs 'outputs/*.jsonl.gz'
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import inspect
import json
import re
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import options
import pyarrow as pa
import pyarrow.parquet as pq

MB = 1_000_000
POOL_MB = 400  # the most real text held in memory: what keeps this script's memory flat
ROW_GROUP_MB = 20
FILE_MAX = 3 * MB  # a longer file is a bundle of the files beside it, or a log
MEDIAN_DOCUMENT = 2200  # with the spread below and many short files, a mean of about 2 KB
SPREAD = 0.6
# Heaps' law as measured on 666 MB of real text: 82,000 types at 10 MB, exponent 0.61.
HEAPS_TYPES_AT_10_MB = 82_000
HEAPS_EXPONENT = 0.61

Reader = Callable[[Path], Iterator[str]]


@dataclass(frozen=True)
class Source:
    """A kind of real text: its name in the ``source`` column, its files, and how one is read."""

    name: str
    files: list[Path]
    read: Reader


# ---------------------------------------------------------------- reading real text


def open_text(path: Path) -> str:
    """The text of a plain or gzip file; empty when it is binary, not UTF-8, unreadable, or too long."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = raw.decode("utf-8") if len(raw) <= FILE_MAX else ""
    except (OSError, EOFError, UnicodeDecodeError, gzip.BadGzipFile):
        return ""
    return "" if "\0" in text else text


def read_outputs(path: Path) -> Iterator[str]:
    """The ``text`` of each JSON line of a gzip file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line).get("text")
            if text:
                yield text


_DOCSTRING = re.compile(r'^[ \t]*[rRuU]{0,2}("""|\'\'\')(.{40,}?)\1', re.M | re.S)


def read_docstrings(path: Path) -> Iterator[str]:
    """The docstrings of one Python file, by a pattern: parsing a whole installation takes minutes."""
    found = (inspect.cleandoc(match[2]) for match in _DOCSTRING.finditer(open_text(path)))
    yield from grouped(list(found), gap="\n\n")


_ROFF_COMMENT = re.compile(r"^[.'][ \t]*\\\".*\n?", re.M)
_ROFF_BREAK = re.compile(r"^\.[ \t]*(?:PP|P|LP|sp|TP|IP|SH|SS|Sh|Ss|Pp)\b[ \t]*", re.M)
_ROFF_MACRO = re.compile(r"^[.'][ \t]*[A-Za-z]{1,3}\b[ \t]*", re.M)
_ROFF_ESCAPE = re.compile(r"\\f(?:\[[^]]*\]|\(..|.)|\\[&|^%/,]|\\s[-+]?\d")
_ROFF_CHARS = {r"\-": "-", r"\(aq": "'", r"\(dq": '"', r"\(bu": "-", r"\e": "\\", r"\ ": " ", r"\(co": "(c)"}


def read_manual(path: Path) -> Iterator[str]:
    """One manual page with its markup taken off, roughly: words stay, macros go."""
    text = _ROFF_MACRO.sub("", _ROFF_BREAK.sub("\n", _ROFF_COMMENT.sub("", open_text(path))))
    text = _ROFF_ESCAPE.sub("", text)
    for escape, plain in _ROFF_CHARS.items():
        text = text.replace(escape, plain)
    yield text


_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.S | re.I)


def read_pages(path: Path) -> Iterator[str]:
    """A text, Markdown, reStructuredText or HTML file (its tags taken off), plain or gzip."""
    text = open_text(path)
    yield html.unescape(_TAG.sub(" ", text)) if ".htm" in path.name else text


def files_under(folder: Path, keep: Callable[[Path], bool]) -> list[Path]:
    """The regular files under a folder that pass ``keep``, sorted, so that a seed always means the same."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.rglob("*") if keep(path) and path.is_file() and not path.is_symlink())


def is_page(path: Path) -> bool:
    """Whether a file of the system's documentation is prose: logs of changes and licences are left out."""
    name = path.name.removesuffix(".gz").lower()
    if name.startswith(("changelog", "copyright", "changes")):
        return False
    return Path(name).suffix in {"", ".txt", ".md", ".rst", ".html", ".htm"}


def local_sources() -> list[Source]:
    """Documentation on this machine, wherever this Python and this system keep it."""
    paths = sysconfig.get_paths()
    roots = sorted({Path(paths[key]).resolve() for key in ("stdlib", "purelib", "platlib")})
    python = [path for root in roots for path in files_under(root, lambda p: p.suffix == ".py")]
    pages = [path for root in roots for path in files_under(root, lambda p: p.suffix in {".md", ".rst", ".txt"})]
    share = Path("/usr/share")
    return [
        Source("docstring", sorted(set(python)), read_docstrings),
        Source("manual", files_under(share / "man", lambda p: p.suffix == ".gz"), read_manual),
        Source("page", sorted(set(pages)) + files_under(share / "doc", is_page), read_pages),
    ]


# ---------------------------------------------------------------- documents of about 2 KB


def lengths(rng: np.random.Generator) -> Iterator[int]:
    """Target lengths of documents in characters: log-normal, mean about 2 KB."""
    while True:
        yield from np.maximum(200, rng.lognormal(np.log(MEDIAN_DOCUMENT), SPREAD, 4096)).astype(int).tolist()


def grouped(parts: list[str], gap: str, size: int = MEDIAN_DOCUMENT) -> Iterator[str]:
    """Short texts joined, in order, until each group is at least ``size`` long."""
    group: list[str] = []
    held = 0
    for part in parts:
        group.append(part)
        held += len(part)
        if held >= size:
            yield gap.join(group)
            group, held = [], 0
    if group:
        yield gap.join(group)


def cut(text: str, targets: Iterator[int]) -> Iterator[str]:
    """A long text cut into documents, at the end of a paragraph or line near each target length."""
    start = 0
    while start < len(text):
        target = next(targets)
        limit = start + 2 * target
        end = text.find("\n\n", start + target, limit)
        end = end if end >= 0 else text.find("\n", start + target, limit)
        end = end if end >= 0 else min(len(text), limit)
        document = text[start:end].strip()
        if len(document) >= 100:
            yield document
        start = end


def mixed(sources: list[Source], rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """(source, document) over all sources, each drawn as often as its share of the bytes on disk."""
    targets = lengths(rng)

    def documents(source: Source) -> Iterator[str]:
        for index in rng.permutation(len(source.files)).tolist():
            for text in source.read(source.files[index]):
                yield from (text,) if source.name == "model" else cut(text, targets)

    streams = [(source.name, documents(source)) for source in sources if source.files]
    weights = np.array([disk_weight(source) for source in sources if source.files])
    while streams:
        for choice in rng.choice(len(streams), 256, p=weights / weights.sum()).tolist():
            document = next(streams[choice][1], None)
            if document is None:
                del streams[choice]
                weights = np.delete(weights, choice)
                break
            yield streams[choice][0], document


def disk_weight(source: Source) -> float:
    """About how many bytes of text a source holds: gzip grows threefold, code is mostly not text."""
    sizes = ((path.stat().st_size, path.suffix) for path in source.files)
    return sum(size * {".gz": 3.0, ".py": 0.2}.get(suffix, 1.0) for size, suffix in sizes)


def gather(sources: list[Source], limit: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Distinct real documents up to ``limit`` bytes, shuffled: their sources and their texts."""
    seen: set[bytes] = set()
    names: list[str] = []
    texts: list[str] = []
    total = 0
    for name, text in mixed(sources, rng):
        data = text.encode("utf-8", "replace")
        digest = hashlib.blake2b(data, digest_size=8).digest()
        if digest not in seen:
            seen.add(digest)
            names.append(name)
            texts.append(data.decode())
            total += len(data)
        if total >= limit:
            break
    order = rng.permutation(len(texts)).tolist()
    return [names[i] for i in order], [texts[i] for i in order]


# ---------------------------------------------------------------- growing


class RareWords:
    """Words no document holds yet, each composed of three letter trigrams of the real text."""

    def __init__(self, texts: list[str], rng: np.random.Generator) -> None:
        counts: Counter[str] = Counter()
        for text in texts[:2000]:
            letters = re.findall(r"[a-z]{3}", text)
            counts.update(letters)
        self.trigrams = [trigram for trigram, _ in counts.most_common(3001)]
        self.rng = rng
        self.made = 0

    def word(self, index: int) -> str:
        """The word of a number: a fixed scatter of the numbers over all triples, so no two are the same."""
        base = len(self.trigrams)
        rest = index * 982_451_653 % base**3
        return "".join(self.trigrams[rest // base**power % base] for power in range(3))

    def due(self, position: float, size: int) -> list[str]:
        """New words for a document of ``size`` bytes at ``position`` bytes, and as many seen before."""
        per_byte = HEAPS_TYPES_AT_10_MB * HEAPS_EXPONENT / (10 * MB) * (position / (10 * MB)) ** (HEAPS_EXPONENT - 1)
        new = int(self.rng.poisson(per_byte * size))
        first, self.made = self.made, self.made + new
        old = np.exp(self.rng.random(new) * np.log(self.made + 1)).astype(int) - 1
        return [self.word(index) for index in [*range(first, self.made), *old.tolist()]]


def reshuffled(texts: list[str], words: RareWords, rng: np.random.Generator, target: int, position: float) -> str:
    """A document of sentences taken from documents all over the pool, with its rare words between them."""
    rare = words.due(position, target)
    pieces: list[str] = []
    held = 0
    while held < target:
        picks = rng.integers(0, len(texts), 16).tolist()
        for pick, place in zip(picks, rng.random(16).tolist(), strict=True):
            piece = sentence(texts[pick], place)
            if piece and held < target:
                pieces.append(f"{rare.pop()} {piece}" if rare else piece)
                held += len(pieces[-1]) + 1
    return " ".join([*pieces, *rare])


def sentence(text: str, place: float) -> str:
    """One or two sentences of a text, from a place (0 to 1) in it on."""
    start = text.find(". ", int(place * len(text)))
    start = start + 2 if start >= 0 else text.find("\n") + 1
    end = text.find(". ", start + 120, start + 600)
    return text[start : end + 1].strip() if end > 0 else text[start : start + 160].rpartition(" ")[0].strip()


def grow(names: list[str], texts: list[str], total: int, rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Real documents mixed with reshuffled ones, evenly, up to ``total`` bytes."""
    real = sum(map(len, texts))
    made = max(0.0, total - real) / (MEDIAN_DOCUMENT * np.exp(SPREAD**2 / 2))  # documents to make
    share = made / (made + len(texts))
    words = RareWords(texts, rng)
    targets = lengths(rng)
    position = real * 1.0
    waiting = zip(names, texts, strict=True)
    while True:
        for draw in rng.random(4096).tolist():
            pair = next(waiting, None) if draw >= share else None
            if pair is None:
                pair = ("reshuffled", reshuffled(texts, words, rng, next(targets), position))
                position += len(pair[1])
            yield pair


# ---------------------------------------------------------------- writing


@dataclass
class Tally:
    """What has been written so far."""

    documents: int = 0
    size: int = 0
    by_source: Counter[str] = field(default_factory=Counter)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, source: str, text: str) -> int:
        """Counts one document; its size in bytes."""
        data = text.encode()
        self.documents += 1
        self.size += len(data)
        self.by_source[source] += len(data)
        self.digest.update(data + b"\0")
        return len(data)


SCHEMA = pa.schema([("id", pa.string()), ("source", pa.string()), ("text", pa.string())])


def batches(documents: Iterator[tuple[str, str]], total: int, tally: Tally) -> Iterator[pa.RecordBatch]:
    """Documents as record batches of one row group each, until ``total`` bytes are written."""
    while tally.size < total:
        ids: list[str] = []
        names: list[str] = []
        texts: list[str] = []
        held = 0
        while held < ROW_GROUP_MB * MB and tally.size < total:
            name, text = next(documents)
            ids.append(f"d{tally.documents:09d}")
            names.append(name)
            texts.append(text)
            held += tally.add(name, text)
        yield pa.record_batch([ids, names, texts], schema=SCHEMA)


def write(folder: Path, documents: Iterator[tuple[str, str]], total: int) -> tuple[Tally, list[Path]]:
    """The documents as Parquet files of several row groups each."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("part-*.parquet"):
        old.unlink()
    groups = int(np.clip(total / MB / 4 / ROW_GROUP_MB, 1, 12))
    tally = Tally()
    files: list[Path] = []
    stream = batches(documents, total, tally)
    batch = next(stream, None)
    while batch is not None:
        files.append(folder / f"part-{len(files):04d}.parquet")
        with pq.ParquetWriter(files[-1], SCHEMA, compression="zstd") as writer:
            for _ in range(groups):
                if batch is not None:
                    writer.write_batch(batch, row_group_size=batch.num_rows)
                    batch = next(stream, None)
    return tally, files


def key_of(text_mb: int, seed: int, outputs: list[Path]) -> str:
    """What a workload is made from, in one string: the same key need not be made twice."""
    parts = [str(text_mb), str(seed), *(f"{path.name}:{path.stat().st_size}" for path in outputs)]
    return hashlib.sha256(
        "\n".join([*parts, hashlib.sha256(Path(__file__).read_bytes()).hexdigest()]).encode()
    ).hexdigest()


def make(
    out: Path, text_mb: int = options.DEFAULT_MB, outputs: list[Path] | None = None, seed: int = 20261122
) -> dict[str, object]:
    """The workload in ``out`` (made only where it is not there yet) and what its ``workload.json`` says."""
    outputs = outputs or []
    note = out / "workload.json"
    key = key_of(text_mb, seed, outputs)
    if note.is_file() and json.loads(note.read_text()).get("key") == key:
        return dict(json.loads(note.read_text()))
    started = time.monotonic()
    rng = np.random.default_rng(seed)
    total = text_mb * MB
    sources = [Source("model", outputs, read_outputs), *local_sources()]
    names, texts = gather(sources, min(total, POOL_MB * MB), rng)
    tally, files = write(out, grow(names, texts, total, rng), total)
    facts = {
        "key": key,
        "bytes": tally.size,
        "documents": tally.documents,
        "mean_bytes": round(tally.size / tally.documents, 1),
        "sha256": tally.digest.hexdigest(),
        "seed": seed,
        "share_by_source": {name: round(size / tally.size, 4) for name, size in sorted(tally.by_source.items())},
        "share_reshuffled": round(tally.by_source["reshuffled"] / tally.size, 4),
        "files": {path.name: path.stat().st_size for path in files},
        "row_group_mb": ROW_GROUP_MB,
        "pyarrow": pa.__version__,
        "seconds": round(time.monotonic() - started, 1),
    }
    note.write_text(json.dumps(facts, indent=2) + "\n")
    return facts


def main() -> None:
    """Makes the workload and prints what it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_arguments(parser)
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    args = parser.parse_args()
    facts = make(options.folder_of(args), args.text_mb, options.expand(args.model_outputs))
    if not args.quiet:
        print(json.dumps(facts, indent=2))


if __name__ == "__main__":
    main()
