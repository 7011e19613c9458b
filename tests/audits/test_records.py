"""The record of an audit: equal to what is read back, and named by a digest of all but the run."""

import json
from dataclasses import replace

import pytest
from tests.measures.making import Writers

import outcross
from outcross.auditing import Options
from outcross.audits.record import Audit
from outcross.errors import CallError, DataError
from outcross.estimate import Estimate, Unknown


@pytest.fixture
def audit(audited):
    return audited(Writers(copied=0.1).documents(300, 1))


def test_an_audit_is_equal_to_what_is_read_back_from_its_json(audit, tmp_path):
    assert Audit.from_dict(json.loads(audit.to_json())) == audit
    audit.save(tmp_path / "audit.json")
    read = Audit.load(tmp_path / "audit.json")
    assert read == audit
    assert read.digest == audit.digest
    assert read.to_json() == audit.to_json()


def test_a_small_audit_of_unknowns_is_read_back_as_well(audited):
    audit = audited(["one", "two"])
    assert any(isinstance(finding, Unknown) for finding in audit.figures.values())
    assert Audit.from_dict(json.loads(audit.to_json())) == audit


def test_the_digest_does_not_depend_on_the_run_and_depends_on_all_else(audit):
    record = audit.to_dict()
    assert replace(audit, run={"workers": 99}).digest == audit.digest
    for part in ("corpus", "plan", "notes", "quarantine", "curves", "figures", "tables"):
        assert Audit.from_dict({**record, part: type(record[part])()}).digest != audit.digest
    record["figures"]["length.mean"]["value"] += 1e-9
    assert Audit.from_dict(record).digest != audit.digest


def test_auditing_twice_gives_the_same_digest(audited, tmp_path, audit):
    (path,) = tmp_path.glob("0.jsonl")
    assert outcross.audit(str(path), workers=2).digest == audit.digest
    assert outcross.audit(str(path), workers=2, engine="processes").digest == audit.digest


def test_every_figure_is_found_by_its_name(audit):
    assert isinstance(audit["distinct.2"], Estimate)
    with pytest.raises(KeyError):
        audit["no.such.figure"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "outcross.audit/0"}', "nonsense", "\0"])
def test_what_is_no_audit_is_bad_data(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError):
        Audit.load(tmp_path / "a.json")


def test_a_missing_audit_is_bad_data(tmp_path):
    with pytest.raises(DataError, match=r"absent\.json"):
        Audit.load(tmp_path / "absent.json")


@pytest.mark.parametrize(("name", "value"), [
    ("sample", 0), ("max_time", 0), ("max_groups", -1), ("workers", 2000), ("word_types", 10), ("max_document", 1),
    ("max_expansion", 1),
])  # fmt: skip
def test_options_out_of_range_are_refused_with_their_range(name, value):
    with pytest.raises(CallError, match=f"{name} must be"):
        Options(**{name: value})


def test_options_that_do_not_go_together_and_unknown_ones_are_refused(audited):
    with pytest.raises(CallError, match="cannot be combined"):
        Options(sample=10, max_time=1.0)
    with pytest.raises(CallError, match="no option 'sampel'"):
        audited(["text"], sampel=3)
