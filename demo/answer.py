"""Answer what was drawn for labelling as somebody would who knows the truth and errs once in ten."""

import argparse
import json
import random
from pathlib import Path

import pyarrow.parquet as pq

ERRS = 0.1

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, required=True, help="folder of the demo")
out = parser.parse_args().out
mixture = pq.read_table(out / "mixture.parquet", columns=["id", "origin"]).to_pydict()
truth = dict(zip(mixture["id"], mixture["origin"], strict=True))
draw = random.Random(11)
with (out / "answers.jsonl").open("w") as answers:
    for line in (out / "to-label.jsonl").read_text().splitlines():
        item = json.loads(line)
        origin = item["origin_of_item"]
        human = (origin["truth"] or truth[origin["document"]]) == "human"
        said = "synthetic" if human == (draw.random() < ERRS) else "human"
        answers.write(json.dumps({"set": item["set"], "item": item["item"], "answer": said}) + "\n")
