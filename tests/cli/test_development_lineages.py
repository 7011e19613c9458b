"""Real lineages of text, where they lie beside the project: chains of rewritten texts, a retrained recurrent model."""

import gzip
import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data" / "generations"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the development lineages are not beside the project (../shared/data)"
)

LOOKS = (10, 20, 30, 40, 50)


@pytest.fixture
def chains(outcross, here):
    """Register generation 5 and the looks of one file of chains; the seed of a chain is the sampling unit."""

    def register(name: str) -> None:
        wanted = {turn: (here / f"g{turn:02}.jsonl").open("w") for turn in (5, *LOOKS)}
        with gzip.open(DATA / "telephone" / f"{name}.jsonl.gz", "rt") as file:
            for line in file:
                turn = json.loads(line)["gen"]
                if turn in wanted:
                    wanted[turn].write(line)
        before: tuple[str, ...] = ()
        for turn, file in wanted.items():
            file.close()
            words = ("--samples", f"g{turn:02}.jsonl", "--cluster-by", "seed_text", *before)
            assert outcross("generation", "add", f"g{turn:02}", *words).code == 0
            before = ("--parent", f"g{turn:02}")

    return register


def followed(outcross, *words: str) -> dict:
    ended = outcross("track", *words, "--format", "json")
    assert ended.code in (0, 1), ended.err
    return json.loads(ended.out)


@pytest.mark.parametrize("task", ["continue", "inspiration"])
def test_chains_that_lose_words_are_alarmed_as_a_loss(outcross, chains, task):
    chains(f"Meta-Llama-3-8B-Instruct__{task}")
    panel = followed(outcross, "--baseline", "g05", "--looks", "5")
    assert "loss" in {one["kind"] for one in panel["alarms"]}
    primary = followed(outcross, "--baseline", "g05", "--looks", "5", "--criterion", "types")
    assert [(one["measure"], one["direction"], one["kind"]) for one in primary["alarms"]] == [("types", "fall", "loss")]


def test_chains_that_drift_apart_are_a_change_and_never_a_loss(outcross, chains):
    chains("Meta-Llama-3-8B-Instruct__rephrase")
    for words in ((), ("--looks", "5"), ("--looks", "5", "--criterion", "types")):
        made = followed(outcross, "--baseline", "g05", *words)
        assert {one["kind"] for one in made["alarms"]} == {"drift"}
        assert {"types", "distinct.2"} & {one["measure"] for one in made["alarms"] if one["direction"] == "rise"}


def test_a_retrained_model_that_becomes_uniform_is_caught_though_its_diversity_rises(outcross, here):
    def lines(*names: str) -> str:
        path = here / f"{names[0]}.jsonl"
        with path.open("w") as out:
            for name in names:
                text = gzip.decompress((DATA / "gru_wikitext" / f"{name}.txt.gz").read_bytes()).decode()
                out.writelines(json.dumps({"text": line}) + "\n" for line in text.split("\n") if line.strip())
        return path.name

    human = lines("human_A", "human_F", "human_H")
    assert outcross("generation", "add", "human", "--role", "human", "--samples", human).code == 0
    names = ["gen00_all", *(f"gen0{turn}_replace" for turn in range(1, 7))]
    for turn, name in enumerate(names):
        before = ("--parent", f"g{turn - 1}") if turn else ()
        assert outcross("generation", "add", f"g{turn}", "--samples", lines(name), *before).code == 0
    against_people = followed(outcross, "g6")
    assert {one["kind"] for one in against_people["alarms"]} == {"loss"}
    made = followed(outcross, "g6", "--baseline", "g0")
    alarms = {(one["measure"], one["direction"], one["kind"]) for one in made["alarms"]}
    assert ("distinct.2", "rise", "drift") in alarms
    assert ("kl", "rise", "loss") in alarms
    verdicts = {one["definition"]: one["state"] for one in made["verdicts"]}
    assert verdicts["collapse-to-uniformity"] == "holds"
