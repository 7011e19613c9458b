"""`outcross provenance` as people call it: records are written, asked for, checked, shown and told in other forms."""

import io
import json
import os
import pty
import sys

import pytest
from tests.provenance.records import DIGEST, whole

from outcross.log import dsse
from outcross.log.dsse import RECORD, Statement
from outcross.principals import make
from outcross.provenance.completeness import completeness
from outcross.provenance.exporters import EXPORTERS, exporter
from outcross.provenance.fields import BY_NAME
from outcross.provenance.files import read_record
from outcross.provenance.record import Generator, Origin, Period, Upstream
from outcross.workspace import Workspace


@pytest.fixture
def kept(here):
    """A record file that tells everything."""
    path = here / "books.provenance.json"
    path.write_text(json.dumps(whole().to_dict()), encoding="utf-8")
    return path


@pytest.fixture
def answering(outcross, monkeypatch):
    """Run a command whose questions are answered by these lines."""

    def run(answers, *words):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{one}\n" for one in answers)))
        return outcross(*words)

    return run


def test_a_record_is_written_from_options(outcross, here):
    ended = outcross(
        "provenance", "new", "my books", "--tokens", "30e9", "--origin", "mixed,synthetic=5..20%,human=0.8..0.95",
        "--origin", "kind=human,scope=labels", "--generator", "example-7b,version=2,provider=Example AI",
        "--derived-from", "https://example.com/?a=b,op=filter,kept=60%", "--license", "CC-BY-4.0", "--license", "MIT",
        "--start", "2024", "--end", "2025-06", "--digest", DIGEST,
    )  # fmt: skip
    assert ended.code == 0
    assert ended.out == "Wrote my_books.provenance.json\n"
    record = read_record(str(here / "my_books.provenance.json"))
    assert record.subject.tokens == 30_000_000_000
    assert record.origins == (
        Origin("mixed", "text", {"synthetic": (0.05, 0.2), "human": (0.8, 0.95)}), Origin("human", "labels"),
    )  # fmt: skip
    assert record.generators == (Generator("example-7b", "2", "", "Example AI"),)
    assert record.derived_from == (Upstream("https://example.com/?a=b", op="filter", kept=0.6),)
    assert record.license == ("CC-BY-4.0", "MIT")
    assert record.generation_period == Period("2024", "2025-06")
    assert ended.err == f"Not known: {', '.join(completeness(record))}\n"


def test_a_declared_root_is_told_from_one_that_nobody_knows(outcross, here):
    outcross("provenance", "new", "a", "--root")
    outcross("provenance", "new", "b")
    assert read_record("a.provenance.json").derived_from == ()
    assert read_record("b.provenance.json").derived_from is None


def test_a_record_is_asked_for_field_by_field_and_wrong_answers_are_asked_again(answering):
    told = {
        "subject.name": ["books"], "subject.digest": ["main", DIGEST], "subject.bytes": ["many", "1,000"],
        "subject.records": [""], "subject.tokens": ["3e6"], "origins.kind": ["robot", "mixed"],
        "origins.shares.synthetic": ["20%..10%", "10..20%"], "generators.model": ["example-7b"],
        "generators.version": ["2"], "generators.provider": [""], "another model": [""], "upstream": ["yes"],
        "derived_from.id": ["older"], "derived_from.op": ["steal", "filter"], "derived_from.digest": [""],
        "derived_from.tokens": [""], "another upstream": [""], "start": ["yesterday", "2024"], "end": [""],
        "method": ["Scanned."], "issuer": ["me"], "license": ["MIT, CC0-1.0"], "use": [""], "version": ["1"],
        "expires": ["2099"],
    }  # fmt: skip
    answers = [one for lines in told.values() for one in lines]
    ended = answering(answers, "provenance", "new", "--ask", "-o", "it.json")
    assert ended.code == 0, ended.err
    record = read_record("it.json")
    assert record.subject.digest == DIGEST
    assert (record.subject.bytes, record.subject.records, record.subject.tokens) == (1000, None, 3_000_000)
    assert record.origins == (Origin("mixed", "text", {"synthetic": (0.1, 0.2)}),)
    assert record.generators == (Generator("example-7b", "2"),)
    assert record.derived_from == (Upstream("older", op="filter"),)
    assert record.license == ("MIT", "CC0-1.0")
    assert (record.version, record.expires, record.intended_use) == ("1", "2099", "")
    assert ended.err.count("Expected ") == 6
    assert BY_NAME["origins.kind"].meaning in ended.err


def test_who_knows_nothing_is_asked_for_everything_and_still_gets_a_record(answering):
    ended = answering([""] * 14, "provenance", "new", "books", "--ask")
    assert ended.code == 0, ended.err
    record = read_record("books.provenance.json")
    assert record.to_dict().keys() == {"schema", "subject", "issued"}


def test_whoever_sits_at_a_terminal_is_asked_without_being_told_to(process, here):
    ours, theirs = pty.openpty()
    begun = process("provenance", "new", "books", stdin=theirs)
    os.write(ours, b"\n" * 14)
    _, err = begun.communicate(timeout=60)
    for one in (ours, theirs):
        os.close(one)
    assert begun.returncode == 0
    assert b"if nobody knows" in err
    assert read_record("books.provenance.json").name == "books"


def test_questions_that_end_early_write_nothing(answering, here):
    assert answering(["", ""], "provenance", "new", "books", "--ask").code == 130
    assert list(here.iterdir()) == []


def test_a_record_begins_with_another_and_keeps_where_its_values_were_read(outcross, kept):
    ended = outcross("provenance", "new", "books-2020", "--from", kept, "--method", "Photographed.")
    assert ended.code == 0
    made = read_record("books-2020.provenance.json")
    assert made.method == "Photographed."
    assert made.given == whole().given
    assert made.origins == whole().origins
    outcross("provenance", "new", "books-2021", "--from", kept, "--license", "MIT")
    assert read_record("books-2021.provenance.json").given == {}


def test_a_file_is_never_replaced(outcross, kept):
    before = kept.read_bytes()
    ended = outcross("provenance", "new", "books")
    assert ended.code == 2
    assert "never replaced" in ended.err
    assert kept.read_bytes() == before
    assert [one.name for one in kept.parent.iterdir()] == [kept.name]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "\x1b[2J", "a" * 5000, ".hidden", "ſ/con"])
def test_a_name_of_a_source_is_never_a_path(outcross, here, name):
    assert outcross("provenance", "new", name).code == 0
    (made,) = here.rglob("*")
    assert made.parent == here
    assert not made.name.startswith(".")
    assert read_record(str(made)).name == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new", "x", "--tokens", "-1"], "/subject/tokens: expected a whole number from 0, found -1"),
        (["new", "x", "--tokens", "nan"], "found 'nan'"),
        (["new", "x", "--tokens", "1e999"], "found '1e999'"),
        (["new", "x", "--origin", "robot"], "expected one of human"),
        (["new", "x", "--origin", "human,synthetic=1"], "shares that can sum to 1"),
        (["new", "x", "--generator", "a,models=b"], "Did you mean 'model'?"),
        (["new", "x", "--root", "--derived-from", "y"], "Give one of the two"),
        (["new"], "/subject: expected"),
        (["new", "x", "-o", "missing/x.json"], "no folder missing"),
        (["new", "x", "--from", "missing.json"], "no file missing.json"),
        (["show", "missing.json"], "no file missing.json"),
        (["explain", "licence"], "Did you mean license?"),
        (["explain", "digest"], "subject.digest, generators.digest"),
        (["export", "books.provenance.json", "--to", "eu", "-o", "books.provenance.json"], "would be replaced"),
        (["export", "books.provenance.json", "--to", "nothing"], "is not one of"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_is_wrong(words, said, outcross, kept):
    before = kept.read_bytes()
    ended = outcross("provenance", *words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())
    assert kept.read_bytes() == before
    assert list(kept.parent.iterdir()) == [kept]


def test_files_are_checked_and_all_problems_told(outcross, kept, here):
    (here / "bad.json").write_text('{"schema": "outcross.provenance/1", "subjekt": {}, "license": "MIT"}')
    (here / "twice.json").write_text('{"schema": 1, "schema": 2}')
    assert outcross("provenance", "validate", kept).code == 0
    ended = outcross("provenance", "validate", kept, "bad.json", "twice.json", "--format", "json")
    assert ended.code == 4
    first, bad, twice = json.loads(ended.out)
    assert first["valid"]
    assert first["digest"] == whole().digest
    assert first["missing"] == []
    assert [one["pointer"] for one in bad["problems"]] == ["/subjekt", "/subject", "/license"]
    assert bad["problems"][0]["hint"] == "Did you mean 'subject'?"
    assert "twice in one object" in twice["problems"][0]["said"]
    assert "/subjekt: expected a known key" in outcross("provenance", "validate", "bad.json").out


def test_a_record_is_shown_with_where_it_was_read_and_what_nobody_said(outcross, kept):
    told = " ".join(outcross("provenance", "show", kept).out.split())
    for words in ("provenance of books-2019", "text: mixed (human 50-100 %", "labels: human", "example-7b 2025-06",
                  "older-books (filter), 100 tokens, 60 % kept", "CC-BY-4.0 ← /license",
                  "2018 to 2019-12-31"):  # fmt: skip
        assert words in told
    assert "not known" not in told
    outcross("provenance", "new", "bare", "--root")
    told = " ".join(outcross("provenance", "show", "bare.provenance.json").out.split())
    assert "nothing: it is a root" in told
    assert "not known: subject.digest," in told
    assert json.loads(outcross("provenance", "show", kept, "--format", "json").out)["digest"] == whole().digest


def test_a_hostile_record_steers_no_terminal(outcross, here):
    hostile = {"schema": "outcross.provenance/1", "subject": {"name": "\x1b[2Ja\u202eb"}, "method": "x\r\n" * 9,
               "license": ["\x07x"], "generators": [{"model": "\u200bm"}] * 50}  # fmt: skip
    (here / "it.json").write_text(json.dumps(hostile))
    for words in (["show", "it.json"], ["validate", "it.json"], ["export", "it.json", "--to", "eu"]):
        ended = outcross("provenance", *words)
        assert ended.code == 0
        assert all(one.isprintable() for one in ended.out.splitlines())


@pytest.mark.parametrize("form", ["text", "json", "md"])
def test_every_field_is_explained(outcross, form):
    told = outcross("provenance", "explain", "--format", form).out
    for one in BY_NAME:
        assert one in told
    told = " ".join(outcross("provenance", "explain", "origins.kind", "--format", form).out.split())
    assert "composite" in told


def test_a_field_is_found_by_the_end_of_its_name(outcross):
    assert outcross("provenance", "explain", "tokens").code == 2
    assert outcross("provenance", "explain", "intended_use").out.startswith("intended_use\n")
    assert outcross("provenance", "explain", "provider").out.startswith("generators.provider\n")


@pytest.fixture
def signed(here):
    """A signed record in a file."""
    record = whole()
    said = Statement({record.name: {"sha256": DIGEST[7:]}}, RECORD, record.to_dict())
    path = here / "books.provenance.sig"
    path.write_bytes(dsse.signed(said, make("mia", here / "keys")).to_json())
    return path


def test_a_signed_record_is_read_like_a_plain_one(outcross, signed, here):
    assert "books-2019" in outcross("provenance", "show", signed).out
    assert outcross("provenance", "validate", signed).code == 0
    ended = outcross("provenance", "import", signed, "-o", here / "keys")
    assert "outcross.provenance/1, signed, 1 record" in ended.out
    assert read_record(here / "keys" / "books-2019.provenance.json") == whole()


def test_an_envelope_with_something_else_in_it_is_no_record(outcross, here):
    said = Statement({"x": {"sha256": DIGEST[7:]}}, "https://example.com/other", {})
    (here / "x.json").write_bytes(dsse.signed(said, make("mia", here / "keys")).to_json())
    ended = outcross("provenance", "show", "x.json")
    assert ended.code == 4
    assert "no provenance record" in ended.err


def test_records_are_added_to_a_workspace_once_listed_and_shown_by_name_or_digest(outcross, kept, signed, here):
    outcross("init", "team")
    outcross("provenance", "new", "crawl-2025", "--origin", "mixed")
    files = (kept, "crawl-2025.provenance.json")
    told = outcross("provenance", "import", *files, "--workspace", "team", "--as", "mia")
    assert told.out.count("Added") == 2
    assert "There already: books-2019" in outcross("provenance", "import", signed, "--workspace", "team").out
    listed = outcross("provenance", "list", "--workspace", "team").out.splitlines()
    assert [line.split()[0] for line in listed] == ["books-2019", "crawl-2025"]
    records = json.loads(outcross("provenance", "list", "--workspace", "team", "--format", "json").out)
    assert [one["digest"] for one in records] == [read_record(file).digest for file in files]
    for name in ("books-2019", DIGEST, whole().digest):
        assert "books-2019" in outcross("provenance", "show", name, "--workspace", "team").out
    ended = outcross("provenance", "show", "books-2109", "--workspace", "team")
    assert ended.code == 2
    assert "Did you mean 'books-2019'?" in ended.err
    with Workspace("team", make=False) as opened:
        assert opened.records.statements(DIGEST, "record") == [signed.read_bytes()]


def test_a_workspace_without_records_says_so_and_one_that_is_not_there_is_not_made(outcross, kept, here):
    outcross("init", "team")
    assert outcross("provenance", "list", "--workspace", "team").out == "There is no provenance record.\n"
    assert outcross("provenance", "import", kept, "--workspace", "nowhere").code == 2
    assert not (here / "nowhere").exists()


def test_of_several_files_those_that_can_be_read_are_and_the_rest_is_named(outcross, kept, here):
    (here / "broken.json").write_text('{"schema": "outcross.provenance/2"}')
    (here / "out").mkdir()
    ended = outcross("provenance", "import", "broken.json", kept, "-o", "out")
    assert ended.code == 4
    assert "/schema: expected one of outcross.provenance/1" in ended.err
    assert [one.name for one in (here / "out").iterdir()] == ["books-2019.provenance.json"]


def test_records_are_exported_together_into_a_file_or_each_into_a_folder(outcross, kept, here):
    outcross("provenance", "new", "crawl-2025")
    files = (kept, "crawl-2025.provenance.json")
    (here / "out").mkdir()
    assert outcross("provenance", "export", *files, "--to", "eu", "-o", "all.md").code == 0
    assert "1 of 2 sources hold some" in (here / "all.md").read_text()
    assert outcross("provenance", "export", *files, "--to", "eu", "-o", "out").code == 0
    assert sorted(one.name for one in (here / "out").iterdir()) == ["books-2019.md", "crawl-2025.md"]


def test_the_eu_draft_of_a_mix_tells_the_share_that_follows_from_its_lineage(outcross, here):
    outcross("provenance", "new", "distilled", "--origin", "synthetic", "--generator", "example-7b", "--root")
    (here / "mix.toml").write_text(
        'name = "mix"\n[[source]]\nname = "distilled"\nrecord = "distilled.provenance.json"\ntokens = 25\n'
        '[[source]]\nname = "crawl"\ntokens = 75\n'
    )
    told = outcross("provenance", "export", "--to", "eu", "--mix", "mix.toml")
    assert told.code == 0, told.err
    assert "Of all tokens between 25 and 100 % are synthetic" in told.out
    assert "**Yes**: 1 of 2 sources hold some; of 1 it is not known" in told.out
    assert outcross("provenance", "export", "--to", "oasis", "--mix", "mix.toml").code == 2
    assert outcross("provenance", "export", "--to", "eu").code == 2


CARD = """---
pretty_name: Small talks
license: cc-by-4.0
language_creators:
- machine-generated
annotations_creators:
- expert-generated
---
"""


def test_metadata_of_another_standard_become_records_that_say_where_they_were_read(outcross, here):
    (here / "README.md").write_text(CARD)
    (here / "broken.json").write_text('{"@context": {"@vocab": "https://schema.org/"}, "@type": "sc:Nothing"}')
    ended = outcross("provenance", "import", "README.md", "broken.json")
    assert ended.code == 4
    assert "README.md: Hugging Face" in ended.out
    (path,) = here.glob("*.provenance.json")
    record = read_record(path)
    assert record.origin().kind == "synthetic"
    assert record.origin("labels").kind == "human"
    shown = outcross("provenance", "show", path).out
    assert "← /license" in shown
    again = outcross("provenance", "import", "README.md")
    assert again.code == 0
    assert "There already" in again.out
    (told,) = json.loads(outcross("provenance", "import", "README.md", "--format", "json").out)
    assert told["records"] == [record.to_dict()]


@pytest.mark.parametrize("name", EXPORTERS)
def test_every_exporter_writes_a_whole_record(outcross, kept, name, here):
    (here / "out").mkdir()
    assert outcross("provenance", "export", kept, "--to", name, "-o", "out").code == 0
    (made,) = (here / "out").iterdir()
    assert made.name == f"books-2019{exporter(name).SUFFIX}"
    assert "books-2019" in made.read_text(encoding="utf-8")
