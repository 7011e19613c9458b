"""`outcross provenance check` and `outcross init --policy`, on mix files as people write them."""

import json
from xml.etree import ElementTree as ET

import pytest
from tests.provenance.worked_example import EXAMPLE

from outcross.gate.record import Verdict
from outcross.gate.starting import STARTERS, starter
from outcross.settings import FILE

HUMAN = """\
name = "post"
[[source]]
name = "letters"
[[mix]]
name = "post"
sources = [{ name = "letters", tokens = 1e9 }]
[[assumption]]
id = "letters"
human = 1.0
owner = "library"
reason = "dated and signed by hand"
"""
SHARE = '[policy]\nname = "tried"\nversion = 1\nowner = "ana"\n[[criterion]]\nid = "share"\nowner = "ana"\n'
SHARE += 'kind = "synthetic_share"\nmax = 0.2\n'
MIX1 = "mix.toml#mix1"


@pytest.fixture
def mix(here, outcross):
    """A workspace with a policy, the worked example and a mix of human text."""
    outcross("init")
    (here / "policy.toml").write_text(SHARE, encoding="utf-8")
    (here / "mix.toml").write_text(EXAMPLE, encoding="utf-8")
    (here / "human.toml").write_text(HUMAN, encoding="utf-8")
    with (here / FILE).open("a", encoding="utf-8") as file:
        file.write("\n" + SHARE)
    return here


@pytest.mark.parametrize(("named", "on", "code"), [
    ("human.toml", "pause", 0), (MIX1, "pause", 1), (MIX1, "block", 1), (MIX1, "escalate", 3),
])  # fmt: skip
def test_the_exit_code_is_that_of_the_outcome(outcross, mix, named, on, code):
    (mix / "policy.toml").write_text(f'{SHARE}on_unknown = "{on}"\n', encoding="utf-8")
    ended = outcross("provenance", "check", named, "--policy", "policy.toml")
    assert ended.code == code
    assert ended.out.startswith("PASS" if code == 0 else on.upper())


def test_the_worked_example_pauses_by_its_upper_bound_and_says_what_would_mend_it(outcross, mix):
    said = " ".join(outcross("provenance", "check", MIX1).out.split())
    assert "16.5 to 21 %, and at most 20 % is allowed: the upper end, 21 %, is above that, the lower is not." in said
    assert "about 320 documents if it is 11.5 %: 40 G tokens." in said
    assert "→ Leave out 1 of the 5 G tokens of m0-output." in said
    assert "→ Add 4 G tokens of human text that is signed (level 2)." in said
    assert "audited in 2025" in said


@pytest.mark.parametrize("form", ["text", "json", "md", "html", "junit"])
def test_every_form_is_written_by_its_name_or_by_that_of_the_file(outcross, mix, form):
    said = outcross("provenance", "check", MIX1, "--format", form).out
    assert "share" in said
    path = mix / f"verdict.{ {'text': 'txt', 'junit': 'xml'}.get(form, form) }"
    ended = outcross("provenance", "check", MIX1, "-o", path)
    assert ended.code == 1
    assert ended.err.startswith("PAUSE  The mix waits, by share.")
    written = path.read_text(encoding="utf-8")
    if form == "json":
        assert Verdict.from_dict(json.loads(written)).exit_code == 1
    if form == "junit":
        assert ET.fromstring(written).tag == "testsuites"  # noqa: S314 - our own
    assert written[:8] == said[:8]


@pytest.mark.parametrize("kind", STARTERS)
def test_each_policy_to_begin_with_judges_the_worked_example(outcross, mix, kind):
    (mix / "policy.toml").write_text(starter(kind), encoding="utf-8")
    ended = outcross("provenance", "check", MIX1, "--policy", "policy.toml", "--format", "json")
    verdict = Verdict.from_dict(json.loads(ended.out))
    assert ended.code == verdict.exit_code == 1
    assert verdict.outcome == {"lenient": "pause", "standard": "pause", "strict": "block"}[kind]
    assert not [one.criterion for one in verdict.assessments if one.result == "unknown"]


def test_a_policy_that_is_wrong_is_a_wrong_call_told_before_any_work(outcross, mix):
    (mix / "policy.toml").write_text(SHARE.replace("max", "mx"), encoding="utf-8")
    ended = outcross("provenance", "check", "no such mix", "--policy", "policy.toml")
    assert ended.code == 2
    assert "policy.toml, line 9: There is no key 'mx'" in ended.err
    assert "Did you mean 'max'?" in ended.err


def test_a_mix_that_is_not_there_is_a_wrong_call_and_one_that_cannot_be_is_bad_data(outcross, mix):
    assert outcross("provenance", "check", "nothing.toml").code == 2
    (mix / "mix.toml").write_text(EXAMPLE.replace("tokens = 30e9", 'tokens = "many"'), encoding="utf-8")
    assert outcross("provenance", "check", MIX1).code == 4


def test_the_policy_and_the_mix_are_never_written_over(outcross, mix):
    for named, path in (("human.toml", "human.toml"), (MIX1, "mix.toml"), (MIX1, "policy.toml")):
        before = (mix / path).read_text(encoding="utf-8")
        assert outcross("provenance", "check", named, "--policy", "policy.toml", "-o", path).code == 2
        assert (mix / path).read_text(encoding="utf-8") == before


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


def test_a_new_workspace_can_begin_with_a_policy(outcross, mix):
    assert outcross("init", "team", "--policy", "standard").code == 0
    ended = outcross("provenance", "check", MIX1, "--workspace", "team")
    assert ended.code == 1
    assert "PAUSE" in ended.out
    assert "Nobody is named yet as the owner of" in ended.out


ODD = {
    "a whole number beyond any float": ("tokens = 1" + "0" * 4000, 4),
    "a number that is almost none": ("tokens = 5e-324", 4),
    "an audit that never ends": ('tokens = 1\naudit = "/dev/zero"', 2),
    "a key of many parts": ("tokens = 1\n" + ".".join("a" * 50_000) + " = 1", 4),
    "a name that no file can have": (f'tokens = 1\nrecord = "{"x" * 1999}"', 2),
    "a date that is none": (
        'tokens = 1\n[[assumption]]\nid = "a"\nowner = "o"\nreason = "r"\nmade = 0\nexpires = "31.12.2020"', 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_a_mix_that_holds_what_cannot_be_is_refused_at_once(outcross, here, case):
    more, code = ODD[case]
    outcross("init", "--policy", "standard")
    (here / "mix.toml").write_text(
        f'name = "m"\n[[source]]\nname = "b"\ntokens = 1e18\n[[source]]\nname = "a"\n{more}\n'
    )
    for name in ("check", "graph"):
        assert outcross("provenance", name, "mix.toml").code == code
