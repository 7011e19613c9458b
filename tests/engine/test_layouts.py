"""However work is cut and wherever it is done, the same corpus has the same figures."""

import pytest

from outcross.audits.record import Audit
from outcross.engine import Layout
from outcross.estimate import Estimate
from outcross.measure import Caps

EACH = 20_000
SAMPLED = Caps(sampled_types=512, sampled_documents=64, text_bytes=1 << 17)


def test_threads_and_processes_give_the_same_digits(corpus, run):
    layouts = [Layout(1), Layout(2), Layout(3), Layout(2, "processes")]
    digests = {run(corpus, each=EACH, layout=layout, group_by="source").digest for layout in layouts}
    assert len(digests) == 1


@pytest.mark.parametrize("caps", [Caps(), SAMPLED], ids=["whole", "sampled"])
def test_the_same_file_cut_otherwise_has_the_same_audit(corpus, run, caps):
    whole = run(corpus, caps=caps, group_by="source")
    for each in (EACH, 70_000):
        parts = run(corpus, each=each, caps=caps, group_by="source")
        assert parts.profile == whole.profile
        assert parts.groups == whole.groups
        assert parts.corpus == whole.corpus
        assert parts.digest == whole.digest


def test_the_same_documents_in_other_files_have_the_same_text(corpus, documents, write, run):
    """Order, format and cut differ; only names of documents and digests of bytes may differ then."""
    whole = run(corpus)
    other = run(write(documents[::-1]), each=EACH)
    assert other.corpus["fingerprint"] == whole.corpus["fingerprint"]
    assert other.corpus["document_sample"] == whole.corpus["document_sample"]
    assert other.figures == whole.figures
    assert other.profile.curves == whole.profile.curves


def test_beyond_the_word_tables_cap_parts_agree_within_their_intervals(corpus, run):
    caps = Caps(word_types=1 << 12)
    whole, parts = run(corpus, caps=caps), run(corpus, caps=caps, each=EACH)
    exact = run(corpus)
    for name in ("types", "hill.1", "hill.2", "entropy", "hapax.share"):
        for audit in (whole, parts):
            low, high = audit[name].interval(0.999)
            assert low <= exact[name].value <= high, name
    assert parts["words"] == whole["words"]
    assert parts["hill.0"] == whole["hill.0"]


def exact_figures(audit: Audit | dict) -> dict[str, float]:
    """Figures that are sums over documents, and shares of them."""
    kinds = ("documents", "bytes", "characters", "words", "types", "length.", "repetition.", "hygiene.", "language.")
    return {
        name: finding.value
        for name, finding in audit.items()
        if name.startswith(kinds) and isinstance(finding, Estimate)
    }


def agree(finding: Estimate, curve: dict) -> bool:
    """Whether a figure at its own size is within its interval of a curve's points around that size."""
    low, high = finding.interval()
    values = [one.value for one in curve.values()]
    return low <= max(values) and min(values) <= high


@pytest.mark.parametrize("each", [EACH, 1 << 30])
def test_a_group_has_the_figures_of_a_corpus_of_its_own(corpus, documents, write, run, each):
    grouped = run(corpus, group_by="source", each=each)
    assert grouped.corpus["groups"]["documents"] == {
        name: sum(one["source"] == name for one in documents) for name in ("books", "forum", "news")
    }
    for name, profile in grouped.groups.items():
        alone = run(write([one for one in documents if one["source"] == name]))
        assert exact_figures(profile.figures) == exact_figures(alone.figures)
        assert agree(profile.figures["hill.1"], dict(alone.profile.curves["hill.1"]))
        assert agree(profile.figures["duplicates.exact"], dict(alone.profile.curves["duplicates.exact"]))


@pytest.mark.parametrize("names", [[""], ["", "a"], ["a\0b", "a", "b"], ["\0"], [None, "x"], ["é" * 200, " ", "\n"]])
def test_groups_may_have_any_name(write, run, names):
    path = write([{"text": f"text number {number}", "g": names[number % len(names)]} for number in range(120)])
    for each in (500, 1 << 30):
        audit = run(path, group_by="g", each=each)
        assert sum(audit.corpus["groups"]["documents"].values()) == 120
        assert len(audit.groups) == len(names)
        assert Audit.from_dict(audit.to_dict()) == audit


def test_many_groups_are_counted_and_the_largest_are_profiled(write, run):
    records = [{"text": f"text {number}", "g": f"g{min(number % 500, 200)}"} for number in range(2000)]
    audit = run(write(records), group_by="g")
    assert audit.corpus["groups"]["count"] == 201
    assert len(audit.groups) == 64
    assert audit.groups["g200"].figures["documents"].value == 1200


def test_a_corpus_of_empty_documents_is_audited(write, run):
    audit = run(write([{"text": ""}] * 200))
    assert audit["documents"].value == 200
    assert audit["words"].value == 0
    assert audit["empty.share"].reason


def test_a_corpus_too_large_to_join_is_audited_without_copies(corpus, run, monkeypatch):
    monkeypatch.setattr("outcross.measures.duplicates.MOST_DOCUMENTS", 10)
    audit = run(corpus, each=EACH, group_by="source")
    assert "not looked for" in audit["duplicates.exact"].reason
    assert audit["documents"].value == 1000


def test_as_many_workers_are_used_as_are_asked_for():
    assert Layout(3).count == 3
    assert Layout(0).count >= 1
