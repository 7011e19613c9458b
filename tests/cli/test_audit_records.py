"""`outcross audit --sources` with provenance records, plain and signed."""

import json

import pytest

from outcross.audits.record import Audit
from outcross.settings import FILE
from outcross.shares import REGION


def said(name, kind):
    return json.dumps({"schema": "outcross.provenance/1", "subject": {"name": name}, "origins": [{"kind": kind}]})


@pytest.fixture(autouse=True)
def corpus(here, outcross, monkeypatch):
    """A workspace that believes Ana, and a corpus that she signed as human."""
    monkeypatch.setenv("OUTCROSS_PRINCIPAL", "ana")
    monkeypatch.setenv("OUTCROSS_CONFIG", str(here / "config"))
    outcross("init")
    outcross("keys", "new", "--kind", "p256")
    with (here / FILE).open("a", encoding="utf-8") as file:
        file.write('\n[provenance]\nsigners = ["ana"]\n')
    (here / "crawl.jsonl").write_text(
        "".join(json.dumps({"text": f"page {n}", "source": "books" if n % 2 else "web"}) + "\n" for n in range(20))
    )
    (here / "human.json").write_text(said("books", "human"))
    assert outcross("provenance", "sign", "crawl.jsonl", "--record", "human.json").code == 0
    return here


def audited(outcross, *words):
    ended = outcross("audit", "crawl.jsonl", "--no-copies", "--format", "json", *words)
    assert ended.code == 0, ended.err
    made = Audit.from_dict(json.loads(ended.out))
    texts = [one["text"] for one in made.notes if one["text"].startswith("Provenance of ")]
    return made.share.of().rungs[REGION].finding.interval(), texts


def test_a_signed_record_of_these_bytes_says_that_all_is_human(outcross, corpus):
    (record,) = corpus.glob("*.provenance.sig")
    assert audited(outcross, "--sources", record.name) == ((0, 0), [])
    assert audited(outcross, "--sources", record.name, "--no-store") == ((0, 0), [])
    assert audited(outcross, "--sources", record.name, "--doubt-human") == ((0, 1), [])
    with (corpus / "crawl.jsonl").open("a") as file:
        file.write('{"text": "Buy now."}\n')
    ends, (note,) = audited(outcross, "--sources", record.name)
    assert ends == (0, 1)
    assert "Its bytes are not those that its manifest names." in note


def test_records_of_several_sources_are_looked_up_by_group_and_beside_a_list(outcross, corpus):
    (corpus / "web.provenance.json").write_text(said("web", "synthetic"))
    words = ["--sources", "human.json", "--sources", "web.provenance.json"]
    ends, (note,) = audited(outcross, *words, "--group-by", "source")
    assert ends == (0.5, 1)
    assert "Nobody signed for it" in note
    (corpus / "list.csv").write_text("source,origin\nbooks,human\n")
    ends, _ = audited(outcross, *words, "--sources", "list.csv", "--group-by", "source")
    assert ends == (0.5, 0.5)
    assert outcross("audit", "crawl.jsonl", *words).code == 2
    assert outcross("audit", "crawl.jsonl", *words, "--sources", "list.csv", "--sources", "more.csv").code == 2


def test_where_there_is_no_workspace_nobody_is_believed_to_be_human(outcross, corpus):
    (record,) = corpus.glob("*.provenance.sig")
    (corpus / "empty").mkdir()
    ends, (note,) = audited(outcross, "--sources", record.name, "--no-store", "--workspace", "empty")
    assert ends == (0, 1)
    assert "nobody here knows" in note
    assert list((corpus / "empty").iterdir()) == []
