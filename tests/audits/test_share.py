"""The synthetic share of an audit, from files to the ladder: what is known, what is not, and what labels add."""

import json
import random

import pytest

from outcross.auditing import Options
from outcross.audits.record import Audit
from outcross.corpus import Reading
from outcross.errors import CallError, DataError
from outcross.estimate import Estimate, Unknown
from outcross.labelling import Asked
from outcross.principals import make
from outcross.report import to_html, to_markdown, to_text
from outcross.shares import DATED, LABELS, MODEL, REGION
from outcross.workspace import Workspace, audit

SUBJECTS = ("the ferry", "my neighbour", "a violin", "the old mill", "her letter", "this bread", "the harbour master")
VERBS = ("was lost on", "remembers", "kept us from", "smelled of", "belongs to", "came with", "outlived")
ENDS = ("a wet Tuesday", "the second war", "fresh tar", "nobody in town", "three winters", "the price of coal")


def written(number: int) -> str:
    draw = random.Random(number)  # noqa: S311 - no secret
    return " ".join(
        f"{draw.choice(SUBJECTS).capitalize()} {draw.choice(VERBS)} {draw.choice(ENDS)}." for _ in range(14)
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """400 documents, 100 of them synthetic; 80 declare where they are from, 200 human ones have an early date."""
    path = tmp_path_factory.mktemp("share") / "corpus.jsonl"
    with path.open("w") as file:
        for number in range(400):
            synthetic = number % 4 == 0
            record = {"id": f"d{number}", "text": written(number), "kind": "ab"[number % 2]}
            if number % 5 == 0:
                record["origin"] = "synthetic" if synthetic else "human"
            if not synthetic and number % 2:
                record["captured"] = "2019-05-01"
            file.write(json.dumps(record) + "\n")
    return path


def test_without_labels_and_provenance_nothing_can_be_established(corpus):
    made = audit(str(corpus))
    whole = made.share.of()
    assert whole.rungs[REGION].finding.interval() == (0.0, 1.0)
    assert not made.share.established
    for step in (DATED, MODEL, LABELS):
        assert isinstance(whole.rungs[step].finding, Unknown)
    for shown in (to_text(made), to_markdown(made), to_html(made)):
        assert "cannot be established" in " ".join(shown.split())
        assert "0–100 %" in shown


def test_declarations_bound_the_share_from_both_sides(corpus):
    made = audit(str(corpus), declared="origin", group_by="kind")
    assert made.share.of().rungs[REGION].finding.interval() == pytest.approx((20 / 400, 1 - 60 / 400))
    assert made.share.of("a").rungs[REGION].finding.interval() == pytest.approx((20 / 200, 1 - 20 / 200))
    assert made.share.of("", "tokens") is not None
    doubting = audit(str(corpus), declared="origin", doubt_human=True)
    assert doubting.share.of().rungs[REGION].finding.interval() == pytest.approx((20 / 400, 1.0))


def test_dates_enter_less_their_allowance_for_early_machines(corpus):
    low, high = audit(str(corpus), dates="captured").share.of().rungs[REGION].finding.interval()
    assert low == 0
    assert 1 - 200 / 400 < high < 1 - 200 / 400 + 0.05


def test_a_share_is_the_same_for_threads_and_processes_and_after_reading_it_back(corpus, tmp_path):
    how = {"declared": "origin", "dates": "captured", "score": "general", "group_by": "kind"}
    one = audit(str(corpus), workers=1, **how)
    two = audit(str(corpus), workers=2, engine="processes", **how)
    assert one.digest == two.digest
    one.save(tmp_path / "audit.json")
    read = Audit.load(tmp_path / "audit.json")
    assert read.share == one.share
    assert read.digest == one.digest


def test_other_evidence_is_another_audit(corpus):
    assert audit(str(corpus)).digest != audit(str(corpus), declared="origin").digest


def test_outputs_of_ones_own_models_are_found_again(corpus, tmp_path):
    outputs = tmp_path / "outputs.jsonl"
    outputs.write_text("".join(json.dumps({"text": written(number)}) + "\n" for number in range(0, 400, 8)))
    with Workspace(tmp_path) as opened:
        opened.add_outputs(str(outputs), "ours")
        made = opened.audit(str(corpus))
        without = opened.audit(str(corpus), Options(no_outputs=True))
    assert made.share.of().rungs[REGION].finding.interval()[0] == pytest.approx(50 / 400)
    assert made.share.top["outputs.exact"][0]["reason"].endswith("of ours")
    assert without.share.of().rungs[REGION].finding.interval() == (0.0, 1.0)


def labelled(folder, corpus, *, gold: bool, group=None, sets=1, **how):
    """A workspace where somebody who never errs has labelled 60 documents."""
    outputs, people, design = folder.parent / "s.jsonl", folder.parent / "h.jsonl", "stratified" if group else "uniform"
    for path, first in ((outputs, 10_000), (people, 20_000)):
        path.write_text("".join(json.dumps({"text": written(first + n)}) + "\n" for n in range(60)))
    planted = {"gold_synthetic": (str(outputs),), "gold_human": (str(people),)} if gold else {}
    signer = make("anna", folder.parent / "keys")
    with Workspace(folder) as opened:
        for seed in range(sets):
            asked = Asked(n=60, design=design, seed=seed, **planted)
            made = opened.labels.start([str(corpus)], asked, signer, Reading(group_by=group))
            for item in made.items:
                synthetic = item.truth == "synthetic" if item.truth else int(item.document[1:]) % 4 == 0
                opened.labels.answer(made, item, "synthetic" if synthetic else "human", signer)
        return opened.audit(str(corpus), Options(**how))


def in_lines(path, rows):
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


def test_labels_that_leave_declarations_no_room_are_a_contradiction_and_nothing_is_established(tmp_path):
    rows = ({"id": f"d{n}", "text": written(n), "origin": "human"} for n in range(400))
    lies = in_lines(tmp_path / "lies.jsonl", rows)
    made = labelled(tmp_path / "w", lies, gold=True, declared="origin")
    whole = made.share.of()
    assert whole.rungs[REGION].finding.interval() == (0.0, 0.0)
    assert whole.rungs[LABELS].finding.interval()[0] > 0.1
    assert whole.best is None
    assert not made.share.established
    for shown in (to_text(made), to_markdown(made), to_html(made)):
        assert "contradict each other" in " ".join(shown.split())
    assert audit(str(lies), declared="origin").share.established


def test_labels_speak_of_groups_that_were_drawn_and_of_no_others_with_the_same_names(tmp_path):
    rows = ({"id": f"d{n}", "text": written(n), "kind": "ab"[n % 4 == 0], "site": "ab"[n % 2]} for n in range(300))
    path = in_lines(tmp_path / "two.jsonl", rows)
    labelled(tmp_path / "w", path, gold=True, group="kind")
    with Workspace(tmp_path / "w") as opened:
        by_kind, by_site = (opened.audit(str(path), Options(group_by=name)).share for name in ("kind", "site"))
    assert by_kind.of("b").rungs[LABELS].finding.interval()[0] > 0.5
    assert isinstance(by_site.of("b").rungs[LABELS].finding, Unknown)
    assert isinstance(by_site.of().rungs[LABELS].finding, Estimate)


def test_which_labels_count_and_of_how_many_sets_is_told(corpus, tmp_path):
    made = labelled(tmp_path / "w", corpus, gold=False, sets=2)
    told = made.share.sought["labels"]
    assert (told["name"], told["answered"], told["sets"]) == ("labels-2", 60, 2)
    assert "the newest of 2 sets of this corpus" in " ".join(to_text(made).split())
    assert audit(str(corpus)).share.sought["labels"] is None


def test_a_leftover_shows_a_part_and_not_that_all_is_synthetic(tmp_path):
    rows = ({"text": "As an AI language model, I cannot. " * (n % 2) + written(n)} for n in range(200))
    path = str(in_lines(tmp_path / "l.jsonl", rows))
    partly, fully = (audit(path, synthetic_means=means).share.of() for means in ("partly", "fully"))
    assert partly.rungs[REGION].finding.interval()[0] > 0.45
    assert fully.rungs[REGION].finding.interval() == (0.0, 1.0)


def test_a_group_without_a_name_is_not_taken_for_all_documents(tmp_path):
    rows = ({"text": written(n), "kind": ["", "a", None][n % 3], "origin": "human"} for n in range(90))
    made = audit(str(in_lines(tmp_path / "n.jsonl", rows)), declared="origin", group_by="kind")
    assert [one.group for one in made.share.ladders[::2]] == ["", "(none)", "a"]


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """3,000 documents, all of them declared, a quarter synthetic: in turn, and in two blocks."""
    folder = tmp_path_factory.mktemp("declared")
    for name, early in (("mixed", lambda n: n % 4 == 0), ("blocks", lambda n: n < 750)):
        rows = ({"text": f"{written(n % 50)} Number {n}.", "kind": "ab"[n % 2],
                 "origin": "synthetic" if early(n) else "human"} for n in range(3000))  # fmt: skip
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    return folder


def test_a_sample_leaves_room_for_what_was_not_looked_at(declared):
    ends = []
    for seed in range(12):
        made = audit(str(declared / "mixed.jsonl"), declared="origin", sample=200, seed=seed, no_copies=True)
        ends.append(made.share.of().rungs[REGION].finding.interval())
        assert made.share.of("", "tokens").rungs[REGION].finding.interval()[0] < ends[-1][1]
    assert sum(low <= 0.25 <= high for low, high in ends) >= 11
    assert all(0.05 < high - low < 0.25 for low, high in ends)
    whole = audit(str(declared / "mixed.jsonl"), declared="origin", no_copies=True)
    assert whole.share.of().rungs[REGION].finding.interval() == (0.25, 0.25)


def test_a_sample_of_whole_parts_is_worth_its_parts_and_says_nothing_of_groups(declared, monkeypatch):
    monkeypatch.setattr("outcross.auditing.SMALLEST_PART", 1 << 12)
    made = audit(str(declared / "blocks.jsonl"), declared="origin", sample=1000, group_by="kind", no_copies=True)
    assert made.plan["clustered"]
    finding = made.share.of().rungs[REGION].finding
    assert finding.interval()[0] <= 0.25 <= finding.interval()[1]
    assert finding.law.n <= 128
    assert isinstance(made.share.of("a").rungs[REGION].finding, Unknown)


def test_whatever_the_time_was_enough_for_there_are_groups_and_a_share(declared):
    made = audit(str(declared / "mixed.jsonl"), declared="origin", max_time=1000.0, group_by="kind")
    assert made.share.of().rungs[REGION].finding.interval() == (0.25, 0.25)


def test_labels_of_a_sample_are_the_rung_that_holds(corpus, tmp_path):
    made = labelled(tmp_path / "w", corpus, gold=True)
    rung = made.share.of().rungs[LABELS]
    low, high = rung.finding.interval()
    assert low < 0.25 < high
    assert high - low < 0.35
    assert rung.gateable
    assert made.share.of().best is rung
    assert "by labels of a random sample" in " ".join(to_text(made).split())
    assert isinstance(made.share.of("", "tokens").rungs[LABELS].finding, Estimate)


def test_labels_without_planted_documents_are_for_no_gate(corpus, tmp_path):
    rung = labelled(tmp_path / "w", corpus, gold=False).share.of().rungs[LABELS]
    assert isinstance(rung.finding, Estimate)
    assert not rung.gateable
    assert "if reviewers are right" in rung.finding.assumption


def test_labels_of_another_corpus_say_nothing(corpus, tmp_path):
    labelled(tmp_path / "w", corpus, gold=False)
    other = tmp_path / "other.jsonl"
    other.write_bytes(corpus.read_bytes() + b'{"text": "one more"}\n')
    with Workspace(tmp_path / "w") as opened:
        assert isinstance(opened.audit(str(other)).share.of().rungs[LABELS].finding, Unknown)


def test_hostile_evidence_is_shown_and_does_nothing(tmp_path):
    path = tmp_path / "hostile.jsonl"
    evil = "<script>alert(1)</script>\u202e"
    path.write_text("".join(
        json.dumps({"id": f"{evil}{n}", "text": evil + written(n), "origin": "synthetic", "source": evil}) + "\n"
        for n in range(70)
    ))  # fmt: skip
    made = audit(str(path), declared="origin", group_by="source")
    assert "<script>" not in to_html(made)
    for shown in (to_html(made), to_text(made), to_markdown(made)):
        assert "\u202e" not in shown


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"declared": "no such column"}, CallError), ({"dates": "nope"}, CallError),
        ({"score": "nowhere.score"}, CallError),
        ({"sources": "nowhere.csv"}, CallError), ({"watermarks": ("nowhere.json",)}, CallError),
        ({"dates": "captured", "cutoff": "yesterday"}, CallError), ({"score": "plugin:nobody"}, CallError),
        ({"harder": 0.5}, CallError),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(corpus, option, error):
    with pytest.raises(error) as told:
        audit(str(corpus), **option)
    assert str(told.value)


def test_a_list_of_groups_needs_groups(corpus, tmp_path):
    listed = tmp_path / "sources.csv"
    listed.write_text("source,origin\na,human\n")
    with pytest.raises(CallError, match="not grouped"):
        audit(str(corpus), sources=str(listed))
    for how in ({"group_by": "kind"}, {"sources_by": "kind"}):
        made = audit(str(corpus), sources=str(listed), **how)
        assert made.share.of().rungs[REGION].finding.interval() == (0.0, 0.5)


def test_what_was_asked_for_and_found_nothing_is_said(corpus):
    assert "found on no document: declared" in " ".join(to_text(audit(str(corpus), declared="kind")).split())


def test_a_file_that_describes_no_watermark_is_refused(corpus, tmp_path):
    bad = tmp_path / "mark.json"
    bad.write_text('{"scheme": "kgw"}')
    with pytest.raises(DataError, match="describes no watermark"):
        audit(str(corpus), watermarks=(str(bad),))


def test_without_text_no_document_is_quoted(corpus):
    made = audit(str(corpus), declared="origin", no_text=True)
    assert made.share.top["declared"]
    assert all(one["text"] is None for shown in made.share.top.values() for one in shown)
