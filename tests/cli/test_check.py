"""`outcross provenance check` and `outcross init --policy`."""

import json
from xml.etree import ElementTree as ET

import pytest
from tests.gate.making import Row, evidence_of, mix1

from outcross.gate.record import Verdict
from outcross.gate.starting import STARTERS, starter
from outcross.settings import FILE
from outcross.sourcing import Sourcing

HUMAN = {one.name: one for one in evidence_of((Row("books", 10),)).values()}
SHARE = '[policy]\nname = "tried"\nversion = 1\nowner = "ana"\n[[criterion]]\nid = "share"\nowner = "ana"\n'
SHARE += 'kind = "synthetic_share"\nmax = 0.2\n'


@pytest.fixture
def mix(here, outcross, monkeypatch):
    """A workspace with a policy in which every mix is the worked example, or what the test says it is."""
    shown = {"mix1": mix1(), "human": HUMAN}
    monkeypatch.setattr(Sourcing, "evidence", lambda self, named: tuple(shown[str(named)].values()))
    outcross("init")
    (here / "policy.toml").write_text(SHARE, encoding="utf-8")
    with (here / FILE).open("a", encoding="utf-8") as file:
        file.write("\n" + SHARE)
    return here


@pytest.mark.parametrize(("named", "on", "code"), [
    ("human", "pause", 0), ("mix1", "pause", 1), ("mix1", "block", 1), ("mix1", "escalate", 3),
])  # fmt: skip
def test_the_exit_code_is_that_of_the_outcome(outcross, mix, named, on, code):
    (mix / "policy.toml").write_text(f'{SHARE}on_unknown = "{on}"\n', encoding="utf-8")
    ended = outcross("provenance", "check", named, "--policy", "policy.toml")
    assert ended.code == code
    assert ended.out.startswith("PASS" if code == 0 else on.upper())


@pytest.mark.parametrize("form", ["text", "json", "md", "html", "junit"])
def test_every_form_is_written_by_its_name_or_by_that_of_the_file(outcross, mix, here, form):
    said = outcross("provenance", "check", "mix1", "--format", form).out
    assert "share" in said
    path = here / f"verdict.{ {'text': 'txt', 'junit': 'xml'}.get(form, form) }"
    ended = outcross("provenance", "check", "mix1", "-o", path)
    assert ended.code == 1
    assert ended.err.startswith("PAUSE  The mix waits, by share.")
    written = path.read_text(encoding="utf-8")
    if form == "json":
        assert Verdict.from_dict(json.loads(written)).exit_code == 1
    if form == "junit":
        assert ET.fromstring(written).tag == "testsuites"  # noqa: S314 - our own
    assert written.split()[0] == said.split()[0]


def test_a_policy_that_is_wrong_is_a_wrong_call_told_before_any_work(outcross, mix, here):
    (here / "policy.toml").write_text(SHARE.replace("max", "mx"), encoding="utf-8")
    ended = outcross("provenance", "check", "no such mix", "--policy", "policy.toml")
    assert ended.code == 2
    assert "policy.toml, line 9: There is no key 'mx'" in ended.err
    assert "Did you mean 'max'?" in ended.err


def test_the_policy_and_the_mix_are_never_written_over(outcross, mix, here):
    (here / "mix1").write_text("x", encoding="utf-8")
    for path in ("mix1", "policy.toml"):
        assert outcross("provenance", "check", "mix1", "--policy", "policy.toml", "-o", path).code == 2
    assert (here / "policy.toml").read_text(encoding="utf-8") == SHARE


def test_without_a_workspace_or_a_policy_it_says_how_to_begin(outcross, here):
    assert "outcross init" in outcross("provenance", "check", "mix").err
    outcross("init")
    ended = outcross("provenance", "check", "mix")
    assert ended.code == 2
    assert "outcross init --policy standard" in ended.err


@pytest.mark.parametrize("name", STARTERS)
def test_a_policy_to_begin_with_is_added_once_and_what_was_there_stays(outcross, here, name):
    (here / FILE).write_text("[track]\nalpha = 0.01  # ours", encoding="utf-8")
    ended = outcross("init", "--policy", name)
    assert ended.code == 0
    assert "a policy" in ended.out
    assert "fill in the owners" in ended.out
    written = (here / FILE).read_text(encoding="utf-8")
    assert written == f"[track]\nalpha = 0.01  # ours\n{starter(name)}"
    again = outcross("init", "--policy", name)
    assert again.code == 2
    assert "has a policy already" in again.err
    assert (here / FILE).read_text(encoding="utf-8") == written


def test_a_new_workspace_can_begin_with_a_policy(outcross, mix, here):
    assert outcross("init", "team", "--policy", "standard").code == 0
    ended = outcross("provenance", "check", "mix1", "--workspace", "team")
    assert ended.code == 1
    assert "PAUSE" in ended.out
    assert "Nobody is named yet as the owner of" in ended.out
