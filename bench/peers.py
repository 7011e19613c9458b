"""The peers: installs each in an environment of its own, and times each on a slice of the workload.

    python bench/peers.py --install           # wheels only, into bench-out/peers/NAME/
    python bench/peers.py --tailguard FILE    # times what is installed, writes bench-out/peers.json

None of them is a dependency of outcross. They compute different, mostly smaller sets of measures than an
audit does, so a ratio to one is indicative. CPU seconds are those of the work alone: start-up, imports and
reading are left out, to the peers' favour (``process_cpu_s`` has them in).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import meter
import options

HERE = Path(__file__).resolve().parent
# Everything pinned that a result depends on; the rest is what the wheels ask for.
DATATROVE = (
    "datatrove==0.10.1",
    "spacy==3.8.18",
    "numpy==2.4.6",
    "orjson==3.13.0",
    "regex==2026.11.15",
    "tldextract==5.4.0",
    "tokenizers==0.23.3",
    "xxhash==3.7.0",
)
DATA_JUICER = (
    "py-data-juicer==1.6.1",
    "aiohttp==3.14.5",  # imported, not declared
    "datasets==5.2.0",
    "emoji==2.2.0",
    "numpy==2.4.6",
    "pandas==3.1.1",
)
SOURCE_ONLY = "emoji,wget"  # pinned by data-juicer in versions that have no wheel


@dataclass(frozen=True)
class Peer:
    """One timing of one peer: its environment, its runner, what the runner is told, and the slice in MB."""

    name: str
    runner: str
    mb: float
    home: str = ""
    needs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


PEERS = (
    Peer("datatrove WordStats", "run_datatrove.py", 3, "datatrove", DATATROVE, ("words",)),
    Peer("datatrove MinHash 16x8", "run_datatrove.py", 3, "datatrove", DATATROVE, ("minhash",)),
    Peer("data-juicer 7 filters", "run_datajuicer.py", 5, "datajuicer", DATA_JUICER),
    Peer("TailGuard scan", "run_tailguard.py", 10),
)


def python_of(peer: Peer, out: Path) -> Path:
    """The Python that runs a peer: its own environment's, or this one where it needs no package."""
    return out / "peers" / peer.home / "venv" / "bin" / "python" if peer.home else Path(sys.executable)


def install(out: Path) -> None:
    """Makes each environment that is not there yet, from wheels."""
    for home, needs in {peer.home: peer.needs for peer in PEERS if peer.home}.items():
        ready = ready_note(home, out)
        if ready.is_file() and ready.read_text() == "\n".join(needs):
            continue
        print(f"installing {needs[0]} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ready.parent)], check=True)
        pip = [str(ready.parent / "bin" / "python"), "-m", "pip", "install", "-q"]
        wheels = ["--only-binary=:all:", f"--no-binary={SOURCE_ONLY}"]
        subprocess.run([*pip, *wheels, *needs], check=True)
        ready.write_text("\n".join(needs))


def ready_note(home: str, out: Path) -> Path:
    """The file that says, by the pins in it, that an environment is complete."""
    return out / "peers" / home / "venv" / "ready"


def missing(peer: Peer, out: Path, tailguard: Path | None) -> str:
    """Why a peer can't be measured; empty when it can."""
    if peer.home:
        return "" if ready_note(peer.home, out).is_file() else "not measured: not installed"
    return "" if tailguard and tailguard.is_file() else "not measured: no file"


def slice_of(folder: Path, out: Path, mb: float, suffix: str = ".jsonl") -> Path:
    """A slice of the workload, cut in a child process so that this one stays small."""
    path = out / "slices" / f"{folder.name}-{mb:g}{suffix}"
    if not path.is_file() or path.stat().st_mtime < (folder / "workload.json").stat().st_mtime:
        command = [sys.executable, str(HERE / "cuts.py"), str(folder), str(path), "--mb", f"{mb:g}"]
        subprocess.run(command, check=True)
    return path


def measure(peer: Peer, folder: Path, out: Path, tailguard: Path | None) -> dict[str, object]:
    """One timing of a peer in a child process: its own figures and the whole process's."""
    reason = missing(peer, out, tailguard)
    if reason:
        return {"skipped": reason}
    scratch = (out / "scratch" / peer.name.replace(" ", "-")).resolve()
    arguments = peer.arguments if peer.home else (str(tailguard),)
    text = slice_of(folder, out, peer.mb).resolve()
    command: list[str | Path] = [
        python_of(peer, out),
        HERE / "peers" / peer.runner,
        text,
        scratch,
        *arguments,
    ]
    cost = meter.run(command, meter.single_threaded(), scratch)
    if cost.code:
        return {"failed": cost.why()}
    return {**cost.last_json(), "process_cpu_s": cost.cpu, "rss_mb": cost.rss / meter.MB}


def in_turn(folder: Path, out: Path, tailguard: Path | None) -> dict[str, dict[str, object]]:
    """One timing of every peer."""
    return {peer.name: measure(peer, folder, out, tailguard) for peer in PEERS}


def main() -> None:
    """Installs, or times each peer some rounds in turn and writes the medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_arguments(parser)
    parser.add_argument("--install", action="store_true", help="make the peers' environments and stop")
    parser.add_argument("--tailguard", type=Path, metavar="FILE", help="a copy of tailguard.py")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if args.install:
        install(args.out)
        return
    folder = options.ensure(args)
    rounds = [in_turn(folder, args.out, args.tailguard) for _ in range(args.rounds)]
    found = {peer.name: summary([figures[peer.name] for figures in rounds]) for peer in PEERS}
    result = {"machine": meter.machine(), "peers": found}
    (args.out / "peers.json").write_text(json.dumps(result, indent=2) + "\n")
    for name, figures in found.items():
        print(f"{name:24}", figures.get("mb_per_cpu_s") or figures)


def summary(runs: list[dict[str, object]]) -> dict[str, object]:
    """The run whose speed is the median, with all speeds beside it."""
    speeds = [float(str(run["mb_per_cpu_s"])) for run in runs if "mb_per_cpu_s" in run]
    if len(speeds) < len(runs):
        return next(run for run in runs if "mb_per_cpu_s" not in run)
    middle = statistics.median_low(speeds)
    return {**runs[speeds.index(middle)], "speeds": [round(speed, 3) for speed in speeds]}


if __name__ == "__main__":
    main()
