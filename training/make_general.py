"""Make the packaged text score, byte for byte, from files of package registries whose licence permits it.

    python training/make_general.py FOLDER

FOLDER holds the files of `SOURCES` (training/README.md says how they are fetched); each is checked against its
digest. Needs PyYAML and `dpkg-deb` besides outcross. The result is `src/outcross/origin/general.score`.

Human text: documentation and books from before December 2022. Synthetic text: answers of hosted models that
projects recorded for their tests ("cassettes") and published under the MIT licence with their source.
"""

import argparse
import gzip
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from outcross.canonical import sha256
from outcross.corpus.html_text import text_of_html
from outcross.measure import Batch
from outcross.origin.fit import Examples, examples, fit

TARGET = Path(__file__).parents[1] / "src" / "outcross" / "origin" / "general.score"
WORDS = 250
"""Long texts are cut into documents of about so many words."""
FEWEST_WORDS = 30
AGENT = re.compile(r"^(?:```|Thought:|Final Answer:|I now can give a great answer\.?|</?think>| )+", re.MULTILINE)
"""What agents put around what they say."""
Text = tuple[str, str]
"""A text and its source: for synthetic text the maker of the model."""


@dataclass(frozen=True)
class Source:
    """A file of a registry.

    Attributes:
        file: its name.
        digest: SHA-256.
        licence: of the texts that are read.
        read: gives the texts of the unpacked file.
    """

    file: str
    digest: str
    licence: str
    read: Callable[[Path], Iterator[Text]]


def parts(text: str, words: int = WORDS) -> Iterator[str]:
    """A text in documents of about so many words, cut between paragraphs."""
    kept: list[str] = []
    count = 0
    for paragraph in re.split(r"\n\s*\n|\n(?=[A-Z])", text):
        kept.append(paragraph)
        count += len(paragraph.split())
        if count >= words:
            yield "\n".join(kept)
            kept, count = [], 0
    if count >= FEWEST_WORDS:
        yield "\n".join(kept)


def pages(name: str, pattern: str, every: int = 1) -> Callable[[Path], Iterator[Text]]:
    """Reads every so manyth HTML page under a folder."""

    def read(folder: Path) -> Iterator[Text]:
        for path in sorted(folder.glob(pattern))[::every]:
            raw = path.read_bytes()
            page = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
            page = re.sub(r"(?s)<(pre|nav|code|table|svg|h[1-6])\b.*?</\1>", " ", page)
            prose = "\n".join(line for line in text_of_html(page).splitlines() if len(line.split()) >= 12)
            yield from ((one, name) for one in parts(prose))

    return read


def dictionary(name: str, pattern: str) -> Callable[[Path], Iterator[Text]]:
    """Reads the entries of a dictionary of the DICT protocol, one after another."""

    def read(folder: Path) -> Iterator[Text]:
        (path,) = folder.glob(pattern)
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        text = re.sub(r"[{}\\]", "", re.sub(r"\n[ \t]+", " ", text))
        yield from ((one, name) for one in parts(text))

    return read


def cassettes(folder: Path) -> Iterator[Text]:
    """Reads the answers of models in recorded HTTP exchanges, each once."""
    seen: set[str] = set()
    for path in sorted([*folder.rglob("*cassettes*/**/*.yaml"), *folder.rglob("*cassettes*/**/*.yml")]):
        try:
            recorded = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            continue
        for text, model in answers(recorded):
            said_only = AGENT.sub(" ", text).strip()
            begin = " ".join(said_only.split()[:12])
            if len(said_only.split()) >= FEWEST_WORDS and begin not in seen:
                seen.add(begin)
                yield from ((one, maker(model)) for one in parts(said_only, 2 * WORDS))


def answers(recorded: Any) -> Iterator[Text]:
    """The answers in one cassette, with the model that gave them."""
    found = recorded.get("interactions", []) if isinstance(recorded, dict) else []
    if isinstance(found, dict):  # pieces of a local model's answer
        for pieces in found.values():
            yield "".join(str(one.get("text", "")) for one in pieces if isinstance(one, dict)), "qwen"
        return
    for exchange in found:
        for body in bodies(exchange.get("response") if isinstance(exchange, dict) else None):
            yield from said(body)


def bodies(response: Any) -> Iterator[Any]:
    """The JSON bodies of a response: one, or the events of a stream as a list."""
    if not isinstance(response, dict):
        return
    if isinstance(response.get("parsed_body"), dict):
        yield response["parsed_body"]
        return
    body = response.get("body")
    raw = body.get("string") if isinstance(body, dict) else body
    if isinstance(raw, bytes):
        raw = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8", "replace")
    if not isinstance(raw, str):
        return
    events = re.findall(r"^data: (\{.*\})\s*$", raw, re.MULTILINE)
    try:
        yield [json.loads(event) for event in events] if events else json.loads(raw)
    except ValueError:
        return


def said(body: Any) -> Iterator[Text]:
    """What a model says in a body, with its name."""
    if isinstance(body, list):
        pieces = [streamed(event) for event in body]
        models = [name for name in map(model_of, body) if name]
        yield "".join(pieces), models[0] if models else ""
    elif isinstance(body, dict):
        for text in texts(body):
            yield text, model_of(body)


def model_of(event: Any) -> str:
    """The model that an event or body names."""
    if not isinstance(event, dict):
        return ""
    nested = event.get("response") or event.get("message") or {}
    inner = nested.get("model", "") if isinstance(nested, dict) else ""
    return str(event.get("model") or event.get("modelVersion") or inner)


def streamed(event: Any) -> str:
    """The piece of text in an event of a stream, of the usual interfaces."""
    if not isinstance(event, dict):
        return ""
    delta = event.get("delta")
    if isinstance(delta, str):
        return delta if event.get("type") == "response.output_text.delta" else ""
    if isinstance(delta, dict):
        return str(delta.get("text") or "")
    choice = (event.get("choices") or [{}])[0]
    content = (choice.get("delta") or {}).get("content") if isinstance(choice, dict) else ""
    return content if isinstance(content, str) else "".join(texts(event.get("candidates")))


def texts(value: Any) -> Iterator[str]:
    """The strings under "text" or "content" in what a model answered."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "content") and isinstance(inner, str):
                yield inner
            elif key not in ("instructions", "input", "tools"):
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


MAKERS = (
    ("gpt|o[134]|computer-use", "openai"),
    ("claude", "anthropic"),
    ("gemini|gemma", "google"),
    ("llama", "meta"),
    ("mistral|mixtral|pixtral", "mistral"),
    ("qwen", "alibaba"),
    ("deepseek", "deepseek"),
)


def maker(model: str) -> str:
    """Who made a model, by its name; "other" where that is not told."""
    return next((name for pattern, name in MAKERS if re.search(rf"(?:^|[/-])(?:{pattern})", model.lower())), "other")


HUMAN = (
    Source(
        "sqlite3-doc_3.40.1-2+deb12u2_all.deb",
        "466e30d7066e2641fa13e56bc662a2ad521b8cc9c17dde9c9dac3d4f105e32f2",
        "public domain",
        pages("sqlite-doc", "usr/share/doc/sqlite3/**/*.html*", 3),
    ),
    Source(
        "rust-doc_1.63.0+dfsg1-2_all.deb",
        "96ef96fe6df87d939ca713bd7df3d15c2b778ccb892eca025c4ee504146f697b",
        "MIT or Apache-2.0",
        pages("rust-book", "usr/share/doc/rust-doc/html/*book*/**/*.html", 2),
    ),
    Source(
        "dict-jargon_4.4.7-3.1_all.deb",
        "405f8168d7994ed2cb71407bb95493daec2e9aa66fc0461dafa74a9d6728a8c1",
        "public domain",
        dictionary("jargon-file", "usr/share/dictd/*.dz"),
    ),
    Source(
        "dict-devil_1.0-13.1_all.deb",
        "6a535684def2a1f70cd42da16d12d43f0e9dc3e54e4a329178eebab3170e3154",
        "public domain",
        dictionary("bierce", "usr/share/dictd/*.dz"),
    ),
)
SYNTHETIC = (
    Source(
        "mirascope-2.8.2.tar.gz",
        "743079786d5015a8953e4221d99333b54a59d24272ae365d8a9b4ffb89c8d7c9",
        "MIT",
        cassettes,
    ),
    Source(
        "pydantic_ai-1.0.0.tar.gz",
        "b2b4f3439a1ead96f3d11cd06bc7d4389d4f7d53e899e447fe2e5da04f87cee5",
        "MIT",
        cassettes,
    ),
    Source(
        "crewai-0.100.0.tar.gz",
        "d703b374f6e786bc7c19b8c4fa74c86f1ca14fd045a91bee299f4df5f9f18783",
        "MIT",
        cassettes,
    ),
    Source(
        "crewai-0.175.0.tar.gz",
        "f8c1a5464a366aaefa24b2b1a2b9ac4c2bb66104b7d166b9202e9df4b73db087",
        "MIT",
        cassettes,
    ),
    Source(
        "langsmith-0.15.0.tar.gz",
        "74e9524c65e7acb7db907f04dee703bb81f0d8529509f9438057cee5fd62209f",
        "MIT",
        cassettes,
    ),
)


def unpacked(source: Source, folder: Path, room: Path) -> Path:
    """The folder that a checked file unpacks to."""
    path = folder / source.file
    found = sha256(path.read_bytes()).removeprefix("sha256:")
    if found != source.digest:
        raise SystemExit(f"{path} has the digest {found}, not {source.digest}.")
    target = room / source.file
    if path.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", path, target], check=True)
    else:
        with tarfile.open(path) as archive:
            archive.extractall(target, filter="data")
    return target


def gathered(sources: tuple[Source, ...], folder: Path) -> Examples:
    """The examples of one side."""
    found: list[Text] = []
    with tempfile.TemporaryDirectory() as room:
        for source in sources:
            found += source.read(unpacked(source, folder, Path(room)))
    texts_, names = (list(column) for column in zip(*found, strict=True))
    ids = [str(number) for number in range(len(found))]
    groups = pa.array(names, pa.string())
    return examples([Batch(pa.array(texts_, pa.large_string()), pa.array(ids, pa.string()), groups)])


def main() -> None:
    """Make the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=TARGET)
    asked = parser.parse_args()
    made = fit(gathered(HUMAN, asked.folder), gathered(SYNTHETIC, asked.folder), "general")
    made.save(asked.out)
    print(made.digest, asked.out)


if __name__ == "__main__":
    main()
