"""The demo: make a corpus whose truth is known, and do outcross's main job on it by the installed command.

    python demo/run.py --out demo-out

Everything is real: the human text is the documentation inside this Python installation, the synthetic text is
sampled at run time from a small language model that is fitted to it, over several generations.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ENVIRONMENT = {"OUTCROSS_PRINCIPAL": "demo-lead"}
"""Who signs; the key is made in the demo's own folder."""

TODAY = datetime.now(UTC).date().isoformat()

OUTCROSS = Path(sys.executable).with_name("outcross")


RECORDS = {
    "human": ("--origin", "human", "--root", "--issuer", "demo-lead", "--license", "PSF-2.0", "--issued", TODAY),
    "generation-1": ("--origin", "synthetic", "--generator", "generation-1", "--derived-from", "human,op=generate",
                     "--issuer", "demo-lead", "--license", "PSF-2.0", "--issued", TODAY),
}  # fmt: skip
"""What is said of two sources."""

MIX = """\
line = ["student"]

[[source]]
name = "human"
record = "corpus/human.jsonl.provenance.sig"
manifest = "corpus/human.jsonl.sig"
corpus = "corpus/human.jsonl"

[[source]]
name = "generation-1"
op = "generate"
by = "generation-1"
record = "corpus/generation-1.jsonl.provenance.sig"
manifest = "corpus/generation-1.jsonl.sig"
corpus = "corpus/generation-1.jsonl"

[[model]]
id = "generation-1"
trained_on = "human"

[[mix]]
name = "paused"
sources = [{ name = "human", tokens = 600_000 }, { name = "generation-1", tokens = 400_000 }]

[[mix]]
name = "mended"
sources = [{ name = "human", tokens = 600_000 }, { name = "generation-1", tokens = 100_000 }]
"""
"""Two mixes of them: too much of what a model wrote, and less."""


def main() -> None:
    """Make the corpus, audit it, hold it against a human reference, compare generations, say what was true."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="where everything goes")
    out = parser.parse_args().out
    ENVIRONMENT["OUTCROSS_CONFIG"] = str(out.resolve() / "config")
    title("1. A corpus whose truth is known")
    run(sys.executable, Path(__file__).with_name("make_corpus.py"), "--out", out)
    look(out)
    title("6. When was it lost? Every generation against human text, with false alarms that hold over all looks")
    follow(out)
    title("7. May a student be trained on it? What every source must show, before and after a remedy")
    check(out)
    title("8. The truth")
    tell(json.loads((out / "truth.json").read_text()))
    reports = ", ".join(str(out / name) for name in ("audit.html", "track.html", "paused.html", "lineage.svg"))
    print(f"\nThe reports to look at: {reports}")
    print("Next: .venv/bin/outcross audit YOUR-CORPUS -o audit.html   (JSON Lines, Parquet, CSV, Arrow, text, WARC)")


def look(out: Path) -> None:
    """Freeze human text, audit the mixture, label some of it, compare the last generation with people's text."""
    title("2. Freeze human text as a reference")
    store = ("--workspace", out)
    run(OUTCROSS, "reference", "build", out / "human-reference.jsonl", "--name", "human", *store)
    title("3. Audit the mixture, by source and against the reference")
    audit = (out / "mixture.parquet", "--group-by", "source", "--reference", "human", *store)
    run(OUTCROSS, "audit", *audit)
    title("4. How much of it is synthetic? A log of half the outputs, and 100 labels by somebody who errs once in ten")
    run(sys.executable, Path(__file__).with_name("half_the_outputs.py"), "--out", out)
    run(OUTCROSS, "outputs", "add", out / "outputs.jsonl", "--model", "generation-1", *store)
    label(out)
    run(OUTCROSS, "audit", *audit, "--resume", "-o", out / "audit.html")
    share(out)
    title("5. What did four generations of retraining lose? (exit code 1: changed)")
    generation = sorted((out / "corpus").glob("generation-*.jsonl"))[-1]
    reference = out / ".outcross" / "references" / "human.reference"
    run(OUTCROSS, "compare", out / "corpus" / "human.jsonl", generation, "--reference", reference, codes=(1,))


def label(out: Path) -> None:
    """Label a sample of the mixture, with planted documents, as somebody would who errs now and then."""
    store, corpus = ("--workspace", out), out / "corpus"
    planted = ("--gold-synthetic", corpus / "generation-2.jsonl", "--gold-human", out / "human-reference.jsonl")
    run(OUTCROSS, "label", "start", out / "mixture.parquet", "--n", "100", *planted, *store)
    run(OUTCROSS, "label", "export", "--unblind", "--format", "jsonl", "-o", out / "to-label.jsonl", *store)
    run(sys.executable, Path(__file__).with_name("answer.py"), "--out", out)
    run(OUTCROSS, "label", "import", out / "answers.jsonl", "--reviewer", "demo-reviewer", *store)
    run(OUTCROSS, "label", "status", *store)


def share(out: Path) -> None:
    """The ladder of the synthetic share, from the audit's record."""
    path = out / "audit.json"
    audit = (out / "mixture.parquet", "--group-by", "source", "--reference", "human", "--workspace", out)
    run(OUTCROSS, "audit", *audit, "--resume", "-o", path)
    whole = json.loads(path.read_text())["share"]["ladders"][0]
    print("The synthetic share of the mixture, by what it rests on:")
    for rung in whole["rungs"]:
        found = rung["finding"]
        told = f"{found['low']:6.1%} to {found['high']:6.1%}" if "low" in found else f"unknown: {found['unknown']}"
        print(f"  {rung['name']:<24} {told}")


def follow(out: Path) -> None:
    """Register human text and every generation, and track them (exit code 1: alarm)."""
    store, corpus = ("--workspace", out), out / "corpus"
    human = ("--samples", out / "human-reference.jsonl", "--samples", corpus / "human.jsonl")
    run(OUTCROSS, "generation", "add", "people", "--role", "human", *human, *store)
    parent: tuple[str, ...] = ()
    for path in sorted(corpus.glob("generation-*.jsonl")):
        run(OUTCROSS, "generation", "add", path.stem, *parent, "--samples", path, *store)
        parent = ("--parent", path.stem)
    run(OUTCROSS, "generation", "list", *store)
    run(OUTCROSS, "track", *store, "-o", out / "track.html", codes=(1,))


def check(out: Path) -> None:
    """Sign for the sources of two mixes, and hold them against a policy: one waits (exit code 1), one passes."""
    store, corpus = ("--workspace", out), out / "corpus"
    run(OUTCROSS, "init", out, *(() if (out / "outcross.toml").exists() else ("--policy", "standard")))
    settings = (out / "outcross.toml").read_text()
    if "[provenance]" not in settings:
        (out / "outcross.toml").write_text(f'{settings}\n[provenance]\nsigners = ["demo-lead"]\n')
    for name, told in RECORDS.items():
        record = out / f"{name}.provenance.json"
        record.unlink(missing_ok=True)
        run(OUTCROSS, "provenance", "new", name, *told, "--no-ask", "-o", record)
        run(OUTCROSS, "provenance", "sign", corpus / f"{name}.jsonl", "--record", record, "--force", *store)
    mix = out / "mix.toml"
    mix.write_text(MIX)
    run(OUTCROSS, "provenance", "check", f"{mix}#paused", "-o", out / "paused.html", *store, codes=(1,))
    run(OUTCROSS, "provenance", "check", f"{mix}#mended", "--sign-as", "demo-lead", *store)
    run(OUTCROSS, "log", "show", *store)
    run(OUTCROSS, "log", "verify", *store)
    run(OUTCROSS, "provenance", "graph", f"{mix}#mended", "-o", out / "lineage.svg", *store)


def title(text: str) -> None:
    """A line that says what comes."""
    print(f"\n\033[1m{text}\033[0m\n" if sys.stdout.isatty() else f"\n{text}\n{'-' * len(text)}", flush=True)


def run(*command: object, codes: tuple[int, ...] = (0,)) -> None:
    """Show and run a command; stop where it does not end as it should."""
    words = [str(word) for word in command]
    print("$", " ".join([Path(words[0]).name, *words[1:]]), flush=True)
    code = subprocess.run(words, check=False, env=os.environ | ENVIRONMENT).returncode
    if code not in codes:
        raise SystemExit(f"It ended with exit code {code}, not {codes[0]}: the demo has failed.")


def tell(truth: dict[str, Any]) -> None:
    """What is known of the mixture, beside what the audit could see."""
    print("Words seen at most 5 times in the human reference that are still there, counted by hand:")
    corpora = truth["corpora"]
    for name, facts in corpora.items():
        print(f"  {name:<16} {facts['rare_words_kept']:7.1%}   {facts['distinct_words']:7,} distinct words")
    print(f"Synthetic documents in the mixture: {truth['mixture']['synthetic_share']['documents']:.1%}.")
    print(
        "What is there (diversity, copies, rare words lost) is measured; who wrote it, only as far as labels, logs of"
    )
    print("outputs and declarations say.")


if __name__ == "__main__":
    main()
