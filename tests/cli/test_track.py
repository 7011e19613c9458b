"""`outcross generation` and `outcross track` as a model owner calls them."""

import gzip
import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from outcross.auditing import Options
from outcross.registering import Registering
from outcross.workspace import Workspace

WORDS = 4000


def texts(count: int, *, seed: int, rare: float = 1.0) -> list[str]:
    """Documents of Zipf words; `rare` scales how often words beyond the first 200 are drawn."""
    rng = random.Random(seed)  # noqa: S311
    weights = [(1 / (rank + 3)) * (rare if rank >= 200 else 1.0) for rank in range(WORDS)]
    return [" ".join(f"w{word}" for word in rng.choices(range(WORDS), weights, k=60)) for _ in range(count)]


def lines(path: Path, documents: list[str], **columns: list[str]) -> Path:
    rows = [
        {"id": f"{path.stem}-{n}", "text": text} | {name: values[n] for name, values in columns.items()}
        for n, text in enumerate(documents)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Path:
    """A workspace with a frozen human reference, made once and copied for every test."""
    folder = tmp_path_factory.mktemp("human")
    path = lines(folder / "human.jsonl", texts(3000, seed=0))
    with Workspace(folder) as opened:
        opened.tracking.add(Registering("human", "human", samples=(str(path),)), Options(no_text=True))
    return folder


@pytest.fixture
def human(here, made_once):
    """A workspace with a frozen human reference."""
    shutil.copytree(made_once, here, dirs_exist_ok=True)
    return here


def add(outcross, name: str, *words: object) -> None:
    ended = outcross("generation", "add", name, *words)
    assert ended.code == 0, ended.err


def test_a_cycle_that_loses_its_tail_alarms_with_measure_direction_and_onset(outcross, human):
    parent: tuple[str, ...] = ()
    for turn, rare in enumerate((1.0, 1.0, 0.8, 0.6)):
        lines(human / f"g{turn}.jsonl", texts(800, seed=10 + turn, rare=rare))
        add(outcross, f"g{turn}", *parent, "--samples", f"g{turn}.jsonl", "--decoding", "temperature=1")
        parent = ("--parent", f"g{turn}")
    ended = outcross("track", "--format", "json")
    made = json.loads(ended.out)
    assert ended.code == 1
    first = made["alarms"][0]
    assert (first["measure"], first["direction"], first["kind"]) == ("tail.share", "fall", "loss")
    assert first["generation"] == first["onset"] == "g2"
    assert made["path"] == ["g0", "g1", "g2", "g3"]
    assert made["baseline"]["role"] == "human"
    text = outcross("track")
    assert text.code == 1
    assert "fell" in text.out
    page = outcross("track", "-o", "track.html")
    assert page.code == 1
    assert "<svg" in (human / "track.html").read_text()


def test_an_unchanged_cycle_is_no_alarm_and_a_small_one_is_not_enough_data(outcross, human):
    lines(human / "g0.jsonl", texts(1500, seed=21))
    add(outcross, "g0", "--samples", "g0.jsonl")
    fine = outcross("track", "--format", "json")
    assert (fine.code, json.loads(fine.out)["outcome"]) == (0, "no alarm")
    lines(human / "g1.jsonl", texts(40, seed=22))
    add(outcross, "g1", "--parent", "g0", "--samples", "g1.jsonl")
    blind = outcross("track", "--format", "json")
    assert (blind.code, json.loads(blind.out)["outcome"]) == (4, "not enough")


def test_settings_that_changed_are_a_matter_for_people(outcross, human):
    for turn, temperature in enumerate(("1.0", "0.7")):
        lines(human / f"g{turn}.jsonl", texts(1500, seed=31 + turn))
        parent = ("--parent", "g0") if turn else ()
        add(outcross, f"g{turn}", *parent, "--samples", f"g{turn}.jsonl", "--decoding", f"temperature={temperature}")
    ended = outcross("track")
    assert ended.code == 3
    assert "temperature 1.0 -> 0.7" in " ".join(ended.out.split())


def test_without_human_text_the_first_generation_is_the_baseline_and_the_report_says_what_that_costs(outcross, here):
    lines(here / "a.jsonl", texts(1500, seed=41))
    lines(here / "b.jsonl", texts(1500, seed=42))
    add(outcross, "a", "--samples", "a.jsonl")
    only = outcross("track")
    assert only.code == 2
    assert "no generation after it" in only.err
    add(outcross, "b", "--parent", "a", "--samples", "b.jsonl")
    made = json.loads(outcross("track", "--format", "json").out)
    assert made["baseline"]["name"] == "a"
    assert made["primary"] == "types"
    assert any("No human reference decides" in cost for cost in made["costs"])


def test_a_generation_without_samples_is_followed_by_what_it_was_trained_on(outcross, human):
    lines(human / "mix.jsonl", texts(900, seed=51))
    add(outcross, "g0", "--train", "mix.jsonl:3.5B", "--regime", "accumulate")
    told = json.loads(outcross("generation", "show", "g0", "--format", "json").out)
    assert told["train"][0]["tokens"] == 3_500_000_000
    assert told["samples"]["of"] == "train"
    assert outcross("track").code in (0, 4)


def test_scores_and_held_out_losses_are_followed_too(outcross, human):
    rng = random.Random(5)  # noqa: S311
    for name, worse in (("held", 0.0), ("g0", 0.5)):
        rows = [f"d{n},{3 + rng.gauss(0, 0.1) + worse:.4f}" for n in range(400)]
        (human / f"{name}.csv").write_text("id,loss\n" + "\n".join(rows) + "\n")
    lines(human / "s.jsonl", texts(900, seed=61))
    add(outcross, "base", "--samples", "human.jsonl", "--eval", "held.csv")
    add(outcross, "g0", "--parent", "base", "--samples", "s.jsonl", "--eval", "g0.csv")
    made = json.loads(outcross("track", "g0", "--baseline", "base", "--format", "json").out)
    assert ("perplexity", "rise", "loss") in [(one["measure"], one["direction"], one["kind"]) for one in made["alarms"]]
    verdicts = {one["definition"]: one["state"] for one in made["verdicts"]}
    assert verdicts["any-risk-increase"] == "holds"


def test_a_control_lineage_takes_away_what_retraining_itself_changes(outcross, human):
    for turn in range(2):
        lines(human / f"g{turn}.jsonl", texts(900, seed=71 + turn, rare=0.7))
        lines(human / f"c{turn}.jsonl", texts(900, seed=81 + turn, rare=0.7))
        add(outcross, f"g{turn}", "--samples", f"g{turn}.jsonl", *(("--parent", "g0") if turn else ()))
    assert outcross("track").code == 1
    for turn in range(2):
        add(outcross, f"c{turn}", "--role", "control", "--samples", f"c{turn}.jsonl")
    made = json.loads(outcross("track", "--format", "json").out)
    assert made["alarms"] == []


def test_clusters_are_compared_in_pairs_where_both_have_them(outcross, here):
    # Every source has words of its own: between sources documents differ much, over time nothing changes.
    rng = random.Random(9)  # noqa: S311
    for turn in range(3):
        documents, sources = [], []
        for source in range(20):
            for _ in range(5):
                own = [f"s{source}x{rng.randrange(40 * (source + 1))}" for _ in range(30)]
                documents.append(" ".join(own))
                sources.append(f"source {source}")
        lines(here / f"g{turn}.jsonl", documents, source=sources)
        add(outcross, f"g{turn}", "--samples", f"g{turn}.jsonl", "--cluster-by", "source",
            *(("--parent", f"g{turn - 1}") if turn else ()))  # fmt: skip
    made = json.loads(outcross("track", "--looks", "2", "--format", "json").out)
    assert made["alarms"] == []
    newest = next(one for one in made["series"] if one["measure"] == "types")["newest"]
    assert newest["change"]["df"] == 19
    assert newest["change"]["se"] < newest["value"]["se"] / newest["value"]["value"]


def test_the_same_facts_twice_change_nothing_and_other_facts_under_the_name_are_refused(outcross, human):
    lines(human / "g0.jsonl", texts(300, seed=91))
    add(outcross, "g0", "--samples", "g0.jsonl")
    add(outcross, "g0", "--samples", "g0.jsonl")
    lines(human / "other.jsonl", texts(300, seed=92))
    refused = outcross("generation", "add", "g0", "--samples", "other.jsonl")
    assert refused.code == 2
    assert "g0" in refused.err
    assert len(json.loads(outcross("generation", "list", "--format", "json").out)) == 2


@pytest.mark.parametrize(("words", "told"), [
    (("generation", "add", "g0"), "--samples"),
    (("generation", "add", "bad name", "--samples", "human.jsonl"), "no name"),
    (("generation", "add", "g0", "--samples", "nothing.jsonl"), "nothing.jsonl"),
    (("generation", "add", "g0", "--samples", "human.jsonl", "--cluster-by", "nobody"), "nobody"),
    (("generation", "add", "g0", "--samples", "human.jsonl", "--eval", "human.jsonl"), "human.jsonl"),
    (("generation", "add", "g0", "--samples", "human.jsonl", "--decoding", "hot"), "KEY=VALUE"),
    (("generation", "add", "g0", "--samples", "human.jsonl", "--parent", "g0"), "own parent"),
    (("generation", "show", "g9"), "g9"),
    (("track",), "No generation is registered"),
    (("track", "g9"), "No generation is registered"),
])  # fmt: skip
def test_a_wrong_call_says_what_to_do_and_registers_nothing(outcross, human, words, told):
    ended = outcross(*words)
    assert ended.code in (2, 4)
    assert told in ended.err
    assert [one["name"] for one in json.loads(outcross("generation", "list", "--format", "json").out)] == ["human"]


@pytest.mark.parametrize(("words", "told"), [
    (("--criterion", "tale.share"), "tale.share"), (("--criterion", "types:up"), "up"), (("--alpha", "7"), "alpha"),
    (("--baseline", "nobody"), "nobody"), (("--reference", "nobody"), "nobody"), (("nobody",), "nobody"),
])  # fmt: skip
def test_a_wrong_plan_is_refused(outcross, human, words, told):
    lines(human / "g0.jsonl", texts(300, seed=95))
    add(outcross, "g0", "--samples", "g0.jsonl")
    ended = outcross("track", *words)
    assert ended.code == 2
    assert told in ended.err


def test_an_empty_or_truncated_file_registers_nothing(outcross, human):
    (human / "empty.jsonl").write_text("")
    assert outcross("generation", "add", "g0", "--samples", "empty.jsonl").code == 4
    whole = gzip.compress("".join(json.dumps({"text": one}) + "\n" for one in texts(200, seed=1)).encode())
    (human / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 3])
    ended = outcross("generation", "add", "g1", "--samples", "cut.jsonl.gz")
    assert ended.code in (0, 4)
    if ended.code == 0:
        made = json.loads(outcross("generation", "show", "g1", "--format", "json").out)
        assert made["samples"]["documents"] < 200


def test_only_hashes_are_kept_of_the_text(outcross, human):
    (human / "secret.jsonl").write_text("".join(
        json.dumps({"text": f"the zanzibarian secret number {n} of many words"}) + "\n" for n in range(100)
    ))  # fmt: skip
    add(outcross, "g0", "--samples", "secret.jsonl")
    for path in (human / ".outcross").rglob("*"):
        if path.is_file():
            assert b"zanzibarian" not in path.read_bytes(), path


def test_killed_at_any_moment_it_is_registered_whole_or_not_at_all(outcross, process, human):
    lines(human / "g0.jsonl", texts(4000, seed=97))
    started = time.monotonic()
    add(outcross, "warm", "--samples", "g0.jsonl")
    takes = time.monotonic() - started
    for part in (0.3, 0.6, 0.9, 1.1):
        begun = process("generation", "add", "g0", "--samples", "g0.jsonl", "--fact", f"try={part}")
        time.sleep(takes * part + 0.5)
        if begun.poll() is None:
            os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()
        known = [one["name"] for one in json.loads(outcross("generation", "list", "--format", "json").out)]
        assert known in (["human", "warm"], ["human", "warm", "g0"])
        if "g0" in known:
            break
    assert outcross("generation", "list").code == 0


def test_two_at_once_are_both_registered(process, outcross, human):
    for name in ("x", "y"):
        lines(human / f"{name}.jsonl", texts(1500, seed=ord(name)))
    begun = [process("generation", "add", name, "--samples", f"{name}.jsonl") for name in ("x", "y")]
    assert [one.wait() for one in begun] == [0, 0]
    known = {one["name"] for one in json.loads(outcross("generation", "list", "--format", "json").out)}
    assert known == {"human", "x", "y"}


def test_a_new_look_reads_no_text_again(outcross, human):
    lines(human / "g0.jsonl", texts(900, seed=99))
    add(outcross, "g0", "--samples", "g0.jsonl")
    first = json.loads(outcross("track", "--format", "json").out)
    (human / "g0.jsonl").unlink()
    (human / "human.jsonl").unlink()
    again = json.loads(outcross("track", "--format", "json").out)
    shorter = json.loads(outcross("track", "--first-words", "20", "--format", "json").out)
    assert first["series"] == again["series"]
    assert shorter["plan"]["first_words"] == 20


def test_a_team_registers_and_follows_on_one_server(outcross, here, database, monkeypatch):
    monkeypatch.setenv("OUTCROSS_STORE", database)
    lines(here / "a.jsonl", texts(900, seed=101))
    lines(here / "b.jsonl", texts(900, seed=102, rare=0.5))
    add(outcross, "a", "--samples", "a.jsonl")
    add(outcross, "b", "--parent", "a", "--samples", "b.jsonl", "--workspace", "elsewhere")
    ended = outcross("track", "--format", "json")
    assert ended.code == 1
    assert json.loads(ended.out)["path"] == ["b"]
