"""The bench: the floor, outcross and its peers on the same text, in one run, told as ratios.

    python bench/run.py [--tailguard FILE] [--model-outputs GLOB ...] [--large]

A shared host drifts by tens of percent, so everything is measured in turn, some rounds over, each round in
the opposite order of the one before, and a ratio is the median of the ratios within a round. CPU seconds of
outcross are those of its whole process, start-up included; those of the floor and of the peers are of the
work alone, in their favour. Exit 1 if a bar is missed; a peer that is not installed is named and not
counted. All figures go to ``bench-out/run.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import meter
import options
import peers
from meter import MB, Cost

HERE = Path(__file__).resolve().parent
LARGE_MB = 3000
TINY_MB = 1
Figures = dict[str, object]


@dataclass(frozen=True)
class Bar:
    """One line of the table: what was found, and what it has to be at least (or, ``at_most``, at most)."""

    name: str
    found: float | None
    bar: float
    unit: str = "x"
    goal: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether a figure was found and it does not reach the bar."""
        return self.found is not None and (self.found > self.bar if self.at_most else self.found < self.bar)

    def row(self) -> tuple[str, str, str, str]:
        """The line as its cells."""
        found = self.note if self.found is None else f"{self.found:.3g} {self.unit}"
        wanted = f"{'<=' if self.at_most else '>='} {self.bar:.3g}" if self.bar else "no bar"
        wanted += f" (goal {self.goal:g})" if self.goal else ""
        return (
            self.name,
            found,
            wanted,
            "-" if self.found is None or not self.bar else "MISSED" if self.missed else "ok",
        )


# ---------------------------------------------------------------- outcross


def outcross(
    path: Path, args: argparse.Namespace, workers: int = 1, cache: Path | None = None, *, evidence: bool = False
) -> Cost:
    """One audit of a path by the command, whole process. The only place that knows how outcross is called.

    With evidence of origin: the text score, and the index of outputs of the workspace that is named.
    """
    scratch = args.out / "scratch" / "outcross"
    cache = (cache or args.out / "cache").resolve()
    env = {"OUTCROSS_CACHE": str(cache), "NO_COLOR": "1"}
    command = [
        Path(sys.executable).with_name("outcross"),
        *("audit", path, "--format", "json"),
        *(("--score", "general", "--workspace", args.out / "evidence") if evidence else ("--no-store",)),
        *("-o", scratch / "audit.json", "--workers", str(workers)),
    ]
    cost = meter.run(command, meter.single_threaded(env, workers), scratch)
    if cost.code:
        raise SystemExit(f"outcross audit failed (exit {cost.code}): {cost.why()}")
    return cost


def audit_figures(
    path: Path, args: argparse.Namespace, size: int, workers: int = 1, *, evidence: bool = False
) -> Figures:
    """One audit as figures: MB of text per CPU second, wall seconds, peak memory."""
    cost = outcross(path, args, workers, evidence=evidence)
    return {
        "mb_per_cpu_s": size / MB / cost.cpu,
        "cpu_s": cost.cpu,
        "wall_s": cost.wall,
        "rss_mb": cost.rss / MB,
    }


def index_outputs(args: argparse.Namespace, tiny: Path) -> None:
    """An index of outputs, of text that is in the workload, in a workspace of its own."""
    folder = empty(args.out / "evidence")
    cost = meter.run(
        [Path(sys.executable).with_name("outcross"), "outputs", "add", tiny, "--model", "bench", "--workspace", folder],
        meter.single_threaded(), args.out / "scratch" / "index",
    )  # fmt: skip
    if cost.code:
        raise SystemExit(f"outcross outputs add failed (exit {cost.code}): {cost.why()}")


def seconds_to_start(args: argparse.Namespace, tiny: Path) -> dict[str, float]:
    """Wall seconds of what a newcomer waits for: import, help, a first audit with nothing compiled."""
    scratch, env = args.out / "scratch" / "start", meter.single_threaded()
    command = Path(sys.executable).with_name("outcross")
    tries: dict[str, Callable[[], Cost]] = {
        "import outcross": lambda: meter.run([sys.executable, "-c", "import outcross"], env, scratch),
        "outcross --help": lambda: meter.run([command, "--help"], env, scratch),
        "first audit of 1 MB, nothing compiled": lambda: outcross(tiny, args, cache=empty(scratch / "cache")),
        "next audit of 1 MB": lambda: outcross(tiny, args, cache=scratch / "cache"),
    }
    found: dict[str, float] = {}
    for name, one in tries.items():
        costs = [one() for _ in range(args.rounds)]
        if any(cost.code for cost in costs):
            raise SystemExit(f"{name} failed: {costs[0].why()}")
        found[name] = statistics.median(cost.wall for cost in costs)
    return found


def empty(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


# ---------------------------------------------------------------- rounds


def floor_figures(folder: Path, args: argparse.Namespace, means: str = "numba") -> Figures:
    """The floor's figures, by the fastest means or by others, from its own process."""
    cost = meter.run(
        [sys.executable, HERE / "floor.py", folder, "--means", "read", means],
        meter.single_threaded(),
        args.out / "scratch" / "floor",
    )
    if cost.code:
        raise SystemExit(f"the floor failed: {cost.why()}")
    found = cost.last_json()
    return dict(found[means], read=found["read"])  # type: ignore[call-overload,no-any-return]


def contestants(folder: Path, args: argparse.Namespace, size: int) -> dict[str, Callable[[], Figures]]:
    """Everything that is measured each round, by name."""
    found: dict[str, Callable[[], Figures]] = {
        "floor": lambda: floor_figures(folder, args),
        "floor, wc -w": lambda: floor_figures(folder, args, "wc"),
        "outcross": lambda: audit_figures(folder, args, size),
        "outcross, two workers": lambda: audit_figures(folder, args, size, 2),
        "outcross, score and outputs": lambda: audit_figures(folder, args, size, evidence=True),
    }
    for peer in () if args.no_peers else peers.PEERS:
        found[peer.name] = partial(peers.measure, peer, folder, args.out, args.tailguard)
    return found


def play(found: dict[str, Callable[[], Figures]], rounds: int) -> list[dict[str, Figures]]:
    """All rounds, each in the opposite order of the one before."""
    played: list[dict[str, Figures]] = []
    for number in range(rounds):
        names = list(found) if number % 2 == 0 else list(reversed(found))
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        played.append({name: found[name]() for name in names})
    return played


def ratio(rounds: list[dict[str, Figures]], above: str, below: str, figure: str = "mb_per_cpu_s") -> float | None:
    """The median, over rounds, of one contestant's figure over another's; none where either has none."""
    pairs = [(found.get(above, {}).get(figure), found.get(below, {}).get(figure)) for found in rounds]
    ratios = [float(str(one)) / float(str(other)) for one, other in pairs if one and other]
    return statistics.median(ratios) if len(ratios) == len(rounds) else None


def middle(rounds: list[dict[str, Figures]], name: str, figure: str) -> float:
    """The median of one contestant's figure."""
    return statistics.median(float(str(found[name][figure])) for found in rounds)


def reason(rounds: list[dict[str, Figures]], name: str) -> str:
    """Why a contestant has no figure."""
    said = [found.get(name, {}) for found in rounds]
    words = [str(figures.get("skipped") or figures.get("failed")) for figures in said if "mb_per_cpu_s" not in figures]
    return words[0] if words and words[0] != "None" else "not measured"


# ---------------------------------------------------------------- the table


def bars(rounds: list[dict[str, Figures]], text_mb: int) -> list[Bar]:
    """The bars of the workload, with what was found."""
    two = ratio(rounds, "outcross", "outcross, two workers", "wall_s")
    return [
        Bar(
            "outcross / floor (read, decompress, count words)",
            ratio(rounds, "outcross", "floor"),
            1 / 3,
            goal=0.5,
        ),
        Bar("outcross, per core", middle(rounds, "outcross", "mb_per_cpu_s"), 60, unit="MB/s"),
        Bar(
            "with text score and output index, per core",
            middle(rounds, "outcross, score and outputs", "mb_per_cpu_s"),
            45,
            unit="MB/s",
        ),
        Bar("outcross / floor that counts with wc -w", ratio(rounds, "outcross", "floor, wc -w"), 0),
        *(against(rounds, name, bar) for name, bar in PEER_BARS.items()),
        Bar("two workers / one, wall time", two, 1.6),
        Bar(f"peak memory at {text_mb} MB", middle(rounds, "outcross", "rss_mb"), 600, unit="MB", at_most=True),
    ]


PEER_BARS = {
    "datatrove WordStats": 20,
    "datatrove MinHash 16x8": 0,
    "data-juicer 7 filters": 20,
    "TailGuard scan": 15,
}


def against(rounds: list[dict[str, Figures]], name: str, bar: float) -> Bar:
    """The bar against one peer."""
    return Bar(f"outcross / {name}", ratio(rounds, "outcross", name), bar, note=reason(rounds, name))


def large_bars(args: argparse.Namespace, small_rss: float) -> list[Bar]:
    """Peak memory on a workload ten times the size: under the same bar, and flat."""
    folder = options.ensure(args, LARGE_MB)
    figures = audit_figures(folder, args, size_of(folder))
    rss = float(str(figures["rss_mb"]))
    return [
        Bar(f"peak memory at {LARGE_MB} MB", rss, 600, unit="MB", at_most=True),
        Bar("peak memory, large / small (text: about 9 times)", rss / small_rss, 1.5, at_most=True),
        Bar(f"outcross, per core, at {LARGE_MB} MB", float(str(figures["mb_per_cpu_s"])), 60, unit="MB/s"),
        Bar(
            f"with text score and output index, at {LARGE_MB} MB",
            float(str(audit_figures(folder, args, size_of(folder), evidence=True)["mb_per_cpu_s"])),
            45,
            unit="MB/s",
        ),
    ]


def table(found: list[Bar]) -> str:
    """The bars as aligned text."""
    rows = [("", "found", "bar", ""), *(bar.row() for bar in found)]
    widths = [max(len(row[cell]) for row in rows) for cell in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def size_of(folder: Path) -> int:
    """Bytes of text in a workload."""
    return int(json.loads((folder / "workload.json").read_text())["bytes"])


def options_of() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_arguments(parser)
    parser.add_argument("--tailguard", type=Path, metavar="FILE", help="a copy of tailguard.py")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of everything (default: 3)")
    parser.add_argument("--no-peers", action="store_true", help="measure the floor and outcross only")
    parser.add_argument("--large", action="store_true", help=f"also audit {LARGE_MB} MB: is memory flat?")
    return parser.parse_args()


def main() -> int:
    """Runs the bench; 1 if a bar is missed."""
    args = options_of()
    folder = options.ensure(args)
    tiny = peers.slice_of(folder, args.out, TINY_MB, ".jsonl")
    outcross(tiny, args)  # compiled before the first round
    index_outputs(args, tiny)
    outcross(tiny, args, evidence=True)
    rounds = play(contestants(folder, args, size_of(folder)), args.rounds)
    found = bars(rounds, args.text_mb)
    if args.large:
        found += large_bars(args, middle(rounds, "outcross", "rss_mb"))
    start = seconds_to_start(args, tiny)
    machine = meter.machine()
    result = {"machine": machine, "bars": [asdict(bar) for bar in found], "start_s": start, "rounds": rounds}
    (args.out / "run.json").write_text(json.dumps(result, indent=2) + "\n")
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    print(json.dumps(json.loads((folder / "workload.json").read_text())["share_by_source"]))
    print(table(found))
    for name, seconds in start.items():
        print(f"{name}: {seconds:.2f} s")
    return int(any(bar.missed for bar in found))


if __name__ == "__main__":
    raise SystemExit(main())
