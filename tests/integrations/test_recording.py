"""Generations from plain Python: of files, of texts in memory, whole or not at all; and the lineage they make."""

import json
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import outcross
from outcross.errors import CallError, DataError
from outcross.integrations.samples import rows_of, write_rows


def names(folder) -> list[str]:
    with outcross.Workspace(folder, make=False) as opened:
        return [one.name for one in opened.tracking.generations()]


def kept(folder) -> list[str]:
    place = folder / ".outcross" / "samples"
    return sorted(path.name for path in place.iterdir() if path.is_file()) if place.exists() else []


def test_texts_in_memory_are_registered_and_kept_as_a_file(tmp_path, written):
    wrote = written(1)
    made = outcross.record_generation("g1", samples=wrote, workspace=tmp_path, model="sha256:0", regime="replace")
    assert (made.samples.documents, made.model, made.regime) == (120, "sha256:0", "replace")
    lines = (tmp_path / ".outcross" / "samples" / "g1.jsonl").read_text().splitlines()
    assert [json.loads(line)["text"] for line in lines] == wrote
    assert kept(tmp_path) == ["g1.jsonl"]


def test_a_path_paths_and_names_of_files_are_read_where_they_are(tmp_path, written):
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for number, path in enumerate(paths):
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in written(number)))
    told = {"one": str(paths[0]), "path": paths[0], "several": paths, "named": [str(path) for path in paths]}
    made = {name: outcross.record_generation(name, samples=one, workspace=tmp_path) for name, one in told.items()}
    assert [one.samples.documents for one in made.values()] == [120, 120, 240, 240]
    assert made["several"].samples.root == made["named"].samples.root
    assert kept(tmp_path) == []


def test_a_name_of_a_file_that_is_not_there_is_not_taken_for_a_text(tmp_path):
    with pytest.raises(CallError, match=r"g1\.jsonl"):
        outcross.record_generation("g1", samples=["out/g1.jsonl", "out/more.txt.gz"], workspace=tmp_path)


def test_prompts_are_told_beside_the_texts_or_in_their_rows(tmp_path, written):
    wrote = written(2)
    prompts = [f"prompt {number % 6}" for number in range(len(wrote))]
    rows = ({"text": text, "prompt": prompt} for text, prompt in zip(wrote, prompts, strict=True))
    beside = outcross.record_generation("beside", samples=iter(wrote), prompts=prompts, workspace=tmp_path)
    within = outcross.record_generation("within", samples=rows, workspace=tmp_path)
    assert beside.samples.prompted == within.samples.prompted == "prompt"
    assert beside.samples.documents == within.samples.documents == 120
    files = [tmp_path / ".outcross" / "samples" / f"{name}.jsonl" for name in ("beside", "within")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_rows_may_have_any_columns_and_one_may_name_the_sampling_unit(tmp_path, written):
    rows = [{"body": text, "seed": number % 8} for number, text in enumerate(written(3))]
    made = outcross.record_generation(
        "g1", samples=rows, workspace=tmp_path, text_column="body", cluster_by="seed", facts={"rounds": 3}
    )
    assert (made.samples.clustered, made.samples.prompted, dict(made.facts)) == ("seed", None, {"rounds": 3})


def test_the_same_facts_recorded_again_change_nothing(tmp_path, written):
    first = outcross.record_generation("g1", samples=written(4), workspace=tmp_path)
    assert outcross.record_generation("g1", samples=written(4), workspace=tmp_path) == first
    # Whether its texts are kept is no fact of a generation.
    assert outcross.record_generation("g1", samples=written(4), workspace=tmp_path, keep_samples=False) == first
    assert names(tmp_path) == ["g1"]
    assert kept(tmp_path) == ["g1.jsonl"]


def test_without_keeping_no_text_is_left(tmp_path, written):
    first = outcross.record_generation("g1", samples=["swordfish " + one for one in written(5)], workspace=tmp_path,
                                       keep_samples=False)  # fmt: skip
    assert first.samples.documents == 120
    assert kept(tmp_path) == []
    assert not any(b"swordfish" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    again = outcross.record_generation("g1", samples=["swordfish " + one for one in written(5)], workspace=tmp_path)
    assert again == first


def test_other_samples_under_a_name_that_is_taken_are_refused_and_change_nothing(tmp_path, written):
    outcross.record_generation("g1", samples=written(6), workspace=tmp_path)
    before = (tmp_path / ".outcross" / "samples" / "g1.jsonl").read_bytes()
    with pytest.raises(CallError, match="Other samples"):
        outcross.record_generation("g1", samples=written(7), workspace=tmp_path)
    with pytest.raises(CallError, match="another generation"):
        outcross.record_generation("g1", samples=written(6), workspace=tmp_path, parents="g0")
    assert (tmp_path / ".outcross" / "samples" / "g1.jsonl").read_bytes() == before
    assert kept(tmp_path) == ["g1.jsonl"]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"samples": ["a b", "c d"], "prompts": ["p"]}, "more samples"),
        ({"samples": ["a b"], "prompts": ["p", "q"]}, "more prompts"),
        ({"samples": [{"text": "a", "prompt": "p"}], "prompts": ["p"]}, "told twice"),
        ({"samples": [{"text": "a", "prompt": "p"}, {"text": "a"}]}, "some have none"),
        ({"samples": ["a"], "prompts": [3]}, "not a text"),
        ({"samples": "corpus.jsonl", "prompts": ["p"]}, "go with samples in memory"),
        ({"samples": [{"body": "a"}]}, "without a text"),
        ({"samples": ["a", None]}, "Sample 2"),
        ({"samples": [{"text": "a", "at": float("nan")}]}, "written as JSON"),
        ({"samples": [{"text": "a", "at": object()}]}, "written as JSON"),
        ({"samples": {"text": "a"}}, "taken from a dict"),
        ({"samples": 7}, "taken from a int"),
        ({"samples": []}, "no sample"),
        ({}, "needs something"),
        ({"samples": ["a"], "role": "robot"}, "no role"),
        ({"samples": ["a"], "regime": "hope"}, "no regime"),
        ({"samples": ["a"], "weights": "m"}, "no argument 'weights'"),
        ({"samples": ["a"], "parents": ["../g0"]}, "no name for a generation"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_refused_and_leaves_nothing(tmp_path, told, says):
    with pytest.raises(CallError, match=says):
        outcross.record_generation("g1", workspace=tmp_path / "w", **told)
    assert not (tmp_path / "w").exists() or (names(tmp_path / "w"), kept(tmp_path / "w")) == ([], [])


def test_a_table_whose_rows_are_its_columns_is_not_taken_for_texts(tmp_path):
    class Frame:
        columns = ("text", "prompt")

        def __iter__(self):
            return iter(self.columns)

    with pytest.raises(CallError, match="taken from a Frame"):
        outcross.record_generation("g1", samples=Frame(), workspace=tmp_path)


def test_a_name_that_leads_out_of_the_workspace_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(CallError, match="no name"):
        outcross.record_generation("../../g1", samples=["a"], workspace=tmp_path / "w")
    assert list(tmp_path.iterdir()) == []


def test_samples_that_hold_no_document_leave_nothing(tmp_path):
    with pytest.raises(DataError):
        outcross.record_generation("g1", samples=["a lone \ud800 surrogate"], workspace=tmp_path)
    assert (names(tmp_path), kept(tmp_path)) == ([], [])


def test_a_generator_that_fails_leaves_nothing(tmp_path):
    def broken():
        yield "one text"
        raise ValueError("the model is gone")

    with pytest.raises(ValueError, match="the model is gone"):
        outcross.record_generation("g1", samples=broken(), workspace=tmp_path)
    assert (names(tmp_path), kept(tmp_path)) == ([], [])


def test_the_settings_name_the_sampling_unit(tmp_path, written):
    (tmp_path / "outcross.toml").write_text('[track]\ncluster_by = "seed"\n')
    rows = [{"text": text, "seed": number % 8} for number, text in enumerate(written(8))]
    assert outcross.record_generation("g1", samples=rows, workspace=tmp_path).samples.clustered == "seed"


def test_training_data_go_in_by_their_digest_with_the_tokens_consumed(tmp_path, written):
    corpus = tmp_path / "mix.jsonl"
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in written(9)))
    made = outcross.record_generation("g1", train=f"{corpus}:3.5B", workspace=tmp_path)
    assert (made.train[0].tokens, made.train[0].documents, made.samples.of) == (3_500_000_000, 120, "train")


def test_a_recording_that_is_killed_can_be_made_again(tmp_path, written):
    slow = (
        "import sys, time, outcross\n"
        "def texts():\n"
        "    for n in range(200):\n"
        "        yield f'word{n} and some more'\n"
        "        if n == 100: print('half', flush=True); time.sleep(60)\n"
        "outcross.record_generation('g1', samples=texts(), workspace=sys.argv[1])\n"
    )
    with subprocess.Popen([sys.executable, "-c", slow, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half\n"
        with pytest.raises(CallError, match="Another process"):
            outcross.record_generation("g1", samples=written(1), workspace=tmp_path)
        os.kill(process.pid, signal.SIGKILL)
    assert names(tmp_path) == []
    made = outcross.record_generation("g1", samples=written(1), workspace=tmp_path)
    assert made.samples.documents == 120
    assert kept(tmp_path) == ["g1.jsonl"]


def test_a_lineage_is_tracked_as_the_command_would(tmp_path, written):
    for number in range(3):
        parents = [f"g{number - 1}"] if number else []
        outcross.record_generation(f"g{number}", samples=written(number), workspace=tmp_path, parents=parents)
    track = outcross.track_lineage(workspace=tmp_path, criteria=["distinct.2:falls"], alpha=0.1, looks=2)
    assert (track.head, track.path, track.primary) == ("g2", ("g1", "g2"), "distinct.2")
    assert (track.plan["alpha"], track.plan["looks"]) == (0.1, 2)
    assert outcross.track_lineage("g1", workspace=tmp_path).path == ("g1",)


def test_a_plan_that_cannot_be_is_refused(tmp_path, written):
    outcross.record_generation("g0", samples=written(0), workspace=tmp_path)
    with pytest.raises(CallError, match="no argument 'confidence'"):
        outcross.track_lineage(workspace=tmp_path, confidence=0.1)
    with pytest.raises(CallError, match="no workspace"):
        outcross.track_lineage(workspace=tmp_path / "elsewhere")


# What JSON can hold as text; a lone surrogate is escaped, and its reader quarantines the document.
ANY = st.text(st.characters(), max_size=20)


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=8))
def test_whatever_a_text_holds_is_in_the_file_as_it_was(tmp_path_factory, pairs):
    path = tmp_path_factory.getbasetemp() / "rows.jsonl"
    assert write_rows(path, rows_of([text for text, _ in pairs], [prompt for _, prompt in pairs], "text"))
    lines = path.read_text(encoding="ascii").splitlines()
    assert [(one["text"], one["prompt"]) for one in map(json.loads, lines)] == pairs
