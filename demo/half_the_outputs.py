"""Write every second document that generation 1 emitted: the log that a team would have kept of its model's outputs."""

import argparse
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, required=True, help="folder of the demo")
out = parser.parse_args().out
lines = (out / "corpus" / "generation-1.jsonl").read_text().splitlines()
(out / "outputs.jsonl").write_text("\n".join(lines[::2]) + "\n")
