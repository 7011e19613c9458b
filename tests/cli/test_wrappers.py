"""`outcross provenance wrappers`: what is said of a corpus with Content Credentials in its texts."""

import json

import pytest
from click.testing import CliRunner

from outcross.cli.group import outcross
from outcross.provenance.text_wrapper import wrapper_of


@pytest.fixture
def corpus(tmp_path):
    """Three documents: one of people, one that wraps credentials, one whose wrapper was cut short."""
    whole = wrapper_of(b"manifest")
    file = tmp_path / "corpus.jsonl"
    file.write_text("\n".join(json.dumps({"text": text}) for text in ("plain", f"a{whole}", f"b{whole[:12]}")))
    return str(file)


def test_wrapped_documents_are_counted_and_those_that_cannot_be_read_are_told(corpus):
    told = CliRunner().invoke(outcross, ["provenance", "wrappers", corpus])
    assert told.output == ("2 of 3 documents wrap Content Credentials; 1 of them cannot be read, or wrap several.\n")
    assert told.exit_code == 0


def test_the_counts_can_be_had_as_json(corpus):
    told = CliRunner().invoke(outcross, ["provenance", "wrappers", corpus, "--format", "json"])
    assert json.loads(told.output) == {"documents": 3, "wrapped": 2, "malformed": 1}
