"""How long looking at a long lineage takes: `outcross track` and `outcross generation list`.

    python bench/track_speed.py                         # 1,000 generations of 50 measures
    python bench/track_speed.py --generations 200 --keep FOLDER

The workspace is made up: a human reference and a chain of generations, each with figures of text as an earlier look
left them and 34 imported scores, so that no text is read. Ratios are to the floor: a Python that imports numpy,
SQLAlchemy and rich, reads the same records with sqlite3, checks their digests and parses them.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from meter import machine, run, single_threaded

from outcross.canonical import digest, plain
from outcross.founding import init
from outcross.track.figures import Reading
from outcross.track.generation import Generation, Sampled
from outcross.track.measured import OF_TEXT
from outcross.track.plan import Plan
from outcross.track.told import Told, of_scores
from outcross.tracking import _Following
from outcross.workspace import Workspace

TASKS, SCORES_N = 34, 1000
BAR = 2.0
"""Seconds that 1,000 generations of 50 measures may take; CPU, which other work beside it changes least."""

FLOOR = """
import hashlib, sqlite3, sys
import numpy, orjson, rich.console, sqlalchemy
rows = sqlite3.connect(sys.argv[1]).execute("select settings, baseline, generation, record, digest from reading")
for settings, baseline, generation, record, digest in rows:
    sealed = "\\n".join((settings, baseline, generation, "")).encode() + record.encode()
    assert digest == "sha256:" + hashlib.sha256(sealed).hexdigest()
    orjson.loads(record)
"""


def sampled(name: str) -> Sampled:
    """Samples of which nothing but their name is there."""
    ours = {kind: digest([name, kind]) for kind in ("root", "audit", "sequences")}
    return Sampled(f"{name}.jsonl", **ours, documents=5000, kept=5000)


def scores(rng: np.random.Generator, name: str) -> tuple[dict[str, Any], ...]:
    """Accuracies of a few dozen tasks, on a thousand items each."""
    true = np.linspace(0.3, 0.9, TASKS)
    found = rng.binomial(SCORES_N, true) / SCORES_N
    return tuple(
        {
            "task": f"task{number:02d}", "metric": "acc", "value": float(value),
            "se": float(np.sqrt(value * (1 - value) / SCORES_N)), "n": SCORES_N, "higher_is_better": True,
            "source": digest([name, "scores"]), "pointer": f"/results/task{number:02d}/acc,none",
        }
        for number, value in enumerate(found)
    )  # fmt: skip


def told(rng: np.random.Generator) -> Told:
    """Figures of text in which nothing has changed, as they would be read from it."""
    found = {}
    for one in OF_TEXT:
        if one.name == "similarity.within":
            found[one.name] = Reading(one.name, unknown="no prompt column is named")
            continue
        base = 0.2 if one.percent or one.scale == "nats" else 2000.0
        se, change = float(0.02 * np.sqrt(rng.chisquare(31) / 31)), float(rng.normal() * 0.02)
        value = float(base * np.exp(change)) if one.scale == "log" else base + change
        found[one.name] = Reading(one.name, value, base, change, se, 0.009, None, 31.0, 4500, 5000)
    facts = {
        "documents": 5000, "of": 5000, "baseline": 25_000, "size": 4500, "first_words": None, "clustered": False,
        "joint": False, "units": 32, "one_each": False, "overlap": 0.0, "prompts": None, "lengths": [200.0, 201.0],
        "words": [200.0, 201.0], "coverage": [0.95, 0.95], "types": [20_000.0, 27_000.0], "languages": 0.01,
        "language": "en",
    }  # fmt: skip
    return Told(found, facts)


def make(folder: Path, many: int) -> None:
    """A workspace with a reference, a chain of generations, and what an earlier look kept of them."""
    init(folder)
    rng = np.random.default_rng(4)
    human = Generation("human", "human", samples=sampled("human"), scores=scores(rng, "human"))
    with Workspace(folder) as opened:
        kept = opened.tracking.kept
        kept.add(human.to_dict(), {})
        figures = {human.digest: {"tail": True, "facts": {
            "name": "human", "digest": human.digest, "role": "human", "documents": 25_000,
            "says": "human (people's text): one half defines the tail, the other is the baseline",
        }}}  # fmt: skip
        before: tuple[str, ...] = ()
        for number in range(1, many + 1):
            name = f"g{number:04d}"
            one = Generation(
                name, parents=before, samples=sampled(name), scores=scores(rng, name), decoding={"temperature": 1.0},
                model=f"model {number}", regime="mixed",
            )  # fmt: skip
            kept.add(one.to_dict(), {})
            text = told(rng)
            figures[one.digest] = plain(replace(text, readings=text.readings | of_scores(one, human)).to_dict())
            before = (name,)
        settings = _Following(opened.tracking, Plan(), None).settings
        kept.keep_readings(settings, human.digest, figures)


def main() -> int:
    """Make the workspace, run each command some times, and print what the fastest run took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generations", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the workspace here, or use the one here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch) / "workspace"
        if not (folder / ".outcross").is_dir():
            make(folder, args.generations)
        return measure(folder, Path(scratch), args.rounds)


def measure(folder: Path, scratch: Path, rounds: int) -> int:
    """Print what each command takes; 1 where tracking takes longer than it may."""
    outcross = [sys.executable, "-c", "from outcross.cli import main; main()"]
    commands = {
        "floor": [sys.executable, "-c", FLOOR, str(folder / ".outcross" / "outcross.db")],
        "outcross --help": [*outcross, "--help"],
        "generation list": [*outcross, "generation", "list", "--workspace", str(folder)],
        "track": [*outcross, "track", "--workspace", str(folder)],
        "track --format html": [*outcross, "track", "--format", "html", "--workspace", str(folder)],
        "track --format json": [*outcross, "track", "--format", "json", "--workspace", str(folder)],
    }
    costs: dict[str, list[Any]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(run(command, single_threaded(), scratch))
    least = {name: (min(one.cpu for one in some), min(one.wall for one in some)) for name, some in costs.items()}
    print(json.dumps(machine()))
    for name, (cpu, wall) in least.items():
        print(f"{name:<22} {cpu:6.2f} CPU s  {wall:6.2f} s  {cpu / least['floor'][0]:5.2f} of the floor")
    reached = least["track"][0] <= BAR
    print(f"bar: outcross track in {BAR:g} s: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
